//! Rows of `build.toml`: what building torch, or an extension for it, from source asks of a PC.

use super::{Backing, Needed};
use crate::catalog::CatalogError;
use crate::catalog::load::File;
use crate::facts::{ComputeCapability, CudaVersion, OsFamily, PythonVersion, TorchVersion};
use serde::Deserialize;

/// What the source of a release and its successors asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLine {
    /// First release it counts for; up to the next line's.
    pub from: TorchVersion,
    /// Oldest and newest Python.
    pub pythons: (PythonVersion, PythonVersion),
    /// 17 or 20.
    pub cxx: u8,
    /// Least GCC.
    pub least_gcc: String,
    /// Least `_MSC_VER`.
    pub least_msc: u32,
    /// Least `CMake`.
    pub least_cmake: String,
    /// Packages that must stand in the environment, since it is built without isolation.
    pub requires: Vec<String>,
    /// Packages that the finished torch needs, CUDA's libraries and triton aside.
    pub runs_with: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// A CUDA toolkit: what it compiles, and with which host compilers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolkitCompiler {
    /// Its version.
    pub cuda: CudaVersion,
    /// The day, where known.
    pub published: Option<jiff::civil::Date>,
    /// Newest major version of GCC.
    pub max_gcc: u32,
    /// Newest `_MSC_VER`.
    pub max_msc: u32,
    /// What it makes code for.
    pub archs: Vec<ComputeCapability>,
    /// Whether its Windows installer brings a display driver.
    pub windows_driver: bool,
    /// Where it comes from.
    pub backing: Backing,
}

impl ToolkitCompiler {
    /// Whether its nvcc knows a card's architecture.
    pub fn knows(&self, capability: ComputeCapability) -> bool {
        self.archs.contains(&capability)
    }
}

/// A Visual Studio.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisualStudio {
    /// The year in its name.
    pub year: u16,
    /// Range of `_MSC_VER`, both included.
    pub msc: (u32, u32),
    /// Range for `vswhere -version`.
    pub vswhere: String,
    /// Its Build Tools for winget.
    pub winget: String,
    /// Its installer.
    pub url: String,
    /// What the installer adds, by id.
    pub components: Vec<String>,
    /// What `vswhere -requires` asks for.
    pub requires: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// What a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingKind {
    /// An environment variable.
    Variable,
    /// A switch of `CMake`, given in `CMAKE_ARGS`.
    Switch,
    /// A command or a habit of older guides.
    Habit,
}

/// What is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BuildOf {
    /// Torch itself.
    Torch,
    /// A CUDA extension, against a torch that is there.
    Extension,
}

/// A variable, switch or habit of a source build.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSetting {
    /// e.g. `TORCH_CUDA_ARCH_LIST`.
    pub name: String,
    /// What it is.
    pub kind: SettingKind,
    /// For which builds.
    pub of: Vec<BuildOf>,
    /// On which systems; empty: on all.
    #[serde(default)]
    pub on: Vec<OsFamily>,
    /// Its value; `{archs}`, `{jobs}`, `{cuda_home}`, `{nvcc}`, `{cxx}`, `{environment}`, `{torch}` and `{variant}`
    /// are filled in. `None` for what is never set.
    pub value: Option<String>,
    /// Whether it is set.
    pub needed: Needed,
    /// The release of torch that `since` or `until` speak of.
    pub torch: Option<TorchVersion>,
    /// The toolkit that `since` or `until` speak of.
    pub cuda: Option<CudaVersion>,
    /// In plain words.
    pub why: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// The packages of a family of distributions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributionPackages {
    /// `ID` or `ID_LIKE` of `/etc/os-release`.
    pub ids: Vec<String>,
    /// The command before the packages; run as administrator.
    pub install: Vec<String>,
    /// Compilers, git, Ninja and Python's headers.
    pub packages: Vec<String>,
    /// The toolkit from NVIDIA's repository; `{major}` and `{minor}` are filled in.
    pub toolkit: Option<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// A program of a source build on Windows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowsTool {
    /// Stable word.
    pub code: String,
    /// Its name.
    pub name: String,
    /// For winget; `None`: by its installer.
    pub winget: Option<String>,
    /// Its page.
    pub url: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// What is particular to Windows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowsBuild {
    /// Further packages from `PyPI`.
    pub packages: Vec<String>,
    /// A folder whose path is short.
    pub short_root: String,
    /// Arguments of git that let it write long paths.
    pub git: Vec<String>,
    /// What sets up the compiler's environment, below the folder of a Visual Studio.
    pub vcvarsall: String,
    /// Its arguments.
    pub vcvarsall_arguments: Vec<String>,
    /// What finds a Visual Studio, below `%ProgramFiles(x86)%`.
    pub vswhere: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// What building an extension asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionBuild {
    /// Packages that must stand in the environment.
    pub packages: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// How many compilers may run at once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildMemory {
    /// Kept for the rest of the system, in 2³⁰ bytes.
    pub reserve_gb: u64,
    /// What a job takes with the kernels of attention.
    pub job_gb: u64,
    /// What a job takes without them.
    pub small_job_gb: u64,
    /// Where it comes from.
    pub backing: Backing,
}

