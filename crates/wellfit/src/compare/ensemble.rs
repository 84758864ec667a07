//! The model that a run of several networks ends with: their mean, with a share for linear models where that errs less.

use crate::diagnose::{Interval, LossRows};
use crate::experiment::{Plan, Prepared};
use crate::fitted::Fitted;
use crate::model::{Model, Predictor};
use crate::report::EnsembleReport;
use crate::runs::JobError;
use crate::train::{Metric, Predictions, Truth};

use super::eval_splits::unscored_rows;
use super::linear_model::linear_model;
use super::loss_rows::loss_rows;
use super::others::Others;

/// Shares of linear models that are tried, in steps of one tenth.
const TENTHS: u32 = 10;
/// Temperatures that are tried to either side of 1, and how many of them double it.
const TEMPERATURES: i32 = 16;
const STEPS_OF_AN_OCTAVE: f64 = 8.0;

/// What answers together, and how well on rows that it has not seen.
pub(crate) struct Ensemble {
    pub model: Model,
    networks: usize,
    linear_share: f64,
    error: Option<Interval>,
}

impl Ensemble {
    /// Joins the run's own network, `own`, with others.
    ///
    /// Where every row of train and dev is judged by a network that has not seen it, a linear model is fitted beside each network, on
    /// the same rows, and the share of the linear models is the one that has the least log loss or squared error on those rows: with
    /// few rows no network is worth more than its linear part. A threshold, where one is chosen, is chosen on the same rows.
    /// Source: Breiman 1996, *Stacked regressions*, Machine Learning 24:49.
    pub fn of(own: &Model, (prepared, plan): (&Prepared, &Plan), others: &Others) -> Result<Ensemble, JobError> {
        let kept = plan.members - 1;
        let mut model = own.clone();
        model.members.extend(others.predictors(kept));
        let networks = model.members.len();
        let weigh = |members: &mut [Predictor], share: f64| {
            let each = share / networks as f64;
            members.iter_mut().for_each(|member| member.weight = each);
        };
        weigh(&mut model.members, 1.0);
        let mut joined = Ensemble { model, networks, linear_share: 0.0, error: None };
        let Some((linear, fold)) = out_of_fold(own, (prepared, plan), others)? else { return Ok(joined) };
        let temperature = fold.best_temperature();
        joined.model.members.iter_mut().for_each(|member| member.head.temperature = temperature);
        let fold = OutOfFold { networks: fold.networks.tempered(temperature), ..fold };
        let (share, predictions) = fold.best_share();
        let predictions = plan.recipe.with_threshold(predictions, &fold.truth, &fold.rows.weights);
        let decision = predictions.decision();
        let losses = plan.recipe.metric.row_losses(&predictions, &fold.truth, &fold.rows.weights);
        joined.error = Some(LossRows { losses, ..fold.rows }.interval(plan.recipe.metric, plan.recipe.seed));
        joined.linear_share = share;
        weigh(&mut joined.model.members, 1.0 - share);
        if share > 0.0 {
            let mut linear: Vec<Predictor> = linear.into_iter().take(networks).collect();
            weigh(&mut linear, share);
            joined.model.members.extend(linear);
        }
        if plan.recipe.threshold_for.is_some() {
            joined.model.members.iter_mut().for_each(|member| member.head.decision = decision.clone());
        }
        Ok(joined)
    }

    pub fn report(&self) -> EnsembleReport {
        EnsembleReport { networks: self.networks as u64, linear_share: self.linear_share, error: self.error }
    }
}

/// What networks and linear models say of rows that they have not seen.
struct OutOfFold {
    networks: Predictions,
    linear: Predictions,
    truth: Truth,
    /// Weights and groups, with losses of 0.
    rows: LossRows,
}

/// The linear model of each fold, and what is predicted for its rows; `None` where some row is not judged.
fn out_of_fold(
    own: &Model,
    (prepared, plan): (&Prepared, &Plan),
    others: &Others,
) -> Result<Option<(Vec<Predictor>, OutOfFold)>, JobError> {
    let (Some(dev), true) = (prepared.dev.as_ref(), others.judge_every_row()) else { return Ok(None) };
    let Some((first, linear)) = linear_model(prepared, plan)? else { return Ok(None) };
    let mut fitted = Fitted::new(own.clone(), plan.threads.unwrap_or(1))?;
    let mut all = OutOfFold {
        networks: fitted.score_first(dev).0,
        linear,
        truth: prepared.head.truths(dev),
        rows: loss_rows(prepared, dev, &prepared.dataset.split.dev, Vec::new()),
    };
    let mut models = vec![first];
    for (part, plan, outcome) in others.each() {
        let (Some(dev), Some((model, linear))) = (part.dev.as_ref(), linear_model(part, plan)?) else {
            return Ok(None);
        };
        models.push(model);
        all.networks = all.networks.followed_by(&outcome.dev_predictions);
        all.linear = all.linear.followed_by(&linear);
        all.truth = all.truth.followed_by(&part.head.truths(dev));
        let rows = unscored_rows(part);
        all.rows.weights.extend(rows.weights);
        all.rows.groups.extend(rows.groups);
    }
    Ok(Some((models, all)))
}

impl OutOfFold {
    /// What is made small: squared errors, or log losses, which tell more of a few rows than whether they are given the right class.
    fn losses(&self, predictions: &Predictions) -> LossRows {
        let losses = self.metric().row_losses(predictions, &self.truth, &self.rows.weights);
        LossRows { losses, ..self.rows.clone() }
    }

    fn metric(&self) -> Metric {
        match self.truth {
            Truth::Classes(_) => Metric::LogLoss,
            Truth::Values(_) => Metric::Rmse,
        }
    }

    /// The temperature at which the networks' probabilities have the least log loss; 1 for values.
    fn best_temperature(&self) -> f64 {
        if self.metric() != Metric::LogLoss {
            return 1.0;
        }
        let loss = |temperature: f64| self.losses(&self.networks.clone().tempered(temperature)).error(Metric::LogLoss);
        let all = (-TEMPERATURES..=TEMPERATURES).map(|step| 2f64.powf(f64::from(step) / STEPS_OF_AN_OCTAVE));
        let measured = all.map(|temperature| (temperature, loss(temperature)));
        measured.min_by(|one, other| one.1.total_cmp(&other.1)).map_or(1.0, |(temperature, _)| temperature)
    }

    /// The share of linear models with the least loss, and what is predicted with it. Where networks do not surely lower the
    /// loss, linear models answer alone.
    fn best_share(&self) -> (f64, Predictions) {
        let shares = (0..=TENTHS).map(|tenths| f64::from(tenths) / f64::from(TENTHS));
        let mixed = shares.map(|share| (share, self.networks.mixed_with(&self.linear, share)));
        let measured = mixed.map(|(share, predictions)| (share, self.losses(&predictions), predictions));
        let least = measured.min_by(|one, other| {
            let error = |losses: &LossRows| losses.error(self.metric());
            error(&one.1).total_cmp(&error(&other.1))
        });
        match least {
            Some((share, losses, predictions)) if losses.is_surely_lower_than(&self.losses(&self.linear)) => {
                (share, predictions)
            }
            _ => (1.0, self.linear.clone()),
        }
    }
}
