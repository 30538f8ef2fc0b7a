//! The command: parse, call, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let code = torch_wizard::cli::main();
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
