//! Notices in words.

use std::fmt;

use super::{AsWritten, DataNotice, Deviation, Gaps, Meaning, PartCopies, PartShare, Unlike};
use crate::data::ColumnType;
use crate::data::aside::grouped;
use crate::data::notation::{Decimal, dates};
use crate::text::{counted, list, shell_word, significant, thousands};

/// Names in one notice.
const MOST_NAMED: usize = 5;
/// Names in one notice that have their counts beside them, so that a line holds them.
const MOST_COUNTED: usize = 3;

impl fmt::Display for Gaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.column, thousands(self.count))?;
        self.word.as_ref().map_or(Ok(()), |word| write!(f, " ({word})"))
    }
}

impl fmt::Display for AsWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\" → ", self.column, self.text)?;
        match self.meaning {
            Meaning::Number { value, otherwise: None } => write!(f, "{value}"),
            Meaning::Number { value, otherwise: Some((Decimal::Comma, other)) } => {
                write!(f, "{value} (--decimal comma: {other})")
            }
            Meaning::Number { value, otherwise: Some((Decimal::Point, other)) } => {
                write!(f, "{value} (--decimal point: {other})")
            }
            Meaning::Date(seconds) => f.write_str(&dates::moment(seconds, false)),
        }
    }
}

impl fmt::Display for Unlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |number: f64| match self.kind {
            ColumnType::Datetime => dates::moment(number, false),
            _ => significant(number),
        };
        let column = &self.column;
        match &self.deviation {
            Deviation::Missing { share, train } => {
                write!(f, "{column}: {} missing, {} in train", percent(*share), percent(*train))
            }
            Deviation::OutOfRange { share, bound, above } => {
                let (side, last) = if *above { ("above", "largest") } else { ("below", "smallest") };
                write!(f, "{column}: {} {side} {}, the {last} of train", percent(*share), number(*bound))
            }
            Deviation::Moved { cut, share, train } => {
                write!(f, "{column}: {} at or below {}, {} in train", percent(*share), number(*cut), percent(*train))
            }
            Deviation::Category { name, share, train } => {
                write!(f, "{column}: {} \"{name}\", {} in train", percent(*share), percent(*train))
            }
        }
    }
}

