//! The column to predict: which task it asks for, its classes or numbers.

use super::labels::Labels;
use super::notation::{bare, words};
use super::notice::DataNotice;
use super::target_cells::TargetCells;
use super::{DataError, Origin, Task};
use crate::text::list;

/// What is predicted.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the column.
    pub name: String,
    /// The kind of target.
    pub task: Task,
    /// The classes, sorted; binary: negative, positive; empty for regression.
    pub classes: Vec<String>,
    /// The answers, one for each row of the table.
    pub values: TargetValues,
}

/// The answers.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetValues {
    /// Indices into the classes.
    Classes(Vec<u32>),
    /// Numbers in the unit of the file.
    Numbers(Vec<f64>),
}

const POSITIVE_WORDS: [&str; 8] = ["1", "true", "yes", "y", "t", "positive", "pos", "+"];

/// The classes of the main file: sorted (as numbers if all are), binary with the positive one last; and the task of so many, since
/// spellings such as 01 beside 1 are seen here for the first time.
fn classes(labels: &Labels, task: Task, positive: Option<&str>) -> Result<(Task, Vec<String>), DataError> {
    let counted = counted(labels);
    let mut names: Vec<String> = counted.iter().map(|(name, _)| (*name).to_owned()).collect();
    without_bits(&mut names);
    sort(&mut names);
    let task = match names.len() {
        2 => Task::Binary,
        3.. => Task::Multiclass,
        _ => task,
    };
    if let Some(asked) = positive {
        let Some(at) = find(&names, asked) else {
            let problem = format!("positive class \"{asked}\" is not among the classes: {}", list(&names, 20));
            return Err(DataError::Request(problem));
        };
        if task == Task::Binary {
            let positive = names.remove(at);
            names.push(positive);
        }
    } else if let (Task::Binary, [first, second]) = (task, names.as_slice()) {
        let rows = |name: &str| counted.iter().find(|(known, _)| *known == name).map(|(_, count)| *count);
        let swap = match (is_positive(first), is_positive(second)) {
            (true, false) => true,
            (false, true) => false,
            _ => rows(first) < rows(second),
        };
        if swap {
            names.reverse();
        }
    }
    Ok((task, names))
}

/// Takes 1 and 0 away among true and false: they are the same answers.
fn without_bits(names: &mut Vec<String>) {
    let bit = |name: &str| (name == "1").then_some(true).or((name == "0").then_some(false));
    let answers: Vec<bool> = names.iter().filter_map(|name| words::boolean(name)).collect();
    if names.iter().all(|name| bit(name).or(words::boolean(name)).is_some()) {
        names.retain(|name| bit(name).is_none_or(|bit| !answers.contains(&bit)));
    }
}

/// The different labels and their rows. A word for yes or no has the spelling that stands there most often.
fn counted(labels: &Labels) -> Vec<(&str, usize)> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    let mut most: Vec<usize> = Vec::new();
    for (name, count) in labels.names().zip(labels.counts()) {
        let same =
            words::is_answer(name).then(|| counted.iter().position(|(other, _)| words::same_answer(other, name)));
        match same.flatten().and_then(|at| counted.get_mut(at).zip(most.get_mut(at))) {
            Some((known, most)) => {
                if count > *most {
                    (known.0, *most) = (name, count);
                }
                known.1 += count;
            }
            None => {
                counted.push((name, count));
                most.push(count);
            }
        }
    }
    counted
}

/// Classes that differ only in case or in the spaces inside.
pub(crate) fn alike(classes: &[String]) -> Vec<Vec<String>> {
    let key = |class: &String| class.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut keyed: Vec<(String, &String)> = classes.iter().map(|class| (key(class), class)).collect();
    keyed.sort();
    let groups = keyed.chunk_by(|one, next| one.0 == next.0).filter(|group| group.len() > 1);
    groups.map(|group| group.iter().map(|(_, class)| (*class).clone()).collect()).collect()
}

/// Whether the name of a class means "yes".
pub(crate) fn is_positive(class: &str) -> bool {
    POSITIVE_WORDS.iter().any(|word| word.eq_ignore_ascii_case(class))
}

fn sort(names: &mut [String]) {
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        let number = |name: &String| name.parse::<f64>().unwrap_or(f64::NAN);
        names.sort_by(|a, b| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
    } else {
        names.sort();
    }
}

