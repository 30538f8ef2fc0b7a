//! Facts + catalogue → one [`Assessment`] per [`Route`]: the only place that decides.
//!
//! Pure: reads no clock, file, variable or socket.

mod advice;
mod cpu;
mod docker;
mod driver;
mod either;
mod inside;
mod installed;
mod machine;
mod nightly;
mod reasons;
mod source;
mod stop;
mod wheel;
mod windows;
mod wsl2;

pub use advice::{
    DriverAdvice, InstalledTorch, TorchStatus, Wait, driver_advice, installed_torch, installed_torch_inside,
    only_torch, python_why_not, wait,
};
pub use driver::{DRIVER_PAGE, DriverGuide, Serves, driver_guide};
pub use reasons::VC_RUNTIME_MISSING;
pub use windows::{install_vc_runtime, vc_runtime_page};

use crate::catalog::{Catalog, LiveIndex};
use crate::facts::{MachineFacts, PythonVersion, TorchVersion};
use crate::text::Text;
use machine::Context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The ways to a working torch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// A stable wheel of the variant that fits card and driver.
    Wheel,
    /// A pre-release wheel, pinned to its date.
    Nightly,
    /// Built here from source.
    Source,
    /// Inside WSL2 (Windows only).
    Wsl2,
    /// In a container.
    Docker,
    /// On the processor, honestly named.
    Cpu,
}

impl Route {
    /// All routes, in the order they are shown.
    pub const ALL: [Self; 6] = [Self::Wheel, Self::Nightly, Self::Source, Self::Wsl2, Self::Docker, Self::Cpu];

    /// The word of the command line and of JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wheel => "wheel",
            Self::Nightly => "nightly",
            Self::Source => "source",
            Self::Wsl2 => "wsl2",
            Self::Docker => "docker",
            Self::Cpu => "cpu",
        }
    }
}

/// One sentence for people plus a stable code for tests and support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable word, e.g. `driver-too-old`.
    pub code: String,
    /// The sentence, in English.
    pub text: String,
    /// Public page or measurement that backs the rule.
    pub source: Option<String>,
    /// What the sentence was made of, to say it in another language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Reason {
    /// The sentence in the language of `text`; in English where that language has no such sentence.
    pub fn said(&self, text: &Text) -> String {
        let key = reasons::key("reason", &self.code, &self.args);
        text.of_engine(&key, &self.args).unwrap_or_else(|| self.text.clone())
    }
}

/// What would make a blocked route possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unblock {
    /// Stable word, e.g. `install-driver`; empty in what older versions saved.
    #[serde(default)]
    pub code: String,
    /// The sentence, in English.
    pub text: String,
    /// A command that does it, if one does.
    pub command: Option<String>,
    /// What the sentence was made of, to say it in another language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Unblock {
    /// The sentence in the language of `text`; in English where that language has no such sentence.
    pub fn said(&self, text: &Text) -> String {
        let key = reasons::key("unblock", &self.code, &self.args);
        text.of_engine(&key, &self.args).unwrap_or_else(|| self.text.clone())
    }
}

/// The answer for one route. The words are those of CLI.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The best of those that work; at most one per list.
    Recommended {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// The plan can be run now, with the present driver.
    Works {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// Something outside the plan must change first.
    Blocked {
        /// Why.
        reasons: Vec<Reason>,
        /// What would help.
        unblock: Vec<Unblock>,
    },
    /// A deciding fact is missing; the user may still go on, told of the risk.
    Unknown {
        /// Which fact.
        reasons: Vec<Reason>,
    },
}

impl Verdict {
    /// The word of CLI.md.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Recommended { .. } => "recommended",
            Self::Works { .. } => "works",
            Self::Blocked { .. } => "blocked",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Its reasons.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Recommended { reasons }
            | Self::Works { reasons }
            | Self::Unknown { reasons }
            | Self::Blocked { reasons, .. } => reasons,
        }
    }

    /// Its reasons, to change them.
    pub const fn reasons_mut(&mut self) -> &mut Vec<Reason> {
        match self {
            Self::Recommended { reasons }
            | Self::Works { reasons }
            | Self::Unknown { reasons }
            | Self::Blocked { reasons, .. } => reasons,
        }
    }
}

/// Where a build is fetched from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Origin {
    /// The variant's page of `download.pytorch.org`.
    TorchIndex {
        /// e.g. `https://download.pytorch.org/whl/cu130`.
        url: String,
    },
    /// A mirror the user named.
    Mirror {
        /// Its page of the variant.
        url: String,
    },
    /// `PyPI` (or the index that uv's and pip's settings name in its place): its default build is this variant.
    Pypi,
    /// A container image that holds it.
    Image {
        /// With its tag, e.g. `pytorch/pytorch:2.14.1-cuda13.0-cudnn9-runtime`.
        image: String,
    },
    /// Built here from this state of the source.
    Git {
        /// The repository.
        url: String,
        /// e.g. `v2.15.0`.
        tag: String,
    },
}

