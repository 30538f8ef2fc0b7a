use super::*;
use crate::facts::{
    ComputeCapability, CudaVersion, Distribution, Gpu, OsFacts, OsFamily, RestartSign, Tool, WindowsFacts, Wsl,
};
use crate::host::fake::{Script, World};
use crate::plan::CommandSpec;
use crate::text::{Language, Text};

const RTX_4070: (&str, &str, &str) = ("GPU-40", "NVIDIA GeForce RTX 4070", "8.9");
const RTX_5070: (&str, &str, &str) = ("GPU-50", "NVIDIA GeForce RTX 5070", "12.0");

fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::Nvml, "nvml") }
}

/// A Windows PC with one card.
fn pc(driver: &str, (uuid, name, capability): (&str, &str, &str), build: u32) -> MachineFacts {
    let gpu = Gpu {
        index: 0,
        name: name.to_owned(),
        uuid: Some(uuid.to_owned()),
        pci_id: None,
        pci_bus: None,
        capability: capability.parse::<ComputeCapability>().ok(),
        memory_bytes: None,
        board: crate::facts::Board::default(),
        source: Source::new(Via::Nvml, "nvml"),
    };
    MachineFacts {
        os: found(OsFacts {
            version: "Windows 11 Pro".to_owned(),
            build: Some(build),
            arch: "x86_64".to_owned(),
            ..OsFacts::of(OsFamily::Windows)
        }),
        gpus: found(vec![gpu]),
        driver: found(driver.parse().unwrap()),
        ..MachineFacts::unknown("2026-11-21T12:00:00Z")
    }
}

/// The usual PC.
fn usual() -> MachineFacts {
    pc("572.16", RTX_4070, 26100)
}

/// An environment with torch for CUDA 12.8, proven on a machine.
fn proven_on(facts: &MachineFacts) -> Kept {
    let torch = "2.7.1+cu128";
    let known = Known {
        path: r"C:\Users\ada\torch-cu128".into(),
        created: "2026-10-01T08:00:00Z".to_owned(),
        torch: Some(torch.to_owned()),
        variant: Some("cu128".to_owned()),
        route: Some("wheel".to_owned()),
        plan_id: None,
        verdict: Some(Proof::Proven),
        verified_at: Some("2026-10-01T08:00:00Z".to_owned()),
        driver: facts.driver.found().map(ToString::to_string),
        last_report: None,
        machine: Some(Fingerprint::of(facts)),
    };
    let held = Environment {
        path: known.path.clone(),
        kind: "venv".to_owned(),
        torch: torch.parse().ok(),
        torch_cuda: Some(CudaVersion::of_variant("cu128").unwrap()),
        damage: None,
    };
    Kept { known, state: State::Sound, held }
}

fn judged(kept: &Kept, facts: &MachineFacts) -> Standing {
    judge(kept, facts, Catalog::embedded().unwrap())
}

/// The code of the reason of a rule.
#[track_caller]
fn broken_by(standing: &Standing) -> &str {
    let Standing::Broken(Fault::Rule(reasons)) = standing else { panic!("{standing:?}") };
    &reasons.first().unwrap().code
}

#[test]
fn proven_under_this_driver_and_card_holds() {
    assert_eq!(judged(&proven_on(&usual()), &usual()), Standing::Holds);
}

#[test]
fn a_newer_driver_another_system_and_a_card_with_kernels_want_a_new_proof() {
    for now in [pc("581.57", RTX_4070, 26100), pc("572.16", RTX_4070, 26200), pc("572.16", RTX_5070, 26100)] {
        let standing = judged(&proven_on(&usual()), &now);
        assert!(matches!(&standing, Standing::NeedsProof { since } if since.len() == 1), "{standing:?}");
    }
}

