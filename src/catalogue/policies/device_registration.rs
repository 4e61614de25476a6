//! `m365_device_registration_policy`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::AREA;
use crate::catalogue::conditional_access::registration;
use crate::declare::{
    Answers, Attribute, Check, Codec, Finding, Inquiry, Law, Permissions, Question, Resource,
    Rewrite, Rule, UNKNOWN, Whole, boolean, ids, integer, object, string,
};
use crate::terraform::Path;

/// Who registers and joins devices, and who administers them.
pub static DEVICE_REGISTRATION_POLICY: Resource = Resource {
    name: "device_registration_policy",
    area: AREA,
    doc: "Who registers and joins devices, how many, who becomes their local administrator, and whether \
        local administrator passwords are managed (LAPS). What is not configured is left as it is: Graph \
        takes the policy as a whole, so the rest is sent back as it is at that moment.\n\n\
        Where a Conditional Access policy for `urn:user:registerdevice` asks for multifactor \
        authentication, this must not: set `multi_factor_auth_configuration` to `notRequired`, and let \
        the Conditional Access policy depend on it (INV-19).\n\n\
        A person who signs in needs the role Cloud Device Administrator to change it.",
    reference: "https://learn.microsoft.com/graph/api/resources/deviceregistrationpolicy",
    path: "/policies/deviceRegistrationPolicy",
    entity: "deviceRegistrationPolicy",
    permissions: Permissions {
        read: "Policy.Read.DeviceConfiguration",
        write: "Policy.ReadWrite.DeviceConfiguration",
    },
    selects: false,
    attributes: &[
        integer(
            "user_device_quota",
            "How many devices a user has at most; with `0`, users join none.",
        )
        .checks(&[Check::Range(0, 2_147_483_647)])
        .optional_computed(),
        string(
            "multi_factor_auth_configuration",
            "Whether registering and joining a device takes multifactor authentication: `required` or \
             `notRequired`.",
        )
        .one_of(&["notRequired", "required"])
        .optional_computed(),
        object("azure_ad_registration", "Devices that are registered, such as people's own.")
            .graph("azureADRegistration")
            .of(&[
                object(
                    "allowed_to_register",
                    "Who registers devices. Graph takes no change of it where Intune is enabled.",
                )
                .of(MEMBERSHIP)
                .via(&AS_TYPE)
                .optional_computed(),
                ADMIN_CONFIGURABLE,
            ])
            .optional_computed(),
        object("azure_ad_join", "Devices that are joined to Microsoft Entra.")
            .graph("azureADJoin")
            .of(&[
                object("allowed_to_join", "Who joins devices.")
                    .of(MEMBERSHIP)
                    .via(&AS_TYPE)
                    .optional_computed(),
                object("local_admins", "Who is a local administrator of devices joined from now on.")
                    .of(&[
                        boolean("enable_global_admins", "Whether Global Administrators are.")
                            .optional_computed(),
                        object("registering_users", "Who is, of a device that they join themselves.")
                            .of(MEMBERSHIP)
                            .via(&AS_TYPE)
                            .optional_computed(),
                    ])
                    .optional_computed(),
                ADMIN_CONFIGURABLE,
            ])
            .optional_computed(),
        object(
            "local_admin_password",
            "Windows LAPS: passwords of local administrators, backed up to Microsoft Entra.",
        )
        .of(&[boolean("is_enabled", "Whether devices may back them up.").optional_computed()])
        .optional_computed(),
    ],
    rules: &OF_SELECTED,
    whole: Some(Whole { view: |policy, _| policy.clone(), parts: &[],
        template: None, asks: |_| Vec::new(), write }),
    inquiries: &[registration::of_settings, is_fixed],
    exceptions: &[(
        Law::L2,
        "Graph replaces the policy as a whole, so the request carries all of it, and of what is not \
         configured what Graph has.",
    )],
    ..Resource::SINGLETON
};

const ADMIN_CONFIGURABLE: Attribute =
    boolean("is_admin_configurable", "Whether administrators can change this at all.").computed();

/// Graph has a type for each: `allDeviceRegistrationMembership`, `enumeratedDeviceRegistrationMembership`
/// and `noDeviceRegistrationMembership`. These are the words of the Entra admin center.
const MEMBERSHIP: &[Attribute] = &[
    string("type", "`all`, `selected` or `none` of the users.")
        .one_of(&["all", "selected", "none"])
        .required(),
    ids("users", "The object ids of users, where some are selected."),
    ids("groups", "The object ids of groups, where some are selected."),
];

