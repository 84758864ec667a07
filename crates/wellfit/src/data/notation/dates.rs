//! Dates as seconds since 1970, and their parts.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// Seconds of a day without a leap second.
pub(crate) const SECONDS_A_DAY: f64 = 86_400.0;

/// A moment read from text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: f64,
    /// Whether a time of day was written.
    pub clock: bool,
}

/// Reads `YYYY-MM-DD`, `YYYY/MM/DD` or `DD.MM.YYYY`, each with an optional `[T ]HH:MM[:SS[.fff]][Z|+hh:mm]`;
/// `compact` allows `YYYYMMDD` too, which is otherwise a number.
pub(crate) fn parse(text: &str, compact: bool) -> Option<Moment> {
    let (year, month, day, rest) = match text.as_bytes() {
        [y1, y2, y3, y4, one @ (b'-' | b'/'), m1, m2, two, d1, d2, rest @ ..] if one == two => {
            ([*y1, *y2, *y3, *y4], [*m1, *m2], [*d1, *d2], rest)
        }
        [d1, d2, b'.', m1, m2, b'.', y1, y2, y3, y4, rest @ ..] => ([*y1, *y2, *y3, *y4], [*m1, *m2], [*d1, *d2], rest),
        [y1, y2, y3, y4, m1, m2, d1, d2] if compact => ([*y1, *y2, *y3, *y4], [*m1, *m2], [*d1, *d2], &[][..]),
        _ => return None,
    };
    let (year, month, day) = (digits(&year)?, digits(&month)?, digits(&day)?);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp() as f64;
    match rest {
        [] => Some(Moment { seconds: midnight, clock: false }),
        [b'T' | b't' | b' ', clock @ ..] => Some(Moment { seconds: midnight + time_of_day(clock)?, clock: true }),
        _ => None,
    }
}

/// Seconds since midnight UTC of `HH:MM[:SS[.fff]][Z|±hh:mm]`.
fn time_of_day(bytes: &[u8]) -> Option<f64> {
    let end = bytes.iter().position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-')).unwrap_or(bytes.len());
    let (clock, offset) = match bytes.split_at_checked(end)? {
        (clock, []) => (clock, 0.0),
        (clock, offset) => (clock.trim_ascii_end(), zone(offset)?),
    };
    let [h1, h2, b':', m1, m2, rest @ ..] = clock else { return None };
    let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
    if hour > 23 || minute > 59 {
        return None;
    }
    let seconds = match rest {
        [] => 0.0,
        [b':', s1, s2, fraction @ ..] => {
            let whole = digits(&[*s1, *s2])?;
            let fraction = match fraction {
                [] => 0.0,
                [b'.' | b',', fraction @ ..] if !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) => {
                    format!("0.{}", std::str::from_utf8(fraction).ok()?).parse().ok()?
                }
                _ => return None,
            };
            // 60: a leap second, which lands on the next minute.
            if whole > 60 {
                return None;
            }
            f64::from(whole) + fraction
        }
        _ => return None,
    };
    Some(f64::from(hour * 3600 + minute * 60) + seconds - offset)
}

/// Seconds east of Greenwich of `Z`, `+hh`, `+hhmm` or `+hh:mm`.
fn zone(bytes: &[u8]) -> Option<f64> {
    let (sign, rest) = match bytes {
        [b'Z' | b'z'] => return Some(0.0),
        [b'+', rest @ ..] => (1.0, rest),
        [b'-', rest @ ..] => (-1.0, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [_, _] => (digits(rest)?, 0),
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then(|| sign * f64::from(hours * 3600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// Phases of a moment, each in [0, 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Phases {
    /// Share of the year that has passed.
    pub year: f64,
    /// Share of the week that has passed at midnight, Monday first.
    pub week: f64,
    /// Share of the day that has passed.
    pub day: f64,
}

/// The phases of a moment in seconds since 1970; `None` for moments outside the calendar.
pub(crate) fn phases(seconds: f64) -> Option<Phases> {
    let moment = DateTime::from_timestamp(seconds.floor() as i64, 0)?;
    let clock = f64::from(moment.num_seconds_from_midnight());
    let days = if moment.date_naive().leap_year() { 366.0 } else { 365.0 };
    Some(Phases {
        year: f64::from(moment.ordinal0()) / days,
        week: f64::from(moment.weekday().num_days_from_monday()) / 7.0,
        day: clock / SECONDS_A_DAY,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<f64> {
        parse(text, false).map(|moment| moment.seconds)
    }

    #[test]
    fn the_usual_ways_to_write_a_date_agree() {
        let day = Some(1_293_840_000.0); // 2011-01-01T00:00:00Z
        for text in ["2011-01-01", "2011/01/01", "01.01.2011", "2011-01-01 00:00", "2011-01-01T02:00:00+02:00"] {
            assert_eq!(seconds(text), day, "{text}");
        }
        assert_eq!(parse("20110101", true).map(|moment| moment.seconds), day);
        assert_eq!(seconds("20110101"), None);
        assert_eq!(seconds("2011-01-01T00:00:01.5Z"), day.map(|seconds| seconds + 1.5));
        assert_eq!(seconds("2011-01-01 00:00:00-0130"), day.map(|seconds| seconds + 5400.0));
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in ["2011-02-30", "2011-13-01", "32.01.2011", "2011-01-01T25:00", "2011-01-01x", "2011-1-1", "abc"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn phases_follow_the_calendar() {
        let noon = seconds("2024-12-31T12:00").and_then(phases).unwrap();
        assert_eq!(noon.year, 365.0 / 366.0);
        assert_eq!(noon.week, 1.0 / 7.0); // a Tuesday
        assert_eq!(noon.day, 0.5);
        assert_eq!(phases(f64::MAX), None);
    }
}
