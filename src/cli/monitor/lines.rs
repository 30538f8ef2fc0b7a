//! Readings as lines of text. Pure.

use crate::catalog::Catalog;
use crate::host::{GpuProcess, GpuSample, ProcessKind};
use crate::monitor::follow::Mark;
use crate::monitor::{Finding, MonitorTick, What, link, sentence};
use crate::text::{self, Text};

/// The terminal's other page, without a cursor; a line that is too long is cut and not broken.
pub const BEGIN: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
/// Back to the page before.
pub const END: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// To the end of the line there is nothing, then a new one.
const LINE_END: &str = "\x1b[K\r\n";

/// One line a card, one for the trouble.
pub fn of_tick(tick: &MonitorTick) -> Vec<String> {
    let clock = clock(&tick.time);
    let mut lines: Vec<String> = tick.samples.iter().map(|sample| format!("{clock}  {}", figures(sample))).collect();
    lines.extend(tick.trouble.iter().map(|trouble| format!("{clock}  {trouble}")));
    lines
}

/// One line a finding.
pub fn of_findings(findings: &[Finding], catalog: &Catalog, text: &Text) -> Vec<String> {
    let said = |finding: &Finding| {
        let what = sentence(finding, catalog, text);
        match finding.card {
            Some(index) => text.with("finding-card", &[("index", index.to_string().into()), ("what", what.into())]),
            None => what,
        }
    };
    findings.iter().map(said).collect()
}

/// It was not so in the reading before, or happened once more.
pub fn is_news(finding: &Finding, before: &[Finding]) -> bool {
    let is_same = |other: &Finding| match (&finding.what, &other.what) {
        (What::Xid { .. } | What::HeldDown { .. }, what) => finding.what == *what,
        // Its figures change from reading to reading.
        (mine, others) => std::mem::discriminant(mine) == std::mem::discriminant(others),
    };
    !before.iter().any(|other| other.card == finding.card && is_same(other))
}

/// A line of the followed log.
pub fn of_mark(time: &str, mark: &Mark) -> String {
    format!("{}  log: {}", clock(time), mark.line)
}

/// What the moving view shows.
pub struct View<'a> {
    /// The newest reading.
    pub tick: &'a MonitorTick,
    /// What is to be said of it.
    pub findings: &'a [String],
    /// Of the followed log; `None` if none is followed.
    pub marks: Option<&'a [String]>,
    /// Lines and columns that the terminal has; `None` if it does not tell.
    pub size: Option<(usize, usize)>,
}

impl View<'_> {
    /// From the top left corner, each line to its end, and nothing below. Where there are too few lines, processes are
    /// left out first, then the cards' second lines.
    pub fn text(&self) -> String {
        // The cursor stands below the last one.
        let room = self.size.map_or(usize::MAX, |(rows, _)| rows.saturating_sub(1));
        let most = self.tick.samples.iter().map(|sample| sample.processes.as_ref().map_or(0, Vec::len)).max();
        let fits = |shown: &usize| self.lines(*shown, true).len() <= room;
        let shown = (0..=most.unwrap_or(0)).rev().find(fits);
        let mut lines = self.lines(shown.unwrap_or(0), shown.is_some());
        lines.truncate(room);
        format!("\x1b[H{}{LINE_END}\x1b[J", lines.join(LINE_END))
    }

    /// With at most so many processes a card, and the second line of each or not.
    fn lines(&self, processes: usize, beside_too: bool) -> Vec<String> {
        let mut lines = vec![format!("torch-wizard monitor   {}   Ctrl-C ends", clock(&self.tick.time)), String::new()];
        lines.extend(self.tick.trouble.clone());
        for sample in &self.tick.samples {
            lines.push(figures(sample));
            lines.extend(beside(sample).filter(|_| beside_too).map(|line| format!("        {line}")));
            let all = sample.processes.as_deref().unwrap_or_default();
            lines.extend(all.iter().take(processes).map(|process| format!("        {}", who(process))));
            if processes > 0 && all.len() > processes {
                lines.push(format!("        and {} more", all.len() - processes));
            }
        }
        if !self.findings.is_empty() {
            lines.push(String::new());
            let columns = self.size.map_or(usize::MAX, |(_, columns)| columns);
            lines.extend(self.findings.iter().flat_map(|finding| broken(finding, columns)));
        }
        if let Some(marks) = self.marks {
            lines.push(String::new());
            lines.extend(marks.iter().cloned());
            if marks.is_empty() {
                lines.push("No line of the log has matched yet.".to_owned());
            }
        }
        lines
    }
}

