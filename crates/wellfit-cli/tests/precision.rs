//! Training with bf16 products ends where training with f32 ends: their dev errors differ by no more than those of seeds do.
//!
//! Real data stands in the folder that the variable `WELLFIT_DATA` names; without it this test says so and passes.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use support::{Place, argument, count, real_data};

/// The dev error of one run.
fn dev_error(place: &Place, data: &str, precision: &str, seed: usize) -> f64 {
    let arguments = format!("--precision {precision} --seed {seed} --out {precision}-{seed} --json --quiet");
    let all: Vec<&str> = ["train", "--effort", "quick", "--probes", "off"]
        .into_iter()
        .chain(data.split(' '))
        .chain(arguments.split(' '))
        .collect();
    place.run_all(&all).succeeded().json()["dev"]["error"]["value"].as_f64().unwrap()
}

#[test]
fn bf16_reaches_the_dev_error_of_f32() {
    let Some(folder) = real_data() else { return };
    let seeds = count(3, 8);
    for (file, options) in [
        ("adult/adult-train.csv.gz", "--target income --epochs 6"),
        ("california_housing/housing.csv", "--target median_house_value --epochs 6"),
        ("mnist/t10k-images-idx3-ubyte.gz", "--hidden 64 --epochs 6"),
    ] {
        let place = Place::in_memory();
        let data = format!("{} {options} --split 80/20/0", argument(&folder.join(file)));
        let errors = |precision| (0..seeds).map(|seed| dev_error(&place, &data, precision, seed)).collect::<Vec<_>>();
        let (full, halves) = (errors("f32"), errors("bf16"));
        let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len() as f64;
        let spread = |errors: &[f64]| {
            errors.iter().copied().fold(0.0, f64::max) - errors.iter().copied().fold(f64::INFINITY, f64::min)
        };
        let apart = (mean(&full) - mean(&halves)).abs();
        println!("proof: {file}: f32 {full:?}, bf16 {halves:?}: means {apart:.2e} apart, seeds {:.2e}", spread(&full));
        assert!(apart <= spread(&full), "{file}: {full:?} {halves:?}");
    }
}
