//! The vectors that a product is computed in, and the ones that every machine has.

use std::marker::PhantomData;

use crate::precision::unpair;
use crate::scalar::Scalar;

/// Vectors of one instruction path for one kind of operand.
///
/// A word is what operands are made of: a number, or two bf16 side by side.
///
/// # Safety
///
/// The pointer functions read and write exactly [`Lanes::COUNT`] elements, which need no alignment.
pub(crate) unsafe trait Lanes {
    /// An element of an operand.
    type Word: Copy;
    /// An element of a sum.
    type Number: Scalar;
    /// A vector of words.
    type Words: Copy;
    /// A vector of sums.
    type Sums: Copy;
    /// Elements of a vector.
    const COUNT: usize;

    /// # Safety
    ///
    /// As of the trait; the machine has the path.
    unsafe fn zero() -> Self::Sums;
    /// # Safety
    ///
    /// As of the trait; the machine has the path.
    unsafe fn load_sums(from: *const Self::Number) -> Self::Sums;
    /// # Safety
    ///
    /// As of the trait; the machine has the path.
    unsafe fn store_sums(to: *mut Self::Number, sums: Self::Sums);
    /// # Safety
    ///
    /// As of the trait; the machine has the path.
    unsafe fn load(from: *const Self::Word) -> Self::Words;
    /// The word at `from` in every lane.
    ///
    /// # Safety
    ///
    /// One word can be read; the machine has the path.
    unsafe fn splat(from: *const Self::Word) -> Self::Words;
    /// sums + left · right; for pairs, both products of a lane are added to its sum.
    ///
    /// # Safety
    ///
    /// The machine has the path.
    unsafe fn multiply_add(left: Self::Words, right: Self::Words, sums: Self::Sums) -> Self::Sums;
}

/// Lanes that the portable path and NEON use.
const COUNT: usize = 4;

/// Full precision on every machine; `FUSED` where a multiply-add is one instruction.
pub(crate) struct Full<T, const FUSED: bool>(PhantomData<T>);

// SAFETY: pointers are read and written as arrays of COUNT elements without a claim of alignment.
unsafe impl<T: Scalar, const FUSED: bool> Lanes for Full<T, FUSED> {
    type Word = T;
    type Number = T;
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

/// Pairs of bf16 on every machine: each half becomes a number again.
pub(crate) struct Pairs<T, const FUSED: bool>(PhantomData<T>);

// SAFETY: as of `Full`.
unsafe impl<T: Scalar, const FUSED: bool> Lanes for Pairs<T, FUSED> {
    type Word = u32;
    type Number = T;
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
fn add_product<T: Scalar, const FUSED: bool>(a: T, b: T, sum: T) -> T {
    if FUSED { a.mul_add(b, sum) } else { a * b + sum }
}
