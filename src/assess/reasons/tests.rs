use super::*;
use crate::catalog::KernelModule;
use crate::facts::{ContainerProgram, EngineTrouble, Source, Via};
use crate::text::{Language, Text};
use std::collections::BTreeSet;

fn redistributable() -> &'static crate::catalog::WindowsTool {
    let tools = &crate::catalog::Catalog::embedded().unwrap().source.windows_tools;
    tools.iter().find(|tool| tool.code == "vc-redist").unwrap()
}

/// Every reason in every form, and every way out.
fn all() -> (Vec<Reason>, Vec<Unblock>) {
    let gpu = Gpu {
        index: 1,
        name: "NVIDIA GeForce RTX 5090".to_owned(),
        uuid: None,
        pci_id: None,
        pci_bus: None,
        capability: "12.0".parse().ok(),
        memory_bytes: None,
        board: crate::facts::Board::default(),
        source: Source::new(Via::Nvml, ""),
    };
    let capability = gpu.capability.unwrap();
    let (torch, newest): (TorchVersion, TorchVersion) = ("2.14.1".parse().unwrap(), "2.15.0".parse().unwrap());
    let driver: DriverVersion = "551.86".parse().unwrap();
    let (least, first) = ("570.26".parse().unwrap(), "572.16".parse().unwrap());
    let floor = DriverFloor { least, first, source: "https://docs.nvidia.com/x".to_owned() };
    let pythons: (PythonVersion, PythonVersion) = ("3.10".parse().unwrap(), "3.14".parse().unwrap());
    let names = ["cu128".to_owned(), "cu130".to_owned()];
    let trap =
        PythonTrouble::Trap { breaks: "numpy".to_owned(), fixed_in: "3.13.1".parse().unwrap(), source: "y".to_owned() };
    let troubles = [
        PythonTrouble::NotAsked,
        PythonTrouble::ThirtyTwoBit,
        PythonTrouble::FreeThreaded,
        PythonTrouble::NotCpython,
        PythonTrouble::NoWheel { range: Some(pythons) },
        PythonTrouble::NoWheel { range: None },
        trap,
    ];
    let mut reasons = vec![
        os_unknown(),
        no_cuda_on_macos(),
        no_nvidia_card(),
        cards_unknown("{ no } \"answer\""),
        no_such_card(7),
        capability_unknown(&gpu),
        no_code_for_card(&gpu, capability),
        reports_contradict(&gpu, capability),
        card_too_new(&gpu, capability),
        card_left_out(&gpu, capability),
        no_common_wheel(),
        card_served_by(&gpu, capability, &names, &names[1..]),
        driver_dropped_card(&gpu, capability, &driver, 580, "z"),
        driver_fault(&driver, &crate::catalog::Catalog::embedded().unwrap().driver_faults[0]),
        driver_unknown(Some(&floor)),
        driver_unknown(None),
        driver_missing(&floor),
        driver_too_old(&driver, &floor),
        driver_too_old_unnamed(&floor),
        glibc_too_old((2, 17)),
        torch_not_in_catalogue(&torch),
        torch_does_not_fit(&torch, Some(&newest)),
        torch_does_not_fit(&torch, None),
        variant_does_not_fit("cu126", &names),
        variant_does_not_fit("cu126", &[]),
        python_does_not_fit(pythons.0),
        indexes_unreachable(),
        torch_index_blocked(),
        not_on_index(),
        newest_torch(&newest),
        newest_lacks_card(&newest, &torch),
        newest_needs_driver(&newest, &torch, &floor),
        newest_needs_glibc(&newest, &torch),
        newest_lacks_python(&newest, &torch, pythons.0),
        newest_not_offered(&newest, &torch),
        asked_for(&torch, "cu130"),
        code_on_card(&gpu, capability, &torch, "cu130", None),
        driver_fits(&driver, &floor),
        seen_live("cu130"),
        pypi_build("cu130"),
        unverified_variant("cu130"),
        no_driver(),
        wsl1_has_no_gpu(),
        virtualisation_off(),
        own_environment(&gpu),
        newer_than_catalogue(&newest, "cu136"),
        night(&newest, jiff::civil::Date::new(2026, 12, 24).ok()),
        night(&newest, None),
        nights_not_asked(),
        nightly_risk(),
        nightly_lacks_card(&gpu, capability),
        night_gone(&torch),
        no_whole_night(),
        torch_refuses_card(),
        only_on_windows(false),
        only_on_windows(true),
        no_wsl_on_server("Windows Server 2022"),
        windows_too_old(18363, 19044, "Windows 10 21H2"),
        windows_build_unknown(19044),
        too_old_for_wsl(&gpu, capability, "6.0".parse().unwrap()),
        distribution_there("Ubuntu-24.04"),
        wsl_to_be_set_up("Ubuntu-24.04"),
        distribution_to_be_installed("Ubuntu-24.04"),
        image_fits("pytorch/pytorch:2.14.1-cuda12.6-cudnn9-runtime"),
        image_is_built(),
        no_container_engine(),
        engine_without_gpu("docker"),
        engine_gpu_unknown("podman"),
        engine_unknown("no answer"),
        source_serves(&newest, "13.2".parse().unwrap(), "12.0"),
        no_toolkit_for_cards("5.0, 12.0"),
        toolkit_missing("13.2".parse().unwrap()),
        program_missing("git"),
        program_unknown("git"),
        compiler_unfit("9.4.0", "11.3.0", 15, "13.2".parse().unwrap()),
        workload_missing("Visual Studio Community 2022", &["Microsoft.X".to_owned()]),
        visual_studio_unfit("Visual Studio Community 2026", "12.8".parse().unwrap()),
        disk_short(3 << 30, 36 << 30),
        memory_short(4 << 30, 8 << 30),
        on_the_processor(),
        cpu_build_unreachable("cu130"),
        arch_missing(&gpu, capability, &torch, Some("w")),
        archs_unknown(&torch),
        cpu_build(&torch),
        runtime_too_new(&torch, "13.0".parse().unwrap(), &floor),
        torch_refuses_driver(&torch),
        unnamed_torch_refuses_driver(),
        unnamed_cpu_build(),
        torch_fits(&torch),
        vc_runtime_missing("msvcp140.dll", "v"),
        vc_runtime_old("vcruntime140_threads.dll", redistributable(), "v"),
        smart_app_control(),
        restart_pending(),
    ];
    let engines = [
        EngineTrouble::NotRunning,
        EngineTrouble::PermissionDenied,
        EngineTrouble::NoAnswer,
        EngineTrouble::Remote { host: "tcp://build.example:2376".to_owned() },
        EngineTrouble::WindowsContainers,
        EngineTrouble::NeedsNoCgroups,
        EngineTrouble::Other { words: "bad thing".to_owned() },
    ];
    reasons.extend(engines.iter().map(|trouble| engine_trouble("docker", trouble)));
    let families = [OsFamily::Windows, OsFamily::Linux, OsFamily::Macos, OsFamily::Other];
    reasons.extend(families.map(|family| platform_not_covered(family, "riscv64")));
    reasons.extend(troubles.iter().map(|trouble| python(trouble, &torch)));
    let mut unblock = vec![
        one_environment_each(&gpu),
        older_branch(580),
        install_driver(&floor),
        install_a_driver(),
        builds_for_others(&["AMD Radeon RX 7900 XTX".to_owned()]),
        convert_to_wsl2(),
        switch_virtualisation_on(),
        set_up_container_toolkit(ContainerProgram::Docker),
        set_up_container_toolkit(ContainerProgram::Podman),
        build_of_others(&crate::catalog::Catalog::embedded().unwrap().other_builds[0]),
        update_windows("Windows 10 21H2"),
        install_engine(false),
        install_engine(true),
        install_container_toolkit("https://docs.nvidia.com/y"),
        install_toolkit("13.2".parse().unwrap()),
        install_programs(None),
        install_compiler("11.3.0", 15),
        install_visual_studio(2022, "Microsoft.X", &["Microsoft.Y".to_owned()]),
        install_vc_runtime(redistributable()),
        free_disk(7 << 30),
        newer_system(),
        drop_wish("--torch"),
        use_mirror(),
    ];
    unblock.extend(engines.iter().map(|trouble| mend_engine("docker", trouble)));
    reasons.extend(reasons_of_the_guide(&gpu, &torch, &driver));
    unblock.extend(steps_of_the_guide(&driver));
    (reasons, unblock)
}

