use super::*;
use crate::facts::{DiskRole, Network, OsFamily, Probed, Reach};
use crate::host::fake::{Script, World};
use crate::host::{Basics, Hop, decode};
use std::path::Path;

/// Longest a test waits for a probe that never answers.
const SHORT: Duration = Duration::from_millis(40);

fn ask() -> Ask {
    Ask { pypi_url: Some("https://pypi.example/simple".to_owned()), ..Ask::new("/home/ada/torch-cu130") }
}

fn lookups() -> Lookups {
    // In the form of the catalogue's answer.
    Lookups {
        card_names: Arc::new(|_| None),
        python_why_not: Arc::new(|python: &Python| match (python.bits, python.version.map(|v| v.minor)) {
            (Some(32), _) => Some("a 32-bit Python".to_owned()),
            (_, Some(minor)) if !(11..=15).contains(&minor) => Some(format!("no wheels for 3.{minor}")),
            _ if python.free_threaded => Some("without the global interpreter lock".to_owned()),
            _ if python.implementation != "cpython" => Some("not CPython".to_owned()),
            _ => None,
        }),
    }
}

/// Keeps the names of probes in the order they ended.
struct Names<'a>(&'a mut Vec<String>);

impl Watch for Names<'_> {
    fn ended(&mut self, probe: &Probe, _facts: &dyn Fn() -> MachineFacts) {
        self.0.push(probe.name.clone());
    }
}

fn scan(world: World) -> MachineFacts {
    let host: Arc<dyn Host> = Arc::new(world);
    detect(&host, &lookups(), &ask(), &mut Unwatched)
}

fn answer(version: &str, implementation: &str, bits: u8, free_threaded: bool) -> Script {
    Script::prints(format!(
        "{{\"version\":\"{version}\",\"implementation\":\"{implementation}\",\"bits\":{bits},\"free_threaded\":{free_threaded}}}\r\n"
    ))
}

fn cpython(version: &str) -> Script {
    answer(version, "cpython", 64, false)
}

