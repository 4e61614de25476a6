//! How long a token signing certificate is still good, read from the certificate itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How many days before its end a certificate is spoken of: Entra begins to look for its successor
/// that long before.
pub const NOTICE_DAYS: i64 = 30;

const DAY: i64 = 86_400;

/// What is to be said of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is good for longer than [`NOTICE_DAYS`].
    Good,
    /// It ends in so many days.
    EndsIn(i64),
    /// It ended so many days ago.
    Ended(i64),
    /// It begins to be good in so many days.
    NotYet(i64),
    /// It cannot be read; the words say why.
    Unreadable(String),
}

/// The base64 text of a certificate without line breaks and without the lines around it in a PEM
/// file: what Graph keeps.
pub fn bare(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("-----"));
    lines.flat_map(|line| line.chars().filter(|letter| !letter.is_whitespace())).collect()
}

/// How a certificate stands at `now`, seconds since 1970.
pub fn standing(text: &str, now: i64) -> Standing {
    let (begins, ends) = match validity(text) {
        Ok(validity) => validity,
        Err(why) => return Standing::Unreadable(why),
    };
    if now > ends {
        return Standing::Ended((now - ends) / DAY);
    }
    if now < begins {
        return Standing::NotYet((begins - now) / DAY + 1);
    }
    match (ends - now) / DAY {
        days if days < NOTICE_DAYS => Standing::EndsIn(days),
        _ => Standing::Good,
    }
}

/// When a certificate begins and ceases to be good, seconds since 1970.
fn validity(text: &str) -> Result<(i64, i64), String> {
    let der = STANDARD.decode(bare(text)).map_err(|error| format!("it is not base64: {error}"))?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&der)
        .map_err(|error| format!("it is no X.509 certificate: {error}"))?;
    let validity = certificate.validity();
    Ok((validity.not_before.timestamp(), validity.not_after.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate good from 2026-01-01 to 2027-01-01.
    fn certificate() -> String {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut parameters = rcgen::CertificateParams::default();
        parameters.not_before = rcgen::date_time_ymd(2026, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2027, 1, 1);
        parameters.self_signed(&key).expect("a certificate").pem()
    }

    const BEGIN: i64 = 1_767_225_600;
    const END: i64 = 1_798_761_600;

    #[track_caller]
    fn check(now: i64, expected: Standing) {
        let pem = certificate();
        assert_eq!(standing(&pem, now), expected);
        assert_eq!(standing(&bare(&pem), now), expected);
    }

    #[test]
    fn a_certificate_says_how_long_it_is_good() {
        check(BEGIN + 1, Standing::Good);
        check(END - 31 * DAY, Standing::Good);
        check(END - 29 * DAY, Standing::EndsIn(29));
        check(END + 2 * DAY, Standing::Ended(2));
        check(BEGIN - 1, Standing::NotYet(1));
    }

    #[test]
    fn what_is_no_certificate_is_told() {
        for text in ["MIIE3jCCAsagAwIBAgIQQcyDaZz3MI", "!", ""] {
            assert!(matches!(standing(text, 0), Standing::Unreadable(_)), "{text}");
        }
    }
}
