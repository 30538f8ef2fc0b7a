//! Rows of `containers.toml`.

use super::{Backing, Needed, Platform};
use crate::catalog::CatalogError;
use crate::catalog::load::File;
use crate::facts::{ComputeCapability, ContainerProgram, CudaVersion, DriverVersion, PythonVersion, TorchVersion};
use serde::Deserialize;

/// Who makes an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageKind {
    /// `pytorch/pytorch` on Docker Hub: the published wheels in an image.
    Pytorch,
    /// `nvcr.io/nvidia/pytorch`: a build of NVIDIA's own.
    Ngc,
}

/// What an image holds beside torch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// What torch needs to run.
    Runtime,
    /// The compilers of CUDA as well.
    Devel,
}

impl Flavour {
    /// The word in a tag.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Devel => "devel",
        }
    }
}

/// An image with torch in it whose tag somebody has seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// With its tag.
    pub image: String,
    /// Who makes it.
    pub kind: ImageKind,
    /// What it holds beside torch.
    pub flavour: Flavour,
    /// Public version of torch, of an alpha the release it became; `None` if nobody has looked.
    pub torch: Option<TorchVersion>,
    /// Its CUDA runtime in the word of the wheels; `None` if nobody has looked.
    pub variant: Option<String>,
    /// Python in it.
    pub python: Option<PythonVersion>,
    /// The systems it is for.
    pub platforms: Vec<Platform>,
    /// Least and newest compute capability that the maker names, where the list is not known.
    pub least: Option<ComputeCapability>,
    /// See `least`.
    pub newest: Option<ComputeCapability>,
    /// Compiled code, `sm_XY`; empty: that of the wheels of the same torch, or not known.
    #[serde(default)]
    pub archs: Vec<ComputeCapability>,
    /// Code that the driver compiles at first use.
    #[serde(default)]
    pub ptx: Vec<ComputeCapability>,
    /// The sources contradict each other whether these are in it.
    #[serde(default)]
    pub unsure: Vec<ComputeCapability>,
    /// Least driver that the maker asks for on Linux, where that is more than the runtime's.
    pub least_driver: Option<DriverVersion>,
    /// Driver that the maker recommends.
    pub advised_driver: Option<DriverVersion>,
    /// Download in 10⁶ bytes.
    pub download_mb: Option<u32>,
    /// Unpacked, in 10⁶ bytes.
    pub disk_mb: Option<u32>,
    /// Hash of the image, where somebody has noted it.
    pub digest: Option<String>,
    /// Where it comes from.
    pub backing: Backing,
}

impl Image {
    /// Its CUDA runtime.
    pub fn cuda(&self) -> Option<CudaVersion> {
        self.variant.as_deref().and_then(CudaVersion::of_variant)
    }
}

/// How tags are made up that nobody has seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagePattern {
    /// Who makes the images.
    pub kind: ImageKind,
    /// With `{torch}`, `{cuda}` and `{flavour}`.
    pub pattern: String,
    /// First release of torch with such a tag.
    pub from: TorchVersion,
    /// Releases that had no such tag when somebody looked.
    #[serde(default)]
    pub not_found: Vec<TorchVersion>,
    /// Where it comes from.
    pub backing: Backing,
}

/// An argument of `docker run` and `podman run`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFlag {
    /// As arguments.
    pub flag: Vec<String>,
    /// For which programs.
    pub programs: Vec<ContainerProgram>,
    /// Whether it is given.
    pub needed: Needed,
    /// In plain words.
    pub why: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// An image to put the locked wheels into.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseImage {
    /// With its tag; `{python}` stands for a minor version.
    pub image: String,
    /// `Never` for those that people take and that do not serve.
    pub needed: Needed,
    /// In plain words.
    pub why: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// What hands NVIDIA cards to containers on Linux.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerToolkit {
    /// Package of the distribution, from NVIDIA's repository.
    pub package: String,
    /// How the repository is added and the package installed.
    pub guide: String,
    /// Makes Docker know it; each is a command.
    pub docker: Vec<Vec<String>>,
    /// Makes Podman know it.
    pub podman: Vec<Vec<String>>,
    /// First release that writes the list of devices for Podman by itself.
    pub writes_devices_from: String,
    /// First Docker with `--gpus`.
    pub least_docker: String,
    /// First Podman that takes devices by name.
    pub least_podman: String,
    /// Docker Desktop on Windows brings its own with the WSL2 engine.
    pub in_docker_desktop: bool,
    /// Arguments after the program's name: prints the cards if all is well.
    pub check_docker: Vec<String>,
    /// The same for Podman.
    pub check_podman: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// What is known about containers beside the images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Containers {
    /// How further tags are made up.
    pub patterns: Vec<ImagePattern>,
    /// Arguments of `docker run` and `podman run`.
    pub run_flags: Vec<RunFlag>,
    /// What the locked wheels are put into.
    pub bases: Vec<BaseImage>,
    /// What hands the cards to containers.
    pub toolkit: ContainerToolkit,
    /// Rules about working inside images.
    pub rules: Vec<ImageRule>,
}

impl Containers {
    pub(in crate::catalog) fn read(file: &mut File) -> Result<Self, CatalogError> {
        Ok(Self {
            patterns: file.rows("pattern")?,
            run_flags: file.rows("run_flag")?,
            bases: file.rows("base")?,
            toolkit: file.row("toolkit")?,
            rules: file.rows("rule")?,
        })
    }

    pub(in crate::catalog) fn backings(&self) -> Vec<&Backing> {
        let Self { patterns, run_flags, bases, toolkit, rules } = self;
        let rows = patterns.iter().map(|row| &row.backing).chain(run_flags.iter().map(|row| &row.backing));
        rows.chain(bases.iter().map(|row| &row.backing))
            .chain(rules.iter().map(|row| &row.backing))
            .chain([&toolkit.backing])
            .collect()
    }

    /// The arguments that are always given to a program, with their reasons.
    pub fn flags(&self, program: ContainerProgram) -> impl Iterator<Item = &RunFlag> {
        self.run_flags.iter().filter(move |row| row.needed == Needed::Always && row.programs.contains(&program))
    }

    /// The image that wheels for this Python are put into.
    pub fn base(&self, python: PythonVersion) -> Option<String> {
        let row = self.bases.iter().find(|row| row.needed == Needed::Always)?;
        Some(row.image.replace("{python}", &python.short()))
    }
}

/// A rule about working inside the images of a maker.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageRule {
    /// Stable word.
    pub code: String,
    /// Whose images.
    pub kind: ImageKind,
    /// In plain words.
    pub why: String,
    /// Where it comes from.
    pub backing: Backing,
}
