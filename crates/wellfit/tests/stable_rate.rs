//! A rate far too high ends as diverged, with the largest stable rate: it trains to the end, ten times it does not.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

mod support;

use support::{Case, Draw, Limits, change_numbers, count};
use wellfit::data::{Augment, Targets, Task};
use wellfit::net::{Init, Loss, Network, Penalty};
use wellfit::optim::{Optimizer, Schedule};
use wellfit::train::{
    Engine, Head, Metric, Progress, Recipe, StableRate, TrainError, Unobserved, fit, largest_stable_rate,
};
use wellfit_kernels::precision::Precision;

const LIMITS: Limits = Limits { rows: (150, 400), numeric: 10, units: 24, depth: 3 };

/// A problem that can be learned, its inputs standardised or not, and a recipe whose rate is far too high.
fn problem(draw: &Draw) -> (Case, Recipe) {
    let mut case = Case::draw(draw, LIMITS);
    let (numeric, outputs) = (case.stack.inputs.numbers(), case.stack.outputs);
    let scale = draw.size(0.5, 5.0) as f32;
    change_numbers(&mut case.examples, |_, x| *x *= scale);
    let score = |row: &[f32]| row[0] / scale + row.last().unwrap() / scale + 0.3 * draw.normal() as f32;
    let scores: Vec<f32> = case.examples.source.numbers().chunks(numeric).map(score).collect();
    case.examples.targets = match case.stack.loss {
        Loss::Squared => Targets::Values(scores),
        Loss::Sigmoid => Targets::Classes(scores.iter().map(|&s| u32::from(s > 0.0)).collect()),
        Loss::Softmax => {
            let class = |&s: &f32| ((s + 1.5).max(0.0) as u32).min(outputs as u32 - 1);
            Targets::Classes(scores.iter().map(class).collect())
        }
    };
    case.stack.keep_prob.iter_mut().for_each(|keep| *keep = keep.max(0.8));
    let optimizer = draw.pick(&Optimizer::ALL);
    let recipe = Recipe {
        epochs: 40,
        batch: draw.pick(&[16, 32, 64, case.examples.rows()]),
        optimizer,
        rate: draw.size(1e3, 1e8),
        betas: optimizer.default_betas(),
        schedule: draw.pick(&[Schedule::Constant, Schedule::Cosine]),
        fade: Schedule::Constant,
        penalties: vec![Penalty { l2: 1e-3, l1: 0.0 }; case.penalties.len()],
        weight_decay: 0.0,
        smoothing: 0.0,
        augment: Augment::default(),
        clip_norm: None,
        patience: None,
        metric: if case.stack.loss == Loss::Squared { Metric::Rmse } else { Metric::Error },
        seed: draw.below(1000) as u64,
        precision: Precision::F32,
        threshold_for: None,
        naive_loss: 0.7,
    };
    (case, recipe)
}

/// The loss over train that training at `rate` ends with.
fn trained(case: &Case, recipe: &Recipe, theta: &[f32], rate: f64) -> Result<f64, TrainError> {
    let task = if case.stack.loss == Loss::Squared { Task::Regression } else { Task::Multiclass };
    let task = if case.stack.loss == Loss::Sigmoid { Task::Binary } else { task };
    let head = Head { low: -100.0, high: 100.0, ..Head::plain(task) };
    let recipe = Recipe { rate, ..recipe.clone() };
    let mut engine = Engine::new(Network::new(&case.spec()).unwrap(), recipe.batch, 1);
    let mut progress = Progress::start(theta.to_vec().into(), recipe.optimizer);
    let parts = (&case.examples, None);
    fit(&mut engine, &recipe, &head, parts, &mut progress, &mut Vec::new(), &mut Unobserved)?;
    let rows = case.rows();
    Ok(engine.predict(&progress.weights.member, &case.examples, &rows).1 / rows.len() as f64)
}

#[test]
fn the_suggested_rate_trains_to_the_end_and_ten_times_it_does_worse() {
    let wanted = count(20, 200);
    let (mut problems, mut to_the_end, mut better, mut number) = (0, 0, 0, 0);
    let mut said = Vec::new();
    while problems < wanted {
        let draw = Draw::new(35, number);
        number += 1;
        let (case, recipe) = problem(&draw);
        let network = Network::<f32>::new(&case.spec()).unwrap();
        let theta = Init::for_activation(case.stack.activation).theta(&network, recipe.seed);
        if trained(&case, &recipe, &theta, recipe.rate).is_ok() {
            continue;
        }
        problems += 1;
        let mut engine = Engine::new(network, recipe.batch, 1);
        let found = largest_stable_rate(&mut engine, &recipe, &theta.clone().into(), &case.examples, &|| false);
        let StableRate::Found { rate, .. } = found else {
            said.push(format!("{number}: {found:?} {:?} {:?}", case.stack, recipe.optimizer));
            continue;
        };
        let at_rate = trained(&case, &recipe, &theta, rate);
        let at_ten_times = trained(&case, &recipe, &theta, 10.0 * rate);
        to_the_end += usize::from(at_rate.is_ok());
        let worse = match (&at_rate, &at_ten_times) {
            (Ok(_), Err(_)) => true,
            (Ok(here), Ok(there)) => there > here,
            (Err(_), _) => false,
        };
        better += usize::from(worse);
        if !worse {
            said.push(format!(
                "{number}: {rate}: {at_rate:?}, ten times it {at_ten_times:?} {:?} {:?} batch {}",
                case.stack, recipe.optimizer, recipe.batch
            ));
        }
    }
    println!(
        "proof: largest stable rate: of {problems} trainings that diverged, the suggested rate trained {to_the_end} to the \
         end; ten times it diverged or ended worse in {better}"
    );
    assert!(to_the_end * 100 >= problems * 99 && better * 10 >= problems * 9, "{}", said.join("\n"));
}
