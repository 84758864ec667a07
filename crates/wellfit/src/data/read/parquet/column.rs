//! One column of a row group, read so many cells at a time.

use half::f16;
use num_bigint::BigInt;
use parquet::basic::TimeUnit;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{AsBytes, ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;

use super::pages::CheckedPages;
use super::{Cell, Kind};

/// Most bytes of a decimal number: 76 digits.
const DECIMAL_BYTES: usize = 32;

/// A column of a row group and the cells that were read last.
pub(super) struct Column {
    kind: Kind,
    reader: ColumnReader,
    cells: Cells,
}

/// The cells of a batch; `None` is missing.
enum Cells {
    Booleans(Vec<Option<bool>>),
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<ByteArray>>),
    /// Whole numbers of which some are beyond those that an f64 holds.
    Digits(Vec<Option<String>>),
}

impl Column {
    /// The column at `place`, before its first cell.
    ///
    /// `place` counts columns without columns in them. What has no place in a table is not read.
    pub fn open(group: &dyn RowGroupReader, place: usize, kind: Kind) -> Result<Column> {
        let pages = CheckedPages(group.get_column_page_reader(place)?);
        let reader = get_column_reader(group.metadata().column(place).column_descr_ptr(), Box::new(pages));
        Ok(Column { kind, reader, cells: Cells::Numbers(Vec::new()) })
    }

    /// Reads the next cells, `rows` of them; an error if there are fewer.
    pub fn read(&mut self, rows: usize) -> Result<()> {
        let kind = self.kind;
        self.cells = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => Cells::Booleans(read(reader, rows)?),
            ColumnReader::Int32ColumnReader(reader) if kind == Kind::Unsigned => {
                numbers(reader, rows, |value| Ok(f64::from(*value as u32)))?
            }
            ColumnReader::Int32ColumnReader(reader) => numbers(reader, rows, |value| integer(kind, (*value).into()))?,
            ColumnReader::Int64ColumnReader(reader)
                if matches!(kind, Kind::Number | Kind::Unsigned | Kind::Decimal(0)) =>
            {
                let whole = |value: i64| if kind == Kind::Unsigned { i128::from(value as u64) } else { value.into() };
                wholes(read(reader, rows)?.into_iter().map(|cell| cell.map(whole)))
            }
            ColumnReader::Int64ColumnReader(reader) => numbers(reader, rows, |value| integer(kind, *value))?,
            ColumnReader::Int96ColumnReader(reader) => numbers(reader, rows, |value| Ok(legacy_moment(value)))?,
            ColumnReader::FloatColumnReader(reader) => numbers(reader, rows, |value| Ok((*value).into()))?,
            ColumnReader::DoubleColumnReader(reader) => numbers(reader, rows, |value| Ok(*value))?,
            ColumnReader::ByteArrayColumnReader(reader) if matches!(kind, Kind::Text | Kind::Bytes) => {
                Cells::Texts(read(reader, rows)?)
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) if kind == Kind::Bytes => {
                Cells::Texts(read(reader, rows)?.into_iter().map(|cell| cell.map(Into::into)).collect())
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) if kind == Kind::Decimal(0) => {
                let cells = read(reader, rows)?;
                let whole =
                    |bytes: &FixedLenByteArray| i128::try_from(BigInt::from_signed_bytes_be(bytes.as_bytes())).ok();
                match cells.iter().flatten().all(|bytes| whole(bytes).is_some()) {
                    true => wholes(cells.iter().map(|cell| cell.as_ref().and_then(whole))),
                    false => {
                        let number = |bytes: &FixedLenByteArray| number_of_bytes(kind, bytes.as_bytes());
                        Cells::Numbers(
                            cells.iter().map(|cell| cell.as_ref().map(number).transpose()).collect::<Result<_>>()?,
                        )
                    }
                }
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                numbers(reader, rows, |value| number_of_bytes(kind, value.as_bytes()))?
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                numbers(reader, rows, |value| number_of_bytes(kind, value.as_bytes()))?
            }
        };
        Ok(())
    }

    /// A cell of the batch; the error says what is wrong with it.
    pub fn cell(&self, row: usize) -> std::result::Result<Cell<'_>, &'static str> {
        let cell = match &self.cells {
            _ if matches!(self.kind, Kind::Nothing | Kind::Odd(_)) => None,
            Cells::Digits(cells) => cells.get(row).and_then(Option::as_deref).map(Cell::Text),
            Cells::Booleans(cells) => {
                cells.get(row).copied().flatten().map(|value| Cell::Text(if value { "true" } else { "false" }))
            }
            Cells::Numbers(cells) => cells.get(row).copied().flatten().map(|value| match self.kind {
                Kind::Day => Cell::Moment { seconds: value, clock: false },
                Kind::Moment(_) => Cell::Moment { seconds: value, clock: true },
                _ => Cell::Number(value),
            }),
            Cells::Texts(cells) => match cells.get(row) {
                Some(Some(text)) => match std::str::from_utf8(text.as_bytes()) {
                    Ok(text) => Some(Cell::Text(text)),
                    // Nobody said that these are texts.
                    Err(_) if self.kind == Kind::Bytes => None,
                    Err(_) => return Err("text that is not UTF-8"),
                },
                _ => None,
            },
        };
        Ok(cell.unwrap_or(Cell::Missing))
    }
}

