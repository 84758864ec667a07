//! Config files read: TOML in, with the line and column of every problem.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, unknown_key, unknown_section};
use super::settings::{Raw, in_order, raw};
use super::spec::{SECTIONS, SETTINGS, Spec, find};
use crate::store;
use crate::text::one_line;

/// A config larger than this is no config.
pub const MAX_CONFIG_BYTES: u64 = 1 << 19;

/// What stands outside all sections: the tables of layers.
const LAYERS: &str = "layers";
/// Problems reported of one config; nobody reads more at once.
const MAX_PROBLEMS: usize = 50;

/// The text of a config file, its size limited, a byte-order mark taken off.
pub(super) fn read(path: &Path) -> Result<String, Problem> {
    let name = path.display().to_string();
    let bytes = store::read_limited(path, MAX_CONFIG_BYTES)
        .map_err(|error| Problem { place: name.clone(), message: error.reason() })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = 1 + valid.filter(|byte| **byte == b'\n').count();
        Problem { place: format!("{name}:{line}"), message: "not UTF-8; save the config as UTF-8 text".to_owned() }
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Stores every setting of the TOML `text` in `spec` and notes every problem with its line and column.
///
/// Where the TOML itself is broken, its first fault alone is noted: guesses about what follows would mislead.
pub(super) fn apply(name: &str, text: &str, spec: &mut Spec, problems: &mut Vec<Problem>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let found: Vec<(Range<usize>, String)> = if errors.is_empty() {
        store_settings(document.get_ref(), spec)
    } else {
        let message = |error: &toml::de::Error| error.message().trim().replace('\n', "; ");
        let faults = errors.iter().map(|error| (error.span().unwrap_or(0..0), message(error)));
        faults.min_by_key(|(span, _)| span.start).into_iter().collect()
    };
    problems.extend(found.iter().take(MAX_PROBLEMS).map(|(span, message)| Problem {
        place: format!("{name}:{}", line_and_column(text, span.start)),
        message: one_line(message),
    }));
    if let Some(more) = found.len().checked_sub(MAX_PROBLEMS).filter(|more| *more > 0) {
        problems.push(Problem { place: name.to_owned(), message: format!("and {more} more problems") });
    }
}

/// Stores what can be stored; returns the problems and the bytes they are about.
fn store_settings(document: &DeTable<'_>, spec: &mut Spec) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut note = |span: Range<usize>, message: String| found.push((span, message));
    for (section, body) in in_order(document) {
        if section.get_ref() == LAYERS {
            found_in_layers(body, spec, &mut note);
            continue;
        }
        if !SECTIONS.iter().any(|(known, _)| section.get_ref() == known) {
            note(section.span(), unknown_section(section.get_ref()));
            continue;
        }
        let DeValue::Table(body) = body.get_ref() else {
            note(section.span(), format!("{0} is a section; write [{0}] on a line of its own", section.get_ref()));
            continue;
        };
        for (name, value) in in_order(body) {
            let setting =
                SETTINGS.iter().find(|setting| setting.section == section.get_ref() && setting.name == name.get_ref());
            let key = format!("{}.{}", section.get_ref(), name.get_ref());
            match (setting, raw(value.get_ref())) {
                (None, _) => note(name.span(), unknown_key(&key)),
                (_, None) => {
                    note(value.span(), format!("{key}: {} is not a value of any setting", kind(value.get_ref())))
                }
                (Some(setting), Some(raw)) => {
                    if let Err(message) = setting.set(spec, &raw) {
                        note(value.span(), format!("{key}: {message}"));
                    }
                }
            }
        }
    }
    found
}

/// Stores `[[layers]]`, each judged by itself so that a problem names the layer.
fn found_in_layers(body: &Spanned<DeValue<'_>>, spec: &mut Spec, note: &mut impl FnMut(Range<usize>, String)) {
    let Some(setting) = find(LAYERS) else { return };
    if let DeValue::Array(items) = body.get_ref() {
        for (i, item) in items.iter().enumerate() {
            let alone = raw(item.get_ref()).map(|item| Raw::List(vec![item]));
            if let Some(Err(message)) = alone.map(|alone| setting.set(&mut Spec::default(), &alone)) {
                return note(item.span(), format!("{LAYERS}[{}]: {message}", i + 1));
            }
        }
    }
    let stored = raw(body.get_ref()).map(|layers| setting.set(spec, &layers));
    if let Some(Err(message)) = stored {
        note(body.span(), format!("{}: {message}", setting.key()));
    }
}

/// What a value is, for a message.
fn kind(value: &DeValue<'_>) -> String {
    format!("a {}", value.type_str())
}

/// `LINE:COLUMN` of a byte, both from 1, columns in characters.
fn line_and_column(text: &str, byte: usize) -> String {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rsplit('\n').next().unwrap_or(before);
    format!("{}:{}", 1 + before.matches('\n').count(), 1 + line_start.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::SpecBuilder;
    use crate::experiment::settings::from_toml;
    use crate::experiment::spec::find;

    fn parse(text: &str) -> Result<Spec, Vec<String>> {
        let mut builder = SpecBuilder::new();
        builder.config_text("c.toml", text);
        builder.finish().map_err(|error| error.problems.iter().map(Problem::to_string).collect())
    }

    #[test]
    fn every_problem_has_its_line_and_column() {
        let config =
            "[network]\nhiden = [64]\nkeep_prob = 1.2\n\n[trainning]\nlr = 1\n[data]\nlr = 0.1\ndrop = 1979-05-27\n";
        let problems = [
            "c.toml:2:1: there is no setting network.hiden; did you mean `network.hidden`?",
            "c.toml:3:13: network.keep_prob: 1.2 is not in (0, 1]; it is the probability of keeping a unit",
            "c.toml:5:2: there is no section [trainning]; did you mean `[training]`?",
            "c.toml:8:1: there is no setting data.lr; it is `training.lr`",
            "c.toml:9:8: data.drop: a datetime is not a value of any setting",
        ];
        assert_eq!(parse(config).unwrap_err(), problems);
    }

    #[test]
    fn a_setting_outside_its_section_is_sent_there() {
        assert_eq!(
            parse("lr = 0.1\ndata = 3\n").unwrap_err(),
            [
                "c.toml:1:1: lr stands outside its section; it is `training.lr`",
                "c.toml:2:1: data is a section; write [data] on a line of its own"
            ]
        );
    }

    #[test]
    fn a_wrong_type_says_what_is_taken() {
        assert_eq!(
            parse("[training]\nlr = true\nepochs = 1.5\n[network]\nhidden = { a = 1 }\n").unwrap_err(),
            [
                "c.toml:2:6: training.lr: true is not auto or a number",
                "c.toml:3:10: training.epochs: 1.5 is not auto or a whole number",
                "c.toml:5:10: network.hidden: { \"a\" = 1 } is not auto or a list of whole numbers (64,32)",
            ]
        );
    }

    #[test]
    fn broken_toml_is_reported_alone() {
        let problems = parse("[training]\nlr = \nhiden = 3\n").unwrap_err();
        assert!(problems.iter().all(|problem| problem.starts_with("c.toml:2:")), "{problems:?}");
        let twice = parse("[training]\nlr = 1\nlr = 2\n").unwrap_err();
        assert_eq!(twice.len(), 1);
        assert!(twice[0].starts_with("c.toml:3:1: "), "{twice:?}");
    }

    #[test]
    fn a_deeply_nested_config_is_refused() {
        let config = format!("[network]\nhidden = {}", "[".repeat(100_000));
        assert!(parse(&config).is_err());
        assert!(parse(&format!("{}training.lr = 1", "a.".repeat(100_000))).is_err());
        assert_eq!(from_toml(&"[".repeat(100_000)), None);
    }

    #[test]
    fn a_config_over_half_a_megabyte_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big.toml");
        std::fs::write(&path, "#".repeat(MAX_CONFIG_BYTES as usize + 1)).unwrap();
        let problem = read(&path).unwrap_err();
        assert!(problem.message.contains("larger than"), "{problem}");
    }

    #[test]
    fn a_flood_of_problems_is_counted_rather_than_told() {
        let config: String = (0..MAX_PROBLEMS + 7).map(|number| format!("[x{number}]\n")).collect();
        let problems = parse(&config).unwrap_err();
        assert_eq!(problems.len(), MAX_PROBLEMS + 1);
        assert_eq!(problems.last().map(String::as_str), Some("c.toml: and 7 more problems"));
    }

    #[test]
    fn columns_are_counted_in_characters() {
        assert_eq!(line_and_column("ä = 1\nüö = x", "ä = 1\nüö = ".len()), "2:6");
    }

    #[test]
    fn numbers_may_have_underscores_signs_and_other_bases() {
        let spec = parse("[training]\nepochs = 30_000\nseed = 0xff\nlr = +1_0.5e-1\n").unwrap();
        assert_eq!(find("epochs").unwrap().get(&spec).to_text(), "30000");
        assert_eq!(spec.training.seed, 255);
        assert_eq!(find("lr").unwrap().get(&spec).to_text(), "1.05");
    }
}
