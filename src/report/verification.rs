//! The page of one verification.

use super::About;
use super::finding::Finding;
use super::markup::{Page, Tone};
use crate::catalog::Catalog;
use crate::text::Text;
use crate::verify::checks;
use crate::verify::{Basis, Check, CheckOutcome, DeviceVerdict, Kernels, Proof, Speed, VerificationReport, words};

pub(super) fn html(report: &VerificationReport, about: &About<'_>, catalog: &Catalog, text: &Text) -> String {
    let mut page = Page::begin(text, about.private, "verification", &text.get("report-title"));
    page.tag("<header><h1>");
    page.say("report-title");
    page.tag("</h1></header>\n");
    answer(&mut page, report);
    super::beside::cause(&mut page, report, catalog);
    super::beside::faults(&mut page, report, catalog);
    counts(&mut page, report);
    facts(&mut page, report, about);
    devices(&mut page, report);
    super::beside::slow(&mut page, report, catalog);
    super::beside::under_load(&mut page, report, catalog);
    super::beside::hardware(&mut page, about, catalog);
    super::curves::curves(&mut page, report, catalog);
    checks(&mut page, report);
    not_run(&mut page, report);
    page.tag("<footer><p>");
    page.say("report-how");
    page.tag("</p><p>");
    page.say_with("report-made-by", &[("version", env!("CARGO_PKG_VERSION").into())]);
    page.tag("</p></footer>\n");
    page.end()
}

/// The finding in a sentence, and what it rests on.
pub(super) fn lead(page: &Page<'_>, finding: Finding, report: &VerificationReport) -> String {
    let torch = report.torch.as_ref().map_or_else(|| "PyTorch".to_owned(), |torch| format!("PyTorch {torch}"));
    let passed = report.count(CheckOutcome::Passed);
    let others = report.checks.len() - passed - report.count(CheckOutcome::Skipped);
    page.text.with(
        &format!("{}-lead", finding.key()),
        &[("torch", page.hidden(&torch).into()), ("passed", passed.into()), ("others", others.into())],
    )
}

fn answer(page: &mut Page<'_>, report: &VerificationReport) {
    let finding = Finding::of(report);
    let lead = lead(page, finding, report);
    let sentence = page.text.get(finding.key());
    page.banner(finding.tone(), &sentence, &lead);
}

fn counts(page: &mut Page<'_>, report: &VerificationReport) {
    let unfinished = report.count(CheckOutcome::TimedOut) + report.count(CheckOutcome::Crashed);
    page.tag("<dl class=\"counts\">\n");
    for (key, class, number) in [
        ("report-count-passed", "<dd>", report.count(CheckOutcome::Passed)),
        ("report-count-failed", "<dd class=\"bad\">", report.count(CheckOutcome::Failed)),
        ("report-count-unfinished", "<dd class=\"bad\">", unfinished),
        ("report-count-skipped", "<dd class=\"quiet\">", report.count(CheckOutcome::Skipped)),
    ] {
        page.tag("<div><dt>");
        page.say(key);
        page.tag("</dt>");
        page.tag(if number == 0 { "<dd>" } else { class });
        page.words(&number.to_string());
        page.tag("</dd></div>\n");
    }
    page.tag("</dl>\n");
}

fn facts(page: &mut Page<'_>, report: &VerificationReport, about: &About<'_>) {
    page.part("report-what");
    page.tag("<dl class=\"facts\">\n");
    if let Some(subject) = about.subject {
        page.code_fact("report-subject", &subject.display().to_string());
    }
    page.moment_fact("report-taken-at", &report.taken_at);
    page.fact("report-system", about.system);
    let driver = report.driver.clone().unwrap_or_else(|| page.text.get("report-none"));
    page.fact("report-driver", Some(&driver));
    let torch = report.torch.clone().unwrap_or_else(|| page.text.get("report-torch-none"));
    page.fact("report-torch", Some(&torch));
    if report.torch.is_some() {
        let runtime = report.cuda_runtime.clone().unwrap_or_else(|| page.text.get("report-runtime-none"));
        page.fact("report-runtime", Some(&runtime));
    }
    page.fact("report-arch-list", Some(&report.arch_list.join(" ")));
    if let Some(label) = &report.label {
        page.code_fact("report-label", label);
    }
    page.tag("</dl>\n</section>\n");
}

