//! Settings by template: what Microsoft's templates offer, and what the tenant changed of them.

use serde_json::Value;

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Filterable, Permissions, Properties, Service, Set};
use super::super::store::text;

const READ: Permissions = &[
    &["GroupSettings.Read.All"],
    &["GroupSettings.ReadWrite.All"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const WRITE: Permissions = &[
    &["GroupSettings.ReadWrite.All"],
    &["Directory.ReadWrite.All"],
    &["Policy.ReadWrite.Authorization"],
];

/// They are Microsoft's: nobody makes or changes one.
pub(super) static TEMPLATES: Set = Set {
    ty: "groupSettingTemplate",
    paths: &["groupSettingTemplates"],
    service: Service::Directory,
    read: READ,
    filterable: Filterable::No,
    ..Set::COLLECTION
};

pub(super) static SETTINGS: Set = Set {
    ty: "groupSetting",
    paths: &["groupSettings"],
    service: Service::Directory,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["templateId", "values"],
    create_only: &["templateId"],
    read_only: &["id", "displayName"],
    filterable: Filterable::No,
    on_create: |cx, setting| {
        let template = template(cx, text(setting, "templateId"))?;
        let id = text(&template, "id");
        if cx.state.all("groupSetting").any(|(_, one)| text(one, "templateId") == id) {
            return Err(Refusal::directory(
                "Another object with the same value for property templateId already exists.",
            ));
        }
        if text(&template, "displayName") == "Group.Unified.Guest" {
            return Err(Refusal::directory(
                "The template is one for the settings of a single group.",
            ));
        }
        complete(&template, setting)?;
        setting.insert("displayName".into(), text(&template, "displayName").into());
        Ok(())
    },
    on_update: |cx, old, _, next| {
        let template = template(cx, text(old, "templateId"))?;
        complete(&template, next)
    },
    ..Set::COLLECTION
};

fn template(cx: &Context, id: &str) -> Outcome<Properties> {
    let found = cx.state.all("groupSettingTemplate").find(|(_, one)| text(one, "id") == id);
    found.map(|(_, one)| one.clone()).ok_or_else(|| Refusal::no_such_object(id))
}

/// Every setting that the template defines has a value of its type, and no other has one.
fn complete(template: &Properties, setting: &Properties) -> Outcome<()> {
    let pairs =
        |of: &Properties| of.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
    let (defined, sent) = (pairs(template), pairs(setting));
    for one in &defined {
        let value = sent.iter().find(|pair| pair["name"] == one["name"]);
        let Some(value) = value.map(|pair| pair["value"].as_str().unwrap_or_default()) else {
            return Err(Refusal::directory(format!(
                "The expected property '{}' defined in template with SettingTemplateId '{}' was not provided.",
                one["name"].as_str().unwrap_or_default(),
                text(template, "id")
            )));
        };
        let fits = match one["type"].as_str().unwrap_or_default() {
            "System.Boolean" => {
                ["true", "false"].iter().any(|truth| truth.eq_ignore_ascii_case(value))
            }
            "System.Int32" => value.parse::<i32>().is_ok(),
            "System.Guid" => value.is_empty() || uuid::Uuid::try_parse(value).is_ok(),
            _ => true,
        };
        if !fits && one["defaultValue"] != value {
            return Err(Refusal::directory(format!("'{value}' is no value of {}.", one["name"])));
        }
    }
    match sent.iter().find(|pair| !defined.iter().any(|one| one["name"] == pair["name"])) {
        Some(other) => {
            Err(Refusal::directory(format!("{} is no setting of the template.", other["name"])))
        }
        None => Ok(()),
    }
}
