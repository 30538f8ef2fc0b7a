//! WSL, containers and compilers in `detect --json`.

use super::state;
use crate::facts::{ContainerEngine, EngineTrouble, MachineFacts, Probed, Wsl};
use serde::Serialize;

/// What the routes WSL2, Docker and source build rest on.
#[derive(Debug, Serialize)]
pub(super) struct Places {
    wsl: WslLine,
    virtualisation: VirtualisationLine,
    containers: ContainerLine,
    toolkits: Vec<ToolkitLine>,
    visual_studios: Vec<StudioLine>,
}

#[derive(Debug, Serialize)]
struct WslLine {
    state: &'static str,
    version: Option<String>,
    default_version: Option<u8>,
    distributions: Vec<DistributionLine>,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct DistributionLine {
    name: String,
    version: u8,
}

/// Null where nobody can say, and on other systems than Windows.
#[derive(Debug, Serialize)]
struct VirtualisationLine {
    firmware: Option<bool>,
    hypervisor: Option<bool>,
    platform: Option<bool>,
}

#[derive(Debug, Serialize)]
struct ContainerLine {
    state: &'static str,
    program: Option<&'static str>,
    path: Option<String>,
    version: Option<String>,
    is_running: Option<bool>,
    has_gpu: Option<bool>,
    has_cdi: Option<bool>,
    is_rootless: Option<bool>,
    toolkit: Option<String>,
    trouble: Option<&'static str>,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct ToolkitLine {
    cuda: String,
    root: String,
    nvcc: String,
}

#[derive(Debug, Serialize)]
struct StudioLine {
    name: String,
    version: String,
    root: String,
    toolsets: Vec<String>,
    missing: Vec<String>,
}

/// The facts in the contract's shape.
pub(super) fn places(facts: &MachineFacts) -> Places {
    let virtualisation = facts.virtualisation;
    Places {
        wsl: wsl(&facts.wsl),
        virtualisation: VirtualisationLine {
            firmware: virtualisation.firmware,
            hypervisor: virtualisation.hypervisor,
            platform: virtualisation.platform,
        },
        containers: containers(&facts.containers),
        toolkits: facts
            .toolkits
            .iter()
            .map(|toolkit| ToolkitLine {
                cuda: toolkit.cuda.to_string(),
                root: toolkit.root.display().to_string(),
                nvcc: toolkit.nvcc.display().to_string(),
            })
            .collect(),
        visual_studios: facts
            .visual_studios
            .iter()
            .map(|studio| StudioLine {
                name: studio.name.clone(),
                version: studio.version.clone(),
                root: studio.root.display().to_string(),
                toolsets: studio.toolsets.clone(),
                missing: studio.missing.clone(),
            })
            .collect(),
    }
}

fn wsl(fact: &Probed<Wsl>) -> WslLine {
    let wsl = fact.found();
    let distributions = wsl.map(|wsl| wsl.distributions.as_slice()).unwrap_or_default();
    WslLine {
        state: state(fact),
        version: wsl.and_then(|wsl| wsl.version.clone()),
        default_version: wsl.and_then(|wsl| wsl.default_version),
        distributions: distributions
            .iter()
            .map(|one| DistributionLine { name: one.name.clone(), version: one.version })
            .collect(),
        why: why(fact),
    }
}

fn containers(fact: &Probed<ContainerEngine>) -> ContainerLine {
    let engine = fact.found();
    ContainerLine {
        state: state(fact),
        program: engine.map(|engine| engine.program.word()),
        path: engine.map(|engine| engine.path.display().to_string()),
        version: engine.and_then(|engine| engine.version.clone()),
        is_running: engine.and_then(|engine| engine.is_running),
        has_gpu: engine.and_then(|engine| engine.has_gpu),
        has_cdi: engine.map(|engine| engine.has_cdi),
        is_rootless: engine.map(|engine| engine.is_rootless),
        toolkit: engine.and_then(|engine| engine.toolkit.as_ref()).map(|toolkit| toolkit.display().to_string()),
        trouble: engine.and_then(|engine| engine.trouble.as_ref()).map(EngineTrouble::word),
        why: engine.and_then(|engine| engine.trouble.as_ref()).and_then(EngineTrouble::words).or_else(|| why(fact)),
    }
}

fn why<T>(fact: &Probed<T>) -> Option<String> {
    match fact {
        Probed::Unknown { why, .. } => Some(why.clone()),
        Probed::Found { .. } | Probed::Absent { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{
        ContainerProgram, CudaToolkit, CudaVersion, Distribution, Source, Via, Virtualisation, VisualStudio,
    };
    use serde_json::{Value, json};

    fn shown(facts: &MachineFacts) -> Value {
        serde_json::to_value(places(facts)).unwrap()
    }

    #[test]
    fn what_nobody_knows_is_null_and_says_why() {
        let shown = shown(&MachineFacts::unknown("2026-11-21T00:00:00Z"));
        assert_eq!(shown["wsl"]["state"], "unknown");
        assert_eq!(shown["wsl"]["why"], "not asked");
        assert_eq!(shown["containers"]["has_gpu"], Value::Null);
        assert_eq!(shown["virtualisation"], json!({ "firmware": null, "hypervisor": null, "platform": null }));
        assert_eq!((&shown["toolkits"], &shown["visual_studios"]), (&json!([]), &json!([])));
    }

    #[test]
    fn what_was_found_has_its_words() {
        let mut facts = MachineFacts::unknown("2026-11-21T00:00:00Z");
        let source = || Source::new(Via::Registry, "");
        let distributions = vec![Distribution { name: "Ubuntu-24.04".to_owned(), version: 2 }];
        let wsl = Wsl { version: Some("2.6.1.0".to_owned()), distributions, ..Wsl::default() };
        facts.wsl = Probed::Found { value: wsl, source: source() };
        facts.virtualisation = Virtualisation { firmware: Some(true), ..Virtualisation::default() };
        let engine = ContainerEngine {
            program: ContainerProgram::Docker,
            path: "docker".into(),
            version: Some("28.3.1".to_owned()),
            is_running: None,
            has_gpu: None,
            has_cdi: false,
            toolkit: None,
            is_rootless: false,
            trouble: Some(EngineTrouble::Remote { host: "ssh://lab".to_owned() }),
        };
        facts.containers = Probed::Found { value: engine, source: source() };
        let cuda = CudaVersion::new(12, 8);
        facts.toolkits =
            vec![CudaToolkit { cuda, root: "/usr/local/cuda".into(), nvcc: "/usr/local/cuda/bin/nvcc".into() }];
        let missing = vec!["Microsoft.VisualStudio.Component.VC.Tools.x86.x64".to_owned()];
        let (name, version) = ("Visual Studio Community 2022".to_owned(), "17.13.35931.197".to_owned());
        facts.visual_studios = vec![VisualStudio { name, root: "C".into(), version, toolsets: Vec::new(), missing }];
        let shown = shown(&facts);
        assert_eq!(shown["wsl"]["distributions"], json!([{ "name": "Ubuntu-24.04", "version": 2 }]));
        assert_eq!((&shown["wsl"]["state"], &shown["wsl"]["version"]), (&json!("found"), &json!("2.6.1.0")));
        assert_eq!(shown["virtualisation"]["firmware"], true);
        let containers = &shown["containers"];
        assert_eq!((&containers["trouble"], &containers["why"]), (&json!("remote"), &json!("ssh://lab")));
        assert_eq!(
            shown["toolkits"][0],
            json!({ "cuda": "12.8", "root": "/usr/local/cuda", "nvcc": "/usr/local/cuda/bin/nvcc" })
        );
        assert_eq!(shown["visual_studios"][0]["missing"][0], "Microsoft.VisualStudio.Component.VC.Tools.x86.x64");
    }
}
