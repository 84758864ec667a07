//! The numbers of a column: exact, shared, and in half the memory where that loses nothing.

use std::fmt;
use std::sync::Arc;

/// Numbers that do not change; NaN is missing. A clone shares them.
#[derive(Clone)]
pub struct Numbers(Cells);

#[derive(Clone)]
enum Cells {
    /// Numbers that are all exact as an f32.
    Single(Arc<Vec<f32>>),
    Double(Arc<dyn AsRef<[f64]> + Send + Sync>),
}

impl Numbers {
    /// Numbers that somebody else holds, such as a buffer of Arrow's; they are not copied.
    pub fn shared(numbers: Arc<dyn AsRef<[f64]> + Send + Sync>) -> Numbers {
        Numbers(Cells::Double(numbers))
    }

    /// How many there are, missing ones too.
    pub fn len(&self) -> usize {
        match &self.0 {
            Cells::Single(cells) => cells.len(),
            Cells::Double(cells) => (**cells).as_ref().len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number in a row; `None` if there is no such row.
    #[inline]
    pub fn get(&self, row: usize) -> Option<f64> {
        match &self.0 {
            Cells::Single(cells) => cells.get(row).map(|&number| f64::from(number)),
            Cells::Double(cells) => (**cells).as_ref().get(row).copied(),
        }
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = f64> {
        (0..self.len()).filter_map(|row| self.get(row))
    }

    /// The numbers of these rows, in their order. Panics if there is no such row (a bug in the caller).
    #[expect(clippy::indexing_slicing, reason = "the rows are rows of the table that the numbers belong to")]
    pub(super) fn select(&self, rows: &[u32]) -> Numbers {
        match &self.0 {
            Cells::Single(cells) => {
                let cells = rows.iter().map(|&row| cells[row as usize]).collect();
                Numbers(Cells::Single(Arc::new(cells)))
            }
            Cells::Double(cells) => {
                let cells = (**cells).as_ref();
                rows.iter().map(|&row| cells[row as usize]).collect()
            }
        }
    }
}

impl FromIterator<f64> for Numbers {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Numbers {
        let numbers = numbers.into_iter();
        let mut growing = GrowingNumbers::with_capacity(numbers.size_hint().0);
        numbers.for_each(|number| growing.push(number));
        growing.finish()
    }
}

/// Equal if they are the same bit for bit; missing equals missing.
impl PartialEq for Numbers {
    fn eq(&self, other: &Numbers) -> bool {
        let same = |(a, b): (f64, f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        self.len() == other.len() && self.iter().zip(other.iter()).all(same)
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Numbers while they are read.
#[derive(Debug)]
pub(super) enum GrowingNumbers {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl GrowingNumbers {
    /// None yet, with room for `rows`.
    pub fn with_capacity(rows: usize) -> GrowingNumbers {
        GrowingNumbers::Single(Vec::with_capacity(rows))
    }

    /// Adds a number.
    pub fn push(&mut self, number: f64) {
        match self {
            GrowingNumbers::Double(cells) => cells.push(number),
            GrowingNumbers::Single(cells) => {
                let single = number as f32;
                if f64::from(single) == number || number.is_nan() {
                    cells.push(single);
                } else {
                    let mut doubles = Vec::with_capacity(cells.capacity().max(cells.len() + 1));
                    doubles.extend(cells.iter().map(|&cell| f64::from(cell)));
                    doubles.push(number);
                    *self = GrowingNumbers::Double(doubles);
                }
            }
        }
    }

    /// The numbers, all read.
    pub fn finish(self) -> Numbers {
        Numbers(match self {
            GrowingNumbers::Single(cells) => Cells::Single(Arc::new(cells)),
            GrowingNumbers::Double(cells) => Cells::Double(Arc::new(cells)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_exactly_and_take_half_the_memory_where_they_can() {
        let whole: Numbers = [1.0, -0.0, f64::NAN, 16_777_216.0].into_iter().collect();
        assert!(matches!(whole.0, Cells::Single(_)));
        assert_eq!(whole.get(1).map(f64::to_bits), Some((-0.0f64).to_bits()));
        let exact = [1.0, f64::NAN, 0.1, 16_777_217.0, 1e300];
        let numbers: Numbers = exact.into_iter().collect();
        assert!(numbers.iter().map(f64::to_bits).eq(exact.map(f64::to_bits)));
        assert_eq!((numbers.len(), numbers.get(5)), (5, None));
    }

    #[test]
    fn numbers_are_equal_however_they_are_held() {
        let own: Numbers = [1.0, f64::NAN].into_iter().collect();
        assert_eq!(own, Numbers::shared(Arc::new([1.0, f64::NAN])));
        assert_ne!(own, Numbers::shared(Arc::new([1.0, 2.0])));
        assert_ne!(own, Numbers::shared(Arc::new([1.0])));
    }
}
