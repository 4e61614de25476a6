//! What the guide on testing policies shows, by the real terraform.

use m365::emulator::{Options, TenantKind};

use crate::workspace::Workspace;

const MAIN: &str = include_str!("../../examples/test-your-policies/main.tf");
const TESTS: &str = include_str!("../../examples/test-your-policies/tests/sign_ins.tftest.hcl");
const GUIDE: &str = include_str!("../../docs/guides/test-your-policies.md");

#[test]
fn the_guide_shows_the_example() {
    assert!(GUIDE.contains(MAIN.trim_end()), "main.tf is another than in the guide");
    assert!(GUIDE.contains(TESTS.trim_end()), "the tests are others than in the guide");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terraform_test_evaluates_policies_that_do_not_exist() {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let workspace = Workspace::new(options, MAIN).await;
    workspace.file("sign_ins.tftest.hcl", TESTS.as_bytes());
    let (code, said) = workspace.run(&["test"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 passed, 0 failed"), "{said}");
    // One that fails says so.
    let wrong = TESTS.replace("== \"granted\"", "== \"blocked\"");
    workspace.file("sign_ins.tftest.hcl", wrong.as_bytes());
    let (code, said) = workspace.run(&["test"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("In the offices a password is enough."), "{said}");
}
