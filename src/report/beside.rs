//! What a verification has to say beside its verdict: faults that the driver reported, what was slow and why, and how a
//! card fared under load.

use super::About;
use super::markup::{Page, Tone};
use super::verification::device_name;
use crate::catalog::Catalog;
use crate::hardware::words::Said;
use crate::hardware::{self, advice};
use crate::verify::{VerificationReport, words};

/// Software or card? What a failure points to.
pub(super) fn cause(page: &mut Page<'_>, report: &VerificationReport, catalog: &Catalog) {
    let Some(found) = words::pointer(report, catalog, page.text) else { return };
    let lead = format!("{} {}", found.why, found.detail.unwrap_or_default());
    let lead = page.hidden(lead.trim_end());
    page.banner(Tone::Warn, &found.title, &lead);
}

/// Faults stand right below the verdict, which they do not change.
pub(super) fn faults(page: &mut Page<'_>, report: &VerificationReport, catalog: &Catalog) {
    let faults = words::faults(report, catalog, page.text);
    if faults.is_empty() {
        return;
    }
    let lead = format!("{} {}", page.text.get("faults-stand"), faults.join(" "));
    let title = page.text.get("faults-title");
    page.banner(Tone::Warn, &title, &lead);
}

/// What was slower than expected, and why.
pub(super) fn slow(page: &mut Page<'_>, report: &VerificationReport, catalog: &Catalog) {
    let slow = words::slow(report, catalog, page.text);
    if slow.is_empty() {
        return;
    }
    page.part("slow-title");
    for held in slow {
        page.tag("<p>");
        page.words(&held.checks);
        page.tag("</p>\n");
        list(page, &held.causes);
    }
    page.tag("</section>\n");
}

/// The figures of each card under the load of a soak.
pub(super) fn under_load(page: &mut Page<'_>, report: &VerificationReport, catalog: &Catalog) {
    let all: Vec<_> = report
        .devices
        .iter()
        .map(|device| (device, words::under_load(report, device, catalog, page.text)))
        .filter(|(_, said)| !said.is_empty())
        .collect();
    if all.is_empty() {
        return;
    }
    page.part("load-title");
    for (device, said) in all {
        page.tag("<h3>");
        device_name(page, device);
        page.tag("</h3>\n");
        list(page, &said);
    }
    page.tag("</section>\n");
}

/// Advice on the hardware, from what was measured of the machine.
pub(super) fn hardware(page: &mut Page<'_>, about: &About<'_>, catalog: &Catalog) {
    let advice = about.facts.map(|facts| advice(facts, catalog)).unwrap_or_default();
    let said = hardware::words::of(&advice, catalog, page.text);
    if said.is_empty() {
        return;
    }
    page.part("hardware-title");
    let sentence = |said: &Said| {
        let check = page.text.with("hardware-check", &[("check", said.check.as_str().into())]);
        format!("{} {check} ({})", said.with_card(page.text), said.source)
    };
    let sentences: Vec<String> = said.iter().map(sentence).collect();
    list(page, &sentences);
    page.tag("</section>\n");
}

/// Sentences one below the other.
pub(super) fn list(page: &mut Page<'_>, sentences: &[String]) {
    page.tag("<ul>\n");
    for sentence in sentences {
        page.tag("<li>");
        page.value(sentence);
        page.tag("</li>\n");
    }
    page.tag("</ul>\n");
}
