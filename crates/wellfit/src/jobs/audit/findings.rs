//! The findings of `wellfit data` as a person reads them.

use crate::data::Dataset;
use crate::diagnose::{Copies, Drift, Duplicates, Leak, rounded_up};
use crate::runs::lines;
use crate::text::{counted, list, thousands};
use crate::words::{Unit, digits, findings, percent};

use super::report::{ClassReport, Detectable, NumberReport, TargetReport};

/// Classes shown in a line, and columns.
const MOST_CLASSES: usize = 5;
const MOST_COLUMNS: usize = 4;
/// A dev set that tells no smaller rise of the error rate, or of the RMSE as a share of it, is worth more rows.
const COARSE: f64 = 0.05;
const COARSE_SHARE: f64 = 0.2;
/// From this share of a part on, copies of train's rows are worth a remark.
const WORTH_A_MOVE: f64 = 0.01;

/// The balance of the classes, or where the numbers lie.
pub(super) fn target(target: &TargetReport) -> String {
    if let Some(train) = target.train {
        let text = |numbers: NumberReport| {
            let (mean, deviation) = (digits(numbers.mean), digits(numbers.deviation));
            format!("mean {mean}, deviation {deviation}, {} to {}", as_written(numbers.low), as_written(numbers.high))
        };
        let dev = target.dev.map_or(String::new(), |dev| format!("\n{} in dev", text(dev)));
        return format!("{} in train{dev}", text(train));
    }
    let mut classes: Vec<&ClassReport> = target.classes.iter().collect();
    // Of many classes the rarest are what one has to know of.
    if classes.len() > 2 {
        classes.sort_by(|a, b| b.train.total_cmp(&a.train));
    }
    let share = |class: &ClassReport| {
        let dev = class.dev.map_or(String::new(), |dev| format!(" ({})", percent(dev)));
        format!("{} {}{dev}", class.name, percent(class.train))
    };
    let shown = match classes.as_slice() {
        [most, .., second_last, last] if classes.len() > MOST_CLASSES => {
            let between = classes.len() - 3;
            format!("{} · {between} more · {} · {}", share(most), share(second_last), share(last))
        }
        all => all.iter().map(|class| share(class)).collect::<Vec<_>>().join(" · "),
    };
    let of = if target.classes.iter().any(|class| class.dev.is_some()) { "train (of dev)" } else { "train" };
    format!("{shown} of {of}")
}

/// A number of the data: whole where it is whole.
fn as_written(number: f64) -> String {
    match number {
        small if small.fract() == 0.0 && small.abs() < 1000.0 => small.to_string(),
        other => digits(other),
    }
}

/// The parts.
pub(super) fn split(dataset: &Dataset) -> String {
    format!("{} · {}", lines::rows_of_parts(dataset), dataset.split.method)
}

/// What dev can tell, and what it would take to tell more.
pub(super) fn dev(detectable: Option<&Detectable>) -> String {
    let Some(detectable) = detectable else { return "no rows, so nothing can be told".to_string() };
    let rows = counted(rounded_up(detectable.wanted_rows as f64), "row");
    match detectable.at {
        Some(at) => format!(
            "tells {:.1} points apart; 1 point takes {rows} (errors near {}, those of the majority guess)",
            100.0 * detectable.difference,
            percent(at)
        ),
        None => format!(
            "tells RMSEs {} apart; {:.0}% takes {rows} (normal errors)",
            percent(detectable.difference),
            100.0 * detectable.wanted
        ),
    }
}

/// Identical rows.
pub(super) fn copies(dataset: &Dataset, duplicates: &Duplicates) -> String {
    let split = &dataset.split;
    let across = [
        ("dev", "train", split.dev.len(), duplicates.train_dev),
        ("test", "train", split.test.len(), duplicates.train_test),
        ("test", "dev", split.test.len(), duplicates.dev_test),
    ];
    if duplicates.train.rows == 0 && across.iter().all(|(.., copies)| copies.rows == 0) {
        return "no two rows are the same in every column".to_string();
    }
    let share = |rows: u64, all: usize| percent(rows as f64 / all.max(1) as f64);
    let within = split.train.as_slice().len();
    let mut parts = vec![format!(
        "{} of train ({}) repeat{} an earlier one{}",
        counted(duplicates.train.rows, "row"),
        share(duplicates.train.rows, within),
        if duplicates.train.rows == 1 { "s" } else { "" },
        conflicts(duplicates.train)
    )];
    for (part, other, rows, copies) in across.iter().filter(|(.., copies)| copies.rows > 0) {
        let (found, conflicts) = (copies.rows, conflicts(*copies));
        parts.push(format!("{} of {part} ({}) in {other}{conflicts}", thousands(found), share(found, *rows)));
    }
    if parts.len() == 1 {
        parts.push("none in two parts".to_string());
    }
    parts.join(" · ")
}

fn conflicts(copies: Copies) -> String {
    match copies.conflicting {
        Some(rows) if rows > 0 => format!(", {} against most copies", thousands(rows)),
        _ => String::new(),
    }
}

/// Columns that give the target away, a line each.
pub(super) fn leaks(dataset: &Dataset, leaks: &[Leak]) -> String {
    if dataset.table.is_pixels() {
        return "not looked for among pixels".to_string();
    }
    if !leaks.is_empty() {
        return leaks.iter().map(findings::leak).collect::<Vec<_>>().join("\n");
    }
    match dataset.target.task.is_classification() {
        true => "no column gives the target away alone".to_string(),
        false => "no column gives the target away alone, and no two add up to it".to_string(),
    }
}

