//! What is known about cards, drivers and wheels: the tables of `assets/catalog/`, compiled in.
//!
//! Pure. Answers questions about single facts; what follows from them together is `assess`'s affair.

mod check;
mod drivers;
mod live;
mod load;
mod rows;

pub use drivers::{DriverFloor, Drives};
pub use live::{LiveIndex, LiveWheel};
pub use rows::{
    ArchList, Architecture, Backing, Card, CodeException, CompanionSet, Confidence, Device, FirstLinux, Generation,
    LongestMember, Numbering, PciException, PciPrefix, Platform, PlatformBuilds, PythonChoice, PythonKind, PythonTrap,
    Release, Runtime, Size, Tflops, Toolkit, UnfitKind, Uv, UvWheel,
};

use crate::facts::gpu::NVIDIA;
use crate::facts::{ComputeCapability, CudaVersion, PciId, Python, PythonVersion, TorchVersion};
use crate::verify::Kernels;
use load::File;
use std::sync::OnceLock;

const DRIVERS: &str = "drivers.toml";
const GPUS: &str = "gpus.toml";
const ARCHITECTURES: &str = "architectures.toml";
const WHEELS: &str = "wheels.toml";
const COMPANIONS: &str = "companions.toml";
const TOOLS: &str = "tools.toml";

/// A catalogue that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// A file is no TOML.
    #[error("catalogue file {file}: {what}")]
    Syntax {
        /// Which.
        file: &'static str,
        /// The parser's words.
        what: String,
    },
    /// A row does not hold.
    #[error("catalogue file {file}, {row}: {what}")]
    Row {
        /// Which file.
        file: &'static str,
        /// Which row.
        row: String,
        /// What is wrong with it.
        what: String,
    },
}

/// The texts of the six files.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// `drivers.toml`
    pub drivers: &'a str,
    /// `gpus.toml`
    pub gpus: &'a str,
    /// `architectures.toml`
    pub architectures: &'a str,
    /// `wheels.toml`
    pub wheels: &'a str,
    /// `companions.toml`
    pub companions: &'a str,
    /// `tools.toml`
    pub tools: &'a str,
}

impl Texts<'static> {
    /// Those compiled in.
    pub const EMBEDDED: Self = Self {
        drivers: include_str!("../assets/catalog/drivers.toml"),
        gpus: include_str!("../assets/catalog/gpus.toml"),
        architectures: include_str!("../assets/catalog/architectures.toml"),
        wheels: include_str!("../assets/catalog/wheels.toml"),
        companions: include_str!("../assets/catalog/companions.toml"),
        tools: include_str!("../assets/catalog/tools.toml"),
    };
}

/// Why a Python cannot hold a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PythonTrouble {
    /// It could not be asked for its version.
    NotAsked,
    /// 32-bit.
    ThirtyTwoBit,
    /// Without the global interpreter lock.
    FreeThreaded,
    /// No `CPython`.
    NotCpython,
    /// The release has no wheel for it.
    NoWheel {
        /// Oldest and newest minor version that it has wheels for.
        range: Option<(PythonVersion, PythonVersion)>,
    },
    /// A patch release that a package does not work with.
    Trap {
        /// The package.
        breaks: String,
        /// The first release that works again.
        fixed_in: PythonVersion,
        /// What backs it.
        source: String,
    },
}

/// One variant of one release on one platform.
#[derive(Clone, Copy, Debug)]
pub struct BuildRow<'a> {
    /// The release.
    pub release: &'a Release,
    /// What it has for the platform.
    pub on: &'a PlatformBuilds,
    /// The variant.
    pub variant: &'a str,
    /// Only the live index can confirm it.
    pub is_unverified: bool,
    /// It was published as experimental.
    pub is_experimental: bool,
}

