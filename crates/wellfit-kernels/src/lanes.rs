//! The vectors that products are computed in, and the portable ones.

use std::marker::PhantomData;

use crate::bf16::unpair;
use crate::number::Number;

/// Vectors of one instruction path for one kind of operand.
///
/// A word is an element of an operand: a number, or a pair of bf16.
///
/// # Safety
///
/// An implementation's pointer functions read and write exactly [`Lanes::COUNT`] elements, which need no alignment.
pub(crate) unsafe trait Lanes {
    /// An element of an operand.
    type Word: Copy;
    /// An element of the result.
    type Sum: Number;
    /// A vector of words.
    type Words: Copy;
    /// A vector of sums.
    type Sums: Copy;
    /// Elements of a vector.
    const COUNT: usize;

    /// # Safety
    ///
    /// The machine has the path.
    unsafe fn zero() -> Self::Sums;
    /// # Safety
    ///
    /// The machine has the path; what the pointer is to holds [`Lanes::COUNT`] elements.
    unsafe fn load_sums(from: *const Self::Sum) -> Self::Sums;
    /// # Safety
    ///
    /// The machine has the path; what the pointer is to holds [`Lanes::COUNT`] elements.
    unsafe fn store_sums(to: *mut Self::Sum, sums: Self::Sums);
    /// # Safety
    ///
    /// The machine has the path; what the pointer is to holds [`Lanes::COUNT`] elements.
    unsafe fn load(from: *const Self::Word) -> Self::Words;
    /// The word at `from` in every lane.
    ///
    /// # Safety
    ///
    /// The machine has the path; one word can be read.
    unsafe fn splat(from: *const Self::Word) -> Self::Words;
    /// sums + left · right; with pairs, both products of a lane are added to its sum.
    ///
    /// # Safety
    ///
    /// The machine has the path.
    unsafe fn multiply_add(left: Self::Words, right: Self::Words, sums: Self::Sums) -> Self::Sums;
}

/// Elements of a portable vector, as of NEON.
const COUNT: usize = 4;

/// Numbers in portable source; `FUSED` where a multiply-add is one instruction.
pub(crate) struct Portable<T, const FUSED: bool>(PhantomData<T>);

// SAFETY: pointers are read and written as arrays of COUNT elements without a claim of alignment.
unsafe impl<T: Number, const FUSED: bool> Lanes for Portable<T, FUSED> {
    type Word = T;
    type Sum = T;
    type Words = [T; COUNT];
    type Sums = [T; COUNT];
    const COUNT: usize = COUNT;

    #[inline(always)]
    unsafe fn zero() -> [T; COUNT] {
        [T::ZERO; COUNT]
    }
    #[inline(always)]
    unsafe fn load_sums(from: *const T) -> [T; COUNT] {
        // SAFETY: the caller's contract.
        unsafe { from.cast::<[T; COUNT]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store_sums(to: *mut T, sums: [T; COUNT]) {
        // SAFETY: the caller's contract.
        unsafe { to.cast::<[T; COUNT]>().write_unaligned(sums) }
    }
    #[inline(always)]
    unsafe fn load(from: *const T) -> [T; COUNT] {
        // SAFETY: the caller's contract.
        unsafe { from.cast::<[T; COUNT]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn splat(from: *const T) -> [T; COUNT] {
        // SAFETY: the caller's contract.
        [unsafe { from.read_unaligned() }; COUNT]
    }
    #[inline(always)]
    unsafe fn multiply_add(left: [T; COUNT], right: [T; COUNT], sums: [T; COUNT]) -> [T; COUNT] {
        std::array::from_fn(|i| add_product::<T, FUSED>(left[i], right[i], sums[i]))
    }
}

/// Pairs of bf16 in portable source: each half becomes a number again.
pub(crate) struct PortablePairs<T, const FUSED: bool>(PhantomData<T>);

// SAFETY: as for `Portable`.
unsafe impl<T: Number, const FUSED: bool> Lanes for PortablePairs<T, FUSED> {
    type Word = u32;
    type Sum = T;
    type Words = [u32; COUNT];
    type Sums = [T; COUNT];
    const COUNT: usize = COUNT;

    #[inline(always)]
    unsafe fn zero() -> [T; COUNT] {
        [T::ZERO; COUNT]
    }
    #[inline(always)]
    unsafe fn load_sums(from: *const T) -> [T; COUNT] {
        // SAFETY: the caller's contract.
        unsafe { from.cast::<[T; COUNT]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store_sums(to: *mut T, sums: [T; COUNT]) {
        // SAFETY: the caller's contract.
        unsafe { to.cast::<[T; COUNT]>().write_unaligned(sums) }
    }
    #[inline(always)]
    unsafe fn load(from: *const u32) -> [u32; COUNT] {
        // SAFETY: the caller's contract.
        unsafe { from.cast::<[u32; COUNT]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn splat(from: *const u32) -> [u32; COUNT] {
        // SAFETY: the caller's contract.
        [unsafe { from.read_unaligned() }; COUNT]
    }
    #[inline(always)]
    unsafe fn multiply_add(left: [u32; COUNT], right: [u32; COUNT], sums: [T; COUNT]) -> [T; COUNT] {
        std::array::from_fn(|i| {
            let ([a, b], [c, d]) = (unpair(left[i]), unpair(right[i]));
            let number = |value: f32| T::from_f64(f64::from(value));
            let sum = add_product::<T, FUSED>(number(a), number(c), sums[i]);
            add_product::<T, FUSED>(number(b), number(d), sum)
        })
    }
}

#[inline(always)]
fn add_product<T: Number, const FUSED: bool>(a: T, b: T, sum: T) -> T {
    if FUSED { a.mul_add(b, sum) } else { a * b + sum }
}
