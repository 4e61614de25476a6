//! What faults of Graph and of the network come to: L9 to L12, L14 and L15.

use std::time::{Duration, Instant};

use m365::declare::{Keeps, Law, Resource};
use m365::emulator::TENANT_ID;
use m365::engine::names::TENANT;
use m365::engine::request;
use m365::terraform::Value;
use serde_json::json;

use super::change::unmake;
use super::stage::Stage;
use super::tenant::Tenant;
use super::wire::{Client, State};
use super::{Outcome, ensure, everywhere};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l9_a_lost_answer_makes_nothing_twice() {
    everywhere(Law::L9, lost).await;
}

async fn lost(resource: &'static Resource) -> Outcome {
    // What requests change is not made by a write to its own path: its lost answers are tested in
    // `privileged_access`.
    if resource.requests.is_some() {
        return Ok(());
    }
    let stage = Stage::new(resource).await?;
    let before = everything(&stage).await?;
    // The first write is carried out, and its answer is lost.
    let path = match resource.ruled {
        // Each rule is written to the policy that has it.
        Some(_) => "/policies".to_owned(),
        None => collection_path(resource, &stage.config),
    };
    let fault =
        |method: &str| json!({ "kind": "drop-after", "method": method, "path": path, "count": 1 });
    stage
        .tenant
        .control("POST", "/faults", json!([fault("POST"), fault("PATCH"), fault("PUT")]))
        .await;
    let state = stage.made_under_faults().await?;
    let struck = stage.tenant.log().await.iter().any(|one| !one.fault.is_empty());
    ensure(struck, || "the answer was not lost".to_owned())?;
    stage.tenant.control("DELETE", "/faults", json!({})).await;
    stage.client.settled(&stage.model, &state, &stage.config).await?;
    let after = everything(&stage).await?;
    let new: Vec<_> = after.iter().filter(|id| !before.contains(id)).collect();
    let expected = match resource.keeps {
        Keeps::Member | Keeps::Request => vec![state.value.get("id").as_str().unwrap_or_default()],
        _ => new.iter().map(|id| id.as_str()).collect(),
    };
    ensure(new == expected, || format!("{new:?} were made, and the state has {expected:?}"))?;
    unmake(&stage, &stage.client, &state).await
}

/// Where the resource is kept in the tenant under test.
fn collection_path(resource: &Resource, config: &Value) -> String {
    let path = request::collection_path(resource, config).replace(TENANT, TENANT_ID);
    match (resource.keeps, path.rsplit_once('/')) {
        // Read and written by the object that has it.
        (Keeps::Element, Some((object, _))) => object.to_owned(),
        _ => path,
    }
}

