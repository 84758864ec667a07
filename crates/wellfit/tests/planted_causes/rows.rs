//! The files of a run: what to train on, and fresh rows that tell its true error.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use wellfit::data::Task;
use wellfit_kernels::random::{Purpose, Stream};

use crate::generators::{Answer, Generator, Row};

/// Rows that tell a true error.
const FRESH: u64 = 20_000;
// Rows of one part are no rows of another.
const DEV_FROM: u64 = 1 << 24;
const FRESH_FROM: u64 = 1 << 25;
const LAST_DAY: u64 = 1_000;

/// How the rows of a run are made.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub generator: Generator,
    pub seed: u64,
    /// Rows of the main file.
    pub count: u64,
    /// Rows of a dev file, if there is one.
    pub dev: Option<u64>,
    /// How far the rows that matter have moved away from those of train.
    pub drift: f64,
    /// A column with the day of each row; drift comes with the days.
    pub by_day: bool,
    /// A column that gives the target away.
    pub leaks: bool,
    /// Each row is there so many times.
    pub copies: u64,
    /// Each person has so many rows, which differ slightly, and stands in a column.
    pub each_person: u64,
    /// Share of wrong labels in train and dev.
    pub mislabelled: f64,
    /// Share of the last class in train and dev.
    pub share_of_last: Option<f64>,
    /// Every other number is larger by this factor, and as far from zero.
    pub magnified: f64,
    /// Every number is so far from zero, in its own deviations or so.
    pub shifted: f64,
}

/// The files, and what is known of the fresh rows.
pub struct Files {
    pub data: PathBuf,
    pub dev: Option<PathBuf>,
    pub fresh: PathBuf,
    pub truth: Vec<Answer>,
    /// Error of the best answers to the fresh rows.
    pub best_error: f64,
    /// Error of the best answer that is the same for all of them.
    pub constant_error: f64,
}

impl Rows {
    pub fn healthy(generator: Generator, seed: u64, count: u64) -> Rows {
        Rows {
            generator,
            seed,
            count,
            dev: None,
            drift: 0.0,
            by_day: false,
            leaks: false,
            copies: 1,
            each_person: 1,
            mislabelled: 0.0,
            share_of_last: None,
            magnified: 1.0,
            shifted: 0.0,
        }
    }

    pub fn write(&self, folder: &Path) -> Files {
        let path = |name: &str| folder.join(name);
        let text = |rows: &[Row], part: Part| {
            let lines = rows.iter().enumerate().map(|(i, row)| self.line(rows, row, i, part));
            lines.fold(self.head(), |text, line| text + &line + "\n")
        };
        let data = self.labelled(self.known(0, self.count, Part::Train), 1);
        std::fs::write(path("data.csv"), text(&data, Part::Train)).unwrap();
        if let Some(count) = self.dev {
            let dev = self.labelled(self.known(DEV_FROM, count, Part::Dev), 2);
            std::fs::write(path("dev.csv"), text(&dev, Part::Dev)).unwrap();
        }
        let fresh: Vec<Row> =
            (0..FRESH).map(|row| self.generator.row(self.seed, FRESH_FROM + row, self.drift)).collect();
        std::fs::write(path("fresh.csv"), text(&fresh, Part::Fresh)).unwrap();
        let truth: Vec<Answer> = fresh.iter().map(|row| row.target).collect();
        let best: Vec<Answer> = fresh.iter().map(|row| row.best).collect();
        Files {
            data: path("data.csv"),
            dev: self.dev.map(|_| path("dev.csv")),
            fresh: path("fresh.csv"),
            best_error: error(&best, &truth),
            constant_error: error(&vec![constant(&truth, self.generator.classes()); truth.len()], &truth),
            truth,
        }
    }

    /// Rows of train or dev, as many as asked for.
    fn known(&self, from: u64, count: u64, part: Part) -> Vec<Row> {
        let repeats = self.copies * self.each_person;
        let drift = |i: u64| match (self.by_day, part) {
            (true, _) => self.drift * i as f64 / count as f64,
            (false, Part::Train) => 0.0,
            (false, _) => self.drift,
        };
        let all = (0..).map(|i| self.generator.row(self.seed, from + i / repeats, drift(i.min(count))));
        let natural = self.share_of_last.map(|_| self.generator.share_of_last(self.seed));
        let kept = all.enumerate().filter(|(i, row)| self.keeps(from + *i as u64, row, natural));
        kept.take(count as usize).map(|(i, row)| self.jittered(row, from + i as u64)).collect()
    }

    /// The share of rows outside the largest class, the classes but the last taken for even ones; a half for numbers.
    pub fn rarer(&self) -> f64 {
        if !self.generator.is_classification() {
            return 0.5;
        }
        let last = self.share_of_last.unwrap_or_else(|| self.generator.share_of_last(self.seed));
        1.0 - last.max((1.0 - last) / (self.generator.classes() - 1) as f64)
    }

    /// Leaves out rows until the last class has its share.
    fn keeps(&self, index: u64, row: &Row, natural: Option<f64>) -> bool {
        let (Some(wanted), Some(natural), Answer::Class(class)) = (self.share_of_last, natural, row.target) else {
            return true;
        };
        let odds = |share: f64| share / (1.0 - share);
        let is_last = class + 1 == self.generator.classes();
        let ratio = odds(wanted) / odds(natural);
        let kept = if is_last { ratio } else { 1.0 / ratio };
        self.dice(3).uniform(index) < kept
    }

