//! One PC: the program's folder, a user's folder, a clean environment.

use crate::index_server::IndexServer;
use crate::shelf;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

/// Each as a variable with a path.
pub const UV: &str = "TORCH_WIZARD_TEST_UV";
pub const PYTHON: &str = "TORCH_WIZARD_TEST_PYTHON";
pub const NVML: &str = "TORCH_WIZARD_TEST_NVML";

/// The first of these real parts that is not here.
pub fn missing(needs: &[&'static str]) -> Option<&'static str> {
    needs.iter().copied().find(|name| named(name).is_none())
}

pub fn named(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|path| path.exists())
}

/// What a Python says of itself.
pub fn ask_python(code: &str) -> String {
    let output = Command::new(named(PYTHON).unwrap()).args(["-I", "-c", code]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n── stdout\n{}\n── stderr\n{}", self.out, self.err);
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}", self.out))
    }
}

pub struct Pc {
    temp: TempDir,
    vars: BTreeMap<OsString, OsString>,
}

impl Pc {
    /// The program in a folder of its own, nothing else on PATH than Windows.
    pub fn new() -> Self {
        let temp =
            tempfile::Builder::new().prefix("Käthe & Söhne 測試 ").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut pc = Self { temp, vars: BTreeMap::new() };
        for folder in ["program", "tools", "wizard", "user", "temp"] {
            fs::create_dir(pc.path(folder)).unwrap();
        }
        fs::copy(env!("CARGO_BIN_EXE_torch-wizard"), pc.wizard()).unwrap();
        let windows = std::env::var_os("SystemRoot").unwrap();
        let path = [pc.path("tools"), Path::new(&windows).join("System32"), PathBuf::from(&windows)];
        // The user's own folders are what they are: Windows tells them, and no variable changes that.
        for name in [
            "SystemRoot",
            "windir",
            "SystemDrive",
            "ComSpec",
            "PATHEXT",
            "ProgramFiles",
            "ProgramData",
            "APPDATA",
            "LOCALAPPDATA",
            "USERPROFILE",
            "USERNAME",
        ] {
            if let Some(value) = std::env::var_os(name) {
                pc.set(name, value);
            }
        }
        pc.set("PATH", std::env::join_paths(path).unwrap());
        for name in ["TEMP", "TMP"] {
            pc.set(name, pc.path("temp"));
        }
        pc.set("TORCH_WIZARD_HOME", pc.path("wizard"));
        pc
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub fn wizard(&self) -> PathBuf {
        self.path("program").join("torch-wizard.exe")
    }

    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.vars.insert(name.into(), value.as_ref().to_owned());
    }

    /// The real uv where the installer puts it.
    pub fn pack_uv(&self) {
        fs::copy(named(UV).unwrap(), self.path("program").join("uv.exe")).unwrap();
    }

    /// A tool that answers so, in a folder.
    pub fn play(&self, folder: &str, name: &str, answer: &[u8], code: u8) {
        let path = self.path(folder).join(name);
        fs::copy(std::env::current_exe().unwrap(), path.with_extension("exe")).unwrap();
        fs::write(path.with_extension("answer"), answer).unwrap();
        fs::write(path.with_extension("code"), code.to_string()).unwrap();
    }

    /// How a played tool was called.
    pub fn calls(&self, folder: &str, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path(folder).join(name).with_extension("called")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.wizard());
        command.args(words).env_clear().envs(&self.vars).current_dir(self.path("user")).stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &[&str]) -> Ran {
        ran(self.command(words))
    }

    /// An index on this PC with tiny wheels for the test's Python.
    pub fn index(&mut self) -> IndexServer {
        let pip = ask_python(
            "import ensurepip, glob, os; \
             print(glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), '_bundled', 'pip-*.whl'))[0])",
        );
        let version = ask_python("import sys; print('%d.%d' % sys.version_info[:2])");
        let mut shelf = shelf::fill(&version, Path::new(&pip));
        shelf::jupyter(&mut shelf);
        let server = IndexServer::start(Arc::new(shelf));
        self.set("UV_DEFAULT_INDEX", server.pypi());
        self.set("TW_TEST_REPLAY", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/cpu-run.jsonl"));
        server
    }

    /// A list of Pythons as uv reads it, with the test's Python as its one entry: the mirror of a lab.
    pub fn mirror_of_python(&self) -> PathBuf {
        let home = PathBuf::from(ask_python("import sys; print(sys.base_prefix)"));
        let version = ask_python("import sys; print('%d.%d.%d' % sys.version_info[:3])");
        let archive = self.path("mirror.zip");
        pack(&home, &archive);
        let [major, minor, patch] = version.split('.').collect::<Vec<_>>()[..] else { panic!("{version}") };
        let url = url::Url::from_file_path(&archive).unwrap();
        let list = format!(
            r#"{{"cpython-{version}-windows-x86_64-none": {{"name": "cpython", "arch": {{"family": "x86_64", "variant": null}},
            "os": "windows", "libc": "none", "major": {major}, "minor": {minor}, "patch": {patch}, "prerelease": "",
            "url": "{url}", "sha256": null, "variant": null, "build": "20260101"}}}}"#
        );
        let path = self.path("pythons.json");
        fs::write(&path, list).unwrap();
        path
    }
}

/// As python-build-standalone packs an installation: all below `python`.
fn pack(home: &Path, archive: &Path) {
    let mut zip = zip::ZipWriter::new(fs::File::create(archive).unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = entry.file_name();
            if entry.file_type().unwrap().is_dir() {
                let is_needless = ["test", "tests", "__pycache__", "idlelib", "tkinter", "site-packages"]
                    .iter()
                    .any(|needless| name == *needless);
                if !is_needless {
                    folders.push(path);
                }
                continue;
            }
            let inside = path.strip_prefix(home).unwrap().to_string_lossy().replace('\\', "/");
            zip.start_file(format!("python/{inside}"), options).unwrap();
            zip.write_all(&fs::read(&path).unwrap()).unwrap();
        }
    }
    zip.finish().unwrap();
}

pub fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
