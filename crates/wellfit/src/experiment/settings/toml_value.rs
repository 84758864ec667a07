//! TOML as settings read it.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::raw::Raw;

/// A lone TOML value, as after `--set key=`; `None` where the text is no TOML.
pub(in crate::experiment) fn from_toml(text: &str) -> Option<Raw> {
    DeValue::parse(text).ok().and_then(|value| raw(value.get_ref()))
}

/// The entries of a table in the order written; the map itself is sorted by key.
pub(in crate::experiment) fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A TOML value as a setting reads it; `None` for a date or a number no setting takes.
pub(in crate::experiment) fn raw(value: &DeValue<'_>) -> Option<Raw> {
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
