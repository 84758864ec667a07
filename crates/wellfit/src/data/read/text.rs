//! Comma-separated text and its relatives, with the line number of every row.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::layout::Layout;
use super::{Cell, Reading, Rows, Visit, columns_fit, open};
use crate::data::notation::{Decimal, bare};
use crate::data::{DataError, DataNotice};
use crate::text::{counted, thousands};

/// How much of a file is looked at to find its separator.
const SAMPLE_BYTES: u64 = 1 << 16;

/// A text file whose layout and width are known.
pub(super) struct TextFile {
    path: PathBuf,
    layout: Layout,
    header: Option<Vec<String>>,
    width: usize,
    /// What the last visit of all rows has passed over.
    passed_over: RefCell<Vec<DataNotice>>,
}

impl TextFile {
    /// Finds layout and column names (`c1`, `c2`, ... without a header).
    pub fn open(path: &Path, reading: &Reading) -> Result<(TextFile, Vec<String>), DataError> {
        let asked = reading.separator.map(|separator| {
            u8::try_from(separator)
                .ok()
                .filter(u8::is_ascii)
                .ok_or_else(|| DataError::Request(format!("separator '{separator}' must be a single ASCII character")))
        });
        let layout = Layout::of(&sample(path)?, asked.transpose()?, reading.header);
        let mut records = Records::open(path, layout)?;
        let Some((line, first)) = records.next()? else {
            return Err(DataError::of(path, "the file holds blank lines only"));
        };
        columns_fit(path, first.len())?;
        let mut names = Vec::with_capacity(first.len());
        for (column, bytes) in first.iter().enumerate() {
            let text = unescaped(utf8(path, line, column, bytes)?, layout);
            let name = bare(&text);
            let name = if column == 0 && reading.header { name.trim_start_matches(['#', ' ']) } else { name };
            names.push(if reading.header { name.to_owned() } else { format!("c{}", column + 1) });
        }
        let header = reading.header.then(|| names.clone());
        let width = names.len();
        let passed_over = RefCell::default();
        Ok((TextFile { path: path.into(), layout, header, width, passed_over }, names))
    }

    /// Why a record does not have as many cells as the header.
    fn ragged(&self, line: u64, record: &csv::ByteRecord) -> DataError {
        let open_quote = record.iter().any(|cell| cell.contains(&b'\n'));
        let has_backslash = record.iter().any(|cell| cell.contains(&b'\\'));
        let one_more = record.len() == self.width + 1;
        let hint = match (open_quote, record.len() > self.width) {
            (true, _) => "; is a quote left open?",
            (false, true) if one_more && record.iter().next_back().is_some_and(|cell| cell.trim_ascii().is_empty()) => {
                "; this row ends in a separator, and the header does not: take it away"
            }
            (false, true) if has_backslash => "; is a quote written \\\"? write \"\" instead",
            (false, true) => "; put a cell that holds the separator in double quotes",
            (false, false) => "; is the line cut off, or another separator used (--sep)?",
        };
        let problem = format!("found {}, expected {}{hint}", counted(record.len(), "cell"), self.width);
        // The first cell that is one too many, or that is not there.
        DataError::cell(&self.path, line, record.len().min(self.width), problem)
    }

    /// Whether a record is the header once more, as where files are joined.
    fn is_header(&self, record: &csv::ByteRecord) -> bool {
        let Some(names) = self.header.as_ref().filter(|names| names.len() > 1) else { return false };
        record.len() >= names.len() && names.iter().zip(record).all(|(name, cell)| cell.trim_ascii() == name.as_bytes())
    }
}

