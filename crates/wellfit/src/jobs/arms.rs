//! Configurations compared: the rows they are judged on, and their trainings, a seed each.

use crate::data::{Dataset, Task};
use crate::diagnose::{Block, Gain, LossRows, paired_gain};
use crate::experiment::{Plan, Prepared, Spec, Trial, TrialOutcome, machine_threads, prepare_dataset, run_trials};
use crate::improve::SEEDS;
use crate::net::layers::EmbedSpec;
use crate::text::{counted, thousands};
use crate::train::row_losses;

use super::error::JobError;
use super::evaluate::loss_rows;

/// Turns in which every row of train and dev is dev once, where nobody says.
pub(super) const TURNS: usize = 5;
/// Numbers that the inputs of all turns together may take: beyond, dev is large enough to judge by alone.
const MOST_NUMBERS: usize = 60_000_000;
/// Seeds after the plan's own.
const NEXT_SEEDS: u64 = 1_000_003;

/// Rows to judge by: train and dev as they were split or, where dev can take turns, once for each turn.
pub(super) struct Ground {
    parts: Vec<Prepared>,
}

impl Ground {
    /// The rows of one split alone.
    pub fn one(prepared: Prepared) -> Ground {
        Ground { parts: vec![prepared] }
    }

    /// Turns, five where nobody says: each row of train and dev is dev once, and judged by a network that has not seen it. The
    /// first turn is the split as it is. With rows in a given place (a dev file, time), or more than memory should hold, that
    /// one alone; if turns were asked for, that is refused.
    pub fn turns(prepared: Prepared, spec: &Spec) -> Result<Ground, JobError> {
        let asked = spec.data.folds.on().copied();
        let turns = asked.unwrap_or(TURNS);
        if let Some(why) = no_folds(&prepared, spec, turns) {
            return if asked.is_some() { Err(refused(&why)) } else { Ok(Ground::one(prepared)) };
        }
        let others: Vec<Dataset> = prepared.dataset.turns(turns, spec.training.seed).split_off(1);
        let mut parts = vec![prepared];
        for dataset in others {
            parts.push(prepare_dataset(dataset, spec)?);
        }
        Ok(Ground { parts })
    }

    /// Folds: train and dev in equal parts, each of which is dev once. The caller has asked [`no_folds`].
    pub fn folds(dataset: &Dataset, spec: &Spec, folds: usize) -> Result<Ground, JobError> {
        let parts = dataset.folds(folds, spec.training.seed).into_iter().map(|fold| prepare_dataset(fold, spec));
        Ok(Ground { parts: parts.collect::<Result<_, _>>()? })
    }

    /// The same rows prepared as another spec says.
    pub fn as_in(&self, spec: &Spec) -> Result<Ground, JobError> {
        let parts = self.parts.iter().map(|part| prepare_dataset(part.dataset.clone(), spec));
        Ok(Ground { parts: parts.collect::<Result<_, _>>()? })
    }

    /// Weighs the rows of every turn by class, as the spec asks.
    pub fn weigh_classes(&mut self, spec: &Spec) -> Result<(), JobError> {
        for part in &mut self.parts {
            let weights = Plan::new(spec, &part.facts())?.class_weights;
            part.weigh_classes(&weights);
        }
        Ok(())
    }

    /// The split as it is.
    pub fn first(&self) -> &Prepared {
        // There is one part at least: both constructors put it there.
        #[expect(clippy::indexing_slicing, reason = "a ground has a first part")]
        &self.parts[0]
    }

    /// The split as it is and, where dev takes turns, the other turns.
    pub fn parts(&self) -> &[Prepared] {
        &self.parts
    }

    pub fn task(&self) -> Task {
        self.first().pipeline.task()
    }

    /// Trainings that a configuration is judged over: each turn as often as the others, and five in all at least.
    pub fn trainings(&self) -> usize {
        SEEDS.next_multiple_of(self.parts.len().max(1))
    }

