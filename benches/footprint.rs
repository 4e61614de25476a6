//! What the provider itself takes: size, start, memory.

use std::time::Instant;

use m365::emulator::{self, Options, TenantKind};
use m365::plugin::proto::tfplugin6::{
    ClientCapabilities, DynamicValue, configure_provider, get_provider_schema,
    plan_resource_change, read_resource,
};
use m365::terraform::{Type, Value, json, msgpack};
use serde_json::{Value as Json, json};

use super::client::Provider;
use super::report::{Report, median};
use super::tenant;

/// Size of the binary, time to the schema, memory after a plan of 500 groups.
pub(crate) async fn measure(report: &mut Report) {
    let binary = env!("CARGO_BIN_EXE_terraform-provider-m365");
    let size = std::fs::metadata(binary).unwrap().len() as f64;
    report.at_most("release binary", size / 1_048_576.0, 20.0, "MiB");
    let mut times = Vec::new();
    for _ in 0..11 {
        let start = Instant::now();
        let mut provider = Provider::start(&[]).await;
        provider.rpc.get_provider_schema(get_provider_schema::Request {}).await.unwrap();
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    report.at_most("start to answered schema, mutual TLS included", median(times), 30.0, "ms");
    let mut provider = Provider::start(&[]).await;
    let ty = group_type();
    for index in 0..500 {
        let config = group(&ty, json!({ "display_name": format!("Group {index}") }));
        let request = plan_resource_change::Request {
            type_name: "m365_group".into(),
            prior_state: Some(encoded(&Value::Null, &ty)),
            proposed_new_state: Some(encoded(&config, &ty)),
            config: Some(encoded(&config, &ty)),
            client_capabilities: Some(ClientCapabilities::default()),
            ..Default::default()
        };
        let planned = provider.rpc.plan_resource_change(request).await.unwrap().into_inner();
        assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    }
    report.at_most(
        "memory after a plan of 500 groups",
        resident(provider.process.id()),
        30.0,
        "MiB",
    );
}

/// Memory after refreshing 5,000 groups, once and twenty times.
pub(crate) async fn refreshing(report: &mut Report) {
    let options = Options { tenant: TenantKind::Empty, ..Options::default() };
    let graph = emulator::start(options).await.unwrap();
    let http = reqwest::Client::new();
    let mut ids = Vec::new();
    for index in 0..5_000 {
        let body = json!({ "displayName": format!("Group {index}"), "mailEnabled": false,
                           "mailNickname": format!("g{index}"), "securityEnabled": true });
        let url = format!("{}/_emulator/outside/v1.0/groups", graph.endpoint());
        let made: Json = http.post(url).json(&body).send().await.unwrap().json().await.unwrap();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let environment = tenant::environment(&graph.endpoint());
    let variables: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut provider = Provider::start(&variables).await;
    configure(&mut provider).await;
    let mut after = Vec::new();
    for _ in 0..20 {
        refresh(&provider, &ids).await;
        after.push(resident(provider.process.id()));
    }
    report.at_most("memory after refreshing 5,000 groups", after[0], 80.0, "MiB");
    report.at_most(
        "memory after refreshing them 20 times, beside once",
        after[19] / after[0],
        1.1,
        "x",
    );
}

async fn refresh(provider: &Provider, ids: &[String]) {
    let ty = group_type();
    for ten in ids.chunks(10) {
        let reads = ten.iter().map(|id| {
            let state = group(&ty, json!({ "id": id, "display_name": "x" }));
            let request = read_resource::Request {
                type_name: "m365_group".into(),
                current_state: Some(encoded(&state, &ty)),
                ..Default::default()
            };
            let mut rpc = provider.rpc.clone();
            async move {
                let answer = rpc.read_resource(request).await.unwrap().into_inner();
                assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
            }
        });
        futures::future::join_all(reads).await;
    }
}

async fn configure(provider: &mut Provider) {
    let catalogue = &m365::catalogue::CATALOGUE;
    let ty = m365::engine::schema::provider(catalogue.provider, catalogue.doc).ty();
    let config = json::from_json(&json!({}), &ty).unwrap();
    let request = configure_provider::Request {
        terraform_version: "1.11.0".into(),
        config: Some(encoded(&config, &ty)),
        ..Default::default()
    };
    let answer = provider.rpc.configure_provider(request).await.unwrap().into_inner();
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
}

fn group_type() -> Type {
    m365::engine::Model::new(&m365::catalogue::groups::GROUP).schema.ty()
}

fn group(ty: &Type, attributes: Json) -> Value {
    json::from_json(&attributes, ty).unwrap()
}

fn encoded(value: &Value, ty: &Type) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode(value, ty), json: Vec::new() }
}

/// The resident memory of a process, in MiB.
fn resident(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1024.0
}
