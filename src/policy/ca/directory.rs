//! What is known of the tenant that policies refer to: users, groups, roles, locations and so on.
//!
//! Every fact may be missing, and missing is not the same as empty: `None` says that nobody looked.
//! The objects have Graph's property names, so that its answers can be read as they are.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::controls::AuthenticationStrength;
use super::lenient::{list, or_default};

/// The tenant, as far as it is known.
///
/// A location of which only a part is known, such as one that is planned, is to be left out, with
/// [`Complete::locations`] unset: then it counts as not known.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Directory {
    /// The tenant's id.
    pub tenant_id: Option<String>,
    /// The users that were read.
    pub users: Vec<User>,
    /// The groups that were read.
    pub groups: Vec<Group>,
    /// The service principals that were read.
    pub service_principals: Vec<ServicePrincipal>,
    /// The named locations.
    pub locations: Vec<NamedLocation>,
    /// The authentication strengths; the three built in need not be given.
    pub strengths: Vec<AuthenticationStrength>,
    /// Which of the lists above hold all that the tenant has: what they lack does not exist.
    pub complete: Complete,
    /// Which application ids belong to `Office365` and the like, in addition to those known.
    pub suites: BTreeMap<String, Vec<String>>,
    /// Applications that need a token for others before they open, in addition to those known.
    pub dependencies: BTreeMap<String, Vec<String>>,
    /// Whose multifactor and device claims are accepted, by tenant id; `*` is the default.
    pub inbound_trust: BTreeMap<String, InboundTrust>,
    /// The legacy trusted addresses of multifactor authentication, which Graph does not give.
    #[serde(deserialize_with = "ranges_if_known")]
    pub mfa_trusted_ips: Option<Vec<IpNet>>,
    /// Whether users can sign in by certificates, which Graph does not list among their methods.
    pub certificates: bool,
    /// Whether synchronised users can change their password in the cloud.
    pub password_writeback: Option<bool>,
    /// What Microsoft does not document, or lets tenants choose.
    pub assumptions: Assumptions,
}

/// Which lists of a [`Directory`] are complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Complete {
    /// All groups are there.
    pub groups: bool,
    /// All named locations are there.
    pub locations: bool,
}

/// Choices where the documents are silent; the default is the likelier reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Assumptions {
    /// How policies on all resources with an exclusion treat requests for baseline scopes.
    pub baseline_scopes: BaselineScopes,
    /// Whether to add the applications that one depends on, which the What If API does not.
    pub service_dependencies: bool,
    /// Whether `All` covers users without an object here: direct connect and service providers.
    pub all_covers_outsiders: bool,
    /// Whether a policy on all resources is one on user actions too.
    pub all_resources_cover_user_actions: bool,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            baseline_scopes: BaselineScopes::Legacy,
            service_dependencies: false,
            all_covers_outsiders: true,
            all_resources_cover_user_actions: false,
        }
    }
}

/// The tenant setting on baseline scopes (rolled out from June 2026; Graph does not give it).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BaselineScopes {
    /// Such requests escape a policy that excludes any application.
    #[default]
    Legacy,
    /// They are judged as requests for Windows Azure Active Directory.
    Enforced,
}

/// A user, in Graph's shape where Graph has it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    /// The object id.
    pub id: String,
    /// The name that the user signs in with.
    pub user_principal_name: Option<String>,
    /// Whether the user may sign in.
    pub account_enabled: Option<bool>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
    /// The kind of guest, where it is known better than `userType` tells.
    pub external_user_type: Option<String>,
    /// The tenant that a guest comes from.
    pub home_tenant_id: Option<String>,
    /// Whether the user comes from on premises; `None` also for a cloud-only user, as in Graph.
    pub on_premises_sync_enabled: Option<bool>,
    /// Ids of all groups that the user is in, directly or through others.
    pub groups: Option<Vec<String>>,
    /// Template ids of the built-in roles held now, for the whole tenant.
    pub roles: Option<Vec<String>>,
    /// Whether the user has registered for multifactor authentication.
    pub is_mfa_registered: Option<bool>,
    /// The methods registered, as `authenticationMethodModes` names them.
    pub methods: Option<Vec<String>>,
    /// The models (AAGUIDs) of the security keys and passkeys among them, where they are known.
    pub passkeys: Option<Vec<String>>,
}

impl User {
    /// What to call the user in messages.
    pub fn name(&self) -> &str {
        self.user_principal_name.as_deref().unwrap_or(&self.id)
    }
}

