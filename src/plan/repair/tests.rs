use super::*;
use crate::assess::{Assessment, Build, Origin, Route, Verdict};
use crate::catalog::{Catalog, CompanionSet};
use crate::facts::OsFamily;
use crate::lock::Lock;
use crate::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, Plan};

fn sets() -> &'static [CompanionSet] {
    &Catalog::embedded().unwrap().companion_sets
}

fn package(name: &str, version: &str) -> Installed {
    Installed { name: name.to_owned(), version: version.to_owned(), ..Installed::default() }
}

fn asking(name: &str, version: &str, torch: Option<&str>, requires: &[&str]) -> Installed {
    Installed {
        torch: torch.map(str::to_owned),
        requires: requires.iter().map(|&name| name.to_owned()).collect(),
        ..package(name, version)
    }
}

/// An environment with this torch and these packages beside it.
fn holding(torch: &str, serves: Serves, others: Vec<Installed>) -> Holding {
    let version: TorchVersion = torch.parse().unwrap();
    let libraries = others.iter().filter(|package| package.name.starts_with("nvidia-")).map(|p| p.name.clone());
    let mut own = package("torch", torch);
    own.requires = libraries.filter(|name| !name.ends_with("cu11")).chain(["filelock".to_owned()]).collect();
    let mut packages = vec![own, package("filelock", "4.2.11")];
    packages.extend(others);
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Holding {
        path: "/home/a/env".into(),
        python: "/home/a/env/bin/python".into(),
        python_version: "3.12.4".parse().ok(),
        variant: version.local(),
        torch: Some(version),
        serves,
        packages,
        leftovers: Vec::new(),
        cannot_be_made: None,
        is_linked: false,
    }
}

fn build(torch: &str, variant: &str) -> Build {
    Build {
        torch: torch.parse().unwrap(),
        variant: variant.to_owned(),
        python: "3.12".parse().ok(),
        origin: Origin::TorchIndex { url: format!("https://download.pytorch.org/whl/{variant}") },
        seen_live: true,
    }
}

fn codes(holding: &Holding, variant: &str) -> Vec<String> {
    let found = diagnose(holding, Some(variant), sets());
    found.iter().map(|trouble| trouble.reason().code.trim_start_matches("repair-").to_owned()).collect()
}

fn vision(version: &str, torch: &str) -> Installed {
    asking("torchvision", version, Some(torch), &["torch", "numpy"])
}

#[test]
fn a_sound_environment_has_no_trouble() {
    let sound = holding(
        "2.9.1+cu130",
        Serves::Yes,
        vec![
            vision("0.24.1+cu130", "==2.9.1"),
            asking("torchaudio", "2.9.1+cu130", Some("==2.9.1"), &["torch"]),
            package("nvidia-cublas-cu12", "12.8.4.1"),
        ],
    );
    // Something asks for the library of another CUDA: it is not ours to judge.
    assert_eq!(codes(&sound, "cu130"), [""; 0]);
    // One file for all variants has no local part, and 2.11 of torchaudio serves several releases.
    let newest = holding(
        "2.15.0+cu130",
        Serves::Yes,
        vec![vision("0.29.2", ">=2.14.0"), asking("torchaudio", "2.11.0+cu128", None, &[])],
    );
    assert_eq!(codes(&newest, "cu132"), [""; 0]);
}

#[test]
fn a_torch_for_the_processor_or_of_a_wrong_variant_is_named() {
    let cpu = holding("2.9.1+cpu", Serves::Cpu, vec![vision("0.24.1+cpu", "==2.9.1")]);
    assert_eq!(codes(&cpu, "cu130"), ["cpu-torch", "other-variant"]);
    let old = holding("2.6.0+cu124", Serves::No, Vec::new());
    assert_eq!(codes(&old, "cu128"), ["wrong-variant"]);
}

#[test]
fn a_companion_of_another_torch_or_another_index_is_named() {
    let cases = [
        // torch, companion, what it asks for, trouble
        ("2.9.1+cu130", "torchvision", "0.23.0+cu130", Some("==2.8.0"), Some("other-torch")),
        ("2.9.1+cu130", "torchvision", "0.24.1+cpu", Some("==2.9.1"), Some("other-variant")),
        ("2.9.1+cu130", "torchvision", "0.24.1", Some("==2.9.1"), None),
        // It names no torch: what is known of it says so.
        ("2.9.1+cu130", "torchaudio", "2.8.0+cu130", None, Some("other-torch")),
        ("2.9.1+cu130", "torchaudio", "9.9.9", None, None),
        ("2.9.1+cu130", "torchaudio", "2.9.1+rocm6.4", None, None),
    ];
    for (torch, name, version, asks, trouble) in cases {
        let holding = holding(torch, Serves::Yes, vec![asking(name, version, asks, &["torch"])]);
        assert_eq!(codes(&holding, "cu130"), trouble.into_iter().collect::<Vec<_>>(), "{name} {version}");
    }
}

