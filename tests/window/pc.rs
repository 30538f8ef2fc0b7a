//! Made-up PCs and what happens on them: facts, plans, runs, proofs, as the engine would tell them.

use std::path::PathBuf;
use std::time::Duration;
use torch_wizard::app::{Effect, Message, Model, Start, update};
use torch_wizard::catalog::{Catalog, LiveIndex};
use torch_wizard::facts::{
    Disk, DiskRole, DriverVersion, Environment, Gpu, Hardware, MachineFacts, Network, OsFacts, OsFamily, Probe,
    ProbeOutcome, Probed, Python, Reach, Source, Tool, Via,
};
use torch_wizard::host::{Folders, GpuLimits, GpuProcess, GpuSample, PcieRate, ProcessKind};
use torch_wizard::lock::Lock;
use torch_wizard::monitor::MonitorTick;
use torch_wizard::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, Plan, plan};
use torch_wizard::run::{EventKind, RunEvent};
use torch_wizard::store::Settings;
use torch_wizard::verify::lines::{Line, parse};
use torch_wizard::verify::{Circumstances, ReportBuilder, VerificationReport};

pub const UUID: &str = "GPU-3f8e5a1c-0b6d-4d1e-9a57-2c4f1d9e7b60";

pub fn found<T>(via: Via, value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(via, "") }
}

pub fn gpu(index: u32, name: &str, capability: &str, mib: u64) -> Gpu {
    Gpu {
        index,
        name: name.to_owned(),
        uuid: Some(if index == 0 { UUID.to_owned() } else { format!("GPU-{index}") }),
        pci_id: None,
        pci_bus: Some(format!("00000000:0{}:00.0", index + 1)),
        capability: Some(capability.parse().unwrap()),
        memory_bytes: Some(mib << 20),
        board: torch_wizard::facts::Board::default(),
        source: Source::new(Via::Nvml, "nvmlDeviceGetName"),
    }
}

/// A Windows PC with an RTX 5070, driver 581.57, two Pythons, an older torch and a network.
pub fn rtx_5070() -> MachineFacts {
    let mut facts = MachineFacts::unknown("2026-11-21T10:00:00Z");
    facts.os = found(
        Via::Registry,
        OsFacts {
            family: OsFamily::Windows,
            version: "Windows 11 Pro 24H2".to_owned(),
            build: Some(26100),
            arch: "x86_64".to_owned(),
            is_wsl: false,
            is_container: false,
            glibc: None,
        },
    );
    let memory_bytes = 32 << 30;
    let cpu = "AMD Ryzen 7 7800X3D 8-Core Processor".to_owned();
    facts.hardware = found(Via::System, Hardware { cpu, logical_cores: 16, memory_bytes });
    facts.gpus = found(Via::Nvml, vec![gpu(0, "NVIDIA GeForce RTX 5070", "12.0", 12227)]);
    facts.driver = found(Via::Nvml, "581.57".parse::<DriverVersion>().unwrap());
    facts.driver_cuda = found(Via::Nvml, "13.0".parse().unwrap());
    let python = |path: &str, version: &str, why_not: Option<&str>| Python {
        path: PathBuf::from(path),
        version: Some(version.parse().unwrap()),
        implementation: "cpython".to_owned(),
        bits: Some(64),
        free_threaded: false,
        source: Source::new(Via::Registry, "py -0p"),
        why_not: why_not.map(str::to_owned),
    };
    facts.pythons = found(
        Via::FileSystem,
        vec![
            python(r"C:\Users\jane\AppData\Local\Programs\Python\Python312\python.exe", "3.12.8", None),
            python(r"C:\Python39\python.exe", "3.9.13", Some("torch 2.15 has no wheel for Python 3.9.")),
        ],
    );
    facts.environments = found(
        Via::FileSystem,
        vec![Environment {
            path: PathBuf::from(r"C:\ai\venv"),
            kind: "venv".to_owned(),
            torch: Some("2.6.0+cu124".parse().unwrap()),
            torch_cuda: Some("12.4".parse().unwrap()),
            damage: None,
        }],
    );
    facts.disks = [DiskRole::Target, DiskRole::Cache, DiskRole::Temp]
        .map(|role| Disk { role, path: PathBuf::from(r"C:\Users\jane"), free_bytes: Some(212_000_000_000) })
        .to_vec();
    facts.network = found(
        Via::Index,
        Network {
            torch_index: Reach::Reached,
            pypi: Reach::Reached,
            failures: std::collections::BTreeMap::default(),
            proxy: None,
        },
    );
    let absent = || Probed::Absent { source: Source::new(Via::Command, "PATH") };
    let tool = |path: &str, version: &str| Tool { path: PathBuf::from(path), version: Some(version.to_owned()) };
    facts.tools.insert("uv".to_owned(), found(Via::Command, tool(r"C:\tools\uv.exe", "0.13.8")));
    facts.tools.insert("git".to_owned(), found(Via::Command, tool(r"C:\Program Files\Git\cmd\git.exe", "2.51.0")));
    for name in ["nvcc", "msvc", "docker", "wsl"] {
        facts.tools.insert(name.to_owned(), absent());
    }
    facts.wsl = Probed::Absent { source: Source::new(Via::Registry, "Lxss") };
    facts.containers = Probed::Absent { source: Source::new(Via::Command, "PATH") };
    facts.probes = probes(&[]);
    facts
}

