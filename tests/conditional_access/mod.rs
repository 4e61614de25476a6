//! Conditional Access policies by the real terraform.

mod contradictions;
mod odd;
mod templates;

/// What the policies refer to.
const BESIDE: &str = r#"
resource "m365_group" "g" {
  display_name = "G"
}

resource "m365_named_location" "country" {
  display_name = "By position"
  country = {
    countries_and_regions = ["NL", "CH"]
    country_lookup_method = "authenticatorAppGps"
  }
}

resource "m365_named_location" "six" {
  display_name = "IPv6"
  ip           = { ip_ranges = ["2001:DB8::/32", "198.51.100.7/32"] }
}

resource "m365_authentication_context" "c" {
  id           = "c42"
  display_name = "C"
}

resource "m365_authentication_strength_policy" "s" {
  display_name         = "Strong"
  allowed_combinations = ["fido2", "password, sms"]
}

resource "m365_terms_of_use" "t" {
  display_name = "T"
  files        = [{ language = "en", file_name = "t.pdf", is_default = true, content_base64 = "JVBERi0=" }]
}
"#;

fn policy(conditions: &str, grant: &str, session: &str) -> String {
    let part = |name: &str, says: &str| match says {
        "" => String::new(),
        says => format!("  {name} = {{ {says} }}\n"),
    };
    format!(
        "{BESIDE}\nresource \"m365_conditional_access_policy\" \"p\" {{\n  display_name = \"Odd\"\n  \
         state = \"disabled\"\n  conditions = {{ {conditions} }}\n{}{}}}\n",
        part("grant_controls", grant),
        part("session_controls", session),
    )
}

const EVERYTHING: &str = "applications = { include_applications = [\"All\"] }";
const NOBODY: &str = "users = { include_users = [\"None\"] }";
const MFA: &str = "operator = \"AND\", built_in_controls = [\"mfa\"]";
const BLOCK: &str = "operator = \"OR\", built_in_controls = [\"block\"]";