#[test]
fn leftovers_double_registrations_and_damage_are_named() {
    let mut torn = holding("2.9.1+cu130", Serves::Yes, vec![package("nvidia-cublas-cu11", "11.1")]);
    torn.leftovers = vec!["/home/a/env/lib/python3.12/site-packages/~orch".into()];
    let numpy = Installed {
        registered: vec!["1.26.4".to_owned(), "2.3.1".to_owned()],
        stale: vec!["/home/a/env/lib/python3.12/site-packages/numpy-1.26.4.dist-info".into()],
        ..package("numpy", "2.3.1")
    };
    let damaged = Installed { damage: Some("1 file is missing".to_owned()), ..package("six", "1.17.0") };
    torn.packages.extend([numpy, damaged]);
    assert_eq!(codes(&torn, "cu130"), ["twice", "damaged", "leftovers", "other-cuda"]);
    let troubles = diagnose(&torn, Some("cu130"), sets());
    let change = change(&torn, &troubles, &build("2.9.1", "cu130"), sets());
    assert_eq!(change.install, ["numpy==2.3.1", "six==1.17.0"]);
    assert_eq!(change.remove, ["nvidia-cublas-cu11"]);
    assert_eq!(change.keep, ["filelock==4.2.11", "torch==2.9.1+cu130"]);
    assert_eq!(change.leftovers.len(), 2);
    assert_eq!(change.purge, [""; 0], "it is no link into our cache");
    torn.torch = None;
    assert_eq!(codes(&torn, "cu130").first().map(String::as_str), Some("no-torch"));
}

#[test]
fn only_what_must_change_is_installed_anew() {
    let cpu = holding(
        "2.9.1+cpu",
        Serves::Cpu,
        vec![
            vision("0.24.1+cpu", "==2.9.1"),
            package("numpy", "2.3.1"),
            asking("accelerate", "1.15.0", None, &["torch", "numpy"]),
        ],
    );
    let troubles = diagnose(&cpu, Some("cu130"), sets());
    let made = change(&cpu, &troubles, &build("2.9.1", "cu130"), sets());
    assert_eq!(made.install, ["torch==2.9.1+cu130", "torchvision==0.24.1"]);
    assert_eq!(made.keep, ["accelerate==1.15.0", "filelock==4.2.11", "numpy==2.3.1"]);
    // A build of PyPI's names no variant and is one all the same.
    let plain = holding("2.9.1+cpu", Serves::Cpu, vec![vision("0.24.1", "==2.9.1")]);
    let troubles = diagnose(&plain, Some("cu130"), sets());
    let made = change(&plain, &troubles, &build("2.9.1", "cu130"), sets());
    assert_eq!(made.install, ["torch==2.9.1+cu130", "torchvision==0.24.1"]);
    // torchvision of one file for all stays where it takes the new torch.
    let mut newest = holding("2.15.0+cpu", Serves::Cpu, vec![vision("0.29.2", ">=2.14.0")]);
    newest.packages.iter_mut().for_each(|package| package.is_for_any = package.name != "torch");
    let troubles = diagnose(&newest, Some("cu130"), sets());
    let made = change(&newest, &troubles, &build("2.15.0", "cu130"), sets());
    assert_eq!(made.install, ["torch==2.15.0+cu130"]);
    assert_eq!(made.keep, ["filelock==4.2.11", "torchvision==0.29.2"]);
}

#[test]
fn the_libraries_that_the_old_torch_brought_go_with_it_and_no_others() {
    let old = holding(
        "2.6.0+cu124",
        Serves::No,
        vec![
            asking("nvidia-cudnn-cu12", "9.1.0.70", None, &["nvidia-cublas-cu12"]),
            package("nvidia-cublas-cu12", "12.4.5.8"),
            package("nvidia-cufft-cu11", "10.9"),
            // Not brought by torch.
            asking("nvidia-ml-py", "13.0", None, &[]),
        ],
    );
    let mut old = old;
    old.packages.iter_mut().filter(|package| package.name == "torch").for_each(|torch| {
        torch.requires = vec!["nvidia-cudnn-cu12".to_owned(), "filelock".to_owned()];
    });
    let troubles = diagnose(&old, Some("cu128"), sets());
    let made = change(&old, &troubles, &build("2.7.1", "cu128"), sets());
    assert_eq!(made.remove, ["nvidia-cublas-cu12", "nvidia-cudnn-cu12", "nvidia-cufft-cu11"]);
    assert_eq!(made.keep, ["filelock==4.2.11", "nvidia-ml-py==13.0"]);
}

