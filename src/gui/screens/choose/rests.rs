//! The facts that a reason rests on, each with where it was found.

use super::judged::Judged;
use crate::app::Row;
use crate::assess::Reason;
use crate::facts::{DiskRole, MachineFacts, Probed, Source};
use crate::gui::screens::detect::lines;
use crate::text::Text;

/// The rows of the first page that a reason speaks of.
fn rows(code: &str) -> &'static [Row] {
    match code {
        "driver-fits"
        | "driver-too-old"
        | "driver-unknown"
        | "driver-missing"
        | "no-driver"
        | "newest-needs-driver"
        | "driver-fault" => &[Row::Driver],
        "driver-dropped-card" => &[Row::Gpu, Row::Driver],
        "code-on-card"
        | "no-code-for-card"
        | "card-too-new"
        | "card-left-out"
        | "capability-unknown"
        | "reports-contradict"
        | "newest-lacks-card"
        | "nightly-lacks-card"
        | "too-old-for-wsl"
        | "no-nvidia-card"
        | "cards-unknown"
        | "no-such-card"
        | "source-serves"
        | "no-toolkit-for-cards" => &[Row::Gpu],
        "os-unknown"
        | "platform-not-covered"
        | "no-cuda-on-macos"
        | "glibc-too-old"
        | "newest-needs-glibc"
        | "only-on-windows"
        | "no-wsl-on-server"
        | "windows-too-old"
        | "windows-build-unknown" => &[Row::System],
        "newest-lacks-python" | "python-does-not-fit" => &[Row::Python],
        "indexes-unreachable" | "torch-index-blocked" => &[Row::Network],
        "disk-short" => &[Row::Disk],
        "memory-short" => &[Row::Hardware],
        "toolkit-missing" => &[Row::Toolkit],
        "no-container-engine" | "engine-trouble" | "engine-without-gpu" | "engine-gpu-unknown" | "engine-unknown" => {
            &[Row::Tools]
        }
        _ => &[],
    }
}

/// "Driver: 581.57, from NVML": what a reason rests on, as far as it is known of this machine.
pub fn facts(text: &Text, judged: &Judged<'_>, reason: &Reason) -> Vec<String> {
    let Some(facts) = judged.facts else { return Vec::new() };
    let of = |row: &Row| {
        let (value, from) = value(text, facts, *row, reason)?;
        let places = [("what", lines::label(text, *row).into()), ("value", value.into()), ("from", from.into())];
        Some(text.with("choose-fact", &places))
    };
    rows(&reason.code).iter().filter_map(of).collect()
}

/// The value of a row, in few words, and where it was found.
fn value(text: &Text, facts: &MachineFacts, row: Row, reason: &Reason) -> Option<(String, String)> {
    match row {
        Row::Gpu => cards(text, facts, reason),
        Row::Driver => said(text, &facts.driver, ToString::to_string),
        Row::System => said(text, &facts.os, |os| match (os.build, os.glibc) {
            (Some(build), _) if !os.version.contains(&build.to_string()) => text.with(
                "choose-fact-build",
                &[("version", os.version.as_str().into()), ("build", build.to_string().into())],
            ),
            (_, Some((major, minor))) => format!("{}, glibc {major}.{minor}", os.version),
            (Some(_) | None, None) => os.version.clone(),
        }),
        Row::Hardware => said(text, &facts.hardware, |hardware| text.memory(hardware.memory_bytes)),
        Row::Disk => {
            let disk = facts.disks.iter().find(|disk| disk.role == DiskRole::Target)?;
            Some((text.size(disk.free_bytes?), disk.path.display().to_string()))
        }
        Row::Tools => said(text, &facts.containers, |engine| engine.program.word().to_owned()),
        // What is said of these names what was found itself.
        Row::Python | Row::Network | Row::Toolkit | Row::Torch | Row::Settings => None,
    }
}

/// The cards that a reason names, or all of them.
fn cards(text: &Text, facts: &MachineFacts, reason: &Reason) -> Option<(String, String)> {
    let gpus = facts.gpus.found()?;
    let named = reason.args.get("card");
    let of: Vec<_> = gpus.iter().filter(|gpu| named.is_none_or(|name| *name == gpu.name)).collect();
    let names: Vec<String> = of
        .iter()
        .map(|gpu| match gpu.capability {
            Some(capability) => format!("{} ({capability})", super::served::short(gpu)),
            None => super::served::short(gpu).to_owned(),
        })
        .collect();
    Some((names.join(", "), from(text, &of.first()?.source)))
}

fn said<T>(text: &Text, fact: &Probed<T>, words: impl Fn(&T) -> String) -> Option<(String, String)> {
    match fact {
        Probed::Found { value, source } => Some((words(value), from(text, source))),
        Probed::Absent { source } => Some((text.get("detect-absent"), from(text, source))),
        Probed::Unknown { .. } => None,
    }
}

/// "from NVML"; of a report, its line.
pub fn from(text: &Text, source: &Source) -> String {
    let Some(rest) = source.detail.strip_prefix("the report") else { return lines::from(text, source) };
    let line = rest.trim_start_matches(", line ").split(':').next().unwrap_or_default();
    match line.parse::<usize>() {
        Ok(line) => text.with("choose-fact-line", &[("line", line.into())]),
        Err(_) => text.get("choose-fact-report"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Via;
    use crate::text::Language;

    #[test]
    fn a_fact_of_a_report_names_its_line() {
        let text = Text::new(Language::English);
        let of = |via, detail: &str| from(&text, &Source::new(via, detail));
        assert_eq!(of(Via::NvidiaSmi, "the report, line 3: nvidia-smi"), "line 3 of the report");
        assert_eq!(of(Via::User, "the report"), "from the report");
        assert_eq!(of(Via::Nvml, "nvmlSystemGetDriverVersion"), "from NVML");
    }

    /// A code that is renamed would lose its fact without a word.
    #[test]
    fn every_code_with_a_fact_is_one_that_is_said() {
        let text = Text::new(Language::English);
        let source = include_str!("rests.rs");
        let codes = source.split_once("match code {").unwrap().1.split_once("_ => &[]").unwrap().0;
        let codes: Vec<&str> = codes.split('"').skip(1).step_by(2).collect();
        assert!(codes.len() > 30, "{codes:?}");
        for code in codes {
            let forms = ["", "-not-running"].map(|form| format!("reason-{code}{form}"));
            assert!(forms.iter().any(|key| text.find(key).is_some()), "{code}");
        }
    }
}
