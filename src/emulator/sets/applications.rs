//! Applications and service principals: enough to refer to them.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::links::Relation;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{
    Direction, Navigation, Paging, Permissions, Properties, Service, Set, Way,
};
use super::super::store::{now, text};
use super::groups::MEMBERSHIP_READ;

const READ: Permissions = &[
    &["Application.Read.All"],
    &["Application.ReadWrite.All"],
    &["Application.ReadWrite.OwnedBy"],
    &["Directory.Read.All"],
    &["Directory.ReadWrite.All"],
];
const WRITE: Permissions = &[
    &["Application.ReadWrite.All"],
    &["Application.ReadWrite.OwnedBy"],
    &["Directory.ReadWrite.All"],
];

const OWNERS: Navigation = Navigation {
    name: "owners",
    way: Way::Links(Relation::Owner, Direction::Forward),
    targets: &["user", "servicePrincipal"],
    read: READ,
    write: Some(WRITE),
    ..Navigation::MANY
};

pub(super) static APPLICATIONS: Set = Set {
    ty: "application",
    paths: &["applications"],
    service: Service::Directory,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["displayName"],
    read_only: &[
        "id",
        "appId",
        "applicationTemplateId",
        "createdDateTime",
        "deletedDateTime",
        "publisherDomain",
        "passwordCredentials",
        "disabledByMicrosoftStatus",
        "verifiedPublisher",
        "certification",
    ],
    alternate_key: Some("appId"),
    is_kept: |_| true,
    paging: Paging::Pages(100),
    navigation: &[OWNERS],
    on_create: |cx, application| {
        let app_id = cx.state.new_id();
        application.insert("appId".into(), app_id.into());
        application.insert("createdDateTime".into(), now().into());
        application.insert("publisherDomain".into(), cx.state.default_domain.as_str().into());
        application.entry("oauth2RequirePostResponse").or_insert(Value::Bool(false));
        application.entry("signInAudience").or_insert_with(|| json!("AzureADMyOrg"));
        Ok(())
    },
    ..Set::COLLECTION
};

pub(super) static SERVICE_PRINCIPALS: Set = Set {
    ty: "servicePrincipal",
    paths: &["servicePrincipals"],
    service: Service::Directory,
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["appId"],
    create_only: &["appId"],
    read_only: &[
        "id",
        "appDisplayName",
        "appDescription",
        "applicationTemplateId",
        "appOwnerOrganizationId",
        "deletedDateTime",
        "disabledByMicrosoftStatus",
        "passwordCredentials",
        "servicePrincipalType",
        "signInAudience",
        "verifiedPublisher",
    ],
    alternate_key: Some("appId"),
    is_kept: |_| true,
    paging: Paging::Pages(100),
    navigation: &[
        OWNERS,
        Navigation {
            name: "memberOf",
            way: Way::Links(Relation::Member, Direction::Backward),
            read: MEMBERSHIP_READ,
            ..Navigation::MANY
        },
        Navigation {
            name: "transitiveMemberOf",
            way: Way::Links(Relation::Member, Direction::Upwards),
            read: MEMBERSHIP_READ,
            ..Navigation::MANY
        },
    ],
    actions: &[super::synchronization::SECRETS],
    on_create: create_principal,
    ..Set::COLLECTION
};

fn create_principal(cx: &mut Context, principal: &mut Properties) -> Outcome<()> {
    let app_id = text(principal, "appId").to_lowercase();
    if cx.state.all("servicePrincipal").any(|(_, sp)| text(sp, "appId") == app_id) {
        return Err(Refusal::new(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            format!(
                "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
            ),
        ));
    }
    let application = cx.state.all("application").find(|(_, a)| text(a, "appId") == app_id);
    let Some((_, application)) = application else {
        return Err(Refusal::directory(format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        )));
    };
    let name = application.get("displayName").cloned().unwrap_or(Value::Null);
    let audience = application.get("signInAudience").cloned().unwrap_or(Value::Null);
    principal.insert("appDisplayName".into(), name.clone());
    principal.entry("displayName").or_insert(name);
    principal.insert("signInAudience".into(), audience);
    principal.insert("appOwnerOrganizationId".into(), cx.tenant_id().into());
    principal.insert("servicePrincipalNames".into(), json!([app_id]));
    principal.insert("servicePrincipalType".into(), json!("Application"));
    principal.entry("accountEnabled").or_insert(Value::Bool(true));
    principal.entry("appRoleAssignmentRequired").or_insert(Value::Bool(false));
    principal.insert("appId".into(), app_id.into());
    Ok(())
}
