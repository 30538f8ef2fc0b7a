//! What is tried.

use crate::pc::{NVML, PYTHON, Pc, UV, ask_python, named, ran};
use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use torch_wizard::host::real::RealHost;
use torch_wizard::host::{ChildEvent, ChildExit, Host as _, HostError};
use torch_wizard::plan::CommandSpec;
use torch_wizard::problem::Problem;

type Test = (&'static str, &'static [&'static str], fn());

/// Name, what it needs, what it does.
pub const TESTS: &[Test] = &[
    ("a_bare_pc_gets_a_python_and_torch_by_the_packed_uv", &[UV, PYTHON], bare_pc),
    ("torch_goes_into_a_folder_with_blanks_and_umlauts_and_is_proven_by_its_own_python", &[UV, PYTHON], with_python),
    ("the_commands_of_a_kit_start", &[UV, PYTHON], kit),
    ("a_card_is_seen_through_the_drivers_library", &[NVML], simulated_card),
    ("a_card_is_seen_through_nvidia_smi_where_the_library_is_missing", &[], by_smi),
    ("detection_starts_no_tool_that_might_install_something", &[], starts_nothing),
    ("what_a_killed_wizard_had_started_ends_with_it", &[UV, PYTHON], killed),
    ("a_cancel_ends_the_whole_tree_of_a_tool", &[], cancelled),
    ("a_mistake_of_ours_ends_the_whole_tree_of_a_tool", &[], mistaken),
];

fn bare_pc() {
    let mut pc = Pc::new();
    pc.pack_uv();
    let server = pc.index();
    pc.set("UV_PYTHON_DOWNLOADS_JSON_URL", pc.mirror_of_python());
    let python = ask_python("import sys; print('%d.%d' % sys.version_info[:2])");
    install(&pc, &server.torch(), &python);
    let brought = pc.path("wizard").join("data").join("python");
    assert!(fs::read_dir(&brought).unwrap().count() > 0, "no Python in {}", brought.display());
    let config = fs::read_to_string(environment(&pc).join("pyvenv.cfg")).unwrap();
    assert!(config.contains(r"\wizard\data\python\cpython-"), "{config}");
}

fn with_python() {
    let mut pc = Pc::new();
    pc.pack_uv();
    let server = pc.index();
    install(&pc, &server.torch(), &named(PYTHON).unwrap().display().to_string());
    let envs = pc.run(&["envs", "list", "--json"]).expect(0).json();
    let listed = envs["environments"][0]["path"].as_str().unwrap();
    assert!(listed.ends_with(r"\user\torch ü & env"), "{envs}");
    pc.run(&["envs", "remove", &environment(&pc).display().to_string(), "--yes"]).expect(0);
    assert!(!environment(&pc).exists());
}

fn environment(pc: &Pc) -> std::path::PathBuf {
    pc.path("user").join("torch ü & env")
}

/// Installs, and asks the environment's own Python for torch.
fn install(pc: &Pc, index: &str, python: &str) {
    let target = environment(pc);
    let place = target.display().to_string();
    let words =
        ["install", "--yes", "--json", "--route", "cpu", "--index-url", index, "--python", python, "--env", &place];
    let ran_install = pc.run(&words).expect(0);
    let last: serde_json::Value = serde_json::from_str(ran_install.out.lines().last().unwrap()).unwrap();
    assert_eq!((&last["kind"], &last["exit"]), (&"ended".into(), &0.into()), "{last}");
    let mut ask = Command::new(target.join("Scripts").join("python.exe"));
    ask.args(["-c", "import torch, torchvision; print(torch.__version__)"]);
    let said = ran(ask).expect(0).out;
    assert!(said.trim().ends_with("+cpu"), "{said}");
}

/// uv's launchers know the way to their Python, and that from where they are unpacked.
fn kit() {
    let mut pc = Pc::new();
    pc.pack_uv();
    pc.set("APPDATA", pc.path("user"));
    let server = pc.index();
    let index = server.torch();
    install(&pc, &index, &named(PYTHON).unwrap().display().to_string());
    let target = environment(&pc);
    let place = target.display().to_string();
    let ran_kit = pc.run(&["kit", "jupyter", "--env", &place, "--yes", "--index-url", &index]).expect(0);
    assert!(ran_kit.err.contains("jupyter: passed"), "{}", ran_kit.err);
    let scripts = target.join("Scripts");
    for (name, says) in [("jupyter-lab.exe", "jupyter-lab 4.6.6"), ("torchrun.exe", "torchrun ")] {
        let said = ran(Command::new(scripts.join(name))).expect(0).out;
        assert!(said.starts_with(says), "{name}: {said}");
    }
    assert!(pc.path("user").join("jupyter").join("kernels").is_dir(), "{}", ran_kit.err);
    pc.run(&["envs", "remove", &place, "--yes"]).expect(0);
}

fn simulated_card() {
    let mut pc = Pc::new();
    let library = pc.path("tools").join("nvml.dll");
    fs::copy(named(NVML).unwrap(), &library).unwrap();
    let scenario = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04\n\
        gpu=NVIDIA GeForce GTX 1080|8192|6|1|1b80";
    fs::write(pc.path("tools").join("nvml.dll.scenario"), scenario).unwrap();
    pc.set("TORCH_WIZARD_NVML", &library);
    let facts = pc.run(&["detect", "--json", "--offline"]).expect(0).json();
    let names: Vec<_> = facts["gpus"].as_array().unwrap().iter().map(|gpu| gpu["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["NVIDIA GeForce RTX 5070", "NVIDIA GeForce GTX 1080"]);
    assert_eq!(facts["driver"]["version"], "581.57", "{facts}");
}

fn by_smi() {
    let pc = Pc::new();
    let answer = b"0, NVIDIA GeForce RTX 4090, GPU-aa, 566.36, 8.9, 24564, 0x268410DE, 00000000:01:00.0\r\n";
    pc.play("tools", "nvidia-smi", answer, 0);
    let facts = pc.run(&["detect", "--json", "--offline"]).expect(0).json();
    assert_eq!(facts["gpus"][0]["name"], "NVIDIA GeForce RTX 4090", "{facts}");
    assert_eq!(facts["driver"]["version"], "566.36", "{facts}");
}

/// `wsl.exe` may be a stub that installs WSL, and `python.exe` of the Store one that opens its page.
fn starts_nothing() {
    let pc = Pc::new();
    for name in ["wsl", "powershell", "cmd"] {
        pc.play("tools", name, b"\xff\xfeI\0n\0s\0t\0a\0l\0l\0", 1);
    }
    pc.run(&["detect", "--json", "--offline"]).expect(0);
    for name in ["wsl", "powershell", "cmd"] {
        assert_eq!(pc.calls("tools", name), [""; 0], "{name}");
    }
}

fn killed() {
    let mut pc = Pc::new();
    let server = pc.index();
    // It resolves nothing and hangs, with a child of its own.
    pc.play("program", "uv", b"uv 99.0.0\r\n", 0);
    let mark = pc.path("program").join("uv.hangs");
    fs::write(&mark, "").unwrap();
    let place = environment(&pc).display().to_string();
    let python = named(PYTHON).unwrap().display().to_string();
    let index = server.torch();
    let words =
        ["install", "--yes", "--json", "--route", "cpu", "--index-url", &index, "--python", &python, "--env", &place];
    let mut wizard = pc.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let ids = both(&mark);
    assert!(ids.iter().all(|&id| is_alive(id)), "{ids:?}");
    wizard.kill().unwrap();
    wizard.wait().unwrap();
    gone(&ids);
}

fn cancelled() {
    let (ids, exit) = heard(|ids| if ids.is_empty() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) });
    assert_eq!(exit.unwrap().unwrap(), ChildExit::Stopped);
    gone(&ids);
}

/// The job ends its processes with us, and we live on.
fn mistaken() {
    let (ids, exit) = heard(|ids| {
        assert!(ids.is_empty(), "a mistake of our own");
        ControlFlow::Continue(())
    });
    assert_eq!(exit.unwrap_err().details, "a mistake of our own");
    gone(&ids);
}

/// A tool that hangs with a child of its own; `on` is asked what to do as soon as they are known. Answers with them, and with
/// how it ended.
fn heard(on: impl Fn(&[u32]) -> ControlFlow<()>) -> (Vec<u32>, Result<Result<ChildExit, HostError>, Problem>) {
    let pc = Pc::new();
    pc.play("tools", "slow", b"", 0);
    let mark = pc.path("tools").join("slow.hangs");
    fs::write(&mark, "").unwrap();
    let host = RealHost::new().unwrap();
    let command = CommandSpec::new(pc.path("tools").join("slow.exe"), ["work"]);
    let mut ids = Vec::new();
    let exit = torch_wizard::mistake::caught(|| {
        host.run(&command, &mut |event| {
            if matches!(event, ChildEvent::Tick) && ids.is_empty() {
                ids = read_ids(&mark);
            }
            on(&ids)
        })
    });
    (ids, exit)
}

fn read_ids(mark: &Path) -> Vec<u32> {
    let ids: Vec<u32> = fs::read_to_string(mark).unwrap().split(' ').filter_map(|id| id.trim().parse().ok()).collect();
    if ids.len() == 2 { ids } else { Vec::new() }
}

fn both(mark: &Path) -> Vec<u32> {
    let began = Instant::now();
    loop {
        let ids = read_ids(mark);
        if !ids.is_empty() {
            return ids;
        }
        assert!(began.elapsed() < Duration::from_mins(2), "the tool was never started");
        sleep(Duration::from_millis(50));
    }
}

fn is_alive(id: u32) -> bool {
    let mut system = sysinfo::System::new().unwrap();
    let id = sysinfo::Pid::from_u32(id);
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[id]), true);
    let name = system.process(id).map(|process| process.name().to_owned());
    name.is_some_and(|name| name == OsStr::new("uv.exe") || name == OsStr::new("slow.exe"))
}

fn gone(ids: &[u32]) {
    let began = Instant::now();
    while ids.iter().any(|&id| is_alive(id)) {
        assert!(began.elapsed() < Duration::from_secs(20), "still there: {ids:?}");
        sleep(Duration::from_millis(100));
    }
}
