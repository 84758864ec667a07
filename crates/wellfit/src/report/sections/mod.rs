//! The pictures and tables of the page in their sections, each with the topics it belongs to.

mod dev_rows;
mod diagnosed;
mod layers;
mod search;
mod training;

use serde::Serialize;

use crate::words::Unit;

use super::input::PageInput;
use super::why::{Why, whys};

/// Pictures that belong together, and why they matter.
#[derive(Serialize)]
pub(super) struct Section {
    title: &'static str,
    charts: Vec<Chart>,
    whys: Vec<Why>,
}

/// A picture or table with its title and a remark.
#[derive(Serialize)]
pub(super) struct Chart {
    title: String,
    // Markup: from our figures, which escape every text they are given.
    markup: String,
    note: String,
    wide: bool,
}

impl Chart {
    fn of(title: &str, markup: String, note: impl Into<String>) -> Chart {
        Chart { title: title.to_string(), markup, note: note.into(), wide: false }
    }
}

/// The sections that the input has numbers for.
pub(super) fn sections(input: &PageInput, unit: Unit) -> Vec<Section> {
    let section = |title, charts: Vec<Chart>, topics: &[&str]| {
        let charts = charts.into_iter().filter(|chart| !chart.markup.is_empty()).collect();
        Section { title, charts, whys: whys(topics, input) }
    };
    let all = [
        section("Training", training::charts(input, unit), &["early-stopping", "learning-rate"]),
        section("Errors on dev", dev_rows::errors(input), &[]),
        section("What the network relies on", dev_rows::inputs(input, unit), &[]),
        section(diagnosed::title(input), diagnosed::charts(input, unit), &[]),
        section("The search", search::charts(input, unit), &["hyperparameters"]),
        section(
            "Layers",
            layers::charts(input),
            &["gradients", "initialisation", "gradient-check", "l2", "l1", "dropout"],
        ),
    ];
    all.into_iter().filter(|section| !section.charts.is_empty()).collect()
}

/// What errors are called on an axis.
fn error_name(unit: Unit, target: &str) -> String {
    match unit {
        Unit::Rate => "error rate".to_string(),
        Unit::Target => format!("rmse of {}", super::plot::clipped(target, 24)),
        Unit::Score(_) => unit.measure().to_string(),
    }
}