    /// How rows are judged, in words.
    pub fn in_words(&self) -> &'static str {
        match self.parts.len() {
            1 => "dev rows",
            _ => "the rows of train and dev, which take turns as dev",
        }
    }
    /// The part that the `i`-th seed is judged on.
    pub fn part(&self, i: usize) -> (usize, &Prepared) {
        let at = i % self.parts.len();
        (at, self.parts.get(at).unwrap_or(self.first()))
    }
}

/// Why rows of train and dev cannot take turns as dev, if they cannot.
pub(super) fn no_folds(prepared: &Prepared, spec: &Spec, folds: usize) -> Option<String> {
    let dataset = &prepared.dataset;
    let rows = dataset.train_and_dev();
    let features = prepared.pipeline.features();
    let width = EmbedSpec::by_rule(&features).width(&features);
    let numbers = rows.len().saturating_mul(width).saturating_mul(folds);
    let most = dataset.most_parts(&rows);
    if spec.data.dev.is_some() {
        Some("dev rows come from a file of their own (--dev), so train rows cannot stand in for them".to_string())
    } else if spec.data.time.is_some() {
        Some("rows are split by time (--time), and folds would judge older rows by newer ones".to_string())
    } else if most < folds {
        let what = if dataset.groups.is_some() { "group" } else { "row" };
        Some(format!("train and dev hold {}, too few for {folds} folds", counted(most as u64, what)))
    } else if dataset.table.is_pixels() && spec.data.folds.on().is_none() {
        Some("images are many numbers, which --folds K would copy K times".to_string())
    } else if numbers > MOST_NUMBERS {
        Some(format!(
            "{folds} copies of the inputs are {} numbers, more than is held in memory",
            thousands(numbers as u64)
        ))
    } else {
        None
    }
}

/// The refusal of folds that were asked for.
pub(super) fn refused(why: &str) -> JobError {
    JobError::Usage(format!("--folds: {why}; leave --folds out"))
}

/// The seed of a plan's `i`-th training; the first is the plan's own.
pub(super) fn seed_of(plan: &Plan, i: usize) -> u64 {
    plan.recipe.seed.wrapping_add(i as u64 * NEXT_SEEDS)
}

/// Weights and groups of a part's dev rows, with losses of 0.
pub(super) fn rows_alike(part: &Prepared) -> LossRows {
    let rows = &part.dataset.split.dev;
    part.dev.as_ref().map_or(LossRows::default(), |dev| loss_rows(part, dev, rows, vec![0.0; rows.len()]))
}

/// A configuration, and what each seed came to. The first seed is the plan's own on the split as it is.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    /// On the split as it is.
    pub plan: Plan,
    pub outcomes: Vec<TrialOutcome>,
}

impl Arm {
    pub fn of(plan: Plan) -> Arm {
        Arm { plan, outcomes: Vec::new() }
    }

    /// Trains until there are `seeds` outcomes, or fewer where it was stopped.
    pub fn train(&mut self, ground: &Ground, seeds: usize, stop: &dyn Fn() -> bool) -> Result<(), JobError> {
        let threads = self.plan.threads.unwrap_or_else(machine_threads);
        let wanted: Vec<usize> = (self.outcomes.len()..seeds).collect();
        // λ/m, vocabularies and steps follow the rows of each turn.
        let plans: Vec<Plan> =
            wanted.iter().map(|&i| Plan::new(&self.plan.spec, &ground.part(i).1.facts())).collect::<Result<_, _>>()?;
        let trial = |(&i, plan)| Trial { prepared: ground.part(i).1, plan, seed: seed_of(&self.plan, i) };
        let trials: Vec<Trial<'_>> = wanted.iter().zip(&plans).map(trial).collect();
        for outcome in run_trials(&trials, threads, stop) {
            match outcome {
                Some(outcome) => self.outcomes.push(outcome?),
                None => break,
            }
        }
        Ok(())
    }

