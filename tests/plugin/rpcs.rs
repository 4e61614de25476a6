//! Every RPC answers, in words where it has no other answer.

use m365::plugin::proto::tfplugin6::{self as proto, *};
use tonic::Status;

use super::client::Provider;

#[tokio::test]
async fn what_the_provider_has_is_listed() {
    let mut provider = Provider::start(&[]).await;
    let schema = provider.rpc.get_provider_schema(get_provider_schema::Request {}).await;
    let schema = schema.unwrap().into_inner();
    assert_eq!(schema.diagnostics, []);
    assert!(schema.provider.is_some());
    let can = schema.server_capabilities.unwrap();
    assert!(can.plan_destroy && can.get_provider_schema_optional && can.move_resource_state);
    let metadata = provider.rpc.get_metadata(get_metadata::Request {}).await.unwrap().into_inner();
    assert_eq!(metadata.resources.len(), schema.resource_schemas.len());
    assert_eq!(metadata.data_sources.len(), schema.data_source_schemas.len());
    let identities = get_resource_identity_schemas::Request {};
    let identities = provider.rpc.get_resource_identity_schemas(identities).await.unwrap();
    for name in identities.into_inner().identity_schemas.keys() {
        assert!(schema.resource_schemas.contains_key(name), "{name}");
    }
}

/// Checks that an answer holds an error that names what was asked for.
#[track_caller]
fn check(rpc: &str, answer: Result<Vec<proto::Diagnostic>, Status>) {
    let diagnostics = answer.unwrap_or_else(|status| panic!("{rpc}: {status}"));
    let [said] = diagnostics.as_slice() else { panic!("{rpc}: {diagnostics:?}") };
    assert_eq!(said.severity(), diagnostic::Severity::Error, "{rpc}");
    assert!(said.summary.contains("nonesuch"), "{rpc}: {}", said.summary);
    assert!(!said.detail.is_empty(), "{rpc}");
}

/// Asks for something that there is not, in each of the RPCs named.
macro_rules! check_missing {
    ($rpc:expr, $($method:ident $field:ident)*) => {$(
        let request = $method::Request { $field: "nonesuch".into(), ..Default::default() };
        let answer = $rpc.$method(request).await;
        check(stringify!($method), answer.map(|answer| answer.into_inner().diagnostics));
    )*};
}

#[tokio::test]
#[allow(clippy::needless_update, reason = "some of the messages have one field only")]
async fn what_there_is_not_is_named() {
    let mut provider = Provider::start(&[]).await;
    let rpc = &mut provider.rpc;
    check_missing! { rpc,
        validate_resource_config type_name
        validate_data_resource_config type_name
        upgrade_resource_state type_name
        upgrade_resource_identity type_name
        read_resource type_name
        plan_resource_change type_name
        apply_resource_change type_name
        import_resource_state type_name
        move_resource_state target_type_name
        read_data_source type_name
        generate_resource_config type_name
        validate_ephemeral_resource_config type_name
        open_ephemeral_resource type_name
        renew_ephemeral_resource type_name
        close_ephemeral_resource type_name
        validate_list_resource_config type_name
        validate_action_config action_type
        plan_action action_type
        validate_state_store_config type_name
        configure_state_store type_name
        lock_state type_name
        unlock_state type_name
        get_states type_name
        delete_state type_name
    }
}

#[tokio::test]
async fn streams_say_what_there_is_not() {
    let mut provider = Provider::start(&[]).await;
    let rpc = &mut provider.rpc;
    let name = || "nonesuch".to_owned();

    let list = list_resource::Request { type_name: name(), ..Default::default() };
    let mut events = rpc.list_resource(list).await.unwrap().into_inner();
    check("list", events.message().await.map(|event| event.unwrap().diagnostic));
    assert!(events.message().await.unwrap().is_none());

    let invoke = invoke_action::Request { action_type: name(), ..Default::default() };
    let mut events = rpc.invoke_action(invoke).await.unwrap().into_inner();
    let completed = events.message().await.map(|event| match event.unwrap().r#type.unwrap() {
        invoke_action::event::Type::Completed(completed) => completed.diagnostics,
        invoke_action::event::Type::Progress(progress) => panic!("{progress:?}"),
    });
    check("invoke", completed);
    assert!(events.message().await.unwrap().is_none());

    let read = read_state_bytes::Request { type_name: name(), ..Default::default() };
    let mut chunks = rpc.read_state_bytes(read).await.unwrap().into_inner();
    check("read", chunks.message().await.map(|chunk| chunk.unwrap().diagnostics));

    let meta = RequestChunkMeta { type_name: name(), ..Default::default() };
    let chunk = write_state_bytes::RequestChunk { meta: Some(meta), ..Default::default() };
    let written = rpc.write_state_bytes(tokio_stream::iter([chunk])).await;
    check("write", written.map(|answer| answer.into_inner().diagnostics));
}

#[tokio::test]
async fn functions_that_there_are_not_are_named() {
    let mut provider = Provider::start(&[]).await;
    let rpc = &mut provider.rpc;
    let call = call_function::Request { name: "nonesuch".into(), ..Default::default() };
    let error = rpc.call_function(call).await.unwrap().into_inner().error.unwrap();
    assert!(error.text.contains("nonesuch"), "{}", error.text);
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_told() {
    let mut provider = Provider::start(&[]).await;
    let rpc = &mut provider.rpc;
    let config = Some(DynamicValue { msgpack: vec![0xc1], ..Default::default() });
    let request = validate_provider_config::Request { config };
    let answer = rpc.validate_provider_config(request).await.unwrap().into_inner();
    let [said] = answer.diagnostics.as_slice() else { panic!("{answer:?}") };
    assert_eq!(said.summary, "Cannot read the configuration that Terraform sent");
}

#[tokio::test]
async fn messages_may_be_large() {
    let mut provider = Provider::start(&[]).await;
    let rpc = &mut provider.rpc;
    let config = Some(DynamicValue { json: vec![b' '; 20 << 20], ..Default::default() });
    let request = validate_provider_config::Request { config };
    let answer = rpc.validate_provider_config(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics.len(), 1);
}

#[tokio::test]
async fn stopping_answers() {
    let mut provider = Provider::start(&[]).await;
    let rpc = &mut provider.rpc;
    let answer = rpc.stop_provider(stop_provider::Request {}).await.unwrap().into_inner();
    assert_eq!(answer.error, "");
}

#[tokio::test]
async fn many_requests_are_answered_at_once() {
    let provider = Provider::start(&[]).await;
    let requests = (0..500).map(|number| {
        let mut rpc = provider.rpc.clone();
        let type_name = format!("nonesuch_{number}");
        let request = read_resource::Request { type_name: type_name.clone(), ..Default::default() };
        async move {
            let answer = rpc.read_resource(request).await.unwrap().into_inner();
            assert!(answer.diagnostics[0].summary.contains(&format!("{type_name:?}")));
        }
    });
    futures::future::join_all(requests).await;
}
