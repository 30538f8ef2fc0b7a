use super::*;
use crate::assess::{Assessment, Build, Origin, Route, Verdict};
use crate::catalog::{BuildOf, Catalog, Needed, SourceSetting};
use crate::facts::CudaVersion;
use crate::facts::{ComputeCapability, CudaToolkit, OsFamily, TorchVersion};
use crate::plan::{Indexes, Inheritance, Places, retargeted};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const LOCK: &str = "lock-version = \"1.0\"\n[[packages]]\nname = \"cmake\"\nversion = \"4.3.0\"\n\
    wheels = [{ url = \"https://files.example/cmake-4.3.0-py3-none-any.whl\", size = 1000000 }]\n";

fn at(os: OsFamily, parts: &str) -> PathBuf {
    match os {
        OsFamily::Windows => format!(r"C:\{}", parts.replace('/', r"\")).into(),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => format!("/{parts}").into(),
    }
}

fn capability(text: &str) -> ComputeCapability {
    text.parse().unwrap()
}

fn recipe(os: OsFamily) -> Recipe {
    let is_windows = os == OsFamily::Windows;
    let exe = if is_windows { ".exe" } else { "" };
    let cuda = if is_windows { "Program Files/NVIDIA GPU Computing Toolkit/CUDA/v13.0" } else { "usr/local/cuda-13.0" };
    let catalog = Catalog::embedded().unwrap();
    let torch: TorchVersion = "2.15.0".parse().unwrap();
    let cuda_13 = CudaVersion::new(13, 0);
    let settings = catalog.source.settings(BuildOf::Torch, os, &torch, cuda_13);
    let of = |row: &SourceSetting| Setting {
        name: row.name.clone(),
        value: row.value.clone().unwrap(),
        why: row.why.clone(),
    };
    Recipe {
        git: at(os, &format!("git/git{exe}")),
        url: "https://github.com/pytorch/pytorch".into(),
        tag: "v2.15.0".into(),
        folder: at(os, if is_windows { "b/v2.15.0" } else { "cache/source/v2.15.0" }),
        built: at(os, "cache/built/torch-2.15.0+cu130.source-1234abcd"),
        is_built: false,
        wheel: catalog.source.repository.wheel.clone(),
        workshop: Workshop {
            variant: "cu130".into(),
            targets: Targets::of([capability("12.0")]),
            toolkit: CudaToolkit { cuda: cuda_13, root: at(os, cuda), nvcc: at(os, &format!("{cuda}/bin/nvcc{exe}")) },
            knows: catalog.source.compiler(cuda_13).unwrap().archs.clone(),
            host_compiler: None,
            jobs: catalog.source.memory.jobs(16, 32 << 30, true),
            settings: settings.filter(|row| row.needed != Needed::Choice).map(of).collect(),
            compiler: if is_windows {
                BTreeMap::from([("INCLUDE".to_owned(), r"C:\VC\include".to_owned())])
            } else {
                BTreeMap::new()
            },
            search: if is_windows { r"C:\VC\bin;C:\Windows\System32".into() } else { "/usr/local/bin:/usr/bin".into() },
            torch,
        },
    }
}

/// A plan that compiles torch.
pub(crate) fn planned(os: OsFamily) -> Plan {
    made(os, Engine::Uv, recipe(os)).unwrap()
}

fn made(os: OsFamily, engine: Engine, recipe: Recipe) -> Result<Plan, PlanError> {
    let is_windows = os == OsFamily::Windows;
    let url = "https://github.com/pytorch/pytorch".to_owned();
    let assessment = Assessment {
        route: Route::Source,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: Some(Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: "3.12".parse().ok(),
            origin: Origin::Git { url, tag: "v2.15.0".to_owned() },
            seen_live: false,
        }),
        acceptable_variants: Vec::new(),
        gpus: Vec::new(),
        download_bytes: None,
        disk_bytes: None,
        seconds: Some((1800, 5400)),
        needs: Vec::new(),
        risk: None,
    };
    let choices = Choices {
        target: at(os, "home/a/torch"),
        python: at(os, if is_windows { "Python312/python.exe" } else { "usr/bin/python3.12" }),
        python_version: "3.12.4".parse().ok(),
        engine,
        uv: (engine == Engine::Uv).then(|| at(os, "tools/uv")),
        cards: vec!["GPU-5d2a".to_owned()],
        replace: false,
    };
    let frame = Frame {
        id: "1".to_owned(),
        made_at: "2026-11-21T10:00:00Z".to_owned(),
        os,
        places: Places {
            run: at(os, "data/runs/1"),
            store: at(os, "cache/wheels"),
            links: at(os, "cache/links/1"),
            uv_cache: at(os, "cache/uv"),
        },
        indexes: Indexes::default(),
        inheritance: Inheritance {
            cleared: BTreeSet::from(["PYTHONPATH".to_owned()]),
            set: BTreeMap::from([("SSL_CERT_FILE".to_owned(), at(os, "certs.pem").display().to_string())]),
        },
    };
    plan(assessment, choices, Lock::from_pylock(LOCK).unwrap(), frame, recipe)
}

/// Every step with each argument and variable as it is.
fn shown(plan: &Plan) -> String {
    let mut out = format!("hosts: {}\n", plan.hosts.join(", "));
    for step in &plan.steps {
        writeln!(out, "\n{} [{}]: {}", step.key, step.weight, step.title).unwrap();
        match &step.action {
            Action::Run { command } => {
                writeln!(out, "  {:?} {:?}", command.program, command.args).unwrap();
                if let Some(folder) = &command.cwd {
                    writeln!(out, "  in {folder:?}{}", if command.is_background { ", lower priority" } else { "" })
                        .unwrap();
                }
                for (name, value) in &command.env {
                    writeln!(out, "  {name}={value}").unwrap();
                }
                writeln!(out, "  without {:?}", command.env_remove).unwrap();
            }
            action @ (Action::Fetch
            | Action::WritePins { .. }
            | Action::Rehome { .. }
            | Action::Verify { .. }
            | Action::Promote { .. }
            | Action::WriteFile { .. }
            | Action::Expect { .. }
            | Action::Restart { .. }
            | Action::Register { .. }
            | Action::SetAside { .. }
            | Action::MoveIn { .. }
            | Action::Program { .. }
            | Action::DropAside { .. }) => writeln!(out, "  {action:?}").unwrap(),
        }
    }
    out
}

#[test]
fn the_steps_on_linux_with_uv() {
    insta::assert_snapshot!(shown(&made(OsFamily::Linux, Engine::Uv, recipe(OsFamily::Linux)).unwrap()));
}

#[test]
fn the_steps_on_windows_with_pip() {
    insta::assert_snapshot!(shown(&made(OsFamily::Windows, Engine::Pip, recipe(OsFamily::Windows)).unwrap()));
}

#[test]
fn a_wheel_that_is_kept_is_installed_without_compiling_anything() {
    let kept = Recipe { is_built: true, ..recipe(OsFamily::Linux) };
    let plan = made(OsFamily::Linux, Engine::Uv, kept).unwrap();
    let keys: Vec<&str> = plan.steps.iter().map(|step| step.key.as_str()).collect();
    assert_eq!(
        keys,
        ["environment", "download", "pins", "requirements", "install", "check-archs", "verify", "promote"]
    );
    assert_eq!(plan.hosts, ["files.example"]);
}

#[test]
fn a_toolkit_that_does_not_know_the_card_is_refused() {
    let mut old = recipe(OsFamily::Linux);
    old.workshop.knows.retain(|known| *known != capability("12.0"));
    let refused = made(OsFamily::Linux, Engine::Uv, old.clone()).unwrap_err();
    assert_eq!(refused.to_string(), "the CUDA toolkit 13.0 cannot make code for sm_120");
    // Nobody asked it: no reason to refuse.
    old.workshop.knows.clear();
    assert!(made(OsFamily::Linux, Engine::Uv, old.clone()).is_ok());
    old.workshop.targets.capabilities.clear();
    assert_eq!(made(OsFamily::Linux, Engine::Uv, old).unwrap_err(), PlanError::NoCardToBuildFor);
}

#[test]
fn cards_are_named_by_numbers_each_once_and_never_as_sm() {
    let mut targets = Targets::of(["12.0", "8.6", "12.0"].map(capability));
    assert_eq!(targets.list(), "8.6;12.0");
    targets.with_ptx = true;
    assert_eq!(targets.list(), "8.6;12.0+PTX");
    assert_eq!(targets.names(), "sm_86, sm_120");
    let looks = targets.expected(OsFamily::Linux, Path::new("/b"));
    let keys: Vec<&str> = looks.iter().map(|step| step.key.as_str()).collect();
    assert_eq!(keys, ["check-build", "check-build-2"]);
    let Action::Expect { path, any, .. } = &looks[1].action else { panic!("{looks:?}") };
    assert_eq!(
        (path.as_path(), any.as_slice()),
        (Path::new("/b/build/build.ninja"), &["code=sm_120".to_owned(), "arch=compute_120".to_owned()][..])
    );
}

#[test]
fn a_kept_wheel_is_known_by_everything_that_goes_into_it() {
    let first = recipe(OsFamily::Linux);
    let names = |recipe: &Recipe| recipe.kept_name("cp312");
    let changed: [fn(&mut Recipe); 5] = [
        |recipe| recipe.tag = "v2.15.1".into(),
        |recipe| recipe.workshop.targets.with_ptx = true,
        |recipe| recipe.workshop.toolkit.cuda = CudaVersion::new(13, 2),
        |recipe| recipe.workshop.settings[1].value = "0".into(),
        |recipe| recipe.url = "https://example.org/fork".into(),
    ];
    for change in changed {
        let mut other = first.clone();
        change(&mut other);
        assert_ne!(names(&other), names(&first), "{other:?}");
    }
    assert_ne!(first.kept_name("cp313"), names(&first));
    let mut same = first.clone();
    (same.workshop.jobs, same.folder, same.is_built) = (1, "/elsewhere".into(), true);
    assert_eq!(names(&same), names(&first));
}

#[test]
fn another_folder_needs_no_other_recipe() {
    let plan = made(OsFamily::Linux, Engine::Uv, recipe(OsFamily::Linux)).unwrap();
    let moved = retargeted(&plan, Path::new("/home/a/other"), true).unwrap();
    assert_eq!(moved.recipe, plan.recipe);
    assert_eq!(moved.steps.len(), plan.steps.len());
    let text = serde_json::to_string(&moved.steps).unwrap();
    assert!(!text.contains("/home/a/torch") && text.contains("/home/a/other.tw-new"), "{text}");
}

#[test]
fn the_jobs_are_bounded_by_cores_and_by_memory() {
    let memory = &Catalog::embedded().unwrap().source.memory;
    let cases = [
        // cores, memory in GB, jobs with the kernels of attention, jobs without
        (16, 2, 1, 1),
        (16, 8, 1, 2),
        (4, 16, 3, 4),
        (16, 32, 7, 14),
        (24, 64, 15, 24),
        (24, 128, 24, 24),
        (1, 256, 1, 1),
        (0, 0, 1, 1),
    ];
    for (cores, gb, with, without) in cases {
        let seen = [true, false].map(|attention| memory.jobs(cores, gb << 30, attention));
        assert_eq!(seen, [with, without], "{cores} cores, {gb} GB");
    }
}

#[test]
fn the_text_names_every_setting_with_its_reason() {
    use crate::plan::export::{Format, export};
    let plan = made(OsFamily::Windows, Engine::Uv, recipe(OsFamily::Windows)).unwrap();
    let text = export(&plan, Format::Text).unwrap();
    let settings = &plan.recipe.as_ref().unwrap().workshop.settings;
    assert!(settings.len() > 8 && settings.iter().all(|setting| text.contains(&setting.why)), "{text}");
    for line in ["TORCH_CUDA_ARCH_LIST=12.0", "MAX_JOBS=7", r"CMAKE_PREFIX_PATH=C:\home\a\torch.tw-new\Library"] {
        assert!(text.lines().any(|said| said == line), "{line} is not in {text}");
    }
    let kept = Recipe { is_built: true, ..recipe(OsFamily::Windows) };
    let text = export(&made(OsFamily::Windows, Engine::Uv, kept).unwrap(), Format::Text).unwrap();
    assert!(!text.contains("MAX_JOBS"), "nothing is compiled: {text}");
}
