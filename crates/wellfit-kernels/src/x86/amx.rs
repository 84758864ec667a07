//! Products of bf16 pairs in the tiles of AMX: an instruction adds 32 steps to 16 by 16 sums.
//!
//! A tile register holds 16 rows of 16 words. Registers 0 to 3 are the sums of 32 rows by a panel, 4 and 5 the left operand
//! of the upper and lower 16 rows, 6 and 7 the right one. The compiler never uses these registers, so they keep their content
//! from one instruction to the next.

use std::arch::asm;
use std::mem::MaybeUninit;

use super::transpose_16;
use crate::operand::PANEL;
use crate::prefetch::prefetch_line;
use crate::tile::{Job, Run};

/// Rows of a tile, and words of one of its rows.
const SIDE: usize = 16;
/// Words of the left operand that are transposed at once, for each of the gradient's 32 rows: a block of 256 rows of a batch.
const TRANSPOSED: usize = 128;

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

/// Whether this machine has AMX with bf16 and the system lets this process use it; asked of the system on the first call.
pub(super) fn is_available() -> bool {
    cfg!(target_os = "linux") && has_instructions() && is_permitted()
}

fn has_instructions() -> bool {
    use std::arch::x86_64::{__cpuid, __cpuid_count};
    const AMX_BF16: u32 = 1 << 22;
    const AMX_TILE: u32 = 1 << 24;
    __cpuid(0).eax >= 7 && __cpuid_count(7, 0).edx & (AMX_BF16 | AMX_TILE) == AMX_BF16 | AMX_TILE
}

/// Asks Linux for the tile registers: a thread's state grows by 8 KiB, so that a process has to ask.
/// Source: Linux, Documentation/arch/x86/xstate.rst.
fn is_permitted() -> bool {
    const ARCH_PRCTL: isize = 158;
    const ARCH_REQ_XCOMP_PERM: usize = 0x1023;
    const XTILEDATA: usize = 18;
    let mut answer = ARCH_PRCTL;
    // SAFETY: the call reads its two numbers, and changes what the process may use, nothing in its memory.
    unsafe {
        asm!("syscall", inlateout("rax") answer, in("rdi") ARCH_REQ_XCOMP_PERM, in("rsi") XTILEDATA,
             out("rcx") _, out("r11") _, options(nostack));
    }
    answer == 0
}

