//! Arrow record batches as a table.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType, RecordBatch};
use arrow_schema::{DataType, TimeUnit};

use super::{Column, ColumnType, DataError, Numbers, Origin, Table, Values};

/// The rows of batches that have the same columns, one batch after the other.
///
/// Numbers of a single batch are shared with it where they are `Float64` without nulls; all others are copied. Read are
/// numbers, text, booleans, dates and times, and dictionaries of text; not lists, structures or decimals.
impl TryFrom<&[RecordBatch]> for Table {
    type Error = DataError;

    fn try_from(batches: &[RecordBatch]) -> Result<Table, DataError> {
        let Some(first) = batches.first() else { return Ok(Table::default()) };
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let schema = first.schema();
        if batches.iter().any(|batch| batch.schema().fields() != schema.fields()) {
            return Err(DataError::of(&Origin::Memory, "record batches of different columns"));
        }
        let column = |(place, field): (usize, &Arc<arrow_schema::Field>)| {
            let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(place).as_ref()).collect();
            let (kind, values) = values(&arrays, field.data_type()).ok_or_else(|| {
                let (name, held) = (field.name(), field.data_type());
                DataError::of(&Origin::Memory, format!("column {name} holds {held}, which has no place in a table"))
            })?;
            Ok(Column { name: field.name().clone(), kind, precise: true, values })
        };
        let columns = schema.fields().iter().enumerate().map(column).collect::<Result<_, _>>()?;
        Ok(Table::new(rows, columns))
    }
}

impl TryFrom<RecordBatch> for Table {
    type Error = DataError;

    fn try_from(batch: RecordBatch) -> Result<Table, DataError> {
        Table::try_from([batch].as_slice())
    }
}

/// The cells of a column whose arrays are all of this type; `None` if a table has no place for it.
fn values(arrays: &[&dyn Array], kind: &DataType) -> Option<(ColumnType, Values)> {
    if let (DataType::Float64, [array]) = (kind, arrays)
        && array.null_count() == 0
    {
        let shared = Arc::new(array.as_primitive::<Float64Type>().values().clone());
        return Some((ColumnType::Numeric, Values::Numbers(Numbers::shared(shared))));
    }
    if let Some(words) = arrays.iter().map(|array| words(*array)).collect::<Option<Vec<_>>>() {
        let words = words.into_iter().flatten();
        return Some((ColumnType::Categorical, Values::of_texts(words)));
    }
    let (kind, numbers) = match kind {
        DataType::Int8 => (ColumnType::Numeric, numbers::<Int8Type>(arrays, f64::from)),
        DataType::Int16 => (ColumnType::Numeric, numbers::<Int16Type>(arrays, f64::from)),
        DataType::Int32 => (ColumnType::Numeric, numbers::<Int32Type>(arrays, f64::from)),
        DataType::Int64 => (ColumnType::Numeric, numbers::<Int64Type>(arrays, |value| value as f64)),
        DataType::UInt8 => (ColumnType::Numeric, numbers::<UInt8Type>(arrays, f64::from)),
        DataType::UInt16 => (ColumnType::Numeric, numbers::<UInt16Type>(arrays, f64::from)),
        DataType::UInt32 => (ColumnType::Numeric, numbers::<UInt32Type>(arrays, f64::from)),
        DataType::UInt64 => (ColumnType::Numeric, numbers::<UInt64Type>(arrays, |value| value as f64)),
        DataType::Float16 => (ColumnType::Numeric, numbers::<Float16Type>(arrays, |value| value.to_f64())),
        DataType::Float32 => (ColumnType::Numeric, numbers::<Float32Type>(arrays, f64::from)),
        DataType::Float64 => (ColumnType::Numeric, numbers::<Float64Type>(arrays, |value| value)),
        DataType::Date32 => (ColumnType::Datetime, numbers::<Date32Type>(arrays, |days| f64::from(days) * 86_400.0)),
        DataType::Date64 => (ColumnType::Datetime, numbers::<Date64Type>(arrays, |count| count as f64 / 1e3)),
        DataType::Timestamp(unit, _) => (ColumnType::Datetime, times(arrays, *unit)),
        _ => return None,
    };
    Some((kind, Values::Numbers(numbers)))
}

fn numbers<T: ArrowPrimitiveType>(arrays: &[&dyn Array], number: impl Fn(T::Native) -> f64) -> Numbers {
    let cells = arrays.iter().flat_map(|array| array.as_primitive::<T>().iter());
    cells.map(|cell| cell.map_or(f64::NAN, &number)).collect()
}

/// Seconds since 1970; the zone only says how to show them.
fn times(arrays: &[&dyn Array], unit: TimeUnit) -> Numbers {
    match unit {
        TimeUnit::Second => numbers::<TimestampSecondType>(arrays, |count| count as f64),
        TimeUnit::Millisecond => numbers::<TimestampMillisecondType>(arrays, |count| count as f64 / 1e3),
        TimeUnit::Microsecond => numbers::<TimestampMicrosecondType>(arrays, |count| count as f64 / 1e6),
        // Counted in whole microseconds, an f64 holds every moment up to the year 2255.
        TimeUnit::Nanosecond => numbers::<TimestampNanosecondType>(arrays, |count| (count / 1000) as f64 / 1e6),
    }
}

