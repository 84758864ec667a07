//! Judges any model from the losses of its rows on train and dev: intervals, verdict, next moves.
//!
//! Run it with `cargo run -p wellfit --example 05_judge_two_parts`.

use wellfit::data::{Augment, Normalize, Task};
use wellfit::diagnose::{Baselines, DiagnosisInput, LossRows, diagnose_budget};
use wellfit::improve::{Case, Knobs, Probes, RowCounts, prescribe};
use wellfit::net::{Activation, Init};
use wellfit::optim::{Optimizer, Schedule};
use wellfit::train::Metric;
use wellfit::words::{self, Unit};

/// 0/1 losses of a part: `wrong` errors in `rows` rows. A model of yours would compare its answers with the truth.
fn losses(wrong: usize, rows: u64) -> LossRows {
    LossRows { losses: (0..rows as usize).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = RowCounts { train: 6_000, dev: 2_000, test: 0, split_from_one: true, test_given: false };
    let input = DiagnosisInput {
        metric: Metric::Error,
        seed: 0,
        train: losses(540, rows.train),
        dev: Some(losses(300, rows.dev)),
        folds: None,
        target_given: Some(0.085),
        target_range: None,
        references: Vec::new(),
        baselines: Baselines::unmeasured(Metric::Error),
        class_counts: Vec::new(),
        rare_class: None,
        leaks: Vec::new(),
        copies: Vec::new(),
        copies_by_chance: None,
        seen: Vec::new(),
        history: Vec::new(),
        epochs: 60,
        best_epoch: 48,
        early_stopping: None,
        evaluations: Vec::new(),
    };
    let budget = input.budget();
    let diagnosis = diagnose_budget(&input, &budget).ok_or("without dev rows there is no verdict")?;
    println!("{}", words::verdict::headline(&diagnosis, Unit::Rate));

    // What a remedy may change, as the model was trained; each move changes one setting of one purpose.
    let knobs = Knobs {
        drop: Vec::new(),
        hidden: vec![64, 32],
        keep_prob: vec![1.0, 1.0],
        activation: Activation::Relu,
        init: Init::He,
        normalize: Normalize::Standard,
        class_weights: false,
        clip_norm: None,
        schedule: Schedule::Constant,
        weight_decay: 0.0,
        label_smoothing: 0.0,
        augment: Augment::default(),
        batch: 64,
        optimizer: Optimizer::Adam,
        lr: 0.002,
        epochs: 60,
        l2: 0.5,
        l1: 0.0,
        early_stopping: None,
    };
    let case = Case {
        run: "runs/example-1".to_string(),
        task: Task::Binary,
        seed: input.seed,
        diagnosis,
        budget,
        // Here every setting is the usual one, so none is proposed back.
        usual: knobs.clone(),
        knobs,
        rows,
        inputs: 20,
        outputs: 1,
        epochs_trained: input.epochs,
        best_epoch: input.best_epoch,
        folds_possible: true,
        group_column: None,
        leak_columns: Vec::new(),
    };
    for (i, advice) in prescribe(&case, &Probes::default()).iter().enumerate() {
        let reason = words::remedies::reason(&advice.change.reason);
        println!("{} {}: {}\n  {}", i + 1, advice.remedy, advice.change.action, reason);
    }
    Ok(())
}
