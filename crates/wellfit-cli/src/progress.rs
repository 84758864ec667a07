//! Shows a job as it runs: a bar on a terminal, plain lines elsewhere, almost nothing when asked to be quiet.

use std::io::IsTerminal;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::calls::{Epoch, Progress, Watcher};
use crate::interrupt::StopFlag;
use crate::layout::{bar, cut, labelled, standing, time_left};
use crate::output::{Failure, print, print_error};

/// Width where there is no terminal to ask.
const PLAIN_WIDTH: usize = 80;
/// Lines about epochs where there is no bar.
const EPOCH_LINES: usize = 10;

/// Where a job's progress goes.
#[derive(Debug)]
pub struct Screen {
    stop: StopFlag,
    /// Progress goes to standard error: standard output is for JSON.
    to_stderr: bool,
    quiet: bool,
    width: usize,
    /// The bar's place on a terminal; `None` elsewhere.
    bar: Option<ProgressBar>,
    training: Option<Epoch>,
    lines_shown: usize,
    last_line: Option<String>,
    failure: Option<Failure>,
}

impl Screen {
    /// Opens the screen and listens for Ctrl-C.
    pub fn open(json: bool, quiet: bool) -> Result<Screen, Failure> {
        let stop = StopFlag::listen()?;
        let terminal = if json { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        let mut screen = Screen::new(stop, json, quiet);
        if terminal {
            let (term, target) = match json {
                true => (Term::stderr(), ProgressDrawTarget::stderr()),
                false => (Term::stdout(), ProgressDrawTarget::stdout()),
            };
            screen.width = term.size_checked().map_or(PLAIN_WIDTH, |(_, columns)| usize::from(columns));
            screen.bar = (!quiet).then(|| message_bar(target)).flatten();
        }
        Ok(screen)
    }

    fn new(stop: StopFlag, to_stderr: bool, quiet: bool) -> Screen {
        Screen {
            stop,
            to_stderr,
            quiet,
            width: PLAIN_WIDTH,
            bar: None,
            training: None,
            lines_shown: 0,
            last_line: None,
            failure: None,
        }
    }

    /// Shows what is left to show; fails if something could not be shown.
    pub fn close(mut self) -> Result<(), Failure> {
        self.end_training("");
        if let Some(line) = self.last_line.take().filter(|_| self.quiet) {
            self.write(&line);
        }
        self.failure.map_or(Ok(()), Err)
    }

    fn show(&mut self, text: String) {
        if self.quiet {
            self.last_line = Some(text);
        } else {
            self.write(&text);
        }
    }

    fn write(&mut self, text: &str) {
        let (bar, to_stderr) = (self.bar.as_ref(), self.to_stderr);
        let write = || {
            if to_stderr {
                print_error(text);
                Ok(())
            } else {
                print(text)
            }
        };
        let written = match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        // The job goes on: its files matter more than the screen. The failure is reported at the end.
        if let Err(failure) = written {
            self.failure.get_or_insert(failure);
        }
    }

    fn epoch(&mut self, epoch: Epoch) {
        self.training = Some(epoch);
        if let Some(bar) = &self.bar {
            bar.set_message(cut(&self.bar_line(&epoch, true), self.width.saturating_sub(1)));
        } else if !self.quiet {
            let share_done = EPOCH_LINES * epoch.epoch.min(epoch.epochs) / epoch.epochs.max(1);
            if share_done > self.lines_shown && epoch.epoch < epoch.epochs {
                self.lines_shown = share_done;
                self.write(&labelled("train", &standing(&epoch), self.width));
            }
        }
    }

    /// Turns the bar, or the last of the plain lines, into a line that stays; `addition` says why training ended.
    fn end_training(&mut self, addition: &str) {
        let Some(epoch) = self.training.take() else { return };
        if let Some(bar) = &self.bar {
            bar.set_message("");
            bar.finish_and_clear();
        }
        let told = if self.bar.is_some() { self.bar_line(&epoch, false) } else { standing(&epoch) };
        let told = told.trim_start().trim_start_matches("train").trim_start().to_owned();
        let gap = if addition.is_empty() { "" } else { "  " };
        self.show(labelled("train", &format!("{told}{gap}{addition}"), self.width));
    }

    fn bar_line(&self, epoch: &Epoch, running: bool) -> String {
        let cells = match self.width {
            0..50 => 0,
            50..76 => 8,
            _ => 20,
        };
        let left = time_left(epoch).filter(|_| running).map(|left| format!("  {left}")).unwrap_or_default();
        let bar = if cells > 0 { format!("{} ", bar(epoch, cells)) } else { String::new() };
        format!(" {:<8} {bar}{}{left}", "train", standing(epoch))
    }
}

impl Watcher for Screen {
    fn progress(&mut self, event: Progress<'_>) {
        match event {
            Progress::Notice(text) => {
                if !self.quiet {
                    self.write(&labelled("note", text, self.width));
                }
            }
            Progress::Line { label: "train", text } if self.training.is_some() => self.end_training(text),
            Progress::Line { label, text } => {
                self.end_training("");
                self.show(labelled(label, text, self.width));
            }
            Progress::Epoch(epoch) => self.epoch(epoch),
            Progress::Done => self.end_training(""),
        }
    }

    fn stop_requested(&self) -> bool {
        self.stop.is_set()
    }
}

/// A bar that shows a message and leaves its layout to us; `None` if its template is refused.
fn message_bar(target: ProgressDrawTarget) -> Option<ProgressBar> {
    let style = ProgressStyle::with_template("{msg}").ok()?;
    Some(ProgressBar::with_draw_target(None, target).with_style(style))
}
