//! The first page: what it says of every kind of PC, and what can be done on it.

use crate::pc;
use crate::shown::{Look, Shown, press, show};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use torch_wizard::app::{Action, Effect, Message, Model, Row, Screen, Setting, Subject};
use torch_wizard::assess::Route;
use torch_wizard::facts::{
    ContainerEngine, ContainerProgram, CudaToolkit, EngineTrouble, FixedVolume, MachineFacts, MachineProxy, Mask,
    OsFamily, PowerSupply, Probed, RestartSign, SmartAppControl, Source, Tool, Via, Virtualisation, VisualStudio,
    WindowsRelease,
};

/// Everything is open.
fn unfolded(facts: MachineFacts) -> Model {
    let mut model = pc::detected_with(facts);
    pc::tell(&mut model, Message::User(Action::Set(Setting::ShowEverything(true))));
    for row in Row::USUAL.into_iter().chain(Row::MORE) {
        pc::tell(&mut model, Message::User(Action::Unfold(row)));
    }
    model
}

pub fn with_driver(version: &str) -> MachineFacts {
    let mut facts = pc::rtx_5070();
    facts.driver = pc::found(Via::Nvml, version.parse().unwrap());
    facts.driver_cuda = pc::found(Via::Nvml, "12.2".parse().unwrap());
    facts
}

fn with_card(name: &str, capability: &str) -> MachineFacts {
    let mut facts = pc::rtx_5070();
    facts.gpus = pc::found(Via::Nvml, vec![pc::gpu(0, name, capability, 4096)]);
    facts
}

pub fn without_driver() -> MachineFacts {
    let mut facts = pc::rtx_5070();
    facts.driver = Probed::Absent { source: Source::new(Via::Nvml, "") };
    facts.driver_cuda = Probed::Absent { source: Source::new(Via::Nvml, "") };
    facts
}

fn without_runtime() -> MachineFacts {
    let mut facts = pc::rtx_5070();
    facts.windows.vc_runtime = Probed::Absent { source: Source::new(Via::FileSystem, r"C:\Windows\System32") };
    facts
}

fn simulated() -> MachineFacts {
    let mut facts = pc::rtx_5070();
    let mut card = pc::gpu(0, "NVIDIA GeForce RTX 5070", "12.0", 12227);
    card.source = Source::new(Via::Simulated, "nvmlDeviceGetName");
    facts.gpus = pc::found(Via::Simulated, vec![card]);
    facts.driver = pc::found(Via::Simulated, "581.57".parse().unwrap());
    facts.masks = vec![Mask { name: "CUDA_VISIBLE_DEVICES".to_owned(), value: "1".to_owned() }];
    facts
}

/// An old card beside a new one that no build serves together.
pub fn apart() -> MachineFacts {
    let mut facts = pc::rtx_5070();
    let cards = vec![
        pc::gpu(0, "NVIDIA GeForce GTX 1080 Ti", "6.1", 11264),
        pc::gpu(1, "NVIDIA GeForce RTX 5090", "12.0", 32607),
    ];
    facts.gpus = pc::found(Via::Nvml, cards);
    facts.driver = pc::found(Via::Nvml, "580.95.05".parse().unwrap());
    if let Probed::Found { value, .. } = &mut facts.os {
        value.family = OsFamily::Linux;
        "Ubuntu 24.04.3 LTS".clone_into(&mut value.version);
        value.build = None;
        value.glibc = Some((2, 39));
    }
    facts
}

/// NVML hangs: three seconds have passed, everything else has answered.
pub fn hanging() -> Model {
    let mut model = pc::opened();
    let scan = model.detection.scan;
    let facts = pc::rtx_5070();
    let mut so_far = MachineFacts { probes: Vec::new(), ..facts.clone() };
    so_far.gpus = Probed::not_asked();
    so_far.driver = Probed::not_asked();
    for probe in facts.probes.iter().filter(|probe| !["nvml", "nvidia-smi"].contains(&probe.name.as_str())) {
        let message = Message::Probed { scan, probe: probe.clone(), facts: Box::new(so_far.clone()) };
        pc::tell(&mut model, message);
    }
    pc::at(&mut model, 3.0);
    model
}

