//! The same machine as a Linux sees it that runs in it: in WSL2 or in a container.

use super::machine::Context;
use super::reasons;
use super::stop::Stop;
use crate::catalog::Platform;
use crate::facts::{MachineFacts, OsFacts, OsFamily, Probed, Source, Via};

/// What the Linux inside is.
pub(super) struct Linux<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its GNU C library.
    pub glibc: Option<(u32, u32)>,
    /// It runs in a container.
    pub is_container: bool,
}

/// Nobody has seen cards handed to a Linux inside Windows on Arm.
pub(super) fn known_platform(os: &OsFacts) -> Result<(), Stop> {
    let is_known = os.family != OsFamily::Windows || os.arch.is_empty() || Platform::of(os).is_some();
    if is_known { Ok(()) } else { Err(Stop::unknown(reasons::platform_not_covered(os.family, &os.arch))) }
}

/// The facts as seen from inside: the cards and the driver of this machine, but neither its Pythons nor its programs.
pub(super) fn facts(context: &Context<'_>, linux: &Linux<'_>) -> MachineFacts {
    let outside = context.facts;
    let os = context.os();
    let arch = os.map(|os| os.arch.clone()).unwrap_or_default();
    // The driver inside is the one of Windows, and so are its numbers.
    let is_wsl = os.is_some_and(|os| os.is_wsl || os.family == OsFamily::Windows);
    let source = Source::new(Via::System, linux.name);
    let inside = OsFacts {
        family: OsFamily::Linux,
        version: linux.name.to_owned(),
        build: None,
        arch,
        is_wsl,
        is_container: linux.is_container,
        glibc: linux.glibc,
    };
    MachineFacts {
        os: Probed::Found { value: inside, source: source.clone() },
        pythons: Probed::Absent { source },
        tools: std::collections::BTreeMap::new(),
        ..outside.clone()
    }
}
