//! A Windows in a folder: its drive `C:`, its registry's line for the next log-in, the moment it was started; and a life
//! of the wizard on it.

use crate::PLAY;
use std::ffi::OsString;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};
use torch_wizard::facts::OsFamily;
use torch_wizard::host::real::RealHost;
use torch_wizard::host::{
    Basics, ChildEvent, ChildExit, Entry, Folders, GpuLibrary, Growing, Guard, Host, HostError, Meta, Receiver, Request,
};
use torch_wizard::plan::{CommandSpec, Plan};
use torch_wizard::run::prove::{Place, Proving, prove};
use torch_wizard::run::{Surroundings, finish, rollback, run};
use torch_wizard::verify::{Circumstances, Level};

/// Names the folder, for everything that plays a part.
pub const ROOT: &str = "TW_TEST_ROOT";

/// A path of this Windows as it lies in the folder: drives by their letter, distributions below `linux`.
pub fn here(root: &Path, path: &Path) -> PathBuf {
    let text = path.to_string_lossy().replace('\\', "/");
    if let Some(rest) = text.strip_prefix("//wsl.localhost/") {
        let inner = rest.split_once('/').map_or("", |(_, inner)| inner);
        return root.join("linux").join(inner);
    }
    match text.split_once(":/") {
        Some((drive, rest)) if drive.len() == 1 => root.join(drive).join(rest),
        _ => path.to_owned(),
    }
}

/// The host of that Windows.
pub struct Windows {
    real: RealHost,
    root: PathBuf,
    folders: Folders,
}

impl Windows {
    pub fn new(root: &Path) -> Self {
        let at = |text: &str| PathBuf::from(text);
        let folders = Folders {
            home: at(r"C:\Users\Jörg"),
            data: at(r"C:\data"),
            cache: at(r"C:\cache"),
            temp: at(r"C:\temp"),
            program: at(r"C:\tw"),
        };
        Self { real: RealHost::new().unwrap(), root: root.to_owned(), folders }
    }

    fn at(&self, path: &Path) -> PathBuf {
        here(&self.root, path)
    }
}

