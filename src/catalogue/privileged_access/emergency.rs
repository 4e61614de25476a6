//! `m365_emergency_access`: whether emergency access accounts are what they have to be.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{AREA, holders};
use crate::catalogue::conditional_access::{methods, tenant};
use crate::declare::{
    Answer, Answers, Asking, DataSource, Finding, Inquiry, Permissions, Question, Read, Source,
    boolean, ids, object, objects, string,
};
use crate::policy::ca::Policy;
use crate::policy::emergency::{
    self, Account, Attestations, EmergencyFacts, Passkeys, Property, ProtectedGroup, RoleAssignment,
};
use crate::policy::truth::Truth;
use crate::terraform::Path;

/// Whether emergency access accounts are what they have to be, property by property.
pub static EMERGENCY_ACCESS: DataSource = DataSource {
    name: "emergency_access",
    area: AREA,
    doc: "Whether emergency access accounts are what they have to be, property by property, with the \
        evidence: cloud-only, on the initial domain, permanent Global Administrators, with a passkey or a \
        certificate, excluded from every policy that restricts, in a protected group, tried out every 90 \
        days.\n\n\
        Meant for `check` blocks, which tell on every plan what does not hold and how to repair it. \
        What Graph does not give, such as who holds the keys, is attested in `attestations`; what \
        cannot be read, for want of a permission or a licence, is `unknown`.",
    reference: "https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access",
    source: Source::Concluded(
        conclude,
        &[
            "/users",
            "/domains",
            "/roleManagement/directory/roleAssignmentScheduleInstances",
            "/identity/conditionalAccess/policies",
        ],
    ),
    entity: "",
    permissions: Permissions {
        read: "User.Read.All + GroupMember.Read.All + Domain.Read.All + \
               RoleAssignmentSchedule.Read.Directory + RoleEligibilitySchedule.Read.Directory + \
               UserAuthenticationMethod.Read.All + Policy.Read.All + AuditLog.Read.All",
        write: "",
    },
    attributes: &[
        ids("user_ids", "The object ids of the accounts.").required(),
        ids(
            "group_ids",
            "The object ids of the groups that the accounts are in and that policies exclude.",
        ),
        string(
            "administrators_method",
            "The method that administrators use from day to day, such as `microsoftAuthenticatorPush`: \
             emergency access takes another one.",
        ),
        object("attestations", "What Graph does not tell, and somebody vouches for.").of(&[
            boolean(
                "impersonal",
                "The accounts are tied to no person, and their keys to no employee's phone.",
            ),
            boolean("monitored", "Every sign-in of the accounts raises an alert."),
            boolean("privileged_workstation", "The accounts are used from a privileged workstation."),
            boolean(
                "retained",
                "No access review, lifecycle workflow or cleanup of inactive accounts touches them.",
            ),
        ]),
        boolean("holds", "Whether every property is known to hold.").computed(),
        string("summary", "What does not hold, a line each; empty where everything does.").computed(),
        objects("properties", "Every property.").computed().of(&[
            string("id", "The property, such as `cloud_only`.").computed(),
            string("of", "The account or group that it is of; not set for all of them together.")
                .computed(),
            string("requirement", "What is to hold.").computed(),
            boolean("holds", "Whether it is known to hold.").computed(),
            string("status", "`holds`, `fails` or `unknown`.").computed(),
            string("evidence", "What shows it.").computed(),
            string("fix", "What to do where it does not hold.").computed(),
        ]),
    ],
    also: &[],
};

fn conclude(question: &Question<'_>, answers: &Answers) -> Inquiry<Result<Json, Finding>> {
    let asked = question.planned;
    let ask = answers.asking();
    let users = texts(&asked["userIds"]);
    if users.is_empty() {
        let finding = Finding::error(
            Path::attribute("user_ids"),
            "No emergency access account is named",
            "Give the object ids of at least two accounts.",
        );
        return ask.conclude(Err(finding));
    }
    let attested = |name: &str| asked["attestations"][name].as_bool();
    let facts = EmergencyFacts {
        accounts: users.iter().map(|id| account(&ask, id)).collect(),
        groups: texts(&asked["groupIds"]).iter().map(|id| group(&ask, id)).collect(),
        policies: ask.objects(&tenant::policies()).map(|policies| {
            policies.iter().filter_map(|policy| Policy::from_graph(policy).ok()).collect()
        }),
        passkeys: passkeys(&ask),
        usual_method: asked["administratorsMethod"].as_str().map(str::to_owned),
        attestations: Attestations {
            impersonal: attested("impersonal"),
            monitored: attested("monitored"),
            privileged_workstation: attested("privilegedWorkstation"),
            retained: attested("retained"),
        },
        ..domain(&ask)
    };
    ask.conclude(Ok(told(&emergency::properties(&facts))))
}

