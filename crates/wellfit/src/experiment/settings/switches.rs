//! Values that may also be a word: `auto`, `off`, `full`.

use super::raw::Raw;
use super::value::{Refusal, Value};

/// A value, or the request to choose one from the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auto<T> {
    /// Chosen by wellfit, from rows, columns and task.
    #[default]
    Auto,
    /// Asked for.
    Given(T),
}

impl<T> Auto<T> {
    /// The value asked for.
    pub fn given(&self) -> Option<&T> {
        match self {
            Auto::Auto => None,
            Auto::Given(value) => Some(value),
        }
    }
}

/// A value, or nothing of the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch<T> {
    /// Not used.
    #[default]
    Off,
    /// Used, with this value.
    On(T),
}

impl<T> Switch<T> {
    /// The value, where it is used.
    pub fn on(&self) -> Option<&T> {
        match self {
            Switch::Off => None,
            Switch::On(value) => Some(value),
        }
    }
}

/// Rows of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// All rows of train.
    Full,
    /// This many rows.
    Rows(usize),
}

impl Batch {
    /// The number of rows, where it is a number.
    pub fn rows(self) -> Option<usize> {
        match self {
            Batch::Full => None,
            Batch::Rows(rows) => Some(rows),
        }
    }
}

impl<T: Value> Value for Auto<T> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        if *raw == Raw::text("auto") { Ok(Auto::Auto) } else { T::read(raw).map(Auto::Given) }
    }

    fn write(&self) -> Raw {
        self.given().map_or(Raw::text("auto"), Value::write)
    }

    fn forms() -> Vec<String> {
        [vec!["auto".to_owned()], T::forms()].concat()
    }

    fn words() -> Vec<&'static str> {
        [vec!["auto"], T::words()].concat()
    }
}

impl<T: Value> Value for Switch<T> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        // `early_stopping = false` means what it says.
        let off = *raw == Raw::text("off") || *raw == Raw::Flag(false);
        if off { Ok(Switch::Off) } else { T::read(raw).map(Switch::On) }
    }

    fn write(&self) -> Raw {
        self.on().map_or(Raw::text("off"), Value::write)
    }

    fn forms() -> Vec<String> {
        [vec!["off".to_owned()], T::forms()].concat()
    }

    fn words() -> Vec<&'static str> {
        [vec!["off"], T::words()].concat()
    }
}

impl Value for Batch {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        if *raw == Raw::text("full") { Ok(Batch::Full) } else { usize::read(raw).map(Batch::Rows) }
    }

    fn write(&self) -> Raw {
        self.rows().map_or(Raw::text("full"), |rows| rows.write())
    }

    fn forms() -> Vec<String> {
        [vec!["full".to_owned()], usize::forms()].concat()
    }

    fn words() -> Vec<&'static str> {
        vec!["full"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values_share_one_setting() {
        type EarlyStopping = Auto<Switch<usize>>;
        assert_eq!(EarlyStopping::read(&Raw::text("auto")), Ok(Auto::Auto));
        assert_eq!(EarlyStopping::read(&Raw::text("off")), Ok(Auto::Given(Switch::Off)));
        assert_eq!(EarlyStopping::read(&Raw::text("8")), Ok(Auto::Given(Switch::On(8))));
        assert_eq!(EarlyStopping::forms(), ["auto", "off", "a whole number"]);
        assert_eq!(Auto::<Batch>::read(&Raw::text("full")), Ok(Auto::Given(Batch::Full)));
    }
}
