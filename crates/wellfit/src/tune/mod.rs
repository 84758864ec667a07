//! The search over hyperparameters: the space, what is drawn from it, and what the trials say.

mod report;
mod sampler;
mod search;
mod space;
mod study;

pub use report::{BestReport, CurvePoint, SearchEnd, SearchVerdict, SettingsReport, TrialReport, TuneReport};
pub use sampler::{MOST_SETTINGS, RANDOM_TRIALS, draw};
pub use search::Search;
pub use space::{Choice, Knob, Range, Space, Values, chosen_json, with_choice};
pub use study::{Judged, Study, Tried};
