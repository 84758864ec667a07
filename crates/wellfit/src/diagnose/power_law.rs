//! The power law of a learning curve, and its fit to a few measured points.

use serde::{Deserialize, Serialize};

/// Exponents tried, in hundredths: from -1.5 up to, and not including, 0. What falls faster is noise or training cut short.
const STEEPEST: i32 = -150;
const STEP: usize = 2;

/// ε(m) = α·m^β + γ: the error after training on m rows, with γ where no number of rows brings it.
///
/// Source: Hestness et al. 2017, *Deep Learning Scaling is Predictable, Empirically* (arXiv:1712.00409).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerLaw {
    /// How much error rows can take off; 0 for a curve that does not fall.
    pub alpha: f64,
    /// How fast it falls, in [-1.5, 0).
    pub beta: f64,
    /// The error that stays.
    pub gamma: f64,
}

/// A measured point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Rows trained on, above 0.
    pub rows: f64,
    /// The error.
    pub error: f64,
    /// One over the variance of the error.
    pub weight: f64,
}

impl PowerLaw {
    /// The law with the smallest weighted sum of squares, with α and γ not below 0.
    ///
    /// Given β the law is linear, so each β of a grid has its exact best α and γ: no starting point, no local minimum.
    /// `None` for fewer than three points: three numbers are fitted.
    pub fn fit(points: &[Measured]) -> Option<PowerLaw> {
        if points.len() < 3 || points.iter().any(|point| point.rows <= 0.0 || !point.error.is_finite()) {
            return None;
        }
        let most = points.iter().map(|point| point.rows).fold(0.0, f64::max);
        let mut best: Option<(f64, PowerLaw)> = None;
        for hundredths in (STEEPEST..0).step_by(STEP) {
            let beta = f64::from(hundredths) / 100.0;
            // In units of the largest number of rows, so that both columns of the system are of one size.
            let power = |point: &Measured| (point.rows / most).powf(beta);
            let (scaled, gamma) = not_negative(points, power);
            let left = |point: &Measured| point.error - scaled * power(point) - gamma;
            let sum: f64 = points.iter().map(|point| point.weight * left(point).powi(2)).sum();
            if best.is_none_or(|(least, _)| sum < least) {
                best = Some((sum, PowerLaw { alpha: scaled * most.powf(-beta), beta, gamma }));
            }
        }
        best.map(|(_, law)| law)
    }

    /// The error after training on `rows` rows.
    pub fn error(&self, rows: f64) -> f64 {
        self.alpha * rows.powf(self.beta) + self.gamma
    }
}

/// The a and c, neither below 0, with the least weighted squares of error - a·x - c.
fn not_negative(points: &[Measured], x: impl Fn(&Measured) -> f64) -> (f64, f64) {
    let [mut w, mut wx, mut wy, mut wxx, mut wxy] = [0.0; 5];
    for point in points {
        let (x, y, weight) = (x(point), point.error, point.weight);
        w += weight;
        wx += weight * x;
        wy += weight * y;
        wxx += weight * x * x;
        wxy += weight * x * y;
    }
    let determinant = w * wxx - wx * wx;
    let (a, c) = ((w * wxy - wx * wy) / determinant, (wxx * wy - wx * wxy) / determinant);
    // With two unknowns, what a bound cuts off leaves the best point on that bound.
    match (a > 0.0, c > 0.0) {
        (false, _) => (0.0, (wy / w).max(0.0)),
        (_, false) => ((wxy / wxx).max(0.0), 0.0),
        (true, true) => (a, c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(law: PowerLaw) -> Vec<Measured> {
        [100.0, 200.0, 400.0, 800.0, 1_600.0]
            .map(|rows| Measured { rows, error: law.error(rows), weight: 1e4 })
            .to_vec()
    }

    #[test]
    fn an_exact_law_is_found_and_carried_on() {
        for (alpha, beta, gamma) in [(2.0, -0.5, 0.1), (1.0, -0.34, 0.0), (20.0, -1.0, 0.05)] {
            let law = PowerLaw { alpha, beta, gamma };
            let found = PowerLaw::fit(&points(law)).unwrap();
            // The grid of exponents is 0.02 apart: within a hundredth of the error four times as far out.
            assert!((found.error(6_400.0) / law.error(6_400.0) - 1.0).abs() < 0.01, "{law:?} {found:?}");
        }
    }

    #[test]
    fn neither_part_of_the_law_is_negative() {
        let rising = PowerLaw { alpha: -1.0, beta: -0.5, gamma: 0.4 };
        let found = PowerLaw::fit(&points(rising)).unwrap();
        assert_eq!(found.alpha, 0.0);
        // A straight fall would cross 0 if it could.
        let mut falling = points(PowerLaw { alpha: 0.0, beta: -0.5, gamma: 0.0 });
        for (point, error) in falling.iter_mut().zip([0.5, 0.4, 0.3, 0.2, 0.1]) {
            point.error = error;
        }
        let found = PowerLaw::fit(&falling).unwrap();
        assert!(found.gamma >= 0.0 && found.alpha > 0.0 && found.error(1e9) >= 0.0, "{found:?}");
    }

    #[test]
    fn a_point_without_weight_moves_nothing() {
        let law = PowerLaw { alpha: 2.0, beta: -0.5, gamma: 0.1 };
        let mut with_outlier = points(law);
        with_outlier.push(Measured { rows: 50.0, error: 0.9, weight: 1e-9 });
        let found = PowerLaw::fit(&with_outlier).unwrap();
        assert!((found.beta + 0.5).abs() < 0.021, "{found:?}");
    }

    #[test]
    fn two_points_make_no_curve() {
        let two = &points(PowerLaw { alpha: 2.0, beta: -0.5, gamma: 0.1 })[..2];
        assert_eq!(PowerLaw::fit(two), None);
    }
}
