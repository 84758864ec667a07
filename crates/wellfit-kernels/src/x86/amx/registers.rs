//! The tile registers of AMX.
//!
//! A register holds 16 rows of 16 words. Registers 0 to 3 are the sums of 32 rows by a panel, 4 and 5 the left operand of the
//! upper and lower 16 rows, 6 and 7 the right one. The compiler never uses these registers, so they keep their content from
//! one instruction to the next.

use std::arch::asm;

/// Rows of a tile, and words of one of its rows.
pub(super) const SIDE: usize = 16;

/// The shapes of the tile registers, as `ldtilecfg` reads them.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// Configures the tiles for groups of `rows` rows, 1 to 32.
///
/// # Safety
///
/// The machine has AMX.
pub(super) unsafe fn configure(rows: usize) {
    let (upper, lower) = (rows.min(SIDE) as u8, rows.saturating_sub(SIDE).max(1) as u8);
    let side = SIDE as u8;
    let mut shapes = Shapes { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
    shapes.row_bytes[..8].fill(4 * SIDE as u16);
    shapes.rows[..8].copy_from_slice(&[upper, upper, lower, lower, upper, lower, side, side]);
    // SAFETY: the shapes are 64 bytes, within what palette 1 allows.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &shapes, options(nostack, readonly, preserves_flags)) };
}

/// Releases the tiles, which makes switching between threads cheap again.
///
/// # Safety
///
/// The machine has AMX.
pub(super) unsafe fn release() {
    // SAFETY: the caller's contract.
    unsafe { asm!("tilerelease", options(nostack, nomem, preserves_flags)) };
}