/// Every probe of a scan; those named got no answer in time.
pub fn probes(late: &[&str]) -> Vec<Probe> {
    let names = [
        ("os", 3, "Windows 11"),
        ("windows", 4, "registry and system folder"),
        ("nvml", 31, "1 card, driver 581.57"),
        ("nvidia-smi", 84, "1 card, driver 581.57"),
        ("pci-bus", 12, "1 NVIDIA device"),
        ("pythons", 410, "2 found, 1 usable"),
        ("environments", 230, "1 found, 1 with torch"),
        ("disks", 2, "target, cache, temp"),
        ("volumes", 3, "1 built in"),
        ("tools", 120, "git, uv"),
        ("wsl", 1, "no distribution"),
        ("containers", 6, "docker, podman"),
        ("settings", 9, "uv's and pip's settings"),
        ("torch-index", 320, "https://download.pytorch.org/whl"),
        ("pypi", 90, "PyPI"),
    ];
    names
        .into_iter()
        .map(|(name, milliseconds, detail)| {
            let is_late = late.contains(&name);
            Probe {
                name: name.to_owned(),
                started_ms: 0,
                milliseconds: if is_late { 11_000 } else { milliseconds },
                outcome: if is_late { ProbeOutcome::TimedOut } else { ProbeOutcome::Found },
                detail: if is_late { "no answer within 11000 ms".to_owned() } else { detail.to_owned() },
            }
        })
        .collect()
}

/// The same PC with an older second card.
pub fn mixed() -> MachineFacts {
    let mut facts = rtx_5070();
    let cards =
        vec![gpu(0, "NVIDIA GeForce RTX 5090", "12.0", 32607), gpu(1, "NVIDIA GeForce GTX 1080 Ti", "6.1", 11264)];
    facts.gpus = found(Via::Nvml, cards);
    facts
}

/// No NVIDIA card.
pub fn no_card() -> MachineFacts {
    let mut facts = rtx_5070();
    facts.gpus = Probed::Absent { source: Source::new(Via::PciBus, "") };
    facts.driver = Probed::Absent { source: Source::new(Via::Nvml, "") };
    facts.driver_cuda = Probed::Absent { source: Source::new(Via::Nvml, "") };
    facts
}

/// A driver that does not answer: the card is known from the bus alone.
pub fn sick_driver() -> MachineFacts {
    let mut facts = rtx_5070();
    let mut card = gpu(0, "NVIDIA GeForce RTX 5070", "12.0", 12227);
    (card.uuid, card.memory_bytes) = (None, None);
    card.source = Source::new(Via::PciBus, "10de:2f04");
    facts.gpus = found(Via::PciBus, vec![card]);
    let why = "NVML did not answer within 11 s".to_owned();
    facts.driver = Probed::Unknown { why: why.clone(), source: Source::new(Via::Nvml, "") };
    facts.driver_cuda = Probed::Unknown { why, source: Source::new(Via::Nvml, "") };
    facts.probes = probes(&["nvml", "nvidia-smi"]);
    facts
}

