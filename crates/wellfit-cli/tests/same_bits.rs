//! Same seed, same bits: any number of threads, interrupted and resumed or not.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use support::{Place, count, numbers, outcome};

/// Six configurations that between them use every part of the step.
const CONFIGURATIONS: [(&str, &str); 6] = [
    ("RealMLP's recipe", "--target amount --effort standard --hidden 65,48 --batch 150 --epochs 6"),
    ("binary, dropout, AdamW", "--target label --hidden 64,64 --batch 256 --keep-prob 0.8 --epochs 8"),
    (
        "multiclass, embeddings, L2, clipping, momentum",
        "--target kind --hidden 96,32 --batch 200 --l2 0.5,0.1,0 --clip-norm 0.5 --optimizer momentum --lr 0.05 --epochs 8",
    ),
    (
        "regression, full batch, L1, tanh",
        "--target amount --hidden 64,32 --batch full --l1 0.2 --activation tanh --epochs 12",
    ),
    ("no hidden layer, RMSprop", "--target kind --hidden= --batch 128 --optimizer rmsprop --epochs 8"),
    (
        "odd sizes, smoothing, class weights, Nesterov",
        "--target label --hidden 67,35,5 --batch 77 --label-smoothing 0.1 --class-weights balanced --optimizer nesterov \
         --lr 0.02 --keep-prob 0.9,0.8,1 --epochs 8",
    ),
];

#[test]
fn any_number_of_threads_trains_the_same_model() {
    let place = Place::with_table(2_000);
    for (what, options) in &CONFIGURATIONS[..count(4, 6)] {
        let model = |threads: usize| {
            let folder = format!("{}-{threads}", what.len());
            let command = format!(
                "train data.csv --probes off {options} --early-stopping off --threads {threads} --out {folder}"
            );
            place.run(&command).succeeded();
            place.read(&format!("{folder}/model.safetensors"))
        };
        let alone = model(1);
        for threads in [2, 3, 8] {
            assert!(model(threads) == alone, "{what}: {threads} threads and 1 differ");
        }
    }
}

/// A configuration drawn at random: every optimiser, activation, penalty and schedule meets odd widths and batches.
fn random_configuration(seed: usize) -> String {
    let mut next = numbers(1_000 + seed as u64);
    let mut below = |bound: usize| (bound as f64 * next()) as usize;
    let mut options = format!("--target {} --seed {seed}", ["label", "kind", "amount"][below(3)]);
    let hidden: Vec<String> = (0..below(4)).map(|_| (1 + below(130)).to_string()).collect();
    options += &format!(" --hidden={}", hidden.join(","));
    let batch = ["full".to_string(), (1 + below(300)).to_string(), (16 + below(500)).to_string()][below(3)].clone();
    options += &format!(" --batch {batch} --epochs {}", 2 + below(4));
    let optimizer = ["gd", "momentum", "nesterov", "rmsprop", "adam", "adamw"][below(6)];
    let schedule = ["constant", "linear", "cosine", "warmup_cosine", "step", "exponential", "inverse"][below(7)];
    let activation = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish"][below(9)];
    options += &format!(" --optimizer {optimizer} --schedule {schedule} --activation {activation} --lr 0.003");
    for (flag, value) in [
        ("--l2", "0.4"),
        ("--l1", "0.1"),
        ("--clip-norm", "0.7"),
        ("--weight-decay", "0.02"),
        ("--label-smoothing", "0.1"),
        ("--early-stopping", "2"),
        ("--init", "orthogonal"),
    ] {
        if below(3) == 0 && !(flag == "--label-smoothing" && options.contains("amount")) {
            options += &format!(" {flag} {value}");
        }
    }
    if below(3) == 0 {
        options += &format!(" --ensemble {}", 2 + below(3));
    }
    if !hidden.is_empty() {
        options += &format!(" --keep-prob {}", ["1", "0.9", "0.5"][below(3)]);
    }
    options
}

