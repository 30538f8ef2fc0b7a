use super::*;
use crate::host::fake::{Script, World};

const NVIDIA: &str = r#""Runtimes": {"io.containerd.runc.v2": {"path": "runc"}, "nvidia": {"path": "nvidia-container-runtime"}, "runc": {}}"#;
const PLAIN: &str = r#""Runtimes": {"io.containerd.runc.v2": {"path": "runc"}, "runc": {"path": "runc"}}"#;

/// In the form of `docker info --format '{{json .}}'`, with `null` where it has nothing.
fn info(fields: &[&str]) -> Script {
    let common = r#""ServerVersion": "28.3.1", "OSType": "linux", "Warnings": null, "GenericResources": null"#;
    let fields = [&[common], fields].concat().join(", ");
    Script::prints(format!("{{{fields}, \"ClientInfo\": {{\"Context\": \"default\"}}}}\n"))
}

fn with_docker(world: World, info: Script) -> World {
    world.program_with("docker", &["--version"], Script::prints("Docker version 28.3.1, build e6534b4\n")).program_with(
        "docker",
        &["info", "--format", "{{json .}}"],
        info,
    )
}

fn docker(info: Script) -> World {
    with_docker(World::new(OsFamily::Linux), info)
}

fn found(world: &World) -> ContainerEngine {
    read(world).engine.found().cloned().unwrap()
}

/// Running, with the GPU, what is in the way.
fn told(world: &World) -> (Option<bool>, Option<bool>, Option<&'static str>) {
    let engine = found(world);
    (engine.is_running, engine.has_gpu, engine.trouble.as_ref().map(EngineTrouble::word))
}

