//! What goes on inside the network.

use crate::words::check::gradients_agree;

use super::super::figures::{self, Course, Shown};
use super::super::input::PageInput;
use super::Chart;

const COURSES: [(Course, &str); 5] = [
    (
        Course {
            title: "Gradient norms",
            name: "gradient norm",
            description: "The norm of the gradient of each layer's parameters at each evaluation.",
            read: |layer| layer.gradient_norm,
            shown: Shown::Log,
        },
        "Lines far apart: gradients vanish or explode on their way from the last layer to the first.",
    ),
    (
        Course {
            title: "Size of the steps",
            name: "last step / weights",
            description: "The norm of a step over the norm of the weights of each layer, at each evaluation.",
            read: |layer| layer.update_ratio,
            shown: Shown::Log,
        },
        "About 1e-3 is usual; far above it training is rough, far below it a layer hardly learns.",
    ),
    (
        Course {
            title: "Spread of the activations",
            name: "standard deviation",
            description: "The standard deviation of the outputs of each layer at each evaluation.",
            read: |layer| layer.activation_sd,
            shown: Shown::Fitting,
        },
        "A layer near 0 passes nothing on; one that grows without end saturates those above it.",
    ),
    (
        Course {
            title: "Saturated units",
            name: "share saturated",
            description: "The share of the outputs of each layer where the slope of the activation is nearly 0.",
            read: |layer| layer.saturated,
            shown: Shown::Share,
        },
        "Where a unit is saturated its slope is nearly 0, and so is the gradient it passes on.",
    ),
    (
        Course {
            title: "Weight norms",
            name: "norm of the weights",
            description: "The norm of each layer's weights after each recorded epoch.",
            read: |layer| layer.weight_norm,
            shown: Shown::Fitting,
        },
        "L2, L1 and weight decay keep these small.",
    ),
];

pub(super) fn charts(input: &PageInput) -> Vec<Chart> {
    let history = &input.history;
    let mut charts = Vec::new();
    if history.len() > 1 {
        let saturates = history.iter().flat_map(|record| &record.layers).any(|layer| layer.saturated > 0.0);
        for (course, note) in &COURSES {
            if course.shown != Shown::Share || saturates {
                charts.push(Chart::of(course.title, figures::layer_course(history, course), *note));
            }
        }
    }
    if !input.evidence.activations.is_empty() {
        let note = "Outputs of the layers for some train rows, with the weights that were kept, from the least to the largest.";
        charts.push(Chart::of("Activations", figures::activations(&input.evidence.activations), note));
    }
    let check = &input.result.gradient_check;
    if !check.blocks.is_empty() {
        let note = format!("On the starting weights, {}.", gradients_agree(check));
        charts.push(Chart::of("Gradient check", figures::check(check), note));
    }
    charts
}
