//! `m365_client`.

use super::AREA;
use crate::catalogue::codec::SPACE_SEPARATED;
use crate::declare::{DataSource, Permissions, Source, id, ids, string, strings};

/// Who the provider signs in as.
pub static CLIENT: DataSource = DataSource {
    name: "client",
    area: AREA,
    doc: "Who the provider signs in as, and what it was granted, as the access token says. Nothing is \
        read from Graph, and no permission is needed.",
    reference: "https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference",
    source: Source::Claims,
    entity: "",
    permissions: Permissions { read: "", write: "" },
    attributes: &[
        id("tenant_id", "The tenant that the token is for.").graph("tid").computed(),
        id("client_id", "The client id of the application that signed in.")
            .graph("appid")
            .computed(),
        string("app_display_name", "The display name of the application.")
            .graph("app_displayname")
            .computed(),
        id("object_id", "The object id of the service principal, or of the user.")
            .graph("oid")
            .computed(),
        string("identity_type", "`app` where an application signed in, `user` where a user did.")
            .graph("idtyp")
            .computed(),
        string("user_principal_name", "The sign-in name, where a user signed in.")
            .graph("upn")
            .computed(),
        strings("roles", "The application permissions granted, such as `User.Read.All`.")
            .computed(),
        strings("scopes", "The delegated permissions granted, where a user signed in.")
            .graph("scp")
            .via(&SPACE_SEPARATED)
            .computed(),
        ids(
            "directory_role_template_ids",
            "The template ids of the directory roles that it holds in the whole tenant.",
        )
        .graph("wids")
        .computed(),
    ],
    also: &[],
};
