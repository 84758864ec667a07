//! A topic of the course at its place on the page, with the run's own numbers.

use crate::text::shell_word;
use serde::Serialize;

use crate::words::topics::{TOPICS, Topic};

use super::input::PageInput;
use super::own_numbers::own_numbers;

/// A topic, folded until it is asked for.
#[derive(Serialize)]
pub(super) struct Why {
    name: &'static str,
    title: &'static str,
    // What this run has to do with it.
    here: String,
    paragraphs: &'static [&'static str],
    command: String,
}

/// The topics of these names, in this order.
pub(super) fn whys(names: &[&str], input: &PageInput) -> Vec<Why> {
    let topic = |name: &&str| TOPICS.iter().find(|topic| topic.name == *name);
    names.iter().filter_map(topic).map(|topic| Why::of(topic, input)).collect()
}

impl Why {
    fn of(topic: &Topic, input: &PageInput) -> Why {
        let path = input
            .spec
            .data
            .path
            .as_ref()
            .map_or_else(|| input.evidence.data.clone(), |path| path.display().to_string());
        let data = format!("{} --target {}", shell_word(&path), shell_word(&input.evidence.target));
        Why {
            name: topic.name,
            title: topic.title,
            here: own_numbers(topic.name, input),
            paragraphs: topic.why,
            command: topic.command.replace("RUN", &input.result.run).replace("DATA", &data),
        }
    }
}