/// The tables, parsed and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// Runtime in the wheel → least driver.
    pub runtimes: Vec<Runtime>,
    /// Generation of the card → least driver, and the branch that dropped it.
    pub generations: Vec<Generation>,
    /// Single cards on Linux.
    pub first_linux: Vec<FirstLinux>,
    /// Newest runtime a driver accepts → its branch, oldest first.
    pub toolkits: Vec<Toolkit>,
    /// The cards.
    pub cards: Vec<Card>,
    /// What the first digits of an unknown id say.
    pub prefixes: Vec<PciPrefix>,
    /// Ids that those would misjudge.
    pub pci_exceptions: Vec<PciException>,
    /// The generations of chips.
    pub architectures: Vec<Architecture>,
    /// Code that does not run although the numbers fit.
    pub code_exceptions: Vec<CodeException>,
    /// Variants of the nightly builds.
    pub nightly: Vec<String>,
    /// Releases of torch, newest first.
    pub releases: Vec<Release>,
    /// What is compiled into them.
    pub arch_lists: Vec<ArchList>,
    /// What an environment costs.
    pub sizes: Vec<Size>,
    /// Longest paths inside wheels for Windows.
    pub longest_members: Vec<LongestMember>,
    /// What belongs to each release.
    pub companion_sets: Vec<CompanionSet>,
    /// The uv that is brought along.
    pub uv: Uv,
    /// Its wheels.
    pub uv_wheels: Vec<UvWheel>,
    /// Patch releases of Python that are refused.
    pub python_traps: Vec<PythonTrap>,
    /// Kinds of Python that are refused.
    pub python_kinds: Vec<PythonKind>,
    /// The Python taken by default.
    pub python_choice: PythonChoice,
}

