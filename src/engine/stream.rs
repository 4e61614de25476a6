//! Streams: files that Graph keeps, and tells only as addresses.
//!
//! The state has the hash of the content. Graph never tells the content with the object, but the
//! address of a stream changes with its content; so the address that a write led to is noted beside
//! the state, and another one says that somebody else has changed the content.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use imagesize::ImageType;
use serde_json::Value as Json;

use crate::declare::{Attribute, Format, Stream};
use crate::engine::request::{Request, Verb, object_path};
use crate::engine::{Model, names};
use crate::terraform::{Object, Value};

/// In place of a hash, where the content was written by somebody else.
const UNKNOWN: &str = "unknown";

/// Where each stream is, by property.
pub type Addresses = BTreeMap<String, String>;

/// A file that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The hash of its content, in hexadecimal.
    pub sha256: String,
    /// What it is.
    pub format: Format,
}

/// A change of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The file becomes the content.
    Write {
        /// The attribute.
        attribute: &'static str,
        /// What the stream takes.
        takes: &'static Stream,
        /// Where the stream is.
        path: String,
        /// The path of the file.
        source: String,
        /// The hash that was planned.
        sha256: String,
    },
    /// The content goes.
    Remove(Request),
}

/// The streams of a resource.
pub fn all(model: &Model) -> impl Iterator<Item = (&Attribute, &'static Stream)> {
    model.attributes.iter().filter_map(|attribute| Some((attribute, attribute.stream?)))
}

/// Looks at the content of a file.
///
/// # Errors
///
/// Why Graph would not take it, as the end of a sentence that begins with the file.
pub fn inspect(takes: &Stream, content: &[u8]) -> Result<File, String> {
    let format = takes.formats.iter().copied().find(|format| is_of(*format, content));
    let Some(format) = format else {
        let names: Vec<&str> = takes.formats.iter().map(|format| format.name()).collect();
        return Err(format!("is no {} file", names.join(" or ")));
    };
    if let Some(most) = takes.bytes.filter(|most| content.len() > *most) {
        return Err(format!("has {} bytes, and Graph takes {most} at most", content.len()));
    }
    if let Some((width, height)) = takes.pixels {
        let size = imagesize::blob_size(content)
            .map_err(|error| format!("is damaged: its size cannot be read ({error})"))?;
        if size.width > width || size.height > height {
            return Err(format!(
                "is {} x {} pixels large, and Graph takes {width} x {height} at most",
                size.width, size.height
            ));
        }
    }
    let hash = digest::digest(&digest::SHA256, content);
    let sha256 = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(File { sha256, format })
}

fn is_of(format: Format, content: &[u8]) -> bool {
    let image = imagesize::image_type(content).ok();
    match format {
        Format::Png => image == Some(ImageType::Png),
        Format::Jpeg => image == Some(ImageType::Jpeg),
        Format::Icon => image == Some(ImageType::Ico),
        // Any text can be a style sheet; nothing else can.
        Format::Css => std::str::from_utf8(content).is_ok_and(|text| !text.contains('\0')),
    }
}

/// A configuration with the hash of a file in it; unknown where the file is not known yet.
pub fn with_hash(config: &Value, name: &str, sha256: Option<&str>) -> Value {
    let mut root = config.as_object().cloned().unwrap_or_default();
    let mut file: Object = root.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    file.insert("sha256".to_owned(), sha256.map_or(Value::UNKNOWN, Value::from));
    root.insert(name.to_owned(), Value::Object(file));
    Value::Object(root)
}

/// What brings the streams from `prior` to `planned`.
pub fn changes(model: &Model, prior: &Value, planned: &Value) -> Vec<Change> {
    let changes = all(model).filter_map(|(attribute, takes)| {
        let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
        let path = path(model, attribute, planned);
        if after.is_null() {
            let there = !before.is_null();
            return there.then(|| Change::Remove(Request::new(Verb::Delete, path)));
        }
        let sha256 = after.get("sha256").as_str()?;
        (before.get("sha256").as_str() != Some(sha256)).then(|| Change::Write {
            attribute: attribute.name,
            takes,
            path,
            source: after.get("source").as_str().unwrap_or_default().to_owned(),
            sha256: sha256.to_owned(),
        })
    });
    changes.collect()
}

/// The requests that remove every stream that an object has.
pub fn removals(model: &Model, state: &Value, remote: &Json) -> Vec<Request> {
    let there = all(model).filter(|(attribute, _)| address(attribute, remote).is_some());
    there.map(|(attribute, _)| Request::new(Verb::Delete, path(model, attribute, state))).collect()
}

/// Where the streams of an object are.
pub fn addresses(model: &Model, remote: &Json) -> Addresses {
    let there = all(model).filter_map(|(attribute, _)| {
        let address = address(attribute, remote)?.to_owned();
        Some((names::location(attribute).0, address))
    });
    there.collect()
}

/// A stream in the state: what was there before as long as there is one.
pub fn state(attribute: &Attribute, remote: &Json, before: &Value) -> Value {
    match (address(attribute, remote), before) {
        (None, _) => Value::Null,
        (Some(_), Value::Object(_)) => before.clone(),
        (Some(_), _) => Value::from([("source", Value::Null), ("sha256", UNKNOWN.into())]),
    }
}

