//! `monitor`

use super::args::MonitorArgs;
use super::{Done, Session, exit};
use crate::host::GpuSample;
use crate::monitor::{CSV_HEADER, MonitorTick, csv_rows, watch};
use crate::problem::Problem;
use crate::text;
use std::ops::ControlFlow;
use std::time::Duration;

pub fn run(session: &mut Session, args: &MonitorArgs) -> Done {
    let host = std::sync::Arc::clone(&session.host);
    let mut csv = match &args.csv {
        None => None,
        Some(path) => {
            let path = session.absolute(path);
            host.write_atomic(&path, CSV_HEADER.as_bytes()).map_err(|error| crate::run::problem_of(&error))?;
            Some(host.grow(&path).map_err(|error| crate::run::problem_of(&error))?)
        }
    };
    let mut unwritten = None;
    let result =
        watch(&*host, Duration::from_millis(args.interval), args.seconds.map(Duration::from_secs), &mut |tick| {
            if session.json {
                session.say_json(tick);
            } else {
                for line in lines(tick) {
                    session.screen.say(line);
                }
            }
            if let Some(file) = &mut csv
                && let Err(error) = file.add(csv_rows(tick).as_bytes())
            {
                unwritten = Some(error);
                return ControlFlow::Break(());
            }
            if session.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    if let Some(error) = unwritten {
        return Err(crate::run::problem_of(&error).into());
    }
    match result {
        Ok(()) => Ok(exit::DONE),
        Err(error) => Err(Problem::new("no-gpu", "There is no NVIDIA card to watch, or its driver does not answer.")
            .command("See what is known", "torch-wizard detect")
            .details(error.to_string())
            .into()),
    }
}

fn lines(tick: &MonitorTick) -> Vec<String> {
    let clock = tick.time.get(11..19).unwrap_or(&tick.time);
    let mut lines: Vec<String> = tick.samples.iter().map(|sample| format!("{clock}  {}", figures(sample))).collect();
    lines.extend(tick.trouble.iter().map(|trouble| format!("{clock}  {trouble}")));
    lines
}

fn figures(sample: &GpuSample) -> String {
    if sample.lost {
        return format!("card {}  does not answer any more", sample.index);
    }
    let shown = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let memory = sample.memory_used_bytes.zip(sample.memory_total_bytes);
    let power = sample.watts.map(|watts| {
        let limit = sample.limit_watts.map(|limit| format!(" of {limit:.0}")).unwrap_or_default();
        format!("{watts:.0}{limit} W")
    });
    let mut text = format!(
        "card {}  {:>4}  {:>20}  {:>5}  {:>12}  {:>9}",
        sample.index,
        shown(sample.utilisation_percent.map(|percent| format!("{percent} %"))),
        shown(memory.map(|(used, total)| format!("{} of {}", text::memory(used), text::memory(total)))),
        shown(sample.celsius.map(|celsius| format!("{celsius} °C"))),
        shown(power),
        shown(sample.clock_mhz.map(|clock| format!("{clock} MHz"))),
    );
    if !sample.throttle.is_empty() {
        text += "  held down: ";
        text += &sample.throttle.join(", ");
    }
    text
}
