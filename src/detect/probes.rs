//! The questions of a scan, each with its limit and with what it means if nobody answers in time.

use super::gpu::{self, GpuFindings};
use super::network::{self, Index, Reached};
use super::{Ask, Done, Draft, Job, Late, Lookups, containers, disk, os, python, settings, tools, windows, wsl};
use crate::environments;
use crate::facts::{
    Environment, IndexSettings, MachineFacts, Network, OsFamily, PowerSupply, Probe, ProbeOutcome, Probed, Reach,
    Source, Via,
};
use crate::host::Host;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

fn unknown<T>(via: Via, why: &str) -> Probed<T> {
    Probed::Unknown { why: why.to_owned(), source: Source::new(via, "") }
}

fn job(name: &'static str, seconds: u64, ask: impl FnOnce(&dyn Host) -> Done + Send + 'static, late: Late) -> Job {
    Job { name, limit: Duration::from_secs(seconds), spared: None, ask: Box::new(ask), late }
}

pub(super) fn jobs(lookups: &Lookups, ask: &Ask) -> Vec<Job> {
    let mut jobs = vec![os_job(), windows_job()];
    jobs.extend(card_jobs());
    jobs.extend([python_job(lookups), environment_job(ask), disk_job(ask), tool_job(), wsl_job(), container_job()]);
    jobs.push(volume_job());
    jobs.push(settings_job());
    if !ask.offline {
        jobs.extend(index_jobs(ask));
    }
    jobs
}

/// Twice the limit of NVML's own calls: loading it, then asking.
const NVML_LIMIT: Duration = Duration::from_secs(11);

/// Two calls of `nvidia-smi` with their own limits.
const SMI_LIMIT: Duration = Duration::from_secs(7);

/// How long `nvidia-smi` is waited for if NVML has told everything.
const SMI_SPARED: Duration = Duration::from_millis(700);

/// The three ways to the cards. NVML's own limits make 10 s at most; a call that never returns costs no more.
fn card_jobs() -> [Job; 3] {
    let done = |findings: &GpuFindings, enter: fn(&mut Draft, GpuFindings)| {
        let own = findings.clone();
        Done::new(findings.outcome(), findings.detail(), move |draft: &mut Draft| enter(draft, own))
    };
    let nvml = job(
        "nvml",
        NVML_LIMIT.as_secs(),
        move |host| done(&gpu::nvml(host), |draft, found| draft.nvml = found),
        |draft, _| draft.nvml = GpuFindings::late(Via::Nvml, NVML_LIMIT),
    );
    let smi = job(
        "nvidia-smi",
        SMI_LIMIT.as_secs(),
        move |host| done(&gpu::nvidia_smi(host), |draft, found| draft.smi = found),
        |draft, _| {
            draft.smi = if draft.knows_cards() {
                GpuFindings::unknown(&Source::new(Via::NvidiaSmi, "nvidia-smi"), "not needed: NVML had answered")
            } else {
                GpuFindings::late(Via::NvidiaSmi, SMI_LIMIT)
            };
        },
    );
    let bus = job(
        "pci-bus",
        3,
        move |host| {
            let (found, others) = (gpu::pci_bus(host), gpu::others(host));
            let (outcome, detail) = (found.outcome(), found.detail());
            let date = gpu::driver_date(host, &found.driver);
            Done::new(outcome, detail, move |draft: &mut Draft| {
                draft.bus = found;
                draft.facts.other_cards = others;
                draft.facts.driver_date = date;
            })
        },
        |draft, _| draft.bus = GpuFindings::late(Via::PciBus, Duration::from_secs(3)),
    );
    [nvml, Job { spared: Some((Draft::knows_cards, SMI_SPARED)), ..smi }, bus]
}