/// "Check again" found another driver.
pub fn changed() -> Model {
    let mut model = pc::detected();
    pc::tell(&mut model, Message::User(Action::Rescan));
    pc::at(&mut model, 4.0);
    let scan = model.detection.scan;
    let mut facts = pc::rtx_5070();
    facts.driver = pc::found(Via::Nvml, "590.12".parse().unwrap());
    pc::tell(&mut model, Message::Detected { scan, facts: Box::new(facts) });
    model
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    let mut rescanning = pc::detected();
    pc::tell(&mut rescanning, Message::User(Action::Rescan));
    vec![
        ("detect-hanging", hanging()),
        ("detect-again", rescanning),
        ("detect-changed", changed()),
        ("detect-unfolded", unfolded(pc::rtx_5070())),
        ("detect-equipped", unfolded(equipped())),
        ("detect-old-driver", pc::detected_with(with_driver("537.58"))),
        ("detect-no-driver", pc::detected_with(without_driver())),
        ("detect-no-runtime", pc::detected_with(without_runtime())),
        ("detect-old-card", pc::detected_with(with_card("NVIDIA GeForce GTX 780", "3.5"))),
        ("detect-new-card", pc::detected_with(with_card("NVIDIA GeForce RTX 6090", "13.0"))),
        ("detect-apart", pc::detected_with(apart())),
        ("detect-simulated", pc::detected_with(simulated())),
    ]
}

fn opened(model: Model) -> Harness<'static, Shown> {
    show(model, Look::default())
}