/// A sentence in lines of so many characters, broken between words.
fn broken(sentence: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= columns) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn clock(time: &str) -> &str {
    time.get(11..19).unwrap_or(time)
}

fn shown(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}

fn figures(sample: &GpuSample) -> String {
    if sample.lost {
        return format!("card {}  does not answer any more", sample.index);
    }
    let memory = sample.memory_used_bytes.zip(sample.memory_total_bytes);
    let power = sample.watts.map(|watts| {
        let limit = sample.limit_watts.map(|limit| format!(" of {limit:.0}")).unwrap_or_default();
        format!("{watts:.0}{limit} W")
    });
    format!(
        "card {}  {:>5}  {:>20}  {:>5}  {:>12}  {:>9}",
        sample.index,
        shown(sample.utilisation_percent.map(|percent| format!("{percent} %"))),
        shown(memory.map(|(used, total)| format!("{} of {}", text::memory(used), text::memory(total)))),
        shown(sample.celsius.map(|celsius| format!("{celsius} °C"))),
        shown(power),
        shown(sample.clock_mhz.map(|clock| format!("{clock} MHz"))),
    )
}

/// What else is known of a card that answers.
fn beside(sample: &GpuSample) -> Option<String> {
    let pcie = sample.pcie.map(|now| match sample.limits.pcie {
        Some(best) if best != now => format!("{} (best {} × {})", link(now), best.0, best.1),
        Some(_) | None => link(now),
    });
    let rate = |kb: u32| text::speed(f64::from(kb) * 1000.0);
    let parts = [
        pcie,
        sample.pcie_rate.map(|moved| format!("in {}, out {}", rate(moved.received_kb), rate(moved.sent_kb))),
        sample.fan_percent.map(|percent| format!("fan {percent} %")),
        sample.memory_celsius.map(|celsius| format!("memory {celsius} °C")),
        sample.performance_state.map(|state| format!("P{state}")),
        sample
            .ecc_uncorrected
            .zip(sample.ecc_corrected)
            .map(|(lost, mended)| format!("ECC {lost} / {mended} corrected")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!sample.lost && !parts.is_empty()).then(|| parts.join("   "))
}

fn who(process: &GpuProcess) -> String {
    let does = match process.kind {
        ProcessKind::Compute => "computes",
        ProcessKind::Graphics => "draws",
        ProcessKind::Both => "computes, draws",
    };
    let memory = process.memory_bytes.map(|bytes| format!("  {}", text::memory(bytes))).unwrap_or_default();
    format!("process {}  {does}{memory}", process.pid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{GpuLimits, PcieRate};

    fn sample() -> GpuSample {
        GpuSample {
            utilisation_percent: Some(97),
            memory_used_bytes: Some(6 << 30),
            memory_total_bytes: Some(12 << 30),
            celsius: Some(66),
            watts: Some(227.4),
            limit_watts: Some(250.0),
            pcie: Some((3, 16)),
            pcie_rate: Some(PcieRate { sent_kb: 420_000, received_kb: 1_900_000 }),
            processes: Some(vec![GpuProcess { pid: 4711, kind: ProcessKind::Both, memory_bytes: None }]),
            limits: GpuLimits { pcie: Some((5, 16)), ..GpuLimits::default() },
            ..GpuSample::default()
        }
    }

    fn tick(samples: Vec<GpuSample>) -> MonitorTick {
        MonitorTick { time: "2026-11-21T10:00:01.000Z".to_owned(), samples, trouble: None }
    }

    #[test]
    fn a_line_has_a_dash_where_a_figure_is_not_known() {
        assert_eq!(
            of_tick(&tick(vec![sample()])),
            ["10:00:01  card 0   97 %   6.0 GiB of 12.0 GiB  66 °C  227 of 250 W          –"]
        );
        let lost = GpuSample { lost: true, ..sample() };
        assert_eq!(of_tick(&tick(vec![lost])), ["10:00:01  card 0  does not answer any more"]);
    }

    #[test]
    fn what_goes_on_is_news_once_and_an_xid_each_time() {
        let finding = |seconds, what| Finding { card: Some(0), weight: crate::monitor::Weight::Danger, seconds, what };
        let xid = |seconds, times| finding(seconds, What::Xid { number: 31, times });
        assert!(is_news(&finding(0.0, What::Lost), &[]));
        assert!(!is_news(&finding(1.0, What::Lost), &[finding(0.0, What::Lost)]));
        assert!(!is_news(&xid(1.0, 1), &[xid(0.0, 1)]));
        assert!(is_news(&xid(2.0, 2), &[xid(1.0, 1)]));
        let hot = |seconds, celsius| finding(seconds, What::Hot { celsius, slowdown_celsius: 90 });
        assert!(!is_news(&hot(1.0, 88), &[hot(0.0, 87)]), "its figures change all the time");
        // Somebody lowers the limit of a card that works at its own: the clocks were held down before as well.
        let capped = finding(5.0, What::HeldDown { reason: crate::host::Throttle::PowerCap });
        let lowered = finding(6.0, What::LimitLowered { watts: 100.0, default_watts: 250.0 });
        assert!(is_news(&lowered, &[capped]));
    }

    #[test]
    fn the_moving_view_begins_at_the_corner_and_clears_what_was_there() {
        let (tick, findings) = (tick(vec![sample()]), ["GPU 0: hot.".to_owned()]);
        let view = View { tick: &tick, findings: &findings, marks: Some(&[]), size: None }.text();
        assert!(view.starts_with("\x1b[Htorch-wizard monitor   10:00:01"), "{view:?}");
        assert!(view.ends_with("No line of the log has matched yet.\x1b[K\r\n\x1b[J"), "{view:?}");
        assert_eq!(view.matches("\x1b[K\r\n").count(), view.matches('\n').count());
        for part in ["PCIe 3 × 16 (best 5 × 16)", "in 1.90 GB/s, out 420 MB/s", "process 4711  computes, draws", "hot."]
        {
            assert!(view.contains(part), "{part} in {view:?}");
        }
    }

    #[test]
    fn a_view_is_no_higher_than_the_terminal_and_leaves_out_processes_first() {
        let process = |pid| GpuProcess { pid, kind: ProcessKind::Compute, memory_bytes: None };
        let crowded = GpuSample { processes: Some((1..=40).map(process).collect()), ..sample() };
        let (tick, findings) = (tick(vec![crowded.clone(), crowded]), ["GPU 0: hot.".to_owned()]);
        let lines = |rows| {
            let text = View { tick: &tick, findings: &findings, marks: None, size: Some((rows, 100)) }.text();
            text.matches('\n').count()
        };
        assert_eq!(lines(200), 88);
        // Title and blank, two cards with two lines each, blank and finding, and two processes and their count each.
        assert_eq!(lines(15), 14);
        let text = View { tick: &tick, findings: &findings, marks: None, size: Some((15, 100)) }.text();
        assert!(text.contains("and 38 more") && text.contains("GPU 0: hot."), "{text:?}");
        assert_eq!(lines(9), 8, "no process at all");
        // The cards' second lines go before the finding does.
        let text = View { tick: &tick, findings: &findings, marks: None, size: Some((8, 6)) }.text();
        assert!(text.contains("GPU 0:\x1b[K\r\nhot.") && !text.contains("PCIe"), "{text:?}");
        assert_eq!(lines(4), 3);
    }
}
