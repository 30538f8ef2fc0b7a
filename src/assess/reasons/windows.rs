//! The reasons of a Windows that torch runs on itself.

use super::{here, reason, unblock};
use crate::assess::{Reason, Unblock};
use crate::catalog::WindowsTool;

const APP_CONTROL: &str = "https://support.microsoft.com/windows/smart-app-control-frequently-asked-questions-285ea03d-fa88-4d56-882e-6698afdb7003";

/// The code of a runtime that is not there.
pub const VC_RUNTIME_MISSING: &str = "vc-runtime-missing";

pub(in crate::assess) fn vc_runtime_missing(files: &str, source: &str) -> Reason {
    reason(VC_RUNTIME_MISSING, &[("files", &files)], source)
}

/// It is there, and a file that newer ones bring is not.
pub(in crate::assess) fn vc_runtime_old(files: &str, tool: &WindowsTool, source: &str) -> Reason {
    reason("vc-runtime-old", &[("files", &files), ("name", &tool.name), ("url", &tool.url)], source)
}

pub(in crate::assess) fn install_vc_runtime(tool: &WindowsTool) -> Unblock {
    Unblock {
        command: tool.winget.as_ref().map(|id| format!("winget install --id {id} --exact")),
        ..unblock("install-vc-runtime", &[("name", &tool.name), ("url", &tool.url)])
    }
}

pub(in crate::assess) fn smart_app_control() -> Reason {
    reason("smart-app-control", &[], APP_CONTROL)
}

pub(in crate::assess) fn restart_pending() -> Reason {
    here("restart-pending", &[])
}
