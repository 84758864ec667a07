//! A cause planted in a run, and the same run without it.

use crate::causes::Cause::{self, *};
use crate::generators::Generator;
use crate::rows::{Rows, class_name};
use crate::support::{Draw, count};

/// Settings, each with its value; later ones win.
pub type Settings = Vec<(&'static str, String)>;

/// Rows and settings of a run.
#[derive(Clone, Debug)]
pub struct Setup {
    pub rows: Rows,
    pub settings: Settings,
    /// Whether the error that can be reached is named.
    pub names_target: bool,
}

/// A run with a cause planted, and its twin without.
#[derive(Clone, Debug)]
pub struct Case {
    pub cause: Cause,
    pub generator: Generator,
    pub seed: u64,
    pub planted: Setup,
    pub healthy: Setup,
}

fn quoted(value: &str) -> String {
    format!("{value:?}")
}

/// A configuration that suits the rows, of several kinds.
fn sound(draw: &Draw, generator: Generator) -> (Settings, f64) {
    let hidden = draw.pick(&["[64, 32]", "[48, 24]", "[32, 32]"]);
    let activation = draw.pick(&["relu", "relu", "tanh", "silu"]);
    let (optimizer, rate) = draw.pick(&[("adam", 0.003), ("adam", 0.002), ("rmsprop", 0.002), ("momentum", 0.3)]);
    let rate = if generator == Generator::Smooth && optimizer == "momentum" { 0.1 } else { rate };
    let early_stopping = draw.pick(&["\"off\"", "15"]);
    let l2 = draw.pick(&["1.0", "3.0"]);
    let settings = vec![
        ("network.preset", quoted("textbook")),
        ("network.hidden", hidden.to_string()),
        ("network.activation", quoted(activation)),
        ("training.optimizer", quoted(optimizer)),
        ("training.lr", format!("{rate}")),
        ("training.schedule", quoted("cosine")),
        ("training.batch", "64".to_string()),
        ("training.epochs", "30".to_string()),
        ("training.early_stopping", early_stopping.to_string()),
        ("training.l2", format!("[{l2}]")),
        ("data.split", quoted("60/30/10")),
    ];
    (settings, rate)
}

fn layers(units: usize, depth: usize) -> String {
    format!("{:?}", vec![units; depth])
}

/// Settings of the cause, those its twin shares, and what it does to the rows of both.
struct Planter<'a> {
    draw: &'a Draw,
    generator: Generator,
    rate: f64,
    planted: Setup,
    healthy: Setup,
}

