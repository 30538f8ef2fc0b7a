//! The JSON contract of CLI.md: shapes of their own, converted from ours, so that an inner rename never changes the
//! contract.

mod diagnosed;
mod driver;
mod events;
mod hardware;
mod kits;
mod knowledge;
mod places;
mod recheck;
mod seen;
mod windows;

pub use diagnosed::{Diagnosed, diagnosed};
pub use driver::driver_guide;
pub use events::{EndLine, event_line, preparing_line};
pub use kits::kits;
pub use recheck::rechecked;

use super::show::Known;
use crate::assess::{Assessment, DriverAdvice, InstalledTorch, Need, Reason, Risk, Unblock, Verdict, Wait};
use crate::catalog::Catalog;
use crate::facts::{DiskRole, MachineFacts, OsFamily, ProbeOutcome, Probed, Reach};
use crate::hardware::words::Said;
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the contract.
pub const SCHEMA: u32 = 1;

/// `detect --json`
#[derive(Debug, Serialize)]
pub struct Detected {
    schema: u32,
    taken_at: String,
    os: Os,
    hardware: Option<HardwareLine>,
    driver: Driver,
    gpus: Vec<GpuLine>,
    /// What was measured of it and is worth a word.
    hardware_advice: Vec<Said>,
    masks: BTreeMap<String, String>,
    pythons: Vec<PythonLine>,
    environments: Vec<EnvironmentLine>,
    disks: Vec<DiskLine>,
    volumes: Vec<VolumeLine>,
    network: NetworkLine,
    index_settings: IndexSettingsLine,
    tools: BTreeMap<String, Option<String>>,
    #[serde(flatten)]
    places: places::Places,
    #[serde(flatten)]
    of_windows: windows::OfWindows,
    /// Null without a battery.
    power_supply: Option<&'static str>,
    #[serde(flatten)]
    seen: seen::Seen,
    probes: Vec<ProbeLine>,
}

#[derive(Debug, Serialize)]
struct Os {
    family: Option<OsFamily>,
    version: Option<String>,
    build: Option<u32>,
    arch: Option<String>,
    is_wsl: Option<bool>,
    is_container: Option<bool>,
    glibc: Option<String>,
}

#[derive(Debug, Serialize)]
struct HardwareLine {
    cpu: String,
    logical_cores: u32,
    memory_bytes: u64,
}

#[derive(Debug, Serialize)]
struct Driver {
    state: &'static str,
    version: Option<String>,
    cuda_version: Option<String>,
    /// When the driver was made; Windows alone says it.
    date: Option<String>,
    source: &'static str,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct GpuLine {
    index: u32,
    name: String,
    uuid: Option<String>,
    pci_id: Option<String>,
    compute_capability: Option<String>,
    memory_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    board: Option<hardware::BoardLine>,
    source: &'static str,
}

#[derive(Debug, Serialize)]
struct PythonLine {
    path: String,
    version: Option<String>,
    implementation: String,
    usable: bool,
    why_not: Option<String>,
    source: String,
}

#[derive(Debug, Serialize)]
struct EnvironmentLine {
    path: String,
    kind: String,
    torch: Option<String>,
    cuda_runtime: Option<String>,
    damage: Option<String>,
}