impl fmt::Display for DataNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataNotice::WholeNumbersAsNumbers { target, values } => {
                let values = thousands(*values);
                write!(
                    f,
                    "{target} has {values} whole-number values: read as regression; --task multiclass for classes"
                )
            }
            DataNotice::WholeNumbersAsClasses { target, values, low, high } => {
                let values = thousands(*values);
                write!(f, "{target} has {values} whole-number values, {low} to {high}: ")?;
                f.write_str("read as classes; --task regression for a number")
            }
            DataNotice::AsWritten(columns) => {
                let each: Vec<String> = columns.iter().map(AsWritten::to_string).collect();
                write!(f, "converted: {}", list(&each, MOST_COUNTED))
            }
            DataNotice::RowsWithoutGroup { group, rows } => {
                let are = if *rows == 1 { "it is a group" } else { "each is a group" };
                write!(
                    f,
                    "{} no {group}: {are} of its own",
                    if *rows == 1 { "1 row has".to_owned() } else { format!("{} rows have", thousands(*rows)) }
                )
            }
            DataNotice::OneGroup { group, parts } => {
                let parts: Vec<&str> = parts.iter().map(|part| part.name()).collect();
                let has = if parts.len() == 1 { "has" } else { "have" };
                write!(
                    f,
                    "{} {has} one {group} alone: how much one differs from another is not known, so errors there ",
                    parts.join(" and ")
                )?;
                f.write_str("have no interval")
            }
            DataNotice::CopiesInTrain(parts) => {
                let of_part = |one: &PartCopies| {
                    let share = percent(one.copies as f64 / one.rows.max(1) as f64);
                    format!("{} {} of {} ({share})", one.part.name(), thousands(one.copies), thousands(one.rows))
                };
                let each: Vec<String> = parts.iter().map(of_part).collect();
                write!(f, "rows also in train: {}", each.join(", "))
            }
            DataNotice::UnevenParts(parts) => {
                let of_part = |one: &PartShare| {
                    format!("{} has {:.0}% of rows, not {:.0}%", one.part.name(), one.found, one.asked)
                };
                let each: Vec<String> = parts.iter().map(of_part).collect();
                write!(f, "{}: rows that belong together stay so", each.join(", "))
            }
            DataNotice::OneTimeInTwoParts { time, parts: [older, newer] } => {
                write!(
                    f,
                    "the last {time} of {older} is the first of {newer}: rows of one time stand on both sides of the cut"
                )
            }
            DataNotice::ClassesAlike { target, alike } => {
                let groups: Vec<String> = alike.iter().map(|classes| list(classes, MOST_COUNTED)).collect();
                write!(f, "classes of {target} differ only in case or spaces: {}; make one of them", groups.join(" · "))
            }
            DataNotice::RowOfUnits { line, cells } => {
                write!(f, "line {line} holds units ({}), no data: passed over", list(cells, MOST_NAMED))
            }
            DataNotice::RepeatedHeader { line, count } => {
                write!(f, "{} like the header passed over (first: line {line})", counted(*count, "row"))
            }
            DataNotice::OtherSheets { sheet, others } => {
                let (noun, hold) = if others.len() == 1 { ("sheet", "holds") } else { ("sheets", "hold") };
                write!(f, "sheet {sheet} is read; {noun} {} {hold} cells too: passed over", list(others, MOST_NAMED))
            }
            DataNotice::NamesTwice { names } => {
                let first = names.first().map_or("", String::as_str);
                write!(f, "column names appear twice: {}; the second {first} is {first}.1", list(names, MOST_NAMED))
            }
            DataNotice::Codes { columns, zeros } => {
                let why = if *zeros { "zeros in front" } else { "too long for amounts" };
                write!(f, "{} read as codes ({why})", list(columns, MOST_NAMED))
            }
            DataNotice::SomePercent { column, with, without } => {
                let (with, without) = (thousands(*with), thousands(*without));
                write!(f, "{column}: {with} cells have a % and {without} have none: 5% is read as 5, and 0.05 as 0.05")
            }
            DataNotice::SomeCurrencies { column, currencies } => {
                write!(f, "{column} holds amounts in {}, read as if in one currency", list(currencies, MOST_NAMED))
            }
            DataNotice::DatesOfUnknownOrder { column, at, text, disagree } => {
                write!(f, "{}: {column} looks like dates, but ", at.short())?;
                match disagree {
                    true => f.write_str("some have the day first and some the month")?,
                    false => write!(f, "{text} may be day or month first")?,
                }
                f.write_str("; write them as 2024-12-31")
            }
            DataNotice::WordInTarget { target, word, rows, share } => {
                write!(f, "{:.0}% of {target} are \"{word}\", read as missing and left out; ", 100.0 * share)?;
                write!(f, "--keep-na {} makes it a class of {}", shell_word(target), counted(*rows, "row"))
            }
            DataNotice::Blanks { column, count } => {
                write!(f, "{} in {column} treated as missing", counted(*count, "blank cell"))
            }
            DataNotice::StrayTexts { column, at, text, count, kind } => {
                let at = at.short();
                let (cells, them) = (counted(*count, "such cell"), if *count == 1 { "it" } else { "them" });
                write!(f, "{at}: \"{text}\" in {column} is {}; ", unlike(*kind))?;
                write!(
                    f,
                    "{cells} treated as missing (--types {} keeps {them})",
                    shell_word(&format!("{column}=categorical"))
                )
            }
            DataNotice::UnreadCells { column, at, text, count, kind } => {
                write!(f, "{}: \"{text}\" in {column} is {}; ", at.short(), unlike(*kind))?;
                write!(f, "{} treated as missing", counted(*count, "such cell"))
            }
            DataNotice::UnseenCells { column, count, rows, example } => {
                let share = 100.0 * *count as f64 / (*rows).max(1) as f64;
                write!(
                    f,
                    "{column}: {share:.0}% of its cells hold categories that train did not have, such as \"{example}\""
                )?;
                f.write_str(if 2 * count > *rows { "; is it the same column?" } else { "" })
            }
            DataNotice::UnlikeTrain { columns, rows } => {
                let each: Vec<String> = columns.iter().map(Unlike::to_string).collect();
                write!(
                    f,
                    "unlike train, in shares of {}: {}",
                    counted(*rows, "row"),
                    each.get(..MOST_COUNTED).unwrap_or(&each).join("; ")
                )?;
                match each.len().saturating_sub(MOST_COUNTED) {
                    0 => Ok(()),
                    more => write!(f, "; and {}", counted(more, "other column")),
                }
            }
            DataNotice::Suspicious { far, piles, frequent } => {
                let far = far.chunk_by(|a, b| a.value == b.value).map(|alike| {
                    let each: Vec<String> =
                        alike.iter().map(|one| format!("{} {}", one.column, thousands(one.rows))).collect();
                    let value = alike.first().map_or(String::new(), |one| significant(one.value));
                    format!("{value} may mean missing: {}", list(&each, MOST_NAMED))
                });
                let piles = piles.iter().map(|one| {
                    let share = percent(one.rows as f64 / one.of.max(1) as f64);
                    format!("{} at {} ({share})", one.column, significant(one.value))
                });
                let frequent =
                    frequent.iter().map(|one| format!("{} in {} ({})", one.value, one.column, percent(one.share)));
                let (piles, frequent): (Vec<String>, Vec<String>) = (piles.collect(), frequent.collect());
                let cut = (!piles.is_empty()).then(|| format!("perhaps cut off: {}", list(&piles, MOST_COUNTED)));
                let most = (!frequent.is_empty()).then(|| format!("mostly {}", list(&frequent, MOST_COUNTED)));
                f.write_str(&far.chain(cut).chain(most).collect::<Vec<_>>().join(" · "))
            }
            DataNotice::SetAside(columns) => write!(f, "not used: {}", grouped(columns)),
            DataNotice::MissingValues { columns, besides_blanks } => {
                let columns: Vec<String> = columns.iter().map(Gaps::to_string).collect();
                let other = if *besides_blanks { "other " } else { "" };
                write!(f, "{other}missing values: {}", list(&columns, MOST_COUNTED))
            }
            DataNotice::RowsWithoutTarget { target, origin, rows, first_line } => {
                let (rows, line) = (counted(*rows, "row"), origin.line_noun());
                write!(f, "{rows} of {} left out: {target} is missing (first: {line} {first_line})", origin.short())
            }
            DataNotice::FullStops { origin } => {
                let file = origin.short();
                write!(f, "labels of {file} end in a full stop: the same classes")
            }
            DataNotice::PositiveClass { target, class } => {
                write!(f, "{class} is the positive class of {target}; --positive changes it")
            }
            DataNotice::RareClasses { count } => {
                let (have, they) = if *count == 1 { ("class has", "it is") } else { ("classes have", "they are") };
                write!(f, "{count} {have} fewer than 3 rows: {they} in train only, not in dev or test")
            }
            DataNotice::AbsentClasses { classes, parts } => {
                let parts: Vec<&str> = parts.iter().map(|part| part.name()).collect();
                write!(f, "no row of class {} is in {}", list(classes, MOST_NAMED), parts.join(" or "))
            }
            DataNotice::RareCategories { column, count } => {
                write!(f, "{column}: the {} rarest categories are treated as unseen", thousands(*count))
            }
            DataNotice::ConstantInTrain(columns) => match columns.as_slice() {
                [column] => write!(f, "{column} left out: constant within train"),
                columns => {
                    let (count, names) = (counted(columns.len(), "column"), list(columns, MOST_NAMED));
                    write!(f, "{count} left out: constant within train ({names})")
                }
            },
            DataNotice::HeavyTails(columns) => {
                write!(f, "robust scaling (heavy tails): {}", list(columns, MOST_NAMED + 1))
            }
            DataNotice::Normalised { before, after } => {
                let (before, after) = (ratio(*before), ratio(*after));
                write!(f, "inputs normalised: largest/smallest standard deviation {before}, now {after}")
            }
            DataNotice::Pixels { mean, deviation } => {
                write!(f, "all pixels scaled by one mean ({mean:.1}) and standard deviation ({deviation:.1})")
            }
        }
    }
}

/// What a text among values of this kind is.
fn unlike(kind: ColumnType) -> &'static str {
    if kind == ColumnType::Datetime { "no date as the others are" } else { "not a number" }
}

/// A ratio with as many digits as it deserves.
fn ratio(ratio: f64) -> String {
    if ratio < 100.0 { format!("{ratio:.1}") } else { thousands(ratio.round().min(1e18) as u64) }
}

fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 0.0 && percent < 1.0 => format!("{percent:.1}%"),
        percent => format!("{percent:.0}%"),
    }
}