/// The next cells of a column, `rows` of them.
fn read<T: DataType>(reader: &mut ColumnReaderImpl<T>, rows: usize) -> Result<Vec<Option<T::T>>> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let (found, ..) = reader.read_records(rows, Some(&mut levels), None, &mut values)?;
    if found != rows {
        return Err(ParquetError::General(format!("a column ends {} rows before the others", rows - found)));
    }
    // Only columns that may have missing cells have levels: 1 stands for a cell that is there.
    if levels.is_empty() {
        return Ok(values.into_iter().map(Some).collect());
    }
    let mut values = values.into_iter();
    Ok(levels.into_iter().map(|level| if level > 0 { values.next() } else { None }).collect())
}

fn numbers<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    number: impl Fn(&T::T) -> Result<f64>,
) -> Result<Cells> {
    let cells = read(reader, rows)?;
    cells.iter().map(|cell| cell.as_ref().map(&number).transpose()).collect::<Result<_>>().map(Cells::Numbers)
}

/// What an integer stands for: a number, or seconds since 1970.
fn integer(kind: Kind, value: i64) -> Result<f64> {
    Ok(match kind {
        Kind::Unsigned => value as u64 as f64,
        Kind::Decimal(scale) => decimal(value, scale),
        Kind::Day => value as f64 * 86_400.0,
        Kind::Moment(unit) => seconds(unit, value),
        Kind::Seconds(many) => value as f64 / many,
        _ => value as f64,
    })
}

/// The zone of a moment only says how to show it; the count is of UTC already.
fn seconds(unit: TimeUnit, count: i64) -> f64 {
    match unit {
        TimeUnit::MILLIS => count as f64 / 1e3,
        TimeUnit::MICROS => count as f64 / 1e6,
        // As a text of seconds with nine decimals would be.
        TimeUnit::NANOS => count.div_euclid(1_000_000_000) as f64 + count.rem_euclid(1_000_000_000) as f64 / 1e9,
    }
}

/// Seconds since 1970 of a moment as old writers store it: nanoseconds of a Julian day.
fn legacy_moment(value: &Int96) -> f64 {
    const JULIAN_DAY_OF_1970: f64 = 2_440_588.0;
    let &[low, high, day] = value.data() else { return f64::NAN };
    let nanoseconds = (u64::from(high) << 32) | u64::from(low);
    (f64::from(day) - JULIAN_DAY_OF_1970) * 86_400.0 + nanoseconds as f64 / 1e9
}

/// Whole numbers, as digits where an f64 would not hold them all.
fn wholes(cells: impl Iterator<Item = Option<i128>> + Clone) -> Cells {
    const LAST_EXACT: u128 = 1 << 53;
    match cells.clone().flatten().all(|whole| whole.unsigned_abs() <= LAST_EXACT) {
        true => Cells::Numbers(cells.map(|cell| cell.map(|whole| whole as f64)).collect()),
        false => Cells::Digits(cells.map(|cell| cell.map(|whole| whole.to_string())).collect()),
    }
}

fn number_of_bytes(kind: Kind, bytes: &[u8]) -> Result<f64> {
    match (kind, bytes) {
        (Kind::Half, &[low, high]) => Ok(f16::from_le_bytes([low, high]).to_f64()),
        (Kind::Decimal(scale), bytes) if bytes.len() <= DECIMAL_BYTES => {
            let digits = BigInt::from_signed_bytes_be(bytes);
            Ok(i64::try_from(&digits).map_or_else(|_| nearest(&digits, scale), |digits| decimal(digits, scale)))
        }
        _ => Err(ParquetError::General(format!("a number of {} bytes", bytes.len()))),
    }
}

fn decimal(digits: i64, scale: i32) -> f64 {
    // Both numbers are exact in an f64, so the quotient is the nearest one.
    if digits.unsigned_abs() < 1 << 53 && (0..=22).contains(&scale) {
        return digits as f64 / 10_f64.powi(scale);
    }
    nearest(&digits, scale)
}

/// The f64 nearest to `digits` / 10^`scale`: numbers read from text are rounded once.
fn nearest(digits: &dyn std::fmt::Display, scale: i32) -> f64 {
    format!("{digits}e{}", -i64::from(scale)).parse().unwrap_or(f64::NAN)
}
