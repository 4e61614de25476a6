//! Numbers as Terraform has them: decimals of any size, compared by value.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, ToPrimitive};

/// A decimal number of any size. Terraform computes with 512-bit floats, so that neither `i64` nor
/// `f64` holds all that can arrive; equality is by value (`1.0` is `1`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(BigDecimal);

impl Number {
    /// The number as an integer, where it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// The number as an unsigned integer, where it is one and fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.is_integer().then(|| self.0.to_u64()).flatten()
    }

    /// The number as a float, only where the float says exactly the same number.
    pub fn as_f64(&self) -> Option<f64> {
        let float = self.0.to_f64().filter(|float| float.is_finite())?;
        (Self::from_f64(float)? == *self).then_some(float)
    }

    /// The shortest decimal that reads back as `float`; `None` for infinities and NaN.
    pub fn from_f64(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        format!("{float:?}").parse().ok()
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(BigDecimal::from(integer).normalized())
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self(BigDecimal::from(integer).normalized())
    }
}

/// Bounds the exponent so that `1e999999999` cannot make the process write a billion digits.
const MAX_EXPONENT: i64 = 4096;

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let decimal = BigDecimal::from_str(text).map_err(|_| format!("{text:?} is no number"))?;
        let (_, scale) = decimal.as_bigint_and_exponent();
        if scale.abs() > MAX_EXPONENT {
            return Err(format!("{text:?} has an exponent beyond {MAX_EXPONENT}"));
        }
        Ok(Self(decimal.normalized()))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn equality_is_by_value() {
        assert_eq!(number("1.0"), number("1"));
        assert_eq!(number("1e3"), Number::from(1000_i64));
        assert_ne!(number("0.1"), number("0.10000000000000001"));
    }

    #[test]
    fn what_a_float_cannot_hold_is_not_a_float() {
        assert_eq!(number("0.1").as_f64(), Some(0.1));
        assert_eq!(number("0.1234567890123456789").as_f64(), None);
        assert_eq!(number("18446744073709551617").as_u64(), None);
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
    }

    #[test]
    fn display_reads_back() {
        for text in ["0", "-3", "123456789012345678901234567890", "0.00000001", "1e300"] {
            assert_eq!(number(&number(text).to_string()), number(text));
        }
    }

    #[test]
    fn an_absurd_exponent_is_refused() {
        assert!("1e999999999".parse::<Number>().is_err());
    }
}
