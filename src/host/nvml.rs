//! NVIDIA's management library behind [`GpuLibrary`], through nvml-wrapper.
//!
//! A call into a sick driver can hang, and nothing outside can stop it: [`ask`] makes it on a thread of its own
//! that nobody joins. The loaded library is leaked on purpose: shutting NVML down, or unloading it, waits for a
//! hanging call or takes the code away from under it. Every field is asked for by itself, because an old driver
//! that lacks one function still knows the rest.

mod events;
mod readings;

use super::{GpuLibrary, GpuSample, Host, HostError, NvmlGpu, NvmlInventory};
use crate::facts::{Board, ComputeCapability, CudaVersion, OsFamily, PciId};
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Device, Nvml};
use readings::Readings;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A healthy driver answers within 1 s, a cold one on Linux (no persistence mode) within about 3 s.
pub const LIMIT: Duration = Duration::from_secs(5);

/// Where NVML is, best place first. `windir` is `%WINDIR%`.
pub fn candidates(family: OsFamily, windir: Option<&Path>) -> Vec<PathBuf> {
    match family {
        OsFamily::Windows => vec![
            // Full paths only: a bare name would also be looked for in the current folder.
            windir.unwrap_or(Path::new(r"C:\Windows")).join("System32").join("nvml.dll"),
            PathBuf::from(r"C:\Program Files\NVIDIA Corporation\NVSMI\nvml.dll"),
        ],
        OsFamily::Linux => ["libnvidia-ml.so.1", "libnvidia-ml.so", "/usr/lib/wsl/lib/libnvidia-ml.so.1"]
            .into_iter()
            .map(PathBuf::from)
            .collect(),
        OsFamily::Macos | OsFamily::Other => Vec::new(),
    }
}

/// The NVML of this machine, or the library that `TORCH_WIZARD_NVML` names to play it.
pub fn open(host: &dyn Host) -> Result<Arc<dyn GpuLibrary>, HostError> {
    let folder = |name: &str| host.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let places = candidates(host.family(), folder("WINDIR").as_deref());
    load(folder("TORCH_WIZARD_NVML").as_deref(), &places, LIMIT)
}

/// Loads and initialises NVML: `override_path` (`TORCH_WIZARD_NVML`) alone if there is one, and then
/// [`GpuLibrary::is_simulated`] is true; else the first of `candidates` that initialises.
///
/// [`HostError::NotFound`] means that no such library exists; [`HostError::Nvml`] that there is one which cannot
/// be loaded (no code) or refuses (NVML's code); [`HostError::Timeout`] that it did not answer within `limit`,
/// after which it must not be asked again in this process.
pub fn load(
    override_path: Option<&Path>,
    candidates: &[PathBuf],
    limit: Duration,
) -> Result<Arc<dyn GpuLibrary>, HostError> {
    let is_simulated = override_path.is_some();
    let paths = override_path.map_or_else(|| candidates.to_vec(), |path| vec![path.to_owned()]);
    ask("NVML", move || first_that_works(&paths, is_simulated))?.wait(limit)?
}

/// A call into the driver that is under way.
pub struct Pending<T> {
    what: &'static str,
    reply: Receiver<T>,
}

/// Makes a call into the driver on a thread of its own that nobody ever joins.
pub fn ask<T: Send + 'static>(
    what: &'static str,
    call: impl FnOnce() -> T + Send + 'static,
) -> Result<Pending<T>, HostError> {
    let (sender, reply) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("nvml".to_owned())
        .spawn(move || {
            // Nobody waits any more if this fails.
            sender.send(call()).ok();
        })
        .map_err(|error| HostError::Nvml { code: None, text: format!("no thread to ask it on: {error}") })?;
    Ok(Pending { what, reply })
}

impl<T> Pending<T> {
    /// The answer, or [`HostError::Timeout`]; the call goes on and can be waited for again.
    pub fn wait(&self, limit: Duration) -> Result<T, HostError> {
        self.reply.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => HostError::Timeout { what: self.what.to_owned(), seconds: limit.as_secs() },
            RecvTimeoutError::Disconnected => {
                HostError::Nvml { code: None, text: format!("{} ended without an answer", self.what) }
            }
        })
    }
}

