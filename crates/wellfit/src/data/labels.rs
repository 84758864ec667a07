//! Texts as codes.

use std::hash::{BuildHasher, RandomState};

use super::DataError;
use super::notation::words;
use super::read::Images;
use super::table::{MISSING, Values};

/// Texts as codes, in order of appearance.
///
/// The texts stand one behind the other, and are found through a table of codes: a column of millions of different texts
/// takes little more than the texts.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    /// One a row; `MISSING` is missing.
    pub codes: Vec<u32>,
    /// All different texts.
    text: String,
    /// For each different text: where it ends, and the line it was first seen on.
    ends: Vec<(usize, u32)>,
    /// Open addressing: one more than a code, or 0. A power of two, at most half of them taken.
    slots: Vec<u32>,
    /// Its seeds are secret, so that nobody can write texts that all want the same slot.
    hasher: RandomState,
}

impl Labels {
    /// None yet, with room for `rows`.
    pub fn with_capacity(rows: usize) -> Labels {
        Labels { codes: Vec::with_capacity(rows), ..Labels::default() }
    }

    /// The labels of images, the number of each as a text.
    pub fn of_images(images: &Images) -> Result<Labels, DataError> {
        let mut labels = Labels::default();
        for (row, label) in images.labels()?.iter().enumerate() {
            labels.push(&label.to_string(), row as u64 + 1);
        }
        Ok(labels)
    }

    /// Adds a row.
    pub fn push(&mut self, text: &str, line: u64) {
        if 2 * self.ends.len() >= self.slots.len() {
            self.grow();
        }
        let code = match self.find(text) {
            Ok(code) => code,
            Err(slot) => {
                let code = self.ends.len() as u32;
                self.text.push_str(text);
                self.ends.push((self.text.len(), u32::try_from(line).unwrap_or(u32::MAX)));
                if let Some(slot) = self.slots.get_mut(slot) {
                    *slot = code + 1;
                }
                code
            }
        };
        self.codes.push(code);
    }

    /// The different texts, by code.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|code| self.name(code))
    }

    /// The line on which a text was first seen.
    pub fn line(&self, code: usize) -> u64 {
        self.ends.get(code).map_or(0, |&(_, line)| u64::from(line))
    }

    /// The rows of each text, by code.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.ends.len()];
        for &code in &self.codes {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// Codes over sorted texts, so that they do not depend on the order of rows. A word for yes or no has the spelling that stands there
    /// most often.
    pub fn sorted(mut self) -> Values {
        self.slots = Vec::new();
        let spelled = self.spelled();
        let mut order: Vec<u32> =
            (0..self.ends.len() as u32).filter(|code| spelled.get(*code as usize) == Some(code)).collect();
        order.sort_by(|&a, &b| self.name(a as usize).cmp(self.name(b as usize)));
        let categories = order.iter().map(|&old| self.name(old as usize).to_owned()).collect();
        let mut rank = vec![MISSING; spelled.len()];
        for (new, &old) in order.iter().enumerate() {
            if let Some(rank) = rank.get_mut(old as usize) {
                *rank = new as u32;
            }
        }
        let mut codes = self.codes;
        for code in &mut codes {
            let spelled = spelled.get(*code as usize).copied().unwrap_or(MISSING);
            *code = rank.get(spelled as usize).copied().unwrap_or(MISSING);
        }
        Values::Categorical { codes, categories }
    }

    /// For each code the code of its spelling: itself but for words for yes and no that others write otherwise.
    fn spelled(&self) -> Vec<u32> {
        let mut spelled: Vec<u32> = (0..self.ends.len() as u32).collect();
        let answers: Vec<usize> = (0..self.ends.len()).filter(|code| words::is_answer(self.name(*code))).collect();
        if answers.len() > 1 {
            let counts = self.counts();
            let count = |code: &usize| counts.get(*code).copied().unwrap_or(0);
            for &code in &answers {
                let same = answers.iter().filter(|other| words::same_answer(self.name(**other), self.name(code)));
                // Of two that are as frequent the first.
                let usual = same.copied().max_by_key(|other| (count(other), std::cmp::Reverse(*other)));
                spelled.iter_mut().skip(code).take(1).for_each(|spelled| *spelled = usual.unwrap_or(code) as u32);
            }
        }
        spelled
    }

    fn name(&self, code: usize) -> &str {
        let end = |code: usize| self.ends.get(code).map_or(0, |&(end, _)| end);
        let start = code.checked_sub(1).map_or(0, end);
        self.text.get(start..end(code)).unwrap_or("")
    }

    /// The code of a text, or the slot that would hold it.
    fn find(&self, text: &str) -> Result<u32, usize> {
        let mask = self.slots.len().saturating_sub(1);
        let mut slot = self.hasher.hash_one(text) as usize & mask;
        loop {
            match self.slots.get(slot).copied().unwrap_or(0) {
                0 => return Err(slot),
                code if self.name(code as usize - 1) == text => return Ok(code - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        self.slots = vec![0; (2 * self.slots.len()).max(16)];
        for code in 0..self.ends.len() {
            if let Err(slot) = self.find(self.name(code))
                && let Some(slot) = self.slots.get_mut(slot)
            {
                *slot = code as u32 + 1;
            }
        }
    }
}

impl Values {
    /// Texts as categories; `None` is missing.
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Values {
        let mut labels = Labels::default();
        for text in texts {
            match text {
                Some(text) => labels.push(text, 0),
                None => labels.codes.push(MISSING),
            }
        }
        labels.sorted()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_get_codes_in_order_of_appearance_and_then_in_order() {
        let mut labels = Labels::default();
        let texts: Vec<String> = (0..1000).map(|i| format!("text {}", i * 7 % 500)).collect();
        for (line, text) in texts.iter().enumerate() {
            labels.push(text, line as u64);
        }
        labels.codes.push(MISSING);
        assert!(labels.names().eq(texts.iter().take(500).map(String::as_str)));
        assert_eq!((labels.line(499), labels.counts()), (499, vec![2; 500]));
        let Values::Categorical { codes, categories } = labels.sorted() else { panic!() };
        assert!(categories.is_sorted());
        assert!(texts.iter().zip(&codes).all(|(text, &code)| &categories[code as usize] == text));
        assert_eq!(codes[1000], MISSING);
    }
}
