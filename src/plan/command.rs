//! A command as an argument vector, and its text for reading and copying.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// An argument vector; never a shell string, so nothing needs quoting to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandSpec {
    /// The program: a path, or a name to look up on PATH.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Where it runs.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// Variables set for it.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Inherited variables taken away from it.
    #[serde(default)]
    pub env_remove: BTreeSet<String>,
    /// Text for its standard input; nothing otherwise.
    #[serde(default)]
    pub stdin: Option<String>,
    /// It works for an hour or more: whatever the user does meanwhile goes before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_background: bool,
}

impl CommandSpec {
    /// A command with these arguments.
    pub fn new<A: Into<String>>(program: impl Into<PathBuf>, args: impl IntoIterator<Item = A>) -> Self {
        Self { program: program.into(), args: args.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The same with one more variable.
    #[must_use]
    pub fn with_env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(key.into(), value.into());
        self
    }

    /// The same at a lower priority.
    #[must_use]
    pub const fn in_background(mut self) -> Self {
        self.is_background = true;
        self
    }

    /// Program and arguments as one pasteable line.
    pub fn display(&self, shell: Shell) -> String {
        let program = shell.quote(&self.program.display().to_string());
        // A quoted word is a value for PowerShell, not a command, without the call operator.
        let call = if shell == Shell::PowerShell { "& " } else { "" };
        let args = self.args.iter().map(|arg| format!(" {}", shell.quote(arg)));
        format!("{call}{program}{}", args.collect::<String>())
    }
}

/// The shells a command can be shown for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shell {
    /// Windows PowerShell 5.1 and PowerShell 7.
    PowerShell,
    /// The Windows command prompt; text for a batch file (`%` is doubled).
    Cmd,
    /// sh and its descendants.
    Posix,
}

impl Shell {
    /// One word that reaches the program as it is.
    pub fn quote(self, word: &str) -> String {
        let plain = |extra: &str| {
            !word.is_empty()
                && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:+,".contains(c) || extra.contains(c))
        };
        match self {
            Self::Posix => {
                if plain("@") {
                    return word.to_owned();
                }
                self.string(word)
            }
            Self::PowerShell => {
                // A bare comma makes a list; a bare `-a.b` or `-a:b` is cut in two; a bare `.` loads a script.
                let cut = word.starts_with('-') && word.contains(['.', ':']);
                if plain("\\") && !word.contains(',') && !word.starts_with('.') && !cut {
                    return word.to_owned();
                }
                self.string(word)
            }
            Self::Cmd => {
                if plain("\\") {
                    return word.replace('%', "%%");
                }
                self.string(word)
            }
        }
    }

    /// The same in quotes, needed or not: for places where a bare word is read as something else.
    pub fn string(self, word: &str) -> String {
        match self {
            Self::Posix => format!("'{}'", word.replace('\'', r"'\''")),
            Self::PowerShell => {
                // Typographic quotes end a string for PowerShell as the plain one does.
                let mut inner = String::with_capacity(word.len() + 2);
                for c in word.chars() {
                    if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
                        inner.push(c);
                    }
                    inner.push(c);
                }
                format!("'{inner}'")
            }
            Self::Cmd => {
                let quoted = format!("\"{}\"", windows_argument(&word.replace('%', "%%")));
                // To the prompt a quote within ends the quotes, whatever stands before it; so there are none for it.
                if word.contains('"') { without_meaning(&quoted) } else { quoted }
            }
        }
    }

    /// A comment line.
    pub fn comment(self, text: &str) -> String {
        match self {
            Self::Posix | Self::PowerShell => format!("# {text}"),
            Self::Cmd => format!("rem {}", text.replace('%', "%%")),
        }
    }
}

/// The text with nothing in it that means something to the command prompt; its percent signs are doubled already.
fn without_meaning(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if "()^\"<>&|".contains(c) {
            out.push('^');
        }
        out.push(c);
    }
    out
}

