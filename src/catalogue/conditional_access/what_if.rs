//! `m365_conditional_access_what_if`.

use serde_json::{Value as Json, json};

use super::AREA;
use super::policy::PLANNED;
use super::sign_in::{self, OUTCOME, SIGN_IN};
use super::tenant::{self, laid_over};
use crate::declare::{
    Answers, Asking, DataSource, Finding, Inquiry, Permissions, Question, Source, object, objects,
    string,
};
use crate::policy::ca::{Directory, Identity, Mode, Policy, SignIn, evaluate};
use crate::terraform::Path;

/// What the policies of the tenant, or planned ones, do to a sign-in.
pub static CONDITIONAL_ACCESS_WHAT_IF: DataSource = DataSource {
    name: "conditional_access_what_if",
    area: AREA,
    doc: "What Conditional Access does to a sign-in: with the policies that the tenant has, and with \
        policies that are only planned.\n\n\
        Microsoft's What If tool sees saved policies only. This data source evaluates by itself, after \
        Microsoft's documented rules, with the user's groups and roles and the named locations read \
        from Graph as far as policies depend on them. A policy that uses a condition which `sign_in` \
        does not give does not apply, as in Graph's What If API; with `mode = \"worst_case\"` it \
        may. What Microsoft does not document is said in `notes`.\n\n\
        Terraform reads a data source during apply where it refers to a resource that is to change: \
        hand the same locals to both, and it is read at plan. See the guide \
        [Test your policies before they exist](../guides/test-your-policies.md).",
    reference: "https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate",
    source: Source::Concluded(
        conclude,
        &[
            "/identity/conditionalAccess/policies",
            "/identity/conditionalAccess/namedLocations",
            "/users",
        ],
    ),
    entity: "",
    permissions: Permissions {
        read: "Policy.Read.All + User.Read.All + GroupMember.Read.All",
        write: "",
    },
    attributes: &[
        object("sign_in", "The sign-in.").required().of(SIGN_IN),
        objects(
            "planned_policies",
            "Planned policies: `m365_conditional_access_policy` resources, or objects like them. One \
             takes the place of the policies that are saved under its name.",
        )
        .of(PLANNED),
        string(
            "mode",
            "What becomes of what is not given: `strict`, as in Graph's What If API, or \
             `worst_case`. Defaults to `strict`.",
        )
        .one_of(&["strict", "worst_case"]),
        OUTCOME[0],
        OUTCOME[1],
        OUTCOME[2],
        OUTCOME[3],
        OUTCOME[4],
        OUTCOME[5],
        OUTCOME[6],
        OUTCOME[7],
    ],
    also: &[],
};

fn conclude(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let asked = question.planned;
    let ask = answers.asking();
    let sign_in = match sign_in::read(&asked["signIn"]) {
        Ok(sign_in) => sign_in,
        Err(wrong) => {
            let path = Path::attribute("sign_in");
            let wrong = Finding::error(path, "The sign-in is not complete", wrong);
            return ask.conclude(Err(wrong));
        }
    };
    let Some(saved) = ask.objects(&tenant::policies()) else {
        return ask.conclude_from_all(Ok(Json::Null));
    };
    let policies = together(saved, asked["plannedPolicies"].as_array().map_or(&[], Vec::as_slice));
    let directory = directory(&ask, &policies, &sign_in);
    let mode = match asked["mode"].as_str() {
        Some("worst_case") => Mode::WorstCase,
        _ => Mode::Strict,
    };
    let told = sign_in::told(&evaluate(&policies, &directory, &sign_in, mode));
    ask.conclude_from_all(Ok(told))
}

/// Saved policies, planned ones in place of those of the same name.
pub(in crate::catalogue) fn together(saved: &[Json], planned: &[Json]) -> Vec<Policy> {
    let same = |a: &Json, b: &Json| a["displayName"] == b["displayName"];
    let kept = saved.iter().filter(|saved| !planned.iter().any(|planned| same(saved, planned)));
    let planned = planned.iter().map(|planned| {
        let replaced = saved.iter().find(|saved| same(saved, planned));
        let id = replaced.map_or(Json::Null, |saved| saved["id"].clone());
        laid_over(&json!({ "id": id }), planned)
    });
    let all = kept.cloned().chain(planned);
    all.filter_map(|policy| Policy::from_graph(&policy).ok()).collect()
}

fn directory(ask: &Asking<'_>, policies: &[Policy], sign_in: &SignIn) -> Directory {
    let mut directory = tenant::directory(ask, policies);
    match &sign_in.sign_in_identity {
        Identity::User { user_id, .. } => {
            directory.users.push(tenant::person(ask, policies, user_id, false));
        }
        Identity::ServicePrincipal { service_principal_id: id } => {
            directory.service_principals.extend(tenant::service_principal(ask, policies, id));
        }
    }
    directory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_takes_the_place_of_what_is_saved() {
        let policy =
            |name: &str, state: &str| json!({"displayName": name, "state": state, "id": name});
        let planned = json!({"displayName": "b", "state": "enabled", "conditions": null});
        let saved = [policy("a", "disabled"), policy("b", "disabled")];
        let all = together(&saved, &[planned, json!({"displayName": "c"})]);
        let all: Vec<_> = all.iter().map(|p| (p.id.as_str(), p.name(), p.state.clone())).collect();
        use crate::policy::ca::State::{Disabled, Enabled};
        assert_eq!(all, [("a", "a", Disabled), ("b", "b", Enabled), ("", "c", Disabled)]);
    }
}