#[test]
fn a_driver_below_the_floor_and_a_card_without_kernels_are_told_by_rule() {
    let older = judged(&proven_on(&usual()), &pc("516.94", RTX_4070, 26100));
    assert_eq!(broken_by(&older), "driver-too-old");
    let mut older = proven_on(&usual());
    older.held.torch = "2.6.0+cu124".parse().ok();
    older.held.torch_cuda = CudaVersion::of_variant("cu124");
    assert_eq!(broken_by(&judged(&older, &pc("572.16", RTX_5070, 26100))), "arch-missing");
}

#[test]
fn a_proof_outweighs_the_rules_as_long_as_nothing_changed() {
    let old = pc("516.94", RTX_4070, 26100);
    assert_eq!(judged(&proven_on(&old), &old), Standing::Holds);
}

#[test]
fn without_a_card_what_was_proven_on_one_does_not_hold() {
    let mut bare = usual();
    bare.gpus = Probed::Absent { source: Source::new(Via::PciBus, "bus") };
    assert_eq!(broken_by(&judged(&proven_on(&usual()), &bare)), "no-nvidia-card");
    // What was made where none was is as it was.
    let mut kept = proven_on(&bare);
    kept.known.verdict = Some(Proof::NoGpu);
    assert_eq!(judged(&kept, &bare), Standing::Holds);
    assert!(matches!(judged(&kept, &usual()), Standing::NeedsProof { .. }), "a card has come");
}

#[test]
fn a_driver_that_nobody_can_tell_is_unknown_and_no_fault() {
    let mut silent = pc("572.16", RTX_5070, 26100);
    silent.driver = Probed::not_asked();
    assert!(matches!(judged(&proven_on(&usual()), &silent), Standing::Unknown(Doubt::Rule(_))));
    // Nothing that is known has changed.
    let mut same = usual();
    same.driver = Probed::not_asked();
    assert_eq!(judged(&proven_on(&usual()), &same), Standing::Holds);
}

#[test]
fn what_the_checks_said_counts_until_something_changes() {
    let mut kept = proven_on(&usual());
    kept.known.verdict = Some(Proof::Failed);
    assert_eq!(judged(&kept, &usual()), Standing::Broken(Fault::Checks(Proof::Failed)));
    assert!(matches!(judged(&kept, &pc("581.57", RTX_4070, 26100)), Standing::NeedsProof { .. }));
    kept.known.verdict = None;
    kept.known.machine = None;
    kept.known.driver = None;
    assert_eq!(judged(&kept, &usual()), Standing::NeedsProof { since: Vec::new() });
}

#[test]
fn an_entry_of_an_older_version_knows_its_driver_alone() {
    let mut kept = proven_on(&usual());
    kept.known.machine = None;
    assert_eq!(judged(&kept, &pc("572.16", RTX_5070, 26200)), Standing::Holds);
    assert!(matches!(judged(&kept, &pc("581.57", RTX_4070, 26100)), Standing::NeedsProof { .. }));
}

#[test]
fn files_count_before_any_proof() {
    let mut kept = proven_on(&usual());
    kept.state = State::Wrong(Trouble::Missing);
    assert_eq!(judged(&kept, &usual()), Standing::Missing);
    kept.state = State::Wrong(Trouble::NoTorch);
    assert_eq!(judged(&kept, &usual()), Standing::Broken(Fault::Files(Trouble::NoTorch)));
}

/// An environment in a distribution or a container: no file of torch is to be seen from Windows.
fn inside(route: &str, path: &str, torch: &str, on: &MachineFacts) -> Kept {
    let variant = torch.split_once('+').map(|(_, variant)| variant.to_owned());
    let torch = Some(torch.to_owned());
    let known = Known { route: Some(route.to_owned()), path: path.into(), torch, variant, ..proven_on(on).known };
    Kept::read(&World::new(OsFamily::Windows).file(r"C:\ai\image\run.cmd", ""), known)
}

const IMAGE: &str = r"C:\ai\image";
const LINUX: &str = r"\\wsl.localhost\Ubuntu-24.04\home\ada\torch";

