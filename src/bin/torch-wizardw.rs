//! The window, for shortcuts and double clicks.
#![cfg_attr(windows, windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let code = torch_wizard::gui::start::main();
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