/// Whether the parts are alike, a line for each comparison.
pub(super) fn drift(drift: &[Drift]) -> String {
    if drift.is_empty() {
        return "there is no other part to compare train with".to_string();
    }
    let compared = drift.iter().enumerate().map(|(place, drift)| compared(drift, place == 0));
    compared.collect::<Vec<_>>().join("\n")
}

fn compared(drift: &Drift, first_of_all: bool) -> String {
    let [first, second] = drift.parts;
    let Some(accuracy) = drift.accuracy else {
        return format!("{first} and {second}: too few rows, or columns that vary, to compare");
    };
    let chance = if first_of_all { ", chance is 50%" } else { "" };
    let measured = format!("{} right{chance}", Unit::Rate.error_with_interval(accuracy));
    if !drift.drifts {
        return format!("{first} and {second} not told apart: {measured}");
    }
    let columns: Vec<String> =
        drift.columns.iter().map(|column| format!("{} {}", column.name, percent(column.accuracy))).collect();
    let alone = if columns.is_empty() { String::new() } else { format!(" · alone: {}", list(&columns, MOST_COLUMNS)) };
    format!("{first} and {second} differ: {measured}{alone}")
}

/// What to see to before training, the gravest first.
pub(super) fn next(
    dataset: &Dataset,
    duplicates: &Duplicates,
    leaks: &[Leak],
    drift: &[Drift],
    detectable: Option<&Detectable>,
) -> String {
    let mut moves = Vec::new();
    if !leaks.is_empty() {
        let columns: Vec<&str> = leaks.iter().flat_map(|leak| leak.columns.iter().map(String::as_str)).collect();
        moves.push(format!("--drop {} unless known before the target is", columns.join(",")));
    }
    let drifting: Vec<&str> = drift.iter().filter(|drift| drift.drifts).map(|drift| drift.parts[1]).collect();
    if !drifting.is_empty() {
        let parts = drifting.join(" and ");
        let (differ, them) = if drifting.len() == 1 { ("differs", "it") } else { ("differ", "them") };
        moves.push(format!("{parts} {differ} from train: find out why before you trust {them}"));
    }
    let copied = |rows: u64, of: usize| rows as f64 >= WORTH_A_MOVE * of.max(1) as f64 && rows > 0;
    let split = &dataset.split;
    let copied: Vec<&str> = [
        ("dev", copied(duplicates.train_dev.rows, split.dev.len())),
        ("test", copied(duplicates.train_test.rows, split.test.len())),
    ]
    .iter()
    .filter_map(|(part, copied)| copied.then_some(*part))
    .collect();
    if !copied.is_empty() {
        let parts = copied.join(" and ");
        moves.push(format!("copies flatter {parts}: remove them, or tie them with --group"));
    }
    moves.extend(more_dev_rows(detectable));
    if moves.is_empty() {
        return "nothing found that speaks against training".to_string();
    }
    if let [only] = moves.as_slice() {
        return only.clone();
    }
    moves.iter().enumerate().map(|(i, text)| format!("{} {text}", i + 1)).collect::<Vec<_>>().join("\n")
}

fn more_dev_rows(detectable: Option<&Detectable>) -> Option<String> {
    let Some(detectable) = detectable else {
        return Some("give dev some rows (--split, --dev), or no verdict is possible".to_string());
    };
    let coarse = if detectable.at.is_some() { COARSE } else { COARSE_SHARE };
    (detectable.difference > coarse).then(|| "dev is small: give it more rows (--split), or collect them".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Task;
    use crate::diagnose::{GivenAway, Interval};

    fn class(name: &str, train: f64, dev: Option<f64>) -> ClassReport {
        ClassReport { name: name.to_string(), train, dev }
    }

    fn report(classes: Vec<ClassReport>) -> TargetReport {
        TargetReport { name: "y".to_string(), task: Task::Multiclass, classes, train: None, dev: None }
    }

    #[test]
    fn classes_are_told_with_their_shares_and_of_many_the_rarest() {
        let two = report(vec![class("no", 0.75, Some(0.7)), class("yes", 0.25, Some(0.3))]);
        assert_eq!(target(&two), "no 75.0% (70.0%) · yes 25.0% (30.0%) of train (of dev)");
        let many = (1..=6).map(|i| class(&i.to_string(), f64::from(i) / 21.0, None)).collect();
        assert_eq!(target(&report(many)), "6 28.6% · 3 more · 2 9.5% · 1 4.8% of train");
    }

    #[test]
    fn a_drift_is_told_with_its_interval_and_its_columns() {
        let interval = Interval { value: 0.8, low: 0.77, high: 0.83 };
        let columns = ["a", "b", "c", "d", "e"].map(|name| GivenAway { name: name.to_string(), accuracy: 0.6 });
        let to_dev = Drift {
            parts: ["train", "dev"],
            rows: 900,
            accuracy: Some(interval),
            drifts: true,
            columns: columns.into(),
        };
        let none = Drift { parts: ["train", "test"], drifts: false, columns: Vec::new(), ..to_dev.clone() };
        assert_eq!(
            drift(&[to_dev, none]),
            "train and dev differ: 80.0% [77.0, 83.0] right, chance is 50% · alone: a 60.0%, b 60.0%, c 60.0%, \
             d 60.0% and 1 more\ntrain and test not told apart: 80.0% [77.0, 83.0] right"
        );
    }

    #[test]
    fn numbers_of_the_data_are_whole_where_they_are() {
        assert_eq!([1.0, -977.0, 14_999.0, 0.125].map(as_written), ["1", "-977", "14,999", "0.1250"]);
    }
}
