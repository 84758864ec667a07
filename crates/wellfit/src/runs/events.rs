//! What a job reports while it runs, and how it is asked to stop.

use std::path::Path;

use super::test_report::TestReport;

/// What a job tells while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Something the user should know and need not act on.
    Notice(&'a str),
    /// One line of the summary: `data`, `split`, .. and what there is to say.
    ///
    /// A `train` line right after epochs ends the bar and is added to it.
    Line {
        /// The first word.
        label: &'a str,
        /// The rest.
        text: &'a str,
    },
    /// A data set was generated.
    Demo {
        /// The file it was written to.
        file: &'a Path,
        /// What it is, and where its irreducible error comes from.
        description: &'a str,
    },
    /// The model was evaluated on the test set.
    Test(&'a TestReport),
    /// The run's folder, which `--resume` can go on with from now on.
    Run(&'a Path),
    /// An epoch was evaluated.
    Epoch(Epoch),
    /// Nothing more will come.
    Done,
}

/// How training stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Epochs done.
    pub epoch: usize,
    /// Epochs at most.
    pub epochs: usize,
    /// Loss on train.
    pub loss: f64,
    /// The metric on dev, if there is a dev set.
    pub dev: Option<f64>,
    /// The best metric on dev so far and its epoch.
    pub best: Option<(f64, usize)>,
    /// Whether the metric is a share that reads best in percent.
    pub percent: bool,
    /// Seconds since training began.
    pub seconds: f64,
}

/// Looks at a job; may ask it to stop.
pub trait Watcher {
    /// Takes note.
    fn event(&mut self, event: Event<'_>);
    /// Whether the job should save and stop.
    fn stop_requested(&self) -> bool;
}

/// Nobody watches: nothing is shown, and nothing asks the job to stop.
impl Watcher for () {
    fn event(&mut self, _event: Event<'_>) {}
    fn stop_requested(&self) -> bool {
        false
    }
}

impl<'w> dyn Watcher + 'w {
    /// A line of the summary.
    pub(crate) fn line(&mut self, label: &str, text: &str) {
        self.event(Event::Line { label, text });
    }
}

/// Lets epochs through, and keeps the lines of the last training to itself.
pub(crate) struct Quiet<'a>(pub &'a mut dyn Watcher);

impl Watcher for Quiet<'_> {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Epoch(_) = event {
            self.0.event(event);
        }
    }
    fn stop_requested(&self) -> bool {
        self.0.stop_requested()
    }
}
