//! The report for support, gathered on a thread as `doctor` gathers it.

use super::Shared;
use crate::app::Message;
use crate::doctor::{Form, gather};
use crate::prepare::Scan;
use crate::report::Private;
use std::ops::ControlFlow;

/// Gathers it, and takes out what is private.
pub(super) fn gather(shared: &Shared, ticket: u32, scan: Option<Box<Scan>>, private: &Private) {
    let scan = scan.map_or_else(
        || {
            let wish = gather::wish(&gather::settings(&*shared.host), shared.offline);
            super::jobs::scan(shared, &wish, &mut |_| ControlFlow::Continue(()))
        },
        |scan| Ok(*scan),
    );
    let Ok(scan) = scan else { return };
    let machine = crate::cli::machine(&scan.facts, shared.catalog);
    let report = gather::gather(&*shared.host, shared.catalog, &scan, machine);
    shared.send(Message::Gathered { ticket, bundle: Box::new(report.bundle(private, Form::Zip)) });
}
