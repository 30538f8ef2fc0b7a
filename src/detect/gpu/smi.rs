//! `nvidia-smi --query-gpu`: the driver's own program, where NVML itself cannot be used. Its table is never read.

use super::{DriverTrouble, GpuFindings, SeenGpu, bus_address, is_simulated, known, not_asked};
use crate::facts::{Board, ComputeCapability, DriverVersion, OsFamily, PciId, Probed, Source, Via};
use crate::host::{self, ChildExit, Host, HostError, Output};
use crate::plan::CommandSpec;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(3);

/// What is asked for, in this order; a driver that does not know one of them is asked again without it.
const FIELDS: [&str; 8] =
    ["index", "name", "uuid", "driver_version", "compute_cap", "memory.total", "pci.device_id", "pci.bus_id"];

/// Asks `nvidia-smi` for driver and cards.
///
/// Asks, in order, and stops at the first program that lists cards or does not answer:
/// 1. every `nvidia-smi` on PATH,
/// 2. `%WINDIR%\System32` and `NVSMI` (Windows), `/usr/lib/wsl/lib` (WSL),
///
/// each with `--query-gpu=… --format=csv,noheader,nounits`, again without a field that it calls not valid.
///
/// At most 3 s a call. `Absent` if there is no such program or it knows of no card; an answer that is no list,
/// a refusal and silence are `Unknown`. The newest CUDA runtime is always `Unknown`: only the table has it.
pub fn nvidia_smi(host: &dyn Host) -> GpuFindings {
    if is_simulated(host) {
        return not_asked(Via::NvidiaSmi);
    }
    let mut first = None;
    for program in places(host) {
        let findings = ask(host, &program);
        if findings.timed_out || findings.cards.found().is_some() {
            return findings;
        }
        first = first.or(Some(findings));
    }
    first.unwrap_or_else(|| GpuFindings::absent(&Source::new(Via::NvidiaSmi, "nvidia-smi")))
}

fn places(host: &dyn Host) -> Vec<PathBuf> {
    let mut places = host.find_programs("nvidia-smi");
    let folder = |name: &str, usual: &str| host.var(name).map_or_else(|| PathBuf::from(usual), PathBuf::from);
    let fixed = match host.family() {
        OsFamily::Windows => vec![
            folder("WINDIR", r"C:\Windows").join("System32").join("nvidia-smi.exe"),
            folder("ProgramFiles", r"C:\Program Files").join("NVIDIA Corporation").join("NVSMI").join("nvidia-smi.exe"),
        ],
        OsFamily::Linux => vec![PathBuf::from("/usr/lib/wsl/lib/nvidia-smi")],
        OsFamily::Macos | OsFamily::Other => Vec::new(),
    };
    for path in fixed {
        let is_known = places.iter().any(|known| host.resolve(known) == host.resolve(&path));
        if !is_known && host.meta(&path).is_some_and(|meta| !meta.is_dir) {
            places.push(path);
        }
    }
    places
}

fn ask(host: &dyn Host, program: &Path) -> GpuFindings {
    let mut fields = FIELDS.to_vec();
    loop {
        let query = format!("--query-gpu={}", fields.join(","));
        let source = Source::new(Via::NvidiaSmi, format!("{} {query}", program.display()));
        let command = CommandSpec::new(program, [query.as_str(), "--format=csv,noheader,nounits"]);
        let output = match host::output(host, &command.with_env("LC_ALL", "C"), LIMIT) {
            Ok(output) => output,
            Err(HostError::Timeout { .. }) => return GpuFindings::late(Via::NvidiaSmi, LIMIT),
            Err(error) => return GpuFindings::unknown(&source, &error.to_string()),
        };
        let text = format!("{}\n{}", output.text(), host::decode(&output.stderr));
        match refused_field(&text).and_then(|refused| fields.iter().position(|field| *field == refused)) {
            Some(at) => {
                fields.remove(at);
            }
            None => return read(&output, &text, &fields, &source),
        }
    }
}

/// `Field "compute_cap" is not a valid field to query.`
fn refused_field(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.contains("is not a valid field to query"))?;
    line.split('"').nth(1)
}

