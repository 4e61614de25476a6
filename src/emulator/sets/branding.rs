//! The look of the sign-in page: the default, and one for each language that has its own.

use imagesize::ImageType;
use serde_json::{Map, json};

use super::super::context::Context;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Filterable, Permissions, Properties, Set, Stream};
use super::super::store::{Place, text};

const READ: Permissions = &[
    &["OrganizationalBranding.Read.All"],
    &["OrganizationalBranding.ReadWrite.All"],
    &["Organization.Read.All"],
    &["Organization.ReadWrite.All"],
];
const WRITE: Permissions =
    &[&["OrganizationalBranding.ReadWrite.All"], &["Organization.ReadWrite.All"]];

/// What only Graph writes, and what is no part of a body.
const FIXED: &[&str] = &[
    "id",
    "cdnList",
    "backgroundImage*",
    "bannerLogo*",
    "customCSS*",
    "favicon*",
    "headerLogo*",
    "squareLogo*",
];

pub(super) static BRANDING: Set = Set {
    ty: "organizationalBranding",
    // The default is reached as a localization too, though it is none.
    paths: &[
        "organization/{organization}/branding",
        "organization/{organization}/branding/localizations/0",
        "organization/{organization}/branding/localizations/default",
    ],
    only: "0",
    speaks: true,
    upsert: true,
    read: READ,
    update: Some(WRITE),
    delete: Some(WRITE),
    read_only: FIXED,
    streams: STREAMS,
    on_create: |_, sent| check(sent),
    on_update: |_, _, sent, _| check(sent),
    on_delete: |_, branding| refuse_with_streams(branding),
    computed: TEXTS,
    ..Set::SINGLETON
};

pub(super) static LOCALIZATIONS: Set = Set {
    ty: "organizationalBrandingLocalization",
    paths: &["organization/{organization}/branding/localizations"],
    read: READ,
    create: Some(WRITE),
    update: Some(WRITE),
    delete: Some(WRITE),
    required: &["id"],
    create_only: &["id"],
    read_only: const { FIXED.split_at(1).1 },
    streams: STREAMS,
    filterable: Filterable::No,
    on_create: localize,
    on_update: |_, _, sent, _| check(sent),
    on_delete: |_, branding| refuse_with_streams(branding),
    computed: TEXTS,
    ..Set::COLLECTION
};

/// These are told as empty texts where they are not set.
const TEXTS: &[(&str, super::super::set::Compute)] = &[
    ("backgroundColor", |_, kept| text(kept, "backgroundColor").into()),
    ("signInPageText", |_, kept| text(kept, "signInPageText").into()),
    ("usernameHintText", |_, kept| text(kept, "usernameHintText").into()),
    ("cdnList", |_, kept| {
        let any = STREAMS.iter().any(|stream| kept.contains_key(stream.name));
        if any { json!(["aadcdn.msftauthimages.net"]) } else { json!([]) }
    }),
];

const STREAMS: &[Stream] = &[
    Stream {
        name: "backgroundImage",
        check: |kind, content| image(kind, content, 300 << 10, (1920, 1080)),
    },
    Stream { name: "bannerLogo", check: |kind, content| image(kind, content, 50 << 10, (245, 36)) },
    Stream { name: "customCSS", check: style },
    Stream { name: "favicon", check: |kind, content| icon(kind, content) },
    Stream { name: "headerLogo", check: |kind, content| image(kind, content, 50 << 10, (245, 36)) },
    Stream {
        name: "squareLogo",
        check: |kind, content| image(kind, content, 10 << 10, (240, 240)),
    },
    Stream {
        name: "squareLogoDark",
        check: |kind, content| image(kind, content, 10 << 10, (240, 240)),
    },
];

