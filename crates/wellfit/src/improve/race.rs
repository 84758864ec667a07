//! The race by which changes are judged: looked at in waves, the promising trained on at once, the clearly worse out.

use crate::diagnose::GainEstimate;

/// Laps of a contender: a first look, a judgement, and a judgement by more trainings.
pub const LAPS: usize = 3;
/// Looks after which the promising are judged, before more are looked at.
const WAVE: usize = 12;
/// Gains in deviations, after each lap but the last, from which a contender runs the next one at once, ...
const PROMISING: [f64; LAPS - 1] = [1.0, 2.0];
/// ... and those from which it does when nothing else is left to do. Below, it is out.
const POSSIBLE: [f64; LAPS - 1] = [-0.5, 1.0];

/// Contenders for a place beside the configuration kept, each with what its trainings say so far.
#[derive(Clone, Debug)]
pub struct Race<T> {
    running: Vec<Contender<T>>,
    /// Looks since nobody was promising.
    looks: usize,
}

/// Someone in a race.
#[derive(Clone, Debug)]
pub struct Contender<T> {
    /// Who.
    pub who: T,
    /// Laps run, one at least.
    pub laps: usize,
    /// What the last lap said.
    pub estimate: GainEstimate,
}

/// What to do next in a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Look at the next candidates.
    Look,
    /// Have this contender run its next lap.
    Run(usize),
    /// There is nothing left to do, or no time for it.
    Nothing,
}

impl GainEstimate {
    /// The gain in deviations.
    fn sureness(self) -> f64 {
        // The same answers in every row have no deviation, and no gain.
        if self.gain == 0.0 { 0.0 } else { self.gain / self.deviation }
    }

    /// The gain less a deviation: large where a gain is both large and sure.
    fn low(self) -> f64 {
        self.gain - self.deviation
    }
}

impl<T> Contender<T> {
    fn passes(&self, bars: [f64; LAPS - 1]) -> bool {
        bars.get(self.laps.saturating_sub(1)).is_some_and(|&bar| self.estimate.sureness() >= bar)
    }

    /// Whether it should be judged before anything else is looked at.
    pub fn is_promising(&self) -> bool {
        self.passes(PROMISING)
    }

    /// Whether it may still come to be kept.
    pub fn is_possible(&self) -> bool {
        self.passes(POSSIBLE)
    }
}

impl<T> Default for Race<T> {
    fn default() -> Race<T> {
        Race { running: Vec::new(), looks: 0 }
    }
}

impl<T> Race<T> {
    /// Takes in a contender that was looked at; gives it back where it is out already.
    pub fn enter(&mut self, who: T, estimate: GainEstimate) -> Option<Contender<T>> {
        self.looks += 1;
        self.goes_on(Contender { who, laps: 1, estimate })
    }

    /// Takes a contender back after another lap; gives it back where it is out.
    pub fn goes_on(&mut self, contender: Contender<T>) -> Option<Contender<T>> {
        if !contender.is_possible() {
            return Some(contender);
        }
        self.running.push(contender);
        None
    }

    /// Takes a contender out, to run a lap.
    pub fn take(&mut self, at: usize) -> Contender<T> {
        self.running.swap_remove(at)
    }

    /// Those who may run on, the most promising first.
    pub fn in_order(&self) -> Vec<&Contender<T>> {
        let mut all: Vec<&Contender<T>> = self.running.iter().collect();
        all.sort_by(|a, b| b.estimate.low().total_cmp(&a.estimate.low()));
        all
    }

    /// What to do next: a wave of looks, then laps of the promising, the one whose gain is the largest with some sureness
    /// first; when nothing is left to look at, laps of the possible.
    ///
    /// `can_look`: whether something is left to look at, and time to judge what comes of it; `fits`: whether there is time for
    /// the next lap of a contender.
    pub fn next(&mut self, can_look: bool, fits: impl Fn(&Contender<T>) -> bool) -> Next {
        let best = |bars: [f64; LAPS - 1]| {
            let able = self.running.iter().enumerate().filter(|(_, one)| one.passes(bars) && fits(one));
            let best = able.max_by(|(_, a), (_, b)| a.estimate.low().total_cmp(&b.estimate.low()));
            best.map(|(at, _)| Next::Run(at))
        };
        match best(PROMISING) {
            Some(run) if self.looks >= WAVE || !can_look => run,
            promising if can_look => {
                self.looks = if promising.is_none() && self.looks >= WAVE { 0 } else { self.looks };
                Next::Look
            }
            _ => best(POSSIBLE).unwrap_or(Next::Nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(gain: f64) -> GainEstimate {
        GainEstimate { gain, deviation: 1.0 }
    }

    #[test]
    fn who_is_clearly_worse_is_out_after_a_look() {
        let mut race = Race::default();
        assert_eq!(race.enter("worse", gain(-2.0)).map(|out| out.who), Some("worse"));
        assert!(race.enter("level", gain(0.0)).is_none());
        assert_eq!(race.next(false, |_| true), Next::Run(0));
    }

    #[test]
    fn a_wave_is_looked_at_then_the_promising_run_before_more_is() {
        let mut race = Race::default();
        for at in 0..WAVE {
            assert_eq!(race.next(true, |_| true), Next::Look, "{at}");
            race.enter(
                at,
                gain(if at == 3 {
                    2.0
                } else if at == 5 {
                    4.0
                } else {
                    -1.0
                }),
            );
        }
        let Next::Run(at) = race.next(true, |_| true) else { panic!("the promising run") };
        let mut best = race.take(at);
        assert_eq!(best.who, 5);
        // Judged, and not sure enough to be judged again before the other one.
        (best.laps, best.estimate) = (2, gain(1.5));
        assert!(race.goes_on(best).is_none());
        let Next::Run(at) = race.next(true, |_| true) else { panic!("the next one runs") };
        assert_eq!(race.take(at).who, 3);
        // Then comes another wave.
        for _ in 0..WAVE {
            assert_eq!(race.next(true, |_| true), Next::Look);
            race.enter(9, gain(-1.0));
        }
        assert_eq!(race.next(true, |_| true), Next::Look);
        // With nothing left to look at, what is possible runs on.
        assert!(matches!(race.next(false, |_| true), Next::Run(_)));
        assert_eq!(race.in_order().len(), 1);
    }

    #[test]
    fn time_is_kept_for_judging() {
        let mut race = Race::default();
        race.enter("promising", gain(3.0));
        assert_eq!(race.next(true, |_| true), Next::Look);
        // No time to look and to judge: it is judged.
        assert_eq!(race.next(false, |_| true), Next::Run(0));
        assert_eq!(race.next(false, |_| false), Next::Nothing);
    }

    #[test]
    fn the_last_lap_is_the_last() {
        let mut race = Race::default();
        let last = Contender { who: (), laps: LAPS, estimate: gain(9.0) };
        assert!(race.goes_on(last).is_some());
    }

    #[test]
    fn equal_answers_are_neither_promising_nor_worse() {
        let equal = GainEstimate { gain: 0.0, deviation: 0.0 };
        assert_eq!(equal.sureness(), 0.0);
        assert_eq!(GainEstimate { gain: 1e-9, ..equal }.sureness(), f64::INFINITY);
    }
}