/// Those of the way to a driver.
fn reasons_of_the_guide(gpu: &Gpu, torch: &TorchVersion, driver: &DriverVersion) -> Vec<Reason> {
    vec![
        guide::held_back(torch, driver, driver, "x"),
        guide::serves(driver, torch, "x"),
        guide::of_the_host(),
        guide::none_for_all(&gpu.name),
        guide::no_module_for_all(&gpu.name),
        guide::not_after(gpu, gpu.capability.unwrap(), 580, "x"),
        guide::avoid(&crate::catalog::Catalog::embedded().unwrap().driver_faults[0]),
        guide::module(KernelModule::Open, "x"),
        guide::module(KernelModule::Proprietary, "x"),
        guide::no_linux_driver_in_wsl(),
        guide::unknown(),
    ]
}

/// Its steps.
fn steps_of_the_guide(driver: &DriverVersion) -> Vec<Unblock> {
    vec![
        guide::from_page(driver, None),
        guide::from_page(driver, Some(580)),
        guide::package(580, "sudo apt install nvidia-driver-580".to_owned()),
        guide::by_page(580, "https://rpmfusion.org/x"),
        guide::clean_windows(false),
        guide::clean_windows(true),
        guide::clean_linux(),
        guide::watch_on(),
        guide::restart(false),
        guide::restart(true),
        guide::look_again(),
    ]
}

