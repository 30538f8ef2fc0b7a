//! What is known about cards, drivers and wheels: the tables of `assets/catalog/`, compiled in.
//!
//! Pure. Answers questions about single facts; what follows from them together is `assess`'s affair.

mod cards;
mod check;
mod code;
mod drivers;
mod images;
mod live;
mod load;
mod names;
mod pythons;
mod rows;

pub use drivers::{DriverFloor, Drives};
pub use live::{
    LiveIndex, LiveWheel, NewRelease, News, Nightly, Pythons, TORCH_INDEX, fixed_variant, nightly_page, variant_page,
};
pub use pythons::PythonTrouble;
pub use rows::{
    ArchList, Architecture, Backing, BaseImage, Branch, BuildDisk, BuildMemory, BuildOf, BuildTime, CALLED, Card,
    CodeException, CompanionSet, Confidence, ContainerToolkit, Containers, Device, DistributionLibc,
    DistributionPackages, DriverFault, DriverOrigin, FaultSide, FileHead, FirstLinux, Flavour, Generation,
    HardwareRules, Image, ImageKind, ImagePattern, ImageRule, KernelModule, Kit, KitIssue, KitProgram, Kits, Libc,
    LongestMember, ModulesOfCards, NamedCards, Needed, NextVariants, NightlyLife, Numbering, OnWindows, OtherBuild,
    PciException, PciPrefix, Pin, Platform, PlatformBuilds, PythonChoice, PythonKind, PythonTrap, Release, Replaces,
    RunFlag, Runtime, SettingKind, SeveralRule, Size, SourceBuild, SourceLine, SourceOnly, SourceRepository,
    SourceSetting, Tflops, Toolkit, ToolkitCompiler, Topic, TopicSource, TorchPackage, UnfitKind, Uv, UvWheel,
    VcLibrary, VisualStudio, WindowRule, WindowsBuild, WindowsReleases, WindowsTool, Within, WslCommand, WslConfig,
    WslDistribution, WslForbidden, WslLimit, WslNeeds, WslPlace, WslRules, Xid,
};

use crate::facts::TorchVersion;
use load::File;
use names::Names;
use pythons::python_of_tag;
use std::sync::OnceLock;

const DRIVERS: &str = "drivers.toml";
const GPUS: &str = "gpus.toml";
const ARCHITECTURES: &str = "architectures.toml";
const WHEELS: &str = "wheels.toml";
const COMPANIONS: &str = "companions.toml";
const TOOLS: &str = "tools.toml";
const CONTAINERS: &str = "containers.toml";
const BUILD: &str = "build.toml";
const WSL: &str = "wsl.toml";
const SYSTEMS: &str = "systems.toml";
const XIDS: &str = "xids.toml";
const KITS: &str = "kits.toml";
const HARDWARE: &str = "hardware.toml";

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
    /// Several rows do not hold, or are missing.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several(Vec<CatalogError>),
}

/// The texts of the files.
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
    /// `containers.toml`
    pub containers: &'a str,
    /// `build.toml`
    pub build: &'a str,
    /// `wsl.toml`
    pub wsl: &'a str,
    /// `systems.toml`
    pub systems: &'a str,
    /// `xids.toml`
    pub xids: &'a str,
    /// `kits.toml`
    pub kits: &'a str,
    /// `hardware.toml`
    pub hardware: &'a str,
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
        containers: include_str!("../assets/catalog/containers.toml"),
        build: include_str!("../assets/catalog/build.toml"),
        wsl: include_str!("../assets/catalog/wsl.toml"),
        systems: include_str!("../assets/catalog/systems.toml"),
        xids: include_str!("../assets/catalog/xids.toml"),
        kits: include_str!("../assets/catalog/kits.toml"),
        hardware: include_str!("../assets/catalog/hardware.toml"),
    };
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
    /// The files with the day somebody last looked.
    pub files: Vec<FileHead>,
    /// Runtime in the wheel → least driver.
    pub runtimes: Vec<Runtime>,
    /// Generation of the card → least driver, and the branch that dropped it.
    pub generations: Vec<Generation>,
    /// The branches of the driver, oldest first.
    pub branches: Vec<Branch>,
    /// Which kernel modules drive which cards on Linux.
    pub kernel_modules: Vec<ModulesOfCards>,
    /// Drivers with known faults.
    pub driver_faults: Vec<DriverFault>,
    /// Where drivers for Linux come from; the last row is for every system.
    pub driver_origins: Vec<DriverOrigin>,
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
    /// How long such a build is listed.
    pub nightly_life: NightlyLife,
    /// Variants that the index may have one day.
    pub next: NextVariants,
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
    /// Packages that are installed beside torch.
    pub packages: Vec<TorchPackage>,
    /// Builds that others publish.
    pub other_builds: Vec<OtherBuild>,
    /// The uv that is brought along.
    pub uv: Uv,
    /// Its wheels.
    pub uv_wheels: Vec<UvWheel>,
    /// Patch releases of Python that are refused.
    pub python_traps: Vec<PythonTrap>,
    /// Files of Microsoft's C++ runtime that torch's libraries load.
    pub vc_libraries: Vec<VcLibrary>,
    /// Kinds of Python that are refused.
    pub python_kinds: Vec<PythonKind>,
    /// The Python taken by default.
    pub python_choice: PythonChoice,
    /// Images with torch inside.
    pub images: Vec<Image>,
    /// How containers are run.
    pub containers: Containers,
    /// What building from source asks for.
    pub source: SourceBuild,
    /// What CUDA inside WSL2 asks for.
    pub wsl: WslRules,
    /// Names of cards beside those of [`Catalog::cards`].
    pub named: Vec<NamedCards>,
    /// Distribution and release → C library.
    pub distributions: Vec<DistributionLibc>,
    /// Windows and release → build.
    pub windows: Vec<WindowsReleases>,
    /// What the driver's Xid events mean.
    pub xids: Vec<Xid>,
    /// What goes on top of a torch.
    pub kits: Kits,
    /// When advice on a PC's hardware is due.
    pub hardware: HardwareRules,
    names: Names,
}

