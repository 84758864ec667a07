//! How a training went.

use crate::diagnose::NaiveModel;
use crate::text::{counted, list};
use crate::train::{DevChoice, Ended};

/// Why training ended.
pub fn ended(ended: Ended, epochs: usize) -> String {
    match ended {
        Ended::Epochs => format!("all {} done", counted(epochs, "epoch")),
        Ended::Patience(patience) => format!("stopped early: no improvement in {}", counted(patience, "epoch")),
        Ended::Interrupted => "interrupted".to_string(),
    }
}

/// Who answers, where several networks were trained: `linear` is the share of linear models, `error` what all of it comes to on rows not
/// seen.
pub fn answer(networks: u64, linear: f64, error: Option<String>) -> String {
    let networks = counted(networks, "network");
    let answer = match linear {
        0.0 => format!("the mean of {networks}"),
        1.0 => format!("linear models; {networks} do not surely err less"),
        share => format!("{networks} and their linear models, which count {:.0}%", 100.0 * share),
    };
    answer + &error.map_or(String::new(), |error| format!("; {error} on rows not seen"))
}

/// How often a test set was evaluated.
pub fn test_evaluations(times: u64) -> String {
    match times {
        0 => "not evaluated".to_string(),
        1 => "evaluated once".to_string(),
        times => format!("evaluated {times} times, all runs counted"),
    }
}

/// What was chosen on dev.
pub fn chosen_on_dev(choices: &[DevChoice]) -> String {
    let names: Vec<String> = choices.iter().map(|choice| dev_choice(*choice).to_string()).collect();
    list(&names, names.len())
}

fn dev_choice(choice: DevChoice) -> &'static str {
    match choice {
        DevChoice::Epoch => "the epoch",
        DevChoice::Threshold => "the threshold",
    }
}

/// A model that ignores its inputs.
pub fn naive_model(model: NaiveModel) -> &'static str {
    match model {
        NaiveModel::MajorityClass => "majority class",
        NaiveModel::PositiveClass => "positive class",
        NaiveModel::CheaperClass => "class with the cheaper mistakes",
        NaiveModel::ClassShares => "class shares",
        NaiveModel::Mean => "mean",
        NaiveModel::Median => "median",
    }
}
