//! Compilers and settings of a build, whether of torch or of an extension for it.

use super::Targets;
use crate::facts::{ComputeCapability, CudaToolkit, OsFamily, TorchVersion};
use crate::plan::{CommandSpec, PlanError, above, bin_dir};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A variable of the build, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value; `{archs}`, `{jobs}`, `{cuda_home}`, `{nvcc}`, `{cxx}`, `{environment}`, `{torch}` and `{variant}` are
    /// filled in.
    pub value: String,
    /// Why it is set so, in one sentence.
    pub why: String,
}

/// Compilers and settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workshop {
    /// The release of torch that is built, or built against.
    pub torch: TorchVersion,
    /// Its variant.
    pub variant: String,
    /// What code is made for.
    pub targets: Targets,
    /// What makes it.
    pub toolkit: CudaToolkit,
    /// What its compiler can make code for; empty if nobody knows.
    pub knows: Vec<ComputeCapability>,
    /// An older C++ compiler for nvcc, where the system's own is newer than it takes.
    pub host_compiler: Option<PathBuf>,
    /// How many compilers run at once.
    pub jobs: u32,
    /// The variables of the build, from the catalogue.
    pub settings: Vec<Setting>,
    /// What the C++ compiler wants in its environment (Windows).
    pub compiler: BTreeMap<String, String>,
    /// Folders in which programs are looked for, as in PATH.
    pub search: String,
}

impl Workshop {
    /// The variables with their values for an environment.
    pub fn settings_in(&self, environment: &Path) -> Vec<Setting> {
        let environment = environment.display().to_string();
        let filled =
            |setting: &Setting| Setting { value: self.filled(&setting.value, &environment), ..setting.clone() };
        self.settings.iter().map(filled).collect()
    }

    pub(super) fn filled(&self, value: &str, environment: &str) -> String {
        let path = |path: &Path| path.display().to_string();
        let values = [
            ("{archs}", self.targets.list()),
            ("{jobs}", self.jobs.to_string()),
            ("{cuda_home}", path(&self.toolkit.root)),
            ("{nvcc}", path(&self.toolkit.nvcc)),
            ("{cxx}", self.host_compiler.as_deref().map(path).unwrap_or_default()),
            ("{environment}", environment.to_owned()),
            ("{torch}", self.torch.public()),
            ("{variant}", self.variant.clone()),
        ];
        values.iter().fold(value.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    /// A command with the variables of the compiler, then the settings, then the place where programs are found.
    pub(in crate::plan) fn around(
        &self,
        mut command: CommandSpec,
        os: OsFamily,
        python: &Path,
        environment: &Path,
    ) -> CommandSpec {
        command.env.extend(self.compiler.clone());
        // Its progress is read; a user may have given it another form.
        command.env.insert("NINJA_STATUS".to_owned(), "[%f/%t] ".to_owned());
        let settings = self.settings_in(environment);
        command.env.extend(settings.into_iter().map(|setting| (setting.name, setting.value)));
        // CMake and Ninja of the environment go before those of the system.
        let separator = if os == OsFamily::Windows { ';' } else { ':' };
        let (beside, scripts) = (above(os, python), bin_dir(os, environment));
        let mut search = beside.display().to_string();
        // conda and the portable Python have their interpreter above the scripts.
        if scripts != beside {
            search = format!("{search}{separator}{}", scripts.display());
        }
        command.env.insert("PATH".to_owned(), format!("{search}{separator}{}", self.search));
        command
    }

    /// Whether there is a card to build for, and the toolkit's compiler knows it.
    pub(in crate::plan) fn check(&self) -> Result<(), PlanError> {
        if self.targets.capabilities.is_empty() {
            return Err(PlanError::NoCardToBuildFor);
        }
        let is_unknown = |capability: &&ComputeCapability| !self.knows.contains(capability);
        match self.targets.capabilities.iter().find(is_unknown) {
            Some(&capability) if !self.knows.is_empty() => {
                Err(PlanError::ToolkitLacksCard { toolkit: self.toolkit.cuda, capability })
            }
            Some(_) | None => Ok(()),
        }
    }
}
