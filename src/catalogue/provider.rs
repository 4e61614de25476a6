//! The provider block.

use super::lockout::{EMERGENCY_ACCESS, LOCKOUT_PROTECTION};
use crate::declare::{Attribute, Form, boolean, id, string};

/// The arguments of the provider block. An environment variable can give each that is no object.
pub(super) static ATTRIBUTES: &[Attribute] = &[
    string("tenant_id", "The tenant, by its id or by one of its verified domains.").env(&[
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
    string("client_secret_file_path", "A file that holds a secret of the application.")
        .env(&["M365_CLIENT_SECRET_FILE_PATH", "ARM_CLIENT_SECRET_FILE_PATH"]),
    string(
        "client_certificate",
        "A certificate of the application with its private key: a PEM text, or a PFX file in base64.",
    )
    .env(&["M365_CLIENT_CERTIFICATE", "ARM_CLIENT_CERTIFICATE"])
    .sensitive(),
    string(
        "client_certificate_path",
        "A PEM or PFX file with a certificate of the application and its private key.",
    )
    .env(&[
        "M365_CLIENT_CERTIFICATE_PATH",
        "ARM_CLIENT_CERTIFICATE_PATH",
        "AZURE_CLIENT_CERTIFICATE_PATH",
    ]),
    string("client_certificate_password", "What opens the PFX file or the private key.")
        .env(&[
            "M365_CLIENT_CERTIFICATE_PASSWORD",
            "ARM_CLIENT_CERTIFICATE_PASSWORD",
            "AZURE_CLIENT_CERTIFICATE_PASSWORD",
        ])
        .sensitive(),
    boolean(
        "send_certificate_chain",
        "Whether the certificates of the issuers are sent too, for subject name and issuer \
         authentication.",
    )
    .env(&["M365_SEND_CERTIFICATE_CHAIN", "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"]),
    boolean(
        "use_oidc",
        "Whether to sign in with the token of another identity provider (workload identity \
         federation): GitHub Actions, Azure DevOps, HCP Terraform, or any by `oidc_token`. `false` \
         ignores such tokens in the environment.",
    )
    .env(&["M365_USE_OIDC", "ARM_USE_OIDC"]),
    string("oidc_token", "A token of another identity provider that the application trusts.")
        .env(&["M365_OIDC_TOKEN", "ARM_OIDC_TOKEN", "TFC_WORKLOAD_IDENTITY_TOKEN"])
        .sensitive(),
    string("oidc_token_file_path", "A file that holds such a token; read again when it is needed.")
        .env(&["M365_OIDC_TOKEN_FILE_PATH", "ARM_OIDC_TOKEN_FILE_PATH"]),
    string("oidc_request_url", "Where a pipeline asks for such a token.").env(&[
        "M365_OIDC_REQUEST_URL",
        "ARM_OIDC_REQUEST_URL",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "SYSTEM_OIDCREQUESTURI",
    ]),
    string("oidc_request_token", "What a pipeline shows when it asks for such a token.")
        .env(&[
            "M365_OIDC_REQUEST_TOKEN",
            "ARM_OIDC_REQUEST_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "SYSTEM_ACCESSTOKEN",
        ])
        .sensitive(),
    string(
        "ado_pipeline_service_connection_id",
        "The id of the Azure DevOps service connection that the pipeline signs in with.",
    )
    .env(&[
        "M365_ADO_PIPELINE_SERVICE_CONNECTION_ID",
        "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
        "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    ]),
    boolean(
        "use_aks_workload_identity",
        "Whether to sign in with the token that Azure Kubernetes Service mounts into the pod \
         (`AZURE_FEDERATED_TOKEN_FILE`).",
    )
    .env(&["M365_USE_AKS_WORKLOAD_IDENTITY", "ARM_USE_AKS_WORKLOAD_IDENTITY"]),
    boolean(
        "use_msi",
        "Whether to sign in as the managed identity of the machine: IMDS, App Service or Azure Arc. \
         A user-assigned one is named by `client_id`, `msi_object_id` or `msi_resource_id`.",
    )
    .env(&["M365_USE_MSI", "ARM_USE_MSI"]),
    string("msi_endpoint", "Where the machine's metadata service is, in place of the usual place.")
        .env(&["M365_MSI_ENDPOINT", "ARM_MSI_ENDPOINT"]),
    id("msi_object_id", "The object id of a user-assigned managed identity.")
        .env(&["M365_MSI_OBJECT_ID"]),
    string("msi_resource_id", "The Azure resource id of a user-assigned managed identity.")
        .env(&["M365_MSI_RESOURCE_ID"]),
    boolean(
        "use_cli",
        "Whether to sign in as whom the Azure CLI is signed in as (`az login`). That is also what is \
         done where nothing is named, unless this is `false`.",
    )
    .env(&["M365_USE_CLI", "ARM_USE_CLI"]),
    boolean(
        "use_azure_developer_cli",
        "Whether to sign in as whom the Azure Developer CLI is signed in as (`azd auth login`).",
    )
    .env(&["M365_USE_AZURE_DEVELOPER_CLI"]),
    string(
        "access_token",
        "An access token for Microsoft Graph, handed in by an ephemeral value. It is not renewed.",
    )
    .env(&["M365_ACCESS_TOKEN"])
    .sensitive(),
    string(
        "cloud",
        "The Microsoft cloud that the tenant is in: `global`, `usgovernment` (GCC High), \
         `usgovernmentl5` (DoD) or `china`. Defaults to `global`.",
    )
    .form(Form::CaseInsensitive)
    .one_of(&["global", "usgovernment", "usgovernmentl5", "china"])
    .env(&["M365_CLOUD", "ARM_ENVIRONMENT"]),
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
    EMERGENCY_ACCESS,
    LOCKOUT_PROTECTION,
    string(
        "invariants",
        "What becomes of a plan that an invariant of the identity model (`INV-07`) speaks against in doubt, \
         where Graph takes it and it may be meant: `warn` tells, `error` stops it. What is certain to be \
         wrong is always stopped. Defaults to `warn`.",
    )
    .one_of(&["warn", "error"])
    .env(&["M365_INVARIANTS"]),
];
