//! The harness bites: what is wrong is found, and named.

use futures::FutureExt as _;
use m365::catalogue;
use m365::declare::{Law, Permissions, Resource, string};
use m365::engine::Model;
use m365::engine::model::PREFIX;
use m365::terraform::Value;

use super::example::Example;
use super::tenant::Tenant;
use super::{everywhere, remote};

/// A group as Graph does not have it.
static WRONG: Resource = Resource {
    name: "group_with_a_colour",
    path: "/groups",
    entity: "group",
    permissions: Permissions { read: "Group.Read.All", write: "Group.ReadWrite.All" },
    selects: false,
    attributes: &[string("colour", "A property that groups do not have.")],
    ..Resource::MEMBER
};

#[tokio::test]
async fn a_wrong_property_name_is_named() {
    let tenant = Tenant::new().await;
    let groups = tenant.outside_ok("GET", "/groups", None).await.unwrap();
    let id = groups["value"][0]["id"].as_str().unwrap();
    let state = Value::from([("id", id.into())]);
    let said = remote::change(&tenant, &Model::new(&WRONG), &state).await.unwrap_err();
    assert!(said.contains("colour") && said.contains("400"), "{said}");
}

#[test]
fn a_resource_without_example_is_named() {
    let nothing = tempfile::tempdir().unwrap();
    let said = Example::of(nothing.path(), &WRONG).unwrap_err();
    assert!(said.contains("m365_group_with_a_colour has no example"), "{said}");
    assert!(said.contains("examples/resources/m365_group_with_a_colour/resource.tf"), "{said}");
}

#[test]
fn an_example_of_something_else_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let of = folder.path().join("m365_group_with_a_colour");
    std::fs::create_dir(&of).unwrap();
    std::fs::write(of.join("resource.tf"), "resource \"m365_group\" \"example\" {}\n").unwrap();
    let said = Example::of(folder.path(), &WRONG).unwrap_err();
    assert!(said.contains("\"m365_group_with_a_colour\" \"example\""), "{said}");
}

#[tokio::test]
async fn who_breaks_a_law_is_named_with_it() {
    let all = everywhere(Law::L1, |_| async { Err("nothing works".to_owned()) });
    let panic = std::panic::AssertUnwindSafe(all).catch_unwind().await.unwrap_err();
    let said = panic.downcast_ref::<String>().unwrap();
    for resource in catalogue::ALL {
        let expected = format!("L1 is broken by {PREFIX}{}: nothing works", resource.name);
        assert!(said.contains(&expected), "{said}");
    }
}
