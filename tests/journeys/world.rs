//! A user's machine for one test: own folders, a clean environment, chosen tools on PATH, an index on 127.0.0.1.

use crate::index_server::IndexServer;
use crate::index_server::wheels::Shelf;
use crate::shelf;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Real tools of this machine.
pub struct Tools {
    pub uv: PathBuf,
    pub python: PathBuf,
    /// `3.11`
    pub python_version: String,
    pip_wheel: PathBuf,
}

/// The tools, found once; `None` says loudly why not.
pub fn tools() -> Option<&'static Tools> {
    static TOOLS: OnceLock<Result<Tools, String>> = OnceLock::new();
    match TOOLS.get_or_init(find_tools) {
        Ok(tools) => Some(tools),
        Err(why) => {
            eprintln!("skipped: {why}");
            None
        }
    }
}

fn find_tools() -> Result<Tools, String> {
    let uv = std::env::var_os("TORCH_WIZARD_TEST_UV").map(PathBuf::from).or_else(|| which::which("uv").ok());
    let uv = uv.ok_or("no uv: set TORCH_WIZARD_TEST_UV, or put uv on PATH")?;
    let named = std::env::var_os("TORCH_WIZARD_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let ask = "import sys, os, glob, ensurepip, venv; print(os.path.realpath(sys.executable)); \
        print('%d.%d' % sys.version_info[:2]); \
        print(glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), '_bundled', 'pip-*.whl'))[0])";
    let output =
        Command::new(&named).args(["-I", "-c", ask]).output().map_err(|error| format!("no Python: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let [python, version, pip] = text.lines().collect::<Vec<_>>()[..] else {
        return Err("the Python on PATH has no venv with pip: set TORCH_WIZARD_TEST_PYTHON".to_owned());
    };
    Ok(Tools { uv, python: python.into(), python_version: version.to_owned(), pip_wheel: pip.into() })
}

/// What the index holds: the newest torch and torchvision for two variants and some Pythons, an older torch without a
/// hash, and on `PyPI` what they need.
pub fn shelf() -> Arc<Shelf> {
    static SHELF: OnceLock<Arc<Shelf>> = OnceLock::new();
    Arc::clone(SHELF.get_or_init(|| Arc::new(fill_shelf())))
}

/// The same, with no hash for anything that stands on the torch index.
pub fn shelf_without_hashes() -> Arc<Shelf> {
    let mut shelf = fill_shelf();
    for wheel in shelf.wheels.iter_mut().filter(|wheel| wheel.variant.is_some()) {
        wheel.is_hash_told = false;
    }
    Arc::new(shelf)
}

pub fn fill_shelf() -> Shelf {
    let tools = tools().unwrap();
    shelf::fill(&tools.python_version, &tools.pip_wheel)
}

/// How a command ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The last line of `--json`.
    pub fn ended(&self) -> serde_json::Value {
        self.events().pop().unwrap()
    }

    pub fn events(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The label of the problem of a failed step.
    pub fn label(&self) -> Option<String> {
        let failed = self.events().into_iter().rfind(|event| event["kind"] == "failed")?;
        Some(failed["problem"]["label"].as_str().unwrap().to_owned())
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n── stdout\n{}\n── stderr\n{}", self.out, self.err);
        self
    }
}

/// One machine.
pub struct World {
    pub server: IndexServer,
    temp: TempDir,
    bin: PathBuf,
    vars: BTreeMap<OsString, OsString>,
}

impl World {
    /// With uv and Python on PATH. `None` where this machine lacks a real tool.
    pub fn new() -> Option<Self> {
        Self::with_shelf(&["uv", "python3"], shelf)
    }

    pub fn with_tools(names: &[&str]) -> Option<Self> {
        Self::with_shelf(names, shelf)
    }

