//! The plan of a repair, made on a thread as `envs repair` makes it; the way back to a snapshot, as `envs restore` does.

use super::Shared;
use crate::app::{Becomes, Message};
use crate::plan::Plan;
use crate::prepare::again::{Again, Task, wish_of_restore};
use crate::prepare::{Scan, Wish, kit, repair};
use crate::problem::Problem;
use crate::snapshots;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicU32;

/// What is planned.
pub(super) struct Wanted<'a> {
    pub environment: &'a Path,
    pub becomes: &'a Becomes,
    pub more: Wish,
}

/// Makes the plan; gives up as soon as another one is asked for.
pub(super) fn plan(shared: &Shared, ticket: u32, newest: &AtomicU32, scan: Option<Box<Scan>>, wanted: Wanted<'_>) {
    let mut tell = super::jobs::planning(shared, ticket, newest);
    let found = match wanted.becomes {
        Becomes::Mended => mend(shared, scan, wanted, &mut tell),
        Becomes::Snapshot(snapshot) => bring_back(shared, scan, snapshot, wanted.environment, wanted.more, &mut tell),
        Becomes::WithKit(name) => with_kit(shared, scan, name, wanted.environment, wanted.more, &mut tell),
    };
    shared.send(Message::RepairPlanned { ticket, plan: Box::new(found) });
}

type Tell<'a> = &'a mut dyn FnMut(&str) -> ControlFlow<()>;

fn mend(shared: &Shared, scan: Option<Box<Scan>>, wanted: Wanted<'_>, tell: Tell<'_>) -> Result<Option<Plan>, Problem> {
    let Shared { host, catalog, .. } = shared;
    let wish = repair::wish(&**host, wanted.environment, wanted.more)?;
    let scan = scanned(shared, scan, &wish, tell)?;
    repair::plan(host, catalog, &scan, &wish, tell).map(|found| found.plan)
}

fn bring_back(
    shared: &Shared,
    scan: Option<Box<Scan>>,
    snapshot: &Path,
    environment: &Path,
    more: Wish,
    tell: Tell<'_>,
) -> Result<Option<Plan>, Problem> {
    let Shared { host, catalog, .. } = shared;
    let then = snapshots::load(&**host, snapshot)?;
    let now = snapshots::take(&**host, environment, None)?;
    let wish = wish_of_restore(&**host, environment, &then, more)?;
    let scan = scanned(shared, scan, &wish, tell)?;
    match (Task { host, catalog, scan: &scan, wish: &wish, then: &then }).restore(&now, tell)? {
        Again::Plan(plan) => Ok(Some(*plan)),
        Again::Same => Ok(None),
        Again::Lost(lost) => {
            let lines: Vec<String> =
                lost.iter().map(|one| format!("{} {}: {}", one.name, one.version, one.why)).collect();
            Err(Problem::new("not-to-be-had", "Some of its packages cannot be had again.")
                .advise("See what mends it instead: that takes the nearest that can be had.")
                .details(lines.join("\n")))
        }
    }
}

fn with_kit(
    shared: &Shared,
    scan: Option<Box<Scan>>,
    name: &str,
    environment: &Path,
    more: Wish,
    tell: Tell<'_>,
) -> Result<Option<Plan>, Problem> {
    let Shared { host, catalog, .. } = shared;
    let kits = kit::named(&**host, catalog, std::slice::from_ref(&name.to_owned()))?;
    let Some(kit) = kits.first() else { return Ok(None) };
    let wish = repair::wish(&**host, environment, more)?;
    let then = snapshots::take(&**host, environment, None)?;
    let scan = scanned(shared, scan, &wish, tell)?;
    kit::plan(&Task { host, catalog, scan: &scan, wish: &wish, then: &then }, kit, tell).map(Some)
}

fn scanned(shared: &Shared, scan: Option<Box<Scan>>, wish: &Wish, tell: Tell<'_>) -> Result<Scan, Problem> {
    match scan {
        Some(scan) => Ok(*scan),
        None if tell("looking at this PC").is_continue() => super::jobs::scan(shared, wish, tell),
        None => Err(Problem::new("cancelled", "Cancelled.")),
    }
}
