//! Which columns of a file are read, and as what.

use super::notation::Notation;
use super::schema::Field;

/// Which columns to read from a file, by name, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadPlan {
    /// The features.
    pub fields: Vec<Field>,
    /// The target; rows without it are left out.
    pub target: Option<TargetField>,
    /// Column of row weights.
    pub weights: Option<RoleField>,
    /// Column of groups.
    pub group: Option<RoleField>,
    /// Column that orders the rows, read from the main file only.
    pub time: Option<RoleField>,
}

/// A column that is read for something else than its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RoleField {
    pub name: String,
    pub notation: Notation,
}

/// How the target is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TargetField {
    pub name: String,
    /// Numbers are wanted, not classes.
    pub regression: bool,
    /// Classes are numbers: `1` and `1.0` are one class.
    pub numeric: bool,
    pub notation: Notation,
    /// Whether the file came after training.
    pub is_new: bool,
}
