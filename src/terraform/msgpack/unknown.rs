//! Unknown values, and what may be known about them.
//!
//! What is known travels in a map: 1 whether it is null, 2 what a string begins with, 3 and 4 the
//! bounds of a number, 5 and 6 those of a length.

use rmp::{Marker, encode as put};

use super::super::codec::CodecError;
use super::super::{Number, Refinement, Type, Value};
use super::cursor::{Cursor, mismatch};
use super::write::{length, write_number};

/// The extension code of an unknown value about which nothing is known.
const UNKNOWN: i8 = 0;
/// The extension code of an unknown value about which something is known.
const REFINED: i8 = 12;

/// Appends an unknown value.
pub(super) fn write_unknown(out: &mut Vec<u8>, refinement: Option<&Refinement>) {
    let Some(refinement) = refinement.filter(|known| **known != Refinement::default()) else {
        // cty's own bytes: one byte of data, which is of no meaning.
        _ = put::write_ext_meta(out, 1, UNKNOWN);
        return out.push(0);
    };
    let mut body = Vec::new();
    let fields = [
        refinement.null.is_some(),
        refinement.prefix.is_some(),
        refinement.lower.is_some(),
        refinement.upper.is_some(),
        refinement.least.is_some(),
        refinement.most.is_some(),
    ];
    _ = put::write_map_len(&mut body, length(fields.iter().filter(|set| **set).count()));
    if let Some(null) = refinement.null {
        _ = put::write_uint(&mut body, 1);
        _ = put::write_bool(&mut body, null);
    }
    if let Some(prefix) = &refinement.prefix {
        _ = put::write_uint(&mut body, 2);
        _ = put::write_str(&mut body, prefix);
    }
    for (key, bound) in [(3, &refinement.lower), (4, &refinement.upper)] {
        if let Some((bound, inclusive)) = bound {
            _ = put::write_uint(&mut body, key);
            _ = put::write_array_len(&mut body, 2);
            write_number(&mut body, bound);
            _ = put::write_bool(&mut body, *inclusive);
        }
    }
    for (key, length) in [(5, refinement.least), (6, refinement.most)] {
        if let Some(length) = length {
            _ = put::write_uint(&mut body, key);
            _ = put::write_uint(&mut body, length);
        }
    }
    _ = put::write_ext_meta(out, length(body.len()), REFINED);
    out.extend_from_slice(&body);
}

impl Cursor<'_> {
    /// What an extension of `length` bytes tells about an unknown value.
    pub(super) fn unknown(&mut self, length: usize) -> Result<Value, CodecError> {
        let code = i8::from_be_bytes(self.fixed()?);
        let mut body = Cursor::new(self.take(length)?);
        if code != REFINED {
            return Ok(Value::UNKNOWN);
        }
        let refinement = body.refinement().map_err(|error| {
            CodecError::new(format!("what is told about an unknown value cannot be read: {error}"))
        })?;
        let told = refinement != Refinement::default();
        Ok(Value::Unknown(told.then(|| Box::new(refinement))))
    }

    fn refinement(&mut self) -> Result<Refinement, CodecError> {
        let marker = self.marker()?;
        let fields = self.map_length(marker)?.ok_or_else(|| CodecError::new("it is no map"))?;
        let mut refinement = Refinement::default();
        for _ in 0..fields {
            let marker = self.marker()?;
            match self.number(marker)?.as_i64() {
                Some(1) => refinement.null = Some(self.truth()?),
                Some(2) => {
                    let marker = self.marker()?;
                    let prefix =
                        self.text(marker)?.ok_or_else(|| mismatch(&Type::String, marker))?;
                    refinement.prefix = Some(prefix.to_owned());
                }
                Some(3) => refinement.lower = Some(self.bound()?),
                Some(4) => refinement.upper = Some(self.bound()?),
                Some(5) => refinement.least = Some(self.count()?),
                Some(6) => refinement.most = Some(self.count()?),
                // A later Terraform may know more to tell; it allows for us not to.
                _ => self.skip(0)?,
            }
        }
        Ok(refinement)
    }

    fn truth(&mut self) -> Result<bool, CodecError> {
        match self.marker()? {
            Marker::True => Ok(true),
            Marker::False => Ok(false),
            marker => Err(mismatch(&Type::Bool, marker)),
        }
    }

    fn bound(&mut self) -> Result<(Number, bool), CodecError> {
        let marker = self.marker()?;
        if self.array_length(marker)? != Some(2) {
            return Err(CodecError::new("a bound is no pair"));
        }
        let marker = self.marker()?;
        Ok((self.number(marker)?, self.truth()?))
    }

    fn count(&mut self) -> Result<u64, CodecError> {
        let marker = self.marker()?;
        let number = self.number(marker)?;
        number.as_u64().ok_or_else(|| CodecError::new(format!("{number} is no length")))
    }
}
