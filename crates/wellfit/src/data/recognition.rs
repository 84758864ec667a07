//! How a column is written, by what stands in it; and a second look at the columns that are not written plainly.

use std::cmp::Ordering;

use super::notation::{Count, Decimal, Missing, Notation, Style};
use super::profile::{Profile, profile, profile_again};
use super::read::Source;
use super::{ColumnType, DataError, DataRequest};

/// Numbers that are all dates `YYYYMMDD` by chance alone are fewer than this.
const FEWEST_COMPACT: u64 = 3;

/// A column: how it is written, and what it holds read so.
#[derive(Clone, Debug)]
pub(crate) struct Recognised {
    /// How it is written.
    pub notation: Notation,
    /// What it holds, read so.
    pub profile: Profile,
    /// What it looked like before that was known, where that differs.
    pub plain: Option<Profile>,
}

/// Looks at every column, and again at those that are not written plainly; returns them with the number of rows.
pub(crate) fn recognise(
    request: &DataRequest,
    source: &Source,
    missing: &Missing,
) -> Result<(Vec<Recognised>, u64), DataError> {
    let names = source.names();
    let notation = |name: &String, style| Notation { keeps_words: request.keep_words.covers(name), style };
    let plain: Vec<Notation> =
        names.iter().map(|name| notation(name, Style::Plain).in_file(source.is_typed())).collect();
    let (profiles, rows) = profile(source, missing, &plain)?;
    let usual = usual_decimal(&profiles, source);
    let styles: Vec<Style> = names
        .iter()
        .zip(&profiles)
        .map(|(name, profile)| style(profile, request.type_of(name), request.decimal, usual))
        .collect();
    let columns = names.iter().zip(&profiles).zip(&styles).enumerate();
    let again: Vec<(usize, Notation)> = columns
        .filter(|(_, ((_, profile), style))| differs(profile, **style))
        .map(|(place, ((name, _), style))| (place, notation(name, *style).in_file(source.is_typed())))
        .collect();
    let mut second = again.iter().map(|(place, _)| *place).zip(profile_again(source, missing, &again)?).peekable();
    let mut recognised = Vec::with_capacity(names.len());
    for (place, ((name, first), style)) in names.iter().zip(profiles).zip(styles).enumerate() {
        let asked = request.type_of(name).is_some();
        let found = match second.next_if(|(at, _)| *at == place) {
            // What still holds texts of its own kind is left as it is.
            Some((_, second)) if asked || second.is_numeric() || second.is_dates() || second.holds_answers() => {
                Recognised { notation: notation(name, style), profile: second, plain: Some(first) }
            }
            Some(_) => Recognised { notation: notation(name, Style::Plain), profile: first, plain: None },
            None => Recognised { notation: notation(name, style), profile: first, plain: None },
        };
        recognised.push(found);
    }
    Ok((recognised, rows))
}

/// Whether a column holds something else when it is read in that style than when it is read plainly.
fn differs(profile: &Profile, style: Style) -> bool {
    match style {
        Style::Plain => false,
        Style::Numbers { decimal, .. } => {
            profile.dressed.count > 0
                || profile.missing_words.count() > 0
                || decimal == Decimal::Comma && (!profile.whole || profile.dressed.first_open.is_some())
        }
        Style::Dates { count, .. } => {
            let ordered = &profile.ordered;
            count.is_some() || ordered.count() + ordered.none + profile.missing_words.count() > 0
        }
    }
}

/// The decimal sign of the columns of a file.
#[derive(Clone, Copy)]
struct Usual {
    decimal: Decimal,
    /// Whether cells show it.
    is_shown: bool,
}

/// The decimal sign of most columns with commas that show theirs; of plain numbers, where none does; or of who writes such files:
/// beside `;` as a separator it is the comma.
fn usual_decimal(profiles: &[Profile], source: &Source) -> Option<Usual> {
    let show = |decimal: Decimal, commas: bool| {
        let shows =
            |profile: &&Profile| profile.dressed.decimal() == Some(decimal) && (profile.dressed.count > 0 || !commas);
        profiles.iter().filter(shows).count()
    };
    match show(Decimal::Comma, true).cmp(&show(Decimal::Point, true)) {
        Ordering::Greater => Some(Usual { decimal: Decimal::Comma, is_shown: true }),
        Ordering::Less => Some(Usual { decimal: Decimal::Point, is_shown: true }),
        Ordering::Equal if show(Decimal::Point, false) > 0 => Some(Usual { decimal: Decimal::Point, is_shown: true }),
        Ordering::Equal => source.decimal().map(|decimal| Usual { decimal, is_shown: false }),
    }
}

/// The style a column is probably written in; `usual` is the decimal sign of other columns.
fn style(profile: &Profile, asked: Option<ColumnType>, decimal: Option<Decimal>, usual: Option<Usual>) -> Style {
    let ordered = &profile.ordered;
    let largest = profile.max.abs().max(profile.min.abs());
    let count = match profile.numbers {
        0 => None,
        _ if profile.compact => Some(Count::Compact),
        _ => Some(Count::of(largest)),
    };
    let numbers = Style::Numbers {
        decimal: decimal
            .or_else(|| profile.dressed.decimal())
            .or(usual.map(|usual| usual.decimal))
            .unwrap_or(Decimal::Point),
        forced: decimal.is_some(),
    };
    match asked {
        Some(ColumnType::Datetime) => return Style::Dates { order: ordered.order(), count },
        Some(ColumnType::Numeric) => return numbers,
        Some(_) => return Style::Plain,
        None => {}
    }
    let known = profile.missing_words.count();
    // A style of numbers: words for nothing are missing there, and true and false are themselves.
    if profile.answers > 0 && known > 0 && profile.answers + known == profile.texts() {
        return numbers;
    }
    if profile.compact
        && profile.numbers > 0
        && profile.numbers + known == profile.present
        && profile.distinct.count() >= FEWEST_COMPACT
    {
        return Style::Dates { order: None, count };
    }
    let dates = profile.dates + if ordered.order().is_some() { ordered.count() } else { 0 };
    if dates > 0 && (dates + ordered.none + known) * 20 >= profile.present * 19 {
        return Style::Dates { order: ordered.order(), count: None };
    }
    let readable = profile.numbers + profile.dressed.count;
    let is_forced_comma = decimal == Some(Decimal::Comma) && readable > 0;
    // `1.234` is plain, but beside columns with decimal commas its point groups digits.
    let is_grouped = profile.dressed.first_open.is_some()
        && profile.dressed.decimal().is_none()
        && usual.is_some_and(|usual| usual.is_shown && usual.decimal == Decimal::Comma);
    let speaks = profile.dressed.count + known + profile.censored > 0 || is_grouped;
    if profile.dates == 0 && readable > 0 && (is_forced_comma || speaks && 2 * (readable + known) >= profile.present) {
        return numbers;
    }
    Style::Plain
}
