//! The set-up of one PC on one sheet of A4.

use super::Card;
use super::commands::{activation, below, line, notebook_kernel, wizard};
use super::finding::Finding;
use super::markup::{Page, Tone, moment};
use super::verification::speed;
use crate::facts::{Gpu, OsFacts, Probed};
use crate::plan::native_shell;
use crate::plan::{Shell, python_of};
use crate::text::Text;
use crate::verify::{Check, Proof};

/// The sheet has room for so many speeds, and so many kinds of cards.
const MOST_ROWS: usize = 4;

pub(super) fn html(card: &Card<'_>, text: &Text) -> String {
    let mut page = Page::begin(text, card.private, "card", &text.get("card-title"));
    page.tag("<header><h1>");
    page.say("card-title");
    page.tag("</h1></header>\n");
    proof(&mut page, card);
    page.tag("<div class=\"columns\">\n");
    machine(&mut page, card);
    torch(&mut page, card);
    page.tag("</div>\n");
    speeds(&mut page, card);
    usage(&mut page, card);
    upkeep(&mut page, card);
    page.tag("<footer><p>");
    page.say_with(
        "card-made-by",
        &[("version", env!("CARGO_PKG_VERSION").into()), ("at", moment(card.made_at).into())],
    );
    page.tag("</p></footer>\n");
    page.end()
}

/// What is proven, when and under which driver: by the report at hand, else by what is known of the environment.
fn proof(page: &mut Page<'_>, card: &Card<'_>) {
    let simulated = card.facts.is_simulated() || card.report.is_some_and(|report| report.simulated);
    let (finding, at, driver) = match (card.report, card.known) {
        _ if simulated => (Some(Finding::Simulated), None, None),
        (Some(report), _) => (Some(Finding::of(report)), Some(&report.taken_at), report.driver.as_ref()),
        (None, Some(known)) => {
            let proven = known.verdict == Some(Proof::Proven);
            (proven.then_some(Finding::Proven), known.verified_at.as_ref(), known.driver.as_ref())
        }
        (None, None) => (None, None, None),
    };
    let sentence = page.text.get(finding.map_or("card-not-proven", Finding::key));
    let at = at.map(|at| moment(at));
    let driver = driver.map(|driver| page.hidden(driver));
    let lead = match (finding, at, driver) {
        (Some(finding), Some(at), Some(driver)) if finding.is_proven() => {
            page.text.with("card-proven-under", &[("at", at.into()), ("driver", driver.into())])
        }
        (Some(finding), Some(at), None) if finding.is_proven() => {
            page.text.with("card-proven-at", &[("at", at.into())])
        }
        (Some(Finding::Simulated), ..) => page.text.get("card-simulated"),
        (_, Some(at), _) => page.text.with("card-checked-at", &[("at", at.into())]),
        (_, None, _) => page.text.get("card-never-checked"),
    };
    page.banner(finding.map_or(Tone::Warn, Finding::tone), &sentence, &lead);
}

fn machine(page: &mut Page<'_>, card: &Card<'_>) {
    page.part("card-machine");
    page.tag("<dl class=\"facts\">\n");
    let kinds = match &card.facts.gpus {
        Probed::Found { value, .. } if !value.is_empty() => kinds(value, page.text),
        Probed::Found { .. } | Probed::Absent { .. } => vec![page.text.get("card-gpu-none")],
        Probed::Unknown { .. } => vec![page.text.get("report-unknown")],
    };
    let more = kinds.len().saturating_sub(MOST_ROWS);
    for kind in kinds.iter().take(MOST_ROWS) {
        page.fact("card-gpu", Some(kind));
    }
    if more > 0 {
        let others = page.text.with("card-gpu-more", &[("count", more.into())]);
        page.fact("card-gpu", Some(&others));
    }
    let driver = match &card.facts.driver {
        Probed::Found { value, .. } => value.to_string(),
        Probed::Absent { .. } => page.text.get("report-none"),
        Probed::Unknown { .. } => page.text.get("report-unknown"),
    };
    page.fact("report-driver", Some(&driver));
    page.fact("report-system", card.facts.os.found().map(system).as_deref());
    let memory = card.facts.hardware.found().map(|hardware| {
        let memory = page.text.memory(hardware.memory_bytes);
        format!("{} · {memory}", hardware.cpu)
    });
    page.fact("card-processor", memory.as_deref());
    page.tag("</dl>\n</section>\n");
}

/// Equal cards are one line: `8 × NVIDIA H100 · compute capability 9.0 · 79.6 GiB`.
fn kinds(gpus: &[Gpu], text: &Text) -> Vec<String> {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for gpu in gpus {
        let capability = gpu.capability.map_or_else(|| text.get("report-unknown"), |known| known.to_string());
        let mut line =
            text.with("card-gpu-line", &[("name", gpu.name.as_str().into()), ("capability", capability.into())]);
        if let Some(bytes) = gpu.memory_bytes {
            line = format!("{line} · {}", text.memory(bytes));
        }
        match kinds.iter_mut().find(|(kind, _)| *kind == line) {
            Some((_, count)) => *count += 1,
            None => kinds.push((line, 1)),
        }
    }
    kinds.into_iter().map(|(line, count)| if count == 1 { line } else { format!("{count} × {line}") }).collect()
}