    pub fn with_shelf(names: &[&str], shelf: fn() -> Arc<Shelf>) -> Option<Self> {
        let tools = tools()?;
        let temp = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let bin = temp.path().join("bin");
        for folder in ["bin", "home", "wizard", "place", "temp"] {
            fs::create_dir(temp.path().join(folder)).unwrap();
        }
        let server = IndexServer::start(shelf());
        let mut world = Self { server, bin, temp, vars: BTreeMap::new() };
        for name in names {
            let real = if *name == "uv" { tools.uv.clone() } else { tools.python.clone() };
            std::os::unix::fs::symlink(real, world.bin.join(name)).unwrap();
        }
        // uv's scripts need these two; `sh` has a fixed place, and nothing else here is uv or Python by chance.
        for name in ["realpath", "dirname"] {
            std::os::unix::fs::symlink(which::which(name).unwrap(), world.bin.join(name)).unwrap();
        }
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/cpu-run.jsonl");
        let fixed = [
            ("HOME", world.path("home").into_os_string()),
            ("PATH", world.bin.clone().into_os_string()),
            ("TMPDIR", world.path("temp").into_os_string()),
            ("TORCH_WIZARD_HOME", world.path("wizard").into_os_string()),
            ("UV_DEFAULT_INDEX", world.server.pypi().into()),
            ("XDG_CONFIG_DIRS", world.path("home").into_os_string()),
            // The settings of this machine's pip are not this test's.
            ("PIP_CONFIG_FILE", "/dev/null".into()),
            ("PYTHONDONTWRITEBYTECODE", "1".into()),
            ("TW_TEST_REPLAY", recorded.into_os_string()),
        ];
        for (name, value) in fixed {
            world.vars.insert(name.into(), value);
        }
        Some(world)
    }

    /// A path below the machine's root.
    pub fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub fn target(&self) -> PathBuf {
        self.path("place/env")
    }

    pub fn staging(&self) -> PathBuf {
        self.path("place/env.tw-new")
    }