/// A published build of torch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Public version, e.g. `2.15.0`.
    pub torch: TorchVersion,
    /// `cu130`, `cpu` …
    pub variant: String,
    /// Minor version of Python it is installed for; `None` for an image that nobody has looked into.
    pub python: Option<PythonVersion>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether the live index was seen to have it; `false` rests on the catalogue alone.
    pub seen_live: bool,
}

/// What a plan asks of the user or brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// uv brings a Python.
    Python,
    /// uv itself is fetched.
    Uv,
    /// Administrator rights for one step.
    Administrator,
    /// A restart.
    Restart,
    /// Consent to a download much larger than the route needs (`cpu-build-unreachable`).
    Consent,
}

/// How likely a route is to end in trouble, by what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Released and tested builds, in a folder of their own.
    Low,
    /// Builds of one night, or parts of the system that are changed.
    Medium,
    /// An hour or more of compiling that can fail at its end.
    High,
}

impl Risk {
    /// The word of JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The verdict on one route, with what would be installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Which route.
    pub route: Route,
    /// The answer.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What would be installed; `None` if nothing can be named.
    pub build: Option<Build>,
    /// Every variant of any torch version that runs on all chosen cards with the present driver.
    pub acceptable_variants: Vec<String>,
    /// Numbers of the cards it is for; all of them where it says nothing.
    #[serde(default)]
    pub gpus: Vec<u32>,
    /// Estimate; the plan knows it to the byte.
    pub download_bytes: Option<u64>,
    /// Estimate of what the environment takes on its volume.
    pub disk_bytes: Option<u64>,
    /// Low and high estimate of the time, in seconds.
    pub seconds: Option<(u32, u32)>,
    /// What the plan brings along or asks for.
    pub needs: Vec<Need>,
    /// How likely it is to end in trouble; `None` if nothing can be installed.
    #[serde(default)]
    pub risk: Option<Risk>,
}

impl Assessment {
    /// The answer for a route of which nothing can be installed.
    fn without_build(route: Route, verdict: Verdict) -> Self {
        Self {
            route,
            verdict,
            build: None,
            acceptable_variants: Vec::new(),
            gpus: Vec::new(),
            download_bytes: None,
            disk_bytes: None,
            seconds: None,
            needs: Vec::new(),
            risk: None,
        }
    }
}

/// What the user has chosen; empty is "the wizard decides".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Numbers of the cards to serve; all of them if not said.
    pub gpus: Option<Vec<u32>>,
    /// This release; a local part names the variant, too.
    pub torch: Option<TorchVersion>,
    /// This variant.
    pub variant: Option<String>,
    /// This Python; without a patch any of its minor version.
    pub python: Option<PythonVersion>,
    /// A mirror of the torch index: its root, or the page of one variant.
    pub mirror: Option<String>,
    /// This route is the one to recommend, if it works.
    pub route: Option<Route>,
}

/// The routes from the one that asks least of the user to the one that asks most.
const BY_EFFORT: [Route; 5] = [Route::Wheel, Route::Nightly, Route::Docker, Route::Wsl2, Route::Source];

/// Pure and total: every route gets an answer, in display order.
pub fn assess(facts: &MachineFacts, catalog: &Catalog, live: &LiveIndex, wishes: &Wishes) -> Vec<Assessment> {
    let judged = |facts: &MachineFacts| judged(&Context { facts, catalog, live, wishes });
    let mut list = match either::machines(facts) {
        Some([one, other]) => judged(&one).into_iter().zip(judged(&other)).map(|(a, b)| either::merged(a, b)).collect(),
        None => judged(facts),
    };
    let best = wishes.route.or_else(|| best(&Context { facts, catalog, live, wishes }, &list));
    for assessment in list.iter_mut().filter(|assessment| Some(assessment.route) == best) {
        if let Verdict::Works { reasons } = &mut assessment.verdict {
            assessment.verdict = Verdict::Recommended { reasons: std::mem::take(reasons) };
        }
    }
    list
}

fn judged(context: &Context<'_>) -> Vec<Assessment> {
    let one = |route| match route {
        Route::Wheel => wheel::assess(context),
        Route::Nightly => nightly::assess(context),
        Route::Source => source::assess(context),
        Route::Wsl2 => wsl2::assess(context),
        Route::Docker => docker::assess(context),
        Route::Cpu => cpu::assess(context),
    };
    let mut list: Vec<_> = Route::ALL.into_iter().map(one).collect();
    windows::remark(context, &mut list);
    list
}

/// The route to recommend. A build for the processor is no stand-in for a card: it is recommended only where there is
/// none.
fn best(context: &Context<'_>, list: &[Assessment]) -> Option<Route> {
    if context.has_no_card() {
        return Some(Route::Cpu);
    }
    let works = |route: &Route| {
        list.iter().any(|a| a.route == *route && matches!(a.verdict, Verdict::Works { .. }) && a.build.is_some())
    };
    if windows::is_near(list) {
        return None;
    }
    BY_EFFORT.into_iter().find(works)
}
