//! What the routes read from the facts, once: platform, cards, driver; and where a build can be had.

use super::stop::Stop;
use super::{Need, Origin, Wishes, reasons};
use crate::assess::Reason;
use crate::catalog::{BuildRow, Catalog, DriverFloor, Drives, LiveIndex, Numbering, OtherBuild, Platform};
use crate::facts::{
    ComputeCapability, CudaVersion, DriverVersion, Gpu, MachineFacts, OsFacts, OsFamily, PciId, Probed, PythonVersion,
    Reach, Via,
};
use crate::verify::Kernels;

const TORCH_INDEX: &str = "https://download.pytorch.org/whl";

/// Everything a route decides from.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub facts: &'a MachineFacts,
    pub catalog: &'a Catalog,
    pub live: &'a LiveIndex,
    pub wishes: &'a Wishes,
}

/// A card with what the decision needs of it.
#[derive(Clone, Copy)]
pub(super) struct Card<'a> {
    pub gpu: &'a Gpu,
    pub capability: ComputeCapability,
}

impl Card<'_> {
    /// Its id, if no driver answered for it.
    fn unseen(&self) -> Option<PciId> {
        self.gpu.pci_id.filter(|_| matches!(self.gpu.source.via, Via::PciBus | Via::Registry | Via::ProcFs))
    }
}

/// What is known of the driver.
#[derive(Clone)]
pub(super) enum DriverNow {
    /// This version; where only the newest runtime it accepts is known, the oldest driver that does.
    Version(DriverVersion),
    /// Nobody named it, but it runs what needs at least this.
    AtLeast(DriverVersion),
    /// Older than this: it accepts no runtime that the catalogue speaks of.
    Before(DriverVersion),
    /// None is installed.
    Missing,
    /// Nobody could say.
    Unknown,
}

/// Whether a driver serves a build on some cards.
pub(super) enum Fit {
    /// It does.
    Yes,
    /// It must be at least this.
    TooOld(DriverFloor),
    /// Nobody can say.
    Unsure,
}

/// Why there are no cards to decide for.
pub(super) enum NoCards {
    /// There is none.
    Absent(Reason),
    /// Nobody could say.
    Unknown(Reason),
}

/// Whether a card can be used at all: by any build, with the present driver or a newer one.
pub(super) enum Standing {
    /// It can.
    Usable,
    /// The present driver does not drive it any more.
    Dropped {
        /// The last branch that does.
        last_branch: u32,
        /// What backs it.
        source: String,
    },
    /// Reports contradict each other whether any build has code for it.
    Unsure,
    /// Newer than everything any build has code for.
    TooNew,
    /// No build has code for it.
    NoCode,
}

/// A place to fetch a build from, and the Python to fetch it for.
pub(super) struct Offer {
    pub origin: Origin,
    pub python: PythonVersion,
    pub is_brought: bool,
    pub seen_live: bool,
}

/// What an index page says of a wheel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Yes,
    No,
    NotAsked,
}