#[test]
fn a_daemon_with_nvidias_runtime_has_the_gpu() {
    let world = docker(info(&[NVIDIA, r#""SecurityOptions": ["name=seccomp,profile=builtin"]"#]));
    assert_eq!(told(&world), (Some(true), Some(true), None));
    let engine = found(&world);
    assert_eq!((engine.program, engine.version.as_deref()), (ContainerProgram::Docker, Some("28.3.1")));
    assert!(!engine.is_rootless && !engine.has_cdi);
    let renamed = r#""Runtimes": {"gpu": {"path": "/usr/bin/nvidia-container-runtime"}, "runc": {"status": {}}}"#;
    assert_eq!(told(&docker(info(&[renamed]))), (Some(true), Some(true), None));
}

#[test]
fn a_daemon_without_it_depends_on_the_toolkit() {
    assert_eq!(told(&docker(info(&[PLAIN]))), (Some(true), Some(false), None));
    let world = docker(info(&[PLAIN])).program("nvidia-ctk", Script::exits(0));
    assert_eq!(told(&world), (Some(true), None, None));
    assert!(found(&world).toolkit.is_some());
}

#[test]
fn devices_of_cdi_are_the_gpu_as_well() {
    let listed = r#""DiscoveredDevices": [{"Source": "cdi", "ID": "nvidia.com/gpu=0"}]"#;
    let of_others = r#""DiscoveredDevices": [{"Source": "cdi", "ID": "amd.com/gpu=0"}]"#;
    let engine = found(&docker(info(&[PLAIN, listed])));
    assert!(engine.has_cdi && engine.has_gpu == Some(true));
    assert_eq!(found(&docker(info(&[PLAIN, of_others]))).has_gpu, Some(false));
    // Releases before 28.3 name the folders alone, and none if CDI is off.
    let specification = |world: World| world.file("/etc/cdi/nvidia.yaml", "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\n");
    let on = docker(info(&[PLAIN, r#""CDISpecDirs": ["/etc/cdi", "/var/run/cdi"]"#]));
    assert!(found(&specification(on)).has_cdi);
    let off = docker(info(&[PLAIN, r#""CDISpecDirs": []"#]));
    assert_eq!(found(&specification(off)).has_gpu, Some(false));
}

#[test]
fn without_root_the_runtime_must_leave_the_device_rules_alone() {
    let rootless = r#""SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"]"#;
    let config = "[nvidia-container-cli]\n#no-cgroups = true\nload-kmods = true\n";
    let world = || docker(info(&[NVIDIA, rootless])).file("/etc/nvidia-container-runtime/config.toml", config);
    assert_eq!(told(&world()), (Some(true), Some(false), Some("needs-no-cgroups")));
    assert!(found(&world()).is_rootless);
    let own = "/home/ada/.config/nvidia-container-runtime/config.toml";
    assert_eq!(told(&world().file(own, "no-cgroups = true\n")), (Some(true), Some(true), None));
    let cdi = r#""DiscoveredDevices": [{"Source": "cdi", "ID": "nvidia.com/gpu=all"}]"#;
    assert_eq!(told(&docker(info(&[NVIDIA, rootless, cdi]))), (Some(true), Some(true), None));
}

#[test]
fn a_daemon_that_is_off_refuses_or_hangs_is_told_apart() {
    let off = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
    let refused = "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock";
    let says = |words: &str| Script::exits(1).stdout("{\"ServerVersion\": \"\"}\n").stderr(format!("{words}\n"));
    assert_eq!(told(&docker(says(off))), (Some(false), Some(false), Some("not-running")));
    assert_eq!(told(&docker(says(refused))), (None, Some(false), Some("permission-denied")));
    assert_eq!(told(&docker(Script::hangs())), (None, Some(false), Some("no-answer")));
    // Older releases answer with what went wrong, and end well.
    let old = Script::prints(format!("{{\"ServerErrors\": [\"{off}\"], \"Runtimes\": null}}\n"));
    assert_eq!(told(&docker(old)), (Some(false), Some(false), Some("not-running")));
    let odd = docker(says("\nThe command 'docker' could not be found in this WSL 2 distro.\nSee the docs\n"));
    assert_eq!(told(&odd), (None, Some(false), Some("other")));
    let words = found(&odd).trouble.and_then(|trouble| trouble.words());
    assert_eq!(words.as_deref(), Some("The command 'docker' could not be found in this WSL 2 distro."));
}

#[test]
fn files_say_what_a_silent_daemon_would() {
    let daemon =
        r#"{"default-runtime": "nvidia", "runtimes": {"nvidia": {"args": [], "path": "nvidia-container-runtime"}}}"#;
    let silent = || docker(Script::hangs());
    let with_toolkit = || silent().program("nvidia-ctk", Script::exits(0));
    assert_eq!(found(&with_toolkit().file("/etc/docker/daemon.json", daemon)).has_gpu, Some(true));
    assert_eq!(found(&with_toolkit().file("/home/ada/.config/docker/daemon.json", daemon)).has_gpu, Some(true));
    assert_eq!(found(&with_toolkit().file("/etc/docker/daemon.json", "{ not json")).has_gpu, None);
    assert_eq!(found(&silent().file("/etc/docker/daemon.json", daemon)).has_gpu, None);
}

/// Docker Desktop in its own place, not on PATH.
fn desktop(info: Script) -> World {
    let path = r"C:\Program Files\Docker\Docker\resources\bin\docker.exe";
    World::new(OsFamily::Windows)
        .var("APPDATA", r"C:\Users\ada\AppData\Roaming")
        .program_with(path, &["--version"], Script::prints("Docker version 28.3.1, build e6534b4\r\n"))
        .program_with(path, &["info", "--format", "{{json .}}"], info)
}

#[test]
fn docker_desktop_has_the_gpu_with_wsl2_alone() {
    let name = r#""OperatingSystem": "Docker Desktop""#;
    let of = |kernel: &str| told(&desktop(info(&[PLAIN, name, &format!(r#""KernelVersion": "{kernel}""#)])));
    assert_eq!(of("6.6.87.2-microsoft-standard-WSL2"), (Some(true), Some(true), None));
    assert_eq!(of("6.10.14-linuxkit"), (Some(true), Some(false), None));
    assert_eq!(of("6.18.0-own"), (Some(true), None, None));
    let windows = r#""OSType": "windows""#;
    let containers = Script::prints(format!("{{\"ServerVersion\": \"28.3.1\", {windows}}}"));
    assert_eq!(told(&desktop(containers)), (Some(true), Some(false), Some("windows-containers")));
}

#[test]
fn docker_desktop_that_is_off_is_known_by_its_settings() {
    let said = "error during connect: Get \"http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.51/info\": open //./pipe/dockerDesktopLinuxEngine: Das System kann die angegebene Datei nicht finden.\r\n";
    let off = || desktop(Script::exits(1).stderr(said));
    let settings = r"C:\Users\ada\AppData\Roaming\Docker\settings-store.json";
    let older = r"C:\Users\ada\AppData\Roaming\Docker\settings.json";
    assert_eq!(told(&off()), (Some(false), None, Some("not-running")));
    let with = |path: &str, text: &str| told(&off().file(path, text)).1;
    assert_eq!(with(settings, r#"{"AutoStart": false, "WslEngineEnabled": true}"#), Some(true));
    assert_eq!(with(older, r#"{"wslEngineEnabled": false}"#), Some(false));
    assert_eq!(with(settings, r#"{"AutoStart": false}"#), None);
}

#[test]
fn a_daemon_on_another_machine_is_not_asked() {
    let remote = |world: World| {
        let engine = found(&world);
        assert!(world.ran().iter().all(|command| !command.args.contains(&"info".to_owned())), "{:?}", world.ran());
        assert_eq!((engine.is_running, engine.has_gpu), (None, None));
        engine.trouble
    };
    let at = |host: &str| Some(EngineTrouble::Remote { host: host.to_owned() });
    let hanging = || docker(Script::hangs());
    assert_eq!(remote(hanging().var("DOCKER_HOST", "ssh://ada:s3cret@build.example")), at("ssh://build.example"));
    let context = r#"{"Name": "lab", "Metadata": {}, "Endpoints": {"docker": {"Host": "tcp://10.0.0.7:2376"}}}"#;
    let lab = || hanging().file("/home/ada/.docker/contexts/meta/4f2a/meta.json", context);
    assert_eq!(
        remote(lab().file("/home/ada/.docker/config.json", r#"{"currentContext": "lab"}"#)),
        at("tcp://10.0.0.7:2376")
    );
    assert_eq!(remote(lab().var("DOCKER_CONTEXT", "lab")), at("tcp://10.0.0.7:2376"));
    for here in ["unix:///run/user/1000/docker.sock", "tcp://127.0.0.1:2375", "tcp://localhost:2375"] {
        let world = docker(info(&[NVIDIA])).var("DOCKER_HOST", here).var("DOCKER_CONTEXT", "lab");
        assert_eq!(told(&world), (Some(true), Some(true), None), "{here}");
    }
    // A context that is not in use.
    let world = docker(info(&[NVIDIA])).file("/home/ada/.docker/contexts/meta/4f2a/meta.json", context);
    assert_eq!(told(&world).0, Some(true));
}

fn with_podman(world: World) -> World {
    world.program_with("podman", &["--version"], Script::prints("podman version 5.4.0\n"))
}

#[test]
fn podman_on_linux_is_not_asked_and_has_the_gpu_by_cdi() {
    let world = with_podman(World::new(OsFamily::Linux));
    assert_eq!(told(&world), (Some(true), Some(false), None));
    assert_eq!(world.ran().len(), 1);
    let specification = "---\ncdiVersion: 0.5.0\ncontainerEdits:\nkind: nvidia.com/gpu\n";
    let world = with_podman(World::new(OsFamily::Linux)).file("/var/run/cdi/nvidia.yaml", specification);
    let engine = found(&world);
    assert_eq!((engine.program, engine.version.as_deref()), (ContainerProgram::Podman, Some("5.4.0")));
    assert!(engine.has_cdi && engine.has_gpu == Some(true));
    let refused = with_podman(World::new(OsFamily::Linux)).refused("/etc/cdi", io::ErrorKind::PermissionDenied);
    assert_eq!(found(&refused).has_gpu, None);
    let other = with_podman(World::new(OsFamily::Linux)).file("/etc/cdi/amd.json", r#"{"kind": "amd.com/gpu"}"#);
    assert_eq!(found(&other).has_gpu, Some(false));
}

#[test]
fn podman_on_windows_is_asked_for_its_machine() {
    let off = "Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`, or try `podman machine init` and `podman machine start`\r\n";
    let with = |info: Script| {
        let world = with_podman(World::new(OsFamily::Windows));
        told(&world.program_with("podman", &["info", "--format", "json"], info))
    };
    assert_eq!(with(Script::prints("{}")), (Some(true), None, None));
    assert_eq!(with(Script::exits(125).stderr(off)), (Some(false), None, Some("not-running")));
    assert_eq!(with(Script::hangs()), (None, None, Some("no-answer")));
}

#[test]
fn a_docker_that_is_podman_is_podman() {
    let said = Script::prints("podman version 4.3.1\n").stderr("Emulate Docker CLI using podman.\n");
    let world = World::new(OsFamily::Linux).program_with("docker", &["--version"], said);
    assert_eq!(found(&world).program, ContainerProgram::Podman);
    assert_eq!(told(&world).0, Some(true));
}

#[test]
fn the_engine_that_answers_is_taken_and_both_programs_are_told() {
    let off = Script::exits(1).stderr("Is the docker daemon running?\n");
    let world = with_podman(docker(off));
    let all = read(&world);
    assert_eq!(all.engine.found().unwrap().program, ContainerProgram::Podman);
    assert!(all.tools.iter().all(|(_, tool)| tool.found().is_some()));
    assert_eq!(found(&with_podman(docker(info(&[NVIDIA])))).program, ContainerProgram::Docker);
    let none = read(&World::new(OsFamily::Linux));
    assert!(none.engine.is_absent() && none.tools.iter().all(|(_, tool)| tool.is_absent()));
}
