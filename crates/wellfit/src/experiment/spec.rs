//! The registry of settings: the one list that the [`Spec`] struct, flags, `--set`, config files and help come from.

use std::path::PathBuf;

use wellfit_kernels::precision::Precision;

use super::settings::{
    Auto, Batch, ClassWeights, Effort, NumberInput, Pairs, Parametrization, Preset, Raw, Switch, TimeLimit, above_zero,
    at_least, at_least_zero, at_most, below_one, each, settings, share,
};
use crate::data::{Augment, ColumnType, Decimal, Normalize, SplitRule, Task};
use crate::net::{Activation, Init, LayerSpec};
use crate::optim::{Optimizer, Schedule};
use crate::train::{Costs, Metric};

settings! {
    data: DataSettings, "The data, and how it is read and split." {
        path: Option<PathBuf> = None, Data, "FILE", "Table to train on";
        target: Option<String> = None, Data, "NAME", "Column to predict";
        task: Auto<Task> = Auto::Auto, Data, "TASK", "binary, multiclass or regression";
        positive: Option<String> = None, Data, "LABEL", "Label of the positive class (binary)";
        drop: Vec<String> = Vec::new(), Data, "A,B", "Columns to leave out";
        types: Pairs<ColumnType> = Vec::new(), Data, "COL=TYPE,..",
            "Column types in place of the inferred ones: numeric, categorical, boolean, datetime, text, id";
        na: Vec<String> = Vec::new(), Data, "A,B", "Additional values that mean missing";
        keep_na: Vec<String> = Vec::new(), Data, "A,B", "Columns in which words such as NA are values, not missing; or all";
        decimal: Auto<Decimal> = Auto::Auto, Data, "SIGN", "Decimal sign of numbers in the file: point or comma";
        sep: Auto<char> = Auto::Auto, Data, "CHAR", "Field separator: one character, or tab";
        header: bool = true, Data, "The first line is data, not column names", "The first line holds the column names";
        normalize: Normalize = Normalize::Auto, FitTrain, "HOW", "How inputs are scaled: standard, robust or off";
        split: SplitRule = SplitRule::Auto, FitTest, "SHARES", "Percentages of train, dev and test, as in 60/20/20";
        folds: Switch<usize> = Switch::Off, FitTest, "K",
            "Cross-validate over train and dev: K folds, one training each",
            |folds| folds.on().map_or(Ok(()), |folds| at_least(2, *folds, "each fold is predicted by a network trained on the others; or off"));
        test: Option<PathBuf> = None, FitTest, "FILE", "File with the test rows, instead of a share of DATA";
        dev: Option<PathBuf> = None, FitRealWorld, "FILE", "File with the dev rows, instead of a share of DATA";
        group: Option<String> = None, FitRealWorld, "COL", "Rows with the same value in this column stay together when splitting";
        time: Option<String> = None, FitRealWorld, "COL", "Split by time: oldest rows go to train, newest to test";
        weights: Option<String> = None, FitRealWorld, "COL", "Column with the weight of each row";
    }

    network: NetworkSettings, "The network and its initial weights." {
        preset: Preset = Preset::Auto, FitTrain, "NAME", "textbook: ReLU, Adam at a constant rate, no regularisation; auto: what effort says";
        effort: Effort = Effort::Standard, FitTrain, "NAME", "How much computing auto may take: standard (RealMLP-TD's recipe, and an ensemble where rows are few), or quick";
        hidden: Auto<Vec<usize>> = Auto::Auto, FitTrain, "N,N..", "Units per hidden layer; empty for no hidden layer",
            |hidden| given(hidden, |units| {
                units.iter().try_for_each(|units| at_least(1, *units, "a layer has at least one unit; leave it out of the list"))
            });
        layers: Auto<Vec<LayerSpec>> = Auto::Auto, FitTrain, "[..]",
            "Hidden layers one by one, in place of hidden, as in [{ dense = { units = 64 } }]";
        activation: Auto<Activation> = Auto::Auto, FitTrain, "NAME",
            "identity, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu or mish";
        numbers: Auto<NumberInput> = Auto::Auto, FitTrain, "NAME",
            "How numbers enter: plain, or periodic (with learned waves of each beside it)";
        input_scale: Auto<bool> = Auto::Auto, FitTrain, "B", "Whether each input has a learned factor: true or false";
        learned_slope: Auto<bool> = Auto::Auto, FitTrain, "B",
            "Whether each unit learns how much of its activation it uses: true or false";
        parametrization: Auto<Parametrization> = Auto::Auto, FitTrain, "NAME",
            "standard, or ntk (learning rates of weights by the width of their layer)";
        init: Auto<Init> = Auto::Auto, FitTrain, "NAME",
            "Weight initialisation: zeros, normal:STD, lecun, xavier, he (each also _uniform) or orthogonal";
        init_from: Option<PathBuf> = None, FitTrain, "FILE", "Initial weights from a .safetensors file";
        keep_prob: Auto<Vec<f64>> = Auto::Auto, FitDev, "P[,P..]",
            "Dropout: probability of keeping a unit, for all hidden layers or one each; 1 for no dropout",
            |keep| given(keep, |keep| each(keep, |p| share(p, "it is the probability of keeping a unit")));
        ensemble: Auto<usize> = Auto::Auto, FitDev, "K",
            "Networks that answer together, each trained without another fold of train and dev; 1 for one network",
            |members| given(members, |members| {
                at_least(1, *members, "a model has a network")?;
                if *members <= MAX_MEMBERS { Ok(()) } else { Err(format!("{members} is above {MAX_MEMBERS}")) }
            });
    }

    training: TrainingSettings, "How the network is trained and evaluated." {
        optimizer: Auto<Optimizer> = Auto::Auto, FitTrain, "NAME", "gd, momentum, nesterov, rmsprop, adam or adamw";
        lr: Auto<f64> = Auto::Auto, FitTrain, "X", "Learning rate",
            |lr| given(lr, |lr| {
                above_zero(*lr, "it is a step size")?;
                if *lr as f32 > 0.0 { Ok(()) } else { Err(format!("{lr} is 0 in the numbers that weights are held in")) }
            });
        beta1: Auto<f64> = Auto::Auto, FitTrain, "X", "Decay rate of the gradient average (momentum, Adam)",
            |beta| given(beta, |beta| below_one(*beta, "it is the share of the average kept in each step"));
        beta2: Auto<f64> = Auto::Auto, FitTrain, "X", "Decay rate of the squared-gradient average (RMSprop, Adam)",
            |beta| given(beta, |beta| below_one(*beta, "it is the share of the average kept in each step"));
        schedule: Auto<Schedule> = Auto::Auto, FitTrain, "NAME",
            "Learning-rate schedule: constant, linear, cosine, warmup_cosine, step, exponential, inverse, flat_cosine or coslog4";
        fade: Auto<Schedule> = Auto::Auto, FitDev, "NAME",
            "Schedule of dropout and weight decay: constant, flat_cosine, or another of the learning rate's";
        batch: Auto<Batch> = Auto::Auto, FitTrain, "N", "Batch size in rows, or full for all of train",
            |batch| given(batch, |batch| batch.rows().map_or(Ok(()), |rows| at_least(1, rows, "a batch has at least one row")));
        epochs: Auto<usize> = Auto::Auto, FitTrain, "N", "Maximum number of epochs",
            |epochs| given(epochs, |epochs| {
                at_least(1, *epochs, "training takes at least one epoch")?;
                if *epochs <= MAX_EPOCHS { Ok(()) } else { Err(format!("{epochs} is above {MAX_EPOCHS}")) }
            });
        clip_norm: Switch<f64> = Switch::Off, FitTrain, "X", "Gradient clipping: largest norm of the gradient",
            |clip| clip.on().map_or(Ok(()), |norm| above_zero(*norm, "it is the largest norm allowed; or off"));
        l2: Auto<Vec<f64>> = Auto::Auto, FitDev, "X[,X..]", "L2 penalty λ: adds λ/(2m)·Σw² to the cost of m train rows; for all layers or one each",
            |l2| given(l2, |l2| each(l2, |x| at_least_zero(x, "a penalty below 0 would reward large weights")));
        l1: Auto<Vec<f64>> = Auto::Auto, FitDev, "X[,X..]", "L1 penalty λ: adds (λ/m)·Σ|w| to the cost of m train rows; for all layers or one each",
            |l1| given(l1, |l1| each(l1, |x| at_least_zero(x, "a penalty below 0 would reward large weights")));
        weight_decay: Auto<f64> = Auto::Auto, FitDev, "X", "Decoupled weight decay (AdamW)",
            |decay| given(decay, |x| at_least_zero(*x, "a decay below 0 would make weights grow"));
        label_smoothing: Auto<f64> = Auto::Auto, FitDev, "X", "Share of each label spread evenly over all classes",
            |smoothing| given(smoothing, |x| below_one(*x, "it is the share taken from the label"));
        augment: Auto<Augment> = Auto::Auto, FitDev, "HOW",
            "Random augmentation at every step: noise:STD, swap:SHARE, mixup:ALPHA, several with commas, or none";
        early_stopping: Auto<Switch<usize>> = Auto::Auto, FitTrainAndDev, "N",
            "Stop after N epochs without improvement on dev, or off",
            |stop| given(stop, |stop| {
                stop.on().map_or(Ok(()), |epochs| at_least(1, *epochs, "to train all epochs write off"))
            });
        class_weights: ClassWeights = ClassWeights::None, FitRealWorld, "W",
            "Class weights: none, balanced, or as in yes=3,no=1",
            |weights| weights.given().iter().try_for_each(|(label, weight)| {
                above_zero(*weight, "it is the weight of the class's rows").map_err(|why| format!("{label}: {why}"))
            });
        metric: Auto<Metric> = Auto::Auto, FitRealWorld, "NAME",
            "What the network is judged by on dev: error, log_loss, balanced_error, auc, f1 or cost for classes, rmse, mae or r2 for numbers";
        threshold: Auto<f64> = Auto::Auto, FitRealWorld, "X",
            "Probability above which a row is positive (binary): auto is 0.5, or chosen on dev for f1, balanced_error and costs",
            |threshold| given(threshold, |x| below_one(*x, "it is the probability above which a row is positive"));
        costs: Option<Costs> = None, FitRealWorld, "POS,NEG", "What a missed positive and a false alarm cost (binary), as in 20,1",
            |costs| costs.map_or(Ok(()), |costs| {
                [costs.missed_positive, costs.false_alarm].into_iter().try_for_each(|x| above_zero(x, "it is the cost of a mistake"))
            });
        target_error: Option<f64> = None, FitRealWorld, "X", "Achievable error, e.g. human-level: a share for classes (0.05 is 5%), an RMSE for numbers",
            |error| error.map_or(Ok(()), |error| {
                at_least_zero(error, "it is the error of a perfect answer")?;
                at_most(1e150, error, "no error is as large")
            });
        budget: TimeLimit = TimeLimit(None), Run, "TIME", "Time limit for training, as in 60s, 10m or 1h";
        seed: u64 = 0, Run, "N", "Random seed";
        threads: Auto<usize> = Auto::Auto, Run, "N", "Number of threads; it does not change the result",
            |threads| given(threads, |threads| {
                at_least(1, *threads, "training needs at least one thread")?;
                if *threads <= MAX_THREADS { Ok(()) } else { Err(format!("{threads} is above {MAX_THREADS}")) }
            });
        probes: Auto<Switch<usize>> = Auto::Auto, Run, "N",
            "After training, try up to N remedies, one training each, to see what helps; auto, or off";
        precision: Precision = Precision::F32, Run, "NAME",
            "Precision of matrix products in training: f32, or bf16 (faster with hardware support)";
    }
}

