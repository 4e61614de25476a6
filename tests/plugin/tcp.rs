//! Loopback TCP, as on Windows, served on every system.

use std::sync::Arc;

use m365::catalogue::CATALOGUE;
use m365::lifecycle::Provider;
use m365::plugin::listen::{Listener, Network};
use m365::plugin::orphan::Connected;
use m365::plugin::proto::tfplugin6::get_metadata;
use m365::plugin::proto::tfplugin6::provider_client::ProviderClient;
use m365::plugin::serve::answer;
use m365::plugin::tls::for_client;
use tokio_util::sync::CancellationToken;

use super::client::{Identity, channel, dial, tls};

#[tokio::test]
async fn a_port_is_served_to_its_client_alone() {
    let identity = Identity::new();
    let listener = Listener::bind(&Network::Tcp { ports: 0..=0 }).await.unwrap();
    let address = listener.address().unwrap();
    let guard = for_client(identity.certificate()).unwrap();
    let certificate = guard.certificate.clone();
    let ending = CancellationToken::new();
    let provider = Arc::new(Provider::new(&CATALOGUE));
    let serving = answer(listener, Some(guard), Connected::default(), provider, ending.clone());
    let serving = tokio::spawn(serving);

    let ask = async |identity: Option<&Identity>| {
        let stream = dial(address.network(), &address.to_string()).await?;
        let channel = channel(tls(stream, certificate.clone(), identity).await?).await?;
        let answer = ProviderClient::new(channel).get_metadata(get_metadata::Request {}).await;
        answer.map_err(|status| status.to_string())
    };
    assert!(!ask(Some(&identity)).await.unwrap().into_inner().resources.is_empty());
    ask(None).await.unwrap_err();
    ask(Some(&Identity::new())).await.unwrap_err();

    ending.cancel();
    serving.await.unwrap().unwrap();
}
