//! The cards while the checks ran, as curves over the same seconds, with the checks as bands behind them.

use super::markup::Page;
use super::verification::device_name;
use crate::catalog::Catalog;
use crate::verify::{Reading, VerificationReport, words};

/// A drawing is so wide and high, in its own units.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 90.0;

/// A figure of a card: its words, the top of its scale, and the reading.
struct Figure {
    key: &'static str,
    unit: &'static str,
    top: f64,
    limit: Option<f64>,
    points: Vec<(f64, f64)>,
}

/// Nothing where no card was read.
pub(super) fn curves(page: &mut Page<'_>, report: &VerificationReport, catalog: &Catalog) {
    if report.readings.is_empty() {
        return;
    }
    page.part("report-curves");
    page.tag("<p>");
    page.say("report-curves-what");
    page.tag("</p>\n");
    let notes = words::notes(report, catalog, page.text);
    if !notes.is_empty() {
        super::beside::list(page, &notes);
    }
    let last = report.readings.iter().map(|reading| reading.seconds).fold(1.0, f64::max);
    for device in &report.devices {
        let readings: Vec<&Reading> = report.readings.iter().filter(|it| it.device == device.index).collect();
        if readings.is_empty() {
            continue;
        }
        page.tag("<h3>");
        device_name(page, device);
        page.tag("</h3>\n<p>");
        let is_seen = device.seen.is_some_and(|seen| seen.process);
        page.say(if is_seen { "report-curves-ours" } else { "report-curves-not-ours" });
        page.tag("</p>\n<div class=\"curves\">\n");
        for figure in figures(&readings) {
            draw(page, report, device.index, &figure, last);
        }
        page.tag("</div>\n");
    }
    page.tag("</section>\n");
}

fn figures(readings: &[&Reading]) -> Vec<Figure> {
    let points = |value: &dyn Fn(&Reading) -> Option<f64>| -> Vec<(f64, f64)> {
        readings.iter().filter_map(|reading| Some((reading.seconds, value(reading)?))).collect()
    };
    let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
    let most = |values: &[(f64, f64)]| values.iter().map(|(_, value)| *value).fold(1.0, f64::max);
    let memory = points(&|reading| reading.memory_used_bytes.map(gib));
    let watts = points(&|reading| reading.watts);
    let total = readings.iter().find_map(|reading| reading.memory_total_bytes).map(gib);
    let clock = points(&|reading| reading.clock_mhz.map(f64::from));
    let limit = readings.iter().rev().find_map(|reading| reading.limit_watts);
    let figure = |key, unit, top, limit, points| Figure { key, unit, top, limit, points };
    [
        figure("report-curve-load", "%", 100.0, None, points(&|it| it.utilisation_percent.map(f64::from))),
        figure("report-curve-memory", "GiB", total.unwrap_or_else(|| most(&memory)), None, memory),
        figure("report-curve-temperature", "°C", 100.0, None, points(&|it| it.celsius.map(f64::from))),
        figure("report-curve-power", "W", limit.map_or_else(|| most(&watts), |limit| limit * 1.2), limit, watts),
        figure("report-curve-clock", "MHz", most(&clock) * 1.1, None, clock),
    ]
    .into_iter()
    .filter(|figure| !figure.points.is_empty())
    .collect()
}

fn draw(page: &mut Page<'_>, report: &VerificationReport, device: u32, figure: &Figure, last: f64) {
    let highest = figure.points.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    let digits = usize::from(figure.unit == "GiB");
    let said = page.text.with(
        "report-curve-said",
        &[
            ("figure", page.text.get(figure.key).into()),
            ("highest", page.text.decimal(highest, digits).into()),
            ("unit", figure.unit.into()),
        ],
    );
    let x = |seconds: f64| (seconds / last).clamp(0.0, 1.0) * WIDTH;
    let y = |value: f64| HEIGHT - (value / figure.top.max(1e-9)).clamp(0.0, 1.0) * HEIGHT;
    page.tag("<figure><figcaption>");
    page.words(&said);
    page.tag("</figcaption>\n<svg viewBox=\"0 0 600 90\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
    page.words(&said);
    page.tag("\">\n");
    for check in report.checks.iter().filter(|check| check.device == Some(device)) {
        let Some((began, ended)) = check.span else { continue };
        page.tag("<rect class=\"band\" y=\"0\" height=\"90\" x=\"");
        page.words(&format!("{:.1}", x(began)));
        page.tag("\" width=\"");
        page.words(&format!("{:.1}", (x(ended) - x(began)).max(0.5)));
        page.tag("\"><title>");
        page.value(&check.check);
        page.tag("</title></rect>\n");
    }
    if let Some(limit) = figure.limit {
        page.tag("<line class=\"limit\" x1=\"0\" x2=\"600\" y1=\"");
        page.words(&format!("{:.1}", y(limit)));
        page.tag("\" y2=\"");
        page.words(&format!("{:.1}", y(limit)));
        page.tag("\"/>\n");
    }
    let points: Vec<String> =
        figure.points.iter().map(|(seconds, value)| format!("{:.1},{:.1}", x(*seconds), y(*value))).collect();
    page.tag("<polyline points=\"");
    page.words(&points.join(" "));
    page.tag("\"/>\n</svg></figure>\n");
}
