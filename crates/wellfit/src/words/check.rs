//! What the gradient check found.

use crate::net::CheckReport;
use crate::text::counted;

/// How well the gradients agree over all parameters and in the worst block, and how the blocks were checked that the cost tells nothing of.
pub fn gradients_agree(report: &CheckReport) -> String {
    let blocks = report.blocks.len();
    let unknown: Vec<_> = report.blocks.iter().filter(|block| block.relative_error.is_none()).collect();
    let known = counted((blocks - unknown.len()) as u64, "block");
    let worst = report.blocks.iter().filter_map(|block| block.relative_error).fold(0.0, f64::max);
    let mut text = format!("gradients agree to {:.1e} ({worst:.1e} in the worst of {known})", report.relative_error);
    let by_layer = report.blocks.iter().filter(|block| block.by_layer && block.relative_error.is_some()).count();
    if by_layer > 0 {
        text += &format!("; {by_layer} of them checked layer by layer: {}", why_by_layer(report));
    }
    if let Some(block) = unknown.last() {
        let others = match unknown.len() {
            1 => String::new(),
            count => format!(" and {} below it", counted(count as u64 - 1, "block")),
        };
        text += &format!("; {}{others} cannot be checked", block.name);
    }
    text
}

fn why_by_layer(report: &CheckReport) -> String {
    match &report.chaotic {
        Some(layer) => format!("gradients explode from {layer} down to the inputs, and the cost is chaotic there"),
        None => "differences of the cost do not resolve them".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::BlockCheck;

    fn report(blocks: [(&str, Option<f64>, bool); 3], chaotic: Option<&str>) -> CheckReport {
        let block = |(name, relative_error, by_layer): (&str, _, _)| BlockCheck {
            name: name.to_string(),
            relative_error,
            by_layer,
        };
        CheckReport {
            passed: true,
            relative_error: 2e-9,
            blocks: blocks.map(block).to_vec(),
            skipped: 0.0,
            chaotic: chaotic.map(str::to_string),
        }
    }

    #[test]
    fn a_check_says_which_blocks_the_cost_tells_nothing_of() {
        let (one, two, three) = (("dense1.weight", Some(1e-9)), ("dense2.weight", Some(2e-9)), ("dense3.weight", None));
        let blocks =
            |by_layer: [bool; 2]| [(one.0, one.1, by_layer[0]), (two.0, two.1, by_layer[1]), (one.0, one.1, false)];
        assert_eq!(
            gradients_agree(&report(blocks([false; 2]), None)),
            "gradients agree to 2.0e-9 (2.0e-9 in the worst of 3 blocks)"
        );
        assert_eq!(
            gradients_agree(&report(blocks([true; 2]), Some("dense2"))),
            "gradients agree to 2.0e-9 (2.0e-9 in the worst of 3 blocks); 2 of them checked layer by layer: gradients explode from dense2 down to the \
             inputs, and the cost is chaotic there"
        );
        assert_eq!(
            gradients_agree(&report(blocks([true, false]), None)),
            "gradients agree to 2.0e-9 (2.0e-9 in the worst of 3 blocks); 1 of them checked layer by layer: differences of the cost do not \
             resolve them"
        );
        let unknown = [(one.0, None, true), (two.0, two.1, false), (three.0, three.1, true)];
        assert_eq!(
            gradients_agree(&report(unknown, None)),
            "gradients agree to 2.0e-9 (2.0e-9 in the worst of 1 block); dense3.weight and 1 block below it cannot be checked"
        );
    }
}