impl<'a> Context<'a> {
    pub(super) fn os(&self) -> Option<&'a OsFacts> {
        self.facts.os.found()
    }

    /// The platform; else a system that has no builds, or none that is known.
    pub(super) fn platform(&self) -> Result<Platform, Stop> {
        let os = self.os().ok_or_else(|| Stop::unknown(reasons::os_unknown()))?;
        if os.arch.is_empty() {
            return self.platform_without_arch(os.family);
        }
        let not_covered = || reasons::platform_not_covered(os.family, &os.arch);
        Platform::of(os).ok_or_else(|| match os.family {
            OsFamily::Other => Stop::unknown(not_covered()),
            OsFamily::Windows | OsFamily::Linux | OsFamily::Macos => {
                let others = self.catalog.other_builds.iter().filter(|row| !row.is_outdated && is_for(row, os));
                Stop::blocked(vec![not_covered()], others.map(reasons::build_of_others).collect())
            }
        })
    }

    /// Reports seldom name the processor. Cards one can buy sit in PCs on Intel or AMD; those that are soldered to an
    /// Arm processor tell themselves by their capability.
    fn platform_without_arch(&self, family: OsFamily) -> Result<Platform, Stop> {
        let mut capabilities = self.facts.gpus.found().into_iter().flatten().filter_map(|gpu| gpu.capability);
        let is_arm = capabilities.any(|capability| self.catalog.is_on_arm(capability));
        match (family, is_arm) {
            (OsFamily::Windows, false) => Ok(Platform::WindowsX86),
            (OsFamily::Linux, false) => Ok(Platform::LinuxX86),
            (OsFamily::Linux, true) => Ok(Platform::LinuxArm),
            (OsFamily::Windows | OsFamily::Macos | OsFamily::Other, _) => {
                Err(Stop::unknown(reasons::platform_not_covered(family, "")))
            }
        }
    }

    pub(super) fn numbering(&self) -> Numbering {
        self.os().map_or(Numbering::Linux, Numbering::of)
    }

    /// The driver: named, told by the newest runtime it accepts, or proved by what runs on it.
    pub(super) fn driver(&self) -> DriverNow {
        let proved = self.proved_driver();
        match (&self.facts.driver, self.facts.driver_cuda.found()) {
            (Probed::Found { value, .. }, _) => DriverNow::Version(value.clone()),
            // What runs is there, whatever a tool could not find.
            (Probed::Absent { .. } | Probed::Unknown { .. }, None) if proved.is_some() => {
                proved.map_or(DriverNow::Unknown, DriverNow::AtLeast)
            }
            (Probed::Absent { .. }, _) => DriverNow::Missing,
            (Probed::Unknown { .. }, None) => DriverNow::Unknown,
            (Probed::Unknown { .. }, Some(&cuda)) => match self.catalog.driver_behind(cuda, self.numbering()) {
                Ok(driver) => DriverNow::Version(driver),
                Err(oldest) => oldest.map_or(DriverNow::Unknown, DriverNow::Before),
            },
        }
    }

    /// The least driver that explains what a torch said of the cards: it reached them, or at least saw them.
    fn proved_driver(&self) -> Option<DriverVersion> {
        let seen = self.facts.torch_seen.as_ref()?;
        let on = self.numbering();
        let reached = seen.reaches_cards();
        let runtime = seen.cuda.filter(|_| reached).and_then(|cuda| self.catalog.floor_of_runtime(cuda, on));
        let cards = self.facts.gpus.found().filter(|_| reached || seen.sees_cards);
        let capabilities = cards.into_iter().flatten().filter_map(|gpu| self.capability(gpu));
        // Cards that every driver of the tables knows prove nothing.
        let oldest = self.catalog.runtimes.first().and_then(|row| self.catalog.floor_of_runtime(row.cuda, on));
        let knows = capabilities.filter_map(|capability| self.catalog.card_floor(on, capability));
        let telling = knows.filter(|floor| oldest.as_ref().is_none_or(|oldest| floor.least > oldest.least));
        runtime.into_iter().chain(telling).map(|floor| floor.least).max()
    }

    pub(super) fn capability(&self, gpu: &Gpu) -> Option<ComputeCapability> {
        gpu.capability.or_else(|| gpu.pci_id.and_then(|id| self.catalog.capability_by_pci(id)))
    }

    /// What stands between the driver and every one of these runtimes, whatever the card; `None` if nothing certain does.
    pub(super) fn below_all(&self, runtimes: &[CudaVersion]) -> Option<DriverFloor> {
        let floors: Option<Vec<_>> = runtimes
            .iter()
            .map(|&cuda| match self.reaches(self.catalog.floor_of_runtime(cuda, self.numbering())?) {
                Fit::TooOld(floor) => Some(floor),
                Fit::Yes | Fit::Unsure => None,
            })
            .collect();
        floors?.into_iter().min_by(|a, b| a.least.cmp(&b.least))
    }

    /// Whether there is certainly no card.
    pub(super) fn has_no_card(&self) -> bool {
        self.facts.gpus.is_absent() || self.facts.gpus.found().is_some_and(Vec::is_empty)
    }

    /// The cards the user chose, or all.
    pub(super) fn cards(&self) -> Result<Vec<Card<'a>>, NoCards> {
        let gpus = match &self.facts.gpus {
            Probed::Found { value, .. } if !value.is_empty() => value,
            Probed::Found { .. } | Probed::Absent { .. } => return Err(NoCards::Absent(reasons::no_nvidia_card())),
            Probed::Unknown { why, .. } => return Err(NoCards::Unknown(reasons::cards_unknown(why))),
        };
        if let Some(wished) = &self.wishes.gpus
            && let Some(&index) = wished.iter().find(|&&index| gpus.iter().all(|gpu| gpu.index != index))
        {
            return Err(NoCards::Absent(reasons::no_such_card(index)));
        }
        let chosen = gpus.iter().filter(|gpu| self.wishes.gpus.as_ref().is_none_or(|list| list.contains(&gpu.index)));
        chosen
            .map(|gpu| {
                let capability = self.capability(gpu);
                let unknown = || NoCards::Unknown(reasons::capability_unknown(gpu));
                capability.map(|capability| Card { gpu, capability }).ok_or_else(unknown)
            })
            .collect()
    }

    /// The CUDA builds of the platform. Unverified variants are left to those who ask for one.
    pub(super) fn cuda_builds(&self, platform: Platform) -> Vec<BuildRow<'a>> {
        // What the index was seen to have needs no other confirmation.
        let is_seen = |row: &BuildRow<'_>| self.live.has_build(row.variant, &row.release.torch, platform) == Some(true);
        let wanted = |row: &BuildRow<'_>| {
            !row.is_unverified || is_seen(row) || self.wishes.variant.as_deref() == Some(row.variant)
        };
        self.catalog.builds(platform).filter(|row| row.variant != "cpu" && wanted(row)).collect()
    }

    /// Whether a build has compiled code for a card. PTX alone is no base for a plan: the driver would have to
    /// translate everything at first use, and a card that new may lack libraries as well.
    pub(super) fn has_code(&self, row: &BuildRow<'_>, platform: Platform, capability: ComputeCapability) -> bool {
        let cuda = self.catalog.runtime(row.variant).map(|runtime| runtime.cuda);
        let list = self.catalog.arch_list(&row.release.torch, row.variant, platform);
        list.is_some_and(|list| match self.catalog.runs_row(list, capability, cuda) {
            Kernels::Native | Kernels::SameMajor => true,
            Kernels::Ptx | Kernels::None => false,
        })
    }

    /// Whether a card can be used at all.
    pub(super) fn standing(&self, card: &Card<'_>, builds: &[BuildRow<'_>], platform: Platform) -> Standing {
        let has_code = builds.iter().any(|row| self.has_code(row, platform, card.capability));
        let lists =
            || builds.iter().filter_map(|row| self.catalog.arch_list(&row.release.torch, row.variant, platform));
        let fits = |code: &ComputeCapability| code.major == card.capability.major && *code <= card.capability;
        if !has_code && !lists().any(|list| list.unsure.iter().any(fits)) {
            let newest = lists().flat_map(|list| &list.archs).max();
            return if newest.is_some_and(|newest| card.capability.major > newest.major) {
                Standing::TooNew
            } else {
                Standing::NoCode
            };
        }
        if let DriverNow::Version(driver) = self.driver()
            && let Drives::Dropped { last_branch, source } = self.drives(&driver, card)
        {
            return Standing::Dropped { last_branch, source };
        }
        if has_code { Standing::Usable } else { Standing::Unsure }
    }

    /// The least driver for a build on all the cards.
    pub(super) fn floor(&self, row: &BuildRow<'_>, cards: &[Card<'_>]) -> Option<DriverFloor> {
        let on = self.numbering();
        let floors = cards.iter().filter_map(|card| self.catalog.driver_floor(row.variant, on, card.capability));
        floors.max_by(|a, b| a.least.cmp(&b.least))
    }

    /// The least driver for a runtime on all the cards.
    pub(super) fn runtime_floor(&self, cuda: CudaVersion, cards: &[Card<'_>]) -> Option<DriverFloor> {
        let on = self.numbering();
        let runtime = self.catalog.floor_of_runtime(cuda, on)?;
        // The tables of the cards begin with the oldest runtime that the catalogue installs; before it a card that a
        // runtime has code for is one that its own driver knows.
        let is_before = self.catalog.runtimes.first().is_some_and(|oldest| cuda.major < oldest.cuda.major);
        let cards = if is_before { &[] } else { cards };
        let of_cards = cards.iter().filter_map(|card| self.catalog.card_floor(on, card.capability));
        of_cards.chain([runtime]).max_by(|a, b| a.least.cmp(&b.least))
    }

    /// Whether the driver serves a build on all the cards.
    pub(super) fn fit(&self, row: &BuildRow<'_>, cards: &[Card<'_>]) -> Fit {
        match self.driver() {
            DriverNow::Version(driver) => self.too_old(&driver, row, cards).map_or(Fit::Yes, Fit::TooOld),
            DriverNow::AtLeast(_) | DriverNow::Before(_) | DriverNow::Missing | DriverNow::Unknown => {
                self.floor(row, cards).map_or(Fit::Unsure, |floor| self.reaches(floor))
            }
        }
    }

    /// Whether the driver is at least this one.
    pub(super) fn reaches(&self, floor: DriverFloor) -> Fit {
        match self.driver() {
            DriverNow::Version(driver) if driver < floor.least => Fit::TooOld(floor),
            DriverNow::AtLeast(driver) if driver < floor.least => Fit::Unsure,
            DriverNow::Before(driver) if driver <= floor.least => Fit::TooOld(floor),
            DriverNow::Version(_) | DriverNow::AtLeast(_) => Fit::Yes,
            DriverNow::Before(_) | DriverNow::Missing | DriverNow::Unknown => Fit::Unsure,
        }
    }

    /// What stands between a driver and a build on these cards; `None` if nothing does.
    pub(super) fn too_old(
        &self,
        driver: &DriverVersion,
        row: &BuildRow<'_>,
        cards: &[Card<'_>],
    ) -> Option<DriverFloor> {
        let runtime = self.floor(row, cards).filter(|floor| *driver < floor.least);
        let listing = cards.iter().filter_map(|card| match self.drives(driver, card) {
            Drives::TooOld(floor) => Some(floor),
            Drives::Yes | Drives::Dropped { .. } => None,
        });
        runtime.into_iter().chain(listing).max_by(|a, b| a.least.cmp(&b.least))
    }

    pub(super) fn drives(&self, driver: &DriverVersion, card: &Card<'_>) -> Drives {
        self.catalog.drives(driver, self.numbering(), card.capability, card.unseen())
    }

    pub(super) fn glibc_serves(&self, row: &BuildRow<'_>) -> bool {
        let present = self.os().and_then(|os| os.glibc);
        present.is_none_or(|present| row.on.glibc.is_none_or(|least| present >= least))
    }

    /// Where a build can be had, by the order in which places are asked; `None` if nowhere.
    pub(super) fn offer(&self, row: &BuildRow<'_>, platform: Platform) -> Option<Offer> {
        let pythons = self.pythons(row, platform);
        let live = self.live;
        let mut origins = Vec::new();
        if let Some(mirror) = &self.wishes.mirror
            && live.mirror != Some(Reach::Blocked)
            && let Some(url) = mirror_page(mirror, row.variant)
        {
            origins.push(Origin::Mirror { url });
        }
        // Who set a mirror that does not answer is not sent to a place that was not asked either.
        let is_known = live.mirror != Some(Reach::Blocked) || live.torch_index == Reach::Reached;
        if live.torch_index != Reach::Blocked && is_known {
            origins.push(Origin::TorchIndex { url: format!("{TORCH_INDEX}/{}", row.variant) });
        }
        if live.pypi != Reach::Blocked && row.on.pypi == row.variant {
            origins.push(Origin::Pypi);
        }
        let reads_mirror = self.wishes.mirror.is_some() && live.mirror == Some(Reach::Reached);
        origins.into_iter().find_map(|origin| {
            pythons.iter().find_map(|&(python, is_brought)| {
                let listed = match origin {
                    // The pages are the mirror's where there is one; they say nothing about the torch index.
                    Origin::TorchIndex { .. } if reads_mirror => Listed::NotAsked,
                    Origin::Mirror { .. } | Origin::TorchIndex { .. } => self.listed(row, platform, python),
                    Origin::Pypi => self.listed_on_pypi(row),
                    Origin::Image { .. } | Origin::Git { .. } => Listed::NotAsked,
                };
                // What stands in for an answer neither confirms nor rules out.
                let (seen_live, is_gone) = match (listed, live.stands_in) {
                    (_, true) | (Listed::NotAsked, _) => (false, false),
                    (listed, false) => (listed == Listed::Yes, listed == Listed::No),
                };
                (!is_gone).then(|| Offer { origin: origin.clone(), python, is_brought, seen_live })
            })
        })
    }

    fn listed(&self, row: &BuildRow<'_>, platform: Platform, python: PythonVersion) -> Listed {
        if self.live.absent.contains(row.variant) {
            return Listed::No;
        }
        if self.live.pages.get(row.variant).is_none_or(Vec::is_empty) {
            return Listed::NotAsked;
        }
        let public = row.release.torch.public();
        let is_it = self.live.wheels(row.variant).any(|wheel| {
            wheel.version.public() == public
                && wheel.python_tag == python.tag()
                && platform.has_tag(&wheel.platform_tag)
        });
        if is_it { Listed::Yes } else { Listed::No }
    }

    /// The list has versions only, so it can rule a wheel out but not show it.
    fn listed_on_pypi(&self, row: &BuildRow<'_>) -> Listed {
        match &self.live.pypi_torch {
            Some(versions) if !versions.contains(&row.release.torch) => Listed::No,
            Some(_) | None => Listed::NotAsked,
        }
    }

    /// The Pythons to take for a build, best first; the last one is brought by uv.
    pub(super) fn pythons(&self, row: &BuildRow<'_>, platform: Platform) -> Vec<(PythonVersion, bool)> {
        let choice = &self.catalog.python_choice;
        let tags = &row.on.pythons;
        let found = self.facts.pythons.found().map_or(&[][..], Vec::as_slice);
        let mut usable: Vec<PythonVersion> = found
            .iter()
            .filter(|python| self.catalog.python_why_not(python, row.release, platform).is_none())
            .filter_map(|python| python.version)
            .collect();
        if let Some(wish) = self.wishes.python {
            let is_wished = |version: &PythonVersion| {
                version.short() == wish.short() && (wish.patch.is_none() || version.patch == wish.patch)
            };
            let is_brought = !usable.iter().any(is_wished);
            let minor = PythonVersion::minor(wish.major, wish.minor);
            return if tags.contains(&wish.tag()) { vec![(minor, is_brought)] } else { Vec::new() };
        }
        usable.retain(|version| (version.major, version.minor) <= (choice.newest.major, choice.newest.minor));
        usable.sort_unstable_by(|a, b| b.cmp(a));
        let mut pythons: Vec<_> =
            usable.into_iter().map(|version| (PythonVersion::minor(version.major, version.minor), false)).collect();
        pythons.dedup();
        if tags.contains(&choice.brought.tag()) {
            pythons.push((choice.brought, true));
        }
        pythons
    }

    /// The Python of a wheel's tag, if it is there, was asked for, or is the one that uv brings by default.
    pub(super) fn any_python(&self, tag: &str) -> Option<PythonVersion> {
        let choice = &self.catalog.python_choice;
        let found = self.facts.pythons.found().into_iter().flatten().filter_map(|python| python.version);
        let minor = |version: PythonVersion| PythonVersion::minor(version.major, version.minor);
        let mut candidates: Vec<_> = match self.wishes.python {
            Some(wish) => vec![minor(wish)],
            None => found.map(minor).filter(|version| *version <= choice.newest).chain([choice.brought]).collect(),
        };
        candidates.sort_unstable();
        candidates.into_iter().rev().find(|version| version.tag() == tag)
    }

    /// What an offer brings along.
    pub(super) fn needs(&self, offer: &Offer) -> Vec<Need> {
        let uv = self.facts.tools.get("uv");
        let no_uv =
            if offer.is_brought { uv.is_none_or(|uv| uv.found().is_none()) } else { uv.is_some_and(Probed::is_absent) };
        let python = offer.is_brought.then_some(Need::Python);
        python.into_iter().chain(no_uv.then_some(Need::Uv)).collect()
    }
}

