//! `m365_group_setting`.

use serde_json::{Map, Value as Json, json};

use super::AREA;
use crate::declare::{
    Answers, Finding, Inquiry, Law, Permissions, Question, Read, Resource, Rewrite, Template,
    UNKNOWN, Whole, id, named, string,
};
use crate::terraform::Path;

const TEMPLATES: &str = "/groupSettingTemplates";

/// Settings of the tenant that come from a template.
pub static GROUP_SETTING: Resource = Resource {
    name: "group_setting",
    area: AREA,
    doc: "Settings of the tenant that come from one of Microsoft's templates: `Group.Unified` (who makes \
        Microsoft 365 groups, how those are named, guests), `Password Rule Settings` (banned passwords, \
        lockout), `Consent Policy Settings`, `Prohibited Names Settings` and others. The template holds \
        until somebody changes a setting.\n\n\
        Settings that exist already are taken over. What is not configured is left as it is; what leaves \
        the configuration, and all of it on destroy, is put back as it was found when it was taken over. \
        Where there were only the defaults of the template, those hold again.\n\n\
        Give a template one such resource. The plan names settings that the template does not have, and \
        values that are not of their type. Settings of a single group (`Group.Unified.Guest`) are not \
        managed by this.",
    reference: "https://learn.microsoft.com/graph/api/resources/groupsetting",
    path: "/groupSettings",
    entity: "groupSetting",
    permissions: Permissions {
        read: "GroupSettings.Read.All",
        write: "GroupSettings.ReadWrite.All",
    },
    selects: false,
    attributes: &[
        string("template", "The template, by its display name, such as `Group.Unified`, or by its id.")
            .required()
            .replace("the settings are those of one template"),
        id("template_id", "The id of the template.").computed(),
        named(
            "values",
            "The settings by name, as the template spells them. All values are texts: `true` and `false`, \
             numbers, and ids; an empty text where nothing is set.",
        )
        .required()
        .same(are_same),
    ],
    whole: Some(Whole {
        view,
        parts: &[],
        asks: |_| Vec::new(),
        template: Some(Template { path: TEMPLATES, of: "template" }),
        write,
    }),
    inquiries: &[inquire],
    exceptions: &[(
        Law::L2,
        "Graph wants all values of a template with every change, so the request carries, of what is not \
         configured, what Graph has.",
    )],
    ..Resource::SINGLETON
};

/// What `managed` names of the settings, and all of them besides: they may have to be put back. Whoever
/// imports has named none, and gets those that are not as the template says.
fn view(settings: &Json, managed: &Json) -> Json {
    let all = settings["values"].as_object().into_iter().flatten();
    let named = managed["values"].as_object();
    let is_told = |name: &str, value: &Json| match named {
        Some(named) => named.contains_key(name),
        None => !is_same(value, &settings["defaults"][name]),
    };
    let told = all.filter(|(name, value)| is_told(name, value));
    let told: Map<String, Json> = told.map(|(name, value)| (name.clone(), value.clone())).collect();
    let own = managed["template"].as_str().filter(|own| {
        let means = |property: &str| {
            settings[property].as_str().is_some_and(|other| other.eq_ignore_ascii_case(own))
        };
        means("templateId") || means("displayName")
    });
    json!({
        "template": own.or(settings["displayName"].as_str()),
        "templateId": settings["templateId"],
        "values": told,
        "settingsId": settings["id"],
        "all": settings["values"],
    })
}

