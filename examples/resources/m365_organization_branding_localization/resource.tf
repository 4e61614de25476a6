resource "m365_organization_branding" "default" {
  sign_in_page_text = "Contoso help desk: +41 44 555 01 00"
}

resource "m365_organization_branding_localization" "example" {
  locale             = "fr-FR"
  sign_in_page_text  = "Assistance Contoso : +41 44 555 01 00"
  username_hint_text = "votre.nom@contoso.com"

  banner_logo = {
    source = "${path.module}/banner-fr.png"
  }

  # What is not set here is taken from the default, which must be there first.
  depends_on = [m365_organization_branding.default]
}