/// A localization is made with what it does not say taken from the default, which comes to be with
/// it.
fn localize(cx: &mut Context, sent: &mut Properties) -> Outcome<()> {
    check(sent)?;
    let locale = text(sent, "id");
    let parts: Vec<&str> = locale.split('-').collect();
    let is_language = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    let is_region = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_language(parts[0]) || parts.len() > 3 || !parts.iter().all(|part| is_region(part)) {
        return Err(Refusal::bad_request(format!("'{locale}' is not a culture name.")));
    }
    let parent = cx.parent.clone();
    let place = Place { set: "organizationalBranding", parent: &parent };
    match cx.state.get(place, "0").and_then(|default| default.current()).cloned() {
        Some(default) => {
            for (name, value) in default.iter().filter(|(_, value)| value.is_string()) {
                let is_stream = STREAMS.iter().any(|stream| name.starts_with(stream.name));
                if !is_stream && name != "id" {
                    sent.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
        }
        None => {
            let default = Map::from_iter([("id".to_owned(), "0".into())]);
            cx.state.insert(place, "organizationalBranding", default);
        }
    }
    Ok(())
}

fn check(sent: &Properties) -> Outcome<()> {
    let most = |name: &str| match name {
        "signInPageText" => Some(1024),
        "usernameHintText" => Some(64),
        _ if name.ends_with("Url") => Some(128),
        _ if name.ends_with("Text") => Some(256),
        _ => None,
    };
    for (name, value) in sent {
        let Some(text) = value.as_str() else { continue };
        if most(name).is_some_and(|most| text.chars().count() > most) {
            return Err(Refusal::bad_request(format!("The value of '{name}' is too long.")));
        }
        let is_color = |text: &str| {
            let digits = text.strip_prefix('#').unwrap_or_default();
            digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        };
        if name.ends_with("Color") && !text.is_empty() && !is_color(text) {
            return Err(Refusal::bad_request(format!("'{text}' is not a color.")));
        }
        if name.ends_with("Url") && !text.is_ascii() {
            return Err(Refusal::bad_request(format!("The URL '{name}' must be in ASCII.")));
        }
    }
    Ok(())
}

fn refuse_with_streams(branding: &Properties) -> Outcome<()> {
    match STREAMS.iter().find(|stream| branding.contains_key(stream.name)) {
        None => Ok(()),
        Some(stream) => Err(Refusal::bad_request(format!(
            "The branding cannot be deleted: the image '{}' must be removed first.",
            stream.name
        ))),
    }
}

fn image(kind: &str, content: &[u8], most: usize, pixels: (usize, usize)) -> Outcome<()> {
    let wrong = |why: &str| Err(Refusal::bad_request(format!("The image cannot be used: {why}.")));
    let format = imagesize::image_type(content);
    let agrees = match format {
        Ok(ImageType::Png) => ["image/png", "image/*"].contains(&kind),
        Ok(ImageType::Jpeg) => ["image/jpeg", "image/*"].contains(&kind),
        _ => return wrong("it is neither PNG nor JPEG"),
    };
    if !agrees {
        return wrong("the content type says something else");
    }
    if content.len() > most {
        return wrong("it is too large a file");
    }
    match imagesize::blob_size(content) {
        Ok(size) if size.width <= pixels.0 && size.height <= pixels.1 => Ok(()),
        _ => wrong("it has too many pixels"),
    }
}

fn icon(kind: &str, content: &[u8]) -> Outcome<()> {
    if matches!(imagesize::image_type(content), Ok(ImageType::Ico)) && kind.starts_with("image/") {
        return Ok(());
    }
    image(kind, content, 50 << 10, (256, 256))
}

fn style(kind: &str, content: &[u8]) -> Outcome<()> {
    if kind != "text/css" || content.len() > 25 << 10 || std::str::from_utf8(content).is_err() {
        return Err(Refusal::bad_request("The style sheet must be text/css of at most 25 KB."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_looked_at() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 0, 245, 0, 0, 0, 36, 8, 6, 0, 0, 0]);
        assert!(image("image/png", &png, 100, (245, 36)).is_ok());
        assert!(image("image/jpeg", &png, 100, (245, 36)).is_err());
        assert!(image("image/png", &png, 20, (245, 36)).is_err());
        assert!(image("image/png", &png, 100, (244, 36)).is_err());
        assert!(image("image/png", b"text", 100, (245, 36)).is_err());
        assert!(style("text/css", b"a { color: red }").is_ok());
        assert!(style("text/plain", b"a { color: red }").is_err());
    }
}
