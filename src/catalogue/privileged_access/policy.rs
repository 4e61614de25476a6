//! `m365_role_management_policy` and `m365_group_role_management_policy`.

use super::role::{role, role_definition};
use super::{AREA, rules};
use crate::catalogue::lockout;
use crate::catalogue::roles::built_in;
use crate::declare::{
    Attribute, Check, Finding, Form, Law, Lookup, Permissions, Resource, Rule, Ruled, boolean, id,
    ids, object, string, strings,
};
use crate::terraform::{Path, Value};

/// Why another role makes another policy.
const OTHER: &str = "each role and each group has a policy of its own";

const ACTIVATION: Attribute = object("activation", "What activating takes.")
    .optional_computed()
    .of(&[
        string("maximum_duration", "How long an activation may last, from `PT30M` to `PT24H`.")
            .form(Form::Duration)
            .optional_computed(),
        boolean(
            "require_multifactor_authentication",
            "Whether it takes multifactor authentication. Excludes an authentication context, which \
             takes over from it.",
        )
        .optional_computed(),
        boolean("require_justification", "Whether it takes a justification.").optional_computed(),
        boolean("require_ticket", "Whether it takes a ticket.").optional_computed(),
        boolean(
            "require_authentication_context",
            "Whether it takes an authentication context. Make and enable the Conditional Access \
             policy for the context first: as long as none is there, nothing protects the activation.",
        )
        .optional_computed(),
        string("authentication_context", "The id of the authentication context, `c1` to `c99`.")
            .optional_computed()
            .checks(&[Check::Pattern("^c[1-9][0-9]?$", "an id from c1 to c99")]),
        boolean("require_approval", "Whether somebody must approve it.").optional_computed(),
        ids("approver_user_ids", "The users who approve.").optional_computed(),
        ids("approver_group_ids", "The groups whose members approve.").optional_computed(),
        boolean(
            "approver_managers",
            "Whether the manager of whoever activates approves. Graph knows such approvers; the \
             portal offers users and groups only.",
        )
        .optional_computed(),
    ]);

const ASSIGNMENT: &[Attribute] = &[
    boolean("require_expiration", "Whether an assignment must end.").optional_computed(),
    string("maximum_duration", "How long an assignment that must end may last, such as `P180D`.")
        .form(Form::Duration)
        .optional_computed(),
    boolean(
        "require_multifactor_authentication",
        "Whether assigning takes multifactor authentication of the administrator. An application, \
         such as the one that Terraform signs in with, has none, and can then assign nothing.",
    )
    .optional_computed(),
    boolean("require_justification", "Whether assigning takes a justification.")
        .optional_computed(),
    boolean("require_ticket", "Whether assigning takes a ticket.").optional_computed(),
];

const NOTIFICATION: &[Attribute] = &[
    string("level", "Which mails are sent: `All`, `Critical` or `None`.")
        .one_of(&["All", "Critical", "None"])
        .optional_computed(),
    boolean("default_recipients", "Whether those whom it concerns get the mails.")
        .optional_computed(),
    strings("additional_recipients", "Mail addresses that get the mails, too.").optional_computed(),
];

const EVENT: &[Attribute] = &[
    object("administrators", "What role administrators are told.")
        .optional_computed()
        .of(NOTIFICATION),
    object("assignees", "What the assigned or activating user is told.")
        .optional_computed()
        .of(NOTIFICATION),
    object("approvers", "What approvers are told.").optional_computed().of(NOTIFICATION),
];

const SETTINGS: [Attribute; 4] = [
    ACTIVATION,
    object("eligible_assignment", "What making somebody eligible takes.")
        .optional_computed()
        .of(ASSIGNMENT),
    object("active_assignment", "What assigning somebody actively takes.")
        .optional_computed()
        .of(ASSIGNMENT),
    object("notifications", "Who is told by mail.").optional_computed().of(&[
        object("eligible_assignment", "When somebody is made eligible.")
            .optional_computed()
            .of(EVENT),
        object("active_assignment", "When somebody is assigned actively.")
            .optional_computed()
            .of(EVENT),
        object("activation", "When somebody activates.").optional_computed().of(EVENT),
    ]),
];

