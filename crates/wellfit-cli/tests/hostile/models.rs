//! Model files: damaged ones, and ones whose checksum is right over content that is not.

use serde_json::{Value, json};
use wellfit::store::{Tensor, read_tensors, write_tensors};

use crate::support::Place;
use crate::{Case, INPUT, case};

type Content = (Value, Vec<Tensor>);

/// A setting of the first layer of this kind.
fn setting<'a>(content: &'a mut Content, kind: &str, key: &str) -> &'a mut Value {
    let layers = content.0["members"][0]["layers"].as_array_mut().unwrap();
    let layer = layers.iter_mut().find_map(|layer| layer.get_mut(kind)).unwrap();
    layer.get_mut(key).unwrap()
}

pub fn cases(place: &Place) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |what: &str| {
        let name = format!("{}.safetensors", cases.len());
        cases.push(case(format!("model: {what}"), format!("predict {name} data.csv --out p.csv"), INPUT));
        place.path(&name)
    };
    let whole = place.read("run/model.safetensors");
    let mut bytes = |what: &str, bytes: &[u8]| std::fs::write(add(what), bytes).unwrap();
    bytes("empty", b"");
    bytes("cut within its header", &whole[..100]);
    bytes("cut at the end", &whole[..whole.len() - 1]);
    bytes("a byte too many", &[&whole[..], b"\0"].concat());
    bytes("a header of 2^60 bytes", &[&(1u64 << 60).to_le_bytes()[..], &whole[8..]].concat());
    bytes("a header of 2^64 - 1 bytes", &[&u64::MAX.to_le_bytes()[..], &whole[8..]].concat());
    let nested = format!("{{\"__metadata__\":{{\"wellfit\":{}", "[".repeat(1_000_000));
    bytes("a header nested a million deep", &[&(nested.len() as u64).to_le_bytes(), nested.as_bytes()].concat());
    let deep =
        format!("{{\\\"checksum\\\":\\\"\\\",\\\"content\\\":{0}{1}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = format!("{{\"__metadata__\":{{\"wellfit\":\"{deep}\"}}}}");
    bytes("metadata nested a hundred thousand deep", &[&(deep.len() as u64).to_le_bytes(), deep.as_bytes()].concat());
    let sparse = add("10 GB of nothing");
    std::fs::write(&sparse, []).unwrap();
    std::fs::File::options().write(true).open(&sparse).unwrap().set_len(10 << 30).unwrap();

    let good: Content = read_tensors(&place.path("run/model.safetensors")).unwrap();
    let mut changed = |what: &str, change: &dyn Fn(&mut Content)| {
        let mut content = good.clone();
        change(&mut content);
        assert!(content != good, "{what}");
        write_tensors(&add(what), &content.0, &content.1).unwrap();
    };
    let mut set = |what: &str, path: &str, value: Value| {
        changed(what, &|content| *content.0.pointer_mut(path).unwrap() = value.clone());
    };
    let dense = |units: u64| json!({ "dense": { "units": units, "activation": "relu" } });
    set("no layers", "/members/0/layers", json!([]));
    set("two thousand layers", "/members/0/layers", json!(vec![dense(1); 2000]));
    set("a layer of no kind that there is", "/members/0/layers/0", json!({ "recurrent": {} }));
    set("an embed layer behind another", "/members/0/layers/1", json!({ "embed": {} }));
    set("another loss", "/members/0/loss", json!("softmax"));
    set("another format", "/format", json!(1));
    set("no members", "/members", json!([]));
    set("members that are a number", "/members", json!(u64::MAX));
    set("a member that counts nothing", "/members/0/weight", json!(0.0));
    set("a member that counts too much", "/members/0/weight", json!(1e9));
    set("another task", "/members/0/head/task", json!("regression"));
    set("a format in words", "/format", json!("one"));
    set("no inputs", "/members/0/pipeline/inputs", json!([]));
    set("no classes", "/members/0/pipeline/target/classes", json!([]));
    set("one class", "/members/0/pipeline/target/classes", json!(["yes"]));
    set("a divisor of nothing", "/members/0/pipeline/inputs/0/encoding/number/scale/divisor", json!(0.0));
    set("a number that is a category", "/members/0/pipeline/inputs/0/field/kind", json!("categorical"));
    set("a separator that is a quote", "/members/0/pipeline/reading/separator", json!("\""));
    set("two classes of one name", "/members/0/pipeline/target/classes", json!(["yes", "yes"]));
    set("a separator of two bytes", "/members/0/pipeline/reading/separator", json!("€"));
    set(
        "a range upside down",
        "/members/0/head",
        json!({"task": "binary", "mean": 0.0, "deviation": 1.0, "low": 1.0, "high": 0.0}),
    );
    let mut another = |what: &str, change: &dyn Fn(&mut Value)| {
        changed(what, &|content| {
            let mut member = content.0["members"][0].clone();
            change(&mut member);
            content.0["members"].as_array_mut().unwrap().push(member);
        });
    };
    another("a member more than there are numbers", &|_| {});
    another("a member of another target", &|member| member["pipeline"]["target"]["name"] = json!("other"));
    another("a member that reads otherwise", &|member| member["pipeline"]["reading"]["separator"] = json!(";"));
    changed("a temperature of nothing", &|content| content.0["members"][0]["head"]["temperature"] = json!(0.0));
    changed("a key too many", &|content| content.0["more"] = json!(1));
    for units in [0, 7, 1_000_000_000, u64::MAX] {
        changed(&format!("{units} hidden units"), &|content| *setting(content, "dense", "units") = json!(units));
        changed(&format!("embeddings of {units} numbers"), &|content| {
            *setting(content, "embed", "widths") = json!([units]);
        });
    }
    changed("dropout of everything", &|content| *setting(content, "dense", "keep_prob") = json!(0));
    changed("another number of outputs", &|content| {
        let layers = content.0["members"][0]["layers"].as_array_mut().unwrap();
        layers.push(dense(2));
    });
    changed("weights that are NaN", &|content| content.1[0].values[0] = f32::NAN);
    changed("weights that are infinite", &|content| content.1[0].values[0] = f32::INFINITY);
    changed("a tensor turned round", &|content| content.1.iter_mut().for_each(|tensor| tensor.dims.reverse()));
    changed("a tensor missing", &|content| _ = content.1.pop());
    changed("a tensor too many", &|content| {
        content.1.push(Tensor { name: "more".into(), dims: vec![1], values: vec![0.0] });
    });
    changed("a tensor of another name", &|content| content.1[0].name = "other".into());
    cases
}
