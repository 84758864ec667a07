//! Judges any model from the losses of its rows on train and dev: intervals, verdict, next moves.
//!
//! Run it with `cargo run -p wellfit --example 05_judge_two_parts`.

use std::error::Error;

use wellfit::data::Task;
use wellfit::diagnose::{Baselines, Evidence, LossRows, diagnose_budget};
use wellfit::improve::{Case, Knobs, RowCounts, prescribe};

/// 0/1 losses of a part: `wrong` errors in `rows` rows. A model of yours would compare its answers with the truth.
fn losses(wrong: usize, rows: usize) -> LossRows {
    LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (train_rows, dev_rows) = (6_000, 2_000);
    let evidence = Evidence {
        task: Task::Binary,
        seed: 0,
        train: losses(540, train_rows),
        dev: Some(losses(300, dev_rows)),
        target_given: Some(0.085),
        target_range: None,
        baselines: Baselines::default(),
        class_counts: Vec::new(),
        leaks: Vec::new(),
        history: Vec::new(),
        epochs: 60,
        best_epoch: 48,
        early_stopping: None,
        layers: Vec::new(),
    };
    let budget = evidence.budget();
    let diagnosis = diagnose_budget(&evidence, &budget).ok_or("without dev rows there is no verdict")?;
    println!("{}", diagnosis.headline());
    println!("a difference below {:.1} points is not acted on", 100.0 * budget.delta);

    // What a remedy may turn, as the model was trained; each move turns one knob of one purpose.
    let case = Case {
        run: "runs/example-1".to_string(),
        task: evidence.task,
        diagnosis,
        budget,
        knobs: Knobs {
            drop: Vec::new(),
            hidden: vec![64, 32],
            keep_prob: vec![1.0, 1.0],
            optimizer: "adam".to_string(),
            lr: 0.002,
            epochs: evidence.epochs,
            l2: 0.5,
            l1: 0.0,
            early_stopping: None,
        },
        rows: RowCounts { train: train_rows as u64, dev: dev_rows as u64, test: 0, split_from_one: true },
        inputs: 20,
        outputs: 1,
        best_epoch: evidence.best_epoch,
        leak_columns: Vec::new(),
    };
    for (i, advice) in prescribe(&case).iter().enumerate() {
        println!("{} {}: {}\n  {}", i + 1, advice.remedy, advice.change, advice.reason);
    }
    Ok(())
}
