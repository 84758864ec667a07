//! Compiling a kernel once for each instruction path, and choosing the copy that runs.

/// Evaluates one of four expressions of the same arguments, the one for the path `$isa`, compiled for its instructions.
///
/// An expression sees the listed arguments and type parameters only. Functions that it calls must be `#[inline(always)]` to
/// be compiled for the path as well.
macro_rules! on_path {
    (
        $isa:expr,
        fn<$parameter:ident: $bound:path $(, const $count:ident: usize)?>($($argument:ident: $type:ty),+ $(,)?)
            $(-> $output:ty)?,
        avx512: $avx512:expr,
        avx2: $avx2:expr,
        neon: $neon:expr,
        portable: $portable:expr $(,)?
    ) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")]
        fn avx512<$parameter: $bound $(, const $count: usize)?>($($argument: $type),+) $(-> $output)? {
            $avx512
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn avx2<$parameter: $bound $(, const $count: usize)?>($($argument: $type),+) $(-> $output)? {
            $avx2
        }
        match $isa {
            // SAFETY: `Isa::available` gives a path only where the machine has its instructions, and nothing else makes one.
            #[cfg(target_arch = "x86_64")]
            isa if isa.has_avx512() => unsafe { avx512($($argument),+) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            $crate::isa::Isa::Avx2 => unsafe { avx2($($argument),+) },
            #[cfg(target_arch = "aarch64")]
            $crate::isa::Isa::Neon => $neon,
            _ => $portable,
        }
    }};
}

/// Defines a function whose body is compiled once for each instruction path; its first argument chooses the copy that runs.
///
/// Functions that the body calls must be `#[inline(always)]` to be compiled for the path as well.
macro_rules! compiled_for_each_path {
    (
        $(#[$attribute:meta])*
        $visibility:vis fn $name:ident<$parameter:ident: $bound:path $(, const $count:ident: usize)?>(
            $isa:ident: Isa,
            $($argument:ident: $type:ty),+ $(,)?
        ) $(-> $output:ty)? $body:block
    ) => {
        $(#[$attribute])*
        $visibility fn $name<$parameter: $bound $(, const $count: usize)?>(
            $isa: Isa,
            $($argument: $type),+
        ) $(-> $output)? {
            #[inline(always)]
            fn body<$parameter: $bound $(, const $count: usize)?>($($argument: $type),+) $(-> $output)? $body
            $crate::dispatch::on_path!(
                $isa,
                fn<$parameter: $bound $(, const $count: usize)?>($($argument: $type),+) $(-> $output)?,
                avx512: body($($argument),+),
                avx2: body($($argument),+),
                neon: body($($argument),+),
                portable: body($($argument),+),
            )
        }
    };
}

pub(crate) use {compiled_for_each_path, on_path};