    pub fn aside(&self) -> PathBuf {
        self.path("place/env.tw-old")
    }

    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.vars.insert(name.into(), value.as_ref().to_owned());
    }

    /// The real program of this name is on the machine's PATH.
    pub fn install_real(&self, name: &str) {
        std::os::unix::fs::symlink(which::which(name).unwrap(), self.bin.join(name)).unwrap();
    }

    pub fn unset(&mut self, name: &str) {
        self.vars.remove(OsStr::new(name));
    }

    pub fn replay(&mut self, recording: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
        self.set("TW_TEST_REPLAY", folder.join(recording));
    }

    /// The simulated NVML library, with these cards.
    pub fn simulate(&mut self, scenario: &str) {
        let library = self.path("libnvidia-ml.so.1");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake_nvml/fake_nvml.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).args(["-lm", "-ldl"]);
        assert!(compiler.status().unwrap().success(), "{compiler:?}");
        fs::write(self.path("libnvidia-ml.so.1.scenario"), scenario).unwrap();
        self.set("TORCH_WIZARD_NVML", library);
    }

    /// A shell script on PATH; it replaces a tool of that name.
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.bin.join(name);
        fs::remove_file(&path).ok();
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// uv, which for commands with these words writes its process id into `slow` and does something else.
    pub fn slow_uv(&self, words: &str, instead: &str) {
        let (mark, uv) = (self.path("slow"), &tools().unwrap().uv);
        let (mark, uv) = (mark.display(), uv.display());
        self.script(
            "uv",
            &format!("case \"$*\" in *\"{words}\"*) echo $$ >{mark}\n{instead};;\n*) exec {uv} \"$@\";;\nesac"),
        );
    }

    /// The real uv again.
    pub fn fast_uv(&self) {
        self.script("uv", &format!("exec {} \"$@\"", tools().unwrap().uv.display()));
    }

    /// Whether the slow uv or a child of it still runs. One that is dead and not yet reaped (a container's first process
    /// may never do so) does not.
    pub fn slow_group_is_alive(&self) -> bool {
        let id = fs::read_to_string(self.path("slow")).unwrap().trim().to_owned();
        let stats = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            // `pid (name) state ppid pgrp …`; the name may hold blanks and brackets.
            let stat = fs::read_to_string(entry.ok()?.path().join("stat")).ok()?;
            Some(stat.rsplit_once(") ")?.1.to_owned())
        });
        stats.map(|stat| stat.split(' ').take(3).map(str::to_owned).collect::<Vec<_>>()).any(|fields| {
            matches!(fields.as_slice(), [state, _, group] if *group == id && !matches!(state.as_str(), "Z" | "X"))
        })
    }

    /// Any program in this machine's environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.vars).current_dir(self.temp.path()).stdin(Stdio::null());
        command
    }

    pub fn wizard(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_torch-wizard"));
        command.args(args);
        command
    }

    /// The words of a plan for this machine's index and place.
    pub fn words<'a>(&self, first: &[&'a str], more: &[&'a str]) -> Vec<OsString> {
        let mut words: Vec<OsString> = first.iter().map(OsString::from).collect();
        words.extend(["--index-url".into(), self.server.torch().into(), "--env".into(), self.target().into()]);
        if !more.contains(&"--route") {
            words.extend(["--route".into(), "cpu".into()]);
        }
        words.extend(more.iter().map(OsString::from));
        words
    }

    /// `install --yes --json` on route `cpu`.
    pub fn install(&self, more: &[&str]) -> Command {
        let mut command = self.wizard(&[]);
        command.args(self.words(&["install", "--yes", "--json"], more));
        command
    }

    pub fn plan(&self, more: &[&str]) -> Command {
        let mut command = self.wizard(&[]);
        command.args(self.words(&["plan"], more));
        command
    }

    pub fn resume(&self) -> Command {
        self.wizard(&["resume", "--json"])
    }

    /// The environments that are known.
    pub fn registry(&self) -> Vec<serde_json::Value> {
        let Ok(bytes) = fs::read(self.path("wizard/data/environments.json")) else { return Vec::new() };
        let registry: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        registry["environments"].as_array().unwrap().clone()
    }

    /// The folder of the only run.
    pub fn run_folder(&self) -> PathBuf {
        let mut folders = files_in(&self.path("wizard/data/runs"), 1);
        assert_eq!(folders.len(), 1, "{folders:?}");
        self.path("wizard/data/runs").join(folders.remove(0))
    }

    /// Everything below the place and the home folder: what a user would miss or find.
    pub fn seen_by_user(&self) -> Vec<String> {
        let place = files_in(&self.path("place"), 2).into_iter().map(|file| format!("place/{file}"));
        // uv makes its own folder when it is asked for its Pythons.
        let home = files_in(&self.path("home"), 2).into_iter().filter(|file| !file.starts_with(".local"));
        place.chain(home.map(|file| format!("home/{file}"))).collect()
    }
}

/// Runs a command to its end.
pub fn run(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A command under way; ended when the test ends.
pub struct Running {
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Starts a command; its output goes to files beside, so that no full pipe holds it up.
pub fn start(world: &World, mut command: Command) -> Running {
    let file = |name: &str| fs::File::create(world.path(name)).unwrap();
    let child = command.stdout(file("stdout")).stderr(file("stderr")).spawn().unwrap();
    Running { child }
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// As `kill -9` or a power cut.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    pub fn wait(&mut self, world: &World) -> Ran {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < Duration::from_mins(3), "it does not end");
            sleep(Duration::from_millis(5));
        };
        let text = |name: &str| fs::read_to_string(world.path(name)).unwrap();
        Ran { code: status.code().unwrap_or(-1), out: text("stdout"), err: text("stderr") }
    }
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(90), "waited in vain: {what}");
        sleep(Duration::from_millis(5));
    }
}

/// Relative paths of files and folders, sorted, so many levels deep.
pub fn files_in(folder: &Path, levels: usize) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if levels > 1 && entry.file_type().unwrap().is_dir() {
            found.extend(files_in(&entry.path(), levels - 1).into_iter().map(|inner| format!("{name}/{inner}")));
        }
        found.push(name);
    }
    found.sort();
    found
}

/// Processes whose command line holds a word (a folder of this test, so no other's).
pub fn processes_with(word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(word) {
            found.push(line);
        }
    }
    found
}
