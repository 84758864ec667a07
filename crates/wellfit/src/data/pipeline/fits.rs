//! Whether the parts of a pipeline that was read from a file fit each other.

use std::collections::HashSet;

use super::Pipeline;
use crate::data::ColumnType;
use crate::data::features::Encoding;

impl Pipeline {
    /// What does not fit, if anything: a model file may come from anybody.
    pub(crate) fn misfit(&self) -> Option<String> {
        if let Some(separator) =
            self.reading.separator.filter(|&one| !one.is_ascii() || matches!(one, '"' | '\n' | '\r'))
        {
            return Some(format!("its separator {separator:?} can separate nothing"));
        }
        let mut names = HashSet::new();
        for input in &self.inputs {
            let (name, kind) = (input.field.name.as_str(), input.field.kind);
            if !names.insert(name) {
                return Some(format!("it has two columns {name}"));
            }
            let of_kind = match input.encoding {
                Encoding::Date(_) => kind == ColumnType::Datetime,
                Encoding::Number(_) => kind == ColumnType::Numeric,
                Encoding::Binary(_) | Encoding::OneHot(_) | Encoding::Category(_) => {
                    matches!(kind, ColumnType::Categorical | ColumnType::Boolean)
                }
            };
            if !of_kind {
                return Some(format!("column {name} is {kind} and encoded as something else"));
            }
            let encoder = input.encoding.encoder();
            let usable = |scale: &crate::data::features::Scale| {
                scale.divisor > 0.0 && [scale.divisor, scale.centre, scale.fill].iter().all(|number| number.is_finite())
            };
            if !encoder.scale().is_none_or(usable) {
                return Some(format!("the scale of column {name} is none"));
            }
            let categories = encoder.categories();
            if categories.windows(2).any(|pair| matches!(pair, [one, next] if one >= next)) {
                return Some(format!("the categories of column {name} are not in order, or not all different"));
            }
        }
        let target = &self.target;
        let different: HashSet<&String> = target.classes.iter().collect();
        if different.len() < target.classes.len() {
            return Some("its classes are not all different".to_string());
        }
        let numbers = [target.mean, target.deviation, target.low, target.high];
        let is_scale =
            numbers.iter().all(|number| number.is_finite()) && target.deviation > 0.0 && target.low <= target.high;
        (!is_scale).then(|| "the scale of its target is none".to_string())
    }
}