#[test]
fn every_planted_interpreter_of_windows_is_found_once_and_judged() {
    let launcher = " -V:3.12 *        C:\\Python312\\python.exe\r\n -V:3.10-32       C:\\Py32\\python.exe\r\n  *               C:\\broken\\python.exe\r\n";
    let world = World::new(OsFamily::Windows)
        .var("APPDATA", r"C:\Users\ada\AppData\Roaming")
        .var("PATH", r"C:\Windows;C:\Python312;C:\Users\ada\AppData\Local\Microsoft\WindowsApps;C:\Users\ada\.pyenv\pyenv-win\shims;C:\venv\Scripts")
        .file(r"C:\Users\ada\AppData\Local\Microsoft\WindowsApps\python.exe", "")
        .file(r"C:\Users\ada\.pyenv\pyenv-win\shims\python.exe", "shim")
        .file(r"C:\venv\Scripts\python.exe", "copy")
        .file(r"C:\venv\pyvenv.cfg", "home = C:\\Python312\r\nversion = 3.12.4\r\n")
        .program(r"C:\Windows\py.exe", Script::prints(launcher))
        .program(r"C:\Python312\python.exe", cpython("3.12.4"))
        .program(r"C:\Py32\python.exe", answer("3.10.11", "cpython", 32, false))
        .program(r"C:\broken\python.exe", Script::exits(106).stderr("No pyvenv.cfg file\r\n"))
        .program(r"C:\Users\ada\.pyenv\pyenv-win\versions\3.11.9\python.exe", cpython("3.11.9"))
        .program(r"C:\Users\ada\AppData\Roaming\uv\python\cpython-3.13.9\python.exe", cpython("3.13.9"))
        .program(r"C:\Users\ada\AppData\Roaming\uv\python\cpython-3.14.2t\python.exe", answer("3.14.2", "cpython", 64, true))
        .program(r"C:\ProgramData\miniforge3\python.exe", answer("3.12.1", "pypy", 64, false))
        .var("PROGRAMDATA", r"C:\ProgramData")
        .registry(r"HKCU\Software\Python\PythonCore\3.12\InstallPath", "ExecutablePath", r"c:\python312\Python.exe")
        .registry(r"HKLM\Software\Python\PythonCore\2.7\InstallPath", "", r"C:\gone");
    let why_not = lookups().python_why_not;
    let found = python::read(&world, &*why_not);
    let rows: Vec<(String, Option<String>, &str)> = found
        .iter()
        .map(|p| {
            (p.path.display().to_string(), p.version.map(|v| v.to_string()), p.why_not.as_deref().unwrap_or("usable"))
        })
        .map(|(path, version, why)| (path.replace('/', "\\"), version, why))
        .collect();
    let expected = [
        (r"C:\Python312\python.exe", Some("3.12.4"), "usable"),
        (
            r"C:\Users\ada\AppData\Local\Microsoft\WindowsApps\python.exe",
            None,
            "the Microsoft Store's placeholder: it opens the Store and is no Python",
        ),
        (r"C:\Users\ada\AppData\Roaming\uv\python\cpython-3.13.9\python.exe", Some("3.13.9"), "usable"),
        (
            r"C:\Users\ada\AppData\Roaming\uv\python\cpython-3.14.2t\python.exe",
            Some("3.14.2"),
            "without the global interpreter lock",
        ),
        (r"C:\Users\ada\.pyenv\pyenv-win\versions\3.11.9\python.exe", Some("3.11.9"), "usable"),
        (r"C:\ProgramData\miniforge3\python.exe", Some("3.12.1"), "not CPython"),
        (r"C:\Py32\python.exe", Some("3.10.11"), "a 32-bit Python"),
        (r"C:\broken\python.exe", None, "broken: it ended with 106: No pyvenv.cfg file"),
    ];
    let expected = expected.map(|(path, version, why)| (path.to_owned(), version.map(str::to_owned), why));
    assert_eq!(rows, expected);
    let started: Vec<String> = world.ran().iter().map(|command| command.program.display().to_string()).collect();
    assert!(!started.iter().any(|path| path.contains("WindowsApps") || path.contains("shims")), "{started:?}");
    assert!(world.ran().iter().filter(|c| c.program.ends_with("python.exe")).all(|c| c.args[..2] == ["-I", "-S"]));
}

#[test]
fn an_interpreter_that_hangs_or_talks_nonsense_holds_up_no_other() {
    let world = World::new(OsFamily::Linux)
        .var("PYTHONHOME", "/bent")
        .program("/usr/bin/python3", Script::hangs())
        .program("/usr/local/bin/python3", Script::prints("Python two and a half\n"))
        .program("/usr/bin/python", Script::exits(2).stderr("Unknown option: -I\nusage: python [option] ...\n"))
        .program("/usr/bin/python3.12", cpython("3.12.3"))
        .program("/usr/bin/python3.13t", Script::exits(0).signal(11))
        .program("/home/ada/.local/share/uv/python/cpython-3.13/bin/python3", cpython("3.13.1"));
    let found = python::read(&world, &|_| None);
    let why = |path: &str| {
        let python = found.iter().find(|python| python.path == Path::new(path)).unwrap();
        python.why_not.clone().unwrap_or_default()
    };
    assert_eq!(why("/usr/bin/python3"), "broken: it did not answer within 3 s");
    assert!(why("/usr/local/bin/python3").starts_with("broken: it does not say its version"));
    assert_eq!(why("/usr/bin/python"), "a Python 2");
    assert_eq!(why("/usr/bin/python3.13t"), "broken: it was ended by signal 11");
    assert_eq!(found.iter().filter(|python| python.why_not.is_none()).count(), 2);
    assert!(world.ran().iter().all(|command| command.env_remove.contains("PYTHONHOME")));
}

