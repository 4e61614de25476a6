resource "m365_organization_branding" "example" {
  background_color   = "#0B5FF1"
  sign_in_page_text  = "Contoso help desk: +41 44 555 01 00"
  username_hint_text = "your.name@contoso.com"

  custom_privacy_and_cookies_url = "https://contoso.com/privacy"
  custom_terms_of_use_url        = "https://contoso.com/terms"

  login_page_layout_configuration = {
    layout_template_type = "verticalSplit"
    is_header_shown      = true
    is_footer_shown      = true
  }

  login_page_text_visibility_settings = {
    hide_cannot_access_your_account = true
  }

  background_image = {
    source = "${path.module}/background.png"
  }

  banner_logo = {
    source = "${path.module}/banner.png"
  }
}
