//! One message or more for each failure, as the tool's source has it.

use super::*;

/// What a tool says, and what that means.
pub(super) const LINES: &[(&str, &str)] = &[
    ("CUDA error: no kernel image is available for execution on the device", "no-kernel-image"),
    (
        "NVIDIA X with CUDA capability sm_130 is not compatible with the current PyTorch installation.",
        "arch-not-compatible",
    ),
    ("AssertionError: Torch not compiled with CUDA enabled", "cpu-only-wheel"),
    ("RuntimeError: The NVIDIA driver on your system is too old (found version 11040).", "driver-too-old"),
    ("CUDA error: CUDA driver version is insufficient for CUDA runtime version", "driver-too-old"),
    ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", "driver-missing"),
    ("RuntimeError: No CUDA GPUs are available", "driver-missing"),
    ("Failed to initialize NVML: Driver/library version mismatch", "driver-mismatch"),
    ("ERROR: The Nouveau kernel driver is currently in use by your system.", "nouveau-in-use"),
    ("modprobe: ERROR: could not insert 'nvidia': Key was rejected by service", "secure-boot"),
    ("ERROR: Unable to build the NVIDIA kernel module.", "driver-build-failed"),
    ("NVRM: GPU at PCI:0000:01:00: GPU has fallen off the bus.", "gpu-fell-off-bus"),
    ("NVRM: Xid (PCI:0000:01:00): 31, pid=1, MMU Fault: ENGINE GRAPHICS", "xid-error"),
    ("Info: switching the NVIDIA card: prime-select intel", "hybrid-gpu-off"),
    ("NVRM: The NVIDIA GPU requires use of the NVIDIA open kernel modules.", "gpu-unsupported-by-driver"),
    ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", "gpu-oom"),
    ("CUDA error: invalid device ordinal", "cuda-visible-devices"),
    ("CUDA error: CUDA-capable device(s) is/are busy or unavailable", "device-unavailable"),
    (
        "CUDA initialization: CUDA unknown error - this may be due to an incorrectly set up environment",
        "cuda-unknown-error",
    ),
    ("CUDA error: an illegal memory access was encountered", "illegal-memory-access"),
    ("CUDA error: device-side assert triggered", "device-side-assert"),
    ("RuntimeError: probability tensor contains either `inf`, `nan` or element < 0", "nan-or-wrong-result"),
    ("RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", "cudnn-failure"),
    ("RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`", "cublas-failure"),
    (
        "ImportError: libcusparseLt.so.0: cannot open shared object file: No such file or directory",
        "cusparselt-or-nvidia-lib-missing",
    ),
    ("torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1, unhandled system error", "nccl-error"),
    ("ERROR: Package 'x' requires a different Python: 3.14.0 not in '<3.14,>=3.10'", "python-unsupported"),
    ("ERROR: No matching distribution found for torch (C:\\Python311-32\\python.exe)", "python-32bit-or-arch"),
    (
        "ERROR: Could not find a version that satisfies the requirement torch==9.9 (from versions: 2.8.0, 2.9.0)",
        "version-not-on-index",
    ),
    ("ERROR: ResolutionImpossible: for help visit the page on dependency conflicts", "pip-conflict"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "hash-mismatch"),
    ("pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.", "network-timeout"),
    ("OSError: Tunnel connection failed: 407 Proxy Authentication Required", "proxy-error"),
    ("ssl.SSLCertVerificationError: certificate verify failed: unable to get local issuer certificate", "tls-verify"),
    ("ERROR: HTTP error 404 while getting the file", "index-403-404"),
    ("error: externally-managed-environment", "externally-managed"),
    ("PermissionError: [Errno 13] Permission denied: '/usr/lib/python3/dist-packages'", "permission-denied"),
    ("[WinError 32] The process cannot access the file because it is being used by another process", "file-in-use"),
    ("OSError: [Errno 28] No space left on device", "disk-full"),
    (
        "HINT: This error might have occurred since this system does not have Windows Long Path support enabled.",
        "long-path",
    ),
    ("WARNING: Ignoring invalid distribution ~orch (/x/site-packages)", "interrupted-install"),
    (
        "WARNING: pip is configured with locations that require TLS/SSL, however the ssl module in Python is not available.",
        "ssl-module-missing",
    ),
    ("Python was not found; run without arguments to install from the Microsoft Store", "store-python-stub"),
    ("No Python at '\"/x/python.exe'", "venv-broken"),
    ("The virtual environment was not created successfully because ensurepip is not available.", "venv-broken"),
    ("ImportError: libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent", "mixed-install"),
    ("ERROR: torch-2.9.0-cp312-cp312-linux.whl is not a supported wheel on this platform.", "wheel-not-supported"),
    ("OSError: [WinError 126] Error loading \"c10.dll\" or one of its dependencies.", "vcredist-missing"),
    ("OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized.", "openmp-duplicate"),
    ("OSError: [WinError 1455] The paging file is too small for this operation to complete.", "page-file-too-small"),
    ("Illegal instruction (core dumped)", "illegal-instruction"),
    ("RuntimeError: operator torchvision::nms does not exist", "torchvision-mismatch"),
    ("A module that was compiled using NumPy 1.x cannot be run in NumPy 2.1.0 as it may crash.", "numpy-abi"),
    ("WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:", "xformers-mismatch"),
    ("The installed version of bitsandbytes was compiled without GPU support.", "bitsandbytes-cuda"),
    ("ImportError: flash_attn_2_cuda.so: undefined symbol: _ZN3c104cuda9SetDeviceEi", "extension-abi"),
    ("ERROR: Failed building wheel for flash-attn", "flash-attn-build"),
    (
        "Getting requirements to build wheel: ModuleNotFoundError: No module named 'torch'",
        "build-isolation-torch-missing",
    ),
    ("error: Microsoft Visual C++ 14.0 or greater is required.", "msvc-missing"),
    ("#error -- unsupported GNU version! gcc versions later than 13 are not supported!", "host-compiler-unsupported"),
    ("CMake Error: CMake 3.27 or higher is required. You are running version 3.22.1", "cmake-version"),
    ("OSError: CUDA_HOME environment variable is not set.", "cuda-toolkit-missing"),
    (
        "The detected CUDA version (12.1) mismatches the version that was used to compile PyTorch (13.0).",
        "cuda-toolkit-mismatch",
    ),
    ("nvcc fatal   : Unsupported gpu architecture 'compute_120'", "nvcc-arch-unsupported"),
    ("RuntimeError: Ninja is required to load C++ extensions", "ninja-missing"),
    ("The command line is too long.", "command-line-too-long"),
    ("relocation truncated to fit: R_X86_64_PC32 against symbol", "linker-oom"),
    ("c++: fatal error: Killed signal terminated program cc1plus", "host-oom-build"),
    ("The source directory /x/third_party/fmt does not contain a CMakeLists.txt file.", "submodule-missing"),
    ("torch._inductor.exc.TritonMissing: Cannot find a working triton installation.", "triton-missing"),
    ("RuntimeError: Failed to find C compiler. Please specify via CC environment variable.", "triton-compile-failed"),
    ("fatal error: Python.h: No such file or directory", "python-headers-missing"),
    ("docker: could not select device driver \"\" with capabilities: [[gpu]].", "docker-no-gpu-runtime"),
    ("nvidia-container-cli: initialization error: nvml error: driver not loaded", "nvidia-container-cli"),
    (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        "docker-daemon",
    ),
    (
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
        "docker-shm",
    ),
    ("Failed to initialize NVML: Unknown Error", "container-lost-gpu"),
    ("Error code: Wsl/WSL_E_WSL_OPTIONAL_COMPONENT_REQUIRED", "wsl-not-enabled"),
    ("Error code: Wsl/Service/CreateInstance/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED", "virtualization-off"),
    ("Failed to initialize NVML: GPU access blocked by the operating system", "wsl-no-gpu"),
    (
        "apt-get install nvidia-driver-550; Failed to initialize NVML: GPU access blocked by the operating system",
        "wsl-driver-installed",
    ),
    ("Linux microsoft-standard-WSL2: Out of memory: Killed process 42 (python)", "wsl-memory"),
    ("wsl: Failed to configure network (networkingMode Nat), falling back to networkingMode None.", "wsl-network"),
    ("[WinError 225] Operation did not complete successfully because the file contains a virus", "antivirus"),
    ("OSError: [WinError 4551] An Application Control policy has blocked this file.", "app-control-policy"),
    ("Activate.ps1 cannot be loaded because running scripts is disabled on this system.", "execution-policy"),
    ("macOS 15.1 arm64: AssertionError: Torch not compiled with CUDA enabled", "macos-no-cuda"),
];

