//! How the check program is started.

use crate::plan::{CommandSpec, Inside};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::LazyLock;

/// The check program as one file: needs Python 3.10 and torch, nothing else.
pub static VERIFY_PY: LazyLock<String> = LazyLock::new(|| {
    let sources: BTreeMap<&str, &str> = super::sources::SOURCES.iter().copied().collect();
    // JSON twice: the object as text, and that text as a string, which is one of Python's as well while all is ASCII.
    let text = serde_json::to_string(&sources).and_then(|object| serde_json::to_string(&object)).unwrap_or_default();
    super::sources::BUNDLE.replace("\"@SOURCES@\"", &text)
});

/// How thoroughly the kernels are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The kernel families once: seconds.
    #[default]
    Quick,
    /// More of them, with several sets of numbers: minutes.
    Full,
    /// The kernel families once, and a load whose every bit is compared, to find a card that errs now and then.
    Soak,
}

impl Level {
    /// All levels, the shortest first.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Full, Self::Soak];

    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
            Self::Soak => "soak",
        }
    }
}

/// Where the kernels are to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// Every card that torch sees.
    #[default]
    All,
    /// The processor.
    Cpu,
    /// These cards, each by number or by UUID (`GPU-…`). Numbers are torch's: where `CUDA_VISIBLE_DEVICES` hides
    /// cards they differ from NVML's, so name a card by its UUID where it is known.
    Cards(Vec<String>),
}

/// A text that names no device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither `cpu`, `all` nor numbers of cards such as 0,1")]
pub struct BadDevice(pub String);

impl FromStr for DeviceChoice {
    type Err = BadDevice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_card = |name: &str| name.parse::<u32>().is_ok() || name.starts_with("GPU-");
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        match text.trim() {
            "all" => Ok(Self::All),
            "cpu" => Ok(Self::Cpu),
            _ if names.iter().all(|name| is_card(name)) => Ok(Self::Cards(names)),
            _ => Err(BadDevice(text.to_owned())),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cards(names) => f.write_str(&names.join(",")),
        }
    }
}

/// How long the load of a soak lasts where nobody says otherwise, in seconds.
pub const SOAK_SECONDS: u64 = 300;

/// What the check program is asked for.
fn words(device: &DeviceChoice, level: Level, seconds: u64) -> Vec<String> {
    let mut words = vec!["--device".to_owned(), device.to_string(), "--level".to_owned(), level.word().to_owned()];
    if level == Level::Soak {
        words.extend(["--seconds".to_owned(), seconds.to_string()]);
    }
    words
}

/// Runs `script` (a copy of [`VERIFY_PY`]) with an interpreter. `-I` keeps `PYTHONPATH`, `PYTHONHOME`, the user's
/// site-packages and the working folder out; `-u` lets every line through at once.
pub fn command(python: &Path, script: &Path, device: &DeviceChoice, level: Level, seconds: u64) -> CommandSpec {
    let mut command = CommandSpec::new(python, ["-I", "-u", &script.to_string_lossy()]);
    command.args.extend(words(device, level, seconds));
    command
}

/// Takes the check program from standard input, puts it into a file and becomes it: it starts itself again for each card
/// and so needs a file. One line without double quotes, since it travels through command lines of other systems.
const FROM_STDIN: &str = "import os, sys; folder = FOLDER; os.makedirs(folder, exist_ok=True); \
    path = os.path.join(folder, 'verify.py'); file = open(path, 'wb'); file.write(sys.stdin.buffer.read()); file.close(); \
    os.execv(sys.executable, [sys.executable, '-I', '-u', path] + sys.argv[1:])";

/// The same where our files cannot be seen: inside a distribution of WSL or a container. Needs no mount and no
/// translation of paths, which both may be set up otherwise than usual.
pub fn command_inside(
    python: &Path,
    inside: &Inside,
    device: &DeviceChoice,
    level: Level,
    seconds: u64,
) -> CommandSpec {
    let folder = match inside {
        // Goes with the container, whose user may have no home.
        Inside::Container { .. } => "__import__('tempfile').mkdtemp()",
        Inside::Wsl { .. } | Inside::Here => "os.path.expanduser('~/.cache/torch-wizard')",
    };
    let program = FROM_STDIN.replace("FOLDER", folder);
    let mut command = CommandSpec::new(python, ["-I", "-u", "-c", &program]);
    command.args.extend(words(device, level, seconds));
    CommandSpec { stdin: Some(VERIFY_PY.clone()), ..command }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "looks at the repository")]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_devices_keeps_its_form() {
        for text in ["all", "cpu", "0", "0,1", "GPU-1f0c,2"] {
            assert_eq!(text.parse::<DeviceChoice>().map(|choice| choice.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "gpu", "0,", "-1", "0;1", "cpu,0"] {
            assert!(text.parse::<DeviceChoice>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_check_program_holds_every_one_of_its_sources() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/python");
        let mut found = std::collections::BTreeSet::new();
        let mut folders = vec![folder.join("verify")];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|end| end == "py") {
                    let below = entry.strip_prefix(&folder).unwrap();
                    found.insert(below.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        let held: std::collections::BTreeSet<String> =
            super::super::sources::SOURCES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(held, found);
        assert!(VERIFY_PY.is_ascii() && !VERIFY_PY.contains("@SOURCES@"));
    }

    #[test]
    fn the_interpreter_is_isolated_and_unbuffered() {
        let command = command(
            Path::new("py"),
            Path::new("a b/verify.py"),
            &DeviceChoice::Cards(vec!["1".into()]),
            Level::Full,
            9,
        );
        assert_eq!(command.args, ["-I", "-u", "a b/verify.py", "--device", "1", "--level", "full"]);
        let soak = super::command(Path::new("py"), Path::new("v"), &DeviceChoice::All, Level::Soak, 60);
        assert_eq!(soak.args[3..], ["--device", "all", "--level", "soak", "--seconds", "60"]);
        assert_eq!(command.program, Path::new("py"));
    }
}
