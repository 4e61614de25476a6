//! What lockout protection costs a plan of many policies.

use std::time::Duration;

use serde_json::json;
use tokio::runtime::Runtime;

use super::report::{Report, median};
use super::tenant::Tenant;
use super::workspace::Workspace;

/// How often each time is taken.
const RUNS: usize = 5;
const POLICIES: usize = 100;
/// Two accounts for emergencies.
const ACCOUNTS: [&str; 2] =
    ["5d0f1c9e-0000-4000-8000-000000000001", "5d0f1c9e-0000-4000-8000-000000000002"];

/// A hundred policies that leave the accounts out, under a provider block that says `protection`.
fn policies(protection: &str) -> String {
    let [first, second] = ACCOUNTS;
    format!(
        r#"provider "m365" {{
  lockout_protection = "{protection}"
  emergency_access   = {{ user_ids = ["{first}", "{second}"] }}
}}

resource "m365_conditional_access_policy" "all" {{
  count               = {POLICIES}
  display_name        = "Policy ${{count.index}}"
  state               = "enabled"
  allow_direct_enable = true
  conditions = {{
    users        = {{ include_users = ["All"], exclude_users = ["{first}", "{second}"] }}
    applications = {{ include_applications = ["All"] }}
    locations    = {{ include_locations = ["All"], exclude_locations = ["AllTrusted"] }}
  }}
  grant_controls = {{ operator = "OR", built_in_controls = ["mfa"] }}
}}
"#
    )
}

/// A plan of a hundred new policies, with lockout protection and without.
pub(crate) fn plan(runtime: &Runtime, report: &mut Report) {
    let tenant = Tenant::start(runtime, 0);
    for (number, id) in ACCOUNTS.iter().enumerate() {
        let name = format!("emergency-{number}");
        let user = json!({
            "id": id, "displayName": name, "accountEnabled": true, "userType": "Member",
            "userPrincipalName": format!("{name}@contoso.onmicrosoft.com"),
        });
        tenant.post("objects", json!({ "type": "user", "properties": user }));
        let assignment = json!({
            "id": format!("assignment-{number}"), "principalId": id, "directoryScopeId": "/",
            "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10",
        });
        tenant
            .post("objects", json!({ "type": "unifiedRoleAssignment", "properties": assignment }));
    }
    let guarded = Workspace::new(&policies("error"), tenant.environment());
    let alone = Workspace::new(&policies("off"), tenant.environment());
    guarded.plan();
    tenant.forget();
    guarded.plan();
    let requests = tenant.requests();
    let (mut with, mut without): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        with.push(guarded.plan());
        without.push(alone.plan());
    }
    let seconds = |times: Vec<Duration>| median(times.iter().map(Duration::as_secs_f64).collect());
    #[allow(clippy::cast_precision_loss, reason = "a handful of requests")]
    report.at_most("plan of 100 new policies, guarded: requests", requests as f64, 5.0, "");
    report.at_most(
        "plan of 100 new policies, guarded: time, beside the same plan without protection",
        seconds(with) / seconds(without),
        2.0,
        "x",
    );
}
