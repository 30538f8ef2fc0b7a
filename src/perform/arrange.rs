//! What is arranged for one environment, done on a thread as the commands of `envs` do it.

use super::Shared;
use crate::app::{Arrange, Arranged, Came, Compared, Message, Taken};
use crate::environments::{guard, kernels};
use crate::host::Host;
use crate::problem::Problem;
use crate::snapshots::compare::{Side, compare};
use crate::snapshots::{self, changed_files, last_of};
use crate::store::{Known, Registry};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Does it, and says how the environment stands afterwards.
pub(super) fn arrange(shared: &Shared, environment: PathBuf, what: &Arrange) {
    let host = &*shared.host;
    let (compared, trouble) = match done(host, &environment, what) {
        Ok(compared) => (compared, None),
        Err(problem) => (None, Some(problem)),
    };
    let arranged = look(host, &environment);
    shared.send(Message::Arranged(Box::new(Came { environment, arranged, compared, trouble })));
}

fn done(host: &dyn Host, environment: &Path, what: &Arrange) -> Result<Option<Compared>, Problem> {
    match what {
        Arrange::Look => {}
        Arrange::Guard(true) => guard::hold(host, environment)?,
        Arrange::Guard(false) => drop(guard::lift(host, environment)?),
        Arrange::Kernel(true) => drop(kernels::register(host, environment)?),
        Arrange::Kernel(false) => drop(kernels::unregister(host, environment)?),
        Arrange::Snapshot => {
            let taken = snapshots::take(host, environment, known(host, environment).as_ref())?;
            snapshots::save(host, &snapshots::folder(host).join(taken.file_name()), &taken)?;
        }
        Arrange::Compare(file) => {
            let then = snapshots::load(host, file)?;
            let now = snapshots::take(host, environment, None)?;
            let files = changed_files(host, Side::B, environment, &mut || ControlFlow::Continue(()));
            // There is one side alone here.
            let one_side = |line: String| line.replacen("! b: ", "! ", 1);
            let lines = compare(&then, &now, files).lines().into_iter().map(one_side).collect();
            return Ok(Some(Compared { with: file.clone(), lines }));
        }
    }
    Ok(None)
}

fn known(host: &dyn Host, environment: &Path) -> Option<Known> {
    let registry: Registry = crate::store::load(host, &Registry::path(host)).ok()?;
    registry.find(environment).cloned()
}

fn look(host: &dyn Host, environment: &Path) -> Arranged {
    let snapshots = last_of(host, environment).into_iter();
    Arranged {
        is_guarded: guard::held(host, environment).is_some(),
        is_kernel: kernels::registered(host, environment).is_some(),
        snapshots: snapshots.map(|(file, of)| Taken { file, at: of.taken_at, torch: of.torch }).collect(),
    }
}
