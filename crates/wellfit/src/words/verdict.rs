//! The verdict in one or two sentences, numbers included.

use crate::diagnose::{
    Decides, Diagnosis, Finding, JudgedBy, RareClass, RowsNeeded, Standing, Term, Verdict, VerdictBasis, rounded_up,
};
use crate::improve::Reason;
use crate::text::{capitalised, counted, thousands};

use super::{Unit, remedies, target, training};

/// The verdict of a diagnosis with its numbers.
pub fn headline(diagnosis: &Diagnosis, unit: Unit) -> String {
    let basis = diagnosis.findings.iter().find_map(|finding| match finding {
        Finding::Verdict(basis) => Some(basis),
        _ => None,
    });
    let missed = diagnosis.rare_class.as_ref().map(missed);
    // Rows that would decide matter less than rows that are missed.
    let needed = |basis: &VerdictBasis| basis.needed.filter(|_| missed.is_none());
    let told = |basis: &VerdictBasis| of_basis(&VerdictBasis { needed: needed(basis), ..*basis }, unit);
    let verdict = basis.map_or(diagnosis.verdict.to_string(), told);
    missed.map_or(verdict.clone(), |missed| format!("{verdict} {missed}"))
}

/// What an error rate passes over: `Of 52 dev rows of class 1 it misses 28.`
fn missed(rare: &RareClass) -> String {
    let (rows, missed) = (counted(rare.rows, "dev row"), thousands(rare.rows - rare.found));
    format!("Of {rows} of class {} it misses {missed}.", rare.name)
}

/// A verdict with its numbers.
pub fn of_basis(basis: &VerdictBasis, unit: Unit) -> String {
    let of_folds = match basis.variance_by {
        JudgedBy::Folds(folds) => format!("variance over {folds} folds"),
        _ => "variance".to_string(),
    };
    let (bias, variance) = (("bias", basis.bias), (of_folds.as_str(), basis.variance));
    match basis.verdict {
        Verdict::Undecided => {
            let with = |wanted| [bias, variance].into_iter().filter(move |(_, term)| term.standing == wanted);
            let open = with(Standing::Inconclusive);
            let open = open.map(|(name, term)| format!("{name} {}", unit.difference_with_interval(term.interval)));
            let fine = |(name, _): (&str, Term)| match no_bias(basis).filter(|_| name == bias.0) {
                Some(none) => format!("; {none}"),
                None => format!("; {name} is fine"),
            };
            let settled: String = with(Standing::Fine).map(fine).collect();
            let needed = basis.needed.map_or(String::new(), |needed| format!(" {}", rows_needed(needed)));
            let open: Vec<String> = open.collect();
            if let (Some((model, error)), true) = (basis.no_better_than, open.is_empty()) {
                let (model, error) = (training::naive_model(model), unit.error(error));
                return format!(
                    "undecided: the network is not significantly better than predicting the {model} ({error}){settled}"
                );
            }
            let spans = if open.len() == 1 { "spans" } else { "span" };
            let least = unit.difference(basis.delta);
            let leaning = basis.leaning().map_or(String::new(), |leaning| format!(", more likely {}", likely(leaning)));
            format!("undecided{leaning}: {} {spans} {least}, the least to act on{settled}.{needed}", open.join(" and "))
        }
        Verdict::GoodFit => {
            let variance = unit.difference_with_interval(basis.variance.interval);
            let least = format!("{}, the least worth acting on", unit.difference(basis.delta));
            match no_bias(basis) {
                Some(none) => format!("good fit: {none}, and {of_folds} {variance} is below {least}."),
                None => {
                    let bias = unit.difference_with_interval(basis.bias.interval);
                    format!("good fit: bias {bias} and {of_folds} {variance}, both below {least}.")
                }
            }
        }
        verdict => {
            // The high term first: it is what to act on.
            let (first, second) =
                if basis.bias.standing == Standing::High { (bias, variance) } else { (variance, bias) };
            let said = |(name, of): (&str, Term)| match no_bias(basis) {
                Some(none) if name == bias.0 && of.standing == Standing::Fine => none,
                _ => term((name, of), basis.delta, unit),
            };
            format!("{}: {}; {}.", hedged(verdict, basis), said(first), said(second))
        }
    }
}

/// A verdict in a sentence with its cause before the numbers: `high bias: weights start from zeros, ..; bias 47.1 points ..`.
pub fn because(headline: &str, cause: &Reason) -> String {
    let (verdict, numbers) = headline.split_once(": ").unwrap_or((headline, ""));
    let cause = remedies::reason(cause);
    // A cause is no reason for being undecided.
    match headline.starts_with(Verdict::Undecided.name()) {
        true => format!("{headline} {}.", capitalised(&cause)),
        false => format!("{verdict}: {cause}. {}", capitalised(numbers)),
    }
}

/// A verdict as one of two that are likely.
fn likely(verdict: Verdict) -> String {
    match verdict {
        Verdict::GoodFit => format!("a {verdict}"),
        verdict => verdict.to_string(),
    }
}

/// A verdict against a target that nobody gave: bias is high at most probably.
fn hedged(verdict: Verdict, basis: &VerdictBasis) -> String {
    match verdict {
        Verdict::HighBias | Verdict::HighBiasAndHighVariance if target::yardstick(basis.target).is_some() => {
            format!("probably {verdict}")
        }
        firm => firm.to_string(),
    }
}