const LOCK: &str = "lock-version = \"1.0\"\n[[packages]]\nname = \"torch\"\nversion = \"2.9.1+cu130\"\n\
    wheels = [{ url = \"https://f.example/torch-2.9.1%2Bcu130-cp312-cp312-win_amd64.whl\", size = 1000000 }]\n\
    [[packages]]\nname = \"nvidia-cublas\"\nversion = \"13.0.0.19\"\n\
    wheels = [{ url = \"https://f.example/nvidia_cublas-13.0.0.19-py3-none-win_amd64.whl\", size = 1000000 }]\n";

fn placed(engine: Engine, change_of: impl FnOnce(&mut Holding)) -> Plan {
    let mut cpu = holding("2.9.1+cpu", Serves::Cpu, vec![package("numpy", "2.3.1")]);
    cpu.path = r"C:\ComfyUI\python_embeded".into();
    cpu.python = r"C:\ComfyUI\python_embeded\python.exe".into();
    cpu.leftovers = vec![r"C:\ComfyUI\python_embeded\Lib\site-packages\~orch".into()];
    change_of(&mut cpu);
    let build = build("2.9.1", "cu130");
    let troubles = diagnose(&cpu, Some("cu130"), sets());
    let change = change(&cpu, &troubles, &build, sets());
    let assessment = Assessment {
        route: Route::Wheel,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: Some(build),
        acceptable_variants: Vec::new(),
        gpus: vec![0],
        download_bytes: None,
        disk_bytes: None,
        seconds: None,
        needs: Vec::new(),
        risk: None,
    };
    let choices = Choices {
        target: cpu.path.clone(),
        python: cpu.python.clone(),
        python_version: cpu.python_version,
        engine,
        uv: Some(r"C:\tools\uv.exe".into()),
        cards: vec!["GPU-5d2a".to_owned()],
        replace: true,
    };
    let frame = Frame {
        id: "1".to_owned(),
        made_at: String::new(),
        os: OsFamily::Windows,
        places: Places {
            run: r"C:\d\runs\1".into(),
            store: r"C:\s".into(),
            links: r"C:\l".into(),
            uv_cache: r"C:\u".into(),
        },
        indexes: Indexes { torch: Some("https://download.pytorch.org/whl/cu130".to_owned()), ..Indexes::default() },
        inheritance: Inheritance::default(),
    };
    let parts = InPlace { holding: &cpu, change: &change, device: "GPU-5d2a" };
    in_place(assessment, choices, Lock::from_pylock(LOCK).unwrap(), frame, parts).unwrap()
}

#[test]
fn what_cannot_be_made_again_is_changed_in_place_by_moves_that_can_be_taken_back() {
    let plan = placed(Engine::Pip, |_| {});
    insta::assert_debug_snapshot!(plan.steps.iter().map(|step| (&step.key, &step.action)).collect::<Vec<_>>());
}

#[test]
fn every_step_is_said_in_every_language() {
    crate::plan::docker::tests::assert_is_said(&placed(Engine::Uv, |holding| holding.is_linked = true));
}

#[test]
fn the_cache_is_purged_only_where_it_may_be_the_cause() {
    let keys = |plan: Plan| plan.steps.into_iter().map(|step| step.key).collect::<Vec<_>>();
    let damaged = |holding: &mut Holding| {
        holding.packages.iter_mut().for_each(|package| package.damage = Some("cut".to_owned()));
    };
    assert!(!keys(placed(Engine::Uv, damaged)).contains(&"purge".to_owned()));
    let plan = placed(Engine::Uv, |holding| {
        damaged(holding);
        holding.is_linked = true;
    });
    let purge = plan.steps.iter().find(|step| step.key == "purge").unwrap();
    let crate::plan::Action::Run { command } = &purge.action else { panic!("{purge:?}") };
    assert_eq!(command.args, ["cache", "clean", "filelock", "numpy", "torch"]);
}