pub fn folders() -> Folders {
    Folders {
        home: PathBuf::from(r"C:\Users\jane"),
        data: PathBuf::from(r"C:\Users\jane\AppData\Local\torch-wizard"),
        cache: PathBuf::from(r"C:\Users\jane\AppData\Local\torch-wizard\cache"),
        temp: PathBuf::from(r"C:\Users\jane\AppData\Local\Temp"),
        program: PathBuf::from(r"C:\Users\jane\AppData\Local\Programs\torch-wizard"),
    }
}

/// The window as it opens, before anything has answered.
pub fn opened() -> Model {
    let catalog = Catalog::embedded().unwrap();
    let start = Start {
        os: OsFamily::Windows,
        settings: Settings { language: Some("en".to_owned()), ..Settings::default() },
        folders: folders(),
        catalog,
        offline: false,
    };
    Model::new(start).0
}

pub fn tell(model: &mut Model, message: Message) -> Vec<Effect> {
    update(model, message)
}

pub fn at(model: &mut Model, seconds: f64) {
    update(model, Message::Clock(Duration::from_secs_f64(seconds)));
}

/// The scan has ended with these facts, and the indexes have answered.
pub fn detected_with(facts: MachineFacts) -> Model {
    let mut model = opened();
    at(&mut model, 0.9);
    let scan = model.detection.scan;
    tell(&mut model, Message::Detected { scan, facts: Box::new(facts.clone()) });
    at(&mut model, 1.4);
    let live = Box::new(LiveIndex { torch_index: Reach::Reached, pypi: Reach::Reached, ..LiveIndex::offline() });
    tell(&mut model, Message::Indexed { scan, facts: Box::new(facts), live });
    model
}

pub fn detected() -> Model {
    detected_with(rtx_5070())
}

/// A lock of torch and what belongs to it.
pub fn lock() -> Lock {
    let wheel = |name: &str, version: &str, index: &str, size: u64, at: usize| {
        format!(
            "[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\nwheels = [{{ url = \"https://{index}/{name}-{}-cp312-cp312-win_amd64.whl\", size = {size}, hashes = {{ sha256 = \"{at:064x}\" }} }}]\n",
            version.replace('+', "%2B")
        )
    };
    let torch = "download.pytorch.org/whl/cu130";
    let packages = [
        wheel("torch", "2.15.0+cu130", torch, 2_530_000_000, 1),
        wheel("torchvision", "0.30.0+cu130", torch, 9_400_000, 2),
        wheel("numpy", "2.4.1", "files.example", 13_100_000, 3),
        wheel("sympy", "1.14.0", "files.example", 6_300_000, 4),
        wheel("filelock", "4.2.11", "files.example", 21_701, 5),
    ];
    let head = "lock-version = \"1.0\"\ncreated-by = \"uv\"\nrequires-python = \">=3.12\"\n\n";
    Lock::from_pylock(&format!("{head}{}", packages.concat())).unwrap()
}

/// The plan for the model's recommended route.
pub fn plan_for(model: &Model) -> Plan {
    let chosen = model.chosen().unwrap().clone();
    let variant = chosen.build.as_ref().map_or_else(|| "cpu".to_owned(), |build| build.variant.clone());
    let home = folders().home;
    let data = folders().data;
    let choices = Choices {
        target: PathBuf::from(format!(r"{}\torch-{variant}", home.display())),
        python: PathBuf::from(r"C:\Users\jane\AppData\Local\Programs\Python\Python312\python.exe"),
        python_version: "3.12.8".parse().ok(),
        engine: Engine::Uv,
        uv: Some(PathBuf::from(r"C:\tools\uv.exe")),
        cards: if variant == "cpu" { Vec::new() } else { vec![UUID.to_owned()] },
        replace: false,
    };
    let inside = |name: &str| PathBuf::from(format!(r"{}\{name}", data.display()));
    let frame = Frame {
        id: "20261121-100000".to_owned(),
        made_at: "2026-11-21T10:00:00Z".to_owned(),
        os: OsFamily::Windows,
        places: Places {
            run: inside(r"runs\20261121-100000"),
            store: inside(r"cache\wheels"),
            links: inside(r"cache\links\1"),
            uv_cache: inside(r"cache\uv"),
        },
        indexes: Indexes {
            torch: Some("https://download.pytorch.org/whl/cu130".to_owned()),
            default: None,
            extra: Vec::new(),
            find_links: Vec::new(),
        },
        inheritance: Inheritance::default(),
    };
    plan(chosen, choices, lock(), frame).unwrap()
}