fn read(output: &Output, text: &str, fields: &[&str], source: &Source) -> GpuFindings {
    let first_line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("nothing");
    if text.contains("No devices were found") || output.exit == ChildExit::Code(6) {
        return GpuFindings {
            cards: Probed::Absent { source: source.clone() },
            ..GpuFindings::unknown(source, first_line)
        };
    }
    let stdout = output.text();
    let rows: Vec<(SeenGpu, Option<DriverVersion>)> = stdout.lines().filter_map(|line| card(line, fields)).collect();
    if rows.is_empty() {
        let trouble = trouble(output.exit, text);
        let why = trouble
            .as_ref()
            .map_or_else(|| format!("its answer is no list of cards: {first_line}"), |_| first_line.to_owned());
        let files = files_version(text);
        return GpuFindings { troubles: trouble.into_iter().collect(), files, ..GpuFindings::unknown(source, &why) };
    }
    let driver = rows.iter().find_map(|(_, driver)| driver.clone());
    let cards = rows.into_iter().map(|(card, _)| card).collect();
    GpuFindings {
        cards: Probed::Found { value: cards, source: source.clone() },
        driver: known(driver, source, "it does not tell the driver's version"),
        ..GpuFindings::unknown(source, "nvidia-smi tells it in its table only")
    }
}

/// Why it refuses: its exit codes are NVML's numbers, but for 255; the words are for those versions that end with
/// 255 or 1 whatever happened.
fn trouble(exit: ChildExit, text: &str) -> Option<DriverTrouble> {
    let by_words = || {
        [
            ("couldn't communicate with the NVIDIA driver", DriverTrouble::NotLoaded),
            ("Driver/library version mismatch", DriverTrouble::RestartNeeded { files: None, loaded: None }),
            ("GPU is lost", DriverTrouble::CardLost),
            ("Insufficient Permissions", DriverTrouble::NoPermission),
        ]
        .into_iter()
        .find_map(|(words, trouble)| text.contains(words).then_some(trouble))
    };
    let by_code = || match exit {
        ChildExit::Code(code @ (4 | 9 | 15 | 18)) => Some(DriverTrouble::of_nvml(u32::try_from(code).ok(), text)),
        ChildExit::Code(_) | ChildExit::Signal(_) | ChildExit::Stopped => None,
    };
    let other = || {
        let line = text.lines().find_map(|line| line.trim().strip_prefix("Failed to initialize NVML: "))?;
        Some(DriverTrouble::Refused { text: line.to_owned() })
    };
    by_words().or_else(by_code).or_else(other)
}

/// `NVML library version: 570.124`, printed beside a mismatch.
fn files_version(text: &str) -> Option<DriverVersion> {
    text.lines().find_map(|line| line.trim().strip_prefix("NVML library version:")?.parse().ok())
}

/// One row. Columns are split at comma and space, so that a decimal comma stays within its value.
fn card(line: &str, fields: &[&str]) -> Option<(SeenGpu, Option<DriverVersion>)> {
    let values: Vec<&str> = line.trim().split(", ").map(str::trim).collect();
    if values.len() != fields.len() {
        return None;
    }
    let value = |name: &str| {
        let at = fields.iter().position(|field| *field == name)?;
        values.get(at).copied().filter(|value| !is_nothing(value))
    };
    let number = |name: &str| value(name).map(|value| value.replace(',', "."));
    let card = SeenGpu {
        index: Some(value("index")?.parse().ok()?),
        name: value("name").map(str::to_owned),
        uuid: value("uuid").map(str::to_owned),
        pci_id: value("pci.device_id").and_then(pci_id),
        pci_bus: value("pci.bus_id").and_then(bus_address),
        capability: number("compute_cap").and_then(|text| text.parse::<ComputeCapability>().ok()),
        memory_bytes: number("memory.total").and_then(|text| mebibytes(&text)),
        board: Board::default(),
    };
    Some((card, number("driver_version").and_then(|text| text.parse().ok())))
}

/// `[N/A]`, `[Not Supported]`, `[GPU is lost]`, `ERR!` and their like.
fn is_nothing(value: &str) -> bool {
    value.is_empty() || value.starts_with('[') || value == "N/A" || value.starts_with("ERR!")
}

/// `0x2F0410DE`: the device in the upper, the vendor in the lower half.
fn pci_id(text: &str) -> Option<PciId> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let (device, vendor) = digits.split_at_checked(4)?;
    Some(PciId { vendor: u16::from_str_radix(vendor, 16).ok()?, device: u16::from_str_radix(device, 16).ok()? })
}

/// Whole MiB; a unit that stands there all the same is passed over.
fn mebibytes(text: &str) -> Option<u64> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse::<u64>().ok()?.checked_mul(1 << 20)
}

#[cfg(test)]
mod tests;
