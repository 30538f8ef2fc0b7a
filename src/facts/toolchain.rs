//! What builds C++ and CUDA code: toolkits and Visual Studio. The plain programs stand in `tools`.

use super::CudaVersion;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A CUDA toolkit with a compiler that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CudaToolkit {
    /// What its `nvcc` says.
    pub cuda: CudaVersion,
    /// The folder that `CUDA_HOME` and `CUDA_PATH` name.
    pub root: PathBuf,
    /// The compiler itself.
    pub nvcc: PathBuf,
}

/// A Visual Studio, or its Build Tools, with or without a C++ compiler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisualStudio {
    /// e.g. `Visual Studio Build Tools 2022`.
    pub name: String,
    /// Its folder.
    pub root: PathBuf,
    /// e.g. `17.13.35931.197`; 17 is Visual Studio 2022, 18 is 2026.
    pub version: String,
    /// Versions of its C++ tools, e.g. `14.44.35207`, the one it uses first; empty without the component for x64.
    pub toolsets: Vec<String>,
    /// Components that a build needs and that are not there, e.g.
    /// `Microsoft.VisualStudio.Component.VC.Tools.x86.x64`.
    pub missing: Vec<String>,
}
