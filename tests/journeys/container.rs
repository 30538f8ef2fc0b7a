//! Route `docker`: a `docker` on PATH that answers as the real one does, and whose image is an environment that the
//! Dockerfile's own commands make.

use crate::world::{World, files_in, run, tools, versions};
use std::fs;

const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12288|12|0|2f04";

/// What `docker info --format '{{json .}}'` says on a Linux with NVIDIA's toolkit, as far as anybody reads it.
const INFO: &str = r#"{"ID":"3f1c","Containers":0,"Driver":"overlay2","OSType":"linux","Architecture":"x86_64","OperatingSystem":"Ubuntu 24.04.2 LTS","KernelVersion":"6.8.0-60-generic","ServerVersion":"28.2.2","DefaultRuntime":"runc","Runtimes":{"io.containerd.runc.v2":{"path":"runc"},"nvidia":{"path":"nvidia-container-runtime"},"runc":{"path":"runc"}},"SecurityOptions":["name=apparmor","name=seccomp,profile=builtin","name=cgroupns"],"CDISpecDirs":null,"Warnings":null,"ClientInfo":{"Debug":false,"Version":"28.2.2","Context":"default"}}"#;

/// A machine with a card and a docker, which notes what it is asked.
pub fn world() -> Option<World> {
    let mut world = World::new()?;
    world.simulate(CARD);
    world.replay("rtx5070-healthy.jsonl");
    let (asked, image, info) = (world.path("asked"), world.path("image"), world.path("info.json"));
    fs::write(&info, format!("{INFO}\n")).unwrap();
    let python = tools().unwrap().python.display();
    let (asked, image, info) = (asked.display(), image.display(), info.display());
    world.script(
        "docker",
        &format!(
            r#"for word; do printf '[%s]' "$word"; done >>{asked}; echo >>{asked}
case "$1" in
--version) echo "Docker version 28.2.2, build e6534b4" ;;
info) while IFS= read -r line; do printf '%s\n' "$line"; done <{info} ;;
version) printf 'Client:\n Version:           28.2.2\n\nServer: Docker Engine - Community\n Engine:\n  Version:          28.2.2\n' ;;
pull) echo "Status: Downloaded newer image for $2" ;;
build)
    test "$2$4$6$7" = --file--tag--networknone && test -f "$3" || exit 1
    {python} -m venv {image} || exit 1
    {image}/bin/python -m pip install --no-index --find-links "$8" --require-hashes --no-deps --no-cache-dir \
        --disable-pip-version-check --root-user-action ignore -r "$8/pins.txt" ;;
run)
    while [ $# -gt 0 ]; do
        case "$1" in localhost/torch-wizard:*|pytorch/*) break ;; esac
        shift
    done
    shift
    case "$1" in
    nvidia-smi) echo "GPU 0: NVIDIA GeForce RTX 5070 (UUID: GPU-0)" ;;
    /opt/torch/bin/python) shift; exec {image}/bin/python "$@" ;;
    *) exit 127 ;;
    esac ;;
rm) ;;
*) exit 125 ;;
esac"#
        ),
    );
    Some(world)
}

/// The words of a plan for a container of the tests' own torch.
pub fn wheels<'a>(torch: &'a str, python: &'a str) -> Vec<&'a str> {
    vec!["--route", "docker", "--torch", torch, "--variant", "cu130", "--python", python]
}

#[test]
fn a_plan_for_a_container_changes_nothing_and_asks_the_engine_only_who_it_is() {
    let Some(world) = world() else { return };
    let (torch, _) = versions();
    let words = wheels(&torch, &tools().unwrap().python_version);
    let text = run(world.plan(&words)).expect(0).out;
    for part in ["route docker", "localhost/torch-wizard:", "compose.yaml", "--network none", "docker.io"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(files_in(&world.path("place"), 3), [""; 0]);
    let asked = fs::read_to_string(world.path("asked")).unwrap();
    let questions: Vec<&str> = asked.lines().filter(|line| *line != "[--version]").collect();
    assert!(questions.iter().all(|line| line.starts_with("[info]")), "{asked}");
}

#[test]
fn a_container_is_built_from_the_wheels_of_the_lock_and_proven_inside() {
    let Some(world) = world() else { return };
    let (torch, _) = versions();
    let words = wheels(&torch, &tools().unwrap().python_version);
    // The card is a simulated one, which is never called proven.
    let ran = run(world.install(&words)).expect(1);
    let verdict = ran.events().into_iter().find(|event| event["verified"]["verdict"].is_string()).unwrap();
    assert_eq!(verdict["verified"]["verdict"], "incomplete", "{verdict}");
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap());
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
    let files = files_in(&world.target(), 2);
    assert_eq!(files, ["Dockerfile", "compose.yaml", "run.sh", "work", "work/README.txt"]);
    let registry = world.registry();
    assert_eq!((&registry[0]["route"], &registry[0]["path"]), (&"docker".into(), &world.target().to_str().into()));
    let asked = fs::read_to_string(world.path("asked")).unwrap();
    assert!(asked.contains("[run][--rm][--interactive][--gpus][all][--ipc=host]"), "{asked}");
    // What was built is what the launcher starts.
    let launcher = fs::read_to_string(world.target().join("run.sh")).unwrap();
    let tag = asked.lines().find(|line| line.starts_with("[build]")).unwrap();
    let tag = tag.split(['[', ']']).find(|word| word.starts_with("localhost/")).unwrap();
    assert!(launcher.contains(tag), "{launcher}");
    let mut start = world.command("/bin/sh");
    start.arg(world.target().join("run.sh")).args([
        "/opt/torch/bin/python",
        "-c",
        "import torch; print(torch.__version__)",
    ]);
    start.env("PATH", format!("{}:/usr/bin:/bin", world.path("bin").display()));
    assert_eq!(run(start).expect(0).out.trim(), format!("{torch}+cu130"));
}

#[test]
fn a_build_that_was_cut_goes_on_and_an_undone_one_leaves_nothing() {
    let Some(world) = world() else { return };
    let (torch, _) = versions();
    let words = wheels(&torch, &tools().unwrap().python_version);
    let whole = fs::read_to_string(world.path("bin/docker")).unwrap();
    let broken = whole.replace("build)\n", "build) echo 'no space left on device' >&2; exit 1 ;;\nnever)\n");
    fs::write(world.path("bin/docker"), &broken).unwrap();
    let failed = run(world.install(&words)).expect(1);
    assert!(failed.out.contains("no space left on device"), "{}", failed.out);
    assert_eq!(files_in(&world.path("place"), 1), ["env.tw-new"]);
    fs::write(world.path("bin/docker"), whole).unwrap();
    let ran = run(world.resume()).expect(1);
    let started: Vec<_> = ran.events().into_iter().filter(|event| event["kind"] == "started").collect();
    let keys: Vec<&str> = started.iter().filter_map(|event| event["step"].as_str()).collect();
    assert_eq!(keys, ["image", "gpu", "verify", "promote"]);
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);

    let Some(world) = self::world() else { return };
    fs::write(world.path("bin/docker"), broken).unwrap();
    run(world.install(&words)).expect(1);
    let undone = run(world.wizard(&["rollback"])).expect(0);
    assert!(undone.out.contains("env.tw-new was removed"), "{}", undone.out);
    assert_eq!(files_in(&world.path("place"), 1), [""; 0]);
    assert_eq!(world.registry().len(), 0);
}

#[test]
fn a_linux_has_no_wsl() {
    let Some(world) = world() else { return };
    let ran = run(world.plan(&["--route", "wsl2"])).expect(1);
    assert!(ran.err.contains("Windows"), "{}", ran.err);
}