/// What activating and assigning a directory role takes.
pub static ROLE_MANAGEMENT_POLICY: Resource = Resource {
    name: "role_management_policy",
    area: AREA,
    doc: "What activating and assigning a directory role takes in Privileged Identity Management, and \
        who is told.\n\n\
        Each role has its policy from the start, so creating this resource takes the policy over: what \
        is configured is changed, all else stays as it was found. On destroy, what was found is put \
        back (`on_destroy`). Each setting is one of 17 rules, and only rules that change are written.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/resources/unifiedrolemanagementpolicy",
    path: "/policies/roleManagementPolicyAssignments",
    ruled: Some(Ruled {
        filter: "scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '{role_definition_id}'",
        of: &["role_definition_id"],
        named: |id| Some(vec![id.rsplit_once('_')?.1.to_owned()]),
        read: rules::read,
        write: rules::write,
    }),
    entity: "unifiedRoleManagementPolicyAssignment",
    permissions: Permissions {
        read: "RoleManagementPolicy.Read.Directory",
        write: "RoleManagementPolicy.ReadWrite.Directory",
    },
    selects: false,
    attributes: &[
        role(OTHER),
        role_definition(OTHER),
        SETTINGS[0],
        SETTINGS[1],
        SETTINGS[2],
        SETTINGS[3],
    ],
    rules: &[Rule::ExactlyOneOf(&["role", "role_definition_id"])],
    keys: &["role"],
    data: Some(Lookup { plural: None }),
    named: Some(built_in::NAMED),
    judge: Some(of_role),
    exceptions: &[(
        Law::L2,
        "Graph changes a rule as a whole, so the request carries all of the rule that changed",
    )],
    guard: Some(lockout::role_management_policy),
    ..Resource::SINGLETON
};

/// What activating and assigning the membership or ownership of a group takes.
pub static GROUP_ROLE_MANAGEMENT_POLICY: Resource = Resource {
    name: "group_role_management_policy",
    area: AREA,
    doc: "What activating and assigning the membership or the ownership of a group takes in Privileged \
        Identity Management for groups, and who is told.\n\n\
        Both policies of a group are there from the start, so creating this resource takes one over: \
        what is configured is changed, all else stays as it was found. On destroy, what was found is \
        put back (`on_destroy`). Each setting is one of 17 rules, and only rules that change are \
        written.\n\n\
        Takes Microsoft Entra ID P2 or Microsoft Entra ID Governance.",
    reference: "https://learn.microsoft.com/graph/api/resources/unifiedrolemanagementpolicy",
    path: "/policies/roleManagementPolicyAssignments",
    ruled: Some(Ruled {
        filter: "scopeId eq '{group_id}' and scopeType eq 'Group' and roleDefinitionId eq '{access_id}'",
        of: &["group_id", "access_id"],
        named: |id| {
            // Group_{group id}_{policy id}_{member or owner}
            let (group, rest) = id.strip_prefix("Group_")?.split_once('_')?;
            Some(vec![group.to_owned(), rest.rsplit('_').next()?.to_owned()])
        },
        read: rules::read,
        write: rules::write,
    }),
    entity: "unifiedRoleManagementPolicyAssignment",
    permissions: Permissions {
        read: "RoleManagementPolicy.Read.AzureADGroup",
        write: "RoleManagementPolicy.ReadWrite.AzureADGroup",
    },
    selects: false,
    attributes: &[
        id("group_id", "The object id of the group.").required().replace(OTHER),
        string("access_id", "Whether it is about being `member` or `owner`.")
            .one_of(&["member", "owner"])
            .required()
            .replace(OTHER),
        SETTINGS[0],
        SETTINGS[1],
        SETTINGS[2],
        SETTINGS[3],
    ],
    data: Some(Lookup { plural: None }),
    judge: Some(contradictions),
    exceptions: &[(
        Law::L2,
        "Graph changes a rule as a whole, so the request carries all of the rule that changed",
    )],
    ..Resource::SINGLETON
};

fn of_role(plan: &Value) -> Vec<Finding> {
    let mut found = built_in::unknown(plan);
    found.extend(contradictions(plan));
    found
}

