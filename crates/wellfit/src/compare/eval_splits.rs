//! The rows that configurations are judged on: one split, or several in which each row of train and dev is dev once.

use crate::data::Dataset;
use crate::diagnose::LossRows;
use crate::experiment::{Plan, Prepared, Spec, prepare_dataset};
use crate::improve::{JudgedOn, SEEDS};
use crate::net::layers::EmbedSpec;
use crate::runs::{JobError, NoFolds, UsageError};

use super::loss_rows::loss_rows;

/// Splits of a cross-validation, where nobody says.
pub(crate) const DEFAULT_FOLDS: usize = 5;
/// Numbers that the inputs of all splits together may take: beyond, dev is large enough to judge by alone.
const MOST_NUMBERS: usize = 60_000_000;
/// Rows to judge by: train and dev as they were split or, where they can be cross-validated, one split for each fold.
pub(crate) struct EvalSplits {
    parts: Vec<Prepared>,
}

impl EvalSplits {
    /// The rows of one split alone.
    pub fn one(prepared: Prepared) -> EvalSplits {
        EvalSplits { parts: vec![prepared] }
    }

    /// Cross-validation, over five splits where nobody says: each row of train and dev is dev once, and judged by a network that
    /// has not seen it. The first is the split as it is. With rows in a given place (a dev file, time), or more than memory should
    /// hold, that one alone; if folds were asked for, that is refused.
    pub fn cross_validation(prepared: Prepared, spec: &Spec) -> Result<EvalSplits, JobError> {
        let asked = spec.data.folds.on().copied();
        let folds = asked.unwrap_or(DEFAULT_FOLDS);
        if let Some(why) = no_folds(&prepared, spec, folds) {
            return if asked.is_some() { Err(refused(why)) } else { Ok(EvalSplits::one(prepared)) };
        }
        let others: Vec<Dataset> = prepared.dataset.split_and_folds(folds, spec.training.seed).split_off(1);
        let mut parts = vec![prepared];
        for dataset in others {
            parts.push(prepare_dataset(dataset, spec)?);
        }
        Ok(EvalSplits { parts })
    }

    /// Folds: train and dev in equal parts, each of which is dev once. The caller has asked [`no_folds`].
    pub fn folds(dataset: &Dataset, spec: &Spec, folds: usize) -> Result<EvalSplits, JobError> {
        let parts = dataset.folds(folds, spec.training.seed).into_iter().map(|fold| prepare_dataset(fold, spec));
        Ok(EvalSplits { parts: parts.collect::<Result<_, _>>()? })
    }

    /// The same rows prepared as another spec says.
    pub fn as_in(&self, spec: &Spec) -> Result<EvalSplits, JobError> {
        let parts = self.parts.iter().map(|part| prepare_dataset(part.dataset.clone(), spec));
        Ok(EvalSplits { parts: parts.collect::<Result<_, _>>()? })
    }

    /// Weighs the rows of every split by class, as the spec asks.
    pub fn weigh_classes(&mut self, spec: &Spec) -> Result<(), JobError> {
        for part in &mut self.parts {
            let weights = Plan::new(spec, &part.summary())?.class_weights;
            part.weigh_classes(&weights);
        }
        Ok(())
    }

    /// The split as it is.
    pub fn first(&self) -> &Prepared {
        // There is one part at least: both constructors put it there.
        #[expect(clippy::indexing_slicing, reason = "splits have a first part")]
        &self.parts[0]
    }

    /// The split as it is and, where rows are cross-validated, the others.
    pub fn parts(&self) -> &[Prepared] {
        &self.parts
    }

    /// Rows of train and dev together.
    pub fn rows(&self) -> u64 {
        self.first().dataset.train_and_dev().len() as u64
    }

    /// Trainings that a configuration is judged over: each turn as often as the others, and five in all at least.
    pub fn trainings(&self) -> usize {
        SEEDS.next_multiple_of(self.parts.len().max(1))
    }

    /// Which rows configurations are judged on.
    pub fn judged_on(&self) -> JudgedOn {
        match self.parts.len() {
            1 => JudgedOn::Dev,
            folds => JudgedOn::TrainAndDev { folds },
        }
    }

    /// The part that the `i`-th seed is judged on.
    pub fn part(&self, i: usize) -> (usize, &Prepared) {
        let at = i % self.parts.len();
        (at, self.parts.get(at).unwrap_or(self.first()))
    }
}

/// Why rows of train and dev cannot be cross-validated, if they cannot.
pub(crate) fn no_folds(prepared: &Prepared, spec: &Spec, folds: usize) -> Option<NoFolds> {
    let dataset = &prepared.dataset;
    let rows = dataset.train_and_dev();
    let features = prepared.pipeline.features();
    let width = EmbedSpec::by_rule(&features).width(&features);
    let numbers = rows.len().saturating_mul(width).saturating_mul(folds);
    // The split as it is is one of them; the others divide train.
    let most = dataset.most_parts(&rows).min(dataset.most_parts(dataset.split.train.as_slice()) + 1);
    if spec.data.dev.is_some() {
        Some(NoFolds::DevFile)
    } else if spec.data.time.is_some() {
        Some(NoFolds::ByTime)
    } else if most < folds {
        Some(NoFolds::TooFew { units: most, grouped: dataset.groups.is_some(), folds })
    } else if dataset.table.is_pixels() && spec.data.folds.on().is_none() {
        Some(NoFolds::Images)
    } else if numbers > MOST_NUMBERS {
        Some(NoFolds::TooLarge { folds, numbers })
    } else {
        None
    }
}

/// The refusal of folds that were asked for.
pub(crate) fn refused(why: NoFolds) -> JobError {
    UsageError::NoFolds(why).into()
}

/// Weights and groups of a part's dev rows, with losses of 0.
pub(crate) fn unscored_rows(part: &Prepared) -> LossRows {
    let rows = &part.dataset.split.dev;
    part.dev.as_ref().map_or(LossRows::default(), |dev| loss_rows(part, dev, rows, vec![0.0; rows.len()]))
}
