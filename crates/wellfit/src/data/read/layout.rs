//! How a text file is laid out: what stands above its header, its separator, its quotes, what its rows end in.

use super::separator;
use crate::data::notation::{Decimal, number, words};

/// How the records of a text file are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub separator: u8,
    /// Lines above the first record that are no part of the table.
    pub preamble: usize,
    /// Whether a quote within quotes is written `\"` and not `""`.
    pub backslash: bool,
    /// Whether every row ends in a separator, and the header does not.
    pub trailing: bool,
    /// Whether the record below the header names the units of its columns.
    pub units: bool,
}

/// Numbers without units in the row below the header, from this many columns of numbers on, are no accident.
const FEWEST_UNITS: usize = 2;

impl Layout {
    /// Of the first lines of a file; `asked` is the separator that is given.
    pub fn of(sample: &str, asked: Option<u8>, header: bool) -> Layout {
        let announced = sample.lines().next().and_then(announced);
        let comments = if header && announced.is_none() { comments(sample, asked) } else { 0 };
        let preamble = comments + usize::from(announced.is_some());
        let rest = after_lines(sample, preamble);
        let separator = asked.or(announced).unwrap_or_else(|| separator::find(rest));
        let is_even = |backslash| {
            let records = records(rest, separator, backslash);
            records.iter().all(|cells| records.first().is_some_and(|first| first.len() == cells.len()))
        };
        let backslash = rest.contains("\\\"") && is_even(true) && (!is_even(false) || quotes_inside(rest, separator));
        let records = records(rest, separator, backslash);
        let (names, rows) = records.split_first().map_or((&[][..], &[][..]), |(names, rows)| (names.as_slice(), rows));
        let width = names.len();
        let ends_empty =
            |row: &Vec<String>| row.len() == width + 1 && row.last().is_some_and(|cell| cell.trim().is_empty());
        Layout {
            separator,
            preamble,
            backslash,
            trailing: header && !rows.is_empty() && rows.iter().all(ends_empty),
            units: header && names_units(width, rows),
        }
    }
}

/// Whether a quote behind a backslash ends no cell: nothing that ends one comes after it.
fn quotes_inside(text: &str, separator: u8) -> bool {
    let ends = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r') || *byte == separator;
    text.as_bytes().windows(3).any(|at| matches!(at, [b'\\', b'"', after] if !ends(after)))
}

/// The separator that a first line such as `sep=;` announces, as Excel writes it.
fn announced(line: &str) -> Option<u8> {
    let line = line.trim_matches(['\u{feff}', '"', ' ']);
    let rest = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).and_then(|_| line.get(4..))?;
    match rest.as_bytes() {
        [separator] => Some(*separator),
        b"\\t" => Some(b'\t'),
        _ => None,
    }
}

/// Lines at the top that begin with `#`, but for the last if it is the header: if it has as many cells as the row below.
fn comments(sample: &str, asked: Option<u8>) -> usize {
    let mut lines = sample.lines();
    let count = lines.by_ref().take_while(|line| line.starts_with('#')).count();
    let Some(last) = count.checked_sub(1) else { return 0 };
    let below = after_lines(sample, count);
    let separator = asked.unwrap_or_else(|| separator::find(below));
    let cells = |line: &str| records(line, separator, false).first().map_or(0, Vec::len);
    let width = below.lines().next().map_or(0, cells);
    let is_header = width > 1
        && sample.lines().nth(last).map_or(0, cells) == width
        && below.lines().next().is_some_and(holds_numbers);
    if is_header { last } else { count }
}

fn holds_numbers(line: &str) -> bool {
    line.split([',', ';', '\t', '|']).any(|cell| cell.trim().parse::<f64>().is_ok())
}

fn after_lines(text: &str, lines: usize) -> &str {
    let mut rest = text;
    for _ in 0..lines {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    rest
}

fn records(text: &str, separator: u8, backslash: bool) -> Vec<Vec<String>> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator);
    if backslash {
        builder.escape(Some(b'\\')).double_quote(false);
    }
    let records = builder.from_reader(text.as_bytes()).into_records();
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    records.map_while(Result::ok).map(cells).collect()
}

/// Whether the first row holds words above columns that are otherwise numbers.
fn names_units(width: usize, rows: &[Vec<String>]) -> bool {
    let Some((first, rest)) = rows.split_first().filter(|(_, rest)| rest.len() > 1) else { return false };
    let is_number = |cell: &str| number(cell, Decimal::Point, false).is_some();
    let numbers =
        (0..width).filter(|&column| rest.iter().all(|row| row.get(column).is_some_and(|cell| is_number(cell.trim()))));
    let mut counted = 0;
    for column in numbers {
        let cell = first.get(column).map_or("", String::as_str).trim();
        // What counts something has no unit.
        if cell.is_empty() {
            continue;
        }
        if is_number(cell) || cell != "-" && words::means_missing_among_numbers(cell) {
            return false;
        }
        counted += 1;
    }
    counted >= FEWEST_UNITS
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Layout = Layout { separator: b',', preamble: 0, backslash: false, trailing: false, units: false };

    fn layout(sample: &str) -> Layout {
        Layout::of(sample, None, true)
    }

    #[test]
    fn what_stands_above_a_header_is_skipped() {
        assert_eq!(layout("sep=;\na;b\n1;2\n"), Layout { separator: b';', preamble: 1, ..PLAIN });
        assert_eq!(layout("# exported\n# unit: mm, kg\na,b,c\n1,2,3\n"), Layout { preamble: 2, ..PLAIN });
        assert_eq!(layout("#a,b\n1,2\n"), PLAIN);
        assert_eq!(layout("a,b\n1,2\n"), PLAIN);
    }

    #[test]
    fn rows_that_end_in_a_separator_and_quotes_behind_backslashes_are_seen() {
        assert_eq!(layout("a,b\n1,2,\n3,4,\n"), Layout { trailing: true, ..PLAIN });
        assert_eq!(layout("a,b\n1,2,\n3,4,5\n"), PLAIN);
        let quoted = "x,t\n1,\"a \\\"q\\\", b\"\n2,\"a \\\"q\\\", c\"\n";
        assert_eq!(layout(quoted), Layout { backslash: true, ..PLAIN });
        assert_eq!(layout("x,t\n1,\"C:\\\"\n2,\"D:\\\"\n"), PLAIN);
        let even = "x;t\n1;\"a \\\"q\\\", b\"\n2;c\n";
        assert_eq!(layout(even), Layout { separator: b';', backslash: true, ..PLAIN });
    }

    #[test]
    fn a_row_of_units_stands_above_numbers() {
        assert_eq!(layout("x,z,y\nm,s,-\n1,2,hi\n3,4,lo\n"), Layout { units: true, ..PLAIN });
        assert_eq!(layout("n,x,z,y\n,m,s,-\n1,1,2,hi\n2,3,4,lo\n"), Layout { units: true, ..PLAIN });
        assert_eq!(layout("x,z,y\nNA,NA,hi\n1,2,hi\n3,4,lo\n"), PLAIN);
        assert_eq!(layout("x,z,y\na,b,hi\n1,c,hi\n3,d,lo\n"), PLAIN);
    }
}
