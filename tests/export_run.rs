//! Exported scripts are run: by sh here, by the command prompt and PowerShell on Windows (or under wine). The tools that
//! they start are this program itself under other names, which writes down how it was called.
#![expect(clippy::disallowed_methods, reason = "these tests play the user and the tools: no Host here")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

#[path = "plans/made.rs"]
mod made;
#[path = "export_run/shell.rs"]
mod shell;
#[path = "export_run/steps.rs"]
mod steps;
#[path = "export_run/tool.rs"]
mod tool;

use libtest_mimic::{Arguments, Trial};
use shell::Shell;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(log) = std::env::var_os(tool::LOG) {
        return tool::play(log.as_ref());
    }
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for shell in Shell::all() {
        for (name, test) in steps::TESTS {
            let name = format!("{}::{name}", shell.word());
            trials.push(Trial::test(name, move || {
                test(shell);
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
