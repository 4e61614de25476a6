//! `m365_cross_tenant_synchronization`.

use super::{AREA, PERMISSIONS};
use crate::declare::{
    Answers, Call, Finding, Inquiry, Question, Read, Resource, boolean, id, string,
};
use crate::terraform::Path;

/// Whether another tenant may synchronize its users into this one.
pub static CROSS_TENANT_SYNCHRONIZATION: Resource = Resource {
    name: "cross_tenant_synchronization",
    area: AREA,
    doc: "Whether another tenant may synchronize its users into this one. The tenant that users come \
        from runs the job (`m365_synchronization_job` with the template `Azure2Azure`); this is what \
        the tenant that they come to says to it.\n\n\
        The partner settings of the other tenant (`m365_cross_tenant_access_partner`) must be there \
        first, and should redeem invitations automatically.",
    reference: "https://learn.microsoft.com/graph/api/resources/crosstenantidentitysyncpolicypartner",
    path: "/policies/crossTenantAccessPolicy/partners/{tenant_id}/identitySynchronization",
    entity: "crossTenantIdentitySyncPolicyPartner",
    permissions: PERMISSIONS,
    attributes: &[
        id("tenant_id", "The id of the other tenant: that of its `m365_cross_tenant_access_partner`.")
            .required()
            .replace("the settings are those for one tenant"),
        string("display_name", "A name for the other tenant."),
        boolean(
            "is_sync_allowed",
            "Whether users are synchronized from the other tenant. `false` stops it and keeps what is \
             here.",
        )
        .graph("userSyncInbound/isSyncAllowed")
        .required(),
    ],
    inquiries: &[redeemed],
    create: Some(Call::put()),
    ..Resource::SLOT
};

/// Users who are synchronized and have to accept an invitation each are not what anybody wants.
fn redeemed(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let tenant = question.planned["tenantId"].as_str().unwrap_or_default();
    let allowed = question.planned["userSyncInbound"]["isSyncAllowed"] == true;
    if uuid::Uuid::try_parse(tenant).is_err() || !allowed {
        return ask.conclude(Vec::new());
    }
    let planned = question.elsewhere.iter().find_map(|((resource, _), partner)| {
        let is_it = *resource == "cross_tenant_access_partner" && partner["tenantId"] == tenant;
        is_it.then_some(partner)
    });
    let path = format!("/policies/crossTenantAccessPolicy/partners/{tenant}");
    let partner = planned.or_else(|| ask.known(&Read::one(path, "Policy.Read.All")));
    let redeems = partner.map(|partner| {
        partner["automaticUserConsentSettings"]["inboundAllowed"].as_bool() == Some(true)
    });
    let findings = match redeems {
        Some(false) => vec![Finding::warning(
            Path::attribute("is_sync_allowed"),
            "Synchronized users will have to accept an invitation each",
            "The partner settings of the tenant do not redeem invitations automatically. Set \
             automatic_user_consent_settings.inbound_allowed of its m365_cross_tenant_access_partner, \
             and outbound_allowed in the other tenant.",
        )],
        _ => Vec::new(),
    };
    ask.conclude(findings)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::declare::{Answer, Elsewhere};

    const TENANT: &str = "90e29127-71ad-49c7-9ce8-db3f41ea06f1";

    fn found(partner: Option<Json>, elsewhere: &Elsewhere) -> Inquiry<Vec<Finding>> {
        let planned = json!({ "tenantId": TENANT, "userSyncInbound": { "isSyncAllowed": true } });
        let question = Question {
            prior: &Json::Null,
            planned: &planned,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &Json::Null,
            elsewhere,
        };
        let mut answers = Answers::default();
        if let Some(partner) = partner {
            let path = format!("/policies/crossTenantAccessPolicy/partners/{TENANT}");
            answers.insert(Read::one(path, "Policy.Read.All"), Answer::Found(partner));
        }
        redeemed(&question, &answers)
    }

    #[track_caller]
    fn warns(inquiry: Inquiry<Vec<Finding>>, expected: bool) {
        let Inquiry::Concluded(found) = inquiry else { panic!("{inquiry:?}") };
        assert_eq!(!found.is_empty(), expected, "{found:?}");
    }

    #[test]
    fn invitations_that_are_not_redeemed_are_told() {
        let none = Elsewhere::new();
        let redeems = json!({ "tenantId": TENANT, "automaticUserConsentSettings": { "inboundAllowed": true } });
        assert!(matches!(found(None, &none), Inquiry::Needs(_)));
        warns(found(Some(json!({ "tenantId": TENANT })), &none), true);
        warns(found(Some(redeems.clone()), &none), false);
        let planned =
            Elsewhere::from([(("cross_tenant_access_partner", TENANT.to_owned()), redeems)]);
        warns(found(None, &planned), false);
    }
}
