use super::*;
use crate::facts::{Gpu, Network, OsFacts, OsFamily, Probed, Reach};
use crate::host::fake::{Script, World};

const BASE: &str = "/opt/py/bin/python3.12";
const PLACE: &str = "/home/jane/torch";

fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::System, "") }
}

/// A look at a PC that was made for another wish: the interpreter in question is on none of the usual ways.
fn scan() -> Scan {
    let mut facts = MachineFacts::unknown("2026-11-21T12:00:00Z");
    facts.os = found(OsFacts {
        version: "Debian 12".to_owned(),
        arch: "x86_64".to_owned(),
        glibc: Some((2, 36)),
        ..OsFacts::of(OsFamily::Linux)
    });
    facts.network =
        found(Network { torch_index: Reach::Reached, pypi: Reach::Reached, failures: BTreeMap::new(), proxy: None });
    facts.driver = found("581.57".parse().unwrap());
    facts.gpus = found(vec![Gpu {
        index: 0,
        name: "NVIDIA GeForce RTX 5070".to_owned(),
        uuid: None,
        pci_id: None,
        pci_bus: None,
        capability: Some("12.0".parse().unwrap()),
        memory_bytes: None,
        board: crate::facts::Board::default(),
        source: Source::new(Via::Nvml, ""),
    }]);
    facts.pythons = found(Vec::new());
    Scan { facts, live: crate::catalog::LiveIndex::offline(), assessments: Vec::new() }
}

/// An environment of that interpreter with a torch for the processor.
fn world() -> World {
    let site = format!("{PLACE}/lib/python3.12/site-packages");
    let said = "{\"version\":\"3.12.4\",\"implementation\":\"cpython\",\"bits\":64,\"free_threaded\":false}\n";
    World::new(OsFamily::Linux)
        .program(BASE, Script::prints(said))
        .file(format!("{PLACE}/pyvenv.cfg"), format!("home = /opt/py/bin\nversion = 3.12.4\nexecutable = {BASE}\n"))
        .program(&format!("{PLACE}/bin/python"), Script::prints(said))
        .file(format!("{site}/torch/version.py"), "__version__ = '2.12.1+cpu'\ncuda = None\n")
        .file(
            format!("{site}/torch-2.12.1+cpu.dist-info/METADATA"),
            "Metadata-Version: 2.1\nName: torch\nVersion: 2.12.1+cpu\n",
        )
        .file(format!("{site}/torch-2.12.1+cpu.dist-info/RECORD"), "torch/version.py,,\n")
}

#[test]
fn the_environments_own_python_is_asked_where_the_look_did_not_meet_it() {
    let host: Arc<dyn Host> = Arc::new(world());
    let wish = wish(&*host, Path::new(PLACE), Wish::default()).unwrap();
    assert_eq!(wish.interpreter.as_deref(), Some(Path::new(BASE)));
    let tick = &mut |_: &str| ControlFlow::Continue(());
    // The Python is taken for one, and answers as pip for another: so far it comes.
    let problem = plan(&host, Catalog::embedded().unwrap(), &scan(), &wish, tick).map(|_| ()).unwrap_err();
    assert_eq!(problem.label, "resolver-output", "{problem:?}");
}
