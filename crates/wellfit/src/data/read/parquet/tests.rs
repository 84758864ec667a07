//! Files of every type, as Parquet's own writers make them.

use std::path::PathBuf;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
    Int96, Int96Type,
};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::*;
use crate::data::{DataRequest, load};

/// Writes one column.
type Write = Box<dyn Fn(&mut SerializedColumnWriter<'_>)>;

/// A column of these cells, `None` where they are missing.
fn optional<T: DataType>(cells: impl IntoIterator<Item = Option<T::T>>) -> Write {
    let cells: Vec<Option<T::T>> = cells.into_iter().collect();
    let levels: Vec<i16> = cells.iter().map(|cell| cell.is_some().into()).collect();
    let values: Vec<T::T> = cells.into_iter().flatten().collect();
    Box::new(move |writer| assert!(writer.typed::<T>().write_batch(&values, Some(&levels), None).is_ok()))
}

/// A column of these cells.
fn required<T: DataType>(cells: impl IntoIterator<Item = T::T>) -> Write {
    let values: Vec<T::T> = cells.into_iter().collect();
    Box::new(move |writer| assert!(writer.typed::<T>().write_batch(&values, None, None).is_ok()))
}

struct Written {
    folder: tempfile::TempDir,
    path: PathBuf,
}

/// A file of some row groups, each of the same columns.
fn write(fields: &str, properties: WriterProperties, groups: usize, columns: &[Write]) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let schema = parse_message_type(&format!("message table {{ {fields} }}")).unwrap();
    let mut writer =
        SerializedFileWriter::new(File::create(&path).unwrap(), Arc::new(schema), Arc::new(properties)).unwrap();
    for _ in 0..groups {
        let mut group = writer.next_row_group().unwrap();
        for write in columns {
            let mut column = group.next_column().unwrap().unwrap();
            write(&mut column);
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
    Written { folder, path }
}

/// A cell as these tests write it down.
fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => format!("'{text}'"),
        Cell::Number(number) => number.to_string(),
        Cell::Moment { seconds, clock: false } => format!("day {seconds}"),
        Cell::Moment { seconds, clock: true } => format!("moment {seconds}"),
        Cell::Missing => "-".to_string(),
    }
}

impl Written {
    /// Every row, its cells in a line.
    fn rows(&self) -> Result<Vec<String>, DataError> {
        let mut rows = Vec::new();
        ParquetFile::open(&self.path)?.0.each_row(&mut |number, cells| {
            rows.push(cells.iter().map(shown).collect::<Vec<_>>().join(" "));
            assert_eq!(number, rows.len() as u64);
            Ok(())
        })?;
        Ok(rows)
    }

    fn message(&self) -> String {
        self.rows().unwrap_err().to_string().replace(&format!("{}/", self.folder.path().display()), "")
    }
}

/// The cells of a column of this type.
fn cells(field: &str, column: Write) -> String {
    write(&format!("{field};"), WriterProperties::default(), 1, &[column]).rows().unwrap().join(" ")
}

#[test]
fn integers_of_every_width_are_numbers() {
    let small = || optional::<Int32Type>([Some(-7), None, Some(100)]);
    for field in ["optional int32 x", "optional int32 x (INT_8)", "optional int32 x (INTEGER(16,true))"] {
        assert_eq!(cells(field, small()), "-7 - 100", "{field}");
    }
    let large = || required::<Int64Type>([i64::MIN, -1, 1 << 40]);
    for field in ["required int64 x", "required int64 x (INT_64)", "required int64 x (INTEGER(64,true))"] {
        assert_eq!(cells(field, large()), "'-9223372036854775808' '-1' '1099511627776'", "{field}");
    }
    for field in ["required int32 x (UINT_32)", "required int32 x (INTEGER(32,false))"] {
        assert_eq!(cells(field, required::<Int32Type>([-1, 5])), "4294967295 5", "{field}");
    }
    assert_eq!(cells("required int32 x (UINT_8)", required::<Int32Type>([255, 0])), "255 0");
    assert_eq!(cells("required int64 x (UINT_64)", required::<Int64Type>([-1, 5])), "'18446744073709551615' '5'");
}

#[test]
fn floats_of_every_width_are_numbers() {
    assert_eq!(cells("optional float x", optional::<FloatType>([Some(0.1), None])), "0.10000000149011612 -");
    assert_eq!(cells("required double x", required::<DoubleType>([0.1, f64::NAN, -0.0])), "0.1 NaN -0");
    let halves = [0x3c00_u16, 0xc000, 0x7bff].map(|bits| bits.to_le_bytes().to_vec().into());
    assert_eq!(
        cells("required fixed_len_byte_array(2) x (FLOAT16)", required::<FixedLenByteArrayType>(halves)),
        "1 -2 65504"
    );
}

