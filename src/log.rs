//! The program's own log: a file for each day in the data folder, and warnings on standard error.

use crate::host::Host;
use crate::mistake;
use std::path::{Path, PathBuf};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// What standard error gets unless somebody asks for more or less.
pub const USUAL: &str = "warn";

/// Starts logging; the file is complete when the guard is dropped. `level` is a filter for standard error, which
/// `TORCH_WIZARD_LOG` overrides; `file` replaces the usual file. Panics are logged from here on.
pub fn start(host: &dyn Host, level: &str, file: Option<&Path>) -> Option<WorkerGuard> {
    let wanted = host.var("TORCH_WIZARD_LOG").and_then(|value| value.into_string().ok());
    let filter = EnvFilter::try_new(wanted.as_deref().unwrap_or(level)).unwrap_or_else(|_| EnvFilter::new(level));
    let terminal = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_filter(without_mistakes(filter));
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
            let filter = EnvFilter::new("torch_wizard=info");
            (Some(fmt::layer().with_writer(writer).with_ansi(false).with_filter(filter)), Some(guard))
        }
        None => (None, None),
    };
    if tracing_subscriber::registry().with(terminal).with(file).try_init().is_ok() {
        mistake::record();
    }
    guard
}

/// Rust itself tells standard error of a panic.
fn without_mistakes(filter: EnvFilter) -> EnvFilter {
    match format!("{}=off", mistake::TARGET).parse() {
        Ok(off) => filter.add_directive(off),
        Err(_) => filter,
    }
}
