//! What a failed check says → the label of a known failure. Only the obvious ones; a whole log is `diagnose`'s affair.

use super::checks::ARCH_LIST;
use super::{Check, CheckOutcome};

/// A part of what torch, CUDA or the loader says (lower case), and the label. The first that fits counts; wordings are
/// those of torch 2.x (`c10/cuda`, `aten/src/ATen/cuda`), of `cudaGetErrorString` and of the system loaders, read
/// 2026-11-21.
const LABELS: &[(&str, &str)] = &[
    ("wrong result", "nan-or-wrong-result"),
    ("no kernel image is available", "no-kernel-image"),
    ("was built without cuda", "cpu-only-wheel"),
    ("not compiled with cuda", "cpu-only-wheel"),
    ("cuda_visible_devices=", "cuda-visible-devices"),
    ("driver on your system is too old", "driver-too-old"),
    ("driver version is insufficient", "driver-too-old"),
    ("found no nvidia driver", "driver-missing"),
    ("unsupported display driver / cuda driver combination", "driver-mismatch"),
    ("gpu is lost", "gpu-fell-off-bus"),
    ("fallen off the bus", "gpu-fell-off-bus"),
    ("out of memory", "gpu-oom"),
    ("illegal memory access", "illegal-memory-access"),
    ("device-side assert", "device-side-assert"),
    ("busy or unavailable", "device-unavailable"),
    ("cuda error: unknown error", "cuda-unknown-error"),
    ("cuda unknown error", "cuda-unknown-error"),
    ("cudnn_status", "cudnn-failure"),
    ("cudnn error", "cudnn-failure"),
    ("cublas_status", "cublas-failure"),
    ("ijit_notifyevent", "mixed-install"),
    ("libcusparselt", "cusparselt-or-nvidia-lib-missing"),
    ("libnvjitlink", "cusparselt-or-nvidia-lib-missing"),
    ("libcudart", "cusparselt-or-nvidia-lib-missing"),
    ("libcublas", "cusparselt-or-nvidia-lib-missing"),
    ("libcudnn", "cusparselt-or-nvidia-lib-missing"),
    ("libcupti", "cusparselt-or-nvidia-lib-missing"),
    ("winerror 1455", "page-file-too-small"),
    ("winerror 4551", "app-control-policy"),
    ("winerror 1260", "app-control-policy"),
    ("winerror 225]", "antivirus"),
    ("winerror 126]", VC_RUNTIME),
    ("winerror 127]", VC_RUNTIME),
    ("winerror 1114", VC_RUNTIME),
    ("sigill", "illegal-instruction"),
    ("0xc000001d", "illegal-instruction"),
];

/// The label of libraries that Windows could not load, for want of Microsoft's C++ runtime as a rule.
pub const VC_RUNTIME: &str = "vcredist-missing";

/// The label of the first failure that has one. A list of architectures that lacks the card comes last: what a kernel
/// itself says is the better evidence.
pub(super) fn first_label(checks: &[Check]) -> Option<&'static str> {
    let bad = |check: &&Check| !matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Skipped);
    let by_words = checks.iter().filter(bad).find_map(|check| {
        let words = check.detail.as_deref()?.to_lowercase();
        LABELS.iter().find(|(part, _)| words.contains(part)).map(|(_, label)| *label)
    });
    let lacks_card = || checks.iter().filter(bad).any(|check| check.check == ARCH_LIST);
    by_words.or_else(|| lacks_card().then_some("arch-not-compatible"))
}
