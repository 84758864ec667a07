//! Learning rates as one would type them.

/// A learning rate to two digits: `0.0032`, `3.2e-5`.
pub fn rate(rate: f64) -> String {
    // Two digits say where on a logarithm a rate lies; one that is given has no more.
    let short = format!("{rate:.1e}").parse().unwrap_or(rate);
    if short < 1e-3 { format!("{short:e}") } else { short.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_two_digits() {
        assert_eq!([1e-7, 0.000_316, 0.003_16, 0.5, 10.0].map(rate), ["1e-7", "3.2e-4", "0.0032", "0.5", "10"]);
    }
}
