//! What a verification has to say beside its verdict, as sentences: the same on paper, in the window and in a terminal.

use super::checks::SOAK;
use super::slow::{Beside, Cause, Slow};
use super::{
    Basis, Check, CheckOutcome, DeviceVerdict, Evidence, Level, Repeat, Reported, Speed, Suspect, UnderLoad,
    VerificationReport, suspect,
};
use crate::catalog::Catalog;
use crate::host::Throttle;
use crate::monitor::{Finding, Weight, What, reason_words, sentence};
use crate::text::Text;
use std::time::Duration;

/// Where the cause of a failure is to be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Which of them.
    pub suspect: Suspect,
    /// Software, card, or not known.
    pub title: String,
    /// What speaks for it, and what to do.
    pub why: String,
    /// What the check that shows it said.
    pub detail: Option<String>,
}

/// Software or card? `None` if nothing went wrong.
pub fn pointer(report: &VerificationReport, catalog: &Catalog, text: &Text) -> Option<Pointer> {
    let found = suspect(report, catalog)?;
    let (right, all) = found.right_of;
    let device = found.check.device.map(|index| {
        let device = report.devices.iter().find(|device| device.index == index);
        card_name(index, device.map(|device| device.name.as_str()), text)
    });
    let args = [
        ("check", check_name(&found.check.check, text).into()),
        ("device", device.unwrap_or_default().into()),
        ("right", right.into()),
        ("all", all.into()),
        ("arch", report.arch_list.join(" ").into()),
    ];
    let title = text.get(match found.suspect {
        Suspect::Software => "verify-suspect-software",
        Suspect::Card => "verify-suspect-card",
        Suspect::NotKnown => "verify-suspect-not-known",
    });
    let runtime = catalog.source.windows_tools.iter().find(|tool| tool.code == "vc-redist");
    let why = match runtime.filter(|_| report.label.as_deref() == Some(super::VC_RUNTIME)) {
        Some(tool) => {
            let (name, url) = (tool.name.as_str(), tool.url.as_str());
            text.with("verify-why-vc-runtime", &[("name", name.into()), ("url", url.into())])
        }
        None => text.with(why(found.evidence), &args),
    };
    Some(Pointer { suspect: found.suspect, title, why, detail: found.check.detail.clone() })
}

/// A card by its number and, where it is known, its name.
pub fn card_name(index: u32, name: Option<&str>, text: &Text) -> String {
    let number = ("index", index.to_string().into());
    match name {
        Some(name) => text.with("verify-device", &[number, ("name", name.into())]),
        None => text.with("verify-device-number", &[number]),
    }
}

const fn why(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::NotImported => "verify-why-not-imported",
        Evidence::OnProcessor => "verify-why-on-processor",
        Evidence::NoKernels => "verify-why-no-kernels",
        Evidence::NotReached => "verify-why-not-reached",
        Evidence::Lost => "verify-why-lost",
        Evidence::RightElsewhere => "verify-why-right-elsewhere",
        Evidence::WrongElsewhere => "verify-why-wrong-elsewhere",
        Evidence::WrongOnProcessor => "verify-why-wrong-on-processor",
        Evidence::NotTheSame => "verify-why-not-the-same",
        Evidence::MemoryErrors => "verify-why-memory-errors",
        Evidence::Overheated => "verify-why-overheated",
        Evidence::PowerShort => "verify-why-power-short",
        Evidence::CardFault => "verify-why-card-fault",
        Evidence::ProgramFault => "verify-why-program-fault",
        Evidence::Link => "verify-why-link",
        Evidence::SomeWrong => "verify-why-some-wrong",
        Evidence::AllWrong => "verify-why-all-wrong",
        Evidence::Crashed => "verify-why-crashed",
        Evidence::TimedOut => "verify-why-timed-out",
        Evidence::Unclear => "verify-why-unclear",
    }
}

/// Checks of a card that the same things held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which card, which checks, and how far they came.
    pub checks: String,
    /// What likely held them back, the gravest first; else that nothing was seen, or was not looked at.
    pub causes: Vec<String>,
}

/// What was slower than expected, and why; in the order in which it first showed.
pub fn slow(report: &VerificationReport, catalog: &Catalog, text: &Text) -> Vec<Held> {
    let mut groups: Vec<Vec<&Slow>> = Vec::new();
    for slow in &report.slow {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.is_alike(slow))) {
            Some(group) => group.push(slow),
            None => groups.push(vec![slow]),
        }
    }
    let held = groups.into_iter().filter_map(|group| {
        let checks: Vec<String> = group.iter().map(|slow| share(report, slow, text)).collect();
        let first = group.first()?;
        let args = [("index", first.device.to_string().into()), ("checks", checks.join("; ").into())];
        Some(Held { checks: text.with("slow-checks", &args), causes: causes(first, catalog, text) })
    });
    held.collect()
}

