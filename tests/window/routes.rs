//! A PC on which every route works, and the plan of each of them as Review shows it.

use crate::choose::engine;
use crate::made::Machine;
use crate::pc::{self, tell};
use crate::shown::{Look, Shown, show};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
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
