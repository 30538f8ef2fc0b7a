//! Our own `detect --json`, and the `facts` of `advise --json`, read back. Fields of other versions may be missing or
//! be more.

mod windows;

use super::draft::unknown;
use crate::assess;
use crate::catalog::{Catalog, Platform};
use crate::facts::{
    Board, ContainerEngine, ContainerProgram, CudaToolkit, Disk, DiskRole, Distribution, EngineTrouble, Environment,
    FixedVolume, Gpu, Hardware, IndexSettings, MachineFacts, Mask, Network, OsFacts, OsFamily, PowerSupply, Probe,
    ProbeOutcome, Probed, Python, Reach, Setting, Source, Tool, TorchSeen, Via, Virtualisation, VisualStudio, Wsl,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use windows::WindowsLine;

/// The facts, if the text is ours; words around it are passed over.
pub(super) fn read(text: &str, catalog: &Catalog) -> Option<MachineFacts> {
    let start = text.find('{')?;
    let json = text.get(start..)?;
    if !json.contains("\"schema\"") || !json.contains("\"gpus\"") {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<Outer>();
    let outer = values.next()?.ok()?;
    let told = outer.facts.map_or(outer.own, |facts| *facts);
    (told.schema.is_some() && told.gpus.is_some()).then(|| told.into_facts(catalog))
}

/// `detect` has the facts at the top, `advise` one level down.
#[derive(Deserialize)]
struct Outer {
    facts: Option<Box<Told>>,
    #[serde(flatten)]
    own: Told,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    schema: Option<u32>,
    taken_at: String,
    os: Option<Os>,
    hardware: Option<Hardware>,
    driver: Option<Driver>,
    gpus: Option<Vec<GpuLine>>,
    gpus_state: Option<State>,
    other_cards: Vec<String>,
    torch_seen: Option<TorchLine>,
    masks: BTreeMap<String, String>,
    pythons: Vec<PythonLine>,
    environments: Vec<EnvironmentLine>,
    disks: Vec<DiskLine>,
    volumes: Vec<VolumeLine>,
    network: Option<NetworkLine>,
    index_settings: Settings,
    tools: BTreeMap<String, Option<String>>,
    wsl: Option<WslLine>,
    virtualisation: Virtualisation,
    windows: Option<WindowsLine>,
    power_supply: Option<PowerSupply>,
    containers: Option<ContainerLine>,
    toolkits: Vec<CudaToolkit>,
    visual_studios: Vec<VisualStudio>,
    probes: Vec<ProbeLine>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Found,
    Absent,
    Unknown,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Os {
    family: Option<OsFamily>,
    version: Option<String>,
    build: Option<u32>,
    arch: Option<String>,
    is_wsl: Option<bool>,
    is_container: Option<bool>,
    glibc: Option<String>,
}

#[derive(Deserialize)]
struct Driver {
    state: State,
    version: Option<String>,
    cuda_version: Option<String>,
    date: Option<jiff::civil::Date>,
    #[serde(default)]
    source: String,
    why: Option<String>,
}

#[derive(Deserialize)]
struct GpuLine {
    #[serde(default)]
    index: u32,
    name: String,
    uuid: Option<String>,
    pci_id: Option<String>,
    compute_capability: Option<String>,
    memory_bytes: Option<u64>,
    #[serde(default)]
    board: BoardLine,
    #[serde(default)]
    source: String,
}

#[derive(Default, Deserialize)]
struct BoardLine {
    window_bytes: Option<u64>,
    power_limit_watts: Option<u32>,
    default_power_limit_watts: Option<u32>,
    pcie_generation: Option<u32>,
    pcie_width: Option<u32>,
}

#[derive(Deserialize)]
struct TorchLine {
    torch: Option<String>,
    cuda_runtime: Option<String>,
    is_available: Option<bool>,
    #[serde(default)]
    sees_cards: bool,
    #[serde(default)]
    is_cpu_build: bool,
    #[serde(default)]
    refuses_card: bool,
    #[serde(default)]
    refuses_driver: bool,
    #[serde(default)]
    archs: Vec<String>,
}

#[derive(Deserialize)]
struct PythonLine {
    #[serde(default)]
    path: String,
    version: Option<String>,
    #[serde(default)]
    implementation: String,
    why_not: Option<String>,
    #[serde(default)]
    source: String,
}

#[derive(Deserialize)]
struct EnvironmentLine {
    #[serde(default)]
    path: String,
    #[serde(default)]
    kind: String,
    torch: Option<String>,
    cuda_runtime: Option<String>,
    damage: Option<String>,
}

#[derive(Deserialize)]
struct DiskLine {
    role: DiskRole,
    path: String,
    free_bytes: Option<u64>,
}

#[derive(Deserialize)]
struct VolumeLine {
    path: String,
    free_bytes: Option<u64>,
}

#[derive(Deserialize)]
struct NetworkLine {
    torch_index: Reach,
    pypi: Reach,
    proxy: Option<String>,
    #[serde(default)]
    failures: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Settings {
    default_index: Option<SettingLine>,
    extra_indexes: Vec<SettingLine>,
    find_links: Vec<SettingLine>,
    honoured: Vec<SettingLine>,
    cleared: Vec<SettingLine>,
}

#[derive(Deserialize)]
struct SettingLine {
    name: String,
    value: String,
    #[serde(default)]
    source: String,
}

#[derive(Deserialize)]
struct WslLine {
    state: State,
    version: Option<String>,
    default_version: Option<u8>,
    #[serde(default)]
    distributions: Vec<Distribution>,
    why: Option<String>,
}

#[derive(Deserialize)]
struct ContainerLine {
    state: State,
    program: Option<ContainerProgram>,
    path: Option<String>,
    version: Option<String>,
    is_running: Option<bool>,
    has_gpu: Option<bool>,
    has_cdi: Option<bool>,
    is_rootless: Option<bool>,
    toolkit: Option<String>,
    trouble: Option<String>,
    why: Option<String>,
}

#[derive(Deserialize)]
struct ProbeLine {
    name: String,
    #[serde(default)]
    milliseconds: u64,
    outcome: ProbeOutcome,
    #[serde(default)]
    detail: String,
}

/// `nvml`, or `nvml: detail`.
fn source(text: &str) -> Source {
    let (word, detail) = text.split_once(": ").unwrap_or((text, ""));
    let via = serde_json::from_value::<Via>(serde_json::Value::String(word.to_owned())).unwrap_or(Via::User);
    Source::new(via, detail)
}

fn found<T>(value: T, word: &str) -> Probed<T> {
    Probed::Found { value, source: source(word) }
}

const SILENT: &str = "the report does not say it";

impl Told {
    fn into_facts(self, catalog: &Catalog) -> MachineFacts {
        let outcome = |name: &str| self.probes.iter().find(|probe| probe.name == name).map(|probe| probe.outcome);
        let mut facts = MachineFacts::unknown(self.taken_at.clone());
        facts.is_report = true;
        facts.gpus = self.gpus(&outcome);
        facts.pythons = listed(self.pythons.iter().map(python).collect(), outcome("pythons"));
        facts.environments = listed(self.environments.iter().map(environment).collect(), outcome("environments"));
        facts.os = self.os.as_ref().and_then(os).map_or_else(|| unknown(SILENT), |os| found(os, "system"));
        facts.hardware = self.hardware.map_or_else(|| unknown(SILENT), |hardware| found(hardware, "system"));
        if let Some(driver) = &self.driver {
            facts.driver = state(
                driver.state,
                driver.version.as_ref().and_then(|text| text.parse().ok()),
                &driver.source,
                driver.why.as_deref(),
            );
            let cuda = driver.cuda_version.as_ref().and_then(|text| text.parse().ok());
            facts.driver_date = driver.date;
            facts.driver_cuda = cuda.map_or_else(|| unknown(SILENT), |cuda| found(cuda, &driver.source));
        }
        facts.other_cards = self.other_cards;
        facts.torch_seen = self.torch_seen.map(seen);
        facts.masks = self.masks.into_iter().map(|(name, value)| Mask { name, value }).collect();
        facts.disks = self
            .disks
            .into_iter()
            .map(|DiskLine { role, path, free_bytes }| Disk { role, path: path.into(), free_bytes })
            .collect();
        let volume = |VolumeLine { path, free_bytes }| FixedVolume { root: path.into(), free_bytes };
        facts.volumes = self.volumes.into_iter().map(volume).collect();
        facts.network = self.network.map_or_else(|| unknown(SILENT), network);
        facts.index_settings = settings(self.index_settings);
        facts.tools = self.tools.into_iter().map(|(name, text)| (name, tool(text))).collect();
        facts.wsl = self.wsl.map_or_else(|| unknown(SILENT), wsl);
        facts.virtualisation = self.virtualisation;
        *facts.windows = self.windows.unwrap_or_default().into_facts();
        facts.power_supply = self.power_supply.map_or_else(|| unknown(SILENT), |supply| found(supply, "system"));
        facts.containers = self.containers.map_or_else(|| unknown(SILENT), engine);
        (facts.toolkits, facts.visual_studios) = (self.toolkits, self.visual_studios);
        facts.probes = self.probes.into_iter().map(probe).collect();
        judge_pythons(&mut facts, catalog);
        facts
    }

    /// Older reports do not say whether there is no card or none was seen; the probes of the bus and of NVML do.
    fn gpus(&self, outcome: &dyn Fn(&str) -> Option<ProbeOutcome>) -> Probed<Vec<Gpu>> {
        let gpus: Vec<Gpu> = self.gpus.iter().flatten().map(gpu).collect();
        let both_absent = ["nvml", "pci-bus"].iter().all(|name| outcome(name) == Some(ProbeOutcome::Absent));
        let by_probes = if both_absent { State::Absent } else { State::Unknown };
        let word = self.gpus.iter().flatten().next().map_or("pci-bus", |gpu| gpu.source.as_str());
        match (gpus.is_empty(), self.gpus_state.unwrap_or(by_probes)) {
            (false, _) => found(gpus, word),
            (true, State::Absent) => Probed::Absent { source: source("pci-bus") },
            (true, State::Found | State::Unknown) => unknown(SILENT),
        }
    }
}

/// A list; an empty one is known where its probe came to an end.
fn listed<T>(list: Vec<T>, outcome: Option<ProbeOutcome>) -> Probed<Vec<T>> {
    match (list.is_empty(), outcome) {
        (false, _) | (true, Some(ProbeOutcome::Found)) => found(list, "file-system"),
        (true, Some(ProbeOutcome::Absent)) => Probed::Absent { source: source("file-system") },
        (true, Some(ProbeOutcome::Unknown | ProbeOutcome::TimedOut) | None) => unknown(SILENT),
    }
}

fn state<T>(state: State, value: Option<T>, word: &str, why: Option<&str>) -> Probed<T> {
    match (state, value) {
        (State::Found, Some(value)) => found(value, word),
        (State::Absent, _) => Probed::Absent { source: source(word) },
        (State::Found | State::Unknown, _) => {
            Probed::Unknown { why: why.unwrap_or(SILENT).to_owned(), source: source(word) }
        }
    }
}

fn os(os: &Os) -> Option<OsFacts> {
    let glibc = os.glibc.as_deref().and_then(|text| text.split_once('.'));
    Some(OsFacts {
        family: os.family?,
        version: os.version.clone().unwrap_or_default(),
        build: os.build,
        arch: os.arch.clone().unwrap_or_default(),
        is_wsl: os.is_wsl == Some(true),
        is_container: os.is_container == Some(true),
        glibc: glibc.and_then(|(major, minor)| major.parse().ok().zip(minor.parse().ok())),
    })
}

fn gpu(line: &GpuLine) -> Gpu {
    Gpu {
        index: line.index,
        name: line.name.clone(),
        uuid: line.uuid.clone(),
        pci_id: line.pci_id.as_ref().and_then(|text| text.parse().ok()),
        pci_bus: None,
        capability: line.compute_capability.as_ref().and_then(|text| text.parse().ok()),
        memory_bytes: line.memory_bytes,
        board: Board {
            window_bytes: line.board.window_bytes,
            limit_watts: line.board.power_limit_watts,
            default_watts: line.board.default_power_limit_watts,
            link: line.board.pcie_generation.zip(line.board.pcie_width),
        },
        source: source(&line.source),
    }
}

fn python(line: &PythonLine) -> Python {
    Python {
        path: line.path.clone().into(),
        version: line.version.as_ref().and_then(|text| text.parse().ok()),
        implementation: line.implementation.clone(),
        bits: None,
        free_threaded: false,
        source: source(&line.source),
        why_not: line.why_not.clone(),
    }
}

/// What the reporting machine found unusable stays so; the rest is judged by the releases known here.
fn judge_pythons(facts: &mut MachineFacts, catalog: &Catalog) {
    let Some(platform) = facts.os.found().and_then(Platform::of) else { return };
    if let Probed::Found { value, .. } = &mut facts.pythons {
        for python in value.iter_mut().filter(|python| python.why_not.is_none() && python.version.is_some()) {
            python.why_not = assess::python_why_not(catalog, python, platform).map(|reason| reason.text);
        }
    }
}

fn environment(line: &EnvironmentLine) -> Environment {
    Environment {
        path: line.path.clone().into(),
        kind: line.kind.clone(),
        torch: line.torch.as_ref().and_then(|text| text.parse().ok()),
        torch_cuda: line.cuda_runtime.as_ref().and_then(|text| text.parse().ok()),
        damage: line.damage.clone(),
    }
}

fn seen(line: TorchLine) -> TorchSeen {
    TorchSeen {
        torch: line.torch.and_then(|text| text.parse().ok()),
        cuda: line.cuda_runtime.and_then(|text| text.parse().ok()),
        is_available: line.is_available,
        sees_cards: line.sees_cards,
        is_cpu_build: line.is_cpu_build,
        refuses_card: line.refuses_card,
        refuses_driver: line.refuses_driver,
        archs: line.archs,
    }
}

fn network(line: NetworkLine) -> Probed<Network> {
    let NetworkLine { torch_index, pypi, proxy, failures } = line;
    if torch_index == Reach::Unknown && pypi == Reach::Unknown && proxy.is_none() && failures.is_empty() {
        return unknown(SILENT);
    }
    found(Network { torch_index, pypi, failures, proxy }, "index")
}

fn settings(lines: Settings) -> IndexSettings {
    let one = |line: SettingLine| Setting { name: line.name, value: line.value, source: source(&line.source) };
    let list = |lines: Vec<SettingLine>| lines.into_iter().map(one).collect();
    IndexSettings {
        default_index: lines.default_index.map(one),
        extra_indexes: list(lines.extra_indexes),
        find_links: list(lines.find_links),
        honoured: list(lines.honoured),
        cleared: list(lines.cleared),
    }
}

/// `12.8 (/usr/local/cuda/bin/nvcc)`, or the path alone.
fn tool(text: Option<String>) -> Probed<Tool> {
    let Some(text) = text else { return unknown(SILENT) };
    let parts = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    let tool = match parts {
        Some((version, path)) => Tool { path: path.into(), version: Some(version.to_owned()) },
        // A report names a version and no place.
        None if text.starts_with(|c: char| c.is_ascii_digit()) => Tool { path: "".into(), version: Some(text) },
        None => Tool { path: text.into(), version: None },
    };
    found(tool, "command")
}

fn wsl(line: WslLine) -> Probed<Wsl> {
    let WslLine { state: at, version, default_version, distributions, why } = line;
    state(
        at,
        Some(Wsl { program: "wsl.exe".into(), version, default_version, distributions }),
        "registry",
        why.as_deref(),
    )
}

fn engine(line: ContainerLine) -> Probed<ContainerEngine> {
    let trouble = line.trouble.as_deref().map(|word| trouble(word, line.why.as_deref()));
    let engine = line.program.map(|program| ContainerEngine {
        program,
        path: line.path.unwrap_or_default().into(),
        version: line.version,
        is_running: line.is_running,
        has_gpu: line.has_gpu,
        has_cdi: line.has_cdi == Some(true),
        toolkit: line.toolkit.map(Into::into),
        is_rootless: line.is_rootless == Some(true),
        trouble,
    });
    state(line.state, engine, "command", line.why.as_deref())
}

fn trouble(word: &str, why: Option<&str>) -> EngineTrouble {
    let plain = [
        EngineTrouble::NotRunning,
        EngineTrouble::PermissionDenied,
        EngineTrouble::NoAnswer,
        EngineTrouble::WindowsContainers,
        EngineTrouble::NeedsNoCgroups,
    ];
    let words = why.unwrap_or_default().to_owned();
    let other = || {
        if word == "remote" {
            EngineTrouble::Remote { host: words.clone() }
        } else {
            EngineTrouble::Other { words: words.clone() }
        }
    };
    plain.into_iter().find(|known| known.word() == word).unwrap_or_else(other)
}

fn probe(line: ProbeLine) -> Probe {
    let ProbeLine { name, milliseconds, outcome, detail } = line;
    Probe { name, started_ms: 0, milliseconds, outcome, detail }
}