/// The verdict on one device; a simulated one is never proven, whatever was read from a file.
fn device_verdict(report: &VerificationReport, verdict: Proof) -> (Tone, &'static str) {
    match verdict {
        Proof::Proven if !report.simulated => (Tone::Good, "report-device-proven"),
        Proof::Failed => (Tone::Bad, "report-device-failed"),
        Proof::Proven | Proof::NoGpu | Proof::CpuOnly | Proof::Incomplete => (Tone::Warn, "report-device-not-proven"),
    }
}

const fn kernels_key(kernels: Option<Kernels>) -> &'static str {
    match kernels {
        Some(Kernels::Native) => "report-kernels-native",
        Some(Kernels::SameMajor) => "report-kernels-same-major",
        Some(Kernels::Ptx) => "report-kernels-ptx",
        Some(Kernels::None) => "report-kernels-none",
        None => "report-unknown",
    }
}

fn devices(page: &mut Page<'_>, report: &VerificationReport) {
    page.part("report-devices");
    if report.devices.is_empty() {
        page.tag("<p>");
        page.say("report-devices-none");
        page.tag("</p>\n</section>\n");
        return;
    }
    page.tag("<div class=\"wide\"><table>\n<caption>");
    page.say("report-devices-caption");
    page.tag("</caption>\n<thead><tr>");
    for key in ["report-device", "report-verdict", "report-capability", "report-kernels"] {
        column(page, key);
    }
    page.tag("</tr></thead>\n<tbody>\n");
    for device in &report.devices {
        page.tag("<tr><th scope=\"row\">");
        device_name(page, device);
        page.tag("</th><td>");
        let (tone, key) = device_verdict(report, device.verdict);
        page.pill(tone, key);
        page.tag("</td><td>");
        match device.capability {
            Some(capability) => page.words(&capability.to_string()),
            None => page.say("report-unknown"),
        }
        page.tag("</td><td>");
        page.say(kernels_key(device.kernels));
        page.tag("</td></tr>\n");
    }
    page.tag("</tbody></table></div>\n</section>\n");
}

pub(super) fn device_name(page: &mut Page<'_>, device: &DeviceVerdict) {
    let name = page.hidden(&device.name);
    page.say_with("report-device-name", &[("index", device.index.to_string().into()), ("name", name.into())]);
}

fn column(page: &mut Page<'_>, key: &str) {
    page.tag("<th scope=\"col\">");
    page.say(key);
    page.tag("</th>");
}

const fn outcome(outcome: CheckOutcome) -> (Tone, &'static str) {
    match outcome {
        CheckOutcome::Passed => (Tone::Good, "report-passed"),
        CheckOutcome::Failed => (Tone::Bad, "report-failed"),
        CheckOutcome::Skipped => (Tone::Quiet, "report-skipped"),
        CheckOutcome::TimedOut => (Tone::Bad, "report-timed-out"),
        CheckOutcome::Crashed => (Tone::Bad, "report-crashed"),
    }
}

/// A table with the checks in the order they ran, under the name of what they ran on.
fn checks(page: &mut Page<'_>, report: &VerificationReport) {
    page.part("report-checks");
    page.tag("<div class=\"wide\"><table class=\"checks\">\n<caption>");
    page.say("report-checks-caption");
    page.tag("</caption>\n<thead><tr>");
    for key in ["report-check", "report-result", "report-time", "report-speed-column", "report-error"] {
        column(page, key);
    }
    page.tag("</tr></thead>\n");
    for group in report.checks.chunk_by(|one, next| one.device == next.device) {
        let device = group.first().and_then(|check| check.device);
        page.tag("<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"5\">");
        match device.and_then(|index| report.devices.iter().find(|known| known.index == index)) {
            Some(known) => device_name(page, known),
            None => match device {
                Some(index) => page.say_with("report-device-number", &[("index", index.to_string().into())]),
                None => page.say("report-group-installation"),
            },
        }
        page.tag("</th></tr>\n");
        for check in group {
            row(page, check);
        }
        page.tag("</tbody>\n");
    }
    page.tag("</table></div>\n</section>\n");
}

/// The number of a column, or a dash.
fn cell(page: &mut Page<'_>, number: Option<String>) {
    page.tag("<td class=\"number\">");
    match number {
        Some(number) => page.words(&number),
        None => page.tag("–"),
    }
    page.tag("</td>");
}

