//! Machines → all six routes: verdict, what would be installed, the first reason, and what would unblock it. The table
//! in `tests/snapshots` is reviewed line by line.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod made_up;

use made_up::{absent, facts, found, reach};
use std::fmt::Write as _;
use torch_wizard::assess::{Assessment, Build, Verdict, Wishes, assess};
use torch_wizard::catalog::{Catalog, LiveIndex, Nightly, Platform};
use torch_wizard::facts::{
    ContainerEngine, ContainerProgram, CudaToolkit, Disk, DiskRole, EngineTrouble, Hardware, MachineFacts, Probed,
    Tool, VisualStudio, Wsl,
};

/// A night of each variant, for both systems.
fn with_nights(live: LiveIndex) -> LiveIndex {
    let tags = |platform| (platform, ["3.12".parse().unwrap(), "3.13".parse().unwrap()].into());
    let night = |day: i8| Nightly {
        date: jiff::civil::Date::new(2026, 11, day).unwrap(),
        torch: format!("2.16.0.dev202611{day:02}").parse().unwrap(),
        torchvision: Some(format!("0.30.0.dev202611{day:02}")),
        torchaudio: None,
        pythons: Platform::ALL.map(tags).into(),
        with_audio: [].into(),
        lacks_hashes: false,
    };
    let nightly = [("cu130", 20), ("cu132", 21), ("cu134", 21)];
    LiveIndex { nightly: nightly.map(|(name, day)| (name.to_owned(), vec![night(day)])).into(), ..live }
}

/// One word a property beyond card, driver and system:
/// `docker`, `podman`, `docker-stopped`, `docker-no-gpu`; `wsl`, `ubuntu` (in it), `no-vt` (virtualisation off); `build` (Windows build
/// number as `build=19041`), `server`; `cuda=13.0`; `gcc=13`; `vs=14.44`, `vs-bare`; `disk=20`, `memory=4` in GiB.
fn furnish(facts: &mut MachineFacts, word: &str) {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let engine = |program, is_running, has_gpu, trouble| {
        found(ContainerEngine {
            program,
            path: "docker".into(),
            version: None,
            is_running: Some(is_running),
            has_gpu: Some(has_gpu),
            has_cdi: false,
            toolkit: None,
            is_rootless: false,
            trouble,
        })
    };
    let tool = |version: &str| found(Tool { path: name.into(), version: Some(version.to_owned()) });
    let os = |facts: &mut MachineFacts, change: &dyn Fn(&mut torch_wizard::facts::OsFacts)| {
        if let Probed::Found { value, .. } = &mut facts.os {
            change(value);
        }
    };
    match name {
        "docker" => facts.containers = engine(ContainerProgram::Docker, true, true, None),
        "podman" => facts.containers = engine(ContainerProgram::Podman, true, true, None),
        "docker-stopped" => {
            facts.containers = engine(ContainerProgram::Docker, false, true, Some(EngineTrouble::NotRunning));
        }
        "docker-no-gpu" => facts.containers = engine(ContainerProgram::Docker, true, false, None),
        "ubuntu" => {
            let distributions = vec![torch_wizard::facts::Distribution { name: "Ubuntu-24.04".to_owned(), version: 2 }];
            facts.wsl = found(Wsl { distributions, ..Wsl::default() });
        }
        "wsl" => facts.wsl = found(Wsl::default()),
        "no-vt" => facts.virtualisation.firmware = Some(false),
        "build" => os(facts, &|os| os.build = value.parse().ok()),
        "server" => os(facts, &|os| "Windows Server 2022".clone_into(&mut os.version)),
        "cuda" => {
            let toolkit = CudaToolkit { cuda: value.parse().unwrap(), root: "cuda".into(), nvcc: "nvcc".into() };
            facts.toolkits.push(toolkit);
        }
        "gcc" => {
            facts.tools.insert("g++".to_owned(), tool(&format!("{value}.2.0")));
            facts.tools.insert("git".to_owned(), tool("2.43.0"));
        }
        "vs" => {
            facts.visual_studios.push(studio(&[&format!("{value}.35207")], &[]));
            facts.tools.insert("git".to_owned(), tool("2.47.1"));
        }
        "vs-bare" => facts.visual_studios.push(studio(&[], &["Microsoft.VisualStudio.Component.VC.Tools.x86.x64"])),
        "disk" => facts.disks.push(Disk {
            role: DiskRole::Target,
            path: "/".into(),
            free_bytes: Some(value.parse::<u64>().unwrap() << 30),
        }),
        "memory" => {
            let memory_bytes = value.parse::<u64>().unwrap() << 30;
            facts.hardware = found(Hardware { cpu: String::new(), logical_cores: 16, memory_bytes });
        }
        other => panic!("{other}"),
    }
}

fn studio(toolsets: &[&str], missing: &[&str]) -> VisualStudio {
    let owned = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
    VisualStudio {
        name: "Visual Studio Build Tools 2022".to_owned(),
        root: "vs".into(),
        version: "17.13.35931.197".to_owned(),
        toolsets: owned(toolsets),
        missing: owned(missing),
    }
}