impl Host for Windows {
    fn var(&self, key: &str) -> Option<OsString> {
        self.real.var(key)
    }
    fn vars(&self) -> Vec<(OsString, OsString)> {
        self.real.vars()
    }
    fn now(&self) -> SystemTime {
        self.real.now()
    }
    fn uptime(&self) -> Duration {
        self.real.uptime()
    }
    fn folders(&self) -> &Folders {
        &self.folders
    }
    fn program(&self) -> PathBuf {
        self.folders.program.join("torch-wizard.exe")
    }
    fn family(&self) -> OsFamily {
        OsFamily::Windows
    }
    fn read(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        self.real.read(&self.at(path))
    }
    fn read_at(&self, path: &Path, from: u64, len: usize) -> Result<Vec<u8>, HostError> {
        self.real.read_at(&self.at(path), from, len)
    }
    fn meta(&self, path: &Path) -> Option<Meta> {
        self.real.meta(&self.at(path))
    }
    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        let entries = self.real.list(&self.at(path))?;
        let back = |entry: Entry| {
            let name = entry.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Entry { path: format!("{}\\{name}", path.display()).into(), meta: entry.meta }
        };
        Ok(entries.into_iter().map(back).collect())
    }
    fn resolve(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }
    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        self.real.write_atomic(&self.at(path), bytes)
    }
    fn overwrite(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        self.real.overwrite(&self.at(path), bytes)
    }
    fn grow(&self, path: &Path) -> Result<Box<dyn Growing>, HostError> {
        self.real.grow(&self.at(path))
    }
    fn make_dir(&self, path: &Path) -> Result<(), HostError> {
        self.real.make_dir(&self.at(path))
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        self.real.rename(&self.at(from), &self.at(to))
    }
    fn remove(&self, path: &Path) -> Result<(), HostError> {
        self.real.remove(&self.at(path))
    }
    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        self.real.link_or_copy(&self.at(from), &self.at(to))
    }
    fn free_bytes(&self, path: &Path) -> Result<u64, HostError> {
        self.real.free_bytes(&self.at(path))
    }
    fn volume_name(&self, path: &Path) -> String {
        self.real.volume_name(&self.at(path))
    }
    fn can_link(&self, from: &Path, to: &Path) -> bool {
        self.real.can_link(&self.at(from), &self.at(to))
    }
    fn lock(&self, path: &Path) -> Result<Option<Box<dyn Guard>>, HostError> {
        self.real.lock(&self.at(path))
    }
    fn find_programs(&self, _name: &str) -> Vec<PathBuf> {
        Vec::new()
    }
    fn run(
        &self,
        command: &CommandSpec,
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ChildExit, HostError> {
        let mut command = command.clone();
        let name = command.program.to_string_lossy().to_lowercase();
        let part = ["wsl", "tar"].into_iter().find(|part| name.ends_with(&format!(r"\{part}.exe")));
        command.env.insert(PLAY.to_owned(), part.unwrap_or_else(|| panic!("{name} is started")).to_owned());
        command.program = std::env::current_exe().unwrap();
        command.cwd = command.cwd.map(|folder| self.at(&folder));
        let exit = self.real.run(&command, on)?;
        // Windows shows the whole number that a program ends with.
        Ok(if exit == ChildExit::Code(255) { ChildExit::Code(-1) } else { exit })
    }
    fn launch(&self, command: &CommandSpec) -> Result<(), HostError> {
        self.real.launch(command)
    }
    fn open(&self, _path: &Path) -> Result<(), HostError> {
        Ok(())
    }
    fn start_at_log_in(&self, command: Option<&CommandSpec>) -> Result<(), HostError> {
        let line = self.root.join("run-once");
        match command {
            Some(command) => self.real.write_atomic(&line, command.program.to_string_lossy().as_bytes()),
            None => self.real.remove(&line),
        }
    }
    fn process_began(&self, id: u32) -> Option<u64> {
        self.real.process_began(id)
    }
    fn group_is_alive(&self, leader: u32) -> bool {
        self.real.group_is_alive(leader)
    }
    fn end_group(&self, leader: u32) -> Result<(), HostError> {
        self.real.end_group(leader)
    }
    fn request(&self, request: &Request, receiver: &mut dyn Receiver) -> Result<(), HostError> {
        self.real.request(request, receiver)
    }
    fn proxy_for(&self, url: &str) -> Option<String> {
        self.real.proxy_for(url)
    }
    fn gpu_library(&self) -> Result<Arc<dyn GpuLibrary>, HostError> {
        self.real.gpu_library()
    }
    fn basics(&self) -> Basics {
        self.real.basics()
    }
    fn booted(&self) -> Option<u64> {
        fs::read_to_string(self.root.join("booted")).ok()?.trim().parse().ok()
    }
    fn is_elevated(&self) -> bool {
        self.root.join("administrator").exists()
    }
    fn registry(&self, _key: &str, _value: &str) -> Option<String> {
        None
    }
    fn registry_keys(&self, _key: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Runs the checks of a known environment where its torch runs.
fn prove_again(host: &dyn Host, environment: &Path) -> ExitCode {
    let proving = Proving {
        place: Place::of(host, environment).unwrap(),
        folder: host.folders().cache.join("verify"),
        level: Level::Quick,
        seconds: 0,
        circumstances: Circumstances::default(),
        expected: &|_, _| None,
        cleared: std::collections::BTreeSet::new(),
        leaves_no_trace: false,
    };
    let report = prove(host, proving, &mut |_| ControlFlow::Continue(())).unwrap().unwrap();
    println!("{} torch {}", report.verdict.word(), report.torch.unwrap_or_default());
    ExitCode::SUCCESS
}

/// One life of the wizard: goes on with the only run, with the word `rollback` undoes it, with `prove` proves what it made.
pub fn live(words: &[String]) -> ExitCode {
    let root = PathBuf::from(std::env::var_os(ROOT).unwrap());
    let host: Arc<dyn Host> = Arc::new(Windows::new(&root));
    if words.iter().any(|word| word == "rollback") {
        let run = rollback::pick(&*host, None).unwrap().unwrap();
        match rollback::roll_back(&*host, &run) {
            Ok(said) => println!("{said}"),
            Err(problem) => println!("{problem}"),
        }
        return ExitCode::SUCCESS;
    }
    let folder = here(&root, Path::new(r"C:\data\runs\1\plan.json"));
    let plan: Plan = serde_json::from_slice(&fs::read(folder).unwrap()).unwrap();
    if words.iter().any(|word| word == "prove") {
        return prove_again(&*host, &plan.target);
    }
    let outcome = run(
        &plan,
        Surroundings {
            host: Arc::clone(&host),
            address: &str::to_owned,
            expected: &|_, _| None,
            circumstances: Circumstances::default(),
            offline: false,
            interactive: false,
            cancel: &AtomicBool::new(false),
            sink: &mut |event| println!("{}", serde_json::to_string(event).unwrap()),
        },
    );
    let code = finish(&*host, &plan, &outcome).unwrap();
    ExitCode::from(u8::try_from(code).unwrap())
}
