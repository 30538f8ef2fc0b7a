//! `nvidia-smi`: its table in every width it has had, its list (`-L`), and the lines it fails with.

use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::os_names::SaidWsl;
use super::versions;
use crate::detect::gpu::DriverTrouble;
use crate::facts::{DriverVersion, OsFamily, Via};

const BY: &str = "nvidia-smi";

/// Newest branch that has versions of two numbers for Linux and none for WSL.
const LAST_BEFORE_WSL: u32 = 450;

/// What the table has said so far that its rows need.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Line of the last row of a card; its memory stands in the next one.
    row: usize,
    /// The banner said that there is no CUDA library, as on systems that CUDA does not exist for.
    is_without_cuda: bool,
    /// Line of `--version` that names the program.
    version: usize,
}

fn at(line: usize) -> At {
    At { line, by: BY, via: Via::NvidiaSmi }
}

impl Table {
    /// Reads a line of the table or of `-L`; false if it is none.
    pub(super) fn line(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        self.banner(draft, number, line)
            || self.version(draft, number, line)
            || self.head(draft, number, line)
            || self.row(draft, number, line)
            || self.memory(draft, number, line)
            || listed(draft, number, line)
    }

    /// `| NVIDIA-SMI 581.57   Driver Version: 581.57   CUDA Version: 13.0 |`, from 610 on with `KMD Version` and
    /// `CUDA UMD Version`.
    fn banner(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if !line.contains("Version:") {
            return false;
        }
        let after = |label: &str| line.split_once(label).map(|(_, rest)| rest.trim_start());
        let tool = after("NVIDIA-SMI ").or_else(|| after("NVIDIA-SMI:"));
        let kernel = after("Driver Version:").or_else(|| after("KMD Version:"));
        let cuda = after("CUDA Version:").or_else(|| after("CUDA UMD Version:"));
        let Some(driver) = kernel.and_then(|text| versions::driver(text, true)) else { return false };
        if tool.is_none() && cuda.is_none() {
            return false;
        }
        let at = at(number);
        self.is_without_cuda = cuda.is_some_and(|text| text.starts_with("N/A"));
        match cuda.and_then(versions::cuda) {
            Some(cuda) => draft.driver_cuda.offer(Weight::Driver, cuda, at),
            None if !self.is_without_cuda => {}
            None => draft.no_cards = draft.no_cards.take().or_else(|| Some("CUDA's library is not there".to_owned())),
        }
        let tool = tool.and_then(|text| versions::driver(text, true));
        // Inside WSL the program is of Linux and the driver that of Windows.
        let is_wsl = tool.is_some_and(|tool| versions::is_of_linux(&tool) && !versions::is_of_linux(&driver));
        if is_wsl {
            draft.system.wsl(Weight::Program, SaidWsl::Two, at);
            draft.system.family(Weight::Program, OsFamily::Linux, at);
        }
        if self.is_without_cuda {
            draft.driver.offer(Weight::Driver, driver, at);
        } else {
            draft.driver(Weight::Driver, driver, at);
        }
        true
    }

    /// `nvidia-smi --version`: `CUDA Version : 12.4` some lines below `NVIDIA-SMI version : …`.
    fn version(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        let Some((key, value)) = line.split_once(':').map(|(key, value)| (key.trim(), value.trim())) else {
            return false;
        };
        if key == "NVIDIA-SMI version" || key == "NVML version" {
            self.version = number;
            return true;
        }
        let is_cuda = key == "CUDA Version" || key == "CUDA UMD Version";
        let cuda = versions::cuda(value).filter(|_| is_cuda && self.version > 0 && number <= self.version + 3);
        if let Some(cuda) = cuda {
            draft.driver_cuda.offer(Weight::Driver, cuda, at(number));
        }
        cuda.is_some()
    }

    /// `| GPU  Name   Persistence-M | Bus-Id …`; Windows has `TCC/WDDM` or `Driver-Model` there.
    fn head(&self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if !(line.contains("Bus-Id") && line.contains("Name")) {
            return false;
        }
        if line.contains("TCC/WDDM") || line.contains("Driver-Model") {
            draft.system.family(Weight::Program, OsFamily::Windows, at(number));
        } else if line.contains("Persistence-M") {
            self.not_windows(draft, at(number));
        }
        true
    }

