//! `m365_staged_rollout_policy`.

use serde_json::Value as Json;

use super::AREA;
use crate::declare::{
    Answers, Asking, Call, Check, Finding, Inquiry, Literal, Permissions, Question, Read, Resource,
    UNKNOWN, boolean, links, string,
};
use crate::terraform::Path;

/// Who signs in in the cloud before everybody does.
pub static STAGED_ROLLOUT_POLICY: Resource = Resource {
    name: "staged_rollout_policy",
    area: AREA,
    doc: "Staged rollout: groups whose members use a way of signing in before the whole organization \
        does, such as password hash synchronisation while the domain is still federated.\n\n\
        It is for synchronised users of a federated domain, and for a while: Graph takes at most 10 \
        groups for each feature, assigned security groups only, and does not look into groups in groups \
        (INV-18). Empty it before the domain leaves federation (INV-17).",
    reference: "https://learn.microsoft.com/graph/api/resources/featurerolloutpolicy",
    path: "/policies/featureRolloutPolicies",
    entity: "featureRolloutPolicy",
    permissions: Permissions {
        read: "Policy.Read.HybridAuthentication",
        write: "Policy.ReadWrite.HybridAuthentication",
    },
    selects: false,
    attributes: &[
        string("display_name", "The name that administrators see.").required(),
        string("description", "What it is for."),
        string("feature", "The way of signing in.")
            .one_of(&[
                "passthroughAuthentication",
                "seamlessSso",
                "passwordHashSync",
                "emailAsAlternateId",
                "certificateBasedAuthentication",
                "multiFactorAuthentication",
            ])
            .required()
            .replace("a policy rolls out one feature"),
        boolean("is_enabled", "Whether the feature is rolled out.").required(),
        boolean(
            "is_applied_to_organization",
            "Whether it is rolled out to everybody, rather than to the groups.",
        )
        .or(Literal::Bool(false)),
        links("applies_to_group_ids", "The groups that it is rolled out to, at most 10.")
            .graph("appliesTo")
            .expanded()
            .checks(&[Check::Count(1, 10)]),
    ],
    inquiries: &[inquire],
    // What is on is switched off before it goes, as it is in the portal.
    before_delete: Some(|policy| {
        (policy["isEnabled"] == true)
            .then_some(Call::patch().with(&[("isEnabled", Literal::Bool(false))]))
    }),
    retry_on: &["Request_ResourceNotFound"],
    ..Resource::MEMBER
};

/// How many users a group may have when it is added.
const AT_FIRST: u16 = 200;
/// How many groups a feature is rolled out to, in all policies of it together.
const GROUPS: usize = 10;

/// Whether this and other policies roll a feature out to more groups than Graph takes.
fn too_many(question: &Question<'_>, ask: &Asking<'_>, own: usize) -> Option<Finding> {
    let feature = question.planned["feature"].as_str()?;
    if question.prior["appliesTo"] == question.planned["appliesTo"] || own == 0 {
        return None;
    }
    let others = ask
        .objects(&super::tenant::rollouts())?
        .iter()
        .filter(|other| other["feature"] == feature && other["id"] != question.planned["id"]);
    let theirs: usize = others.map(|other| other["appliesTo"].as_array().map_or(0, Vec::len)).sum();
    (own + theirs > GROUPS).then(|| {
        Finding::error(
            Path::attribute("applies_to_group_ids"),
            format!("INV-18: {feature} would be rolled out to {} groups", own + theirs),
            format!(
                "Graph takes {GROUPS} groups for each feature, in all its policies together; others of this \
                 tenant have {theirs}. Put people into fewer groups."
            ),
        )
    })
}

