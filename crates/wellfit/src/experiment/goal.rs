//! What a network is judged by, and what the threshold of a binary task is chosen for.

use crate::data::Task;
use crate::train::Metric;

use super::spec::TrainingSettings;

/// What a network is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Goal {
    /// The metric of dev.
    pub metric: Metric,
    /// What the threshold is chosen for on dev; `None` where it is fixed.
    pub threshold_for: Option<Metric>,
}

impl Goal {
    /// The goal of a task. Costs make the mean cost the metric, where no other is asked for.
    pub fn new(training: &TrainingSettings, task: Task, problems: &mut Vec<String>) -> Goal {
        let usual = if training.costs.is_some() { Metric::Cost } else { Metric::of_task(task) };
        let metric = training.metric.given().copied().unwrap_or(usual);
        if task != Task::Binary {
            let given = [("threshold", training.threshold.given().is_some()), ("costs", training.costs.is_some())];
            for (key, _) in given.iter().filter(|(_, given)| *given) {
                problems.push(format!("training.{key}: the task is {}, only a binary one has a threshold", name(task)));
            }
        } else if metric == Metric::Cost && training.costs.is_none() {
            problems.push(
                "training.metric: cost needs --costs POS,NEG: what a missed positive and a false alarm cost"
                    .to_string(),
            );
        }
        let asked_for = training.metric.given().is_some();
        if asked_for && !metric.suits(task) {
            let names: Vec<_> = Metric::ALL.iter().filter(|m| m.suits(task)).map(|m| m.name()).collect();
            problems.push(format!(
                "training.metric: {metric} does not suit a {} task; there are {}",
                name(task),
                names.join(", ")
            ));
        }
        let chosen_for = if training.costs.is_some() { Metric::Cost } else { metric };
        let open = task == Task::Binary && training.threshold.given().is_none() && chosen_for.chooses_threshold();
        Goal { metric, threshold_for: open.then_some(chosen_for) }
    }
}

fn name(task: Task) -> &'static str {
    match task {
        Task::Binary => "binary",
        Task::Multiclass => "multiclass",
        Task::Regression => "regression",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Spec;
    use crate::experiment::settings::Auto;
    use crate::train::Costs;

    fn goal(change: impl Fn(&mut TrainingSettings), task: Task) -> Result<Goal, Vec<String>> {
        let (mut spec, mut problems) = (Spec::default(), Vec::new());
        change(&mut spec.training);
        let goal = Goal::new(&spec.training, task, &mut problems);
        if problems.is_empty() { Ok(goal) } else { Err(problems) }
    }

    #[test]
    fn a_threshold_is_chosen_for_a_metric_that_depends_on_it_unless_it_is_given() {
        let plain = goal(|_| {}, Task::Binary).unwrap();
        assert_eq!(plain, Goal { metric: Metric::Error, threshold_for: None });
        let f1 = |training: &mut TrainingSettings| training.metric = Auto::Given(Metric::F1);
        assert_eq!(goal(f1, Task::Binary).unwrap().threshold_for, Some(Metric::F1));
        let fixed = |training: &mut TrainingSettings| {
            f1(training);
            training.threshold = Auto::Given(0.3);
        };
        assert_eq!(goal(fixed, Task::Binary).unwrap().threshold_for, None);
    }

    #[test]
    fn costs_are_what_is_judged_where_no_metric_is_asked_for() {
        let costs = Some(Costs { missed_positive: 20.0, false_alarm: 1.0 });
        let asked = goal(|training| training.costs = costs, Task::Binary).unwrap();
        assert_eq!(asked, Goal { metric: Metric::Cost, threshold_for: Some(Metric::Cost) });
    }

    #[test]
    fn thresholds_and_costs_are_for_binary_tasks() {
        let threshold = |training: &mut TrainingSettings| training.threshold = Auto::Given(0.3);
        let refused = goal(threshold, Task::Regression).unwrap_err();
        assert_eq!(refused, ["training.threshold: the task is regression, only a binary one has a threshold"]);
        assert!(goal(|training| training.metric = Auto::Given(Metric::Cost), Task::Binary).is_err());
        let refused = goal(|training| training.metric = Auto::Given(Metric::F1), Task::Multiclass).unwrap_err();
        assert!(refused[0].contains("f1 does not suit a multiclass task"), "{refused:?}");
    }
}
