# Security keys of two models, and smart cards of one issuance policy.
resource "m365_authentication_strength_policy" "example" {
  display_name = "Administrators"
  description  = "Phishing-resistant methods that we handed out ourselves."

  allowed_combinations = [
    "fido2",
    "x509CertificateMultiFactor",
  ]

  fido2_configurations = [{
    allowed_aaguids = [
      "ee882879-721c-4913-9775-3dfcce97072a", # YubiKey 5 with NFC
      "90a3ccdf-635c-4729-a248-9b709135078f", # Microsoft Authenticator for iOS
    ]
  }]

  x509_certificate_configurations = [{
    applies_to_combinations = ["x509CertificateMultiFactor"]
    allowed_policy_oids     = ["1.3.6.1.4.1.311.21.8.1"]
  }]
}