#[test]
fn wsl_and_containers_are_told_apart_by_their_files() {
    let wsl1 = "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com) (gcc version 5.4.0 (GCC) ) #1";
    let wsl2 = "Linux version 6.6.87.2-microsoft-standard-WSL2 (root@439a258ad544) (gcc 11.2.0)";
    let plain = "Linux version 6.1.0-32-amd64 (debian-kernel@lists.debian.org) (gcc-12 12.2.0)";
    let none: &[(&str, &str)] = &[];
    for (name, kernel, files, wsl, is_container) in [
        ("plain", plain, none, None, false),
        ("wsl1", wsl1, none, Some(1), false),
        (
            "wsl2",
            wsl2,
            &[("/proc/sys/fs/binfmt_misc/WSLInterop", ""), ("/run/systemd/container", "wsl\n")],
            Some(2),
            false,
        ),
        ("own kernel", plain, &[("/proc/sys/fs/binfmt_misc/WSLInterop-late", "")], Some(2), false),
        ("docker", plain, &[("/.dockerenv", "")], None, true),
        ("podman", plain, &[("/run/.containerenv", "")], None, true),
        ("pod", plain, &[("/proc/1/cgroup", "11:memory:/kubepods/burstable/pod1\n")], None, true),
        ("nspawn", plain, &[("/run/systemd/container", "systemd-nspawn")], None, true),
        ("docker in wsl2", wsl2, &[("/.dockerenv", "")], Some(2), true),
        ("no limit", plain, &[("/proc/1/cgroup", "0::/init.scope\n")], None, false),
    ] {
        let world = World::new(OsFamily::Linux).file("/proc/version", kernel);
        let world = files.iter().fold(world, |world, (path, text)| world.file(path, text));
        let (os, _) = os::read(&world);
        assert_eq!((os::wsl_version(&world), os.is_wsl, os.is_container), (wsl, wsl.is_some(), is_container), "{name}");
        assert_eq!(os.version.contains("WSL 1"), wsl == Some(1), "{name}");
    }
}

#[test]
fn the_c_library_is_read_from_its_banner_and_musl_is_none() {
    let banner = "\u{7f}ELF\0\0GNU C Library (Ubuntu GLIBC 2.39-0ubuntu8.6) stable release version 2.39.\nCopyright\0";
    let debian = World::new(OsFamily::Linux).file("/lib/x86_64-linux-gnu/libc.so.6", banner);
    assert_eq!(os::read(&debian).0.glibc, Some((2, 39)));
    let asked = World::new(OsFamily::Linux).program("getconf", Script::prints("glibc 2.17\n"));
    assert_eq!(os::read(&asked).0.glibc, Some((2, 17)));
    assert_eq!(os::read(&World::new(OsFamily::Linux)).0.glibc, None);
}

#[test]
fn a_control_groups_limit_is_the_memory_there_is() {
    for (text, expected) in [("8589934592\n", 8 << 30), ("max\n", 32 << 30), ("9223372036854771712\n", 32 << 30)] {
        let world = World::new(OsFamily::Linux).file("/sys/fs/cgroup/memory.max", text);
        assert_eq!(os::read(&world).1.memory_bytes, expected, "{text}");
    }
}