impl Rows for TextFile {
    /// Visits every row, each checked to have as many cells as the header.
    fn each_row(&self, visit: &mut Visit<'_>) -> Result<(), DataError> {
        let mut records = Records::open(&self.path, self.layout)?;
        let (mut passed_over, mut first_header, mut headers) = (Vec::new(), None, 0);
        // Without a header, what is blank above the first row is no row.
        let mut last_line = u64::MAX - 1;
        if self.header.is_some() {
            last_line = records.next()?.map_or(0, |(line, _)| line);
        }
        if self.layout.units
            && let Some((line, record)) = records.next()?
        {
            let cells: Vec<String> =
                record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
            passed_over.push(DataNotice::RowOfUnits { line, cells });
            last_line = line;
        }
        while let Some((line, record)) = records.next()? {
            // Of a table of one column an empty line is a row, and its cell is missing.
            if self.width == 1 {
                (last_line + 1..line).try_for_each(|blank| visit(blank, &[Cell::Missing]))?;
                last_line = line + line_breaks(record);
            }
            if self.is_header(record) {
                headers += 1;
                first_header.get_or_insert(line);
                continue;
            }
            let ends_in_separator = self.layout.trailing && record.len() == self.width + 1;
            if record.len() != self.width && !ends_in_separator {
                if record.len() == 1 && record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                    continue;
                }
                return Err(self.ragged(line, record));
            }
            let mut texts = Vec::new();
            let mut cells = Vec::with_capacity(self.width);
            // All cells at once; one by one where that does not do, since only so it is known which is wrong.
            let whole = std::str::from_utf8(record.as_slice()).ok();
            for (column, bytes) in record.iter().take(self.width).enumerate() {
                let text = match whole.and_then(|whole| whole.get(record.range(column)?)) {
                    Some(text) => text,
                    None => utf8(&self.path, line, column, bytes)?,
                };
                match self.layout.backslash {
                    true => texts.push(unescaped(text, self.layout)),
                    false => cells.push(Cell::Text(text)),
                }
            }
            cells.extend(texts.iter().map(|text| Cell::Text(text)));
            if ends_in_separator && record.iter().next_back().is_some_and(|cell| !cell.trim_ascii().is_empty()) {
                return Err(self.ragged(line, record));
            }
            visit(line, &cells)?;
        }
        passed_over.extend(first_header.map(|line| DataNotice::RepeatedHeader { line, count: headers }));
        *self.passed_over.borrow_mut() = passed_over;
        Ok(())
    }

    fn is_typed(&self) -> bool {
        false
    }

    /// Programs separate by semicolons where the comma is taken.
    fn decimal(&self) -> Option<Decimal> {
        (self.layout.separator == b';').then_some(Decimal::Comma)
    }

    fn passed_over(&self) -> Vec<DataNotice> {
        self.passed_over.borrow().clone()
    }
}

/// A cell without the backslashes that some programs write before quotes, and before a backslash of `\N`, outside of quotes too.
fn unescaped(text: &str, layout: Layout) -> Cow<'_, str> {
    match text {
        "\\\\N" if layout.backslash => Cow::Borrowed("\\N"),
        text if layout.backslash && text.contains("\\\"") => Cow::Owned(text.replace("\\\"", "\"")),
        text => Cow::Borrowed(text),
    }
}

fn utf8<'a>(path: &Path, line: u64, column: usize, bytes: &'a [u8]) -> Result<&'a str, DataError> {
    std::str::from_utf8(bytes).map_err(|_| {
        let shown = String::from_utf8_lossy(bytes.get(..bytes.len().min(40)).unwrap_or(bytes)).into_owned();
        DataError::cell(path, line, column, format!("\"{shown}\" is not UTF-8; save the file as UTF-8"))
    })
}

