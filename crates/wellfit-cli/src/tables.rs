//! Tables on the screen, wrapped to the terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use console::Term;
use serde_json::{Value, json};
use wellfit::experiment::{SETTINGS, Spec};

use crate::layout::{cut, significant, time};
use wellfit::data::{ColumnReport, ColumnType};
use wellfit::runs::RunSummary;
use wellfit::text::thousands;
use wellfit::words::percent;

/// Width where there is no terminal to ask.
const PLAIN_WIDTH: u16 = 100;

/// Every setting: its key, its value in `spec`, its purpose, what it does.
pub fn settings(spec: &Spec) -> String {
    let mut table = plain(["setting", "value", "purpose", "what it does"]);
    for setting in SETTINGS {
        let value = setting.get(spec).to_text();
        let value = if value.is_empty() { "-".to_owned() } else { value };
        table.add_row([setting.key(), value, setting.purpose.to_string(), setting.help.to_owned()]);
    }
    format!(
        "{}\n\nSet them by flag (--keep-prob 0.9), by --set keep_prob=0.9, or in a config file (--print).",
        finished(&table)
    )
}

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
        let weight = |&place: &usize| columns.get(place).map_or((0.0, 0), says);
        order.sort_by(|a, b| weight(b).partial_cmp(&weight(a)).unwrap_or(std::cmp::Ordering::Equal));
    }
    let listed = if columns.len() > MOST_COLUMNS { COLUMNS_OF_MANY } else { columns.len() };
    let (listed, rest) = order.split_at(listed.min(order.len()));
    let mut listed = listed.to_vec();
    listed.sort_unstable();
    let mut table = plain(["column", "type", "distinct", "missing"]);
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

/// How much there is to say of a column.
fn says(column: &ColumnReport) -> (f64, u64) {
    (column.missing, if column.kind == ColumnType::Numeric { 0 } else { column.distinct })
}

/// `and 60 more: 59 numeric, 1 categorical; missing 0.2% at most`.
fn counted(columns: &[&ColumnReport]) -> String {
    let kinds = ColumnType::ALL.iter().filter_map(|kind| {
        let count = columns.iter().filter(|column| column.kind == *kind).count();
        (count > 0).then(|| format!("{} {kind}", thousands(count as u64)))
    });
    let missing = match columns.iter().map(|column| column.missing).fold(0.0, f64::max) {
        0.0 => "nothing missing".to_owned(),
        most => format!("missing {} at most", percent(most)),
    };
    format!("and {} more: {}; {missing}", thousands(columns.len() as u64), kinds.collect::<Vec<_>>().join(", "))
}

/// A name on one line, cut where it is long.
fn shown_name(name: &str, letters: usize) -> String {
    let name: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if name.chars().count() <= letters { name } else { format!("{}…", cut(&name, letters - 1)) }
}

/// The runs of a folder, one a line.
pub fn runs(runs: &[RunSummary]) -> String {
    let mut table = plain(["run", "verdict", "metric", "train", "dev", "epochs", "time"]);
    for column in 3..7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let number = |value: Option<f64>| value.map_or("-".to_owned(), significant);
    for run in runs {
        table.add_row([
            run.name.clone(),
            run.verdict.clone().unwrap_or_else(|| "-".to_owned()),
            run.metric.clone(),
            number(run.train),
            number(run.dev),
            run.epochs.map_or("-".to_owned(), |epochs| epochs.to_string()),
            run.seconds.map_or("-".to_owned(), time),
        ]);
    }
    finished(&table)
}

/// The same for programs.
pub fn runs_json(runs: &[RunSummary]) -> Value {
    let runs: Vec<Value> = runs
        .iter()
        .map(|run| {
            json!({"run": run.name, "verdict": run.verdict, "metric": run.metric, "train": run.train, "dev": run.dev,
                "epochs": run.epochs, "seconds": run.seconds})
        })
        .collect();
    json!({"schema": 1, "runs": runs})
}

fn plain<const COLUMNS: usize>(header: [&str; COLUMNS]) -> Table {
    of_width(header, PLAIN_WIDTH)
}

/// A table as wide as the terminal, or as `plain_width` where there is none.
pub fn of_width<const COLUMNS: usize>(header: [&str; COLUMNS], plain_width: u16) -> Table {
    let mut table = Table::new();
    let width = Term::stdout().size_checked().map_or(plain_width, |(_, columns)| columns);
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width).set_header(header);
    table
}

/// The table without the spaces that fill its last column.
pub fn finished(table: &Table) -> String {
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_runs_fits_and_names_each_run() {
        let run = RunSummary {
            name: "telco-1".to_owned(),
            verdict: Some("high bias and high variance".to_owned()),
            metric: "error".to_owned(),
            train: Some(0.18),
            dev: None,
            epochs: Some(41),
            seconds: Some(3.1),
        };
        let table = runs(&[run.clone(), RunSummary { name: "broken-1".to_owned(), ..RunSummary::default() }]);
        assert!(table.lines().all(|line| line.chars().count() <= usize::from(PLAIN_WIDTH)), "{table}");
        assert!(table.contains("telco-1") && table.contains("broken-1") && table.contains("0.180"), "{table}");
        assert_eq!(runs_json(&[run])["runs"][0]["epochs"], 41);
    }

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
        assert!(table.ends_with("and 56 more: 56 numeric; nothing missing"), "{table}");
        assert!(table.lines().all(|line| line.chars().count() <= 50) && table.lines().count() == 8, "{table}");
    }

    #[test]
    fn the_table_of_settings_names_each_setting() {
        let table = settings(&Spec::default());
        for setting in SETTINGS {
            assert!(table.contains(&setting.key()), "{}", setting.key());
        }
    }
}
