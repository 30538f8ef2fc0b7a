//! Route `docker`: a `docker` on PATH that answers as the real one does, and whose image is an environment that the
//! Dockerfile's own commands make.

use crate::shelf::versions;
use crate::world::{World, files_in, run, tools};
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
    fs::create_dir(world.path("refuses")).unwrap();
    let refuses = world.path("refuses");
    let (asked, image, info, refuses) = (asked.display(), image.display(), info.display(), refuses.display());
    world.script(
        "docker",
        &format!(
            r#"for word; do printf '[%s]' "$word"; done >>{asked}; echo >>{asked}
if [ -e "{refuses}/$1" ]; then
    while IFS= read -r line; do printf '%s\n' "$line"; done <"{refuses}/$1" >&2
    exit 1
fi
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
fn a_container_is_proven_again_where_its_torch_runs() {
    let Some(world) = world() else { return };
    let (torch, _) = versions();
    let words = wheels(&torch, &tools().unwrap().python_version);
    run(world.install(&words)).expect(1);
    let asked = |program: &str| {
        let asked = fs::read_to_string(world.path("asked")).unwrap();
        asked.lines().filter(|line| line.starts_with("[run]") && line.contains(program)).count()
    };
    let before = asked("[/opt/torch/bin/python]");
    // A played card passes and is never called proven.
    let verified = run(world.wizard(&["verify", world.target().to_str().unwrap(), "--json"])).expect(1);
    assert!(verified.out.contains("\"verdict\":\"incomplete\""), "{}", verified.out);
    assert_eq!(asked("[/opt/torch/bin/python]"), before + 1);
    let script = fs::read_to_string(world.path("bin/docker")).unwrap();
    fs::write(world.path("bin/docker"), script.replace("28.2.2", "29.0.1")).unwrap();
    let again = run(world.wizard(&["recheck", "--json"])).expect(1);
    assert_eq!(asked("[/opt/torch/bin/python]"), before + 2);
    let said: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(said["environments"][0]["standing"], "broken", "{said}");
    assert!(said["environments"][0]["text"].as_str().unwrap().contains("incomplete"), "{said}");
    // An engine that does not start the checks says nothing of the torch.
    let known = world.registry();
    fs::write(world.path("refuses/run"), "Cannot connect to the Docker daemon at unix:///var/run/docker.sock\n")
        .unwrap();
    let off = run(world.wizard(&["verify", world.target().to_str().unwrap()])).expect(1);
    assert!(off.err.contains("could not be started") && !off.err.contains("incomplete"), "{}", off.err);
    fs::remove_file(world.path("refuses/run")).unwrap();
    assert_eq!(world.registry(), known);
    let kit = run(world.wizard(&["kit", "jupyter", "--env", world.target().to_str().unwrap()])).expect(1);
    assert!(kit.err.contains("not for those in WSL or a container"), "{}", kit.err);
    let machine = fs::read_to_string(world.path("wizard/data/machine.json")).unwrap();
    assert!(machine.contains("29.0.1"), "{machine}");
}

#[test]
fn a_build_that_was_cut_goes_on_and_an_undone_one_leaves_nothing() {
    let Some(world) = world() else { return };
    let (torch, _) = versions();
    let words = wheels(&torch, &tools().unwrap().python_version);
    let whole = fs::read_to_string(world.path("bin/docker")).unwrap();
    let broken = whole.replace("build)\n", "build) echo 'no space left on device' >&2; exit 1 ;;\nnever)\n");
    fs::write(world.path("bin/docker"), &broken).unwrap();
    let failed = run(world.install(&words)).expect(4);
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
    run(world.install(&words)).expect(4);
    let undone = run(world.wizard(&["rollback"])).expect(0);
    assert!(undone.out.contains("env.tw-new was removed"), "{}", undone.out);
    assert_eq!(files_in(&world.path("place"), 1), [""; 0]);
    assert_eq!(world.registry().len(), 0);
}

/// A start of a container that failed below the engine, as `runc` and NVIDIA's hook tell it.
/// <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html>
const HOOK: &str = "docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\n";

#[test]
fn each_refusal_of_docker_is_told_with_its_remedy_and_the_run_goes_on_afterwards() {
    let Some(world) = world() else { return };
    let (torch, _) = versions();
    let words = wheels(&torch, &tools().unwrap().python_version);
    let hook = |text: &str| {
        format!("{HOOK}nvidia-container-cli: {text}: unknown.\n\nRun 'docker run --help' for more information\n")
    };
    let mut begin = world.install(&words);
    for (word, text, label, remedy, last) in [
        // <https://github.com/moby/moby/blob/master/client/request.go>
        (
            "version",
            "Client: Docker Engine - Community\n Version:           28.2.2\nfailed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory\n".to_owned(),
            "engine-not-running",
            "systemctl start docker",
            "engine",
        ),
        (
            "version",
            "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock\n".to_owned(),
            "engine-refuses",
            "usermod -aG docker",
            "engine",
        ),
        // The daemon's words for a full disk, with the builder's frame around them.
        (
            "build",
            "#9 [wheels 3/3] RUN python -m venv /opt/torch\n#9 ERROR: failed to copy files: write /var/lib/docker/overlay2/x: no space left on device\n------\nERROR: failed to build: failed to solve\n".to_owned(),
            "disk-full",
            "cache list",
            "image",
        ),
        ("run", "docker: Error response from daemon: could not select device driver \"\" with capabilities: [[gpu]].\n".to_owned(), "card-not-handed-through", "nvidia-ctk runtime configure", "gpu"),
        ("run", hook("initialization error: nvml error: driver not loaded"), "driver-not-loaded", "Restart the PC", "gpu"),
        ("run", hook("requirement error: unsatisfied condition: cuda>=13.0, please update your driver to a newer version"), "driver-too-old", "Update the driver", "gpu"),
        ("run", "docker: Error response from daemon: CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all\n".to_owned(), "cdi-missing", "nvidia-ctk cdi generate", "gpu"),
    ] {
        fs::write(world.path("refuses").join(word), &text).unwrap();
        let ran = run(std::mem::replace(&mut begin, world.resume()));
        fs::remove_file(world.path("refuses").join(word)).unwrap();
        assert_eq!(ran.code, if label == "disk-full" { 4 } else { 1 }, "{}\n{}", ran.out, ran.err);
        assert_eq!(ran.label().as_deref(), Some(label), "{}", ran.out);
        let failed = ran.events().into_iter().rfind(|event| event["kind"] == "failed").unwrap();
        assert_eq!(failed["step"], last);
        let problem = &failed["problem"];
        assert!(problem["next"].to_string().contains(remedy), "{problem}");
        assert!(problem["changed"].as_str().unwrap().ends_with("is as it was before."), "{problem}");
    }
    let ran = run(world.resume());
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
}

#[test]
fn a_published_image_that_cannot_be_fetched_says_why() {
    let Some(world) = world() else { return };
    let words = ["--route", "docker", "--torch", "2.14.0", "--variant", "cu130"];
    let layers = "2.14.0-cuda13.0-cudnn9-runtime: Pulling from pytorch/pytorch\n5a7813e071bf: Pulling fs layer\n5a7813e071bf: Verifying Checksum\n5a7813e071bf: Download complete\n";
    for (text, label, exit) in [
        ("failed to register layer: write /opt/conda/lib/libtorch_cuda.so: no space left on device\n", "disk-full", 4),
        (
            "Error response from daemon: manifest for pytorch/pytorch:2.14.0-cuda13.0-cudnn9-runtime not found: manifest unknown: manifest unknown\n",
            "image-missing",
            1,
        ),
        ("Error response from daemon: unauthorized: authentication required\n", "log-in", 1),
        (
            "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit\n",
            "rate-limit",
            1,
        ),
        (
            "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host\n",
            "no-network",
            4,
        ),
    ] {
        fs::write(world.path("refuses/pull"), format!("{layers}{text}")).unwrap();
        let ran = run(world.install(&words)).expect(exit);
        assert_eq!(ran.label().as_deref(), Some(label), "{}", ran.out);
        assert_eq!(ran.events().into_iter().rfind(|event| event["kind"] == "failed").unwrap()["step"], "pull");
        run(world.wizard(&["rollback"])).expect(0);
        assert_eq!(files_in(&world.path("place"), 1), [""; 0]);
    }
}

/// A Podman that does the same, and the plan for it: no test can write the list of cards that a Linux has in /etc.
fn podman(world: &World) {
    use torch_wizard::facts::ContainerProgram;
    use torch_wizard::plan::docker::{Container, plan};
    use torch_wizard::plan::{Frame, Plan};
    fs::copy(world.path("bin/docker"), world.path("bin/podman")).unwrap();
    let (torch, _) = versions();
    let words = wheels(&torch, &tools().unwrap().python_version);
    let json = run(world.plan(&[&words[..], &["--json"]].concat())).expect(0).out;
    let Plan { id, made_at, os, places, indexes, inheritance, assessment, choices, lock, container, .. } =
        serde_json::from_str(&json).unwrap();
    let flags = [["--device", "nvidia.com/gpu=all"], ["--security-opt", "label=disable"]];
    let container = Container {
        engine: ContainerProgram::Podman,
        program: world.path("bin/podman"),
        flags: flags.map(|flag| flag.map(str::to_owned).to_vec()).into(),
        ..container.unwrap()
    };
    let frame = Frame { id, made_at, os, places, indexes, inheritance };
    let plan = plan(assessment, choices, lock, frame, container).unwrap();
    fs::create_dir_all(&plan.places.run).unwrap();
    fs::write(plan.places.run.join("plan.json"), serde_json::to_vec(&plan).unwrap()).unwrap();
}

#[test]
fn podman_says_the_same_in_its_own_words() {
    let Some(world) = world() else { return };
    podman(&world);
    for (word, text, label, remedy) in [
        // <https://github.com/containers/podman/blob/main/cmd/podman/registry/remote.go>
        (
            "info",
            "Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`, or try `podman machine init` and `podman machine start` to manage a new Linux VM\nError: unable to connect to Podman socket: dial unix /run/user/1000/podman/podman.sock: connect: no such file or directory\n",
            "engine-not-running",
            "podman machine start",
        ),
        (
            "build",
            "Error: creating build container: writing blob: adding layer with blob: no space left on device\n",
            "disk-full",
            "cache list",
        ),
        (
            "run",
            "Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all\n",
            "cdi-missing",
            "nvidia-ctk cdi generate",
        ),
    ] {
        fs::write(world.path("refuses").join(word), text).unwrap();
        let ran = run(world.resume());
        fs::remove_file(world.path("refuses").join(word)).unwrap();
        assert_eq!(ran.label().as_deref(), Some(label), "{}\n{}", ran.out, ran.err);
        let failed = ran.events().into_iter().rfind(|event| event["kind"] == "failed").unwrap();
        assert!(failed["problem"]["next"].to_string().contains(remedy), "{failed}");
    }
    let ran = run(world.resume());
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
    let asked = fs::read_to_string(world.path("asked")).unwrap();
    assert!(asked.contains("[run][--rm][--interactive][--device][nvidia.com/gpu=all]"), "{asked}");
}

#[test]
fn a_linux_has_no_wsl() {
    let Some(world) = world() else { return };
    let ran = run(world.plan(&["--route", "wsl2"])).expect(1);
    assert!(ran.err.contains("Windows"), "{}", ran.err);
}
