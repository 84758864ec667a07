//! Where the rows that a network reads come from.

use std::borrow::Cow;

use wellfit_kernels::prefetch::prefetch;
use wellfit_kernels::scalar::Scalar;

/// Prepared rows, read one at a time: the numbers and category codes that [`super::Features`] lists.
///
/// How they are held is its own affair; today as two matrices in memory, row-major, so that a batch is gathered with one
/// copy a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowSource {
    rows: usize,
    /// Numbers and codes in a row.
    widths: (usize, usize),
    /// (rows, numbers).
    numbers: Vec<f32>,
    /// (rows, codes).
    codes: Vec<u32>,
}

impl RowSource {
    /// `rows` rows from `numbers`, (rows, numbers in a row), and `codes`, (rows, codes in a row), both row-major.
    ///
    /// Panics if a length is no multiple of the rows (a bug in the caller).
    pub fn of_matrix(rows: usize, numbers: Vec<f32>, codes: Vec<u32>) -> RowSource {
        let widths = (numbers.len() / rows.max(1), codes.len() / rows.max(1));
        let whole = numbers.len() == rows * widths.0 && codes.len() == rows * widths.1;
        assert!(whole, "every one of {rows} rows has as many inputs");
        RowSource { rows, widths, numbers, codes }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Numbers in a row.
    pub fn numbers_in_a_row(&self) -> usize {
        self.widths.0
    }

    /// Category codes in a row.
    pub fn codes_in_a_row(&self) -> usize {
        self.widths.1
    }

    /// Reads row `row` into `numbers`, (numbers in a row,), and `codes`, (codes in a row,).
    #[inline]
    pub fn read<T: Scalar>(&self, row: usize, numbers: &mut [T], codes: &mut [u32]) {
        for (to, &from) in numbers.iter_mut().zip(self.numbers_of(row)) {
            *to = T::from_f64(f64::from(from));
        }
        codes.copy_from_slice(self.codes_of(row));
    }

    /// Asks for the numbers of a row that will be read soon.
    #[inline]
    pub fn prefetch(&self, row: usize) {
        prefetch(self.numbers_of(row));
    }

    /// The numbers of all rows, (rows, numbers), row-major.
    pub fn numbers(&self) -> Cow<'_, [f32]> {
        Cow::Borrowed(&self.numbers)
    }

    /// The category codes of all rows, (rows, codes), row-major.
    pub fn codes(&self) -> Cow<'_, [u32]> {
        Cow::Borrowed(&self.codes)
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "callers read rows below `rows`")]
    fn numbers_of(&self, row: usize) -> &[f32] {
        let width = self.numbers_in_a_row();
        &self.numbers[row * width..][..width]
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "callers read rows below `rows`")]
    fn codes_of(&self, row: usize) -> &[u32] {
        let width = self.codes_in_a_row();
        &self.codes[row * width..][..width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_numbers_and_its_codes() {
        let source = RowSource::of_matrix(2, vec![1.0, 2.0, 3.0, 4.0], vec![7, 8]);
        let (mut numbers, mut codes) = ([0.0f64; 2], [0; 1]);
        source.read(1, &mut numbers, &mut codes);
        assert_eq!((numbers, codes), ([3.0, 4.0], [8]));
        assert_eq!((source.rows(), source.numbers_in_a_row(), source.codes_in_a_row()), (2, 2, 1));
    }

    #[test]
    fn rows_may_have_numbers_alone_or_codes_alone() {
        assert_eq!(RowSource::of_matrix(2, vec![1.0, 2.0], Vec::new()).codes_in_a_row(), 0);
        assert_eq!(RowSource::of_matrix(2, Vec::new(), vec![1, 2]).numbers_in_a_row(), 0);
        assert_eq!(RowSource::default().rows(), 0);
    }
}
