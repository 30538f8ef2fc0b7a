//! What the uninstaller asks for before it removes the program: everything that was written outside of its folder is
//! taken back. Environments are the user's and stay; so do settings and kept wheels, unless they are to go as well.

use crate::host::{Host, HostError};
use crate::problem::Problem;
use crate::store::Registry;
use std::path::Path;

/// Where uv puts the Pythons it brings for us.
pub const PYTHONS: &str = "python";

/// Takes back what makes the system start the program by itself. With `purge`, also removes settings, logs, runs and
/// kept wheels; of what is ours only a Python stays that an environment stands on.
pub fn leave(host: &dyn Host, purge: bool) -> Result<(), Problem> {
    let watched = crate::log_on::remove(host);
    host.start_at_log_in(None).map_err(|error| crate::run::problem_of(&error))?;
    if purge {
        remove_files(host).map_err(|error| crate::run::problem_of(&error))?;
    }
    watched
}

fn remove_files(host: &dyn Host) -> Result<(), HostError> {
    let folders = host.folders();
    let keeps = has_environment_on(host, &folders.data.join(PYTHONS));
    for entry in host.list(&folders.data).unwrap_or_default() {
        if !(keeps && entry.path.file_name().is_some_and(|name| name == PYTHONS)) {
            host.remove(&entry.path)?;
        }
    }
    host.remove(&folders.cache)?;
    for folder in [Some(folders.data.as_path()), folders.data.parent()].into_iter().flatten() {
        if host.list(folder).is_ok_and(|left| left.is_empty()) {
            host.remove(folder)?;
        }
    }
    Ok(())
}

/// Whether an environment that we know stands on a Python in this folder. A list that cannot be read says nothing about
/// what stands there: then one does.
fn has_environment_on(host: &dyn Host, pythons: &Path) -> bool {
    let Ok(known) = crate::store::load::<Registry>(host, &Registry::path(host)) else { return true };
    let on_ours = |path: &Path| {
        crate::environments::base_interpreter(host, path).is_some_and(|python| python.starts_with(pythons))
    };
    known.environments.iter().any(|known| on_ours(&known.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::{Script, World};

    const ENVIRONMENT: &str = r"C:\Users\me\torch-cu130";

    fn lived_in(python: &str) -> World {
        let world = World::new(OsFamily::Windows);
        let folders = Host::folders(&world).clone();
        let base = folders.data.join("python").join("cpython-3.12").join("python.exe");
        let known = format!(
            r#"{{"schema": 1, "environments": [{{"path": {}, "created": "2026-11-01T00:00:00Z"}}]}}"#,
            serde_json::to_string(ENVIRONMENT).unwrap()
        );
        world
            .file(base, "")
            .file(folders.data.join("settings.json"), "{}")
            .file(folders.data.join("runs").join("1").join("journal"), "")
            .file(folders.cache.join("wheels").join("ab").join("torch.whl"), "")
            .file(Registry::path(&World::new(OsFamily::Windows)), &known)
            .file(format!(r"{ENVIRONMENT}\pyvenv.cfg"), format!("home = {python}\r\n"))
            .file(r"C:\Python312\python.exe", "")
            .var("USERNAME", "me")
            .program("schtasks", Script::exits(0))
    }

    fn ours() -> String {
        let folders = Host::folders(&World::new(OsFamily::Windows)).clone();
        folders.data.join("python").join("cpython-3.12").display().to_string()
    }

    #[test]
    fn settings_and_wheels_stay_unless_they_are_to_go() {
        let world = lived_in(r"C:\Python312");
        leave(&world, false).unwrap();
        let folders = Host::folders(&world).clone();
        assert!(world.meta(&folders.data.join("settings.json")).is_some());
        assert!(world.meta(&folders.cache.join("wheels")).is_some());
        leave(&world, true).unwrap();
        assert!(world.meta(&folders.data).is_none());
        assert!(world.meta(&folders.cache).is_none());
        assert!(world.meta(ENVIRONMENT.as_ref()).is_some());
    }

    #[test]
    fn a_python_of_ours_stays_with_the_environment_that_stands_on_it() {
        let world = lived_in(&ours());
        leave(&world, true).unwrap();
        let folders = Host::folders(&world).clone();
        assert_eq!(world.list(&folders.data).unwrap().len(), 1);
        assert!(world.meta(&folders.data.join("python").join("cpython-3.12").join("python.exe")).is_some());
        assert!(world.meta(&folders.cache).is_none());
    }

    #[test]
    fn the_line_for_the_next_log_in_goes_and_the_task_with_it() {
        let world = lived_in(r"C:\Python312");
        world.start_at_log_in(Some(&crate::plan::CommandSpec::new("torch-wizardw.exe", [""]))).unwrap();
        leave(&world, false).unwrap();
        assert_eq!(world.at_log_in(), None);
        let calls: Vec<_> = world.ran().into_iter().map(|command| command.args.join(" ")).collect();
        assert!(calls.iter().any(|call| call.starts_with("/Delete /TN torch-wizard")), "{calls:?}");
    }
}
