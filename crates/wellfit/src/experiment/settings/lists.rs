//! Lists: `64,32` after a flag, `[64, 32]` in a config file.

use crate::train::Costs;

use super::raw::{Raw, split_list};
use super::value::{Refusal, Value, alternatives, scalar_text};

/// Names, such as columns or words for "missing".
impl Value for Vec<String> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        match raw {
            Raw::Text(text) => Ok(split_list(text)),
            Raw::List(items) => items.iter().map(|item| scalar_text(item).ok_or(Refusal::Form)).collect(),
            other => Ok(vec![scalar_text(other).ok_or(Refusal::Form)?]),
        }
    }

    fn write(&self) -> Raw {
        Raw::List(self.iter().map(Raw::text).collect())
    }

    fn forms() -> Vec<String> {
        vec!["a list of names (A,B)".to_owned()]
    }
}

/// Counts, such as the units of each layer.
impl Value for Vec<usize> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        read_items(raw)
    }

    fn write(&self) -> Raw {
        Raw::List(self.iter().map(Value::write).collect())
    }

    fn forms() -> Vec<String> {
        vec!["a list of whole numbers (64,32)".to_owned()]
    }
}

/// One number for all layers, or one for each.
impl Value for Vec<f64> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        read_items(raw)
    }

    fn write(&self) -> Raw {
        match self.as_slice() {
            [one] => one.write(),
            several => Raw::List(several.iter().map(Value::write).collect()),
        }
    }

    fn forms() -> Vec<String> {
        vec!["a number".to_owned(), "a list of numbers (0.9,0.8)".to_owned()]
    }
}

/// The costs of a missed positive and of a false alarm, or `none`.
impl Value for Option<Costs> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        if *raw == Raw::text("none") {
            return Ok(None);
        }
        match read_items(raw)?[..] {
            [missed_positive, false_alarm] => Ok(Some(Costs { missed_positive, false_alarm })),
            _ => Err(Refusal::Form),
        }
    }

    fn write(&self) -> Raw {
        self.map_or(Raw::text("none"), |costs| vec![costs.missed_positive, costs.false_alarm].write())
    }

    fn forms() -> Vec<String> {
        vec!["none".to_owned(), "two numbers (20,1)".to_owned()]
    }

    fn words() -> Vec<&'static str> {
        vec!["none"]
    }
}

fn read_items<T: Value>(raw: &Raw) -> Result<Vec<T>, Refusal> {
    let items = match raw {
        Raw::Text(text) => split_list(text).into_iter().map(Raw::Text).collect(),
        Raw::List(items) => items.clone(),
        other => vec![other.clone()],
    };
    // A lone item of the wrong form is the whole value of the wrong form: the message then lists every form.
    let alone = items.len() == 1;
    items
        .iter()
        .map(|item| {
            T::read(item).map_err(|refusal| match refusal {
                Refusal::Form if !alone => {
                    Refusal::Reason(format!("{} in the list is not {}", item.quoted(), alternatives(&T::forms())))
                }
                other => other,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_and_a_config_file_give_the_same_list() {
        let typed = Vec::<usize>::read(&Raw::text("64, 32"));
        let configured = Vec::<usize>::read(&Raw::List(vec![64usize.write(), 32usize.write()]));
        assert_eq!(typed, Ok(vec![64, 32]));
        assert_eq!(configured, typed);
    }

    #[test]
    fn one_number_stands_for_a_list_of_one() {
        assert_eq!(Vec::<f64>::read(&0.9.write()), Ok(vec![0.9]));
        assert_eq!(vec![0.9].write().to_toml(), "0.9");
        assert_eq!(vec![0.9, 0.8].write().to_toml(), "[0.9, 0.8]");
    }

    #[test]
    fn the_wrong_item_of_a_list_is_named() {
        let refusal = Vec::<usize>::read(&Raw::text("64,x,16"));
        assert_eq!(refusal, Err(Refusal::Reason("\"x\" in the list is not a whole number".to_owned())));
        assert_eq!(Vec::<usize>::read(&Raw::text("many")), Err(Refusal::Form));
    }

    #[test]
    fn names_may_be_numbers_and_blanks() {
        let words = Raw::List(vec![Raw::Number("-999".to_owned()), Raw::text(" ")]);
        assert_eq!(Vec::<String>::read(&words), Ok(vec!["-999".to_owned(), " ".to_owned()]));
        assert_eq!(Vec::<String>::read(&Raw::text("?,NA")), Ok(vec!["?".to_owned(), "NA".to_owned()]));
    }
}
