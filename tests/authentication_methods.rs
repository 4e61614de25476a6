//! The authentication methods policy and its methods, through the real terraform.

use m365::emulator::Options;
use serde_json::{Value as Json, json};

use crate::workspace::Workspace;

const PATH: &str = "/policies/authenticationMethodsPolicy";

const APPLY: &[&str] = &["apply", "-input=false", "-auto-approve"];

/// A method of each kind of settings: some of all, nothing but the state, in the beta alone.
const METHODS: &str = r#"
resource "m365_authentication_methods_policy" "p" {
  registration_enforcement = {
    authentication_methods_registration_campaign = {
      state           = "enabled"
      include_targets = [{ id = "all_users" }]
    }
  }
}

resource "m365_authentication_method_configuration" "app" {
  method = "MicrosoftAuthenticator"
  microsoft_authenticator = {
    feature_settings = { display_app_information_required_state = { state = "enabled" } }
  }
}

resource "m365_authentication_method_configuration" "email" {
  method = "Email"
  state  = "disabled"
  email  = {}
}

resource "m365_authentication_method_configuration" "pass" {
  method = "TemporaryAccessPass"
  state  = "enabled"
  temporary_access_pass = { default_lifetime_in_minutes = 90 }
}

resource "m365_authentication_method_configuration" "certificate" {
  method = "x509certificate"
  state  = "enabled"
  x509_certificate = {
    certificate_user_bindings = [
      { x509_certificate_field = "PrincipalName", user_property = "userPrincipalName", priority = 1 },
    ]
    authentication_mode_configuration = {
      rules = [{
        x509_certificate_rule_type           = "policyOID"
        identifier                           = "1.2.3.4"
        x509_certificate_authentication_mode = "x509CertificateMultiFactor"
      }]
    }
  }
}

resource "m365_authentication_method_configuration" "token" {
  method        = "HardwareOath"
  state         = "enabled"
  hardware_oath = {}
}

resource "m365_authentication_method_configuration" "key" {
  method = "Fido2"
  fido2 = {
    include_targets = [{
      id                       = "all_users"
      allowed_passkey_profiles = ["00000000-0000-0000-0000-000000000001"]
    }]
    default_passkey_profile = "00000000-0000-0000-0000-000000000001"
    passkey_profiles = [{
      id                      = "00000000-0000-0000-0000-000000000001"
      name                    = "Default passkey profile"
      passkey_types           = ["deviceBound", "synced"]
      attestation_enforcement = "disabled"
      key_restrictions        = { is_enforced = false, enforcement_type = "allow" }
    }]
  }
}
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_are_taken_over_changed_and_put_back() {
    let workspace = Workspace::new(Options::default(), METHODS).await;
    let before = everything(&workspace).await;
    workspace.ok(APPLY).await;
    workspace.plan_is_empty().await;
    let now = everything(&workspace).await;
    let is = |id: &str| {
        let all = now["authenticationMethodConfigurations"].as_array().unwrap();
        all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id}")).clone()
    };
    assert_eq!(is("Email")["state"], "disabled");
    assert_eq!(is("HardwareOath")["state"], "enabled");
    assert_eq!(is("Fido2")["passkeyProfiles"][0]["passkeyTypes"], "deviceBound,synced");
    // What was not configured stays as it was found, also in a value that is written whole.
    let features = &is("MicrosoftAuthenticator")["featureSettings"];
    assert_eq!(features["displayAppInformationRequiredState"]["state"], "enabled");
    assert_eq!(features["displayAppInformationRequiredState"]["includeTarget"]["id"], "all_users");
    assert_eq!(features["displayLocationInformationRequiredState"]["state"], "default");
    assert_eq!(is("TemporaryAccessPass")["maximumLifetimeInMinutes"], 480);
    // One thing more, which only the beta has.
    workspace.forget().await;
    let more =
        "state = \"enabled\" }\n number_matching_required_state = { state = \"disabled\" } }";
    let changed = METHODS
        .replacen("state = \"enabled\" } }", more, 1)
        .replace("default_lifetime_in_minutes = 90", "default_lifetime_in_minutes = 120")
        .replacen(
            "registration_enforcement",
            "report_suspicious_activity_settings = { state = \"enabled\" }\n registration_enforcement",
            1,
        );
    workspace.write(&changed);
    workspace.ok(APPLY).await;
    let sent = workspace.bodies().await;
    let path = format!("{PATH}/authenticationMethodConfigurations");
    let of = |version: &str, id: &str| {
        let name = format!("PATCH /{version}{path}/{id}");
        sent.iter().find(|(sent, _)| *sent == name).map(|(_, body)| body.clone())
    };
    assert_eq!(
        of("v1.0", "TemporaryAccessPass"),
        Some(json!({
            "@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration",
            "defaultLifetimeInMinutes": 120,
        }))
    );
    let app = of("beta", "MicrosoftAuthenticator").unwrap_or_else(|| panic!("{sent:?}"));
    assert_eq!(app["featureSettings"]["numberMatchingRequiredState"]["state"], "disabled");
    assert_eq!(app["featureSettings"]["companionAppAllowedState"]["state"], "default");
    let policy = sent.iter().find(|(sent, _)| *sent == format!("PATCH /beta{PATH}"));
    assert_eq!(
        policy.map(|(_, body)| body),
        Some(&json!({ "reportSuspiciousActivitySettings": {
            "state": "enabled", "voiceReportingCode": 0,
            "includeTarget": { "id": "all_users", "targetType": "group" },
        } }))
    );
    workspace.plan_is_empty().await;
    workspace.ok(&["destroy", "-input=false", "-auto-approve"]).await;
    let after = everything(&workspace).await;
    assert_eq!(before, after);
}

