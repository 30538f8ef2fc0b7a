//! Assessment + choices + lock → [`Plan`]: typed steps, previewed, exported and run by the same code. Pure.

pub mod command;
pub mod docker;
pub mod export;
pub mod extension;
pub mod in_place;
mod inside;
pub mod kit;
mod paths;
mod pip;
pub mod repair;
pub mod source;
mod uv;
mod wheel;
pub mod wsl2;

pub use command::{CommandSpec, Shell};
pub use inside::Inside;
pub(crate) use paths::parted;
pub use paths::{
    ASIDE_SUFFIX, STAGING_SUFFIX, activation, beside, bin_dir, check_target, file_address, native_shell, prompt,
    python_of,
};
use paths::{above, inside};
pub(crate) use wheel::unpack_ahead;

use crate::assess::{Assessment, Route};
use crate::facts::{ComputeCapability, CudaVersion, OsFamily, PythonVersion};
use crate::lock::Lock;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The newest form of a saved plan.
pub const SCHEMA: u32 = 1;

/// What installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// uv.
    Uv,
    /// Python's own venv and pip.
    Pip,
}

impl Engine {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Pip => "pip",
        }
    }
}

/// What the user (or the defaults) decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Where the environment shall stand; absolute.
    pub target: PathBuf,
    /// The interpreter it is made from.
    pub python: PathBuf,
    /// Its version; `None` for an image that nobody has looked into.
    pub python_version: Option<PythonVersion>,
    /// What installs.
    pub engine: Engine,
    /// uv's executable, with engine `uv`.
    pub uv: Option<PathBuf>,
    /// The chosen cards, each by its UUID, or by its number where the driver gives none; empty for route `cpu`.
    pub cards: Vec<String>,
    /// An environment that stands at the target is replaced.
    pub replace: bool,
}

impl Choices {
    /// The version of Python as text, where it is known.
    pub fn version(&self) -> Option<String> {
        self.python_version.map(|version| version.to_string())
    }
}

/// The product's own places a plan uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// The folder of this run.
    pub run: PathBuf,
    /// Wheels, by hash, shared by all environments.
    pub store: PathBuf,
    /// The wheels of this lock under their own names.
    pub links: PathBuf,
    /// uv's cache of unpacked wheels, shared by all environments.
    pub uv_cache: PathBuf,
}

/// What the plan's children inherit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inheritance {
    /// Variables taken away from them, because they would bend the install.
    pub cleared: BTreeSet<String>,
    /// Variables set for them; no secrets.
    pub set: BTreeMap<String, String>,
}

/// Where the packages of a plan are found, in order of preference; no user names or passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexes {
    /// The variant's page of the torch index or of a mirror; `None` if PyPI's build is taken.
    pub torch: Option<String>,
    /// The index for everything else; `None` means PyPI.
    pub default: Option<String>,
    /// Further indexes of the user's settings.
    pub extra: Vec<String>,
    /// Folders or pages with wheels of the user's settings.
    pub find_links: Vec<String>,
}

