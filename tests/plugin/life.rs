//! One resource's whole life, over the wire and on the local Graph.

use m365::emulator::{Options, start};
use m365::terraform::{Value, json};

use super::driver::{Driver, State, schemas};

const RESOURCE: &str = "m365_named_location";

fn office(name: &str, range: &str) -> Value {
    let ranges = Value::set([range.into()]);
    let ip = [("ip_ranges", ranges), ("is_trusted", true.into())].into();
    [("display_name", name.into()), ("ip", ip)].into()
}

#[tokio::test]
async fn a_named_location_is_made_changed_imported_and_deleted() {
    let graph = start(Options::default()).await.unwrap();
    let mut driver = Driver::on(&graph).await;
    let config = office("Office", "192.0.2.0/24");
    driver.validate(RESOURCE, &config).await.ok();

    let made = driver.change(RESOURCE, &State::default(), &config).await.ok();
    assert_eq!(made.value.get("display_name").as_str(), Some("Office"));
    let made = driver.read(RESOURCE, &made).await.ok();
    assert!(driver.plan(RESOURCE, &made, &config).await.ok().is_empty());

    let config = office("Headquarters", "198.51.100.0/24");
    let changed = driver.change(RESOURCE, &made, &config).await.ok();
    assert_eq!(changed.value.get("id"), made.value.get("id"));
    assert!(driver.plan(RESOURCE, &changed, &config).await.ok().is_empty());

    let id = changed.value.get("id").as_str().unwrap().to_owned();
    let imported = driver.import(RESOURCE, &id).await.ok();
    assert_eq!(imported.value, changed.value);
    let identity = imported.identity.unwrap();
    let imported = driver.import_identity(RESOURCE, &identity).await.ok();
    assert_eq!(imported.value, changed.value);

    let ty = schemas().resources[RESOURCE].ty();
    let stored = json::to_json(&changed.value, &ty).unwrap();
    assert_eq!(driver.upgrade(RESOURCE, 0, &stored).await.ok(), changed.value);

    let by_name = [("display_name", "Headquarters".into())].into();
    let found = driver.data(RESOURCE, &by_name).await.ok();
    assert_eq!(found.get("id").as_str(), Some(id.as_str()));

    let gone = driver.destroy(RESOURCE, &changed).await.ok();
    assert!(gone.value.is_null());
    assert!(driver.read(RESOURCE, &changed).await.ok().value.is_null());
    driver.stop().await;
    assert!(driver.shut_down().await.status.success());
}