/// The inside of a quoted argument by the rules of Windows' C runtime: a quote gets a backslash, and backslashes before
/// a quote (or the closing one) are doubled.
/// <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>
fn windows_argument(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut backslashes = 0;
    for c in word.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        out.push(c);
    }
    out.extend(std::iter::repeat_n('\\', backslashes));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Splits a command line as Windows' C runtime does.
    fn windows_split(line: &str) -> Vec<String> {
        let (mut words, mut word, mut open, mut quoted, mut slashes) = (Vec::new(), String::new(), false, false, 0);
        for c in line.chars() {
            if c == '\\' {
                slashes += 1;
                open = true;
                continue;
            }
            if c == '"' {
                word.extend(std::iter::repeat_n('\\', slashes / 2));
                if slashes % 2 == 1 {
                    word.push('"');
                } else {
                    quoted = !quoted;
                }
                open = true;
            } else {
                word.extend(std::iter::repeat_n('\\', slashes));
                if c == ' ' && !quoted {
                    if open {
                        words.push(std::mem::take(&mut word));
                    }
                    open = false;
                } else {
                    word.push(c);
                    open = true;
                }
            }
            slashes = 0;
        }
        word.extend(std::iter::repeat_n('\\', slashes));
        if open {
            words.push(word);
        }
        words
    }

    /// What the batch reader makes of a line; `None` where it sees a second command, a redirection or a variable.
    fn batch_reads(line: &str) -> Option<String> {
        let (mut out, mut quoted) = (String::new(), false);
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' => chars.next().filter(|next| *next == '%')?,
                '^' if !quoted => {
                    out.push(chars.next()?);
                    continue;
                }
                '&' | '|' | '<' | '>' | '(' | ')' if !quoted => return None,
                _ => c,
            };
            quoted ^= c == '"';
            out.push(c);
        }
        (!quoted).then_some(out)
    }

    proptest! {
        #[test]
        fn a_posix_line_parses_back_to_its_words(words in prop::collection::vec("[^\0\n\r]{0,12}", 1..5)) {
            let line = words.iter().map(|w| Shell::Posix.quote(w)).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(shlex::split(&line), Some(words));
        }

        #[test]
        fn a_batch_line_parses_back_to_its_words(words in prop::collection::vec("[^\0\n\r]{0,12}", 1..5)) {
            let line = words.iter().map(|w| Shell::Cmd.quote(w)).collect::<Vec<_>>().join(" ");
            let seen = batch_reads(&line);
            prop_assert_eq!(seen.map(|line| windows_split(&line)), Some(words), "{}", line);
        }

        #[test]
        fn nothing_but_the_closing_quote_ends_a_powershell_word(word in "[^\0\n\r]{0,16}") {
            let text = Shell::PowerShell.quote(&word);
            if let Some(inner) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
                let quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
                let mut chars = inner.chars().peekable();
                let mut back = String::new();
                while let Some(c) = chars.next() {
                    if quote(c) {
                        prop_assert_eq!(chars.next(), Some(c), "a lone quote in {}", text);
                    }
                    back.push(c);
                }
                prop_assert_eq!(back, word);
            } else {
                prop_assert_eq!(text, word);
            }
        }
    }

    #[test]
    fn a_command_is_shown_so_that_it_can_be_pasted() {
        let command = CommandSpec::new(r"C:\Program Files\uv\uv.exe", ["venv", "--python", r"C:\Käse 測試\python.exe"]);
        assert_eq!(
            command.display(Shell::PowerShell),
            r"& 'C:\Program Files\uv\uv.exe' venv --python 'C:\Käse 測試\python.exe'"
        );
        assert_eq!(
            command.display(Shell::Cmd),
            r#""C:\Program Files\uv\uv.exe" venv --python "C:\Käse 測試\python.exe""#
        );
        let command = CommandSpec::new("uv", ["pip", "it's", "$HOME", "a b"]);
        assert_eq!(command.display(Shell::Posix), r"uv pip 'it'\''s' '$HOME' 'a b'");
    }
}
