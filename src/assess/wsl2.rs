//! In a Linux inside Windows: the wheels of Linux, the driver of Windows.

use super::inside::{self, Linux};
use super::machine::Context;
use super::stop::Stop;
use super::wheel;
use super::{Assessment, Need, Reason, Risk, Route, Verdict, reasons};
use crate::facts::{OsFacts, OsFamily, Probed};

/// Fetching and unpacking a distribution, in bytes and seconds.
const DISTRIBUTION: u64 = 600_000_000;
const DISTRIBUTION_DISK: u64 = 2_500_000_000;
const SETTING_UP: (u32, u32) = (120, 900);

pub(super) fn assess(context: &Context<'_>) -> Assessment {
    decide(context).unwrap_or_else(|stop| stop.of(Route::Wsl2))
}

fn decide(context: &Context<'_>) -> Result<Assessment, Stop> {
    let os = context.os().ok_or_else(|| Stop::unknown(reasons::os_unknown()))?;
    if os.family != OsFamily::Windows {
        return Err(Stop::blocked(vec![reasons::only_on_windows(os.is_wsl)], Vec::new()));
    }
    inside::known_platform(os)?;
    let rules = &context.catalog.wsl;
    let doubt = windows_serves(context, os)?;
    let glibc = rules.distribution.glibc.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let linux = Linux { name: &rules.distribution.name, glibc, is_container: false };
    let facts = inside::facts(context, &linux);
    let inner = Context { facts: &facts, ..*context };
    let mut assessment = wheel::decide(&inner, Route::Wsl2)?.assessment;
    let cards = context.facts.gpus.found().into_iter().flatten();
    let too_old = cards.filter(|gpu| assessment.gpus.contains(&gpu.index)).find_map(|gpu| {
        let capability = context.capability(gpu).filter(|capability| *capability < rules.needs.least_capability)?;
        Some(reasons::too_old_for_wsl(gpu, capability, rules.needs.least_capability))
    });
    if let Some(reason) = too_old {
        return Err(Stop::blocked(vec![reason], Vec::new()));
    }
    if let (Some(doubt), Verdict::Works { reasons }) = (doubt, &mut assessment.verdict) {
        reasons.insert(0, doubt);
        assessment.verdict = Verdict::Unknown { reasons: std::mem::take(reasons) };
    }
    if context.facts.virtualisation.firmware == Some(false) {
        let (reason, way) = (reasons::virtualisation_off(), reasons::switch_virtualisation_on());
        return Err(Stop { acceptable: assessment.acceptable_variants, ..Stop::blocked(vec![reason], vec![way]) });
    }
    let is_ready = says_ready(context, &mut assessment);
    if !is_ready {
        if is_platform_missing(context) {
            assessment.needs.extend([Need::Administrator, Need::Restart]);
        }
        assessment.download_bytes = assessment.download_bytes.map(|bytes| bytes + DISTRIBUTION);
        assessment.disk_bytes = assessment.disk_bytes.map(|bytes| bytes + DISTRIBUTION_DISK);
        assessment.seconds = assessment.seconds.map(|(low, high)| (low + SETTING_UP.0, high + SETTING_UP.1));
    }
    Ok(Assessment { risk: Some(Risk::Medium), ..assessment })
}

/// Windows new enough, and no server. The answer is what is not known about that.
fn windows_serves(context: &Context<'_>, os: &OsFacts) -> Result<Option<Reason>, Stop> {
    let needs = &context.catalog.wsl.needs;
    if !needs.on_server && os.version.contains("Server") {
        return Err(Stop::blocked(vec![reasons::no_wsl_on_server(&os.version)], Vec::new()));
    }
    let is_windows_11 = os.version.contains("Windows 11");
    match os.build {
        Some(build) if build < needs.least_build => {
            let reason = reasons::windows_too_old(build, needs.least_build, &needs.least_name);
            Err(Stop::blocked(vec![reason], vec![reasons::update_windows(&needs.least_name)]))
        }
        None if !is_windows_11 => Ok(Some(reasons::windows_build_unknown(needs.least_build))),
        Some(_) | None => Ok(None),
    }
}

/// WSL itself is to be switched on first: a step with administrator rights and a restart.
fn is_platform_missing(context: &Context<'_>) -> bool {
    context.facts.wsl.found().is_none() || context.facts.virtualisation.platform == Some(false)
}

/// Says what is there of WSL; answers whether a distribution can be used as it is.
fn says_ready(context: &Context<'_>, assessment: &mut Assessment) -> bool {
    let found = context.facts.wsl.found();
    let usable = found.and_then(|wsl| context.catalog.wsl.pick(wsl)).filter(|distribution| distribution.version == 2);
    let new = &context.catalog.wsl.distribution.name;
    let reason = match (usable, &context.facts.wsl) {
        (Some(distribution), _) => reasons::distribution_there(&distribution.name),
        (None, Probed::Unknown { .. }) if context.facts.is_report => return true,
        (None, _) if is_platform_missing(context) => reasons::wsl_to_be_set_up(new),
        (None, _) => reasons::distribution_to_be_installed(new),
    };
    push(&mut assessment.verdict, reason);
    usable.is_some()
}

fn push(verdict: &mut Verdict, reason: Reason) {
    match verdict {
        Verdict::Recommended { reasons }
        | Verdict::Works { reasons }
        | Verdict::Blocked { reasons, .. }
        | Verdict::Unknown { reasons } => reasons.push(reason),
    }
}
