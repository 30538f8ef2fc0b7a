//! Short questions to other programs: none of our variables bends them, and none outlives its limit.

use super::settings;
use crate::host::{self, Host, HostError, Output};
use crate::plan::CommandSpec;
use std::path::Path;
use std::time::Duration;

/// Longest run of a program that tells its version.
pub(super) const VERSION_LIMIT: Duration = Duration::from_secs(1);

/// Whether a file lies there.
pub(super) fn is_file(host: &dyn Host, path: &Path) -> bool {
    host.meta(path).is_some_and(|meta| !meta.is_dir)
}

/// The first version number in what a program prints for `--version`: of `nvcc` the one after `release`.
pub(super) fn version(host: &dyn Host, path: &Path) -> Option<String> {
    let output = output(host, CommandSpec::new(path, ["--version"]), VERSION_LIMIT).ok()?;
    if !output.is_success() {
        return None;
    }
    let text = output.text();
    let from = text.find("release ").unwrap_or_default();
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    let words = text.get(from..)?.split(|c: char| c.is_whitespace() || c == ',');
    words.into_iter().find(is_version).map(str::to_owned)
}

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
