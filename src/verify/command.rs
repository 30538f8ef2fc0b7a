//! How the check program is started.

use crate::plan::{CommandSpec, Inside};
use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// The check program: needs Python 3.10 and torch, nothing else.
pub const VERIFY_PY: &str = include_str!("../../assets/python/verify.py");

/// How thoroughly the kernels are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Every check once: seconds.
    #[default]
    Quick,
    /// Every check with several sets of numbers.
    Full,
    /// Every check a hundred times, to find a card that errs now and then.
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

/// Runs `script` (a copy of [`VERIFY_PY`]) with an interpreter. `-I` keeps `PYTHONPATH`, `PYTHONHOME`, the user's
/// site-packages and the working folder out; `-u` lets every line through at once.
pub fn command(python: &Path, script: &Path, device: &DeviceChoice, level: Level) -> CommandSpec {
    let script = script.to_string_lossy();
    let device = device.to_string();
    CommandSpec::new(python, ["-I", "-u", &script, "--device", &device, "--level", level.word()])
}

/// Takes the check program from standard input, puts it into a file and becomes it: it starts itself again for each card
/// and so needs a file. One line without double quotes, since it travels through command lines of other systems.
const FROM_STDIN: &str = "import os, sys; folder = FOLDER; os.makedirs(folder, exist_ok=True); \
    path = os.path.join(folder, 'verify.py'); file = open(path, 'wb'); file.write(sys.stdin.buffer.read()); file.close(); \
    os.execv(sys.executable, [sys.executable, '-I', '-u', path] + sys.argv[1:])";

/// The same where our files cannot be seen: inside a distribution of WSL or a container. Needs no mount and no
/// translation of paths, which both may be set up otherwise than usual.
pub fn command_inside(python: &Path, inside: &Inside, device: &DeviceChoice, level: Level) -> CommandSpec {
    let folder = match inside {
        // Goes with the container, whose user may have no home.
        Inside::Container { .. } => "__import__('tempfile').mkdtemp()",
        Inside::Wsl { .. } | Inside::Here => "os.path.expanduser('~/.cache/torch-wizard')",
    };
    let program = FROM_STDIN.replace("FOLDER", folder);
    let device = device.to_string();
    let args = ["-I", "-u", "-c", &program, "--device", &device, "--level", level.word()];
    CommandSpec { stdin: Some(VERIFY_PY.to_owned()), ..CommandSpec::new(python, args) }
}

#[cfg(test)]
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
    fn the_interpreter_is_isolated_and_unbuffered() {
        let command =
            command(Path::new("py"), Path::new("a b/verify.py"), &DeviceChoice::Cards(vec!["1".into()]), Level::Full);
        assert_eq!(command.args, ["-I", "-u", "a b/verify.py", "--device", "1", "--level", "full"]);
        assert_eq!(command.program, Path::new("py"));
    }
}
