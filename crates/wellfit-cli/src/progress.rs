//! Shows a job as it runs: a bar on a terminal, plain lines elsewhere, almost nothing when asked to be quiet.

use std::io::{self, IsTerminal, Write};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::interrupt::StopFlag;
use crate::layout::{cut, labelled, room, time, with_bar, with_time_left, with_time_taken};
use crate::output::{Failure, print_on};
use crate::render::{self, Line, Renderer};
use wellfit::runs::{Comparing, Diagnosing, Epoch, Event, Watcher};
use wellfit::text::counted;

/// Width where there is no terminal to ask.
const PLAIN_WIDTH: usize = 80;
/// Lines about epochs where there is no bar.
const EPOCH_LINES: usize = 4;

/// Where a job's progress goes.
pub struct Screen {
    stop: StopFlag,
    stream: Box<dyn Write>,
    quiet: bool,
    width: usize,
    /// The bar's place on a terminal; `None` elsewhere.
    bar: Option<ProgressBar>,
    training: Option<Epoch>,
    lines_shown: usize,
    last_line: Option<String>,
    failure: Option<Failure>,
    renderer: Renderer,
}

impl Screen {
    /// Opens the screen and listens for Ctrl-C. With `json`, standard output is left to the result.
    pub fn open(json: bool, quiet: bool) -> Result<Screen, Failure> {
        let stop = StopFlag::listen(json)?;
        let (stream, term, target): (Box<dyn Write>, _, _) = match json {
            true => (Box::new(io::stderr()), Term::stderr(), ProgressDrawTarget::stderr()),
            false => (Box::new(io::stdout()), Term::stdout(), ProgressDrawTarget::stdout()),
        };
        let terminal = if json { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        let mut screen = Screen::new(stop, stream, quiet);
        if terminal {
            screen.width = term.size_checked().map_or(PLAIN_WIDTH, |(_, columns)| usize::from(columns));
            screen.bar = (!quiet).then(|| message_bar(target)).flatten();
        }
        Ok(screen)
    }

    fn new(stop: StopFlag, stream: Box<dyn Write>, quiet: bool) -> Screen {
        Screen {
            stop,
            stream,
            quiet,
            width: PLAIN_WIDTH,
            bar: None,
            training: None,
            lines_shown: 0,
            last_line: None,
            failure: None,
            renderer: Renderer::default(),
        }
    }

    /// Shows what is left to show, and returns the flag that Ctrl-C sets; fails if something could not be shown.
    ///
    /// The one line of a quiet job is its result; a job that failed prints its error instead.
    pub fn close(mut self, succeeded: bool) -> Result<StopFlag, Failure> {
        self.stop.job_ended();
        self.end_training("");
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if let Some(line) = self.last_line.take().filter(|_| self.quiet && succeeded) {
            self.write(&line);
        }
        self.failure.map_or(Ok(self.stop), Err)
    }

    /// Shows lines of a report or an event.
    pub fn lines(&mut self, lines: &[Line]) {
        for Line { label, text } in lines {
            self.end_training("");
            self.show(labelled(label, text, self.width));
        }
    }

    /// Columns of text beside a label.
    pub fn room(&self) -> usize {
        room(self.width)
    }

    fn show(&mut self, text: String) {
        if self.quiet {
            self.last_line = Some(text);
        } else {
            self.write(&text);
        }
    }

    fn write(&mut self, text: &str) {
        let stream = &mut self.stream;
        let written = match &self.bar {
            Some(bar) => bar.suspend(|| print_on(stream, text)),
            None => print_on(stream, text),
        };
        // The job goes on: its files matter more than the screen. The failure is reported at the end.
        if let Err(failure) = written {
            self.failure.get_or_insert(failure);
        }
    }

    fn epoch(&mut self, epoch: Epoch) {
        self.training = Some(epoch);
        if let Some(bar) = &self.bar {
            let room = self.width.saturating_sub(1);
            bar.set_message(cut(
                &labelled("train", &with_bar(&epoch, &with_time_left(&epoch), room), usize::MAX),
                room,
            ));
        } else if !self.quiet {
            let share_done = EPOCH_LINES * epoch.epoch.min(epoch.epochs) / epoch.epochs.max(1);
            if share_done > self.lines_shown && epoch.epoch < epoch.epochs {
                self.lines_shown = share_done;
                self.write(&labelled("train", &with_time_taken(&epoch), self.width));
            }
        }
    }

    /// Shows on a terminal how a job stands, until the next line about it; elsewhere its lines are enough.
    fn progress(&mut self, label: &str, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(cut(&labelled(label, text, usize::MAX), self.width.saturating_sub(1)));
        }
    }

