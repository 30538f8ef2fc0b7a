//! The figures that NVML gives of a card, each as a [`Metric`].

use super::super::widgets::Trend;
use super::Metric;
use super::figures::{self, Point};
use crate::app::Model;
use crate::host::GpuSample;
use crate::text::Text;
use std::time::Duration;

/// What stretch of time is shown, and of which the number is.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The right end, on the model's clock.
    pub at: Duration,
    /// Seconds from the left to the right.
    pub seconds: f64,
    /// It is over: the number is the highest of so many seconds before `at`, not the newest.
    pub highest_of: Option<f64>,
}

/// One figure of a reading.
type Figure = fn(&GpuSample) -> Option<f64>;

const GIB: f64 = (1_u64 << 30) as f64;

fn percent(sample: &GpuSample) -> Option<f64> {
    sample.utilisation_percent.map(f64::from)
}

fn used(sample: &GpuSample) -> Option<f64> {
    sample.memory_used_bytes.map(|bytes| bytes as f64 / GIB)
}

fn celsius(sample: &GpuSample) -> Option<f64> {
    sample.celsius.map(f64::from)
}

fn clock(sample: &GpuSample) -> Option<f64> {
    sample.clock_mhz.map(f64::from)
}

/// The newest reading of the page's card.
fn sample(model: &Model) -> Option<&GpuSample> {
    model.monitor.latest().filter(|sample| !sample.lost)
}

/// The last known value of something that does not change from reading to reading.
fn known<T>(model: &Model, of: impl Fn(&GpuSample) -> Option<T>) -> Option<T> {
    let card = model.monitor.card;
    model
        .monitor
        .ticks
        .iter()
        .rev()
        .find_map(|(_, tick)| tick.samples.iter().find(|sample| sample.index == card).and_then(&of))
}

/// How much of the time a kernel ran.
pub fn utilisation(model: &Model, window: &Window, text: &Text) -> Metric {
    let metric = Metric {
        id: "utilisation",
        title: text.get("monitor-utilisation"),
        unit: "%".to_owned(),
        top: 100.0,
        ..Metric::default()
    };
    filled(metric, model, window, percent, text)
}

/// Memory in use.
pub fn memory(model: &Model, window: &Window, text: &Text) -> Metric {
    let total = known(model, |sample| sample.memory_total_bytes).map(|bytes| bytes as f64 / GIB);
    let whole = total.map(|total| text.with("monitor-memory-of", &[("total", text.decimal(total, 1).into())]));
    let metric = Metric {
        id: "memory",
        title: text.get("monitor-memory"),
        unit: "GiB".to_owned(),
        whole: whole.unwrap_or_default(),
        top: total.unwrap_or(0.0),
        digits: 1,
        ..Metric::default()
    };
    filled(metric, model, window, used, text)
}

/// Temperature of the chip.
pub fn temperature(model: &Model, window: &Window, text: &Text) -> Metric {
    let metric = Metric {
        id: "temperature",
        title: text.get("monitor-temperature"),
        unit: "°C".to_owned(),
        top: 100.0,
        ..Metric::default()
    };
    filled(metric, model, window, celsius, text)
}

/// Power drawn, with its limit.
pub fn power(model: &Model, window: &Window, text: &Text) -> Metric {
    let limit = known(model, |sample| sample.limit_watts);
    let words = |limit: f64| text.with("monitor-power-limit", &[("watts", text.decimal(limit, 0).into())]);
    let metric = Metric {
        id: "power",
        title: text.get("monitor-power"),
        unit: "W".to_owned(),
        top: limit.map_or(0.0, |limit| limit * 1.2),
        limit: limit.map(|limit| (limit, words(limit))),
        ..Metric::default()
    };
    filled(metric, model, window, |sample| sample.watts, text)
}

