//! The invariants of domains, users, groups and the tenant, each as a plan that is refused and one that is not.

use serde_json::{Value as Json, json};

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let ann = |name: &str| user("ann@contoso.com", &format!("  job_title = \"{name}\""));
    let staff = |inside: &str| {
        resource(
            "group",
            &format!("  display_name = \"Staff\"\n  mail_nickname = \"staff\"\n{inside}"),
        )
    };
    let member = |group: &str| {
        resource("group_member", &format!("  group_id = \"{group}\"\n  member_id = \"{USER}\""))
    };
    let own = "00000000-0000-0000-0003-000000000000";
    let mfa = "  grant_controls = { operator = \"OR\", built_in_controls = [\"mfa\"] }";
    let policy = |name: &str, state: &str, applications: &str| {
        let users = "users = { include_users = [\"All\"] }";
        resource(
            "conditional_access_policy",
            &format!(
                "  display_name = \"{name}\"\n  state = \"{state}\"\n  allow_direct_enable = true\n  conditions = {{\n    {users}\n    applications = {{ {applications} }}\n  }}\n{mfa}"
            ),
        )
    };
    let registering = |state: &str| {
        policy("Devices", state, "include_user_actions = [\"urn:user:registerdevice\"]")
    };
    let everything = "include_applications = [\"All\"]";
    let managed = "Microsoft-managed: Multifactor authentication";
    let location = |range: &str| {
        resource(
            "named_location",
            &format!("  display_name = \"Office\"\n  ip = {{ ip_ranges = [\"{range}\"] }}"),
        )
    };
    let with_own = |mut facts: Vec<Fact>| {
        facts.push(group(own));
        facts
    };
    vec![
        Case {
            id: "INV-02",
            facts: vec![domain_added()],
            refused: federation("fabrikam.com"),
            twin: vec![],
            allowed: federation("contoso.com"),
        },
        Case {
            id: "INV-03",
            facts: vec![federated()],
            refused: resource(
                "domain_settings",
                "  domain_id = \"contoso.com\"\n  is_default = true",
            ),
            twin: vec![],
            allowed: resource(
                "domain_settings",
                "  domain_id = \"contoso.com\"\n  password_validity_period_in_days = 90",
            ),
        },
        Case {
            id: "INV-04",
            facts: vec![],
            refused: model(
                "\"cloud_only\"\n  authentication = \"federated\"\n  domains = [\"contoso.com\"]",
            ),
            twin: vec![],
            allowed: hybrid("federated"),
        },
        Case {
            id: "INV-04",
            facts: vec![federated()],
            refused: user(
                "ann@contoso.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
            twin: vec![],
            allowed: user(
                "ann@contoso.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1\n  on_premises_immutable_id = \"UHJvdmVk\"",
            ),
        },
        Case {
            id: "INV-05",
            facts: vec![
                // Whom the tenant has already in its initial domain.
                Fact::Sent(
                    "PATCH",
                    "/users/admin@contoso.onmicrosoft.com".into(),
                    json!({ "accountEnabled": false }),
                ),
                account(USER, "ann@contoso.com"),
                global_administrator(USER),
            ],
            refused: federation("contoso.com"),
            twin: vec![
                account(OTHER, "break-glass@contoso.onmicrosoft.com"),
                global_administrator(OTHER),
            ],
            allowed: federation("contoso.com"),
        },
        Case {
            id: "INV-06",
            facts: vec![
                account(USER, "break-glass@contoso.com"),
                account(OTHER, "break-glass@contoso.onmicrosoft.com"),
                global_administrator(USER),
                global_administrator(OTHER),
            ],
            refused: emergency(USER) + &federation("contoso.com"),
            twin: vec![],
            allowed: emergency(OTHER) + &federation("contoso.com"),
        },
        Case {
            id: "INV-13",
            facts: vec![
                synchronised_user(false),
                Fact::Imported("m365_user.one", USER, ann("Clerk")),
            ],
            refused: ann("Director"),
            twin: vec![],
            allowed: user("ann@contoso.com", "  usage_location = \"CH\""),
        },
        Case {
            id: "INV-15",
            facts: vec![synchronised_group(false), synchronised_user(false), group(own)],
            refused: member(GROUP),
            twin: vec![],
            allowed: member(own),
        },
        Case {
            id: "INV-15",
            facts: vec![
                synchronised_group(false),
                Fact::Imported("m365_group.one", GROUP, staff("")),
            ],
            refused: staff(
                "  group_types = [\"DynamicMembership\"]\n  membership_rule = \"user.city -eq \\\"X\\\"\"\n  membership_rule_processing_state = \"On\"",
            ),
            twin: vec![],
            allowed: staff(""),
        },
        Case {
            id: "INV-16",
            facts: vec![domain_added()],
            refused: user(
                "ann@fabrikam.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
            twin: vec![],
            allowed: user(
                "ann@contoso.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
        },
        Case {
            id: "INV-16",
            facts: vec![],
            refused: user(
                "ann@elsewhere.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
            twin: vec![],
            allowed: user(
                "ann@contoso.onmicrosoft.com",
                "  password = \"Correct-Horse-7!\"\n  password_version = 1",
            ),
        },
        Case {
            id: "INV-17",
            facts: vec![federated(), connected()],
            refused: hybrid("password_hash_sync"),
            twin: vec![],
            allowed: hybrid("federated"),
        },
        Case {
            id: "INV-19",
            facts: vec![Fact::There(
                "deviceRegistrationPolicy",
                json!({ "id": "deviceRegistrationPolicy", "multiFactorAuthConfiguration": "required" }),
            )],
            refused: registering("enabled"),
            twin: vec![],
            allowed: registering("disabled"),
        },
        Case {
            id: "INV-30",
            facts: policies(240),
            refused: policy("One more", "disabled", everything),
            twin: vec![],
            allowed: location("203.0.113.0/24"),
        },
        Case {
            id: "INV-30",
            facts: locations(195),
            refused: location("203.0.113.0/24"),
            twin: vec![],
            allowed: policy("One more", "disabled", everything),
        },
        Case {
            id: "INV-33",
            facts: vec![
                Fact::There("conditionalAccessPolicy", stored(USER, managed)),
                Fact::Imported(
                    "m365_conditional_access_policy.one",
                    USER,
                    policy(managed, "disabled", everything),
                ),
            ],
            refused: policy("Mine", "disabled", everything),
            twin: vec![],
            allowed: policy(managed, "enabledForReportingButNotEnforced", everything),
        },
        Case {
            id: "INV-18",
            facts: with_own(rolled_out(10)),
            refused: rollout(&[own.to_owned()]),
            twin: vec![],
            allowed: resource(
                "staged_rollout_policy",
                &format!(
                    "  display_name = \"SSO\"\n  feature = \"seamlessSso\"\n  is_enabled = true\n  applies_to_group_ids = [\"{own}\"]"
                ),
            ),
        },
        // The device settings ask for what an enabled policy asks for.
        Case {
            id: "INV-19",
            facts: vec![
                device_settings("notRequired"),
                Fact::There("conditionalAccessPolicy", registering_policy("enabled")),
            ],
            refused: devices("required"),
            twin: vec![],
            allowed: devices("notRequired"),
        },
        // The policy is switched off first.
        Case {
            id: "INV-19",
            facts: vec![
                device_settings("notRequired"),
                Fact::There("conditionalAccessPolicy", registering_policy("enabled")),
                Fact::Imported("m365_conditional_access_policy.one", USER, registering("enabled")),
            ],
            refused: registering("enabled") + &devices_after("required"),
            twin: vec![],
            allowed: registering("disabled") + &devices_after("required"),
        },
        // The device settings are changed first.
        Case {
            id: "INV-19",
            facts: vec![device_settings("required")],
            refused: registering("enabled"),
            twin: vec![],
            allowed: after_devices(&registering("enabled")) + &devices("notRequired"),
        },
    ]
}

/// The device settings of the tenant as Graph has them.
fn device_settings(multifactor: &str) -> Fact {
    let settings = json!({ "id": "deviceRegistrationPolicy", "userDeviceQuota": 50,
        "multiFactorAuthConfiguration": multifactor });
    Fact::There("deviceRegistrationPolicy", settings)
}

fn devices(multifactor: &str) -> String {
    let inside = format!("  multi_factor_auth_configuration = \"{multifactor}\"");
    resource("device_registration_policy", &inside)
}

/// The same, planned and changed after the policy.
fn devices_after(multifactor: &str) -> String {
    let first = "  depends_on = [m365_conditional_access_policy.one]\n}";
    devices(multifactor).replacen('}', first, 1)
}

/// A policy that is planned and changed after the device settings.
fn after_devices(policy: &str) -> String {
    let first = "  depends_on = [m365_device_registration_policy.one]\n  display_name";
    policy.replacen("  display_name", first, 1)
}

/// A policy for whoever registers a device.
fn registering_policy(state: &str) -> Json {
    let mut policy = stored(USER, "Devices");
    policy["state"] = state.into();
    policy["conditions"]["applications"] =
        json!({ "includeUserActions": ["urn:user:registerdevice"] });
    policy
}