    /// `|   0  NVIDIA GeForce RTX 5090        Off |   00000000:2D:00.0  On |                  N/A |`
    fn row(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if !line.contains('|') {
            return false;
        }
        let mut cells = line.trim().trim_start_matches(['|', ' ']).split('|').map(str::trim);
        let (Some(first), Some(second)) = (cells.next(), cells.next()) else { return false };
        let bus = second.split_whitespace().next().unwrap_or_default();
        let is_bus = bus.len() >= 4 && bus.chars().all(|c| c.is_ascii_hexdigit() || c == ':' || c == '.');
        let is_lost = bus == "ERR!" || bus == "N/A";
        let mut words: Vec<&str> = first.split_whitespace().collect();
        let Some(index) = words.first().and_then(|word| word.parse::<u32>().ok()).filter(|index| *index < 64) else {
            return false;
        };
        let Some(mode) = words.pop().filter(|_| words.len() > 1 && (is_bus || is_lost)) else { return false };
        if !["On", "Off", "WDDM", "TCC", "MCDM", "N/A", "ERR!"].contains(&mode) {
            return false;
        }
        let at = at(number);
        if ["WDDM", "TCC", "MCDM"].contains(&mode) {
            draft.system.family(Weight::Program, OsFamily::Windows, at);
        } else if ["On", "Off"].contains(&mode) {
            self.not_windows(draft, at);
        }
        let name = words.get(1..).unwrap_or_default().join(" ");
        let is_name = !name.is_empty() && !["N/A", "ERR!", "Unknown", "Unknown Error"].contains(&name.as_str());
        if is_lost || name == "ERR!" {
            draft.trouble.get_or_insert(DriverTrouble::CardLost);
        }
        let card = SeenCard {
            index: Some(index),
            name: is_name.then_some(name),
            pci_bus: bus_address(bus),
            ..SeenCard::new(at)
        };
        draft.cards.add(Place::Driver, card);
        self.row = number;
        true
    }

    /// `| 31%   51C    P8    40W / 575W |     623MiB /  32607MiB |      2%      Default |`
    fn memory(&self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if !line.contains("MiB /") || !line.contains('|') {
            return false;
        }
        if number <= self.row + 2
            && let Some((_, total)) = line.split_once("MiB /")
            && let Some(card) = draft.cards.last(Place::Driver)
        {
            card.memory_bytes = card.memory_bytes.or_else(|| mebibytes(total));
        }
        true
    }

    /// Windows has no persistence mode. Old drivers for Linux have versions of two numbers, as those of WSL have, so
    /// they show Linux itself only from before WSL knew cards.
    fn not_windows(&self, draft: &mut Draft<'_>, at: At) {
        if self.is_without_cuda {
            return;
        }
        draft.system.family(Weight::Person, OsFamily::Linux, at);
        if draft.driver.get().is_some_and(|driver| driver.branch() <= LAST_BEFORE_WSL) {
            draft.system.native_linux(Weight::Person, at);
        }
    }
}

/// `GPU 0: NVIDIA A10 (UUID: GPU-…)`
fn listed(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    if !line.contains("(UUID:") {
        return false;
    }
    let Some((before, after)) = line.split_once("(UUID:") else { return false };
    let Some((index, name)) = before
        .trim()
        .trim_start_matches(['-', '*', '>', '|', ' '])
        .strip_prefix("GPU ")
        .and_then(|text| text.split_once(':'))
    else {
        // The parts of a divided card.
        return before.trim_start().starts_with("MIG ");
    };
    let Some(index) = index.trim().parse().ok().filter(|index| *index < 64) else { return false };
    let uuid = after.trim().trim_end_matches(')').trim().to_owned();
    let card = SeenCard {
        index: Some(index),
        name: Some(name.trim().to_owned()),
        uuid: Some(uuid).filter(|uuid| is_real_uuid(uuid)),
        ..SeenCard::new(at(number))
    };
    draft.cards.add(Place::Driver, card);
    true
}

/// An identity that nobody has blotted out.
pub(super) fn is_real_uuid(uuid: &str) -> bool {
    uuid.strip_prefix("GPU-")
        .is_some_and(|rest| rest.len() >= 8 && rest.chars().any(|c| c.is_ascii_hexdigit() && c != '0'))
}