/// Merges what the three ways to the cards found, and says in a probe of its own what stands in the driver's way.
pub(super) fn enter_cards(draft: &mut Draft, lookups: &Lookups) -> Probe {
    let cards = gpu::merge(&draft.nvml, &draft.smi, &draft.bus, &*lookups.card_names);
    let troubles: Vec<String> = cards.troubles.iter().map(|trouble| format!("{}: {trouble}", trouble.code())).collect();
    let driver = cards.driver.found().map(ToString::to_string);
    let outcome = cards.driver.outcome();
    let detail = driver.into_iter().chain(troubles).collect::<Vec<_>>().join(" ");
    // The registry speaks for the driver that is installed, which need not be the one that answers.
    if draft.bus.driver.found() != cards.driver.found() {
        draft.facts.driver_date = None;
    }
    draft.facts.gpus = cards.gpus;
    draft.facts.driver_troubles = gpu::by_code(&cards.troubles);
    draft.facts.driver = cards.driver;
    draft.facts.driver_cuda = cards.driver_cuda;
    Probe { name: "driver".to_owned(), started_ms: 0, milliseconds: 0, outcome, detail }
}

/// The facts as they would be if nothing more came: the cards as soon as one way to them has told of some.
pub(super) fn so_far(draft: &Draft, lookups: &Lookups, ask: &Ask) -> MachineFacts {
    let mut facts = draft.facts.clone();
    let told = [&draft.nvml, &draft.smi, &draft.bus].into_iter().any(|way| way.cards.found().is_some());
    if told {
        let cards = gpu::merge(&draft.nvml, &draft.smi, &draft.bus, &*lookups.card_names);
        (facts.gpus, facts.driver, facts.driver_cuda) = (cards.gpus, cards.driver, cards.driver_cuda);
    }
    if !draft.indexes.is_empty() {
        facts.network = network_of(&draft.indexes, ask);
    }
    facts
}

fn os_job() -> Job {
    let late = |draft: &mut Draft, why: &str| {
        draft.facts.os = unknown(Via::System, why);
        draft.facts.hardware = unknown(Via::System, why);
    };
    job(
        "os",
        2,
        |host| {
            let (os, hardware) = os::read(host);
            let power_supply = power_supply(host);
            let wsl_kernel = os::wsl_kernel(host);
            Done::new(ProbeOutcome::Found, os.version.clone(), |draft| {
                draft.facts.power_supply = power_supply;
                draft.facts.wsl_kernel = wsl_kernel;
                draft.facts.os = Probed::Found { value: os, source: Source::new(Via::System, "") };
                draft.facts.hardware = Probed::Found { value: hardware, source: Source::new(Via::System, "") };
            })
        },
        late,
    )
}

fn power_supply(host: &dyn Host) -> Probed<PowerSupply> {
    let source = Source::new(Via::System, "");
    match host.power_supply() {
        Some(value) => Probed::Found { value, source },
        None => Probed::Absent { source },
    }
}

fn windows_job() -> Job {
    job(
        "windows",
        2,
        |host| {
            if host.family() != OsFamily::Windows {
                return Done::new(ProbeOutcome::Absent, "only on Windows", |_| {});
            }
            let facts = windows::read(host);
            let (outcome, detail) = (facts.vc_runtime.outcome(), "registry and system folder");
            let outcome = if outcome == ProbeOutcome::Unknown { outcome } else { ProbeOutcome::Found };
            Done::new(outcome, detail, move |draft| *draft.facts.windows = facts)
        },
        // What was not asked is not known.
        |_, _| {},
    )
}

fn python_job(lookups: &Lookups) -> Job {
    let why_not = Arc::clone(&lookups.python_why_not);
    job(
        "pythons",
        8,
        move |host| {
            let pythons = python::read(host, &*why_not);
            let usable = pythons.iter().filter(|python| python.why_not.is_none()).count();
            let detail = format!("{} found, {usable} usable", pythons.len());
            let source = Source::new(Via::FileSystem, "PATH, launcher, registry, uv, pyenv, conda");
            let pythons =
                if pythons.is_empty() { Probed::Absent { source } } else { Probed::Found { value: pythons, source } };
            Done::new(pythons.outcome(), detail, |draft| draft.facts.pythons = pythons)
        },
        |draft, why| draft.facts.pythons = unknown(Via::FileSystem, why),
    )
}