/// The shapes of the tile registers, as `ldtilecfg` reads them.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// Makes the tiles ready for groups of `rows` rows, 1 to 32.
///
/// # Safety
///
/// The machine has AMX.
unsafe fn configure(rows: usize) {
    let (upper, lower) = (rows.min(SIDE) as u8, rows.saturating_sub(SIDE).max(1) as u8);
    let side = SIDE as u8;
    let mut shapes = Shapes { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
    shapes.row_bytes[..8].fill(4 * SIDE as u16);
    shapes.rows[..8].copy_from_slice(&[upper, upper, lower, lower, upper, lower, side, side]);
    // SAFETY: the shapes are 64 bytes, within what palette 1 allows.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &shapes, options(nostack, readonly, preserves_flags)) };
}

/// Gives the tiles back, which makes switching between threads cheap again.
///
/// # Safety
///
/// The machine has AMX.
unsafe fn release() {
    // SAFETY: the caller's contract.
    unsafe { asm!("tilerelease", options(nostack, nomem, preserves_flags)) };
}

/// One product on tiles.
///
/// # Safety
///
/// As of [`crate::tile::Paths::pairs`]; the machine has AMX and AVX-512.
pub(crate) unsafe fn pairs<I: Iterator<Item = Run<u32>>>(job: Job<'_, f32, impl Fn(usize) -> I>, result: *mut f32) {
    // SAFETY: the caller's contract is passed on.
    unsafe {
        match job.left {
            [row, 1] => by_rows(&job, row, result),
            _ => by_columns(&job, result),
        }
        release();
    }
}

/// A product whose left operand lies row by row, panel by panel; the rows that do not fill a group come last.
///
/// # Safety
///
/// As of [`pairs`].
unsafe fn by_rows<I: Iterator<Item = Run<u32>>>(
    job: &Job<'_, f32, impl Fn(usize) -> I>,
    left_row: usize,
    result: *mut f32,
) {
    let whole = job.rows / PANEL * PANEL;
    for (from, to) in [(0, whole), (whole, job.rows)] {
        if from == to {
            continue;
        }
        // SAFETY: rows `from` to `to` are the result's; every group but the last range's has PANEL rows.
        unsafe {
            configure((to - from).min(PANEL));
            for panel in 0..job.columns.div_ceil(PANEL) {
                let mut bias = [0f32; PANEL];
                if let Some(from) = job.bias.get(panel * PANEL..) {
                    let width = from.len().min(PANEL);
                    bias[..width].copy_from_slice(&from[..width]);
                }
                for first in (from..to).step_by(PANEL) {
                    let group = Group::of(job, first, panel, to - first);
                    group.start(&bias);
                    for run in (job.runs)(panel) {
                        let left = run.left.add(first * left_row);
                        group.add(left, left_row, run.right, run.readable / SIDE);
                    }
                    group.store(result);
                }
            }
        }
    }
}

/// A product of at most 32 rows whose left operand lies as a panel: it is transposed, a block of it at a time.
///
/// # Safety
///
/// As of [`pairs`].
unsafe fn by_columns<I: Iterator<Item = Run<u32>>>(job: &Job<'_, f32, impl Fn(usize) -> I>, result: *mut f32) {
    assert!(job.rows <= PANEL, "a panel of the left operand");
    let mut transposed = MaybeUninit::<[[u32; PANEL * PANEL]; TRANSPOSED / PANEL]>::uninit();
    let pieces: *mut [u32; PANEL * PANEL] = transposed.as_mut_ptr().cast();
    let mut is_first = true;
    // SAFETY: pieces cover the steps of each run, the last one filled up with zeros; the result is (rows, columns).
    unsafe {
        configure(job.rows);
        for (r, run) in (job.runs)(0).enumerate() {
            for from in (0..run.steps).step_by(TRANSPOSED) {
                let steps = (run.steps - from).min(TRANSPOSED);
                for piece in 0..steps.div_ceil(PANEL) {
                    let left = run.left.add((from + piece * PANEL) * PANEL);
                    transpose_piece(left, steps - piece * PANEL, pieces.add(piece));
                }
                for panel in 0..job.columns.div_ceil(PANEL) {
                    let group = Group::of(job, 0, panel, job.rows);
                    if is_first {
                        group.ask_for_next(job, panel);
                        group.start(&[0.0; PANEL]);
                    } else {
                        group.reload(result);
                    }
                    let Some(run) = (job.runs)(panel).nth(r) else { continue };
                    for piece in 0..steps.div_ceil(PANEL) {
                        let rest = (steps - piece * PANEL).min(PANEL);
                        let right = run.right.add((from + piece * PANEL) * PANEL);
                        let left = pieces.add(piece).cast::<u32>();
                        group.add(left, PANEL, right, rest / SIDE);
                        if !rest.is_multiple_of(SIDE) {
                            let done = rest / SIDE * SIDE;
                            let mut filled = [0u32; SIDE * PANEL];
                            let words = (rest - done) * PANEL;
                            std::ptr::copy_nonoverlapping(right.add(done * PANEL), filled.as_mut_ptr(), words);
                            group.add(left.add(done), PANEL, filled.as_ptr(), 1);
                        }
                    }
                    group.store(result);
                }
                is_first = false;
            }
        }
    }
    assert!(!is_first, "a gradient is over at least one row");
}

/// Up to 32 steps of 32 columns, transposed; steps beyond `steps` are 0.
///
/// # Safety
///
/// `steps` rows of 32 words can be read at `from`, 32 rows written at `to`; the machine has AVX-512.
unsafe fn transpose_piece(from: *const u32, steps: usize, to: *mut [u32; PANEL * PANEL]) {
    // SAFETY: the caller's contract; `filled` holds 32 rows.
    unsafe {
        if steps >= PANEL {
            return transpose_16(PANEL, from, to.cast());
        }
        let mut filled = [0u32; PANEL * PANEL];
        std::ptr::copy_nonoverlapping(from, filled.as_mut_ptr(), steps * PANEL);
        transpose_16(PANEL, filled.as_ptr(), to.cast());
    }
}

/// A group of up to 32 rows and one panel of the result, whose sums are in the tiles.
#[derive(Clone, Copy)]
struct Group {
    /// Rows and columns of it that the result has.
    rows: usize,
    width: usize,
    /// Where it starts in the result.
    offset: usize,
    result_row: usize,
}

impl Group {
    fn of<R>(job: &Job<'_, f32, R>, first_row: usize, panel: usize, rows: usize) -> Group {
        let first = panel * PANEL;
        Group {
            rows: rows.min(PANEL),
            width: (job.columns - first).min(PANEL),
            offset: first_row * job.result_row + first,
            result_row: job.result_row,
        }
    }

    /// Every row of sums starts as `bias`.
    ///
    /// # Safety
    ///
    /// The tiles are configured; here and below.
    unsafe fn start(self, bias: &[f32; PANEL]) {
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

    /// Takes the sums up again that [`Group::store`] wrote.
    ///
    /// # Safety
    ///
    /// The result is (rows, columns).
    unsafe fn reload(self, result: *const f32) {
        // SAFETY: the group lies in the result; what it does not fill goes through `edge`.
        unsafe {
            let from = result.add(self.offset);
            if self.width == PANEL {
                return self.load_sums(from, self.result_row);
            }
            let mut edge = [0f32; PANEL * PANEL];
            for row in 0..self.rows {
                let to = edge.as_mut_ptr().add(row * PANEL);
                std::ptr::copy_nonoverlapping(from.add(row * self.result_row), to, self.width);
            }
            self.load_sums(edge.as_ptr(), PANEL);
        }
    }

    /// # Safety
    ///
    /// `rows` rows of 32 numbers, `row` apart, can be read.
    unsafe fn load_sums(self, from: *const f32, row: usize) {
        // SAFETY: the caller's contract; the tiles have as many rows as the group.
        unsafe {
            load!(0, from, row);
            load!(1, from.add(SIDE), row);
            if self.rows > SIDE {
                load!(2, from.add(SIDE * row), row);
                load!(3, from.add(SIDE * row + SIDE), row);
            }
        }
    }

    /// Writes the sums into the result.
    ///
    /// # Safety
    ///
    /// The result is (rows, columns).
    unsafe fn store(self, result: *mut f32) {
        // SAFETY: as of `reload`.
        unsafe {
            let to = result.add(self.offset);
            if self.width == PANEL {
                return self.store_sums(to, self.result_row);
            }
            let mut edge = [0f32; PANEL * PANEL];
            self.store_sums(edge.as_mut_ptr(), PANEL);
            for row in 0..self.rows {
                let from = edge.as_ptr().add(row * PANEL);
                std::ptr::copy_nonoverlapping(from, to.add(row * self.result_row), self.width);
            }
        }
    }

    /// # Safety
    ///
    /// `rows` rows of 32 numbers, `row` apart, can be written.
    unsafe fn store_sums(self, to: *mut f32, row: usize) {
        // SAFETY: the caller's contract; the tiles have as many rows as the group.
        unsafe {
            store!(0, to, row);
            store!(1, to.add(SIDE), row);
            if self.rows > SIDE {
                store!(2, to.add(SIDE * row), row);
                store!(3, to.add(SIDE * row + SIDE), row);
            }
        }
    }

    /// Adds `blocks` times 16 words of steps: rows of the left operand are `left_row` words apart.
    ///
    /// # Safety
    ///
    /// So many words of the group's rows can be read at `left`, and as many rows of a panel at `right`.
    unsafe fn add(self, left: *const u32, left_row: usize, right: *const u32, blocks: usize) {
        for block in 0..blocks {
            // SAFETY: the caller's contract; the tiles have as many rows as the group.
            unsafe {
                let (left, right) = (left.add(block * SIDE), right.add(block * SIDE * PANEL));
                load!(6, right, PANEL);
                load!(4, left, left_row);
                add_products!(0, 4, 6);
                if self.rows > SIDE {
                    load!(5, left.add(SIDE * left_row), left_row);
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

    /// Asks for what will be read next, at the places of the group.
    fn ask_for_next<R>(self, job: &Job<'_, f32, R>, panel: usize) {
        for next in job.next.iter().filter(|next| !next.is_empty()) {
            for row in 0..self.rows {
                for half in [0, SIDE] {
                    let at = row * self.result_row + panel * PANEL + half;
                    prefetch_line(next.as_ptr().wrapping_add(at).cast());
                }
            }
        }
    }
}
