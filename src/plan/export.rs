//! One plan in other forms: text, shell scripts, requirements, Dockerfile, pylock. The same lock, hashes and folders as
//! `install` uses; only the fetch differs: in an export uv or pip downloads by the lock.

use super::{Action, CommandSpec, Engine, Plan, Shell, pip, python_of, uv};
use crate::assess::Origin;
use crate::facts::OsFamily;
use crate::text;
use std::fmt::Write as _;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// The plan as data.
    Json,
    /// A script for sh.
    Sh,
    /// A script for PowerShell.
    Ps1,
    /// A batch file.
    Bat,
    /// Pins with hashes, for `pip install -r` and `uv pip install -r`.
    Requirements,
    /// A Dockerfile.
    Dockerfile,
    /// A PEP 751 lock.
    Pylock,
}

/// Why a form cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Neither uv nor pip takes pins of which only some have hashes.
    #[error("the index names no hash for {0}, so a script could not check what it fetches")]
    NoHash(String),
    /// The lock is for another system than containers run.
    #[error("the packages are for {0:?}, a container runs Linux")]
    NotLinux(OsFamily),
}

/// Writes the plan in a form.
pub fn export(plan: &Plan, format: Format) -> Result<String, ExportError> {
    match format {
        Format::Text => Ok(for_people(plan)),
        Format::Json => Ok(as_data(plan)),
        Format::Sh => script(plan, Shell::Posix),
        Format::Ps1 => script(plan, Shell::PowerShell),
        Format::Bat => script(plan, Shell::Cmd),
        Format::Requirements => requirements(plan),
        Format::Dockerfile => dockerfile(plan),
        Format::Pylock => Ok(plan.lock.to_pylock()),
    }
}

/// What the sentences of the verdict were made of is for the window's other languages and no part of the form.
fn as_data(plan: &Plan) -> String {
    let mut plan = plan.clone();
    for reason in plan.assessment.verdict.reasons_mut() {
        reason.args.clear();
    }
    serde_json::to_string_pretty(&plan).unwrap_or_default() + "\n"
}

fn heading(plan: &Plan) -> String {
    plan.assessment.build.as_ref().map_or_else(
        || format!("route {}", plan.assessment.route.word()),
        |build| {
            let from = match &build.origin {
                Origin::TorchIndex { url } | Origin::Mirror { url } => url.clone(),
                Origin::Pypi => "PyPI".to_owned(),
                Origin::Image { image } => image.clone(),
                Origin::Git { url, tag } => format!("{url} {tag}"),
            };
            let (torch, variant) = (&build.torch, &build.variant);
            let python = build.python.map(|python| format!(" for Python {}", python.short())).unwrap_or_default();
            format!("torch {torch} ({variant}){python}, route {}, from {from}", plan.assessment.route.word())
        },
    )
}

fn for_people(plan: &Plan) -> String {
    let shell = super::native_shell(plan.os);
    let mut out = format!("{}\n", heading(plan));
    let size = plan.lock.download_bytes().map_or_else(|| "size not known".to_owned(), text::size);
    let count = text::count(plan.lock.packages.len(), "package", "packages");
    let disk =
        plan.assessment.disk_bytes.map(|bytes| format!(", about {} on disk", text::size(bytes))).unwrap_or_default();
    writeln!(out, "{count}, {size} to fetch at most{disk}").ok();
    writeln!(out, "environment  {}", plan.target.display()).ok();
    writeln!(out, "Python       {} ({})", plan.choices.python_version, plan.choices.python.display()).ok();
    writeln!(out, "engine       {}", plan.choices.engine.word()).ok();
    writeln!(out, "hosts        {}", plan.hosts.join(", ")).ok();
    for reason in plan.assessment.verdict.reasons() {
        writeln!(out, "because      {}", reason.text).ok();
    }
    if !plan.inheritance.cleared.is_empty() {
        let names: Vec<&str> = plan.inheritance.cleared.iter().map(String::as_str).collect();
        writeln!(out, "not passed on to the install: {}", names.join(", ")).ok();
    }
    writeln!(out, "\nSteps").ok();
    for (number, step) in plan.steps.iter().enumerate() {
        writeln!(out, "{}. {}", number + 1, step.title).ok();
        writeln!(out, "   {}", action_text(plan, &step.action, shell)).ok();
    }
    writeln!(out, "\nPackages").ok();
    for package in &plan.lock.packages {
        let size = package.wheel.size.map_or_else(|| "?".to_owned(), text::size);
        let hash = if package.wheel.sha256.is_some() { "" } else { "  (the index names no hash)" };
        writeln!(out, "{:>9}  {} {}{hash}", size, package.name, package.version).ok();
    }
    out
}

