//! A guard for the torch of an environment: a constraint in the environment's own settings of pip, which then refuses
//! whatever wants another torch. Only where a person wants it; taken back whole.
//!
//! pip reads `pip.conf` (`pip.ini` on Windows) in the environment's folder; a path there is split at blanks, an address is
//! not. uv reads no settings of an environment, only those of the folder it is started in, the user's and the system's;
//! its variable `UV_CONSTRAINT` takes the same address. Our own commands read neither.
//! <https://pip.pypa.io/en/stable/topics/configuration/>, <https://docs.astral.sh/uv/reference/environment/#uv_constraint>

use crate::facts::OsFamily;
use crate::host::Host;
use crate::plan::file_address;
use crate::plan::repair::Installed;
use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// The file with what is held.
const PINS: &str = "torch-wizard-guard.txt";
/// Stands before what is ours in pip's settings.
const MARK: &str = "# torch-wizard envs guard";
const SECTION: &str = "[install]";

/// What belongs together: a companion of another torch is as bad as another torch.
const HELD: [&str; 3] = ["torch", "torchaudio", "torchvision"];

/// What is held of these packages, as exact requirements.
pub fn pins(packages: &[Installed]) -> Vec<String> {
    let held = packages.iter().filter(|package| HELD.contains(&package.name.as_str()));
    held.map(|package| format!("{}=={}", package.name, package.version)).collect()
}

/// pip's settings in an environment.
pub fn settings(host: &dyn Host, folder: &Path) -> PathBuf {
    folder.join(if host.family() == OsFamily::Windows { "pip.ini" } else { "pip.conf" })
}

/// The address of the file with what is held, as pip and uv take it.
pub fn address(host: &dyn Host, folder: &Path) -> String {
    file_address(host.family(), &folder.join(PINS).to_string_lossy())
}

/// What is held in an environment; `None` where nothing is.
pub fn held(host: &dyn Host, folder: &Path) -> Option<Vec<String>> {
    let settings = text_of(host, &settings(host, folder)).ok()?;
    settings.lines().any(|line| line.trim() == MARK).then_some(())?;
    let pins = text_of(host, &folder.join(PINS)).ok()?;
    Some(pins.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect())
}

/// Holds the torch that an environment has, and its companions. What belongs to the system is left alone.
pub fn hold(host: &dyn Host, folder: &Path) -> Result<(), Problem> {
    if super::inspect(host, folder).kind == "system" {
        let cause =
            format!("{} is no environment of its own: what belongs to the system is left alone.", folder.display());
        return Err(Problem::new("not-guarded", cause).command("Make an environment instead", "torch-wizard install"));
    }
    let pins = pins(&super::packages::of_environment(host, folder).packages);
    if pins.is_empty() {
        return Err(Problem::new("no-torch", format!("There is no torch in {} to hold.", folder.display()))
            .command("See what is known of it", format!("torch-wizard envs check \"{}\"", folder.display())));
    }
    set(host, folder, &pins)
}

/// Holds these.
fn set(host: &dyn Host, folder: &Path, pins: &[String]) -> Result<(), Problem> {
    let file = settings(host, folder);
    let before = text_of(host, &file)?;
    let Some(after) = with(&before, &address(host, folder)) else {
        return Err(Problem::new(
            "guard-taken",
            format!("{} has a constraint already, and pip takes one of them only.", file.display()),
        )
        .advise(format!("Add these lines to the file that it names: {}.", pins.join(", "))));
    };
    let write = |path: &Path, text: &str| {
        host.write_atomic(path, text.as_bytes()).map_err(|error| crate::run::problem_of(&error))
    };
    // In this order: pip must not be told of a file that is not there.
    write(&folder.join(PINS), &(pins.join("\n") + "\n"))?;
    write(&file, &after)
}

/// What held the torch of one environment holds the torch of another, which took its place, or the torch that it has now.
/// Nothing where nothing was held, or where there is no torch to hold.
pub fn renew(host: &dyn Host, was: &Path, is: &Path) -> Result<(), Problem> {
    if held(host, was).is_none() {
        return Ok(());
    }
    let pins = pins(&super::packages::of_environment(host, is).packages);
    if pins.is_empty() { Ok(()) } else { set(host, is, &pins) }
}

/// Holds nothing any more. Answers whether anything was held.
pub fn lift(host: &dyn Host, folder: &Path) -> Result<bool, Problem> {
    let failed = |error| crate::run::problem_of(&error);
    let file = settings(host, folder);
    let before = text_of(host, &file)?;
    let after = without(&before);
    let was_held = after != before;
    if was_held && after.trim().is_empty() {
        host.remove(&file).map_err(failed)?;
    } else if was_held {
        host.write_atomic(&file, after.as_bytes()).map_err(failed)?;
    }
    host.remove(&folder.join(PINS)).map_err(failed)?;
    Ok(was_held)
}