#[derive(Debug, Serialize)]
struct DiskLine {
    role: DiskRole,
    path: String,
    free_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct VolumeLine {
    path: String,
    free_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct NetworkLine {
    torch_index: Reach,
    pypi: Reach,
    proxy: Option<String>,
    failures: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct SettingLine {
    name: String,
    value: String,
    source: String,
}

#[derive(Debug, Serialize)]
struct IndexSettingsLine {
    default_index: Option<SettingLine>,
    extra_indexes: Vec<SettingLine>,
    find_links: Vec<SettingLine>,
    honoured: Vec<SettingLine>,
    cleared: Vec<SettingLine>,
}

#[derive(Debug, Serialize)]
struct ProbeLine {
    name: String,
    milliseconds: u64,
    outcome: ProbeOutcome,
    detail: String,
}

const fn state<T>(fact: &Probed<T>) -> &'static str {
    match fact {
        Probed::Found { .. } => "found",
        Probed::Absent { .. } => "absent",
        Probed::Unknown { .. } => "unknown",
    }
}

fn setting(setting: &crate::facts::Setting) -> SettingLine {
    SettingLine {
        name: setting.name.clone(),
        value: setting.value.clone(),
        source: format!("{}: {}", setting.source.via.word(), setting.source.detail),
    }
}

fn settings(list: &[crate::facts::Setting]) -> Vec<SettingLine> {
    list.iter().map(setting).collect()
}

/// The facts in the contract's shape.
pub fn detected(facts: &MachineFacts, catalog: &Catalog) -> Detected {
    let os = facts.os.found();
    Detected {
        schema: SCHEMA,
        taken_at: facts.taken_at.clone(),
        os: Os {
            family: os.map(|os| os.family),
            version: os.map(|os| os.version.clone()),
            build: os.and_then(|os| os.build),
            arch: os.map(|os| os.arch.clone()).filter(|arch| !arch.is_empty()),
            is_wsl: os.map(|os| os.is_wsl),
            is_container: os.map(|os| os.is_container),
            glibc: os.and_then(|os| os.glibc).map(|(major, minor)| format!("{major}.{minor}")),
        },
        hardware: facts.hardware.found().map(|hardware| HardwareLine {
            cpu: hardware.cpu.clone(),
            logical_cores: hardware.logical_cores,
            memory_bytes: hardware.memory_bytes,
        }),
        driver: Driver {
            state: state(&facts.driver),
            version: facts.driver.found().map(ToString::to_string),
            cuda_version: facts.driver_cuda.found().map(ToString::to_string),
            date: facts.driver_date.map(|date| date.to_string()),
            source: facts.driver.source().via.word(),
            why: match &facts.driver {
                Probed::Unknown { why, .. } => Some(why.clone()),
                Probed::Found { .. } | Probed::Absent { .. } => None,
            },
        },
        gpus: facts.gpus.found().map(Vec::as_slice).unwrap_or_default().iter().map(gpu).collect(),
        hardware_advice: hardware::advice(facts, catalog),
        masks: facts.masks.iter().map(|mask| (mask.name.clone(), mask.value.clone())).collect(),
        pythons: facts.pythons.found().map(Vec::as_slice).unwrap_or_default().iter().map(python).collect(),
        environments: facts
            .environments
            .found()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(environment)
            .collect(),
        disks: facts
            .disks
            .iter()
            .map(|disk| DiskLine {
                role: disk.role,
                path: disk.path.display().to_string(),
                free_bytes: disk.free_bytes,
            })
            .collect(),
        volumes: facts
            .volumes
            .iter()
            .map(|volume| VolumeLine { path: volume.root.display().to_string(), free_bytes: volume.free_bytes })
            .collect(),
        network: facts.network.found().map_or_else(
            || NetworkLine {
                torch_index: Reach::Unknown,
                pypi: Reach::Unknown,
                proxy: None,
                failures: BTreeMap::new(),
            },
            |network| NetworkLine {
                torch_index: network.torch_index,
                pypi: network.pypi,
                proxy: network.proxy.clone(),
                failures: network.failures.clone(),
            },
        ),
        index_settings: IndexSettingsLine {
            default_index: facts.index_settings.default_index.as_ref().map(setting),
            extra_indexes: settings(&facts.index_settings.extra_indexes),
            find_links: settings(&facts.index_settings.find_links),
            honoured: settings(&facts.index_settings.honoured),
            cleared: settings(&facts.index_settings.cleared),
        },
        tools: facts.tools.iter().map(|(name, tool)| (name.clone(), tool_text(tool))).collect(),
        places: places::places(facts),
        of_windows: windows::of_windows(facts),
        power_supply: facts.power_supply.found().map(|supply| supply.word()),
        seen: seen::seen(facts),
        probes: facts
            .probes
            .iter()
            .map(|probe| ProbeLine {
                name: probe.name.clone(),
                milliseconds: probe.milliseconds,
                outcome: probe.outcome,
                detail: probe.detail.clone(),
            })
            .collect(),
    }
}

/// Version and path, or the path alone; null where the tool is not there or not known.
fn tool_text(tool: &Probed<crate::facts::Tool>) -> Option<String> {
    let tool = tool.found()?;
    let path = tool.path.display();
    if tool.path.as_os_str().is_empty() {
        // A report names a version and no place.
        return tool.version.clone();
    }
    Some(tool.version.as_ref().map_or_else(|| path.to_string(), |version| format!("{version} ({path})")))
}

fn gpu(gpu: &crate::facts::Gpu) -> GpuLine {
    GpuLine {
        index: gpu.index,
        name: gpu.name.clone(),
        uuid: gpu.uuid.clone(),
        pci_id: gpu.pci_id.map(|id| id.to_string()),
        compute_capability: gpu.capability.map(|capability| capability.to_string()),
        memory_bytes: gpu.memory_bytes,
        board: hardware::board(&gpu.board),
        source: gpu.source.via.word(),
    }
}

fn python(python: &crate::facts::Python) -> PythonLine {
    PythonLine {
        path: python.path.display().to_string(),
        version: python.version.map(|version| version.to_string()),
        implementation: python.implementation.clone(),
        usable: python.why_not.is_none(),
        why_not: python.why_not.clone(),
        source: format!("{}: {}", python.source.via.word(), python.source.detail),
    }
}

fn environment(environment: &crate::facts::Environment) -> EnvironmentLine {
    EnvironmentLine {
        path: environment.path.display().to_string(),
        kind: environment.kind.clone(),
        torch: environment.torch.as_ref().map(ToString::to_string),
        cuda_runtime: environment.torch_cuda.map(|cuda| cuda.to_string()),
        damage: environment.damage.clone(),
    }
}

/// `advise --json`
#[derive(Debug, Serialize)]
pub struct Advised<'a> {
    schema: u32,
    facts: Detected,
    installed_torch: Installed<'a>,
    driver: DriverLine<'a>,
    recommended: Option<&'static str>,
    wait: Option<WaitLine<'a>>,
    knowledge: knowledge::KnowledgeLine,
    routes: Vec<RouteLine<'a>>,
}

#[derive(Debug, Serialize)]
struct Installed<'a> {
    version: Option<String>,
    status: &'static str,
    reasons: Vec<ReasonLine<'a>>,
}

