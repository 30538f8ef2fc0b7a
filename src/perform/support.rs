//! The report for support, gathered on a thread as `doctor` gathers it.

use super::Shared;
use crate::app::Message;
use crate::doctor::{Form, gather};
use crate::prepare::{Looking, Scan, Wish};
use crate::report::Private;
use std::time::Duration;

/// What the indexes had so long ago is good enough for a report.
const GOOD_ENOUGH: Duration = Duration::from_hours(1);

/// Gathers it, and takes out what is private.
pub(super) fn gather(shared: &Shared, ticket: u32, scan: Option<Box<Scan>>, private: &Private) {
    let looking = Looking::Around { age: GOOD_ENOUGH };
    let wish = Wish { offline: shared.offline, looking, ..Wish::default() };
    let scan = scan.map_or_else(|| super::jobs::scan(shared, &wish), |scan| *scan);
    let machine = crate::cli::machine(&scan.facts);
    let report = gather::gather(&*shared.host, shared.catalog, &scan, machine);
    shared.send(Message::Gathered { ticket, bundle: Box::new(report.bundle(private, Form::Zip)) });
}