/// The system as one line.
pub(super) fn system(os: &OsFacts) -> String {
    let build = os.build.map(|build| format!(" ({build})")).unwrap_or_default();
    let wsl = if os.is_wsl { " · WSL" } else { "" };
    format!("{}{build} · {}{wsl}", os.version, os.arch)
}

fn torch(page: &mut Page<'_>, card: &Card<'_>) {
    let known = card.known;
    let locked = |name: &str| {
        let package = card.plan?.lock.packages.iter().find(|package| package.name == name)?;
        Some(package.version.clone())
    };
    let told = || card.report.and_then(|report| report.torch.clone());
    let build = card.plan.and_then(|plan| plan.assessment.build.as_ref());
    let variant = build.map(|build| build.variant.clone()).or_else(|| known.and_then(|known| known.variant.clone()));
    let index = card.plan.and_then(|plan| {
        let package = plan.lock.packages.iter().find(|package| package.name == "torch");
        package.and_then(|package| package.index.clone()).or_else(|| plan.indexes.torch.clone())
    });
    page.part("card-torch");
    page.tag("<dl class=\"facts\">\n");
    page.fact("report-torch", told().or_else(|| locked("torch")).or_else(|| known?.torch.clone()).as_deref());
    for name in ["torchvision", "torchaudio"] {
        let key = if name == "torchvision" { "card-torchvision" } else { "card-torchaudio" };
        page.fact(key, locked(name).as_deref());
    }
    page.fact("card-variant", variant.as_deref());
    page.fact("report-runtime", card.report.and_then(|report| report.cuda_runtime.as_deref()));
    page.fact("card-python", card.plan.and_then(|plan| plan.choices.version()).as_deref());
    if let Some(index) = index {
        page.code_fact("card-index", &index);
    }
    page.tag("</dl>\n</section>\n");
}

/// The fastest checks, as what the card can do.
fn speeds(page: &mut Page<'_>, card: &Card<'_>) {
    let Some(report) = card.report.filter(|report| !report.simulated && !card.facts.is_simulated()) else { return };
    let mut fast: Vec<&Check> = report.checks.iter().filter(|c| c.device.is_some() && c.tflops.is_some()).collect();
    fast.sort_by(|one, other| other.tflops.unwrap_or_default().total_cmp(&one.tflops.unwrap_or_default()));
    if fast.is_empty() {
        return;
    }
    page.tag("<section>\n<table class=\"speeds\">\n<caption>");
    page.say("card-speeds");
    page.tag("</caption>\n<tbody>\n");
    for check in fast.into_iter().take(MOST_ROWS) {
        page.tag("<tr><th scope=\"row\">");
        let what = page.text.find(&format!("verify-check-{}", check.check));
        let what = what.unwrap_or_else(|| check.check.clone());
        page.value(&what);
        if report.devices.len() > 1 {
            page.tag(" ");
            let index = check.device.unwrap_or_default().to_string();
            page.say_with("report-on-device", &[("index", index.into())]);
        }
        page.tag("</th><td class=\"number\">");
        let speed = speed(page.text, check).unwrap_or_default();
        page.words(&speed);
        page.tag("</td></tr>\n");
    }
    page.tag("</tbody></table>\n</section>\n");
}

const fn shell_key(shell: Shell) -> &'static str {
    match shell {
        Shell::PowerShell => "card-activate-powershell",
        Shell::Cmd => "card-activate-cmd",
        Shell::Posix => "card-activate-sh",
    }
}

fn usage(page: &mut Page<'_>, card: &Card<'_>) {
    let shell = native_shell(card.os);
    page.part("card-use");
    page.tag("<dl class=\"facts lines\">\n");
    page.code_fact("card-environment", &card.environment.to_string_lossy());
    for (shell, command) in activation(card.os, card.environment) {
        page.code_fact(shell_key(shell), &command);
    }
    page.code_fact("card-editor", &python_of(card.os, card.environment).to_string_lossy());
    let [bring, register] = notebook_kernel(card.os, card.environment, card.plan);
    page.code_fact("card-notebook", &line(&bring, shell));
    page.code_fact("card-notebook-register", &line(&register, shell));
    page.tag("</dl>\n</section>\n");
}

fn upkeep(page: &mut Page<'_>, card: &Card<'_>) {
    let shell = native_shell(card.os);
    page.part("card-keep");
    page.tag("<dl class=\"facts lines\">\n");
    for (key, words) in [
        ("card-verify", &["verify"][..]),
        ("card-resume", &["resume"]),
        ("card-rollback", &["rollback"]),
        ("card-remove", &["envs", "remove"]),
    ] {
        page.code_fact(key, &line(&wizard(words, card.environment), shell));
    }
    if let Some(plan) = card.plan {
        let at = |name: &str| below(card.os, &plan.places.run, name).to_string_lossy().into_owned();
        page.code_fact("card-lock", &at("pins.txt"));
        page.code_fact("card-log", &at("install.log"));
    }
    page.tag("</dl>\n</section>\n");
}
