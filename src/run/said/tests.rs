//! What tools print, and what is made of it. Texts from `../shared/corpus` are cut to the line that counts; the others
//! are in the form of the vendors' source or documentation, whose address stands beside them.

use super::*;

/// Label and cause of what a tool said.
fn of(program: &str, text: &str) -> (String, String) {
    let problem = explain(&CommandSpec::new(program, [""; 0]).in_background(), text)
        .unwrap_or_else(|| panic!("{program}: {text}"));
    assert!(!problem.next.is_empty() && problem.details == text, "{problem:?}");
    assert!(!problem.cause.contains(['{', '}']), "{}", problem.cause);
    (problem.label, problem.cause)
}

fn label(program: &str, text: &str) -> String {
    of(program, text).0
}

#[test]
fn nvcc_says_what_it_cannot_compile_for_and_with() {
    // Printed by nvcc 13.0.88 of the wheel.
    let (name, cause) = of("nvcc", "nvcc fatal   : Unsupported gpu architecture 'compute_61'");
    assert_eq!(name, "toolkit-lacks-card");
    assert!(cause.ends_with("compute_61."), "{cause}");
    // Printed by ptxas 12.4.131 of the wheel.
    let ptxas = "ptxas fatal   : Value 'sm_120' is not defined for option 'gpu-name'";
    for program in ["/usr/local/cuda/bin/nvcc", "python"] {
        assert_eq!(label(program, ptxas), "toolkit-lacks-card");
    }
    // crt/host_config.h of the wheels.
    let gnu = "/c/include/crt/host_config.h:143:2: error: #error -- unsupported GNU version! gcc versions later than 15 are not supported! The nvcc flag '-allow-unsupported-compiler' can be used";
    assert_eq!(label("nvcc", gnu), "host-compiler-too-new");
    let spanish = "c:\\program files\\nvidia gpu computing toolkit\\cuda\\v9.1\\include\\crt/host_config.h(135): fatal error C1189: #error:  -- unsupported Microsoft Visual Studio version! Only the versions 2012, 2013, 2015 and 2017 are supported!";
    assert_eq!(label("C:\\cuda\\bin\\nvcc.exe", spanish), "host-compiler-too-new");
    for (text, expected) in [
        // Printed by nvcc 13.0.88 with no compiler on PATH.
        (
            "gcc: No such file or directory\nnvcc fatal   : Failed to preprocess host compiler properties.",
            "compiler-missing",
        ),
        ("nvcc fatal   : Cannot find compiler 'cl.exe' in PATH", "compiler-missing"),
        ("sh: 1: gcc: not found", "compiler-missing"),
        ("gcc: error trying to exec 'cc1plus': execvp: No such file or directory", "compiler-missing"),
        ("gcc: fatal error: cannot execute ‘cc1plus’: execvp: No such file or directory", "compiler-missing"),
        ("sh: 1: cicc: not found", "toolkit-incomplete"),
        ("kernel.cu:1:10: fatal error: cuda_runtime.h: No such file or directory", "toolkit-incomplete"),
        ("cc1plus: fatal error: crt/host_config.h: No such file or directory", "toolkit-incomplete"),
    ] {
        assert_eq!(label("nvcc", text), expected, "{text}");
    }
}

#[test]
fn a_compiler_that_stopped_says_so_before_its_last_words() {
    let killed = "ninja: job failed: /usr/bin/c++ -c CoroSplit.cpp\nc++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\nninja: subcommand failed";
    assert_eq!(label("python", killed), "out-of-memory");
    let russian =
        "cuda_utils.c(12): fatal error C1083: Не удается открыть файл включение: Python.h: No such file or directory,";
    assert_eq!(label("python", russian), "header-missing");
    let chinese = "lib\\torch_cpu.lib : fatal error LNK1248: 映像大小(10055AAF7)超过允许的最大大小(FFFFFFFF)\nninja: build stopped: subcommand failed.";
    assert_eq!(label("python", chinese), "library-too-large");
    let (name, cause) = of("python", "x.cpp(3,7): error C2065: „q“: nichtdeklarierter Bezeichner");
    assert_eq!(name, "compile-failed");
    assert!(cause.contains("„q“"), "{cause}");
    let flash = "Call to `setuptools.build_meta.build_wheel` failed\nModuleNotFoundError: No module named 'torch'";
    let (name, cause) = of("uv", flash);
    assert_eq!(name, "build-needs");
    assert!(cause.contains(": torch."), "{cause}");
}

