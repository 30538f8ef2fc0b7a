//! `nvidia-smi -q`, `-q -x` and `--query-gpu`; `nvidia-container-cli info` and `deviceQuery`, which say as much.

use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::smi::{bus_address, is_real_uuid, mebibytes};
use super::versions;
use crate::facts::{ComputeCapability, OsFamily, PciId, Via};

fn at(line: usize) -> At {
    At { line, by: "nvidia-smi", via: Via::NvidiaSmi }
}

/// Blocks whose totals and maxima are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// The card's own memory.
    FrameBuffer,
    /// The window through which the processor reaches it.
    Window,
    /// Of the link.
    Generation,
    /// Of the link.
    Width,
}

impl Block {
    fn of(key: &str) -> Option<Self> {
        match key {
            "fb memory usage" => Some(Self::FrameBuffer),
            "bar1 memory usage" => Some(Self::Window),
            "pcie generation" | "pcie gen" => Some(Self::Generation),
            "link width" | "link widths" => Some(Self::Width),
            _ => None,
        }
    }
}

/// Where in the long output a line stands.
#[derive(Debug, Default)]
pub(super) struct Long {
    is_on: bool,
    card: Option<SeenCard>,
    /// What the next total or maximum is of.
    block: Option<Block>,
    /// The highest PCIe generation, told before the width.
    generation: Option<u32>,
    count: u32,
    /// Columns of the list under way.
    columns: Vec<String>,
}

impl Long {
    /// Reads a line; false if it is none of these outputs.
    pub(super) fn line(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        self.block(draft, number, line) || self.row(draft, number, line)
    }

    /// The end of the text.
    pub(super) fn end(&mut self, draft: &mut Draft<'_>) {
        if let Some(card) = self.card.take() {
            if card.name.is_some() || card.pci_id.is_some() {
                draft.cards.add(Place::Driver, card);
            } else {
                draft.no_cards.get_or_insert_with(|| "the report lists cards without their names".to_owned());
            }
        }
    }

    fn block(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if line.contains("NVSMI LOG") || line.contains("<nvidia_smi_log>") {
            self.end(draft);
            (self.is_on, self.count) = (true, 0);
            return true;
        }
        if !self.is_on {
            return false;
        }
        let plain = line.trim();
        let begin = plain.strip_prefix("GPU ").or_else(|| plain.strip_prefix("<gpu id=\""));
        if let Some(bus) = begin.and_then(|rest| bus_address(rest.trim_end_matches(['>', '"', ':']))) {
            self.end(draft);
            self.card = Some(SeenCard { index: Some(self.count), pci_bus: Some(bus), ..SeenCard::new(at(number)) });
            (self.count, self.block) = (self.count + 1, None);
            return true;
        }
        let Some((key, value)) = key_and_value(plain) else { return false };
        self.value(draft, number, &key, value)
    }

