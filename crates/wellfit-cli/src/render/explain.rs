//! `wellfit explain`: a topic of the course, or the list of them.

use wellfit::experiment::{SETTINGS, Setting};
use wellfit::words::topics::{TOPICS, Topic};

use crate::layout::labelled;

/// Lines are no longer, so that they read well in any terminal.
const WIDTH: usize = 80;

/// What a topic is, why it works, the settings that act on it, and a command that shows it.
pub fn topic(topic: &Topic) -> String {
    let mut parts = vec![topic.title.to_owned()];
    for (at, paragraph) in topic.why.iter().enumerate() {
        parts.push(labelled(if at == 0 { "why" } else { "" }, paragraph, WIDTH));
    }
    let settings: Vec<String> = topic.settings.iter().filter_map(|key| setting(key)).collect();
    if !settings.is_empty() {
        parts.push(labelled("settings", &settings.join("\n"), WIDTH));
    }
    let page = "The report.html of a run says the same with the run's own numbers.";
    parts.push(format!("{}\n{}", labelled("try", topic.command, WIDTH), labelled("", page, WIDTH)));
    parts.join("\n\n")
}

/// Every topic and its title.
pub fn list() -> String {
    let widest = TOPICS.iter().map(|topic| topic.name.len()).max().unwrap_or(0);
    let lines: Vec<String> = TOPICS.iter().map(|topic| format!("{:<widest$}  {}", topic.name, topic.title)).collect();
    format!("{}\n\n wellfit explain TOPIC explains one.", labelled("topics", &lines.join("\n"), WIDTH))
}

fn setting(key: &str) -> Option<String> {
    let setting: &Setting = SETTINGS.iter().find(|setting| setting.name == key)?;
    Some(format!("--{} {}: {}", setting.flag(), setting.takes, setting.help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_told_in_lines_of_a_terminal() {
        for each in &TOPICS {
            let told = topic(each);
            assert!(told.starts_with(each.title) && told.contains(each.command), "{told}");
            assert!(told.lines().all(|line| line.chars().count() <= WIDTH && line == line.trim_end()), "{told}");
        }
    }
}
