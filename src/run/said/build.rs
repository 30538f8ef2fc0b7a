//! Compilers, and what drives them. <https://docs.nvidia.com/cuda/cuda-compiler-driver-nvcc/>

use super::Help::{Do, Run};
use super::Known;
use crate::problem::Problem;

const OTHER_TOOLKIT: &str = "Install a CUDA toolkit that knows the card, or choose other cards with --gpu. A toolkit brings a newer driver \
    only if you let its installer do so.";
const FEWER: &str = "Close other programs, or give the PC more swap, and go on: what is compiled stays. Each compiler takes some \
    gigabytes.";

/// nvcc and what it starts.
pub(super) const NVCC: &[Known] = &[
    Known {
        label: "toolkit-lacks-card",
        signs: &["nvcc fatal", "unsupported gpu architecture"],
        cause: "The CUDA toolkit makes no code for this card: its nvcc does not know {last}.",
        next: &[Do(OTHER_TOOLKIT), Run("See which toolkits are there", "torch-wizard detect")],
    },
    // Its own option, where another program chose the assembler.
    Known {
        label: "toolkit-lacks-card",
        signs: &["ptxas fatal", "is not defined for option 'gpu-name'"],
        cause: "The CUDA toolkit makes no code for this card: {line}",
        next: &[Do(OTHER_TOOLKIT), Run("See which toolkits are there", "torch-wizard detect")],
    },
    Known {
        label: "host-compiler-too-new",
        signs: &["unsupported gnu version"],
        cause: "The C++ compiler of this PC is newer than the CUDA toolkit takes: {line}",
        next: &[
            Do("Install an older g++ beside it, or a newer CUDA toolkit."),
            Do("Then name the older one, e.g. CUDAHOSTCXX=/usr/bin/g++-13 NVCC_CCBIN=/usr/bin/g++-13, and go on."),
        ],
    },
    Known {
        label: "host-compiler-too-new",
        signs: &["unsupported clang version"],
        cause: "The C++ compiler of this PC is one that the CUDA toolkit does not take: {line}",
        next: &[Do("Install g++, or a newer CUDA toolkit.")],
    },
    Known {
        label: "host-compiler-too-new",
        signs: &["unsupported microsoft visual studio version"],
        cause: "Visual Studio's compiler is one that the CUDA toolkit does not take: {line}",
        next: &[Do(
            "Install the tools of Visual Studio 2022 (MSVC v143) beside yours with the Visual Studio Installer, or a newer CUDA toolkit.",
        )],
    },
    Known {
        label: "compiler-missing",
        signs: &["nvcc fatal", "cannot find compiler 'cl.exe'"],
        cause: "nvcc does not find Microsoft's C++ compiler.",
        next: &[Do("Install the Visual Studio Build Tools 2022 with the workload “Desktop development with C++”.")],
    },
    Known {
        label: "compiler-missing",
        signs: &["nvcc fatal", "host compiler"],
        cause: "nvcc cannot use the C++ compiler of this PC: {line}",
        next: &[Do(
            "Install g++ (Debian and Ubuntu: build-essential), or on Windows the Visual Studio Build Tools 2022.",
        )],
    },
    Known {
        label: "compiler-missing",
        signs: &["gcc: ", "not found"],
        cause: "nvcc does not find a C++ compiler.",
        next: &[Run("Install one (Debian and Ubuntu)", "sudo apt-get install build-essential")],
    },
    Known {
        label: "compiler-missing",
        signs: &["cannot execute", "cc1plus"],
        cause: "The C++ part of GCC is not installed.",
        next: &[Run("Install it (Debian and Ubuntu)", "sudo apt-get install g++")],
    },
    Known {
        label: "compiler-missing",
        signs: &["error trying to exec 'cc1plus'"],
        cause: "The C++ part of GCC is not installed.",
        next: &[Run("Install it (Debian and Ubuntu)", "sudo apt-get install g++")],
    },
    Known {
        label: "toolkit-incomplete",
        signs: &["cicc", "not found"],
        cause: "The CUDA toolkit is not whole: its cicc is missing.",
        next: &[Do("Install the whole toolkit, with the parts nvcc, nvvm, crt and the runtime's headers.")],
    },
    Known {
        label: "toolkit-incomplete",
        signs: &["cuda_runtime.h", "no such file"],
        cause: "The CUDA toolkit is not whole: the headers of its runtime are missing.",
        next: &[Do("Install the whole toolkit, with the parts nvcc, nvvm, crt and the runtime's headers.")],
    },
    Known {
        label: "toolkit-incomplete",
        signs: &["crt/", "no such file"],
        cause: "The CUDA toolkit is not whole: {line}",
        next: &[Do("Install the whole toolkit, with the parts nvcc, nvvm, crt and the runtime's headers.")],
    },
];

