//! Texts as codes.

use std::collections::HashMap;

use super::table::{MISSING, Values};

/// Texts as codes, in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    /// One a row; `MISSING` is missing.
    pub codes: Vec<u32>,
    /// The different texts and the line each was first seen on.
    pub names: Vec<(String, u64)>,
    index: HashMap<String, u32>,
}

impl Labels {
    /// None yet, with room for `rows`.
    pub fn with_capacity(rows: usize) -> Labels {
        Labels { codes: Vec::with_capacity(rows), ..Labels::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, text: &str, line: u64) {
        let code = match self.index.get(text) {
            Some(&code) => code,
            None => {
                let code = self.names.len() as u32;
                self.index.insert(text.to_owned(), code);
                self.names.push((text.to_owned(), line));
                code
            }
        };
        self.codes.push(code);
    }

    /// Codes over sorted texts, so that the order of rows leaves no trace in them.
    pub fn sorted(self) -> Values {
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_by(|&a, &b| self.names[a as usize].0.cmp(&self.names[b as usize].0));
        let mut rank = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old as usize] = new as u32;
        }
        let mut codes = self.codes;
        for code in codes.iter_mut().filter(|code| **code != MISSING) {
            *code = rank[*code as usize];
        }
        let categories = order.iter().map(|&old| self.names[old as usize].0.clone()).collect();
        Values::Categorical { codes, categories }
    }
}
