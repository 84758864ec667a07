//! The columns of a table: a line each, and of many those with most to say.

use comfy_table::CellAlignment;
use wellfit::data::ColumnType;
use wellfit::jobs::ColumnReport;
use wellfit::text::thousands;
use wellfit::words::percent;

use crate::layout::cut;
use crate::tables::{finished, of_width};

/// Width where there is no terminal to ask and none that fits.
const PLAIN_WIDTH: u16 = 100;
/// Columns listed one by one, and the fewer that are where there are more.
const MOST_COLUMNS: usize = 12;
const COLUMNS_OF_MANY: usize = 6;
/// Letters of a column's name that are shown, and what the other columns of the table take of a line.
const MOST_LETTERS: usize = 32;
const FEWEST_LETTERS: usize = 8;
const BESIDE_THE_NAME: usize = 34;

/// The columns of a table: type, different values, share missing; of many those with most to say, the rest counted.
pub fn columns(columns: &[ColumnReport], width: usize) -> String {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    if columns.len() > MOST_COLUMNS {
        // Missing values first, then categories, the more the sooner.
        let weight = |&place: &usize| columns.get(place).map_or((0.0, 0), weight_of);
        order.sort_by(|a, b| weight(b).partial_cmp(&weight(a)).unwrap_or(std::cmp::Ordering::Equal));
    }
    let listed = if columns.len() > MOST_COLUMNS { COLUMNS_OF_MANY } else { columns.len() };
    let (listed, rest) = order.split_at(listed.min(order.len()));
    let mut listed = listed.to_vec();
    listed.sort_unstable();
    let mut table = of_width(["column", "type", "distinct", "missing"], PLAIN_WIDTH);
    table.set_width(u16::try_from(width).unwrap_or(PLAIN_WIDTH));
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if place >= 2 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let letters = width.saturating_sub(BESIDE_THE_NAME).clamp(FEWEST_LETTERS, MOST_LETTERS);
    for column in listed.iter().filter_map(|&place| columns.get(place)) {
        let missing = if column.missing > 0.0 { percent(column.missing) } else { "-".to_owned() };
        table.add_row([
            shown_name(&column.name, letters),
            column.kind.to_string(),
            thousands(column.distinct),
            missing,
        ]);
    }
    let rest: Vec<&ColumnReport> = rest.iter().filter_map(|&place| columns.get(place)).collect();
    if rest.is_empty() { finished(&table) } else { format!("{}\n{}", finished(&table), counted(&rest)) }
}

/// How much a column is worth listing: its missing share, then its number of categories.
fn weight_of(column: &ColumnReport) -> (f64, u64) {
    (column.missing, if column.kind == ColumnType::Numeric { 0 } else { column.distinct })
}

/// `and 60 more: 59 numeric, 1 categorical; missing 0.2% at most`.
fn counted(columns: &[&ColumnReport]) -> String {
    let kinds = ColumnType::ALL.iter().filter_map(|kind| {
        let count = columns.iter().filter(|column| column.kind == *kind).count();
        (count > 0).then(|| format!("{} {kind}", thousands(count as u64)))
    });
    let missing = match columns.iter().map(|column| column.missing).fold(0.0, f64::max) {
        0.0 => "no missing values".to_owned(),
        most => format!("at most {} missing", percent(most)),
    };
    format!("and {} more: {}; {missing}", thousands(columns.len() as u64), kinds.collect::<Vec<_>>().join(", "))
}

/// A name on one line, cut where it is long.
fn shown_name(name: &str, letters: usize) -> String {
    let name: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if name.chars().count() <= letters { name } else { format!("{}…", cut(&name, letters - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: ColumnType, distinct: u64, missing: f64) -> ColumnReport {
        ColumnReport { name: name.to_owned(), kind, distinct, missing }
    }

    #[test]
    fn a_few_columns_are_listed_in_the_order_of_the_file() {
        let few = [column("age", ColumnType::Numeric, 73, 0.0), column("job", ColumnType::Categorical, 1_008, 0.056)];
        let expected = "column  type         distinct  missing\n\
            age     numeric            73        -\n\
            job     categorical     1,008     5.6%";
        assert_eq!(columns(&few, 70), expected);
    }

    #[test]
    fn of_many_columns_those_with_gaps_and_many_categories_are_listed() {
        let mut many: Vec<_> = (0..60).map(|i| column(&format!("x{i}"), ColumnType::Numeric, 9, 0.0)).collect();
        many.insert(30, column("city", ColumnType::Categorical, 400, 0.0));
        many.push(column(&"gap".repeat(40), ColumnType::Numeric, 9, 0.5));
        let table = columns(&many, 50);
        assert!(table.contains("city") && table.contains("50.0%") && table.contains("…"), "{table}");
        assert!(table.ends_with("and 56 more: 56 numeric; no missing values"), "{table}");
        assert!(table.lines().all(|line| line.chars().count() <= 50) && table.lines().count() == 8, "{table}");
    }
}
