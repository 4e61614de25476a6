//! Domains: waiting for DNS, the default, and what stands in the way of a removal.

use m365::emulator::Options;
use serde_json::json;

use super::super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];
const DESTROY: &[&str] = &["destroy", "-input=false", "-auto-approve"];

const FABRIKAM: &str = r#"
resource "m365_domain" "fabrikam" {
  id = "fabrikam.com"
}
resource "m365_domain_verification" "fabrikam" {
  domain_id = m365_domain.fabrikam.id
  timeouts  = { create = "20s" }
}
"#;

async fn tenant(configuration: &str) -> Workspace {
    Workspace::new(Options::default(), configuration).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verification_waits_until_the_record_is_published() {
    let workspace = tenant(FABRIKAM).await;
    workspace.control("dns", json!({ "unpublished": 3 })).await;
    workspace.ok(APPLY).await;
    let requests = workspace.requests().await;
    let proofs = requests.iter().filter(|one| one.ends_with("/domains/fabrikam.com/verify"));
    assert_eq!(proofs.count(), 4);
    workspace.plan_is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verification_that_does_not_come_about_says_what_to_do() {
    let workspace = tenant(&FABRIKAM.replace("20s", "2s")).await;
    workspace.control("dns", json!({ "unpublished": 1000 })).await;
    let (code, said) = workspace.run(APPLY).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("verification_dns_records"), "{said}");
    workspace.control("dns", json!({ "unpublished": 0 })).await;
    workspace.ok(APPLY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_refers_to_a_domain_is_named() {
    let workspace = tenant(FABRIKAM).await;
    workspace.ok(APPLY).await;
    let user = json!({
        "accountEnabled": true, "displayName": "Ann", "mailNickname": "ann",
        "userPrincipalName": "ann@fabrikam.com", "passwordProfile": { "password": "Correct-Horse-7!" },
    });
    workspace.change("POST", "/users", user).await;
    let (code, said) = workspace.run(DESTROY).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("ann@fabrikam.com ("), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_default_is_not_taken_away() {
    let settings = |is_default: bool| {
        format!(
            "resource \"m365_domain_settings\" \"contoso\" {{\n  domain_id = \"contoso.com\"\n  is_default = {is_default}\n}}\n"
        )
    };
    let workspace = tenant(&settings(true)).await;
    let (_, said) = workspace.run(&["plan", "-input=false"]).await;
    assert!(said.contains("is_default on is final"), "{said}");
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    workspace.write(&settings(false));
    let (code, said) = workspace.run(&["plan", "-input=false"]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("make another domain the default"), "{said}");
    // And what is left on destroy is the default that it was made.
    workspace.write(&settings(true));
    workspace.ok(DESTROY).await;
}
