//! The values of a workbook's cells as cells of a table.

use calamine::{CellErrorType, DataRef};

use crate::data::read::Cell;

const DAY: f64 = 86_400.0;
/// Days from the first day of Excel's calendar to 1970. Behind February 1900, which it gives 29 days, it starts a day early.
const SINCE_1900: f64 = 25_569.0;
/// The same where a workbook counts from 1904.
const SINCE_1904: f64 = 24_107.0;
/// The day that is no day: 29 February 1900.
const NO_DAY: f64 = 60.0;
/// The day behind 9999-12-31, the last that Excel knows.
const END: f64 = 2_958_466.0;

/// A cell as a table has it; `is_1904` says from when the workbook counts days.
pub(super) fn cell<'a>(value: &'a DataRef<'_>, is_1904: bool) -> Cell<'a> {
    match value {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text),
        DataRef::Bool(true) => Cell::Text("true"),
        DataRef::Bool(false) => Cell::Text("false"),
        DataRef::DateTime(time) if time.is_duration() => Cell::Number(seconds(time.as_f64())),
        DataRef::DateTime(time) => moment(time.as_f64(), is_1904),
        DataRef::Error(CellErrorType::NA) | DataRef::Empty => Cell::Missing,
        DataRef::Error(error) => Cell::Text(error_text(error)),
    }
}

/// Whether a cell holds nothing that could be seen.
pub(super) fn is_blank(value: &DataRef<'_>) -> bool {
    match value {
        DataRef::Empty => true,
        DataRef::String(text) => text.trim().is_empty(),
        DataRef::SharedString(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Days as seconds, to the millisecond: that is as exact as Excel is.
fn seconds(days: f64) -> f64 {
    (days * DAY * 1000.0).round() / 1000.0
}

/// A count of days with a format of dates; within the first day it is a time of day.
fn moment(days: f64, is_1904: bool) -> Cell<'static> {
    if (0.0..1.0).contains(&days) {
        return Cell::Number(seconds(days));
    }
    let since = match is_1904 {
        true => days - SINCE_1904,
        false if days < NO_DAY => days + 1.0 - SINCE_1900,
        false => days - SINCE_1900,
    };
    // What is before or behind Excel's calendar is shown as #### there.
    if !(0.0..END).contains(&days) {
        return Cell::Number(days);
    }
    let seconds = seconds(since);
    Cell::Moment { seconds, clock: seconds % DAY != 0.0 }
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#DATA!",
    }
}

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    use super::*;

    #[test]
    fn days_are_counted_as_excel_counts_them() {
        let of = |days: f64, is_1904| moment(days, is_1904);
        let day = |days: f64| Cell::Moment { seconds: days * DAY, clock: false };
        assert_eq!(of(25_569.0, false), day(0.0));
        assert_eq!(of(24_107.0, true), day(0.0));
        // 1900-01-01, 1900-02-28 and 1900-03-01.
        assert_eq!(of(1.0, false), day(-25_567.0));
        assert_eq!(of(59.0, false), day(-25_509.0));
        assert_eq!(of(61.0, false), day(-25_508.0));
        // 2025-10-13 12:59:02.400.
        let exact = Cell::Moment { seconds: 1_760_360_342.4, clock: true };
        assert_eq!(of(45_943.541, false), exact);
        assert_eq!(of(45_943.541 - 1462.0, true), exact);
        assert_eq!(of(-1.0, false), Cell::Number(-1.0));
        assert_eq!(of(3e6, false), Cell::Number(3e6));
    }

    #[test]
    fn times_and_spans_are_seconds() {
        assert_eq!(moment(0.5, false), Cell::Number(43_200.0));
        let span = DataRef::DateTime(ExcelDateTime::new(1.25, ExcelDateTimeType::TimeDelta, false));
        assert_eq!(cell(&span, false), Cell::Number(108_000.0));
    }
}
