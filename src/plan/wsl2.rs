//! The steps of route `wsl2`: what is missing of WSL is set up, the environment is made and proven in the Linux home of
//! a distribution. Nothing is installed there as root but the distribution itself, and no driver at all: the card's
//! driver is the one of Windows.

mod config;

pub use config::{memory_for, merged};

use super::inside::utf8;
use super::{
    Action, Choices, CommandSpec, Frame, Inside, Plan, PlanError, PlanStep, Shell, begun, beside, inside, wheel,
};
use crate::assess::Assessment;
use crate::lock::Lock;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The distribution an environment stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distro {
    /// `wsl.exe`.
    pub program: PathBuf,
    /// Name of the distribution.
    pub name: String,
    /// Home folder of its user.
    pub home: String,
    /// Where Windows' drives are mounted in it, with the slash at its end.
    pub drives: String,
    /// What is missing, in the order in which it is set up.
    pub missing: Vec<Missing>,
    /// The driver's library in it.
    pub driver: String,
    /// Windows' own `tar.exe`, which reads wheels.
    pub tar: PathBuf,
    /// File name of uv's wheel for Linux, one of the lock.
    pub uv_wheel: String,
    /// Path of uv in that wheel.
    pub uv_member: String,
    /// Variables for uv in there.
    pub variables: BTreeMap<String, String>,
}

/// Something that must be there before an environment can be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "set-up", rename_all = "kebab-case")]
pub enum Missing {
    /// A step by `wsl.exe`.
    By {
        /// What it sets up.
        what: SetUp,
        /// Its arguments.
        arguments: Vec<String>,
        /// It needs administrator rights.
        admin: bool,
        /// Windows is restarted afterwards.
        restart: bool,
    },
    /// The file with what WSL may take of the PC.
    Config {
        /// The file.
        path: PathBuf,
        /// All of it.
        text: String,
        /// There is one already, which is kept.
        is_there: bool,
    },
    /// The first user of a distribution. Without one everything would be done, and owned, by root.
    User {
        /// The name.
        name: String,
    },
}

/// What `wsl.exe` sets up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetUp {
    /// WSL itself and the feature of Windows under it.
    Platform,
    /// The newest WSL.
    Update,
    /// A distribution.
    Distribution,
    /// A distribution of WSL 1 becomes one of WSL 2.
    Conversion,
}

/// The distribution and the folder in it that a path of Windows names: `\\wsl.localhost\Ubuntu\home\me` → `Ubuntu`,
/// `/home/me`.
pub fn linux_path(path: &Path) -> Option<(String, String)> {
    let text = path.to_string_lossy().replace('\\', "/");
    let (server, rest) = text.strip_prefix("//")?.split_once('/')?;
    let is_wsl = ["wsl.localhost", "wsl$"].iter().any(|name| server.eq_ignore_ascii_case(name));
    let (name, rest) = rest.split_once('/').filter(|_| is_wsl)?;
    let rest = rest.trim_matches('/');
    (!rest.is_empty()).then(|| (name.to_owned(), format!("/{rest}")))
}

