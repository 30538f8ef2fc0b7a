//! This program under another name: it writes down how it was called, then answers from files beside it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// What a played tool does: `NAME.answer` is what it prints, `NAME.code` how it ends, `NAME.hangs` that it starts a child,
/// writes both process numbers there and never ends. `NAME.called` gets its words, a call a line.
///
/// `None` where this is the test program itself.
pub fn play() -> Option<ExitCode> {
    let exe = std::env::current_exe().ok()?;
    let beside = |end: &str| exe.with_extension(end);
    if !beside("answer").exists() {
        return None;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut called = fs::OpenOptions::new().create(true).append(true).open(beside("called")).ok()?;
    writeln!(called, "{}", words.join(" ")).ok()?;
    if words == ["sleep"] {
        sleep(Duration::from_mins(10));
        return Some(ExitCode::SUCCESS);
    }
    if beside("hangs").exists() && words.first().is_some_and(|word| word != "--version") {
        hang(&exe, &beside("hangs"));
    }
    let mut answer = Vec::new();
    fs::File::open(beside("answer")).and_then(|mut file| file.read_to_end(&mut answer)).ok()?;
    std::io::stdout().write_all(&answer).ok()?;
    let code = fs::read_to_string(beside("code")).ok().and_then(|text| text.trim().parse().ok());
    Some(ExitCode::from(code.unwrap_or(0)))
}

fn hang(exe: &PathBuf, mark: &PathBuf) {
    let child = Command::new(exe).arg("sleep").stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = child.map(|child| child.id()).unwrap_or_default();
    fs::write(mark, format!("{} {child}", std::process::id())).ok();
    sleep(Duration::from_mins(10));
}