fn texts(json: &Json) -> Vec<String> {
    let texts = json.as_array().into_iter().flatten().filter_map(Json::as_str);
    texts.map(str::to_owned).collect()
}

fn text(json: &Json) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn account(ask: &Asking<'_>, id: &str) -> Account {
    let told = ask.known(&tenant::user(id));
    let is_missing = matches!(ask.answer(&tenant::user(id)), Some(Answer::Absent));
    let registered = ask.objects(&methods::registered(id));
    let about = ask.known(&about(id));
    Account {
        id: id.to_owned(),
        is_missing,
        user_principal_name: told.and_then(|told| text(&told["userPrincipalName"])),
        account_enabled: match is_missing {
            true => Some(false),
            false => told.and_then(|told| told["accountEnabled"].as_bool()),
        },
        on_premises_sync_enabled: told
            .map(|told| told["onPremisesSyncEnabled"].as_bool().unwrap_or(false)),
        password_policies: told.map(|told| text(&told["passwordPolicies"]).unwrap_or_default()),
        roles: roles(ask, id),
        groups: ask
            .objects(&tenant::memberships(id))
            .map(|groups| groups.iter().filter_map(|group| text(&group["id"])).collect()),
        methods: registered.map(|all| {
            let names = all.iter().filter_map(methods::name);
            names.chain(about.and_then(certificate)).collect()
        }),
        keys: registered
            .map(|methods| methods.iter().filter_map(|method| text(&method["aaGuid"])).collect()),
        days_since_sign_in: about.map(signed_in),
    }
}

/// The roles that an account holds; `None` where they cannot be read.
fn roles(ask: &Asking<'_>, id: &str) -> Option<Vec<RoleAssignment>> {
    let who = json!({ "@odata.type": "#microsoft.graph.user", "id": id });
    let held = holders::of_principal(ask, &who).ok()??;
    let role = |one: Json| RoleAssignment {
        role: text(&one["roleDefinitionId"]).unwrap_or_default(),
        directory_scope_id: text(&one["directoryScopeId"]).unwrap_or_default(),
        is_active: one["assignmentType"] != "eligible",
        expires: !one["endDateTime"].is_null(),
    };
    Some(held.into_iter().map(role).collect())
}

/// What is told of an account on demand only.
fn about(id: &str) -> Read {
    Read::one(format!("/users/{id}"), "User.Read.All + AuditLog.Read.All")
        .select("id,signInActivity,authorizationInfo")
}

/// The days since the last sign-in: that of today is of the moment in which this is asked.
fn signed_in(about: &Json) -> Option<i64> {
    let last = about["signInActivity"]["lastSuccessfulSignInDateTime"].as_str();
    let last: Option<Timestamp> = last.and_then(|last| last.parse().ok());
    last.map(|last| Timestamp::now().duration_since(last).as_hours() / 24)
}

/// A certificate that an account may sign in with. It is bound to the account by its
/// `certificateUserIds`, and not among the methods registered.
fn certificate(about: &Json) -> Option<String> {
    let bound = about["authorizationInfo"]["certificateUserIds"].as_array()?;
    (!bound.is_empty()).then(|| "x509CertificateMultiFactor".to_owned())
}

fn group(ask: &Asking<'_>, id: &str) -> ProtectedGroup {
    let read = Read::one(format!("/groups/{id}"), "Group.Read.All")
        .select("id,displayName,isAssignableToRole,isManagementRestricted");
    let told = ask.known(&read);
    let flag = |name: &str| told.map(|told| told[name].as_bool().unwrap_or(false));
    ProtectedGroup {
        id: id.to_owned(),
        display_name: told.and_then(|told| text(&told["displayName"])),
        is_assignable_to_role: flag("isAssignableToRole"),
        is_management_restricted: flag("isManagementRestricted"),
        members: None,
    }
}