/// Review with a plan.
pub fn reviewed() -> Model {
    let mut model = detected();
    tell(&mut model, Message::User(torch_wizard::app::Action::Next));
    let plan = plan_for(&model);
    let ticket = model.review.ticket;
    tell(&mut model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    model
}

pub fn event(step: &str, kind: EventKind) -> Message {
    let step = (!step.is_empty()).then(|| step.to_owned());
    Message::Run(Box::new(RunEvent { time: "2026-11-21T10:00:05Z".to_owned(), step, kind }))
}

pub fn started(step: &str) -> Message {
    event(step, EventKind::Started { title: step.to_owned() })
}

pub fn finished(step: &str) -> Message {
    event(step, EventKind::Finished)
}

/// A run in the middle of its download.
pub fn running() -> Model {
    let mut model = reviewed();
    tell(&mut model, Message::User(torch_wizard::app::Action::Install));
    at(&mut model, 10.0);
    for message in [started("environment"), finished("environment"), started("download")] {
        tell(&mut model, message);
    }
    for (second, done) in [(11.0, 100_000_000), (30.0, 1_420_000_000)] {
        at(&mut model, second);
        let progress = EventKind::Progress {
            done_bytes: done,
            total_bytes: Some(2_558_821_701),
            fraction: done as f64 / 2_558_821_701.0 * 0.6,
            bytes_per_second: Some(38_600_000.0),
            seconds_left: Some(29.5),
            what: "torch-2.15.0+cu130-cp312-cp312-win_amd64.whl".to_owned(),
            units: None,
            share: None,
        };
        tell(&mut model, event("download", progress));
    }
    model
}

pub fn recording(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
    #[expect(clippy::disallowed_methods, reason = "a recording of the tests: no Host here")]
    std::fs::read_to_string(path).unwrap()
}

/// What a recorded run of the check program found.
pub fn report(recorded: &str, simulated: bool) -> VerificationReport {
    let circumstances = Circumstances {
        card_present: Some(!recorded.starts_with("cpu")),
        simulated,
        driver: Some("581.57".to_owned()),
        taken_at: "2026-11-21T10:03:00Z".to_owned(),
        cards: vec![(UUID.to_owned(), 0)],
        ..Circumstances::default()
    };
    let expected = |card: &str, check: &str| Catalog::embedded().unwrap().expected_of_check(card, check);
    let mut builder = ReportBuilder::new(circumstances, &expected);
    for line in recording(recorded).lines() {
        builder.line(line);
    }
    builder.finish(Some(0))
}

/// The proof of a run under way: so many lines of the recording have come.
pub fn verifying(recorded: &str, lines: usize) -> Model {
    let mut model = running();
    at(&mut model, 60.0);
    for message in [finished("download"), started("pins"), finished("pins"), started("install"), finished("install")] {
        tell(&mut model, message);
    }
    tell(&mut model, started("verify"));
    let total = recording(recorded).lines().count().max(1);
    for (number, line) in recording(recorded).lines().take(lines).enumerate() {
        let now = 60.0 + 14.0 * number as f64 / total as f64;
        at(&mut model, now);
        tell(&mut model, Message::Tick(Box::new(tick(number))));
        tell_line(&mut model, line);
    }
    model
}

/// A line of the check program, as the run tells it.
pub fn tell_line(model: &mut Model, line: &str) {
    match parse(line) {
        Some(Line::Started { check, device, .. }) => {
            tell(model, event("verify", EventKind::Checking { check, device }));
        }
        Some(Line::Check(check)) => {
            tell(model, event("verify", EventKind::Check { check }));
        }
        _ => {}
    }
}

/// A reading of a card that works harder and harder.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "figures of a made-up card")]
pub fn tick(number: usize) -> MonitorTick {
    let share = (number as f64 / 12.0).min(1.0);
    let wave = (number as f64 * 0.9).sin();
    let sample = GpuSample {
        index: 0,
        utilisation_percent: Some((share * (92.0 + 4.0 * wave)) as u32),
        memory_used_bytes: Some(((0.9 + 5.6 * share) * f64::from(1 << 30)) as u64),
        memory_total_bytes: Some(12227 << 20),
        celsius: Some((39.0 + 29.0 * share) as u32),
        watts: Some(14.0 + 211.0 * share + 6.0 * wave),
        limit_watts: Some(250.0),
        clock_mhz: Some(2400 + (300.0 * share) as u32),
        memory_clock_mhz: Some(14001),
        memory_utilisation_percent: Some((share * 60.0) as u32),
        performance_state: Some(if number == 0 { 8 } else { 0 }),
        fan_percent: Some((30.0 + 20.0 * share) as u32),
        fans_percent: vec![(30.0 + 20.0 * share) as u32],
        pcie: Some((5, 16)),
        pcie_rate: Some(PcieRate {
            sent_kb: (share * 420_000.0) as u32,
            received_kb: (share * (1_900_000.0 + 200_000.0 * wave)) as u32,
        }),
        pcie_replays: Some(0),
        throttle: Some(Vec::new()),
        xids: Some(Vec::new()),
        processes: Some(vec![GpuProcess {
            pid: 4711,
            kind: ProcessKind::Compute,
            memory_bytes: Some(((0.4 + 5.6 * share) * f64::from(1 << 30)) as u64),
        }]),
        limits: GpuLimits {
            pcie: Some((5, 16)),
            default_watts: Some(250.0),
            most_watts: Some(300.0),
            warm_celsius: Some(87),
            slowdown_celsius: Some(90),
            shutdown_celsius: Some(95),
            memory_warm_celsius: None,
        },
        ..GpuSample::default()
    };
    MonitorTick { time: "2026-11-21T10:00:00.000Z".to_owned(), samples: vec![sample], trouble: None }
}

/// The proof has ended, the environment stands.
pub fn proven() -> Model {
    let mut model = verifying("rtx5070-healthy.jsonl", usize::MAX);
    let report = report("rtx5070-healthy.jsonl", false);
    at(&mut model, 75.0);
    tell(&mut model, event("verify", EventKind::Verified { report: Box::new(report.clone()) }));
    tell(&mut model, finished("verify"));
    let outcome = torch_wizard::run::Outcome::Promoted { report: Some(Box::new(report)) };
    tell(&mut model, Message::RunEnded(Box::new(outcome)));
    model
}

/// Done.
pub fn done() -> Model {
    let mut model = proven();
    tell(&mut model, Message::User(torch_wizard::app::Action::Next));
    model
}

/// Done, on a PC without a card: an environment for the processor.
pub fn done_on_the_processor() -> Model {
    use torch_wizard::app::{Action, Screen};
    let mut model = detected_with(no_card());
    tell(&mut model, Message::User(Action::Go(Screen::Review)));
    let (plan, ticket) = (plan_for(&model), model.review.ticket);
    tell(&mut model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    tell(&mut model, Message::User(Action::Install));
    tell(&mut model, started("verify"));
    let report = Box::new(report("cpu-run.jsonl", false));
    tell(&mut model, Message::RunEnded(Box::new(torch_wizard::run::Outcome::Promoted { report: Some(report) })));
    tell(&mut model, Message::User(Action::Go(Screen::Done)));
    model
}

/// Done, with these words of the verification put in the place of the proof.
pub fn done_with(state: torch_wizard::app::VerifyState) -> Model {
    let mut model = done();
    model.verify.state = state;
    model
}