/// Names are those of some users alone.
const OF_SELECTED: [Rule; 3] = [
    Rule::Excludes(
        "azure_ad_registration.allowed_to_register.type",
        &["all", "none"],
        &[
            "azure_ad_registration.allowed_to_register.users",
            "azure_ad_registration.allowed_to_register.groups",
        ],
    ),
    Rule::Excludes(
        "azure_ad_join.allowed_to_join.type",
        &["all", "none"],
        &["azure_ad_join.allowed_to_join.users", "azure_ad_join.allowed_to_join.groups"],
    ),
    Rule::Excludes(
        "azure_ad_join.local_admins.registering_users.type",
        &["all", "none"],
        &[
            "azure_ad_join.local_admins.registering_users.users",
            "azure_ad_join.local_admins.registering_users.groups",
        ],
    ),
];

const MEMBERS: &str = "DeviceRegistrationMembership";

/// What Graph calls all, some and none of the users.
const WORDS: [(&str, &str); 3] = [("all", "all"), ("selected", "enumerated"), ("none", "no")];

static AS_TYPE: Codec = Codec { encode: to_type, decode: from_type };

fn to_type(membership: Json) -> Json {
    let word = membership["type"].as_str().unwrap_or_default();
    let graphs = WORDS.iter().find(|(own, _)| *own == word).map_or(word, |(_, graphs)| graphs);
    let mut typed = json!({ "@odata.type": format!("#microsoft.graph.{graphs}{MEMBERS}") });
    if word == "selected" {
        for name in ["users", "groups"] {
            // Graph wants both, and no null.
            typed[name] =
                membership.get(name).filter(|ids| ids.is_array()).cloned().unwrap_or(json!([]));
        }
    }
    typed
}

fn from_type(mut membership: Json) -> Json {
    let odata = membership["@odata.type"].as_str().unwrap_or_default();
    let word = odata.trim_start_matches("#microsoft.graph.").trim_end_matches(MEMBERS);
    let own = WORDS.iter().find(|(_, graphs)| *graphs == word).map_or(word, |(own, _)| own);
    json!({ "type": own, "users": membership["users"].take(), "groups": membership["groups"].take() })
}

/// What Graph says that administrators cannot change, as with Intune, is not refused here: Graph says
/// so too of what it takes.
fn is_fixed(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let of = |policy: &Json| policy["azureADRegistration"]["allowedToRegister"].clone();
    let planned = of(question.planned);
    if !planned.is_object() {
        return ask.conclude(Vec::new());
    }
    let now = match question.prior {
        Json::Null => ask.known(&registration::settings()),
        prior => Some(prior),
    };
    let changes = now.filter(|now| now["azureADRegistration"]["isAdminConfigurable"] == false);
    let changes = changes.filter(|now| !is_same(&of(now), &planned));
    let found = changes.map(|_| {
        Finding::warning(
            Path::attribute("azure_ad_registration").at("allowed_to_register"),
            "Who registers devices may not be for administrators to change",
            "Graph tells it as not configurable (is_admin_configurable), as where Intune is enabled, and \
             refuses a change then. Where the apply says so, leave azure_ad_registration out.",
        )
    });
    ask.conclude(found.into_iter().collect())
}

/// Whether two memberships are the same, in whatever order their ids are.
fn is_same(a: &Json, b: &Json) -> bool {
    let ids = |of: &Json, name: &str| -> BTreeSet<String> {
        let ids = of[name].as_array().into_iter().flatten().filter_map(Json::as_str);
        ids.map(str::to_lowercase).collect()
    };
    a["@odata.type"] == b["@odata.type"]
        && ["users", "groups"].iter().all(|name| ids(a, name) == ids(b, name))
}

/// What Graph takes, all of it every time (Graph reference, "Update deviceRegistrationPolicy").
const TAKEN: [&str; 5] = [
    "userDeviceQuota",
    "multiFactorAuthConfiguration",
    "azureADRegistration",
    "azureADJoin",
    "localAdminPassword",
];

