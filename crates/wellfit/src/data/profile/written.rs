//! What texts say of a column of numbers or dates that is not written plainly.

use super::Stray;
use crate::data::notation::dates::DateOrder;
use crate::data::notation::{Decimal, Says, currency};

/// Texts that are numbers, and what they say of the decimal sign.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dressed {
    /// Such cells.
    pub count: u64,
    /// Those with a decimal comma, whatever the others say; those with a decimal point; and those that may have either.
    comma: u64,
    pub point: u64,
    either: u64,
    /// Cells with a percent sign.
    pub percent: u64,
    /// The currencies that stand there, each once.
    pub currencies: Vec<&'static str>,
    /// The first of them.
    pub first: Option<Stray>,
    /// The first that may have either.
    pub first_open: Option<Stray>,
}

impl Dressed {
    /// The decimal sign of the column; `None` where its numbers leave it open.
    pub fn decimal(&self) -> Option<Decimal> {
        match (self.comma, self.point) {
            (0, 0) => None,
            (_, 0) => Some(Decimal::Comma),
            _ => Some(Decimal::Point),
        }
    }

    /// Whether something says what the decimal sign of the column is, and nothing says another.
    pub fn is_settled(&self) -> bool {
        (self.comma > 0) != (self.point > 0)
    }

    /// Takes note of a plain number that may have a decimal point, until one has to.
    pub fn add_plain(&mut self, says: Says, text: &str, line: u64) {
        match says {
            Says::Only(Decimal::Point) => self.point = 1,
            Says::Either => _ = self.first_open.get_or_insert_with(|| Stray { text: text.to_owned(), line, count: 1 }),
            _ => {}
        }
    }

    /// Takes note of one.
    pub fn add(&mut self, says: Says, text: &str, line: u64) {
        self.count += 1;
        self.percent += u64::from(text.contains('%'));
        self.currencies.extend(currency(text).filter(|sign| !self.currencies.contains(sign)));
        let stray = || Stray { text: text.to_owned(), line, count: 1 };
        self.first.get_or_insert_with(stray);
        match says {
            Says::Nothing => {}
            Says::Either => {
                self.either += 1;
                self.first_open.get_or_insert_with(stray);
            }
            Says::Only(Decimal::Comma) => self.comma += 1,
            Says::Only(Decimal::Point) => self.point += 1,
        }
    }
}

/// Dates of which the order of day and month is not plain.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderedDates {
    day_first: u64,
    month_first: u64,
    either: u64,
    /// Cells such as `0000-00-00`.
    pub none: u64,
    /// The first of them.
    pub first: Option<Stray>,
}

impl OrderedDates {
    /// Takes note of one.
    pub fn add(&mut self, order: Option<DateOrder>, text: &str, line: u64) {
        match order {
            None => self.either += 1,
            Some(DateOrder::DayFirst) => self.day_first += 1,
            Some(DateOrder::MonthFirst) => self.month_first += 1,
        }
        self.first.get_or_insert_with(|| Stray { text: text.to_owned(), line, count: 1 });
    }

    /// All of them.
    pub fn count(&self) -> u64 {
        self.day_first + self.month_first + self.either
    }

    /// The order of all that say it, one in twenty excepted; `None` where none of them says, or they disagree.
    pub fn order(&self) -> Option<DateOrder> {
        let (day, month) = (self.day_first, self.month_first);
        match (day + month) / 20 {
            few if month <= few && day > 0 => Some(DateOrder::DayFirst),
            few if day <= few && month > 0 => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether some have the day first and some the month.
    pub fn disagree(&self) -> bool {
        self.day_first > 0 && self.month_first > 0
    }
}

/// A few different words and how often each stands there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words(Vec<Stray>);

impl Words {
    const MOST: usize = 8;

    /// Takes note of one.
    pub fn add(&mut self, text: &str, line: u64) {
        let known = self.0.iter().position(|word| word.text == text);
        if known.is_none() && self.0.len() < Words::MOST {
            self.0.push(Stray { text: text.to_owned(), line, count: 1 });
            return;
        }
        // Of many, the last stands for the rest.
        let place = known.unwrap_or(Words::MOST - 1);
        self.0.iter_mut().skip(place).take(1).for_each(|word| word.count += 1);
    }

    /// Cells with any of them.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| word.count).sum()
    }

    /// The one that stands there most often.
    pub fn first(&self) -> Option<&Stray> {
        self.0.iter().rev().max_by_key(|word| word.count)
    }
}
