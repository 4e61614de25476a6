//! Signing in by certificate and by the tokens of other identity providers.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use m365::graph::credential::{Certificate, FederatedToken};
use m365::graph::{Credential, Error, Graph, Request};
use p12_keystore::{KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::pem::LineEnding;
use pkcs8::pkcs5::pbes2;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, PublicKeyData as _};
use serde_json::{Value, json};

use super::stand_in::{StandIn, TENANT, reply, token};

/// Signs in with `credential` and gives the client assertion that went out.
async fn assertion(stand_in: &StandIn, credential: Credential) -> String {
    let graph = Graph::new(stand_in.settings(credential)).unwrap();
    graph.send(&Request::get("/organization")).await.unwrap();
    let sign_in = stand_in.sign_ins().pop().unwrap();
    assert_eq!(sign_in.field("grant_type"), "client_credentials");
    assert_eq!(sign_in.field("client_id"), "client");
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(sign_in.field("client_assertion_type"), kind);
    sign_in.field("client_assertion")
}

fn decode(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A certificate in every form that it may be given in.
pub(super) struct Forms {
    key: KeyPair,
    certificate: rcgen::Certificate,
}

impl Forms {
    pub(super) fn new() -> Forms {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let params = CertificateParams::new(vec!["app.example".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Forms { key, certificate }
    }

    pub(super) fn pem(&self) -> String {
        format!("{}{}", self.key.serialize_pem(), self.certificate.pem())
    }

    fn encrypted_pem(&self, password: &str) -> String {
        let der = self.key.serialize_der();
        let info = PrivateKeyInfoRef::try_from(der.as_slice()).unwrap();
        let parameters =
            pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(1000, &[7; 16], [9; 16]);
        let encrypted = info.encrypt_with_params(parameters.unwrap(), password).unwrap();
        let key = encrypted.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap();
        format!("{}{}", self.certificate.pem(), &*key)
    }

    pub(super) fn pfx(&self, password: &str) -> Vec<u8> {
        let key = PrivateKey::from_der(&self.key.serialize_der()).unwrap();
        let certificate = p12_keystore::Certificate::from_der(self.certificate.der()).unwrap();
        let chain = PrivateKeyChain::new("id", key, [certificate]);
        let mut store = KeyStore::new();
        store.add_entry("app", KeyStoreEntry::PrivateKeyChain(chain));
        store.writer(password).write().unwrap()
    }
}

fn certificate(certificate: Certificate, password: Option<&str>, send_chain: bool) -> Credential {
    let password = password.map(|password| password.to_owned().into());
    Credential::ClientCertificate { certificate, password, send_chain }
}

#[tokio::test]
async fn a_certificate_signs_what_entra_documents() {
    let stand_in = StandIn::start().await;
    let forms = Forms::new();
    let inline = Certificate::Inline(forms.pem().into());
    let jwt = assertion(&stand_in, certificate(inline, None, true)).await;

    let parts: Vec<_> = jwt.split('.').collect();
    let (header, claims) = (decode(parts[0]), decode(parts[1]));
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, forms.certificate.der());
    assert_eq!(header["alg"], "PS256");
    assert_eq!(header["x5t#S256"], URL_SAFE_NO_PAD.encode(digest));
    assert_eq!(header["x5c"], json!([STANDARD.encode(forms.certificate.der())]));
    assert_eq!(claims["aud"], format!("{}/{TENANT}/oauth2/v2.0/token", stand_in.url()));
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("client"), &json!("client")));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["nbf"].as_u64().unwrap(), 600);

    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, forms.key.der_bytes());
    let signed = format!("{}.{}", parts[0], parts[1]);
    public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
}

#[tokio::test]
async fn a_certificate_in_all_its_forms() {
    let stand_in = StandIn::start().await;
    let forms = Forms::new();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        Certificate::File(path)
    };
    let inline = |text: String| Certificate::Inline(text.into());
    for (form, password) in [
        (file("a.pem", forms.pem().as_bytes()), None),
        (file("b.pem", forms.encrypted_pem("pw").as_bytes()), Some("pw")),
        (file("c.pfx", &forms.pfx("pw")), Some("pw")),
        (file("d.pfx", &forms.pfx("")), None),
        (inline(forms.pem()), None),
        (inline(STANDARD.encode(forms.pem())), None),
        (inline(STANDARD.encode(forms.pfx("pw"))), Some("pw")),
    ] {
        let jwt = assertion(&stand_in, certificate(form, password, false)).await;
        assert!(decode(jwt.split('.').next().unwrap()).get("x5c").is_none());
    }

    for (form, password, expected) in [
        (file("e.pfx", &forms.pfx("pw")), Some("no"), "client_certificate_password is not its"),
        (file("f.pfx", &forms.pfx("pw")), None, "set client_certificate_password"),
        (file("g.pem", forms.encrypted_pem("pw").as_bytes()), None, "encrypted private key: set"),
        (file("h.pem", forms.encrypted_pem("pw").as_bytes()), Some("no"), "does not open"),
        (Certificate::File(folder.path().join("none")), None, "cannot be read"),
    ] {
        let settings = stand_in.settings(certificate(form, password, false));
        let error = Graph::new(settings).err().unwrap();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(error, Error::Settings { argument: "client_certificate_path", .. }));
    }
}

