//! What the page draws beyond result and history, gathered once training is over. Nothing here is decided by.

mod importance;
mod plane;
mod worst_rows;

use std::path::Path;

use crate::data::DataNotice;
use crate::fitted::Fitted;
use crate::report::{
    Conditioning, LayerHistogram, PageEvidence, calibration_bins, layer_histogram, scatter_points, thresholds,
};
use crate::train::{Predictions, Truth};
use crate::words::plan::{network_summary, training_summary};

use super::trained::{Scored, Trained};

use importance::importance;
use plane::decision_plane;
use worst_rows::worst_rows;

/// Rows of train that the outputs of layers are counted over.
const ACTIVATION_ROWS: usize = 128;

/// The evidence of a run. `judged`: the dev rows, or those of train where there is no dev.
pub(super) fn page_evidence(run: &Trained<'_>, fitted: &mut Fitted, judged: &Scored) -> PageEvidence {
    let prepared = run.prepared;
    let (before, after) = prepared.pipeline.conditioning();
    let mut evidence = PageEvidence {
        data: run.plan.spec.data.path.as_deref().map(file_name).unwrap_or_default(),
        target: prepared.pipeline.target_name().to_string(),
        classes: prepared.pipeline.classes().to_vec(),
        network: network_summary(run.plan),
        training: training_summary(run.plan),
        notices: prepared.notices.iter().map(DataNotice::to_string).collect(),
        conditioning: Some(Conditioning { before, after }).filter(|c| c.before.is_finite() && c.after.is_finite()),
        importance: importance(run, fitted),
        worst: worst_rows(run, judged),
        activations: activations(run, fitted),
        plane: decision_plane(run, fitted),
        test_rows: match &prepared.dataset.split.test[..] {
            [] => None,
            rows => Some(prepared.dataset.fingerprint(rows, &run.data_sha256)),
        },
        ..PageEvidence::default()
    };
    match (&judged.predictions, &judged.truth) {
        (positives @ Predictions::Probabilities { classes: 2, .. }, Truth::Classes(truth)) => {
            let scores = positives.positive_scores();
            evidence.calibration = calibration_bins(&scores, truth);
            evidence.thresholds = thresholds(&scores, truth, &judged.rows.weights);
        }
        (Predictions::Values(values), Truth::Values(truth)) => evidence.scatter = scatter_points(values, truth),
        _ => {}
    }
    evidence
}

fn activations(run: &Trained<'_>, fitted: &mut Fitted) -> Vec<LayerHistogram> {
    let train = &run.prepared.train;
    let each = train.rows().div_ceil(ACTIVATION_ROWS).max(1);
    let rows: Vec<u32> = (0..train.rows() as u32).step_by(each).collect();
    let outputs = fitted.layer_outputs(train, &rows);
    outputs.iter().filter_map(|(layer, outputs)| layer_histogram(layer, outputs)).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
