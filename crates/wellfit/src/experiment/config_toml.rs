//! Config files written: every setting, commented and rerunnable.

use std::fmt::Write;

use super::spec::{SECTIONS, SETTINGS, Spec};

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
                let _ = write!(out, "\n# {}: {}\n", setting.purpose, setting.purpose.about());
                purpose = Some(setting.purpose);
            }
            let assignment = format!("{} = {}", setting.name, setting.get(spec).to_toml());
            let _ = writeln!(out, "{assignment:COMMENT_COLUMN$}  # {}", setting.help);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::*;
    use crate::experiment::settings::Raw;
    use crate::experiment::spec::find;
    use crate::experiment::{SpecBuilder, SpecError};

    fn read(text: &str) -> Result<Spec, SpecError> {
        let mut builder = SpecBuilder::new();
        builder.config_text("c.toml", text);
        builder.finish()
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
            ("threshold", number.clone()),
            ("costs", number.clone().prop_map(|cost| format!("{cost},1")).boxed()),
            ("clip_norm", number),
            ("budget", count.prop_map(|seconds| format!("{seconds}s")).boxed()),
            ("seed", any::<u64>().prop_map(|seed| seed.to_string()).boxed()),
        ];
        names.into_iter().map(|(name, value)| value.prop_map(move |value| (name, value))).collect::<Vec<_>>()
    }

    proptest! {
        #[test]
        fn a_written_config_reads_back_to_the_same_spec(values in some_values()) {
            let mut builder = SpecBuilder::new();
            for (name, value) in &values {
                builder.flag(find(name).unwrap(), value);
            }
            let spec = builder.finish().unwrap();
            let written = config_toml(&spec);
            let again = read(&written).unwrap();
            prop_assert_eq!(&again, &spec);
            prop_assert_eq!(config_toml(&again), written);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,200}") {
            let _ = read(&text);
        }
    }

    #[test]
    fn a_config_names_every_setting() {
        let config = config_toml(&Spec::default());
        for setting in SETTINGS {
            assert!(config.lines().any(|line| line.starts_with(&format!("{} = ", setting.name))), "{}", setting.key());
        }
        assert_eq!(read(&config), Ok(Spec::default()));
    }
}
