//! What a column of a Parquet file holds, by its physical type and what is noted beside it.

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::Type;

/// What a column is read as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Nothing but missing cells, whatever the physical type.
    Nothing,
    Boolean,
    /// Numbers as they are stored.
    Number,
    /// Integers whose bits are a number without a sign.
    Unsigned,
    /// Floating point numbers of two bytes.
    Half,
    /// Integers, to be divided by ten to this power.
    Decimal(i32),
    Text,
    /// Bytes of unknown meaning: text, where they are UTF-8.
    Bytes,
    /// Days since 1970.
    Day,
    /// A count since 1970.
    Moment(TimeUnit),
    /// A time of day or a span of time, so many a second.
    Seconds(f64),
    /// What has no place in a table, by name.
    Odd(&'static str),
}

impl Kind {
    /// What a field of a schema holds.
    pub fn of(field: &Type) -> Kind {
        Kind::of_known(field).unwrap_or_else(Kind::Odd)
    }

    fn of_known(field: &Type) -> Result<Kind, &'static str> {
        let info = field.get_basic_info();
        let (noted, converted) = (info.logical_type_ref(), info.converted_type());
        let is_list = matches!(noted, Some(LogicalType::List | LogicalType::Map))
            || matches!(converted, ConvertedType::LIST | ConvertedType::MAP)
            || info.has_repetition() && info.repetition() == Repetition::REPEATED;
        if is_list {
            return Err("lists");
        }
        if field.is_group() {
            return Err("nested columns");
        }
        if let Some(LogicalType::Unknown) = noted {
            return Ok(Kind::Nothing);
        }
        match field.get_physical_type() {
            Physical::BOOLEAN => Ok(Kind::Boolean),
            Physical::FLOAT | Physical::DOUBLE => Ok(Kind::Number),
            // Deprecated, and never anything but a moment.
            Physical::INT96 => Ok(Kind::Moment(TimeUnit::NANOS)),
            Physical::INT32 | Physical::INT64 => Kind::of_integers(noted, converted, field.get_scale()),
            Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => {
                Kind::of_bytes(noted, converted, field.get_scale())
            }
        }
    }

    fn of_integers(noted: Option<&LogicalType>, converted: ConvertedType, scale: i32) -> Result<Kind, &'static str> {
        use ConvertedType as Converted;
        Ok(match (noted, converted) {
            (Some(LogicalType::Integer(integer)), _) if integer.is_signed => Kind::Number,
            (Some(LogicalType::Integer(_)), _) => Kind::Unsigned,
            (Some(LogicalType::Decimal(decimal)), _) => Kind::Decimal(decimal.scale),
            (Some(LogicalType::Date), _) => Kind::Day,
            (Some(LogicalType::Timestamp(moment)), _) => Kind::Moment(moment.unit),
            (None, Converted::NONE | Converted::INT_8 | Converted::INT_16 | Converted::INT_32 | Converted::INT_64) => {
                Kind::Number
            }
            (None, Converted::UINT_8 | Converted::UINT_16 | Converted::UINT_32 | Converted::UINT_64) => Kind::Unsigned,
            (None, Converted::DECIMAL) => Kind::Decimal(scale),
            (None, Converted::DATE) => Kind::Day,
            (None, Converted::TIMESTAMP_MILLIS) => Kind::Moment(TimeUnit::MILLIS),
            (None, Converted::TIMESTAMP_MICROS) => Kind::Moment(TimeUnit::MICROS),
            (Some(LogicalType::Time(time)), _) => Kind::Seconds(match time.unit {
                TimeUnit::MILLIS => 1e3,
                TimeUnit::MICROS => 1e6,
                TimeUnit::NANOS => 1e9,
            }),
            (None, Converted::TIME_MILLIS) => Kind::Seconds(1e3),
            (None, Converted::TIME_MICROS) => Kind::Seconds(1e6),
            _ => return Err("integers of an unknown meaning"),
        })
    }

    fn of_bytes(noted: Option<&LogicalType>, converted: ConvertedType, scale: i32) -> Result<Kind, &'static str> {
        use ConvertedType as Converted;
        Ok(match (noted, converted) {
            (Some(LogicalType::String | LogicalType::Json), _) | (None, Converted::UTF8 | Converted::JSON) => {
                Kind::Text
            }
            (Some(LogicalType::Float16), _) => Kind::Half,
            (Some(LogicalType::Decimal(decimal)), _) => Kind::Decimal(decimal.scale),
            (None, Converted::DECIMAL) => Kind::Decimal(scale),
            (None, Converted::INTERVAL) => return Err("spans of time"),
            // Old writers note nothing beside texts.
            (None, Converted::NONE) => Kind::Bytes,
            _ => return Err("bytes"),
        })
    }
}
