//! Which checks make a proof: the list that `assets/python/verify.py` and the verdict share.

use crate::facts::ComputeCapability;

/// The checks of the whole installation and of a card as such, before any kernel runs.
pub const IMPORT: &str = "import";
/// Whether torch can use any card.
pub const CUDA_AVAILABLE: &str = "cuda-available";
/// Whether torch holds code for a card.
pub const ARCH_LIST: &str = "arch-list";
/// Stands in a report if the check program itself did not reach its end.
pub const CHECK_PROGRAM: &str = "check-program";

/// A kernel family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelCheck {
    /// e.g. `matmul-bf16`.
    pub name: &'static str,
    /// The family exists from this compute capability on; below it may be skipped.
    pub since: Option<ComputeCapability>,
}

const AMPERE: Option<ComputeCapability> = Some(ComputeCapability::new(8, 0));

/// The kernel families, in the order they run, at every level. TF32 and bfloat16 came with compute capability 8.0
/// (CUDA C++ Programming Guide, "Compute Capabilities", <https://docs.nvidia.com/cuda/cuda-c-programming-guide/>).
pub const KERNELS: [KernelCheck; 12] = [
    KernelCheck { name: "matmul-fp32", since: None },
    KernelCheck { name: "matmul-tf32", since: AMPERE },
    KernelCheck { name: "matmul-fp16", since: None },
    KernelCheck { name: "matmul-bf16", since: AMPERE },
    KernelCheck { name: "conv2d", since: None },
    KernelCheck { name: "lstm", since: None },
    KernelCheck { name: "attention", since: None },
    KernelCheck { name: "layer-norm", since: None },
    KernelCheck { name: "softmax", since: None },
    KernelCheck { name: "embedding", since: None },
    KernelCheck { name: "forward-backward", since: None },
    KernelCheck { name: "optimizer-step", since: None },
];

impl KernelCheck {
    /// Whether a card of this compute capability has no such kernels; a card of unknown capability must show them.
    pub fn may_be_skipped_on(&self, capability: Option<ComputeCapability>) -> bool {
        self.since.zip(capability).is_some_and(|(since, card)| card < since)
    }
}
