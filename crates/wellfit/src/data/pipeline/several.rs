//! The pipelines of several networks that answer together, each fitted on train rows of its own.

use super::{FittedTarget, Pipeline};

impl Pipeline {
    /// What two of them disagree on, if anything: the answer they give, or how the same file is read.
    pub(crate) fn disagreement<'a>(mut all: impl Iterator<Item = &'a Pipeline>) -> Option<String> {
        let first = all.next()?;
        all.find_map(|other| {
            if !first.target.answers_like(&other.target) {
                return Some("its networks answer different questions".to_string());
            }
            if first.reading != other.reading {
                return Some("its networks read files differently".to_string());
            }
            let is_shared = |name: &str| first.inputs.iter().any(|own| own.field.name == name);
            let input = other.inputs.iter().find(|input| {
                is_shared(&input.field.name) && first.inputs.iter().all(|own| own.field != input.field)
            })?;
            Some(format!("its networks read column {} differently", input.field.name))
        })
    }

    /// The pipeline that reads a file for all of them: the first, with the columns that only others use behind its own. A column
    /// may be constant in the train rows of one network and vary in those of another.
    pub(crate) fn reading_for_all<'a>(mut all: impl Iterator<Item = &'a Pipeline>) -> Option<Pipeline> {
        let mut reads = all.next()?.clone();
        for input in all.flat_map(|pipeline| &pipeline.inputs) {
            if reads.inputs.iter().all(|own| own.field.name != input.field.name) {
                reads.inputs.push(input.clone());
            }
        }
        Some(reads)
    }
}

impl FittedTarget {
    /// Whether both name the same target and its classes; scales may differ, as train rows do.
    fn answers_like(&self, other: &FittedTarget) -> bool {
        let FittedTarget { name, task, classes, numeric, notation, .. } = self;
        (name, task, classes, numeric, notation)
            == (&other.name, &other.task, &other.classes, &other.numeric, &other.notation)
    }
}
