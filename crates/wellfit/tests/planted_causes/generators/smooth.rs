//! A smooth function of eight numbers of different scales, three of them with heavy tails, and noise.

use super::{Answer, Dice, Inputs, Row};

pub fn row(dice: &Dice, drift: f64) -> Row {
    let mut z: Vec<f64> = (0..8).map(|i| dice.normal(i)).collect();
    z[0] += drift;
    let bend = (1.2 * z[0] + 0.8 * drift).sin() + z[1].tanh() * z[2].tanh();
    let best = bend + 0.7 * z[3] + 0.6 * (z[4] + 0.5).tanh() - 0.3 * z[5] * (1.0 - drift);
    let noise = 0.7 + 0.4 * dice.shared_uniform(0);
    let target = best + noise * dice.normal(8);
    // Scales lie up to three orders of magnitude apart.
    let scale = |i: usize| 10f64.powf(3.0 * dice.shared_uniform(1 + i as u64) - 1.0);
    let observed = |(i, z): (usize, &f64)| scale(i) * if i % 3 == 0 { (0.7 * z).sinh() } else { *z };
    let numbers = z.iter().enumerate().map(observed).collect();
    let unit = |value: f64| Answer::Value(100.0 + 20.0 * value);
    Row { inputs: Inputs { numbers, texts: Vec::new() }, target: unit(target), best: unit(best) }
}
