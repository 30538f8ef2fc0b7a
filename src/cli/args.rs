//! The words of the command line, by CLI.md.

mod envs;

pub use envs::{ChangeArgs, EnvsArgs, EnvsCommand, GuardArg, KernelArg, RepairArgs};

use crate::assess::Route;
use crate::plan::Engine;
use crate::plan::export::Format;
use crate::verify::Level;
use crate::verify::command::SOAK_SECONDS;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// From a PC with an NVIDIA card to a PyTorch that is proven to run on it.
#[derive(Debug, Parser)]
#[command(name = "torch-wizard", version, about, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Start with `torch-wizard advise`, then `torch-wizard install`.\nExit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 needs you first, 4 can be resumed, 130 cancelled."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The answer as JSON (one object, or one a line).
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colour and moving bars.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// More words; twice for still more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Only the answer and errors.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Write the program's own log here.
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Ask no server; use what is in the caches.
    #[arg(long, global = true)]
    pub offline: bool,
    /// Language of the texts.
    #[arg(long, global = true, value_name = "CODE", value_parser = ["en"])]
    pub lang: Option<String>,
}

/// `--color`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what is in this PC, and where each fact was found
    Detect(DetectArgs),
    /// Judge each route to PyTorch, with reasons
    Advise(AdviseArgs),
    /// Say which NVIDIA driver the cards want, from where, and which not
    #[command(after_help = "Exit code 0: the present driver serves; 1: it does not, or nobody can say.")]
    Driver(DriverArgs),
    /// Show exactly what would run; change nothing
    Plan(PlanArgs),
    /// Install PyTorch, prove it, register the environment
    Install(InstallArgs),
    /// Go on with an interrupted install
    Resume(ResumeArgs),
    /// Undo an interrupted install
    Rollback(RollbackArgs),
    /// Run the kernels of an environment and compare with a reference
    Verify(VerifyArgs),
    /// Packages that go together, on top of a torch that stays as it is
    #[command(
        after_help = "The packages are resolved with torch and what belongs to it held, put in beside what is there, and used once with torch; what fails is undone. What is known to go wrong with them is said before.\nExit code 0: done; 1: not, or nothing was changed."
    )]
    Kit(KitArgs),
    /// Let a CUDA extension's setup.py make code for the cards
    #[command(
        after_help = "Exit code 0: it makes code for them now, or did before; 1: nothing was changed, or it is written in another way."
    )]
    Patch(PatchArgs),
    /// See which environments still hold after a driver, card or system change
    #[command(
        after_help = "What changed and wants a new proof is proven anew. With --quiet nothing is run on the card: the rules judge alone, nothing is said where all hold, and a notification is shown where one does not.\nExit code 0: all hold; 1: one does not, or nobody can say."
    )]
    Recheck,
    /// Find the cause of a failure in a log, and what helps
    #[command(after_help = "Exit code 0: the cause is known, or nothing is wrong; 1: not recognised.")]
    Diagnose(DiagnoseArgs),
    /// Report for support on PC, last run and wizard: names, hosts and secrets are hidden
    #[command(
        after_help = "Nothing is sent. With --report the files and what was hidden in them are shown before anything is written."
    )]
    Doctor(DoctorArgs),
    /// Watch the cards
    Monitor(MonitorArgs),
    /// Look at the environments after each log-on, and tell what does not hold
    Watch(WatchArgs),
    /// The known environments
    Envs(EnvsArgs),
    /// The wheels kept for the next install
    Cache(CacheArgs),
    /// Print completions for a shell
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Make an offline kit (not in this version)
    #[command(hide = true)]
    Bundle(Later),
}

/// Arguments of commands that are not built yet: taken, so that the answer is "not in this version".
#[derive(Debug, Args)]
pub struct Later {
    /// Anything.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub rest: Vec<String>,
}

/// `detect`
#[derive(Debug, Args)]
pub struct DetectArgs {
    /// Folder whose volume is asked for free space
    #[arg(long, value_name = "PATH")]
    pub env: Option<PathBuf>,
}

/// `kit`
#[derive(Debug, Args)]
pub struct KitArgs {
    /// Its name; `list` shows them
    #[arg(value_name = "NAME|list")]
    pub name: String,
    /// The environment that gets it: a known one by its name, or a folder
    #[arg(long, value_name = "PATH")]
    pub env: Option<PathBuf>,
    /// How.
    #[command(flatten)]
    pub how: ChangeArgs,
}

