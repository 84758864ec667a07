//! Changes made to rows in training, drawn again in every step, so that the network hardly sees the same row twice.

use std::fmt;
use std::str::FromStr;

/// How rows are changed; 0 leaves a change out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Augment {
    /// Deviation of the noise added to each number as the network gets it, normalised (Bishop 1995, *Training with noise is
    /// equivalent to Tikhonov regularization*).
    pub noise: f64,
    /// Probability with which an input is swapped for that of another row of train (as in Vincent et al. 2008, *Extracting and
    /// composing robust features with denoising autoencoders*, with another row's value in place of 0).
    pub swap: f64,
    /// α of Beta(α, α), from which the share is drawn that another row has of inputs and target (Zhang et al. 2018, *mixup:
    /// Beyond empirical risk minimization*).
    pub mixup: f64,
}

impl Augment {
    /// Rows stay as they are.
    pub fn is_none(&self) -> bool {
        *self == Augment::default()
    }

    /// The changes by name, each with its strength.
    fn named(&self) -> [(&'static str, f64); 3] {
        [("noise", self.noise), ("swap", self.swap), ("mixup", self.mixup)]
    }
}

impl fmt::Display for Augment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used: Vec<String> = self
            .named()
            .iter()
            .filter(|(_, strength)| *strength > 0.0)
            .map(|(name, strength)| format!("{name}:{strength}"))
            .collect();
        f.write_str(if used.is_empty() { "none" } else { "" })?;
        f.write_str(&used.join(","))
    }
}

impl FromStr for Augment {
    type Err = String;

    fn from_str(text: &str) -> Result<Augment, String> {
        let mut augment = Augment::default();
        if text == "none" {
            return Ok(augment);
        }
        for item in text.split(',') {
            let (name, strength) = item.trim().split_once(':').unwrap_or((item.trim(), ""));
            let (to, largest, example) = match name {
                "noise" => (&mut augment.noise, f64::MAX, "a standard deviation above 0, as in noise:0.1"),
                "swap" => (&mut augment.swap, 1.0, "a probability above 0 and at most 1, as in swap:0.1"),
                "mixup" => (&mut augment.mixup, 1.0, "an α above 0 and at most 1, as in mixup:0.2"),
                _ => return Err(format!("unknown augmentation \"{name}\"; there are noise, swap, mixup and none")),
            };
            if *to > 0.0 {
                return Err(format!("{name} is given twice"));
            }
            match strength.parse() {
                Ok(strength) if strength > 0.0 && strength <= largest => *to = strength,
                _ => return Err(format!("{name} takes {example}")),
            }
        }
        Ok(augment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["none", "noise:0.1", "swap:0.25", "noise:0.1,swap:0.05,mixup:0.2"] {
            assert_eq!(text.parse::<Augment>().map(|augment| augment.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("mixup:1, noise:3".parse(), Ok(Augment { mixup: 1.0, noise: 3.0, swap: 0.0 }));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_reason() {
        let refused = |text: &str| text.parse::<Augment>().expect_err(text);
        assert_eq!(refused("blur:1"), "unknown augmentation \"blur\"; there are noise, swap, mixup and none");
        assert_eq!(refused("swap:2"), "swap takes a probability above 0 and at most 1, as in swap:0.1");
        assert_eq!(refused("mixup"), "mixup takes an α above 0 and at most 1, as in mixup:0.2");
        assert_eq!(refused("noise:inf"), "noise takes a standard deviation above 0, as in noise:0.1");
        assert_eq!(refused("noise:0.1,noise:0.2"), "noise is given twice");
    }
}
