//! What Terraform puts into the environment of a plugin, and the line that the plugin answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::listen::{Address, Network};

/// The version of Terraform's plugin protocol that is spoken here.
pub const PROTOCOL_VERSION: u32 = 6;

/// The variable by which Terraform shows that it is the one who starts the process, and its value.
/// It is no secret: it keeps people from starting a plugin by hand and wondering.
pub const MAGIC_COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// What Terraform asks of the process that it starts.
#[derive(Debug)]
pub struct Handshake {
    /// Where to listen.
    pub network: Network,
    /// The only certificate that may connect; `None` where mutual TLS was not asked for.
    pub client: Option<CertificateDer<'static>>,
    /// Whether the client wants to be told if several streams may share a connection.
    pub multiplexing: bool,
}

/// Why the process cannot serve as a plugin.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// Nobody who knows the protocol started it.
    #[error(
        "This is a Terraform provider: Terraform starts it by itself, and it does nothing alone.\n\
         Name it in a configuration and run terraform there:\n\n    \
         terraform {{\n      required_providers {{\n        m365 = {{\n          \
         source = \"m365/m365\"\n        }}\n      }}\n    }}\n\n\
         To debug it, start it with -debug."
    )]
    StartedByHand,
    /// The client is too old or too new.
    #[error(
        "Terraform offers the plugin protocols {offered}, and this provider speaks protocol 6: \
         use Terraform 1.0 or later, or OpenTofu"
    )]
    ProtocolNotOffered {
        /// The client's offer.
        offered: String,
    },
    /// The client's certificate cannot be read.
    #[error("PLUGIN_CLIENT_CERT holds no certificate in PEM form: {0}")]
    ClientCertificate(rustls_pki_types::pem::Error),
    /// Any process of any user could connect.
    #[error(
        "PLUGIN_CLIENT_CERT is not set, without which a provider that listens on a network port \
         would serve everybody on this machine: use Terraform 1.0 or later, or OpenTofu"
    )]
    Unguarded,
    /// The client's port range cannot be read.
    #[error("{variable} is {value:?}, which is no port number")]
    Port {
        /// `PLUGIN_MIN_PORT` or `PLUGIN_MAX_PORT`.
        variable: &'static str,
        /// What it holds.
        value: String,
    },
}

impl Handshake {
    /// For a provider that a developer starts: no environment is needed, and no certificate.
    pub fn for_debugging() -> Self {
        let network = network(&|_| None).unwrap_or(Network::Tcp { ports: 0..=0 });
        Self { network, client: None, multiplexing: false }
    }

    /// Reads the environment, which `variable` looks up.
    ///
    /// # Errors
    ///
    /// Why the process cannot serve as a plugin, in words for whoever started it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, HandshakeError> {
        Self::read_for(network, variable)
    }

    /// The same, on a system whose network `network` chooses.
    fn read_for(
        network: impl Fn(Variables<'_>) -> Result<Network, HandshakeError>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, HandshakeError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        if variable(MAGIC_COOKIE.0).as_deref() != Some(MAGIC_COOKIE.1) {
            return Err(HandshakeError::StartedByHand);
        }
        if let Some(offered) = variable("PLUGIN_PROTOCOL_VERSIONS") {
            let ours = PROTOCOL_VERSION.to_string();
            if !offered.split(',').any(|version| version.trim() == ours) {
                return Err(HandshakeError::ProtocolNotOffered { offered });
            }
        }
        let client = variable("PLUGIN_CLIENT_CERT")
            .map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()))
            .transpose()
            .map_err(HandshakeError::ClientCertificate)?;
        let network = network(&variable)?;
        if client.is_none() && matches!(network, Network::Tcp { .. }) {
            return Err(HandshakeError::Unguarded);
        }
        Ok(Self { network, client, multiplexing: variable("PLUGIN_MULTIPLEX_GRPC").is_some() })
    }

    /// The line that tells the client where and how to connect, without its line end.
    pub fn line(&self, address: &Address, certificate: Option<&CertificateDer<'_>>) -> String {
        let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
        // A client that did not ask would take a seventh field for an error.
        let multiplexing = if self.multiplexing { "|false" } else { "" };
        let (network, address) = (address.network(), address.to_string());
        format!("1|{PROTOCOL_VERSION}|{network}|{address}|grpc|{certificate}{multiplexing}")
    }
}