/// More threads than any machine this runs on has cores.
const MAX_THREADS: usize = 1024;
/// More epochs than anybody waits for, and few enough to count steps by.
const MAX_EPOCHS: usize = 100_000_000;
/// Networks that answer together, at most.
const MAX_MEMBERS: usize = 64;

/// Checks a value that was asked for; `auto` is always fine.
fn given<T>(value: &Auto<T>, check: impl Fn(&T) -> Result<(), String>) -> Result<(), String> {
    value.given().map_or(Ok(()), check)
}

/// The setting of that key: `training.lr`, or just `lr`.
pub fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| match key.split_once('.') {
        Some((section, name)) => setting.section == section && setting.name == name,
        None => setting.name == key,
    })
}

/// A setting two specs disagree on.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The setting's full key.
    pub key: String,
    /// Its value in the first spec.
    pub left: Raw,
    /// Its value in the second spec.
    pub right: Raw,
}

impl Spec {
    /// Whether dev rows are of another file or another time than train rows, and may be distributed differently.
    pub fn dev_is_from_elsewhere(&self) -> bool {
        self.data.dev.is_some() || self.data.time.is_some()
    }

    /// The settings in which `self` and `other` differ, in the order of the config.
    pub fn differences(&self, other: &Spec) -> Vec<Difference> {
        SETTINGS
            .iter()
            .map(|setting| Difference { key: setting.key(), left: setting.get(self), right: setting.get(other) })
            .filter(|difference| difference.left != difference.right)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::experiment::settings::Value;

    fn set(key: &str, text: &str) -> Result<Spec, String> {
        let mut spec = Spec::default();
        find(key).expect(key).set(&mut spec, &Raw::text(text))?;
        Ok(spec)
    }

    #[test]
    fn no_two_settings_share_a_name_or_a_flag() {
        let names: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.name).collect();
        let flags: BTreeSet<_> = SETTINGS.iter().map(Setting::flag).collect();
        assert_eq!(names.len(), SETTINGS.len());
        assert_eq!(flags.len(), SETTINGS.len());
    }

