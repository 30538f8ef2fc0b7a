//! The smallest change that repairs.

use super::diagnose::COMPANIONS;
use super::{Holding, Installed, Trouble};
use crate::assess::{Build, Origin};
use crate::catalog::CompanionSet;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What changes in an environment; everything else stays at its version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Exact requirements that are installed anew, with what they ask for.
    pub install: Vec<String>,
    /// Packages that go and do not come back by themselves.
    pub remove: Vec<String>,
    /// Packages that stay as they are, as exact requirements.
    pub keep: Vec<String>,
    /// Folders that go.
    pub leftovers: Vec<PathBuf>,
    /// Packages whose damage may lie in our own cache.
    pub purge: Vec<String>,
}

impl Change {
    /// The normalised names of what is installed anew.
    pub fn names(&self) -> Vec<String> {
        self.install.iter().map(|requirement| name_of(requirement)).collect()
    }
}

/// The name that a requirement begins with.
fn name_of(requirement: &str) -> String {
    let end = requirement.find(['=', '<', '>', '~', '!', '[', ' ', ';']).unwrap_or(requirement.len());
    crate::lock::normalised(requirement.get(..end).unwrap_or_default())
}

/// What to change. `build` is the torch that the environment shall have.
pub fn change(holding: &Holding, troubles: &[Trouble], build: &Build, sets: &[CompanionSet]) -> Change {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut change = Change::default();
    for trouble in troubles {
        match trouble {
            Trouble::CpuTorch { .. } | Trouble::WrongVariant { .. } | Trouble::NoTorch => {
                names.insert("torch".to_owned());
            }
            Trouble::Damaged { name, .. } => {
                names.insert(name.clone());
                if holding.is_linked {
                    change.purge.push(name.clone());
                }
            }
            Trouble::Twice { name, .. } => {
                let stale = holding.package(name).map(|package| package.stale.clone());
                change.leftovers.extend(stale.unwrap_or_default());
                names.insert(name.clone());
            }
            Trouble::OtherTorch { name, .. } | Trouble::OtherVariant { name, .. } => {
                names.insert(name.clone());
            }
            Trouble::Leftovers { paths } => change.leftovers.extend(paths.iter().cloned()),
            Trouble::OtherCuda { names } => change.remove.extend(names.iter().cloned()),
        }
    }
    let has_torch = names.contains("torch");
    if has_torch {
        // Built together with the torch that goes. One file for all of them stays, if it takes the new torch.
        let goes = |name: &&&str| holding.package(name).is_some_and(|package| !stays(package, build));
        names.extend(COMPANIONS.iter().filter(goes).map(|name| (*name).to_owned()));
    }
    let brought: Vec<String> = if has_torch {
        holding.brought_by_torch().into_iter().map(|library| library.name.clone()).collect()
    } else {
        Vec::new()
    };
    change.install = names.iter().map(|name| requirement(name, holding, build, sets)).collect();
    let is_kept = |package: &&Installed| {
        !names.contains(&package.name) && !brought.contains(&package.name) && !change.remove.contains(&package.name)
    };
    change.keep = holding
        .packages
        .iter()
        .filter(is_kept)
        .map(|package| format!("{}=={}", package.name, package.version))
        .collect();
    change.remove.extend(brought);
    change.remove.sort();
    change
}

/// Whether a companion serves the new torch as it is.
fn stays(package: &Installed, build: &Build) -> bool {
    use std::str::FromStr as _;
    let wants = package.torch.as_deref().and_then(|wants| pep440_rs::VersionSpecifiers::from_str(wants).ok());
    let torch = pep440_rs::Version::from_str(&build.torch.public()).ok();
    let takes = wants.zip(torch).is_none_or(|(wants, torch)| wants.contains(&torch));
    package.is_for_any && takes
}

fn requirement(name: &str, holding: &Holding, build: &Build, sets: &[CompanionSet]) -> String {
    let local = match build.origin {
        Origin::TorchIndex { .. } | Origin::Mirror { .. } => format!("+{}", build.variant),
        Origin::Pypi | Origin::Image { .. } | Origin::Git { .. } => String::new(),
    };
    if name == "torch" {
        return format!("torch=={}{local}", build.torch.public());
    }
    let set = sets.iter().find(|set| set.torch.public() == build.torch.public());
    let version = holding.package(name).map(|package| package.version.clone()).unwrap_or_default();
    let public = version.split('+').next().unwrap_or_default();
    match (name, set) {
        // The resolver takes the build of the same index: its local part counts as newer.
        ("torchvision", Some(set)) => format!("torchvision=={}", set.torchvision),
        ("torchaudio", Some(set)) => format!("torchaudio=={}", set.torchaudio),
        ("torchvision" | "torchaudio", None) => format!("{name}=={public}"),
        _ => format!("{name}=={version}"),
    }
}
