//! Dates as seconds since 1970, and their parts.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use serde::{Deserialize, Serialize};

pub(crate) use super::clock::SECONDS_A_DAY;
use super::clock::{is_number, number, time_of_day};

/// A moment read from text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: f64,
    /// Whether a time of day was written.
    pub clock: bool,
}

/// Which of two numbers is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DateOrder {
    /// `31/01/2024`.
    DayFirst,
    /// `01/31/2024`.
    MonthFirst,
}

/// What a text says of a date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Written {
    /// A moment.
    Moment(Moment),
    /// A moment with the day and the month in one order; `None` where both are possible.
    Ordered { order: Option<DateOrder>, day_first: Option<Moment>, month_first: Option<Moment> },
    /// What systems write for no date: `0000-00-00`, `0001-01-01`, `9999-12-31`.
    NoDate,
}

/// Years of two digits up to here are of this century (POSIX, `strptime`, `%y`).
const LAST_OF_THIS_CENTURY: i32 = 68;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Reads a date with an optional time of day and zone:
///
/// - `2024-01-31`, `2024/1/31`, `2024-01`, `31.01.2024`, `01/31/2024`, `31/01/24`, `31-01-2024`;
/// - `31-Jan-24`, `31 January 2024`, `Jan 31, 2024`, `Wed, 31 Jan 2024`;
/// - then `T` or a space and `23:59[:59[.999]]`, `1:05 PM`; then `Z`, `UTC`, `+01:00`, `[Europe/Berlin]`.
pub(crate) fn recognise(text: &str) -> Option<Written> {
    if let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() {
        return plain([y1, y2, y3, y4], [m1, m2], [d1, d2]);
    }
    let possible = (6..=60).contains(&text.len()) && text.is_ascii() && text.bytes().any(|byte| byte.is_ascii_digit());
    if !possible {
        return None;
    }
    let text = text.split_once('[').map_or(text, |(before, _)| before).trim_end();
    if let Some((date, time)) = text.split_once('T').filter(|(date, time)| date.len() == 8 && !time.contains(':')) {
        return compact_moment(date, time);
    }
    let (date, clock) = apart(text);
    let time = match clock {
        Some(clock) => time_of_day(clock)?,
        None => 0.0,
    };
    let moment = |year, month, day| {
        let midnight = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp() as f64;
        Some(Moment { seconds: midnight + time, clock: clock.is_some() })
    };
    let date = date.strip_suffix(" UTC").or_else(|| date.strip_suffix(" GMT")).unwrap_or(date);
    let date = without_weekday(date);
    let sign = date.bytes().find(|byte| !byte.is_ascii_alphanumeric())?;
    let parts: Vec<&str> = match sign {
        b' ' | b',' => date.split([' ', ',']).filter(|part| !part.is_empty()).collect(),
        sign => date.split(char::from(sign)).collect(),
    };
    let is_spaced = matches!(sign, b' ' | b',');
    match (parts.as_slice(), sign) {
        (&[year, month], b'-') if year.len() == 4 && month.len() == 2 => {
            let year = Some(number(year)?).filter(|year| (1000..=2999).contains(year))?;
            moment(year as i32, of_two(month)?, 1).map(Written::Moment)
        }
        (&[year, month, day], b'-' | b'/' | b'.') if year.len() == 4 && is_number(year) => {
            let (year, month, day) = (number(year)?, of_two(month)?, of_two(day)?);
            match (year, month, day) {
                (0, 0, 0) | (1, 1, 1) | (9999, 12, 31) => Some(Written::NoDate),
                _ => moment(year as i32, month, day).map(Written::Moment),
            }
        }
        (&[day, month, year], b'-' | b'/' | b' ' | b',' | b'.') if is_number(day) && month_of(month).is_some() => {
            moment(full_year(year)?, month_of(month)?, of_two(day)?).map(Written::Moment)
        }
        (&[month, day, year], b'-' | b' ' | b',') if month_of(month).is_some() => {
            moment(full_year(year)?, month_of(month)?, of_two(day)?).map(Written::Moment)
        }
        (&[day, month, year], b'.') => moment(full_year(year)?, of_two(month)?, of_two(day)?).map(Written::Moment),
        (&[one, two, year], b'/' | b'-') if !is_spaced && (sign == b'/' || year.len() == 4) => {
            let (one, two, year) = (of_two(one)?, of_two(two)?, full_year(year)?);
            let (day_first, month_first) = (moment(year, two, one), moment(year, one, two));
            let order = match (day_first, month_first) {
                (Some(_), Some(_)) if one == two => return day_first.map(Written::Moment),
                (Some(_), Some(_)) => None,
                (Some(_), None) => Some(DateOrder::DayFirst),
                (None, Some(_)) => Some(DateOrder::MonthFirst),
                (None, None) => return None,
            };
            Some(Written::Ordered { order, day_first, month_first })
        }
        _ => None,
    }
}