    fn value(&mut self, draft: &mut Draft<'_>, number: usize, key: &str, value: &str) -> bool {
        let nothing = ["N/A", "Unknown Error", "Not Found", "[N/A]", "GPU is lost", "ERR!"].contains(&value);
        let told = Some(value).filter(|_| !nothing && !value.is_empty());
        match key {
            "driver version" | "kmd version" => {
                if let Some(driver) = versions::driver(value, true) {
                    draft.driver(Weight::Driver, driver, at(number));
                }
                return true;
            }
            "cuda version" | "cuda umd version" => {
                if let Some(cuda) = told.and_then(versions::cuda) {
                    draft.driver_cuda.offer(Weight::Driver, cuda, at(number));
                }
                return true;
            }
            "current dm" | "current" if ["WDDM", "TCC", "MCDM"].contains(&value) => {
                draft.system.family(Weight::Program, OsFamily::Windows, at(number));
                return true;
            }
            "timestamp" | "attached gpus" => return true,
            _ => {}
        }
        let Some(card) = &mut self.card else { return false };
        if let Some(block) = Block::of(key) {
            self.block = Some(block);
            return true;
        }
        match key {
            "product name" => card.name = card.name.take().or_else(|| told.map(str::to_owned)),
            "gpu uuid" | "uuid" => card.uuid = told.filter(|uuid| is_real_uuid(uuid)).map(str::to_owned),
            "device id" | "pci device id" => card.pci_id = card.pci_id.or_else(|| told.and_then(double_id)),
            "power limit" | "current power limit" => {
                card.board.limit_watts = card.board.limit_watts.or_else(|| told.and_then(watts));
            }
            "default power limit" => {
                card.board.default_watts = card.board.default_watts.or_else(|| told.and_then(watts));
            }
            "total" | "max" | "max link gen" | "max link width" => match (self.block.take(), key) {
                (Some(Block::FrameBuffer), "total") => {
                    card.memory_bytes = card.memory_bytes.or_else(|| told.and_then(mebibytes));
                }
                (Some(Block::Window), "total") => card.board.window_bytes = told.and_then(mebibytes),
                // The width follows; a link of which only one is known says nothing.
                (Some(Block::Generation), "max" | "max link gen") => {
                    self.generation = told.and_then(|it| it.parse().ok());
                }
                (Some(Block::Width), "max" | "max link width") => {
                    let width = told.and_then(|it| it.trim_end_matches('x').parse().ok());
                    card.board.link = self.generation.take().zip(width);
                }
                (Some(_) | None, _) => return false,
            },
            _ => return false,
        }
        true
    }

    /// A row of `--query-gpu … --format=csv`, its head included; without a head by what stands in the columns.
    fn row(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if !line.contains(',') || line.len() > 1000 {
            return false;
        }
        let cells: Vec<&str> = line.trim().trim_matches(['|', '`']).split(',').map(str::trim).collect();
        if cells.iter().all(|cell| is_field(cell)) && cells.len() > 1 {
            self.columns = cells.iter().map(|cell| field(cell)).collect();
            return true;
        }
        let with_head = self.columns.len() == cells.len();
        let is_card = |cell: &&&str| {
            let lower = cell.to_ascii_lowercase();
            let brands = ["nvidia ", "geforce ", "tesla ", "quadro ", "titan ", "grid "];
            brands.iter().any(|brand| lower.starts_with(brand)) && lower.len() < 60
        };
        let names: Vec<&&str> = cells.iter().filter(is_card).collect();
        let column = |wanted: &str| {
            let at = self.columns.iter().position(|column| column == wanted).filter(|_| with_head)?;
            cells.get(at).copied().filter(|cell| !cell.is_empty() && !cell.starts_with('[') && *cell != "N/A")
        };
        let name = match (column("name").or_else(|| column("gpu_name")), names.as_slice()) {
            (Some(name), _) => Some(name),
            (None, [name]) if !with_head => Some(**name),
            (None, _) => None,
        };
        let driver = column("driver_version").and_then(|cell| versions::driver(cell, true));
        let without_head =
            || cells.iter().find_map(|cell| versions::driver(cell, false).filter(|v| v.to_string() == **cell));
        let driver = driver.or_else(|| name.filter(|_| !with_head).and_then(|_| without_head()));
        let memory = cells.iter().filter(|cell| cell.ends_with("MiB")).filter_map(|cell| mebibytes(cell)).max();
        let capability = column("compute_cap").map(str::to_owned);
        let alone = || cells.iter().find(|cell| is_capability(cell)).map(|cell| (*cell).to_owned());
        let capability = capability.or_else(|| alone().filter(|_| !with_head));
        // A sentence with commas is no row: without a head two columns must be what the driver prints.
        let marks = usize::from(driver.is_some()) + usize::from(memory.is_some()) + usize::from(capability.is_some());
        let index = column("index").or_else(|| cells.first().copied().filter(|_| !with_head));
        let index = index.and_then(|cell| cell.parse().ok()).filter(|index| *index < 64);
        if name.is_none()
            || (!with_head && marks + usize::from(index.is_some()) == 0)
            || (!with_head && cells.len() > 14)
        {
            return false;
        }
        let uuid = cells.iter().find(|cell| is_real_uuid(cell)).map(|cell| (*cell).to_owned());
        let at = at(number);
        if let Some(driver) = driver {
            draft.driver(Weight::Driver, driver, at);
        }
        let capability: Option<ComputeCapability> = capability.and_then(|text| text.parse().ok());
        let id = column("pci.device_id").and_then(double_id);
        let bus = cells.iter().find_map(|cell| bus_address(cell));
        let name = name.map(str::to_owned);
        let card = SeenCard {
            index,
            name,
            uuid,
            pci_id: id,
            pci_bus: bus,
            capability,
            memory_bytes: memory,
            ..SeenCard::new(at)
        };
        draft.cards.add(Place::Driver, card);
        true
    }
}

