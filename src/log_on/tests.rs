use super::systemd::{SERVICE, TIMER};
use super::task::{description, wide};
use super::*;
use crate::host::fake::{Script, World};
use proptest::prelude::*;
use std::path::Path;

fn windows(script: Script) -> World {
    let world = World::new(OsFamily::Windows).var("USERNAME", "ada").var("USERDOMAIN", "DESK");
    world.program("schtasks", script)
}

/// The words of each call of a tool, without its first ones.
fn calls(world: &World) -> Vec<String> {
    world.ran().into_iter().map(|command| command.args.join(" ")).collect()
}

#[test]
fn windows_is_asked_by_exit_codes_and_nothing_is_left_of_the_description() {
    let world = windows(Script::exits(0));
    set_up(&world).unwrap();
    let file = r"C:\Users\ada\AppData\Local\torch-wizard\data\log-on-task.xml";
    let name = "torch-wizard log-on check (ada)";
    assert_eq!(calls(&world), [format!("/Create /TN {name} /XML {file} /F")]);
    assert!(world.ran()[0].program.ends_with(r"C:\Windows\System32\schtasks.exe"), "{:?}", world.ran()[0].program);
    assert_eq!(world.meta(Path::new(file)), None);
    assert_eq!(status(&world), Status::On);
    remove(&world).unwrap();
    assert_eq!(calls(&world).last().unwrap(), &format!("/Delete /TN {name} /F"));
}

#[test]
fn what_windows_refuses_is_a_problem_with_its_words() {
    let world = windows(Script::exits(1).stderr("FEHLER: Zugriff verweigert\r\n"));
    let problem = set_up(&world).unwrap_err();
    assert_eq!(
        (problem.label.as_str(), problem.details.as_str()),
        ("log-on-check-refused", "FEHLER: Zugriff verweigert")
    );
    assert_eq!(status(&world), Status::Off);
    // There is nothing to take back.
    remove(&world).unwrap();
    assert!(!calls(&world).iter().any(|call| call.starts_with("/Delete")));
}

#[test]
fn the_window_program_is_started_where_it_is_since_it_opens_no_console() {
    let world = World::new(OsFamily::Windows);
    assert_eq!(program(&world), Path::new(r"C:\Program Files\torch-wizard\torch-wizard.exe"));
    let world = world.file(r"C:\Program Files\torch-wizard\torch-wizardw.exe", "");
    assert_eq!(program(&world), Path::new(r"C:\Program Files\torch-wizard\torch-wizardw.exe"));
}

#[test]
fn the_description_is_utf_16_with_its_mark() {
    let bytes = wide(&description("DESK\\Jürgen & Söhne", Path::new(r"C:\Jürgen & Söhne\torch-wizardw.exe")));
    assert_eq!(bytes[..4], [0xff, 0xfe, b'<', 0]);
    let text = crate::host::decode(&bytes);
    assert!(text.contains("<Command>C:\\Jürgen &amp; Söhne\\torch-wizardw.exe</Command>\r\n"), "{text}");
    assert_eq!(text.matches("<UserId>DESK\\Jürgen &amp; Söhne</UserId>").count(), 2, "{text}");
    assert!(text.contains("<Arguments>recheck --quiet</Arguments>"), "{text}");
}

proptest! {
    #[test]
    fn no_path_breaks_the_description(path in "[^\\x00-\\x1f]{1,30}", user in "[^\\x00-\\x1f]{1,12}") {
        let marks = |text: &str| text.matches(['<', '>']).count();
        let plain = description("a", Path::new("b"));
        let text = description(&user, Path::new(&path));
        prop_assert_eq!(marks(&text), marks(&plain));
        prop_assert!(!text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("&quot;", "").contains('&'));
    }
}