/// `Matrix product, float16: 33 % of 61.7 TFLOPS (calculated)`.
fn share(report: &VerificationReport, slow: &Slow, text: &Text) -> String {
    let mut of_it = report.checks.iter().filter(|it| it.device == Some(slow.device) && it.check == slow.check);
    let speed = of_it.find_map(Check::speed);
    let args = [
        ("check", check_name(&slow.check, text).into()),
        ("percent", text.percent(slow.share).into()),
        ("best", speed.map(|speed| best(&speed, text)).unwrap_or_default().into()),
    ];
    text.with("slow-check", &args)
}

/// What a card does at best, and whether anybody has seen that on a real one.
pub fn best(speed: &Speed, text: &Text) -> String {
    let Some(best) = speed.best else { return String::new() };
    let args = [("best", text.decimal(best, 1).into()), ("unit", speed.unit.into())];
    match speed.basis {
        Basis::Calculated => text.with("speed-best-calculated", &args),
        Basis::Measured => text.with("speed-best", &args),
    }
}

fn causes(slow: &Slow, catalog: &Catalog, text: &Text) -> Vec<String> {
    let mut causes: Vec<String> = slow.causes.iter().map(|cause| in_words(cause, catalog, text)).collect();
    if !slow.is_watched() && slow.causes.iter().all(Cause::is_note) {
        causes.push(text.get("slow-not-measured"));
    } else if causes.is_empty() {
        causes.push(text.get("slow-nothing-seen"));
    }
    causes
}

fn in_words(cause: &Cause, catalog: &Catalog, text: &Text) -> String {
    match cause {
        Cause::Reported(What::HeldDown { reason: Throttle::PowerCap }) => text.get("slow-power-cap"),
        // What it means stands beside the verdict.
        Cause::Reported(What::Xid { number, .. }) => text.with("slow-xid", &[("number", number.to_string().into())]),
        // For how long it was so beyond the check says nothing about the check.
        Cause::Reported(what) => {
            let finding = Finding { card: None, weight: what.weight(), seconds: 0.0, what: what.clone() };
            sentence(&finding, catalog, text)
        }
        Cause::Beside(Beside::OtherProcess { pid, memory_bytes }) => {
            let pid = ("pid", pid.to_string().into());
            match memory_bytes {
                Some(bytes) => text.with("slow-other", &[pid, ("memory", text.memory(*bytes).into())]),
                None => text.with("slow-other-unknown", &[pid]),
            }
        }
        Cause::Beside(Beside::CompiledByDriver) => text.get("slow-ptx"),
        Cause::Beside(Beside::OnBattery) => text.get("slow-battery"),
    }
}

/// Faults that the driver reported while the checks ran: no verdict may stand without them.
pub fn faults(report: &VerificationReport, catalog: &Catalog, text: &Text) -> Vec<String> {
    reported(report, catalog, text, is_fault)
}

/// All that the driver reported while the checks ran, but for faults.
pub fn notes(report: &VerificationReport, catalog: &Catalog, text: &Text) -> Vec<String> {
    reported(report, catalog, text, |reported| !is_fault(reported))
}

/// A driver that does not answer says nothing of a fault.
fn is_fault(reported: &Reported) -> bool {
    reported.what.weight() == Weight::Danger && !matches!(reported.what, What::Silent { .. })
}

fn reported(
    report: &VerificationReport,
    catalog: &Catalog,
    text: &Text,
    is_wanted: impl Fn(&Reported) -> bool,
) -> Vec<String> {
    let of_it = report.meanwhile.reported.iter().filter(|reported| is_wanted(reported));
    of_it.map(|reported| one_reported(reported, catalog, text)).collect()
}

fn one_reported(reported: &Reported, catalog: &Catalog, text: &Text) -> String {
    let said = said(reported, catalog, text);
    match reported.device {
        Some(index) => text.with("finding-card", &[("index", index.to_string().into()), ("what", said.into())]),
        None => said,
    }
}

