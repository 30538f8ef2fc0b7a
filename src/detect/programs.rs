//! Short questions to other programs: none of our variables bends them, and none outlives its limit.

use super::settings;
use crate::host::{self, Host, HostError, Output};
use crate::plan::CommandSpec;
use std::time::Duration;

/// Runs a short command without the inherited variables that bend Python, pip and uv.
pub(super) fn output(host: &dyn Host, mut command: CommandSpec, limit: Duration) -> Result<Output, HostError> {
    command.env_remove.extend(settings::bending(host).into_iter().map(|setting| setting.name));
    host::output(host, &command, limit)
}

/// Does one thing for each item, all side by side, and keeps their order. Ends when the last one does, so what is
/// done must have a limit of its own.
pub(super) fn side_by_side<T: Sync, R: Send>(name: &str, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = items
            .iter()
            .map(|item| {
                let thread = std::thread::Builder::new().name(name.to_owned());
                (item, thread.spawn_scoped(scope, move || work(item)))
            })
            .collect();
        // A machine out of threads is asked one after the other.
        threads
            .into_iter()
            .map(|(item, thread)| thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| work(item)))
            .collect()
    })
}