#[test]
fn tools_are_found_with_their_versions_and_a_silent_one_without() {
    let world = World::new(OsFamily::Linux)
        .program("/home/ada/.local/bin/uv", Script::prints("uv 0.9.10 (44f5a14f4 2025-11-17)\n"))
        .program("git", Script::prints("git version 2.39.5\n"))
        .program("ninja", Script::hangs())
        .program("cmake", Script::prints("cmake version 3.27.4\n\nCMake suite maintained by Kitware\n"))
        .program_with("gcc", &["-dumpfullversion", "-dumpversion"], Script::prints("13.3.0\n"))
        .program("g++", Script::exits(1).stderr("clang: error: unknown argument: '-dumpfullversion'\n"))
        .program("pip", Script::hangs())
        .program(
            "/usr/local/cuda/bin/nvcc",
            Script::prints("nvcc: NVIDIA (R) Cuda compiler driver\nBuilt on Wed_Jan_15_19:20:09_PST_2025\nCuda compilation tools, release 12.8, V12.8.61\n"),
        );
    let tools::Tools { programs, toolkits, visual_studios } = tools::read(&world);
    let version = |name: &str| programs[name].found().and_then(|tool| tool.version.clone());
    assert_eq!(version("uv").as_deref(), Some("0.9.10"));
    assert_eq!(version("git").as_deref(), Some("2.39.5"));
    assert_eq!(version("cmake").as_deref(), Some("3.27.4"));
    assert_eq!(version("gcc").as_deref(), Some("13.3.0"));
    assert_eq!(version("nvcc").as_deref(), Some("12.8"));
    for silent in ["ninja", "g++", "pip"] {
        assert!(programs[silent].found().is_some() && version(silent).is_none(), "{silent}");
    }
    assert!(programs["msvc"].is_absent() && programs["windows-sdk"].is_absent());
    assert_eq!(toolkits.len(), 1);
    assert!(visual_studios.is_empty());
}

#[test]
fn every_tool_of_the_contract_is_told_of() {
    let facts = scan(World::new(OsFamily::Windows).program(r"C:\Windows\System32\wsl.exe", Script::hangs()));
    for name in ["uv", "git", "nvcc", "msvc", "docker", "wsl"] {
        assert!(facts.tools.contains_key(name), "{name}");
    }
    assert!(matches!(facts.tools["wsl"], Probed::Unknown { .. }) && matches!(facts.wsl, Probed::Unknown { .. }));
    assert!(facts.containers.is_absent());
}

#[test]
fn late_probes_of_places_leave_their_facts_unknown() {
    let mut draft = Draft::new(String::new());
    for job in probes::jobs(&lookups(), &ask()) {
        (job.late)(&mut draft, "no answer within 40 ms");
    }
    let is_late =
        |name: &&str| matches!(&draft.facts.tools[*name], Probed::Unknown { why, .. } if why.ends_with("40 ms"));
    assert!(["nvcc", "msvc", "docker", "podman", "wsl"].iter().all(is_late));
    assert!(matches!(&draft.facts.containers, Probed::Unknown { why, .. } if why.ends_with("40 ms")));
    assert!(matches!(&draft.facts.wsl, Probed::Unknown { why, .. } if why.ends_with("40 ms")));
}

#[test]
fn an_index_that_says_no_to_its_root_has_answered() {
    let torch = "https://download.pytorch.org/whl/";
    let pypi = "https://pypi.example/simple/";
    let network = |world: World| scan(world).network.found().cloned().unwrap();
    for (status, torch_reach, pypi_reach) in [
        (200, Reach::Reached, Reach::Reached),
        (403, Reach::Reached, Reach::Blocked),
        (404, Reach::Reached, Reach::Reached),
        (401, Reach::Blocked, Reach::Blocked),
        (407, Reach::Blocked, Reach::Blocked),
        (503, Reach::Blocked, Reach::Blocked),
    ] {
        let found = network(World::new(OsFamily::Linux).url(torch, status, "").url(pypi, status, ""));
        assert_eq!((found.torch_index, found.pypi), (torch_reach, pypi_reach), "{status}");
        let blocked = [torch_reach, pypi_reach].iter().filter(|reach| **reach == Reach::Blocked).count();
        assert_eq!(found.failures.len(), blocked, "{status}");
    }
    let world = World::new(OsFamily::Linux)
        .url(torch, 200, "")
        .unreachable(pypi, Hop::Certificate)
        .proxy("http://ada:s3cret@proxy:3128");
    let found = network(world);
    assert_eq!((found.torch_index, found.pypi), (Reach::Reached, Reach::Blocked));
    assert!(found.failures[pypi].starts_with("the certificate was not accepted"), "{found:?}");
    assert_eq!(found.proxy.as_deref(), Some("http://proxy:3128"));
}