/// What was reported, now that it is over: for how long the clocks were held down in all, not since when.
fn said(reported: &Reported, catalog: &Catalog, text: &Text) -> String {
    let Reported { device, what, seconds, .. } = reported;
    let time = ("time", text.duration(Duration::from_secs_f64(seconds.max(0.0))).into());
    match what {
        What::LimitLowered { watts, default_watts } => {
            let watt = |watts: f64| text.decimal(watts, 0).into();
            text.with("load-held-limit", &[time, ("watts", watt(*watts)), ("default", watt(*default_watts))])
        }
        What::HeldDown { reason } => text.with("load-held", &[time, ("reason", reason_words(*reason, text).into())]),
        What::Silent { .. }
        | What::Lost
        | What::SlowLink { .. }
        | What::MemoryFull { .. }
        | What::Hot { .. }
        | What::MemoryHot { .. }
        | What::MemoryErrors { .. }
        | What::Xid { .. } => {
            let finding = Finding { card: *device, weight: what.weight(), seconds: *seconds, what: what.clone() };
            sentence(&finding, catalog, text)
        }
    }
}

/// How a card fared under the load of a soak, a figure a sentence; empty at other levels.
pub fn under_load(report: &VerificationReport, device: &DeviceVerdict, catalog: &Catalog, text: &Text) -> Vec<String> {
    if report.level != Level::Soak {
        return Vec::new();
    }
    let mut soaks = report.checks.iter().filter(|check| check.device == Some(device.index) && check.check == SOAK);
    let span = soaks.find_map(|check| check.span);
    let Some((load, span)) = device.under_load.as_ref().zip(span) else { return vec![text.get("load-none")] };
    let mut told = figures(load, text);
    let of_card = || report.meanwhile.reported.iter().filter(|reported| reported.device == Some(device.index));
    let within = |it: &Reported| Some(Reported { seconds: it.seconds_within(span)?, ..it.clone() });
    let of_it: Vec<Reported> = of_card().filter_map(within).collect();
    let is_held = |what: &What| matches!(what, What::HeldDown { .. } | What::LimitLowered { .. });
    if !of_it.iter().any(|reported| is_held(&reported.what)) {
        told.push(text.get(if load.tells_throttle { "load-not-held" } else { "load-held-unknown" }));
    }
    // Faults stand beside the verdict.
    told.extend(of_it.iter().filter(|it| !is_fault(it)).map(|it| said(it, catalog, text)));
    // One from before the load would make "none" sound as if it had not been.
    if !of_card().any(|reported| matches!(reported.what, What::Xid { .. })) {
        let hears = report.meanwhile.hears_xids.contains(&device.index);
        told.push(text.get(if hears { "load-no-xids" } else { "load-xids-unknown" }));
    }
    told
}

fn figures(load: &UnderLoad, text: &Text) -> Vec<String> {
    let all = [("load-clock", load.clock_mhz), ("load-power", load.watts), ("load-temperature", load.celsius)];
    let said = all.into_iter().filter_map(|(key, spread)| {
        let spread = spread?;
        let number = |figure: f64| text.decimal(figure, 0).into();
        let [least, median, most] = [spread.least, spread.median, spread.most].map(number);
        Some(text.with(key, &[("least", least), ("median", median), ("most", most)]))
    });
    said.collect()
}

/// What became of a check that failed when it was tried once more; `None` if it was not.
pub fn repeats(check: &Check, text: &Text) -> Option<String> {
    let one = |repeat: &Repeat| {
        let place = match repeat.place.as_str() {
            Repeat::FRESH_PROCESS => text.get("repeat-fresh-process"),
            Repeat::PROCESSOR => text.get("repeat-processor"),
            other => text.with("repeat-card", &[("name", other.into())]),
        };
        let came = text.get(match repeat.outcome {
            CheckOutcome::Passed => "repeat-passed",
            CheckOutcome::Failed => "repeat-failed",
            CheckOutcome::Skipped => "repeat-skipped",
            CheckOutcome::TimedOut => "repeat-timed-out",
            CheckOutcome::Crashed => "repeat-crashed",
        });
        text.with("repeat-one", &[("place", place.into()), ("outcome", came.into())])
    };
    let all: Vec<String> = check.repeats.iter().map(one).collect();
    (!all.is_empty()).then(|| text.with("repeat-all", &[("places", all.join(", ").into())]))
}

/// A check's name for people; what the engine calls it if there is none.
pub fn check_name(check: &str, text: &Text) -> String {
    text.find(&format!("verify-check-{check}")).unwrap_or_else(|| check.to_owned())
}

#[cfg(test)]
mod tests;