impl Planter<'_> {
    fn set(&mut self, settings: impl IntoIterator<Item = (&'static str, String)>) {
        self.planted.settings.extend(settings);
    }

    fn set_both(&mut self, settings: impl IntoIterator<Item = (&'static str, String)>) {
        let settings: Settings = settings.into_iter().collect();
        self.healthy.settings.extend(settings.iter().cloned());
        self.planted.settings.extend(settings);
    }

    fn with_dev_file(&mut self, rows: u64) {
        self.set_both([("data.split", quoted("100/0/0"))]);
        self.planted.rows.dev = Some(rows);
        self.healthy.rows.dev = Some(2_000);
    }

    /// Several layers of an activation, which learn from usual initial weights.
    fn deep(&mut self, depth: (usize, usize)) -> f64 {
        let (depth, units) = (self.draw.between(depth.0, depth.1), self.draw.pick(&[24, 32, 48]));
        let activation = self.draw.pick(&["tanh", "relu"]);
        self.set_both([
            ("network.hidden", layers(units, depth)),
            ("network.activation", quoted(activation)),
            ("training.optimizer", quoted("adam")),
            ("training.lr", "0.002".to_string()),
        ]);
        1.0 / (units as f64).sqrt()
    }

    fn weights(&mut self, deviation: f64) {
        self.set([("network.init", quoted(&format!("normal:{deviation:.2e}")))]);
    }

    fn plant(&mut self, cause: Cause) {
        match cause {
            Healthy => self.vary(),
            ZeroWeights => self.set([("network.init", quoted("zeros"))]),
            SmallWeights => {
                let usual = self.deep((3, 8));
                let share = self.draw.size(0.01, 0.3);
                self.weights(usual * share);
            }
            LargeWeights => {
                let usual = self.deep((3, 6));
                let times = self.draw.size(6.0, 40.0);
                self.weights(usual * times);
            }
            SaturatedSigmoids => {
                let depth = self.draw.between(5, 20);
                let init = self.draw.pick(&["xavier", "he", "normal:1.5"]);
                self.set([
                    ("network.hidden", layers(24, depth)),
                    ("network.activation", quoted("sigmoid")),
                    ("network.init", quoted(init)),
                ]);
            }
            DeadRelus => {
                self.set_both([("network.activation", quoted("relu"))]);
                if self.draw.chance(0.5) {
                    self.planted.rows.shifted = self.draw.size(30.0, 1_000.0);
                    self.set([("data.normalize", quoted("off"))]);
                } else {
                    let rate = self.draw.size(0.3, 3.0);
                    self.set([
                        ("training.optimizer", quoted("adam")),
                        ("training.lr", format!("{rate:.3}")),
                        ("training.schedule", quoted("constant")),
                    ]);
                }
            }
            UnscaledInputs => {
                self.planted.rows.magnified = self.draw.size(300.0, 10_000.0);
                self.set([("data.normalize", quoted("off"))]);
            }
            RateTooHigh => self.rate(self.draw.size(30.0, 300.0)),
            RateTooLow => self.rate(self.draw.size(0.001, 0.01)),
            StoppedEarly => {
                if self.draw.chance(0.5) {
                    let epochs = self.draw.between(1, 2);
                    self.rate(0.2);
                    self.set([("training.epochs", epochs.to_string())]);
                } else {
                    self.rate(0.1);
                    self.set([
                        ("training.early_stopping", "1".to_string()),
                        ("training.schedule", quoted("constant")),
                        ("training.batch", "16".to_string()),
                    ]);
                }
            }
            NetworkTooSmall => {
                let hidden = self.draw.pick(&["[1]", "[2]", "[]"]);
                self.set([("network.hidden", hidden.to_string())]);
            }
            TooMuchPenalty => {
                let key = self.draw.pick(&["training.l2", "training.l1"]);
                let times = if key == "training.l2" { (100.0, 5_000.0) } else { (30.0, 1_000.0) };
                let penalty = self.draw.size(times.0, times.1);
                self.set([(key, format!("[{penalty:.1}]"))]);
            }
            NoRegularisation => {
                self.with_dev_file(2_000);
                let rows = self.draw.between(250, 600) as u64;
                (self.planted.rows.count, self.healthy.rows.count) = (rows, rows);
                self.set_both([
                    ("training.optimizer", quoted("adam")),
                    ("training.batch", "32".to_string()),
                    ("training.lr", "0.003".to_string()),
                ]);
                self.set([
                    ("network.hidden", "[256, 128]".to_string()),
                    ("training.epochs", "150".to_string()),
                    ("training.schedule", quoted("constant")),
                    ("training.early_stopping", quoted("off")),
                    ("training.l2", "[0]".to_string()),
                ]);
                self.healthy.settings.extend([
                    ("network.hidden", "[32, 16]".to_string()),
                    ("training.early_stopping", "15".to_string()),
                    ("training.l2", "[2.0]".to_string()),
                ]);
            }
            TooFewRows => {
                self.with_dev_file(2_000);
                self.planted.rows.count = self.draw.between(60, 200) as u64;
                // λ is divided by the rows: what suits thousands would be a cause of its own.
                self.set([
                    ("training.epochs", "150".to_string()),
                    ("training.batch", "16".to_string()),
                    ("training.l2", "[0.1]".to_string()),
                ]);
            }
            RareClass => self.planted.rows.share_of_last = Some(self.draw.size(0.005, 0.5)),
            ClassWeights => {
                let weighted = self.draw.below(self.generator.classes());
                let weight = self.draw.size(10.0, 200.0);
                let weights = (0..self.generator.classes()).map(|class| {
                    let weight = if class == weighted { weight } else { 1.0 };
                    format!("{}={weight:.0}", class_name(class))
                });
                self.set([("training.class_weights", quoted(&weights.collect::<Vec<_>>().join(",")))]);
            }
            DriftByTime => {
                self.set_both([("data.time", quoted("day"))]);
                (self.planted.rows.by_day, self.healthy.rows.by_day) = (true, true);
                self.planted.rows.drift = self.draw.size(0.5, 2.0);
            }
            OtherDev => {
                self.with_dev_file(2_000);
                self.planted.rows.drift = self.draw.size(0.3, 1.0);
            }
            Leak => self.planted.rows.leaks = true,
            Duplicates => {
                self.planted.rows.copies = self.draw.between(5, 30) as u64;
                self.planted.rows.count /= 2;
                self.set([("training.epochs", "80".to_string()), ("training.l2", "[0]".to_string())]);
            }
            OneGroup => {
                self.planted.rows.each_person = self.draw.between(20, 80) as u64;
                self.set([("training.l2", "[0]".to_string())]);
            }
            LabelNoise => self.planted.rows.mislabelled = self.draw.size(0.1, 0.4),
            DevTooSmall => self.with_dev_file(self.draw.between(25, 45) as u64),
        }
    }

    /// What a healthy run may have beside its settings.
    fn vary(&mut self) {
        match self.draw.below(6) {
            0 => self.with_dev_file(3_000),
            1 => {
                self.planted.rows.by_day = true;
                self.set([("data.time", quoted("day"))]);
            }
            2 => self.planted.rows.magnified = self.draw.size(300.0, 10_000.0),
            3 => self.set([("network.keep_prob", "[0.95]".to_string())]),
            4 => self.set([("network.hidden", "[32, 32, 32]".to_string())]),
            _ => {}
        }
    }

    fn rate(&mut self, times: f64) {
        let rate = self.rate * times;
        self.set([("training.lr", format!("{rate:.3e}"))]);
    }
}

impl Case {
    pub fn of(cause: Cause, generator: Generator, seed: u64) -> Case {
        let draw = Draw::new(seed, 100 * generator as usize);
        let (mut settings, rate) = sound(&draw, generator);
        settings.extend([
            ("data.target", quoted("label")),
            ("training.seed", seed.to_string()),
            ("training.threads", "1".to_string()),
        ]);
        // With fewer rows, healthy runs are no longer near the best that can be reached.
        let least = if cause == Healthy { count(10_000, 16_000) } else { count(4_000, 16_000) };
        let rows = Rows::healthy(generator, seed, (least + draw.below(4_000)) as u64);
        // What can be reached is not known where the rows are at fault.
        let names_target = draw.chance(0.5) && cause < RareClass;
        let setup = Setup { rows, settings, names_target };
        let severity = Draw::new(seed, 100 * generator as usize + 1 + cause as usize);
        let (planted, healthy) = (setup.clone(), setup);
        let mut planter = Planter { draw: &severity, generator, rate, planted, healthy };
        planter.plant(cause);
        let Planter { planted, healthy, .. } = planter;
        Case { cause, generator, seed, planted, healthy }
    }
}