impl BuildMemory {
    /// Jobs for so many cores and so much free memory; one at least.
    pub fn jobs(&self, cores: u32, free_bytes: u64, with_attention: bool) -> u32 {
        let free_gb = (free_bytes >> 30).saturating_sub(self.reserve_gb);
        let each = if with_attention { self.job_gb } else { self.small_job_gb };
        let by_memory = free_gb.checked_div(each).unwrap_or(free_gb);
        u32::try_from(by_memory).unwrap_or(u32::MAX).min(cores).max(1)
    }
}

/// What a build takes of the disk, in 2³⁰ bytes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildDisk {
    /// Source with its submodules.
    pub source_gb: u32,
    /// The tree of a build for one architecture, at most.
    pub tree_gb: u32,
    /// The CUDA toolkit, at most.
    pub toolkit_gb: u32,
    /// Build Tools of Visual Studio, at most.
    pub visual_studio_gb: u32,
    /// To ask for where nothing is there yet.
    pub plan_gb: u32,
    /// What the project's own README names as the least.
    pub readme_gb: u32,
    /// Where it comes from.
    pub backing: Backing,
}

/// How long a build takes: minutes of one job.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildTime {
    /// If all goes well.
    pub low_job_minutes: u32,
    /// On a slower PC.
    pub high_job_minutes: u32,
    /// Not faster than this, however many jobs.
    pub least_minutes: u32,
    /// Where it comes from.
    pub backing: Backing,
}

impl BuildTime {
    /// Lowest and highest number of minutes with so many jobs.
    pub fn minutes(&self, jobs: u32) -> (u32, u32) {
        let each = |all: u32| all.div_ceil(jobs.max(1)).max(self.least_minutes);
        (each(self.low_job_minutes), each(self.high_job_minutes))
    }
}

/// Where the source is and how it is built.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRepository {
    /// For `git clone`.
    pub url: String,
    /// The tag of a release; `{torch}` is filled in.
    pub tag: String,
    /// Arguments of `git` after the tag is checked out, in order.
    pub submodules: Vec<Vec<String>>,
    /// Arguments of Python that make a wheel.
    pub wheel: Vec<String>,
    /// Arguments of Python that install the tree in place.
    pub editable: Vec<String>,
    /// Since this release nobody with a card of `common_capability` needs a source build.
    pub common_since: TorchVersion,
    /// See `common_since`.
    pub common_capability: ComputeCapability,
    /// Where it comes from.
    pub backing: Backing,
}