fn line(assessment: &Assessment) -> String {
    let build = assessment.build.as_ref().map(|Build { torch, variant, .. }| format!("{torch}+{variant}"));
    let codes: Vec<_> = assessment.verdict.reasons().iter().map(|reason| reason.code.as_str()).collect();
    let unblock: Vec<_> = match &assessment.verdict {
        Verdict::Blocked { unblock, .. } => unblock.iter().map(|way| way.code.as_str()).collect(),
        Verdict::Recommended { .. } | Verdict::Works { .. } | Verdict::Unknown { .. } => Vec::new(),
    };
    let mut text = format!(
        "  {:<8}{:<12} {:<28} {}",
        assessment.route.word(),
        assessment.verdict.word(),
        build.unwrap_or_default(),
        codes.join(" ")
    );
    if !unblock.is_empty() {
        write!(text, " → {}", unblock.join(" ")).unwrap();
    }
    text
}

#[test]
fn every_machine_gets_an_answer_for_every_route() {
    let mut table = String::new();
    for (cards, driver, system, words) in [
        // Windows.
        ("12.0", "581.57", "windows", "build=26100 ubuntu docker vs=14.44 cuda=13.0 memory=32"),
        ("12.0", "581.57", "windows", "build=26100"),
        ("12.0", "576.02", "windows", "build=22631 docker"),
        ("8.9", "576.02", "windows", "build=22631 no-vt"),
        ("8.9", "576.02", "windows", "build=22631 wsl"),
        ("12.0", "566.36", "windows", "build=22631 docker"),
        ("8.9", "581.57", "windows", "build=19045 docker-stopped vs-bare cuda=12.6"),
        ("8.6", "528.33", "windows", "build=19041 vs=14.50 cuda=12.8"),
        ("8.6", "522.25", "windows", "build=19045"),
        ("6.1", "580.88", "windows", "build=22631 vs=14.40 cuda=12.9"),
        ("6.1", "591.44", "windows", "build=22631 docker"),
        ("5.2", "576.02", "windows", "build=22631"),
        ("6.1;12.0", "581.57", "windows", "build=26100 vs=14.44 cuda=12.8"),
        ("8.0", "581.57", "windows", "build=20348 server docker"),
        ("12.0", "-", "windows", "build=26100"),
        ("-", "-", "windows", "build=26100"),
        ("!", "?", "windows", ""),
        ("12.0", "?", "windows", "build=26100"),
        ("13.0", "620.10", "windows", "build=26100"),
        ("8.6", "580.95", "windows-arm", "build=26100"),
        // Linux.
        ("12.0", "580.95.05", "linux", "docker gcc=13 cuda=13.0 memory=64 disk=200"),
        ("12.0", "580.95.05", "linux", "podman"),
        ("12.0", "575.57.08", "linux", "docker gcc=15 cuda=12.9"),
        ("12.0", "565.77", "linux", "docker"),
        ("8.9", "535.129.03", "linux", "docker-no-gpu gcc=9 cuda=12.1"),
        ("8.6", "470.256.02", "linux", "docker"),
        ("8.6", "440.33.01", "linux", "docker"),
        ("7.0", "580.95.05", "linux", "docker gcc=12 cuda=12.9 memory=4 disk=20"),
        ("7.0", "595.45.04", "linux", "docker"),
        ("6.1", "470.256.02", "linux", "docker"),
        ("6.1;8.9", "580.95.05", "linux", "docker"),
        ("6.1;12.0", "580.95.05", "linux", "docker gcc=13 cuda=12.8 cuda=13.0"),
        ("9.0;12.0", "580.95.05", "linux", "docker"),
        ("10.3", "580.95.05", "linux", "docker"),
        ("3.7", "470.256.02", "linux", "docker"),
        ("8.6", "580.95.05", "linux/2.27", "docker"),
        ("12.0", "580.95.05", "linux/2.17", "docker"),
        ("12.1", "580.95.05", "aarch64", "docker"),
        ("11.0", "580.95.05", "aarch64", ""),
        ("12.0", "572.83", "wsl", "docker"),
        ("8.6", "-", "linux", "docker"),
        ("-", "-", "linux", "docker"),
        ("-", "-", "macos", ""),
    ] {
        let mut facts = facts(cards, driver, system, &["3.12.4"]);
        facts.containers = absent();
        facts.wsl = absent();
        facts.tools.extend(["nvcc", "g++", "git", "msvc"].map(|name| (name.to_owned(), absent())));
        words.split_whitespace().for_each(|word| furnish(&mut facts, word));
        writeln!(table, "{cards} | {driver} | {system} | {words}").unwrap();
        let live = with_nights(reach("all"));
        for assessment in assess(&facts, Catalog::embedded().unwrap(), &live, &Wishes::default()) {
            writeln!(table, "{}", line(&assessment).trim_end()).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
