//! Settings whose value is one of a few names, each listed once: variant and name side by side.

use wellfit_kernels::precision::Precision;

use super::raw::Raw;
use super::value::{Refusal, Value};
use crate::data::{Augment, ColumnType, Decimal, Normalize, SplitRule, Task};
use crate::net::{Activation, Init};
use crate::optim::{Optimizer, Schedule};
use crate::train::Metric;

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

/// Reads and writes an enum that lists its own variants (`ALL`) and names (`name`).
macro_rules! listed {
    ($($type:ident),+) => {$(
        impl Value for $type {
            fn read(raw: &Raw) -> Result<Self, Refusal> {
                let Raw::Text(text) = raw else { return Err(Refusal::Form) };
                $type::ALL.into_iter().find(|value| value.name() == text).ok_or(Refusal::Form)
            }

            fn write(&self) -> Raw {
                Raw::text(self.name())
            }

            fn forms() -> Vec<String> {
                Self::words().into_iter().map(str::to_owned).collect()
            }

            fn words() -> Vec<&'static str> {
                $type::ALL.iter().map(|value| value.name()).collect()
            }
        }
    )+};
}

listed!(ColumnType, Normalize, Activation, Optimizer, Schedule, Metric, Precision);

named!(Decimal { "point" => Point, "comma" => Comma });
named!(Task { "binary" => Binary, "multiclass" => Multiclass, "regression" => Regression });

impl Value for SplitRule {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let Raw::Text(text) = raw else { return Err(Refusal::Form) };
        // What has the form of shares and is refused has its reason.
        text.parse().map_err(|reason| if text.contains('/') { Refusal::Reason(reason) } else { Refusal::Form })
    }

    fn write(&self) -> Raw {
        Raw::text(self.to_string())
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

/// How much computing the settings left at `auto` may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Seconds: two hidden layers.
    Quick,
    /// Tens of seconds: the recipe of RealMLP-TD (Holzmüller et al. 2024).
    Standard,
}

named!(Effort { "quick" => Quick, "standard" => Standard });

/// How numbers enter the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberInput {
    /// As they are scaled.
    Plain,
    /// With a few learned periodic functions of each beside them.
    Periodic,
}

named!(NumberInput { "plain" => Plain, "periodic" => Periodic });

/// How weights are parametrised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parametrization {
    /// As they are.
    Standard,
    /// Each divided by the root of its layer's inputs, as far as learning rates go.
    Ntk,
}

named!(Parametrization { "standard" => Standard, "ntk" => Ntk });

impl Value for Augment {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let Raw::Text(text) = raw else { return Err(Refusal::Form) };
        text.parse().map_err(|reason| if text.contains(':') { Refusal::Reason(reason) } else { Refusal::Form })
    }

    fn write(&self) -> Raw {
        Raw::text(self.to_string())
    }

    fn forms() -> Vec<String> {
        ["none", "noise:STD", "swap:SHARE", "mixup:ALPHA"].map(str::to_owned).into()
    }

    fn words() -> Vec<&'static str> {
        vec!["none"]
    }
}

impl Value for Init {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let Raw::Text(text) = raw else { return Err(Refusal::Form) };
        text.parse().map_err(|reason| if text.starts_with("normal") { Refusal::Reason(reason) } else { Refusal::Form })
    }

    fn write(&self) -> Raw {
        Raw::text(self.to_string())
    }

    fn forms() -> Vec<String> {
        let mut forms: Vec<String> = Self::words().into_iter().map(str::to_owned).collect();
        forms.insert(1, "normal:STD".to_owned());
        forms
    }

    fn words() -> Vec<&'static str> {
        Init::NAMED.iter().map(|(name, _)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        fn holds<T: Value>() {
            for word in T::words() {
                assert_eq!(T::read(&Raw::text(word)).map(|value| value.write()), Ok(Raw::text(word)));
            }
        }
        holds::<Task>();
        holds::<Decimal>();
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
    fn a_split_that_does_not_total_a_hundred_has_its_reason() {
        let split = |text| SplitRule::read(&Raw::text(text));
        assert_eq!(split("80/20"), Ok(SplitRule::Shares { train: 80.0, dev: 20.0, test: 0.0 }));
        assert!(matches!(split("80/20/20"), Err(Refusal::Reason(reason)) if reason.contains("120")));
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