/// `575.00 W`
fn watts(text: &str) -> Option<u32> {
    text.split(['.', ' ']).next()?.parse().ok()
}

/// `8.9`, `12.0`
fn is_capability(cell: &str) -> bool {
    cell.split_once('.').is_some_and(|(major, minor)| {
        minor.len() == 1
            && (1..=2).contains(&major.len())
            && major.parse::<u8>().is_ok_and(|major| (2..20).contains(&major))
    })
}

/// A name of a column, with its unit perhaps: `memory.total [MiB]`.
fn field(cell: &str) -> String {
    cell.split(" [").next().unwrap_or_default().trim_matches(['"', '#', ' ']).to_ascii_lowercase()
}

fn is_field(cell: &str) -> bool {
    #[rustfmt::skip]
    const FIRST: [&str; 30] = [
        "index", "name", "gpu_name", "uuid", "gpu_uuid", "driver_version", "compute_cap", "compute_mode",
        "memory.total", "memory.used", "memory.free", "memory.reserved", "pci.bus_id", "pci.device_id",
        "pci.sub_device_id", "pci.domain", "pci.bus", "pci.device", "gpu_bus_id", "count", "timestamp",
        "pstate", "serial", "gpu_serial", "vbios_version", "persistence_mode", "display_active",
        "display_mode", "driver_model.current", "ecc.mode.current",
    ];
    let field = field(cell);
    let is_measure = [
        "temperature.",
        "utilization.",
        "power.",
        "clocks.",
        "fan.",
        "pcie.",
        "enforced.",
        "mig.",
        "accounting.",
        "inforom.",
        "gom.",
        "retired",
        "encoder.",
        "clocks_",
    ]
    .iter()
    .any(|start| field.starts_with(start));
    FIRST.contains(&field.as_str()) || is_measure
}

/// `key : value` and `<key>value</key>`, the key with blanks.
fn key_and_value(line: &str) -> Option<(String, &str)> {
    if let Some(rest) = line.strip_prefix('<') {
        let (tag, rest) = rest.split_once('>')?;
        let value = rest.split("</").next().unwrap_or_default();
        return Some((tag.replace('_', " ").to_ascii_lowercase(), value.trim()));
    }
    let (key, value) = line.split_once(':').unwrap_or((line, ""));
    Some((key.trim().to_ascii_lowercase(), value.trim())).filter(|(key, _)| key.len() < 60)
}

/// `0x220410DE`: the device in the upper, the vendor in the lower half.
pub(super) fn double_id(text: &str) -> Option<PciId> {
    let digits = text.trim().trim_start_matches("0x").trim_start_matches("0X");
    let (device, vendor) = digits.split_at_checked(4)?;
    Some(PciId { vendor: u16::from_str_radix(vendor, 16).ok()?, device: u16::from_str_radix(device, 16).ok()? })
}
