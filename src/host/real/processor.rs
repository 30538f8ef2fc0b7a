//! Whether the processor can run virtual machines: what Windows and the `cpuid` instruction tell anybody who asks.

/// Whether virtualisation is switched on in the firmware, and whether a hypervisor runs; `None` where nobody can say.
#[cfg(all(windows, target_arch = "x86_64"))]
pub fn virtualisation() -> (Option<bool>, Option<bool>) {
    let hypervisor = Hypervisor::read();
    let firmware = firmware(is_enabled(), hypervisor);
    (firmware, Some(hypervisor != Hypervisor::None))
}

/// Only WSL2 asks for it, and that is an affair of Windows.
#[cfg(not(all(windows, target_arch = "x86_64")))]
pub const fn virtualisation() -> (Option<bool>, Option<bool>) {
    (None, None)
}

/// What runs between the processor and this system.
#[cfg(any(test, all(windows, target_arch = "x86_64")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hypervisor {
    /// Nothing.
    None,
    /// Windows's own, with this Windows as the system that makes its machines.
    Ours,
    /// This system is itself a guest.
    Beneath,
}

/// Under a hypervisor Windows may no longer see the processor's own switch; its own hypervisor proves it, a foreign one
/// proves nothing.
#[cfg(any(test, all(windows, target_arch = "x86_64")))]
const fn firmware(is_enabled: bool, hypervisor: Hypervisor) -> Option<bool> {
    match (is_enabled, hypervisor) {
        (true, _) | (false, Hypervisor::Ours) => Some(true),
        (false, Hypervisor::None) => Some(false),
        (false, Hypervisor::Beneath) => None,
    }
}

/// "Virtualization is enabled in the firmware and made available by the operating system":
/// <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-isprocessorfeaturepresent>
#[cfg(all(windows, target_arch = "x86_64"))]
#[expect(unsafe_code, reason = "the processor's features can be asked by this call only")]
fn is_enabled() -> bool {
    use windows::Win32::System::Threading::{IsProcessorFeaturePresent, PF_VIRT_FIRMWARE_ENABLED};
    // SAFETY: takes a number and reads a table of the system.
    unsafe { IsProcessorFeaturePresent(PF_VIRT_FIRMWARE_ENABLED) }.as_bool()
}

#[cfg(all(windows, target_arch = "x86_64"))]
impl Hypervisor {
    /// Bit 31 of leaf 1 tells of one; leaf `0x4000_0003` says whether this system may make machines (`CreatePartitions`,
    /// bit 0), which only the root of Microsoft's may:
    /// <https://learn.microsoft.com/virtualization/hyper-v-on-windows/tlfs/feature-discovery>
    fn read() -> Self {
        use std::arch::x86_64::__cpuid;
        const MICROSOFT: [u32; 3] = [0x7263_694d, 0x666f_736f, 0x7648_2074];
        if __cpuid(1).ecx >> 31 == 0 {
            return Self::None;
        }
        let vendor = __cpuid(0x4000_0000);
        let is_microsoft = [vendor.ebx, vendor.ecx, vendor.edx] == MICROSOFT && vendor.eax >= 0x4000_0003;
        if is_microsoft && __cpuid(0x4000_0003).ebx & 1 == 1 { Self::Ours } else { Self::Beneath }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hypervisor_of_others_says_nothing_of_the_firmware() {
        assert_eq!(firmware(true, Hypervisor::None), Some(true));
        assert_eq!(firmware(false, Hypervisor::None), Some(false));
        assert_eq!(firmware(false, Hypervisor::Ours), Some(true));
        assert_eq!(firmware(false, Hypervisor::Beneath), None);
        assert_eq!(firmware(true, Hypervisor::Beneath), Some(true));
    }
}
