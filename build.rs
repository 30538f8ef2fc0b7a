//! Gives the Windows programs their icon, manifest and version; elsewhere there is nothing to do.
#![expect(clippy::disallowed_methods, reason = "a build script works outside of the program and its Host")]
#![expect(clippy::expect_used, reason = "a build that cannot go on ends with its reason")]

use embed_resource::{ParamsIncludeDirs, compile_for};
use std::path::Path;

/// Resource file and program.
const PROGRAMS: [(&str, &str); 2] =
    [("assets/windows/console.rc", "torch-wizard"), ("assets/windows/window.rc", "torch-wizardw")];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets/windows");
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    // `cfg!(windows)` would be the machine that builds.
    if var("CARGO_CFG_TARGET_OS") != "windows" {
        return;
    }
    let version = var("CARGO_PKG_VERSION");
    let numbers = ["MAJOR", "MINOR", "PATCH"].map(|part| var(&format!("CARGO_PKG_VERSION_{part}"))).join(",");
    // A file and no macros: each resource compiler quotes those in its own way.
    let header = format!("#define VERSION \"{version}\"\n#define NUMBERS {numbers},0\n");
    let out = var("OUT_DIR");
    std::fs::write(Path::new(&out).join("version.h"), header).expect("the build folder takes a file");
    for (resource, program) in PROGRAMS {
        compile_for(resource, [program], ParamsIncludeDirs(["assets/windows", &out]))
            .manifest_required()
            .expect("a resource compiler: windres, or rc.exe of the Windows SDK");
    }
}
