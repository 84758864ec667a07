//! Products of bf16 pairs in the tiles of AMX: one instruction adds 32 steps to 16 by 16 sums.

mod group;
pub(crate) mod permission;
mod registers;

use std::mem::MaybeUninit;

use self::group::Group;
use self::registers::{SIDE, configure, release};
use super::transpose::transpose;
use crate::job::{Job, Run};
use crate::panel::PANEL;

/// Words of the left operand that are transposed at once, for each of the gradient's 32 rows: a block of 256 rows of a batch.
const TRANSPOSED: usize = 128;

/// Computes a product of pairs in tiles.
///
/// # Safety
///
/// The job is valid, and the machine has AMX and AVX-512.
pub(crate) unsafe fn multiply_pairs<I: Iterator<Item = Run<u32>>>(job: Job<'_, f32, impl Fn(usize) -> I>) {
    // SAFETY: the caller's contract is passed on.
    unsafe {
        match job.left_strides {
            [stride, 1] => by_rows(&job, stride),
            _ => by_columns(&job),
        }
        release();
    }
}

/// A product whose left operand is row-major, panel by panel; the rows that do not fill a group come last.
///
/// # Safety
///
/// As for [`multiply_pairs`].
unsafe fn by_rows<I: Iterator<Item = Run<u32>>>(job: &Job<'_, f32, impl Fn(usize) -> I>, left_stride: usize) {
    let output = &job.output;
    let whole = output.rows / PANEL * PANEL;
    for (from, to) in [(0, whole), (whole, output.rows)] {
        if from == to {
            continue;
        }
        // SAFETY: rows `from` to `to` are the output's; every group but the last range's has PANEL rows.
        unsafe {
            configure((to - from).min(PANEL));
            for panel in 0..output.columns.div_ceil(PANEL) {
                let mut bias = [0f32; PANEL];
                if let Some(from) = output.bias.get(panel * PANEL..) {
                    let width = from.len().min(PANEL);
                    bias[..width].copy_from_slice(&from[..width]);
                }
                for first in (from..to).step_by(PANEL) {
                    let group = Group::new(output, first, panel, to - first);
                    group.start(&bias);
                    for run in (job.runs)(panel) {
                        let left = run.left.add(first * left_stride);
                        group.add(left, left_stride, run.right, run.readable / SIDE);
                    }
                    group.store();
                }
            }
        }
    }
}

/// A product of at most 32 rows whose left operand is a panel: it is transposed, a block of it at a time.
///
/// # Safety
///
/// As for [`multiply_pairs`].
unsafe fn by_columns<I: Iterator<Item = Run<u32>>>(job: &Job<'_, f32, impl Fn(usize) -> I>) {
    let output = &job.output;
    assert!(output.rows <= PANEL, "a panel of the left operand");
    let mut transposed = MaybeUninit::<[[u32; PANEL * PANEL]; TRANSPOSED / PANEL]>::uninit();
    let pieces: *mut [u32; PANEL * PANEL] = transposed.as_mut_ptr().cast();
    let mut is_first = true;
    // SAFETY: pieces cover the steps of each run, the last one padded with zeros; the output is (rows, columns).
    unsafe {
        configure(output.rows);
        for (r, run) in (job.runs)(0).enumerate() {
            for from in (0..run.steps).step_by(TRANSPOSED) {
                let steps = (run.steps - from).min(TRANSPOSED);
                for piece in 0..steps.div_ceil(PANEL) {
                    let left = run.left.add((from + piece * PANEL) * PANEL);
                    transpose_piece(left, steps - piece * PANEL, pieces.add(piece));
                }
                for panel in 0..output.columns.div_ceil(PANEL) {
                    let group = Group::new(output, 0, panel, output.rows);
                    if is_first {
                        group.prefetch_next(output.next, panel);
                        group.start(&[0.0; PANEL]);
                    } else {
                        group.reload();
                    }
                    let Some(run) = (job.runs)(panel).nth(r) else { continue };
                    for piece in 0..steps.div_ceil(PANEL) {
                        let rest = (steps - piece * PANEL).min(PANEL);
                        let right = run.right.add((from + piece * PANEL) * PANEL);
                        let left = pieces.add(piece).cast::<u32>();
                        group.add(left, PANEL, right, rest / SIDE);
                        if !rest.is_multiple_of(SIDE) {
                            let done = rest / SIDE * SIDE;
                            let mut padded = [0u32; SIDE * PANEL];
                            let words = (rest - done) * PANEL;
                            std::ptr::copy_nonoverlapping(right.add(done * PANEL), padded.as_mut_ptr(), words);
                            group.add(left.add(done), PANEL, padded.as_ptr(), 1);
                        }
                    }
                    group.store();
                }
                is_first = false;
            }
        }
    }
    assert!(!is_first, "a gradient is over at least one row");
}

/// Transposes up to 32 steps of 32 columns; steps beyond `steps` are 0.
///
/// # Safety
///
/// `steps` rows of 32 words can be read at `from`, 32 rows written at `to`; the machine has AVX-512.
unsafe fn transpose_piece(from: *const u32, steps: usize, to: *mut [u32; PANEL * PANEL]) {
    // SAFETY: the caller's contract; `padded` holds 32 rows.
    unsafe {
        if steps >= PANEL {
            return transpose(PANEL, from, to.cast());
        }
        let mut padded = [0u32; PANEL * PANEL];
        std::ptr::copy_nonoverlapping(from, padded.as_mut_ptr(), steps * PANEL);
        transpose(PANEL, padded.as_ptr(), to.cast());
    }
}
