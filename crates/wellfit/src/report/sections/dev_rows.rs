//! What the network does on dev: its mistakes, and the inputs they hang on.

use crate::text::{counted, thousands};
use crate::words::Unit;

use super::super::figures;
use super::super::input::PageInput;
use super::Chart;

/// Which rows are wrong, and how.
pub(super) fn errors(input: &PageInput) -> Vec<Chart> {
    let (result, evidence) = (&input.result, &input.evidence);
    let part = if result.dev.is_some() { "Dev" } else { "Train" };
    let mut charts = Vec::new();
    if let Some(counts) = &result.metrics.confusion {
        let wide = figures::is_wide(counts.len());
        let note = format!(
            "{part} rows: true classes down, predicted ones across, shaded by the share of the rows of their true class."
        );
        charts
            .push(Chart { wide, ..Chart::of("Confusion matrix", figures::confusion(counts, &evidence.classes), note) });
        let note = "Recall: share of the rows of a class that are found. Precision: share of the rows predicted as a class that \
                    belong to it.";
        charts.push(Chart::of("Recall and precision", figures::per_class(counts, &evidence.classes), note));
        let note = "The classes most often taken for another.";
        charts.push(Chart::of("Most confused", figures::most_confused(counts, &evidence.classes), note));
    }
    if let Some(curve) = &evidence.thresholds {
        let threshold = result.metrics.threshold;
        let note = "Every threshold is a point of the curve; the dashed line is a model that knows nothing.";
        charts.push(Chart::of("ROC curve", figures::roc(curve, threshold), note));
        let note = "A lower threshold finds more positive rows and raises more false alarms; dashed: the share of positive rows.";
        charts.push(Chart::of("Precision and recall", figures::precision_recall(curve, threshold), note));
    }
    if let (false, Some(positive)) = (evidence.calibration.is_empty(), evidence.classes.get(1)) {
        let note = "On the dashed line predicted probabilities equal observed shares.";
        charts.push(Chart::of("Calibration", figures::calibration(&evidence.calibration, positive), note));
    }
    if !evidence.scatter.is_empty() {
        let (shown, all) = (evidence.scatter.len() as u64, counted(result.rows.dev, "dev row"));
        let rows = if shown < result.rows.dev { format!("{} of the {all}", thousands(shown)) } else { all };
        let note = format!("{rows}; on the dashed line the prediction is exact.");
        let markup = figures::scatter(&evidence.scatter, &evidence.target);
        charts.push(Chart::of("Predicted and actual values", markup, note));
        let note = "Actual less predicted value; the line is the mean of each tenth of the rows.";
        charts.push(Chart::of("Residuals", figures::residuals(&evidence.scatter, &evidence.target), note));
    }
    let wrong = figures::worst_rows(&evidence.worst, &evidence.classes);
    let note = "Rows of the file, counted from 1 after the header. Look at these first: a wrong label, a missing column, or a \
                kind of row that is rare in train.";
    charts.push(Chart::of("Worst rows", wrong, note));
    charts
}

/// Which inputs the answer hangs on.
pub(super) fn inputs(input: &PageInput, unit: Unit) -> Vec<Chart> {
    let evidence = &input.evidence;
    let mut charts = Vec::new();
    if let Some(plane) = &evidence.plane {
        let note = "Darker: more probable. Dots are dev rows in the colour of their true class.";
        charts.push(Chart::of("Decision boundary", figures::boundary(plane), note));
    }
    let note = "The rise of the error when a column is shuffled among dev rows, with its 95% interval over rows. Columns that say \
                the same share their importance.";
    charts.push(Chart::of("Permutation importance", figures::importance(&evidence.importance, unit), note));
    charts
}
