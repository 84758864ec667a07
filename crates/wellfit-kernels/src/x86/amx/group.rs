//! A group of rows whose sums are in the tile registers, and the instructions that work on them.
//!
//! They are written as text, since the compiler does not offer them yet.

use std::arch::asm;

use super::registers::SIDE;
use crate::job::{Next, Output};
use crate::panel::PANEL;
use crate::prefetch::prefetch_line;

macro_rules! load {
    ($tile:literal, $from:expr, $row:expr) => {
        asm!(concat!("tileloadd tmm", $tile, ", [{from} + {row}]"), from = in(reg) $from, row = in(reg) $row * 4,
             options(nostack, readonly, preserves_flags))
    };
}

macro_rules! store {
    ($tile:literal, $to:expr, $row:expr) => {
        asm!(concat!("tilestored [{to} + {row}], tmm", $tile), to = in(reg) $to, row = in(reg) $row * 4,
             options(nostack, preserves_flags))
    };
}

macro_rules! zero {
    ($tile:literal) => {
        asm!(concat!("tilezero tmm", $tile), options(nostack, nomem, preserves_flags))
    };
}

macro_rules! add_products {
    ($sums:literal, $left:literal, $right:literal) => {
        asm!(concat!("tdpbf16ps tmm", $sums, ", tmm", $left, ", tmm", $right), options(nostack, nomem, preserves_flags))
    };
}

/// A group of up to 32 rows of one panel of the output, whose sums are in the tiles.
#[derive(Clone, Copy)]
pub(super) struct Group {
    /// Rows and columns of it that the output has.
    rows: usize,
    width: usize,
    /// Its first number in the output.
    to: *mut f32,
    /// From one row of the output to the next, in numbers.
    stride: usize,
}

impl Group {
    /// The group of up to PANEL of `rows` rows from `first_row` on.
    pub(super) fn new(output: &Output<'_, f32>, first_row: usize, panel: usize, rows: usize) -> Group {
        let first = panel * PANEL;
        Group {
            rows: rows.min(PANEL),
            width: (output.columns - first).min(PANEL),
            to: output.to.wrapping_add(first_row * output.stride + first),
            stride: output.stride,
        }
    }

    /// Sets every row of sums to `bias`.
    ///
    /// # Safety
    ///
    /// The tiles are configured; here and below.
    pub(super) unsafe fn start(self, bias: &[f32; PANEL]) {
        let from = bias.as_ptr();
        // SAFETY: a distance of 0 between rows reads the same 16 numbers for each.
        unsafe {
            if *bias == [0.0; PANEL] {
                zero!(0);
                zero!(1);
                zero!(2);
                zero!(3);
            } else {
                load!(0, from, 0usize);
                load!(1, from.add(SIDE), 0usize);
                load!(2, from, 0usize);
                load!(3, from.add(SIDE), 0usize);
            }
        }
    }

    /// Loads the sums that [`Group::store`] wrote.
    ///
    /// # Safety
    ///
    /// The output is (rows, columns).
    pub(super) unsafe fn reload(self) {
        // SAFETY: the group lies in the output; a panel that is wider than the output goes through `edge`.
        unsafe {
            if self.width == PANEL {
                return self.load_sums(self.to, self.stride);
            }
            let mut edge = [0f32; PANEL * PANEL];
            for row in 0..self.rows {
                let to = edge.as_mut_ptr().add(row * PANEL);
                std::ptr::copy_nonoverlapping(self.to.add(row * self.stride), to, self.width);
            }
            self.load_sums(edge.as_ptr(), PANEL);
        }
    }

    /// # Safety
    ///
    /// The group's rows can be read at `from`, 32 numbers each, `stride` apart.
    unsafe fn load_sums(self, from: *const f32, stride: usize) {
        // SAFETY: the caller's contract; the tiles have as many rows as the group.
        unsafe {
            load!(0, from, stride);
            load!(1, from.add(SIDE), stride);
            if self.rows > SIDE {
                load!(2, from.add(SIDE * stride), stride);
                load!(3, from.add(SIDE * stride + SIDE), stride);
            }
        }
    }

    /// Writes the sums to the output.
    ///
    /// # Safety
    ///
    /// The output is (rows, columns).
    pub(super) unsafe fn store(self) {
        // SAFETY: as for `reload`.
        unsafe {
            if self.width == PANEL {
                return self.store_sums(self.to, self.stride);
            }
            let mut edge = [0f32; PANEL * PANEL];
            self.store_sums(edge.as_mut_ptr(), PANEL);
            for row in 0..self.rows {
                let from = edge.as_ptr().add(row * PANEL);
                std::ptr::copy_nonoverlapping(from, self.to.add(row * self.stride), self.width);
            }
        }
    }

    /// # Safety
    ///
    /// The group's rows can be written at `to`, 32 numbers each, `stride` apart.
    unsafe fn store_sums(self, to: *mut f32, stride: usize) {
        // SAFETY: the caller's contract; the tiles have as many rows as the group.
        unsafe {
            store!(0, to, stride);
            store!(1, to.add(SIDE), stride);
            if self.rows > SIDE {
                store!(2, to.add(SIDE * stride), stride);
                store!(3, to.add(SIDE * stride + SIDE), stride);
            }
        }
    }

    /// Adds the products of `blocks` times 16 words of steps; rows of the left operand are `left_stride` words apart.
    ///
    /// # Safety
    ///
    /// That many words of each of the group's rows can be read at `left`, and as many rows of a panel at `right`.
    pub(super) unsafe fn add(self, left: *const u32, left_stride: usize, right: *const u32, blocks: usize) {
        for block in 0..blocks {
            // SAFETY: the caller's contract; the tiles have as many rows as the group.
            unsafe {
                let (left, right) = (left.add(block * SIDE), right.add(block * SIDE * PANEL));
                load!(6, right, PANEL);
                load!(4, left, left_stride);
                add_products!(0, 4, 6);
                if self.rows > SIDE {
                    load!(5, left.add(SIDE * left_stride), left_stride);
                    add_products!(2, 5, 6);
                }
                if self.width > SIDE {
                    load!(7, right.add(SIDE), PANEL);
                    add_products!(1, 4, 7);
                    if self.rows > SIDE {
                        add_products!(3, 5, 7);
                    }
                }
            }
        }
    }

    /// Prefetches what will be read after the product, at the places of the group.
    pub(super) fn prefetch_next(self, next: Next<'_, f32>, panel: usize) {
        for next in next.iter().filter(|next| !next.is_empty()) {
            for row in 0..self.rows {
                for half in [0, SIDE] {
                    let at = row * self.stride + panel * PANEL + half;
                    prefetch_line(next.as_ptr().wrapping_add(at).cast());
                }
            }
        }
    }
}