    /// Turns the bar, or the last of the plain lines, into a line that stays; `addition` says why training ended.
    fn end_training(&mut self, addition: &str) {
        let Some(epoch) = self.training.take() else { return };
        if let Some(bar) = &self.bar {
            bar.set_message("");
            bar.finish_and_clear();
        }
        let state = with_time_taken(&epoch);
        let state = if self.bar.is_some() { with_bar(&epoch, &state, self.width) } else { state };
        let gap = if addition.is_empty() { "" } else { "  " };
        self.show(labelled("train", &format!("{state}{gap}{addition}"), self.width));
    }
}

impl Watcher for Screen {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Notice(notice) => {
                if !self.quiet {
                    self.write(&labelled("note", &render::notice::notice(&notice), self.width));
                }
            }
            Event::Trained { ended, kept_epoch, best_epoch, .. } if self.training.is_some() => {
                self.end_training(&render::train::why_trained_no_longer(ended, kept_epoch, best_epoch));
            }
            Event::Run(folder) => self.stop.under_way(folder),
            Event::Epoch(epoch) => self.epoch(epoch),
            Event::Comparing(Comparing::Progress { tried, kept, seconds_left }) => {
                let text =
                    format!("{} tried, {kept} kept  {} left", counted(tried as u64, "change"), time(seconds_left));
                self.progress("probe", &text);
            }
            Event::Comparing(Comparing::Ablating { done, of, seconds_left }) => {
                let left = seconds_left.map_or(String::new(), |seconds| format!("  {} left", time(seconds)));
                self.progress("effects", &format!("{done} of {of} settings{left}"));
            }
            Event::Diagnosing(Diagnosing::Stage { doing, seconds_left }) => {
                let left = seconds_left.map_or(String::new(), |seconds| format!("  {} left", time(seconds)));
                self.progress("diagnose", &format!("{doing}{left}"));
            }
            other => {
                let lines = self.renderer.lines(&other);
                self.lines(&lines);
            }
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use wellfit::data::DataNotice;
    use wellfit::runs::Notice;
    use wellfit::train::Ended;

    #[derive(Clone, Default)]
    struct Shown(Rc<RefCell<Vec<u8>>>);

    impl Write for Shown {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn epoch(epoch: usize, epochs: usize) -> Event<'static> {
        let standing = Epoch { epoch, epochs, loss: 0.4, dev: Some(0.2), best: None, percent: true, seconds: 1.0 };
        Event::Epoch(standing)
    }

    fn shown(quiet: bool, epochs: usize) -> String {
        let shown = Shown::default();
        let mut screen = Screen::new(StopFlag::default(), Box::new(shown.clone()), quiet);
        screen.lines(&[Line::new("data", "7,043 rows")]);
        let blanks = DataNotice::Blanks { column: "charges".to_owned(), count: 11 };
        screen.event(Event::Notice(Notice::Data(&blanks)));
        for number in 1..=epochs {
            screen.event(epoch(number, epochs));
        }
        screen.event(Event::Trained { ended: Ended::Epochs, epochs, kept_epoch: epochs, best_epoch: Some(epochs) });
        screen.lines(&[Line::new("saved", "runs/telco-1")]);
        screen.close(true).unwrap();
        String::from_utf8(shown.0.take()).unwrap()
    }

    #[test]
    fn away_from_a_terminal_epochs_take_a_few_lines() {
        for epochs in [1, 3, 10, 17, 30_000] {
            let shown = shown(false, epochs);
            let lines = shown.lines().filter(|line| line.starts_with(" train")).count();
            assert!((1..=EPOCH_LINES).contains(&lines), "{shown}");
        }
    }

    #[test]
    fn the_last_line_about_training_says_why_it_stopped() {
        let expected = " data     7,043 rows\n note     11 blank cells in charges treated as missing\n train    1/1  loss 0.400  dev 20.0%  1.0 s  \
            done\n saved    runs/telco-1\n";
        assert_eq!(shown(false, 1), expected);
    }

    #[test]
    fn quiet_shows_the_last_line_alone() {
        assert_eq!(shown(true, 30), " saved    runs/telco-1\n");
    }
}
