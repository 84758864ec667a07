//! Settings whose value is one of a few names, each listed once: variant and name side by side.

use super::raw::Raw;
use super::value::{Refusal, Value};
use crate::data::Task;

/// Reads and writes an enum by the names of its variants.
macro_rules! named {
    ($type:ident { $($name:literal => $variant:ident),+ $(,)? }) => {
        impl Value for $type {
            fn read(raw: &Raw) -> Result<Self, Refusal> {
                match raw {
                    Raw::Text(text) => match text.as_str() {
                        $($name => Ok($type::$variant),)+
                        _ => Err(Refusal::Form),
                    },
                    _ => Err(Refusal::Form),
                }
            }

            fn write(&self) -> Raw {
                Raw::text(match self { $($type::$variant => $name,)+ })
            }

            fn forms() -> Vec<String> {
                Self::words().into_iter().map(str::to_owned).collect()
            }

            fn words() -> Vec<&'static str> {
                vec![$($name),+]
            }
        }
    };
}

named!(Task { "binary" => Binary, "multiclass" => Multiclass, "regression" => Regression });

/// How a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Numbers.
    Numeric,
    /// A few values without an order.
    Categorical,
    /// Two values.
    Boolean,
    /// Dates and times.
    Datetime,
    /// Free text; set aside.
    Text,
    /// Names a row; set aside.
    Id,
}

named!(ColumnType {
    "numeric" => Numeric, "categorical" => Categorical, "boolean" => Boolean, "datetime" => Datetime, "text" => Text,
    "id" => Id,
});

/// How numeric inputs are brought to one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalize {
    /// Chosen from the columns.
    Auto,
    /// Mean 0, deviation 1.
    Standard,
    /// Median and quartiles, far values drawn in.
    Robust,
    /// As they are.
    Off,
}

named!(Normalize { "auto" => Auto, "standard" => Standard, "robust" => Robust, "off" => Off });

/// How rows are shared among train, dev and test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SplitRule {
    /// By the number of rows.
    Auto,
    /// In percent; they total 100.
    Shares {
        /// Percent of the rows that train.
        train: f64,
        /// Percent of the rows that choose.
        dev: f64,
        /// Percent of the rows that are sealed.
        test: f64,
    },
}

impl Value for SplitRule {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let Raw::Text(text) = raw else { return Err(Refusal::Form) };
        if text == "auto" {
            return Ok(SplitRule::Auto);
        }
        let shares: Vec<f64> = text.split('/').map(|share| f64::read(&Raw::text(share))).collect::<Result<_, _>>()?;
        let (train, dev, test) = match shares.as_slice() {
            [train, dev] => (*train, *dev, 0.0),
            [train, dev, test] => (*train, *dev, *test),
            _ => return Err(Refusal::Form),
        };
        let total = train + dev + test;
        if let Some(negative) = shares.iter().find(|share| **share < 0.0) {
            return Err(Refusal::Reason(format!("{text} holds {negative}; a share is 0 or above")));
        }
        // Shares such as 33.3/33.3/33.4 total 100 only up to rounding.
        if (total - 100.0).abs() > 1e-6 {
            return Err(Refusal::Reason(format!("{text} totals {total}; the shares are percent and total 100")));
        }
        if train == 0.0 {
            return Err(Refusal::Reason(format!("{text} leaves no rows to train on")));
        }
        Ok(SplitRule::Shares { train, dev, test })
    }

    fn write(&self) -> Raw {
        match self {
            SplitRule::Auto => Raw::text("auto"),
            SplitRule::Shares { train, dev, test } => Raw::text(format!("{train}/{dev}/{test}")),
        }
    }

    fn forms() -> Vec<String> {
        vec!["auto".to_owned(), "shares in percent (60/20/20)".to_owned()]
    }

    fn words() -> Vec<&'static str> {
        vec!["auto"]
    }
}

/// A set of values that stand for every setting left at `auto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Chosen by rows, columns and task.
    Auto,
    /// Standardised inputs, the given layers, a constant rate; no penalty, dropout or smoothing unless asked for.
    Textbook,
}

named!(Preset { "auto" => Auto, "textbook" => Textbook });

/// What a hidden unit does with its sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// z.
    Identity,
    /// 1 / (1 + e⁻ᶻ).
    Sigmoid,
    /// tanh z.
    Tanh,
    /// max(0, z).
    Relu,
    /// z, or a small share of it below 0.
    LeakyRelu,
    /// z, or eᶻ − 1 below 0.
    Elu,
    /// ELU, scaled so that it keeps mean 0 and deviation 1.
    Selu,
    /// z Φ(z).
    Gelu,
    /// z times its sigmoid.
    Silu,
    /// z tanh(ln(1 + eᶻ)).
    Mish,
}

named!(Activation {
    "identity" => Identity, "sigmoid" => Sigmoid, "tanh" => Tanh, "relu" => Relu, "leaky_relu" => LeakyRelu,
    "elu" => Elu, "selu" => Selu, "gelu" => Gelu, "silu" => Silu, "mish" => Mish,
});

/// How weights start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// All 0: every unit of a layer learns the same.
    Zeros,
    /// Normal with this deviation.
    Normal(f64),
    /// Normal, variance 1 / inputs.
    Lecun,
    /// Uniform of LeCun's variance.
    LecunUniform,
    /// Normal, variance 2 / (inputs + outputs).
    Xavier,
    /// Uniform of Xavier's variance.
    XavierUniform,
    /// Normal, variance 2 / inputs.
    He,
    /// Uniform of He's variance.
    HeUniform,
    /// Orthonormal rows or columns.
    Orthogonal,
}

