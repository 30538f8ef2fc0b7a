//! What the tests of the routes into a Linux beside this system share.

use crate::assess::{Assessment, Build, Origin, Route, Verdict};
use crate::catalog::LiveIndex;
use crate::facts::{Gpu, MachineFacts, OsFacts, OsFamily, Probed, PythonVersion, Source, Via};
use crate::host::fake::{Script, World};
use crate::prepare::Scan;

fn source() -> Source {
    Source::new(Via::System, "a test")
}

/// What was found.
pub fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: source() }
}

/// A machine with two cards.
pub fn scan(family: OsFamily) -> Scan {
    let mut facts = MachineFacts::unknown("2026-11-21T12:00:00Z");
    facts.os = found(OsFacts { arch: "x86_64".to_owned(), ..OsFacts::of(family) });
    let gpu = |index: u32| Gpu {
        index,
        name: "NVIDIA GeForce RTX 5070".to_owned(),
        uuid: Some(format!("GPU-{index}")),
        pci_id: None,
        pci_bus: None,
        capability: None,
        memory_bytes: None,
        board: crate::facts::Board::default(),
        source: source(),
    };
    facts.gpus = found(vec![gpu(0), gpu(1)]);
    Scan { facts, live: LiveIndex::offline(), assessments: Vec::new() }
}

/// torch 2.15.0 from the torch index.
pub fn wheels() -> Build {
    Build {
        torch: "2.15.0".parse().unwrap(),
        variant: "cu130".to_owned(),
        python: Some(PythonVersion::minor(3, 12)),
        origin: Origin::TorchIndex { url: "https://download.pytorch.org/whl/cu130".to_owned() },
        seen_live: true,
    }
}

/// The verdict for a build, of these cards.
pub fn works(route: Route, build: &Build, gpus: &[u32]) -> Assessment {
    Assessment {
        route,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: Some(build.clone()),
        acceptable_variants: Vec::new(),
        gpus: gpus.to_vec(),
        download_bytes: Some(3_690_000_000),
        disk_bytes: None,
        seconds: None,
        needs: Vec::new(),
        risk: None,
    }
}

/// A uv that answers every question with this lock.
pub fn with_uv(world: World, lock: &str) -> World {
    let version = Script::prints("uv 0.13.8 (0123abcd 2026-11-12)\n");
    world.program("uv", Script::prints(lock)).program_with("uv", &["--version"], version)
}

/// A lock with torch, and with uv's wheel of this name and hash.
pub fn lock(uv: Option<(&str, &str)>) -> String {
    let package = |name: &str, version: &str, file: &str, sha256: &str| {
        format!(
            "[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             wheels = [{{ url = \"https://files.example/{file}\", size = 1000, hashes = {{ sha256 = \"{sha256}\" }} }}]\n"
        )
    };
    let torch = "torch-2.15.0+cu130-cp312-cp312-manylinux_2_28_x86_64.whl";
    let torch = package("torch", "2.15.0+cu130", torch, &"2".repeat(64));
    let uv = uv.map(|(file, sha256)| package("uv", "0.13.8", file, sha256)).unwrap_or_default();
    format!("lock-version = \"1.0\"\ncreated-by = \"uv\"\n{torch}{uv}")
}