fn environment_job(ask: &Ask) -> Job {
    let known = ask.known_environments.clone();
    job(
        "environments",
        5,
        move |host| {
            let interpreters: Vec<PathBuf> = python::candidates(host).into_iter().map(|found| found.path).collect();
            let found: Vec<Environment> = environments::find(host, &known, &interpreters);
            let with_torch = found.iter().filter(|environment| environment.torch.is_some()).count();
            let detail = format!("{} found, {with_torch} with torch", found.len());
            let source = Source::new(Via::FileSystem, "usual places");
            Done::new(ProbeOutcome::Found, detail, |draft| {
                draft.facts.environments = Probed::Found { value: found, source };
            })
        },
        |draft, why| draft.facts.environments = unknown(Via::FileSystem, why),
    )
}

fn disk_job(ask: &Ask) -> Job {
    let target = ask.target.clone();
    job(
        "disks",
        2,
        move |host| {
            let disks = disk::read(host, &target);
            let is_known = disks.iter().any(|disk| disk.free_bytes.is_some());
            let outcome = if is_known { ProbeOutcome::Found } else { ProbeOutcome::Unknown };
            Done::new(outcome, "target, cache, temp", |draft| draft.facts.disks = disks)
        },
        // An empty list says as much as three entries without a number.
        |_, _| {},
    )
}

fn volume_job() -> Job {
    job(
        "volumes",
        2,
        |host| {
            let volumes = disk::volumes(host);
            let outcome = if volumes.is_empty() { ProbeOutcome::Absent } else { ProbeOutcome::Found };
            let detail = format!("{} built in", volumes.len());
            Done::new(outcome, detail, |draft| draft.facts.volumes = volumes)
        },
        |_, _| {},
    )
}

fn tool_job() -> Job {
    job(
        "tools",
        4,
        |host| {
            let tools::Tools { programs, toolkits, visual_studios } = tools::read(host);
            let found: Vec<&str> =
                programs.iter().filter(|(_, tool)| tool.found().is_some()).map(|(name, _)| name.as_str()).collect();
            let outcome = if found.is_empty() { ProbeOutcome::Absent } else { ProbeOutcome::Found };
            Done::new(outcome, found.join(", "), |draft| {
                draft.facts.tools.extend(programs);
                draft.facts.toolkits = toolkits;
                draft.facts.visual_studios = visual_studios;
            })
        },
        |draft, why| unknown_tools(draft, &tools::NAMES, why),
    )
}

fn wsl_job() -> Job {
    job(
        "wsl",
        2,
        |host| {
            let wsl = wsl::read(host);
            let virtualisation = wsl::virtualisation(host);
            let detail = wsl.found().map_or_else(|| why_not(&wsl), wsl::names);
            Done::new(wsl.outcome(), detail, move |draft| {
                draft.facts.tools.insert("wsl".to_owned(), wsl::tool(&wsl));
                draft.facts.wsl = wsl;
                draft.facts.virtualisation = virtualisation;
            })
        },
        |draft, why| {
            draft.facts.wsl = unknown(Via::Registry, why);
            unknown_tools(draft, &["wsl"], why);
        },
    )
}

fn container_job() -> Job {
    job(
        "containers",
        4,
        |host| {
            let containers::Containers { engine, tools } = containers::read(host);
            let detail = engine.found().map_or_else(|| why_not(&engine), containers::words);
            Done::new(engine.outcome(), detail, |draft| {
                draft.facts.containers = engine;
                draft.facts.tools.extend(tools);
            })
        },
        |draft, why| {
            draft.facts.containers = unknown(Via::Command, why);
            unknown_tools(draft, &containers::NAMES, why);
        },
    )
}

