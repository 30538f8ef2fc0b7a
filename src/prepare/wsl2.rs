//! What a plan of route `wsl2` is made of: what is there of WSL, what is missing, and how the distribution sees this PC.

use super::linux::{self, Resolved, Task};
use super::{Scan, Wish};
use crate::assess::{Assessment, Build};
use crate::catalog::{Catalog, Platform};
use crate::detect::settings;
use crate::facts::Distribution;
use crate::host::{Host, output};
use crate::lock::Lock;
use crate::plan::wsl2::{self, Distro, Missing, SetUp, linux_path, windows_path};
use crate::plan::{Choices, CommandSpec, Engine, Inside, Plan};
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The virtual machine may have to start first.
const STARTING: Duration = Duration::from_mins(2);

/// Makes the plan.
pub fn plan(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    scan: &Scan,
    chosen: &Assessment,
    build: &Build,
    wish: &Wish,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Plan, Problem> {
    let task = Task { host, catalog, scan, chosen, build, wish };
    let found = scan.facts.wsl.found();
    let program = found.map_or_else(|| system(&**host, "wsl.exe"), |wsl| wsl.program.clone());
    let there = found.and_then(|wsl| catalog.wsl.pick(wsl));
    let seen = match there {
        Some(distribution) => {
            if tick("starting Linux").is_break() {
                return Err(Problem::new("cancelled", "Cancelled."));
            }
            ask(&**host, &program, &distribution.name)?
        }
        None => fresh(&task),
    };
    let target = target(&task, &program, &seen, there.is_some())?;
    let uv = uv(catalog)?;
    let Resolved { lock, uv: our_uv, indexes, inheritance } =
        linux::resolved(&task, &[format!("uv=={}", catalog.uv.version)], tick)?;
    check_uv(&lock, &uv)?;
    let distro = Distro {
        program,
        missing: missing(&task, there, &seen),
        driver: place(catalog, "libcuda")?,
        tar: system(&**host, "tar.exe"),
        uv_wheel: uv.0,
        uv_member: format!("uv-{}.data/scripts/uv", catalog.uv.version),
        variables: variables(&**host, &seen.drives),
        name: seen.name,
        home: seen.home,
        drives: seen.drives,
    };
    let choices = Choices {
        target,
        python: format!("python{}", build.python.map(crate::facts::PythonVersion::short).unwrap_or_default()).into(),
        python_version: build.python,
        engine: Engine::Uv,
        uv: Some(our_uv),
        cards: linux::cards(&task).0,
        replace: false,
    };
    let mut chosen = chosen.clone();
    chosen.download_bytes = lock.download_bytes().or(chosen.download_bytes);
    let frame = linux::frame(host, &lock, indexes, inheritance);
    wsl2::plan(chosen, choices, lock, frame, distro).map_err(|error| linux::bad_target(&error))
}

/// A distribution as far as a plan needs it.
struct Seen {
    name: String,
    home: String,
    drives: String,
}

/// Runs a short command in a distribution.
fn inside(host: &dyn Host, program: &Path, name: &str, args: &[&str]) -> Result<crate::host::Output, Problem> {
    let inside = Inside::Wsl { program: program.to_owned(), distribution: name.to_owned() };
    let (first, rest) = args.split_first().unwrap_or((&"true", &[]));
    let command = inside.wrap(CommandSpec::new(*first, rest.iter().copied()));
    output(host, &command, STARTING).map_err(|error| crate::run::problem_of(&error))
}

fn said(output: &crate::host::Output) -> String {
    format!("{}{}", output.text(), crate::host::decode(&output.stderr)).trim().to_owned()
}

/// Asks a distribution where its user is at home and where it sees the drives of Windows. This starts it.
fn ask(host: &dyn Host, program: &Path, name: &str) -> Result<Seen, Problem> {
    let home = inside(host, program, name, &["printenv", "HOME"])?;
    let path = home.text().trim().to_owned();
    if !home.is_success() || !path.starts_with('/') {
        return Err(Problem::new("wsl-does-not-start", format!("{name} does not start in WSL."))
            .command("Look what it says", format!("wsl --distribution \"{name}\""))
            .details(said(&home)));
    }
    let root = inside(host, program, name, &["wslpath", "-u", "C:/"])?;
    let drive = root.text().trim().trim_end_matches('/').to_owned();
    match drive.strip_suffix("/c").filter(|_| root.is_success()) {
        Some(above) => Ok(Seen { name: name.to_owned(), home: path, drives: format!("{above}/") }),
        None => Err(Problem::new("drives-not-seen", format!("{name} does not see the drives of Windows."))
            .advise("Switch on [automount] in /etc/wsl.conf of the distribution, then run: wsl --shutdown")
            .details(said(&root))),
    }
}

/// What a distribution will be that is installed first.
fn fresh(task: &Task<'_>) -> Seen {
    let rules = &task.catalog.wsl;
    Seen {
        name: rules.distribution.name.clone(),
        home: format!("/home/{}", user(&**task.host)),
        drives: place(task.catalog, "windows-drives").unwrap_or_else(|_| "/mnt/".to_owned()),
    }
}

/// Names that Debian and Ubuntu have given to users and groups of their own.
/// <https://salsa.debian.org/debian/base-passwd>
const TAKEN: [&str; 40] = [
    "adm", "admin", "audio", "backup", "bin", "cdrom", "crontab", "daemon", "dialout", "dip", "disk", "docker", "fax",
    "floppy", "games", "input", "irc", "kvm", "list", "lp", "mail", "man", "netdev", "news", "nobody", "nogroup",
    "operator", "plugdev", "proxy", "root", "shadow", "src", "staff", "sudo", "sync", "sys", "tape", "tty", "users",
    "video",
];

/// The name of the user of Windows, as far as Linux takes it: `^[a-z_][a-z0-9_-]*$`, 32 characters at most.
fn user(host: &dyn Host) -> String {
    let name = host.var("USERNAME").map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).take(32).collect();
    let plain = plain.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').to_owned();
    if plain.is_empty() || TAKEN.contains(&plain.as_str()) { "user".to_owned() } else { plain }
}

