//! A script for Windows PowerShell 5.1 and PowerShell 7.

use super::one_line;
use super::script::{Part, Piece, Running, Script, Variables};
use crate::facts::OsFamily;
use crate::plan::{Shell, parted};
use std::fmt::Write as _;
use std::path::Path;

fn quoted(text: &str) -> String {
    Shell::PowerShell.string(text)
}

fn path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// Runs a step with its variables in its folder, and leaves both as they were: a script shares them with whoever calls
/// it.
const STEP: &str = r#"function Step([string]$Title, [scriptblock]$Command, [hashtable]$Variables = @{}, [string]$Folder = '') {
    Write-Host $Title
    $before = @{}
    Push-Location
    try {
        foreach ($set in $common, $Variables) {
            foreach ($name in $set.Keys) {
                if (-not $before.ContainsKey($name)) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }
                if ($null -eq $set[$name]) { Remove-Item -ErrorAction SilentlyContinue -LiteralPath "Env:$name" }
                else { [Environment]::SetEnvironmentVariable($name, $set[$name]) }
            }
        }
        if ($Folder) { Set-Location -LiteralPath $Folder }
        $global:LASTEXITCODE = 0
        & $Command
        if ($LASTEXITCODE -ne 0) { throw "failed with code ${LASTEXITCODE}: $Title" }
    } finally {
        Pop-Location
        foreach ($name in $before.Keys) {
            if ($null -eq $before[$name]) { Remove-Item -ErrorAction SilentlyContinue -LiteralPath "Env:$name" }
            else { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        }
    }
}
"#;

const FETCH: &str = r#"function Fetch([string]$Address, [string]$File, [string]$Sha256) {
    if (-not (Test-Path -LiteralPath $File)) {
        & curl.exe --fail --location --retry 3 --output "$File.part" $Address
        if ($LASTEXITCODE -ne 0) { throw "could not fetch $Address" }
        [IO.File]::Move("$File.part", $File)
    }
    if ((Get-FileHash -LiteralPath $File -Algorithm SHA256).Hash -ne $Sha256) {
        Remove-Item -LiteralPath $File
        throw "$File is not the file that the lock means."
    }
}
"#;

/// Writes the script.
pub(super) fn text(script: &Script) -> String {
    let mut out = String::new();
    for note in &script.notes {
        writeln!(out, "{}", Shell::PowerShell.comment(&one_line(note))).ok();
    }
    let has_parts = script.parts.len() > 1;
    if has_parts {
        out += "# Part: the part to begin with, 1, or the next one after a restart.\nparam([int]$Part = 1)\n";
    }
    // PowerShell 7.3 hands words on in another way than Windows PowerShell, unless it is told to do as that one does.
    out += "$ErrorActionPreference = 'Stop'\n$PSNativeCommandArgumentPassing = 'Legacy'\n";
    writeln!(out, "$common = {}", table(&script.common)).ok();
    out += STEP;
    let fetches = script.parts.iter().flat_map(|part| &part.pieces).any(|piece| matches!(piece, Piece::Fetch { .. }));
    if fetches {
        out += FETCH;
    }
    if let Some(target) = &script.target {
        let words = quoted(&format!("{} is there already; nothing was changed.", target.display()));
        writeln!(out, "if (Test-Path -LiteralPath {}) {{ throw {words} }}", path(target)).ok();
    }
    if let Some(half_made) = &script.half_made {
        writeln!(out, "$halfMade = {}", path(half_made)).ok();
        out += "if (Test-Path -LiteralPath $halfMade) { Remove-Item -Recurse -Force -LiteralPath $halfMade }\ntry {\n";
    }
    for (at, part) in script.parts.iter().enumerate() {
        let text = of_part(script.os, part, at + 2);
        if has_parts {
            write!(out, "\nif ($Part -le {}) {{\n{text}}}\n", at + 1).ok();
        } else {
            out += &text;
        }
    }
    if script.half_made.is_some() {
        out += "} catch {\n    Remove-Item -Recurse -Force -ErrorAction SilentlyContinue -LiteralPath $halfMade\n    throw\n}\n";
    }
    // Windows PowerShell takes a file without a byte order mark for one of the old code page.
    if out.is_ascii() { out } else { format!("\u{feff}{out}") }
}

fn of_part(os: OsFamily, part: &Part, next: usize) -> String {
    let mut out = String::new();
    if let Some(step) = &part.administrator {
        let (check, how) = match os {
            OsFamily::Windows => (
                "([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)",
                "in a PowerShell that was opened as administrator",
            ),
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => ("((id -u) -eq 0)", "as root"),
        };
        let words = quoted(&one_line(&format!("A step needs administrator rights ({step}): run this script {how}.")));
        writeln!(out, "if (-not {check}) {{\n    Write-Host {words}\n    exit 3\n}}").ok();
    }
    // A title waits for the command that it belongs to.
    let mut title = None;
    for piece in &part.pieces {
        out += &of_piece(os, piece, &mut title);
    }
    if let Some(why) = &part.restart {
        writeln!(out, "\nWrite-Host {}", quoted(&one_line(why))).ok();
        writeln!(
            out,
            "Write-Host \"Restart the system now, then go on with: & '$PSCommandPath' -Part {next}\"\nexit 3"
        )
        .ok();
    }
    out
}

