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
    /// The command that makes a command run there. Its working folder and standard input stay; variables are handed
    /// through `env`, since neither WSL nor a container inherits them.
    pub fn wrap(&self, command: CommandSpec) -> CommandSpec {
        let mut args: Vec<String> = match self {
            Self::Here => return command,
            // `--exec` goes past the distribution's shell, which would expand what it is given.
            Self::Wsl { distribution, .. } => {
                vec!["--distribution".to_owned(), distribution.clone(), "--cd".into(), "~".into(), "--exec".into()]
            }
            Self::Container { options, image, .. } => {
                let run = ["run", "--rm"].map(str::to_owned).into_iter();
                run.chain(options.iter().cloned()).chain([image.clone()]).collect()
            }
        };
        if !command.env.is_empty() || !command.env_remove.is_empty() {
            args.push("env".to_owned());
            args.extend(command.env_remove.iter().flat_map(|name| ["-u".to_owned(), name.clone()]));
            args.extend(command.env.iter().map(|(name, value)| format!("{name}={value}")));
        }
        args.push(command.program.to_string_lossy().into_owned());
        args.extend(command.args);
        let program = match self {
            Self::Here => command.program,
            Self::Wsl { program, .. } | Self::Container { program, .. } => program.clone(),
        };
        CommandSpec { cwd: command.cwd, stdin: command.stdin, ..CommandSpec::new(program, args) }
    }
}