/// An action as it is shown: a command as it runs, anything else in words.
pub fn action_text(plan: &Plan, action: &Action, shell: Shell) -> String {
    match action {
        Action::Run { command } => command.display(shell),
        Action::Fetch => {
            format!("{} → {}", text::count(plan.lock.packages.len(), "file", "files"), plan.places.store.display())
        }
        Action::WritePins { path } => path.display().to_string(),
        Action::Rehome { from, to } => format!("{} → {}", from.display(), to.display()),
        Action::Verify { device, .. } => {
            format!("matrix products, convolution, LSTM, attention … on {device}, against float64")
        }
        Action::WriteFile { path, .. } => path.display().to_string(),
        Action::Expect { path, any, .. } => format!("{} in {}", any.join(", "), path.display()),
        Action::Restart { why } => why.clone(),
        Action::Register { at } => at.display().to_string(),
        Action::Promote { from, to, aside } => {
            let kept = aside
                .as_ref()
                .map(|aside| format!(" (what stands there waits in {})", aside.display()))
                .unwrap_or_default();
            format!("{} → {}{kept}", from.display(), to.display())
        }
    }
}

fn check_hashes(plan: &Plan) -> Result<(), ExportError> {
    let bare = plan.lock.packages.iter().find(|package| package.wheel.sha256.is_none());
    bare.map_or(Ok(()), |package| Err(ExportError::NoHash(package.wheel.file_name.clone())))
}

/// `--index-url` and its kin, as lines of a requirements file. The torch index stands beside the default one, which is
/// PyPI unless another is named: not every package of the lock is on the torch index. uv asks the extra ones first.
fn index_lines(plan: &Plan) -> String {
    let indexes = &plan.indexes;
    let mut lines = indexes.default.as_ref().map(|url| format!("--index-url {url}\n")).unwrap_or_default();
    let torch = indexes.torch.iter().filter(|url| indexes.default.as_ref() != Some(url));
    for url in torch.chain(&indexes.extra) {
        writeln!(lines, "--extra-index-url {url}").ok();
    }
    for place in &indexes.find_links {
        writeln!(lines, "--find-links {place}").ok();
    }
    lines
}

fn requirements(plan: &Plan) -> Result<String, ExportError> {
    check_hashes(plan)?;
    Ok(format!("# {}\n{}{}", heading(plan), index_lines(plan), plan.lock.requirements()))
}

/// The install of an export: by the pins, from the indexes, no dependency beyond them.
fn online_install(plan: &Plan, place: &std::path::Path, pins: &std::path::Path) -> CommandSpec {
    let mut command = match plan.choices.engine {
        Engine::Uv => uv::install(plan, place, pins),
        Engine::Pip => pip::install(plan, place, pins),
    };
    let links = command.args.iter().position(|arg| arg == "--find-links");
    if let Some(at) = links {
        command.args.drain(at..at + 2);
    }
    command.args.retain(|arg| arg != "--no-index" && arg != "--no-cache-dir");
    if plan.choices.engine == Engine::Uv {
        // The hashes say which file is meant; the index it stands on need not be the first.
        command.args.extend(["--index-strategy".to_owned(), "unsafe-best-match".to_owned()]);
    }
    command
}

