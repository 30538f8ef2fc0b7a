//! Which compiled code runs on which card.

use super::{ArchList, Architecture, Catalog, Platform};
use crate::facts::{ComputeCapability, CudaVersion, TorchVersion};
use crate::verify::Kernels;

impl Catalog {
    /// The architecture of a compute capability.
    pub fn architecture(&self, capability: ComputeCapability) -> Option<&Architecture> {
        self.architectures.iter().find(|row| row.capabilities.contains(&capability))
    }

    /// Whether a card of this capability sits beside an Arm processor alone.
    pub fn is_on_arm(&self, capability: ComputeCapability) -> bool {
        self.architectures.iter().any(|row| row.on_arm.contains(&capability))
    }

    /// Whether a build with this runtime could have code for a card at all; the answer where no list is known.
    pub fn could_have_code(&self, cuda: CudaVersion, capability: ComputeCapability) -> bool {
        // Code of an older member of the generation serves, so the generation's first release counts.
        let members =
            self.architectures.iter().filter(|row| row.capabilities.iter().any(|c| c.major == capability.major));
        let first = members.map(|row| row.first_cuda).min().flatten();
        let last = self.architecture(capability).and_then(|row| row.last_cuda);
        first.is_none_or(|first| cuda >= first) && last.is_none_or(|last| cuda <= last)
    }

    /// Whether a build has code for a card. `archs` as torch prints them: `sm_90`, `compute_120`.
    pub fn runs_on<S: AsRef<str>>(
        &self,
        archs: &[S],
        capability: ComputeCapability,
        cuda: Option<CudaVersion>,
    ) -> Kernels {
        let read = |prefix: &str| -> Vec<ComputeCapability> {
            let of_kind = archs.iter().map(AsRef::as_ref).filter(|arch| arch.starts_with(prefix));
            of_kind.filter_map(|arch| arch.parse().ok()).collect()
        };
        self.kernels(&read("sm_"), &read("compute_"), capability, cuda)
    }

    /// The same for a row of the table. What reports contradict each other about does not count.
    pub fn runs_row(&self, row: &ArchList, capability: ComputeCapability, cuda: Option<CudaVersion>) -> Kernels {
        self.kernels(&row.archs, &row.ptx, capability, cuda)
    }

    /// A cubin runs on cards of its major version whose minor is not below its own (binary compatibility); PTX can
    /// be compiled for anything newer.
    pub(super) fn kernels(
        &self,
        cubins: &[ComputeCapability],
        ptx: &[ComputeCapability],
        capability: ComputeCapability,
        cuda: Option<CudaVersion>,
    ) -> Kernels {
        if cubins.contains(&capability) {
            return Kernels::Native;
        }
        let excepted = |code: &ComputeCapability| {
            self.code_exceptions.iter().any(|row| {
                row.code == *code
                    && row.not_on == capability
                    && row.until_cuda.is_none_or(|until| cuda.is_none_or(|cuda| cuda < until))
            })
        };
        let fits = |code: &&ComputeCapability| code.major == capability.major && code.minor <= capability.minor;
        if cubins.iter().filter(fits).any(|code| !excepted(code)) {
            return Kernels::SameMajor;
        }
        if ptx.iter().any(|code| *code <= capability) { Kernels::Ptx } else { Kernels::None }
    }
}

impl ArchList {
    /// Whether the row speaks of this build.
    pub fn is_of(&self, torch: &TorchVersion, variant: &str, platform: Platform) -> bool {
        self.platforms.contains(&platform)
            && self.variants.iter().any(|name| name == variant)
            && (self.torch.contains(torch) || self.before.as_ref().is_some_and(|before| torch < before))
    }
}
