//! Two uneven classes by three text columns of 3, 6 and 12 values, which interact with each other and with numbers.

use super::{Answer, Dice, Inputs, Row};

pub fn row(dice: &Dice, drift: f64) -> Row {
    let (region, plan, town) = (dice.below(0, 3), dice.below(1, 6), dice.below(2, 12));
    let (age, spend, visits, other) = (dice.normal(3) + drift, dice.normal(4), dice.normal(5), dice.normal(6));
    let effect = |of: u64, value: usize| dice.shared_normal(100 * of + value as u64);
    let pair = effect(3, region * 6 + plan);
    // What age says depends on the plan.
    let turn = if plan.is_multiple_of(2) { 1.5 } else { -1.5 };
    let score = effect(0, region) + effect(1, plan) + effect(2, town) + pair + turn * age + spend
        - 0.8 * (visits * visits - 1.0)
        + drift * (2.0 - 4.0 * effect(4, town).tanh());
    let chance = 1.0 / (1.0 + (-(1.2 * score - 3.0)).exp());
    let is_positive = dice.uniform(7) < chance;
    // Numbers as they come in tables: years, money, a count of sorts.
    let numbers = vec![45.0 + 12.0 * age, 200.0 * (0.6 * spend).exp(), 10.0 + 3.0 * visits, other];
    let texts = vec![format!("region {region}"), format!("plan {plan}"), format!("town {town}")];
    Row {
        inputs: Inputs { numbers, texts },
        target: Answer::Class(usize::from(is_positive)),
        best: Answer::Class(usize::from(chance > 0.5)),
    }
}
