//! A slice in consecutive parts.

use std::ops::Range;

/// Where each of the consecutive parts of a slice ends.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    ends: Vec<usize>,
}

impl Partition {
    /// Parts of these lengths, one after the other.
    ///
    /// Panics if they are longer than any slice (a bug in the caller).
    pub fn of_lengths(lengths: impl IntoIterator<Item = usize>) -> Partition {
        let mut end = 0;
        let ends = lengths.into_iter().map(|length: usize| {
            assert!(length <= usize::MAX - end, "the parts are longer than any slice");
            end += length;
            end
        });
        Partition { ends: ends.collect() }
    }

    /// The range of part i. Ranges are ascending, disjoint, and below [`Partition::covered`].
    pub fn range(&self, i: usize) -> Range<usize> {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        start..self.ends[i]
    }

    /// Number of parts.
    pub fn parts(&self) -> usize {
        self.ends.len()
    }

    /// Elements in all parts together.
    pub fn covered(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }
}
