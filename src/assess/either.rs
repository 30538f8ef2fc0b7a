//! Reports that do not say which system they are from: what holds on Windows and on Linux alike holds; the rest is not
//! known.

use super::{Assessment, DriverAdvice, InstalledTorch, TorchStatus, Verdict, reasons};
use crate::facts::{MachineFacts, OsFacts, OsFamily, Probed, Source, Via};

/// The machine as if its system were known, once for each system it can be; `None` where it is known, and for this
/// machine, whose system is never in doubt.
pub(super) fn machines(facts: &MachineFacts) -> Option<[MachineFacts; 2]> {
    if !facts.is_report || facts.os.found().is_some() {
        return None;
    }
    Some([OsFamily::Linux, OsFamily::Windows].map(|family| {
        let os = OsFacts::of(family);
        let os = Probed::Found { value: os, source: Source::new(Via::System, "") };
        MachineFacts { os, ..facts.clone() }
    }))
}

/// One answer for a route from those for two systems.
pub(super) fn merged(one: Assessment, other: Assessment) -> Assessment {
    let works = |assessment: &Assessment| matches!(assessment.verdict, Verdict::Works { .. });
    let blocked = |assessment: &Assessment| matches!(assessment.verdict, Verdict::Blocked { .. });
    let acceptable: Vec<String> =
        one.acceptable_variants.iter().filter(|name| other.acceptable_variants.contains(name)).cloned().collect();
    if blocked(&one) && blocked(&other) {
        return Assessment { acceptable_variants: acceptable, ..one };
    }
    if !works(&one) || !works(&other) {
        let verdict = Verdict::Unknown { reasons: vec![reasons::os_unknown()] };
        return Assessment { acceptable_variants: acceptable, ..Assessment::without_build(one.route, verdict) };
    }
    // The older torch is there for both.
    let older = |one: &Assessment, other: &Assessment| {
        one.build.as_ref().map(|build| &build.torch) > other.build.as_ref().map(|build| &build.torch)
    };
    let chosen = if older(&one, &other) { other } else { one };
    Assessment { acceptable_variants: acceptable, ..chosen }
}

/// One word on the driver from those for two systems.
pub(super) fn driver(one: DriverAdvice, other: &DriverAdvice) -> DriverAdvice {
    if one.upgrade_required != other.upgrade_required {
        return DriverAdvice::default();
    }
    let minimum = one.minimum.filter(|least| other.minimum.as_ref() == Some(least));
    DriverAdvice { minimum, ..one }
}

/// One word on the torch that is there from those for two systems.
pub(super) fn torch(one: InstalledTorch, other: &InstalledTorch) -> InstalledTorch {
    if one.status == other.status {
        return one;
    }
    InstalledTorch { status: TorchStatus::Unknown, reasons: vec![reasons::os_unknown()], ..one }
}