fn domain(ask: &Asking<'_>) -> EmergencyFacts {
    let read = Read::all("/domains", "Domain.Read.All").select("id,isInitial,authenticationType");
    let domains = ask.objects(&read);
    let initial = domains.and_then(|all| all.iter().find(|domain| domain["isInitial"] == true));
    EmergencyFacts {
        initial_domain: initial.and_then(|domain| text(&domain["id"])),
        initial_domain_managed: initial.map(|domain| domain["authenticationType"] == "Managed"),
        ..EmergencyFacts::default()
    }
}

fn passkeys(ask: &Asking<'_>) -> Option<Passkeys> {
    let path = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let told = ask.known(&Read::one(path, "Policy.Read.AuthenticationMethod"))?;
    let targets = |name: &str| {
        let all = told[name].as_array().into_iter().flatten();
        all.filter_map(|target| text(&target["id"])).collect()
    };
    let keys = &told["keyRestrictions"];
    let restricted = keys["isEnforced"] == true;
    Some(Passkeys {
        enabled: told["state"] == "enabled",
        include: targets("includeTargets"),
        exclude: targets("excludeTargets"),
        keys: restricted.then(|| (keys["enforcementType"] == "allow", texts(&keys["aaGuids"]))),
    })
}

fn told(properties: &[Property]) -> Json {
    let holds = properties.iter().all(|property| property.holds.is_yes());
    let told = properties.iter().map(|property| {
        json!({
            "id": property.name,
            "of": property.of,
            "requirement": property.requirement,
            "holds": property.holds.is_yes(),
            "status": match property.holds {
                Truth::Yes => "holds",
                Truth::No => "fails",
                Truth::Maybe => "unknown",
            },
            "evidence": property.evidence,
            "fix": fix(property.name),
        })
    });
    let told: Vec<Json> = told.collect();
    let lines = properties.iter().filter(|property| !property.holds.is_yes()).map(|property| {
        let of = property.of.as_deref().map(|of| format!("{of}: ")).unwrap_or_default();
        let Property { requirement, evidence, name, .. } = property;
        // Terraform leaves lines that begin with a space as they are.
        format!("  - {of}{requirement}: {evidence}. {}", fix(name))
    });
    let lines: Vec<String> = lines.collect();
    let summary = match lines.len() {
        0 => String::new(),
        some => format!("{some} of {} are not known to hold:\n{}", told.len(), lines.join("\n")),
    };
    json!({ "holds": holds, "summary": summary, "properties": told })
}

/// What to do where a property does not hold.
fn fix(property: &str) -> &'static str {
    match property {
        "at_least_two" => "Make and name at least two accounts that are enabled.",
        "enabled" => "Set account_enabled of the m365_user to true.",
        "cloud_only" => {
            "Make a new account in the cloud: one that is synchronised fails with its source."
        }
        "initial_domain" => {
            "Name the account on the initial domain (*.onmicrosoft.com), which no federation touches."
        }
        "global_administrator" => {
            "Assign Global Administrator with m365_role_active_assignment and permanent = true; the \
             role's policy must not require an expiration of active assignments."
        }
        "phishing_resistant" => {
            "Register a passkey (FIDO2), better two, for the account: mandatory multifactor \
             authentication locks it out otherwise."
        }
        "method_enabled" => {
            "Enable passkeys (FIDO2) for the account in the authentication methods policy, and allow \
             the model of its keys."
        }
        "different_method" => {
            "Register a passkey (FIDO2) or a certificate, where other administrators do not depend on it."
        }
        "password_stays" => "Set password_policies of the m365_user to DisablePasswordExpiration.",
        "in_group" => "Put the account into the emergency access group (m365_group_member).",
        "excluded" => {
            "Exclude the emergency access group from the policies named (exclude_groups)."
        }
        "drilled" => "Sign in with the account once a quarter, and note it.",
        "group_protected" => {
            "Make the group role-assignable, or put it into a restricted management administrative \
             unit; not both."
        }
        _ => "See to it, and attest it in attestations.",
    }
}
