//! What is wrong with an environment.

use super::{Holding, Installed, Serves, cuda_major};
use crate::assess::Reason;
use crate::catalog::CompanionSet;
use crate::facts::{CudaVersion, TorchVersion};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr as _;

/// The packages that are built together with torch.
pub(super) const COMPANIONS: [&str; 2] = ["torchvision", "torchaudio"];

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// torch is a build for the processor, and there is a card.
    CpuTorch {
        /// Its version.
        torch: TorchVersion,
    },
    /// torch has no kernels for the card, or its runtime wants another driver.
    WrongVariant {
        /// Its version.
        torch: TorchVersion,
    },
    /// Packages ask for torch, and there is none.
    NoTorch,
    /// Files of a package are missing or cut.
    Damaged {
        /// Which.
        name: String,
        /// How, in words.
        how: String,
    },
    /// Two versions of one package are registered.
    Twice {
        /// Which.
        name: String,
        /// The versions.
        versions: Vec<String>,
    },
    /// torchvision or torchaudio belongs to another torch.
    OtherTorch {
        /// Which.
        name: String,
        /// Its version.
        version: String,
        /// What it asks for.
        wants: String,
    },
    /// torchvision or torchaudio is a build of another variant.
    OtherVariant {
        /// Which.
        name: String,
        /// Its version with the local part.
        version: String,
        /// The variant of torch.
        torch: String,
    },
    /// Folders that a broken removal left.
    Leftovers {
        /// Which.
        paths: Vec<PathBuf>,
    },
    /// Libraries of another major version of CUDA that nothing asks for.
    OtherCuda {
        /// Which packages.
        names: Vec<String>,
    },
}

impl Trouble {
    /// In words, with its stable code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::CpuTorch { torch } => reason("repair-cpu-torch", &[("torch", torch)]),
            Self::WrongVariant { torch } => reason("repair-wrong-variant", &[("torch", torch)]),
            Self::NoTorch => reason("repair-no-torch", &[]),
            Self::Damaged { name, how } => reason("repair-damaged", &[("package", name), ("how", how)]),
            Self::Twice { name, versions } => {
                reason("repair-twice", &[("package", name), ("versions", &versions.join(", "))])
            }
            Self::OtherTorch { name, version, wants } => {
                reason("repair-other-torch", &[("package", name), ("version", version), ("wants", wants)])
            }
            Self::OtherVariant { name, version, torch } => {
                reason("repair-other-variant", &[("package", name), ("version", version), ("torch", torch)])
            }
            Self::Leftovers { paths } => {
                let names: Vec<String> = paths.iter().map(|path| crate::environments::places::name_of(path)).collect();
                reason("repair-leftovers", &[("names", &names.join(", "))])
            }
            Self::OtherCuda { names } => reason("repair-other-cuda", &[("names", &names.join(", "))]),
        }
    }
}

/// A reason in English, with its stable code and what stands in its places.
pub(crate) fn reason(code: &str, places: &[(&str, &dyn Display)]) -> Reason {
    let args: BTreeMap<String, String> =
        places.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
    let text = crate::text::in_english(&format!("reason-{code}"), &args);
    Reason { code: code.to_owned(), text, source: None, args }
}

/// Everything that is wrong, torch first. `variant` is that of the torch it shall have, `sets` what belongs together.
pub fn diagnose(holding: &Holding, variant: Option<&str>, sets: &[CompanionSet]) -> Vec<Trouble> {
    let mut found: Vec<Trouble> = torch(holding).into_iter().collect();
    for package in &holding.packages {
        if !package.registered.is_empty() {
            found.push(Trouble::Twice { name: package.name.clone(), versions: package.registered.clone() });
        } else if let Some(how) = &package.damage {
            found.push(Trouble::Damaged { name: package.name.clone(), how: how.clone() });
        }
    }
    found.extend(COMPANIONS.iter().filter_map(|name| companion(holding, holding.package(name)?, variant, sets)));
    if !holding.leftovers.is_empty() {
        found.push(Trouble::Leftovers { paths: holding.leftovers.clone() });
    }
    let names = other_cuda(holding, variant);
    if !names.is_empty() {
        found.push(Trouble::OtherCuda { names });
    }
    found
}

fn torch(holding: &Holding) -> Option<Trouble> {
    let Some(torch) = holding.torch.clone() else {
        let is_missed = holding.packages.iter().any(|package| package.requires.iter().any(|name| name == "torch"));
        return (is_missed || !holding.leftovers.is_empty()).then_some(Trouble::NoTorch);
    };
    match holding.serves {
        Serves::Yes => None,
        Serves::Cpu => Some(Trouble::CpuTorch { torch }),
        Serves::No => Some(Trouble::WrongVariant { torch }),
    }
}

/// Whether a companion belongs to the torch beside it: by what it asks for itself, else by what is known.
fn companion(holding: &Holding, package: &Installed, variant: Option<&str>, sets: &[CompanionSet]) -> Option<Trouble> {
    let torch = holding.torch.as_ref()?;
    let (name, version) = (package.name.clone(), package.version.clone());
    if let Some(wants) = package.torch.clone().or_else(|| known_torch(package, torch, sets)) {
        let fits = pep440_rs::VersionSpecifiers::from_str(&wants).ok().zip(torch.public().parse().ok());
        if fits.is_some_and(|(wants, torch)| !wants.contains(&torch)) {
            return Some(Trouble::OtherTorch { name, version, wants: format!("torch{wants}") });
        }
    }
    let local = version.split_once('+').map(|(_, local)| local.to_owned())?;
    let is_variant = local == "cpu" || CudaVersion::of_variant(&local).is_some();
    let wanted = variant.filter(|variant| is_variant && *variant != local)?.to_owned();
    // torchaudio is not built for every variant that torch is built for.
    let is_built = sets.iter().find(|set| set.torch.public() == torch.public()).is_none_or(|set| {
        name != "torchaudio" || set.torchaudio_variants.is_empty() || set.torchaudio_variants.contains(&wanted)
    });
    is_built.then_some(Trouble::OtherVariant { name, version, torch: wanted })
}

/// What a companion that names no torch was built with, if it was built with another one only.
fn known_torch(package: &Installed, torch: &TorchVersion, sets: &[CompanionSet]) -> Option<String> {
    let public = package.version.split('+').next().unwrap_or_default();
    let of_set = |set: &CompanionSet| {
        if package.name == "torchvision" { set.torchvision.clone() } else { set.torchaudio.clone() }
    };
    let known: Vec<&CompanionSet> = sets.iter().filter(|set| of_set(set) == public).collect();
    let first = known.first()?;
    let fits = known.iter().any(|set| set.torch.public() == torch.public());
    (!fits).then(|| format!("=={}", first.torch.public()))
}

/// Libraries of another major version of CUDA than torch's, unless something else asks for them.
fn other_cuda(holding: &Holding, variant: Option<&str>) -> Vec<String> {
    let own = holding.variant.as_deref().or(variant).and_then(CudaVersion::of_variant);
    let Some(own) = own else { return Vec::new() };
    let asked: BTreeSet<&str> =
        holding.packages.iter().flat_map(|package| &package.requires).map(String::as_str).collect();
    let is_other = |package: &&Installed| {
        cuda_major(&package.name).is_some_and(|major| major != own.major) && !asked.contains(package.name.as_str())
    };
    holding.packages.iter().filter(is_other).map(|package| package.name.clone()).collect()
}