/// The ids of everything in the collection that the resource is in.
async fn everything(stage: &Stage) -> Outcome<Vec<String>> {
    let resource = stage.model.resource;
    if !matches!(resource.keeps, Keeps::Member | Keeps::Request) {
        return Ok(Vec::new());
    }
    let path = request::collection_path(resource, &stage.config);
    let told = stage.tenant.outside_ok("GET", &path, None).await?;
    let key = resource.create.map_or("id", |call| call.id_from);
    let ids = told["value"].as_array().into_iter().flatten().filter_map(|one| one[key].as_str());
    Ok(ids.map(str::to_owned).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l10_replication_lag_changes_nothing() {
    everywhere(Law::L10, lagging).await;
}

/// How late what was written shows.
const LAG: Duration = Duration::from_secs(10);

async fn lagging(resource: &'static Resource) -> Outcome {
    // What the resource refers to has only just been made, too.
    let stage = Stage::after(resource, async |tenant: &Tenant| lag(tenant, LAG).await).await?;
    let state = stage.made_under_faults().await?;
    stage.client.settled(&stage.model, &state, &stage.config).await?;
    unmake(&stage, &stage.client, &state).await
}

async fn lag(tenant: &Tenant, lag: Duration) {
    let milliseconds = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
    tenant.control("POST", "/lag", json!({ "milliseconds": milliseconds })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l11_throttling_and_outages_change_nothing() {
    everywhere(Law::L11, throttled).await;
}

async fn throttled(resource: &'static Resource) -> Outcome {
    let stage = Stage::new(resource).await?;
    let faults = json!([
        { "kind": "throttle", "path": "/v1.0", "count": 1, "retry_after": 1 },
        { "kind": "throttle", "path": "/v1.0", "count": 1 },
        { "kind": "unavailable", "path": "/v1.0", "count": 1 },
    ]);
    stage.tenant.control("POST", "/faults", faults.clone()).await;
    let state = stage.made_under_faults().await?;
    let struck = stage.tenant.log().await.iter().filter(|one| !one.fault.is_empty()).count();
    ensure(struck == 3, || format!("{struck} of 3 faults befell a request"))?;
    stage.client.settled(&stage.model, &state, &stage.config).await?;
    stage.tenant.control("POST", "/faults", faults).await;
    unmake(&stage, &stage.client, &state).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l12_what_fails_half_way_is_kept_and_heals() {
    everywhere(Law::L12, half_way).await;
}

async fn half_way(resource: &'static Resource) -> Outcome {
    let stage = Stage::new(resource).await?;
    let Stage { client, model, config, tenant, .. } = &stage;
    // From the create on, nothing can be read.
    let path = collection_path(resource, config);
    let fault = json!({ "kind": "unavailable", "method": "GET", "path": path });
    tenant.control("POST", "/faults", json!([fault])).await;
    let impatient = with_timeout(config, "2s");
    let none = State::default();
    let planned = client.plan(model, &none, &impatient).await?;
    let applied = client.apply(model, &none, &planned, &impatient).await?;
    ensure(!applied.errors.is_empty(), || "no error is told".to_owned())?;
    tenant.control("DELETE", "/faults", json!({})).await;
    let written = tenant.writes().await.iter().any(|one| one.status < 300);
    let has_id = !applied.state.value.get("id").is_null();
    ensure(written == has_id, || {
        format!("written is {written}, and the state is {:?}", applied.state.value)
    })?;
    // The next run, in another process.
    let client = Client::start(tenant).await?;
    let prior = match has_id {
        true => client.read(model, &applied.state).await?,
        false => none,
    };
    ensure(has_id != prior.value.is_null(), || "the state is of nothing".to_owned())?;
    let state = client.reach(model, &prior, config).await?;
    client.settled(model, &state, config).await?;
    unmake(&stage, &client, &state).await
}

fn with_timeout(config: &Value, patience: &str) -> Value {
    let mut object = config.as_object().cloned().unwrap_or_default();
    let names = ["create", "read", "update", "delete"];
    object.insert("timeouts".into(), names.map(|name| (name, Value::from(patience))).into());
    Value::Object(object)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l14_a_missing_permission_is_named_and_nothing_is_half_done() {
    everywhere(Law::L14, not_granted).await;
}

async fn not_granted(resource: &'static Resource) -> Outcome {
    let stage = Stage::new(resource).await?;
    let Stage { model, config, tenant, .. } = &stage;
    let roles: Vec<&str> = resource.permissions.read.split(" + ").collect();
    tenant.control("POST", "/roles", json!({ "roles": roles })).await;
    // Another process, with a token of its own.
    let client = Client::start(tenant).await?;
    let none = State::default();
    let planned = client.plan(model, &none, config).await?;
    let missing: Vec<&str> = resource
        .permissions
        .write
        .split(" + ")
        .filter(|permission| !roles.contains(permission))
        .collect();
    let warned = planned.told.iter().any(|told| missing.iter().all(|one| told.contains(one)));
    ensure(warned, || format!("the plan does not warn that {missing:?} is missing"))?;
    let applied = client.apply(model, &none, &planned, config).await?;
    let mut needed = resource.permissions.write.split(" + ");
    let named = applied.errors.iter().any(|told| needed.all(|one| told.contains(one)));
    ensure(named, || {
        format!("{:?} is not named: {:?}", resource.permissions.write, applied.errors)
    })?;
    ensure(applied.state.value.is_null(), || format!("the state is {:?}", applied.state.value))?;
    let written: Vec<_> =
        tenant.writes().await.into_iter().filter(|one| one.status < 300).collect();
    ensure(written.is_empty(), || format!("{written:?} were carried out"))?;
    granted(&stage, &roles).await
}

/// What the declaration names is enough to make the object, to read and to remove it.
async fn granted(stage: &Stage, roles: &[&str]) -> Outcome {
    let Stage { model, config, tenant, .. } = stage;
    let write = model.resource.permissions.write.split(" + ");
    let more = model.resource.more.iter().map(|more| more.permission);
    let enough: Vec<&str> = roles.iter().copied().chain(write).chain(more).collect();
    tenant.control("POST", "/roles", json!({ "roles": enough })).await;
    let client = Client::start(tenant).await?;
    let none = State::default();
    let planned = client.plan(model, &none, config).await?;
    let warned = planned.told.iter().any(|told| told.contains("is not granted"));
    ensure(!warned, || format!("with {enough:?} the plan says: {:?}", planned.told))?;
    let made = client.apply(model, &none, &planned, config).await?;
    ensure(made.errors.is_empty(), || format!("{enough:?} are not enough: {:?}", made.errors))?;
    let read = client.read(model, &made.state).await?;
    let planned = client.plan(model, &read, &Value::Null).await?;
    let gone = client.apply(model, &read, &planned, &Value::Null).await?;
    ensure(gone.errors.is_empty(), || format!("{enough:?} do not remove: {:?}", gone.errors))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l15_what_exists_when_interrupted_is_in_the_state() {
    everywhere(Law::L15, interrupted).await;
}

async fn interrupted(resource: &'static Resource) -> Outcome {
    let stage = Stage::new(resource).await?;
    let Stage { client, model, config, tenant, .. } = &stage;
    // The object is made, and does not show for longer than anybody waits.
    lag(tenant, Duration::from_secs(3600)).await;
    let none = State::default();
    let planned = client.plan(model, &none, config).await?;
    let interrupt = async {
        let started = Instant::now();
        while !tenant.writes().await.iter().any(|one| one.status < 300) {
            ensure(started.elapsed() < super::DEADLINE, || "nothing was written".to_owned())?;
            tokio::task::yield_now().await;
        }
        client.stop().await?;
        Ok::<_, String>(Instant::now())
    };
    let applying = async {
        let applied = client.apply(model, &none, &planned, config).await;
        (applied, Instant::now())
    };
    let (stopped, (applied, ended)) = tokio::join!(interrupt, applying);
    let (stopped, applied) = (stopped?, applied?);
    let took = ended.saturating_duration_since(stopped);
    ensure(took < Duration::from_secs(3), || format!("it ends {took:?} after the interruption"))?;
    ensure(!applied.state.value.get("id").is_null(), || {
        format!("what exists is not in the state: {:?}", applied.errors)
    })
}
