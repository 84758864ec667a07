//! Remedies for variance.

use super::Topic;

pub const L2: Topic = Topic {
    name: "l2",
    also: &["regularisation", "regularization", "lambda", "weight-decay", "frobenius"],
    title: "L2 penalty",
    why: &[
        "L2 adds λ/(2m)·Σw² to the cost of m train rows; biases are left out, because they shift the function and do not bend it. \
         Each step of gradient descent then first shrinks every weight by the factor 1 − αλ/m, hence the name weight decay.",
        "Why it reduces variance: a weight now has to pay for its size with a fall of the loss, so those that only serve a few rows \
         shrink, and the function becomes smoother. With tanh or sigmoid, small weights also keep the units in the nearly linear \
         middle of their range, and layers that are nearly linear make a network that is nearly linear. Too large a λ turns \
         variance into bias. The weight norms over the epochs show what it does.",
    ],
    settings: &["l2", "weight_decay"],
    command: "wellfit tune RUN --search l2=0.1..100",
};

pub const L1: Topic = Topic {
    name: "l1",
    also: &["lasso", "sparsity"],
    title: "L1 penalty",
    why: &[
        "L1 adds (λ/m)·Σ|w| to the cost. Its slope is λ/m however small a weight is, where that of L2 fades with the weight: so L1 \
         drives weights that contribute little all the way towards zero and leaves the large ones nearly alone.",
        "It suits data in which many columns are irrelevant: weights of inputs that carry nothing vanish. As a remedy for variance in \
         deep networks it is used less than L2, which shrinks all weights a little and usually loses less accuracy.",
    ],
    settings: &["l1"],
    command: "wellfit tune RUN --search l1=0.1..10",
};

pub const DROPOUT: Topic = Topic {
    name: "dropout",
    also: &["keep-prob", "inverted-dropout"],
    title: "Dropout",
    why: &[
        "At every step each unit of a hidden layer is kept with probability keep_prob and otherwise set to zero, with a new draw for \
         each step and layer. What is kept is divided by keep_prob (inverted dropout), so that the expected input of the next layer \
         is unchanged and nothing needs scaling when the network predicts; there dropout is off.",
        "Why it reduces variance: no unit can rely on any one of its inputs, since each may be missing, so it spreads its weights, \
         which shrinks their squared norm much as L2 does, more where the inputs are large. It can also be seen as training many \
         smaller networks that share weights. The cost with dropout is another function at every step, so wellfit draws \
         its curves without it. Use a lower keep_prob where a layer has many weights; where there is no variance it only costs bias.",
    ],
    settings: &["keep_prob"],
    command: "wellfit train DATA --keep-prob 0.5",
};

pub const EARLY_STOPPING: Topic = Topic {
    name: "early-stopping",
    also: &["patience", "epochs"],
    title: "Early stopping",
    why: &[
        "Weights start small and grow as training goes on. Dev error falls at first and rises again once the network follows single \
         rows of train; stopping where it was lowest keeps the weights of middling size, an effect like that of L2 without having to \
         search λ.",
        "Its price: one knob now does two things. It ends the work on the train error and limits variance at the same time, so \
         neither can be judged on its own afterwards. Where bias is in question, train once with it off. The epoch is chosen on dev, \
         which makes the dev error of that epoch slightly optimistic.",
    ],
    settings: &["early_stopping", "epochs"],
    command: "wellfit train DATA --early-stopping off",
};

pub const AUGMENTATION: Topic = Topic {
    name: "augmentation",
    also: &["augment", "more-data", "mixup"],
    title: "Augmentation",
    why: &[
        "The surest remedy for variance is more data. Augmentation makes some from the rows there are: it changes an input in a way \
         that leaves the answer true, anew at every step. Images are shifted, turned or cropped; in tables numbers get a little noise, \
         cells are swapped with those of other rows, or two rows and their answers are mixed.",
        "Why it helps: the network cannot memorise a row that it never sees twice, and it is told what must not matter. The new \
         rows are not independent, so they are worth less than as many real ones, and changes too strong to be true teach \
         something false. Dev and test are never augmented.",
    ],
    settings: &["augment"],
    command: "wellfit train DATA --augment noise:0.1",
};
