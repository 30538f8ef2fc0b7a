//! Our own `detect --json` and `advise --json`, read back.

use super::*;
use torch_wizard::cli::json;
use torch_wizard::facts::{
    DiskRole, Environment, ExecutionPolicy, FixedVolume, Gpu, Hardware, IndexSettings, MachineProxy, Mask, Network,
    OsFacts, OsFamily, PowerSupply, Python, Reach, RestartSign, Setting, SmartAppControl, Source, Tool, TorchSeen,
    VcRuntime, Via, WindowsFacts, WindowsRelease,
};

fn found<T>(value: T, via: Via) -> Probed<T> {
    Probed::Found { value, source: Source::new(via, "") }
}

fn full() -> MachineFacts {
    let mut facts = MachineFacts::unknown("2026-11-21T00:00:00Z");
    let (version, arch) = ("Ubuntu 24.04".to_owned(), "x86_64".to_owned());
    let os = OsFacts {
        family: OsFamily::Linux,
        version,
        build: None,
        arch,
        is_wsl: true,
        is_container: false,
        glibc: Some((2, 39)),
    };
    facts.os = found(os, Via::System);
    facts.hardware = found(Hardware { cpu: "x".to_owned(), logical_cores: 8, memory_bytes: 1 << 34 }, Via::System);
    let gpu = Gpu {
        index: 1,
        name: "NVIDIA GeForce RTX 5070".to_owned(),
        uuid: Some("GPU-1".to_owned()),
        pci_id: "10de:2f04".parse().ok(),
        pci_bus: None,
        capability: "12.0".parse().ok(),
        memory_bytes: Some(12 << 30),
        board: torch_wizard::facts::Board::default(),
        source: Source::new(Via::Nvml, ""),
    };
    facts.gpus = found(vec![gpu], Via::Nvml);
    facts.other_cards = vec!["Intel UHD".to_owned()];
    facts.driver = found("581.57".parse().unwrap(), Via::Nvml);
    facts.driver_cuda = found("13.0".parse().unwrap(), Via::Nvml);
    facts.masks = vec![Mask { name: "CUDA_VISIBLE_DEVICES".to_owned(), value: "1".to_owned() }];
    let python = |version: &str, why: Option<&str>| Python {
        path: "/usr/bin/python3".into(),
        version: version.parse().ok(),
        implementation: "cpython".to_owned(),
        bits: None,
        free_threaded: false,
        source: Source::new(Via::Environment, "PATH (/usr/bin)"),
        why_not: why.map(str::to_owned),
    };
    facts.pythons =
        found(vec![python("3.12.4", None), python("3.12.1", Some("it is a build of 32 bits"))], Via::FileSystem);
    let environment = Environment {
        path: "/home/x/torch".into(),
        kind: "venv".to_owned(),
        torch: "2.6.0+cu124".parse().ok(),
        torch_cuda: "12.4".parse().ok(),
        damage: None,
    };
    facts.environments = found(vec![environment], Via::FileSystem);
    facts.disks = vec![torch_wizard::facts::Disk { role: DiskRole::Target, path: "/home".into(), free_bytes: Some(1) }];
    let failures = [("https://x".to_owned(), "no name".to_owned())].into();
    facts.network =
        found(Network { torch_index: Reach::Reached, pypi: Reach::Blocked, failures, proxy: None }, Via::Index);
    let setting = Setting {
        name: "index-url".to_owned(),
        value: "https://m".to_owned(),
        source: Source::new(Via::FileSystem, "pip.conf"),
    };
    facts.index_settings =
        IndexSettings { default_index: Some(setting.clone()), cleared: vec![setting], ..IndexSettings::default() };
    let tool = Tool { path: "/usr/bin/git".into(), version: Some("2.43.0".to_owned()) };
    facts.tools = [("git".to_owned(), found(tool, Via::Command))].into();
    facts.torch_seen = Some(TorchSeen { is_available: Some(true), sees_cards: true, ..TorchSeen::default() });
    facts
}