#[test]
fn random_configurations_train_the_same_model_on_any_number_of_threads() {
    let place = Place::with_table(400);
    let (configurations, repeats) = (count(3, 50), count(3, 20));
    let mut number = 0;
    let mut model = |options: &str, threads: usize| {
        number += 1;
        place
            .run(&format!("train data.csv --probes off {options} --threads {threads} --out run-{number} --quiet"))
            .succeeded();
        place.read(&format!("run-{number}/model.safetensors"))
    };
    for seed in 0..configurations {
        let options = random_configuration(seed);
        let alone = model(&options, 1);
        for threads in [2, 3, 4, 8, 16] {
            assert!(model(&options, threads) == alone, "{threads} threads and 1 differ: {options}");
        }
    }
    let first = model(&random_configuration(1), 2);
    for repeat in 1..repeats {
        assert!(model(&random_configuration(1), 2) == first, "repeat {repeat} differs");
    }
    println!(
        "proof: same bits: {configurations} random configurations on 1, 2, 3, 4, 8 and 16 threads, {repeats} repeats of one: one \
         model file each"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_and_resumed_run_ends_as_if_it_had_not_been() {
    let place = Place::with_table(300);
    for (number, options) in [
        "--target label --hidden 64,64 --optimizer momentum --lr 0.05 --keep-prob 0.8 --epochs 800 --early-stopping off",
        "--target kind --hidden 48 --epochs 800 --l2 0.3 --early-stopping 790 --schedule cosine",
        "--target amount --hidden 32,16 --batch full --epochs 2000 --clip-norm 1 --early-stopping off --threads 2",
        "--target kind --hidden= --optimizer rmsprop --l1 0.1 --batch 16 --epochs 2000 --early-stopping off",
        "--target label --hidden 67,35,5 --batch 77 --label-smoothing 0.1 --class-weights balanced --optimizer nesterov \
         --lr 0.02 --activation mish --schedule step --epochs 800 --early-stopping off",
    ]
    .iter()
    .enumerate()
    {
        let (cut, whole) = (format!("cut-{number}"), format!("whole-{number}"));
        let started = place.start(&format!("train data.csv --probes off {options} --out {cut}"));
        let stopped = outcome(interrupt_after_epochs(started));
        assert_eq!(stopped.code, 130, "{options}: {}", stopped.err);
        assert!(stopped.err.contains("--resume"), "{}", stopped.err);
        assert!(place.path(&cut).join("checkpoint.safetensors").is_file());
        assert!(!place.path(&cut).join("result.json").exists());
        // How many threads there are may change in between.
        let threads = if number == 1 { "--threads 3" } else { "" };
        let resumed = place.run(&format!("train data.csv --probes off {options} {threads} --out {cut} --resume --json")).succeeded();
        let epoch = resumed.json()["resumed_from_epoch"].as_u64().unwrap();
        assert!(epoch > 0, "{options}");
        place.run(&format!("train data.csv --probes off {options} --out {whole}")).succeeded();
        let model = |folder: &str| place.read(&format!("{folder}/model.safetensors"));
        assert!(model(&cut) == model(&whole), "{options}: the models differ (interrupted after epoch {epoch})");
        let epochs = |folder: &str| place.text(&format!("{folder}/history.jsonl")).lines().count();
        assert_eq!(epochs(&cut), epochs(&whole), "{options}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_goes_on_by_the_command_it_prints_and_refuses_other_data() {
    let place = Place::with_table(300);
    let started = place
        .start("train data.csv --probes off --target label --epochs 2000 --early-stopping off --hidden 48 --out run");
    let stopped = outcome(interrupt_after_epochs(started));
    let command = stopped.err.split('`').nth(1).unwrap();
    let arguments = command.strip_prefix("wellfit ").unwrap();
    let data = place.read("data.csv");
    place.write("data.csv", support::table(300, 5));
    let refused = place.run(arguments);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("data"), "{}", refused.err);
    assert!(place.path("run/checkpoint.safetensors").is_file());
    place.write("data.csv", data);
    assert!(place.run(arguments).succeeded().out.contains("resume"));
}

/// Presses Ctrl-C once the first line about epochs appears.
#[cfg(unix)]
fn interrupt_after_epochs(mut child: Child) -> Child {
    let out = child.stdout.take().unwrap();
    for line in BufReader::new(out).lines() {
        if line.unwrap().starts_with(" train") {
            break;
        }
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    child
}
