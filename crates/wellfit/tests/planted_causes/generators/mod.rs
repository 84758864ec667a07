//! Rows whose best possible answer is known: four generators of different shape.

mod clouds;
mod smooth;
mod visits;
mod wave;

use wellfit::data::Task;
use wellfit_kernels::random::{Purpose, Stream};

/// Where rows come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generator {
    /// Two classes on either side of a wave in two of three numbers, with flipped labels.
    Wave,
    /// A smooth function of eight numbers of different scales and tails, with noise.
    Smooth,
    /// Five classes of two clouds each, among columns that say nothing.
    Clouds,
    /// Two uneven classes by three text columns, which interact, and four numbers.
    Visits,
}

/// What thresholds are set on.
pub const TUNE: [Generator; 2] = [Generator::Wave, Generator::Smooth];
/// What figures are taken on.
pub const REPORT: [Generator; 2] = [Generator::Clouds, Generator::Visits];

/// The target of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    Class(usize),
    Value(f64),
}

/// A row without its target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    pub numbers: Vec<f64>,
    pub texts: Vec<String>,
}

/// A row, and the best answer that its inputs allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub inputs: Inputs,
    pub target: Answer,
    pub best: Answer,
}

/// The random numbers of one row.
struct Dice {
    stream: Stream,
    row: u64,
}

impl Dice {
    fn uniform(&self, i: u64) -> f64 {
        self.stream.uniform(self.row * 32 + i)
    }

    fn normal(&self, i: u64) -> f64 {
        self.stream.normal(self.row * 32 + i)
    }

    fn below(&self, i: u64, bound: u64) -> usize {
        self.stream.below(self.row * 32 + i, bound) as usize
    }

    /// A number that all rows of the stream share.
    fn shared_normal(&self, i: u64) -> f64 {
        self.stream.normal((1 << 40) + i)
    }

    fn shared_uniform(&self, i: u64) -> f64 {
        self.stream.uniform((1 << 41) + i)
    }
}

impl Generator {
    pub const ALL: [Generator; 4] = [Generator::Wave, Generator::Smooth, Generator::Clouds, Generator::Visits];

    pub fn name(self) -> &'static str {
        match self {
            Generator::Wave => "wave",
            Generator::Smooth => "smooth",
            Generator::Clouds => "clouds",
            Generator::Visits => "visits",
        }
    }

    pub fn task(self) -> Task {
        match self {
            Generator::Wave | Generator::Visits => Task::Binary,
            Generator::Smooth => Task::Regression,
            Generator::Clouds => Task::Multiclass,
        }
    }

    /// Whether labels of healthy rows are flipped, so that checking them is no false alarm.
    pub fn flips_labels(self) -> bool {
        self == Generator::Wave
    }

    /// Number of classes; 0 where the target is a number.
    pub fn classes(self) -> usize {
        match self {
            Generator::Wave | Generator::Visits => 2,
            Generator::Smooth => 0,
            Generator::Clouds => 5,
        }
    }

    /// Number of columns that hold numbers, and of those that hold texts.
    pub fn columns(self) -> (usize, usize) {
        match self {
            Generator::Wave => (3, 0),
            Generator::Smooth => (8, 0),
            Generator::Clouds => (7, 0),
            Generator::Visits => (4, 3),
        }
    }

    /// The row of that number under a seed; `drift` moves inputs and what follows from them, by 1 to an extent that nobody
    /// overlooks.
    pub fn row(self, seed: u64, row: u64, drift: f64) -> Row {
        let dice = Dice { stream: Stream::new(7_000 + seed, Purpose::Demo, self as u64), row };
        match self {
            Generator::Wave => wave::row(&dice, drift),
            Generator::Smooth => smooth::row(&dice, drift),
            Generator::Clouds => clouds::row(&dice, drift),
            Generator::Visits => visits::row(&dice, drift),
        }
    }
}
