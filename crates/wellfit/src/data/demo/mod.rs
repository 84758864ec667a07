//! Generated data sets whose best possible error is known, so that a verdict can be seen to be right.

mod churn;
mod houses;
mod shapes;

use wellfit_kernels::random::{Purpose, Stream};

/// A generated data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Demo {
    /// The table, as a CSV file with a header.
    pub csv: String,
    /// The column to predict.
    pub target: &'static str,
    /// Error rate (classes) or RMSE (numbers) of the best possible predictor on these rows, which knows how they were generated.
    pub irreducible: f64,
    /// What was generated and where the irreducible error comes from, in a sentence or two.
    pub description: String,
}

/// The demos there are.
pub const NAMES: [&str; 4] = ["moons", "rings", "churn", "houses"];

/// Makes a demo; `None` if there is none of that name. The same seed gives the same bytes.
pub fn demo(name: &str, seed: u64) -> Option<Demo> {
    let dice = Dice { seed };
    match name {
        "moons" => Some(shapes::moons(dice)),
        "rings" => Some(shapes::rings(dice)),
        "churn" => Some(churn::churn(dice)),
        "houses" => Some(houses::houses(dice)),
        _ => None,
    }
}

/// Random draws of a demo, each at a (column, row).
#[derive(Clone, Copy)]
struct Dice {
    seed: u64,
}

impl Dice {
    fn stream(self, column: u64) -> Stream {
        Stream::new(self.seed, Purpose::Demo, column)
    }

    fn uniform(self, column: u64, row: u64) -> f64 {
        self.stream(column).uniform(row)
    }

    fn normal(self, column: u64, row: u64) -> f64 {
        self.stream(column).normal(row)
    }

    /// A whole number of [0, bound).
    fn below(self, column: u64, row: u64, bound: u64) -> u64 {
        self.stream(column).below(row, bound)
    }

    /// One of `items`, each as likely as its weight.
    fn choose<'a>(self, column: u64, row: u64, items: &[(&'a str, f64)]) -> &'a str {
        let total: f64 = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.uniform(column, row) * total;
        for (item, weight) in items {
            left -= weight;
            if left < 0.0 {
                return item;
            }
        }
        items.last().map_or("", |(item, _)| item)
    }
}

/// The error rate of always answering with the likelier of two classes.
fn best_error(probabilities: &[f64]) -> f64 {
    probabilities.iter().map(|p| p.min(1.0 - p)).sum::<f64>() / probabilities.len().max(1) as f64
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `2023-05-17` of a number of days since 1970.
fn date(days: i64) -> String {
    chrono::DateTime::from_timestamp(days * 86_400, 0).map_or(String::new(), |moment| moment.date_naive().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataNotice, DataRequest, Dataset, Normalize, Pipeline, Task, load};

    fn loaded(name: &str) -> (Demo, Dataset) {
        let demo = demo(name, 0).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.csv");
        std::fs::write(&path, &demo.csv).unwrap();
        let dataset =
            load(&DataRequest { source: path.into(), target: Some(demo.target.into()), ..DataRequest::default() })
                .unwrap();
        (demo, dataset)
    }

    #[test]
    fn every_demo_loads_and_states_an_error_that_can_be_reached() {
        for name in NAMES {
            let (demo, dataset) = loaded(name);
            let rows = dataset.table.rows();
            assert!((2_000..=6_000).contains(&rows), "{name}: {rows} rows");
            Pipeline::fit(&dataset, &dataset.split.train, Normalize::Auto).unwrap();
            match dataset.target.task {
                Task::Regression => assert!(demo.irreducible > 0.0),
                _ => assert!(demo.irreducible > 0.01 && demo.irreducible < 0.3, "{name}: {}", demo.irreducible),
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
        for name in NAMES {
            assert_eq!(demo(name, 1), demo(name, 1));
            assert_ne!(demo(name, 1), demo(name, 2));
        }
        assert_eq!(demo("nothing", 1), None);
    }

    #[test]
    fn churn_has_the_dirt_of_real_tables() {
        let (_, dataset) = loaded("churn");
        let aside: Vec<&str> = dataset.aside.iter().map(|aside| aside.column.as_str()).collect();
        assert_eq!(aside, ["customer_id"]);
        assert!(
            dataset
                .notices
                .iter()
                .any(|notice| matches!(notice, DataNotice::Blanks { column, .. } if column == "total_charge"))
        );
        assert_eq!(dataset.target.classes, ["no", "yes"]);
    }

    #[test]
    fn dates_are_written_as_the_reader_reads_them() {
        assert_eq!(date(19_358), "2023-01-01");
        assert_eq!(crate::data::notation::dates::parse(&date(19_358), None).unwrap().seconds, 19_358.0 * 86_400.0);
    }
}
