//! Which checks make a proof: the list that the check program (`assets/python/verify/`) and the verdict share.

use super::Level;
use crate::facts::ComputeCapability;

/// The checks of the whole installation and of a card as such, before any kernel runs.
pub const IMPORT: &str = "import";
/// Whether torch can use any card.
pub const CUDA_AVAILABLE: &str = "cuda-available";
/// Whether the driver carries the CUDA that torch brings.
pub const DRIVER_RUNTIME: &str = "driver-runtime";
/// Whether torch holds code for a card.
pub const ARCH_LIST: &str = "arch-list";
/// Stands in a report if the check program itself did not reach its end.
pub const CHECK_PROGRAM: &str = "check-program";
/// Copies within the memory of a card, whose speed is the memory's.
pub const MEMORY_COPY: &str = "memory-copy";
/// Copies from the PC's memory to a card's and back, whose speed is the link's.
pub const PINNED_COPY: &str = "pinned-copy";
/// Minutes of load.
pub const SOAK: &str = "soak";

/// A kernel family, or what else of a card is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelCheck {
    /// e.g. `matmul-bf16`.
    pub name: &'static str,
    /// The level that it came with: a part of every level, or of this one alone.
    pub level: Level,
    /// The family exists from this compute capability on; below it may be skipped.
    pub since: Option<ComputeCapability>,
    /// It may be missing for another reason than the card: a package that is not installed, an older torch, another
    /// system, a single card.
    pub may_be_absent: bool,
}

const fn quick(name: &'static str) -> KernelCheck {
    KernelCheck { name, level: Level::Quick, since: None, may_be_absent: false }
}

const fn full(name: &'static str) -> KernelCheck {
    KernelCheck { level: Level::Full, ..quick(name) }
}

impl KernelCheck {
    const fn since(self, major: u8, minor: u8) -> Self {
        Self { since: Some(ComputeCapability::new(major, minor)), ..self }
    }

    const fn may_be_absent(self) -> Self {
        Self { may_be_absent: true, ..self }
    }
}

/// All checks of a card, in the order they run. Compute capabilities are those of the CUDA C++ Programming Guide
/// ("Compute Capabilities", <https://docs.nvidia.com/cuda/cuda-c-programming-guide/>).
pub const KERNELS: [KernelCheck; 39] = [
    quick("torchvision").may_be_absent(),
    quick("torchaudio").may_be_absent(),
    quick("triton").may_be_absent(),
    quick("matmul-fp32"),
    quick("matmul-tf32").since(8, 0),
    quick("matmul-fp16"),
    quick("matmul-bf16").since(8, 0),
    quick("matmul-fp8").since(8, 9).may_be_absent(),
    full("int8").since(7, 5).may_be_absent(),
    quick("conv2d"),
    quick("lstm"),
    quick("layer-norm"),
    quick("softmax"),
    quick("embedding"),
    quick("attention-flash").since(8, 0).may_be_absent(),
    quick("attention-efficient"),
    quick("attention-math"),
    quick("reductions"),
    quick("sort"),
    quick("indexing"),
    quick("random"),
    quick("forward-backward"),
    quick("optimizer-step"),
    full("training-convnet"),
    full("training-transformer"),
    quick(MEMORY_COPY),
    full(PINNED_COPY),
    full("memory-pattern"),
    full("fft"),
    full("linalg"),
    full("sparse"),
    full("streams"),
    full("cuda-graphs"),
    full("peer-copy").may_be_absent(),
    full("nccl").may_be_absent(),
    full("compile").may_be_absent(),
    full("nf4").may_be_absent(),
    full("xformers").may_be_absent(),
    KernelCheck { level: Level::Soak, ..quick(SOAK) },
];

/// The checks of a level, in the order they run.
pub fn of(level: Level) -> impl Iterator<Item = &'static KernelCheck> {
    KERNELS.iter().filter(move |kernel| kernel.level == Level::Quick || kernel.level == level)
}

impl KernelCheck {
    /// Whether a skip of it says nothing against the card. `is_absent`: by the check program there is no such thing here,
    /// as against one that was not tried. A card of unknown capability must show what depends on it.
    pub fn is_rightly_skipped(&self, capability: Option<ComputeCapability>, is_absent: bool) -> bool {
        is_absent && (self.may_be_absent || self.since.zip(capability).is_some_and(|(since, card)| card < since))
    }
}
