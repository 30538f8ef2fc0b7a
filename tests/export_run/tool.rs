//! What this program does under the name of a tool: writes down how it was called, and does as much of the tool's work as
//! the next step needs.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Names the file with the calls; without it this program is the test.
pub const LOG: &str = "TW_TEST_CALLS";
/// A word among the arguments at which the tool fails.
pub const FAILS: &str = "TW_TEST_FAILS";
/// What a fetched file holds.
pub const FETCHED: &str = "a wheel";

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub program: PathBuf,
    pub args: Vec<String>,
    pub folder: PathBuf,
    pub variables: BTreeMap<String, String>,
}

impl Call {
    pub fn name(&self) -> &str {
        self.program.file_stem().unwrap().to_str().unwrap()
    }
}

/// All calls of a script.
pub fn calls(log: &Path) -> Vec<Call> {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The hash of what is fetched.
pub fn sha256() -> String {
    hex(FETCHED.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A tool at a place: another name of a file that is a tool already.
pub fn link(tool: &Path, at: &Path) {
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    if fs::hard_link(tool, at).is_err() {
        fs::copy(tool, at).unwrap();
    }
}

pub fn play(log: &Path) -> ExitCode {
    let call = Call {
        program: std::env::current_exe().unwrap(),
        args: std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect(),
        folder: std::env::current_dir().unwrap(),
        variables: std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect(),
    };
    let line = serde_json::to_string(&call).unwrap() + "\n";
    fs::OpenOptions::new().create(true).append(true).open(log).unwrap().write_all(line.as_bytes()).unwrap();
    if call.variables.get(FAILS).is_some_and(|word| call.args.contains(word)) {
        return ExitCode::from(7);
    }
    work(&call);
    ExitCode::SUCCESS
}

fn work(call: &Call) {
    let word = |at: usize| call.args.get(at).map(String::as_str).unwrap_or_default();
    let last = Path::new(call.args.last().map(String::as_str).unwrap_or_default());
    let after = |name: &str| call.args.iter().skip_while(|arg| *arg != name).nth(1).map(PathBuf::from);
    match call.name() {
        "uv" if word(0) == "venv" => environment(last),
        "python" if word(1) == "venv" => environment(last),
        "python" if word(0) == "setup.py" => {
            fs::create_dir_all(call.folder.join("build")).unwrap();
            fs::write(call.folder.join("build/build.ninja"), "rule cuda\n  flags = -gencode code=sm_120\n").unwrap();
        }
        "python" if word(1) == "wheel" => fs::create_dir_all(after("--wheel-dir").unwrap()).unwrap(),
        "git" if call.args.contains(&"init".to_owned()) => fs::create_dir_all(last).unwrap(),
        "curl" => fs::write(after("--output").unwrap(), FETCHED).unwrap(),
        #[expect(clippy::print_stdout, reason = "as the real one does")]
        "certutil" => println!("SHA256 hash of {}:\n{}", word(1), hex(&fs::read(word(1)).unwrap())),
        // What a batch file asks of it.
        "powershell" => {
            let file = Path::new(&call.variables["TEXT_FILE"]);
            let mut text = fs::read_to_string(file).unwrap();
            if word(2).contains(".Replace(") {
                text = text.replace('\r', "");
            }
            let text = if word(2).contains(".TrimEnd(") { text.trim_end_matches(['\r', '\n']) } else { &text };
            fs::write(file, text).unwrap();
        }
        _ => {}
    }
}

fn environment(at: &Path) {
    let python = if cfg!(windows) { at.join("Scripts").join("python.exe") } else { at.join("bin").join("python") };
    link(&std::env::current_exe().unwrap(), &python);
}
