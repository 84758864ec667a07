//! The rows of train, dev and test, and what dev can detect.

use wellfit::text::thousands;

/// `train 2,400 · dev 800 · test 800, sealed`.
pub fn rows(train: u64, dev: u64, test: u64) -> String {
    let mut text = format!("train {}", thousands(train));
    match dev {
        0 => text += " · no dev rows, so no verdict",
        _ => text += &format!(" · dev {}", thousands(dev)),
    }
    if test > 0 {
        text += &format!(" · test {}, sealed", thousands(test));
    }
    text
}

/// What a dev set can detect, given as a difference of error rates.
pub fn detects_points(difference: f64) -> String {
    format!("can detect differences of {:.1} points or more", 100.0 * difference)
}
