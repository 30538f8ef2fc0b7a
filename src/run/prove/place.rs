//! Where the torch of an environment runs: on this system, or in a distribution or a container of its own.

use crate::environments;
use crate::host::Host;
use crate::plan::{Action, Inside, Plan};
use crate::problem::Problem;
use crate::store::{Known, Registry, load};
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
