//! Which character stands between two cells.

use crate::data::notation::{Decimal, number};

const CANDIDATES: [u8; 4] = *b",;\t|";

/// Finds the separator in the first lines of a text; a comma if none divides them.
///
/// The separator that gives every line the same number of cells wins, the one with most cells if several do; but one whose cells
/// hold another candidate loses to that, where the cells of that are numbers with a decimal comma.
pub(super) fn find(sample: &str) -> u8 {
    let score = |separator: u8| {
        let counts = cells_per_line(sample, separator);
        let first = counts.first().copied().unwrap_or(0);
        let even = first > 1 && counts.iter().all(|&count| count == first);
        (even, first)
    };
    let mut best = (CANDIDATES[0], score(CANDIDATES[0]));
    for &candidate in &CANDIDATES[1..] {
        let rival = score(candidate);
        let takes_commas = best.0 == b',' && best.1.0 && rival.0 && holds_decimal_commas(sample, candidate);
        if rival > best.1 || takes_commas {
            best = (candidate, rival);
        }
    }
    best.0
}

/// Whether every cell with a comma between these separators is a number.
fn holds_decimal_commas(sample: &str, separator: u8) -> bool {
    let cells = sample.lines().flat_map(|line| line.split(char::from(separator)));
    let mut with_comma = cells.map(|cell| cell.trim().trim_matches('"')).filter(|cell| cell.contains(',')).peekable();
    with_comma.peek().is_some() && with_comma.all(|cell| number(cell, Decimal::Comma, false).is_some())
}

/// Cells of each non-blank line, separators inside quotes not counted.
fn cells_per_line(sample: &str, separator: u8) -> Vec<usize> {
    let mut counts = Vec::new();
    let (mut cells, mut quoted, mut blank) = (1, false, true);
    for byte in sample.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                if !blank {
                    counts.push(cells);
                }
                (cells, blank) = (1, true);
                continue;
            }
            _ if byte == separator && !quoted => cells += 1,
            _ => {}
        }
        blank &= byte.is_ascii_whitespace();
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_separator_is_found() {
        assert_eq!(find("a,b\n1,2\n"), b',');
        assert_eq!(find("a\tb\n1\t2\n"), b'\t');
        assert_eq!(find("a|b\n1|2\n"), b'|');
        assert_eq!(find("a\n1\n"), b',');
    }

    #[test]
    fn decimal_commas_do_not_hide_a_semicolon() {
        assert_eq!(find("a;b\n1,5;2,5\n1,0;3,2\n"), b';');
        assert_eq!(find("1,5;2,5;3,5\n1,0;3,2;0,1\n"), b';');
    }

    #[test]
    fn separators_inside_quotes_do_not_count() {
        assert_eq!(find("name;age\n\"Braund, Mr. Owen\";22\n\"Allen, A., B\";3\n"), b';');
    }
}