/// The policy as Graph has it, with what changes put into it.
fn write(rewrite: &Rewrite<'_>, _: &[Json]) -> Result<Json, String> {
    let mut policy = Map::new();
    for name in TAKEN {
        let mut value = rewrite.object[name].clone();
        if rewrite.planned.is_null() {
            put(&mut value, &Json::Null, &rewrite.found[name]);
        } else {
            put(&mut value, &rewrite.prior[name], &rewrite.planned[name]);
        }
        if !value.is_null() {
            policy.insert(name.to_owned(), value);
        }
    }
    Ok(policy.into())
}

/// Puts what changes from `prior` to `planned` into a value; what is of another type is another value.
fn put(value: &mut Json, prior: &Json, planned: &Json) {
    if planned.is_null() || planned == prior || planned == UNKNOWN {
        return;
    }
    match (value, planned) {
        (Json::Object(members), Json::Object(planned)) if !planned.contains_key("@odata.type") => {
            for (name, planned) in planned {
                put(members.entry(name).or_insert(Json::Null), &prior[name], planned);
            }
        }
        (value, planned) => *value = planned.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Json {
        json!({ "id": "deviceRegistrationPolicy", "displayName": "Device Registration Policy",
            "userDeviceQuota": 50, "multiFactorAuthConfiguration": "notRequired",
            "azureADRegistration": { "isAdminConfigurable": false, "allowedToRegister": {
                "@odata.type": "#microsoft.graph.noDeviceRegistrationMembership" } },
            "azureADJoin": { "isAdminConfigurable": true, "allowedToJoin": {
                "@odata.type": "#microsoft.graph.enumeratedDeviceRegistrationMembership",
                "users": ["u"], "groups": [] } },
            "localAdminPassword": { "isEnabled": false } })
    }

    fn written(prior: &Json, planned: &Json, found: &Json) -> Json {
        let object = policy();
        write(&Rewrite { object: &object, found, prior, planned }, &[]).unwrap()
    }

    #[test]
    fn only_what_changes_is_put_into_the_policy_that_graph_has() {
        // Somebody changed the quota since the plan, which is about who joins.
        let prior = json!({ "userDeviceQuota": 20, "azureADJoin": { "isAdminConfigurable": true,
            "allowedToJoin": { "@odata.type": "#microsoft.graph.allDeviceRegistrationMembership" } } });
        let mut planned = prior.clone();
        let none = json!({ "@odata.type": "#microsoft.graph.noDeviceRegistrationMembership" });
        planned["azureADJoin"]["allowedToJoin"] = none.clone();
        let mut expected = policy();
        expected["azureADJoin"]["allowedToJoin"] = none;
        for told in ["id", "displayName"] {
            expected.as_object_mut().unwrap().remove(told);
        }
        assert_eq!(written(&prior, &planned, &Json::Null), expected);
    }

    #[test]
    fn what_was_found_is_put_back() {
        let mut found = policy();
        found["userDeviceQuota"] = json!(5);
        found["azureADJoin"]["allowedToJoin"] =
            json!({ "@odata.type": "#microsoft.graph.allDeviceRegistrationMembership" });
        let back = written(&policy(), &Json::Null, &found);
        assert_eq!(back["userDeviceQuota"], 5);
        assert_eq!(back["azureADJoin"], found["azureADJoin"]);
        assert_eq!(back["localAdminPassword"], found["localAdminPassword"]);
    }

    #[test]
    fn memberships_are_types() {
        let check = |own: Json, graphs: Json| {
            assert_eq!(to_type(own.clone()), graphs);
            assert_eq!(from_type(graphs), own);
        };
        let all = "#microsoft.graph.allDeviceRegistrationMembership";
        check(
            json!({ "type": "all", "users": null, "groups": null }),
            json!({ "@odata.type": all }),
        );
        let some = "#microsoft.graph.enumeratedDeviceRegistrationMembership";
        check(
            json!({ "type": "selected", "users": ["u"], "groups": [] }),
            json!({ "@odata.type": some, "users": ["u"], "groups": [] }),
        );
        let newer = "#microsoft.graph.ownDeviceRegistrationMembership";
        check(
            json!({ "type": "own", "users": null, "groups": null }),
            json!({ "@odata.type": newer }),
        );
        assert_eq!(to_type(json!({ "type": "selected", "users": ["u"] }))["groups"], json!([]));
    }
}
