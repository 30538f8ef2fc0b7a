use super::*;
use crate::assess::Route;
use crate::facts::ContainerProgram;
use crate::host::fake::World;
use crate::plan::{Action, Inside};
use crate::prepare::linux::fixtures::{found, lock, scan, wheels, with_uv, works};

const IMAGE: &str = "pytorch/pytorch:2.14.0-cuda13.0-cudnn9-runtime";

fn engine(program: ContainerProgram, is_rootless: bool) -> ContainerEngine {
    ContainerEngine {
        program,
        path: format!("/usr/bin/{}", program.word()).into(),
        version: None,
        is_running: Some(true),
        has_gpu: Some(true),
        has_cdi: false,
        toolkit: None,
        is_rootless,
        trouble: None,
    }
}

fn image() -> Build {
    Build { python: None, origin: Origin::Image { image: IMAGE.to_owned() }, ..wheels() }
}

/// The plan on a machine with two cards.
fn made(world: World, engine: ContainerEngine, build: &Build, gpus: &[u32], wish: &Wish) -> Result<Plan, Problem> {
    let mut scan = scan(world.family());
    scan.facts.containers = found(engine);
    let catalog = Catalog::embedded().unwrap();
    let host: Arc<dyn Host> = Arc::new(world);
    let chosen = works(Route::Docker, build, gpus);
    plan(&host, catalog, &scan, &chosen, build, wish, &mut |_| ControlFlow::Continue(()))
}

fn linux() -> World {
    World::new(OsFamily::Linux)
}

fn docker() -> ContainerEngine {
    engine(ContainerProgram::Docker, false)
}

fn options(plan: &Plan) -> String {
    let Inside::Container { options, .. } = &plan.inside else { panic!() };
    options.join(" ")
}

#[test]
fn a_published_image_asks_no_index_and_gets_the_options_of_the_catalogue() {
    let plan = made(linux(), docker(), &image(), &[], &Wish::default()).unwrap();
    assert_eq!(options(&plan), "--gpus all --ipc=host --ulimit memlock=-1 --ulimit stack=67108864");
    assert_eq!(plan.hosts, ["docker.io"]);
    assert_eq!(plan.target, Path::new("/home/ada/torch-cu130-docker"));
    assert_eq!((plan.choices.python_version, plan.assessment.download_bytes), (None, Some(3_690_000_000)));
    assert!(plan.lock.packages.is_empty());
}

#[test]
fn podman_without_root_raises_no_limit_that_it_may_not_raise() {
    let podman = |is_rootless| {
        let plan = made(linux(), engine(ContainerProgram::Podman, is_rootless), &image(), &[], &Wish::default());
        options(&plan.unwrap())
    };
    assert!(podman(false).contains("--ulimit memlock=-1"));
    let rootless = podman(true);
    assert!(!rootless.contains("memlock") && rootless.contains("--device nvidia.com/gpu=all"), "{rootless}");
    assert!(rootless.contains("--security-opt label=disable"), "{rootless}");
}

