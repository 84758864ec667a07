//! The categories of a table among those that were fitted.

use crate::data::notation::words::same_value;
use crate::data::table::{Column, Values};

/// For each row of a column, the place of its category among the fitted ones.
pub(crate) struct Lookup<'a> {
    codes: &'a [u32],
    places: Vec<Option<usize>>,
}

impl<'a> Lookup<'a> {
    /// Both the column's categories and the `fitted` ones are sorted.
    pub fn new(column: &'a Column, fitted: &[String]) -> Lookup<'a> {
        match &column.values {
            Values::Categorical { codes, categories } => {
                let place =
                    |category: &String| fitted.binary_search(category).ok().or_else(|| same_value(fitted, category));
                let places = categories.iter().map(place).collect();
                Lookup { codes, places }
            }
            _ => Lookup { codes: &[], places: Vec::new() },
        }
    }

    /// `None` where the cell is missing or its category was not fitted.
    pub fn place(&self, row: u32) -> Option<usize> {
        let code = *self.codes.get(row as usize)?;
        self.places.get(code as usize).copied().flatten()
    }
}
