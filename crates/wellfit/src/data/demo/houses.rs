//! House prices: a known function of what the table shows, plus noise of a known deviation.

#![expect(clippy::indexing_slicing, reason = "the list is a constant, its place is drawn below its length")]

use std::fmt::Write;

use super::{Demo, Dice, date};

const ROWS: u64 = 4_000;
/// Deviation of the noise, in the unit of the price.
const NOISE: f64 = 18_000.0;
/// Prices are rounded to this.
const STEP: f64 = 100.0;
/// 2022-01-01; sales span three years from here.
const FIRST_DAY: i64 = 18_993;
const DAYS: u64 = 1_096;

const CONDITIONS: [(&str, f64); 4] = [("poor", 0.1), ("fair", 0.3), ("good", 0.45), ("excellent", 0.15)];
const ENERGY: [(&str, f64); 5] = [("A", 0.1), ("B", 0.25), ("C", 0.35), ("D", 0.2), ("E", 0.1)];
/// Name, price a square metre, distance to the centre in km.
const NEIGHBOURHOODS: [(&str, f64, f64); 20] = [
    ("Abbey Green", 2_450.0, 2.0),
    ("Beech Park", 2_100.0, 4.5),
    ("Canal Side", 2_800.0, 1.5),
    ("Castle Hill", 3_200.0, 1.0),
    ("Docklands", 2_300.0, 3.0),
    ("East End", 1_500.0, 5.0),
    ("Fern Valley", 1_700.0, 9.0),
    ("Gasworks", 1_350.0, 3.5),
    ("Highfield", 2_250.0, 6.0),
    ("Kiln Lane", 1_600.0, 7.0),
    ("Lakeside", 2_900.0, 8.0),
    ("Market Square", 3_000.0, 0.5),
    ("Mill Brook", 1_850.0, 6.5),
    ("North Row", 1_550.0, 4.0),
    ("Old Town", 2_950.0, 0.8),
    ("Park Lane", 3_100.0, 2.5),
    ("Railway Street", 1_400.0, 2.2),
    ("South Bank", 2_500.0, 2.8),
    ("University", 2_350.0, 3.2),
    ("West Gardens", 2_650.0, 5.5),
];

/// About 4,000 sales.
pub(super) fn houses(dice: Dice) -> Demo {
    let mut csv = String::from(
        "listing_id,sold_on,neighbourhood,distance_km,area_m2,rooms,bathrooms,lot_m2,year_built,condition,energy_class,\
         garage,price\n",
    );
    for row in 0..ROWS {
        let sold = dice.below(0, row, DAYS);
        let (name, square_metre, centre) = NEIGHBOURHOODS[dice.below(1, row, NEIGHBOURHOODS.len() as u64) as usize];
        let distance = ((centre + 0.3 * dice.normal(2, row)).max(0.1) * 10.0).round() / 10.0;
        let area = (110.0 * (0.35 * dice.normal(3, row)).exp()).clamp(30.0, 400.0).round();
        let rooms = (area / 28.0 + 0.7 * dice.normal(4, row)).round().clamp(1.0, 12.0);
        let bathrooms = 1 + u64::from(area > 120.0) + u64::from(dice.uniform(5, row) < 0.2);
        let lot = (area * 1.5 * (0.9 * dice.normal(6, row)).exp()).round();
        let built = 1900 + dice.below(7, row, 123);
        let condition = dice.choose(8, row, &CONDITIONS);
        let energy = dice.choose(9, row, &ENERGY);
        let garage = dice.uniform(10, row) < 0.45;

        let age = 2024.0 - built as f64;
        let condition_factor = match condition {
            "poor" => 0.78,
            "fair" => 0.93,
            "good" => 1.0,
            _ => 1.12,
        };
        let energy_bonus = match energy {
            "A" => 22_000.0,
            "B" => 11_000.0,
            "C" => 0.0,
            "D" => -9_000.0,
            _ => -20_000.0,
        };
        // Very old houses are sought after again.
        let age_factor = if age > 95.0 { 1.05 } else { 1.0 - 0.0025 * age.min(80.0) };
        let year = sold as f64 / 365.25;
        let market = 1.0 + 0.05 * year + 0.02 * (std::f64::consts::TAU * (year - 0.25)).sin();
        let expected = 40_000.0
            + square_metre * area * condition_factor * age_factor * market
            + energy_bonus
            + 9_000.0 * (lot / 50.0).ln_1p()
            + if garage { if distance < 3.0 { 24_000.0 } else { 9_000.0 } } else { 0.0 }
            + 12_000.0 * (bathrooms as f64 - 1.0);
        let price = ((expected + NOISE * dice.normal(11, row)) / STEP).round() * STEP;
        _ = writeln!(
            csv,
            "{},{},{name},{distance},{area},{rooms},{bathrooms},{lot},{built},{condition},{energy},{},{price}",
            10_000 + row,
            date(FIRST_DAY + sold as i64),
            if garage { "yes" } else { "no" },
        );
    }
    // Rounding adds a uniform error of variance step²/12.
    let irreducible = (NOISE * NOISE + STEP * STEP / 12.0).sqrt();
    let description = format!(
        "{ROWS} sales; the price is a known function of the other columns plus Gaussian noise (standard deviation {NOISE}); \
         even a predictor that knows the function cannot predict the noise"
    );
    Demo { csv, target: "price", irreducible, description }
}
