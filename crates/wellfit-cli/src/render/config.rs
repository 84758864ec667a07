//! The table of settings.

use comfy_table::ColumnConstraint;
use wellfit::experiment::settings::Purpose;
use wellfit::experiment::{SETTINGS, Spec};

use crate::tables::{finished, of_width};

/// Width where there is no terminal to ask.
const PLAIN_WIDTH: u16 = 100;

/// Every setting: its key, its value in `spec`, its purpose, what it does; then what the purposes are.
pub fn settings(spec: &Spec) -> String {
    let mut table = of_width(["setting", "value", "purpose", "what it does"], PLAIN_WIDTH);
    // Keys are typed as they stand here, so none is broken.
    if let Some(keys) = table.column_mut(0) {
        keys.set_constraint(ColumnConstraint::ContentWidth);
    }
    for setting in SETTINGS {
        let value = setting.get(spec).to_text();
        let value = if value.is_empty() { "-".to_owned() } else { value };
        table.add_row([setting.key(), value, setting.purpose.to_string(), setting.help.to_owned()]);
    }
    let purposes = Purpose::ALL.map(|purpose| format!(" {:<22} {}", purpose.name(), purpose.about()));
    format!(
        "{}\n\nPurposes:\n{}\n\nSet them with flags (--keep-prob 0.9), with --set keep_prob=0.9, or in a config file (--print writes one).",
        finished(&table),
        purposes.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_settings_names_each_setting() {
        let table = settings(&Spec::default());
        for setting in SETTINGS {
            assert!(table.contains(&setting.key()), "{}", setting.key());
        }
    }
}