#[test]
fn what_runs_inside_is_judged_by_what_the_list_has_of_it() {
    for (route, path) in [("docker", IMAGE), ("wsl2", LINUX)] {
        let kept = inside(route, path, "2.7.1+cu128", &usual());
        assert_eq!(judged(&kept, &usual()), Standing::Holds, "{route}");
        assert!(matches!(judged(&kept, &pc("581.57", RTX_4070, 26100)), Standing::NeedsProof { .. }), "{route}");
        assert_eq!(broken_by(&judged(&kept, &pc("516.94", RTX_4070, 26100))), "driver-too-old", "{route}");
        let older = inside(route, path, "2.6.0+cu124", &usual());
        assert_eq!(broken_by(&judged(&older, &pc("572.16", RTX_5070, 26100))), "arch-missing", "{route}");
    }
    let gone = inside("docker", r"C:\ai\gone", "2.7.1+cu128", &usual());
    assert_eq!(judged(&gone, &usual()), Standing::Missing);
}

/// The usual PC with WSL of this version, one distribution, and Docker.
fn with_linux(version: &str, distribution: &str, docker: &str) -> MachineFacts {
    let distributions = vec![Distribution { name: distribution.to_owned(), version: 2 }];
    let program = PathBuf::from(r"C:\Windows\System32\wsl.exe");
    let wsl = Wsl { program, version: Some(version.to_owned()), default_version: Some(2), distributions };
    let docker = Tool { path: "docker.exe".into(), version: Some(docker.to_owned()) };
    let tools = [("docker".to_owned(), found(docker))].into();
    MachineFacts { wsl: found(wsl), tools, ..usual() }
}

#[test]
fn what_runs_inside_rests_on_what_runs_it() {
    let before = with_linux("2.5.9", "Ubuntu-24.04", "28.2.2");
    let (wsl, docker) = (with_linux("2.6.1", "Ubuntu-24.04", "28.2.2"), with_linux("2.5.9", "Ubuntu-24.04", "29.0.1"));
    let since = |kept: &Kept, now: &MachineFacts| {
        let standing = judged(kept, now);
        let Standing::NeedsProof { since } = &standing else { return standing.word().to_owned() };
        changes(since, &Text::new(Language::English))
    };
    let (linux, image) =
        (inside("wsl2", LINUX, "2.7.1+cu128", &before), inside("docker", IMAGE, "2.7.1+cu128", &before));
    assert_eq!([since(&linux, &wsl), since(&linux, &docker)], ["WSL 2.5.9 → 2.6.1.", "holds"]);
    // Docker Desktop runs in WSL.
    assert_eq!([since(&image, &wsl), since(&image, &docker)], ["WSL 2.5.9 → 2.6.1.", "docker 28.2.2 → 29.0.1."]);
    let here = proven_on(&before);
    assert_eq!([since(&here, &wsl), since(&here, &docker)], ["holds", "holds"]);
    // What a quick look does not ask for has not changed.
    assert_eq!(since(&image, &usual()), "holds");
    let other = with_linux("2.5.9", "Debian", "28.2.2");
    assert_eq!(judged(&linux, &other), Standing::Missing, "its distribution is gone");
    let spelt = with_linux("2.5.9", "ubuntu-24.04", "28.2.2");
    assert_eq!(judged(&linux, &spelt), Standing::Holds, "Windows does not tell small letters from large ones");
}

#[test]
fn inside_wsl_a_proof_rests_on_the_kernel() {
    let on = |kernel: &str| MachineFacts { wsl_kernel: Some(kernel.to_owned()), ..usual() };
    let kept = proven_on(&on("5.15.167.4-microsoft-standard-WSL2"));
    let now = judged(&kept, &on("6.6.87.2-microsoft-standard-WSL2"));
    assert!(matches!(&now, Standing::NeedsProof { since } if matches!(since.as_slice(), [Change::Kernel { .. }])));
}

