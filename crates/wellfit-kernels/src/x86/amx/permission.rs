//! Whether this process may use AMX.

use std::arch::asm;

/// Returns true if this machine has AMX with bf16 and the system lets this process use it; the first call asks the system.
pub(crate) fn is_available() -> bool {
    cfg!(target_os = "linux") && has_instructions() && is_permitted()
}

fn has_instructions() -> bool {
    use std::arch::x86_64::{__cpuid, __cpuid_count};
    const AMX_BF16: u32 = 1 << 22;
    const AMX_TILE: u32 = 1 << 24;
    __cpuid(0).eax >= 7 && __cpuid_count(7, 0).edx & (AMX_BF16 | AMX_TILE) == AMX_BF16 | AMX_TILE
}

/// Asks Linux for the tile registers: they add 8 KiB to a thread's state, so a process has to ask.
///
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
