//! Images of the sign-in page: files that are uploaded when their content changes, here or elsewhere.

use m365::emulator::{Options, TENANT_ID, TenantKind};

use super::workspace::Workspace;

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-input=false", "-no-color"];

const CONFIGURATION: &str = r#"
resource "m365_organization_branding" "this" {
  sign_in_page_text = "Help: 01 00"
  banner_logo       = { source = "${path.module}/logo.png" }
}
"#;

/// As much of a PNG file as there is to look at; `mark` makes it another one.
fn png(width: u32, height: u32, mark: u8) -> Vec<u8> {
    let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    content.extend(width.to_be_bytes());
    content.extend(height.to_be_bytes());
    content.extend([8, 6, 0, 0, 0, mark]);
    content
}

async fn branded() -> Workspace {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, CONFIGURATION).await;
    workspace.file("logo.png", &png(245, 36, 0));
    workspace.ok(APPLY).await;
    workspace
}

fn branding() -> String {
    format!("/organization/{TENANT_ID}/branding")
}

fn logo() -> String {
    format!("{}/localizations/0/bannerLogo", branding())
}

/// The requests since the log was forgotten that change something.
async fn writes(workspace: &Workspace) -> Vec<String> {
    let mut requests = workspace.requests().await;
    let changes = |one: &String| !one.starts_with("GET ") && one.contains("/v1.0/organization/");
    requests.retain(changes);
    requests
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_is_uploaded_once_and_when_the_file_changes() {
    let workspace = branded().await;
    let (patch, put) = (format!("PATCH /v1.0{}", branding()), format!("PUT /v1.0{}", logo()));
    assert_eq!(writes(&workspace).await, [patch, put.clone()]);
    workspace.plan_is_empty().await;
    workspace.file("logo.png", &png(245, 36, 1));
    workspace.forget().await;
    workspace.ok(APPLY).await;
    assert_eq!(writes(&workspace).await, [put]);
    workspace.plan_is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_name_of_the_same_file_uploads_nothing() {
    let workspace = branded().await;
    workspace.file("renamed.png", &png(245, 36, 0));
    workspace.write(&CONFIGURATION.replace("logo.png", "renamed.png"));
    workspace.forget().await;
    workspace.ok(APPLY).await;
    assert_eq!(writes(&workspace).await, [""; 0]);
    workspace.plan_is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_that_is_changed_or_removed_elsewhere_is_uploaded_again() {
    let workspace = branded().await;
    let (status, told) = workspace.elsewhere("PUT", &logo(), "image/png", png(9, 9, 2)).await;
    assert_eq!(status, 204, "{told}");
    let (_, said) = workspace.run(PLAN).await;
    assert!(said.contains("\"unknown\" ->"), "{said}");
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let (status, _) = workspace.elsewhere("DELETE", &logo(), "", Vec::new()).await;
    assert_eq!(status, 204);
    let (_, said) = workspace.run(PLAN).await;
    assert!(said.contains("+ banner_logo"), "{said}");
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_is_removed_with_its_attribute_and_before_the_branding() {
    let workspace = branded().await;
    workspace.write(&CONFIGURATION.replace("banner_logo ", "#"));
    workspace.forget().await;
    workspace.ok(APPLY).await;
    let removal = format!("DELETE /v1.0{}", logo());
    assert_eq!(writes(&workspace).await, std::slice::from_ref(&removal));
    workspace.write(CONFIGURATION);
    workspace.ok(APPLY).await;
    workspace.forget().await;
    workspace.ok(&["destroy", "-input=false", "-auto-approve"]).await;
    assert_eq!(writes(&workspace).await, [removal, format!("DELETE /v1.0{}", branding())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_graph_would_not_take_are_refused_at_plan() {
    let workspace = branded().await;
    let refused = [
        (png(246, 36, 0), "is 246 x 36 pixels large"),
        (b"GIF89a\x01\0\x01\0\0\0\0".to_vec(), "is no PNG or JPEG file"),
    ];
    for (content, why) in refused {
        workspace.file("logo.png", &content);
        let (code, said) = workspace.run(PLAN).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.replace(['\n', '│'], " ").contains(why), "{said}");
    }
    workspace.write(&CONFIGURATION.replace("logo.png", "missing.png"));
    let (code, said) = workspace.run(PLAN).await;
    assert!(code == Some(1) && said.contains("cannot be read"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn branding_that_is_there_is_imported_and_not_overwritten() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, CONFIGURATION).await;
    workspace.file("logo.png", &png(245, 36, 0));
    let theirs = br#"{ "signInPageText": "Theirs" }"#.to_vec();
    let (status, told) =
        workspace.elsewhere("PATCH", &branding(), "application/json", theirs).await;
    assert_eq!(status, 204, "{told}");
    let (code, said) = workspace.run(APPLY).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("exists already") && said.contains("terraform import"), "{said}");
    let address = "m365_organization_branding.this";
    workspace.ok(&["import", "-input=false", address, "organization_branding"]).await;
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
}
