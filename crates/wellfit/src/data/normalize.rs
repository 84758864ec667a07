//! How numbers are scaled, as written in a config.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How numbers are scaled before the network sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalize {
    /// Heavy-tailed columns as in `Robust`, the others as in `Standard`; pixels by one mean and standard deviation.
    #[default]
    Auto,
    /// (x - mean) / standard deviation.
    Standard,
    /// (x - median) / (q75 - q25), then clipped smoothly to (-3, 3).
    Robust,
    /// Numbers as they are.
    Off,
}

impl Normalize {
    /// Every way of scaling.
    pub const ALL: [Normalize; 4] = [Normalize::Auto, Normalize::Standard, Normalize::Robust, Normalize::Off];

    /// The name used in configs.
    pub fn name(self) -> &'static str {
        match self {
            Normalize::Auto => "auto",
            Normalize::Standard => "standard",
            Normalize::Robust => "robust",
            Normalize::Off => "off",
        }
    }
}

impl fmt::Display for Normalize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
