//! Programs that are run: what they do meanwhile, how they end, and their words as text.

use super::{Host, HostError};
use crate::plan::CommandSpec;
use std::ops::ControlFlow;
use std::time::Duration;

/// What a running child did.
#[derive(Debug)]
pub enum ChildEvent<'a> {
    /// It was started, with this process id.
    Started(u32),
    /// Bytes on its standard output.
    Stdout(&'a [u8]),
    /// Bytes on its standard error.
    Stderr(&'a [u8]),
    /// 100 ms went by.
    Tick,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildExit {
    /// By itself, with this code.
    Code(i32),
    /// By a signal of somebody else.
    Signal(i32),
    /// We ended its whole tree, because the callback said so.
    Stopped,
}

impl std::fmt::Display for ChildExit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Windows ends what fails by a status, which is known by its digits in hexadecimal.
            Self::Code(code) if *code < 0 => write!(f, "ended with code {code} (0x{code:08X})"),
            Self::Code(code) => write!(f, "ended with code {code}"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::Stopped => f.write_str("was stopped"),
        }
    }
}

/// The collected output of a short command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub exit: ChildExit,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Output {
    /// It ended by itself with code 0.
    pub fn is_success(&self) -> bool {
        self.exit == ChildExit::Code(0)
    }

    /// Standard output as text: UTF-16LE where it is that (`wsl.exe`), else UTF-8, broken bytes replaced.
    pub fn text(&self) -> String {
        decode(&self.stdout)
    }
}

/// Text from a program's bytes: UTF-16LE where it is that, marked or not, else UTF-8, broken bytes replaced.
pub fn decode(bytes: &[u8]) -> String {
    let is_wide = bytes.len() >= 4 && bytes.len().is_multiple_of(2) && has_wide_letters(bytes.iter());
    if !is_wide {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    utf16(bytes).trim_start_matches('\u{feff}').to_owned()
}

/// Text from bytes of UTF-16LE, broken letters replaced.
fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)]))
        .collect();
    String::from_utf16_lossy(&units)
}

/// Whether these are letters of UTF-16LE. UTF-8 text holds no zero; in UTF-16LE blanks, digits and line ends have one as
/// their second byte in every language, and few letters of any have one as their first.
pub fn has_wide_letters<'a>(bytes: impl Iterator<Item = &'a u8>) -> bool {
    let (mut first, mut second, mut length) = (0_usize, 0_usize, 0_usize);
    for (at, byte) in bytes.enumerate() {
        length = at + 1;
        if *byte == 0 {
            *(if at % 2 == 0 { &mut first } else { &mut second }) += 1;
        }
    }
    second > first && second * 32 >= length
}

/// Runs a short command to its end and collects its output. Past `limit` its tree is ended and the answer is
/// [`HostError::Timeout`].
pub fn output(host: &dyn Host, command: &CommandSpec, limit: Duration) -> Result<Output, HostError> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let start = host.uptime();
    let mut late = false;
    let exit = host.run(command, &mut |event| {
        match event {
            ChildEvent::Stdout(bytes) => stdout.extend_from_slice(bytes),
            ChildEvent::Stderr(bytes) => stderr.extend_from_slice(bytes),
            ChildEvent::Started(_) | ChildEvent::Tick => {}
        }
        late = host.uptime().saturating_sub(start) > limit;
        if late { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if late && exit == ChildExit::Stopped {
        return Err(HostError::Timeout { what: command.program.display().to_string(), seconds: limit.as_secs() });
    }
    Ok(Output { exit, stdout, stderr })
}
