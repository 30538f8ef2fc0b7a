//! Which driver a runtime and a card need.

use super::{
    Backing, Catalog, Device, DriverFault, DriverOrigin, Generation, KernelModule, Numbering, Runtime, Toolkit,
};
use crate::facts::gpu::NVIDIA;
use crate::facts::{ComputeCapability, CudaVersion, DriverVersion, PciId};

/// The least driver for something, and the release that is named to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverFloor {
    /// Anything below does not serve.
    pub least: DriverVersion,
    /// The first public release that does.
    pub first: DriverVersion,
    /// What backs it.
    pub source: String,
}

/// Whether a driver and a card belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drives {
    /// They do.
    Yes,
    /// The card is newer than the driver.
    TooOld(DriverFloor),
    /// The driver's branch has dropped the card.
    Dropped {
        /// The last branch that drives it.
        last_branch: u32,
        /// What backs it.
        source: String,
    },
}

impl Catalog {
    /// The runtime of a variant; `None` for `cpu` and unknown ones.
    pub fn runtime(&self, variant: &str) -> Option<&Runtime> {
        self.runtimes.iter().find(|row| row.variant == variant)
    }

    /// The runtime of a CUDA version; of the same major version where the table lacks it, since the least driver
    /// belongs to the major version.
    pub fn runtime_of(&self, cuda: CudaVersion) -> Option<&Runtime> {
        let exact = self.runtimes.iter().find(|row| row.cuda == cuda);
        exact.or_else(|| self.runtimes.iter().find(|row| row.cuda.major == cuda.major))
    }

    /// The least driver for a variant's runtime on a card: the higher of the two floors.
    pub fn driver_floor(&self, variant: &str, on: Numbering, capability: ComputeCapability) -> Option<DriverFloor> {
        let runtime = self.runtime(variant).map(|row| {
            floor(on, (&row.linux, &row.windows), (row.first_linux.as_ref(), row.first_windows.as_ref()), &row.backing)
        })?;
        Some(match self.card_floor(on, capability) {
            Some(card) if card.least > runtime.least => card,
            Some(_) | None => runtime,
        })
    }

    /// The least driver that knows a generation of cards.
    pub fn card_floor(&self, on: Numbering, capability: ComputeCapability) -> Option<DriverFloor> {
        self.generation(capability).map(|row| {
            floor(on, (&row.linux, &row.windows), (row.first_linux.as_ref(), row.first_windows.as_ref()), &row.backing)
        })
    }

    /// Whether a driver drives a card. `unseen` is the id of a card for which no driver answered: then the first
    /// release that lists it counts, too.
    pub fn drives(
        &self,
        driver: &DriverVersion,
        on: Numbering,
        capability: ComputeCapability,
        unseen: Option<PciId>,
    ) -> Drives {
        if let Some(row) = self.generation(capability)
            && let (Some(dropped), Some(last_branch)) = (row.dropped_from, row.last_branch)
            && driver.branch() >= dropped
        {
            return Drives::Dropped { last_branch, source: row.backing.source.clone() };
        }
        if let Some(card) = self.card_floor(on, capability)
            && *driver < card.least
        {
            return Drives::TooOld(card);
        }
        match unseen.filter(|_| on == Numbering::Linux).and_then(|id| self.first_listing(driver, id)) {
            Some(listed) => Drives::TooOld(listed),
            None => Drives::Yes,
        }
    }

    /// The last branch that drives a generation of cards, and what says so; `None` as long as none has dropped it.
    pub fn last_branch(&self, capability: ComputeCapability) -> Option<(u32, &str)> {
        let row = self.generation(capability)?;
        row.last_branch.map(|branch| (branch, row.backing.source.as_str()))
    }