fn script(plan: &Plan, shell: Shell) -> Result<String, ExportError> {
    check_hashes(plan)?;
    let pins = super::beside(&plan.target, ".pins.txt");
    // uv's environments can be moved whole; venv's hold their place, so they are made there and removed on failure.
    let place = match plan.choices.engine {
        Engine::Uv => &plan.staging,
        Engine::Pip => &plan.target,
    };
    let make = match plan.choices.engine {
        Engine::Uv => uv::make_environment(plan, place),
        Engine::Pip => pip::make_environment(plan, place),
    };
    let install = online_install(plan, place, &pins);
    let python = python_of(plan.os, place).display().to_string();
    let probe =
        CommandSpec::new(python, ["-I", "-c", "import torch; print(torch.__version__, torch.cuda.is_available())"]);
    let mut out = preamble(plan, shell);
    // No shell can name a variable that is no identifier; none of the tools reads such a one.
    let is_plain = |name: &&String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    for (name, value) in install.env.iter().filter(|(name, _)| is_plain(name)) {
        out += &set_variable(shell, name, Some(value));
    }
    for name in install.env_remove.iter().filter(is_plain) {
        out += &set_variable(shell, name, None);
    }
    out += &prepare_folders(plan, shell);
    out += &write_file(shell, &pins.display().to_string(), &(index_lines(plan) + &plan.lock.requirements()));
    let place = place.display().to_string();
    for command in [make, install, probe] {
        out += &checked(shell, &command.display(shell), &place);
    }
    out += &finish(plan, shell, &pins.display().to_string());
    Ok(match shell {
        // Batch files need Windows' line ends: labels and long files are misread otherwise.
        Shell::Cmd => out.replace('\n', "\r\n"),
        // Windows PowerShell takes a file without a byte order mark for one of the old code page.
        Shell::PowerShell if !out.is_ascii() => format!("\u{feff}{out}"),
        Shell::PowerShell | Shell::Posix => out,
    })
}

fn preamble(plan: &Plan, shell: Shell) -> String {
    let notes = [
        heading(plan),
        format!(
            "Makes the same environment as `torch-wizard install`: same packages, same hashes, at {}.",
            plan.target.display()
        ),
        "It is proven by: torch-wizard verify (the environment's folder)".to_owned(),
    ];
    let comments: String = notes.iter().map(|note| shell.comment(note) + "\n").collect();
    match shell {
        Shell::Posix => format!("#!/bin/sh\n{comments}set -eu\n"),
        Shell::PowerShell => format!("{comments}$ErrorActionPreference = 'Stop'\n"),
        Shell::Cmd => format!("@echo off\nsetlocal DisableDelayedExpansion\nchcp 65001 >nul\n{comments}"),
    }
}

fn set_variable(shell: Shell, name: &str, value: Option<&str>) -> String {
    match (shell, value) {
        (Shell::Posix, Some(value)) => format!("export {name}={}\n", shell.quote(value)),
        (Shell::Posix, None) => format!("unset {name}\n"),
        (Shell::PowerShell, Some(value)) => format!("$env:{name} = {}\n", shell.string(value)),
        (Shell::PowerShell, None) => format!("Remove-Item -ErrorAction SilentlyContinue Env:{name}\n"),
        (Shell::Cmd, Some(value)) => format!("set \"{name}={}\"\n", value.replace('%', "%%")),
        (Shell::Cmd, None) => format!("set \"{name}=\"\n"),
    }
}

/// Stops if something stands at the target, removes what an earlier try left, makes the folder above.
fn prepare_folders(plan: &Plan, shell: Shell) -> String {
    let words = format!("{} is there already; nothing was changed.", plan.target.display());
    let quoted = |path: &std::path::Path| shell.string(&path.display().to_string());
    let (target, staging) = (quoted(&plan.target), quoted(&plan.staging));
    let above = quoted(&super::above(plan.os, &plan.target));
    match shell {
        Shell::Posix => format!(
            "if [ -e {target} ]; then printf '%s\\n' {} >&2; exit 1; fi\nrm -rf -- {staging}\nmkdir -p -- {above}\n",
            shell.string(&words)
        ),
        Shell::PowerShell => format!(
            "if (Test-Path -LiteralPath {target}) {{ throw {} }}\nif (Test-Path -LiteralPath {staging}) {{ Remove-Item -Recurse -Force -LiteralPath {staging} }}\n[IO.Directory]::CreateDirectory({above}) | Out-Null\n",
            shell.string(&words)
        ),
        Shell::Cmd => format!(
            "if exist {target} (\n  echo {} 1>&2\n  exit /b 1\n)\nif exist {staging} rmdir /s /q {staging}\nif not exist {above} mkdir {above}\n",
            batch_text(&words)
        ),
    }
}