fn of_piece(os: OsFamily, piece: &Piece, title: &mut Option<String>) -> String {
    let waiting = match piece {
        Piece::Step(words) => {
            *title = Some(one_line(words));
            return "\n".to_owned();
        }
        Piece::Note(words) => return Shell::PowerShell.comment(&one_line(words)) + "\n",
        Piece::Run(running) => return run(running, &title.take().unwrap_or_default()),
        Piece::Fetch { .. }
        | Piece::Folder(_)
        | Piece::Write { .. }
        | Piece::Expect { .. }
        | Piece::Move { .. }
        | Piece::Remove(_) => title.take().map(|words| format!("Write-Host {}\n", quoted(&words))),
    };
    waiting.unwrap_or_default() + &of_file(os, piece)
}

fn of_file(os: OsFamily, piece: &Piece) -> String {
    match piece {
        Piece::Step(_) | Piece::Note(_) | Piece::Run(_) => String::new(),
        Piece::Fetch { url, file, sha256 } => format!("Fetch {} {} {}\n", quoted(url), path(file), quoted(sha256)),
        Piece::Folder(folder) => format!("[IO.Directory]::CreateDirectory({}) | Out-Null\n", path(folder)),
        Piece::Write { path: file, text, kept } => {
            let keep = kept.as_deref().map(|kept| {
                let (file, kept) = (path(file), path(kept));
                format!(
                    "if ((Test-Path -LiteralPath {file}) -and -not (Test-Path -LiteralPath {kept})) {{ [IO.File]::Copy({file}, {kept}) }}\n"
                )
            });
            keep.unwrap_or_default() + &write_file(file, text)
        }
        Piece::Expect { path: file, any, why } => {
            let (folder, name) = parted(os, file);
            let any: Vec<String> = any.iter().map(|text| quoted(text)).collect();
            format!(
                "if (-not (Get-ChildItem -LiteralPath {} -Filter {} | Select-String -List -SimpleMatch -CaseSensitive -Pattern {})) {{ throw {} }}\n",
                path(&folder),
                quoted(&name),
                any.join(", "),
                quoted(&one_line(why)),
            )
        }
        // Move-Item would take a bracket in the name for a pattern.
        Piece::Move { from, to } => format!("[IO.Directory]::Move({}, {})\n", path(from), path(to)),
        Piece::Remove(file) => format!("Remove-Item -LiteralPath {}\n", path(file)),
    }
}

fn run(Running { command, own }: &Running, title: &str) -> String {
    let words = command.args.iter().map(|word| format!(" {}", handed_on(word)));
    let line = format!("& {}{}", path(&command.program), words.collect::<String>());
    let variables = if own.is_empty() { String::new() } else { format!(" -Variables {}", table(own)) };
    let folder = command.cwd.as_ref().map(|folder| format!(" -Folder {}", path(folder))).unwrap_or_default();
    format!("Step {} {{ {line} }}{variables}{folder}\n", quoted(title))
}

/// A table of variables; those without a value are taken away.
fn table(variables: &Variables) -> String {
    if variables.is_empty() {
        return "@{}".to_owned();
    }
    let set = variables.set.iter().map(|(name, value)| format!("    {} = {}\n", quoted(name), quoted(value)));
    let cleared = variables.cleared.iter().map(|name| format!("    {} = $null\n", quoted(name)));
    format!("@{{\n{}}}", set.chain(cleared).collect::<String>())
}

/// A word that reaches the program as it is. Windows PowerShell puts words with blanks in quotes and does nothing about
/// quotes that are in them, nor about a backslash before the last one; an empty word it leaves out.
fn handed_on(word: &str) -> String {
    let blank = word.contains(char::is_whitespace);
    let mut inner = String::with_capacity(word.len() + 2);
    let mut slashes = 0;
    for c in word.chars() {
        if c == '"' {
            inner.extend(std::iter::repeat_n('\\', slashes + 1));
        }
        slashes = if c == '\\' { slashes + 1 } else { 0 };
        inner.push(c);
    }
    if word.is_empty() || (blank && slashes > 0) {
        // In quotes already, it is handed on untouched.
        inner = format!("\"{inner}{}\"", "\\".repeat(slashes));
    }
    let is_option = word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphabetic());
    // Numbers and lone dashes mean something of their own.
    if is_option || word.starts_with(['/', '\\']) { Shell::PowerShell.quote(&inner) } else { quoted(&inner) }
}

/// `WriteAllText` and not Set-Content, whose UTF-8 has a byte order mark in Windows PowerShell. The line ends are named, so
/// that an editor which changes those of the script does not change those of the file.
fn write_file(file: &Path, text: &str) -> String {
    let all_of_windows = text.matches('\n').count() == text.matches("\r\n").count();
    let end = if all_of_windows && text.contains('\n') { "\r\n" } else { "\n" };
    let lines: String = text.split(end).map(|line| quoted(line) + "\n").collect();
    let end = if end == "\n" { "\"`n\"" } else { "\"`r`n\"" };
    format!("[IO.File]::WriteAllText({}, (@(\n{lines}) -join {end}))\n", path(file))
}