    /// The release a card has to wait for, if the driver's branch does not list it yet.
    fn first_listing(&self, driver: &DriverVersion, id: PciId) -> Option<DriverFloor> {
        let row = self.first_linux.iter().find(|row| id.vendor == NVIDIA && row.pci == Device(id.device))?;
        let newest = row.first.last()?;
        let own_branch = row.first.iter().find(|first| first.branch() == driver.branch());
        let is_listed = match own_branch {
            Some(first) => driver >= first,
            None => driver > newest,
        };
        if is_listed {
            return None;
        }
        let next = own_branch.or_else(|| row.first.iter().find(|first| *first > driver))?;
        Some(DriverFloor { least: next.clone(), first: next.clone(), source: row.backing.source.clone() })
    }

    /// The oldest driver that accepts this runtime as its newest; `Err` has the oldest driver known where the runtime
    /// is older than all in the table.
    pub fn driver_behind(
        &self,
        driver_cuda: CudaVersion,
        on: Numbering,
    ) -> Result<DriverVersion, Option<DriverVersion>> {
        let of = |row: &'_ Toolkit| match on {
            Numbering::Linux => row.linux.clone(),
            Numbering::Windows => row.windows.clone(),
        };
        self.toolkits.iter().rfind(|row| row.cuda <= driver_cuda).map(of).ok_or_else(|| self.toolkits.first().map(of))
    }

    /// The least driver for a runtime, whatever the card: that of its major version (minor-version compatibility), or
    /// the one it came with where that is older or the major version has none.
    pub fn floor_of_runtime(&self, cuda: CudaVersion, on: Numbering) -> Option<DriverFloor> {
        let came_with = self.toolkits.iter().find(|row| row.cuda == cuda);
        let came_with = came_with.map(|row| floor(on, (&row.linux, &row.windows), (None, None), &row.backing));
        let of_major = self.runtime_of(cuda).map(|row| {
            let first = (row.first_linux.as_ref(), row.first_windows.as_ref());
            floor(on, (&row.linux, &row.windows), first, &row.backing)
        });
        of_major.into_iter().chain(came_with).min_by(|a, b| a.least.cmp(&b.least))
    }

    /// The kernel modules on Linux that drive a card; none if nobody has told.
    pub fn kernel_modules(&self, capability: ComputeCapability) -> &[KernelModule] {
        let row = self.kernel_modules.iter().find(|row| row.from <= capability && capability <= row.to);
        row.map_or(&[], |row| &row.modules)
    }

    /// The known faults of a driver on a card.
    pub fn faults_of(
        &self,
        driver: &DriverVersion,
        on: Numbering,
        capability: ComputeCapability,
    ) -> impl Iterator<Item = &DriverFault> {
        self.driver_faults.iter().filter(move |row| row.concerns(driver, on, capability))
    }

    /// The known faults of a driver on any of these cards, each once.
    pub fn faults_on(
        &self,
        driver: &DriverVersion,
        on: Numbering,
        cards: impl IntoIterator<Item = ComputeCapability>,
    ) -> Vec<&DriverFault> {
        let mut seen = Vec::new();
        for fault in cards.into_iter().flat_map(|card| self.faults_of(driver, on, card)) {
            if !seen.contains(&fault) {
                seen.push(fault);
            }
        }
        seen
    }

    /// Where a Linux gets its driver from, by what it calls itself.
    pub fn driver_origin(&self, system: &str) -> Option<&DriverOrigin> {
        let is_of = |row: &&DriverOrigin| row.systems.iter().any(|name| system.starts_with(name.as_str()));
        self.driver_origins.iter().find(is_of)
    }

    fn generation(&self, capability: ComputeCapability) -> Option<&Generation> {
        self.generations.iter().find(|row| row.from <= capability && capability <= row.to)
    }
}

fn floor(
    on: Numbering,
    (linux, windows): (&DriverVersion, &DriverVersion),
    (first_linux, first_windows): (Option<&DriverVersion>, Option<&DriverVersion>),
    backing: &Backing,
) -> DriverFloor {
    let (least, first) = match on {
        Numbering::Linux => (linux, first_linux),
        Numbering::Windows => (windows, first_windows),
    };
    DriverFloor { least: least.clone(), first: first.unwrap_or(least).clone(), source: backing.source.clone() }
}