/// What building from source asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceBuild {
    /// Where the source is.
    pub repository: SourceRepository,
    /// Per release of torch, newest first.
    pub lines: Vec<SourceLine>,
    /// CUDA toolkits, oldest first.
    pub compilers: Vec<ToolkitCompiler>,
    /// Visual Studios, newest first.
    pub visual_studios: Vec<VisualStudio>,
    /// Variables, switches and habits.
    pub settings: Vec<SourceSetting>,
    /// Packages on Linux.
    pub packages: Vec<DistributionPackages>,
    /// Programs on Windows.
    pub windows_tools: Vec<WindowsTool>,
    /// What is particular to Windows.
    pub windows: WindowsBuild,
    /// What extensions ask for.
    pub extension: ExtensionBuild,
    /// Jobs by memory.
    pub memory: BuildMemory,
    /// Disk.
    pub disk: BuildDisk,
    /// Time.
    pub time: BuildTime,
}

impl SourceBuild {
    pub(in crate::catalog) fn read(file: &mut File) -> Result<Self, CatalogError> {
        Ok(Self {
            repository: file.row("repository")?,
            lines: file.rows("line")?,
            compilers: file.rows("compiler")?,
            visual_studios: file.rows("visual_studio")?,
            settings: file.rows("setting")?,
            packages: file.rows("packages")?,
            windows_tools: file.rows("windows_tool")?,
            windows: file.row("windows")?,
            extension: file.row("extension")?,
            memory: file.row("memory")?,
            disk: file.row("disk")?,
            time: file.row("time")?,
        })
    }

    pub(in crate::catalog) fn backings(&self) -> Vec<&Backing> {
        let Self {
            repository,
            lines,
            compilers,
            visual_studios,
            settings,
            packages,
            windows_tools,
            windows,
            extension,
            memory,
            disk,
            time,
        } = self;
        let rows = lines.iter().map(|row| &row.backing).chain(compilers.iter().map(|row| &row.backing));
        rows.chain(visual_studios.iter().map(|row| &row.backing))
            .chain(settings.iter().map(|row| &row.backing))
            .chain(packages.iter().map(|row| &row.backing))
            .chain(windows_tools.iter().map(|row| &row.backing))
            .chain([
                &repository.backing,
                &windows.backing,
                &extension.backing,
                &memory.backing,
                &disk.backing,
                &time.backing,
            ])
            .collect()
    }

    /// What a release's source asks for; `None` for those older than the oldest line.
    pub fn line(&self, torch: &TorchVersion) -> Option<&SourceLine> {
        // A development version of 2.16 counts as later than 2.15, an alpha of 2.15 as 2.14: both are true.
        self.lines.iter().find(|line| *torch >= line.from)
    }

    /// The compiler of a toolkit.
    pub fn compiler(&self, cuda: CudaVersion) -> Option<&ToolkitCompiler> {
        self.compilers.iter().find(|row| row.cuda == cuda)
    }

    /// The Visual Studio of an `_MSC_VER`.
    pub fn visual_studio(&self, msc: u32) -> Option<&VisualStudio> {
        self.visual_studios.iter().find(|row| (row.msc.0..=row.msc.1).contains(&msc))
    }

    /// The settings of a build on a system for a release and a toolkit, those that are never needed left out.
    pub fn settings(
        &self,
        of: BuildOf,
        os: OsFamily,
        torch: &TorchVersion,
        cuda: CudaVersion,
    ) -> impl Iterator<Item = &SourceSetting> {
        let applies = move |row: &&SourceSetting| {
            let here = row.on.is_empty() || row.on.contains(&os);
            let reached =
                row.torch.as_ref().is_none_or(|from| torch >= from) && row.cuda.is_none_or(|from| cuda >= from);
            here && row.of.contains(&of)
                && match row.needed {
                    Needed::Always | Needed::Choice => true,
                    Needed::Since => reached,
                    Needed::Until => !reached,
                    Needed::Never => false,
                }
        };
        self.settings.iter().filter(applies)
    }

    /// The packages of a distribution, by its `ID` and `ID_LIKE`.
    pub fn packages(&self, ids: &[&str]) -> Option<&DistributionPackages> {
        ids.iter().find_map(|id| self.packages.iter().find(|row| row.ids.iter().any(|name| name == id)))
    }
}
