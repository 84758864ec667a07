//! The confusion table: what came of the first advice, by cause.

use std::collections::BTreeMap;

use crate::causes::Cause;
use crate::judge::Judged;
use crate::judge::Judgement::{self, *};

/// What came of all cases.
pub struct Confusion {
    cases: Vec<Judged>,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    pub of: usize,
    pub count: usize,
}

impl Share {
    pub fn percent(self) -> f64 {
        100.0 * self.count as f64 / self.of.max(1) as f64
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} ({:.1}%)", self.count, self.of, self.percent())
    }
}

impl Confusion {
    pub fn of(cases: Vec<Judged>) -> Confusion {
        Confusion { cases }
    }

    fn share(&self, among: impl Fn(&Judged) -> bool, counts: impl Fn(&Judged) -> bool) -> Share {
        let among: Vec<&Judged> = self.cases.iter().filter(|case| among(case)).collect();
        Share { of: among.len(), count: among.into_iter().filter(|case| counts(case)).count() }
    }

    /// Cases of a judgement among the planted ones that count.
    pub fn planted(&self, judgement: Judgement) -> Share {
        self.share(
            |case| case.cause != Cause::Healthy && case.judgement != NotCounted,
            |case| case.judgement == judgement,
        )
    }

    pub fn right_of(&self, cause: Cause) -> Share {
        self.share(|case| case.cause == cause && case.judgement != NotCounted, |case| case.judgement == Right)
    }

    pub fn false_alarms(&self) -> Share {
        self.share(|case| case.cause == Cause::Healthy && case.judgement != NotCounted, |case| case.judgement == Wrong)
    }

    /// Cases whose findings name the cause, among those that count.
    pub fn named(&self) -> Share {
        self.share(|case| case.judgement != NotCounted, |case| case.named)
    }

    pub fn print(&self) {
        println!("proof: planted {:18} right wrong harmful uncounted named  first advice", "");
        for cause in Cause::ALL {
            let cases: Vec<&Judged> = self.cases.iter().filter(|case| case.cause == cause).collect();
            if cases.is_empty() {
                continue;
            }
            let times = |judgement| cases.iter().filter(|case| case.judgement == judgement).count();
            let named = cases.iter().filter(|case| case.named && case.judgement != NotCounted).count();
            let mut remedies: BTreeMap<&str, usize> = BTreeMap::new();
            cases.iter().for_each(|case| *remedies.entry(&case.remedy).or_default() += 1);
            let mut remedies: Vec<(&str, usize)> = remedies.into_iter().collect();
            remedies.sort_by_key(|&(_, times)| std::cmp::Reverse(times));
            let remedies: Vec<String> = remedies.iter().map(|(remedy, times)| format!("{remedy} {times}")).collect();
            println!(
                "proof: planted {:18} {:5} {:5} {:7} {:9} {named:5}  {}",
                cause.name(),
                times(Right),
                times(Wrong),
                times(Harmful),
                times(NotCounted),
                remedies.join(", ")
            );
        }
        println!(
            "proof: planted causes: first advice right for {}, harmful for {}",
            self.planted(Right),
            self.planted(Harmful)
        );
        println!("proof: planted causes: named by findings {}", self.named());
        println!("proof: planted causes: false alarms on {} healthy runs", self.false_alarms());
    }
}
