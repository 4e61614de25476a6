//! `m365_directory_synchronization`.

use super::AREA;
use crate::declare::{
    Attribute, Check, Permissions, Resource, Rule, boolean, duration, integer, object, string,
};

/// How Graph takes what is synchronised from on-premises.
pub static DIRECTORY_SYNCHRONIZATION: Resource = Resource {
    name: "directory_synchronization",
    area: AREA,
    doc: "How Microsoft Entra takes what Microsoft Entra Connect synchronises from on-premises. What is \
        not configured is left as it is.\n\n\
        Two features can be switched on and never off again: the plan says so before it happens, and \
        destroy leaves them on. Two are not in use any more and are told only. Installing and \
        configuring Connect or Cloud Sync is done on its server: scope, rules, schedule, staging mode \
        and the way of signing in are not in Graph.\n\n\
        Microsoft documents this for administrators who sign in (Global Administrator or Hybrid Identity \
        Administrator); where an application with the permission is refused, sign in as a person, by \
        the Azure CLI.",
    reference: "https://learn.microsoft.com/graph/api/resources/onpremisesdirectorysynchronization",
    path: "/directory/onPremisesSynchronization/{tenant}",
    entity: "onPremisesDirectorySynchronization",
    permissions: Permissions {
        read: "OnPremDirectorySynchronization.Read.All",
        write: "OnPremDirectorySynchronization.ReadWrite.All",
    },
    selects: false,
    attributes: &[
        object("configuration", "How synchronisation is guarded.")
            .of(&[object(
                "accidental_deletion_prevention",
                "When a synchronisation that would delete many objects is stopped.",
            )
            .of(&[
                string(
                    "synchronization_prevention_type",
                    "`disabled`; `enabledForCount`: above a number of objects; `enabledForPercentage`: \
                     above a share of all objects.",
                )
                .one_of(&["disabled", "enabledForCount", "enabledForPercentage"])
                .optional_computed(),
                integer("alert_threshold", "The number of objects, or the percentage.")
                    .checks(&[Check::Range(0, 2_147_483_647)])
                    .optional_computed(),
            ])
            .optional_computed(),
            duration(
                "customer_requested_synchronization_interval",
                "How long Connect waits between two synchronisations, as you ask for. Connect takes no \
                 less than `PT30M`.",
            )
            .optional_computed()
            .beta(),
            duration(
                "synchronization_interval",
                "How long Connect is to wait between two synchronisations, as Microsoft Entra says.",
            )
            .optional_computed()
            .beta(),
            ])
            .merged()
            .optional_computed(),
        object("features", "What synchronisation does.").of(FEATURES).merged().optional_computed(),
    ],
    rules: &[Rule::Needs(
        "configuration.accidental_deletion_prevention.synchronization_prevention_type",
        &["enabledForCount", "enabledForPercentage"],
        &["configuration.accidental_deletion_prevention.alert_threshold"],
    )],
    ..Resource::SINGLETON
};

