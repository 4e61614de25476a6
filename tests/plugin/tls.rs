//! Who is served: the one client whose certificate Terraform handed over, and nobody else.

use m365::plugin::proto::tfplugin6::get_metadata;
use m365::plugin::proto::tfplugin6::provider_client::ProviderClient;

use super::client::{Identity, Process};

/// Asks the provider for something, as `identity`.
async fn ask(process: &Process, identity: Option<&Identity>) -> Result<(), String> {
    let channel = process.connect(identity).await?;
    let answer = ProviderClient::new(channel).get_metadata(get_metadata::Request {}).await;
    answer.map(|_| ()).map_err(|status| format!("{status:?}"))
}

#[tokio::test]
async fn the_right_certificate_is_served() {
    for curve in [
        &rcgen::PKCS_ECDSA_P521_SHA512,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ECDSA_P256_SHA256,
    ] {
        let identity = Identity::on_curve(curve);
        let process = Process::start(&identity, &[]);
        assert_eq!(ask(&process, Some(&identity)).await, Ok(()), "{curve:?}");
    }
}

#[tokio::test]
async fn no_certificate_is_refused() {
    let identity = Identity::new();
    let process = Process::start(&identity, &[]);
    ask(&process, None).await.unwrap_err();
    // And the process still serves the one it should.
    assert_eq!(ask(&process, Some(&identity)).await, Ok(()));
}

#[tokio::test]
async fn another_certificate_is_refused() {
    let identity = Identity::new();
    let process = Process::start(&identity, &[]);
    ask(&process, Some(&Identity::new())).await.unwrap_err();
    assert_eq!(ask(&process, Some(&identity)).await, Ok(()));
}

/// Terraform's certificate is no secret: whoever shows it must hold its key, too.
#[tokio::test]
async fn the_right_certificate_without_its_key_is_refused() {
    let identity = Identity::new();
    let process = Process::start(&identity, &[]);
    ask(&process, Some(&identity.with_another_key())).await.unwrap_err();
}

#[tokio::test]
async fn a_client_without_tls_is_refused() {
    let process = Process::start(&Identity::new(), &[]);
    let channel = process.connect_without_tls().await;
    if let Ok(channel) = channel {
        let answer = ProviderClient::new(channel).get_metadata(get_metadata::Request {}).await;
        answer.unwrap_err();
    }
}