/// The estimate for a build: bytes to download, bytes on the disk, seconds at least and at most.
///
/// A line of 100 MB/s against one of 5 MB/s; unpacking and the proof take 20 s to 2 min.
pub(super) fn cost(
    catalog: &Catalog,
    variant: &str,
    platform: Platform,
) -> (Option<u64>, Option<u64>, Option<(u32, u32)>) {
    let size = catalog.size(variant, platform);
    let bytes = |mb: u32| u64::from(mb) * 1_000_000;
    (
        size.map(|size| bytes(size.download_mb)),
        size.map(|size| bytes(size.disk_mb)),
        size.map(|size| (20 + size.download_mb / 100, 120 + size.download_mb / 5)),
    )
}

/// Whether a build that is on no index is for a system.
fn is_for(row: &OtherBuild, os: &OsFacts) -> bool {
    let is_arm = matches!(os.arch.as_str(), "aarch64" | "arm64" | "ARM64");
    os.family == OsFamily::Windows && is_arm && row.platform_tag == "win_arm64"
}

/// The page of a variant on a mirror, which may be given as its root or as the page of one variant.
fn mirror_page(mirror: &str, variant: &str) -> Option<String> {
    let root = mirror.trim_end_matches('/');
    let last = root.rsplit('/').next().unwrap_or_default();
    let is_variant = last == "cpu" || CudaVersion::of_variant(last).is_some();
    match (is_variant, last == variant) {
        (true, true) => Some(root.to_owned()),
        (true, false) => None,
        (false, _) => Some(format!("{root}/{variant}")),
    }
}