impl Catalog {
    /// The catalogue compiled in; parsed once.
    pub fn embedded() -> Result<&'static Self, CatalogError> {
        static PARSED: OnceLock<Result<Catalog, CatalogError>> = OnceLock::new();
        PARSED.get_or_init(|| Self::from_texts(&Texts::EMBEDDED)).as_ref().map_err(Clone::clone)
    }

    /// Parses and checks six texts.
    pub fn from_texts(texts: &Texts<'_>) -> Result<Self, CatalogError> {
        let mut drivers = File::parse(DRIVERS, texts.drivers)?;
        let mut gpus = File::parse(GPUS, texts.gpus)?;
        let mut architectures = File::parse(ARCHITECTURES, texts.architectures)?;
        let mut wheels = File::parse(WHEELS, texts.wheels)?;
        let mut companions = File::parse(COMPANIONS, texts.companions)?;
        let mut tools = File::parse(TOOLS, texts.tools)?;
        let catalog = Self {
            runtimes: drivers.rows("runtime")?,
            generations: drivers.rows("generation")?,
            first_linux: drivers.rows_in("first_linux", "cards")?,
            toolkits: drivers.rows("toolkit")?,
            cards: gpus.rows("cards")?,
            prefixes: gpus.rows("prefixes")?,
            pci_exceptions: gpus.rows("exceptions")?,
            architectures: architectures.rows("architecture")?,
            code_exceptions: architectures.rows("exception")?,
            nightly: wheels.value("nightly")?,
            releases: wheels.rows("release")?,
            arch_lists: wheels.rows("arch_list")?,
            sizes: wheels.rows("size")?,
            longest_members: wheels.rows("longest_member")?,
            companion_sets: companions.rows("set")?,
            uv: tools.row("uv")?,
            uv_wheels: tools.rows("uv_wheel")?,
            python_traps: tools.rows("python_trap")?,
            python_kinds: tools.rows("python_kind")?,
            python_choice: tools.row("python_choice")?,
        };
        for file in [drivers, gpus, architectures, wheels, companions, tools] {
            file.finish()?;
        }
        check::check(&catalog)?;
        Ok(catalog)
    }

    /// Characters of the longest path inside a release's wheel for Windows; that of the worst known release where
    /// nobody has counted.
    pub fn longest_member(&self, torch: &TorchVersion) -> Option<usize> {
        let public = torch.public();
        let counted = self.longest_members.iter().find(|row| row.torch.public() == public);
        counted.or_else(|| self.longest_members.iter().max_by_key(|row| row.characters)).map(|row| row.characters)
    }

    /// The releases, newest first.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The day somebody last looked what releases there are.
    pub fn as_of(&self) -> Option<jiff::civil::Date> {
        self.releases.iter().map(|release| release.backing.date).max()
    }

    /// The release of a version, whatever its local part.
    pub fn release(&self, torch: &TorchVersion) -> Option<&Release> {
        let public = torch.public();
        self.releases.iter().find(|release| release.torch.public() == public)
    }

    /// Every variant of every release on a platform, newest release first; unverified ones included and marked.
    pub fn builds(&self, platform: Platform) -> impl Iterator<Item = BuildRow<'_>> {
        self.releases.iter().flat_map(move |release| {
            let on = release.on(platform);
            on.variants.iter().chain(&on.unverified).map(move |variant| BuildRow {
                release,
                on,
                variant,
                is_unverified: on.unverified.contains(variant),
                is_experimental: on.experimental.contains(variant),
            })
        })
    }

    /// What is compiled into a build; `None` if nobody has looked it up.
    pub fn arch_list(&self, torch: &TorchVersion, variant: &str, platform: Platform) -> Option<&ArchList> {
        self.arch_lists.iter().find(|row| row.is_of(torch, variant, platform))
    }

    /// What belongs to a release, whatever the local part of the version.
    pub fn companions(&self, torch: &TorchVersion) -> Option<&CompanionSet> {
        let public = torch.public();
        self.companion_sets.iter().find(|set| set.torch.public() == public)
    }

    /// What an environment with such a build costs.
    pub fn size(&self, variant: &str, platform: Platform) -> Option<&Size> {
        self.sizes.iter().find(|row| row.platform == platform && row.variants.iter().any(|name| name == variant))
    }

    /// The wheel of uv for a platform word of `tools.toml`.
    pub fn uv_wheel(&self, platform: &str) -> Option<&UvWheel> {
        self.uv_wheels.iter().find(|row| row.platform == platform)
    }

    /// The card behind a PCI id. Where several share one, memory decides; without it there is no answer.
    pub fn gpu_by_pci(&self, id: PciId, memory_bytes: Option<u64>) -> Option<&Card> {
        let cards = || self.cards.iter().filter(|card| id.vendor == NVIDIA && card.pci.contains(&Device(id.device)));
        let first = cards().next()?;
        if cards().count() == 1 {
            return Some(first);
        }
        // Drivers report a little less than what is printed on the box.
        let has = memory_bytes? as f64 / f64::from(1 << 30);
        let mut fitting = cards().filter(|card| card.memory_gb.is_some_and(|gb| has > gb * 0.85 && has <= gb * 1.05));
        let card = fitting.next()?;
        fitting.next().is_none().then_some(card)
    }

    /// The compute capability behind a PCI id: the card's own, else that of its first digits, else none.
    pub fn capability_by_pci(&self, id: PciId) -> Option<ComputeCapability> {
        if id.vendor != NVIDIA {
            return None;
        }
        let device = Device(id.device);
        if let Some(card) = self.cards.iter().find(|card| card.pci.contains(&device)) {
            return Some(card.capability);
        }
        if let Some(row) = self.pci_exceptions.iter().find(|row| row.pci == device) {
            return row.capability;
        }
        let digits = format!("{:04x}", id.device);
        let longest =
            self.prefixes.iter().filter(|row| digits.starts_with(&row.prefix)).max_by_key(|row| row.prefix.len());
        longest.map(|row| row.capability)
    }

    /// The architecture of a compute capability.
    pub fn architecture(&self, capability: ComputeCapability) -> Option<&Architecture> {
        self.architectures.iter().find(|row| row.capabilities.contains(&capability))
    }

    /// Whether a build with this runtime could have code for a card at all; the answer where no list is known.
    pub fn could_have_code(&self, cuda: CudaVersion, capability: ComputeCapability) -> bool {
        // Code of an older member of the generation serves, so the generation's first release counts.
        let members =
            self.architectures.iter().filter(|row| row.capabilities.iter().any(|c| c.major == capability.major));
        let first = members.map(|row| row.first_cuda).min().flatten();
        let last = self.architecture(capability).and_then(|row| row.last_cuda);
        first.is_none_or(|first| cuda >= first) && last.is_none_or(|last| cuda <= last)
    }

    /// Whether a build has code for a card. `archs` as torch prints them: `sm_90`, `compute_120`.
    pub fn runs_on<S: AsRef<str>>(
        &self,
        archs: &[S],
        capability: ComputeCapability,
        cuda: Option<CudaVersion>,
    ) -> Kernels {
        let read = |prefix: &str| -> Vec<ComputeCapability> {
            let of_kind = archs.iter().map(AsRef::as_ref).filter(|arch| arch.starts_with(prefix));
            of_kind.filter_map(|arch| arch.parse().ok()).collect()
        };
        self.kernels(&read("sm_"), &read("compute_"), capability, cuda)
    }

    /// The same for a row of the table. What reports contradict each other about does not count.
    pub fn runs_row(&self, row: &ArchList, capability: ComputeCapability, cuda: Option<CudaVersion>) -> Kernels {
        self.kernels(&row.archs, &row.ptx, capability, cuda)
    }

    /// A cubin runs on cards of its major version whose minor is not below its own (binary compatibility); PTX can
    /// be compiled for anything newer.
    fn kernels(
        &self,
        cubins: &[ComputeCapability],
        ptx: &[ComputeCapability],
        capability: ComputeCapability,
        cuda: Option<CudaVersion>,
    ) -> Kernels {
        if cubins.contains(&capability) {
            return Kernels::Native;
        }
        let excepted = |code: &ComputeCapability| {
            self.code_exceptions.iter().any(|row| {
                row.code == *code
                    && row.not_on == capability
                    && row.until_cuda.is_none_or(|until| cuda.is_none_or(|cuda| cuda < until))
            })
        };
        let fits = |code: &&ComputeCapability| code.major == capability.major && code.minor <= capability.minor;
        if cubins.iter().filter(fits).any(|code| !excepted(code)) {
            return Kernels::SameMajor;
        }
        if ptx.iter().any(|code| *code <= capability) { Kernels::Ptx } else { Kernels::None }
    }

    /// Best speed of a card (by name) in a check (by name), in TFLOPS; known of matrix products alone.
    pub fn expected_of_check(&self, card: &str, check: &str) -> Option<f64> {
        self.expected_tflops(card, None, None, check.strip_prefix("matmul-")?)
    }

    /// The card's best dense speed in 10¹² operations a second; `dtype` is `fp32`, `tf32`, `fp16`, `bf16` or `fp8`.
    /// The id decides; the name the driver gives serves where the id is missing or shared.
    pub fn expected_tflops(
        &self,
        name: &str,
        id: Option<PciId>,
        memory_bytes: Option<u64>,
        dtype: &str,
    ) -> Option<f64> {
        let card = id.and_then(|id| self.gpu_by_pci(id, memory_bytes)).or_else(|| self.gpu_by_name(name))?;
        let Tflops { fp32, tf32, fp16, bf16, fp8 } = card.tflops;
        match dtype {
            "fp32" => fp32,
            "tf32" => tf32,
            "fp16" => fp16,
            "bf16" => bf16,
            "fp8" => fp8,
            _ => None,
        }
    }

    /// The card of a name as the driver gives it; `None` where several bear it.
    pub fn gpu_by_name(&self, name: &str) -> Option<&Card> {
        let bears = |card: &&Card| {
            name == card.name
                || card.driver_names.iter().any(|other| other == name)
                || name.strip_prefix("NVIDIA ").is_some_and(|rest| rest == card.name)
        };
        let mut cards = self.cards.iter().filter(bears);
        let card = cards.next()?;
        cards.next().is_none().then_some(card)
    }

    /// The compute capability of a name as people write it (`rtx 3070`, `GTX 5060 Ti 16GB`), for reports that say no
    /// more. `None` if no card or cards of several capabilities bear it.
    pub fn capability_by_name(&self, name: &str) -> Option<ComputeCapability> {
        let wanted = plain_name(name);
        let bears = |card: &&Card| {
            plain_name(&card.name) == wanted || card.driver_names.iter().any(|other| plain_name(other) == wanted)
        };
        let mut cards = self.cards.iter().filter(bears);
        let first = cards.next()?.capability;
        cards.all(|card| card.capability == first).then_some(first)
    }

    /// Why a Python cannot hold a release on a platform; `None` if it can.
    pub fn python_why_not(&self, python: &Python, release: &Release, platform: Platform) -> Option<PythonTrouble> {
        if let Some(unfit) = self.python_kinds.iter().find_map(|row| unfit(row.kind, python)) {
            return Some(unfit);
        }
        let Some(version) = python.version else { return Some(PythonTrouble::NotAsked) };
        let tags = &release.on(platform).pythons;
        if !tags.contains(&version.tag()) {
            let mut plain: Vec<_> =
                tags.iter().filter(|tag| !tag.ends_with('t')).filter_map(|t| python_of_tag(t)).collect();
            plain.sort_unstable();
            return Some(PythonTrouble::NoWheel { range: plain.first().copied().zip(plain.last().copied()) });
        }
        self.python_traps.iter().find(|row| row.version == version).map(|row| PythonTrouble::Trap {
            breaks: row.breaks.clone(),
            fixed_in: row.fixed_in,
            source: row.backing.source.clone(),
        })
    }
}