#[test]
fn a_build_script_that_gave_up_is_told_by_its_last_line() {
    let text = "Traceback (most recent call last):\n  KeyError: 'MAX_JOBS'\nsubprocess.CalledProcessError: Command '[]' returned non-zero exit status 1.\nerror: metadata-generation-failed";
    let (name, cause) = of("python", text);
    assert_eq!(name, "build-failed");
    assert!(cause.ends_with("KeyError: 'MAX_JOBS'"), "{cause}");
    let mismatch = "RuntimeError: \nThe detected CUDA version (12.4) mismatches the version that was used to compile\nPyTorch (13.0).";
    assert_eq!(label("uv", mismatch), "toolkit-mismatch");
    // An installer that stopped has built nothing.
    assert!(explain(&CommandSpec::new("python", [""; 0]), text).is_none());
}

#[test]
fn of_a_long_build_the_compilers_first_complaint_is_kept() {
    let mut heard = Heard::default();
    for number in 0..5_000 {
        heard.line(&format!("[{number}/9000] Building CXX object {number}.o"));
        if number == 1_000 {
            heard.line("FAILED: CMakeFiles/torch.dir/b.cpp.o ");
            heard.line("/usr/bin/c++ -O2 -c b.cpp");
            heard.line("b.cpp: In function ‘int f()’:");
            heard.line("b.cpp:7:12: error: ‘q’ was not declared in this scope");
        }
    }
    let text = heard.text();
    assert!(text.contains("b.cpp:7:12: error: ‘q’") && text.contains("4999.o") && !text.contains("900.o\n"), "{text}");
    let (name, cause) = of("python", &text);
    assert_eq!(name, "compile-failed");
    assert!(cause.contains("b.cpp:7:12"), "{cause}");
    // In whatever language the compiler speaks: what stands below ninja's command is its own.
    let mut heard = Heard::default();
    for line in ["FAILED: b.o", "/usr/bin/c++ -c b.cpp", "b.cpp:7:12: Fehler: „q“ wurde nicht deklariert", "ninja: x"]
    {
        heard.line(line);
    }
    assert!(of("python", &heard.text()).1.contains("Fehler: „q“"), "{}", heard.text());
    assert_eq!(heard.text().matches("Fehler").count(), 1);
}

#[test]
fn docker_that_cannot_be_reached_is_told_apart_from_one_that_refuses() {
    // <https://github.com/moby/moby/blob/master/client/request.go> and client/errors.go
    for (text, expected) in [
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            "engine-not-running",
        ),
        (
            "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
            "engine-not-running",
        ),
        (
            "error during connect: Get \"http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.51/version\": open //./pipe/dockerDesktopLinuxEngine: Das System kann die angegebene Datei nicht finden.",
            "engine-not-running",
        ),
        (
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get \"http://%2Fvar%2Frun%2Fdocker.sock/v1.47/version\": dial unix /var/run/docker.sock: connect: permission denied",
            "engine-refuses",
        ),
        (
            "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock",
            "engine-refuses",
        ),
    ] {
        assert_eq!(label("/usr/bin/docker", text), expected, "{text}");
    }
    assert_eq!(
        label(
            "podman",
            "Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`, or try `podman machine init` and `podman machine start` to manage a new Linux VM"
        ),
        "engine-not-running"
    );
}

#[test]
fn a_registry_that_does_not_give_an_image_says_why() {
    // <https://distribution.github.io/distribution/spec/api/#errors-2>, as the daemon hands them on.
    for (text, expected) in [
        (
            "Error response from daemon: manifest for pytorch/pytorch:9 not found: manifest unknown: manifest unknown",
            "image-missing",
        ),
        ("Error response from daemon: manifest unknown", "image-missing"),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", "image-missing"),
        ("Error response from daemon: unauthorized: authentication required", "log-in"),
        (
            "Error response from daemon: pull access denied for pytorch/pytorch, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
            "log-in",
        ),
        (
            "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
            "rate-limit",
        ),
        ("failed to register layer: write /opt/conda/lib/libtorch_cuda.so: no space left on device", "disk-full"),
        (
            "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
            "no-network",
        ),
        (
            "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": net/http: TLS handshake timeout",
            "network",
        ),
        (
            "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "certificate",
        ),
        (
            "Error: initializing source docker://pytorch/pytorch:9: reading manifest 9 in docker.io/pytorch/pytorch: manifest unknown",
            "image-missing",
        ),
    ] {
        for program in ["docker", "podman"] {
            assert_eq!(label(program, text), expected, "{text}");
        }
    }
    // <https://github.com/containers/podman/blob/main/troubleshooting.md>
    let short = "Error: short-name \"pytorch/pytorch:2\" did not resolve to an alias and no unqualified-search registries are defined in \"/etc/containers/registries.conf\"";
    assert_eq!(label("podman", short), "image-name");
}

