//! Five classes, each of two normal clouds in three dimensions, among four columns that say nothing.

use super::{Answer, Dice, Inputs, Row};

const CLASSES: usize = 5;
const RELEVANT: usize = 3;
const IRRELEVANT: usize = 4;

pub fn row(dice: &Dice, drift: f64) -> Row {
    let centre = |class: usize, cloud: usize, dim: usize| {
        let moved = drift * if (class + dim).is_multiple_of(2) { 1.5 } else { -1.5 };
        2.5 * dice.shared_normal(((class * 2 + cloud) * RELEVANT + dim) as u64) + moved
    };
    let (class, cloud) = (dice.below(0, CLASSES as u64), dice.below(1, 2));
    let relevant: Vec<f64> = (0..RELEVANT).map(|dim| centre(class, cloud, dim) + dice.normal(2 + dim as u64)).collect();
    let distance = |class: usize, cloud: usize| -> f64 {
        relevant.iter().enumerate().map(|(dim, x)| (x - centre(class, cloud, dim)).powi(2)).sum()
    };
    let density = |class: usize| (0..2).map(|cloud| (-0.5 * distance(class, cloud)).exp()).sum::<f64>();
    let densities: Vec<f64> = (0..CLASSES).map(density).collect();
    let best = (0..CLASSES).max_by(|&a, &b| densities[a].total_cmp(&densities[b])).unwrap_or(0);
    let nothing = (0..IRRELEVANT).map(|i| dice.normal(8 + i as u64));
    let numbers = relevant.iter().copied().chain(nothing).collect();
    Row { inputs: Inputs { numbers, texts: Vec::new() }, target: Answer::Class(class), best: Answer::Class(best) }
}