impl ArchList {
    /// Whether the row speaks of this build.
    pub fn is_of(&self, torch: &TorchVersion, variant: &str, platform: Platform) -> bool {
        self.platforms.contains(&platform)
            && self.variants.iter().any(|name| name == variant)
            && (self.torch.contains(torch) || self.before.as_ref().is_some_and(|before| torch < before))
    }
}

/// A card's name without what people and drivers add, leave out or mix up: maker, brand, memory, GTX for RTX.
fn plain_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace(['(', ')', '-', '_'], " ").replace(" gb", "gb");
    let is_memory = |word: &str| word.strip_suffix("gb").is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()));
    let mut words: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !is_memory(word) && !["nvidia", "geforce", "tesla", "corporation"].contains(word))
        .collect();
    // Not after Quadro: Quadro RTX 4000 is Turing, RTX 4000 (Ada) is not, and Quadro 4000 is neither.
    if words.first().is_some_and(|word| ["rtx", "gtx"].contains(word)) {
        words.remove(0);
    }
    words.join(" ")
}

fn unfit(kind: UnfitKind, python: &Python) -> Option<PythonTrouble> {
    match kind {
        UnfitKind::ThirtyTwoBit => (python.bits == Some(32)).then_some(PythonTrouble::ThirtyTwoBit),
        UnfitKind::FreeThreaded => python.free_threaded.then_some(PythonTrouble::FreeThreaded),
        UnfitKind::NotCpython => (!["cpython", "unknown"]
            .contains(&python.implementation.to_ascii_lowercase().as_str()))
        .then_some(PythonTrouble::NotCpython),
    }
}

/// `cp312` and `cp313t` → 3.12 and 3.13.
fn python_of_tag(tag: &str) -> Option<PythonVersion> {
    let digits = tag.strip_prefix("cp")?.trim_end_matches('t');
    let (major, minor) = digits.split_at_checked(1)?;
    Some(PythonVersion::minor(major.parse().ok()?, minor.parse().ok()?))
}
