//! Why a remedy is proposed.

use crate::improve::Reason;
use crate::net::Activation;
use crate::optim::Optimizer;
use crate::text::{counted, thousands};

/// Why a change may help, without a full stop: it stands in a line of the terminal too.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Leak(columns) => format!(
            "{} may not be known when the network is used; if so, every number here is too good",
            columns.join(" and ")
        ),
        Reason::FewDevRows { rows, needed, in_all } => {
            let folds = in_all.map_or(String::new(), |in_all| {
                format!("; cross-validation judges all {} rows of train and dev", thousands(in_all))
            });
            format!("{} are too few to decide{}{folds}", counted(*rows, "dev row"), would_decide(*needed))
        }
        Reason::FewRowsInAll { rows, needed } => {
            let rows = counted(*rows, "row");
            format!("{rows} of train and dev, judged by folds, are too few to decide{}", would_decide(*needed))
        }
        Reason::OwnersInBothParts(column) => format!(
            "rows with the same {column} stand in train and in dev and have the same answer; new ones will not be known"
        ),
        Reason::CopiesInTrain => "the network was trained on them, so dev error is no error on new rows".to_string(),
        Reason::Mismatch => {
            "dev rows are distributed differently from train rows; more train rows of the old kind do not help"
                .to_string()
        }
        Reason::RareClassMissed => {
            "the loss asks for true probabilities, which are seldom above 0.5 for a rare class; judged by F1, the threshold is \
             chosen on dev (or by what mistakes cost: --costs POS,NEG)"
                .to_string()
        }
        Reason::StillImproving { best_epoch, epochs } => {
            format!("the best epoch was {best_epoch} of {epochs}: the error was still falling")
        }
        Reason::UsualSettings => {
            "the settings that auto chooses for network and training suit most tables together".to_string()
        }
        Reason::Together => "each of the two gained something, neither of them significantly".to_string(),
        Reason::FewEpochs(epochs) => format!("{epochs} epochs may be too few to learn what the rows can teach"),
        Reason::ManyEpochs(epochs) => format!("{epochs} epochs may be so many that the network overfits"),
        Reason::NoHiddenLayer => {
            "without a hidden layer the model is linear; a hidden layer lets it fit curved boundaries".to_string()
        }
        Reason::WeightsLeaveBias(weights) => {
            format!(
                "{} weights leave train error above the target; doubling the units increases capacity",
                thousands(*weights)
            )
        }
        Reason::WeightsMayLeaveBias(weights) => {
            format!(
                "{} weights may be too few to reach the target; doubling the units increases capacity",
                thousands(*weights)
            )
        }
        Reason::FewWeights(weights) => {
            format!("{} weights may be too few for what there is to learn", thousands(*weights))
        }
        Reason::HiddenLayers(layers) => {
            format!("there {} now; one more combines the features they find", are(*layers, "hidden layer"))
        }
        Reason::ManyLayers(layers) => {
            format!("{layers} hidden layers are a long way for the gradient; fewer learn sooner")
        }
        Reason::SlowOptimizer(now) => format!(
            "{} fits train slowly; Adam scales the update of every weight by its own gradients",
            optimizer_name(*now)
        ),
        Reason::LossOscillates(lr) => {
            format!("the loss rose or oscillated at a learning rate of {lr}; a lower one converges")
        }
        Reason::LossOscillatesYetSlow(lr) => format!(
            "the loss rose or oscillated at a learning rate of {lr}; a higher one may still lower the loss more in \
             the same number of epochs"
        ),
        Reason::RateMayBeHigh(lr) => format!("updates at a learning rate of {lr} may be too large to converge"),
        Reason::RateMayBeLow(lr) => {
            format!(
                "train loss fell smoothly at a learning rate of {lr}; a higher rate may lower it more in as many epochs"
            )
        }
        Reason::ConstantRate(lr) => format!(
            "at a constant learning rate of {lr} the last updates are as large as the first; a falling rate converges further"
        ),
        Reason::FlatActivation { now: now @ (Activation::Silu | Activation::Gelu | Activation::Mish), other } => {
            format!("neither {} nor {} is better on every table", activation_name(*other), activation_name(*now))
        }
        Reason::FlatActivation { now, other } => format!(
            "{} is flat over part of its range, where units learn nothing; {} may suit these rows better",
            activation_name(*now),
            activation_name(*other)
        ),
        Reason::GradientsVanish { now, other } => format!(
            "gradients vanish on their way through the layers of {}; {} lets more of them through",
            activation_name(*now),
            activation_name(*other)
        ),
        Reason::AlikeUnits(layer) => {
            format!("all units of {layer} have the same weights and stay alike; they must start from different ones")
        }
        Reason::UnfitInitialisation { now, activation } => {
            format!("weights start from {now}, which does not fit {}", activation_name(*activation))
        }
        Reason::InputsAsTheyAre => {
            "inputs are not normalised; training works better where they share a scale".to_string()
        }
        Reason::GradientsExplode => {
            "single batches make the gradient explode; a largest norm holds them back".to_string()
        }
        Reason::StoppedEarly { patience, epochs_trained, epochs } => format!(
            "training stopped at epoch {epochs_trained} of {epochs}, after {patience} without improvement: before it had got far"
        ),
        Reason::ClassWeights => "class weights train for another error than the one that is judged".to_string(),
        Reason::Restrained => "regularisation keeps the network from fitting train".to_string(),
        Reason::LargeBatch(rows) => {
            format!("batches of {rows} rows make few updates an epoch; smaller ones make more")
        }
        Reason::SmallBatch(rows) => format!("gradients over batches of {rows} rows are noisy; larger ones are less so"),
        Reason::SmallPenalty(l2) => {
            format!("at λ {l2} the weights are still free to fit single rows; a larger penalty keeps them small")
        }
        Reason::NoPenalty => {
            "there is no L2 penalty yet; adding one keeps the weights small and the learned function smooth".to_string()
        }
        Reason::Dropout => "dropping units at random keeps the network from relying on any one of them".to_string(),
        Reason::FewTrainRows(rows) => format!(
            "{} are few to learn from: more of them lower the gap between dev and train error",
            counted(*rows, "train row")
        ),
        Reason::NoAugmentation => "rows that change a little in every step cannot be memorised".to_string(),
        Reason::BestEpochEarlier { best_epoch, epochs } => format!(
            "dev was best at epoch {best_epoch} of {epochs}; stopping there affects bias and variance at once, so it comes after \
             the other remedies"
        ),
        Reason::ManyWeights { weights, rows } => {
            format!("{} weights for {}; fewer of them overfit less", thousands(*weights), counted(*rows, "train row"))
        }
        Reason::WeightDecay => {
            "weights that the data do not keep up shrink in every step, whatever the scale of their gradients"
                .to_string()
        }
        Reason::UncertainLabels => {
            "where labels may be wrong or random, a network that need not be certain overfits single rows less"
                .to_string()
        }
        Reason::ManyInputs { inputs, rows } => format!(
            "{} for {}: a penalty on absolute weights drops inputs that do not help",
            counted(*inputs, "input"),
            counted(*rows, "train row")
        ),
        Reason::LabelsLookWrong => {
            "labels that are wrong hide how well the network does; this lists the rows whose label it doubts most"
                .to_string()
        }
        Reason::TestUnused => {
            "dev has been used to choose; the test set has not, so its error is the one to report".to_string()
        }
        Reason::NothingTriedHelps(changes) => match changes {
            1 => "the change that was tried does not lower dev error by as much as is worth acting on".to_string(),
            _ => format!("none of the {changes} changes that were tried lowers dev error by as much as is worth acting on"),
        },
        Reason::NoTest => {
            "dev has been used to choose; new rows that no choice has seen give the error to report".to_string()
        }
    }
}

fn would_decide(needed: Option<u64>) -> String {
    needed.map_or(String::new(), |needed| format!("; about {} would decide", thousands(needed)))
}

fn are(count: usize, noun: &str) -> String {
    format!("{} {}", if count == 1 { "is" } else { "are" }, counted(count, noun))
}

/// An activation's name as it is written in text.
pub fn activation_name(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "ReLU",
        Activation::LeakyRelu => "leaky ReLU",
        Activation::Elu => "ELU",
        Activation::Selu => "SELU",
        Activation::Gelu => "GELU",
        Activation::Silu => "SiLU",
        Activation::Mish => "Mish",
        Activation::Identity | Activation::Sigmoid | Activation::Tanh => activation.name(),
    }
}

/// An optimiser's name as it is written in text.
pub fn optimizer_name(optimizer: Optimizer) -> &'static str {
    match optimizer {
        Optimizer::Gd => "gradient descent",
        Optimizer::Momentum => "momentum",
        Optimizer::Nesterov => "Nesterov momentum",
        Optimizer::RmsProp => "RMSprop",
        Optimizer::Adam => "Adam",
        Optimizer::AdamW => "AdamW",
    }
}