/// What Graph refuses, or what nobody could ever fulfil.
fn contradictions(plan: &Value) -> Vec<Finding> {
    let activation = plan.get("activation");
    let path = Path::attribute("activation");
    let is = |name: &str| activation.get(name).as_bool() == Some(true);
    let mut found = Vec::new();
    if is("require_authentication_context") {
        if is("require_multifactor_authentication") {
            found.push(Finding::error(
                path.at("require_multifactor_authentication"),
                "An authentication context does not go with multifactor authentication",
                "Graph takes one of the two: set require_multifactor_authentication to false, and \
                 demand multifactor authentication in the Conditional Access policy for the context.",
            ));
        }
        if activation.get("authentication_context").is_null() {
            found.push(Finding::error(
                path.at("authentication_context"),
                "authentication_context is missing",
                "Set the id of the authentication context that an activation takes.",
            ));
        }
    }
    let nobody = |name: &str| match activation.get(name) {
        Value::Unknown(_) => false,
        value => value.as_elements().is_none_or(<[Value]>::is_empty),
    };
    let managers = matches!(activation.get("approver_managers"), Value::Unknown(_));
    let managers = managers || is("approver_managers");
    if is("require_approval")
        && !managers
        && nobody("approver_user_ids")
        && nobody("approver_group_ids")
    {
        found.push(Finding::error(
            path.at("require_approval"),
            "Nobody could approve an activation",
            "Set approver_user_ids or approver_group_ids, at least two people who do not need this \
             role themselves. Otherwise approval is left to active Privileged Role Administrators and \
             Global Administrators, and where there are none, nobody can activate the role.",
        ));
    }
    for (setting, least, most, says) in [
        ("activation", 1_800, 86_400, "from PT30M to PT24H"),
        ("eligible_assignment", 300, 365 * 86_400, "from PT5M to P365D"),
        ("active_assignment", 300, 365 * 86_400, "from PT5M to P365D"),
    ] {
        let Some(duration) = plan.get(setting).get("maximum_duration").as_str() else { continue };
        let Some(seconds) = crate::catalogue::codec::seconds(duration) else { continue };
        if !(least..=most).contains(&seconds) {
            found.push(Finding::error(
                Path::attribute(setting).at("maximum_duration"),
                format!("{duration} is not a duration that Graph takes"),
                format!("{setting}.maximum_duration is {says}."),
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(setting: &str, settings: &[(&str, Value)], expected: &[&str]) {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let settings = Value::Object(settings.collect());
        let found = contradictions(&Value::Object([(setting.to_owned(), settings)].into()));
        let found: Vec<_> = found.iter().map(|one| one.summary.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let yes = || Value::from(true);
        let someone = || Value::set(["u".into()]);
        let mfa = "require_multifactor_authentication";
        let context = ("require_authentication_context", yes());
        let missing = "authentication_context is missing";
        let both = "An authentication context does not go with multifactor authentication";
        let nobody = "Nobody could approve an activation";
        let c1 = ("authentication_context", "c1".into());
        check("activation", &[], &[]);
        check("activation", &[context.clone(), c1.clone()], &[]);
        check("activation", std::slice::from_ref(&context), &[missing]);
        check("activation", &[context.clone(), c1.clone(), (mfa, false.into())], &[]);
        check("activation", &[context.clone(), c1.clone(), (mfa, yes())], &[both]);
        check("activation", &[(mfa, yes())], &[]);
        let approval = || ("require_approval", yes());
        check("activation", &[approval()], &[nobody]);
        check("activation", &[approval(), ("approver_user_ids", Value::set([]))], &[nobody]);
        check("activation", &[approval(), ("approver_managers", false.into())], &[nobody]);
        for approvers in [
            ("approver_user_ids", someone()),
            ("approver_group_ids", someone()),
            ("approver_managers", yes()),
            ("approver_user_ids", Value::UNKNOWN),
            ("approver_group_ids", Value::UNKNOWN),
            ("approver_managers", Value::UNKNOWN),
        ] {
            check("activation", &[approval(), approvers], &[]);
        }
    }

    #[test]
    fn durations_have_their_limits() {
        for (setting, good, bad) in [
            ("activation", ["PT30M", "PT24H"], ["PT29M", "PT24H1M"]),
            ("eligible_assignment", ["PT5M", "P365D"], ["PT4M", "P366D"]),
            ("active_assignment", ["PT5M", "P1Y"], ["PT4M", "P366D"]),
        ] {
            for most in good {
                check(setting, &[("maximum_duration", most.into())], &[]);
            }
            for most in bad {
                let says = format!("{most} is not a duration that Graph takes");
                check(setting, &[("maximum_duration", most.into())], &[&says]);
            }
        }
    }
}