/// The same folder as Windows sees it.
pub fn windows_path(distribution: &str, path: &str) -> PathBuf {
    format!(r"\\wsl.localhost\{distribution}{}", path.replace('/', r"\")).into()
}

/// `C:\a b\c` → `/mnt/c/a b/c`; `None` for what is on no drive with a letter.
pub fn on_drive(drives: &str, path: &str) -> Option<String> {
    let path = path.strip_prefix(r"\\?\").unwrap_or(path);
    let (drive, rest) = path.split_once(':')?;
    let mut letters = drive.chars();
    let letter = letters.next().filter(char::is_ascii_alphabetic)?;
    let is_whole = letters.next().is_none() && rest.starts_with(['\\', '/']);
    is_whole.then(|| format!("{drives}{}{}", letter.to_ascii_lowercase(), rest.replace('\\', "/")))
}

/// Whether a path in the distribution leads back to a drive of Windows.
fn is_on_drive(drives: &str, path: &str) -> bool {
    let first = path.strip_prefix(drives).and_then(|rest| rest.split('/').next());
    first.is_some_and(|first| first.len() == 1 && first.chars().all(|c| c.is_ascii_alphabetic()))
}

/// Makes the plan of route `wsl2`. The environment is made at its place: inside there is no folder that our own files
/// reach well enough to move it.
pub fn plan(
    assessment: Assessment,
    choices: Choices,
    lock: Lock,
    frame: Frame,
    distro: Distro,
) -> Result<Plan, PlanError> {
    let mut plan = begun(assessment, Choices { replace: false, ..choices }, lock, frame)?;
    plan.inside = Inside::Wsl { program: distro.program.clone(), distribution: distro.name.clone() };
    let bad = |path: &Path, why: &str| PlanError::BadTarget { path: path.to_owned(), why: why.to_owned() };
    let hint = format!("route wsl2 needs one in Linux, such as {}", windows_path(&distro.name, &distro.home).display());
    let is_inside =
        |(name, path): &(String, String)| name.eq_ignore_ascii_case(&distro.name) && !is_on_drive(&distro.drives, path);
    let target = linux_path(&plan.target).filter(is_inside).ok_or_else(|| bad(&plan.target, &hint))?.1;
    let seen = |path: &Path| {
        let there = on_drive(&distro.drives, &path.to_string_lossy());
        there.ok_or_else(|| bad(path, "Linux sees only folders on drives with a letter"))
    };
    let places = Seen {
        target,
        links: seen(&plan.places.links)?,
        run: seen(&plan.places.run)?,
        uv: format!("{}/.local/share/torch-wizard/uv", distro.home),
    };
    // WSL and the Pythons that uv brings are published there.
    plan.hosts.push("github.com".to_owned());
    plan.hosts.sort();
    plan.hosts.dedup();
    plan.steps = steps(&plan, &distro, &places);
    plan.distro = Some(distro);
    Ok(plan)
}

/// The plan's places as the distribution sees them.
struct Seen {
    target: String,
    links: String,
    run: String,
    uv: String,
}

fn steps(plan: &Plan, distro: &Distro, seen: &Seen) -> Vec<PlanStep> {
    let mut steps: Vec<PlanStep> = distro.missing.iter().flat_map(|missing| set_up(distro, missing)).collect();
    let look = CommandSpec::new("ls", ["-l", &distro.driver]);
    steps.push(wheel::step(
        "wsl-driver",
        "Look for the driver of Windows inside",
        Action::Run { command: plan.inside.wrap(look) },
        Vec::new(),
        5_000,
        "starting Linux",
    ));
    steps.extend([wheel::download(plan), wheel::pins(plan)]);
    steps.extend(bring_uv(plan, distro, seen));
    steps.extend([environment(plan, distro, seen), install(plan, distro, seen)]);
    let action = Action::Verify {
        python: format!("{}/bin/python", seen.target).into(),
        device: if plan.choices.cards.is_empty() { "all".to_owned() } else { plan.choices.cards.join(",") },
        inside: plan.inside.clone(),
    };
    steps.push(wheel::step(
        "verify",
        "Run the kernels in Linux and compare with a reference",
        action,
        Vec::new(),
        20_000,
        "loading PyTorch",
    ));
    steps.push(register(plan));
    steps
}

/// `wsl.exe` itself.
fn wsl(distro: &Distro, arguments: &[&str]) -> CommandSpec {
    utf8(CommandSpec::new(&distro.program, arguments.iter().copied()))
}

/// The steps that set up one thing.
fn set_up(distro: &Distro, missing: &Missing) -> Vec<PlanStep> {
    match missing {
        Missing::By { what, arguments, admin, restart } => {
            let command = utf8(CommandSpec::new(&distro.program, arguments.iter().cloned()));
            let (key, title, weight, silence) = words(*what);
            let mut step = wheel::step(key, title, Action::Run { command }, Vec::new(), weight, silence);
            step.admin = *admin;
            let mut steps = vec![step];
            if *restart {
                let why = "Windows switches on what WSL needs when it is restarted.".to_owned();
                let action = Action::Restart { why };
                steps.push(wheel::step("restart", "Restart Windows", action, Vec::new(), 100, "waiting"));
            }
            steps
        }
        Missing::Config { path, text, is_there } => {
            let kept = is_there.then(|| beside(path, ".before-torch-wizard"));
            let writes = std::iter::once(path.clone()).chain(kept.clone()).collect();
            let action = Action::WriteFile { path: path.clone(), text: text.clone(), kept };
            let title = "Allow WSL more of the memory, from its next start on";
            vec![wheel::step("wslconfig", title, action, writes, 50, "writing a file")]
        }
        Missing::User { name } => user(distro, name),
    }
}

const fn words(what: SetUp) -> (&'static str, &'static str, u64, &'static str) {
    match what {
        SetUp::Platform => ("wsl", "Switch on WSL", 120_000, "Windows is setting up WSL"),
        SetUp::Update => ("wsl-update", "Bring WSL up to date", 60_000, "Windows is fetching WSL"),
        SetUp::Distribution => {
            ("distribution", "Install the Linux distribution", 120_000, "Windows is fetching the distribution")
        }
        SetUp::Conversion => {
            ("wsl-2", "Turn the distribution into one of WSL 2; its files stay", 300_000, "Windows is converting it")
        }
    }
}

/// The user and that it is the one who is logged in. It has no password yet; `wsl -u root passwd NAME` gives it one.
fn user(distro: &Distro, name: &str) -> Vec<PlanStep> {
    let add = ["useradd", "--create-home", "--shell", "/bin/bash", "--groups", "adm,sudo", name];
    let mut arguments = vec!["--distribution", distro.name.as_str(), "--user", "root", "--exec"];
    arguments.extend(add);
    let made = windows_path(&distro.name, &distro.home);
    let command = wsl(distro, &arguments);
    let default = wsl(distro, &["--manage", &distro.name, "--set-default-user", name]);
    vec![
        wheel::step(
            "linux-user",
            "Make a user in the distribution",
            Action::Run { command },
            vec![made],
            8_000,
            "starting Linux",
        ),
        wheel::step(
            "linux-login",
            "Let the distribution begin with this user",
            Action::Run { command: default },
            Vec::new(),
            1_000,
            "waiting for WSL",
        ),
    ]
}

/// uv comes out of its wheel on Windows, which needs nothing inside, and is copied in. Windows' tar reads names outside
/// its code page only as the folder it stands in.
fn bring_uv(plan: &Plan, distro: &Distro, seen: &Seen) -> [PlanStep; 2] {
    let unpack = CommandSpec {
        cwd: Some(plan.places.links.clone()),
        ..CommandSpec::new(&distro.tar, ["-x", "-f", &distro.uv_wheel, &distro.uv_member])
    };
    let member = format!("{}/{}", seen.links, distro.uv_member);
    let copy = CommandSpec::new("install", ["-D", "-m", "755", &member, &seen.uv]);
    let folder = distro.uv_member.split('/').next().unwrap_or_default();
    [
        wheel::step(
            "uv-unpack",
            "Take uv for Linux out of its wheel",
            Action::Run { command: unpack },
            vec![inside(plan.os, &plan.places.links, folder)],
            500,
            "unpacking uv",
        ),
        wheel::step(
            "uv",
            "Copy uv into the distribution",
            Action::Run { command: plan.inside.wrap(copy) },
            vec![windows_path(&distro.name, &seen.uv)],
            500,
            "copying uv",
        ),
    ]
}

fn uv(plan: &Plan, distro: &Distro, seen: &Seen, arguments: &[&str]) -> CommandSpec {
    let mut command = CommandSpec::new(&seen.uv, arguments.iter().copied());
    command.env.clone_from(&distro.variables);
    command.env.insert("UV_NO_CONFIG".to_owned(), "1".to_owned());
    plan.inside.wrap(command)
}

/// uv takes a fitting Python of the distribution, else it brings one. What a cut run left there is begun anew.
fn environment(plan: &Plan, distro: &Distro, seen: &Seen) -> PlanStep {
    let python = plan.choices.python_version.map(crate::facts::PythonVersion::short).unwrap_or_default();
    let prompt = super::prompt(plan);
    let arguments = ["venv", "--no-project", "--clear", "--prompt", &prompt, "--python", &python, &seen.target];
    wheel::step(
        "environment",
        "Make the virtual environment in the Linux home",
        Action::Run { command: uv(plan, distro, seen, &arguments) },
        vec![plan.target.clone()],
        5_000,
        "making the environment",
    )
}

fn install(plan: &Plan, distro: &Distro, seen: &Seen) -> PlanStep {
    let python = format!("{}/bin/python", seen.target);
    let pins = format!("{}/pins.txt", seen.run);
    let arguments = [
        "pip",
        "install",
        "--python",
        &python,
        "--no-index",
        "--find-links",
        &seen.links,
        "--require-hashes",
        "--no-deps",
        "-r",
        &pins,
    ];
    wheel::step(
        "install",
        "Unpack and link the packages",
        Action::Run { command: uv(plan, distro, seen, &arguments) },
        vec![plan.target.clone()],
        // 60 MB of wheels a second: Linux reads them through Windows
        2_000 + plan.lock.download_bytes().unwrap_or_default() / 60_000,
        "unpacking wheels and linking files",
    )
}

/// It stands already; what is proven is taken into the list.
fn register(plan: &Plan) -> PlanStep {
    let action = Action::Register { at: plan.target.clone() };
    wheel::step("register", "Take it into the list of environments", action, Vec::new(), 50, "writing the list")
}

/// How to enter an environment that stands in a distribution, from Windows; `None` for any other.
pub fn activation(environment: &Path, shell: Shell) -> Option<String> {
    let (distribution, path) = linux_path(environment)?;
    let enter = format!(". {} && exec bash -i", Shell::Posix.quote(&format!("{path}/bin/activate")));
    let arguments = ["--distribution", &distribution, "--cd", "~", "--exec", "bash", "-c", &enter];
    Some(CommandSpec::new("wsl.exe", arguments).display(shell))
}

#[cfg(test)]
mod tests;