fn row(page: &mut Page<'_>, check: &Check) {
    page.tag("<tr><th scope=\"row\"><code>");
    page.value(&check.check);
    page.tag("</code>");
    if let Some(what) = page.text.find(&format!("verify-check-{}", check.check)) {
        page.tag("<span class=\"what\">");
        page.words(&what);
        page.tag("</span>");
    }
    page.tag("</th><td>");
    let (tone, word) = outcome(check.outcome);
    page.pill(tone, word);
    page.tag("</td>");
    let (time, speed, error) = (time(page.text, check), speed(page.text, check), error(page.text, check));
    cell(page, time);
    cell(page, speed);
    cell(page, error);
    page.tag("</tr>\n");
    if let Some(detail) = &check.detail {
        page.tag("<tr><td class=\"detail\" colspan=\"5\">");
        page.value(detail);
        page.tag("</td></tr>\n");
    }
    if let Some(repeats) = words::repeats(check, page.text) {
        page.tag("<tr><td class=\"detail\" colspan=\"5\">");
        page.words(&repeats);
        page.tag("</td></tr>\n");
    }
}

fn time(text: &Text, check: &Check) -> Option<String> {
    let milliseconds = check.milliseconds?;
    let digits = if milliseconds < 1.0 { 3 } else { 2 };
    Some(text.with("report-milliseconds", &[("number", text.decimal(milliseconds, digits).into())]))
}

/// What was measured, beside what the catalogue expects of this card.
pub(super) fn speed(text: &Text, check: &Check) -> Option<String> {
    let Speed { measured, best, unit, basis } = check.speed()?;
    let number = text.decimal(measured, 1);
    Some(match best {
        Some(best) => {
            let args = [
                ("measured", number.into()),
                ("expected", text.decimal(best, 1).into()),
                ("percent", text.decimal(100.0 * measured / best, 0).into()),
                ("unit", unit.into()),
            ];
            match basis {
                Basis::Calculated => text.with("report-speed-of-calculated", &args),
                Basis::Measured => text.with("report-speed-of", &args),
            }
        }
        None => text.with("report-speed", &[("measured", number.into()), ("unit", unit.into())]),
    })
}

fn error(text: &Text, check: &Check) -> Option<String> {
    let (error, allowed) = check.max_error.zip(check.tolerance)?;
    let args = [("error", text.scientific(error).into()), ("allowed", text.scientific(allowed).into())];
    Some(text.with("report-error-of", &args))
}

/// What was skipped with its reason, and what the checks did not come to: none of it is passed.
fn not_run(page: &mut Page<'_>, report: &VerificationReport) {
    let skipped: Vec<&Check> = report.checks.iter().filter(|c| c.outcome == CheckOutcome::Skipped).collect();
    let missing = not_reached(report);
    if skipped.is_empty() && missing.is_empty() {
        return;
    }
    page.part("report-not-run");
    page.tag("<ul>\n");
    for check in skipped {
        page.tag("<li><code>");
        page.value(&check.check);
        page.tag("</code> ");
        if let Some(device) = check.device {
            page.say_with("report-on-device", &[("index", device.to_string().into())]);
            page.tag(" ");
        }
        let why = check.detail.as_ref().map_or_else(|| page.text.get("report-no-reason"), |why| page.hidden(why));
        page.say_with("report-skipped-why", &[("why", why.into())]);
        page.tag("</li>\n");
    }
    for (device, kernel) in missing {
        page.tag("<li><code>");
        page.words(kernel);
        page.tag("</code> ");
        page.say_with("report-on-device", &[("index", device.to_string().into())]);
        page.tag(" ");
        page.say("report-not-reached");
        page.tag("</li>\n");
    }
    page.tag("</ul>\n</section>\n");
}

/// Kernels that the report of a card says nothing of.
fn not_reached(report: &VerificationReport) -> Vec<(u32, &'static str)> {
    let is_told = |device: u32, kernel: &str| {
        report.checks.iter().any(|check| check.device == Some(device) && check.check == kernel)
    };
    let all =
        report.devices.iter().flat_map(|device| checks::of(report.level).map(|kernel| (device.index, kernel.name)));
    all.filter(|(device, kernel)| !is_told(*device, kernel)).collect()
}
