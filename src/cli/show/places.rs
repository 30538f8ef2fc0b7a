//! WSL, containers and compilers as text for a terminal.

use super::{fact, line};
use crate::facts::{ContainerEngine, MachineFacts, Probed, Virtualisation, Wsl};

/// Tools of which more is said here.
pub(super) const SHOWN: [&str; 3] = ["docker", "podman", "wsl"];

/// Lines for what was found; what is not there and not needed is no news, unless everything is asked for.
pub(super) fn places(out: &mut String, facts: &MachineFacts, verbose: bool) {
    for toolkit in &facts.toolkits {
        line(out, "CUDA toolkit", format!("{}  ({})", toolkit.cuda, toolkit.root.display()));
    }
    for studio in &facts.visual_studios {
        let compiler = match studio.toolsets.as_slice() {
            [] => format!("without {}", studio.missing.join(", ")),
            toolsets => format!("C++ {}", toolsets.join(", ")),
        };
        line(out, "Visual Studio", format!("{} {}, {compiler}", studio.name, studio.version));
    }
    if verbose || is_news(&facts.wsl) {
        line(out, "WSL", fact(&facts.wsl, wsl));
    }
    let needs = virtualisation(facts.virtualisation);
    if !needs.is_empty() {
        line(out, "for WSL2", needs);
    }
    if verbose || is_news(&facts.containers) {
        line(out, "containers", fact(&facts.containers, engine));
    }
}

const fn is_news<T>(fact: &Probed<T>) -> bool {
    matches!(fact, Probed::Found { .. })
}

fn wsl(wsl: &Wsl) -> String {
    let version = wsl.version.as_deref().map_or_else(|| "of Windows".to_owned(), str::to_owned);
    format!("{version}, {}", crate::detect::wsl::names(wsl))
}

/// Only what is known.
fn virtualisation(what: Virtualisation) -> String {
    let say = |known: Option<bool>, yes: &'static str, no: &'static str| known.map(|is| if is { yes } else { no });
    let said = [
        say(what.firmware, "virtualisation is on", "virtualisation is off in the firmware"),
        say(what.platform, "Virtual Machine Platform is on", "Virtual Machine Platform is off"),
        say(what.hypervisor, "a hypervisor runs", "no hypervisor runs"),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn engine(engine: &ContainerEngine) -> String {
    let mut said = vec![engine.program.word().to_owned()];
    said.extend(engine.version.clone());
    let mut said = vec![said.join(" "), engine.path.display().to_string()];
    said.extend(engine.is_rootless.then(|| "without root".to_owned()));
    said.push(match engine.has_gpu {
        Some(true) => "can use the GPU".to_owned(),
        Some(false) => "cannot use the GPU".to_owned(),
        None => "not known whether it can use the GPU".to_owned(),
    });
    said.extend(engine.trouble.as_ref().map(|trouble| {
        trouble.words().map_or_else(|| trouble.word().to_owned(), |words| format!("{}: {words}", trouble.word()))
    }));
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{CudaToolkit, CudaVersion, Distribution, Source, Via, VisualStudio};

    #[test]
    fn only_what_is_known_has_a_line() {
        let mut facts = MachineFacts::unknown("2026-11-21T00:00:00Z");
        let shown = |facts: &MachineFacts| {
            let mut out = String::new();
            places(&mut out, facts, false);
            out
        };
        assert_eq!(shown(&facts), "");
        let distributions = vec![Distribution { name: "Debian".to_owned(), version: 1 }];
        let value = Wsl { distributions, ..Wsl::default() };
        facts.wsl = Probed::Found { value, source: Source::new(Via::Registry, "") };
        facts.virtualisation = Virtualisation { firmware: Some(false), hypervisor: None, platform: Some(true) };
        let (root, nvcc) = ("/opt/cuda".into(), "/opt/cuda/bin/nvcc".into());
        facts.toolkits = vec![CudaToolkit { cuda: CudaVersion::new(13, 0), root, nvcc }];
        let (name, version) = ("Community 2026".to_owned(), "18.0.1".to_owned());
        let missing = vec!["VC.Tools".to_owned()];
        facts.visual_studios = vec![VisualStudio { name, root: "C".into(), version, toolsets: Vec::new(), missing }];
        insta::assert_snapshot!(shown(&facts), @r"
        CUDA toolkit    13.0  (/opt/cuda)
        Visual Studio   Community 2026 18.0.1, without VC.Tools
        WSL             of Windows, Debian (WSL 1)  (registry)
        for WSL2        virtualisation is off in the firmware, Virtual Machine Platform is on
        ");
    }
}