/// The policy with all methods, but for when it was changed.
async fn everything(workspace: &Workspace) -> Json {
    let mut told = workspace.beta("GET", PATH, Json::Null).await;
    if let Some(policy) = told.as_object_mut() {
        policy.remove("lastModifiedDateTime");
    }
    told
}

/// What is wrong is said at plan, with what to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_contradicts_itself_is_told_at_plan() {
    let workspace = Workspace::new(Options::default(), "").await;
    for (settings, says) in [
        ("method = \"Sms\"\n  voice = {}", "voice is no part of the method Sms"),
        ("method = \"Sms\"", "One of fido2,"),
        ("method = \"Sms\"\n  sms = {}\n  voice = {}", "sms and voice do not go together"),
        (
            "method = \"TemporaryAccessPass\"\n  temporary_access_pass = { \
             default_lifetime_in_minutes = 30, minimum_lifetime_in_minutes = 60 }",
            "default_lifetime_in_minutes is shorter than minimum_lifetime_in_minutes",
        ),
        (
            "method = \"TemporaryAccessPass\"\n  temporary_access_pass = { default_length = 7 }",
            "default_length must be a whole number from 8 to 48, not 7",
        ),
    ] {
        workspace.write(&format!(
            "resource \"m365_authentication_method_configuration\" \"x\" {{\n  {settings}\n}}\n"
        ));
        let (code, said) = workspace.run(&["plan", "-input=false"]).await;
        assert_eq!(code, Some(1), "{settings}: {said}");
        let plain: Vec<&str> = said.split_whitespace().filter(|word| *word != "│").collect();
        assert!(plain.join(" ").contains(says), "{settings}: {said}");
    }
    // What was found contradicts what is configured: nothing is written.
    workspace.write(
        "resource \"m365_authentication_method_configuration\" \"x\" {\n  method = \
         \"TemporaryAccessPass\"\n  temporary_access_pass = { default_lifetime_in_minutes = 481 }\n}\n",
    );
    workspace.forget().await;
    let (code, said) = workspace.run(APPLY).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("default_lifetime_in_minutes is longer"), "{said}");
    assert!(workspace.bodies().await.iter().all(|(sent, _)| !sent.starts_with("PATCH")), "{said}");
}
