//! A batch file for the command prompt of Windows.

use super::script::{Part, Piece, Running, Script, Variables};
use super::{ExportError, one_line};
use crate::plan::Shell;
use std::fmt::Write as _;
use std::path::Path;

/// The command prompt reads no longer lines.
const LONGEST: usize = 8191;

fn quoted(text: &str) -> String {
    Shell::Cmd.string(text)
}

fn path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// Words for `echo`. Quotes are taken out of their meaning, since within them the other signs would have to stay as they
/// are.
fn said(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '%' => out.push_str("%%"),
            '(' | ')' | '&' | '|' | '<' | '>' | '^' | '"' => out.extend(['^', c]),
            _ => out.push(c),
        }
    }
    out
}

/// Words on standard error.
fn told(words: &str) -> String {
    format!("echo {} 1>&2", said(&one_line(words)))
}

/// What is done after a command that failed. Not `if errorlevel 1`: a crash leaves a negative number.
const CHECK: &str = "if not \"%errorlevel%\"==\"0\" goto failed\n";

/// Writes the script.
pub(super) fn text(script: &Script) -> Result<String, ExportError> {
    let mut writing = Batch { out: String::new(), labels: 0 };
    // The empty call takes away the error that something before this file may have left.
    writing.out += "@echo off\nsetlocal DisableDelayedExpansion\nchcp 65001 >nul\n(call )\n";
    for note in &script.notes {
        writeln!(writing.out, "{}", comment(note)).ok();
    }
    if script.parts.len() > 1 {
        writing.out +=
            "rem The part to begin with stands after the name of this file: 1, or the next one after a restart.\n";
        for number in 2..=script.parts.len() {
            writeln!(writing.out, "if \"%~1\"==\"{number}\" goto part_{number}").ok();
        }
    }
    // What all parts need stands before each of them.
    let common = settings(&script.common);
    if let Some(target) = &script.target {
        let words = format!("{} is there already; nothing was changed.", target.display());
        writeln!(writing.out, "if exist {} (\n  {}\n  exit /b 1\n)", path(target), told(&words)).ok();
    }
    if let Some(half_made) = &script.half_made {
        writeln!(writing.out, "if exist {0} rmdir /s /q {0}", path(half_made)).ok();
    }
    for (at, part) in script.parts.iter().enumerate() {
        if at > 0 {
            writeln!(writing.out, "\n:part_{}", at + 1).ok();
        }
        if at == 0 && !common.is_empty() {
            writing.out += "\n";
        }
        writing.out += &common;
        writing.part(part, at + 2);
    }
    writing.out += "exit /b 0\n\n:failed\n";
    if let Some(half_made) = &script.half_made {
        writeln!(writing.out, "if exist {0} rmdir /s /q {0}", path(half_made)).ok();
    }
    writing.out += "exit /b 1\n";
    checked(script, &writing.out)
}

/// What a batch file cannot hold is told and not cut.
fn checked(script: &Script, text: &str) -> Result<String, ExportError> {
    for piece in script.parts.iter().flat_map(|part| &part.pieces) {
        let mut words: Vec<String> = Vec::new();
        match piece {
            Piece::Run(Running { command, own }) => {
                words.push(command.program.display().to_string());
                words.extend(command.args.iter().cloned());
                words.extend(own.set.values().cloned());
            }
            Piece::Write { text, .. } => {
                // Line ends of one kind; a lone one of another kind is a character like any other.
                let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
                words.push(text.replace(end, ""));
            }
            Piece::Expect { any, .. } => words.extend(any.iter().cloned()),
            Piece::Step(_)
            | Piece::Note(_)
            | Piece::Fetch { .. }
            | Piece::Folder(_)
            | Piece::Move { .. }
            | Piece::Remove(_) => {}
        }
        if let Some(word) = words.into_iter().find(|word| word.contains(|c: char| c.is_control() && c != '\t')) {
            return Err(ExportError::ControlCharacter(one_line(&word)));
        }
    }
    match text.lines().find(|line| line.len() > LONGEST) {
        Some(line) => Err(ExportError::LineTooLong(line.len())),
        // Batch files need Windows' line ends: labels and long files are misread otherwise.
        None => Ok(text.replace('\n', "\r\n")),
    }
}

fn comment(words: &str) -> String {
    // A caret at its end would swallow the next line.
    Shell::Cmd.comment(&one_line(words).replace('^', "^^"))
}

/// A name that a batch file can give a value.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_().-".contains(c))
}

fn settings(variables: &Variables) -> String {
    let set = |name: &str, value: &str| {
        // A quote within would end the protection of what follows it.
        if value.contains('"') {
            format!("set {name}={}\n", said(value))
        } else {
            format!("set \"{name}={}\"\n", value.replace('%', "%%"))
        }
    };
    let given = variables.set.iter().filter(|(name, _)| is_plain(name)).map(|(name, value)| set(name, value));
    given.chain(variables.cleared.iter().filter(|name| is_plain(name)).map(|name| set(name, ""))).collect()
}

struct Batch {
    out: String,
    labels: usize,
}

impl Batch {
    fn part(&mut self, part: &Part, next: usize) {
        if let Some(step) = &part.administrator {
            let words = format!(
                "A step needs administrator rights ({step}): run this file from a prompt that was opened as administrator."
            );
            let out = &mut self.out;
            writeln!(
                out,
                "net session >nul 2>&1\nif not \"%errorlevel%\"==\"0\" (\n  {}\n  exit /b 3\n)",
                told(&words)
            )
            .ok();
        }
        for piece in &part.pieces {
            self.piece(piece);
        }
        if let Some(why) = &part.restart {
            let out = &mut self.out;
            writeln!(
                out,
                "\n{}\necho Restart the system now, then go on with: \"%~f0\" {next} 1>&2\nexit /b 3",
                told(why)
            )
            .ok();
        }
    }

