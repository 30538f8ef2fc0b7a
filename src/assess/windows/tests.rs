use super::super::{Wishes, assess};
use super::*;
use crate::catalog::{Catalog, LiveIndex};
use crate::facts::{
    ComputeCapability, Distribution, Gpu, MachineFacts, OsFacts, RestartSign, Source, Tool, VcRuntime, Via,
    Virtualisation, Wsl,
};

fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::User, "") }
}

fn absent<T>() -> Probed<T> {
    Probed::Absent { source: Source::new(Via::User, "") }
}

/// A PC with a new card and a new driver.
fn pc(family: OsFamily) -> MachineFacts {
    let os = OsFacts {
        version: "Windows 11 Pro".to_owned(),
        build: Some(26100),
        arch: "x86_64".to_owned(),
        ..OsFacts::of(family)
    };
    let capability: Option<ComputeCapability> = "12.0".parse().ok();
    let (name, source) = ("NVIDIA GeForce RTX 5090".to_owned(), Source::new(Via::Nvml, ""));
    let gpu = Gpu {
        index: 0,
        name,
        uuid: None,
        pci_id: None,
        pci_bus: None,
        capability,
        memory_bytes: None,
        board: crate::facts::Board::default(),
        source,
    };
    let mut facts = MachineFacts {
        os: found(os),
        gpus: found(vec![gpu]),
        driver: found("610.47".parse().unwrap()),
        pythons: absent(),
        wsl: absent(),
        ..MachineFacts::unknown("2026-11-21T00:00:00Z")
    };
    facts.tools.insert("uv".to_owned(), found(Tool { path: "uv".into(), version: None }));
    facts
}

fn with_files(files: &[&str]) -> Probed<VcRuntime> {
    found(VcRuntime { version: None, libraries: files.iter().map(|file| (*file).to_owned()).collect() })
}

fn judged(facts: &MachineFacts) -> Vec<Assessment> {
    let catalog = Catalog::embedded().unwrap();
    assess(facts, catalog, &LiveIndex::offline(), &Wishes::default())
}

fn of(list: &[Assessment], route: Route) -> &Assessment {
    list.iter().find(|assessment| assessment.route == route).unwrap()
}

fn says(assessment: &Assessment, code: &str) -> bool {
    assessment.verdict.reasons().iter().any(|reason| reason.code == code)
}

#[test]
fn without_the_runtime_torch_cannot_run_on_windows_itself_and_the_way_out_is_named() {
    for runtime in [absent(), with_files(&["vcruntime140.dll"])] {
        let mut facts = pc(OsFamily::Windows);
        facts.windows.vc_runtime = runtime;
        let list = judged(&facts);
        for route in [Route::Wheel, Route::Cpu] {
            let assessment = of(&list, route);
            let Verdict::Blocked { unblock, .. } = &assessment.verdict else { panic!("{assessment:?}") };
            assert!(says(assessment, VC_RUNTIME));
            let [way] = unblock.as_slice() else { panic!("{unblock:?}") };
            assert!(way.text.contains("https://aka.ms/vs/17/release/vc_redist.x64.exe"), "{}", way.text);
            assert_eq!(way.command.as_deref(), Some("winget install --id Microsoft.VCRedist.2015+.x64 --exact"));
        }
        assert!(!of(&list, Route::Wheel).acceptable_variants.is_empty(), "card and driver are fine");
        assert!(!says(of(&list, Route::Wsl2), VC_RUNTIME) && !says(of(&list, Route::Docker), VC_RUNTIME));
    }
}

const VC_RUNTIME: &str = reasons::VC_RUNTIME_MISSING;

#[test]
fn a_runtime_that_nobody_could_look_for_stands_in_nobodys_way() {
    let list = judged(&pc(OsFamily::Windows));
    assert!(matches!(of(&list, Route::Wheel).verdict, Verdict::Recommended { .. }), "{list:?}");
    let mut linux = pc(OsFamily::Linux);
    linux.windows.vc_runtime = absent();
    assert!(matches!(of(&judged(&linux), Route::Wheel).verdict, Verdict::Recommended { .. }));
}

#[test]
fn an_older_runtime_is_said_and_does_not_block() {
    let mut facts = pc(OsFamily::Windows);
    facts.windows.vc_runtime = with_files(&["msvcp140.dll", "vcruntime140.dll", "vcruntime140_1.dll"]);
    let wheel = of(&judged(&facts), Route::Wheel).clone();
    assert!(matches!(wheel.verdict, Verdict::Recommended { .. }) && says(&wheel, "vc-runtime-old"), "{wheel:?}");
    let whole = ["msvcp140.dll", "vcruntime140.dll", "vcruntime140_1.dll", "vcruntime140_threads.dll"];
    facts.windows.vc_runtime = with_files(&whole);
    assert!(!says(of(&judged(&facts), Route::Wheel), "vc-runtime-old"));
    facts.windows.vc_runtime = with_files(&whole[..3]);
    let old = Wishes { torch: "2.14.1".parse().ok(), ..Wishes::default() };
    let list = assess(&facts, Catalog::embedded().unwrap(), &LiveIndex::offline(), &old);
    assert!(!says(of(&list, Route::Wheel), "vc-runtime-old"), "an older release does not ask for it");
}

#[test]
fn nobody_is_sent_another_way_for_want_of_the_runtime() {
    let recommended = |facts: &MachineFacts| {
        let list = judged(facts);
        list.iter().find(|one| matches!(one.verdict, Verdict::Recommended { .. })).map(|one| one.route)
    };
    let mut facts = pc(OsFamily::Windows);
    facts.windows.vc_runtime = absent();
    let distributions = vec![Distribution { name: "Ubuntu-24.04".to_owned(), version: 2 }];
    facts.wsl = found(Wsl { distributions, ..Wsl::default() });
    facts.virtualisation = Virtualisation { firmware: Some(true), hypervisor: Some(true), platform: Some(true) };
    assert!(matches!(of(&judged(&facts), Route::Wsl2).verdict, Verdict::Works { .. }), "it may be picked");
    assert_eq!(recommended(&facts), None);
    facts.windows.vc_runtime = with_files(&["msvcp140.dll", "vcruntime140_1.dll"]);
    assert_eq!(recommended(&facts), Some(Route::Wheel));
}

#[test]
fn smart_app_control_is_a_word_of_warning_only_where_it_refuses() {
    let mut facts = pc(OsFamily::Windows);
    for (state, is_said) in
        [(SmartAppControl::On, true), (SmartAppControl::Off, false), (SmartAppControl::Evaluation, false)]
    {
        facts.windows.smart_app_control = found(state);
        let list = judged(&facts);
        assert_eq!(says(of(&list, Route::Wheel), "smart-app-control"), is_said, "{state:?}");
        assert_eq!(says(of(&list, Route::Cpu), "smart-app-control"), is_said, "{state:?}");
        assert!(!says(of(&list, Route::Wsl2), "smart-app-control"));
    }
}

#[test]
fn a_restart_that_is_due_is_said_where_the_system_is_changed() {
    let mut facts = pc(OsFamily::Windows);
    facts.windows.pending_restart = found(vec![RestartSign::Updates]);
    let list = judged(&facts);
    assert!(says(of(&list, Route::Wsl2), "restart-pending") && !says(of(&list, Route::Wheel), "restart-pending"));
    facts.driver = absent();
    assert!(says(of(&judged(&facts), Route::Wheel), "restart-pending"), "a driver is to be installed");
    facts.windows.pending_restart = found(vec![RestartSign::Files]);
    assert!(!says(of(&judged(&facts), Route::Wheel), "restart-pending"), "a browser leaves files behind as well");
}
