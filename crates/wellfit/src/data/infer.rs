//! Which task a target column asks for.

use super::notice::DataNotice;
use super::profile::Profile;
use super::{ColumnType, Task};
use crate::text::thousands;

/// Whole-number targets with at most this many values may be classes.
const MAX_NUMBER_CLASSES: u64 = 20;
/// Rows a whole number needs on average to be read as a class.
const ROWS_PER_CLASS: u64 = 5;
/// Regression on whole numbers with fewer values than this is worth a notice.
const SURPRISING_VALUES: u64 = 50;

/// The task of a target and, where it is not obvious, a notice about it.
///
/// Texts are classes. Two different numbers are classes. Whole numbers are classes if they are few, frequent, start at
/// 0 or 1 and leave no gap, as codes of classes do; grades from 3 to 9 are ordered and stay numbers.
pub(crate) fn infer(
    name: &str,
    profile: &Profile,
    asked: Option<Task>,
    kind: Option<ColumnType>,
) -> Result<(Task, Option<DataNotice>), String> {
    let distinct = profile.distinct.count();
    let values = thousands(distinct);
    if profile.present == 0 {
        return Err(format!("target {name} is missing in every row"));
    }
    if distinct < 2 {
        return Err(format!("target {name} is constant: every row has the same value, there is nothing to learn"));
    }
    let asked_for_classes = matches!(kind, Some(ColumnType::Categorical | ColumnType::Boolean));
    let numeric = profile.texts() == 0 && !asked_for_classes && !profile.holds_codes();
    let mostly_numbers = profile.numbers * 2 > profile.present;
    let by_value = if kind == Some(ColumnType::Numeric)
        || (!numeric && profile.is_numeric() && !profile.holds_codes() && kind.is_none())
    {
        // Numbers with a stray text: the second pass names it.
        Task::Regression
    } else if distinct == 2 {
        Task::Binary
    } else if !numeric {
        Task::Multiclass
    } else {
        let codes =
            profile.whole && matches!(profile.min, 0.0 | 1.0) && profile.max - profile.min + 1.0 == distinct as f64;
        let frequent = distinct <= MAX_NUMBER_CLASSES && distinct * ROWS_PER_CLASS <= profile.present;
        if codes && frequent { Task::Multiclass } else { Task::Regression }
    };
    let task = asked.unwrap_or(by_value);
    match task {
        Task::Binary if distinct != 2 => {
            return Err(format!(
                "target {name} has {values} different values, a binary task has two; pass --task multiclass"
            ));
        }
        Task::Multiclass if distinct == 2 => {
            return Err(format!("target {name} has two classes; pass --task binary"));
        }
        Task::Multiclass if distinct * 2 > profile.present && distinct > MAX_NUMBER_CLASSES => {
            let hint = if mostly_numbers { "; pass --task regression" } else { "; classes have to repeat" };
            return Err(format!(
                "target {name} has {values} different values in {} rows{hint}",
                thousands(profile.present)
            ));
        }
        _ => {}
    }
    let surprising = asked.is_none() && numeric && profile.whole && distinct > 2;
    let (target, values) = (name.to_owned(), distinct);
    let notice = match task {
        Task::Regression if surprising && values <= SURPRISING_VALUES => {
            Some(DataNotice::WholeNumbersAsNumbers { target, values })
        }
        Task::Multiclass if surprising => {
            Some(DataNotice::WholeNumbersAsClasses { target, values, low: profile.min, high: profile.max })
        }
        _ => None,
    };
    Ok((task, notice))
}