/// The class a label means: the same text, or the same number.
fn find(classes: &[String], label: &str) -> Option<usize> {
    let label = bare(label);
    let same_answer = || classes.iter().position(|class| words::same_answer(class, label));
    classes.iter().position(|class| class == label).or_else(|| words::same_value(classes, label)).or_else(same_answer)
}

/// Codes of the labels of a file in `classes`; a full stop at the end is forgiven, with a notice.
///
/// Labels that fit no class are an error that shows both lists; `origin` is where the labels stand.
pub(crate) fn encode(
    labels: &Labels,
    classes: &[String],
    origin: &Origin,
) -> Result<(Vec<u32>, Option<DataNotice>), DataError> {
    let mut codes = Vec::with_capacity(labels.names().len());
    let mut unknown = Vec::new();
    let mut stopped = false;
    for (seen, name) in labels.names().enumerate() {
        let same = find(classes, name);
        let other =
            || find(classes, name.strip_suffix('.').unwrap_or(name)).or_else(|| find(classes, &format!("{name}.")));
        match same.or_else(other) {
            Some(code) => {
                stopped |= same.is_none();
                codes.push(code as u32);
            }
            None => unknown.push((name, labels.line(seen))),
        }
    }
    if let Some((label, line)) = unknown.first() {
        let mut found: Vec<String> = labels.names().map(str::to_owned).collect();
        sort(&mut found);
        return Err(DataError::line(
            origin,
            *line,
            format!(
                "label \"{label}\" is not among the classes: this {} has {}; expected {}",
                origin.noun(),
                list(&found, 12),
                list(classes, 12)
            ),
        ));
    }
    let notice = stopped.then(|| DataNotice::FullStops { origin: origin.clone() });
    // Rows without a label were left out when the file was read.
    Ok((labels.codes.iter().filter_map(|&code| codes.get(code as usize).copied()).collect(), notice))
}

impl Target {
    /// Number of answers.
    pub fn len(&self) -> usize {
        match &self.values {
            TargetValues::Classes(codes) => codes.len(),
            TargetValues::Numbers(numbers) => numbers.len(),
        }
    }

    /// Whether there are no answers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts together the target of several files, the main one first, each with its path.
    ///
    /// Returns it with notices; a label that fits no class is an error.
    pub(crate) fn assemble(
        name: &str,
        mut task: Task,
        positive: Option<&str>,
        known: Option<&[String]>,
        files: Vec<(Origin, TargetCells)>,
    ) -> Result<(Target, Vec<DataNotice>), DataError> {
        let mut notices = Vec::new();
        let mut names: Vec<String> = known.map(<[String]>::to_vec).unwrap_or_default();
        let (mut numbers, mut codes) = (Vec::new(), Vec::new());
        for (file, cells) in files {
            match cells {
                TargetCells::Numbers(more) => numbers.extend(more),
                TargetCells::Labels(labels) => {
                    if names.is_empty() {
                        (task, names) = classes(&labels, task, positive)?;
                    }
                    let (more, notice) = encode(&labels, &names, &file)?;
                    codes.extend(more);
                    notices.extend(notice);
                }
            }
        }
        let values = match task {
            Task::Regression => TargetValues::Numbers(numbers),
            _ => TargetValues::Classes(codes),
        };
        Ok((Target { name: name.into(), task, classes: names, values }, notices))
    }

    /// Rows of each class; empty for regression.
    pub fn class_counts(&self, rows: &[u32]) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        if let TargetValues::Classes(codes) = &self.values {
            for code in rows.iter().filter_map(|&row| codes.get(row as usize)) {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count += 1;
                }
            }
        }
        counts
    }
}

/// The share of rows outside the largest class, of the rows of each class; a half where they are not known.
pub fn rarer_share(counts: impl Iterator<Item = u64> + Clone) -> f64 {
    let (all, largest) = (counts.clone().sum::<u64>(), counts.max().unwrap_or(0));
    if all == 0 { 0.5 } else { (all - largest) as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_the_largest_class_is_rarer() {
        assert_eq!(rarer_share([70, 30].into_iter()), 0.3);
        assert_eq!(rarer_share([20, 60, 20].into_iter()), 0.4);
        assert_eq!(rarer_share([].into_iter()), 0.5);
    }
}
