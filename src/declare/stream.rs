//! A property that is a stream: written as a file by PUT, and told only as an address.

use super::Attribute;
use super::attribute::{Kind, string};

/// What a stream takes.
///
/// Graph keeps it at `<place>/<property>`, where PUT of the content writes it and DELETE removes it,
/// and tells it as `<property>RelativeUrl`, which changes when the content does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The formats that Graph takes.
    pub formats: &'static [Format],
    /// The most bytes, where Graph's documentation gives a limit.
    pub bytes: Option<usize>,
    /// The greatest width and height in pixels, where Graph's documentation gives a limit.
    pub pixels: Option<(usize, usize)>,
}

/// A format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/x-icon`
    Icon,
    /// `text/css`
    Css,
}

impl Format {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Icon => "ICO",
            Self::Css => "CSS",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Icon => "image/x-icon",
            Self::Css => "text/css",
        }
    }
}

/// A stream, given as a file. The state has the hash of the content and not the content.
pub const fn stream(name: &'static str, doc: &'static str, stream: &'static Stream) -> Attribute {
    let file = Attribute::new(name, doc, Kind::Object(FILE)).not_returned();
    Attribute { stream: Some(stream), ..file }
}

const FILE: &[Attribute] = &[
    string(
        "source",
        "The path of the file, such as `\"${path.module}/logo.png\"`. It must be there at plan.",
    )
    .required(),
    string(
        "sha256",
        "The SHA-256 hash of the content, in hexadecimal, worked out at plan: a file whose content \
         changed is uploaded again. `unknown` where the content was not uploaded by this resource.",
    )
    .computed(),
];
