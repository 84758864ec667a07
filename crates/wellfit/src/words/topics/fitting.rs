//! What is chosen, by what it is judged, and what an error is made of.

use super::Topic;

pub const HYPERPARAMETERS: Topic = Topic {
    name: "hyperparameters",
    also: &["hyperparameter", "settings", "tuning", "tune"],
    title: "Hyperparameters",
    why: &[
        "Training finds the parameters: weights and biases. Everything that has to be fixed before training can begin is a \
         hyperparameter: the layers and their units, the activation, the learning rate, the batch size, the number of epochs, the \
         penalty λ, the probability of keeping a unit. Train loss cannot choose them, since a larger network with no penalty always \
         fits train better; they are chosen by the error on dev.",
        "The best values depend on the data and on one another, so they are found by trying. Draw values at random rather than \
         from a grid: a few settings usually matter and the others do not, and a random draw tries a new value of every setting \
         each time. Draw those that range over powers of ten, such as the learning rate and λ, on a logarithmic scale. The best \
         of many trials looks better than it is, because it was chosen for its low error.",
    ],
    settings: &["hidden", "activation", "lr", "batch", "epochs", "l2", "keep_prob"],
    command: "wellfit tune RUN --trials 30",
};

pub const ORTHOGONALITY: Topic = Topic {
    name: "orthogonality",
    also: &["orthogonalisation", "orthogonalization", "purpose", "purposes"],
    title: "One knob, one purpose",
    why: &[
        "A network has to fit train, then dev, then test, and then do well in the real world, in this order. Each step that fails has \
         remedies of its own: a bigger network, longer training or another optimiser for train; a penalty, dropout or more data \
         for dev; a larger dev set where dev and test disagree; other data or another metric where test and the real world do.",
        "Knobs that act on one step alone can be turned one after the other, and the effect of each can be read off. Early \
         stopping is not of this kind: it fits train less well in order to fit dev better, so it turns two knobs at once. It works, \
         but after it the gap between train and dev no longer shows how much variance there is.",
    ],
    settings: &["hidden", "l2", "keep_prob", "early_stopping", "metric"],
    command: "wellfit config",
};

pub const SPLITS: Topic = Topic {
    name: "splits",
    also: &["split", "dev", "test", "train-dev-test", "folds", "cross-validation", "distribution"],
    title: "Train, dev and test",
    why: &[
        "Train is what the weights are fitted to. Dev is what choices are made by: the epoch, the settings, the remedy. Every choice \
         makes dev look a little better than new data will be, so a third set, test, is opened once, at the end, for an unbiased \
         estimate. Dev and test must be drawn from the data that the network will meet, and from the same distribution: otherwise \
         one aims at one target and is judged by another. Rows that belong together, such as those of one patient, stay in one part.",
        "Dev and test need so many rows that the differences of interest can be seen, and no more. The interval of an error rate \
         shrinks with the square root of the rows: 60/20/20 suits a few thousand rows, 98/1/1 suits a million. Where rows are few, \
         cross-validation lets every row be judged by a network that has not seen it.",
    ],
    settings: &["split", "folds", "dev", "test", "group", "time"],
    command: "wellfit data DATA",
};

pub const BIAS_AND_VARIANCE: Topic = Topic {
    name: "bias-variance",
    also: &["bias", "variance", "bias-and-variance", "overfitting", "underfitting", "target-error"],
    title: "Bias and variance",
    why: &[
        "Dev error = target error + avoidable bias + variance. The target error is what can be reached: human level, or the error \
         that a strong model has shown to be possible. Avoidable bias is train error less the target: what the network fails to \
         learn even of the rows it is shown. Variance is dev error less train error: what it learned of those rows that does not hold \
         for others.",
        "They have different remedies, so the larger one is worked on first. Bias: a bigger network, longer training, another learning \
         rate or optimiser. Variance: more data, augmentation, L2, dropout, a smaller network. Without the target a high train error \
         says nothing: 15% is excellent where humans err at 14%. Each difference comes with an interval; one that spans the margin is \
         not decided by these rows.",
    ],
    settings: &["target_error", "metric"],
    command: "wellfit diagnose RUN",
};