#[test]
fn a_container_without_a_card_says_which_part_is_missing() {
    let runc = "docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\n";
    // <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html>
    for (text, expected) in [
        ("docker: Error response from daemon: could not select device driver \"\" with capabilities: [[gpu]].".to_owned(), "card-not-handed-through"),
        ("docker: Error response from daemon: unknown or invalid runtime name: nvidia.".to_owned(), "card-not-handed-through"),
        (format!("{runc}nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared object file: no such file or directory: unknown."), "card-not-handed-through"),
        (format!("{runc}nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown"), "driver-not-loaded"),
        (format!("{runc}nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver to a newer version, or use an earlier cuda container: unknown"), "driver-too-old"),
        (format!("{runc}nvidia-container-cli: device error: GPU-1: unknown device: unknown"), "card-unknown"),
        (format!("{runc}nvidia-container-cli: mount error: failed to add device rules: unable to find any existing device filters attached to the cgroup: operation not permitted"), "card-not-handed-through"),
        ("docker: Error response from daemon: failed to create task for container: CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all".to_owned(), "cdi-missing"),
        ("Failed to initialize NVML: Driver/library version mismatch".to_owned(), "driver-mismatch"),
        ("Failed to initialize NVML: Unknown Error".to_owned(), "card-not-handed-through"),
        ("exec: \"nvidia-smi\": executable file not found in $PATH: unknown.".to_owned(), "card-not-handed-through"),
    ] {
        assert_eq!(label("docker", &text), expected, "{text}");
    }
    let (name, cause) = of("podman", "Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all");
    assert_eq!(name, "cdi-missing");
    assert!(cause.contains("nvidia.com/gpu=all is not in it"), "{cause}");
}

#[test]
fn wsl_is_understood_by_its_codes_whatever_language_it_speaks() {
    // Sentences of <https://github.com/microsoft/WSL/tree/master/localization/strings>, codes of wslutil.cpp.
    for (text, expected) in [
        (
            "WSL2 is not supported with your current machine configuration.\nError code: Wsl/Service/CreateInstance/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED",
            "virtualisation-off",
        ),
        (
            "WSL2 kann nicht gestartet werden, da die Virtualisierung auf diesem Computer nicht aktiviert ist.\nFehlercode: Wsl/Service/CreateInstance/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED",
            "virtualisation-off",
        ),
        (
            "Please enable the Virtual Machine Platform Windows feature and ensure virtualization is enabled in the BIOS.\nError: 0x80370102",
            "virtualisation-off",
        ),
        ("错误代码: Wsl/WSL_E_VIRTUAL_MACHINE_PLATFORM_REQUIRED", "platform-missing"),
        ("WslRegisterDistribution failed with error: 0x8007019e", "wsl-missing"),
        ("WslRegisterDistribution failed with error: 0x800701bc", "wsl-too-old"),
        (
            "WSL 2 wird von der Legacy Distribution nicht unterstütztt.\nFehlercode: Wsl/Service/WSL_E_VM_MODE_NOT_SUPPORTED",
            "wsl-1-only",
        ),
        ("不存在具有所提供名称的分发。\n错误代码: Wsl/Service/WSL_E_DISTRO_NOT_FOUND", "no-distribution"),
        ("Error code: Wsl/InstallDistro/WININET_E_NAME_NOT_RESOLVED", "no-network"),
        ("Code d’erreur : Wsl/InstallDistro/Service/RegisterDistro/ERROR_DISK_FULL", "disk-full"),
        ("Código de error: Wsl/Service/CreateInstance/CreateVm/HCS/ERROR_NO_SYSTEM_RESOURCES", "out-of-memory"),
        ("Error code: Wsl/Service/CreateInstance/CreateVm/HCS/0x800705aa", "out-of-memory"),
        ("Error code: Wsl/InstallDistro/VerifyChecksum/TRUST_E_BAD_DIGEST", "hash-mismatch"),
        ("Error code: Wsl/ERROR_ACCESS_DISABLED_BY_POLICY", "policy"),
        ("Error code: Wsl/CallMsi/Install/REGDB_E_CLASSNOTREG", "wsl-damaged"),
        ("Error code: Wsl/Service/E_ACCESSDENIED", "needs-administrator"),
        ("ls: cannot access '/usr/lib/wsl/lib/libcuda.so': No such file or directory", "driver-not-inside"),
    ] {
        for program in ["wsl", r"C:\Windows\System32\wsl.exe", r"C:\Program Files\WSL\WSL.EXE"] {
            assert_eq!(label(program, text), expected, "{text}");
        }
    }
}