/// One typed action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// Run a program.
    Run {
        /// Which.
        command: CommandSpec,
    },
    /// Fetch the wheels of the lock into the store and link them under their names.
    Fetch,
    /// Write the pins with the hashes of the fetched files.
    WritePins {
        /// To this file.
        path: PathBuf,
    },
    /// Make scripts that hold their folder's path hold the target's instead.
    Rehome {
        /// The path they hold.
        from: PathBuf,
        /// The path they shall hold.
        to: PathBuf,
    },
    /// Run the kernels in the new environment.
    Verify {
        /// Its interpreter.
        python: PathBuf,
        /// `cpu`, or the cards, separated by commas.
        device: String,
        /// Where that interpreter is.
        #[serde(default)]
        inside: Inside,
    },
    /// Move the environment to its place by rename and register it.
    Promote {
        /// From here.
        from: PathBuf,
        /// To here.
        to: PathBuf,
        /// What stands there is moved here first, and removed at the end.
        aside: Option<PathBuf>,
    },
    /// Write a text file.
    WriteFile {
        /// To here.
        path: PathBuf,
        /// All of it.
        text: String,
        /// What stands there is kept here; `None` where it is the plan's own file.
        kept: Option<PathBuf>,
    },
    /// Stop unless a file has a text: what an earlier step should have done can be seen there.
    Expect {
        /// In this file; `*` in its name stands for anything.
        path: PathBuf,
        /// Any of these.
        any: Vec<String>,
        /// What it means if none is there.
        why: String,
    },
    /// The user restarts Windows; the run goes on afterwards.
    Restart {
        /// Why.
        why: String,
    },
    /// Take an environment that is not moved into the list of environments.
    Register {
        /// Its folder on this system.
        at: PathBuf,
    },
    /// Move aside, by rename, what packages and broken removals have in an environment. Undone by moving it back.
    SetAside {
        /// The environment's folder.
        environment: PathBuf,
        /// Normalised names; those that are not there count as set aside. Files that another package lists as well stay.
        packages: Vec<String>,
        /// Files and folders that go whole.
        leftovers: Vec<PathBuf>,
        /// To here, on the same volume.
        aside: PathBuf,
    },
    /// Move what was unpacked aside into an environment, by rename; what stands in the way is kept. Undone by moving it
    /// out and what was kept back.
    MoveIn {
        /// From the folder `new` in here.
        aside: PathBuf,
        /// The environment's folder.
        environment: PathBuf,
    },
    /// Get a program's source: commands make a folder beside its place, which is then moved there by rename. Undone by
    /// removing it, as long as the run has not come to its end.
    Program {
        /// Each can be repeated with the others, from the first one on.
        commands: Vec<CommandSpec>,
        /// What they make.
        staging: PathBuf,
        /// Its place.
        to: PathBuf,
        /// Folders in it that are repositories of their own, with `/`.
        #[serde(default)]
        within: Vec<String>,
    },
    /// Let go of everything that was set aside: from here on the change cannot be undone.
    DropAside {
        /// The folder of all that.
        aside: PathBuf,
    },
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// Stable word, unique in the plan.
    pub key: String,
    /// What it does, for people.
    pub title: String,
    /// What it does.
    pub action: Action,
    /// Files and folders it makes or changes.
    pub writes: Vec<PathBuf>,
    /// Share of the overall bar, roughly in milliseconds.
    pub weight: u64,
    /// What it is known to be doing while it is silent.
    pub silence: String,
    /// It needs administrator rights, for itself alone.
    #[serde(default)]
    pub admin: bool,
}

/// What will run. Builds in `staging`; what stands at `target` is not touched before the last step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this form.
    pub schema: u32,
    /// Name of the run; sorts by time.
    pub id: String,
    /// When it was made (RFC 3339, UTC).
    pub made_at: String,
    /// Operating system it is for.
    pub os: OsFamily,
    /// The verdict it follows from.
    pub assessment: Assessment,
    /// The decisions it follows from.
    pub choices: Choices,
    /// Where the environment will stand.
    pub target: PathBuf,
    /// Where it is built: beside the target, so that a rename moves it.
    pub staging: PathBuf,
    /// Where the environment's interpreter runs.
    #[serde(default)]
    pub inside: Inside,
    /// Indexes the lock was resolved from.
    pub indexes: Indexes,
    /// The packages.
    pub lock: Lock,
    /// What it replaces is kept beside the new one for a while, so that it can come back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_replaced: bool,
    /// The product's own places.
    pub places: Places,
    /// What the children inherit.
    pub inheritance: Inheritance,
    /// What is built here, on route source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<source::Recipe>,
    /// What it runs in, on route docker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<docker::Container>,
    /// Where it stands, on route wsl2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distro: Option<wsl2::Distro>,
    /// The steps, in order.
    pub steps: Vec<PlanStep>,
    /// Every host that is talked to.
    pub hosts: Vec<String>,
}

impl Plan {
    /// Whether what stands at its target can be replaced: not where the environment is made at its place, nor where the
    /// user's files lie beside it.
    pub const fn can_replace(&self) -> bool {
        self.container.is_none() && self.distro.is_none()
    }
}

