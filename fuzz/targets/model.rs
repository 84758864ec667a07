//! Model files: as bytes, and as content under a checksum that is right.

#![no_main]

use wellfit::fitted::Fitted;
use wellfit::model::read_model;

/// The tensors of the model among the seeds.
const SHAPES: [(&str, &[usize]); 4] =
    [("dense1.weight", &[2, 3]), ("dense1.bias", &[3]), ("dense2.weight", &[3, 1]), ("dense2.bias", &[1])];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = match bytes.split_first() {
        Some((b's', content)) => wellfit_fuzz::sealed("model.safetensors", content, &SHAPES),
        _ => Some(wellfit_fuzz::file("model.safetensors", bytes)),
    };
    let Some(path) = path else { return };
    match read_model(&path) {
        Err(error) => wellfit_fuzz::is_one_line(&path, &error),
        Ok(model) => {
            let table = wellfit_fuzz::file("new.csv", b"a,b\n1,2\n,x\n1e9,-1\n");
            let mut fitted = Fitted::new(model, 1).expect("a model that was read");
            if let Ok(table) = fitted.pipeline().read(&table.as_path().into()) {
                fitted.predict(&table);
            }
        }
    }
});
