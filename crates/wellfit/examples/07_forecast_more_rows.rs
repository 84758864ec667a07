//! Forecasts the error of all rows from half of them and less, and counts how often the truth lies in the 90% interval.
//!
//! Run it with `cargo run -p wellfit --example 07_forecast_more_rows`: a made set, two repeats. `-- 10 FILE.csv=TARGET ..` takes
//! files of yours, ten repeats each.

use std::path::{Path, PathBuf};

use wellfit::data::demo::demo;
use wellfit::data::load;
use wellfit::diagnose::{CurveSample, LearningCurve, LossRows, learning_curve};
use wellfit::experiment::{
    Plan, Spec, Trial, data_request, engine, machine_threads, prepare_dataset, run_trials, train_on_parts,
};
use wellfit::train::Metric;
use wellfit::words::Unit;

/// Sizes to forecast from, as shares of train (one in so many), and draws of each.
const PARTS: [usize; 4] = [16, 8, 4, 2];
const DRAWS: usize = 5;
/// Trainings on all rows; the truth is their mean.
const TRUTHS: u64 = 3;

/// A forecast, and the truth on the dev rows that the curve was measured on and on test rows that nothing has seen.
struct Outcome {
    metric: Metric,
    curve: LearningCurve,
    dev: f64,
    test: f64,
    /// Half the 90% interval of the truth on test rows: they are a sample too.
    test_noise: f64,
}

impl Outcome {
    /// Whether the forecast holds the truth: on dev rows, on test rows as they are, on test rows within their noise.
    fn holds(&self) -> Option<[bool; 3]> {
        // The fit was made on half the rows: twice as many are all of them.
        let all = self.curve.forecast.first()?.error;
        let within = |truth: f64, low: f64, high: f64| (low..=high).contains(&truth);
        let widened = |end: f64| all.value + (end - all.value).signum() * (end - all.value).hypot(self.test_noise);
        Some([
            within(self.dev, all.low, all.high),
            within(self.test, all.low, all.high),
            within(self.test, widened(all.low), widened(all.high)),
        ])
    }
}

/// One repeat: another split, other draws, other starting weights.
fn repeat(path: &Path, target: &str, seed: u64) -> Result<Outcome, Box<dyn std::error::Error>> {
    let mut spec = Spec::default();
    (spec.data.path, spec.data.target, spec.training.seed) = (Some(path.to_owned()), Some(target.to_owned()), seed);
    let dataset = load(&data_request(&spec))?;
    let prepared = prepare_dataset(dataset.clone(), &spec)?;
    // With every `auto` decided for all rows: a curve is of one configuration.
    let plan = Plan::new(&spec, &prepared.summary())?;
    let rows = prepared.train.rows();
    let sizes: Vec<(usize, usize)> = PARTS.iter().map(|share| (rows / share, DRAWS)).collect();
    let parts = train_on_parts(&dataset, &plan.spec, &sizes, machine_threads(), &|| false)?.unwrap_or_default();
    let sizes: Vec<CurveSample> =
        parts.into_iter().map(|part| CurveSample { rows: part.rows as u64, draws: part.draws }).collect();
    let metric = plan.recipe.metric;
    let curve = learning_curve(metric, prepared.rarer_share(), &LossRows::default(), &sizes, seed);

    let trial = |i| Trial { prepared: &prepared, plan: &plan, seed: seed + 1_000 * (i + 1) };
    let trials: Vec<Trial<'_>> = (0..TRUTHS).map(trial).collect();
    let test_rows = prepared.pipeline.examples(&dataset, &dataset.split.test);
    let mut engine = engine(&plan.network, &plan.recipe, None)?;
    let of = |losses: Vec<f64>| LossRows { losses, ..LossRows::default() };
    let (mut dev, mut test, mut test_noise) = (0.0, 0.0, 0.0);
    for outcome in run_trials(&trials, machine_threads(), &|| false).into_iter().flatten() {
        let outcome = outcome?;
        let (predictions, _) = prepared.head.predict(&mut engine, &outcome.member, &test_rows);
        let on_test =
            of(metric.row_losses(&predictions, &prepared.head.truths(&test_rows), &[])).interval(metric, seed);
        test += on_test.value / TRUTHS as f64;
        // Ends of 95% lie 1.96 standard errors away, of 90% 1.64.
        test_noise += (on_test.high - on_test.low) / 2.0 * (1.645 / 1.96) / TRUTHS as f64;
        dev += of(outcome.dev).error(metric) / TRUTHS as f64;
    }
    Ok(Outcome { metric, curve, dev, test, test_noise })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut arguments = std::env::args().skip(1);
    let repeats: u64 = arguments.next().map_or(Ok(2), |repeats| repeats.parse())?;
    let mut sets: Vec<(PathBuf, String)> = arguments
        .filter_map(|set| set.rsplit_once('=').map(|(path, target)| (PathBuf::from(path), target.to_string())))
        .collect();
    if sets.is_empty() {
        let rings = demo("rings", 0).ok_or("there is no such demo")?;
        let file = folder.path().join("rings.csv");
        std::fs::write(&file, &rings.csv)?;
        sets.push((file, rings.target.to_string()));
    }
    let (mut forecasts, mut useful, mut held) = (0, 0, [0; 3]);
    for (path, target) in &sets {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for seed in 0..repeats {
            let outcome = repeat(path, target, seed)?;
            let unit = Unit::of_metric(outcome.metric);
            let half = outcome.curve.points.last().map_or(f64::NAN, |point| point.error);
            let came = format!("all {} on dev, {} on test", unit.error(outcome.dev), unit.error(outcome.test));
            let Some((holds, all)) = outcome.holds().zip(outcome.curve.forecast.first()) else {
                println!("{name} {seed}: half {}, no forecast; {came}", unit.error(half));
                continue;
            };
            forecasts += 1;
            useful += u32::from(outcome.curve.useful());
            held.iter_mut().zip(holds).for_each(|(held, holds)| *held += u32::from(holds));
            println!(
                "{name} {seed}: half {}, forecast of all {}{}; {came}",
                unit.error(half),
                unit.error_with_interval(all.error),
                if outcome.curve.useful() { "" } else { " (not useful)" }
            );
        }
        let [dev, test, noise] = held;
        println!(
            "so far of {forecasts} forecasts, {useful} useful, {dev} hold the truth on dev rows, {test} that on test rows, {noise} within \
             their noise"
        );
    }
    Ok(())
}