/// All settings as they are to be; null where they are to be as the template says, as they were found.
fn write(rewrite: &Rewrite<'_>, _: &[Json]) -> Result<Json, String> {
    let Rewrite { object, found, prior, planned } = *rewrite;
    let mut values = object["values"].as_object().cloned().unwrap_or_default();
    let named = |of: &Json| of["values"].as_object().cloned().unwrap_or_default();
    let wanted = named(planned);
    for (name, _) in named(prior).into_iter().filter(|(name, _)| !wanted.contains_key(name)) {
        if let Some(value) = found["all"].get(&name) {
            values.insert(name, value.clone());
        }
    }
    for (name, value) in wanted {
        match values.get(&name) {
            _ if !value.is_string() => return Err(format!("{name} has no value")),
            None => return Err(lacks(object["displayName"].as_str().unwrap_or_default(), &name)),
            Some(now) if is_same(now, &value) => {}
            Some(_) => drop(values.insert(name, value)),
        }
    }
    let only_defaults = found["all"].is_object() && found["settingsId"].is_null();
    let goes = planned.is_null() && only_defaults && object["defaults"] == json!(values);
    Ok(if goes { Json::Null } else { json!({ "values": values }) })
}

/// Whether two values say the same: truths and ids are told in letters of either case.
fn is_same(a: &Json, b: &Json) -> bool {
    let (Some(a), Some(b)) = (a.as_str(), b.as_str()) else { return a == b };
    let any_case = ["true", "false"].iter().any(|truth| truth.eq_ignore_ascii_case(a))
        || uuid::Uuid::try_parse(a).is_ok();
    a == b || any_case && a.eq_ignore_ascii_case(b)
}

fn are_same(a: &Json, b: &Json) -> bool {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return false };
    a.len() == b.len()
        && a.iter().all(|(name, one)| b.get(name).is_some_and(|other| is_same(one, other)))
}

/// What the template does not have of what is configured.
fn inquire(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let named = question.planned["template"].as_str().filter(|named| *named != UNKNOWN);
    let Some(named) = named else { return ask.conclude(Vec::new()) };
    let templates = Read::all(TEMPLATES, GROUP_SETTING.permissions.read);
    let Some(templates) = ask.objects(&templates) else { return ask.conclude(Vec::new()) };
    let Some(found) = Template::find(templates, named) else {
        let known = texts(templates, "displayName");
        let wrong = format!("There is no template {named:?}");
        return ask.conclude(vec![Finding::error(
            Path::attribute("template"),
            wrong,
            nearest(named, &known),
        )]);
    };
    let settings = found["values"].as_array().cloned().unwrap_or_default();
    let configured = question.planned["values"].as_object().into_iter().flatten();
    let wrong = configured.filter_map(|(name, value)| {
        let path = Path::attribute("values").key(name);
        let Some(setting) = settings.iter().find(|one| one["name"] == name.as_str()) else {
            let detail = nearest(name, &texts(&settings, "name"));
            let of = found["displayName"].as_str().unwrap_or(named);
            return Some(Finding::error(path, lacks(of, name), detail));
        };
        let kind = setting["type"].as_str().unwrap_or_default();
        let expected = mistyped(kind, value.as_str()?)?;
        let detail = format!(
            "The template says that it is of the type {kind}. {}",
            setting["description"].as_str().unwrap_or_default()
        );
        Some(Finding::error(path, format!("{name} must be {expected}"), detail.trim_end()))
    });
    ask.conclude(wrong.collect())
}

fn texts<'a>(objects: &'a [Json], property: &str) -> Vec<&'a str> {
    objects.iter().filter_map(|one| one[property].as_str()).collect()
}

/// Which name may have been meant, and which there are.
fn nearest(name: &str, known: &[&str]) -> String {
    let lower = name.to_lowercase();
    let far = |one: &&&str| strsim::damerau_levenshtein(&lower, &one.to_lowercase());
    let near = known.iter().min_by_key(far).filter(|one| far(one) <= one.len() / 3);
    let hint = near.map_or(String::new(), |near| format!("Did you mean {near:?}? "));
    format!("{hint}There are {}.", known.join(", "))
}

fn lacks(template: &str, name: &str) -> String {
    format!("The template {template:?} has no setting {name:?}")
}

