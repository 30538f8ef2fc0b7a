//! The shells of this system, and scripts run by them.

use crate::tool::{self, Call, FAILS, LOG};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;
use torch_wizard::facts::OsFamily;
use torch_wizard::plan::Plan;
use torch_wizard::plan::export::{Format, export};

/// A shell that is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "its own name")]
pub enum Shell {
    Dash,
    Bash,
    Cmd,
    PowerShell,
}

impl Shell {
    /// Those of this system; one that is not here is named.
    pub fn all() -> Vec<Self> {
        let wanted: &[Self] = if cfg!(windows) { &[Self::Cmd, Self::PowerShell] } else { &[Self::Dash, Self::Bash] };
        let (here, missing): (Vec<Self>, Vec<Self>) = wanted.iter().partition(|shell| shell.is_here());
        for shell in missing {
            eprintln!("skipped: {} is not on this machine", shell.word());
        }
        here
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Dash => "dash",
            Self::Bash => "bash",
            Self::Cmd => "cmd",
            Self::PowerShell => "powershell",
        }
    }

    /// wine has a PowerShell that does nothing.
    fn is_here(self) -> bool {
        let answer = match self {
            Self::Dash | Self::Bash => Command::new(self.word()).args(["-c", "exit 7"]).output(),
            Self::Cmd => Command::new("cmd").args(["/d", "/c", "exit 7"]).output(),
            Self::PowerShell => Command::new("powershell").args(["-NoProfile", "-Command", "exit 7"]).output(),
        };
        answer.is_ok_and(|answer| answer.status.code() == Some(7))
    }

    pub const fn os(self) -> OsFamily {
        match self {
            Self::Dash | Self::Bash => OsFamily::Linux,
            Self::Cmd | Self::PowerShell => OsFamily::Windows,
        }
    }

    const fn format(self) -> Format {
        match self {
            Self::Dash | Self::Bash => Format::Sh,
            Self::Cmd => Format::Bat,
            Self::PowerShell => Format::Ps1,
        }
    }

    /// Whether it reads letters outside of ASCII from a file: wine's command prompt takes them for the old code page.
    pub fn reads_letters(self) -> bool {
        static READS: OnceLock<bool> = OnceLock::new();
        self != Self::Cmd
            || *READS.get_or_init(|| {
                let place = Place::new("plain");
                let text = "@echo off\r\nchcp 65001 >nul\r\n>\"%~dp0told.txt\" echo Käse 測\r\n";
                fs::write(place.path("script.bat"), text).unwrap();
                Self::Cmd.start(&place.path("script.bat"), &[], &place, None);
                let reads = fs::read(place.path("told.txt")).is_ok_and(|bytes| bytes == "Käse 測\r\n".as_bytes());
                if !reads {
                    eprintln!("skipped: names outside of ASCII, which this command prompt cannot read from a file");
                }
                reads
            })
    }

    /// A pattern, or the one name that is meant: wine's `find` knows none.
    pub fn any_of(self, pattern: &'static str, name: &'static str) -> &'static str {
        if self.is_played() { name } else { pattern }
    }

    /// wine's command prompt, which is not in all things like the real one.
    pub fn is_played(self) -> bool {
        static PLAYED: OnceLock<bool> = OnceLock::new();
        self == Self::Cmd && *PLAYED.get_or_init(|| !Self::PowerShell.is_here())
    }

    fn start(self, script: &Path, words: &[&str], place: &Place, fails: Option<&str>) -> Output {
        let mut command = match self {
            Self::Dash | Self::Bash => Command::new(self.word()),
            Self::Cmd => {
                let mut command = Command::new("cmd");
                command.args(["/d", "/c"]);
                command
            }
            Self::PowerShell => {
                let mut command = Command::new("powershell");
                command.args(["-NoProfile", "-ExecutionPolicy", "Bypass", "-File"]);
                command
            }
        };
        command.arg(script).args(words).stdin(Stdio::null()).current_dir(place.path(""));
        command.env(LOG, place.log()).env("PATH", place.search());
        command.envs([("PYTHONPATH", "must not be seen"), ("UV_INDEX", "must not be seen")]);
        if let Some(word) = fails {
            command.env(FAILS, word);
        }
        command.output().unwrap()
    }
}

/// Whether wine's command prompt did not find a program that is there: once in some hundred scripts, on a busy machine.
fn lost_a_program(said: &str) -> bool {
    let names = said.split("Can't recognize '\"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(Path::new).any(|program| program.is_absolute() && program.exists())
}

/// How a script ended.
pub struct Ran {
    pub code: i32,
    pub said: String,
    pub calls: Vec<Call>,
}

impl Ran {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.said);
        self
    }

    /// Calls of a tool.
    pub fn of(&self, name: &str) -> Vec<&Call> {
        self.calls.iter().filter(|call| call.name() == name).collect()
    }
}

/// A folder of one test.
pub struct Place {
    temp: TempDir,
    /// Folder of all files of a plan; its name is an odd one.
    pub root: PathBuf,
}

impl Place {
    pub fn new(name: &str) -> Self {
        // Under wine the folder of the build has a name of the other system.
        let folder = std::path::absolute(env!("CARGO_TARGET_TMPDIR")).unwrap();
        fs::create_dir_all(&folder).unwrap();
        let temp = tempfile::tempdir_in(folder).unwrap();
        let root = temp.path().join(name);
        fs::create_dir(&root).unwrap();
        let place = Self { temp, root };
        let this = std::env::current_exe().unwrap();
        // Windows removes no file that is running under any of its names: each place has its own.
        if cfg!(windows) {
            fs::copy(&this, place.tool()).unwrap();
        } else {
            tool::link(&this, &place.tool());
        }
        // What a script looks for by name.
        let mut names = vec!["curl"];
        if cfg!(windows) && Shell::Cmd.is_played() {
            names.extend(["certutil", "powershell"]);
        }
        for name in names {
            place.put_tool(&place.path("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)));
        }
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn tool(&self) -> PathBuf {
        self.path(&format!("tool{}", std::env::consts::EXE_SUFFIX))
    }

    /// A tool at a place.
    pub fn put_tool(&self, at: &Path) {
        tool::link(&self.tool(), at);
    }

    fn log(&self) -> PathBuf {
        self.path("calls")
    }

    fn search(&self) -> OsString {
        let old = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.path("bin")).chain(std::env::split_paths(&old));
        std::env::join_paths(folders).unwrap()
    }

    /// Writes the script of a plan and runs it.
    pub fn run(&self, shell: Shell, plan: &Plan, words: &[&str], fails: Option<&str>) -> Ran {
        let ending = match shell {
            Shell::Cmd => "bat",
            Shell::PowerShell => "ps1",
            Shell::Dash | Shell::Bash => "sh",
        };
        let script = self.path(&format!("script.{ending}"));
        let text = export(plan, shell.format()).unwrap();
        fs::write(&script, &text).unwrap();
        let once = || {
            fs::remove_file(self.log()).ok();
            let output = shell.start(&script, words, self, fails);
            let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            (output.status, said.concat())
        };
        let (mut status, mut said) = once();
        // A script can be begun again.
        if shell.is_played() && lost_a_program(&said) {
            (status, said) = once();
        }
        Ran {
            code: status.code().unwrap_or(-1),
            said: format!("{said}\n── {}\n{text}", script.display()),
            calls: tool::calls(&self.log()),
        }
    }
}
