//! What is kept on disk: settings and the registry of environments. Versioned JSON, written atomically; a newer file is
//! refused and left alone, a broken one is set aside and reported.

pub mod nightlies;

use crate::facts::Fingerprint;
use crate::host::{Host, HostError};
use crate::plan::Shell;
use crate::problem::Problem;
use crate::verify::Proof;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The newest form of all files here.
pub const SCHEMA: u32 = 1;

/// Why a file of ours cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Written by a newer torch-wizard.
    #[error("{} was written by a newer torch-wizard (form {found}, this one reads up to {SCHEMA})", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its form.
        found: u32,
    },
    /// Not readable as what it should be; it was moved aside.
    #[error("{} could not be read ({why}) and was set aside as {}", path.display(), aside.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Where it is now.
        aside: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system said no.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Newer { .. } => {
                Self::new("newer-file", text).advise("Use the newer torch-wizard that wrote it.")
            }
            StoreError::Broken { aside, .. } => Self::new("broken-file", text)
                .changed(format!("The unreadable file was moved to {}; nothing else was changed.", aside.display()))
                .advise(
                    "Run the same command again: environments that torch-wizard made are known from its records. \
                     `torch-wizard envs list --all` shows others, `envs adopt PATH` takes them in.",
                ),
            StoreError::Host(_) => {
                Self::new("file", text).advise("See that the folder can be written, or set TORCH_WIZARD_HOME.")
            }
        }
    }
}

/// Reads a file of ours; the default if there is none. One that cannot be read is set aside.
pub fn load<T: DeserializeOwned + Default>(host: &dyn Host, path: &Path) -> Result<T, StoreError> {
    read(host, path)?.or_else(|why| {
        let aside = free_name(host, path);
        host.rename(path, &aside)?;
        Err(StoreError::Broken { path: path.to_owned(), aside, why: why.to_string() })
    })
}

/// The same for those who only look: the file stays where it is, and what is wrong with it is said in one sentence.
pub fn look<T: DeserializeOwned + Default>(host: &dyn Host, path: &Path) -> Result<T, String> {
    match read(host, path) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(why)) => Err(format!("{} cannot be read ({why})", path.display())),
        Err(error) => Err(error.to_string()),
    }
}

fn read<T: DeserializeOwned + Default>(
    host: &dyn Host,
    path: &Path,
) -> Result<Result<T, serde_json::Error>, StoreError> {
    #[derive(Deserialize)]
    struct Form {
        schema: u32,
    }
    if host.meta(path).is_none() {
        return Ok(Ok(T::default()));
    }
    let bytes = host.read(path)?;
    // Editors of Windows put a byte order mark before a file that a person changed.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match serde_json::from_slice::<Form>(bytes) {
        Ok(form) if form.schema > SCHEMA => Err(StoreError::Newer { path: path.to_owned(), found: form.schema }),
        Ok(_) => Ok(serde_json::from_slice(bytes)),
        Err(error) => Ok(Err(error)),
    }
}

fn free_name(host: &dyn Host, path: &Path) -> PathBuf {
    let stamp = host.now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    (stamp..stamp.saturating_add(1000))
        .map(|number| crate::plan::beside(path, &format!(".broken-{number}")))
        .find(|name| host.meta(name).is_none())
        .unwrap_or_else(|| crate::plan::beside(path, ".broken"))
}

/// Writes a file of ours.
pub fn save<T: Serialize>(host: &dyn Host, path: &Path, value: &T) -> Result<(), StoreError> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    Ok(host.write_atomic(path, &bytes)?)
}

/// Settings a person made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Form of the file.
    pub schema: u32,
    /// A mirror of the torch index: its address as far as the variant's name, which is added to it.
    #[serde(default)]
    pub torch_mirror: Option<String>,
    /// Where new environments go when no folder is named; `None` is the home folder.
    #[serde(default)]
    pub environments_folder: Option<PathBuf>,
    /// Tag of the language; `None` follows the system.
    #[serde(default)]
    pub language: Option<String>,
    /// Light, dark or as the system.
    #[serde(default)]
    pub theme: Theme,
    /// Size of everything in the window, in percent.
    #[serde(default = "usual_zoom")]
    pub zoom_percent: u16,
    /// The shell that commands are shown for; `None` is the system's usual one.
    #[serde(default)]
    pub shell: Option<Shell>,
    /// Stronger outlines and no grey text.
    #[serde(default)]
    pub more_contrast: bool,
    /// Nothing moves.
    #[serde(default)]
    pub less_motion: bool,
    /// All facts and raw values, not only those that decide.
    #[serde(default)]
    pub show_everything: bool,
    /// The window opens again by itself after a restart that a run asked for.
    #[serde(default = "yes")]
    pub opens_after_restart: bool,
    /// Inner size of the window when it was closed last, in points.
    #[serde(default)]
    pub window: Option<(u16, u16)>,
}

