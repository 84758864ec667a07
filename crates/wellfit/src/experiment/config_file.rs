//! Config files: TOML in, with the place of every problem; TOML out, complete, commented and rerunnable.

use std::fmt::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::gather::{Problem, unknown_key, unknown_section};
use super::settings::Raw;
use super::spec::{SECTIONS, SETTINGS, Spec};
use crate::store;
use crate::store::one_line;

/// A config larger than this is no config.
pub const MAX_CONFIG_BYTES: u64 = 1 << 19;

/// Problems told of one config; nobody reads more at once.
const MAX_PROBLEMS: usize = 50;

/// What a command was pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A table.
    Data(PathBuf),
    /// A config file: named `.toml`, or the one in a run's folder.
    Config(PathBuf),
}

/// Tells data from a config and from a run, by name and by what lies in the folder.
pub fn source(path: &Path) -> Source {
    let in_run = path.join("config.toml");
    if in_run.is_file() {
        Source::Config(in_run)
    } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        Source::Config(path.to_owned())
    } else {
        Source::Data(path.to_owned())
    }
}

/// The complete config of `spec`: every setting, its help beside it; reading it gives `spec` back.
pub fn config_toml(spec: &Spec) -> String {
    const COMMENT_COLUMN: usize = 28;
    let mut out = String::from(
        "# Every setting of an experiment. Run it with: wellfit train --config FILE\n\
         # Paths start from the folder in which wellfit is started.\n",
    );
    for (section, about) in SECTIONS {
        // Writing to a String cannot fail, here and below.
        let _ = write!(out, "\n# {about}\n[{section}]\n");
        let mut purpose = None;
        for setting in SETTINGS.iter().filter(|setting| setting.section == *section) {
            if purpose != Some(setting.purpose) {
                let _ = write!(out, "\n# {}\n", setting.purpose);
                purpose = Some(setting.purpose);
            }
            let assignment = format!("{} = {}", setting.name, setting.get(spec).to_toml());
            let _ = writeln!(out, "{assignment:COMMENT_COLUMN$}  # {}", setting.help);
        }
    }
    out
}

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

/// A lone TOML value, as after `--set key=`; `None` where the text is no TOML.
pub(super) fn value(text: &str) -> Option<Raw> {
    DeValue::parse(text).ok().and_then(|value| raw(value.get_ref()))
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

/// The entries of a table in the order written; the map itself is sorted by key.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A TOML value as a setting reads it; `None` for a date or a number no setting takes.
fn raw(value: &DeValue<'_>) -> Option<Raw> {
    Some(match value {
        DeValue::String(text) => Raw::text(text.as_ref()),
        DeValue::Integer(integer) if integer.radix() == 10 => Raw::Number(integer.as_str().to_owned()),
        DeValue::Integer(integer) => {
            Raw::Number(u64::from_str_radix(integer.as_str(), integer.radix()).ok()?.to_string())
        }
        DeValue::Float(float) => Raw::Number(float.as_str().to_owned()),
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Datetime(_) => return None,
        DeValue::Array(items) => Raw::List(array(items)?),
        DeValue::Table(table) => Raw::Table(
            in_order(table)
                .into_iter()
                .map(|(key, value)| Some((key.get_ref().to_string(), raw(value.get_ref())?)))
                .collect::<Option<_>>()?,
        ),
    })
}

fn array(items: &DeArray<'_>) -> Option<Vec<Raw>> {
    items.iter().map(|item| raw(item.get_ref())).collect()
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
    use proptest::prelude::*;

    use super::*;
    use crate::experiment::Gather;
    use crate::experiment::spec::find;

    fn parse(text: &str) -> Result<Spec, Vec<String>> {
        let mut gather = Gather::new();
        gather.config_text("c.toml", text);
        gather.finish().map_err(|error| error.problems.iter().map(Problem::to_string).collect())
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
        assert_eq!(value(&"[".repeat(100_000)), None);
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

    #[test]
    fn a_run_folder_and_a_toml_file_are_configs_and_the_rest_is_data() {
        let run = tempfile::tempdir().unwrap();
        std::fs::write(run.path().join("config.toml"), "").unwrap();
        assert_eq!(source(run.path()), Source::Config(run.path().join("config.toml")));
        assert_eq!(source(Path::new("a.toml")), Source::Config(PathBuf::from("a.toml")));
        assert_eq!(source(Path::new("a.csv")), Source::Data(PathBuf::from("a.csv")));
    }

    /// Some value of each setting, as typed after its flag.
    fn some_values() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let text = "[^\\x00]{0,12}".boxed();
        let number = (0.001f64..1.0).prop_map(|number| number.to_string()).boxed();
        let count = (1usize..5000).prop_map(|count| count.to_string()).boxed();
        let list = |item: &BoxedStrategy<String>, sizes: Range<usize>| {
            prop::collection::vec(item.clone(), sizes)
                .prop_map(|items| Raw::List(items.iter().map(Raw::text).collect()).to_text())
                .boxed()
        };
        let names: Vec<(&'static str, BoxedStrategy<String>)> = vec![
            ("target", text.clone()),
            ("path", text.clone()),
            ("positive", text.clone()),
            ("drop", list(&text, 0..4)),
            ("na", list(&text, 0..4)),
            (
                "types",
                text.clone()
                    .prop_map(|name| Raw::Table(vec![(name.trim().to_owned(), Raw::text("id"))]).to_text())
                    .boxed(),
            ),
            ("sep", prop::sample::select(vec!["auto", ",", "tab", ";", "\\t"]).prop_map(str::to_owned).boxed()),
            (
                "split",
                prop::sample::select(vec!["auto", "80/20", "60/20/20", "33.3/33.3/33.4"])
                    .prop_map(str::to_owned)
                    .boxed(),
            ),
            ("hidden", list(&count, 0..4)),
            ("init", number.clone().prop_map(|deviation| format!("normal:{deviation}")).boxed()),
            ("keep_prob", list(&number, 1..4)),
            ("lr", number.clone()),
            ("l2", list(&number, 1..3)),
            ("batch", count.clone()),
            ("early_stopping", count.clone()),
            ("class_weights", number.clone().prop_map(|weight| format!("yes={weight},no=1")).boxed()),
            ("clip_norm", number),
            ("budget", count.prop_map(|seconds| format!("{seconds}s")).boxed()),
            ("seed", any::<u64>().prop_map(|seed| seed.to_string()).boxed()),
        ];
        names.into_iter().map(|(name, value)| value.prop_map(move |value| (name, value))).collect::<Vec<_>>()
    }

    proptest! {
        #[test]
        fn a_written_config_reads_back_to_the_same_spec(values in some_values()) {
            let mut gather = Gather::new();
            for (name, value) in &values {
                gather.flag(find(name).unwrap(), value);
            }
            let spec = gather.finish().unwrap();
            let written = config_toml(&spec);
            let again = parse(&written).unwrap();
            prop_assert_eq!(&again, &spec);
            prop_assert_eq!(config_toml(&again), written);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,200}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn a_config_names_every_setting() {
        let config = config_toml(&Spec::default());
        for setting in SETTINGS {
            assert!(config.lines().any(|line| line.starts_with(&format!("{} = ", setting.name))), "{}", setting.key());
        }
        assert_eq!(parse(&config), Ok(Spec::default()));
    }
}
