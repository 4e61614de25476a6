//! Whether a policy is for what is signed in to.

use super::compile::{Names, Sieve, What};
use super::directory::BaselineScopes;
use super::identity::sieved;
use super::index::Index;
use super::known::{AZURE_ACTIVE_DIRECTORY, BASELINE_SCOPES, MICROSOFT_GRAPH, OPENID_SCOPES};
use super::outcome::{Doubt, Reason};
use super::sign_in::{Context, SignIn};
use crate::policy::truth::Truth;

/// What is signed in to, in lower case.
#[derive(Debug)]
pub(super) struct Resource {
    audiences: Vec<String>,
    action: Option<&'static str>,
    context: Option<String>,
    scopes: Scopes,
}

/// The permissions asked for.
#[derive(Debug, PartialEq, Eq)]
enum Scopes {
    /// Not said, or beyond the baseline.
    Ordinary,
    /// Of the baseline only.
    Baseline,
    /// Those of OpenID Connect only, by a confidential client: not subject to the new judgement.
    OpenIdOnly,
}

impl Resource {
    pub(super) fn new(sign_in: &SignIn, index: &Index<'_>) -> Self {
        let mut audiences: Vec<String> =
            sign_in.facts.resources.iter().map(|id| id.to_lowercase()).collect();
        let (mut action, mut context) = (None, None);
        match &sign_in.sign_in_context {
            Context::Applications { include_applications } => {
                audiences.extend(include_applications.iter().map(|id| id.to_lowercase()));
            }
            Context::UserAction { user_action } => {
                action = match user_action.as_str() {
                    "registerSecurityInformation" => Some("urn:user:registersecurityinfo"),
                    "registerOrJoinDevices" => Some("urn:user:registerdevice"),
                    _ => None,
                };
            }
            Context::AuthenticationContext { authentication_context_value } => {
                context = Some(authentication_context_value.to_lowercase());
            }
        }
        // A keyword is no application id, and the API finds nothing for it.
        audiences.retain(|id| id.contains('-'));
        if index.directory.assumptions.service_dependencies {
            let needed: Vec<String> =
                audiences.iter().flat_map(|id| index.dependencies(id)).collect();
            audiences.extend(needed);
        }
        Self { audiences, action, context, scopes: scopes(sign_in) }
    }

    /// The application ids that the token is for.
    pub(super) fn audiences(&self) -> &[String] {
        &self.audiences
    }

    pub(super) fn is_context(&self) -> bool {
        self.context.is_some()
    }

    pub(super) fn is_user_action(&self) -> bool {
        self.action.is_some()
    }
}

fn scopes(sign_in: &SignIn) -> Scopes {
    let within = |allowed: &[&str]| {
        let asked = &sign_in.facts.scopes;
        !asked.is_empty()
            && asked.iter().all(|scope| allowed.iter().any(|a| a.eq_ignore_ascii_case(scope)))
    };
    if sign_in.facts.confidential_client == Some(true) && within(&OPENID_SCOPES) {
        Scopes::OpenIdOnly
    } else if within(&BASELINE_SCOPES) {
        Scopes::Baseline
    } else {
        Scopes::Ordinary
    }
}

/// Whether a policy is for `resource`, and the reason to give if it is not.
pub(super) fn matches(
    what: &What,
    resource: &Resource,
    index: &Index<'_>,
    doubts: &mut Vec<Doubt>,
) -> (Truth, Reason) {
    match what {
        What::Nothing => (Truth::No, Reason::Application),
        What::Unknown => {
            doubts.push(Doubt::Planned("conditions.applications".to_owned()));
            (Truth::Maybe, Reason::Application)
        }
        What::Applications { include, exclude, filter } => {
            let of_actions = resource.is_user_action()
                && index.directory.assumptions.all_resources_cover_user_actions
                && include.has("all");
            let scoped = Applications { include, exclude, filter: filter.as_ref() };
            let matches = scoped.match_any(resource, index, doubts);
            (matches.or(of_actions.into()), Reason::Application)
        }
        What::UserActions(actions) => {
            let found = resource.action.is_some_and(|action| actions.has(action));
            (found.into(), Reason::UserActions)
        }
        What::Contexts(contexts) => {
            let Some(asked) = &resource.context else {
                return (Truth::No, Reason::AuthenticationContext);
            };
            let found = if contexts.has(asked) {
                Truth::Yes
            } else if contexts.unknown {
                doubts.push(Doubt::Planned(
                    "conditions.applications.includeAuthenticationContextClassReferences".into(),
                ));
                Truth::Maybe
            } else {
                Truth::No
            };
            (found, Reason::AuthenticationContext)
        }
    }
}

struct Applications<'a> {
    include: &'a Names,
    exclude: &'a Names,
    filter: Option<&'a Sieve>,
}

impl Applications<'_> {
    /// One audience in scope is enough.
    fn match_any(&self, resource: &Resource, index: &Index<'_>, doubts: &mut Vec<Doubt>) -> Truth {
        if resource.audiences.is_empty() {
            return Truth::No;
        }
        let excludes = !self.exclude.is_empty() || self.filter.is_some_and(|f| f.excludes);
        if self.include.has("all") && excludes && resource.scopes != Scopes::Ordinary {
            let enforced = index.directory.assumptions.baseline_scopes == BaselineScopes::Enforced;
            return if enforced && resource.scopes == Scopes::Baseline {
                self.matches(AZURE_ACTIVE_DIRECTORY, index, doubts)
            } else {
                Truth::No
            };
        }
        let mut found = Truth::No;
        for application in &resource.audiences {
            found = found.or(self.matches(application, index, doubts));
            if found.is_yes() {
                break;
            }
        }
        found
    }

    fn matches(&self, application: &str, index: &Index<'_>, doubts: &mut Vec<Doubt>) -> Truth {
        // Graph is an umbrella over other services: a policy reaches it through "All" alone, and
        // an exclusion of it has no effect.
        if application == MICROSOFT_GRAPH {
            return self.include.has("all").into();
        }
        let filtered = |doubts: &mut Vec<Doubt>| {
            self.filter.map_or(Truth::No, |filter| {
                sieved(filter, index.application(application), application, doubts)
            })
        };
        let mut included: Truth = (self.include.has("all") || self.include.has(application)).into();
        if !included.is_yes() && self.filter.is_some_and(|filter| !filter.excludes) {
            included = included.or(filtered(doubts));
        }
        if !included.is_yes() && self.include.unknown {
            doubts.push(Doubt::Planned("conditions.applications.includeApplications".to_owned()));
            included = Truth::Maybe;
        }
        if included.is_no() {
            return Truth::No;
        }
        let mut excluded: Truth = self.exclude.has(application).into();
        if !excluded.is_yes() && self.filter.is_some_and(|filter| filter.excludes) {
            excluded = excluded.or(filtered(doubts));
        }
        if !excluded.is_yes() && self.exclude.unknown {
            doubts.push(Doubt::Planned("conditions.applications.excludeApplications".to_owned()));
            excluded = Truth::Maybe;
        }
        included.and(excluded.not())
    }
}