#[tokio::test]
async fn a_token_given_or_in_a_file() {
    let stand_in = StandIn::start().await;
    let given = Credential::Federated(FederatedToken::Given("jwt".into()));
    assert_eq!(assertion(&stand_in, given).await, "jwt");

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "first\n").unwrap();
    let credential = Credential::Federated(FederatedToken::File(file.path().into()));
    assert_eq!(assertion(&stand_in, credential.clone()).await, "first");

    // Its owner renews it; a token that is not accepted any more makes us read it again.
    let graph = Graph::new(stand_in.settings(credential.clone())).unwrap();
    graph.send(&Request::get("/a")).await.unwrap();
    std::fs::write(file.path(), "second").unwrap();
    stand_in.queue([reply(401, Value::Null)]);
    graph.send(&Request::get("/b")).await.unwrap();
    assert_eq!(stand_in.sign_ins().pop().unwrap().field("client_assertion"), "second");

    std::fs::remove_file(file.path()).unwrap();
    let graph = Graph::new(stand_in.settings(credential)).unwrap();
    let error = graph.send(&Request::get("/c")).await.unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
}

#[tokio::test]
async fn github_actions() {
    let stand_in = StandIn::start().await;
    let calls = AtomicUsize::new(0);
    stand_in.answer(move |seen| match seen.target.starts_with("/github") {
        true if calls.fetch_add(1, Ordering::SeqCst) == 0 => Some(reply(503, Value::Null)),
        true => Some(reply(200, json!({"count": 1, "value": "github-jwt"}))),
        false => None,
    });
    let credential = Credential::Federated(FederatedToken::GitHub {
        url: format!("{}/github?v=2", stand_in.url()),
        token: "request-token".into(),
    });
    assert_eq!(assertion(&stand_in, credential).await, "github-jwt");
    let asked = &stand_in.seen()[1];
    assert_eq!(asked.target, "/github?v=2&audience=api%3A%2F%2FAzureADTokenExchange");
    assert_eq!(asked.header("authorization"), "Bearer request-token");
}

#[tokio::test]
async fn azure_devops() {
    let stand_in = StandIn::start().await;
    stand_in.answer(|seen| {
        let is_ado = seen.target.starts_with("/ado");
        is_ado.then(|| reply(200, json!({"oidcToken": "ado-jwt"})))
    });
    let credential = Credential::Federated(FederatedToken::AzureDevOps {
        url: format!("{}/ado", stand_in.url()),
        token: "system-token".into(),
        service_connection_id: "c1".into(),
    });
    assert_eq!(assertion(&stand_in, credential).await, "ado-jwt");
    let asked = &stand_in.seen()[0];
    assert_eq!(asked.target, "/ado?api-version=7.1&serviceConnectionId=c1");
    assert_eq!(asked.header("authorization"), "Bearer system-token");
}

#[tokio::test]
async fn a_pipeline_that_refuses() {
    let stand_in = StandIn::start().await;
    stand_in.answer(|seen| seen.target.starts_with("/github").then(|| reply(403, Value::Null)));
    for (url, expected) in [
        (format!("{}/github", stand_in.url()), "permissions: id-token: write"),
        ("http://pipelines.example/x".to_owned(), "is not an https address"),
    ] {
        let token = "request-token".into();
        let credential = Credential::Federated(FederatedToken::GitHub { url, token });
        let graph = Graph::new(stand_in.settings(credential)).unwrap();
        let error = graph.send(&Request::get("/x")).await.unwrap_err();
        assert!(matches!(error, Error::SignIn(_)), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(expected) && !text.contains("request-token"), "{text}");
    }
}

#[tokio::test]
async fn a_token_handed_in() {
    let stand_in = StandIn::start().await;
    let mut settings = stand_in.settings(Credential::AccessToken(token(7).into()));
    settings.tenant_id = String::new();
    Graph::new(settings).unwrap().send(&Request::get("/x")).await.unwrap();
    assert_eq!(stand_in.seen()[0].header("authorization"), format!("Bearer {}", token(7)));
    assert!(stand_in.sign_ins().is_empty());

    let old = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(r#"{"exp":1000}"#));
    let settings = stand_in.settings(Credential::AccessToken(old.into()));
    let error = Graph::new(settings).unwrap().send(&Request::get("/x")).await.unwrap_err();
    assert!(error.to_string().contains("it has expired"), "{error}");
}

#[tokio::test]
async fn a_secret_in_a_file() {
    let stand_in = StandIn::start().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "from-a-file\n").unwrap();
    let settings = stand_in.settings(Credential::ClientSecretFile(file.path().into()));
    Graph::new(settings).unwrap().send(&Request::get("/x")).await.unwrap();
    assert_eq!(stand_in.sign_ins()[0].field("client_secret"), "from-a-file");
}
