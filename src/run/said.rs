//! What a tool says when it fails, in words for people: which of the known causes it is, and what helps. Pure.
//!
//! The words are looked for in what the tool printed; those of Windows are translated, so its codes are looked for
//! instead. What is not known stays in the tool's own words.

mod build;
mod containers;
mod sources;
mod wsl;

use crate::host::ChildExit;
use crate::plan::CommandSpec;
use crate::problem::{Problem, Remedy};
use std::collections::VecDeque;

/// How much of a tool's output is shown with its failure.
const LAST_LINES: usize = 12;
/// A build with many compilers says what is wrong long before its last line.
const OWN_LINES: usize = 6;

/// What is kept of a tool's output while it runs.
#[derive(Debug, Default)]
pub(super) struct Heard {
    own: Vec<String>,
    tail: VecDeque<String>,
    /// The next line is a command of ninja's, the one after it its compiler's own.
    after_failed: u8,
}

impl Heard {
    /// Takes a line.
    pub fn line(&mut self, line: &str) {
        let is_first = self.after_failed == 1;
        self.after_failed = self.after_failed.saturating_sub(1);
        if line.trim_start().starts_with("FAILED: ") {
            self.after_failed = 2;
        }
        if self.own.len() < OWN_LINES && (is_first || build::is_own(line) || build::is_exception(line)) {
            self.own.push(line.trim().to_owned());
        }
        self.tail.push_back(line.to_owned());
        if self.tail.len() > LAST_LINES {
            self.tail.pop_front();
        }
    }

    /// What is worth to be read: what a compiler complained of first, then the last lines.
    pub fn text(&self) -> String {
        let is_in_tail = |line: &String| self.tail.iter().any(|other| other.trim() == line);
        let before = self.own.iter().filter(|line| !is_in_tail(line));
        before.chain(&self.tail).map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// A cause that is known.
struct Known {
    /// Label of the problem.
    label: &'static str,
    /// Each of these stands in one line, in whatever case.
    signs: &'static [&'static str],
    /// What it means; `{line}` is the line, `{last}` what stands behind its last sign.
    cause: &'static str,
    /// What helps.
    next: &'static [Help],
}

/// Something that helps.
enum Help {
    /// Do this.
    Do(&'static str),
    /// Run this, for that reason.
    Run(&'static str, &'static str),
}

/// A tool's name, by the rules of whichever system its path is of.
pub(super) fn tool(command: &CommandSpec) -> String {
    let path = command.program.to_string_lossy();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let end = name.len().saturating_sub(".exe".len());
    let is_program = name.get(end..).is_some_and(|end| end.eq_ignore_ascii_case(".exe"));
    name.get(..if is_program { end } else { name.len() }).unwrap_or_default().to_owned()
}

/// The known causes that a program's words are held against.
fn known(command: &CommandSpec) -> impl Iterator<Item = &'static Known> {
    let own: &[&[Known]] = match tool(command).to_ascii_lowercase().as_str() {
        "docker" => &[containers::DOCKER, containers::NVIDIA, containers::REGISTRY],
        "podman" => &[containers::PODMAN, containers::NVIDIA, containers::REGISTRY],
        "wsl" => &[wsl::CODES],
        "git" => &[sources::GIT],
        "nvcc" => &[build::NVCC, build::COMPILER],
        _ if command.is_background => &[build::NVCC, build::COMPILER, build::PYTHON],
        _ => &[],
    };
    own.iter().copied().flatten().chain(sources::SYSTEM)
}

/// The failure of a command as a problem, where its cause is known. What changed is not said yet.
pub(super) fn explain(command: &CommandSpec, text: &str) -> Option<Problem> {
    let found = known(command).find_map(|known| Some((known, line_of(text, known)?)));
    let problem = match found {
        Some((known, line)) => told(known, line),
        None => build::own_words(text).filter(|_| command.is_background || tool(command) == "nvcc")?,
    };
    Some(problem.details(text))
}

/// A program says that a volume is full: the problem in its words.
pub fn full_disk(text: &str) -> Option<Problem> {
    sources::SYSTEM.iter().find_map(|known| Some(told(known, line_of(text, known)?)))
}

/// A program says that a volume is full.
pub(super) fn says_full(text: &str) -> bool {
    full_disk(text).is_some()
}

/// The first line with all signs of a cause.
fn line_of<'a>(text: &'a str, known: &Known) -> Option<&'a str> {
    text.lines().find(|line| {
        let small = line.to_lowercase();
        known.signs.iter().all(|sign| small.contains(sign))
    })
}

fn told(known: &Known, line: &str) -> Problem {
    let last = known.signs.last().and_then(|sign| {
        let at = line.to_lowercase().rfind(sign)?;
        line.get(at + sign.len()..)
    });
    let last = last.unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || "'\"`.:".contains(c));
    let cause = known.cause.replace("{line}", line.trim()).replace("{last}", last);
    let mut problem = Problem::new(known.label, cause);
    problem.next.extend(known.next.iter().map(|help| match help {
        Help::Do(text) => Remedy::Advice { text: (*text).to_owned() },
        Help::Run(text, command) => Remedy::Command { text: (*text).to_owned(), command: (*command).to_owned() },
    }));
    problem
}

/// A command that failed because what it does was done already: an earlier life of the run was cut behind it.
pub(super) fn was_done_before(command: &CommandSpec, exit: ChildExit, text: &str) -> bool {
    wsl::was_done_before(command, exit, text)
}

#[cfg(test)]
mod tests;