#[test]
fn systemd_gets_two_units_and_gives_them_back() {
    let world = World::new(OsFamily::Linux).program("systemctl", Script::exits(0));
    let units = Path::new("/home/ada/.config/systemd/user");
    set_up(&world).unwrap();
    set_up(&world).unwrap();
    assert!(world.meta(&units.join(TIMER)).is_some() && world.meta(&units.join(SERVICE)).is_some());
    assert_eq!(status(&world), Status::On);
    remove(&world).unwrap();
    assert!(world.meta(&units.join(TIMER)).is_none() && world.meta(&units.join(SERVICE)).is_none());
    remove(&world).unwrap();
    let name = |verb: &str| format!("--user {verb} {TIMER}");
    let (enable, disable) = (name("enable"), name("disable --now"));
    let reload = "--user daemon-reload".to_owned();
    let asked = calls(&world);
    let (runs, changes): (Vec<_>, Vec<_>) = asked.into_iter().partition(|call| call == "--user is-system-running");
    assert_eq!(changes, [enable.clone(), enable, name("is-enabled"), disable, reload.clone(), reload]);
    assert_eq!(runs.len(), 3);
}

#[test]
fn without_systemd_the_next_step_is_said_and_no_file_is_left() {
    let bare = World::new(OsFamily::Linux);
    assert_eq!(status(&bare), Status::Unavailable);
    let problem = set_up(&bare).unwrap_err();
    assert_eq!(problem.label, "no-log-on-check");
    assert!(!problem.next.is_empty());
    let silent = World::new(OsFamily::Linux).program("systemctl", Script::exits(1).stderr("Failed to connect to bus"));
    let problem = set_up(&silent).unwrap_err();
    assert_eq!((problem.label.as_str(), problem.details.as_str()), ("no-log-on-check", "Failed to connect to bus"));
    assert_eq!(silent.meta(Path::new("/home/ada/.config/systemd/user").join(TIMER).as_path()), None);
    remove(&silent).unwrap();
    // As in a container: enabling would succeed, and nothing would ever start.
    let container = World::new(OsFamily::Linux).program("systemctl", Script::prints("offline\n"));
    assert_eq!(status(&container), Status::Unavailable);
    assert_eq!(set_up(&container).unwrap_err().label, "no-log-on-check");
    assert_eq!(calls(&container), ["--user is-system-running", "--user is-system-running"]);
}

// systemd's folders are Linux paths, which Windows would join in its own way.
#[cfg(unix)]
#[test]
fn the_configuration_of_the_desktop_and_a_folder_of_our_own_are_honoured() {
    let world = World::new(OsFamily::Linux).program("systemctl", Script::exits(0));
    let world = world.var("XDG_CONFIG_HOME", "/conf").var("TORCH_WIZARD_HOME", "/data/50 % \"own\"");
    set_up(&world).unwrap();
    let text = String::from_utf8(world.read(&Path::new("/conf/systemd/user").join(SERVICE)).unwrap()).unwrap();
    assert!(text.contains("Environment=\"TORCH_WIZARD_HOME=/data/50 %% \\\"own\\\"\"\n"), "{text}");
}

/// What systemd itself makes of the units.
#[cfg(target_os = "linux")]
#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "asks the system's own reader, or says it is not here"
)]
fn systemd_reads_the_units_without_a_word() {
    use super::systemd::{service, start, timer};
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(OsFamily::Linux).var("TORCH_WIZARD_HOME", "/data/50 % own");
    let plain = service(&world);
    let usual = start(Path::new("/opt/torch-wizard/torch-wizard"));
    assert!(plain.contains(&format!("ExecStart={usual}\n")), "{plain}");
    for name in ["torch wizard", "päth with $HOME & 5 %h", r#"a "quoted" \ 'one'"#] {
        let program = folder.path().join(name);
        std::fs::write(&program, "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::write(folder.path().join(SERVICE), plain.replace(&usual, &start(&program))).unwrap();
        std::fs::write(folder.path().join(TIMER), timer()).unwrap();
        let asked = std::process::Command::new("systemd-analyze")
            .args(["--user", "verify"])
            .args([folder.path().join(SERVICE), folder.path().join(TIMER)])
            .env("XDG_RUNTIME_DIR", folder.path())
            .output();
        let Ok(said) = asked else {
            eprintln!("skipped: there is no systemd-analyze here");
            return;
        };
        assert!(said.status.success() && said.stderr.is_empty(), "{}", String::from_utf8_lossy(&said.stderr));
    }
}
