use super::*;
use crate::facts::OsFamily;
use crate::host::fake::{Script, World};
use Outcome::{Closed, Died, Failed, Late};
use Renderer::{Dx12, Glow, Software, Vulkan};

/// A machine on which the workers behave so.
fn machine(family: OsFamily, workers: &[(Renderer, Script)]) -> World {
    workers.iter().fold(World::new(family), |world, (renderer, script)| {
        let command = Wish::default().command(&world, *renderer);
        let args: Vec<&str> = command.args.iter().map(String::as_str).collect();
        world.program_with(&command.program.display().to_string(), &args, script.clone())
    })
}

/// Paints after a second, then goes on.
fn paints() -> Script {
    let ready = Said::Ready { adapter: Some("a card".to_owned()), hidden: false };
    let line = format!("noise of a driver\n{SAID}{}\n", serde_json::to_string(&ready).unwrap());
    Script::exits(0).after(Duration::from_secs(1)).stdout(line)
}

fn open(host: &World) -> (Result<i32, Problem>, Vec<(Renderer, Outcome)>) {
    let done = run(host, &Wish::default(), &AtomicBool::new(false));
    let record: WindowStart = serde_json::from_slice(&host.read(&WindowStart::path(host)).unwrap()).unwrap();
    (done, record.tries.iter().map(|one| (one.renderer, one.outcome)).collect())
}

#[test]
fn a_step_that_fails_or_hangs_gives_way_to_the_next_and_what_painted_comes_first_next_time() {
    let workers = [
        (Dx12, Script::exits(3).stderr("device lost")),
        (Vulkan, Script::hangs()),
        (Glow, paints()),
        (Software, Script::exits(3)),
    ];
    let host = machine(OsFamily::Windows, &workers);
    let (done, tries) = open(&host);
    assert_eq!((done, tries), (Ok(exit::DONE), vec![(Dx12, Failed), (Vulkan, Late), (Glow, Closed)]));
    let waited = host.uptime();
    assert!(waited < PAINT_LIMIT + Duration::from_secs(3), "{waited:?}");
    assert_eq!(Remembered::load(&host).renderer, Some(Glow));
    assert_eq!(open(&host).1, [(Glow, Closed)]);
}

#[test]
fn a_window_that_dies_is_opened_twice_more_in_all() {
    let dies = |code| paints().after(Duration::from_secs(9)).exit(code);
    let workers = [(Vulkan, dies(101)), (Glow, dies(134)), (Software, paints())];
    let (done, tries) = open(&machine(OsFamily::Linux, &workers));
    let expected = [(Vulkan, Died), (Vulkan, Died), (Vulkan, Died), (Glow, Died), (Software, Closed)];
    assert_eq!((done, tries.as_slice()), (Ok(exit::DONE), expected.as_slice()));
}

#[test]
fn a_window_closed_by_the_user_stays_closed_however_its_driver_ends() {
    let closing = format!("{SAID}{}\n", serde_json::to_string(&Said::Closing).unwrap());
    for worker in [
        Script::exits(0),
        paints().stdout(&closing).exit(139),
        // Hangs while it ends.
        paints().stdout(&closing).after(Duration::from_hours(24)),
    ] {
        let host = machine(OsFamily::Linux, &[(Vulkan, worker), (Glow, paints())]);
        assert_eq!(open(&host), (Ok(exit::DONE), vec![(Vulkan, Closed)]));
        assert!(host.uptime() < Duration::from_secs(15));
    }
}

#[test]
fn when_nothing_can_draw_the_console_program_is_named() {
    let broken = || Script::exits(3).stderr("no adapter");
    let host = machine(OsFamily::Linux, &[(Vulkan, broken()), (Glow, broken()), (Software, broken())]);
    let (done, tries) = open(&host);
    let problem = done.unwrap_err();
    assert!(problem.next.len() >= 3 && problem.cause.contains("vulkan, glow, software"), "{problem:?}");
    assert_eq!(tries, [(Vulkan, Failed), (Glow, Failed), (Software, Failed)]);
    let record: WindowStart = serde_json::from_slice(&host.read(&WindowStart::path(&host)).unwrap()).unwrap();
    assert_eq!(record.tries[1].stderr, "no adapter");
    assert_eq!(Remembered::load(&host).renderer, None);
}

