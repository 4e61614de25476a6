//! A certificate with its private key, and the assertion that it signs.
//!
//! azure_identity has a certificate credential too, but on OpenSSL, which this provider does
//! not link. So the assertion is made here, in the documented form
//! (<https://learn.microsoft.com/entra/identity-platform/certificate-credentials>), and handed to
//! azure_identity as a client assertion.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p12_keystore::Pkcs12Archive;
use pkcs8::EncryptedPrivateKeyInfoRef;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::sign::SigningKey;
use rustls::{SignatureAlgorithm, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use uuid::Uuid;

/// A private key and its certificate, the certificate's issuers after it.
#[derive(Clone)]
pub(super) struct Identity {
    key: Arc<dyn SigningKey>,
    chain: Vec<CertificateDer<'static>>,
}

/// How long an assertion is good for, in seconds; Entra wants five to ten minutes.
const VALID: u64 = 600;

impl Identity {
    /// Reads a PFX (PKCS #12) or PEM file's content. Errors say what to do, after "is ..." or
    /// "holds ...".
    pub(super) fn read(content: &[u8], password: Option<&str>) -> Result<Identity, String> {
        let (key, certificates) = match is_pem(content) {
            true => read_pem(content, password)?,
            false => read_pfx(content, password)?,
        };
        let key = any_supported_type(&key)
            .map_err(|_| "holds a private key of a kind that is not supported; use RSA")?;
        if key.algorithm() != SignatureAlgorithm::RSA {
            return Err("holds a private key that is not RSA; Entra accepts RSA only".into());
        }
        let chain = in_order(key.as_ref(), certificates)?;
        Ok(Identity { key, chain })
    }

    /// Reads what an argument holds inline: PEM as it is, or base64 of a PFX or PEM.
    pub(super) fn read_inline(text: &str, password: Option<&str>) -> Result<Identity, String> {
        if is_pem(text.as_bytes()) {
            return Identity::read(text.as_bytes(), password);
        }
        let compact: String = text.split_ascii_whitespace().collect();
        let content = STANDARD
            .decode(compact)
            .map_err(|_| "is neither PEM nor base64 of a PFX or PEM file")?;
        Identity::read(&content, password)
    }

    /// A new assertion for the token endpoint at `audience`.
    pub(super) fn assertion(
        &self,
        client: &str,
        audience: &str,
        send_chain: bool,
    ) -> Result<String, String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let thumbprint = digest(&SHA256, &self.chain[0]);
        let mut header = json!({
            "alg": "PS256",
            "typ": "JWT",
            "x5t#S256": URL_SAFE_NO_PAD.encode(thumbprint.as_ref()),
        });
        if send_chain {
            header["x5c"] = self.chain.iter().map(|c| STANDARD.encode(c)).collect();
        }
        let claims = json!({
            "aud": audience,
            "iss": client,
            "sub": client,
            "jti": Uuid::new_v4().to_string(),
            "iat": now,
            "nbf": now,
            "exp": now + VALID,
        });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self
            .key
            .choose_scheme(&[SignatureScheme::RSA_PSS_SHA256])
            .and_then(|signer| signer.sign(signed.as_bytes()).ok())
            .ok_or("the certificate's key cannot sign with PS256")?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

type KeyAndCertificates = (PrivateKeyDer<'static>, Vec<CertificateDer<'static>>);

fn is_pem(content: &[u8]) -> bool {
    content.windows(11).any(|window| window == b"-----BEGIN ")
}

fn read_pfx(content: &[u8], password: Option<&str>) -> Result<KeyAndCertificates, String> {
    let archive =
        Pkcs12Archive::from_pkcs12(content, password.unwrap_or_default()).map_err(|_| {
            match password {
                Some(_) => "is no PFX file, or client_certificate_password is not its password",
                None => "is no PFX file, or it needs a password: set client_certificate_password",
            }
        })?;
    let key = archive.keys.first().ok_or("holds no private key")?;
    let key = PrivatePkcs8KeyDer::from(key.key.as_der().to_vec());
    let certificates =
        archive.certs.iter().map(|bag| CertificateDer::from(bag.cert.as_der().to_vec())).collect();
    Ok((key.into(), certificates))
}

fn read_pem(content: &[u8], password: Option<&str>) -> Result<KeyAndCertificates, String> {
    let certificates = CertificateDer::pem_slice_iter(content)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| "holds a certificate that is not valid PEM")?;
    if let Some(encrypted) = block(content, "ENCRYPTED PRIVATE KEY") {
        return Ok((decrypt(&encrypted, password)?, certificates));
    }
    if content.windows(9).any(|window| window == b"ENCRYPTED") {
        return Err("holds a private key in an old encrypted form; convert it with \
                    `openssl pkcs8 -topk8`"
            .into());
    }
    let key = PrivateKeyDer::from_pem_slice(content)
        .map_err(|_| "holds no private key; put the key and the certificate into one file")?;
    Ok((key, certificates))
}

fn decrypt(encrypted: &[u8], password: Option<&str>) -> Result<PrivateKeyDer<'static>, String> {
    let password =
        password.ok_or("holds an encrypted private key: set client_certificate_password")?;
    let bad = "holds an encrypted private key that client_certificate_password does not open";
    let info = EncryptedPrivateKeyInfoRef::try_from(encrypted).map_err(|_| bad)?;
    let key = info.decrypt(password).map_err(|_| bad)?;
    Ok(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into())
}

