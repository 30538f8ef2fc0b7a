//! The made-up machine must answer as a real one would.

use super::*;
use crate::host::{ChildExit, Request, fetch_text, output};
use crate::plan::CommandSpec;

const LIMIT: Duration = Duration::from_secs(3);

#[test]
fn a_program_is_found_by_name_and_by_path_and_missing_ones_are_not_found() {
    let world = World::new(OsFamily::Windows).program("nvidia-smi", Script::prints("any")).program_with(
        "nvidia-smi",
        &["-L"],
        Script::exits(6).stderr("No devices were found"),
    );
    let run = |command: &CommandSpec| output(&world, command, LIMIT);
    assert_eq!(world.find_programs("nvidia-smi"), [PathBuf::from(r"C:\Windows\System32\nvidia-smi.exe")]);
    assert_eq!(run(&CommandSpec::new("nvidia-smi", ["-q"])).unwrap().text(), "any");
    let by_path = CommandSpec::new(r"c:\windows\system32\NVIDIA-SMI.EXE", ["-L"]);
    assert_eq!(run(&by_path).unwrap().exit, ChildExit::Code(6));
    assert!(matches!(run(&CommandSpec::new("uv", ["--version"])), Err(HostError::NotFound { .. })));
    assert_eq!(world.ran().len(), 3);
}

#[test]
fn a_program_that_hangs_ends_at_its_limit_without_taking_time() {
    let world = World::new(OsFamily::Linux).program("nvidia-smi", Script::hangs());
    let error = output(&world, &CommandSpec::new("nvidia-smi", [""; 0]), LIMIT).unwrap_err();
    assert!(matches!(error, HostError::Timeout { seconds: 3, .. }), "{error}");
    assert!(world.uptime() < Duration::from_secs(4));
}

#[test]
fn two_threads_do_not_spend_each_others_time() {
    let slow = Script::prints("x").after(Duration::from_secs(2));
    let world = World::new(OsFamily::Linux).program("slow", slow);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| output(&world, &CommandSpec::new("slow", [""; 0]), LIMIT).unwrap());
        }
    });
    assert_eq!(world.uptime(), Duration::ZERO);
    world.advance(LIMIT);
    assert_eq!(world.uptime(), LIMIT);
}

#[test]
fn folders_above_a_file_are_there_and_listed() {
    for (family, root) in [(OsFamily::Linux, "/sys/bus"), (OsFamily::Windows, r"C:\sys\bus")] {
        let world = World::new(family).file(format!("{root}/pci/vendor"), "0x10de\n").dir(format!("{root}/usb"));
        let names: Vec<_> = world.list(Path::new(root)).unwrap().into_iter().map(|e| (e.path, e.meta.is_dir)).collect();
        assert_eq!(names, [(format!("{root}/pci").into(), true), (format!("{root}/usb").into(), true)]);
        let missing = world.read(&Path::new(root).join("none")).unwrap_err();
        assert_eq!(missing.io_kind(), Some(io::ErrorKind::NotFound));
        assert!(world.meta(Path::new(root)).unwrap().is_dir);
    }
}

#[test]
fn files_are_written_moved_and_removed() {
    let world = World::new(OsFamily::Linux);
    let (a, b) = (Path::new("/data/a"), Path::new("/data/b"));
    world.write_atomic(&a.join("file"), b"1").unwrap();
    let mut growing = world.grow(&a.join("file")).unwrap();
    growing.add(b"2").unwrap();
    world.rename(a, b).unwrap();
    assert_eq!((world.read(&b.join("file")).unwrap(), world.meta(a)), (b"12".to_vec(), None));
    world.make_dir(a).unwrap();
    assert_eq!(world.rename(a, b).unwrap_err().io_kind(), Some(io::ErrorKind::AlreadyExists));
    world.remove(b).unwrap();
    assert_eq!(world.meta(&b.join("file")), None);
    let guard = world.lock(b).unwrap();
    assert!(guard.is_some() && world.lock(b).unwrap().is_none());
    drop(guard);
    assert!(world.lock(b).unwrap().is_some());
}

#[test]
fn pages_answer_whole_in_part_and_with_a_refusal() {
    let world = World::new(OsFamily::Linux)
        .url("https://a.example/x", 200, "0123456789")
        .url("https://a.example/no", 404, "")
        .unreachable("https://b.example/", Hop::Certificate);
    let fetch = |request: &Request| fetch_text(&world, request, 100);
    assert_eq!(fetch(&Request::get("https://a.example/x")).unwrap(), "0123456789");
    let part = Request { from: Some(4), ..Request::get("https://a.example/x") };
    assert_eq!(fetch(&part).unwrap(), "456789");
    assert_eq!(fetch(&Request::head("https://a.example/x")).unwrap(), "");
    assert!(matches!(fetch(&Request::get("https://a.example/no")), Err(HostError::Status { status: 404, .. })));
    let hop = |url: &str| match fetch(&Request::get(url)) {
        Err(HostError::Network { hop, .. }) => hop,
        other => panic!("{other:?}"),
    };
    assert_eq!((hop("https://b.example/x"), hop("https://c.example/")), (Hop::Certificate, Hop::Name));
}

#[test]
fn registry_and_volumes_answer_by_their_longest_name() {
    let world = World::new(OsFamily::Windows)
        .registry(r"HKLM\SOFTWARE\Python\PythonCore\3.12\InstallPath", "ExecutablePath", r"C:\py\python.exe")
        .registry(r"HKLM\SOFTWARE\Python\PythonCore\3.13\InstallPath", "ExecutablePath", r"C:\py13\python.exe")
        .free(r"C:\", 5)
        .free(r"C:\Big", 7);
    assert_eq!(world.registry_keys(r"hklm\software\python\PythonCore"), ["3.12", "3.13"]);
    let value = Host::registry(&world, r"HKLM\Software\Python\PythonCore\3.12\InstallPath", "executablepath");
    assert_eq!(value.as_deref(), Some(r"C:\py\python.exe"));
    assert_eq!(world.free_bytes(Path::new(r"c:\big\new\venv")).unwrap(), 7);
    assert_eq!(world.free_bytes(Path::new(r"C:\Bigger")).unwrap(), 5);
    assert!(world.free_bytes(Path::new(r"D:\")).is_err());
    assert_eq!(Host::var(&world, "Path").unwrap(), r"C:\Windows\System32");
}