#[test]
fn a_pc_that_waits_for_a_restart_says_nothing_of_what_changed_before_it() {
    let due = |facts: MachineFacts, sign: RestartSign| {
        let windows = WindowsFacts { pending_restart: found(vec![sign]), ..WindowsFacts::default() };
        MachineFacts { windows: Box::new(windows), ..facts }
    };
    let kept = proven_on(&usual());
    let newer = || pc("581.57", RTX_4070, 26100);
    let waits = Standing::Unknown(Doubt::Restart);
    assert_eq!(judged(&kept, &due(newer(), RestartSign::Updates)), waits);
    // Too old by the rules, too: the restart may bring the one that was installed.
    assert_eq!(judged(&kept, &due(pc("516.94", RTX_4070, 26100), RestartSign::Components)), waits);
    assert_eq!(judged(&kept, &due(usual(), RestartSign::Updates)), Standing::Holds, "nothing changed");
    assert!(
        matches!(judged(&kept, &due(newer(), RestartSign::Files)), Standing::NeedsProof { .. }),
        "browsers do that"
    );
    // The driver's files are newer than the module that runs, so NVML says nothing.
    let mut torn = usual();
    torn.driver = Probed::not_asked();
    assert_eq!(judged(&kept, &torn), Standing::Holds);
    torn.driver_troubles = crate::detect::gpu::by_code(&[DriverTrouble::RestartNeeded { files: None, loaded: None }]);
    assert_eq!(judged(&kept, &torn), waits);
    let mut on_processor = kept.clone();
    on_processor.known.variant = Some("cpu".to_owned());
    let standing = judged(&on_processor, &due(newer(), RestartSign::Updates));
    assert!(matches!(standing, Standing::NeedsProof { .. }), "it rests on no driver: {standing:?}");
    let mut never = kept;
    never.known.verdict = None;
    never.known.machine = None;
    never.known.driver = None;
    assert!(matches!(judged(&never, &due(newer(), RestartSign::Updates)), Standing::NeedsProof { .. }));
}

#[test]
fn a_played_machine_proves_nothing_and_does_not_take_the_place_of_the_real_one() {
    let mut played = usual();
    played.driver = Probed::Found { value: "572.16".parse().unwrap(), source: Source::new(Via::Simulated, "") };
    let kept = proven_on(&usual());
    assert_eq!(judged(&kept, &played), Standing::NeedsProof { since: Vec::new() });
    let host = World::new(OsFamily::Windows);
    let real = Seen::default().after(&host, Fingerprint::of(&usual()), &Recheck::default());
    let seen = real.clone().after(&host, Fingerprint::of(&played), &Recheck::default());
    assert_eq!(seen.machine, real.machine);
}

fn with_registry(environments: &[&Known]) -> World {
    let world = World::new(OsFamily::Windows);
    let registry =
        Registry { environments: environments.iter().map(|&known| known.clone()).collect(), ..Registry::default() };
    crate::store::save(&world, &Registry::path(&world), &registry).unwrap();
    world
}

/// One look at a machine, as `recheck --quiet` takes it: what would be told.
fn look_at(world: &World, facts: &MachineFacts) -> Option<(String, String)> {
    let registry: Registry = crate::store::load(world, &Registry::path(world)).unwrap();
    let (seen, _) = Seen::load(world);
    let recheck = Recheck::of(world, registry, &seen, facts, Catalog::embedded().unwrap());
    let told = note(&recheck.changes, &recheck.news(&seen), &Text::new(Language::English));
    seen.after(world, Fingerprint::of(facts), &recheck).save(world).unwrap();
    told
}

/// The environment's files.
fn planted(world: World, known: &Known) -> World {
    let site = known.path.join(r"Lib").join("site-packages");
    let version = "__version__ = '2.7.1+cu128'\ncuda: Optional[str] = '12.8'\n";
    let info = site.join("torch-2.7.1+cu128.dist-info");
    world
        .file(known.path.join("pyvenv.cfg"), "home = C:\\Python\n")
        .file(site.join("torch").join("version.py"), version)
        .file(site.join("torch").join("__init__.py"), "")
        .file(info.join("METADATA"), "Name: torch\nVersion: 2.7.1+cu128\n")
        .file(info.join("RECORD"), "torch/__init__.py,,\ntorch/version.py,,\n")
}