    #[test]
    fn every_default_passes_its_own_check() {
        for setting in SETTINGS {
            let mut spec = Spec::default();
            assert_eq!(setting.set(&mut spec, &setting.default()), Ok(()), "{}", setting.key());
            assert_eq!(setting.set(&mut spec, &Raw::text(setting.default().to_text())), Ok(()), "{}", setting.key());
            assert_eq!(spec, Spec::default(), "{}", setting.key());
        }
    }

    #[test]
    fn help_names_every_choice() {
        fn holds<T: Value>(key: &str) {
            let help = find(key).unwrap().help;
            let told = |word: &str| help.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|told| told == word);
            for word in T::words() {
                let of_a_pair = word.ends_with("_uniform") && help.contains("_uniform");
                assert!(word == "auto" || of_a_pair || told(word), "{key}: {word} is not in: {help}");
            }
        }
        holds::<Task>("task");
        holds::<ColumnType>("types");
        holds::<Normalize>("normalize");
        holds::<Preset>("preset");
        holds::<Activation>("activation");
        holds::<Init>("init");
        holds::<Optimizer>("optimizer");
        holds::<Schedule>("schedule");
        holds::<Metric>("metric");
        holds::<ClassWeights>("class_weights");
        holds::<Batch>("batch");
    }

    #[test]
    fn a_senseless_number_is_refused_with_the_reason() {
        let refusals = [
            ("keep_prob", "1.2", "1.2 is not in (0, 1]; it is the probability of keeping a unit"),
            ("keep_prob", "0.9,0", "0 is not in (0, 1]; it is the probability of keeping a unit"),
            ("lr", "0", "0 is not above 0; it is a step size"),
            ("lr", "-0.1", "-0.1 is not above 0; it is a step size"),
            ("lr", "nan", "\"nan\" is not a finite number"),
            ("l2", "-1", "-1 is not 0 or above; a penalty below 0 would reward large weights"),
            ("batch", "0", "0 is below 1; a batch has at least one row"),
            ("epochs", "0", "0 is below 1; training takes at least one epoch"),
            ("early_stopping", "0", "0 is below 1; to train all epochs write off"),
            ("hidden", "64,0", "0 is below 1; a layer has at least one unit; leave it out of the list"),
            ("class_weights", "yes=0", "yes: 0 is not above 0; it is the weight of the class's rows"),
            ("label_smoothing", "1", "1 is not in [0, 1); it is the share taken from the label"),
            ("seed", "-1", "-1 is below 0"),
            ("threads", "0", "0 is below 1; training needs at least one thread"),
            (
                "activation",
                "rleu",
                "\"rleu\" is not auto, identity, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, \
                silu or mish; did you mean `relu`?",
            ),
            ("types", "zip=word", "zip: \"word\" is not numeric, categorical, boolean, datetime, text or id"),
        ];
        for (key, text, message) in refusals {
            assert_eq!(set(key, text), Err(message.to_owned()), "{key}={text}");
        }
    }

    #[test]
    fn the_course_experiment_can_be_written() {
        let spec = set("hidden", "20,3").unwrap();
        assert_eq!(spec.network.hidden, Auto::Given(vec![20, 3]));
        assert_eq!(set("hidden", "").unwrap().network.hidden, Auto::Given(vec![]));
        assert_eq!(set("training.l2", "0.7").unwrap().training.l2, Auto::Given(vec![0.7]));
        assert_eq!(set("early_stopping", "off").unwrap().training.early_stopping, Auto::Given(Switch::Off));
        assert_eq!(set("batch", "full").unwrap().training.batch, Auto::Given(Batch::Full));
    }

    #[test]
    fn differences_name_the_keys() {
        let spec = set("lr", "0.1").unwrap();
        let differences = spec.differences(&Spec::default());
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].key, "training.lr");
        assert_eq!(differences[0].right, Raw::text("auto"));
        assert!(spec.differences(&spec).is_empty());
    }
}