#[test]
fn the_index_that_settings_name_is_asked_with_its_credentials_and_shown_without() {
    let world = World::new(OsFamily::Linux).var("PIP_INDEX_URL", "https://ada:s3c%40ret@corp.example/simple").url(
        "https://ada:s3c%40ret@corp.example/simple/",
        200,
        "",
    );
    let facts = scan(world);
    assert_eq!(facts.network.found().unwrap().pypi, Reach::Reached);
    let text = serde_json::to_string(&facts).unwrap();
    assert!(!text.contains("s3c") && text.contains("https://corp.example/simple/"), "{text}");
}

#[test]
fn offline_asks_no_server() {
    let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Linux));
    let facts = detect(&host, &lookups(), &Ask { offline: true, ..ask() }, &mut Unwatched);
    assert!(matches!(facts.network, Probed::<Network>::Unknown { .. }));
    assert!(!facts.probes.iter().any(|probe| ["torch-index", "pypi"].contains(&probe.name.as_str())));
}

#[test]
fn a_scan_of_a_bare_machine_answers_every_question() {
    let mut names = Vec::new();
    let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Linux).free("/", 5 << 30));
    let facts = detect(&host, &lookups(), &ask(), &mut Names(&mut names));
    assert_eq!(facts.taken_at, "2026-11-21T12:00:00Z");
    assert!(facts.pythons.is_absent());
    assert_eq!(facts.hardware.found().unwrap().logical_cores, 16);
    let roles: Vec<(DiskRole, Option<u64>)> = facts.disks.iter().map(|disk| (disk.role, disk.free_bytes)).collect();
    assert_eq!(roles, [DiskRole::Target, DiskRole::Cache, DiskRole::Temp].map(|role| (role, Some(5 << 30))));
    let listed: Vec<&str> = facts.probes.iter().map(|probe| probe.name.as_str()).collect();
    names.sort();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);
    assert_eq!(facts.probes[0].name, "os");
}

/// Jobs for the orchestrator alone: one that answers at once, one that never does, one that breaks off.
fn made_up(name: &'static str, ask: impl FnOnce(&dyn Host) -> Done + Send + 'static) -> Job {
    Job {
        name,
        limit: SHORT,
        spared: None,
        ask: Box::new(ask),
        late: |draft, why| draft.facts.taken_at += &["[", why, "]"].concat(),
    }
}

#[test]
fn a_probe_that_never_returns_is_timed_out_and_nobody_waits_for_it() {
    let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Linux));
    let (keep, never) = mpsc::channel::<()>();
    let jobs = vec![
        made_up("hangs", move |_| {
            never.recv().ok();
            Done::new(ProbeOutcome::Found, "too late", |draft| draft.facts.taken_at.push_str("[late answer]"))
        }),
        made_up("answers", |_| Done::new(ProbeOutcome::Found, "", |draft| draft.facts.taken_at.push_str("[answer]"))),
    ];
    let mut draft = Draft::new(String::new());
    let mut told = Vec::new();
    let probes = run(&host, jobs, &lookups(), &ask(), &mut draft, &mut Names(&mut told));
    drop(keep);
    assert_eq!(told, ["answers", "hangs"]);
    assert_eq!(probes[1].outcome, ProbeOutcome::TimedOut);
    assert!(probes[1].milliseconds >= 40, "{:?}", probes[1]);
    assert_eq!(draft.facts.taken_at, "[answer][no answer within 40 ms]");
}

/// Skips a probe as soon as another has told what the system is called.
#[derive(Default)]
struct Impatient {
    seen: Vec<(String, String)>,
}

impl Watch for Impatient {
    fn ended(&mut self, probe: &Probe, facts: &dyn Fn() -> MachineFacts) {
        self.seen.push((probe.name.clone(), facts().taken_at));
    }

    fn skips(&self, probe: &str) -> bool {
        probe == "hangs" && !self.seen.is_empty()
    }
}

