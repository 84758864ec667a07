//! Tables on the screen, wrapped to the terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::{Value, json};
use wellfit::experiment::{SETTINGS, Spec};

use crate::layout::{significant, time};
use wellfit::jobs::RunSummary;

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
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    if !table.is_tty() {
        table.set_width(plain_width);
    }
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

    #[test]
    fn the_table_of_settings_names_each_setting() {
        let table = settings(&Spec::default());
        for setting in SETTINGS {
            assert!(table.contains(&setting.key()), "{}", setting.key());
        }
    }
}