/// The C++ compiler, on Windows too, where its words are translated and its numbers are not.
pub(super) const COMPILER: &[Known] = &[
    Known {
        label: "out-of-memory",
        signs: &["killed", "program cc1plus"],
        cause: "The memory was not enough for the compilers: Linux ended one of them.",
        next: &[Do(FEWER)],
    },
    Known {
        label: "out-of-memory",
        signs: &["internal compiler error", "killed"],
        cause: "The memory was not enough for the compilers: Linux ended one of them.",
        next: &[Do(FEWER)],
    },
    Known {
        label: "out-of-memory",
        signs: &["died due to signal 9"],
        cause: "The memory was not enough for the compilers: Linux ended one of them.",
        next: &[Do(FEWER)],
    },
    Known {
        label: "out-of-memory",
        signs: &["cannot allocate memory"],
        cause: "The memory was not enough for the compilers: {line}",
        next: &[Do(FEWER)],
    },
    Known {
        label: "out-of-memory",
        signs: &["virtual memory exhausted"],
        cause: "The memory was not enough for the compilers: {line}",
        next: &[Do(FEWER)],
    },
    Known {
        label: "out-of-memory",
        signs: &["error c1060"],
        cause: "The memory was not enough for the compilers: {line}",
        next: &[Do(FEWER)],
    },
    Known {
        label: "out-of-memory",
        signs: &["error c1002"],
        cause: "The memory was not enough for the compilers: {line}",
        next: &[Do(FEWER)],
    },
    Known {
        label: "library-too-large",
        signs: &["lnk1248"],
        cause: "With the code for so many cards a library grows larger than Windows allows: {line}",
        next: &[Do("Build for fewer cards with --gpu.")],
    },
    Known {
        label: "library-too-large",
        signs: &["relocation truncated to fit"],
        cause: "With the code for so many cards a library grows larger than the linker can: {line}",
        next: &[Do("Build for fewer cards with --gpu.")],
    },
    Known {
        label: "header-missing",
        signs: &["error", "python.h"],
        cause: "The headers of Python are not installed, or not those of this Python.",
        next: &[
            Run("Install them (Debian and Ubuntu)", "sudo apt-get install python3-dev"),
            Do("Or take a Python of uv's (python.org's on Windows), which brings its headers along."),
        ],
    },
    Known {
        label: "header-missing",
        signs: &["fatal error", "no such file or directory"],
        cause: "A header is missing: {line}",
        next: &[Do("Install what it belongs to, and go on: what is compiled stays.")],
    },
    Known {
        label: "header-missing",
        signs: &["error c1083"],
        cause: "A header is missing: {line}",
        next: &[Do("Install what it belongs to, and go on: what is compiled stays.")],
    },
    Known {
        label: "compiler-missing",
        signs: &["no cmake_cuda_compiler could be found"],
        cause: "CMake does not find nvcc.",
        next: &[Run("See what is there", "torch-wizard detect")],
    },
    Known {
        label: "compiler-missing",
        signs: &["no cmake_cxx_compiler could be found"],
        cause: "CMake does not find a C++ compiler.",
        next: &[Run("Install one (Debian and Ubuntu)", "sudo apt-get install build-essential")],
    },
    Known {
        label: "toolkit-lacks-card",
        signs: &["unknown cuda arch"],
        cause: "This release of torch does not know the card: {line}",
        next: &[Do("Take a newer release with --torch.")],
    },
];

/// Python's own tools around a build.
pub(super) const PYTHON: &[Known] = &[
    Known {
        label: "build-needs",
        signs: &["modulenotfounderror: no module named"],
        cause: "The build asks for a package that is not in the environment: {last}.",
        next: &[Do("If it is one that this version of the project has come to need, take another version.")],
    },
    Known {
        label: "toolkit-mismatch",
        signs: &["the detected cuda version", "mismatches"],
        cause: "The toolkit is of another CUDA than the torch it builds for: {line}",
        next: &[Do("Install the CUDA toolkit of torch's own CUDA beside it; the driver that is there stays.")],
    },
    Known {
        label: "no-solution",
        signs: &["no matching distribution found"],
        cause: "No index has what is asked for: {last}.",
        next: &[Do("Check the name and the version.")],
    },
];

/// Whether a line is a compiler's own complaint.
pub(super) fn is_own(line: &str) -> bool {
    let small = line.to_lowercase();
    let has_number = |start: &str| {
        small.match_indices(start).any(|(at, _)| {
            let digits = small.get(at + start.len()..).unwrap_or_default();
            let count = digits.chars().take_while(char::is_ascii_digit).count();
            count == 4 && digits.get(count..).is_some_and(|rest| rest.starts_with(':'))
        })
    };
    // gcc, clang; nvcc's front; ptxas, nvlink; Microsoft's, whose words are translated and whose numbers are not.
    [": error: ", ": fatal error: ", ": error #", "): error: ", "nvcc fatal", "ptxas fatal", "nvlink fatal", "/ld: "]
        .iter()
        .any(|sign| small.contains(sign))
        || small.starts_with("cmake error")
        || [" c", " lnk"].iter().any(|start| has_number(start))
}

/// The last line of a Python that stopped; not of one that only tells that what it started has stopped.
pub(super) fn is_exception(line: &str) -> bool {
    let Some((name, _)) = line.trim_start().split_once(": ") else { return false };
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "._".contains(c));
    is_name && (name.ends_with("Error") || name.ends_with("Exception")) && !name.ends_with("CalledProcessError")
}

/// A build that stopped for none of the known reasons, in its compiler's own words.
pub(super) fn own_words(text: &str) -> Option<Problem> {
    let lines: Vec<&str> = text.lines().collect();
    let after_ninja = lines.iter().position(|line| line.trim_start().starts_with("FAILED: "));
    let own = lines.iter().find(|line| is_own(line)).or_else(|| lines.get(after_ninja? + 2));
    let Some(own) = own else {
        let raised = lines.iter().rfind(|line| is_exception(line))?;
        let problem = Problem::new("build-failed", format!("The build stopped by itself: {}", raised.trim()));
        return Some(
            problem.advise("If it names something that is missing or does not fit, put that right and go on."),
        );
    };
    Some(
        Problem::new("compile-failed", format!("A file could not be compiled: {}", own.trim()))
            .advise("If its source or a compiler was changed since, put that right; what is compiled already stays."),
    )
}