/// The first lines, as far as they are whole.
fn sample(path: &Path) -> Result<String, DataError> {
    let mut bytes = Vec::new();
    open::lines(path)?.take(SAMPLE_BYTES).read_to_end(&mut bytes).map_err(|error| DataError::io(path, error))?;
    if bytes.len() as u64 == SAMPLE_BYTES {
        let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(bytes.len(), |end| end + 1);
        bytes.truncate(end);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Line breaks inside the cells of a record.
fn line_breaks(record: &csv::ByteRecord) -> u64 {
    let text = record.as_slice();
    // Most records have none.
    if text.contains(&b'\n') { text.iter().filter(|&&byte| byte == b'\n').count() as u64 } else { 0 }
}

/// Records with the line each starts on.
struct Records {
    path: PathBuf,
    reader: csv::Reader<open::Lines>,
    record: csv::ByteRecord,
    /// Lines above those that the reader sees.
    above: u64,
}

impl Records {
    fn open(path: &Path, layout: Layout) -> Result<Records, DataError> {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(layout.separator).terminator(csv::Terminator::Any(b'\n'));
        if layout.backslash {
            builder.escape(Some(b'\\')).double_quote(false);
        }
        let mut lines = open::lines(path)?;
        lines.skip_lines(layout.preamble).map_err(|error| DataError::io(path, error))?;
        let reader = builder.from_reader(lines);
        Ok(Records { path: path.into(), reader, record: csv::ByteRecord::new(), above: layout.preamble as u64 })
    }

    fn next(&mut self) -> Result<Option<(u64, &csv::ByteRecord)>, DataError> {
        let start = self.above + self.reader.position().line();
        let more = self.reader.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                let limit = thousands(open::MAX_ROW_BYTES as usize);
                let problem = format!("no row ends within {limit} bytes of here; is a quote left open?");
                DataError::line(&self.path, start, problem)
            }
            csv::ErrorKind::Io(error) => DataError::io(&self.path, error),
            _ => DataError::of(&self.path, "the text cannot be divided into rows"),
        })?;
        self.reader.get_mut().row_ended();
        // `record.position()` is taken before blank lines are skipped, so the start is counted back from the end:
        // every record ends in one `\n`, and those inside quotes belong to it.
        let line = self.above + self.reader.position().line().saturating_sub(1 + line_breaks(&self.record)).max(1);
        if more && self.reader.get_ref().ended_inside(&self.record) {
            let (column, problem) =
                (self.record.len().saturating_sub(1), "a quote is opened here or below and never closed");
            return Err(DataError::cell(&self.path, line + 1, column, problem));
        }
        Ok(more.then_some((line, &self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).unwrap();
        let reading = Reading { separator: None, header: true, missing: Vec::new() };
        let (file, _) = TextFile::open(&path, &reading)?;
        let mut rows = Vec::new();
        file.each_row(&mut |line, cells| {
            let texts =
                cells.iter().map(|cell| if let Cell::Text(text) = cell { (*text).to_owned() } else { String::new() });
            rows.push((line, texts.collect()));
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn every_row_knows_its_line_whatever_ends_the_lines() {
        for text in [
            &b"a,b\n\n1,2\n\n\n\"x\ny\",4\n5,6"[..],
            b"a,b\r\n\r\n1,2\r\n\r\n\r\n\"x\r\ny\",4\r\n5,6\r\n",
            b"a,b\n\n1,2\n\n  \n\"x\ny\",4\n5,6\n\n",
        ] {
            let rows = read(text).unwrap();
            let lines: Vec<u64> = rows.iter().map(|row| row.0).collect();
            assert_eq!(lines, [3, 6, 8]);
            assert_eq!(rows[1].1, ["x\ny", "4"]);
        }
    }

    #[test]
    fn a_ragged_row_says_its_line_and_both_widths() {
        let message = read(b"a,b\n1,2\n1,2,3\n").unwrap_err().to_string();
        assert!(message.contains("x.csv:3:3: found 3 cells, expected 2; "), "{message}");
    }

    #[test]
    fn a_header_is_passed_over_where_it_is_whole() {
        assert_eq!(read(b"a,b\n1,2\na,b\n3,4\n").unwrap().len(), 2);
        assert!(read(b"a,b\n1,2\na\n3,4\n").unwrap_err().to_string().contains("x.csv:3:2: found 1 cell"));
    }

    #[test]
    fn a_quote_left_open_is_found_and_one_closed_at_the_end_is_not() {
        let message = read(b"a,b\n1,2\n1,\"2\n3,4\n").unwrap_err().to_string();
        assert!(message.contains("x.csv:3:2: a quote is opened"), "{message}");
        assert_eq!(read(b"a,b\n1,2\n1,\"2\n\"").unwrap()[1].1, ["1", "2\n"]);
    }

    #[test]
    fn bad_utf8_says_its_line_and_column() {
        let message = read(b"a,b\n1,caf\xe9\n").unwrap_err().to_string();
        assert!(message.contains("x.csv:2:2: "), "{message}");
        assert!(message.contains("UTF-8"));
    }
}
