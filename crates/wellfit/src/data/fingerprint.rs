//! Which rows a test set holds: known again after columns were dropped or read otherwise, classes renamed, most rows copied.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Dataset;
use super::table::{Column, Table};

/// A set of rows by where they stand and by what they hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The file's bytes and the number of the row: whatever columns are used, and however they are read.
    places: Sketch,
    /// The cells of the columns used, without the target: whatever file they stand in.
    contents: Sketch,
}

/// Sets that share this much of the smaller one are one test set.
const MOST: f64 = 0.5;

impl Fingerprint {
    /// Of rows of a table; `place` says where a row of it stands in the file whose bytes have the hash `file`.
    pub fn new(table: &Table, rows: &[u32], file: &str, place: impl Fn(u32) -> (usize, u64)) -> Fingerprint {
        let of_place = |&row: &u32| {
            let (part, number) = place(row);
            hash_of(|hash| {
                hash.update(file);
                hash.update((part as u64).to_le_bytes());
                hash.update(number.to_le_bytes());
            })
        };
        let mut columns: Vec<&Column> = table.columns().iter().collect();
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        let mut cells: Vec<u64> = rows.iter().map(|&row| hash_of(|hash| add_row(hash, &columns, row))).collect();
        cells.sort_unstable();
        let mut contents = Sketch::of(cells.iter().copied());
        if 2 * contents.size < cells.len() as u64 {
            // Rows that repeat say little one by one: rows of another sample are the same. All of them together say it.
            contents = Sketch::of([hash_of(|hash| cells.iter().for_each(|cell| hash.update(cell.to_le_bytes())))]);
        }
        Fingerprint { places: Sketch::of(rows.iter().map(of_place)), contents }
    }

    /// Whether most rows of the smaller set are in the other one.
    pub fn is_mostly(&self, other: &Fingerprint) -> bool {
        self.places.shared(&other.places) >= MOST || self.contents.shared(&other.contents) >= MOST
    }
}

impl Dataset {
    /// [`Fingerprint`] of rows of this data set, whose files have the hash `files`.
    pub fn fingerprint(&self, rows: &[u32], files: &str) -> Fingerprint {
        Fingerprint::new(&self.table, rows, files, |row| self.place_in_file(row))
    }
}

/// As many hashes are kept of a set.
const KEPT: usize = 256;

/// A set of hashes, as its least ones: a sample of it that is the same wherever it is drawn, all of it where it is small.
///
/// What two sets share is read off the least of their union (Broder, "On the resemblance and containment of documents", 1997).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sketch {
    /// How many there are.
    size: u64,
    /// The least of them, in order.
    least: Vec<u64>,
}

impl Sketch {
    fn of(hashes: impl IntoIterator<Item = u64>) -> Sketch {
        let all: BTreeSet<u64> = hashes.into_iter().collect();
        Sketch { size: all.len() as u64, least: all.into_iter().take(KEPT).collect() }
    }

    /// Which share of the smaller set is in the other one, as far as the samples tell.
    fn shared(&self, other: &Sketch) -> f64 {
        let (these, those): (BTreeSet<u64>, BTreeSet<u64>) =
            (self.least.iter().copied().collect(), other.least.iter().copied().collect());
        let union: Vec<u64> = these.union(&those).copied().take(KEPT).collect();
        let both = union.iter().filter(|hash| these.contains(hash) && those.contains(hash)).count();
        let resemblance = both as f64 / union.len().max(1) as f64;
        let intersection = resemblance / (1.0 + resemblance) * (self.size + other.size) as f64;
        intersection / self.size.min(other.size).max(1) as f64
    }
}

/// The first 52 bits of a SHA-256: every reader of JSON holds them.
fn hash_of(add: impl FnOnce(&mut Sha256)) -> u64 {
    let mut hash = Sha256::new();
    add(&mut hash);
    let digest: [u8; 32] = hash.finalize().into();
    digest.iter().take(8).fold(0, |bits, &byte| bits << 8 | u64::from(byte)) >> 12
}

fn add_row(hash: &mut Sha256, columns: &[&Column], row: u32) {
    for column in columns {
        match column.category(row) {
            Some(text) => {
                hash.update([2]);
                hash.update((text.len() as u64).to_le_bytes());
                hash.update(text.as_bytes());
            }
            None if !column.is_missing(row) => {
                hash.update([1]);
                // f32, so that a column does not change with what other rows need; + 0.0 joins -0 and 0.
                hash.update((column.number(row) as f32 + 0.0).to_bits().to_le_bytes());
            }
            None => hash.update([0]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_sets_share_is_told_whatever_their_sizes() {
        let hashes = |from: u64, to: u64| Sketch::of((from..to).map(|i| hash_of(|hash| hash.update(i.to_le_bytes()))));
        assert_eq!(hashes(0, 100).shared(&hashes(0, 100)), 1.0);
        assert_eq!(hashes(0, 100).shared(&hashes(100, 200)), 0.0);
        assert_eq!(hashes(0, 100).shared(&hashes(90, 100)), 1.0);
        assert_eq!(hashes(0, 100).shared(&hashes(60, 160)), 0.4);
        for (of, from, to, expected) in
            [(20_000, 200, 20_000, 1.0), (20_000, 15_000, 35_000, 0.25), (9_000, 8_000, 9_500, 0.67)]
        {
            let found = hashes(0, of).shared(&hashes(from, to));
            assert!((found - expected).abs() < 0.15, "{found} {expected}");
        }
        assert_eq!(Sketch::default().shared(&Sketch::default()), 0.0);
    }
}
