//! Mistakes of our own. A panic is written into the program's log, and where work is done for somebody it ends as any
//! other failure does: with what happened, what changed and what to do.

use crate::problem::Problem;
use std::any::Any;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

/// The label of such a problem.
pub const LABEL: &str = "mistake";
/// Under this name they stand in the log; standard error has them from Rust itself.
pub(crate) const TARGET: &str = "torch_wizard::mistake";
/// Writes what helps us to find one.
pub(crate) const REPORT: &str = "torch-wizard doctor --report report.zip";

/// From now on the log gets every panic, with its place and its thread, whoever catches it. Standard error alone would
/// not do: the window's program has none on Windows.
pub fn record() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        write_down(info);
        usual(info);
    }));
}

fn write_down(info: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let place = info.location().map_or_else(|| "?".to_owned(), ToString::to_string);
    let thread = thread.name().unwrap_or("?");
    tracing::error!(target: TARGET, thread, place, "panic: {}", words(info.payload()));
}

/// Does the work; a panic in it is a problem like others.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Problem> {
    // What the work held is dropped or, behind a lock, marked as left in the middle.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        Problem::new(LABEL, "torch-wizard made a mistake of its own.")
            .changed("What it was doing stopped there.")
            .command("Try again; if it happens again, report it with what this writes", REPORT)
            .details(words(&*payload))
    })
}

/// What the panic said.
fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_stands_in_the_log_and_is_told() {
        record();
        let kept = Kept::default();
        let log = kept.clone();
        let logger = tracing_subscriber::fmt().with_writer(move || log.clone()).with_ansi(false).finish();
        let number = std::hint::black_box(7);
        let told = tracing::subscriber::with_default(logger, || caught(|| panic!("no row {number}"))).map(|(): ()| ());
        let problem = told.unwrap_err();
        assert_eq!((problem.label.as_str(), problem.details.as_str()), (LABEL, "no row 7"));
        assert!(problem.changed != crate::problem::NOTHING_CHANGED && !problem.next.is_empty(), "{problem}");
        let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("panic: no row 7") && log.contains("mistake.rs:"), "{log}");
        assert_eq!(caught(|| 3), Ok(3));
    }
}
