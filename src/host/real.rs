//! The real world: the operating system's files, processes and network.
//!
//! The one room of the crate that touches them; everything else asks [`Host`].
#![expect(clippy::disallowed_methods, reason = "this is the place where the outside is touched")]

mod activity;
mod children;
mod devices;
mod files;
#[cfg(feature = "test-support")]
mod held;
mod holders;
mod http;
mod notice;
mod outside;
mod power;
mod processor;
#[cfg(windows)]
mod registry;
mod volume;

use super::{
    Activity, Basics, ChildEvent, ChildExit, Entry, Folders, GpuLibrary, Growing, Guard, Host, HostError, InUse, Meta,
    Note, PowerSupply, Receiver, Request, Volume,
};
use crate::facts::OsFamily;
use crate::plan::CommandSpec;
use children::Bond;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime};

/// The operating system we run on.
pub struct RealHost {
    folders: Folders,
    began: Instant,
    clients: OnceLock<Result<http::Clients, String>>,
    gpu: Mutex<Option<Arc<dyn GpuLibrary>>>,
}

/// The folders of the user could not be found out.
#[derive(Debug, thiserror::Error)]
#[error("the user's home folder could not be found out; set TORCH_WIZARD_HOME to a folder for torch-wizard's files")]
pub struct NoHome;

impl RealHost {
    /// Finds the product's folders. `TORCH_WIZARD_HOME` puts all of them in one place.
    pub fn new() -> Result<Self, NoHome> {
        Ok(Self { folders: folders()?, began: Instant::now(), clients: OnceLock::new(), gpu: Mutex::new(None) })
    }
}

fn folders() -> Result<Folders, NoHome> {
    let program = std::env::current_exe()
        .ok()
        .map(|exe| std::fs::canonicalize(&exe).unwrap_or(exe))
        .and_then(|exe| exe.parent().map(Path::to_owned))
        .unwrap_or_default();
    let temp = std::env::temp_dir();
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    if let Some(own) = std::env::var_os("TORCH_WIZARD_HOME").filter(|own| !own.is_empty()) {
        let own = std::path::absolute(PathBuf::from(&own)).unwrap_or_else(|_| PathBuf::from(own));
        let home = home.unwrap_or_else(|| own.clone());
        return Ok(Folders { home, data: own.join("data"), cache: own.join("cache"), temp, program });
    }
    let project = directories::ProjectDirs::from("", "", "torch-wizard").ok_or(NoHome)?;
    Ok(Folders {
        home: home.ok_or(NoHome)?,
        data: project.data_local_dir().to_owned(),
        cache: project.cache_dir().to_owned(),
        temp,
        program,
    })
}

/// Windows: puts this process into a job that ends with it, so that no child outlives the wizard, whatever kills
/// it. On Linux each child asks for its parent's death signal instead (see `children`).
#[cfg(windows)]
pub fn bind_children_to_us() -> bool {
    let bound = (|| {
        let mut limits = win32job::ExtendedLimitInfo::new();
        // Programs that are launched to outlive us leave the job.
        limits.limit_kill_on_job_close().limit_breakaway_ok();
        let job = win32job::Job::create_with_limit_info(&limits)?;
        job.assign_current_process()?;
        // The handle must stay open as long as we live: closing it is what ends the job.
        std::mem::forget(job);
        Ok::<(), win32job::JobError>(())
    })();
    bound.is_ok()
}

/// Elsewhere there is nothing to do up front.
#[cfg(not(windows))]
pub const fn bind_children_to_us() -> bool {
    true
}

pub use outside::no_crash_boxes;

impl Host for RealHost {
    fn var(&self, key: &str) -> Option<OsString> {
        std::env::var_os(key)
    }

    fn vars(&self) -> Vec<(OsString, OsString)> {
        std::env::vars_os().collect()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn uptime(&self) -> Duration {
        let passed = self.began.elapsed();
        #[cfg(feature = "test-support")]
        let passed = passed * held::haste();
        passed
    }

    fn folders(&self) -> &Folders {
        &self.folders
    }

    fn program(&self) -> PathBuf {
        std::env::current_exe()
            .unwrap_or_else(|_| self.folders.program.join(format!("torch-wizard{}", std::env::consts::EXE_SUFFIX)))
    }

    fn family(&self) -> OsFamily {
        match std::env::consts::OS {
            "windows" => OsFamily::Windows,
            "linux" => OsFamily::Linux,
            "macos" => OsFamily::Macos,
            _ => OsFamily::Other,
        }
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        files::read(path)
    }

    fn read_at(&self, path: &Path, from: u64, len: usize) -> Result<Vec<u8>, HostError> {
        files::read_at(path, from, len)
    }

    fn meta(&self, path: &Path) -> Option<Meta> {
        files::meta(path)
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        files::list(path)
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        files::resolve(path)
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        files::write_atomic(path, bytes)
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        files::overwrite(path, bytes)
    }

    fn grow(&self, path: &Path) -> Result<Box<dyn Growing>, HostError> {
        files::grow(path)
    }

    fn make_dir(&self, path: &Path) -> Result<(), HostError> {
        files::make_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        files::rename(from, to)
    }

    fn remove(&self, path: &Path) -> Result<(), HostError> {
        files::remove(path)
    }

    fn holders(&self, path: &Path) -> Option<InUse> {
        holders::of(path)
    }

    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        files::link_or_copy(from, to)
    }

