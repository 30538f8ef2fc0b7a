//! What a Windows lacks, or may do, where torch runs on it itself: not inside WSL2, not in a container.

use super::machine::Context;
use super::stop::Stop;
use super::{Assessment, Need, Reason, Route, Unblock, Verdict, reasons};
use crate::catalog::{Catalog, VcLibrary, WindowsTool};
use crate::facts::{OsFamily, Probed, SmartAppControl, TorchVersion};

/// Judges what was chosen by the runtime of this Windows.
pub(super) fn judge(context: &Context<'_>, assessment: &mut Assessment) -> Result<(), Stop> {
    let newest = || context.catalog.releases().first().map(|release| release.torch.clone());
    let torch = assessment.build.as_ref().map(|build| build.torch.clone()).or_else(newest);
    let Some(torch) = torch else { return Ok(()) };
    let acceptable = || assessment.acceptable_variants.clone();
    let doubt = runtime_serves(context, &torch).map_err(|stop| Stop { acceptable: acceptable(), ..stop })?;
    if let Some(doubt) = doubt {
        assessment.verdict.reasons_mut().insert(0, doubt);
    }
    Ok(())
}

/// Microsoft's C++ runtime, without which torch's own libraries do not load. `Err` where it is not there; what is not
/// known stands in nobody's way. The answer is the word for one that may be older than this release asks for: it is said
/// and does not block, for some Pythons bring a newer one of their own.
fn runtime_serves(context: &Context<'_>, torch: &TorchVersion) -> Result<Option<Reason>, Stop> {
    if !is_windows(context) {
        return Ok(None);
    }
    let have = match &context.facts.windows.vc_runtime {
        Probed::Found { value, .. } => value.libraries.as_slice(),
        Probed::Absent { .. } => &[],
        Probed::Unknown { .. } => return Ok(None),
    };
    let lacks = |row: &&VcLibrary| !have.contains(&row.file);
    let missing: Vec<&VcLibrary> = context.catalog.vc_libraries.iter().filter(lacks).collect();
    let names = |rows: &[&VcLibrary]| rows.iter().map(|row| row.file.as_str()).collect::<Vec<_>>().join(", ");
    let always: Vec<_> = missing.iter().copied().filter(|row| row.since.is_none()).collect();
    if let Some(first) = always.first() {
        let reason = reasons::vc_runtime_missing(&names(&always), &first.backing.source);
        return Err(Stop::blocked(vec![reason], install_vc_runtime(context.catalog).into_iter().collect()));
    }
    let newer: Vec<_> =
        missing.into_iter().filter(|row| row.since.as_ref().is_some_and(|since| since <= torch)).collect();
    let (Some(first), Some(tool)) = (newer.first(), installer(context.catalog)) else { return Ok(None) };
    Ok(Some(reasons::vc_runtime_old(&names(&newer), tool, &first.backing.source)))
}

fn is_windows(context: &Context<'_>) -> bool {
    context.os().is_some_and(|os| os.family == OsFamily::Windows)
}

fn installer(catalog: &Catalog) -> Option<&WindowsTool> {
    catalog.source.windows_tools.iter().find(|tool| tool.code == "vc-redist")
}

/// How Microsoft's C++ runtime is installed, or brought up to date.
pub fn install_vc_runtime(catalog: &Catalog) -> Option<Unblock> {
    installer(catalog).map(reasons::install_vc_runtime)
}

/// Where its installer is.
pub fn vc_runtime_page(catalog: &Catalog) -> Option<&str> {
    installer(catalog).map(|tool| tool.url.as_str())
}

/// Words that belong to a verdict and change none.
pub(super) fn remark(context: &Context<'_>, list: &mut [Assessment]) {
    if !is_windows(context) {
        return;
    }
    let windows = &context.facts.windows;
    let refuses = windows.smart_app_control.found() == Some(&SmartAppControl::On);
    let is_due = windows.waits_for_restart();
    for assessment in list {
        let is_here = matches!(assessment.route, Route::Wheel | Route::Nightly | Route::Source | Route::Cpu);
        if refuses && is_here && assessment.build.is_some() {
            assessment.verdict.reasons_mut().push(reasons::smart_app_control());
        }
        if is_due && changes_system(assessment) {
            assessment.verdict.reasons_mut().push(reasons::restart_pending());
        }
    }
}

/// A driver is to be installed, or a part of Windows to be switched on.
fn changes_system(assessment: &Assessment) -> bool {
    let installs_driver = match &assessment.verdict {
        Verdict::Blocked { unblock, .. } => {
            unblock.iter().any(|way| ["install-driver", "install-a-driver"].contains(&way.code.as_str()))
        }
        Verdict::Recommended { .. } | Verdict::Works { .. } | Verdict::Unknown { .. } => false,
    };
    installs_driver || assessment.needs.contains(&Need::Restart)
}

/// All that keeps a wheel away is the runtime, which is installed in a minute: nobody is sent to an image of gigabytes, to
/// WSL2 with a restart or to a build of hours for want of it, though these may work.
pub(super) fn is_near(list: &[Assessment]) -> bool {
    list.iter().any(|assessment| {
        assessment.route == Route::Wheel
            && matches!(assessment.verdict, Verdict::Blocked { .. })
            && assessment.verdict.reasons().iter().any(|reason| reason.code == reasons::VC_RUNTIME_MISSING)
    })
}

#[cfg(test)]
mod tests;