/// The words of text, of booleans, of dictionaries of these, or of nothing.
fn words(array: &dyn Array) -> Option<Vec<Option<&str>>> {
    Some(match array.data_type() {
        DataType::Null => vec![None; array.len()],
        DataType::Utf8 => array.as_string::<i32>().iter().collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().collect(),
        DataType::Utf8View => array.as_string_view().iter().collect(),
        DataType::Boolean => {
            let word = |value| if value { "true" } else { "false" };
            array.as_boolean().iter().map(|cell| cell.map(word)).collect()
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let words = words(dictionary.values().as_ref())?;
            // A dictionary without words has no keys to ask for.
            let keys = if words.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
            let word = |(row, key): (usize, usize)| words.get(key).copied().flatten().filter(|_| array.is_valid(row));
            keys.into_iter().enumerate().map(word).collect()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use arrow_array::*;

    use super::*;

    fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
    }

    /// The column `x` of batches with one column each.
    fn column(arrays: Vec<ArrayRef>) -> Result<Column, DataError> {
        let batches: Vec<RecordBatch> = arrays.into_iter().map(|array| batch(vec![("x", array)])).collect();
        Ok(Table::try_from(batches.as_slice())?.into_columns().remove(0))
    }

    #[test]
    fn numbers_of_every_type_are_read() {
        let expected = Column::of_numbers("x", [1.0, f64::NAN, 3.0]);
        let cells = [Some(1), None, Some(3)];
        let arrays: [ArrayRef; 9] = [
            Arc::new(Int8Array::from_iter(cells)),
            Arc::new(Int16Array::from_iter(cells.map(|cell| cell.map(i16::from)))),
            Arc::new(Int32Array::from_iter(cells.map(|cell| cell.map(i32::from)))),
            Arc::new(Int64Array::from_iter(cells.map(|cell| cell.map(i64::from)))),
            Arc::new(UInt8Array::from_iter(cells.map(|cell| cell.map(|cell| cell as u8)))),
            Arc::new(UInt32Array::from_iter(cells.map(|cell| cell.map(|cell| cell as u32)))),
            Arc::new(UInt64Array::from_iter(cells.map(|cell| cell.map(|cell| cell as u64)))),
            Arc::new(Float32Array::from_iter(cells.map(|cell| cell.map(f32::from)))),
            Arc::new(Float64Array::from_iter(cells.map(|cell| cell.map(f64::from)))),
        ];
        for array in arrays {
            assert_eq!(column(vec![array.clone()]).unwrap(), expected, "{}", array.data_type());
            let both = column(vec![array.slice(0, 2), array.slice(2, 1)]).unwrap();
            assert_eq!(both, expected, "{} in two batches", array.data_type());
        }
    }

    #[test]
    fn doubles_without_nulls_are_not_copied() {
        let array = Float64Array::from_iter_values((0..100).map(f64::from));
        let buffer = array.values().inner().clone();
        let held = buffer.strong_count();
        let column = column(vec![Arc::new(array.slice(50, 2))]).unwrap();
        drop(array);
        assert_eq!(column, Column::of_numbers("x", [50.0, 51.0]));
        assert_eq!(buffer.strong_count(), held);
    }

    #[test]
    fn texts_booleans_and_dictionaries_are_categories() {
        let words = [Some("b"), None, Some("a")];
        let expected = Column { precise: true, ..Column::of_texts("x", words) };
        let arrays: [ArrayRef; 4] = [
            Arc::new(StringArray::from_iter(words)),
            Arc::new(LargeStringArray::from_iter(words)),
            Arc::new(StringViewArray::from_iter(words)),
            Arc::new(words.into_iter().collect::<DictionaryArray<Int16Type>>()),
        ];
        for array in arrays {
            assert_eq!(column(vec![array.clone()]).unwrap(), expected, "{}", array.data_type());
        }
        let no_words: DictionaryArray<Int8Type> = [None::<&str>, None].into_iter().collect();
        let nothing = column(vec![Arc::new(no_words), Arc::new(DictionaryArray::<Int8Type>::from_iter([Some("a")]))]);
        assert_eq!(nothing.unwrap().values, Values::of_texts([None, None, Some("a")]));
        let booleans = column(vec![Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))]).unwrap();
        assert_eq!(booleans.values, Values::of_texts([Some("true"), None, Some("false")]));
        assert_eq!(column(vec![Arc::new(NullArray::new(2))]).unwrap().values, Values::of_texts([None, None]));
    }

    #[test]
    fn times_are_seconds_since_1970_and_other_types_are_named() {
        let times: [ArrayRef; 5] = [
            Arc::new(Date32Array::from_iter_values([1])),
            Arc::new(Date64Array::from_iter_values([86_400_000])),
            Arc::new(TimestampSecondArray::from_iter_values([86_400])),
            Arc::new(TimestampMicrosecondArray::from_iter_values([86_400_000_000]).with_timezone("+02:00")),
            Arc::new(TimestampNanosecondArray::from_iter_values([86_400_000_000_000])),
        ];
        for array in times {
            let found = column(vec![array]).unwrap();
            assert_eq!(found, Column { kind: ColumnType::Datetime, ..Column::of_numbers("x", [86_400.0]) });
        }
        let bytes = column(vec![Arc::new(BinaryArray::from_vec(vec![b"a"]))]).unwrap_err().to_string();
        assert_eq!(bytes, "the table: column x holds Binary, which has no place in a table");
    }
}
