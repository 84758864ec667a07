//! What keeps signals and gradients of a size that can be learned from.

use super::Topic;

pub const NORMALISATION: Topic = Topic {
    name: "normalisation",
    also: &["normalization", "normalize", "normalise", "scaling", "standardisation", "standardization"],
    title: "Normalising inputs",
    why: &[
        "Each number column is shifted to mean 0 and scaled to deviation 1, by the mean and deviation of train; the same two numbers \
         are applied to dev, test and new data. Fitting them on other rows would let those rows into training, and other numbers \
         for dev would show the network another function.",
        "Why it helps: with one input in thousands and another in fractions, the cost is a long narrow valley. A learning rate \
         small enough for the steep direction hardly moves in the flat one. With inputs of one scale the valley is rounder, a \
         larger rate is stable, and far fewer steps are needed.",
    ],
    settings: &["normalize"],
    command: "wellfit ablate RUN",
};

pub const INITIALISATION: Topic = Topic {
    name: "initialisation",
    also: &["initialization", "init", "he", "xavier", "lecun", "symmetry"],
    title: "Initialising weights",
    why: &[
        "Weights must differ: units of a layer that begin alike, with all weights zero for instance, get the same gradient at every \
         step and stay alike for ever, so the layer is no wider than one unit. Random weights break this symmetry; biases may be 0.",
        "Their size matters as much. A unit sums n inputs, so its variance is n times that of one term. A variance of 1/n of the weights \
         (LeCun; Xavier averages n over inputs and outputs) keeps the size of the signal from layer to layer for tanh, and 2/n (He) for \
         ReLU, which drops half of it. Much larger weights saturate the units or make signals explode, much smaller ones make them \
         fade, and either is repeated in every layer.",
    ],
    settings: &["init", "init_from"],
    command: "wellfit train DATA --init orthogonal",
};

pub const GRADIENTS: Topic = Topic {
    name: "gradients",
    also: &["vanishing-gradients", "exploding-gradients", "vanishing", "exploding", "saturation", "dead-units"],
    title: "Vanishing and exploding gradients",
    why: &[
        "On its way back a gradient is multiplied by the weights and the slopes of every layer. If a layer shrinks it by half, thirty \
         layers shrink it to a billionth, and the first layers do not learn; if each enlarges it by half, it grows by a factor of \
         200,000, and the steps overshoot. A sigmoid has a slope of at most 1/4 and close to none where it is saturated, so deep \
         networks of sigmoids suffer first; a ReLU that is 0 for every row passes no gradient at all and is dead.",
        "To see it, compare the gradient norms of the layers, and the size of a step relative to the weights: about 1/1000 is usual. \
         Cures: weights initialised for the activation, ReLU or a relative of it in place of sigmoids, normalised inputs, fewer \
         layers; against explosions also clipping the norm of the gradient.",
    ],
    settings: &["init", "activation", "clip_norm", "hidden"],
    command: "wellfit diagnose RUN",
};

pub const GRADIENT_CHECK: Topic = Topic {
    name: "gradient-check",
    also: &["gradient-checking", "gradcheck", "check", "backpropagation"],
    title: "Checking gradients",
    why: &[
        "A mistake in backpropagation often shows as nothing but slightly worse learning. So before training the gradient a is \
         compared with a numeric one: for every parameter checked, n = (J(θ+ε) − J(θ−ε)) / 2ε. The two-sided difference is off by ε² \
         only, a one-sided one by ε. The relative error ‖a − n‖ / (‖a‖ + ‖n‖) is about 1e-7 or less where both are right, and 1e-3 or \
         more where one is wrong.",
        "The error is reported for each block of parameters, which shows where a fault lies. The penalty is part of the cost and checked with \
         it; the dropout mask is held fixed, since the cost has to be the same function at both points; places where an \
         activation has a kink between θ−ε and θ+ε are left out. It costs two evaluations for each parameter, so it is run once and not \
         in every step.",
    ],
    settings: &[],
    command: "wellfit check RUN",
};

pub const LEARNING_RATE: Topic = Topic {
    name: "learning-rate",
    also: &["lr", "rate", "optimiser", "optimizer", "optimisers", "optimizers", "momentum", "adam", "rmsprop"],
    title: "Learning rate and optimiser",
    why: &[
        "A step moves the weights against the gradient, by the learning rate. Too small and training ends before it has arrived; too large \
         and it jumps across the valley, and may diverge. It is the setting to search first. Lowering it over time lets the last \
         steps settle although the gradients of batches are noisy.",
        "Momentum averages gradients over the last steps, so that directions that agree add up and zigzags cancel. RMSprop divides each \
         gradient by its recent size, so that flat directions move as fast as steep ones. Adam does both and corrects the averages \
         for starting at 0; AdamW adds weight decay apart from the gradient, where Adam would divide it away.",
    ],
    settings: &["lr", "schedule", "optimizer", "beta1", "beta2", "batch"],
    command: "wellfit lr-find DATA",
};