/// Kind, code, places and sentence of each.
fn sentences() -> Vec<(&'static str, String, BTreeMap<String, String>, String)> {
    let (reasons, unblock) = all();
    let reasons = reasons.into_iter().map(|reason| ("reason", reason.code, reason.args, reason.text));
    reasons.chain(unblock.into_iter().map(|way| ("unblock", way.code, way.args, way.text))).collect()
}

#[test]
fn every_sentence_is_made_and_every_reason_has_one() {
    let file = include_str!("../../../assets/lang/en/reasons.ftl");
    let there: BTreeSet<_> = file.lines().filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect();
    let made: BTreeSet<_> = sentences().iter().map(|(what, code, args, _)| key(what, code, args)).collect();
    assert_eq!(made, there);
}

#[test]
fn every_language_says_every_reason_with_all_its_values() {
    let with_command = all().1.into_iter().filter(|way| way.command.is_some());
    let has_command: BTreeSet<String> = with_command.map(|way| key("unblock", &way.code, &way.args)).collect();
    for language in Language::ALL {
        let text = Text::new(language);
        for (what, code, args, english) in sentences() {
            let key = key(what, &code, &args);
            let said = text.of_engine(&key, &args).unwrap_or_else(|| panic!("{}: {key}", language.name()));
            assert_eq!(said == english, language == Language::English, "{}: {said}", language.name());
            // A command stands behind a colon.
            let ends_well = said.ends_with('.') || said.ends_with(':') && has_command.contains(&key);
            assert!(ends_well && !said.contains("{$"), "{said}");
            for (name, value) in args.iter().filter(|(name, _)| *name != FORM) {
                assert!(said.contains(value.as_str()), "{name} is not in {said:?}");
            }
        }
    }
    let (reasons, unblock) = all();
    let (english, german) = (Text::new(Language::English), Text::new(Language::German));
    assert!(reasons.iter().all(|reason| reason.said(&english) == reason.text && reason.said(&german) != reason.text));
    assert!(unblock.iter().all(|way| way.said(&english) == way.text && way.said(&german) != way.text));
}

#[test]
fn the_words_are_those_that_scripts_and_people_know() {
    let said: Vec<String> = sentences().into_iter().map(|(_, _, _, text)| text).collect();
    for sentence in [
        "It is not known which cards this machine has: { no } \"answer\".",
        "No stable build of torch has code for NVIDIA GeForce RTX 5090 (compute capability 12.0) yet.",
        "NVIDIA GeForce RTX 5090 (compute capability 12.0) is served by cu128, cu130, not by cu130.",
        "The version of the NVIDIA driver is not known. This build needs 572.16 or newer.",
        "The version of the NVIDIA driver is not known.",
        "torch 2.14.1 has no build for this card, driver and system; torch 2.15.0 has one.",
        "torch 2.14.1 has no build for this card, driver and system.",
        "No build of variant cu126 fits this card, driver and system; cu128, cu130 do.",
        "No build of variant cu126 fits this card, driver and system; none do.",
        "The catalogue has no builds of torch for macOS on riscv64.",
        "The catalogue has no builds of torch for this system on riscv64.",
        "torch 2.14.1+cu130 has code that runs on NVIDIA GeForce RTX 5090 (compute capability 12.0).",
        "torch 2.14.1 brings CUDA 13.0, which needs driver 572.16 or newer.",
        "torch 2.14.1 has wheels for Python 3.10 to 3.14 only.",
        "torch 2.14.1 has no wheels for it.",
        "Install NVIDIA driver 572.16 or newer from https://www.nvidia.com/drivers.",
    ] {
        assert!(said.iter().any(|text| text == sentence), "{sentence}");
    }
}

#[test]
fn what_an_older_version_saved_is_said_as_it_was_saved() {
    let saved = r#"{"code": "newest-torch", "text": "torch 2.15.0 is the newest stable release.", "source": null}"#;
    let reason: Reason = serde_json::from_str(saved).unwrap();
    let german = Text::new(Language::German);
    assert_eq!(reason.said(&german), reason.text);
    let way: Unblock = serde_json::from_str(r#"{"text": "Use a newer system.", "command": null}"#).unwrap();
    assert_eq!(way.said(&german), way.text);
    let newer: Reason =
        serde_json::from_str(&serde_json::to_string(&newest_torch(&"2.15.0".parse().unwrap())).unwrap()).unwrap();
    assert_eq!(newer.said(&german), "torch 2.15.0 ist das neueste stabile Release.");
}