#[test]
fn a_probe_that_is_skipped_is_not_waited_for_and_stays_unknown() {
    let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Linux));
    let (keep, never) = mpsc::channel::<()>();
    let hangs = made_up("hangs", move |_| {
        never.recv().ok();
        Done::new(ProbeOutcome::Found, "too late", |_| {})
    });
    let jobs = vec![
        Job { limit: Duration::from_hours(1), ..hangs },
        made_up("answers", |_| Done::new(ProbeOutcome::Found, "", |draft| draft.facts.taken_at.push_str("[answer]"))),
    ];
    let mut watch = Impatient::default();
    let probes = run(&host, jobs, &lookups(), &ask(), &mut Draft::new(String::new()), &mut watch);
    drop(keep);
    // Each end is told with what was known then.
    assert_eq!(watch.seen[0], ("answers".to_owned(), "[answer]".to_owned()));
    assert_eq!((probes[1].name.as_str(), probes[1].outcome), ("hangs", ProbeOutcome::TimedOut));
    assert!(probes[1].milliseconds < 5_000, "{:?}", probes[1]);
}

#[test]
fn a_probe_that_breaks_off_is_unknown() {
    let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Linux));
    // A thread that ends without a word, as after a panic.
    let jobs = vec![made_up("breaks", |_| std::panic::resume_unwind(Box::new("quiet")))];
    let mut draft = Draft::new(String::new());
    let probes = run(&host, jobs, &lookups(), &ask(), &mut draft, &mut Unwatched);
    assert_eq!((probes[0].outcome, probes[0].detail.as_str()), (ProbeOutcome::Unknown, "the probe broke off"));
}

#[test]
fn windows_text_of_any_encoding_is_read() {
    let wide: Vec<u8> = "[global]\r\nindex-url = https://wide\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(decode(&wide).contains("https://wide"));
    let world = World::new(OsFamily::Windows).file(r"C:\Users\ada\pip\pip.ini", wide);
    assert_eq!(settings::index_settings(&world).0.default_index.unwrap().value, "https://wide");
}

#[test]
fn basics_are_passed_on_as_the_system_tells_them() {
    let world = World::new(OsFamily::Windows);
    let basics: Basics = Host::basics(&world);
    let (os, hardware) = os::read(&world);
    assert_eq!((os.build, os.arch, os.glibc), (basics.os_build, basics.arch, None));
    assert_eq!(hardware.cpu, basics.cpu);
}

#[test]
fn what_stands_in_the_drivers_way_is_told_in_a_probe_of_its_own() {
    let facts = scan(World::new(OsFamily::Linux).nvml_fails(9, "Driver Not Loaded").var("CUDA_VISIBLE_DEVICES", ""));
    let driver = facts.probes.last().unwrap();
    assert_eq!((driver.name.as_str(), driver.outcome), ("driver", ProbeOutcome::Unknown));
    assert!(driver.detail.contains("driver-not-loaded"), "{driver:?}");
    assert!(matches!(facts.gpus, Probed::Unknown { .. }));
    assert_eq!(facts.masks.len(), 1);
}

#[test]
fn a_probe_is_spared_as_soon_as_it_can_add_nothing() {
    let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Linux));
    let (keep, never) = mpsc::channel::<()>();
    let slow = made_up("slow", move |_| {
        never.recv().ok();
        Done::new(ProbeOutcome::Found, "", |_| {})
    });
    let spared: Spared = (|draft| draft.facts.taken_at == "[enough]", SHORT);
    let jobs = vec![
        Job { limit: Duration::from_hours(1), spared: Some(spared), ..slow },
        made_up("quick", |_| Done::new(ProbeOutcome::Found, "", |draft| draft.facts.taken_at.push_str("[enough]"))),
    ];
    let probes = run(&host, jobs, &lookups(), &ask(), &mut Draft::new(String::new()), &mut Unwatched);
    drop(keep);
    assert_eq!(probes[1].detail, "no answer within 40 ms");
}