/// A file that is not there is empty; one that is no text is not ours to change.
fn text_of(host: &dyn Host, path: &Path) -> Result<String, Problem> {
    if host.meta(path).is_none() {
        return Ok(String::new());
    }
    let bytes = host.read(path).map_err(|error| crate::run::problem_of(&error))?;
    String::from_utf8(bytes).map_err(|error| {
        Problem::new("not-text", format!("{} is no text in UTF-8, so it is not changed.", path.display()))
            .advise("Save it as UTF-8 and try again.")
            .details(error.to_string())
    })
}

/// pip's settings with the constraint; `None` if they have one of somebody else's.
fn with(settings: &str, address: &str) -> Option<String> {
    let bare = without(settings);
    let is_constraint = |line: &str| line.split(['=', ':']).next().is_some_and(|key| key.trim() == "constraint");
    if bare.lines().any(is_constraint) {
        return None;
    }
    let line = format!("constraint = {address}");
    let mut lines: Vec<&str> = bare.lines().collect();
    if let Some(at) = lines.iter().position(|line| line.trim() == SECTION) {
        lines.splice(at + 1..=at, [MARK, &line]);
    } else {
        lines.extend([MARK, SECTION, &line]);
    }
    Some(lines.join("\n") + "\n")
}

/// pip's settings without what [`with`] added.
fn without(settings: &str) -> String {
    let lines: Vec<&str> = settings.lines().collect();
    let Some(at) = lines.iter().position(|line| line.trim() == MARK) else { return settings.to_owned() };
    let (before, after) = lines.split_at(at);
    let after = after.get(1..).unwrap_or_default();
    let is_ours = |line: &&str| line.contains(PINS);
    let has_section = after.first().is_some_and(|line| line.trim() == SECTION);
    let after: Vec<&str> = after.iter().copied().filter(|line| !is_ours(line)).collect();
    // A section that somebody has written into since stays.
    let next = after.get(1).map(|line| line.trim());
    let is_empty_section = has_section && next.is_none_or(|line| line.is_empty() || line.starts_with('['));
    let after = after.get(usize::from(is_empty_section)..).unwrap_or_default();
    let kept: Vec<&str> = before.iter().chain(after).copied().collect();
    if kept.is_empty() { String::new() } else { kept.join("\n") + "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::World;

    const ADDRESS: &str = "file:///e/torch-wizard-guard.txt";

    #[test]
    fn a_guard_is_one_line_among_what_is_there_and_leaves_no_trace() {
        let ours = "# torch-wizard envs guard\n";
        for (before, after) in [
            ("", format!("{ours}[install]\nconstraint = {ADDRESS}\n")),
            (
                "[global]\nindex-url = https://a/b\n",
                format!("[global]\nindex-url = https://a/b\n{ours}[install]\nconstraint = {ADDRESS}\n"),
            ),
            (
                "[install]\nno-compile = true\n\n[global]\n",
                format!("[install]\n{ours}constraint = {ADDRESS}\nno-compile = true\n\n[global]\n"),
            ),
        ] {
            let made = with(before, ADDRESS).unwrap();
            assert_eq!(made, after);
            assert_eq!(with(&made, ADDRESS).as_deref(), Some(after.as_str()), "twice is once");
            assert_eq!(without(&made), before);
        }
        let written_into = with("", ADDRESS).unwrap() + "no-compile = true\n";
        assert_eq!(without(&written_into), "[install]\nno-compile = true\n");
        for taken in ["[install]\nconstraint = mine.txt\n", "[global]\nconstraint: mine.txt\n"] {
            assert_eq!(with(taken, ADDRESS), None);
        }
    }

    #[test]
    fn on_windows_a_path_with_blanks_and_umlauts_is_an_address() {
        let folder = Path::new(r"C:\Users\Jörg Müller\e");
        let world = World::new(OsFamily::Windows).file(r"C:\Users\Jörg Müller\e\pyvenv.cfg", "");
        set(&world, folder, &["torch==2.9.1+cu130".to_owned()]).unwrap();
        assert_eq!(held(&world, folder).unwrap(), ["torch==2.9.1+cu130"]);
        let text = String::from_utf8(world.read(&folder.join("pip.ini")).unwrap()).unwrap();
        let address = text.lines().last().unwrap();
        assert!(address.starts_with("constraint = file:///C:/Users/J%C3%B6rg%20M%C3%BCller/e"), "{text}");
        assert_eq!(lift(&world, folder), Ok(true));
        assert_eq!((held(&world, folder), lift(&world, folder)), (None, Ok(false)));
        assert_eq!(world.list(folder).unwrap().len(), 1);
    }

    #[test]
    fn settings_that_are_no_text_are_left_alone() {
        let world = World::new(OsFamily::Linux).file("/e/pip.conf", b"[global]\nproxy = \xff\n");
        assert_eq!(set(&world, Path::new("/e"), &["torch==1".to_owned()]).unwrap_err().label, "not-text");
        assert_eq!(world.list(Path::new("/e")).unwrap().len(), 1);
    }
}
