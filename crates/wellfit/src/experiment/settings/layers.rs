//! Layers of a network, one after the other: `[[layers]]` with `dense = { units = 64 }` in a config file.

use serde_json::{Map, Number, Value as Json};

use super::raw::Raw;
use super::toml_value::from_toml;
use super::value::{Refusal, Value};
use crate::net::LayerSpec;

impl Value for Vec<LayerSpec> {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        match raw {
            Raw::List(items) => items.iter().map(LayerSpec::read).collect(),
            Raw::Text(text) => match from_toml(text) {
                Some(list @ Raw::List(_)) => Self::read(&list),
                _ => Err(Refusal::Form),
            },
            _ => Err(Refusal::Form),
        }
    }

    fn write(&self) -> Raw {
        Raw::List(self.iter().map(Value::write).collect())
    }

    fn forms() -> Vec<String> {
        vec!["a list of layers ([{ dense = { units = 64 } }])".to_owned()]
    }
}

/// One layer.
impl Value for LayerSpec {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let Raw::Table(_) = raw else { return Err(Refusal::Form) };
        let reason = |error: serde_json::Error| Refusal::Reason(format!("{}: {error}", raw.quoted()));
        serde_json::from_value(json(raw).ok_or(Refusal::Form)?).map_err(reason)
    }

    fn write(&self) -> Raw {
        // A layer's configuration holds numbers, names and lists of them: nothing that JSON cannot say.
        serde_json::to_value(self).map_or_else(|_| Raw::text(self.name()), |json| from_json(&json))
    }

    fn forms() -> Vec<String> {
        LayerSpec::NAMES.iter().map(|name| format!("{name} = {{ .. }}")).collect()
    }
}

fn json(raw: &Raw) -> Option<Json> {
    Some(match raw {
        Raw::Text(text) => Json::String(text.clone()),
        Raw::Number(digits) => Json::Number(digits.replace('_', "").parse::<Number>().ok()?),
        Raw::Flag(flag) => Json::Bool(*flag),
        Raw::List(items) => Json::Array(items.iter().map(json).collect::<Option<_>>()?),
        Raw::Table(pairs) => Json::Object(
            pairs.iter().map(|(key, value)| Some((key.clone(), json(value)?))).collect::<Option<Map<_, _>>>()?,
        ),
    })
}

fn from_json(json: &Json) -> Raw {
    match json {
        Json::Null => Raw::text(""),
        Json::Bool(flag) => Raw::Flag(*flag),
        Json::Number(number) => Raw::Number(number.to_string()),
        Json::String(text) => Raw::text(text),
        Json::Array(items) => Raw::List(items.iter().map(from_json).collect()),
        Json::Object(pairs) => Raw::Table(pairs.iter().map(|(key, value)| (key.clone(), from_json(value))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use crate::experiment::SpecBuilder;
    use crate::experiment::settings::Auto;
    use crate::experiment::spec::find;
    use crate::net::layers::{DenseSpec, EmbedSpec};
    use crate::net::{Activation, LayerSpec};

    fn read(text: &str) -> Result<Auto<Vec<LayerSpec>>, String> {
        let mut builder = SpecBuilder::new();
        builder.config_text("c.toml", text);
        builder.finish().map(|spec| spec.network.layers).map_err(|error| error.to_string())
    }

    #[test]
    fn layers_stand_in_tables_of_their_own_or_in_a_list() {
        let dense = |units, activation| {
            let plain = DenseSpec::plain(units, Activation::Identity, 1.0);
            LayerSpec::Dense(DenseSpec { activation, keep_prob: None, ..plain })
        };
        let expected = Auto::Given(vec![
            LayerSpec::Embed(EmbedSpec { widths: vec![3] }),
            dense(64, Some(Activation::Tanh)),
            dense(32, None),
        ]);
        let tables = "[[layers]]\nembed = { widths = [3] }\n[[layers]]\ndense = { units = 64, activation = \"tanh\" }\n\
             [[layers]]\ndense.units = 32\n";
        assert_eq!(read(tables), Ok(expected.clone()));
        let list = "[network]\nlayers = [{ embed = { widths = [3] } }, \
             { dense = { units = 64, activation = \"tanh\" } }, { dense = { units = 32 } }]\n";
        assert_eq!(read(list), Ok(expected.clone()));
        let mut flag = SpecBuilder::new();
        let text =
            "[{ embed = { widths = [3] } }, { dense = { units = 64, activation = \"tanh\" } }, { dense.units = 32 }]";
        flag.flag(find("layers").unwrap(), text);
        assert_eq!(flag.finish().unwrap().network.layers, expected);
    }

    #[test]
    fn what_a_layer_does_not_have_is_refused_where_it_stands() {
        let error = read("[[layers]]\ndense = { units = 64 }\n[[layers]]\ndense = { unit = 32 }\n").unwrap_err();
        assert!(error.starts_with("c.toml:3:1: layers[2]:") && error.contains("unknown field `unit`"), "{error}");
        let error = read("[[layers]]\nconv = { units = 64 }\n").unwrap_err();
        assert!(
            error.contains("unknown variant `conv`, expected one of `embed`, `periodic`, `condense`, `scale`, `dense`"),
            "{error}"
        );
        let error = read("layers = 3\n").unwrap_err();
        assert!(error.contains("c.toml:1:10: network.layers: 3 is not auto or a list of layers"), "{error}");
    }
}
