//! What the program prints, word for word. Folders, ports, times, sizes, hashes and the versions of this machine's
//! Python and pip are replaced by names.

use crate::index_server::Mischief;
use crate::shelf::versions;
use crate::world::{Ran, World, run, tools};
use std::path::Path;

/// Replaces what differs from machine to machine and from day to day.
fn plain(world: &World, text: &str) -> String {
    let tools = tools().unwrap();
    let python = &tools.python_version;
    let mut text = text.replace(world.path("").to_str().unwrap(), "[ROOT]/");
    for (port, name) in [(world.server.torch(), "[INDEX]"), (world.server.files(), "[FILES]")] {
        text = text.replace(port.trim_end_matches("/whl"), name);
    }
    let (torch, vision) = versions();
    for (project, version) in [("torch", torch), ("torchvision", vision)] {
        for between in ["==", "-", " "] {
            text = text.replace(&format!("{project}{between}{version}"), &format!("{project}{between}[VERSION]"));
        }
    }
    text.replace(&format!("cp{}", python.replace('.', "")), "cp[PY]")
        .replace(&format!("Python {python}"), "Python [PY]")
        .replace(&format!("python:{python}"), "python:[PY]")
        .replace("manylinux_2_28_aarch64", "manylinux_2_28_x86_64")
}

const FILTERS: [(&str, &str); 9] = [
    (r"\b[0-9a-f]{64}\b", "[HASH]"),
    (r"\d{8}-\d{6}-\d{3}", "[RUN]"),
    (r"\[PY\]\.\d+", "[PY]"),
    (r"\b3\.\d+\.\d+ \(\[ROOT\]", "[PY] ([ROOT]"),
    (r" *\b\d+(\.\d+)? ([kMG]?B)\b", " [SIZE]"),
    (r"pip==\d[\d.]*|pip \d[\d.]+", "pip [VERSION]"),
    (r"\d+(\.\d+)? m?s\b", "[TIME]"),
    (r" \(\d+ s\)", " ([TIME])"),
    (r"127\.0\.0\.1:\d+", "[ADDRESS]"),
];

macro_rules! assert_text {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ filters => FILTERS.to_vec(), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

fn both(world: &World, ran: &Ran) -> String {
    plain(world, &format!("{}── standard error\n{}── exit {}\n", ran.out, ran.err, ran.code))
}

#[test]
fn the_plan_in_its_forms() {
    let Some(world) = World::new() else { return };
    for (name, words) in [
        ("plan-text", &["--format", "text"][..]),
        ("plan-sh", &["--format", "sh"]),
        ("plan-ps1", &["--format", "ps1"]),
        ("plan-bat", &["--format", "bat", "--engine", "pip"]),
        ("plan-dockerfile", &["--format", "dockerfile"]),
    ] {
        let text = run(world.plan(words)).expect(0).out;
        if name == "plan-bat" {
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "Windows' line ends");
        }
        assert_text!(name, plain(&world, &text.replace("\r\n", "\n")));
    }
}

#[test]
fn an_install_says_what_it_does_and_ends_with_how_to_use_it() {
    let Some(world) = World::new() else { return };
    let mut command = world.wizard(&[]);
    command.args(world.words(&["install", "--yes"], &[]));
    let ran = run(command).expect(0);
    // Progress comes every two seconds: on a slow machine there are more of these lines.
    let steady = |line: &&str| !line.starts_with("  ") || line.starts_with("  →");
    let err: String = ran.err.lines().filter(steady).map(|line| format!("{line}\n")).collect();
    assert_text!("install", both(&world, &Ran { err, ..ran }));
    let listed = run(world.wizard(&["envs", "list"])).expect(0);
    assert_text!("envs-list", both(&world, &listed));
    let cached = run(world.wizard(&["cache", "list"])).expect(0);
    assert_text!("cache-list", both(&world, &cached));
}

