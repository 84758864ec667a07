//! What one setting is: how its value is written, read, checked and explained, wherever it comes from.

mod checks;
mod choices;
mod layers;
mod lists;
mod numbers;
mod pairs;
mod raw;
mod registry;
mod switches;
mod time_limit;
mod toml_value;
mod value;

pub use checks::{above_zero, at_least, at_least_zero, at_most, below_one, each, one_for_each, one_if_equal, share};
pub use choices::{Effort, NumberInput, Parametrization, Preset};
pub use pairs::{ClassWeights, Pairs};
pub use raw::Raw;
pub(super) use raw::shortened;
pub use registry::{Purpose, SettingOf};
pub(crate) use registry::{read_checked, settings};
pub use switches::{Auto, Batch, Switch};
pub use time_limit::TimeLimit;
pub(super) use toml_value::{from_toml, in_order, raw};
pub use value::{Refusal, Value};