static FEATURES: &[Attribute] = &[
    boolean(
        "allow_on_prem_update_of_on_premises_object_identifier_enabled",
        "Whether a hard match may change the on-premises identifier of a user. For the time of a \
         migration only.",
    )
    .optional_computed(),
    boolean(
        "block_cloud_object_takeover_through_hard_match_enabled",
        "Whether on-premises objects are kept from taking over cloud objects by their source anchor. \
         Advised where no matching is under way.",
    )
    .optional_computed(),
    boolean(
        "block_soft_match_enabled",
        "Whether on-premises objects are kept from taking over cloud objects by their address or name. \
         Advised where no matching is under way; new hybrid joined devices may need it off.",
    )
    .optional_computed(),
    boolean(
        "bypass_dir_sync_overrides_enabled",
        "Whether mobile numbers from on-premises win over those that were changed in the cloud.",
    )
    .optional_computed(),
    boolean(
        "cloud_password_policy_for_password_synced_users_enabled",
        "Whether passwords of synchronised users expire as the cloud says; without it they never do.",
    )
    .optional_computed(),
    boolean(
        "concurrent_credential_update_enabled",
        "Whether credentials are updated concurrently in OrgId.",
    )
    .optional_computed(),
    boolean(
        "concurrent_org_id_provisioning_enabled",
        "Whether users are made concurrently in OrgId.",
    )
    .optional_computed(),
    boolean("device_writeback_enabled", "Whether devices are written back to on-premises.")
        .optional_computed(),
    boolean(
        "directory_extensions_enabled",
        "Whether directory extensions are synchronised from on-premises.",
    )
    .optional_computed(),
    boolean(
        "fope_conflict_resolution_enabled",
        "Whether conflicting addresses of a tenant that came from Forefront Online Protection move over.",
    )
    .optional_computed(),
    boolean(
        "group_write_back_enabled",
        "Whether groups can be written back to on-premises one by one.",
    )
    .graph("groupWriteBackEnabled")
    .optional_computed(),
    boolean(
        "password_sync_enabled",
        "Whether password hashes are synchronised. Connect switches it on; switch it off here once \
         synchronisation was removed.",
    )
    .optional_computed(),
    boolean("password_writeback_enabled", "Not in use any more; it says nothing about writeback.")
        .computed(),
    boolean(
        "quarantine_upon_proxy_addresses_conflict_enabled",
        "Whether only an address that another object has is held back, rather than the whole object.",
    )
    .optional_computed(),
    boolean(
        "quarantine_upon_upn_conflict_enabled",
        "Whether only a sign-in name that another object has is held back, rather than the whole object.",
    )
    .optional_computed(),
    boolean(
        "soft_match_on_upn_enabled",
        "Whether on-premises users are matched by their sign-in name, too. Cannot be switched off again.",
    )
    .optional_computed()
    .one_way("Microsoft Entra keeps matching by sign-in name"),
    boolean(
        "synchronize_upn_for_managed_users_enabled",
        "Whether sign-in names that change on-premises change for licensed managed users. Leaving \
         federation needs it (INV-17). Cannot be switched off again.",
    )
    .optional_computed()
    .one_way("Microsoft Entra keeps following the sign-in names of on-premises"),
    boolean(
        "unified_group_writeback_enabled",
        "Whether Microsoft 365 groups are written back to on-premises.",
    )
    .optional_computed(),
    boolean(
        "user_force_password_change_on_logon_enabled",
        "Whether a password that must be changed at the next sign-in on-premises must be so in the cloud.",
    )
    .optional_computed(),
    boolean("user_writeback_enabled", "Not supported any more.").computed(),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DIRECTORY_SYNCHRONIZATION;
    use crate::engine::{Model, Verb, decode, patch, plan, request};
    use crate::terraform::{Severity, Value};

    fn found() -> serde_json::Value {
        json!({ "id": "tenant", "configuration": { "accidentalDeletionPrevention":
            { "synchronizationPreventionType": "enabledForCount", "alertThreshold": 500 } },
            "features": { "blockSoftMatchEnabled": false, "passwordWritebackEnabled": true,
                "synchronizeUpnForManagedUsersEnabled": true } })
    }

    #[test]
    fn only_what_changes_is_written_and_never_a_dead_feature() {
        let model = Model::new(&DIRECTORY_SYNCHRONIZATION);
        let state = decode::state(&model, &found(), &Value::Null);
        let mut on = found();
        on["features"]["blockSoftMatchEnabled"] = json!(true);
        let wanted = decode::state(&model, &on, &Value::Null);
        let body = patch::body(&model, &state, &wanted, &Value::Null);
        let update = request::update(&model, &wanted, body);
        assert_eq!(update.verb, Verb::Patch);
        let features = json!({ "features": { "blockSoftMatchEnabled": true } });
        assert_eq!(update.body, Some(features));
    }

    #[test]
    fn a_feature_that_stays_on_is_refused_to_go_off() {
        let model = Model::new(&DIRECTORY_SYNCHRONIZATION);
        let state = decode::state(&model, &found(), &Value::Null);
        let mut off = found();
        off["features"]["synchronizeUpnForManagedUsersEnabled"] = json!(false);
        let wanted = decode::state(&model, &off, &Value::Null);
        let refused = plan::one_way(&model, &state, &wanted);
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].severity, Severity::Error);
        assert!(refused[0].summary.contains("features.synchronize_upn"), "{refused:?}");
        let warned = plan::one_way(&model, &wanted, &state);
        assert_eq!(warned[0].severity, Severity::Warning);
        assert_eq!(plan::reachable(&model, &state, &wanted), state);
    }
}
