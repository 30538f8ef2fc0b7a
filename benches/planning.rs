//! How long the pure part of a plan takes: facts → verdicts → plan. No network, no disk; `cargo bench`.
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "measures time")]
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]

use std::hint::black_box;
use std::time::{Duration, Instant};
use torch_wizard::assess::{Assessment, Route, Wishes, assess};
use torch_wizard::catalog::{Catalog, LiveIndex};
use torch_wizard::facts::{Gpu, MachineFacts, OsFacts, OsFamily, Probed, Python, Reach, Source, Via};
use torch_wizard::lock::{Lock, LockedPackage, LockedWheel};
use torch_wizard::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, plan};

const ROUNDS: usize = 2000;
/// As many as an environment of torch with its CUDA packages has.
const PACKAGES: usize = 40;

fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::User, "made up") }
}

fn machine(card: &str, driver: &str, family: OsFamily) -> MachineFacts {
    let gpu = Gpu {
        index: 0,
        name: "Card".to_owned(),
        uuid: None,
        pci_id: None,
        pci_bus: None,
        capability: card.parse().ok(),
        memory_bytes: None,
        board: torch_wizard::facts::Board::default(),
        source: Source::new(Via::Nvml, ""),
    };
    let python = Python {
        path: "python3.12".into(),
        version: "3.12.4".parse().ok(),
        implementation: "cpython".to_owned(),
        bits: Some(64),
        free_threaded: false,
        source: Source::new(Via::System, ""),
        why_not: None,
    };
    let os = OsFacts {
        family,
        version: "made up".to_owned(),
        build: None,
        arch: "x86_64".to_owned(),
        is_wsl: false,
        is_container: false,
        glibc: (family == OsFamily::Linux).then_some((2, 39)),
    };
    MachineFacts {
        os: found(os),
        gpus: found(vec![gpu]),
        driver: found(driver.parse().unwrap()),
        pythons: found(vec![python]),
        ..MachineFacts::unknown("2026-11-21T00:00:00Z")
    }
}

fn lock() -> Lock {
    let package = |number: usize| {
        let (name, version) = (format!("package-{number}"), "1.0".to_owned());
        let file_name = format!("package_{number}-1.0-py3-none-any.whl");
        let url = format!("https://files.example/{file_name}").parse().unwrap();
        let wheel = LockedWheel { file_name, url, sha256: Some("0".repeat(64)), size: Some(1 << 26) };
        LockedPackage { name, version, index: None, wheel }
    };
    Lock { created_by: "uv".to_owned(), requires_python: None, packages: (0..PACKAGES).map(package).collect() }
}

/// The second half: what `plan` does with a verdict and a lock.
fn planned(assessment: &Assessment, lock: &Lock, os: OsFamily) {
    let choices = Choices {
        target: if os == OsFamily::Windows { r"C:\Users\a\torch" } else { "/home/a/torch" }.into(),
        python: "python3.12".into(),
        python_version: "3.12.4".parse().ok(),
        engine: Engine::Uv,
        uv: Some("uv".into()),
        cards: vec!["0".to_owned()],
        replace: false,
    };
    let frame = Frame {
        id: "1".to_owned(),
        made_at: "2026-11-21T00:00:00Z".to_owned(),
        os,
        places: Places { run: "/r".into(), store: "/s".into(), links: "/l".into(), uv_cache: "/u".into() },
        indexes: Indexes::default(),
        inheritance: Inheritance::default(),
    };
    black_box(plan(assessment.clone(), choices, lock.clone(), frame).unwrap());
}

fn main() {
    let began = Instant::now();
    let catalog = Catalog::embedded().unwrap();
    println!("reading the catalogue, once      {:>9.3} ms", began.elapsed().as_secs_f64() * 1e3);
    let machines: Vec<MachineFacts> = ["6.1", "7.5", "8.6", "8.9", "9.0", "12.0"]
        .iter()
        .flat_map(|card| ["470.256.02", "551.86", "581.57"].map(|driver| (card, driver)))
        .flat_map(|(card, driver)| [OsFamily::Windows, OsFamily::Linux].map(|os| machine(card, driver, os)))
        .collect();
    let live = LiveIndex { torch_index: Reach::Reached, pypi: Reach::Reached, ..LiveIndex::offline() };
    let (lock, mut times, mut plans) = (lock(), Vec::with_capacity(ROUNDS), 0);
    for facts in machines.iter().cycle().take(ROUNDS) {
        let began = Instant::now();
        let routes = assess(black_box(facts), catalog, &live, &Wishes::default());
        let wheel = routes.iter().find(|route| route.route == Route::Wheel && route.build.is_some());
        if let Some(wheel) = wheel {
            planned(wheel, &lock, facts.os.found().map_or(OsFamily::Linux, |os| os.family));
            plans += 1;
        }
        times.push(began.elapsed());
    }
    times.sort();
    let at = |share: f64| -> Duration {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of the list")]
        let place = ((times.len() - 1) as f64 * share) as usize;
        times.get(place).copied().unwrap_or_default()
    };
    for (name, share) in [("median", 0.5), ("95 of 100", 0.95), ("slowest", 1.0)] {
        println!("facts to plan, {name:<17} {:>9.3} ms", at(share).as_secs_f64() * 1e3);
    }
    println!("{} machines, {ROUNDS} rounds, {plans} of them with a plan of {PACKAGES} packages", machines.len());
}
