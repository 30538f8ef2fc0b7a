//! What the system keeps and shows for us: the check at log-on, notifications.

use super::Shared;
use crate::app::Message;
use crate::host::Note;
use crate::log_on;

/// Sets the check at log-on up, takes it back or only looks.
pub(super) fn log_on_check(shared: &Shared, change: Option<bool>) {
    let host = &*shared.host;
    let changed = match change {
        Some(true) => log_on::set_up(host),
        Some(false) => log_on::remove(host),
        None => Ok(()),
    };
    shared.send(Message::LogOnCheck { status: log_on::status(host), trouble: changed.err() });
}

/// Tells somebody who looks elsewhere. The window says the same, so that a failure is none of theirs.
pub(super) fn notify(shared: &Shared, note: &Note) {
    if let Err(error) = shared.host.notify(note) {
        tracing::warn!("no notification could be shown: {error}");
    }
}
