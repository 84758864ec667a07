//! What a person reads of each command, written from its typed report and events.

pub mod bench;
