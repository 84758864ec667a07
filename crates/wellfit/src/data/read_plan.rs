//! Which columns of a file are read, and as what.

use super::schema::Field;

/// Which columns to read from a file, by name, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadPlan {
    /// The features.
    pub fields: Vec<Field>,
    /// The target; rows without it are left out.
    pub target: Option<TargetField>,
    /// Column of row weights.
    pub weights: Option<String>,
    /// Column of groups.
    pub group: Option<String>,
    /// Column that orders the rows, read from the main file only.
    pub time: Option<String>,
}

/// How the target is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TargetField {
    pub name: String,
    /// Numbers are wanted, not classes.
    pub regression: bool,
    /// Classes are numbers: `1`, `01` and `1.0` are one class.
    pub numeric: bool,
}
