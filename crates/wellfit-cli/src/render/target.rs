//! The balance of the classes, or the distribution of the numbers, that are to be predicted.

use wellfit::jobs::{ClassReport, NumberReport, TargetReport};
use wellfit::words::{digits, percent};

/// Classes shown in a line.
const MOST_CLASSES: usize = 5;

/// Train, and dev where it has rows.
pub fn target(target: &TargetReport) -> String {
    let (train, dev, between) = match target.train {
        Some(train) => (numbers(train), target.dev.map(numbers), "\n"),
        None => {
            let dev = target.classes.iter().any(|class| class.dev.is_some());
            let of_dev = |class: &ClassReport| class.dev.unwrap_or(0.0);
            (classes(target, |class| class.train), dev.then(|| classes(target, of_dev)), " · ")
        }
    };
    let dev = dev.map_or(String::new(), |dev| format!("{between}dev: {dev}"));
    format!("train: {train}{dev}")
}

fn numbers(numbers: NumberReport) -> String {
    let (mean, deviation) = (digits(numbers.mean), digits(numbers.deviation));
    let (low, high) = (as_written(numbers.low), as_written(numbers.high));
    format!("mean {mean}, standard deviation {deviation}, {low} to {high}")
}

/// The share of each class; of many the most frequent and the two rarest of train.
fn classes(target: &TargetReport, share: impl Fn(&ClassReport) -> f64) -> String {
    let mut classes: Vec<&ClassReport> = target.classes.iter().collect();
    if classes.len() > 2 {
        classes.sort_by(|a, b| b.train.total_cmp(&a.train));
    }
    let shown = |class: &ClassReport| format!("{} {}", class.name, percent(share(class)));
    match classes.as_slice() {
        [most, .., second_last, last] if classes.len() > MOST_CLASSES => {
            let between = classes.len() - 3;
            format!("{}, {between} more, {}, {}", shown(most), shown(second_last), shown(last))
        }
        all => all.iter().map(|class| shown(class)).collect::<Vec<_>>().join(", "),
    }
}

/// A number of the data: whole where it is whole.
fn as_written(number: f64) -> String {
    match number {
        small if small.fract() == 0.0 && small.abs() < 1000.0 => small.to_string(),
        other => digits(other),
    }
}

#[cfg(test)]
mod tests {
    use wellfit::data::Task;

    use super::*;

    fn report(classes: Vec<ClassReport>) -> TargetReport {
        TargetReport { name: "y".to_owned(), task: Task::Multiclass, classes, train: None, dev: None }
    }

    fn class(name: &str, train: f64, dev: Option<f64>) -> ClassReport {
        ClassReport { name: name.to_owned(), train, dev }
    }

    #[test]
    fn classes_have_their_shares_and_of_many_the_rarest_are_shown() {
        let two = report(vec![class("no", 0.75, Some(0.7)), class("yes", 0.25, Some(0.3))]);
        assert_eq!(target(&two), "train: no 75.0%, yes 25.0% · dev: no 70.0%, yes 30.0%");
        let many = (1..=6).map(|i| class(&i.to_string(), f64::from(i) / 21.0, None)).collect();
        assert_eq!(target(&report(many)), "train: 6 28.6%, 3 more, 2 9.5%, 1 4.8%");
    }

    #[test]
    fn numbers_of_the_data_are_whole_where_they_are() {
        assert_eq!([1.0, -977.0, 14_999.0, 0.125].map(as_written), ["1", "-977", "14,999", "0.1250"]);
    }
}
