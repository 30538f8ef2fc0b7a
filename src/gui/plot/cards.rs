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
    let slowdown = known(model, |sample| sample.limits.slowdown_celsius);
    let words = |celsius: u32| text.with("monitor-slowdown", &[("celsius", celsius.to_string().into())]);
    let metric = Metric {
        id: "temperature",
        title: text.get("monitor-temperature"),
        unit: "°C".to_owned(),
        top: 100.0,
        limit: slowdown.map(|celsius| (f64::from(celsius), words(celsius))),
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

/// What goes over the link, both ways together; each by itself in words.
pub fn traffic(model: &Model, window: &Window, text: &Text) -> Metric {
    let megabytes = |kb: u32| f64::from(kb) / 1000.0;
    let both = |sample: &GpuSample| {
        sample.pcie_rate.map(|rate| f64::from(rate.sent_kb) / 1000.0 + f64::from(rate.received_kb) / 1000.0)
    };
    let metric =
        Metric { id: "traffic", title: text.get("monitor-traffic"), unit: "MB/s".to_owned(), ..Metric::default() };
    let mut metric = filled(metric, model, window, both, text);
    if let Some(rate) = sample(model).and_then(|sample| sample.pcie_rate) {
        let values = [
            ("received", text.decimal(megabytes(rate.received_kb), 0).into()),
            ("sent", text.decimal(megabytes(rate.sent_kb), 0).into()),
        ];
        metric.whole = text.with("monitor-traffic-ways", &values);
    }
    metric
}

/// The numbers that the followed log tells, a curve for each word that they stand behind.
pub fn numbers_of_log(model: &Model, window: &Window, text: &Text) -> Vec<Metric> {
    let mut words: Vec<&str> = Vec::new();
    for (_, mark) in model.monitor.log.marks.iter().filter(|(_, mark)| mark.number.is_some()) {
        if !words.contains(&mark.word.as_str()) {
            words.push(&mark.word);
        }
    }
    words.into_iter().filter_map(|word| numbers_of(word, model, window, text)).collect()
}

fn numbers_of(word: &str, model: &Model, window: &Window, text: &Text) -> Option<Metric> {
    let at = window.at.as_secs_f64();
    let marks = model.monitor.log.marks.iter().filter(|(_, mark)| mark.word == word);
    let numbers = marks.filter_map(|(moment, mark)| Some([moment - at, mark.number?]));
    let line: Vec<Point> = numbers.filter(|[x, _]| *x <= 0.0).collect();
    let newest = line.last()?[1];
    let greatest = line.iter().filter(|[x, _]| *x >= -window.seconds).map(|[_, y]| *y).fold(0.0, f64::max);
    Some(Metric {
        id: "log",
        title: word.to_owned(),
        value: Some(text.decimal(newest, 4)),
        top: greatest * 1.1,
        digits: 4,
        note: text.get("monitor-log-number"),
        lines: vec![line],
        ..Metric::default()
    })
}

/// A figure that has a number and no line. `note` is said beside a number, and why there is none where there is none.
fn plain(
    id: &'static str,
    title: &str,
    value: Option<String>,
    unit: &str,
    note: String,
    model: &Model,
    text: &Text,
) -> Metric {
    let is_told = value.is_some();
    Metric {
        id,
        title: text.get(title),
        value,
        unit: if is_told { unit.to_owned() } else { String::new() },
        note: if is_told { note } else { text.get(missing(model)) },
        ..Metric::default()
    }
}

/// Generation and width of the link of the moment, and the best of this card in this PC.
pub fn link(model: &Model, text: &Text) -> Metric {
    let words = |(generation, width): (u32, u32)| format!("{generation} × {width}");
    let best = known(model, |sample| sample.limits.pcie);
    let note = match best {
        Some(best) => text.with("monitor-link-best", &[("best", words(best).into())]),
        None => text.get("monitor-link-note"),
    };
    let link = sample(model).and_then(|sample| sample.pcie).map(words);
    plain("link", "monitor-link", link, "", note, model, text)
}

/// How busy the card's memory is.
pub fn memory_controller(model: &Model, text: &Text) -> Metric {
    let percent = sample(model).and_then(|sample| sample.memory_utilisation_percent).map(|percent| percent.to_string());
    plain("memory-controller", "monitor-memory-controller", percent, "%", String::new(), model, text)
}

/// Temperature of the card's memory.
pub fn memory_temperature(model: &Model, text: &Text) -> Metric {
    let celsius = sample(model).and_then(|sample| sample.memory_celsius).map(|celsius| celsius.to_string());
    plain("memory-temperature", "monitor-memory-temperature", celsius, "°C", String::new(), model, text)
}

/// The performance state, and packets that had to be sent anew.
pub fn state(model: &Model, text: &Text) -> Metric {
    let sample = sample(model);
    let state = sample.and_then(|sample| sample.performance_state).map(|state| format!("P{state}"));
    let replays = sample.and_then(|sample| sample.pcie_replays);
    let note = replays.map(|count| text.with("monitor-replays", &[("count", count.to_string().into())]));
    plain("state", "monitor-state", state, "", note.unwrap_or_default(), model, text)
}

/// Memory errors.
pub fn ecc(model: &Model, text: &Text) -> Metric {
    let sample = sample(model);
    let lost = sample.and_then(|sample| sample.ecc_uncorrected).map(|count| count.to_string());
    let mended = sample.and_then(|sample| sample.ecc_corrected);
    let note = mended.map(|count| text.with("monitor-ecc-corrected", &[("count", count.to_string().into())]));
    plain("ecc", "monitor-ecc", lost, "", note.unwrap_or_default(), model, text)
}

/// The fastest fan; the others in words.
pub fn fan(model: &Model, text: &Text) -> Metric {
    let sample = sample(model);
    let fan = sample.and_then(|sample| sample.fan_percent).map(|percent| percent.to_string());
    let all = sample.map(|sample| sample.fans_percent.as_slice()).filter(|fans| fans.len() > 1).unwrap_or_default();
    let each: Vec<String> = all.iter().map(|percent| format!("{percent} %")).collect();
    plain("fan", "monitor-fan", fan, "%", each.join(", "), model, text)
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
    let greatest = lines.iter().flatten().map(|[_, y]| *y).fold(0.0, f64::max);
    if metric.top > 0.0 {
        // A draw far beyond its limit is to be seen, not cut.
        metric.top = metric.top.max(greatest);
    } else if !lines.is_empty() {
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
        // A gap in what is shown is not a card that does not tell.
        let is_gap = window.highest_of.is_some() && known(model, figure).is_some();
        metric.note = text.get(if is_gap { "monitor-pointed-gap" } else { missing(model) });
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
