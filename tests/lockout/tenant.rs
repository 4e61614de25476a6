//! A tenant with emergency access, as somebody set it up before Terraform came.

use m365::emulator::{Options, TenantKind};
use serde_json::{Value as Json, json};

use crate::workspace::Workspace;

pub(super) const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
pub(super) const SYNCHRONISER: &str = "d29b2b05-8046-44ba-8758-1e26182fcf32";

/// A tenant in which two accounts are kept for emergencies, and one administrator works.
pub(super) struct Tenant {
    pub(super) workspace: Workspace,
    pub(super) accounts: [String; 2],
    pub(super) group: String,
    pub(super) administrator: String,
}

impl Tenant {
    pub(super) async fn new() -> Self {
        let options = Options { tenant: TenantKind::Empty, ..Options::default() };
        let workspace = Workspace::new(options, "").await;
        let mut ids = Vec::new();
        for name in ["emergency-1", "emergency-2", "administrator"] {
            let id = user(&workspace, name).await;
            assign(&workspace, &id, GLOBAL_ADMINISTRATOR).await;
            ids.push(id);
        }
        let group = json!({
            "displayName": "Emergency access", "mailEnabled": false, "securityEnabled": true,
            "mailNickname": "emergency",
        });
        let group = workspace.make("/groups", group).await;
        for id in &ids[..2] {
            join(&workspace, &group, id).await;
            method(&workspace, id, "passwordAuthenticationMethod").await;
        }
        let administrator = ids.remove(2);
        let accounts = [ids.remove(0), ids.remove(0)];
        Self { workspace, accounts, group, administrator }
    }

    /// Puts a user into a group.
    pub(super) async fn join(&self, group: &str, member: &str) {
        join(&self.workspace, group, member).await;
    }

    /// The provider block that declares the emergency access.
    pub(super) fn provider(&self) -> String {
        let [first, second] = &self.accounts;
        format!(
            "provider \"m365\" {{\n  emergency_access = {{\n    user_ids  = [\"{first}\", \
             \"{second}\"]\n    group_ids = [\"{}\"]\n  }}\n}}\n",
            self.group
        )
    }

    /// Runs terraform on the provider block and `configuration`.
    pub(super) async fn run(
        &self,
        arguments: &[&str],
        configuration: &str,
    ) -> (Option<i32>, String) {
        self.workspace.write(&format!("{}{configuration}", self.provider()));
        self.workspace.run(arguments).await
    }

    /// Plans a configuration that is to be stopped, with this said of it.
    #[track_caller]
    pub(super) fn stopped(&self, (code, said): (Option<i32>, String), expected: &str) {
        let plain = flat(&said);
        assert_eq!(code, Some(1), "it was not stopped, {expected}: {said}");
        assert!(plain.contains(&format!("Error: {expected}")), "{expected} is not said: {said}");
        if std::env::var_os("SHOW").is_some() {
            println!("{said}");
        }
    }

    /// Plans a configuration that passes.
    #[track_caller]
    pub(super) fn passed(&self, (code, said): (Option<i32>, String)) {
        assert!(matches!(code, Some(0 | 2)), "it was stopped: {said}");
    }
}

/// What was said without the frame and the line breaks.
pub(super) fn flat(said: &str) -> String {
    let words = said.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

async fn join(workspace: &Workspace, group: &str, member: &str) {
    let reference = format!("{}/v1.0/directoryObjects/{member}", workspace.endpoint);
    let path = format!("/groups/{group}/members/$ref");
    workspace.make(&path, json!({ "@odata.id": reference })).await;
}

/// A user of the initial domain.
pub(super) async fn user(workspace: &Workspace, name: &str) -> String {
    let user = json!({
        "displayName": name, "mailNickname": name, "accountEnabled": true,
        "userPrincipalName": format!("{name}@contoso.onmicrosoft.com"),
        "passwordProfile": { "password": "Correct-Horse-7!" },
        "passwordPolicies": "DisablePasswordExpiration",
    });
    workspace.make("/users", user).await
}

/// Gives somebody a role for the whole tenant.
pub(super) async fn assign(workspace: &Workspace, principal: &str, role: &str) -> String {
    let assignment =
        json!({ "principalId": principal, "roleDefinitionId": role, "directoryScopeId": "/" });
    workspace.make("/roleManagement/directory/roleAssignments", assignment).await
}

/// Registers a method.
pub(super) async fn method(workspace: &Workspace, user: &str, kind: &str) {
    put(workspace, kind, user, json!({})).await;
}

/// Puts an object into the tenant that no request makes.
pub(super) async fn put(workspace: &Workspace, kind: &str, parent: &str, properties: Json) {
    let body = json!({ "type": kind, "parent": parent, "properties": properties });
    workspace.control("objects", body).await;
}

/// A policy.
pub(super) fn policy(users: &str, applications: &str, further: &str, grant: &str) -> String {
    format!(
        "resource \"m365_conditional_access_policy\" \"p\" {{\n  display_name = \"P\"\n  state = \
         \"enabled\"\n  allow_direct_enable = true\n  conditions = {{\n    users = {{ {users} }}\n    \
         applications = {{ {applications} }}\n    {further}\n  }}\n  grant_controls = {{ {grant} }}\n}}\n"
    )
}

pub(super) const ALL: &str = "include_applications = [\"All\"]";
pub(super) const BLOCK: &str = "operator = \"OR\", built_in_controls = [\"block\"]";
pub(super) const MFA: &str = "operator = \"OR\", built_in_controls = [\"mfa\"]";
