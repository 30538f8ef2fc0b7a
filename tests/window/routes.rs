//! A PC on which every route works, and the plan of each of them as Review shows it.

use crate::choose::engine;
use crate::made::Machine;
use crate::pc::{self, tell};
use crate::shown::{Look, Shown, press, show};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use torch_wizard::app::{Action, Effect, Message, Model, Screen};
use torch_wizard::assess::{Need, Route};
use torch_wizard::catalog::{LiveIndex, Nightly, Platform};
use torch_wizard::facts::{
    ContainerProgram, CudaToolkit, Distribution, MachineFacts, OsFamily, Reach, Tool, Via, VisualStudio, Wsl,
};
use torch_wizard::plan::{Engine, Plan};

/// The usual PC with WSL, Docker Desktop, a toolkit and a compiler.
fn equipped() -> MachineFacts {
    let mut facts = pc::rtx_5070();
    let distribution = Distribution { name: "Ubuntu-24.04".to_owned(), version: 2 };
    let wsl = Wsl { version: Some("2.6.1".to_owned()), distributions: vec![distribution], ..Wsl::default() };
    facts.wsl = pc::found(Via::Registry, wsl);
    facts.containers = pc::found(Via::Command, engine(ContainerProgram::Docker, None));
    let root = r"C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA\v13.0";
    facts.toolkits = vec![CudaToolkit {
        cuda: "13.0".parse().unwrap(),
        root: root.into(),
        nvcc: format!(r"{root}\bin\nvcc.exe").into(),
    }];
    facts.visual_studios = vec![VisualStudio {
        name: "Visual Studio Build Tools 2022".to_owned(),
        root: r"C:\BuildTools".into(),
        version: "17.14.36121.58".to_owned(),
        toolsets: vec!["14.44.35207".to_owned()],
        missing: Vec::new(),
    }];
    for name in ["nvcc", "msvc", "docker", "wsl"] {
        let tool = Tool { path: format!(r"C:\tools\{name}.exe").into(), version: Some("1.0".to_owned()) };
        facts.tools.insert(name.to_owned(), pc::found(Via::Command, tool));
    }
    facts
}

/// A night of torch and torchvision.
fn index() -> LiveIndex {
    let night = Nightly {
        date: "2026-11-21".parse().unwrap(),
        torch: "2.16.0.dev20261121".parse().unwrap(),
        torchvision: Some("0.30.0.dev20261121".to_owned()),
        torchaudio: None,
        pythons: Platform::ALL.map(|platform| (platform, ["3.12".parse().unwrap()].into())).into(),
        with_audio: [].into(),
        lacks_hashes: false,
    };
    LiveIndex {
        torch_index: Reach::Reached,
        pypi: Reach::Reached,
        nightly: [("cu132".to_owned(), vec![night])].into(),
        ..LiveIndex::offline()
    }
}

fn choosing() -> Model {
    let mut model = pc::opened();
    let scan = model.detection.scan;
    tell(&mut model, Message::Detected { scan, facts: Box::new(equipped()) });
    tell(&mut model, Message::Indexed { scan, facts: Box::new(equipped()), live: Box::new(index()) });
    tell(&mut model, Message::User(Action::Go(Screen::Choose)));
    model
}

/// The plan of each route, with the verdict that the PC got.
fn planned(model: &Model, route: Route) -> Plan {
    let pc = Machine::new(OsFamily::Windows, Engine::Uv);
    let target = |name: &str| pc.at(&format!("Users/jane/{name}"));
    let image = model.chosen().and_then(|chosen| chosen.build.clone()).map(|build| build.origin);
    let mut plan = match route {
        Route::Wheel | Route::Nightly | Route::Cpu => pc.wheel(target("torch-cu132")),
        Route::Wsl2 => pc.wsl2(),
        Route::Docker => match image {
            Some(torch_wizard::assess::Origin::Image { image }) => {
                pc.docker(Some(&image), target("torch-cu130-docker"))
            }
            _ => pc.docker(None, target("torch-cu130-docker")),
        },
        Route::Source => pc.source(target("torch-cu130-source")),
    };
    plan.assessment = model.chosen().unwrap().clone();
    plan.choices.cards = vec![pc::UUID.to_owned()];
    plan
}