/// The title on the page.
fn title(model: &Model) -> String {
    let harness = opened(model.clone());
    let heading = harness.get_all_by_role(eframe::egui::accesskit::Role::Heading).next();
    heading.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

#[test]
fn the_title_states_the_result_for_every_kind_of_pc() {
    let of = |facts: MachineFacts| title(&pc::detected_with(facts));
    assert_eq!(title(&pc::opened()), "Looking at this PC");
    assert_eq!(of(pc::rtx_5070()), "This PC is ready for GPU PyTorch");
    assert_eq!(of(pc::no_card()), "No NVIDIA card was found");
    assert_eq!(of(pc::sick_driver()), "The driver does not answer");
    assert_eq!(of(without_driver()), "The NVIDIA card has no driver");
    assert_eq!(of(without_runtime()), "Windows lacks Microsoft's C++ runtime");
    assert_eq!(of(with_driver("537.58")), "The driver is too old for GPU PyTorch");
    assert_eq!(of(with_card("NVIDIA GeForce GTX 780", "3.5")), "No build of PyTorch runs on this card");
    assert_eq!(of(with_card("NVIDIA GeForce RTX 6090", "13.0")), "This card is newer than every stable PyTorch");
    let mut unknown = pc::rtx_5070();
    unknown.gpus = Probed::not_asked();
    assert_eq!(of(unknown), "It is not known which cards this PC has");
}

#[test]
fn the_recommended_way_needs_no_visit_to_the_routes() {
    let mut harness = opened(pc::detected());
    harness.get_by_label_contains("Stable wheel, CUDA");
    press(&mut harness, "Review the plan");
    let state = harness.state();
    assert_eq!(state.model.screen, Screen::Review);
    assert_eq!(state.actions, [Action::Next]);
    assert!(matches!(&state.effects[..], [Effect::Plan { chosen, .. }] if chosen.route == Route::Wheel));
}

#[test]
fn an_open_row_shows_every_question_and_every_answer() {
    let mut harness = opened(pc::detected());
    assert!(harness.query_by_label("nvidia-smi").is_none());
    press(&mut harness, "GPU: NVIDIA GeForce RTX 5070, 11.9 GiB. compute capability 12.0, from NVML");
    for name in ["nvml", "nvidia-smi", "pci-bus", "answered in 31 ms: 1 card, driver 581.57", pc::UUID] {
        harness.get_by_label(name);
    }
}

/// What compilers, WSL and Docker may be like on a PC that needs none of them.
fn equipped() -> MachineFacts {
    let mut facts = pc::rtx_5070();
    let toolkit = |cuda: &str, root: &str| CudaToolkit {
        cuda: cuda.parse().unwrap(),
        root: root.into(),
        nvcc: format!(r"{root}\bin\nvcc.exe").into(),
    };
    facts.toolkits = vec![toolkit("13.0", r"D:\CUDA 13"), toolkit("12.8", r"C:\CUDA\v12.8")];
    let nvcc = Tool { path: r"C:\CUDA\v12.8\bin\nvcc.exe".into(), version: Some("12.8".to_owned()) };
    facts.tools.insert("nvcc".to_owned(), pc::found(Via::FileSystem, nvcc));
    facts.tools.insert("gcc".to_owned(), Probed::Absent { source: Source::new(Via::FileSystem, "") });
    facts.tools.insert("only-elsewhere".to_owned(), Probed::Absent { source: Source::new(Via::System, "") });
    facts.visual_studios = vec![VisualStudio {
        name: "Visual Studio Community 2022".to_owned(),
        root: r"C:\VS".into(),
        version: "17.13.35931.197".to_owned(),
        toolsets: Vec::new(),
        missing: vec!["Microsoft.VisualStudio.Component.VC.Tools.x86.x64".to_owned()],
    }];
    facts.virtualisation = Virtualisation { firmware: Some(false), hypervisor: None, platform: Some(true) };
    facts.containers = pc::found(
        Via::Command,
        ContainerEngine {
            program: ContainerProgram::Docker,
            path: r"C:\Docker\docker.exe".into(),
            version: Some("28.3.1".to_owned()),
            is_running: Some(false),
            has_gpu: Some(true),
            has_cdi: false,
            toolkit: None,
            is_rootless: false,
            trouble: Some(EngineTrouble::NotRunning),
        },
    );
    facts
}

#[test]
fn open_rows_of_toolkit_and_tools_show_what_other_routes_rest_on() {
    let harness = opened(unfolded(equipped()));
    harness.get_by_label("CUDA toolkit: 13.0, 12.8. from files; only a source build needs it");
    for (name, value) in [
        ("CUDA 13.0", r"D:\CUDA 13"),
        ("Visual Studio Community 2022", "lacks Microsoft.VisualStudio.Component.VC.Tools.x86.x64"),
        ("Virtualisation", "off"),
        ("Virtual Machine Platform", "on"),
        ("Containers", "docker, can use the GPU; not started"),
    ] {
        harness.get_by_label(name);
        harness.get_by_label(value);
    }
    assert!(harness.query_by_label("Hypervisor").is_none());
    harness.get_by_label_contains("not there: docker, gcc, msvc, wsl");
}

#[test]
fn correcting_the_card_changes_the_routes_and_can_be_taken_back() {
    let mut harness = opened(pc::detected());
    let before = harness.state().model.detection.assessments.clone();
    press(&mut harness, "GPU: NVIDIA GeForce RTX 5070, 11.9 GiB. compute capability 12.0, from NVML");
    press(&mut harness, "This is wrong… GPU");
    assert_eq!(harness.state().actions.last(), Some(&Action::Correct(Subject::Card)));
    pc::tell(&mut harness.state_mut().model, Message::User(Action::Type("GTX 1080 Ti".to_owned())));
    harness.run_steps(2);
    press(&mut harness, "Use this");
    assert_ne!(harness.state().model.detection.assessments, before);
    harness.get_by_label_contains("GTX 1080 Ti, 11.0 GiB. compute capability 6.1, set by you");
    harness.get_by_label("Set by you");
    press(&mut harness, "Undo: GPU");
    assert_eq!(harness.state().model.detection.assessments, before);
    harness.get_by_label("GPU: NVIDIA GeForce RTX 5070, 11.9 GiB. compute capability 12.0, from NVML");
}

#[test]
fn a_hanging_row_offers_skip_after_two_seconds_and_stays_unknown() {
    let mut model = hanging();
    model.now = std::time::Duration::from_millis(1900);
    let harness = opened(model);
    harness.get_by_label("GPU: asking NVML");
    assert!(harness.query_by_label("Skip: GPU").is_none());

    let mut harness = opened(hanging());
    harness.get_by_label("GPU: asking NVML, no answer for 3 s");
    press(&mut harness, "Skip: GPU");
    let skipped = |effect: &Effect| matches!(effect, Effect::SkipProbes(names) if names.iter().any(|n| n == "nvml"));
    assert!(harness.state().effects.iter().any(skipped));
    assert!(harness.query_by_label("Skip: GPU").is_none());

    let model = &mut harness.state_mut().model;
    let scan = model.detection.scan;
    let why = "no answer within 3100 ms".to_owned();
    let mut facts = pc::rtx_5070();
    facts.gpus = Probed::Unknown { why: why.clone(), source: Source::new(Via::Nvml, "") };
    facts.driver = Probed::Unknown { why, source: Source::new(Via::Nvml, "") };
    facts.driver_cuda = Probed::not_asked();
    facts.probes = pc::probes(&["nvml", "nvidia-smi"]);
    pc::tell(model, Message::Detected { scan, facts: Box::new(facts) });
    harness.run_steps(3);
    harness.get_by_label("GPU: not known. skipped by you");
    harness.get_by_label("It is not known which cards this PC has");
    assert!(harness.query_by_label_contains("none from NVIDIA").is_none());
}

#[test]
fn a_late_answer_is_never_called_not_there() {
    let harness = opened(pc::detected_with(pc::sick_driver()));
    harness.get_by_label("Driver: not known. no answer in time: NVML did not answer within 11 s");
    assert!(harness.query_by_label_contains("not installed. at least").is_none());
}

#[test]
fn without_a_card_there_are_three_ways_on() {
    let mut harness = opened(pc::detected_with(pc::no_card()));
    press(&mut harness, "Check again for a card");
    assert_eq!(harness.state().actions, [Action::Rescan]);

    let mut harness = opened(pc::detected_with(pc::no_card()));
    press(&mut harness, "Set the card by hand…");
    assert_eq!(harness.state().actions, [Action::Correct(Subject::Card)]);

    let mut harness = opened(pc::detected_with(pc::no_card()));
    harness.get_by_label("PyTorch on the processor");
    press(&mut harness, "CPU now");
    assert_eq!(harness.state().actions, [Action::Pick(Route::Cpu)]);
    assert_eq!(harness.state().model.screen, Screen::Review);
}

#[test]
fn a_sick_driver_leads_to_the_guide_or_to_the_routes() {
    let mut harness = opened(pc::detected_with(pc::sick_driver()));
    press(&mut harness, "Which driver to install…");
    assert_eq!(harness.state().model.screen, Screen::Driver);
    press(&mut harness, "Open the page");
    press(&mut harness, "Back");
    press(&mut harness, "Choose a route");
    let page = Action::OpenPage("https://www.nvidia.com/drivers".to_owned());
    assert_eq!(harness.state().actions, [Action::Go(Screen::Driver), page, Action::Back, Action::Next]);
    assert_eq!(harness.state().model.screen, Screen::Choose);
}

#[test]
fn a_missing_runtime_leads_to_microsofts_installer_and_to_another_look() {
    let mut harness = opened(pc::detected_with(without_runtime()));
    let command = "winget install --id Microsoft.VCRedist.2015+.x64 --exact";
    assert!(harness.query_all_by_label_contains(command).next().is_some());
    press(&mut harness, "Get Microsoft's installer");
    press(&mut harness, "Try again");
    let page = Action::OpenPage("https://aka.ms/vs/17/release/vc_redist.x64.exe".to_owned());
    assert_eq!(harness.state().actions, [page, Action::Rescan]);
}

#[test]
fn an_open_row_of_the_system_shows_what_windows_tells_of_itself() {
    let mut facts = equipped();
    let windows = &mut facts.windows;
    let release = WindowsRelease { display_version: Some("24H2".to_owned()), revision: Some(4351), is_s_mode: None };
    windows.release = pc::found(Via::Registry, release);
    windows.pending_restart = pc::found(Via::Registry, vec![RestartSign::Updates]);
    windows.long_paths = pc::found(Via::Registry, false);
    windows.smart_app_control = pc::found(Via::Registry, SmartAppControl::Evaluation);
    windows.antivirus = pc::found(Via::Registry, vec!["Microsoft Defender".to_owned()]);
    windows.power_plan = pc::found(Via::Registry, "Power saver".to_owned());
    let https = Some("http://proxy.example.org:8080".to_owned());
    let proxy = MachineProxy { http: None, https, bypass: Vec::new() };
    windows.machine_proxy = pc::found(Via::Registry, proxy);
    windows.proxy_script = pc::found(Via::Registry, "http://pac.example.org/p.pac".to_owned());
    facts.power_supply = pc::found(Via::System, PowerSupply::Battery);
    facts.driver_date = "2025-06-03".parse().ok();
    facts.volumes = vec![FixedVolume { root: r"D:\".into(), free_bytes: None }];
    let harness = opened(unfolded(facts));
    for (name, value) in [
        ("Release", "24H2"),
        ("Revision", "4351"),
        ("Microsoft C++ runtime", "not known: not asked"),
        ("Waits for a restart", "Windows Update"),
        ("Long paths", "off"),
        ("Smart App Control", "watches, refuses nothing yet"),
        ("Antivirus", "Microsoft Defender"),
        ("Power", "battery"),
        ("Power plan", "Power saver"),
        ("Proxy of the machine", "http://proxy.example.org:8080"),
        ("Proxy script", "http://pac.example.org/p.pac, seen and not evaluated"),
        ("Made on", "2025-06-03"),
        (r"D:\", "not known"),
    ] {
        assert!(harness.query_all_by_label(name).next().is_some(), "{name}");
        assert!(harness.query_all_by_label(value).next().is_some(), "{name}: {value}");
    }
}

#[test]
fn a_changed_machine_is_told_with_what_changed() {
    let harness = opened(changed());
    harness.get_by_label("This PC has changed since the last look");
    harness.get_by_label("Driver: 581.57 → 590.12");
    // A driver that gives no answer now is not a driver that is gone.
    let mut model = pc::detected();
    pc::tell(&mut model, Message::User(Action::Rescan));
    let scan = model.detection.scan;
    pc::tell(&mut model, Message::Detected { scan, facts: Box::new(pc::sick_driver()) });
    opened(model).get_by_label("Driver: 581.57 → not known");
}

#[test]
fn a_second_look_shows_what_it_asks_and_keeps_what_was_known() {
    let mut model = pc::detected();
    pc::tell(&mut model, Message::User(Action::Rescan));
    let harness = opened(model);
    harness.get_by_label("Looking at this PC again");
    harness.get_by_label("Driver: 581.57. asking NVML");
}

#[test]
fn everything_is_shown_on_request_and_remembered() {
    let mut harness = opened(pc::detected());
    assert!(harness.query_by_label_contains("Processor: ").is_none());
    press(&mut harness, "Show everything");
    harness.get_by_label_contains("Processor: AMD Ryzen 7");
    assert!(
        harness
            .state()
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SaveSettings(settings) if settings.show_everything))
    );
}

#[test]
fn a_simulated_card_says_so_in_its_row_and_in_the_lead() {
    let harness = opened(pc::detected_with(simulated()));
    harness.get_by_label("GPU: NVIDIA GeForce RTX 5070, 11.9 GiB. compute capability 12.0, simulated");
    harness.get_by_label_contains("nothing here is ever called proven");
    harness.get_by_label("Settings: CUDA_VISIBLE_DEVICES=1. hides or reorders cards for CUDA programs");
}

#[test]
fn too_little_room_is_told_with_what_is_missing() {
    let mut facts = pc::rtx_5070();
    for disk in &mut facts.disks {
        disk.free_bytes = Some(1_000_000_000);
    }
    opened(pc::detected_with(facts)).get_by_label_contains("Disk space: 1.00 GB free on C:. needs 6.00 GB");
}

#[test]
fn cards_that_no_build_serves_together_are_told_and_each_can_be_chosen() {
    let mut harness = opened(pc::detected_with(apart()));
    harness.get_by_label("This PC is ready for GPU PyTorch");
    harness.get_by_label_contains("The stable wheel supports some of your cards");
    let said = "0: GTX 1080 Ti, 1: RTX 5090: no build serves all of them at once.";
    harness.get_by_label(&format!("{said} The recommended one is for 1: RTX 5090 alone."));
    harness.get_by_label_contains("compute capability 6.1, from NVML; left out of the choice");
    press(&mut harness, "Only 0: GTX 1080 Ti");
    assert_eq!(harness.state().actions, [Action::PickCards(Some(vec![0]))]);
    harness.get_by_label("This PC is ready for GPU PyTorch");
    harness.get_by_label("Only 0: GTX 1080 Ti is served. The proof runs there alone.");
    harness.get_by_label_contains("compute capability 12.0, from NVML; left out of the choice");
    press(&mut harness, "Use all cards");
    assert_eq!(harness.state().model.choice.gpus, None);
}
