resource "m365_authentication_context" "example" {
  id           = "c1"
  display_name = "Confidential"
  description  = "Confidential sites: a phishing-resistant method on a compliant device."
  is_available = true
}
