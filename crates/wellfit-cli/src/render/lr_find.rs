//! `wellfit lr-find`: the loss at each rate, the rate chosen and why.

use wellfit::jobs::LrReport;
use wellfit::text::{counted, rate};
use wellfit::train::RangeChoice;
use wellfit::words::digits;
use wellfit::words::plan::network_summary;
use wellfit::words::remedies::optimizer_name;

use super::Line;
use super::range_table::range_table;

/// The range test and what follows from it.
pub fn lines(report: &LrReport) -> Vec<Line> {
    let parameters = counted(report.parameters, "parameter");
    vec![
        Line::new("network", format!("{}, {parameters}", network_summary(&report.plan))),
        Line::new("steps", steps(report)),
        Line::new("loss", range_table(&report.points, report.lr)),
        Line::new("lr", reason(report.choice)),
        Line::new("diverges", divergence(report)),
        Line::new("auto", format!("{} is used without --lr", report.auto)),
        Line::new("use", format!("--lr {}", rate(report.lr))),
    ]
}

fn steps(report: &LrReport) -> String {
    let recipe = &report.plan.recipe;
    let batch = match report.orders {
        1 => "full batch".to_owned(),
        orders => format!("batch {}, averaged over {orders} shuffles", recipe.batch),
    };
    format!("{} of {}, {batch}", counted(report.points.len(), "step"), optimizer_name(recipe.optimizer))
}

fn reason(choice: RangeChoice) -> String {
    let RangeChoice { rate: chosen, valley, start, lowest } = choice;
    format!(
        "{}: a tenth of {}, the geometric mean of the rates at which the loss has made at least 90% of its fall from {} (mean \
         over the smallest rates) to {} (lowest of all steps; the table shows some of them)",
        rate(chosen),
        rate(valley),
        digits(start),
        digits(lowest)
    )
}

fn divergence(report: &LrReport) -> String {
    match report.diverges_at {
        Some(at) => format!("at a learning rate of {}", rate(at)),
        None => format!("at no learning rate up to {}", rate(report.points.last().map_or(0.0, |last| last.rate))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_names_the_rule_and_what_it_was_applied_to() {
        let reason = reason(RangeChoice { rate: 0.0065, valley: 0.0652, start: 0.879, lowest: 0.4644 });
        assert!(
            reason.starts_with("0.0065: a tenth of 0.065,")
                && reason.contains("from 0.8790 (mean over the smallest rates) to 0.4644 (lowest"),
            "{reason}"
        );
    }
}
