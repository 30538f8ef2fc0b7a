//! Findings as sentences.

use super::{Finding, Held, Limit, NotSaid, What};
use crate::catalog::{Catalog, FaultSide};
use crate::host::Throttle;
use crate::text::Text;
use std::time::Duration;

/// What was found, as one sentence or a few; without the card's number.
pub fn sentence(finding: &Finding, catalog: &Catalog, text: &Text) -> String {
    let time = || text.duration(Duration::from_secs_f64(finding.seconds.max(0.0).floor())).into();
    match &finding.what {
        What::Silent { said } => text.with("finding-silent", &[("said", said.trim_end_matches('.').into())]),
        What::Lost => text.get("finding-lost"),
        What::HeldDown { reason } if finding.seconds < 1.0 => {
            text.with("finding-held-new", &[("reason", reason_words(*reason, text).into())])
        }
        What::HeldDown { reason } => {
            text.with("finding-held", &[("time", time()), ("reason", reason_words(*reason, text).into())])
        }
        What::LimitLowered { watts, default_watts } => {
            let watt = |watts: f64| text.decimal(watts, 0).into();
            text.with("finding-limit-lowered", &[("watts", watt(*watts)), ("default", watt(*default_watts))])
        }
        What::SlowLink { now, best } => {
            text.with("finding-slow-link", &[("now", link(*now).into()), ("best", link(*best).into())])
        }
        What::MemoryFull { used_bytes, total_bytes } => {
            let memory = |bytes| text.memory(bytes).into();
            text.with("finding-memory-full", &[("used", memory(*used_bytes)), ("total", memory(*total_bytes))])
        }
        What::Hot { celsius, slowdown_celsius } => {
            let degrees = |celsius: u32| celsius.to_string().into();
            text.with("finding-hot", &[("celsius", degrees(*celsius)), ("slowdown", degrees(*slowdown_celsius))])
        }
        What::MemoryHot { celsius, slowdown_celsius } => {
            let degrees = |celsius: u32| celsius.to_string().into();
            text.with("finding-memory-hot", &[("celsius", degrees(*celsius)), ("slowdown", degrees(*slowdown_celsius))])
        }
        What::MemoryErrors { count } => text.with("finding-memory-errors", &[("count", count.to_string().into())]),
        What::Xid { number, times } => xid(*number, *times, catalog, text),
    }
}

/// What holds a process back, or why that cannot be said.
pub fn held(pid: u32, verdict: &Result<Held, NotSaid>, catalog: &Catalog, text: &Text) -> String {
    let process = ("pid", pid.to_string().into());
    let held = match verdict {
        Err(NotSaid::TooEarly) => return text.with("limit-too-early", &[process]),
        Err(NotSaid::Gone) => return text.with("limit-gone", &[process]),
        Err(NotSaid::NotTold) => return text.with("limit-not-told", &[process]),
        Ok(held) => held,
    };
    let percent = held.utilisation_percent.map_or_else(|| "–".to_owned(), |percent| text.decimal(percent, 0));
    let cores = [("cores", text.decimal(held.cores, 1).into()), ("of", held.of_cores.to_string().into())];
    let [cores, of] = cores;
    let percent = ("percent", percent.into());
    match &held.limit {
        Limit::OnProcessor => text.with("limit-on-processor", &[process, cores, of]),
        Limit::Reported { what } => {
            let card = held.card;
            let finding = Finding { card, weight: what.weight(), seconds: held.seconds, what: what.clone() };
            let what = sentence(&finding, catalog, text);
            text.with("limit-reported", &[process, ("what", what.into())])
        }
        Limit::Shared { pid } => text.with("limit-shared", &[process, ("other", pid.to_string().into())]),
        Limit::Link { link: of_link, share } => {
            let share = text.decimal(share * 100.0, 0);
            text.with("limit-link", &[process, ("share", share.into()), ("link", link(*of_link).into())])
        }
        Limit::Preparing => text.with("limit-preparing", &[process, percent, cores, of]),
        Limit::Waiting => text.with("limit-waiting", &[process, percent, cores, of]),
        Limit::Card => text.with("limit-card", &[process, percent]),
    }
}