/// A program of Windows itself, wherever another of that name stands on PATH.
fn system(host: &dyn Host, name: &str) -> PathBuf {
    let windows =
        host.var("WINDIR").map_or_else(|| r"C:\Windows".to_owned(), |path| path.to_string_lossy().into_owned());
    format!(r"{windows}\System32\{name}").into()
}

fn place(catalog: &Catalog, code: &str) -> Result<String, Problem> {
    let row = catalog.wsl.places.iter().find(|row| row.code == code);
    row.map(|row| row.path.clone()).ok_or_else(|| Problem::new("internal", format!("The catalogue has no {code}.")))
}

/// What must be set up first, in order.
fn missing(task: &Task<'_>, there: Option<&Distribution>, seen: &Seen) -> Vec<Missing> {
    let (rules, facts) = (&task.catalog.wsl, task.facts());
    let by = |what: SetUp, code: &str| {
        let row = rules.commands.iter().find(|row| row.code == code)?;
        let arguments = row.arguments.iter().map(|word| word.replace("{distribution}", &seen.name)).collect();
        Some(Missing::By { what, arguments, admin: row.admin, restart: row.restart })
    };
    let mut missing = Vec::new();
    let wsl = facts.wsl.found();
    let lacks_platform = wsl.is_none() || facts.virtualisation.platform == Some(false);
    if lacks_platform {
        missing.extend(by(SetUp::Platform, "install-platform"));
    }
    // The one that came with Windows cannot install what is published now.
    if there.is_none() || wsl.is_some_and(|wsl| wsl.version.is_none()) {
        missing.extend(by(SetUp::Update, "update"));
    }
    missing.extend(config(task));
    match there {
        None => {
            missing.extend(by(SetUp::Distribution, "install-distribution"));
            missing.push(Missing::User { name: user(&**task.host) });
        }
        Some(distribution) if distribution.version < 2 => missing.extend(by(SetUp::Conversion, "convert")),
        Some(_) => {}
    }
    missing
}

