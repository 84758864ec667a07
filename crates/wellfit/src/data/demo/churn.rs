//! Customers who leave: mixed types, an id, dates, blanks and missing answers.

#![expect(clippy::indexing_slicing, reason = "the lists are constants, their places are drawn below their lengths")]

use std::fmt::Write;

use super::{Demo, Dice, best_error, date, sigmoid};

const ROWS: u64 = 4_000;
/// 2024-12-31, the day the table was drawn up.
const TODAY: i64 = 20_088;
const LONGEST_DAYS: u64 = 2_000;

const PLANS: [(&str, f64); 4] = [("basic", 0.4), ("plus", 0.3), ("premium", 0.2), ("business", 0.1)];
const CONTRACTS: [(&str, f64); 3] = [("monthly", 0.55), ("one year", 0.25), ("two years", 0.2)];
const PAYMENTS: [(&str, f64); 4] = [("card", 0.4), ("bank transfer", 0.3), ("invoice", 0.2), ("direct debit", 0.1)];
const REGIONS: [&str; 30] = [
    "Aldmoor",
    "Ashby",
    "Birchfield",
    "Brackenford",
    "Calder",
    "Copperhill",
    "Dunmore",
    "Eastvale",
    "Elmswick",
    "Fairhaven",
    "Foxley",
    "Glenrock",
    "Harrowgate",
    "Heathfield",
    "Ironbridge",
    "Juniper Bay",
    "Kingsmere",
    "Larkspur",
    "Longmead",
    "Marlow",
    "Northgate",
    "Oakhurst",
    "Pinecrest",
    "Quarry Bank",
    "Ravensworth",
    "Silverton",
    "Thornbury",
    "Underhill",
    "Westbrook",
    "Yarrow",
];

/// About 4,000 customers; who leaves is drawn from a probability that depends on what the table shows, and not linearly.
pub(super) fn churn(dice: Dice) -> Demo {
    let mut csv = String::from(
        "customer_id,signup_date,plan,contract,region,payment,paperless,seats,support_calls,satisfaction,\
         monthly_charge,total_charge,churned\n",
    );
    let mut probabilities = Vec::new();
    for row in 0..ROWS {
        let id = format!("C-{:06X}", (row * 7_919 + 104_729) & 0xff_ffff);
        // Squaring makes recent customers the most common.
        let tenure_days = (dice.uniform(0, row).powi(2) * LONGEST_DAYS as f64) as i64;
        let months = tenure_days / 30;
        let plan = dice.choose(1, row, &PLANS);
        let contract = dice.choose(2, row, &CONTRACTS);
        let region = dice.below(3, row, REGIONS.len() as u64) as usize;
        let payment = dice.choose(4, row, &PAYMENTS);
        let paperless = dice.uniform(5, row) < 0.6;
        let seats = if plan == "business" { 2 + dice.below(6, row, 30) } else { 1 };
        let calls = (-(1.0 - dice.uniform(7, row)).ln() * 1.6) as u64;
        let satisfaction = (dice.uniform(8, row) < 0.7).then(|| 1 + dice.below(9, row, 5));
        let base = match plan {
            "basic" => 19.0,
            "plus" => 39.0,
            "premium" => 69.0,
            _ => 25.0 * seats as f64,
        };
        let cents = (base * (1.0 + 0.08 * dice.normal(10, row)) * 100.0).round().max(500.0) as u64;
        let monthly = cents as f64 / 100.0;

        let years = tenure_days as f64 / 365.0;
        let logit = -0.9
            + match contract {
                "monthly" => 1.3,
                "one year" => -0.6,
                _ => -2.2,
            }
            - 1.1 * years.min(3.0)
            // A few calls are help; many are a complaint, and worse for those who pay much.
            + if calls >= 4 { 1.6 + 0.02 * monthly.min(100.0) } else { -0.15 * calls as f64 }
            + if payment == "invoice" && paperless { 1.0 } else { 0.0 }
            + satisfaction.map_or(0.3, |score| [2.2, 1.2, 0.0, -0.9, -1.6][score as usize - 1])
            + [0.9, -0.6, 0.2, -1.0, 0.5][region % 5]
            + if plan == "basic" && years < 0.5 { 1.2 } else { 0.0 };
        let probability = sigmoid(1.5 * logit);
        probabilities.push(probability);
        let churned = if dice.uniform(11, row) < probability { "yes" } else { "no" };

        let satisfaction = satisfaction.map_or("NA".to_owned(), |score| score.to_string());
        // Nothing was charged yet in the first month; the billing system writes a blank.
        let total = if months == 0 { " ".to_owned() } else { format!("{:.2}", monthly * months as f64) };
        _ = writeln!(
            csv,
            "{id},{},{plan},{contract},{},{payment},{},{seats},{calls},{satisfaction},{monthly:.2},{total},{churned}",
            date(TODAY - tenure_days),
            REGIONS[region],
            if paperless { "yes" } else { "no" },
        );
    }
    let description = format!(
        "{ROWS} customers; each leaves with a known probability p, which depends on contract, tenure, calls, satisfaction, region \
         and their interactions; even a predictor that knows p errs with probability min(p, 1 - p)"
    );
    Demo { csv, target: "churned", irreducible: best_error(&probabilities), description }
}