#[test]
fn an_image_of_wheels_is_resolved_for_linux_and_the_python_of_its_base() {
    let windows = || with_uv(World::new(OsFamily::Windows), &lock(None)).file(r"C:\py\python.exe", "");
    let mut scan = scan(OsFamily::Windows);
    scan.facts.containers = found(docker());
    scan.facts.pythons = found(vec![crate::facts::Python {
        path: r"C:\py\python.exe".into(),
        version: "3.14.2".parse().ok(),
        implementation: "cpython".to_owned(),
        bits: Some(64),
        free_threaded: false,
        source: crate::facts::Source::new(crate::facts::Via::System, ""),
        why_not: None,
    }]);
    let world = Arc::new(windows());
    let host: Arc<dyn Host> = Arc::<World>::clone(&world);
    let (build, catalog) = (wheels(), Catalog::embedded().unwrap());
    let chosen = works(Route::Docker, &build, &[]);
    let wish = Wish::default();
    let plan = plan(&host, catalog, &scan, &chosen, &build, &wish, &mut |_| ControlFlow::Continue(())).unwrap();
    let compile = world.ran().into_iter().find(|command| command.args.contains(&"compile".to_owned())).unwrap();
    let words = compile.args.join(" ");
    // The interpreter of this PC reads, whatever its version; what it resolves for is the container's.
    assert!(words.contains(r"--python C:\py\python.exe --python-version 3.12 --python-platform x86_64-manylinux_2_28"));
    assert_eq!(compile.stdin.unwrap().lines().next(), Some("torch==2.15.0+cu130"));
    let container = plan.container.as_ref().unwrap();
    assert_eq!(container.from, ImageFrom::Wheels { base: "python:3.12-slim".to_owned() });
    assert_eq!(plan.assessment.download_bytes, Some(1000));
    assert!(plan.steps.iter().any(|step| step.action == Action::Fetch));
    assert!(plan.hosts.contains(&"docker.io".to_owned()) && plan.hosts.contains(&"files.example".to_owned()));
}

#[test]
fn only_the_cards_that_were_judged_are_handed_over() {
    let wish = Wish::default();
    let one = made(linux(), docker(), &image(), &[1], &wish).unwrap();
    assert!(options(&one).contains("--gpus device=GPU-1 "), "{}", options(&one));
    assert_eq!(one.choices.cards, ["GPU-1"]);
    let both = made(linux(), docker(), &image(), &[0, 1], &wish).unwrap();
    assert!(options(&both).contains("--gpus all "));
    // Docker Desktop hands over all of them, so the others are hidden.
    let desktop = made(World::new(OsFamily::Windows), docker(), &image(), &[1], &wish).unwrap();
    assert!(options(&desktop).contains("--gpus all ") && options(&desktop).ends_with("CUDA_VISIBLE_DEVICES=GPU-1"));
    // A card that was asked for, where no verdict named any.
    let wish = Wish { gpus: Some(vec![0]), ..Wish::default() };
    let asked = made(linux(), docker(), &image(), &[], &wish).unwrap();
    assert!(options(&asked).contains("--gpus device=GPU-0 "));
}

#[test]
fn a_folder_that_is_there_is_never_replaced_for_the_users_work_is_in_it() {
    let wish = Wish { target: Some("/home/ada/mine".into()), replace: true, ..Wish::default() };
    let problem = made(linux().dir("/home/ada/mine"), docker(), &image(), &[], &wish).unwrap_err();
    assert_eq!(problem.label, "target-taken");
    assert!(!format!("{problem:?}").contains("--replace"), "{problem:?}");
    let taken = linux().dir("/home/ada/torch-cu130-docker");
    let plan = made(taken, docker(), &image(), &[], &Wish::default()).unwrap();
    assert_eq!(plan.target, Path::new("/home/ada/torch-cu130-docker-2"));
}

#[test]
fn a_published_image_takes_no_further_packages() {
    let wish = Wish { packages: vec!["torchaudio".to_owned()], ..Wish::default() };
    let problem = made(linux(), docker(), &image(), &[], &wish).unwrap_err();
    assert_eq!(problem.label, "image-is-fixed");
    assert!(problem.cause.contains("torchaudio") && !problem.next.is_empty());
}

#[test]
fn without_an_engine_it_is_said_what_to_install() {
    let mut scan = scan(OsFamily::Windows);
    scan.facts.containers = crate::facts::Probed::not_asked();
    let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Windows));
    let (build, wish) = (image(), Wish::default());
    let chosen = works(Route::Docker, &build, &[]);
    let catalog = Catalog::embedded().unwrap();
    let result = plan(&host, catalog, &scan, &chosen, &build, &wish, &mut |_| ControlFlow::Continue(()));
    let problem = result.unwrap_err();
    assert_eq!(problem.label, "no-container-engine");
    assert!(format!("{:?}", problem.next).contains("Docker Desktop"));
}
