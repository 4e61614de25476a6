//! The templates of policies, as typed content that a policy can be made of.

use m365::emulator::{Options, TenantKind};

use crate::workspace::Workspace;

const MAIN: &str = r#"
data "m365_conditional_access_templates" "all" {}

locals {
  templates = data.m365_conditional_access_templates.all.templates
  blocking  = one([for one in local.templates : one if one.name == "Block legacy authentication"])
}

output "count" {
  value = length(local.templates)
}

output "typed" {
  value = alltrue([
    for one in local.templates :
    length(one.details.conditions.client_app_types) > 0 && length(one.scenarios) > 0
  ])
}

resource "m365_conditional_access_policy" "p" {
  display_name   = local.blocking.name
  state          = "disabled"
  grant_controls = local.blocking.details.grant_controls
  conditions = {
    client_app_types = local.blocking.details.conditions.client_app_types
    applications     = local.blocking.details.conditions.applications
    users            = { include_users = local.blocking.details.conditions.users.include_users }
  }
}
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_becomes_a_policy() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, MAIN).await;
    let (code, said) = workspace.run(&["apply", "-input=false", "-auto-approve"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("count = 21") && said.contains("typed = true"), "{said}");
    workspace.plan_is_empty().await;
}