fn reviewing(route: Route) -> Model {
    let mut model = choosing();
    tell(&mut model, Message::User(Action::Pick(route)));
    tell(&mut model, Message::User(Action::Next));
    let plan = planned(&model, route);
    let ticket = model.review.ticket;
    tell(&mut model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    model
}

/// An image that is built here from wheels.
fn built_image() -> Model {
    let mut model = reviewing(Route::Docker);
    let pc = Machine::new(OsFamily::Windows, Engine::Uv);
    let plan = pc.docker(None, pc.at("Users/jane/torch-cu130-docker"));
    let ticket = model.review.ticket;
    tell(&mut model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    model
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    vec![
        ("choose-all", choosing()),
        ("review-nightly", reviewing(Route::Nightly)),
        ("review-wsl2", reviewing(Route::Wsl2)),
        ("review-docker", reviewing(Route::Docker)),
        ("review-docker-built", built_image()),
        ("review-source", reviewing(Route::Source)),
    ]
}

fn shown(model: Model) -> Harness<'static, Shown> {
    // High enough that nothing has to be scrolled to.
    show(model, Look { size: [1080.0, 3200.0], ..Look::default() })
}

fn has(harness: &Harness<'static, Shown>, name: &str) -> bool {
    harness.query_by_label(name).is_some()
}

#[test]
fn every_route_can_be_picked_and_planned() {
    for (begin, route) in [
        ("Nightly wheel, CUDA 13.2 runtime. Works. torch 2.16.0.dev20261121+cu132", Route::Nightly),
        ("WSL2, CUDA 13.2 runtime. Works. torch 2.15.0+cu132", Route::Wsl2),
        ("Docker, CUDA 13.0 runtime. Works. torch 2.14.0+cu130 in the image", Route::Docker),
        ("Source build, CUDA 13.0 toolkit. Works. torch 2.15.0 of v2.15.0, compiled here", Route::Source),
    ] {
        let mut harness = shown(choosing());
        harness.get_by_label_contains(begin).click();
        harness.run_steps(3);
        press(&mut harness, "Review the plan");
        let is_it = |effect: &Effect| matches!(effect, Effect::Plan { chosen, .. } if chosen.route == route);
        assert!(harness.state().effects.iter().any(is_it), "{route:?}");
    }
}

/// What a route leaves to choose, and nothing else.
#[test]
fn fields_that_a_route_has_no_use_for_are_not_shown() {
    for (route, python, engine, audio) in [
        (Route::Nightly, true, true, true),
        (Route::Source, true, true, false),
        (Route::Wsl2, false, false, true),
        (Route::Docker, false, false, false),
    ] {
        let harness = shown(reviewing(route));
        assert_eq!(harness.query_by_label_contains("Python: Let the wizard decide").is_some(), python, "{route:?}");
        assert_eq!(has(&harness, "Engine: automatic"), engine, "{route:?}");
        assert_eq!(has(&harness, "With torchaudio"), audio, "{route:?}");
        assert_eq!(has(&harness, "Kits: none"), route == Route::Nightly, "{route:?}");
    }
}

/// A tick that another route has no use for would end in a plan that cannot be made.
#[test]
fn torchaudio_is_wished_only_where_it_can_be_had() {
    let mut model = reviewing(Route::Nightly);
    tell(&mut model, Message::User(Action::SetAudio(true)));
    assert_eq!(model.wish().packages, ["torchaudio"]);
    tell(&mut model, Message::User(Action::Pick(Route::Source)));
    assert!(model.wish().packages.is_empty());
    tell(&mut model, Message::User(Action::Pick(Route::Wheel)));
    assert_eq!(model.wish().packages, ["torchaudio"]);
}

/// What a kit needs is known only where torch is in the lock.
#[test]
fn a_kit_is_wished_only_where_it_can_be_had() {
    let mut model = reviewing(Route::Nightly);
    tell(&mut model, Message::User(Action::SetKit("qlora".to_owned(), true)));
    assert_eq!(model.wish().kits, ["qlora"]);
    for route in [Route::Source, Route::Wsl2, Route::Docker] {
        tell(&mut model, Message::User(Action::Pick(route)));
        assert!(model.wish().kits.is_empty(), "{route:?}");
    }
    tell(&mut model, Message::User(Action::Pick(Route::Wheel)));
    assert_eq!(model.wish().kits, ["qlora"]);
}

#[test]
fn a_folder_of_windows_is_not_taken_into_linux() {
    let mut model = reviewing(Route::Nightly);
    tell(&mut model, Message::User(Action::SetTarget(r"D:\ai\torch".to_owned())));
    tell(&mut model, Message::User(Action::SetReplace(true)));
    tell(&mut model, Message::User(Action::Pick(Route::Wheel)));
    assert_eq!(model.choice.target.as_deref(), Some(r"D:\ai\torch"));
    assert!(!model.choice.replace, "that was said of another plan");
    tell(&mut model, Message::User(Action::Pick(Route::Wsl2)));
    assert_eq!(model.choice.target, None);
}

#[test]
fn the_plan_of_wsl2_shows_who_does_what() {
    let mut harness = shown(reviewing(Route::Wsl2));
    harness.get_by_label("PyTorch 2.15.0 (cu132) is ready to install");
    harness.get_by_label("One step needs administrator rights");
    assert_eq!(harness.query_all_by_label("1. Switch on WSL").count(), 2, "in its card and in the list");
    harness.get_by_label("Needs administrator rights: Windows lets only an administrator do this.");
    harness.get_by_label("A restart is needed");
    harness.get_by_label("You do this; torch-wizard goes on afterwards.");
    harness.get_by_label("A folder in Ubuntu-24.04, as Windows sees it.");
    press(&mut harness, "What step 3 writes");
    harness.get_by_label_contains("memory=12GB");
}

#[test]
fn the_plan_of_a_published_image_speaks_of_no_wheels() {
    let harness = shown(reviewing(Route::Docker));
    for gone in ["Packages (0)", "packages", "Export as requirements.txt", "Export as pylock.toml"] {
        assert!(!has(&harness, gone), "{gone}");
    }
    for there in ["Export as compose.yaml", "Export as Dockerfile", "Export as shell"] {
        harness.get_by_label(there);
    }
    harness.get_by_label_contains("For the Dockerfile, compose.yaml, the script that starts the container");
    assert!(harness.query_by_label_contains("0 B").is_none());
}

#[test]
fn a_build_from_source_is_called_one() {
    let harness = shown(reviewing(Route::Source));
    harness.get_by_label("PyTorch 2.15.0 (cu130) is ready to be built here");
    harness.get_by_label("Build PyTorch 2.15 for RTX 5070");
    harness.get_by_label("Changes start after you press Build.");
    harness.get_by_label("to fetch at most: 21.7 kB and the source");
    assert!(!has(&harness, "Export as requirements.txt"), "no list of packages has what is built here");
    assert!(!harness.state().model.chosen().unwrap().needs.contains(&Need::Restart));
}

/// A container's folder holds the user's work: it is never offered to be replaced.
#[test]
fn the_folder_of_a_container_is_not_replaced() {
    let mut model = reviewing(Route::Docker);
    let path = r"D:\ai\torch";
    tell(&mut model, Message::User(Action::SetTarget(path.to_owned())));
    let trouble = Some(crate::runs::taken(path));
    tell(&mut model, Message::TargetChecked { target: path.into(), trouble });
    let harness = shown(model);
    harness.get_by_label(r"D:\ai\torch is there already.");
    assert!(!has(&harness, "Replace it once the new one is proven"));
}