/// Assigned security groups without groups in them, of a tenant with a federated domain (INV-18).
fn inquire(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let ids = |object: &Json| -> Vec<String> {
        let listed = object["appliesTo"].as_array().into_iter().flatten();
        listed.filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let before = ids(question.prior);
    let mut found = Vec::new();
    for id in ids(question.planned) {
        if id == UNKNOWN || before.contains(&id) {
            continue;
        }
        let group = Read::one(format!("/groups/{id}"), "Group.Read.All")
            .select("id,displayName,groupTypes,securityEnabled");
        let nested = Read::all(
            format!("/groups/{id}/members/microsoft.graph.group"),
            "GroupMember.Read.All",
        )
        .select("id");
        let Some(told) = ask.known(&group) else { continue };
        // One page says whether there are more.
        let users = format!("/groups/{id}/members/microsoft.graph.user");
        let users = Read::one(users, "GroupMember.Read.All").select("id").top(AT_FIRST + 1);
        let users = ask.known(&users).and_then(|page| page["value"].as_array()).map_or(0, Vec::len);
        if users > usize::from(AT_FIRST) {
            found.push(Finding::warning(
                Path::attribute("applies_to_group_ids"),
                format!("INV-18: the group {} has more than {AT_FIRST} users", told["displayName"]),
                "Staged rollout takes a group of so many users at first, lest signing in times out. Begin \
                 with fewer, and add the others to the group once it is in the rollout.",
            ));
        }
        let types = told["groupTypes"].as_array().into_iter().flatten();
        let is_dynamic = types.into_iter().any(|one| one == "DynamicMembership");
        let holds_groups = ask.objects(&nested).is_some_and(|groups| !groups.is_empty());
        let wrong = match (is_dynamic, told["securityEnabled"] == false, holds_groups) {
            (true, ..) => "is dynamic",
            (_, true, _) => "is no security group",
            (.., true) => "has groups as members, whose members are left out",
            _ => continue,
        };
        found.push(Finding::error(
            Path::attribute("applies_to_group_ids"),
            format!("INV-18: the group {} {wrong}", told["displayName"]),
            "Staged rollout takes assigned security groups, and looks at their direct members only. Use \
             a group of that kind.",
        ));
    }
    found.extend(too_many(question, &ask, ids(question.planned).len()));
    if question.prior.is_null() {
        let facts = super::tenant::of_domains(&ask);
        if facts.domains.is_some() && facts.federated().is_empty() {
            found.push(Finding::warning(
                Path::root(),
                "INV-18: no domain of the tenant is federated",
                "Staged rollout is for users of federated domains; for others it changes nothing.",
            ));
        }
    }
    ask.conclude(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::STAGED_ROLLOUT_POLICY;
    use crate::engine::{Model, Verb, request};
    use crate::terraform::Value;

    fn policy() -> Value {
        Value::from([
            ("id", Value::from("p")),
            ("display_name", "Hashes".into()),
            ("feature", "passwordHashSync".into()),
            ("is_enabled", Value::Bool(true)),
            ("is_applied_to_organization", Value::Bool(false)),
            ("applies_to_group_ids", Value::set(["g".into()])),
        ])
    }

    #[test]
    fn groups_are_no_part_of_the_create() {
        let model = Model::new(&STAGED_ROLLOUT_POLICY);
        let create = request::create(&model, &policy(), &Value::Null, "https://graph/v1.0");
        assert_eq!(
            (create.verb, create.path.as_str()),
            (Verb::Post, "/policies/featureRolloutPolicies")
        );
        let body = json!({ "displayName": "Hashes", "feature": "passwordHashSync", "isEnabled": true,
            "isAppliedToOrganization": false });
        assert_eq!(create.body, Some(body));
    }

    #[test]
    fn groups_come_with_the_policy() {
        let read = request::read(&Model::new(&STAGED_ROLLOUT_POLICY), &policy());
        assert_eq!(read.path, "/policies/featureRolloutPolicies/p");
        assert_eq!(read.query, [("$expand", "appliesTo".to_owned())]);
    }

    #[test]
    fn what_is_on_is_switched_off_before_it_goes() {
        let model = Model::new(&STAGED_ROLLOUT_POLICY);
        let off = request::before_delete(&model, &policy(), &json!({ "isEnabled": true }));
        let off = off.expect("a request");
        assert_eq!((off.verb, off.body), (Verb::Patch, Some(json!({ "isEnabled": false }))));
        assert!(
            request::before_delete(&model, &policy(), &json!({ "isEnabled": false })).is_none()
        );
    }
}
