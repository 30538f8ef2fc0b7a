//! Where a program runs: here, in a distribution of WSL, or in a container.

use super::CommandSpec;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where a program runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "kebab-case")]
pub enum Inside {
    /// On this system.
    #[default]
    Here,
    /// In a distribution of WSL.
    Wsl {
        /// `wsl.exe`.
        program: PathBuf,
        /// Which distribution.
        distribution: String,
    },
    /// In a container made for this one run.
    Container {
        /// `docker` or `podman`.
        program: PathBuf,
        /// Options of `run`, the image not included.
        options: Vec<String>,
        /// The image.
        image: String,
    },
}

impl Inside {
    /// The command that makes a command run there. Its working folder (of this system) and its standard input stay;
    /// variables are handed through `env`, since neither WSL nor a container inherits them.
    pub fn wrap(&self, command: CommandSpec) -> CommandSpec {
        let (program, mut args): (_, Vec<String>) = match self {
            Self::Here => return command,
            // `--exec` goes past the distribution's shell, which would expand what it is given.
            Self::Wsl { program, distribution } => {
                (program, ["--distribution", distribution, "--cd", "~", "--exec"].map(str::to_owned).to_vec())
            }
            Self::Container { program, options, image } => {
                let mut args = vec!["run".to_owned(), "--rm".to_owned()];
                // A container's standard input is closed unless it is asked for.
                args.extend(command.stdin.as_ref().map(|_| "--interactive".to_owned()));
                args.extend(options.iter().cloned());
                args.push(image.clone());
                (program, args)
            }
        };
        if !command.env.is_empty() || !command.env_remove.is_empty() {
            args.push("env".to_owned());
            args.extend(command.env_remove.iter().flat_map(|name| ["-u".to_owned(), name.clone()]));
            args.extend(command.env.iter().map(|(name, value)| format!("{name}={value}")));
        }
        args.push(command.program.to_string_lossy().into_owned());
        args.extend(command.args);
        let outer = CommandSpec { cwd: command.cwd, stdin: command.stdin, ..CommandSpec::new(program, args) };
        if let Self::Wsl { .. } = self { utf8(outer) } else { outer }
    }
}

/// `wsl.exe` writes its own messages in UTF-16 unless it is asked not to.
/// <https://github.com/microsoft/WSL/releases/tag/0.64.0>
pub(super) fn utf8(command: CommandSpec) -> CommandSpec {
    command.with_env("WSL_UTF8", "1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn command() -> CommandSpec {
        let mut command = CommandSpec::new("/home/a b/bin/python", ["-c", "print('$HOME \"x\"')"]).with_env("A", "1 2");
        command.env_remove.insert("PYTHONPATH".to_owned());
        command
    }

    const WORDS: [&str; 7] = ["env", "-u", "PYTHONPATH", "A=1 2", "/home/a b/bin/python", "-c", "print('$HOME \"x\"')"];

    #[test]
    fn a_command_runs_in_a_distribution_as_a_list_of_arguments() {
        let program = r"C:\Windows\System32\wsl.exe";
        let inside = Inside::Wsl { program: program.into(), distribution: "My Ubuntu".to_owned() };
        let wrapped = inside.wrap(command());
        assert_eq!(wrapped.program, Path::new(program));
        let mut expected = vec!["--distribution", "My Ubuntu", "--cd", "~", "--exec"];
        expected.extend(WORDS);
        assert_eq!(wrapped.args, expected);
        assert_eq!(wrapped.env.get("WSL_UTF8").map(String::as_str), Some("1"));
        assert!(wrapped.env_remove.is_empty());
    }

    #[test]
    fn a_container_has_a_standard_input_where_there_is_something_to_read() {
        let options = vec!["--gpus".to_owned(), "\"device=GPU-1,GPU-2\"".to_owned()];
        let inside = Inside::Container { program: "docker".into(), options, image: "a/b:1".to_owned() };
        let mut expected = vec!["run", "--rm", "--gpus", "\"device=GPU-1,GPU-2\"", "a/b:1"];
        expected.extend(WORDS);
        assert_eq!(inside.wrap(command()).args, expected);
        expected.insert(2, "--interactive");
        let reads = CommandSpec { stdin: Some("text".to_owned()), ..command() };
        assert_eq!(inside.wrap(reads.clone()).args, expected);
        assert_eq!(inside.wrap(reads).stdin.as_deref(), Some("text"));
    }
}