    /// A person's rows are alike, not the same.
    fn jittered(&self, mut row: Row, index: u64) -> Row {
        if self.each_person > 1 {
            let dice = self.dice(4);
            let numbers = row.inputs.numbers.iter_mut().enumerate();
            numbers.for_each(|(i, x)| *x *= 1.0 + 0.02 * dice.normal(index * 16 + i as u64));
        }
        row
    }

    /// The same rows, a share of them with the target of another.
    fn labelled(&self, mut rows: Vec<Row>, lane: u64) -> Vec<Row> {
        let dice = self.dice(lane);
        for i in 0..rows.len() {
            if dice.uniform(2 * i as u64) < self.mislabelled {
                let other = dice.bits(2 * i as u64 + 1);
                rows[i].target = match rows[i].target {
                    Answer::Class(class) => {
                        let classes = self.generator.classes();
                        Answer::Class((class + 1 + other as usize % (classes - 1)) % classes)
                    }
                    Answer::Value(_) => rows[other as usize % rows.len()].target,
                };
            }
        }
        rows
    }

    fn dice(&self, lane: u64) -> Stream {
        Stream::new(self.seed, Purpose::Sample, (1 << 40) + 10 * self.generator as u64 + lane)
    }

    fn head(&self) -> String {
        let (numbers, texts) = self.generator.columns();
        let numbers = (0..numbers).map(|i| format!("x{i}"));
        let texts = (0..texts).map(|i| format!("kind{i}"));
        let more = [(self.by_day, "day"), (self.each_person > 1, "person"), (self.leaks, "state"), (true, "label")];
        let more = more.into_iter().filter(|(is_there, _)| *is_there).map(|(_, name)| name.to_string());
        numbers.chain(texts).chain(more).collect::<Vec<_>>().join(",") + "\n"
    }

    fn line(&self, rows: &[Row], row: &Row, i: usize, part: Part) -> String {
        let mut line = String::new();
        for (column, x) in row.inputs.numbers.iter().enumerate() {
            let factor = if column.is_multiple_of(2) { self.magnified } else { 1.0 };
            let offset = if factor > 1.0 { factor } else { 0.0 } + self.shifted;
            let _ = write!(line, "{:.6},", factor * x + offset);
        }
        for text in &row.inputs.texts {
            let _ = write!(line, "{text},");
        }
        if self.by_day {
            let day = if part == Part::Fresh { LAST_DAY } else { i as u64 * LAST_DAY / self.count };
            let _ = write!(line, "{day},");
        }
        if self.each_person > 1 {
            let person = if part == Part::Fresh { 1_000_000 + i as u64 } else { i as u64 / self.each_person };
            let _ = write!(line, "person {person},");
        }
        if self.leaks {
            // It is not known when the network is used: there it is that of another row.
            let told = if part == Part::Fresh { &rows[(i + 1) % rows.len()] } else { row };
            let _ = match told.target {
                Answer::Class(class) => write!(line, "{},", ["open", "paid", "sent", "lost", "void"][class]),
                Answer::Value(value) => write!(line, "{:.3},", 3.0 * value + 7.0),
            };
        }
        let _ = match row.target {
            Answer::Class(class) => write!(line, "{}", class_name(class)),
            Answer::Value(value) => write!(line, "{value:.5}"),
        };
        line
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Train,
    Dev,
    Fresh,
}

pub fn class_name(class: usize) -> String {
    format!("c{class}")
}

/// The share of wrong answers, or the root of the mean squared error.
pub fn error(answers: &[Answer], truth: &[Answer]) -> f64 {
    let loss = |(answer, truth): (&Answer, &Answer)| match (answer, truth) {
        (Answer::Value(a), Answer::Value(b)) => (a - b).powi(2),
        _ => f64::from(answer != truth),
    };
    let mean = answers.iter().zip(truth).map(loss).sum::<f64>() / truth.len() as f64;
    if matches!(truth.first(), Some(Answer::Value(_))) { mean.sqrt() } else { mean }
}

fn constant(truth: &[Answer], classes: usize) -> Answer {
    let times = |class: usize| truth.iter().filter(|&&answer| answer == Answer::Class(class)).count();
    let value = |answer: &Answer| if let Answer::Value(value) = answer { *value } else { 0.0 };
    match (0..classes).max_by_key(|&class| times(class)) {
        Some(class) => Answer::Class(class),
        None => Answer::Value(truth.iter().map(value).sum::<f64>() / truth.len() as f64),
    }
}

impl Generator {
    /// Share of the last class among its rows.
    fn share_of_last(self, seed: u64) -> f64 {
        const TRIED: u64 = 2_000;
        let last = Answer::Class(self.classes().saturating_sub(1));
        let is_last = |&row: &u64| self.row(seed, FRESH_FROM + row, 0.0).target == last;
        (0..TRIED).filter(is_last).count() as f64 / TRIED as f64
    }

    pub fn is_classification(self) -> bool {
        self.task() != Task::Regression
    }
}