/// What a text must be, and is not, to be of a type. An empty one is no value, whatever the type: some
/// defaults of templates are.
fn mistyped(kind: &str, text: &str) -> Option<&'static str> {
    if text == UNKNOWN || text.is_empty() {
        return None;
    }
    let is_truth = ["true", "false"].iter().any(|truth| truth.eq_ignore_ascii_case(text));
    match kind {
        "System.Boolean" if !is_truth => Some("true or false"),
        "System.Int32" if text.parse::<i32>().is_err() => Some("a whole number"),
        "System.Guid" if uuid::Uuid::try_parse(text).is_err() => Some("an object id (a GUID)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings of which `values` are so in Graph, and in an object if there is an id.
    fn settings(id: Option<&str>, values: &Json) -> Json {
        json!({ "id": id, "templateId": "T", "displayName": "Group.Unified", "values": values,
            "defaults": { "A": "true", "B": "", "C": "10" } })
    }

    fn of(values: &Json) -> Json {
        json!({ "template": "Group.Unified", "values": values })
    }

    #[test]
    fn what_is_named_is_told_and_an_import_gets_what_is_not_the_templates() {
        let settings = settings(Some("1"), &json!({ "A": "True", "B": "x", "C": "10" }));
        let told = |managed: Json| view(&settings, &managed);
        assert_eq!(told(of(&json!({ "C": "11" })))["values"], json!({ "C": "10" }));
        assert_eq!(told(Json::Null)["values"], json!({ "B": "x" }));
        for (named, expected) in
            [("t", "t"), ("group.unified", "group.unified"), ("1", "Group.Unified")]
        {
            assert_eq!(told(json!({ "template": named }))["template"], expected);
        }
    }

    #[track_caller]
    fn check(now: &Json, found: &Json, [prior, planned]: [&Json; 2], expected: &Json) {
        let rewrite = Rewrite { object: now, found, prior, planned };
        assert_eq!(write(&rewrite, &[]).unwrap(), *expected);
    }

    #[test]
    fn what_leaves_is_put_back_and_the_rest_stays() {
        let default = json!({ "A": "true", "B": "", "C": "10" });
        let now = settings(Some("1"), &json!({ "A": "false", "B": "x", "C": "10" }));
        let managed = of(&json!({ "A": "false", "B": "x" }));
        let less = of(&json!({ "B": "x" }));
        let new = view(&settings(None, &default), &Json::Null);
        let old = view(&settings(Some("1"), &default), &Json::Null);
        let kept = json!({ "values": { "A": "true", "B": "x", "C": "10" } });
        check(&now, &new, [&managed, &less], &kept);
        // Whoever imported found nothing.
        let stays = json!({ "values": now["values"] });
        check(&now, &Json::Null, [&managed, &less], &stays);
        // On destroy, what only the template said goes, and what was an object stays one.
        check(&now, &new, [&managed, &Json::Null], &Json::Null);
        check(&now, &old, [&managed, &Json::Null], &json!({ "values": default }));
        let other = settings(Some("1"), &json!({ "A": "false", "B": "x", "C": "11" }));
        let without = json!({ "values": { "A": "true", "B": "", "C": "11" } });
        check(&other, &new, [&managed, &Json::Null], &without);
    }

    #[test]
    fn a_setting_that_is_not_there_is_an_error() {
        let now = settings(None, &json!({ "A": "true" }));
        let planned = of(&json!({ "X": "1" }));
        let rewrite = Rewrite { object: &now, found: &now, prior: &Json::Null, planned: &planned };
        let wrong = write(&rewrite, &[]).unwrap_err();
        assert_eq!(wrong, "The template \"Group.Unified\" has no setting \"X\"");
    }

    #[test]
    fn values_are_of_their_type() {
        for (kind, text, fits) in [
            ("System.Boolean", "False", true),
            ("System.Boolean", "no", false),
            ("System.Int32", "60", true),
            ("System.Int32", "1.5", false),
            ("System.Guid", "", true),
            ("System.Guid", "x", false),
            ("System.Guid", UNKNOWN, true),
            ("System.String", "anything", true),
        ] {
            assert_eq!(mistyped(kind, text).is_none(), fits, "{kind} {text}");
        }
    }
}
