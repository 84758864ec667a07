//! Numbers in few digits.

/// A number with four digits that count, whole numbers as they are.
pub(crate) fn significant(number: f64) -> String {
    if number.abs() >= 1e15 {
        return format!("{number:e}");
    }
    if number.fract() == 0.0 {
        return format!("{number}");
    }
    let digits = 3 - number.abs().log10().floor().clamp(-12.0, 3.0) as i32;
    let rounded = format!("{number:.*}", digits.max(0) as usize);
    if rounded.contains('.') { rounded.trim_end_matches('0').trim_end_matches('.').to_owned() } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_count() {
        let cases =
            [(0.0, "0"), (-999.0, "-999"), (500_001.0, "500001"), (1.234_56, "1.235"), (0.001_234_6, "0.001235")];
        for (number, text) in cases {
            assert_eq!(significant(number), text);
        }
        assert_eq!([significant(123.456), significant(98_765.4), significant(2e17)], ["123.5", "98765", "2e17"]);
    }
}
