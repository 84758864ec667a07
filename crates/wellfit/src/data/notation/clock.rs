//! Times of day, zones and spans of time, in seconds.

/// Seconds of a day without a leap second.
pub(crate) const SECONDS_A_DAY: f64 = 86_400.0;

/// Zones by name, in hours east of Greenwich (RFC 2822, section 4.3; and those of central Europe).
const ZONES: [(&str, f64); 15] = [
    ("Z", 0.0),
    ("z", 0.0),
    ("UTC", 0.0),
    ("GMT", 0.0),
    ("UT", 0.0),
    ("EST", -5.0),
    ("EDT", -4.0),
    ("CST", -6.0),
    ("CDT", -5.0),
    ("MST", -7.0),
    ("MDT", -6.0),
    ("PST", -8.0),
    ("PDT", -7.0),
    ("CET", 1.0),
    ("CEST", 2.0),
];

/// Seconds since midnight UTC of `HH:MM[:SS[.fff]] [AM|PM] [zone]`.
pub(super) fn time_of_day(text: &str) -> Option<f64> {
    let is_clock = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b',');
    let end = text.bytes().position(|byte| !is_clock(byte)).unwrap_or(text.len());
    let (clock, rest) = text.split_at_checked(end)?;
    let mut rest = rest.trim_start();
    let mut fields = clock.splitn(3, ':');
    let (hour, minute, seconds) = (fields.next()?, fields.next()?, fields.next());
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 {
        return None;
    }
    let (mut hour, minute) = (number(hour)?, number(minute)?);
    for (half, add) in [("AM", 0), ("PM", 12)] {
        let written = rest.get(..2).filter(|written| written.eq_ignore_ascii_case(half));
        if written.is_some() && (1..=12).contains(&hour) {
            hour = hour % 12 + add;
            rest = rest.get(2..)?.trim_start();
        }
    }
    if hour > 23 || minute > 59 {
        return None;
    }
    let seconds = match seconds {
        None => 0.0,
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, "0"));
            let whole = Some(number(whole)?).filter(|_| whole.len() == 2)?;
            // 60: a leap second, which lands on the next minute.
            if whole > 60 || !is_number(fraction) {
                return None;
            }
            f64::from(whole) + format!("0.{fraction}").parse::<f64>().ok()?
        }
    };
    Some(f64::from(hour * 3600 + minute * 60) + seconds - zone(rest)?)
}

/// Seconds since midnight, or of a span: `08:30`, `8:30:15.5 PM`, `123:45:00`, `-0:30:00`, `2 days 01:45:00`.
pub(super) fn clock(text: &str) -> Option<f64> {
    let is_possible = text.contains(':') && text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    if !is_possible || text.len() > 40 {
        return None;
    }
    let (sign, rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (days, rest) = match rest.split_once(" day") {
        Some((days, rest)) => (number(days)?, rest.trim_start_matches(['s', ',', ' ', '+'])),
        None => (0, rest),
    };
    let in_a_day = time_of_day(rest).or_else(|| {
        let (hours, minutes) = rest.split_once(':')?;
        // The rest is a time of day's.
        Some(f64::from(number(hours)?) * 3600.0 + time_of_day(&format!("0:{minutes}")).filter(|_| minutes.len() > 4)?)
    })?;
    Some(sign * (f64::from(days) * SECONDS_A_DAY + in_a_day))
}

/// Seconds east of Greenwich of a zone: its name, `+hh`, `+hhmm` or `+hh:mm`, perhaps with a name behind.
fn zone(text: &str) -> Option<f64> {
    if text.is_empty() {
        return Some(0.0);
    }
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == text) {
        return Some(hours * 3600.0);
    }
    let text = text.strip_suffix("UTC").map_or(text, str::trim_end);
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1.0, rest),
        ("-", rest) => (-1.0, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|letter| *letter != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (number(&digits)?, 0),
        4 => (number(digits.get(..2)?)?, number(digits.get(2..)?)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then(|| sign * f64::from(hours * 3600 + minutes * 60))
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number of up to four digits, as years have.
pub(super) fn number(text: &str) -> Option<u32> {
    (is_number(text) && text.len() <= 4).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_and_spans_are_seconds() {
        let cases = [
            ("08:30", 30_600.0),
            ("8:30:15.5", 30_615.5),
            ("8:30 PM", 73_800.0),
            ("123:45:00", 445_500.0),
            ("-0:30:00", -1_800.0),
            ("2 days 01:45:00", 179_100.0),
            ("1 day, 0:00:01", 86_401.0),
        ];
        for (text, seconds) in cases {
            assert_eq!(clock(text), Some(seconds), "{text}");
        }
        for text in ["16:9", "4:3", "25:61:00", "08:3", "a:30", "12:345", "1:2:3", "99:30"] {
            assert_eq!(clock(text), None, "{text}");
        }
    }
}
