//! Streams: content that is kept beside an object, and told as an address.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::answer::{Ask, Body, Reply, allow};
use super::context::{Context, not_found};
use super::refusal::{Outcome, Refusal};
use super::set::{Set, Stream};
use super::store::{Place, text};

pub(crate) fn answer(
    cx: &mut Context,
    ask: &Ask,
    set: &'static Set,
    id: &str,
    stream: &Stream,
) -> Outcome<Reply> {
    let permissions = if ask.method == "GET" { Some(set.read) } else { set.update };
    allow(cx, set, permissions.ok_or_else(Refusal::method_not_allowed)?)?;
    let object = cx.find(set, id)?;
    if ask.method == "GET" {
        let seen = object.seen(cx.now).ok_or_else(|| not_found(set, id))?;
        let content = BASE64.decode(text(seen, stream.name)).unwrap_or_default();
        return Ok(Reply { body: Body::Bytes(content), ..Reply::empty(200) });
    }
    let mut next = object.current().cloned().ok_or_else(|| not_found(set, id))?;
    let (kind, content) = match ask.method {
        "PUT" => ask.raw,
        "DELETE" => ("", &[][..]),
        _ => return Err(Refusal::method_not_allowed()),
    };
    let address = format!("{}RelativeUrl", stream.name);
    if content.is_empty() {
        next.remove(stream.name);
        next.remove(&address);
    } else {
        (stream.check)(kind, content)?;
        next.insert(stream.name.to_owned(), BASE64.encode(content).into());
        // As in the documentation's examples: a fixed place, and the time of the last change.
        let (place, ticks) = (stream.name.to_lowercase(), cx.state.random.u64(..));
        let told = format!("c1c6b6c8-urr-contoso/logintenantbranding/{id}/{place}?ts={ticks}");
        next.insert(address, told.into());
    }
    let parent = cx.parent.clone();
    let id = text(&next, "id").to_owned();
    cx.state.replace(Place { set: set.ty, parent: &parent }, &id, next);
    Ok(Reply::empty(204))
}
