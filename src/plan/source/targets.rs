//! What code is made for, in the words of torch's build and of the compiler.

use crate::facts::{ComputeCapability, OsFamily};
use crate::plan::wheel::step;
use crate::plan::{Action, PlanStep, inside};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The cards to serve, by compute capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Each once, oldest first.
    pub capabilities: Vec<ComputeCapability>,
    /// Code that the driver can translate for newer cards is put in as well.
    pub with_ptx: bool,
}

impl Targets {
    /// For these cards.
    pub fn of(cards: impl IntoIterator<Item = ComputeCapability>) -> Self {
        let mut capabilities: Vec<_> = cards.into_iter().collect();
        capabilities.sort_unstable();
        capabilities.dedup();
        Self { capabilities, with_ptx: false }
    }

    /// The value of `TORCH_CUDA_ARCH_LIST`: numbers such as `8.6;12.0`, since torch refuses `sm_120` there.
    pub fn list(&self) -> String {
        let numbers: Vec<String> = self.capabilities.iter().map(ToString::to_string).collect();
        format!("{}{}", numbers.join(";"), if self.with_ptx { "+PTX" } else { "" })
    }

    /// The names of the code: `sm_86, sm_120`.
    pub fn names(&self) -> String {
        let names: Vec<String> = self.capabilities.iter().map(|capability| capability.sm()).collect();
        names.join(", ")
    }

    /// The options of nvcc that make this code.
    pub(super) fn gencode(&self) -> Vec<String> {
        let newest = self.capabilities.last().filter(|_| self.with_ptx).map(|capability| capability.sm());
        let names = self.capabilities.iter().map(|capability| capability.sm());
        let codes = names.map(|sm| (sm.replace("sm_", "compute_"), sm));
        let ptx = newest.map(|sm| sm.replace("sm_", "compute_")).map(|compute| (compute.clone(), compute));
        let option = |(arch, code): (String, String)| ["-gencode".to_owned(), format!("arch={arch},code={code}")];
        codes.chain(ptx).flat_map(option).collect()
    }

    /// One look a card into what `CMake` wrote. The first has the plain key, so that one card has one.
    pub(super) fn expected(&self, os: OsFamily, folder: &Path) -> Vec<PlanStep> {
        let ninja = inside(os, &inside(os, folder, "build"), "build.ninja");
        let look = |(number, capability): (usize, &ComputeCapability)| {
            let sm = capability.sm();
            let key = if number == 0 { "check-build".to_owned() } else { format!("check-build-{}", number + 1) };
            let why = format!("CMake did not take up the card: the build would have no code for {sm}.");
            let any = vec![format!("code={sm}"), sm.replace("sm_", "arch=compute_")];
            let action = Action::Expect { path: ninja.clone(), any, why };
            step(&key, &format!("See that code for {sm} will be compiled"), action, Vec::new(), 50, "reading a file")
        };
        self.capabilities.iter().enumerate().map(look).collect()
    }
}
