//! Bounds of numbers. Each message says the bound and what the number means.

/// Passes `number` if it is above 0; `meaning` ends the message.
pub fn above_zero(number: f64, meaning: &str) -> Result<(), String> {
    require(number > 0.0, number, "above 0", meaning)
}

/// Passes `number` if it is 0 or above.
pub fn at_least_zero(number: f64, meaning: &str) -> Result<(), String> {
    require(number >= 0.0, number, "0 or above", meaning)
}

/// Passes `number` if it is `most` or below.
pub fn at_most(most: f64, number: f64, meaning: &str) -> Result<(), String> {
    require(number <= most, number, &format!("{most:e} or below"), meaning)
}

/// Passes `number` if it is in [0, 1).
pub fn below_one(number: f64, meaning: &str) -> Result<(), String> {
    require((0.0..1.0).contains(&number), number, "in [0, 1)", meaning)
}

/// Passes `number` if it is in (0, 1].
pub fn share(number: f64, meaning: &str) -> Result<(), String> {
    require(number > 0.0 && number <= 1.0, number, "in (0, 1]", meaning)
}

/// Passes `count` if it is `least` or more.
pub fn at_least(least: usize, count: usize, meaning: &str) -> Result<(), String> {
    if count >= least { Ok(()) } else { Err(format!("{count} is below {least}; {meaning}")) }
}

/// Passes a list of one value for all layers, or one each: not empty, every value passing `check`.
pub fn each(values: &[f64], check: impl Fn(f64) -> Result<(), String>) -> Result<(), String> {
    if values.is_empty() {
        return Err("the list is empty; give one value for all layers, or one each".to_owned());
    }
    values.iter().try_for_each(|value| check(*value))
}

/// Spreads one value for all layers, or one each, over `layers` layers named `layer_kind` ("hidden layer").
///
/// The message of a wrong count names both counts.
pub fn one_for_each(values: &[f64], layers: usize, layer_kind: &str) -> Result<Vec<f64>, String> {
    match values {
        [one] => Ok(vec![*one; layers]),
        several if several.len() == layers => Ok(several.to_vec()),
        several => Err(format!(
            "{} values for {layers} {layer_kind}{}; give one for all, or one each",
            several.len(),
            if layers == 1 { "" } else { "s" }
        )),
    }
}

/// The inverse of [`one_for_each`]: one value where all are equal, so that they fit any number of layers.
pub fn one_if_equal(values: &[f64]) -> Vec<f64> {
    match values {
        [first, rest @ ..] if rest.iter().all(|value| value == first) => vec![*first],
        values => values.to_vec(),
    }
}

fn require(holds: bool, number: f64, bound: &str, meaning: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{number} is not {bound}; {meaning}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_or_of_more_than_all_is_refused_with_the_reason() {
        let meaning = "it is the probability of keeping a unit";
        assert_eq!(share(1.0, meaning), Ok(()));
        assert_eq!(
            share(1.2, meaning),
            Err("1.2 is not in (0, 1]; it is the probability of keeping a unit".to_owned())
        );
        assert!(share(0.0, meaning).is_err());
        assert!(below_one(0.0, "").is_ok());
        assert!(below_one(1.0, "").is_err());
    }

    #[test]
    fn one_value_serves_every_layer_and_a_wrong_count_is_refused() {
        assert_eq!(one_for_each(&[0.9], 3, "hidden layer"), Ok(vec![0.9; 3]));
        assert_eq!(one_for_each(&[0.9, 0.8], 2, "hidden layer"), Ok(vec![0.9, 0.8]));
        assert_eq!(one_if_equal(&[0.9, 0.9, 0.9]), [0.9]);
        assert_eq!(one_if_equal(&[0.9, 0.8]), [0.9, 0.8]);
        let refusal = "2 values for 3 hidden layers; give one for all, or one each".to_owned();
        assert_eq!(one_for_each(&[0.9, 0.8], 3, "hidden layer"), Err(refusal));
    }
}