fn unknown_tools(draft: &mut Draft, names: &[&str], why: &str) {
    draft.facts.tools.extend(names.iter().map(|&name| (name.to_owned(), unknown(Via::Command, why))));
}

/// What a probe that found nothing has to say.
fn why_not<T>(fact: &Probed<T>) -> String {
    match fact {
        Probed::Found { source, .. } | Probed::Absent { source } => source.detail.clone(),
        Probed::Unknown { why, .. } => why.clone(),
    }
}

fn settings_job() -> Job {
    job(
        "settings",
        2,
        |host| {
            let masks = gpu::masks(host);
            let (settings, trouble) = settings::index_settings(host);
            let is_empty = settings == IndexSettings::default();
            let outcome = match (trouble.is_empty(), is_empty) {
                (false, _) => ProbeOutcome::Unknown,
                (true, true) => ProbeOutcome::Absent,
                (true, false) => ProbeOutcome::Found,
            };
            let detail = if trouble.is_empty() { "uv's and pip's settings".to_owned() } else { trouble.join("; ") };
            Done::new(outcome, detail, |draft| {
                draft.facts.index_settings = settings;
                draft.facts.masks = masks;
            })
        },
        |_, _| {},
    )
}

fn index_jobs(ask: &Ask) -> [Job; 2] {
    let limit = ask.network_limit;
    let outcome = |reached: &Reached| match reached.reach {
        Reach::Reached => ProbeOutcome::Found,
        Reach::Blocked => ProbeOutcome::Absent,
        Reach::Unknown => ProbeOutcome::Unknown,
    };
    let done = move |index: Index, reached: Reached| {
        let detail = match &reached.failure {
            Some(why) => format!("{}: {why}", reached.url),
            None => reached.url.clone(),
        };
        Done::new(outcome(&reached), detail, move |draft: &mut Draft| draft.indexes.push((index, reached)))
    };
    let torch = ask.torch_index_url.clone();
    let pypi = ask.pypi_url.clone();
    // What is late adds nothing to the list, which `network_of` takes as unknown.
    let late = |_: &mut Draft, _: &str| {};
    let torch_job = Job {
        name: "torch-index",
        limit,
        spared: None,
        ask: Box::new(move |host| done(Index::Torch, network::ask(host, Index::Torch, &torch, limit))),
        late,
    };
    let pypi_job = Job {
        name: "pypi",
        limit,
        spared: None,
        ask: Box::new(move |host| {
            let (settings, _) = settings::index_settings(host);
            let named = settings.default_index.map(|setting| setting.value).or(pypi);
            let Some(url) = named.or_else(|| network::pypi_address(host)) else {
                return Done::new(ProbeOutcome::Unknown, "no address to ask", |_| {});
            };
            done(Index::Pypi, network::ask(host, Index::Pypi, &url, limit))
        }),
        late,
    };
    [torch_job, pypi_job]
}

pub(super) fn network_of(indexes: &[(Index, Reached)], ask: &Ask) -> Probed<Network> {
    let source = Source::new(Via::Index, ask.torch_index_url.clone());
    if indexes.is_empty() {
        let why = if ask.offline { "told to stay offline" } else { "no index answered in time" };
        return Probed::Unknown { why: why.to_owned(), source };
    }
    let of = |index: Index| indexes.iter().find(|(other, _)| *other == index).map(|(_, reached)| reached);
    let reach = |index: Index| of(index).map_or(Reach::Unknown, |reached| reached.reach);
    let failures =
        indexes.iter().filter_map(|(_, reached)| Some((reached.url.clone(), reached.failure.clone()?))).collect();
    let proxy = indexes.iter().find_map(|(_, reached)| reached.proxy.clone());
    let value = Network { torch_index: reach(Index::Torch), pypi: reach(Index::Pypi), failures, proxy };
    Probed::Found { value, source }
}