    fn label(&mut self) -> usize {
        self.labels += 1;
        self.labels
    }

    fn piece(&mut self, piece: &Piece) {
        let lines = match piece {
            Piece::Step(title) => format!("\necho {}\n", said(&one_line(title))),
            Piece::Note(words) => format!("{}\n", comment(words)),
            Piece::Run(running) => run(running),
            Piece::Fetch { url, file, sha256 } => self.fetch(url, file, sha256),
            Piece::Folder(folder) => {
                format!("if not exist {0} mkdir {0}\nif not exist {0} goto failed\n", path(folder))
            }
            Piece::Write { path: file, text, kept } => {
                let keep = kept.as_deref().map(|kept| {
                    format!("if exist {0} if not exist {1} copy {0} {1} >nul\n{CHECK}", path(file), path(kept))
                });
                keep.unwrap_or_default() + &write_file(file, text)
            }
            Piece::Expect { path: file, any, why } => self.expect(file, any, why),
            Piece::Move { from, to } => {
                format!("move {} {1} >nul\n{CHECK}if not exist {1} goto failed\n", path(from), path(to))
            }
            Piece::Remove(file) => format!("del {}\n", path(file)),
        };
        self.out += &lines;
    }

    fn fetch(&mut self, url: &str, file: &Path, sha256: &str) -> String {
        let (number, file) = (self.label(), file.display().to_string());
        let (file, part) = (quoted(&file), quoted(&format!("{file}.part")));
        let words = said("is not the file that the lock means.");
        format!(
            "if exist {file} goto here_{number}\n\
             curl.exe --fail --location --retry 3 --output {part} {}\n{CHECK}move {part} {file} >nul\n{CHECK}\
             :here_{number}\ncertutil.exe -hashfile {file} SHA256 | {FIND} {} >nul\n\
             if \"%errorlevel%\"==\"0\" goto right_{number}\n\
             del {file}\necho {file} {words} 1>&2\ngoto failed\n:right_{number}\n",
            quoted(url),
            quoted(sha256),
        )
    }

    fn expect(&mut self, file: &Path, any: &[String], why: &str) -> String {
        let (number, file) = (self.label(), path(file));
        let mut out = String::new();
        for text in any {
            if text.is_empty() {
                writeln!(out, "if exist {file} goto seen_{number}").ok();
            } else {
                let text = text.replace('%', "%%").replace('"', "\"\"");
                writeln!(out, "{FIND} \"{text}\" {file} >nul 2>nul").ok();
                writeln!(out, "if \"%errorlevel%\"==\"0\" goto seen_{number}").ok();
            }
        }
        writeln!(out, "{}\ngoto failed\n:seen_{number}", told(why)).ok();
        out
    }
}

/// By its path: other programs of this name come with other shells.
const FIND: &str = "\"%SystemRoot%\\System32\\find.exe\"";

fn run(Running { command, own }: &Running) -> String {
    // The name of a program ends for the prompt where a list would go on.
    let program = command.program.display().to_string();
    let is_bare = program.chars().all(|c| c.is_ascii_alphanumeric() || "\\:._-".contains(c));
    let program = if is_bare { program } else { quoted(&program) };
    let words = command.args.iter().map(|word| format!(" {}", Shell::Cmd.quote(word)));
    let line = format!("{program}{}\n{CHECK}", words.collect::<String>());
    let folder = command.cwd.as_ref().map(|folder| format!("cd /d {}\n{CHECK}", path(folder)));
    if folder.is_none() && own.is_empty() {
        return line;
    }
    format!("setlocal\n{}{}{line}endlocal\n", folder.unwrap_or_default(), settings(own))
}

/// `echo` ends each line as Windows does; where the text has other ends, PowerShell, which every Windows has, sets them.
fn write_file(file: &Path, text: &str) -> String {
    let place = path(file);
    let whole = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    let mut out = String::new();
    if text.is_empty() {
        return format!("type nul >{place}\n{CHECK}");
    }
    for (at, line) in whole.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        // The redirection stands first: a digit at the end of a line would be taken for the number of a stream.
        let arrow = if at == 0 { ">" } else { ">>" };
        writeln!(out, "{arrow}{place} {}", echo(line)).ok();
    }
    out += CHECK;
    // What `echo` gives: each line ends as Windows' do, the last one too.
    let ends = if text.contains('\n') && !text.contains("\r\n") { ".Replace([string][char]13, '')" } else { "" };
    let cut = if text.ends_with('\n') { "" } else { ".TrimEnd([char]13, [char]10)" };
    if !ends.is_empty() || !cut.is_empty() {
        let set = settings(&Variables {
            set: [("TEXT_FILE".to_owned(), file.display().to_string())].into(),
            ..Variables::default()
        });
        write!(
            out,
            "{set}powershell.exe -NoProfile -Command \"[IO.File]::WriteAllText($env:TEXT_FILE, [IO.File]::ReadAllText($env:TEXT_FILE){ends}{cut})\"\n{CHECK}"
        )
        .ok();
    }
    out
}

/// A line of a file. Alone, or before these words, `echo` would say something of its own.
fn echo(line: &str) -> String {
    let bare = line.trim().to_ascii_lowercase();
    let is_word = bare == "on" || bare == "off" || bare.contains("/?");
    let between = match () {
        () if is_word => "(",
        () if bare.is_empty() => ".",
        () => " ",
    };
    format!("echo{between}{}", said(line))
}