/// More memory for WSL, where its share of a small one is little and the user has set none.
fn config(task: &Task<'_>) -> Option<Missing> {
    let rules = &task.catalog.wsl.config;
    let memory = wsl2::memory_for(task.facts().hardware.found()?.memory_bytes, rules.memory_share)?;
    let path = task.host.folders().home.join(&rules.file);
    let is_there = task.host.meta(&path).is_some();
    // One in another encoding is left alone.
    let before = if is_there { String::from_utf8(task.host.read(&path).ok()?).ok()? } else { String::new() };
    let text = wsl2::merged(&before, &rules.section, &[("memory", format!("{memory}GB"))])?;
    Some(Missing::Config { path, text, is_there })
}

/// The wheel of uv for the distribution, as the catalogue knows it: name and hash.
fn uv(catalog: &Catalog) -> Result<(String, String), Problem> {
    let wheel = catalog.uv_wheel(Platform::LinuxX86.word());
    let wheel = wheel.ok_or_else(|| Problem::new("internal", "The catalogue has no uv for Linux."))?;
    Ok((wheel.file.clone(), wheel.sha256.clone()))
}

/// It starts before anything is proven: it must be the file that was looked at.
fn check_uv(lock: &Lock, (file, sha256): &(String, String)) -> Result<(), Problem> {
    let wheel = lock.package("uv").map(|package| &package.wheel);
    let is_it = wheel.is_some_and(|wheel| wheel.file_name == *file && wheel.sha256.as_ref() == Some(sha256));
    if is_it {
        return Ok(());
    }
    Err(Problem::new("index-garbage", "The index offers another uv than the one that this program knows.")
        .advise("Check the index URL, or use a newer torch-wizard.")
        .details(wheel.map(|wheel| format!("{} {:?}", wheel.file_name, wheel.sha256)).unwrap_or_default()))
}

/// Proxies and certificates as uv in there takes them. A proxy on this PC itself is another one in there.
fn variables(host: &dyn Host, drives: &str) -> BTreeMap<String, String> {
    let value = |name: &str| host.var(name).map(|value| value.to_string_lossy().into_owned());
    let is_ours = |value: &String| {
        settings::mask(value) == *value && !["127.0.0.1", "localhost", "[::1]"].iter().any(|here| value.contains(here))
    };
    let proxies = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];
    let mut variables: BTreeMap<String, String> =
        proxies.into_iter().filter_map(|name| Some((name.to_owned(), value(name).filter(is_ours)?))).collect();
    let certificates = value("SSL_CERT_FILE").and_then(|path| wsl2::on_drive(drives, &path));
    variables.extend(certificates.map(|path| ("SSL_CERT_FILE".to_owned(), path)));
    variables
}

/// Where the environment will stand: the folder named, else one in the Linux home that is not taken.
fn target(task: &Task<'_>, program: &Path, seen: &Seen, is_there: bool) -> Result<PathBuf, Problem> {
    let taken = |path: &str| -> Result<bool, Problem> {
        Ok(is_there && inside(&**task.host, program, &seen.name, &["test", "-e", path])?.is_success())
    };
    let named = task.wish.target.clone();
    if let Some(path) = &named {
        let inner = linux_path(path).map(|(_, inner)| inner);
        if let Some(inner) = inner
            && taken(&inner)?
        {
            return Err(Problem::new("target-taken", format!("{} is there already.", path.display()))
                .advise("Choose another folder with --env."));
        }
        return Ok(path.clone());
    }
    let first = format!("{}/torch-{}", seen.home, task.build.variant);
    let numbered = (2..10).map(|number: u32| format!("{first}-{number}"));
    for path in std::iter::once(first.clone()).chain(numbered) {
        if !taken(&path)? {
            return Ok(windows_path(&seen.name, &path));
        }
    }
    Err(Problem::new("target-taken", format!("{first} is there already, and so are nine more."))
        .advise("Choose another folder with --env."))
}

#[cfg(test)]
mod tests;