/// Lines with which the program ends when it cannot do its work; false if it is none.
pub(super) fn failure(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    if !["NV", "No devices", "Driver/library", "GPU is lost"].iter().any(|mark| line.contains(mark)) {
        return false;
    }
    let at = at(number);
    if line.contains("couldn't communicate with the NVIDIA driver")
        || line.contains("could not communicate with the NVIDIA driver")
    {
        draft.no_driver.offer(Weight::Program, "the driver does not run".to_owned(), at);
        draft.trouble.get_or_insert(DriverTrouble::NotLoaded);
    } else if line.contains("Driver/library version mismatch") {
        draft.trouble.get_or_insert(DriverTrouble::RestartNeeded { files: None, loaded: None });
    } else if let Some((_, rest)) = line.split_once("NVML library version:") {
        mismatch(draft, rest, at);
    } else if line.contains("No devices were found") {
        draft.no_cards.get_or_insert_with(|| "nvidia-smi lists no card".to_owned());
    } else if line.contains("GPU is lost") {
        draft.trouble.get_or_insert(DriverTrouble::CardLost);
    } else if let Some((_, words)) = line.split_once("Failed to initialize NVML:") {
        let text = words.trim().trim_end_matches('.').to_owned();
        let trouble = match text.as_str() {
            "Driver Not Loaded" => DriverTrouble::NotLoaded,
            "Insufficient Permissions" => DriverTrouble::NoPermission,
            _ => DriverTrouble::Refused { text },
        };
        draft.no_cards.get_or_insert_with(|| trouble.to_string());
        draft.trouble.get_or_insert(trouble);
    } else {
        return false;
    }
    true
}

/// The files of a driver whose module is another's: they run after a restart.
fn mismatch(draft: &mut Draft<'_>, rest: &str, at: At) {
    let files: Option<DriverVersion> =
        versions::driver(rest, false).or_else(|| versions::numbers(rest.trim()).parse().ok());
    if let Some(DriverTrouble::RestartNeeded { files: known, .. }) = &mut draft.trouble {
        known.clone_from(&files);
    }
    if let Some(files) = files {
        draft.driver.offer(Weight::Program, files, at);
    }
}

/// A place on the bus in NVML's form; `None` for a part of one.
pub(super) fn bus_address(text: &str) -> Option<String> {
    let (rest, function) = text.trim().rsplit_once('.')?;
    let mut parts = rest.rsplit(':');
    let (device, bus) = (parts.next()?, parts.next()?);
    let domain = parts.next().unwrap_or("0");
    let hex = |text: &str| u32::from_str_radix(text, 16).ok();
    let (domain, bus, device, function) = (hex(domain)?, hex(bus)?, hex(device)?, hex(function)?);
    (parts.next().is_none() && bus < 256 && device < 32 && function < 8)
        .then(|| format!("{domain:08X}:{bus:02X}:{device:02X}.{function:X}"))
}

/// `24564MiB`, `24564 MiB`, `24 GiB`, `8192 MBytes`
pub(super) fn mebibytes(text: &str) -> Option<u64> {
    let text = text.trim_start();
    let digits = versions::numbers(text);
    let unit = text.get(digits.len()..)?.trim_start().to_ascii_lowercase();
    if unit.starts_with('g') {
        let gib: f64 = digits.parse().ok()?;
        // Sizes are printed with one digit behind the point at most.
        let tenths = format!("{:.0}", gib * 10.0).parse::<u64>().ok()?;
        return tenths.checked_mul((1 << 30) / 10).filter(|bytes| *bytes < 1 << 45);
    }
    let whole: u64 = digits.split('.').next()?.parse().ok()?;
    let is_known = unit.starts_with("mib") || unit.starts_with("mb") || unit.starts_with("m ") || unit == "m";
    is_known.then(|| whole.checked_mul(1 << 20)).flatten().filter(|bytes| *bytes < 1 << 45)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_the_bus_is_brought_into_one_form() {
        for (text, expected) in [
            ("00000000:2D:00.0", Some("00000000:2D:00.0")),
            ("0000:03:00.0", Some("00000000:03:00.0")),
            ("01:00.0", Some("00000000:01:00.0")),
            ("0000", None),
            ("0000:", None),
        ] {
            assert_eq!(bus_address(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn sizes_are_read_in_the_units_tools_use() {
        assert_eq!(mebibytes("  32607MiB |"), Some(32607 << 20));
        assert_eq!(mebibytes("4096 MBytes (4294967296 bytes)"), Some(4096 << 20));
        assert_eq!(mebibytes("24 GiB"), Some(24 * 10 * ((1 << 30) / 10)));
        assert_eq!(mebibytes("350 W"), None);
        assert_eq!(mebibytes("99999999999999999999 MiB"), None);
    }
}