/// Clock of the multiprocessors; that of the memory in words.
pub fn clocks(model: &Model, window: &Window, text: &Text) -> Metric {
    let metric = Metric { id: "clocks", title: text.get("monitor-clock"), unit: "MHz".to_owned(), ..Metric::default() };
    let mut metric = filled(metric, model, window, clock, text);
    // That of the memory hardly moves: words are enough.
    if let Some(memory) = sample(model).and_then(|sample| sample.memory_clock_mhz) {
        metric.whole = text.with("monitor-memory-clock", &[("mhz", memory.to_string().into())]);
    }
    metric
}

/// Generation and width of the link of the moment.
pub fn link(model: &Model, text: &Text) -> Metric {
    let link = sample(model).and_then(|sample| sample.pcie);
    Metric {
        id: "link",
        title: text.get("monitor-link"),
        value: link.map(|(generation, width)| format!("{generation} × {width}")),
        note: if link.is_some() { text.get("monitor-link-note") } else { text.get(missing(model)) },
        ..Metric::default()
    }
}

/// The fan.
pub fn fan(model: &Model, text: &Text) -> Metric {
    let fan = sample(model).and_then(|sample| sample.fan_percent);
    Metric {
        id: "fan",
        title: text.get("monitor-fan"),
        value: fan.map(|percent| percent.to_string()),
        unit: if fan.is_some() { "%".to_owned() } else { String::new() },
        note: if fan.is_some() { String::new() } else { text.get(missing(model)) },
        ..Metric::default()
    }
}

/// Why there is no number.
fn missing(model: &Model) -> &'static str {
    match (model.monitor.ticks.back(), model.monitor.latest()) {
        (None, _) => "monitor-waiting",
        (Some(_), Some(sample)) if sample.lost => "monitor-lost",
        (Some(_), Some(_)) => "monitor-not-reported",
        (Some(_), None) => "monitor-no-answer",
    }
}

/// Puts the readings into a metric.
fn filled(mut metric: Metric, model: &Model, window: &Window, figure: Figure, text: &Text) -> Metric {
    let mut lines = model.monitor.lines(window.at, window.seconds, figure);
    for line in &mut lines {
        line.retain(|[x, _]| *x <= 0.0);
    }
    lines.retain(|line| !line.is_empty());
    if metric.top <= 0.0 && !lines.is_empty() {
        let greatest = lines.iter().flatten().map(|[_, y]| *y).fold(0.0, f64::max);
        metric.top = figures::round_top(greatest, if greatest > 1000.0 { 500.0 } else { 50.0 });
    }
    let (value, note) = match window.highest_of {
        Some(seconds) => highest(&lines, seconds, text),
        None => newest(sample(model).and_then(figure), lines.last(), metric.top, window.seconds, text),
    };
    metric.value = value.map(|value| text.decimal(value, metric.digits));
    if metric.value.is_none() {
        metric.unit.clear();
        metric.whole.clear();
        metric.note = text.get(missing(model));
    } else {
        metric.note = note;
    }
    metric.lines = lines;
    metric
}

/// The highest figure while the checks ran.
fn highest(lines: &[Vec<Point>], seconds: f64, text: &Text) -> (Option<f64>, String) {
    let during = lines.iter().flatten().filter(|[x, _]| *x >= -seconds).map(|[_, y]| *y);
    (during.reduce(f64::max), text.get("monitor-highest"))
}

/// The newest figure and how it moved lately.
fn newest(value: Option<f64>, line: Option<&Vec<Point>>, top: f64, most: f64, text: &Text) -> (Option<f64>, String) {
    let note = match line.and_then(|line| figures::trend(line, top)) {
        Some((Trend::Rising, _)) => text.get("monitor-trend-rising"),
        Some((Trend::Falling, _)) => text.get("monitor-trend-falling"),
        Some((Trend::Steady, seconds)) => {
            let seconds = Duration::from_secs_f64(seconds.clamp(0.0, most)).as_secs();
            let time = if seconds <= 60 { format!("{seconds} s") } else { format!("{} min", seconds / 60) };
            text.with("monitor-trend-steady", &[("time", time.into())])
        }
        None => String::new(),
    };
    (value, note)
}