fn write_file(shell: Shell, path: &str, content: &str) -> String {
    let path = shell.string(path);
    match shell {
        Shell::Posix => format!("cat >{path} <<'END_OF_PINS'\n{content}END_OF_PINS\n"),
        // WriteAllText and not Set-Content, whose UTF-8 has a byte order mark in Windows PowerShell.
        Shell::PowerShell => format!("[IO.File]::WriteAllText({path}, @'\n{content}'@)\n"),
        Shell::Cmd => {
            // The redirection stands first: a digit at the end of a line would be taken for the number of a stream.
            let line = |(number, line): (usize, &str)| {
                let arrow = if number == 0 { ">" } else { ">>" };
                format!("{arrow}{path} echo {}\n", batch_text(line))
            };
            content.lines().enumerate().map(line).collect::<Vec<_>>().concat()
        }
    }
}

/// A line for `echo` in a batch file.
fn batch_text(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '%' => out.push_str("%%"),
            '(' | ')' | '&' | '|' | '<' | '>' | '^' => out.extend(['^', c]),
            _ => out.push(c),
        }
    }
    out
}

/// A step that, when it fails, takes the half-made environment with it.
fn checked(shell: Shell, line: &str, place: &str) -> String {
    let place = shell.string(place);
    match shell {
        Shell::Posix => format!("{line} || {{ rm -rf -- {place}; exit 1; }}\n"),
        Shell::PowerShell => format!(
            "{line}\nif ($LASTEXITCODE -ne 0) {{ Remove-Item -Recurse -Force -ErrorAction SilentlyContinue -LiteralPath {place}; throw 'the step above failed' }}\n"
        ),
        Shell::Cmd => format!("{line}\n{}", on_failure("goto failed")),
    }
}

/// What a batch file does after a command that failed. Not `if errorlevel 1`: a crash leaves a negative number.
fn on_failure(then: &str) -> String {
    format!("if not \"%errorlevel%\"==\"0\" {then}\n")
}

fn finish(plan: &Plan, shell: Shell, pins: &str) -> String {
    let (staging, target) = (plan.staging.display().to_string(), plan.target.display().to_string());
    let (staging, target, pins) = (shell.string(&staging), shell.string(&target), shell.string(pins));
    let moved = match shell {
        Shell::Posix => format!("mv -- {staging} {target}\n"),
        Shell::PowerShell => format!("Move-Item -LiteralPath {staging} -Destination {target}\n"),
        Shell::Cmd => format!("move {staging} {target} >nul\n{}", on_failure("exit /b 1")),
    };
    let tidy = match shell {
        Shell::Posix => format!("rm -f -- {pins}\n"),
        Shell::PowerShell => format!("Remove-Item -LiteralPath {pins}\n"),
        Shell::Cmd => format!("del {pins}\n"),
    };
    // Where a batch file jumps to when a step fails.
    let failed = match (shell, plan.choices.engine) {
        (Shell::Cmd, Engine::Uv) => format!("exit /b 0\n:failed\nrmdir /s /q {staging}\nexit /b 1\n"),
        (Shell::Cmd, Engine::Pip) => format!("exit /b 0\n:failed\nrmdir /s /q {target}\nexit /b 1\n"),
        (Shell::Posix | Shell::PowerShell, _) => String::new(),
    };
    match plan.choices.engine {
        Engine::Uv => moved + &tidy + &failed,
        Engine::Pip => tidy + &failed,
    }
}

fn dockerfile(plan: &Plan) -> Result<String, ExportError> {
    check_hashes(plan)?;
    if plan.os != OsFamily::Linux {
        return Err(ExportError::NotLinux(plan.os));
    }
    let python = plan.choices.python_version.short();
    Ok(format!(
        "# syntax=docker/dockerfile:1\n# {}\n# Run with: docker run --rm -it --gpus all --ipc=host IMAGE\nFROM python:{python}-slim\nCOPY <<'END_OF_PINS' /tmp/pins.txt\n{}{}END_OF_PINS\nRUN python -m venv /opt/torch \\\n && /opt/torch/bin/python -m pip install --no-cache-dir --require-hashes --no-deps -r /tmp/pins.txt \\\n && rm /tmp/pins.txt\nENV VIRTUAL_ENV=/opt/torch PATH=/opt/torch/bin:$PATH\nCMD [\"python\"]\n",
        heading(plan),
        index_lines(plan),
        plan.lock.requirements(),
    ))
}