/// Why no plan can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The route has steps of its own.
    #[error("a plan of route {0} is made of more than wheels")]
    NotOfWheelsAlone(&'static str),
    /// A folder name that venv, pip or a shell cannot use.
    #[error("the folder {} cannot hold an environment: {why}", path.display())]
    BadTarget {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing to build for.
    #[error("no card was chosen that code could be built for")]
    NoCardToBuildFor,
    /// The compiler cannot make code for a card.
    #[error("the CUDA toolkit {toolkit} cannot make code for {}", capability.sm())]
    ToolkitLacksCard {
        /// Version of the toolkit.
        toolkit: CudaVersion,
        /// The card's.
        capability: ComputeCapability,
    },
}

/// What [`plan`] needs beside verdict, choices and lock.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Name of the run.
    pub id: String,
    /// When it is made (RFC 3339, UTC).
    pub made_at: String,
    /// Operating system.
    pub os: OsFamily,
    /// The product's own places.
    pub places: Places,
    /// Indexes the lock was resolved from.
    pub indexes: Indexes,
    /// What the children inherit.
    pub inheritance: Inheritance,
}

/// Makes the plan of a route that installs published wheels.
pub fn plan(assessment: Assessment, choices: Choices, lock: Lock, frame: Frame) -> Result<Plan, PlanError> {
    let device = match assessment.route {
        Route::Wheel | Route::Nightly => choices.cards.join(","),
        Route::Cpu => "cpu".to_owned(),
        other @ (Route::Source | Route::Wsl2 | Route::Docker) => {
            return Err(PlanError::NotOfWheelsAlone(other.word()));
        }
    };
    let mut plan = begun(assessment, choices, lock, frame)?;
    plan.steps = wheel::steps(&plan, &device);
    Ok(plan)
}

/// A plan without steps, for an environment in a folder of this system.
fn begun(assessment: Assessment, choices: Choices, lock: Lock, frame: Frame) -> Result<Plan, PlanError> {
    check_target(frame.os, &choices.target)?;
    let target = choices.target.clone();
    let staging = beside(&target, STAGING_SUFFIX);
    Ok(Plan {
        schema: SCHEMA,
        id: frame.id,
        made_at: frame.made_at,
        os: frame.os,
        hosts: hosts(&lock, &frame.indexes),
        assessment,
        choices,
        target,
        staging,
        inside: Inside::Here,
        indexes: frame.indexes,
        lock,
        places: frame.places,
        inheritance: frame.inheritance,
        recipe: None,
        container: None,
        distro: None,
        keeps_replaced: false,
        steps: Vec::new(),
    })
}

/// The same plan for another folder: the packages stay as resolved.
pub fn retargeted(plan: &Plan, target: &Path, replace: bool) -> Result<Plan, PlanError> {
    let choices = Choices { target: target.to_owned(), replace, ..plan.choices.clone() };
    let frame = Frame {
        id: plan.id.clone(),
        made_at: plan.made_at.clone(),
        os: plan.os,
        places: plan.places.clone(),
        indexes: plan.indexes.clone(),
        inheritance: plan.inheritance.clone(),
    };
    let (assessment, lock) = (plan.assessment.clone(), plan.lock.clone());
    match (&plan.recipe, &plan.container, &plan.distro) {
        (Some(recipe), ..) => source::plan(assessment, choices, lock, frame, recipe.clone()),
        (_, Some(container), _) => docker::plan(assessment, choices, lock, frame, container.clone()),
        (.., Some(distro)) => wsl2::plan(assessment, choices, lock, frame, distro.clone()),
        (None, None, None) => self::plan(assessment, choices, lock, frame),
    }
}

/// The hosts of the wheels and of the indexes, sorted.
fn hosts(lock: &Lock, indexes: &Indexes) -> Vec<String> {
    let urls = indexes.torch.iter().chain(&indexes.default).chain(&indexes.extra);
    let mut hosts: BTreeSet<String> =
        urls.filter_map(|url| url::Url::parse(url).ok()?.host_str().map(str::to_owned)).collect();
    hosts.extend(lock.hosts());
    hosts.into_iter().collect()
}
