//! What the command does without words: opens the window where there is a desktop.

use super::args::Cli;
use super::exit;
use crate::facts::OsFamily;
use crate::host::Host;
use crate::host::real::RealHost;
use crate::plan::CommandSpec;

/// Opens the window if that is what these words mean here; answers with the exit code.
pub fn open(cli: &Cli) -> Option<i32> {
    if cli.command.is_some() || cli.json {
        return None;
    }
    let host = RealHost::new().ok()?;
    if !has_desktop(&host) {
        return None;
    }
    if host.family() == OsFamily::Windows && launch(&host, cli) {
        return Some(exit::DONE);
    }
    here(cli)
}

/// Whether somebody sits before a desktop that can show a window.
fn has_desktop(host: &dyn Host) -> bool {
    let is_set = |name: &str| host.var(name).is_some_and(|value| !value.is_empty());
    match host.family() {
        OsFamily::Windows | OsFamily::Macos => !is_set("SSH_CONNECTION"),
        OsFamily::Linux | OsFamily::Other => is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
    }
}

/// The window's own program beside this one: the console is free again at once.
fn launch(host: &dyn Host, cli: &Cli) -> bool {
    let program = host.folders().program.join("torch-wizardw.exe");
    if host.meta(&program).is_none() {
        return false;
    }
    let mut command = CommandSpec::new(program, Vec::<String>::new());
    if cli.offline {
        command.args.push("--offline".to_owned());
    }
    if let Some(log) = &cli.log {
        command.args.extend(["--log".to_owned(), host.resolve(log).display().to_string()]);
    }
    host.launch(&command).is_ok()
}

#[cfg(feature = "gui")]
#[expect(clippy::unnecessary_wraps, reason = "without the window there is nothing to open")]
fn here(cli: &Cli) -> Option<i32> {
    let wish =
        crate::gui::start::Wish { offline: cli.offline, level: super::log_level(cli).to_owned(), log: cli.log.clone() };
    Some(crate::gui::start::open(&wish))
}

#[cfg(not(feature = "gui"))]
const fn here(_cli: &Cli) -> Option<i32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::World;
    use clap::Parser as _;

    #[test]
    fn a_desktop_is_where_somebody_sits() {
        let linux = || World::new(OsFamily::Linux);
        assert!(!has_desktop(&linux()));
        assert!(!has_desktop(&linux().var("DISPLAY", "")));
        assert!(has_desktop(&linux().var("DISPLAY", ":0")));
        assert!(has_desktop(&linux().var("WAYLAND_DISPLAY", "wayland-0")));
        assert!(has_desktop(&World::new(OsFamily::Windows)));
        assert!(!has_desktop(&World::new(OsFamily::Windows).var("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")));
    }

    #[test]
    fn on_windows_the_program_beside_is_started_with_the_same_wishes() {
        let cli = Cli::try_parse_from(["torch-wizard", "--offline"]).unwrap();
        assert!(!launch(&World::new(OsFamily::Windows), &cli));
        let world = World::new(OsFamily::Windows);
        let beside = Host::folders(&world).program.join("torch-wizardw.exe");
        let world = world.file(&beside, "");
        assert!(launch(&world, &cli));
        assert_eq!(world.launched(), [CommandSpec::new(beside, ["--offline"])]);
    }
}
