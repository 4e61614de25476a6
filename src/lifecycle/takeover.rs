//! What a plan says of a setting that is there already, and that the apply takes over.

use super::read::{self, How};
use super::session::Session;
use super::write::{known, with};
use crate::declare::Keeps;
use crate::engine::{Model, decode, import, takeover};
use crate::terraform::{Diagnostic, Value};

/// What the apply changes of it; nothing where it cannot be read, which the apply tells, or where it is
/// not known yet which one it is. What is an object of rules is told of with its rules.
pub(super) async fn foretell(
    session: &Session,
    model: &Model,
    prior: &Value,
    planned: &Value,
) -> Option<Diagnostic> {
    let resource = model.resource;
    let is_taken_over = resource.keeps == Keeps::Singleton && prior.is_null();
    // What is concluded from many facts is no setting.
    if !is_taken_over || resource.ruled.is_some() || resource.concluded.is_some() {
        return None;
    }
    let id = import::made_up_id(model, planned)?;
    let whom = match (resource.is_one_of_many(), id.as_str()) {
        (true, Some(id)) => format!("{} {id}", model.name),
        _ => model.name.clone(),
    };
    let planned = with(planned, "id", id);
    let remote = read::remote(session, model, &planned, How::Gathered).await.ok()??;
    let found = decode::state(model, &remote, &known(&planned));
    takeover::changes(model, &whom, &found, &planned)
}
