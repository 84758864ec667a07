//! Starting weights that fit the activation.

use crate::diagnose::{FindingKind, Verdict};
use crate::experiment::settings::{Purpose, Raw};

use super::super::case::Case;
use super::super::reason::Reason;
use super::super::remedy::{Change, Remedy};

/// The initialisation that `auto` chooses, in place of another one.
pub struct FittingInitialisation;

impl Remedy for FittingInitialisation {
    fn name(&self) -> &'static str {
        "initialisation"
    }

    fn purpose(&self) -> Purpose {
        Purpose::FitTrain
    }

    fn treats(&self, verdict: Verdict) -> bool {
        verdict == Verdict::HighBias
    }

    fn cures(&self) -> bool {
        true
    }

    fn propose(&self, case: &Case) -> Option<Change> {
        let (now, usual) = (case.knobs.init, case.usual.init);
        let reason = match case.layer_with(FindingKind::Symmetry) {
            Some(layer) => Reason::AlikeUnits(layer.to_string()),
            None => Reason::UnfitInitialisation { now: now.to_string(), activation: case.knobs.activation },
        };
        (now != usual).then(|| Change::set("network.init", Raw::text(usual.to_string()), reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::improve::case::tests::case;
    use crate::net::Init;

    #[test]
    fn weights_that_start_at_zero_get_the_initialisation_of_their_activation() {
        let mut case = case(Verdict::HighBias);
        assert_eq!(FittingInitialisation.propose(&case), None);
        case.knobs.init = Init::Zeros;
        assert_eq!(FittingInitialisation.propose(&case).unwrap().action.to_string(), "network.init = \"he\"");
    }
}