    fn volume(&self, path: &Path) -> Option<Volume> {
        volume::of(&files::resolve(path))
    }

    fn fixed_volumes(&self) -> Vec<PathBuf> {
        volume::fixed()
    }

    fn volume_name(&self, path: &Path) -> String {
        files::volume_name(path)
    }

    fn can_link(&self, from: &Path, to: &Path) -> bool {
        files::can_link(from, to)
    }

    fn free_bytes(&self, path: &Path) -> Result<u64, HostError> {
        files::free_bytes(path)
    }

    fn lock(&self, path: &Path) -> Result<Option<Box<dyn Guard>>, HostError> {
        files::lock(path)
    }

    fn find_programs(&self, name: &str) -> Vec<PathBuf> {
        which::which_all(name).map(Iterator::collect).unwrap_or_default()
    }

    fn run(
        &self,
        command: &CommandSpec,
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ChildExit, HostError> {
        children::run(command, Bond::Tree, on)
    }

    fn run_part(
        &self,
        command: &CommandSpec,
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ChildExit, HostError> {
        children::run(command, Bond::Part, on)
    }

    fn launch(&self, command: &CommandSpec) -> Result<(), HostError> {
        outside::launch(command)
    }

    fn open(&self, path: &Path) -> Result<(), HostError> {
        outside::open(path)
    }

    fn process_began(&self, id: u32) -> Option<u64> {
        children::process_began(id)
    }

    fn activity(&self, leader: u32) -> Option<Activity> {
        activity::of(leader)
    }

    fn group_is_alive(&self, leader: u32) -> bool {
        children::group_is_alive(leader)
    }

    fn end_group(&self, leader: u32) -> Result<(), HostError> {
        children::end_group(leader)
    }

    fn request(&self, request: &Request, receiver: &mut dyn Receiver) -> Result<(), HostError> {
        let clients = self.clients.get_or_init(|| http::clients(self));
        http::send(clients, request, receiver)
    }

    fn proxy_for(&self, url: &str) -> Option<String> {
        http::proxy_for(self, url)
    }

    fn gpu_library(&self) -> Result<Arc<dyn GpuLibrary>, HostError> {
        let mut slot = self.gpu.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(library) = slot.as_ref() {
            return Ok(Arc::clone(library));
        }
        let library = super::nvml::open(self)?;
        *slot = Some(Arc::clone(&library));
        Ok(library)
    }

    fn basics(&self) -> Basics {
        use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};
        let kinds = RefreshKind::nothing()
            .with_memory(MemoryRefreshKind::nothing().with_ram())
            .with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(kinds);
        let cpus = system.as_ref().map(System::cpus).unwrap_or_default();
        let kernel = System::kernel_version().ok();
        let (firmware_virtualisation, hypervisor) = processor::virtualisation();
        Basics {
            os_version: System::long_os_version().unwrap_or_else(|_| std::env::consts::OS.to_owned()),
            os_build: kernel.as_deref().filter(|_| cfg!(windows)).and_then(|build| build.parse().ok()),
            kernel,
            arch: System::cpu_arch(),
            cpu: cpus.first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default(),
            logical_cores: u32::try_from(cpus.len()).unwrap_or(u32::MAX),
            memory_bytes: system.as_ref().map_or(0, System::total_memory),
            firmware_virtualisation,
            hypervisor,
        }
    }

    fn notify(&self, note: &Note) -> Result<(), HostError> {
        notice::show(self, note)
    }

    #[cfg(windows)]
    fn start_at_log_in(&self, command: Option<&CommandSpec>) -> Result<(), HostError> {
        let program = command.map(|command| command.program.clone()).unwrap_or_default();
        registry::start_once(command).map_err(|source| HostError::Start { program, source })
    }

    fn power_supply(&self) -> Option<PowerSupply> {
        power::supply()
    }

    fn present_devices(&self, bus: &str) -> Option<Vec<String>> {
        devices::present(bus)
    }

    fn booted(&self) -> Option<u64> {
        sysinfo::System::boot_time().ok()
    }

    fn is_elevated(&self) -> bool {
        outside::is_elevated()
    }

    #[cfg(windows)]
    fn registry(&self, key: &str, value: &str) -> Option<String> {
        registry::value(key, value)
    }

    #[cfg(not(windows))]
    fn registry(&self, _key: &str, _value: &str) -> Option<String> {
        None
    }

    #[cfg(windows)]
    fn registry_keys(&self, key: &str) -> Vec<String> {
        registry::keys(key)
    }

    #[cfg(not(windows))]
    fn registry_keys(&self, _key: &str) -> Vec<String> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_was_started_before_now_and_knows_who_we_are() {
        let host = RealHost::new().unwrap();
        let now = host.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert!(host.booted().is_some_and(|booted| booted > 0 && booted <= now + 1), "{:?} {now}", host.booted());
        #[cfg(unix)]
        {
            let asked = super::super::output(&host, &CommandSpec::new("id", ["-u"]), Duration::from_secs(5)).unwrap();
            assert_eq!(host.is_elevated(), asked.text().trim() == "0");
        }
        #[cfg(windows)]
        {
            // Only administrators may list what others have opened over the network.
            let command = CommandSpec::new("net", ["session"]);
            let asked = super::super::output(&host, &command, Duration::from_secs(20)).unwrap();
            let is_wine = host.registry("HKCU\\Software\\Wine", "Version").is_some();
            assert!(is_wine || host.is_elevated() == asked.is_success());
        }
    }
}