/// Looks a variable of the environment up.
type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Sockets in the file system are what go-plugin uses wherever there are any.
#[cfg(unix)]
fn network(variable: Variables<'_>) -> Result<Network, HandshakeError> {
    Ok(Network::Unix {
        folder: variable("PLUGIN_UNIX_SOCKET_DIR").map_or_else(std::env::temp_dir, Into::into),
        group: variable("PLUGIN_UNIX_SOCKET_GROUP"),
    })
}

#[cfg(not(unix))]
fn network(variable: Variables<'_>) -> Result<Network, HandshakeError> {
    tcp(variable)
}

/// The loopback interface, with the port range that the client allows.
#[cfg_attr(unix, allow(dead_code, reason = "used where there are no unix sockets"))]
fn tcp(variable: Variables<'_>) -> Result<Network, HandshakeError> {
    let port = |name| match variable(name) {
        None => Ok(0),
        Some(value) => {
            value.parse().map_err(|_| HandshakeError::Port { variable: name, value: value.clone() })
        }
    };
    Ok(Network::Tcp { ports: port("PLUGIN_MIN_PORT")?..=port("PLUGIN_MAX_PORT")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment<'a>(
        extra: &'a [(&'a str, &'a str)],
    ) -> impl Fn(&str) -> Option<String> + use<'a> {
        move |name| {
            let all = std::iter::once(&MAGIC_COOKIE).chain(extra);
            all.filter(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()).next_back()
        }
    }

    #[track_caller]
    fn check_refused(extra: &[(&str, &str)], message: &str) {
        let error = Handshake::read(environment(extra)).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn what_cannot_be_served_is_said() {
        check_refused(&[(MAGIC_COOKIE.0, "")], "Terraform starts it by itself");
        check_refused(&[(MAGIC_COOKIE.0, "another")], "Terraform starts it by itself");
        check_refused(&[("PLUGIN_PROTOCOL_VERSIONS", "4,5")], "offers the plugin protocols 4,5");
        check_refused(&[("PLUGIN_CLIENT_CERT", "rubbish")], "no certificate in PEM form");
    }

    #[test]
    fn the_offer_is_read_as_a_list() {
        for offer in ["6", "5,6", "5, 6", ""] {
            let extra = [("PLUGIN_PROTOCOL_VERSIONS", offer)];
            assert!(Handshake::read(environment(&extra)).is_ok(), "{offer:?}");
        }
    }

    #[test]
    fn a_port_range_is_read() {
        let ports = |extra: &[(&str, &str)]| match tcp(&environment(extra)) {
            Ok(Network::Tcp { ports }) => Ok(ports),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(ports(&[]), Ok(0..=0));
        assert_eq!(
            ports(&[("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")]),
            Ok(10000..=25000)
        );
        assert_eq!(
            ports(&[("PLUGIN_MIN_PORT", "many")]),
            Err("PLUGIN_MIN_PORT is \"many\", which is no port number".to_owned())
        );
    }

    #[test]
    fn a_port_is_served_to_a_proved_client_only() {
        let read = |extra: &[(&str, &str)]| Handshake::read_for(tcp, environment(extra));
        assert!(matches!(read(&[]), Err(HandshakeError::Unguarded)));
        let pem = rcgen::generate_simple_self_signed(vec![]).unwrap().cert.pem();
        assert!(read(&[("PLUGIN_CLIENT_CERT", &pem)]).unwrap().client.is_some());
    }

    #[test]
    fn the_seventh_field_is_there_only_where_it_was_asked_for() {
        let line = |extra: &[(&str, &str)]| {
            let address = Address::Tcp("127.0.0.1:1234".parse().unwrap());
            let certificate = CertificateDer::from(vec![1, 2, 3, 4]);
            Handshake::read(environment(extra)).unwrap().line(&address, Some(&certificate))
        };
        assert_eq!(line(&[]), "1|6|tcp|127.0.0.1:1234|grpc|AQIDBA");
        assert_eq!(
            line(&[("PLUGIN_MULTIPLEX_GRPC", "true")]),
            "1|6|tcp|127.0.0.1:1234|grpc|AQIDBA|false"
        );
    }
}
