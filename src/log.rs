//! The program's own log: a file for each day in the data folder, and warnings on standard error.

use crate::host::Host;
use crate::mistake;
use std::path::{Path, PathBuf};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// What standard error gets unless somebody asks for more or less.
pub const USUAL: &str = "warn";

/// Starts logging; the file is complete when the guard is dropped. `level` is a filter for standard error, as
/// `warn,torch_wizard=debug`, which `TORCH_WIZARD_LOG` overrides; `file` replaces the usual file. Panics are logged from here on.
pub fn start(host: &dyn Host, level: &str, file: Option<&Path>) -> Option<WorkerGuard> {
    let wanted = host.var("TORCH_WIZARD_LOG").and_then(|value| value.into_string().ok());
    let terminal = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_filter(filter(wanted.as_deref(), level));
    let (folder, name) = match file {
        Some(path) => (path.parent().map(PathBuf::from).unwrap_or_default(), path.file_name().map(PathBuf::from)),
        None => (host.folders().data.join("logs"), Some("torch-wizard.log".into())),
    };
    // A log that cannot be written is no reason not to work.
    host.make_dir(&folder).ok();
    let appender = name.and_then(|name| {
        let builder = Builder::new().max_log_files(5);
        let stem = name.file_stem()?.to_string_lossy().into_owned();
        let builder = if file.is_some() {
            builder.filename_prefix(name.to_string_lossy())
        } else {
            builder.rotation(Rotation::DAILY).filename_prefix(stem).filename_suffix("log")
        };
        builder.build(&folder).ok()
    });
    let (file, guard) = match appender.map(tracing_appender::non_blocking) {
        Some((writer, guard)) => {
            let filter = Targets::new().with_target("torch_wizard", LevelFilter::INFO);
            (Some(fmt::layer().with_writer(writer).with_ansi(false).with_filter(filter)), Some(guard))
        }
        None => (None, None),
    };
    if tracing_subscriber::registry().with(terminal).with(file).try_init().is_ok() {
        mistake::record();
    }
    guard
}

/// The filter that is wanted, if it is one, else the level's.
fn filter(wanted: Option<&str>, level: &str) -> Targets {
    let parsed = |filter: &str| {
        let pieces: Vec<&str> = filter.split(',').filter(|piece| !piece.trim().is_empty()).collect();
        (!pieces.is_empty()).then(|| pieces.join(",").parse::<Targets>().ok()).flatten()
    };
    let parsed = wanted.and_then(parsed).or_else(|| parsed(level));
    // Rust itself tells standard error of a panic.
    parsed.unwrap_or_default().with_target(mistake::TARGET, LevelFilter::OFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn what_is_no_filter_leaves_the_level_and_no_filter_tells_a_panic_twice() {
        let debug = filter(Some("torch_wizard=debug,hyper=info"), USUAL);
        assert!(debug.would_enable("torch_wizard::run", &Level::DEBUG));
        assert!(debug.would_enable("hyper", &Level::INFO) && !debug.would_enable("wgpu", &Level::ERROR));
        assert!(filter(Some("debug,"), USUAL).would_enable("wgpu", &Level::DEBUG));
        for wanted in [None, Some(""), Some("torch_wizard=loud")] {
            let usual = filter(wanted, "warn,rfd=off");
            assert!(usual.would_enable("wgpu", &Level::WARN) && !usual.would_enable("wgpu", &Level::INFO));
            assert!(!usual.would_enable("rfd::backend", &Level::ERROR), "{wanted:?}");
            assert!(!usual.would_enable(mistake::TARGET, &Level::ERROR), "{wanted:?}");
        }
    }
}
