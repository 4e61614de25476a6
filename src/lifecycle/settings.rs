//! The provider block and the environment, as the settings of a Graph client.

use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use super::session::Session;
use crate::declare::Attribute;
use crate::graph::credential::Credential;
use crate::graph::{Cloud, Error, Graph, Settings};
use crate::terraform::{Diagnostic, Diagnostics, Path, Value};

/// The settings by name, each from the configuration or else from its environment variables.
#[derive(Clone, Default)]
pub(super) struct Resolved(BTreeMap<&'static str, String>);

/// Reads the settings. A value that is unknown at plan time is told of here, since every resource
/// of a plan needs the tenant.
pub(super) fn resolve(
    attributes: &[Attribute],
    config: &Value,
    env: impl Fn(&str) -> Option<String>,
) -> Result<Resolved, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut settings = BTreeMap::new();
    for attribute in attributes {
        let value = config.get(attribute.name);
        if value.is_unknown() {
            found.push(unknown(attribute.name));
        }
        let configured = match value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        };
        let given = configured.or_else(|| {
            attribute.env.iter().find_map(|name| env(name).filter(|text| !text.is_empty()))
        });
        if let Some(given) = given {
            settings.insert(attribute.name, given);
        }
    }
    if found.has_errors() { Err(found) } else { Ok(Resolved(settings)) }
}

fn unknown(name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("{name} is known only after apply"),
        format!(
            "The provider must sign in to plan. Give {name} a value that is known at plan time, or \
             apply what it comes from first (terraform apply -target)."
        ),
    )
    .at(Path::attribute(name))
}

impl Resolved {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A session in the tenant that the settings name.
    pub(super) fn session(
        &self,
        terraform_version: &str,
        stop: CancellationToken,
    ) -> Result<Session, Diagnostics> {
        let settings = self.graph(terraform_version, stop.clone()).map_err(refused)?;
        let base = settings.graph_endpoint.clone().unwrap_or(settings.cloud.graph().to_owned());
        let base = format!("{}/v1.0", base.trim_end_matches('/'));
        let graph = Graph::new(settings).map_err(refused)?;
        Ok(Session::new(graph, base, stop))
    }

    fn graph(&self, terraform_version: &str, stop: CancellationToken) -> Result<Settings, Error> {
        let tenant = self.needed("tenant_id", "the tenant, by its id or a verified domain")?;
        let client = self.needed("client_id", "the application that the provider signs in as")?;
        let secret = self.needed("client_secret", "the application's secret")?;
        let mut settings =
            Settings::new(tenant, client, Credential::ClientSecret(secret.to_owned().into()));
        settings.cloud = Cloud::parse(self.get("cloud").unwrap_or("global"))?;
        settings.graph_endpoint = self.get("graph_endpoint").map(str::to_owned);
        settings.login_endpoint = self.get("login_endpoint").map(str::to_owned);
        settings.user_agent = format!("{} terraform/{terraform_version}", settings.user_agent);
        settings.cancellation = stop;
        Ok(settings)
    }

    fn needed(&self, name: &'static str, what: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| Error::Settings {
            argument: name,
            message: format!(
                "{what} is missing; set it in the provider block or in the environment variable \
                 M365_{}",
                name.to_uppercase()
            ),
        })
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
        assert_eq!(resolved.get("tenant_id"), expected);
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