/// The content of the PEM block with this label.
fn block(content: &[u8], label: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(content).ok()?;
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok()
}

/// The key's own certificate first, the others after it in the order of the file.
fn in_order(
    key: &dyn SigningKey,
    mut certificates: Vec<CertificateDer<'static>>,
) -> Result<Vec<CertificateDer<'static>>, String> {
    if certificates.is_empty() {
        return Err("holds no certificate; put the key and the certificate into one file".into());
    }
    let public = key.public_key().ok_or("holds a private key without a public part")?;
    let public: &[u8] = public.as_ref();
    let own = certificates
        .iter()
        .position(|certificate| certificate.windows(public.len()).any(|w| w == public))
        .ok_or("holds a private key that belongs to none of its certificates")?;
    certificates[..=own].rotate_right(1);
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};

    use super::*;

    fn key_pair() -> KeyPair {
        KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap()
    }

    #[test]
    fn the_chain_begins_with_the_keys_own_certificate() {
        let (key, other) = (key_pair(), key_pair());
        let certificate = |key: &KeyPair| {
            CertificateParams::new(vec!["a.example".to_owned()]).unwrap().self_signed(key).unwrap()
        };
        let (own, issuer) = (certificate(&key), certificate(&other));
        let pem = format!("{}{}{}", issuer.pem(), own.pem(), key.serialize_pem());
        let identity = Identity::read(pem.as_bytes(), None).unwrap();
        assert_eq!(identity.chain, [own.der().clone(), issuer.der().clone()]);

        let stranger = format!("{}{}", issuer.pem(), key.serialize_pem());
        let error = Identity::read(stranger.as_bytes(), None).unwrap_err();
        assert!(error.contains("none of its certificates"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let key = key_pair();
        let ec = KeyPair::generate().unwrap();
        let params = || CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        let ec_pem = format!("{}{}", params().self_signed(&ec).unwrap().pem(), ec.serialize_pem());
        let alone = params().self_signed(&key).unwrap().pem();
        for (text, expected) in [
            ("not base64!", "neither PEM nor base64"),
            ("bm90IGEgcGZ4", "is no PFX file, or it needs a password"),
            (alone.as_str(), "no private key"),
            (key.serialize_pem().as_str(), "no certificate"),
            (ec_pem.as_str(), "not RSA"),
        ] {
            let error = Identity::read_inline(text, None).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
