//! The words of `envs`.

use super::{EngineArg, FormatArg};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `envs`
#[derive(Debug, Args)]
pub struct EnvsArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub what: EnvsCommand,
}

/// `envs …`
#[derive(Debug, Subcommand)]
pub enum EnvsCommand {
    /// List them
    List {
        /// Also those on this PC that are not in the list, with how to take them in
        #[arg(long)]
        all: bool,
    },
    /// Take an environment that you made into the list: venv, conda, a portable Python, a Jupyter kernel's
    Adopt {
        /// Its folder or interpreter, a kernel.json, or the folder of an application with its own Python.
        path: PathBuf,
    },
    /// Take one off the list; its files stay
    Forget {
        /// Its folder or name.
        env: PathBuf,
    },
    /// Remove what the last repair of one replaced; without this it goes after two weeks (`rollback ENV` brings it back)
    LetGo {
        /// Its folder or name.
        env: PathBuf,
    },
    /// Delete one and take it off the list
    Remove {
        /// Its folder or name.
        env: PathBuf,
        /// Ask nothing
        #[arg(short, long)]
        yes: bool,
    },
    /// Say at once what is wrong with one, from its files alone, and what repairs it
    Check {
        /// Its folder or name.
        env: PathBuf,
    },
    /// Find what is wrong with one and repair it by the smallest change
    Repair(RepairArgs),
    /// Keep pip from replacing the torch of one
    #[command(
        after_help = "pip reads the guard from the environment's own settings and refuses what wants another torch. uv reads no settings of an environment: it heeds the guard where UV_CONSTRAINT names its file."
    )]
    Guard {
        /// Its folder or name.
        env: PathBuf,
        /// What to do with it.
        #[arg(value_enum)]
        what: GuardArg,
    },
    /// Enter one among your kernels of Jupyter, so that any notebook can choose it
    Kernel {
        /// Its folder or name.
        env: PathBuf,
        /// What to do with it.
        #[arg(value_enum)]
        what: KernelArg,
    },
    /// Make a new one with exactly the packages of another
    Clone {
        /// Its folder or name.
        env: PathBuf,
        /// Folder of the new one.
        path: PathBuf,
        /// How.
        #[command(flatten)]
        how: ChangeArgs,
    },
    /// Write down what one is: each package with its version, index and hashes, its Python, its proof
    Snapshot {
        /// Its folder or name.
        env: PathBuf,
        /// Write it here as well
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Say what is different between two, or between one and what it was
    #[command(after_help = "Exit code 0: nothing is different; 1: something is.")]
    Diff {
        /// An environment's folder or name, or a snapshot's file or name.
        a: PathBuf,
        /// The other one.
        b: PathBuf,
    },
    /// Bring one back to what a snapshot says, with the same files
    #[command(
        after_help = "What cannot be had again is told before anything changes. A result that is not proven is undone."
    )]
    Restore {
        /// Its folder or name.
        env: PathBuf,
        /// The snapshot's file or name.
        snapshot: PathBuf,
        /// How.
        #[command(flatten)]
        how: ChangeArgs,
    },
}

/// `envs guard ENV …`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GuardArg {
    /// Hold the torch that is there.
    On,
    /// Hold nothing any more.
    Off,
    /// Say what is held.
    Status,
}

/// `envs kernel ENV …`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KernelArg {
    /// Enter it.
    On,
    /// Take the entry back.
    Off,
    /// Say whether it is entered.
    Status,
}

/// `envs repair`
#[derive(Debug, Args)]
pub struct RepairArgs {
    /// Its folder or name
    pub env: PathBuf,
    /// How.
    #[command(flatten)]
    pub how: ChangeArgs,
}

/// How a known environment is changed, or another is made from it.
#[derive(Debug, Args)]
pub struct ChangeArgs {
    /// Only show what would run, in this form
    #[arg(long, value_enum)]
    pub format: Option<FormatArg>,
    /// What installs [default: uv, else pip]
    #[arg(long, value_enum)]
    pub engine: Option<EngineArg>,
    /// A mirror of the torch index
    #[arg(long, value_name = "URL")]
    pub index_url: Option<String>,
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
}