/// A state that knows no more what is in a stream whose address is another than was noted.
pub fn drifted(model: &Model, state: Value, remote: &Json, noted: &Addresses) -> Value {
    let changed = all(model).filter(|(attribute, _)| {
        let noted = noted.get(&names::location(attribute).0).map(String::as_str);
        let now = address(attribute, remote);
        noted.is_some() && now.is_some() && noted != now
    });
    let changed = changed.filter(|(attribute, _)| !state.get(attribute.name).is_null());
    changed.fold(state.clone(), |state, (attribute, _)| {
        with_hash(&state, attribute.name, Some(UNKNOWN))
    })
}

fn address<'a>(attribute: &Attribute, remote: &'a Json) -> Option<&'a str> {
    let told = format!("{}RelativeUrl", names::location(attribute).0);
    remote[told].as_str().filter(|address| !address.is_empty())
}

fn path(model: &Model, attribute: &Attribute, state: &Value) -> String {
    let place = match model.resource.streams {
        Some(place) => {
            names::fill(place, |name| state.get(name).as_str().unwrap_or_default().to_owned())
        }
        None => object_path(model.resource, state),
    };
    format!("{place}/{}", names::location(attribute).0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Resource, stream, string};

    static LOGO: Stream =
        Stream { formats: &[Format::Png, Format::Jpeg], bytes: Some(100), pixels: Some((245, 36)) };

    static BRAND: Resource = Resource {
        name: "brand",
        path: "/brands",
        attributes: &[string("text", ""), stream("logo", "", &LOGO)],
        ..Resource::MEMBER
    };

    /// The beginning of a PNG file: as much as there is to look at.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        content.extend(width.to_be_bytes());
        content.extend(height.to_be_bytes());
        content.extend([8, 6, 0, 0, 0]);
        content
    }

    #[track_caller]
    fn check(takes: &Stream, content: &[u8], expected: Result<Format, &str>) {
        let found = inspect(takes, content).map(|file| file.format);
        assert_eq!(found.as_ref().map_err(String::as_str), expected.as_ref().map_err(|why| *why));
    }

    #[test]
    fn files_are_refused_that_graph_would_not_take() {
        check(&LOGO, &png(245, 36), Ok(Format::Png));
        check(
            &LOGO,
            &png(246, 36),
            Err("is 246 x 36 pixels large, and Graph takes 245 x 36 at most"),
        );
        check(&LOGO, b"GIF89a\x01\0\x01\0", Err("is no PNG or JPEG file"));
        check(&LOGO, b"", Err("is no PNG or JPEG file"));
        check(
            &LOGO,
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            Err("is damaged: its size cannot be read (failed to fill whole buffer)"),
        );
        let large = [png(1, 1), vec![0; 100]].concat();
        check(&LOGO, &large, Err("has 129 bytes, and Graph takes 100 at most"));
        let style = Stream { formats: &[Format::Css], bytes: None, pixels: None };
        check(&style, b".ext-sign-in-box { color: #123456 }", Ok(Format::Css));
        check(&style, &png(1, 1), Err("is no CSS file"));
    }

    #[test]
    fn the_hash_is_that_of_the_content() {
        let style = Stream { formats: &[Format::Css], bytes: None, pixels: None };
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(inspect(&style, b"abc").unwrap().sha256, expected);
    }

    fn with(logo: Value) -> Value {
        Value::from([("id", Value::from("b1")), ("logo", logo)])
    }

    fn logo(source: &str, sha256: &str) -> Value {
        Value::from([("source", Value::from(source)), ("sha256", sha256.into())])
    }

    #[test]
    fn only_content_that_changed_is_written() {
        let model = Model::new(&BRAND);
        let before = with(logo("a.png", "1"));
        assert_eq!(changes(&model, &before, &with(logo("renamed.png", "1"))), []);
        let [Change::Write { path, source, sha256, .. }] =
            &changes(&model, &before, &with(logo("a.png", "2")))[..]
        else {
            panic!("one file is written")
        };
        assert_eq!(
            (path.as_str(), source.as_str(), sha256.as_str()),
            ("/brands/b1/logo", "a.png", "2")
        );
        let removed = Request::new(Verb::Delete, "/brands/b1/logo");
        assert_eq!(changes(&model, &before, &with(Value::Null)), [Change::Remove(removed)]);
    }

    #[test]
    fn another_address_is_another_content() {
        let model = Model::new(&BRAND);
        let state = with(logo("a.png", "1"));
        let noted = Addresses::from([("logo".to_owned(), "x?ts=1".to_owned())]);
        let now = |address: Json| json!({ "logoRelativeUrl": address });
        assert_eq!(drifted(&model, state.clone(), &now("x?ts=1".into()), &noted), state);
        let other = drifted(&model, state.clone(), &now("x?ts=2".into()), &noted);
        assert_eq!(other, with(logo("a.png", UNKNOWN)));
        let (attribute, _) = all(&model).next().unwrap();
        let before = state.get("logo");
        assert_eq!(super::state(attribute, &now(Json::Null), before), Value::Null);
        assert_eq!(super::state(attribute, &now("".into()), before), Value::Null);
        assert_eq!(super::state(attribute, &now("x".into()), before), *before);
    }
}
