//! A script for sh: what POSIX has, and what `shellcheck` accepts.

use super::one_line;
use super::script::{Part, Piece, Running, Script, Variables};
use crate::facts::OsFamily;
use crate::plan::Shell;
use std::fmt::Write as _;
use std::path::Path;

fn quoted(text: &str) -> String {
    Shell::Posix.string(text)
}

fn path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// Words on standard error.
fn told(words: &str) -> String {
    format!("printf '%s\\n' {} >&2", quoted(&one_line(words)))
}

/// What `shellcheck` would ask about, and what is meant so: names may hold dollar signs and quotes, and a step keeps its
/// variables to itself.
const MEANT: &str = "# shellcheck disable=SC2016,SC2030,SC2031,SC2089,SC2090\n";

const FETCH: &str = r#"
fetch() { # ADDRESS FILE SHA256
    if [ ! -e "$2" ]; then
        curl --fail --location --retry 3 --output "$2.part" "$1"
        mv -- "$2.part" "$2"
    fi
    sum=$(sha256sum <"$2")
    if [ "${sum%% *}" != "$3" ]; then
        rm -f -- "$2"
        printf '%s is not the file that the lock means.\n' "$2" >&2
        exit 1
    fi
}
"#;

/// Writes the script.
pub(super) fn text(script: &Script) -> String {
    let mut out = "#!/bin/sh\n".to_owned();
    for note in &script.notes {
        writeln!(out, "{}", Shell::Posix.comment(&one_line(note))).ok();
    }
    out += MEANT;
    out += "set -eu\n";
    let has_parts = script.parts.len() > 1;
    if has_parts {
        out += "# The number of the part to begin with: 1, or the next one after a restart.\npart=${1:-1}\n";
    }
    out += &of_all(&script.common);
    if let Some(target) = &script.target {
        let words = format!("{} is there already; nothing was changed.", target.display());
        writeln!(out, "if [ -e {} ]; then\n    {}\n    exit 1\nfi", path(target), told(&words)).ok();
    }
    if let Some(half_made) = &script.half_made {
        writeln!(out, "clean_up() {{\n    rm -rf -- {}\n}}\nclean_up\ntrap clean_up EXIT", path(half_made)).ok();
    }
    let fetches = script.parts.iter().flat_map(|part| &part.pieces).any(|piece| matches!(piece, Piece::Fetch { .. }));
    if fetches {
        out += FETCH;
    }
    for (at, part) in script.parts.iter().enumerate() {
        let text = of_part(script.os, part, at + 2);
        let text = if part.pieces.is_empty() { ":\n".to_owned() } else { text };
        if has_parts {
            write!(out, "\nif [ \"$part\" -le {} ]; then\n{text}fi\n", at + 1).ok();
        } else {
            out += &text;
        }
    }
    if script.half_made.is_some() {
        out += "trap - EXIT\n";
    }
    out
}

fn of_part(os: OsFamily, part: &Part, next: usize) -> String {
    let mut out = String::new();
    if let Some(step) = &part.administrator {
        let (check, how) = match os {
            OsFamily::Windows => ("! net session >/dev/null 2>&1", "from a shell that was opened as administrator"),
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => ("[ \"$(id -u)\" != 0 ]", "as root"),
        };
        let words = format!("A step needs administrator rights ({step}): run this script {how}.");
        writeln!(out, "if {check}; then\n    {}\n    exit 3\nfi", told(&words)).ok();
    }
    for piece in &part.pieces {
        out += &of_piece(piece);
    }
    if let Some(why) = &part.restart {
        writeln!(out, "\n{}", told(why)).ok();
        let go_on = "Restart the system now, then go on with:";
        writeln!(out, "printf '%s sh %s {next}\\n' {} \"$0\" >&2\nexit 3", quoted(go_on)).ok();
    }
    out
}

/// A name that sh can give a value.
fn is_plain(name: &str) -> bool {
    let starts = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn settings(variables: &Variables) -> Vec<String> {
    let set = variables.set.iter().filter(|(name, _)| is_plain(name));
    let set = set.map(|(name, value)| format!("export {name}={}", Shell::Posix.quote(value)));
    let cleared = variables.cleared.iter().filter(|name| is_plain(name)).map(|name| format!("unset {name}"));
    set.chain(cleared).collect()
}

fn of_all(variables: &Variables) -> String {
    settings(variables).into_iter().map(|line| line + "\n").collect()
}

fn of_piece(piece: &Piece) -> String {
    match piece {
        Piece::Step(title) => format!("\nprintf '%s\\n' {}\n", quoted(&one_line(title))),
        Piece::Note(words) => format!("{}\n", Shell::Posix.comment(&one_line(words))),
        Piece::Run(running) => run(running),
        Piece::Fetch { url, file, sha256 } => format!("fetch {} {} {}\n", quoted(url), path(file), quoted(sha256)),
        Piece::Folder(folder) => format!("mkdir -p -- {}\n", path(folder)),
        Piece::Write { path: file, text, kept } => {
            let (file, kept) = (path(file), kept.as_deref().map(path));
            let keep =
                kept.map(|kept| format!("if [ -e {file} ] && [ ! -e {kept} ]; then cp -p -- {file} {kept}; fi\n"));
            keep.unwrap_or_default() + &write_file(&file, text)
        }
        Piece::Expect { path: file, any, why } => {
            let any: String = any.iter().map(|text| [" -e ", &quoted(text)].concat()).collect();
            format!("if ! grep -Fqs{any} -- {}; then\n    {}\n    exit 1\nfi\n", pattern(file), told(why))
        }
        Piece::Move { from, to } => format!("mv -- {} {}\n", path(from), path(to)),
        Piece::Remove(file) => format!("rm -f -- {}\n", path(file)),
    }
}

fn run(Running { command, own }: &Running) -> String {
    let nice = if command.is_background { "nice " } else { "" };
    let line = format!("{nice}{}", command.display(Shell::Posix));
    let folder = command.cwd.as_ref().map(|folder| format!("cd -- {}", path(folder)));
    let before: String = folder.into_iter().chain(settings(own)).map(|line| ["    ", &line, "\n"].concat()).collect();
    if before.is_empty() { format!("{line}\n") } else { format!("(\n{before}    exec {line}\n)\n") }
}

/// Every byte as it is: a text that ends as lines do is easier to read as one. dash loses bytes outside of ASCII in a line
/// that begins as the end of the text does.
fn write_file(file: &str, text: &str) -> String {
    if !text.ends_with('\n') || !text.is_ascii() {
        return format!("printf '%s' {} >{file}\n", quoted(text));
    }
    let mut end = "END_OF_FILE".to_owned();
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    format!("cat >{file} <<'{end}'\n{text}{end}\n")
}

/// A path whose name may have a `*` that stands for anything.
fn pattern(file: &Path) -> String {
    let text = file.display().to_string();
    match text.rsplit_once('/') {
        Some((folder, name)) if name.contains('*') => {
            let name: Vec<String> = name.split('*').map(quoted).collect();
            format!("{}{}", quoted(&format!("{folder}/")), name.join("*"))
        }
        Some(_) | None => quoted(&text),
    }
}