impl Catalog {
    /// The catalogue compiled in; parsed once.
    pub fn embedded() -> Result<&'static Self, CatalogError> {
        static PARSED: OnceLock<Result<Catalog, CatalogError>> = OnceLock::new();
        PARSED.get_or_init(|| Self::from_texts(&Texts::EMBEDDED)).as_ref().map_err(Clone::clone)
    }

    /// Parses and checks the texts.
    pub fn from_texts(texts: &Texts<'_>) -> Result<Self, CatalogError> {
        let mut drivers = File::parse(DRIVERS, texts.drivers)?;
        let mut gpus = File::parse(GPUS, texts.gpus)?;
        let mut architectures = File::parse(ARCHITECTURES, texts.architectures)?;
        let mut wheels = File::parse(WHEELS, texts.wheels)?;
        let mut companions = File::parse(COMPANIONS, texts.companions)?;
        let mut tools = File::parse(TOOLS, texts.tools)?;
        let mut containers = File::parse(CONTAINERS, texts.containers)?;
        let mut build = File::parse(BUILD, texts.build)?;
        let mut wsl = File::parse(WSL, texts.wsl)?;
        let mut systems = File::parse(SYSTEMS, texts.systems)?;
        let mut xids = File::parse(XIDS, texts.xids)?;
        let mut kits = File::parse(KITS, texts.kits)?;
        let mut hardware = File::parse(HARDWARE, texts.hardware)?;
        let files = [
            &mut drivers,
            &mut gpus,
            &mut architectures,
            &mut wheels,
            &mut companions,
            &mut tools,
            &mut containers,
            &mut build,
            &mut wsl,
            &mut systems,
            &mut xids,
            &mut kits,
            &mut hardware,
        ];
        let files = files.into_iter().map(File::head).collect::<Result<_, _>>()?;
        let cards = gpus.rows("cards")?;
        let named = gpus.rows("named")?;
        let catalog = Self {
            files,
            names: Names::new(&cards, &named),
            named,
            distributions: systems.rows("distribution")?,
            windows: systems.rows("windows")?,
            xids: xids.rows("xid")?,
            kits: Kits::read(&mut kits)?,
            hardware: HardwareRules::read(&mut hardware)?,
            runtimes: drivers.rows("runtime")?,
            generations: drivers.rows("generation")?,
            branches: drivers.rows("branch")?,
            kernel_modules: drivers.rows("kernel_module")?,
            driver_faults: drivers.rows("fault")?,
            driver_origins: drivers.rows("origin")?,
            first_linux: drivers.rows_in("first_linux", "cards")?,
            toolkits: drivers.rows("toolkit")?,
            cards,
            prefixes: gpus.rows("prefixes")?,
            pci_exceptions: gpus.rows("exceptions")?,
            architectures: architectures.rows("architecture")?,
            code_exceptions: architectures.rows("exception")?,
            nightly: wheels.value("nightly")?,
            nightly_life: wheels.row("nightly_life")?,
            next: wheels.row("next")?,
            releases: wheels.rows("release")?,
            arch_lists: wheels.rows("arch_list")?,
            sizes: wheels.rows("size")?,
            longest_members: wheels.rows("longest_member")?,
            companion_sets: companions.rows("set")?,
            packages: companions.rows("package")?,
            other_builds: wheels.rows("other_build")?,
            uv: tools.row("uv")?,
            uv_wheels: tools.rows("uv_wheel")?,
            python_traps: tools.rows("python_trap")?,
            vc_libraries: tools.rows("vc_library")?,
            python_kinds: tools.rows("python_kind")?,
            python_choice: tools.row("python_choice")?,
            images: containers.rows("image")?,
            containers: Containers::read(&mut containers)?,
            source: SourceBuild::read(&mut build)?,
            wsl: WslRules::read(&mut wsl)?,
        };
        for file in [
            drivers,
            gpus,
            architectures,
            wheels,
            companions,
            tools,
            containers,
            build,
            wsl,
            systems,
            xids,
            kits,
            hardware,
        ] {
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

    /// What an Xid event means; `None` for one that is not in the table.
    pub fn xid(&self, number: u64) -> Option<&Xid> {
        self.xids.iter().find(|row| row.number == number)
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

    /// The GNU C library of a distribution's release (`22.04.3` counts as `22.04`); the name in small letters.
    pub fn glibc_of(&self, distribution: &str, release: &str) -> Option<(u32, u32)> {
        let row = self.distributions.iter().find(|row| row.names.iter().any(|name| name == distribution))?;
        let is_part =
            |part: &str| release.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        row.glibc.iter().find(|(part, _)| is_part(part)).map(|(_, libc)| libc.0)
    }

    /// The build of a release of Windows: `Windows 11` and `24H2`.
    pub fn windows_build(&self, name: &str, release: &str) -> Option<u32> {
        self.windows.iter().find(|row| row.name == name)?.builds.get(release).copied()
    }
}