#[test]
fn a_log_on_is_silent_until_something_changes_and_tells_it_once() {
    let known = proven_on(&usual()).known;
    let world = planted(with_registry(&[&known]), &known);
    assert_eq!((look_at(&world, &usual()), look_at(&world, &usual())), (None, None));
    let now = pc("581.57", RTX_5070, 26100);
    let (title, text) = look_at(&world, &now).unwrap();
    assert_eq!(title, "Environments want a new proof");
    assert!(
        text.starts_with("Driver 572.16 → 581.57; NVIDIA GeForce RTX 4070 replaced by NVIDIA GeForce RTX 5070.\n"),
        "{text}"
    );
    assert!(text.contains("torch-cu128: It needs a new proof"), "{text}");
    assert_eq!(look_at(&world, &now), None, "not at every log-on");
    let (_, text) = look_at(&world, &pc("590.10", RTX_5070, 26100)).unwrap();
    assert!(text.starts_with("Driver 581.57 → 590.10.\n"), "{text}");
}

#[test]
fn the_gravest_is_told_first_and_the_others_are_counted() {
    let known = proven_on(&usual()).known;
    let gone = Known { path: r"C:\Users\ada\gone".into(), ..known.clone() };
    let world = planted(with_registry(&[&known, &gone]), &known);
    let (title, text) = look_at(&world, &pc("581.57", RTX_4070, 26100)).unwrap();
    assert_eq!(title, "An environment does not run any more");
    assert!(text.ends_with("\nAnd one more."), "{text}");
    assert!(text.contains("The folder is gone."), "{text}");
}

#[test]
fn without_environments_a_change_is_no_news() {
    let world = with_registry(&[]);
    assert_eq!((look_at(&world, &usual()), look_at(&world, &pc("581.57", RTX_5070, 26100))), (None, None));
}

#[test]
fn a_damaged_file_is_set_aside_and_begun_anew() {
    let world = World::new(OsFamily::Windows);
    let world = world.file(Seen::path(&World::new(OsFamily::Windows)), "{\"schema\": 1, \"machine\": 7}");
    let (seen, error) = Seen::load(&world);
    assert!(matches!(error, Some(crate::store::StoreError::Broken { .. })), "{error:?}");
    assert_eq!(seen.changes_to(&Fingerprint::of(&usual())), []);
    seen.after(&world, Fingerprint::of(&usual()), &Recheck::default()).save(&world).unwrap();
    let (again, error) = Seen::load(&world);
    assert!(error.is_none() && again.changes_to(&Fingerprint::of(&pc("581.57", RTX_4070, 26100))).len() == 1);
}

#[test]
fn a_look_starts_no_program_but_the_drivers_own() {
    let docker = Script::prints("Docker version 28.2.2, build e6534b4\n");
    let world = || {
        let world = World::new(OsFamily::Linux).program("nvidia-smi", Script::exits(9));
        world.program("python3", Script::exits(0)).program("docker", docker.clone())
    };
    let others = |world: &World| {
        let said = |command: CommandSpec| format!("{} {}", command.program.display(), command.args.join(" "));
        // The second is asked for the version of the C library where its file does not tell.
        let is_other = |one: &String| !one.contains("nvidia-smi") && !one.starts_with("getconf");
        world.ran().into_iter().map(said).filter(is_other).collect::<Vec<_>>()
    };
    let quick = world();
    let (facts, _) = look(&quick, Catalog::embedded().unwrap(), false);
    assert!(facts.os.found().is_some() && facts.driver.found().is_none());
    assert_eq!(others(&quick), [""; 0]);
    // Where something rests on a container, its program alone: no daemon is woken.
    let asks = world();
    let (facts, _) = look(&asks, Catalog::embedded().unwrap(), true);
    assert_eq!(Fingerprint::of(&facts).engines, [("docker".to_owned(), "28.2.2".to_owned())].into());
    assert!(matches!(others(&asks).as_slice(), [one] if one.ends_with("docker --version")), "{:?}", others(&asks));
}
