use super::*;
use crate::assess::{Build, Origin, Route, Verdict};
use crate::facts::{CudaToolkit, CudaVersion, OsFamily};
use crate::plan::source::{Setting, Targets};
use crate::plan::{Indexes, Inheritance, Places};
use std::collections::BTreeMap;

const TOOLS: &str = "lock-version = \"1.0\"\n[[packages]]\nname = \"ninja\"\nversion = \"1.13.0\"\n\
    wheels = [{ url = \"https://files.example/ninja-1.13.0-py3-none-any.whl\", size = 1000 }]\n";
const NO_TOOLS: &str = "lock-version = \"1.0\"\n";

fn extension(before: Option<&str>) -> Extension {
    let setting = |name: &str, value: &str| Setting { name: name.into(), value: value.into(), why: "Because.".into() };
    let installed =
        [("torch", "2.15.0+cu130"), ("numpy", "2.3.1")].into_iter().chain(before.map(|v| ("Flash_Attn", v)));
    Extension {
        name: "flash-attn".to_owned(),
        version: "2.8.3".to_owned(),
        installed: installed.map(|(name, version)| (name.to_owned(), version.to_owned())).collect(),
        workshop: Workshop {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            targets: Targets::of(["12.0".parse().unwrap()]),
            toolkit: CudaToolkit {
                cuda: CudaVersion::new(13, 0),
                root: "/usr/local/cuda-13.0".into(),
                nvcc: "/usr/local/cuda-13.0/bin/nvcc".into(),
            },
            knows: vec!["12.0".parse().unwrap()],
            host_compiler: None,
            jobs: 4,
            settings: vec![
                setting("TORCH_CUDA_ARCH_LIST", "{archs}"),
                setting("MAX_JOBS", "{jobs}"),
                setting("CUDA_HOME", "{cuda_home}"),
            ],
            compiler: BTreeMap::new(),
            search: "/usr/bin".to_owned(),
        },
    }
}

fn made(os: OsFamily, engine: Engine, lock: &str, extension: &Extension) -> Result<Plan, PlanError> {
    let (target, python) = match os {
        OsFamily::Windows => (r"C:\ComfyUI\python_embeded", r"C:\ComfyUI\python_embeded\python.exe"),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => ("/home/a/torch", "/home/a/torch/bin/python"),
    };
    let assessment = Assessment {
        route: Route::Source,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: Some(Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: "3.12".parse().ok(),
            origin: Origin::Pypi,
            seen_live: false,
        }),
        acceptable_variants: Vec::new(),
        gpus: vec![0],
        download_bytes: None,
        disk_bytes: None,
        seconds: None,
        needs: Vec::new(),
        risk: None,
    };
    let choices = Choices {
        target: target.into(),
        python: python.into(),
        python_version: "3.12.4".parse().ok(),
        engine,
        uv: Some("/tools/uv".into()),
        cards: vec!["GPU-5d2a".to_owned()],
        replace: false,
    };
    let frame = Frame {
        id: "1".to_owned(),
        made_at: String::new(),
        os,
        places: Places { run: "/d/runs/1".into(), store: "/s".into(), links: "/l".into(), uv_cache: "/u".into() },
        indexes: Indexes { default: Some("https://mirror.example/simple".to_owned()), ..Indexes::default() },
        inheritance: Inheritance::default(),
    };
    plan(assessment, choices, Lock::from_pylock(lock).unwrap(), frame, extension)
}

fn keys(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.key.as_str()).collect()
}

#[test]
fn an_extension_is_compiled_in_an_environment_that_stands() {
    let plan = made(OsFamily::Linux, Engine::Uv, TOOLS, &extension(None)).unwrap();
    insta::assert_debug_snapshot!(plan.steps.iter().map(|step| (&step.key, &step.action)).collect::<Vec<_>>());
}

#[test]
fn in_a_portable_python_pip_does_it_with_the_interpreter_beside_the_scripts() {
    let plan = made(OsFamily::Windows, Engine::Pip, NO_TOOLS, &extension(Some("2.7.0"))).unwrap();
    insta::assert_debug_snapshot!(plan.steps.iter().map(|step| (&step.key, &step.action)).collect::<Vec<_>>());
}

#[test]
fn nothing_else_in_the_environment_is_changed() {
    let with = extension(Some("2.7.0"));
    assert_eq!(with.constraints(), "torch==2.15.0+cu130\nnumpy==2.3.1\n");
    let plan = made(OsFamily::Linux, Engine::Uv, NO_TOOLS, &with).unwrap();
    let expected = [
        "kernel",
        "toolkit",
        "before",
        "there",
        "extension",
        "aside-extension",
        "in-extension",
        "verify",
        "register",
        "let-go",
    ];
    assert_eq!(keys(&plan), expected, "no tool is missing");
    let Action::Run { command } = &plan.steps[4].action else { panic!("{:?}", plan.steps[4]) };
    assert_eq!(command.env["TORCH_CUDA_ARCH_LIST"], "12.0");
    let aside = &plan.steps[5].action;
    assert!(matches!(aside, Action::SetAside { packages, .. } if packages == &["flash-attn"]), "{aside:?}");
    assert_eq!(with.overrides(), "torch ; sys_platform == 'none'\nnumpy ; sys_platform == 'none'\n");
}

#[test]
fn every_step_is_said_in_every_language() {
    let plan = made(OsFamily::Linux, Engine::Uv, TOOLS, &extension(Some("2.7.0"))).unwrap();
    crate::plan::docker::tests::assert_is_said(&plan);
}

#[test]
fn a_toolkit_that_does_not_know_the_card_is_refused() {
    let mut old = extension(None);
    old.workshop.knows = vec!["9.0".parse().unwrap()];
    let refused = made(OsFamily::Linux, Engine::Uv, TOOLS, &old).unwrap_err();
    assert!(matches!(refused, PlanError::ToolkitLacksCard { .. }));
}
