//! A terminal with an environment active: a program of the user's that goes on without us.

use super::Shared;
use crate::app::Message;
use crate::facts::OsFamily;
use crate::host::Host;
use crate::plan::{CommandSpec, Shell, activation, docker};
use crate::problem::Problem;
use std::path::Path;

/// Terminals of Linux desktops in the order they are tried, with the word that a command stands behind.
const TERMINALS: [(&str, &[&str]); 9] = [
    ("xdg-terminal-exec", &[]),
    ("x-terminal-emulator", &["-e"]),
    ("gnome-terminal", &["--"]),
    ("konsole", &["-e"]),
    ("xfce4-terminal", &["-x"]),
    ("kitty", &[]),
    ("alacritty", &["-e"]),
    ("foot", &[]),
    ("xterm", &["-e"]),
];

/// Opens one.
pub(super) fn open(shared: &Shared, environment: &Path) {
    if let Err(problem) = launch(&*shared.host, environment) {
        shared.send(Message::Trouble(problem));
    }
}

fn launch(host: &dyn Host, environment: &Path) -> Result<(), Problem> {
    let command = command(host, environment).ok_or_else(|| {
        Problem::new("no-terminal", "No terminal was found on this system.")
            .advise("Copy the line that activates the environment into a terminal of yours.")
    })?;
    // Windows Terminal is a link that only starting it resolves: whether it is there shows when it is tried.
    if host.family() == OsFamily::Windows
        && let Some(tab) = in_windows_terminal(&command, environment)
        && host.launch(&tab).is_ok()
    {
        return Ok(());
    }
    host.launch(&command).map_err(|error| crate::run::problem_of(&error))
}

/// The same in a tab of Windows Terminal, which takes `;` for the end of a command of its own and puts words with blanks into
/// double quotes without a look at those that are there.
/// <https://learn.microsoft.com/windows/terminal/command-line-arguments>
fn in_windows_terminal(command: &CommandSpec, environment: &Path) -> Option<CommandSpec> {
    let program = command.program.display().to_string();
    let words =
        ["-d".to_owned(), environment.display().to_string(), program].into_iter().chain(command.args.iter().cloned());
    let words: Vec<String> = words.map(|word| word.replace(';', r"\;")).collect();
    let is_plain = words.iter().all(|word| !word.contains('"'));
    is_plain.then(|| CommandSpec { cwd: command.cwd.clone(), ..CommandSpec::new("wt.exe", words) })
}

fn command(host: &dyn Host, environment: &Path) -> Option<CommandSpec> {
    let family = host.family();
    let in_folder = |mut command: CommandSpec| {
        command.cwd = Some(environment.to_owned());
        command
    };
    if family == OsFamily::Windows {
        // The script of the environment itself; `Bypass` holds for this one window alone.
        let line = entering(host, environment, Shell::PowerShell);
        let words = ["-NoExit", "-ExecutionPolicy", "Bypass", "-Command", &line];
        return Some(in_folder(CommandSpec::new("powershell.exe", words)));
    }
    let (program, before) = TERMINALS.iter().find_map(|(name, before)| {
        let found = host.find_programs(name).into_iter().next()?;
        Some((found, *before))
    })?;
    // A shell that reads the activation and then asks: `bash` takes a file of its own to begin with.
    let line = format!("{}; exec \"${{SHELL:-sh}}\"", entering(host, environment, Shell::Posix));
    let shell = host.find_programs("bash").into_iter().next();
    let shell = shell.map_or_else(|| "sh".to_owned(), |path| path.display().to_string());
    let words = before.iter().map(|word| (*word).to_owned()).chain([shell, "-c".to_owned(), line]);
    Some(in_folder(CommandSpec::new(program, words)))
}

/// A container is started by the script of its folder.
fn entering(host: &dyn Host, environment: &Path, shell: Shell) -> String {
    let family = host.family();
    if host.meta(&environment.join(docker::launcher_of(family))).is_some() {
        return docker::start(family, environment, &[]).display(shell);
    }
    activation(family, environment, shell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::{Script, World};

    #[test]
    fn windows_opens_powershell_with_the_script_of_the_environment() {
        let world = World::new(OsFamily::Windows);
        let command = command(&world, Path::new(r"C:\Users\Jane Doe\torch")).unwrap();
        assert_eq!(command.args.last().unwrap(), r"& 'C:\Users\Jane Doe\torch\Scripts\Activate.ps1'");
    }

    #[test]
    fn windows_terminal_goes_before_a_bare_console() {
        let path = Path::new(r"C:\Users\Jane Doe; Söhne\torch");
        let world = World::new(OsFamily::Windows).program("powershell", Script::exits(0));
        launch(&world, path).unwrap();
        assert_eq!(world.launched().pop().unwrap().program, Path::new("powershell.exe"));
        let world = world.program("wt", Script::exits(0));
        launch(&world, path).unwrap();
        let tab = world.launched().pop().unwrap();
        assert_eq!((tab.program.as_path(), tab.cwd.as_deref()), (Path::new("wt.exe"), Some(path)));
        assert_eq!(tab.args[..3], ["-d", r"C:\Users\Jane Doe\; Söhne\torch", "powershell.exe"]);
        assert_eq!(tab.args.last().unwrap(), r"& 'C:\Users\Jane Doe\; Söhne\torch\Scripts\Activate.ps1'");
    }

    #[test]
    fn what_windows_terminal_would_quote_wrongly_goes_to_powershell() {
        let command = CommandSpec::new("powershell.exe", ["-Command", "& \"x\""]);
        assert_eq!(in_windows_terminal(&command, Path::new(r"C:\e")), None);
    }

    #[test]
    fn a_container_and_an_environment_in_wsl_are_entered_in_their_own_ways() {
        let world = World::new(OsFamily::Windows).file(r"C:\torch/run.ps1", "");
        let last = |path: &str| command(&world, Path::new(path)).unwrap().args.pop().unwrap();
        assert_eq!(last(r"C:\torch"), r"& powershell.exe -ExecutionPolicy Bypass -File C:\torch\run.ps1");
        assert!(last(r"\\wsl.localhost\Ubuntu\home\me\t").starts_with("& wsl.exe --distribution Ubuntu "));
    }

    #[test]
    fn linux_takes_the_first_terminal_it_has() {
        let world = World::new(OsFamily::Linux).program("konsole", Script::exits(0)).program("xterm", Script::exits(0));
        let found = command(&world, Path::new("/home/a/my env")).unwrap();
        assert!(found.program.ends_with("konsole"), "{found:?}");
        assert_eq!(found.args.first().unwrap(), "-e");
        assert!(found.args.last().unwrap().starts_with(". '/home/a/my env/bin/activate'; "), "{found:?}");
        assert_eq!(command(&World::new(OsFamily::Linux), Path::new("/e")), None);
    }
}
