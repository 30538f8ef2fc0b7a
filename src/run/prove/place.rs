//! Where the torch of an environment runs: on this system, or in a distribution or a container of its own.

use super::{News, Proving, prove};
use crate::environments;
use crate::host::Host;
use crate::plan::{Action, Inside, Plan};
use crate::problem::Problem;
use crate::store::{Known, Registry, load};
use crate::verify::VerificationReport;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// An interpreter, and where it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The interpreter, as it is named there.
    pub python: PathBuf,
    /// Where.
    pub inside: Inside,
}

impl Place {
    /// An interpreter of this system.
    pub const fn here(python: PathBuf) -> Self {
        Self { python, inside: Inside::Here }
    }

    /// A folder for what its check program leaves while it runs: that of another place is not touched.
    pub fn folder(&self, host: &dyn Host) -> PathBuf {
        use sha2::{Digest as _, Sha256};
        let whole = crate::text::hex(Sha256::digest(format!("{self:?}")).as_slice());
        let key: String = whole.chars().take(12).collect();
        host.folders().cache.join("verify").join(key)
    }

    /// Where an environment's torch runs. What stands in a Linux or a container is only known by the plan that made it.
    pub fn of(host: &dyn Host, environment: &Path) -> Result<Self, Problem> {
        let registry: Registry = load(host, &Registry::path(host)).unwrap_or_default();
        let known = registry.environments.iter().find(|known| known.path == environment);
        match known.filter(|known| known.is_inside()) {
            Some(known) => by_plan(host, known).ok_or_else(|| no_plan(environment)),
            None => environments::interpreter(host, environment).map(Self::here).ok_or_else(|| no_python(environment)),
        }
    }
}

/// The label of [`prove_known`]'s own trouble.
pub const NOT_STARTED: &str = "not-started";

/// So many lines of what was said instead are told.
const LINES: usize = 8;

/// Proves an environment that may run in WSL or a container. Where the check program never began there, the engine or WSL
/// did not start it, which says nothing of the torch: that is a trouble, and no verdict.
pub fn prove_known(
    host: &dyn Host,
    proving: Proving<'_>,
    on: &mut dyn FnMut(News<'_>) -> ControlFlow<()>,
) -> Result<Option<VerificationReport>, Problem> {
    if proving.place.inside == Inside::Here {
        return prove(host, proving, on);
    }
    let mut said: Vec<String> = Vec::new();
    let report = prove(host, proving, &mut |news| {
        if let News::Log { text, .. } = &news {
            said.push((*text).to_owned());
        }
        on(news)
    })?;
    match report {
        Some(report) if report.torch.is_none() => {
            let last = said.split_off(said.len().saturating_sub(LINES));
            Err(Problem::new(NOT_STARTED, "The checks could not be started in WSL or the container.")
                .advise("Start Docker, Podman or WSL, then check again.")
                .details(last.join("\n")))
        }
        other => Ok(other),
    }
}

fn by_plan(host: &dyn Host, known: &Known) -> Option<Place> {
    let run = known.last_report.as_deref()?.parent()?;
    let plan: Option<Plan> = load(host, &run.join("plan.json")).ok()?;
    plan?.steps.into_iter().find_map(|step| {
        let Action::Verify { python, inside, .. } = step.action else { return None };
        Some(Place { python, inside })
    })
}

fn no_plan(environment: &Path) -> Problem {
    let cause =
        format!("The run that made {} is not kept, so nobody knows how its torch is started.", environment.display());
    Problem::new("no-run", cause).advise("Make the environment anew.")
}

fn no_python(environment: &Path) -> Problem {
    Problem::new("no-interpreter", format!("There is no Python in {}.", environment.display()))
        .advise("Name the folder of a virtual environment, or an interpreter.")
}
