//! What a plan says of a setting that is there already, by the real terraform.

use m365::emulator::Options;
use serde_json::json;

use super::workspace::Workspace;

const PLAN: &[&str] = &["plan", "-input=false"];
const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

fn authorization(invites: &str) -> String {
    format!(
        "resource \"m365_authorization_policy\" \"one\" {{\n  allow_invites_from = \"{invites}\"\n}}\n"
    )
}

/// The plan tells what the apply changes, once: from then on Terraform shows changes itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_over_is_told_as_what_changes() {
    let workspace = Workspace::new(Options::default(), &authorization("none")).await;
    let (code, said) = workspace.run(PLAN).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Warning: m365_authorization_policy: 1 setting changes"), "{said}");
    assert!(said.contains("  allow_invites_from: everyone -> none"), "{said}");
    workspace.ok(APPLY).await;
    workspace.write(&authorization("everyone"));
    let (_, said) = workspace.run(PLAN).await;
    assert!(!said.contains("setting changes"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_as_configured_or_cannot_be_read_is_silent() {
    let workspace = Workspace::new(Options::default(), &authorization("everyone")).await;
    let (_, said) = workspace.run(PLAN).await;
    assert!(!said.contains("setting changes"), "{said}");
    // Of a domain that the same plan adds, nothing is there yet.
    workspace.write(
        "resource \"m365_domain_settings\" \"one\" {\n  domain_id = \"fabrikam.com\"\n  password_validity_period_in_days = 90\n}\n",
    );
    let (code, said) = workspace.run(PLAN).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("setting changes"), "{said}");
    workspace.control("roles", json!({ "roles": ["Domain.Read.All"] })).await;
    workspace.write(&authorization("none"));
    let (_, said) = workspace.run(PLAN).await;
    assert!(!said.contains("setting changes"), "{said}");
}
