//! Reads values.

use rmp::Marker;

use super::super::codec::{CodecError, MAX_DEPTH};
use super::super::{Number, Object, Step, Type, Value};
use super::cursor::{Cursor, mismatch};

impl Cursor<'_> {
    /// Reads a value of the type `ty` that is `depth` levels inside another.
    pub(super) fn value(&mut self, ty: &Type, depth: usize) -> Result<Value, CodecError> {
        if depth > MAX_DEPTH {
            return Err(CodecError::too_deep());
        }
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if let Some(length) = self.extension_length(marker)? {
            return self.unknown(length);
        }
        match ty {
            Type::Bool => match marker {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                _ => Err(mismatch(ty, marker)),
            },
            Type::Number => self.number(marker).map(Value::Number),
            Type::String => {
                let text = self.text(marker)?.ok_or_else(|| mismatch(ty, marker))?;
                Ok(Value::String(text.to_owned()))
            }
            Type::List(element) => self.elements(ty, marker, element, depth).map(Value::List),
            // Nothing is dropped: elements that look alike may differ once they are known.
            Type::Set(element) => self.elements(ty, marker, element, depth).map(Value::Set),
            Type::Tuple(types) => self.tuple(ty, marker, types, depth),
            Type::Map(element) => {
                let mut elements = Object::new();
                for _ in 0..self.map_length(marker)?.ok_or_else(|| mismatch(ty, marker))? {
                    let key = self.key()?;
                    let value = self.value(element, depth + 1);
                    let value = value.map_err(|error| error.inside(Step::Key(key.to_owned())))?;
                    elements.insert(key.to_owned(), value);
                }
                Ok(Value::Object(elements))
            }
            Type::Object(types) => {
                let mut attributes: Object =
                    types.keys().map(|name| (name.clone(), Value::Null)).collect();
                for _ in 0..self.map_length(marker)?.ok_or_else(|| mismatch(ty, marker))? {
                    let name = self.key()?;
                    let ty = types.get(name).ok_or_else(|| {
                        CodecError::new(format!("there is no attribute {name:?}"))
                    })?;
                    let value = self.value(ty, depth + 1);
                    let value =
                        value.map_err(|error| error.inside(Step::Attribute(name.to_owned())))?;
                    attributes.insert(name.to_owned(), value);
                }
                Ok(Value::Object(attributes))
            }
            Type::Dynamic => self.dynamic(marker, depth),
        }
    }

    fn elements(
        &mut self,
        ty: &Type,
        marker: Marker,
        element: &Type,
        depth: usize,
    ) -> Result<Vec<Value>, CodecError> {
        let length = self.array_length(marker)?.ok_or_else(|| mismatch(ty, marker))?;
        // Every element takes a byte at least: a length that lies makes nobody reserve memory.
        let mut elements = Vec::with_capacity(length.min(self.left()));
        for index in 0..length {
            let value = self.value(element, depth + 1);
            elements.push(value.map_err(|error| match ty {
                Type::Set(_) => error.inside_set(),
                _ => error.inside_index(index),
            })?);
        }
        Ok(elements)
    }

    fn tuple(
        &mut self,
        ty: &Type,
        marker: Marker,
        types: &[Type],
        depth: usize,
    ) -> Result<Value, CodecError> {
        let length = self.array_length(marker)?.ok_or_else(|| mismatch(ty, marker))?;
        if length != types.len() {
            let problem = format!("{length} elements where the tuple has {}", types.len());
            return Err(CodecError::new(problem));
        }
        let mut elements = Vec::with_capacity(types.len());
        for (index, ty) in types.iter().enumerate() {
            let value = self.value(ty, depth + 1);
            elements.push(value.map_err(|error| error.inside_index(index))?);
        }
        Ok(Value::List(elements))
    }

    fn dynamic(&mut self, marker: Marker, depth: usize) -> Result<Value, CodecError> {
        if self.array_length(marker)? != Some(2) {
            return Err(mismatch(&Type::Dynamic, marker));
        }
        let marker = self.marker()?;
        let json = self.binary(marker)?.ok_or_else(|| mismatch(&Type::Dynamic, marker))?;
        let json = serde_json::from_slice(json)
            .map_err(|error| CodecError::new(format!("a type is no JSON: {error}")))?;
        let ty = Type::from_json(&json).map_err(CodecError::new)?;
        let value = self.value(&ty, depth + 1)?;
        Ok(match value {
            // Brought its own type already.
            value if ty == Type::Dynamic => value,
            value => Value::Dynamic(Box::new((ty, value))),
        })
    }

    /// Reads the number that `marker` begins.
    pub(super) fn number(&mut self, marker: Marker) -> Result<Number, CodecError> {
        Ok(match marker {
            Marker::FixPos(number) => i64::from(number).into(),
            Marker::FixNeg(number) => i64::from(number).into(),
            Marker::U8 => i64::from(self.fixed().map(u8::from_be_bytes)?).into(),
            Marker::U16 => i64::from(self.fixed().map(u16::from_be_bytes)?).into(),
            Marker::U32 => i64::from(self.fixed().map(u32::from_be_bytes)?).into(),
            Marker::U64 => self.fixed().map(u64::from_be_bytes)?.into(),
            Marker::I8 => i64::from(self.fixed().map(i8::from_be_bytes)?).into(),
            Marker::I16 => i64::from(self.fixed().map(i16::from_be_bytes)?).into(),
            Marker::I32 => i64::from(self.fixed().map(i32::from_be_bytes)?).into(),
            Marker::I64 => self.fixed().map(i64::from_be_bytes)?.into(),
            Marker::F32 => exact(f64::from(self.fixed().map(f32::from_be_bytes)?))?,
            Marker::F64 => exact(self.fixed().map(f64::from_be_bytes)?)?,
            _ => {
                let text = self.text(marker)?.ok_or_else(|| mismatch(&Type::Number, marker))?;
                text.parse().map_err(CodecError::new)?
            }
        })
    }
}

/// The number that a float is, to the last binary digit: Terraform sends a float only for what it
/// is exactly, and wants that same number back.
fn exact(float: f64) -> Result<Number, CodecError> {
    /// The most decimal places that a float can have.
    const PLACES: usize = 1074;
    if !float.is_finite() {
        return Err(CodecError::new("a number is infinite, which nothing here can be"));
    }
    format!("{float:.PLACES$}").parse().map_err(CodecError::new)
}
