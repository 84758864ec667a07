//! Numbers: finite, in plain digits, written in the shortest way that reads back exactly.

use super::raw::{Raw, shortened};
use super::value::{Refusal, Value};

/// A finite number.
impl Value for f64 {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let number: f64 = digits(raw)?.parse().map_err(|_| Refusal::Form)?;
        if number.is_finite() {
            // `-0` means 0, and would not read back as the same bits through an integer.
            Ok(if number == 0.0 { 0.0 } else { number })
        } else {
            Err(Refusal::Reason(format!("{} is not a finite number", raw.quoted())))
        }
    }

    fn write(&self) -> Raw {
        let size = self.abs();
        let plain = *self == 0.0 || (1e-4..1e15).contains(&size);
        Raw::Number(if plain { self.to_string() } else { format!("{self:e}") })
    }

    fn forms() -> Vec<String> {
        vec!["a number".to_owned()]
    }
}

/// A number, or `none`.
impl Value for Option<f64> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        if *raw == Raw::text("none") { Ok(None) } else { f64::read(raw).map(Some) }
    }

    fn write(&self) -> Raw {
        self.map_or(Raw::text("none"), |number| number.write())
    }

    fn forms() -> Vec<String> {
        [vec!["none".to_owned()], f64::forms()].concat()
    }

    fn words() -> Vec<&'static str> {
        vec!["none"]
    }
}

macro_rules! whole_number {
    ($type:ty) => {
        /// A whole number, 0 or more.
        impl Value for $type {
            fn read(raw: &Raw) -> Result<Self, Refusal> {
                let digits = digits(raw)?;
                let (negative, size) = match digits.strip_prefix('-') {
                    Some(size) => (true, size),
                    None => (false, digits.strip_prefix('+').unwrap_or(digits)),
                };
                if size.is_empty() || !size.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(Refusal::Form);
                }
                if negative {
                    return Err(Refusal::Reason(format!("{} is below 0", shortened(digits))));
                }
                size.parse().map_err(|_| {
                    Refusal::Reason(format!("{} is too large (at most {})", shortened(digits), <$type>::MAX))
                })
            }

            fn write(&self) -> Raw {
                Raw::Number(self.to_string())
            }

            fn forms() -> Vec<String> {
                vec!["a whole number".to_owned()]
            }
        }
    };
}

whole_number!(usize);
whole_number!(u64);

/// What may be the digits of a number; a flag's value is text.
fn digits(raw: &Raw) -> Result<&str, Refusal> {
    match raw {
        Raw::Text(text) => Ok(text.trim()),
        Raw::Number(digits) => Ok(digits),
        _ => Err(Refusal::Form),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_that_is_not_finite_is_refused() {
        for text in ["NaN", "inf", "-inf", "1e999"] {
            assert!(matches!(f64::read(&Raw::text(text)), Err(Refusal::Reason(_))), "{text}");
        }
        assert_eq!(f64::read(&Raw::text("fast")), Err(Refusal::Form));
        assert_eq!(f64::read(&Raw::text("")), Err(Refusal::Form));
    }

    #[test]
    fn a_whole_number_has_no_sign_and_no_point() {
        assert_eq!(usize::read(&Raw::text("64")), Ok(64));
        assert_eq!(usize::read(&Raw::text("6.5")), Err(Refusal::Form));
        assert_eq!(usize::read(&Raw::text("-")), Err(Refusal::Form));
        assert_eq!(usize::read(&Raw::text("-3")), Err(Refusal::Reason("-3 is below 0".to_owned())));
        assert!(matches!(usize::read(&Raw::text("99999999999999999999")), Err(Refusal::Reason(_))));
    }

    proptest! {
        #[test]
        fn every_finite_number_reads_back_exactly(number in prop::num::f64::NORMAL | prop::num::f64::ZERO) {
            prop_assert_eq!(f64::read(&number.write()), Ok(number));
        }
    }
}