/// A Windows that tells everything.
fn windows() -> MachineFacts {
    let mut facts = full();
    if let Probed::Found { value, .. } = &mut facts.os {
        (value.family, value.glibc, value.is_wsl) = (OsFamily::Windows, None, false);
    }
    facts.driver_date = "2025-06-03".parse().ok();
    facts.power_supply = found(PowerSupply::Battery, Via::System);
    facts.volumes = vec![FixedVolume { root: r"D:\".into(), free_bytes: Some(7) }];
    let release =
        WindowsRelease { display_version: Some("24H2".to_owned()), revision: Some(4351), is_s_mode: Some(false) };
    let runtime = VcRuntime { version: None, libraries: vec!["msvcp140.dll".to_owned()] };
    let proxy = Some("http://proxy.example.org:8080".to_owned());
    let proxy = MachineProxy { http: proxy.clone(), https: proxy, bypass: vec!["<local>".to_owned()] };
    *facts.windows = WindowsFacts {
        release: found(release, Via::Registry),
        vc_runtime: found(runtime, Via::Registry),
        pending_restart: found(vec![RestartSign::Updates, RestartSign::Files], Via::Registry),
        long_paths: found(true, Via::Registry),
        smart_app_control: found(SmartAppControl::Evaluation, Via::Registry),
        execution_policy: found(ExecutionPolicy { policy: "AllSigned".to_owned(), is_enforced: true }, Via::Registry),
        antivirus: Probed::Absent { source: Source::new(Via::Registry, "") },
        power_plan: found("Balanced".to_owned(), Via::Registry),
        machine_proxy: found(proxy, Via::Registry),
        proxy_script: found("http://pac.example.org/p.pac".to_owned(), Via::Registry),
    };
    facts
}

fn as_json(facts: &MachineFacts) -> serde_json::Value {
    serde_json::to_value(json::detected(facts, Catalog::embedded().unwrap())).unwrap()
}

#[test]
fn what_detect_prints_is_read_back() {
    for facts in [full(), windows(), MachineFacts::unknown("2026-11-21T00:00:00Z")] {
        let printed = as_json(&facts);
        let again = facts_of(&printed.to_string());
        let mut expected = printed.clone();
        let mut got = as_json(&again);
        // What nobody has asked is not known for another reason after the trip.
        for value in [&mut expected, &mut got] {
            for place in ["/driver/why", "/wsl/why", "/containers/why"] {
                value.pointer_mut(place).unwrap().take();
            }
        }
        assert_eq!(got, expected);
        assert!(again.is_report);
        // With words before it, and inside what `advise` prints.
        let around = format!("$ torch-wizard detect --json\n{printed}\n");
        assert_eq!(as_json(&facts_of(&around)), as_json(&again));
        let advised = serde_json::json!({ "schema": 1, "facts": printed, "routes": [] });
        assert_eq!(as_json(&facts_of(&advised.to_string())), as_json(&again));
    }
}

fn facts_of(text: &str) -> MachineFacts {
    facts(text)
}

#[test]
fn a_missing_runtime_survives_the_trip() {
    let mut bare = windows();
    bare.windows.vc_runtime = Probed::Absent { source: Source::new(Via::FileSystem, "") };
    assert!(facts(&as_json(&bare).to_string()).windows.vc_runtime.is_absent());
    let mut older = as_json(&bare);
    older.as_object_mut().unwrap().remove("windows");
    assert!(!facts(&older.to_string()).windows.vc_runtime.is_absent(), "an older version did not look");
}

#[test]
fn an_absent_card_survives_the_trip_also_from_a_version_that_did_not_say_so() {
    let mut none = full();
    none.gpus = Probed::Absent { source: Source::new(Via::PciBus, "") };
    let mut printed = as_json(&none);
    assert!(facts(&printed.to_string()).gpus.is_absent());
    printed.as_object_mut().unwrap().remove("gpus_state");
    assert!(!facts(&printed.to_string()).gpus.is_absent());
    let probe = |name: &str| serde_json::json!({ "name": name, "milliseconds": 1, "outcome": "absent", "detail": "" });
    printed["probes"] = serde_json::json!([probe("nvml"), probe("pci-bus")]);
    assert!(facts(&printed.to_string()).gpus.is_absent());
}