/// Where the target is assumed, bias that is not found says no more than what it was measured by.
fn no_bias(basis: &VerdictBasis) -> Option<String> {
    target::yardstick(basis.target).map(|yardstick| format!("no bias found ({yardstick})"))
}

fn term((name, term): (&str, Term), delta: f64, unit: Unit) -> String {
    let measured = unit.difference_with_interval(term.interval);
    match term.standing {
        Standing::High => format!("{name} {measured}"),
        // Below nothing its size says only how far off the assumed target error is.
        Standing::Fine if term.interval.high < 0.0 => format!("{name} is fine (train error is below the target)"),
        Standing::Fine => format!("{name} is fine ({measured})"),
        Standing::Inconclusive => {
            format!("{name} is undecided ({measured}; {} is the least worth acting on)", unit.difference(delta))
        }
    }
}

fn rows_needed(needed: RowsNeeded) -> String {
    let verb = if needed.rows == 1 { "is" } else { "are" };
    let rows = match needed.of {
        JudgedBy::Train => counted(needed.rows, "train row"),
        JudgedBy::Dev => counted(needed.rows, "dev row"),
        JudgedBy::TrainDev => counted(needed.rows, "train-dev row"),
        JudgedBy::Folds(_) => format!("{} of train and dev", counted(needed.rows, "row")),
    };
    let too_few = format!("{rows} {verb} too few to decide");
    match needed.decides {
        Decides::Rows(rows) => format!("{too_few}; about {} are needed.", thousands(rounded_up(rows))),
        Decides::Times(factor) => {
            let decimals = usize::from(factor < 10.0);
            format!("{too_few}; about {factor:.decimals$} times the rows are needed, in train and dev alike.")
        }
        Decides::Nothing => {
            format!("{rows} cannot decide it, and more would hardly: what they show is too close to it.")
        }
    }
}

/// The verdict for a reader who knows no numbers yet.
pub fn in_plain_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::GoodFit => "The network fits its training rows and generalises to new ones.",
        Verdict::HighBias => "The network does not yet fit the rows it was trained on.",
        Verdict::HighVariance => "The network fits its training rows but does not generalise to new ones.",
        Verdict::HighBiasAndHighVariance => {
            "The network does not yet fit its training rows, and generalises poorly to new ones."
        }
        Verdict::Undecided => "The data do not decide whether bias or variance is too high.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{ErrorBudget, LossRows, Reached, ReachedBy, TargetError};
    use crate::train::Metric;

    fn losses((wrong, rows): (usize, usize)) -> LossRows {
        LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
    }

    fn said(train: (usize, usize), dev: (usize, usize), target: f64) -> String {
        let parts = (&losses(train), Some(&losses(dev)));
        let budget = ErrorBudget::measure(Metric::Error, 0.5, TargetError::given(target), parts, 0);
        of_basis(&VerdictBasis::of(&budget, train.1 as u64).unwrap(), Unit::Rate)
    }

    #[test]
    fn the_high_term_comes_first() {
        let n = 20_000;
        assert!(said((200, n), (2_200, n), 0.0).starts_with("high variance: variance 10.0 points"));
        assert!(said((3_000, n), (3_200, n), 0.0).starts_with("high bias: bias 15.0 points"));
        assert!(said((3_000, n), (6_000, n), 0.0).starts_with("high bias and high variance: bias 15.0"));
        assert!(said((100, n), (200, n), 0.0).starts_with("good fit: bias 0.50 points"));
    }

    #[test]
    fn against_an_assumed_target_bias_is_never_firm() {
        let against_trees = |train: (usize, usize), dev: (usize, usize)| {
            let (train, dev) = (losses(train), losses(dev));
            let trees = losses((1_500, 10_000)).interval(Metric::Error, 0);
            let reached = Reached { by: ReachedBy::Trees, dev: trees, trees: true };
            let target = TargetError::assumed(None, Some(reached));
            let budget = ErrorBudget::measure(Metric::Error, 0.5, target, (&train, Some(&dev)), 0);
            of_basis(&VerdictBasis::of(&budget, train.rows()).unwrap(), Unit::Rate)
        };
        let n = 10_000;
        let said = against_trees((2_000, n), (2_020, n));
        assert!(said.starts_with("probably high bias: bias 5.0 points ["), "{said}");
        let said = against_trees((500, n), (1_700, n));
        assert!(said.starts_with("high variance: variance 12.0 points ["), "{said}");
        assert!(said.ends_with("; no bias found (measured by boosted trees)."), "{said}");
        let said = against_trees((1_480, n), (1_510, n));
        assert!(
            said.starts_with("good fit: no bias found (measured by boosted trees), and variance 0.3 points"),
            "{said}"
        );
    }

    #[test]
    fn an_undecided_verdict_says_why_and_what_would_decide() {
        let few = said((2_000, 20_000), (28, 200), 0.1);
        assert!(few.starts_with("undecided, more likely high variance: variance 4.0 points ["), "{few}");
        assert!(few.contains("; bias is fine. 200 dev rows are too few to decide; about "), "{few}");
        assert!(few.ends_with(" are needed."), "{few}");
        let open_bias = said((600, 5_000), (2_400, 20_000), 0.11);
        assert!(open_bias.starts_with("undecided, more likely a good fit: bias 1.0 points ["), "{open_bias}");
        assert!(open_bias.contains("5,000 train rows are too few to decide"), "{open_bias}");
    }
}