/// The date that most files write, `2024-01-31`, without taking it apart as text.
fn plain(year: [u8; 4], month: [u8; 2], day: [u8; 2]) -> Option<Written> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let (year, month, day) = (number(&year)?, number(&month)?, number(&day)?);
    if matches!((year, month, day), (0, 0, 0) | (1, 1, 1) | (9999, 12, 31)) {
        return Some(Written::NoDate);
    }
    let midnight = NaiveDate::from_ymd_opt(year as i32, month, day)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp() as f64;
    Some(Written::Moment(Moment { seconds: midnight, clock: false }))
}

/// The moment of a text; `order` decides where the text does not.
pub(crate) fn parse(text: &str, order: Option<DateOrder>) -> Option<Moment> {
    recognise(text)?.moment(order)
}

impl Written {
    /// The moment; `order` decides where the text does not. `None` where it stands for no date, or nothing decides.
    pub fn moment(self, order: Option<DateOrder>) -> Option<Moment> {
        match self {
            Written::Moment(moment) => Some(moment),
            Written::NoDate => None,
            Written::Ordered { order: own, day_first, month_first } => match order.or(own)? {
                DateOrder::DayFirst => day_first,
                DateOrder::MonthFirst => month_first,
            },
        }
    }
}

/// Seconds since 1970 of a number that is a date, `YYYYMMDD`, or with a time of day, `YYYYMMDDhhmmss` (years 1900 to 2199).
pub(crate) fn compact(number: f64) -> Option<f64> {
    if (1.9e13..2.2e13).contains(&number) && number.fract() == 0.0 {
        let (date, time) = ((number / 1e6).floor(), (number % 1e6) as u32);
        let (hours, minutes, seconds) = (time / 10_000, time / 100 % 100, time % 100);
        let is_time = hours < 24 && minutes < 60 && seconds < 60;
        return compact(date)
            .filter(|_| is_time)
            .map(|midnight| midnight + f64::from((hours * 60 + minutes) * 60 + seconds));
    }
    if !(19_000_101.0..=21_991_231.0).contains(&number) || number.fract() != 0.0 {
        return None;
    }
    let whole = number as u32;
    let date = NaiveDate::from_ymd_opt((whole / 10_000) as i32, whole / 100 % 100, whole % 100)?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp() as f64)
}

/// `20240131` and `T123456`, as ISO 8601 has it without signs: with decimals, and with a zone.
fn compact_moment(date: &str, time: &str) -> Option<Written> {
    let midnight = compact(is_number(date).then(|| date.parse().ok())??)?;
    let (clock, rest) = time.split_at_checked(time.bytes().take_while(u8::is_ascii_digit).count())?;
    let spelled = match clock.as_bytes() {
        [h1, h2, m1, m2] => [*h1, *h2, b':', *m1, *m2].to_vec(),
        [h1, h2, m1, m2, s1, s2] => [*h1, *h2, b':', *m1, *m2, b':', *s1, *s2].to_vec(),
        _ => return None,
    };
    let spelled = String::from_utf8(spelled).ok()? + rest;
    Some(Written::Moment(Moment { seconds: midnight + time_of_day(&spelled)?, clock: true }))
}

/// A moment as `2024-01-31`, or with its time of day as `2024-01-31T23:59:59`, to the microsecond.
pub(crate) fn moment(seconds: f64, clock: bool) -> String {
    let format = if clock { "%Y-%m-%dT%H:%M:%S%.f" } else { "%Y-%m-%d" };
    let moment = DateTime::from_timestamp_micros((seconds * 1e6).round() as i64);
    moment.map_or(String::new(), |moment| moment.format(format).to_string())
}