/// `patch`
#[derive(Debug, Args)]
pub struct PatchArgs {
    /// The folder of its source, or the file itself
    #[arg(value_name = "FOLDER|FILE")]
    pub folder: PathBuf,
    /// For cards of this compute capability instead of those of this PC (can be given several times)
    #[arg(long, value_name = "X.Y")]
    pub capability: Vec<crate::facts::ComputeCapability>,
    /// Change it without asking
    #[arg(long)]
    pub yes: bool,
    /// Have it back as it was
    #[arg(long, conflicts_with_all = ["yes", "capability"])]
    pub undo: bool,
}

/// `driver`
#[derive(Debug, Args)]
pub struct DriverArgs {
    /// Of another PC, by its report, as `advise --report` takes it; - is standard input
    #[arg(long, value_name = "FILE|-")]
    pub report: Option<PathBuf>,
}

/// `diagnose`
#[derive(Debug, Args)]
pub struct DiagnoseArgs {
    /// What a tool printed when it failed, in any encoding and length; - is standard input
    #[arg(value_name = "FILE|-")]
    pub text: PathBuf,
    /// The log is of this PC: what is found here bears the answer out or contradicts it
    #[arg(long)]
    pub here: bool,
}

/// `doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Save it for support: several files (.zip), one to read (.md, .txt) or one as data (.json)
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Ask nothing, and replace a report that is there
    #[arg(short, long)]
    pub yes: bool,
}

/// `advise`
#[derive(Debug, Args)]
pub struct AdviseArgs {
    /// Judge another machine from what it prints: `collect_env`, `nvidia-smi`, a start-up log, `detect --json`; - is standard input
    #[arg(long, value_name = "FILE|-")]
    pub report: Option<PathBuf>,
    /// Ask the index also if it was asked within the hour
    #[arg(long)]
    pub refresh: bool,
    /// What to install, and how.
    #[command(flatten)]
    pub options: PlanOptions,
}

/// PLAN OPTIONS of CLI.md.
#[derive(Clone, Debug, Default, Args)]
pub struct PlanOptions {
    /// The way to PyTorch [default: the recommended one]
    #[arg(long, value_enum)]
    pub route: Option<RouteArg>,
    /// Folder of the environment [default: torch-VARIANT in your home folder]
    #[arg(long, value_name = "PATH")]
    pub env: Option<PathBuf>,
    /// Version of torch, e.g. 2.15.0 [default: the newest that fits]
    #[arg(long, value_name = "VERSION")]
    pub torch: Option<String>,
    /// Variant, e.g. cu130 or cpu [default: the best that fits card and driver]
    #[arg(long, value_name = "VARIANT")]
    pub variant: Option<String>,
    /// Version or path of the Python to use
    #[arg(long, value_name = "VERSION|PATH")]
    pub python: Option<String>,
    /// What installs [default: uv, else pip]
    #[arg(long, value_enum)]
    pub engine: Option<EngineArg>,
    /// Numbers of the cards to serve [default: all]
    #[arg(long, value_name = "N", num_args = 1.., value_delimiter = ',')]
    pub gpu: Option<Vec<u32>>,
    /// A further package, e.g. torchaudio
    #[arg(long, value_name = "PACKAGE", num_args = 1..)]
    pub with: Vec<String>,
    /// A kit: packages that go together (see `kit list`)
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub kit: Vec<String>,
    /// A mirror of the torch index
    #[arg(long, value_name = "URL")]
    pub index_url: Option<String>,
    /// Replace the environment that stands there, once the new one is proven
    #[arg(long)]
    pub replace: bool,
    /// An answers file (not in this version)
    #[arg(long, value_name = "FILE", hide = true)]
    pub answers: Option<PathBuf>,
    /// A newer catalogue (not in this version)
    #[arg(long, value_name = "FILE", hide = true)]
    pub catalog: Option<PathBuf>,
    /// An offline kit (not in this version)
    #[arg(long, value_name = "DIR", hide = true)]
    pub bundle: Option<PathBuf>,
}

/// `plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The form
    #[arg(long, value_enum, default_value_t = FormatArg::Text)]
    pub format: FormatArg,
    /// Write it here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What to install, and how.
    #[command(flatten)]
    pub options: PlanOptions,
}

/// `install`
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
    /// What to install, and how.
    #[command(flatten)]
    pub options: PlanOptions,
}

