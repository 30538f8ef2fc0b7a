//! Who brought the torch that an environment holds: by what packages ask for, when they were installed, and what was
//! asked for by name. Pure.

use crate::assess::Reason;
use crate::facts::TorchVersion;
use crate::plan::repair::{Installed, reason};
use std::str::FromStr as _;
use std::time::{Duration, SystemTime};

/// What one command installs is written within so long: the largest packages are unpacked in a minute or two.
const TOGETHER: Duration = Duration::from_mins(5);

/// Who brought a torch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// Somebody asked for torch itself.
    Asked {
        /// The version that came.
        torch: String,
    },
    /// It came from an address or a folder.
    From {
        /// Which.
        place: String,
    },
    /// A package that was installed with it and asks for it.
    By {
        /// Its name.
        package: String,
        /// Its version.
        version: String,
        /// The releases of torch that it asks for; empty if any will do.
        wants: String,
    },
    /// Packages ask for it, and nothing says which of them it was.
    OneOf {
        /// Their names.
        packages: Vec<String>,
    },
}

impl Brought {
    /// In words, with its stable code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Asked { torch } => reason("check-brought-asked", &[("torch", torch)]),
            Self::From { place } => reason("check-brought-from", &[("place", place)]),
            Self::By { package, version, wants } => {
                let places: [(&str, &dyn std::fmt::Display); 3] =
                    [("package", package), ("version", version), ("wants", wants)];
                reason("check-brought-by", &places)
            }
            Self::OneOf { packages } => reason("check-brought-one-of", &[("packages", &packages.join(", "))]),
        }
    }
}

/// Who brought it. `before` is the release that stood there, which a package that asks for another one cannot have left.
pub fn brought(packages: &[Installed], before: Option<&TorchVersion>) -> Option<Brought> {
    let torch = packages.iter().find(|package| package.name == "torch")?;
    if let Some(place) = &torch.from {
        return Some(Brought::From { place: place.clone() });
    }
    if torch.is_requested {
        return Some(Brought::Asked { torch: torch.version.clone() });
    }
    let asking: Vec<&Installed> =
        packages.iter().filter(|package| package.requires.iter().any(|name| name == "torch")).collect();
    let drove_out = |package: &&&Installed| refuses(package, before);
    let came_with: Vec<&Installed> =
        asking.iter().copied().filter(|package| are_together(package.installed, torch.installed)).collect();
    // Of those that came with it, one that could not live with the old torch; else one that was asked for by name.
    let by = came_with
        .iter()
        .find(drove_out)
        .or_else(|| came_with.iter().find(|package| package.is_requested))
        .or_else(|| (came_with.len() == 1).then(|| came_with.first()).flatten());
    if let Some(by) = by {
        let wants = by.torch.clone().unwrap_or_default();
        return Some(Brought::By { package: by.name.clone(), version: by.version.clone(), wants });
    }
    let names = if came_with.is_empty() { asking } else { came_with };
    let packages: Vec<String> = names.iter().map(|package| package.name.clone()).collect();
    (!packages.is_empty()).then_some(Brought::OneOf { packages })
}

fn refuses(package: &Installed, torch: Option<&TorchVersion>) -> bool {
    let wants = package.torch.as_deref().and_then(|wants| pep440_rs::VersionSpecifiers::from_str(wants).ok());
    let torch = torch.and_then(|torch| pep440_rs::Version::from_str(&torch.public()).ok());
    wants.zip(torch).is_some_and(|(wants, torch)| !wants.contains(&torch))
}

fn are_together(one: Option<SystemTime>, other: Option<SystemTime>) -> bool {
    one.zip(other).is_some_and(|(one, other)| {
        let apart = one.duration_since(other).or_else(|_| other.duration_since(one));
        apart.is_ok_and(|apart| apart <= TOGETHER)
    })
}
