//! A place in msgpack data: reads markers, lengths, texts and bytes, and skips.

use std::borrow::Cow;

use rmp::Marker;

use super::super::Type;
use super::super::codec::{CodecError, MAX_DEPTH};

/// What is left to read.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Passes over one value of any shape.
    pub(super) fn skip(&mut self, depth: usize) -> Result<(), CodecError> {
        if depth > MAX_DEPTH {
            return Err(CodecError::too_deep());
        }
        let marker = self.marker()?;
        if let Some(length) = self.extension_length(marker)? {
            // One more for the code.
            return self.take(length.saturating_add(1)).map(|_| ());
        }
        let inner = match (self.array_length(marker)?, self.map_length(marker)?) {
            (Some(elements), _) => elements,
            (None, Some(entries)) => entries.saturating_mul(2),
            (None, None) => {
                return self.skip_scalar(marker);
            }
        };
        (0..inner).try_for_each(|_| self.skip(depth + 1))
    }

    fn skip_scalar(&mut self, marker: Marker) -> Result<(), CodecError> {
        if matches!(marker, Marker::Null | Marker::True | Marker::False)
            || self.binary(marker)?.is_some()
            || self.text(marker)?.is_some()
        {
            return Ok(());
        }
        self.number(marker).map(|_| ())
    }

    /// The binary data that `marker` begins; `None` where it begins none.
    pub(super) fn binary(&mut self, marker: Marker) -> Result<Option<&'a [u8]>, CodecError> {
        let length = match marker {
            Marker::Bin8 => usize::from(self.fixed().map(u8::from_be_bytes)?),
            Marker::Bin16 => usize::from(self.fixed().map(u16::from_be_bytes)?),
            Marker::Bin32 => wide(self.fixed().map(u32::from_be_bytes)?),
            _ => return Ok(None),
        };
        self.take(length).map(Some)
    }

    pub(super) fn key(&mut self) -> Result<&'a str, CodecError> {
        let marker = self.marker()?;
        self.text(marker)?.ok_or_else(|| CodecError::new(format!("a key is {}", name(marker))))
    }

    /// The text that `marker` begins; `None` where it begins no text.
    pub(super) fn text(&mut self, marker: Marker) -> Result<Option<&'a str>, CodecError> {
        let length = match marker {
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 => usize::from(self.fixed().map(u8::from_be_bytes)?),
            Marker::Str16 => usize::from(self.fixed().map(u16::from_be_bytes)?),
            Marker::Str32 => wide(self.fixed().map(u32::from_be_bytes)?),
            _ => return Ok(None),
        };
        let text = std::str::from_utf8(self.take(length)?);
        text.map(Some).map_err(|error| CodecError::new(format!("a text is no UTF-8: {error}")))
    }

    pub(super) fn array_length(&mut self, marker: Marker) -> Result<Option<usize>, CodecError> {
        Ok(Some(match marker {
            Marker::FixArray(length) => usize::from(length),
            Marker::Array16 => usize::from(self.fixed().map(u16::from_be_bytes)?),
            Marker::Array32 => wide(self.fixed().map(u32::from_be_bytes)?),
            _ => return Ok(None),
        }))
    }

    pub(super) fn map_length(&mut self, marker: Marker) -> Result<Option<usize>, CodecError> {
        Ok(Some(match marker {
            Marker::FixMap(length) => usize::from(length),
            Marker::Map16 => usize::from(self.fixed().map(u16::from_be_bytes)?),
            Marker::Map32 => wide(self.fixed().map(u32::from_be_bytes)?),
            _ => return Ok(None),
        }))
    }

    pub(super) fn extension_length(&mut self, marker: Marker) -> Result<Option<usize>, CodecError> {
        Ok(Some(match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => usize::from(self.fixed().map(u8::from_be_bytes)?),
            Marker::Ext16 => usize::from(self.fixed().map(u16::from_be_bytes)?),
            Marker::Ext32 => wide(self.fixed().map(u32::from_be_bytes)?),
            _ => return Ok(None),
        }))
    }

    pub(super) fn marker(&mut self) -> Result<Marker, CodecError> {
        Ok(Marker::from_u8(u8::from_be_bytes(self.fixed()?)))
    }

    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(cut_off)?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(cut_off)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn wide(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn cut_off() -> CodecError {
    CodecError::new("the value is cut off")
}

/// A value that `marker` begins is where one of the type `ty` was expected.
pub(super) fn mismatch(ty: &Type, marker: Marker) -> CodecError {
    CodecError::mismatch(ty, name(marker))
}

fn name(marker: Marker) -> Cow<'static, str> {
    match marker {
        Marker::Null => "null".into(),
        Marker::True | Marker::False => "a bool".into(),
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a text".into(),
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "an array".into(),
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a map".into(),
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "binary data".into(),
        Marker::Reserved => "a reserved byte".into(),
        _ => "a number".into(),
    }
}
