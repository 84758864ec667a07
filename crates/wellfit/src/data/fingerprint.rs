//! A hash of rows that names a test set wherever it lies.

#![expect(clippy::indexing_slicing, reason = "rows are rows of the table, and the target has one answer for each")]

use sha2::{Digest, Sha256};

use crate::store::hex;

use super::Dataset;
use super::table::{Column, Table};
use super::target::{Target, TargetValues};

impl Dataset {
    /// [`fingerprint`] of rows of this data set.
    pub fn fingerprint(&self, rows: &[u32]) -> String {
        fingerprint(&self.table, &self.target, rows)
    }
}

/// SHA-256 in hex over the cells and answers of rows, whatever their order, the file's path and the seed.
pub fn fingerprint(table: &Table, target: &Target, rows: &[u32]) -> String {
    let mut columns: Vec<&Column> = table.columns().iter().collect();
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    let mut digests: Vec<[u8; 32]> = rows
        .iter()
        .map(|&row| {
            let mut hash = Sha256::new();
            for column in &columns {
                match column.category(row) {
                    Some(text) => add_text(&mut hash, text),
                    // f32, so that a column does not change with what other rows need; + 0.0 joins -0 and 0.
                    None if !column.is_missing(row) => add_number(&mut hash, column.number(row) as f32 + 0.0),
                    None => hash.update([0]),
                }
            }
            match &target.values {
                TargetValues::Numbers(numbers) => add_number(&mut hash, numbers[row as usize] as f32),
                TargetValues::Classes(codes) => {
                    let class = &target.classes[codes[row as usize] as usize];
                    // A number is the same answer whether it is read as a class or not.
                    match class.parse::<f32>() {
                        Ok(number) => add_number(&mut hash, number),
                        Err(_) => add_text(&mut hash, class),
                    }
                }
            }
            hash.finalize().into()
        })
        .collect();
    digests.sort_unstable();
    let mut hash = Sha256::new();
    digests.iter().for_each(|digest| hash.update(digest));
    hex(&hash.finalize())
}

fn add_number(hash: &mut Sha256, number: f32) {
    hash.update([1]);
    hash.update(number.to_bits().to_le_bytes());
}

fn add_text(hash: &mut Sha256, text: &str) {
    hash.update([2]);
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}