#[test]
fn a_window_that_always_dies_says_whether_we_or_its_driver_did_it() {
    let dies = |stderr: &str| paints().after(Duration::from_secs(9)).exit(101).stderr(stderr);
    let open_with = |stderr: &str| {
        let workers = [Vulkan, Glow, Software].map(|renderer| (renderer, dies(stderr)));
        open(&machine(OsFamily::Linux, &workers)).0.unwrap_err()
    };
    let panic = "noise\nthread 'main' (7) panicked at src/gui/rail.rs:12:5:\nno such step.\nnote: run with …\n";
    let ours = open_with(panic);
    assert_eq!(ours.label, mistake::LABEL);
    assert!(ours.cause.ends_with("no such step (src/gui/rail.rs:12:5)."), "{ours}");
    assert!(ours.to_string().contains(mistake::REPORT) && ours.changed.contains("Opened again"), "{ours}");
    let before_painting = |places: [&str; 3]| {
        let workers = [(Vulkan, 0), (Glow, 1), (Software, 2)].map(|(renderer, at)| {
            (renderer, Script::exits(101).stderr(format!("thread 'main' (7) panicked at {}:\nno font\n", places[at])))
        });
        open(&machine(OsFamily::Linux, &workers)).0.unwrap_err()
    };
    let never_opened = before_painting(["a.rs:1:2"; 3]);
    assert_eq!((never_opened.label.as_str(), never_opened.changed.as_str()), (mistake::LABEL, "Nothing was changed."));
    assert_eq!(before_painting(["vulkan.rs:1:2", "gl.rs:1:2", "vulkan.rs:1:2"]).label, "no-window");
    // Caught, or the driver's: its end is not ours.
    let elsewhere = open_with(&panic.replace("'main'", "'detect'")).label;
    let of_the_driver = open_with(&panic.replace("src/gui/rail.rs", r"C:\x\wgpu-30.0.1\src\backend.rs")).label;
    assert_eq!([elsewhere, of_the_driver], ["no-window", "no-window"]);
    let driver = open_with("device lost");
    assert_eq!(driver.label, "no-window");
    assert!(driver.cause.contains("ended by itself (vulkan: code 101; vulkan: code 101;"), "{driver}");
    assert!(driver.to_string().contains("torch-wizard install"), "{driver}");
}

#[test]
fn a_forced_renderer_is_the_only_one_tried_and_not_remembered() {
    let workers = [(Vulkan, Script::exits(3)), (Glow, paints())];
    let host = machine(OsFamily::Linux, &workers).var("TORCH_WIZARD_RENDERER", "vulkan");
    assert_eq!(open(&host).1, [(Vulkan, Failed)]);
    let host = machine(OsFamily::Linux, &workers).var("TORCH_WIZARD_RENDERER", "glow");
    assert_eq!(open(&host), (Ok(exit::DONE), vec![(Glow, Closed)]));
    assert_eq!(Remembered::load(&host).renderer, None);
    let host = machine(OsFamily::Linux, &workers).var("TORCH_WIZARD_RENDERER", "metal");
    let problem = run(&host, &Wish::default(), &AtomicBool::new(false)).unwrap_err();
    assert!(problem.cause.contains("metal") && host.ran().is_empty(), "{problem:?}");
}

#[test]
fn a_worker_that_is_asked_to_end_and_does_not_is_ended() {
    let host = machine(OsFamily::Linux, &[(Vulkan, paints().after(Duration::from_hours(1)))]);
    let done = run(&host, &Wish::default(), &AtomicBool::new(true));
    assert_eq!(done, Ok(exit::CANCELLED));
    assert!(host.uptime() < END_LIMIT + Duration::from_secs(2));
}
