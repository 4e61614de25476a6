//! `m365_conditional_access_policy_set`.

use serde_json::{Value as Json, json};

use super::policy::{foresee, judged};
use super::{Guard, settings};
use crate::catalogue::conditional_access::{AREA, PLANNED, tenant, together};
use crate::declare::{
    Answers, DataSource, Finding, Inquiry, Permissions, Question, Source, boolean, id, objects,
    string, strings,
};
use crate::policy::ca::Policy;
use crate::policy::lockout::{self, Severity, Survivor, survivors};

/// A whole set of policies, judged at once.
pub(in crate::catalogue) static CONDITIONAL_ACCESS_POLICY_SET: DataSource = DataSource {
    name: "conditional_access_policy_set",
    area: AREA,
    doc: "Judges a whole set of Conditional Access policies at once, planned and saved ones together: \
        what would lock somebody out, and who could still sign in to repair the tenant.\n\n\
        The plan of a policy sees the others as they are saved, or as they were planned before it. \
        Here the set is seen as it will be. Who is to stay able to sign in is declared in \
        `emergency_access` of the provider block.\n\n\
        Terraform reads a data source during apply where it refers to a resource that is to change: \
        hand the same locals to both, and it is read at plan. See the guide \
        [Lockout protection](../guides/lockout-protection.md).",
    reference: "https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy",
    source: Source::Concluded(
        conclude,
        &[
            "/identity/conditionalAccess/policies",
            "/roleManagement/directory/roleAssignments",
            "/users",
        ],
    ),
    entity: "",
    permissions: Permissions {
        read: "Policy.Read.All + RoleManagement.Read.Directory + User.Read.All + GroupMember.Read.All",
        write: "",
    },
    attributes: &[
        objects(
            "policies",
            "Planned policies: `m365_conditional_access_policy` resources, or objects like them. One \
             takes the place of the policies that are saved under its name.",
        )
        .required()
        .of(PLANNED),
        boolean("is_safe", "Whether nothing was found that is sure to lock somebody out.")
            .computed(),
        objects("findings", "What would lock somebody out, or may.")
            .of(&[
                string("rule", "The rule, such as `L-01`.").computed(),
                string("severity", "`error` or `warning`.").computed(),
                string("policy", "The policy, where one is the cause.").computed(),
                string("summary", "What is wrong.").computed(),
                string("consequence", "What would happen.").computed(),
                strings("affected", "To whom.").computed(),
                string("remedy", "What to do.").computed(),
            ])
            .computed(),
        objects("emergency_access", "Whether the emergency access accounts could sign in.")
            .of(SURVIVOR)
            .computed(),
        objects(
            "administrators",
            "Whether the other administrators who could repair Conditional Access could sign in.",
        )
        .of(SURVIVOR)
        .computed(),
        strings("not_read", "The permissions without which something could not be looked at.")
            .computed(),
    ],
    also: &[],
};

const SURVIVOR: &[crate::declare::Attribute] = &[
    id("id", "The object id.").computed(),
    string("name", "The name that the account signs in with.").computed(),
    string("survives", "`yes`, `no`, or `maybe` where too little is known.").computed(),
    strings("stopped_by", "The policies that stop it.").computed(),
];

fn conclude(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let (protection, emergency) = settings::read(question.provider).unwrap_or_default();
    let guard = Guard { question, ask: answers.asking(), protection, emergency };
    foresee(&guard);
    let asked = question.planned;
    let Some(saved) = guard.ask.objects(&tenant::policies()) else {
        return guard.ask.conclude_from_all(Ok(Json::Null));
    };
    let planned = asked["policies"].as_array().map_or(&[][..], Vec::as_slice);
    let names: Vec<&str> =
        planned.iter().filter_map(|policy| policy["displayName"].as_str()).collect();
    let policies = together(saved, planned);
    let of_the_set = |policy: &&Policy| names.contains(&policy.name());
    let subjects: Vec<Policy> = policies.iter().filter(of_the_set).cloned().collect();
    let (scene, mut findings, fit) =
        judged(&guard, policies, &subjects, &|scene| lockout::judge(scene, None));
    findings.extend(fit);
    let survivors = survivors(&scene);
    let unread = guard.ask.unread();
    let told = json!({
        "isSafe": !findings.iter().any(|finding| finding.severity == Severity::Error),
        "findings": findings.iter().map(told).collect::<Vec<_>>(),
        "emergencyAccess": survivors.emergency.iter().map(survivor).collect::<Vec<_>>(),
        "administrators": survivors.administrators.iter().map(survivor).collect::<Vec<_>>(),
        "notRead": unread.iter().map(|unread| unread.read.permission).collect::<Vec<_>>(),
    });
    guard.ask.conclude(Ok(told))
}

fn told(finding: &lockout::Finding) -> Json {
    json!({
        "rule": finding.id,
        "severity": finding.severity,
        "policy": finding.policy,
        "summary": finding.summary,
        "consequence": finding.consequence,
        "affected": finding.whom,
        "remedy": finding.remedy,
    })
}

fn survivor(survivor: &Survivor) -> Json {
    json!({
        "id": survivor.id,
        "name": survivor.name,
        "survives": survivor.survives,
        "stoppedBy": survivor.stopped_by,
    })
}