/// Goes on after a library that refuses: inside WSL a Linux driver installed by mistake stands before the one
/// that works.
fn first_that_works(paths: &[PathBuf], is_simulated: bool) -> Result<Arc<dyn GpuLibrary>, HostError> {
    let mut refused = None;
    let mut broken = None;
    for path in paths {
        // Only a whole path says by itself whether it exists; a bare name is searched by the loader.
        if path.components().count() > 1 && !path.exists() {
            continue;
        }
        match Nvml::builder().lib_path(path.as_os_str()).init() {
            Ok(nvml) => {
                let nvml = Box::leak(Box::new(nvml));
                return Ok(Arc::new(Library { nvml, is_simulated, readings: Readings::default() }));
            }
            Err(error) if is_missing(path, &error) => {}
            Err(error) => {
                let error = host_error(error);
                let has_code = matches!(error, HostError::Nvml { code: Some(_), .. });
                let kept = if has_code { &mut refused } else { &mut broken };
                kept.get_or_insert(error);
            }
        }
    }
    let missing = paths.first().cloned().unwrap_or_else(|| PathBuf::from("NVML"));
    Err(refused.or(broken).unwrap_or(HostError::NotFound { program: missing }))
}

/// The loader found no file of this name; another name in its message is a dependency that is missing.
fn is_missing(path: &Path, error: &NvmlError) -> bool {
    let NvmlError::LibloadingError(error) = error else { return false };
    let text = error.to_string();
    text.starts_with(&*path.to_string_lossy()) && text.contains("No such file or directory")
}

fn host_error(error: NvmlError) -> HostError {
    let text = error.to_string();
    let is_nvmls_own = !matches!(
        error,
        NvmlError::Utf8Error(_)
            | NvmlError::NulError(_)
            | NvmlError::LibloadingError(_)
            | NvmlError::FailedToLoadSymbol(_)
            | NvmlError::StringTooLong { .. }
            | NvmlError::IncorrectBits(_)
    );
    HostError::Nvml { code: is_nvmls_own.then(|| u32::from(error)), text }
}

struct Library {
    nvml: &'static Nvml,
    is_simulated: bool,
    readings: Readings,
}

/// Asks one card field by field; a card that fell off the bus is not asked any further.
#[derive(Default)]
struct Questions {
    lost: bool,
    trouble: Option<String>,
}

impl Questions {
    fn ask<T>(&mut self, field: &str, call: impl FnOnce() -> Result<T, NvmlError>) -> Option<T> {
        if self.lost {
            return None;
        }
        match call() {
            Ok(value) => Some(value),
            Err(error) => {
                self.lost = matches!(error, NvmlError::GpuLost);
                self.trouble.get_or_insert_with(|| format!("{field}: {error}"));
                None
            }
        }
    }
}

impl Library {
    fn card(&self, index: u32) -> NvmlGpu {
        let mut of = Questions::default();
        let device = of.ask("card", || self.nvml.device_by_index(index));
        let device = device.as_ref();
        let name = device.and_then(|device| of.ask("name", || device.name()));
        let uuid = device.and_then(|device| of.ask("uuid", || device.uuid()));
        let pci = device.and_then(|device| of.ask("PCI", || device.pci_info()));
        let capability = device.and_then(|device| of.ask("compute capability", || device.cuda_compute_capability()));
        let memory = device.and_then(|device| of.ask("memory", || device.memory_info()));
        NvmlGpu {
            index,
            name: name.filter(|name| !name.trim().is_empty()),
            uuid,
            pci_id: pci.as_ref().and_then(|pci| pci_id(pci.pci_device_id)),
            pci_bus: pci.map(|pci| pci.bus_id),
            capability: capability.and_then(|capability| {
                Some(ComputeCapability::new(capability.major.try_into().ok()?, capability.minor.try_into().ok()?))
            }),
            memory_bytes: memory.map(|memory| memory.total),
            // What a card does not tell of its board is no trouble.
            board: device.filter(|_| !of.lost).map(board).unwrap_or_default(),
            trouble: of.trouble,
            lost: of.lost,
        }
    }
}

