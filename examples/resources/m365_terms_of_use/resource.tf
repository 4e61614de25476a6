resource "m365_terms_of_use" "example" {
  display_name = "Guests"

  is_viewing_before_acceptance_required = true

  files = [
    {
      language     = "en"
      file_name    = "terms-of-use.pdf"
      display_name = "Terms of use for guests"
      is_default   = true

      # With a file beside the configuration: filebase64("${path.module}/terms-of-use.pdf")
      content_base64 = base64encode("%PDF-1.4 Terms of use for guests")
    },
    {
      language       = "nl"
      file_name      = "gebruiksvoorwaarden.pdf"
      display_name   = "Gebruiksvoorwaarden voor gasten"
      content_base64 = base64encode("%PDF-1.4 Gebruiksvoorwaarden voor gasten")
    },
  ]
}
