//! Two classes on either side of a wave in two of three numbers; 4 to 16% of the labels are flipped.

use super::{Answer, Dice, Inputs, Row};

pub fn row(dice: &Dice, drift: f64) -> Row {
    let noise = 0.04 + 0.12 * dice.shared_uniform(0);
    let number = |i| 4.0 * dice.uniform(i) - 2.0;
    let numbers = vec![number(0) + 0.5 * drift, number(1), number(2)];
    let above = (1.5 * numbers[0] + 1.5 * drift).sin() + numbers[1] > 0.0;
    let told = above != (dice.uniform(3) < noise);
    Row {
        inputs: Inputs { numbers, texts: Vec::new() },
        target: Answer::Class(usize::from(told)),
        best: Answer::Class(usize::from(above)),
    }
}