#[derive(Debug, Serialize)]
struct DriverLine<'a> {
    upgrade_required: Option<bool>,
    minimum: Option<String>,
    reasons: Vec<ReasonLine<'a>>,
}

#[derive(Debug, Serialize)]
struct WaitLine<'a> {
    #[serde(rename = "for")]
    what: &'a str,
    #[serde(rename = "where")]
    variant: &'a str,
    watching: bool,
}

#[derive(Debug, Serialize)]
struct RouteLine<'a> {
    route: &'static str,
    verdict: &'static str,
    torch: Option<String>,
    variant: Option<&'a str>,
    python: Option<String>,
    acceptable_variants: &'a [String],
    download_bytes: Option<u64>,
    disk_bytes: Option<u64>,
    seconds: Option<Seconds>,
    needs: &'a [Need],
    risk: Option<Risk>,
    gpus: &'a [u32],
    reasons: Vec<ReasonLine<'a>>,
    unblock: Vec<UnblockLine<'a>>,
}

/// A reason without what its sentence was made of: that is for the window's other languages.
#[derive(Debug, Serialize)]
struct ReasonLine<'a> {
    code: &'a str,
    text: &'a str,
    source: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct UnblockLine<'a> {
    text: &'a str,
    command: Option<&'a str>,
}

fn reason_lines(reasons: &[Reason]) -> Vec<ReasonLine<'_>> {
    reasons
        .iter()
        .map(|Reason { code, text, source, args: _ }| ReasonLine { code, text, source: source.as_deref() })
        .collect()
}

fn unblock_lines(unblock: &[Unblock]) -> Vec<UnblockLine<'_>> {
    unblock.iter().map(|way| UnblockLine { text: &way.text, command: way.command.as_deref() }).collect()
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Seconds {
    low: u32,
    high: u32,
}

/// The verdicts in the contract's shape.
pub fn advised<'a>(
    facts: &MachineFacts,
    installed: &'a InstalledTorch,
    driver: &'a DriverAdvice,
    wait: Option<&'a Wait>,
    known: &Known<'_>,
    routes: &'a [Assessment],
) -> Advised<'a> {
    let recommended = routes.iter().find(|route| matches!(route.verdict, Verdict::Recommended { .. }));
    Advised {
        schema: SCHEMA,
        facts: detected(facts, known.catalog),
        installed_torch: Installed {
            version: installed.version.as_ref().map(ToString::to_string),
            status: installed.status.word(),
            reasons: reason_lines(&installed.reasons),
        },
        driver: DriverLine {
            upgrade_required: driver.upgrade_required,
            minimum: driver.minimum.as_ref().map(ToString::to_string),
            reasons: reason_lines(&driver.reasons),
        },
        recommended: recommended.map(|route| route.route.word()),
        wait: wait.map(|wait| WaitLine { what: &wait.what, variant: &wait.variant, watching: known.watched.is_some() }),
        knowledge: knowledge::knowledge_line(known.catalog, known.live),
        routes: routes.iter().map(route_line).collect(),
    }
}

fn route_line(assessment: &Assessment) -> RouteLine<'_> {
    let build = assessment.build.as_ref();
    RouteLine {
        route: assessment.route.word(),
        verdict: assessment.verdict.word(),
        torch: build.map(|build| build.torch.public()),
        variant: build.map(|build| build.variant.as_str()),
        python: build.and_then(|build| build.python).map(crate::facts::PythonVersion::short),
        acceptable_variants: &assessment.acceptable_variants,
        download_bytes: assessment.download_bytes,
        disk_bytes: assessment.disk_bytes,
        seconds: assessment.seconds.map(|(low, high)| Seconds { low, high }),
        needs: &assessment.needs,
        risk: assessment.risk,
        gpus: &assessment.gpus,
        reasons: reason_lines(assessment.verdict.reasons()),
        unblock: match &assessment.verdict {
            Verdict::Blocked { unblock, .. } => unblock_lines(unblock),
            Verdict::Recommended { .. } | Verdict::Works { .. } | Verdict::Unknown { .. } => Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests;