fn board(device: &Device<'_>) -> Board {
    let watts = |milliwatts: u32| milliwatts / 1000;
    let (generation, width) = (device.max_pcie_link_gen().ok(), device.max_pcie_link_width().ok());
    Board {
        window_bytes: device.bar1_memory_info().ok().map(|window| window.total).filter(|&bytes| bytes > 0),
        limit_watts: device.enforced_power_limit().ok().map(watts),
        default_watts: device.power_management_limit_default().ok().map(watts),
        link: generation.zip(width),
    }
}

impl GpuLibrary for Library {
    fn is_simulated(&self) -> bool {
        self.is_simulated
    }

    fn inventory(&self) -> Result<NvmlInventory, HostError> {
        let count = self.nvml.device_count().map_err(host_error)?;
        Ok(NvmlInventory {
            driver: self.nvml.sys_driver_version().ok().and_then(|text| text.parse().ok()),
            driver_cuda: self.nvml.sys_cuda_driver_version().ok().and_then(cuda_version),
            gpus: (0..count).map(|index| self.card(index)).collect(),
        })
    }

    fn sample(&self) -> Result<Vec<GpuSample>, HostError> {
        let count = self.nvml.device_count().map_err(host_error)?;
        Ok(self.readings.take(self.nvml, count, self.is_simulated))
    }
}

/// NVML has the device in the upper and the vendor in the lower half.
fn pci_id(combined: u32) -> Option<PciId> {
    let [a, b, c, d] = combined.to_be_bytes();
    (combined != 0).then_some(PciId { vendor: u16::from_be_bytes([c, d]), device: u16::from_be_bytes([a, b]) })
}

/// 13000 is 13.0, 12080 is 12.8; 0 is a driver without CUDA.
fn cuda_version(number: i32) -> Option<CudaVersion> {
    let number = u16::try_from(number).ok().filter(|&number| number >= 1000)?;
    Some(CudaVersion::new(number / 1000, number % 1000 / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_nvml_are_taken_apart() {
        assert_eq!(pci_id(0x2f04_10de).unwrap().to_string(), "10de:2f04");
        assert_eq!(pci_id(0), None);
        assert_eq!(cuda_version(12080), Some(CudaVersion::new(12, 8)));
        assert_eq!(cuda_version(13000), Some(CudaVersion::new(13, 0)));
        assert_eq!((cuda_version(0), cuda_version(-1)), (None, None));
    }

    #[test]
    fn a_library_that_does_not_exist_is_not_found_and_one_that_is_broken_is_an_error() {
        let names = ["libno-such-nvml.so.1", "/no/such/folder/libnvidia-ml.so.1"].map(PathBuf::from);
        // The Windows loader does not say whether a bare name or something it needs is missing.
        let searched = if cfg!(windows) { &names[1..] } else { &names };
        assert!(matches!(load(None, searched, LIMIT), Err(HostError::NotFound { .. })));
        assert!(matches!(load(Some(&names[1]), &[], LIMIT), Err(HostError::NotFound { .. })));
        let broken = tempfile::Builder::new().suffix(".so").tempfile().unwrap();
        let error = load(Some(broken.path()), &[], LIMIT).err();
        assert!(matches!(error, Some(HostError::Nvml { code: None, .. })), "{error:?}");
    }

    #[test]
    fn a_call_that_hangs_is_given_up_and_can_be_waited_for_again() {
        let (go, gone) = mpsc::channel();
        let pending = ask("NVML", move || gone.recv().is_ok()).unwrap();
        assert!(matches!(pending.wait(Duration::from_millis(5)), Err(HostError::Timeout { .. })));
        go.send(()).unwrap();
        assert!(pending.wait(LIMIT).unwrap());
        let panics = ask("NVML", || panic!("on purpose")).unwrap();
        assert!(matches!(panics.wait(LIMIT), Err::<(), _>(HostError::Nvml { code: None, .. })));
    }
}