/// The date and the time of day of a text.
fn apart(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find(':') else { return (text, None) };
    let hour = text.get(..colon).unwrap_or_default();
    let digits = hour.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (date, hour) = hour.split_at_checked(colon - digits).unwrap_or((text, ""));
    let clock = text.get(colon - hour.len()..);
    let date = date.strip_suffix(['T', 't', ' ']).unwrap_or(date);
    (date.trim_end_matches([' ', ',']), clock)
}

fn without_weekday(date: &str) -> &str {
    let Some((first, rest)) = date.split_once([',', ' ']) else { return date };
    let is_weekday = first.len() >= 3 && named(&WEEKDAYS, first).is_some();
    if is_weekday { rest.trim_start_matches([' ', ',']) } else { date }
}

/// The place of a name among those it may be short for or longer than.
fn named(names: &[&str], text: &str) -> Option<usize> {
    let letters = text.get(..3)?;
    let rest = text.get(3..)?;
    (text.len() <= 9 && rest.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then(|| names.iter().position(|name| name.eq_ignore_ascii_case(letters)))
        .flatten()
}

fn month_of(text: &str) -> Option<u32> {
    named(&MONTHS, text).map(|place| place as u32 + 1)
}

fn full_year(text: &str) -> Option<i32> {
    let year = number(text)? as i32;
    match text.len() {
        4 if year >= 1000 => Some(year),
        2 if year <= LAST_OF_THIS_CENTURY => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// A day or a month.
fn of_two(text: &str) -> Option<u32> {
    number(text).filter(|_| text.len() <= 2)
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
        parse(text, None).map(|moment| moment.seconds)
    }

    #[test]
    fn the_usual_ways_to_write_a_date_agree() {
        let day = Some(1_293_840_000.0); // 2011-01-01T00:00:00Z
        for text in [
            "2011-01-01",
            "2011/01/01",
            "01.01.2011",
            "2011-1-1",
            "2011-01",
            "01/01/2011",
            "1/1/11",
            "01-Jan-11",
            "1 January 2011",
            "Jan 1, 2011",
            "Sat, 01 Jan 2011 00:00:00 GMT",
            "2011-01-01 00:00",
            "2011-01-01 00:00:00 UTC",
            "2011-01-01 00:00:00 +0000 UTC",
            "2011-01-01T02:00:00+02:00",
            "2011-01-01T02:00:00+02:00[Europe/Helsinki]",
            "12/31/2010 7:00:00 PM EST",
            "01/01/2011 12:00 AM",
            "20110101T000000",
            "20110101T0000Z",
            "20110101T020000.000+0200",
        ] {
            assert_eq!(seconds(text), day, "{text}");
        }
        assert_eq!((compact(20_110_101.0), seconds("20110101")), (day, None));
        assert_eq!(seconds("2011-01-01T00:00:01.5Z"), day.map(|seconds| seconds + 1.5));
        assert_eq!(seconds("2011-01-01 00:00:00-0130"), day.map(|seconds| seconds + 5400.0));
    }

    #[test]
    fn the_column_decides_what_a_date_leaves_open() {
        assert_eq!(seconds("02/03/2024"), None);
        assert_eq!(parse("02/03/2024", Some(DateOrder::DayFirst)), parse("2024-03-02", None));
        assert_eq!(parse("02/03/2024", Some(DateOrder::MonthFirst)), parse("2024-02-03", None));
        assert_eq!(seconds("31/01/2024"), seconds("2024-01-31"));
        assert_eq!(parse("31/01/2024", Some(DateOrder::MonthFirst)), None);
        assert_eq!(recognise("0000-00-00 00:00:00"), Some(Written::NoDate));
        assert_eq!(recognise("9999-12-31"), Some(Written::NoDate));
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "2011-02-30",
            "2011-13-01",
            "32.01.2011",
            "2011-01-01T25:00",
            "2011-01-01x",
            "abc",
            "1-2-03",
            "12-34",
            "1.2.3",
            "Mayor 5",
            "10:20",
            "4-2-1",
            "A-12-2011",
            "13/13/2011",
            "192.168.0.1",
            "2.007,25",
            "2011-01-01 00:00:00 XYZ",
            "5551-1234",
        ] {
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