const fn yes() -> bool {
    true
}

const fn usual_zoom() -> u16 {
    100
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            torch_mirror: None,
            environments_folder: None,
            language: None,
            theme: Theme::System,
            zoom_percent: usual_zoom(),
            shell: None,
            more_contrast: false,
            less_motion: false,
            show_everything: false,
            opens_after_restart: true,
            window: None,
        }
    }
}

impl Settings {
    /// Where they are kept.
    pub fn path(host: &dyn Host) -> PathBuf {
        host.folders().data.join("settings.json")
    }
}

/// The environments the product knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registry {
    /// Form of the file.
    pub schema: u32,
    /// In the order they were made.
    pub environments: Vec<Known>,
}

impl Default for Registry {
    fn default() -> Self {
        Self { schema: SCHEMA, environments: Vec::new() }
    }
}

/// One known environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Its folder.
    pub path: PathBuf,
    /// When it was made or adopted (RFC 3339, UTC).
    pub created: String,
    /// `2.15.0+cu130`.
    pub torch: Option<String>,
    /// `cu130`, `cpu`.
    pub variant: Option<String>,
    /// The route it was made by; `None` if it was adopted.
    pub route: Option<String>,
    /// The run it was made by; `None` if it was adopted.
    pub plan_id: Option<String>,
    /// The last verdict, if one was made.
    pub verdict: Option<Proof>,
    /// When (RFC 3339, UTC).
    pub verified_at: Option<String>,
    /// Driver it was last verified under.
    pub driver: Option<String>,
    /// The last report.
    pub last_report: Option<PathBuf>,
    /// The machine it was last verified on; `None` where an older version did that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Fingerprint>,
}

impl Known {
    /// Whether torch runs in a Linux or a container of its own, whose files cannot be read from here.
    pub fn is_inside(&self) -> bool {
        self.is_in_container() || self.is_in_wsl()
    }

    /// Whether it runs in a distribution of WSL.
    pub fn is_in_wsl(&self) -> bool {
        self.route.as_deref() == Some("wsl2")
    }

    /// Whether it runs in a container.
    pub fn is_in_container(&self) -> bool {
        self.route.as_deref() == Some("docker")
    }

    /// One that somebody else made: of what proved it nothing is known.
    pub fn of_others(path: PathBuf, created: String) -> Self {
        Self {
            path,
            created,
            torch: None,
            variant: None,
            route: None,
            plan_id: None,
            verdict: None,
            verified_at: None,
            driver: None,
            last_report: None,
            machine: None,
        }
    }
}

/// A known environment keeps its last verdict. A look at the processor alone says nothing about the card.
pub fn remember(
    host: &dyn Host,
    environment: &Path,
    report: &crate::verify::VerificationReport,
) -> Result<(), StoreError> {
    if report.verdict == Proof::CpuOnly {
        return Ok(());
    }
    let path = Registry::path(host);
    let mut registry: Registry = load(host, &path)?;
    for known in registry.environments.iter_mut().filter(|known| known.path == environment) {
        known.verdict = Some(report.verdict);
        known.verified_at = Some(report.taken_at.clone());
        known.driver.clone_from(&report.driver);
        known.machine.clone_from(&report.machine);
    }
    save(host, &path, &registry)
}

impl Registry {
    /// Where it is kept.
    pub fn path(host: &dyn Host) -> PathBuf {
        host.folders().data.join("environments.json")
    }

    /// Whether there was a list, which could not be read and was set aside, and none since.
    pub fn is_lost(host: &dyn Host) -> bool {
        let path = Self::path(host);
        let name = crate::environments::places::name_of(&path);
        let was_set_aside = |entry: &crate::host::Entry| {
            crate::environments::places::name_of(&entry.path).starts_with(&format!("{name}.broken"))
        };
        host.meta(&path).is_none() && host.list(&host.folders().data).unwrap_or_default().iter().any(was_set_aside)
    }

    /// Adds an environment, or replaces what is known of that folder.
    pub fn put(&mut self, known: Known) {
        self.environments.retain(|other| other.path != known.path);
        self.environments.push(known);
    }

    /// The environment with this folder or this folder name.
    pub fn find(&self, path: &Path) -> Option<&Known> {
        let by_name = |known: &&Known| known.path.file_name() == Some(path.as_os_str());
        self.environments.iter().find(|known| known.path == path).or_else(|| {
            let mut named = self.environments.iter().filter(by_name);
            named.next().filter(|_| named.next().is_none())
        })
    }
}
