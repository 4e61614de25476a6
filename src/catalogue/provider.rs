//! The provider block.

use crate::declare::{Attribute, Form, id, string};

/// The arguments of the provider block, each of which an environment variable can give.
pub(super) static ATTRIBUTES: &[Attribute] = &[
    id("tenant_id", "The tenant's id (a GUID).").env(&[
        "M365_TENANT_ID",
        "ARM_TENANT_ID",
        "AZURE_TENANT_ID",
    ]),
    id("client_id", "The client id of the application that signs in.").env(&[
        "M365_CLIENT_ID",
        "ARM_CLIENT_ID",
        "AZURE_CLIENT_ID",
    ]),
    string(
        "client_secret",
        "A secret of the application. Rather give it by the environment than in a configuration.",
    )
    .env(&["M365_CLIENT_SECRET", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"])
    .sensitive(),
    string(
        "cloud",
        "The Microsoft cloud that the tenant is in: `global`, `usgovernment` (GCC High), \
         `usgovernmentl5` (DoD) or `china`. Defaults to `global`.",
    )
    .form(Form::CaseInsensitive)
    .one_of(&["global", "usgovernment", "usgovernmentl5", "china"])
    .env(&["M365_CLOUD"]),
    string(
        "graph_endpoint",
        "Where Microsoft Graph is, without a version, in place of the cloud's own: for an emulator. \
         Plain http is accepted for loopback addresses only.",
    )
    .env(&["M365_GRAPH_ENDPOINT"]),
    string(
        "login_endpoint",
        "Where tokens are issued, in place of the cloud's own: for an emulator. Plain http is accepted \
         for loopback addresses only.",
    )
    .env(&["M365_LOGIN_ENDPOINT"]),
];