/// `resume`
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// The environment [default: the install that was interrupted last]
    pub env: Option<PathBuf>,
}

/// `rollback`
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The environment [default: the install that was interrupted last]
    pub env: Option<PathBuf>,
}

/// `verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// An environment's folder or name, or any Python with torch [default: the newest known environment]
    pub env: Option<PathBuf>,
    /// How thorough
    #[arg(long, value_enum, default_value_t = LevelArg::Quick)]
    pub level: LevelArg,
    /// How long the load of `--level soak` lasts
    #[arg(long, value_name = "N", default_value_t = SOAK_SECONDS, value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: u64,
    /// all, cpu, or numbers of cards
    #[arg(long, value_name = "N|all|cpu", default_value = "all")]
    pub device: String,
    /// Also write the report here, as a page (.html) or as data (.json)
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// `monitor`
#[derive(Debug, Args)]
pub struct MonitorArgs {
    /// Time between two readings
    #[arg(long, value_name = "MS", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(50..=3_600_000))]
    pub interval: u64,
    /// Stop after so long
    #[arg(long, value_name = "N")]
    pub seconds: Option<u64>,
    /// Also write the readings here
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Say what holds this process back: processor, data loading, PCIe, heat, memory, another process
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub pid: Option<u32>,
    /// Follow this training log: lines with "loss", "Using bfloat16", "CUDA out of memory" are shown between the readings
    #[arg(long, value_name = "FILE")]
    pub follow: Option<PathBuf>,
    /// Show lines of the log with this word instead (can be given several times)
    #[arg(long = "match", value_name = "WORD", requires = "follow")]
    pub words: Vec<String>,
}

/// `watch`
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// What to do with it.
    #[arg(value_enum)]
    pub what: WatchArg,
}

/// `watch …`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchArg {
    /// Set it up: a task of Windows' scheduler, a timer of the user's systemd.
    On,
    /// Take it back.
    Off,
    /// Say whether it is set up.
    Status,
}

/// `cache`
#[derive(Debug, Args)]
pub struct CacheArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub what: CacheCommand,
}

/// `cache …`
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum CacheCommand {
    /// Show what is kept and what may go
    List,
    /// Remove what is safe to remove
    Clean,
}

/// `--route`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RouteArg {
    /// Stable wheel.
    Wheel,
    /// Pre-release wheel.
    Nightly,
    /// From source.
    Source,
    /// Inside WSL2.
    Wsl2,
    /// In a container.
    Docker,
    /// On the processor.
    Cpu,
}

impl From<RouteArg> for Route {
    fn from(route: RouteArg) -> Self {
        match route {
            RouteArg::Wheel => Self::Wheel,
            RouteArg::Nightly => Self::Nightly,
            RouteArg::Source => Self::Source,
            RouteArg::Wsl2 => Self::Wsl2,
            RouteArg::Docker => Self::Docker,
            RouteArg::Cpu => Self::Cpu,
        }
    }
}

/// `--engine`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EngineArg {
    /// uv.
    Uv,
    /// pip.
    Pip,
}

impl From<EngineArg> for Engine {
    fn from(engine: EngineArg) -> Self {
        match engine {
            EngineArg::Uv => Self::Uv,
            EngineArg::Pip => Self::Pip,
        }
    }
}

/// `--level`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LevelArg {
    /// Every kernel family once: about 20 seconds.
    Quick,
    /// More of them with several sets of numbers: minutes.
    Full,
    /// Minutes of load, each bit of every result compared.
    Soak,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Quick => Self::Quick,
            LevelArg::Full => Self::Full,
            LevelArg::Soak => Self::Soak,
        }
    }
}

/// `--format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// For people.
    Text,
    /// As data.
    Json,
    /// PowerShell script.
    Ps1,
    /// Batch file.
    Bat,
    /// Script for sh.
    Sh,
    /// Dockerfile.
    Dockerfile,
    /// File for docker compose.
    Compose,
    /// Pins with hashes.
    Requirements,
    /// PEP 751 lock.
    Pylock,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Text => Self::Text,
            FormatArg::Json => Self::Json,
            FormatArg::Ps1 => Self::Ps1,
            FormatArg::Bat => Self::Bat,
            FormatArg::Sh => Self::Sh,
            FormatArg::Dockerfile => Self::Dockerfile,
            FormatArg::Compose => Self::Compose,
            FormatArg::Requirements => Self::Requirements,
            FormatArg::Pylock => Self::Pylock,
        }
    }
}