/// Why the clocks are held down. A reason that is newer than the product is named as the driver numbers it.
pub fn reason_words(reason: Throttle, text: &Text) -> String {
    text.find(&format!("monitor-throttle-{reason}")).unwrap_or_else(|| reason.to_string())
}

/// A link as people write it: generation and lanes.
pub fn link((generation, width): (u32, u32)) -> String {
    format!("PCIe {generation} × {width}")
}

fn xid(number: u64, times: u32, catalog: &Catalog, text: &Text) -> String {
    let counted = [("number", number.to_string().into()), ("times", times.to_string().into())];
    let Some(row) = catalog.xid(number) else { return text.with("finding-xid-unknown", &counted) };
    let side = text.get(match row.side {
        FaultSide::Software => "fault-side-software",
        FaultSide::Card => "fault-side-card",
        FaultSide::Either => "fault-side-either",
    });
    let means = text.get(&format!("xid-{number}"));
    let [number, times] = counted;
    let said = [number, times, ("name", row.name.as_str().into()), ("means", means.into()), ("side", side.into())];
    text.with("finding-xid", &said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Weight;
    use crate::text::Language;

    fn said(what: What) -> String {
        let finding = Finding { card: Some(0), weight: Weight::Note, seconds: 12.7, what };
        sentence(&finding, Catalog::embedded().unwrap(), &Text::new(Language::English))
    }

    #[test]
    fn each_finding_has_its_figures_in_words() {
        assert_eq!(said(What::HeldDown { reason: Throttle::PowerCap }), "Clocks held down for 12 s: Power limit.");
        assert_eq!(said(What::HeldDown { reason: Throttle::Other(9) }), "Clocks held down for 12 s: reason_9.");
        let lowered = said(What::LimitLowered { watts: 180.0, default_watts: 250.0 });
        assert_eq!(lowered, "Clocks held down by a power limit of 180 W; the card comes with 250 W.");
        let slow = said(What::SlowLink { now: (3, 4), best: (5, 16) });
        assert!(
            slow.starts_with("The PCIe link runs at PCIe 3 × 4 under load; this card can do PCIe 5 × 16"),
            "{slow}"
        );
        let full = said(What::MemoryFull { used_bytes: 31 << 30, total_bytes: 32 << 30 });
        assert!(full.contains("31.0 of 32.0 GiB") || full.contains("31.0 GiB of 32.0 GiB"), "{full}");
        assert!(said(What::Hot { celsius: 87, slowdown_celsius: 90 }).starts_with("87 °C: at 90 °C"));
        let hot = said(What::MemoryHot { celsius: 101, slowdown_celsius: 105 });
        assert!(hot.starts_with("Memory at 101 °C: at 105 °C"), "{hot}");
        assert!(said(What::MemoryErrors { count: 2 }).contains("loaded: 2."));
        assert_eq!(said(What::Silent { said: "NVML hangs.".to_owned() }), "The driver gives no reading: NVML hangs.");
        assert!(said(What::Lost).contains("fell off the bus"));
    }

    #[test]
    fn an_xid_says_what_it_means_and_where_to_look() {
        let known = said(What::Xid { number: 79, times: 1 });
        assert!(known.starts_with("Xid 79 (GPU has fallen off the bus), 1 ×. The card vanished"), "{known}");
        assert!(known.ends_with("Look first at the card, its power, its cooling and its slot."), "{known}");
        assert!(said(What::Xid { number: 4242, times: 3 }).starts_with("Xid 4242, 3 ×. The driver reported a fault"));
    }

    #[test]
    fn every_xid_of_the_catalogue_has_a_sentence_in_each_language() {
        let catalog = Catalog::embedded().unwrap();
        assert!(catalog.xids.len() >= 20);
        for language in Language::ALL {
            let text = Text::new(language);
            for row in &catalog.xids {
                assert!(text.find(&format!("xid-{}", row.number)).is_some(), "{} in {language:?}", row.number);
            }
        }
    }
}