    /// Seconds of a training.
    pub fn seconds(&self) -> f64 {
        self.outcomes.iter().map(|outcome| outcome.seconds).sum::<f64>() / self.outcomes.len().max(1) as f64
    }

    /// Losses of the dev rows of the split as it is, with their weights and groups.
    pub fn dev_rows(&self, ground: &Ground) -> Option<LossRows> {
        let (outcome, prepared) = (self.outcomes.first()?, ground.first());
        let dev = prepared.dev.as_ref()?;
        Some(loss_rows(prepared, dev, &prepared.dataset.split.dev, outcome.dev.clone()))
    }

    /// Dev error over the first `seeds` seeds.
    pub fn error(&self, ground: &Ground, seeds: usize) -> f64 {
        let mut all = LossRows::default();
        for (i, outcome) in self.outcomes.iter().take(seeds).enumerate() {
            all.losses.extend(&outcome.dev);
            all.weights.extend(ground.part(i).1.dev.iter().flat_map(|dev| &dev.weights));
        }
        all.error(ground.task())
    }

    /// What this configuration gains over another, over the first `seeds` seeds.
    pub fn gain_over(&self, other: &Arm, ground: &Ground, seeds: usize, level: f64) -> Gain {
        let other: Vec<&[f64]> = other.outcomes.iter().map(|outcome| outcome.dev.as_slice()).collect();
        self.gain_over_losses(&other, ground, seeds, level)
    }

    /// What this configuration gains over another on the rows trained on, over the first `seeds` seeds.
    pub fn gain_on_train(&self, other: &Arm, ground: &Ground, seeds: usize, level: f64) -> Gain {
        let [before, after] =
            [other, self].map(|arm| arm.outcomes.iter().map(|outcome| outcome.train.as_slice()).collect());
        let likes = |part: &Prepared| {
            let rows = part.dataset.split.train.as_slice();
            loss_rows(part, &part.train, rows, vec![0.0; rows.len()])
        };
        self.gain(ground, likes, [before, after], seeds, level)
    }

    /// What this configuration gains over answering every row alike.
    pub fn gain_over_naive(&self, ground: &Ground, seeds: usize, level: f64) -> Gain {
        let naive: Vec<Vec<f64>> = (0..seeds).map(|i| naive_losses(ground.part(i).1)).collect();
        let naive: Vec<&[f64]> = naive.iter().map(Vec::as_slice).collect();
        self.gain_over_losses(&naive, ground, seeds, level)
    }

    fn gain_over_losses(&self, other: &[&[f64]], ground: &Ground, seeds: usize, level: f64) -> Gain {
        let own = self.outcomes.iter().map(|outcome| outcome.dev.as_slice()).collect();
        self.gain(ground, rows_alike, [other.to_vec(), own], seeds, level)
    }

    /// The gain from losses before and after, a list of rows a seed; `alike` gives their weights and groups in each part.
    fn gain(
        &self,
        ground: &Ground,
        alike: impl Fn(&Prepared) -> LossRows,
        [before, after]: [Vec<&[f64]>; 2],
        seeds: usize,
        level: f64,
    ) -> Gain {
        let parts = ground.parts.len().min(seeds);
        let likes: Vec<LossRows> = ground.parts.iter().take(parts).map(alike).collect();
        let blocks: Vec<Block<'_>> = likes
            .iter()
            .enumerate()
            .map(|(at, like)| {
                let judged = || (0..seeds).filter(move |i| i % parts == at);
                Block {
                    like,
                    before: judged().filter_map(|i| before.get(i).copied()).collect(),
                    after: judged().filter_map(|i| after.get(i).copied()).collect(),
                }
            })
            .collect();
        paired_gain(ground.task(), &blocks, level, self.plan.recipe.seed)
    }
}

/// Losses of the dev rows where every one is answered alike.
fn naive_losses(prepared: &Prepared) -> Vec<f64> {
    let dev = prepared.dev.as_ref();
    dev.map_or(Vec::new(), |dev| row_losses(&prepared.naive(dev.rows()), &prepared.head.truths(dev)))
}