#[test]
fn failures_say_cause_change_and_next_step() {
    let Some(world) = World::new() else { return };
    world.server.misbehave("/r2/", Mischief::OtherContent);
    let mut command = world.wizard(&["-q"]);
    command.args(world.words(&["install", "--yes"], &[]));
    assert_text!("hash-mismatch", both(&world, &run(command).expect(1)));
    assert_text!("rollback", both(&world, &run(world.wizard(&["rollback"])).expect(0)));
    assert_text!("nothing-to-resume", both(&world, &run(world.wizard(&["resume"])).expect(1)));
    let mut command = world.wizard(&["-q"]);
    command.args(world.words(&["install", "--yes"], &["--with", "no-such-package"]));
    assert_text!("no-solution", both(&world, &run(command).expect(1)));
}

#[test]
fn the_verification_of_a_card_reads_line_by_line() {
    let Some(mut world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    world.replay("rtx5070-healthy.jsonl");
    let proven = run(world.wizard(&["verify", "env"])).expect(0);
    assert_text!("verify-proven", both(&world, &proven));
    let lines = run(world.wizard(&["verify", "--json"])).expect(0);
    let last: serde_json::Value = serde_json::from_str(lines.out.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["schema"], &last["verdict"], &last["failed"]),
        (&1.into(), &"proven".into(), &0.into()),
        "{last}"
    );
    for (recording, code) in
        [("rtx5070-wrong-softmax.jsonl", 1), ("rtx5070-arch-missing.jsonl", 1), ("import-error.jsonl", 1)]
    {
        world.replay(recording);
        let name = Path::new(recording).file_stem().unwrap().to_str().unwrap().to_owned();
        let ran = run(world.wizard(&["verify"])).expect(code);
        assert_text!(format!("verify-{name}"), both(&world, &ran));
    }
}

#[test]
fn a_verification_is_written_as_a_page_or_as_data() {
    let Some(mut world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    world.replay("rtx5070-healthy.jsonl");
    world.set("USER", "maximiliane");
    std::fs::create_dir_all(world.path("home/maximiliane")).unwrap();
    world.set("HOME", world.path("home/maximiliane"));
    let read = |world: &World, name: &str| std::fs::read_to_string(world.path(name)).unwrap();
    run(world.wizard(&["verify", "env", "--report", "report.html"])).expect(0);
    let page = read(&world, "report.html");
    assert!(page.contains("Your GPU runs PyTorch") && page.contains("matmul-bf16"), "{page}");
    assert!(!page.contains("maximiliane"), "{page}");
    run(world.wizard(&["verify", "env", "--report", "REPORT.JSON"])).expect(0);
    let data: serde_json::Value = serde_json::from_str(&read(&world, "REPORT.JSON")).unwrap();
    assert_eq!(data["verdict"], "proven");
    std::fs::write(world.path("wizard/data/settings.json"), "{\"schema\": 1, \"language\": \"de\"}").unwrap();
    world.replay("rtx5070-wrong-softmax.jsonl");
    run(world.wizard(&["verify", "env", "--report", "report.html"])).expect(1);
    let page = read(&world, "report.html");
    assert!(page.contains("Ihre GPU rechnet nicht richtig"), "{page}");
    for name in ["report.pdf", "report"] {
        let ran = run(world.wizard(&["verify", "env", "--report", name])).expect(2);
        assert!(ran.err.contains("must end in .html or .json"), "{}", ran.err);
        assert!(ran.out.is_empty() && !world.path(name).exists(), "{}", ran.out);
    }
}

#[test]
fn the_help_is_one_screen() {
    let Some(world) = World::new() else { return };
    assert_text!("help", both(&world, &run(world.wizard(&["--help"])).expect(0)));
    let bare = run(world.wizard(&[])).expect(0);
    assert!(bare.out.lines().count() <= 40, "{}", bare.out);
    for (words, code) in [(&["no-such-command"][..], 2), (&["plan", "--format", "word"], 2), (&["--version"], 0)] {
        run(world.wizard(words)).expect(code);
    }
}
