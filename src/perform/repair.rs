//! The plan of a repair, made on a thread as `envs repair` makes it.

use super::Shared;
use crate::app::Message;
use crate::prepare::{Scan, Wish, repair};
use crate::problem::Problem;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicU32;

/// Finds out what is wrong with an environment; gives up as soon as another plan is asked for.
pub(super) fn plan(
    shared: &Shared,
    ticket: u32,
    newest: &AtomicU32,
    environment: &Path,
    scan: Option<Box<Scan>>,
    more: Wish,
) {
    let mut tell = super::jobs::planning(shared, ticket, newest);
    let found = look(shared, environment, scan, more, &mut tell).map(|found| found.plan);
    shared.send(Message::RepairPlanned { ticket, plan: Box::new(found) });
}

fn look(
    shared: &Shared,
    environment: &Path,
    scan: Option<Box<Scan>>,
    more: Wish,
    tell: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<repair::Repair, Problem> {
    let Shared { host, catalog, .. } = shared;
    let wish = repair::wish(&**host, environment, more)?;
    let scan = match scan {
        Some(scan) => *scan,
        None if tell("looking at this PC").is_continue() => super::jobs::scan(shared, &wish, tell)?,
        None => return Err(Problem::new("cancelled", "Cancelled.")),
    };
    repair::plan(host, catalog, &scan, &wish, tell)
}
