//! What tools print → how far they are. Each reader is a small machine that takes one line after the other; none looks at
//! a clock or at the world. A line that says nothing of progress is none of their business.

mod build;
mod engine;
mod git;
mod pip;
mod uv;
mod wsl;

use crate::plan::CommandSpec;
use crate::progress::{Amount, Unit, Units};

/// What a line says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Share of the command, 0.0 to 1.0, where the tool says more than the amount does.
    pub share: Option<f64>,
    /// How much is done.
    pub amount: Option<Amount>,
    /// Of what: a file, a layer, a package.
    pub what: Option<String>,
    /// What the tool is doing if it says nothing from here on; empty: what its step is known for.
    pub doing: Option<String>,
    /// A picture of progress that no log needs to show.
    pub is_bar: bool,
}

impl Reading {
    fn units(done: u64, total: u64, unit: Unit) -> Self {
        let units = Units { done: done.min(total), total: Some(total), unit };
        Self { amount: Some(Amount::Units(units)), ..Self::default() }
    }

    fn bytes(done: u64, total: Option<u64>) -> Self {
        Self { amount: Some(Amount::Bytes { done, total }), ..Self::default() }
    }

    fn of(mut self, what: impl Into<String>) -> Self {
        self.what = Some(what.into());
        self
    }

    const fn at(mut self, share: f64) -> Self {
        self.share = Some(share);
        self
    }

    fn doing(mut self, doing: impl Into<String>) -> Self {
        self.doing = Some(doing.into());
        self
    }

    const fn bar(mut self) -> Self {
        self.is_bar = true;
        self
    }
}

/// The reader for a tool.
#[derive(Clone, Debug)]
pub enum Reader {
    /// `CMake` and ninja, alone or under `setup.py` and pip.
    Build(build::Build),
    /// pip, which may run a build.
    Pip(pip::Pip, build::Build),
    /// uv, of which a build is not heard.
    Uv(uv::Uv),
    /// git.
    Git(git::Git),
    /// docker or podman.
    Engine(engine::Engine),
    /// wsl.exe where it sets something up.
    Wsl(wsl::Wsl),
}

impl Reader {
    /// The reader for a command; `packages` are those that an install is given. `None` for a tool that tells nothing of
    /// how far it is.
    pub fn of(command: &CommandSpec, packages: u64) -> Option<Self> {
        let stem = command.program.to_string_lossy();
        let name = stem.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        let args: Vec<&str> = command.args.iter().map(String::as_str).collect();
        let has = |word: &str| args.contains(&word);
        match name {
            "git" => Some(Self::Git(git::Git::default())),
            "uv" => Some(Self::Uv(uv::Uv::new(packages))),
            "ninja" | "cmake" | "msbuild" => Some(Self::Build(build::Build::default())),
            "docker" | "podman" | "nerdctl" if has("pull") || has("build") => {
                Some(Self::Engine(engine::Engine::default()))
            }
            // Inside a distribution or a container it is what runs there that tells.
            "wsl" if has("--exec") => Self::inside(&args, "--exec", packages),
            "wsl" => Some(Self::Wsl(wsl::Wsl::default())),
            _ if has("setup.py") => Some(Self::Build(build::Build::default())),
            _ if args.windows(2).any(|pair| pair == ["-m", "pip"]) => {
                Some(Self::Pip(pip::Pip::new(packages), build::Build::default()))
            }
            _ => None,
        }
    }

    /// The program behind `after`, past `env` and its variables.
    fn inside(args: &[&str], after: &str, packages: u64) -> Option<Self> {
        let at = args.iter().position(|arg| *arg == after)?;
        let mut words = args.get(at + 1..)?.iter().copied().peekable();
        if words.peek() == Some(&"env") {
            words.next();
            while let Some(word) = words.peek() {
                if *word == "-u" {
                    words.nth(1);
                } else if word.contains('=') {
                    words.next();
                } else {
                    break;
                }
            }
        }
        let program = words.next()?;
        Self::of(&CommandSpec::new(program, words), packages)
    }

    /// Takes a line without colours.
    pub fn line(&mut self, line: &str) -> Option<Reading> {
        match self {
            Self::Build(build) => build.line(line),
            Self::Pip(pip, build) => {
                // The output of a build is moved to the right by pip.
                pip.line(line).or_else(|| build.line(line.trim_start()))
            }
            Self::Uv(uv) => uv.line(line),
            Self::Git(git) => git.line(line),
            Self::Engine(engine) => engine.line(line),
            Self::Wsl(wsl) => wsl.line(line),
        }
    }

    /// Whether compilers run under it, whose files can be named.
    pub const fn compiles(&self) -> bool {
        matches!(self, Self::Build(_) | Self::Pip(..) | Self::Uv(_))
    }
}

/// `12/345`, with blanks around or none.
fn pair(text: &str) -> Option<(u64, u64)> {
    let (done, total) = text.split_once('/')?;
    Some((done.trim().parse().ok()?, total.trim().parse().ok()?))
}

/// `1.8 GB`, `366.69 KiB`, `150.99MB`, `0B` → bytes.
fn size(number: &str, unit: &str) -> Option<u64> {
    let number: f64 = number.replace(',', ".").parse().ok()?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "b" | "bytes" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes of files; no sign is parsed")]
    let bytes = (number * factor).max(0.0) as u64;
    Some(bytes)
}

/// A number with its unit, glued together or not, at the start of a text.
fn sized(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    size(number, rest.split_whitespace().next().unwrap_or("b"))
}

/// The last part of a path, of either system.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests;