#[test]
fn what_an_earlier_life_has_set_up_is_not_a_failure() {
    let wsl = |args: &[&str]| CommandSpec::new("wsl.exe", args.iter().copied());
    let failed = ChildExit::Code(-1);
    let install = wsl(&["--install", "-d", "Ubuntu-24.04", "--no-launch", "--version", "2"]);
    let exists = "Fehlercode: Wsl/InstallDistro/ERROR_ALREADY_EXISTS";
    assert!(was_done_before(&install, failed, exists));
    assert!(!was_done_before(&install, failed, "Error code: Wsl/InstallDistro/E_FAIL"));
    assert!(!was_done_before(&CommandSpec::new("docker", ["--install", "-d"]), failed, exists));
    let convert = wsl(&["--set-version", "My Distro", "2"]);
    assert!(was_done_before(
        &convert,
        failed,
        "The distribution is already the requested version.\nError code: Wsl/Service/WSL_E_VM_MODE_INVALID_STATE"
    ));
    let user = wsl(&["--distribution", "Ubuntu-24.04", "--user", "root", "--exec", "useradd", "--create-home", "ada"]);
    assert!(was_done_before(&user, ChildExit::Code(9), "useradd: user 'ada' already exists"));
    assert!(!was_done_before(&user, ChildExit::Code(1), "useradd: cannot lock /etc/passwd; try again later."));
}

#[test]
fn git_says_whether_it_is_the_network_or_the_tag() {
    // git 2.39 and curl 7.88, printed here or by their source.
    for (text, expected) in [
        ("fatal: couldn't find remote ref refs/tags/v9.9.9", "no-such-tag"),
        (
            "fatal: unable to access 'https://github.com/pytorch/pytorch/': Could not resolve host: github.com",
            "no-network",
        ),
        (
            "fatal: unable to access 'https://github.com/x/': Failed to connect to github.com port 443 after 130 ms: Couldn't connect to server",
            "no-network",
        ),
        (
            "error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly\nfetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF",
            "network",
        ),
        (
            "fatal: unable to access 'https://github.com/x/': SSL certificate problem: unable to get local issuer certificate",
            "certificate",
        ),
        ("fatal: unable to access 'https://github.com/x/': CONNECT tunnel failed, response 407", "proxy"),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "log-in"),
        ("error: unable to create file third_party/x: Filename too long", "path-too-long"),
        ("fatal: Unable to create '/c/source/.git/shallow.lock': File exists.", "busy"),
        ("fatal: write error: No space left on device", "disk-full"),
        ("fatal: detected dubious ownership in repository at '/c/source'", "not-yours"),
    ] {
        assert_eq!(label("/usr/bin/git", text), expected, "{text}");
    }
}

#[test]
fn what_is_not_known_stays_in_the_tools_own_words() {
    for (program, text) in
        [("docker", "Error: something new"), ("uv", "error: No virtual environment found"), ("wsl", "?")]
    {
        assert!(explain(&CommandSpec::new(program, [""; 0]), text).is_none(), "{program}");
    }
}

#[test]
fn tools_that_speak_other_languages_are_understood_by_what_is_the_same_in_all() {
    for (program, name, expected) in [
        ("wsl", "wsl_hcs_hyperv_error.txt", Some("virtualisation-off")),
        ("wsl", "wsl_no_distribution.txt", None),
        // A list is no failure.
        ("wsl", "wsl_list_portuguese.txt", None),
        ("cl", "msvc_missing_header_russian.txt", Some("header-missing")),
        ("nvcc", "msbuild_c1189_spanish.txt", Some("host-compiler-too-new")),
    ] {
        let Some(printed) = crate::detect::real_outputs::text(name) else { return };
        let command = CommandSpec::new(program, [""; 0]).in_background();
        let told = explain(&command, &printed).map(|problem| problem.label);
        assert_eq!(told.as_deref(), expected, "{name}");
    }
}