/// A group and who is in it directly.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// The object id.
    pub id: String,
    /// The name.
    #[serde(deserialize_with = "or_default")]
    pub display_name: String,
    /// Ids of its direct members, groups among them; `None` where nobody looked.
    pub members: Option<Vec<String>>,
}

/// A service principal, in Graph's shape.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePrincipal {
    /// The object id.
    pub id: String,
    /// The application id.
    pub app_id: Option<String>,
    /// The name.
    pub display_name: Option<String>,
    /// The tenant that the application is registered in.
    pub app_owner_organization_id: Option<String>,
    /// `Application`, `ManagedIdentity`, ...
    pub service_principal_type: Option<String>,
    /// `AzureADMyOrg` for a single tenant.
    pub sign_in_audience: Option<String>,
    /// By set, then by name; text or list of text. `None` where nobody looked.
    pub custom_security_attributes: Option<BTreeMap<String, BTreeMap<String, serde_json::Value>>>,
}

/// Whose claims are accepted (`crossTenantAccessPolicyInboundTrust`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InboundTrust {
    /// Multifactor authentication done at home counts here.
    pub is_mfa_accepted: bool,
    /// A device compliant at home counts here.
    pub is_compliant_device_accepted: bool,
    /// A device hybrid joined at home counts here.
    #[serde(rename = "isHybridAzureADJoinedDeviceAccepted")]
    pub is_hybrid_joined_device_accepted: bool,
}

/// A named location, in Graph's shape.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum NamedLocation {
    /// Known by addresses.
    #[serde(rename = "#microsoft.graph.ipNamedLocation", alias = "ipNamedLocation")]
    #[serde(rename_all = "camelCase")]
    Ip {
        /// The object id.
        id: String,
        /// The name.
        #[serde(default, deserialize_with = "or_default")]
        display_name: String,
        /// The networks.
        #[serde(default, deserialize_with = "ranges")]
        ip_ranges: Vec<IpNet>,
        /// Whether it is one of `AllTrusted`.
        #[serde(default, deserialize_with = "or_default")]
        is_trusted: bool,
    },
    /// Known by countries.
    #[serde(rename = "#microsoft.graph.countryNamedLocation", alias = "countryNamedLocation")]
    #[serde(rename_all = "camelCase")]
    Country {
        /// The object id.
        id: String,
        /// The name.
        #[serde(default, deserialize_with = "or_default")]
        display_name: String,
        /// Two letters of ISO 3166 each.
        #[serde(default, deserialize_with = "list")]
        countries_and_regions: Vec<String>,
        /// Whether addresses of no known country belong to it.
        #[serde(default, deserialize_with = "or_default")]
        include_unknown_countries_and_regions: bool,
    },
    /// Known by Global Secure Access.
    #[serde(rename = "#microsoft.graph.compliantNetworkNamedLocation")]
    #[serde(rename_all = "camelCase")]
    CompliantNetwork {
        /// The object id.
        id: String,
        /// The name.
        #[serde(default, deserialize_with = "or_default")]
        display_name: String,
    },
}

impl NamedLocation {
    /// The object id.
    pub fn id(&self) -> &str {
        match self {
            Self::Ip { id, .. } | Self::Country { id, .. } | Self::CompliantNetwork { id, .. } => {
                id
            }
        }
    }

    /// What to call it in messages: its name, else its id.
    pub fn name(&self) -> &str {
        match self {
            Self::Ip { id, display_name, .. }
            | Self::Country { id, display_name, .. }
            | Self::CompliantNetwork { id, display_name } => {
                if display_name.is_empty() {
                    id
                } else {
                    display_name
                }
            }
        }
    }

    /// Whether it is a trusted one.
    pub fn is_trusted(&self) -> bool {
        matches!(self, Self::Ip { is_trusted: true, .. })
    }
}

/// Reads `ipRange` objects or plain networks; a network is known by its prefix alone.
fn ranges<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Range {
        Plain(String),
        #[serde(rename_all = "camelCase")]
        Object {
            cidr_address: String,
        },
    }
    let ranges: Vec<Range> = list(deserializer)?;
    ranges
        .into_iter()
        .map(|range| {
            let (Range::Plain(text) | Range::Object { cidr_address: text }) = range;
            text.parse::<IpNet>().map(|net| net.trunc()).map_err(|_| {
                D::Error::custom(format!("\"{text}\" is not a network such as 203.0.113.0/24"))
            })
        })
        .collect()
}

/// The same, where nobody may have looked.
fn ranges_if_known<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<IpNet>>, D::Error> {
    let given = Option::<serde_json::Value>::deserialize(deserializer)?;
    given.map(|given| ranges(given).map_err(D::Error::custom)).transpose()
}
