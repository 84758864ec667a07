//! Checkpoints: as bytes, and as content under a checksum that is right.

#![no_main]

use wellfit::net::Member;
use wellfit::optim::Optimizer;
use wellfit::train::{Progress, latest_checkpoint};

/// The tensors of the checkpoint among the seeds.
const SHAPES: [(&str, &[usize]); 6] = [
    ("theta", &[5]),
    ("state", &[2]),
    ("first", &[5]),
    ("second", &[5]),
    ("best.theta", &[5]),
    ("best.state", &[2]),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = match bytes.split_first() {
        Some((b's', content)) => wellfit_fuzz::sealed("checkpoint.safetensors", content, &SHAPES),
        _ => Some(wellfit_fuzz::file("checkpoint.safetensors", bytes)),
    };
    let Some(path) = path else { return };
    let start = Progress::start(Member { theta: vec![0.5; 5], state: vec![0.5; 2] }, Optimizer::Adam);
    if let Err(error) = latest_checkpoint(&path, "run", &start) {
        wellfit_fuzz::is_one_line(&path, &error);
    }
});