#[test]
fn decimals_are_the_nearest_numbers() {
    assert_eq!(cells("required int32 x (DECIMAL(9,2))", required::<Int32Type>([-1, 123_456])), "-0.01 1234.56");
    // Beyond 2^53 digits and power are not exact any more, and yet the quotient is rounded once.
    let long = 9_007_199_254_740_993_i64;
    let nearest = "9007199254740.993".parse::<f64>().unwrap();
    assert_eq!(cells("required int64 x (DECIMAL(18,3))", required::<Int64Type>([long])), nearest.to_string());
    let bytes = |bytes: &[u8]| bytes.to_vec();
    let fixed = [bytes(&[0xff, 0xff, 0xff]), bytes(&[0, 1, 0])].map(Into::into);
    assert_eq!(
        cells("optional fixed_len_byte_array(3) x (DECIMAL(6,1))", optional::<FixedLenByteArrayType>(fixed.map(Some))),
        "-0.1 25.6"
    );
    let longest: [ByteArray; 3] = [bytes(&[]), bytes(&[0x85]), [vec![1], vec![0; 20]].concat()].map(Into::into);
    assert_eq!(
        cells("required binary x (DECIMAL(60,0))", required::<ByteArrayType>(longest)),
        format!("0 -123 {}", 2_f64.powi(160))
    );
}

#[test]
fn text_comes_from_every_encoding() {
    let words =
        || optional::<ByteArrayType>([Some("a".into()), None, Some("".into()), Some("ü".into()), Some("a".into())]);
    for field in ["optional binary x (UTF8)", "optional binary x (STRING)", "optional binary x (JSON)"] {
        assert_eq!(cells(field, words()), "'a' - '' 'ü' 'a'", "{field}");
    }
    for encoding in [Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let properties = WriterProperties::builder().set_dictionary_enabled(false).set_encoding(encoding);
            let file =
                write("optional binary x (UTF8);", properties.set_writer_version(version).build(), 1, &[words()]);
            assert_eq!(file.rows().unwrap().join(" "), "'a' - '' 'ü' 'a'", "{encoding} {version:?}");
        }
    }
    let damaged = write(
        "required binary x (UTF8);",
        WriterProperties::default(),
        1,
        &[required::<ByteArrayType>(["a".into(), vec![0xff].into()])],
    );
    assert_eq!(damaged.message(), "x.parquet:2:1: text that is not UTF-8");
}

#[test]
fn booleans_days_and_moments() {
    assert_eq!(cells("optional boolean x", optional::<BoolType>([Some(true), None, Some(false)])), "'true' - 'false'");
    assert_eq!(cells("required int32 x (DATE)", required::<Int32Type>([-1, 19_000])), "day -86400 day 1641600000");
    for (field, second) in [
        ("required int64 x (TIMESTAMP_MILLIS)", 1_000),
        ("required int64 x (TIMESTAMP(MILLIS,true))", 1_000),
        ("required int64 x (TIMESTAMP_MICROS)", 1_000_000),
        ("required int64 x (TIMESTAMP(MICROS,false))", 1_000_000),
        ("required int64 x (TIMESTAMP(NANOS,true))", 1_000_000_000),
    ] {
        let halves = required::<Int64Type>([-3 * second / 2, 1_700_000_000 * second]);
        assert_eq!(cells(field, halves), "moment -1.5 moment 1700000000", "{field}");
    }
    // Half a second past midnight, 2,440,588 being the Julian day of 1970-01-01; and the year 1, beyond nanoseconds.
    let legacy = [(500_000_000, 2_440_589), (0, 1_721_426)].map(|(nanoseconds, day)| {
        let mut moment = Int96::new();
        moment.set_data(nanoseconds, 0, day);
        moment
    });
    assert_eq!(cells("required int96 x", required::<Int96Type>(legacy)), "moment 86400.5 moment -62135596800");
}

#[test]
fn what_is_always_missing_may_be_of_any_type() {
    let nothing = || optional::<Int32Type>([None, None]);
    assert_eq!(cells("optional int32 x (UNKNOWN)", nothing()), "- -");
}

