//! The provider block and the environment, as the settings of a Graph client.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

use super::session::Session;
use crate::declare::{Attribute, Kind};
use crate::engine::shape;
use crate::graph::credential::{Chosen, CredentialSettings, choose};
use crate::graph::{Cloud, Error, Graph, Secret, Settings};
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

/// The provider block, and where to look for what is not in it.
#[derive(Clone)]
pub(super) struct Resolved<E> {
    configured: BTreeMap<&'static str, String>,
    attributes: &'static [Attribute],
    /// The block as it was written.
    block: Value,
    /// Environment variables of an argument, by its name.
    variables: BTreeMap<&'static str, &'static [&'static str]>,
    env: E,
}

/// Reads the settings. A value that is unknown at plan time is told of here, since every resource
/// of a plan needs the tenant.
pub(super) fn resolve<E: Fn(&str) -> Option<String>>(
    attributes: &'static [Attribute],
    config: &Value,
    env: E,
) -> Result<Resolved<E>, Diagnostics> {
    let is_unknown = |attribute: &&Attribute| config.get(attribute.name).is_unknown();
    let unknown = attributes.iter().filter(is_unknown);
    let found: Diagnostics = unknown.map(|attribute| unknown_yet(attribute.name)).collect();
    if found.has_errors() {
        return Err(found);
    }
    let configured = attributes.iter().filter_map(|attribute| {
        let text = match config.get(attribute.name) {
            Value::String(text) => text.clone(),
            Value::Bool(truth) => truth.to_string(),
            _ => return None,
        };
        Some((attribute.name, text))
    });
    Ok(Resolved {
        configured: configured.collect(),
        attributes,
        block: config.clone(),
        variables: attributes.iter().map(|attribute| (attribute.name, attribute.env)).collect(),
        env,
    })
}

fn unknown_yet(name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("{name} is known only after apply"),
        format!(
            "The provider must sign in to plan. Give {name} a value that is known at plan time, or \
             apply what it comes from first (terraform apply -target)."
        ),
    )
    .at(Path::attribute(name))
}

impl<E: Fn(&str) -> Option<String>> Resolved<E> {
    /// The value of an argument, from the provider block or else from its environment variables,
    /// the first that is set winning.
    fn get(&self, name: &str) -> Option<String> {
        let from_environment = || {
            let variables = self.variables.get(name)?;
            variables.iter().find_map(|name| (self.env)(name).filter(|text| !text.is_empty()))
        };
        self.configured.get(name).cloned().or_else(from_environment)
    }

    /// A session in the tenant that the settings name.
    ///
    /// No log shows the values of the properties called `secrets`.
    pub(super) fn session(
        &self,
        terraform_version: &str,
        secrets: &[String],
        stop: CancellationToken,
    ) -> Result<Session, Diagnostics> {
        let mut settings = self.graph(terraform_version, stop.clone()).map_err(refused)?;
        settings.secrets = secrets.to_vec();
        let base = settings.graph_endpoint.clone().unwrap_or(settings.cloud.graph().to_owned());
        let base = format!("{}/v1.0", base.trim_end_matches('/'));
        let graph = Graph::new(settings).map_err(refused)?;
        Ok(Session::new(graph, base, self.block(), stop))
    }

    /// The block in Graph's shape, with what the environment gives and without secrets.
    fn block(&self) -> Json {
        let mut block = self.block.as_object().cloned().unwrap_or_default();
        for attribute in self.attributes {
            if let (Kind::Text(_), Some(text)) = (attribute.kind, self.get(attribute.name)) {
                block.insert(attribute.name.to_owned(), text.into());
            }
        }
        shape::object(self.attributes, &Value::Object(block))
    }

    fn graph(&self, terraform_version: &str, stop: CancellationToken) -> Result<Settings, Error> {
        let Chosen { tenant_id, client_id, credential } = choose(&self.credentials(), &self.env)?;
        let mut settings = Settings::new(tenant_id, client_id, credential);
        settings.cloud = Cloud::parse(self.get("cloud").as_deref().unwrap_or("global"))?;
        settings.graph_endpoint = self.get("graph_endpoint");
        settings.login_endpoint = self.get("login_endpoint");
        settings.ca_file =
            (self.env)("SSL_CERT_FILE").filter(|path| !path.is_empty()).map(Into::into);
        settings.user_agent = format!("{} terraform/{terraform_version}", settings.user_agent);
        settings.cancellation = stop;
        Ok(settings)
    }

    /// What the provider block says about signing in. The environment is looked at by the rules of
    /// choice, since naming a way in the configuration wins over another in the environment.
    fn credentials(&self) -> CredentialSettings {
        let text = |name: &str| self.configured.get(name).cloned();
        let secret = |name: &str| text(name).map(Secret::new);
        let flag = |name: &str| text(name).map(|text| text == "true");
        CredentialSettings {
            tenant_id: text("tenant_id"),
            client_id: text("client_id"),
            access_token: secret("access_token"),
            client_certificate: secret("client_certificate"),
            client_certificate_path: text("client_certificate_path"),
            client_certificate_password: secret("client_certificate_password"),
            send_certificate_chain: flag("send_certificate_chain"),
            client_secret: secret("client_secret"),
            client_secret_file_path: text("client_secret_file_path"),
            use_oidc: flag("use_oidc"),
            oidc_token: secret("oidc_token"),
            oidc_token_file_path: text("oidc_token_file_path"),
            oidc_request_url: text("oidc_request_url"),
            oidc_request_token: secret("oidc_request_token"),
            ado_pipeline_service_connection_id: text("ado_pipeline_service_connection_id"),
            use_aks_workload_identity: flag("use_aks_workload_identity"),
            use_msi: flag("use_msi"),
            msi_endpoint: text("msi_endpoint"),
            msi_object_id: text("msi_object_id"),
            msi_resource_id: text("msi_resource_id"),
            use_cli: flag("use_cli"),
            use_azure_developer_cli: flag("use_azure_developer_cli"),
        }
    }
}

fn refused(error: Error) -> Diagnostics {
    let diagnostic = Diagnostic::error("The provider cannot be configured", error.to_string());
    match error {
        Error::Settings { argument, .. } => diagnostic.at(Path::attribute(argument)).into(),
        _ => diagnostic.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::string;

    const TENANT: Attribute = string("tenant_id", "").env(&["M365_TENANT_ID", "ARM_TENANT_ID"]);

    #[track_caller]
    fn check(config: Value, env: &[(&str, &str)], expected: Option<&str>) {
        let config = Value::from([("tenant_id", config)]);
        let env = |name: &str| {
            env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let resolved = resolve(&[TENANT], &config, env).unwrap();
        assert_eq!(resolved.get("tenant_id").as_deref(), expected);
    }

    #[test]
    fn the_configuration_wins_and_an_empty_variable_is_none() {
        check("a".into(), &[("M365_TENANT_ID", "b")], Some("a"));
        check(Value::Null, &[("M365_TENANT_ID", ""), ("ARM_TENANT_ID", "c")], Some("c"));
        check(Value::Null, &[], None);
    }

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let config = Value::from([("tenant_id", Value::UNKNOWN)]);
        let found = resolve(&[TENANT], &config, |_| None).err().unwrap();
        assert_eq!(found.iter().next().unwrap().summary, "tenant_id is known only after apply");
    }
}
