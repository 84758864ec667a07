//! A value for some names: `COL=numeric,COL2=text` after a flag, `{ COL = "numeric" }` in a config file.

use std::collections::BTreeSet;

use super::raw::{Raw, split_list};
use super::value::{Refusal, Value, alternatives};

/// Names and their values, in the order written; no name twice.
pub type Pairs<T> = Vec<(String, T)>;

impl<T: Value> Value for Pairs<T> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let written: Vec<(String, Raw)> = match raw {
            Raw::Table(pairs) => pairs.clone(),
            Raw::Text(text) => split_list(text).iter().map(|item| pair(item)).collect::<Result<_, _>>()?,
            Raw::List(items) => items
                .iter()
                .map(|item| if let Raw::Text(text) = item { pair(text) } else { Err(Refusal::Form) })
                .collect::<Result<_, _>>()?,
            _ => return Err(Refusal::Form),
        };
        let mut seen = BTreeSet::new();
        written
            .iter()
            .map(|(name, raw)| {
                if !seen.insert(name) {
                    return Err(Refusal::Reason(format!("{name} is named twice")));
                }
                let value = T::read(raw).map_err(|refusal| match refusal {
                    Refusal::Form => {
                        Refusal::Reason(format!("{name}: {} is not {}", raw.quoted(), alternatives(&T::forms())))
                    }
                    Refusal::Reason(reason) => Refusal::Reason(format!("{name}: {reason}")),
                })?;
                Ok((name.clone(), value))
            })
            .collect()
    }

    fn write(&self) -> Raw {
        Raw::Table(self.iter().map(|(name, value)| (name.clone(), value.write())).collect())
    }

    fn forms() -> Vec<String> {
        vec!["a list of NAME=VALUE".to_owned()]
    }
}

/// Splits at the last `=`: names may hold one, values do not.
fn pair(item: &str) -> Result<(String, Raw), Refusal> {
    let (name, value) = item.rsplit_once('=').ok_or(Refusal::Form)?;
    Ok((name.trim().to_owned(), Raw::text(value.trim())))
}

/// How much a row of each class counts in the loss.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ClassWeights {
    /// Every row counts the same.
    #[default]
    None,
    /// Every class counts the same: a row weighs as much as its class is rare.
    Balanced,
    /// A weight for each class named; classes not named weigh 1.
    Given(Pairs<f64>),
}

impl ClassWeights {
    /// The weights that were written out.
    pub fn given(&self) -> &[(String, f64)] {
        match self {
            ClassWeights::Given(pairs) => pairs,
            ClassWeights::None | ClassWeights::Balanced => &[],
        }
    }
}

impl Value for ClassWeights {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        match raw {
            Raw::Text(text) if text == "none" => Ok(ClassWeights::None),
            Raw::Text(text) if text == "balanced" => Ok(ClassWeights::Balanced),
            other => match Pairs::<f64>::read(other)? {
                pairs if pairs.is_empty() => Ok(ClassWeights::None),
                pairs => Ok(ClassWeights::Given(pairs)),
            },
        }
    }

    fn write(&self) -> Raw {
        match self {
            ClassWeights::None => Raw::text("none"),
            ClassWeights::Balanced => Raw::text("balanced"),
            ClassWeights::Given(pairs) => pairs.write(),
        }
    }

    fn forms() -> Vec<String> {
        vec!["none".to_owned(), "balanced".to_owned(), "a list of CLASS=WEIGHT".to_owned()]
    }

    fn words() -> Vec<&'static str> {
        vec!["none", "balanced"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_an_equals_sign_and_a_comma() {
        let pairs = Pairs::<f64>::read(&Raw::text("a=b=2,\"c,d=1\""));
        assert_eq!(pairs, Ok(vec![("a=b".to_owned(), 2.0), ("c,d".to_owned(), 1.0)]));
        assert_eq!(Pairs::<f64>::read(&Raw::text(pairs.unwrap().write().to_text())).unwrap().len(), 2);
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        assert_eq!(Pairs::<f64>::read(&Raw::text("a=1,a=2")), Err(Refusal::Reason("a is named twice".to_owned())));
    }

    #[test]
    fn class_weights_are_a_word_or_pairs() {
        assert_eq!(ClassWeights::read(&Raw::text("balanced")), Ok(ClassWeights::Balanced));
        let given = ClassWeights::read(&Raw::text("yes=3"));
        assert_eq!(given, Ok(ClassWeights::Given(vec![("yes".to_owned(), 3.0)])));
        assert_eq!(ClassWeights::read(&Raw::text("balancd")), Err(Refusal::Form));
    }
}