#[test]
fn rows_come_in_order_from_every_batch_group_and_compression() {
    let rows = 2 * BATCH_ROWS + 17;
    let compressions = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
    ];
    for compression in compressions {
        let columns = [
            required::<Int32Type>(0..rows as i32),
            optional::<DoubleType>((0..rows).map(|i| (!i.is_multiple_of(7)).then_some(i as f64 / 2.0))),
            required::<ByteArrayType>((0..rows).map(|i| ByteArray::from(["yes", "no"][i % 2]))),
        ];
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_data_page_row_count_limit(1000)
            .set_write_batch_size(100)
            .build();
        let file = write("required int32 a; optional double b; required binary c (UTF8);", properties, 2, &columns);
        let expected = |i: usize| {
            let half = if !i.is_multiple_of(7) { (i as f64 / 2.0).to_string() } else { "-".to_string() };
            format!("{i} {half} '{}'", ["yes", "no"][i % 2])
        };
        let expected: Vec<String> = (0..2 * rows).map(|i| expected(i % rows)).collect();
        assert_eq!(file.rows().unwrap(), expected, "{compression}");
    }
}

#[test]
fn what_has_no_place_in_a_table_is_set_aside_and_an_error_only_where_it_is_needed() {
    let fields = "required int64 a; required group odd (LIST) { repeated group list { required int64 element; } } \
                  required binary b (BSON); required int64 y;";
    let lists: Write = Box::new(|writer| {
        let (starts, items) = ([0, 1].repeat(30), [1].repeat(60));
        assert!(writer.typed::<Int64Type>().write_batch(&[7; 60], Some(&items), Some(&starts)).is_ok());
    });
    let numbers = || required::<Int64Type>((0..30).map(|i| i * i % 17));
    let columns = [numbers(), lists, required::<ByteArrayType>(vec![ByteArray::from("a"); 30]), numbers()];
    let file = write(fields, WriterProperties::default(), 1, &columns);
    assert_eq!(file.rows().unwrap()[4], "16 - - 16");
    let request = |target: &str| DataRequest {
        source: file.path.clone().into(),
        target: Some(target.into()),
        ..DataRequest::default()
    };
    let told: Vec<String> = load(&request("y")).unwrap().notices.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("odd (lists have no place in a table) · b (bytes have")), "{told:?}");
    assert!(load(&request("odd")).unwrap_err().to_string().contains("odd"));
}

#[test]
fn times_of_day_are_seconds_and_bytes_of_old_writers_are_texts() {
    assert_eq!(cells("required int64 x (TIME(MICROS,true))", required::<Int64Type>([90_000_000])), "90");
    assert_eq!(cells("required int32 x (TIME_MILLIS)", required::<Int32Type>([500])), "0.5");
    let bytes = required::<ByteArrayType>([ByteArray::from("a"), vec![0xff].into()]);
    assert_eq!(cells("required binary x", bytes), "'a' -");
}

#[test]
fn a_file_gives_the_same_table_as_text() {
    let n = 40_i64;
    let fields = "optional double a; required binary b (STRING); required boolean c; \
                  required int64 d (TIMESTAMP(MILLIS,true)); required int64 y;";
    let columns = [
        optional::<DoubleType>((0..n).map(|i| (i % 5 != 0).then_some(i as f64 * 0.5))),
        required::<ByteArrayType>((0..n).map(|i| ByteArray::from(["u", "v", "w"][i as usize % 3]))),
        required::<BoolType>((0..n).map(|i| i % 3 == 0)),
        required::<Int64Type>((0..n).map(|i| i * i * 3_600_000)),
        required::<Int64Type>((0..n).map(|i| i % 2)),
    ];
    let file = write(fields, WriterProperties::default(), 1, &columns);
    let text: String = (0..n)
        .map(|i| {
            let a = if i % 5 != 0 { (i as f64 * 0.5).to_string() } else { String::new() };
            let moment = chrono::DateTime::from_timestamp(i * i * 3600, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ");
            format!("{a},{},{},{moment},{}\n", ["u", "v", "w"][i as usize % 3], i % 3 == 0, i % 2)
        })
        .collect();
    let beside = file.folder.path().join("x.csv");
    std::fs::write(&beside, format!("a,b,c,d,y\n{text}")).unwrap();
    let request =
        |path: PathBuf| DataRequest { source: path.into(), target: Some("y".into()), ..DataRequest::default() };
    let parquet = load(&request(file.path.clone())).unwrap();
    let text = load(&request(beside)).unwrap();
    assert_eq!(parquet.table, text.table);
    assert_eq!(parquet.target, text.target);
}