#[test]
fn each_failure_is_known_by_its_tools_words() {
    let wrong: Vec<String> = LINES
        .iter()
        .map(|(line, wanted)| (line, wanted, label(line)))
        .filter(|(_, wanted, got)| *wanted != got)
        .map(|(line, wanted, got)| format!("{wanted}, not {got}: {line}"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let untold: Vec<&str> = Knowledge::embedded()
        .unwrap()
        .failures()
        .filter(|failure| failure.counts_as.is_none())
        .map(|failure| failure.label.as_str())
        .filter(|label| !LINES.iter().any(|(_, wanted)| wanted == label))
        .collect();
    assert!(untold.is_empty(), "{untold:?}");
}

/// Ends without a word of the program's own.
const DEATHS: &[(&str, &str, &str)] = &[
    ("Process finished with exit code -1073741819 (0xC0000005)", "unknown", "died-in-native-code"),
    ("the process was ended by SIGSEGV", "unknown", "died-in-native-code"),
    ("command terminated, exit code 139", "unknown", "died-in-native-code"),
    ("└─ was ended by signal 11 after 1.5 s", "unknown", "died-in-native-code"),
    ("the process ended with 0xc0000409", "unknown", "gave-itself-up"),
    ("Aborted (core dumped)", "unknown", "gave-itself-up"),
    ("the process ended with 0xc0000135", "vcredist-missing", "vcredist-missing"),
    ("python exited with 3221225595", "python-32bit-or-arch", "python-32bit-or-arch"),
    ("process exited with code -1073741523", "page-file-too-small", "page-file-too-small"),
    ("the check program ended with -1073741795 (0xC000001D)", "illegal-instruction", "illegal-instruction"),
    ("bash: line 1:  4711 Killed                  python train.py", "host-oom-build", "host-oom-build"),
    ("exit status: 137", "host-oom-build", "host-oom-build"),
];

#[test]
fn a_program_that_dies_without_a_word_is_told_by_its_end() {
    for (line, wanted, finer) in DEATHS {
        let said = of(line);
        let Answer::Known { failure, .. } = &said.answer else { panic!("{line}: {said:?}") };
        assert_eq!((said.answer.label(), failure.label.as_str()), (*wanted, *finer), "{line}");
        assert!(said.confidence < 0.8 || failure.counts_as.is_none(), "{line}: {}", said.confidence);
    }
    // What is certain of itself goes before an end that may be anything.
    let both =
        "CUDA error: no kernel image is available for execution on the device\nSegmentation fault (core dumped)\n";
    let said = of(both);
    assert_eq!(said.answer.label(), "no-kernel-image");
    assert!(said.others.iter().all(|other| other.label != "died-in-native-code"), "no word of the contract");
}

/// Words of alarm in logs of programs that work.
const HARMLESS: &[&str] = &[
    "UserWarning: xFormers is not available (Attention)",
    "A matching Triton is not available, some optimizations will not be enabled.",
    "E0000 Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered",
    "huggingface/tokenizers: The current process just got forked, after parallelism has already been used.",
    "Some weights of the model were not initialized from the model checkpoint at x and are newly initialized",
    "-- Looking for pthread_create in pthreads - not found",
    "DeprecationWarning: distutils is deprecated",
    "[notice] A new release of pip is available: 24.0 -> 25.0",
    "ldconfig: /usr/lib/wsl/lib/libcuda.so.1 is not a symbolic link",
    "[ 50%] Building CXX object src/error.cpp.o",
    "Build finished: 0 errors, 3 warnings",
];

#[test]
fn noise_of_programs_that_work_is_no_failure() {
    for line in HARMLESS {
        assert_eq!(label(line), "none", "{line}");
    }
}
