//! Builds a [`Spec`] from config files, `--set` and flags, and every problem with them at once.

use std::path::Path;

use super::assignment::Assignment;
use super::config_file;
use super::problem::{Problem, SpecError};
use super::settings::Raw;
use super::spec::{Setting, Spec};
use crate::text::one_line;

/// A [`Spec`] in the making. What is given later wins; nothing stops at the first problem.
///
/// The order for the command line is config file, then `--set`, then flags.
#[derive(Clone, Debug, Default)]
pub struct SpecBuilder {
    spec: Spec,
    problems: Vec<Problem>,
}

impl SpecBuilder {
    /// Starts from the defaults.
    pub fn new() -> SpecBuilder {
        SpecBuilder::default()
    }

    /// Takes all settings of a config file, or of the one in a run's folder; one that cannot be read is a problem like
    /// any other.
    pub fn config_file(&mut self, path: &Path) -> &mut SpecBuilder {
        let in_run = path.join("config.toml");
        let path = if in_run.is_file() { &in_run } else { path };
        match config_file::read(path) {
            Ok(text) => self.config_text(&path.display().to_string(), &text),
            Err(problem) => {
                self.problems.push(problem);
                self
            }
        }
    }

    /// Takes all settings of a config; `name` stands for the file in messages.
    pub fn config_text(&mut self, name: &str, text: &str) -> &mut SpecBuilder {
        config_file::apply(name, text, &mut self.spec, &mut self.problems);
        self
    }

    /// Takes one `key=value`; the key may leave out its section, the value may be TOML or as after a flag.
    pub fn assignment(&mut self, assignment: &str) -> &mut SpecBuilder {
        match Assignment::parts(assignment) {
            Ok((key, setting, raw)) => self.store(&format!("--set {key}"), setting, &raw),
            Err(message) => self.problem("--set", message),
        }
    }

    /// Takes the value of a flag, as typed.
    pub fn flag(&mut self, setting: &Setting, text: &str) -> &mut SpecBuilder {
        self.store(&format!("--{}", setting.flag()), setting, &Raw::text(text))
    }

    /// Takes a flag without a value: turns its setting off.
    pub fn switch_off(&mut self, setting: &Setting) -> &mut SpecBuilder {
        self.store(&format!("--{}", setting.flag()), setting, &Raw::Flag(false))
    }

    /// Takes the positional DATA.
    pub fn data_path(&mut self, path: &Path) -> &mut SpecBuilder {
        if path.to_str().is_none() {
            let message = "the path is not UTF-8, so the run's config could not name it; rename the file";
            return self.problem(&path.display().to_string(), message);
        }
        self.spec.data.path = Some(path.to_owned());
        self
    }

    /// Adds a problem found elsewhere, to be reported with the others.
    pub fn problem(&mut self, place: &str, message: impl Into<String>) -> &mut SpecBuilder {
        self.problems.push(Problem { place: place.to_owned(), message: one_line(&message.into()) });
        self
    }

    /// The spec, or everything that is wrong.
    pub fn finish(self) -> Result<Spec, SpecError> {
        if self.problems.is_empty() { Ok(self.spec) } else { Err(SpecError { problems: self.problems }) }
    }

    fn store(&mut self, place: &str, setting: &Setting, raw: &Raw) -> &mut SpecBuilder {
        if let Err(message) = setting.set(&mut self.spec, raw) {
            self.problem(place, message);
        }
        self
    }
}

impl Spec {
    /// The spec with one setting changed.
    pub fn with_change(&self, change: &Assignment) -> Result<Spec, SpecError> {
        let mut builder = SpecBuilder { spec: self.clone(), problems: Vec::new() };
        builder.assignment(&change.to_string());
        builder.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::settings::Auto;
    use crate::experiment::spec::find;

    fn problems(builder: SpecBuilder) -> Vec<String> {
        builder.finish().unwrap_err().problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn later_wins() {
        let mut builder = SpecBuilder::new();
        builder.config_text("c.toml", "[training]\nlr = 0.1\nepochs = 5\nseed = 1");
        builder.assignment("lr=0.2").assignment("training.seed=2");
        builder.flag(find("lr").unwrap(), "0.3");
        let spec = builder.finish().unwrap();
        assert_eq!(spec.training.lr, Auto::Given(0.3));
        assert_eq!(spec.training.seed, 2);
        assert_eq!(spec.training.epochs, Auto::Given(5));
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let mut builder = SpecBuilder::new();
        builder.config_text("c.toml", "[training]\nlr = 0");
        builder.assignment("hiden=64").assignment("epochs").assignment("network.lr=1");
        builder.flag(find("keep_prob").unwrap(), "1.2");
        let expected = [
            "c.toml:2:6: training.lr: 0 is not above 0; it is a step size",
            "--set: there is no setting hiden; did you mean `hidden`?",
            "--set: \"epochs\" has no value; write key=value, as in lr=0.01",
            "--set: there is no setting network.lr; it is `training.lr`",
            "--keep-prob: 1.2 is not in (0, 1]; it is the probability of keeping a unit",
        ];
        assert_eq!(problems(builder), expected);
    }

    #[test]
    fn an_assignment_takes_toml_as_prescriptions_write_it() {
        let mut builder = SpecBuilder::new();
        builder.assignment("network.hidden = [128, 64]").assignment("target = \"a,b\"").assignment("drop=id,name");
        builder.assignment("dev=");
        let spec = builder.finish().unwrap();
        assert_eq!(spec.network.hidden, Auto::Given(vec![128, 64]));
        assert_eq!(spec.data.target.as_deref(), Some("a,b"));
        assert_eq!(spec.data.drop, ["id", "name"]);
        assert_eq!(spec.data.dev, None);
    }

    #[test]
    fn no_header_turns_the_header_off() {
        let mut builder = SpecBuilder::new();
        builder.switch_off(find("header").unwrap());
        assert!(!builder.finish().unwrap().data.header);
    }
}
