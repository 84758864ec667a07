//! The settings given, in the form in which they are searched.

use crate::experiment::Spec;
use crate::experiment::settings::{Auto, one_if_equal};
use crate::tune::Choice;

/// The values that the settings given have for what is searched.
pub(super) fn given(spec: &Spec, like: &Choice) -> Choice {
    let spec = one_value_for_all_layers(spec.clone());
    like.iter().map(|(setting, _)| (*setting, setting.get(&spec))).collect()
}

/// The same spec with one value where all layers have the same, so that it fits networks of other depths as well.
pub(super) fn one_value_for_all_layers(mut spec: Spec) -> Spec {
    let (network, training) = (&mut spec.network, &mut spec.training);
    for values in [&mut network.keep_prob, &mut training.l2, &mut training.l1] {
        if let Auto::Given(values) = values {
            *values = one_if_equal(values);
        }
    }
    spec
}