const INITS: [(&str, Init); 8] = [
    ("zeros", Init::Zeros),
    ("lecun", Init::Lecun),
    ("lecun_uniform", Init::LecunUniform),
    ("xavier", Init::Xavier),
    ("xavier_uniform", Init::XavierUniform),
    ("he", Init::He),
    ("he_uniform", Init::HeUniform),
    ("orthogonal", Init::Orthogonal),
];

impl Value for Init {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let Raw::Text(text) = raw else { return Err(Refusal::Form) };
        if let Some(deviation) = text.strip_prefix("normal:") {
            return match f64::read(&Raw::text(deviation)) {
                Ok(deviation) if deviation > 0.0 => Ok(Init::Normal(deviation)),
                Ok(_) => Err(Refusal::Reason(format!("{text}: the deviation is a number above 0, as in normal:0.01"))),
                Err(refusal) => Err(refusal),
            };
        }
        if text == "normal" {
            return Err(Refusal::Reason("normal needs its deviation, as in normal:0.01".to_owned()));
        }
        INITS.iter().find(|(name, _)| name == text).map(|(_, init)| *init).ok_or(Refusal::Form)
    }

    fn write(&self) -> Raw {
        match self {
            Init::Normal(deviation) => Raw::text(format!("normal:{}", deviation.write().to_text())),
            other => {
                let name = INITS.iter().find(|(_, init)| init == other).map(|(name, _)| *name);
                Raw::text(name.unwrap_or_default())
            }
        }
    }

    fn forms() -> Vec<String> {
        let mut forms: Vec<String> = Self::words().into_iter().map(str::to_owned).collect();
        forms.insert(1, "normal:DEVIATION".to_owned());
        forms
    }

    fn words() -> Vec<&'static str> {
        INITS.iter().map(|(name, _)| *name).collect()
    }
}

/// How a gradient becomes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optimizer {
    /// Gradient descent.
    Gd,
    /// Along an average of past gradients, v ← βv + (1−β)g.
    Momentum,
    /// Momentum that looks ahead.
    Nesterov,
    /// Divided by the root mean square of past gradients.
    Rmsprop,
    /// Momentum and RMSprop, corrected for their start.
    Adam,
    /// Adam with decoupled weight decay.
    Adamw,
}

named!(Optimizer {
    "gd" => Gd, "momentum" => Momentum, "nesterov" => Nesterov, "rmsprop" => Rmsprop, "adam" => Adam, "adamw" => Adamw,
});

/// How the learning rate changes over training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Not at all.
    Constant,
    /// Falls along half a cosine.
    Cosine,
    /// Falls in steps.
    Step,
    /// Falls by the same share every epoch.
    Exponential,
    /// Rises first, then falls along half a cosine.
    WarmupCosine,
}

named!(Schedule {
    "constant" => Constant, "cosine" => Cosine, "step" => Step, "exponential" => Exponential,
    "warmup_cosine" => WarmupCosine,
});

/// What is measured on dev.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Share of rows whose class is wrong.
    Error,
    /// Root of the mean squared error.
    Rmse,
    /// Mean negative log-likelihood, in nats.
    LogLoss,
    /// Area under the ROC curve.
    Auc,
    /// Mean absolute error.
    Mae,
    /// Share of the target's variance explained.
    R2,
}

named!(Metric {
    "error" => Error, "rmse" => Rmse, "log_loss" => LogLoss, "auc" => Auc, "mae" => Mae, "r2" => R2,
});

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Result<SplitRule, Refusal> {
        SplitRule::read(&Raw::text(text))
    }

    #[test]
    fn every_name_reads_back() {
        fn holds<T: Value>() {
            for word in T::words() {
                assert_eq!(T::read(&Raw::text(word)).map(|value| value.write()), Ok(Raw::text(word)));
            }
        }
        holds::<Task>();
        holds::<ColumnType>();
        holds::<Normalize>();
        holds::<Preset>();
        holds::<Activation>();
        holds::<Init>();
        holds::<Optimizer>();
        holds::<Schedule>();
        holds::<Metric>();
    }

    #[test]
    fn shares_total_a_hundred() {
        assert_eq!(split("60/20/20"), Ok(SplitRule::Shares { train: 60.0, dev: 20.0, test: 20.0 }));
        assert_eq!(split("80/20"), Ok(SplitRule::Shares { train: 80.0, dev: 20.0, test: 0.0 }));
        assert!(split("33.3/33.3/33.4").is_ok());
        let reason = "80/20/20 totals 120; the shares are percent and total 100";
        assert_eq!(split("80/20/20"), Err(Refusal::Reason(reason.to_owned())));
        assert_eq!(split("0/50/50"), Err(Refusal::Reason("0/50/50 leaves no rows to train on".to_owned())));
        assert!(matches!(split("120/-20/0"), Err(Refusal::Reason(_))));
        assert_eq!(split("half"), Err(Refusal::Form));
    }

    #[test]
    fn a_normal_start_names_its_deviation() {
        assert_eq!(Init::read(&Raw::text("normal:0.01")), Ok(Init::Normal(0.01)));
        assert_eq!(Init::Normal(10.0).write(), Raw::text("normal:10"));
        assert!(matches!(Init::read(&Raw::text("normal")), Err(Refusal::Reason(_))));
        assert!(matches!(Init::read(&Raw::text("normal:-1")), Err(Refusal::Reason(_))));
    }
}
