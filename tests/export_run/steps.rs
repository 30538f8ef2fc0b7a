//! What is tested of each shell.

use crate::made::Machine;
use crate::shell::{Place, Ran, Shell};
use crate::tool::{self, Call};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::fs;
use std::path::{Path, PathBuf};
use torch_wizard::plan::{Action, CommandSpec, Engine, Plan, PlanStep};

/// A test of one shell.
type Test = fn(Shell);

pub const TESTS: [(&str, Test); 10] = [
    ("any_words_variables_folders_and_texts_survive", any_words),
    ("each_route_runs_the_commands_of_its_plan_in_any_folder", any_folder),
    ("a_step_that_fails_ends_the_script_and_leaves_nothing_half_made", failing),
    ("a_place_that_is_taken_is_left_alone", taken),
    ("a_sign_that_is_missing_ends_the_script", missing_sign),
    ("a_file_that_is_not_the_promised_one_ends_the_script", wrong_file),
    ("after_a_restart_the_script_goes_on_with_its_next_part", restarted),
    ("a_file_that_stood_there_is_kept_once", kept),
    ("a_distribution_is_set_up_in_two_parts", distribution),
    ("no_word_of_a_table_runs_anything", tables),
];

/// Odd names of folders. The system's own rules leave some letters out.
fn name(shell: Shell) -> impl Strategy<Value = String> {
    let letters = if shell.reads_letters() { "éß漢🦀" } else { "z" };
    let signs = if cfg!(windows) { " %&$!^'()+,;=@#{}[]`~-" } else { " %&$!^'()+,;=@#{}[]`~\"\\*?<>|-" };
    prop::collection::vec(prop::sample::select(format!("ab{signs}{letters}").chars().collect::<Vec<_>>()), 1..9)
        // Windows takes blanks and full stops at the end of a name away.
        .prop_map(|chars| chars.into_iter().collect::<String>().trim_end().to_owned() + "x")
}

/// The name of an environment: those that `%` or `!` would expand are refused before a plan is made.
fn target(shell: Shell) -> impl Strategy<Value = String> {
    name(shell).prop_map(|name| if cfg!(windows) { name.replace(['%', '!'], "_") } else { name })
}

/// Any word for a program.
fn word(shell: Shell) -> impl Strategy<Value = String> {
    let letters = if shell.reads_letters() { "éß漢🦀‘’" } else { "z" };
    let signs = " %&$!^'()+,;=@#{}[]`~\"\\*?<>|-/:.\t%PATH%$HOME!";
    prop::collection::vec(prop::sample::select(format!("ab1{signs}{letters}").chars().collect::<Vec<_>>()), 0..9)
        .prop_map(|chars| chars.into_iter().collect())
}

/// Any text of a file.
fn text(shell: Shell) -> impl Strategy<Value = String> {
    let line = word(shell).prop_map(move |line| {
        let line = line.replace('\t', "");
        // `echo(` is how the prompt says these two, and unknown to wine.
        if shell.is_played() { line.replace("/?", "_") } else { line }
    });
    (prop::collection::vec(line, 0..5), prop::bool::ANY, prop::bool::ANY).prop_map(|(lines, of_windows, ends)| {
        let end = if of_windows { "\r\n" } else { "\n" };
        let text = lines.join(end);
        if ends || (text.is_empty() && !lines.is_empty()) { text + end } else { text }
    })
}

fn check<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    // A regression becomes a test of its own and not a file.
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let result = TestRunner::new(config).run(strategy, |value| {
        test(value);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Each case starts some processes, and under wine each takes its time; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    asked.unwrap_or(if cfg!(windows) { 8 } else { 24 })
}

/// A plan of these steps alone, in a place of its own.
fn plan_of(machine: &Machine, target: PathBuf, steps: Vec<Action>) -> Plan {
    let mut plan = machine.docker(Some("a/b:1"), target);
    let step = |(number, action): (usize, Action)| PlanStep {
        key: format!("step-{number}"),
        title: format!("Do 100% of \"{number}\" & it's <done> (really) ^ $HOME !"),
        action,
        writes: Vec::new(),
        weight: 1,
        silence: String::new(),
        admin: false,
    };
    plan.steps = steps.into_iter().enumerate().map(step).collect();
    plan
}

fn machine(shell: Shell, place: &Place, engine: Engine) -> Machine {
    let mut machine = Machine::new(shell.os(), engine);
    place.root.to_str().unwrap().clone_into(&mut machine.root);
    machine.sha256 = Some(tool::sha256());
    machine
}

/// A program's call is the command of the plan.
#[track_caller]
fn assert_called(call: &Call, command: &CommandSpec, ran: &Ran) {
    assert_eq!(call.args, command.args, "{}", ran.said);
    assert_eq!(call.program, command.program, "{}", ran.said);
    if let Some(folder) = &command.cwd {
        assert_eq!(&call.folder, folder, "{}", ran.said);
    }
    for (name, value) in &command.env {
        // Windows knows no empty variable.
        let expected = Some(value).filter(|value| !cfg!(windows) || !value.is_empty());
        assert_eq!(variable(call, name), expected, "{name}: {}", ran.said);
    }
    for name in command.env_remove.iter().filter(|name| !command.env.contains_key(*name)) {
        assert_eq!(variable(call, name), None, "{name}: {}", ran.said);
    }
}

fn variable<'a>(call: &'a Call, wanted: &str) -> Option<&'a String> {
    let same = |name: &str| if cfg!(windows) { name.eq_ignore_ascii_case(wanted) } else { name == wanted };
    call.variables.iter().find(|(name, _)| same(name)).map(|(_, value)| value)
}

fn any_words(shell: Shell) {
    let words = || prop::collection::vec(word(shell), 0..5);
    let strategy = (name(shell), words(), words(), word(shell), (text(shell), text(shell)), word(shell));
    check(cases(), &strategy, |(root, first, second, value, (one, two), sign)| {
        let place = Place::new(&root);
        let machine = machine(shell, &place, Engine::Uv);
        let (program, folder) = (machine.at("to ols&/tool"), machine.at("wo rk"));
        let program = program.with_extension(std::env::consts::EXE_EXTENSION);
        place.put_tool(&program);
        fs::create_dir(&folder).unwrap();
        // What `find` makes of these is its own affair, and no sign has them.
        let sign = if shell == Shell::Cmd { sign.replace(['"', '\\', '/'], "_") } else { sign };
        let sign = if sign.trim().is_empty() { "sign".to_owned() } else { sign };
        let mut plain = CommandSpec::new(&program, first);
        plain.env_remove.insert("PYTHONPATH".to_owned());
        let mut own = CommandSpec::new(&program, second).with_env("TW_VALUE", value).with_env("UV_INDEX", "mine");
        own.cwd = Some(folder);
        let write =
            |name: &str, text: &str| Action::WriteFile { path: machine.at(name), text: text.to_owned(), kept: None };
        let expect = Action::Expect {
            path: machine.at(shell.any_of("signs *", "signs 1")),
            any: vec!["no".repeat(9), sign.clone()],
            why: "why".into(),
        };
        let steps = vec![
            write("texts/one", &one),
            Action::Run { command: plain.clone() },
            write("texts/two", &two),
            Action::Run { command: own.clone() },
            write("signs 1", &format!("before\n{sign} after\n")),
            expect,
            Action::Run { command: plain.clone() },
        ];
        let ran = place.run(shell, &plan_of(&machine, place.path("torch"), steps), &[], None).expect(0);
        let calls = ran.of("tool");
        assert_eq!(calls.len(), 3, "{}", ran.said);
        for (call, command) in calls.into_iter().zip([&plain, &own, &plain]) {
            assert_called(call, command, &ran);
        }
        for (name, text) in [("texts/one", one), ("texts/two", two)] {
            let written = fs::read(machine.at(name)).unwrap();
            assert_eq!(String::from_utf8_lossy(&written), text, "{}", ran.said);
        }
    });
}

/// The commands of a plan in their order.
fn commands(plan: &Plan) -> Vec<&CommandSpec> {
    let command = |step: &PlanStep| matches!(step.action, Action::Run { .. }) || step.key.is_empty();
    let runs = plan.steps.iter().filter(|step| command(step));
    runs.filter_map(|step| if let Action::Run { command } = &step.action { Some(command) } else { None }).collect()
}

/// The tools of a plan at their places.
fn place_tools(plan: &Plan, place: &Place) {
    let programs = commands(plan).into_iter().map(|command| command.program.clone());
    let made_later = |program: &PathBuf| program.starts_with(&plan.staging) || program.starts_with(&plan.target);
    for program in programs.chain([plan.choices.python.clone()]).filter(|program| !made_later(program)) {
        if program.starts_with(&place.root) && !program.exists() {
            place.put_tool(&program);
        }
    }
}

fn any_folder(shell: Shell) {
    check(cases() / 2, &(name(shell), target(shell)), |(root, target)| {
        for engine in [Engine::Uv, Engine::Pip] {
            let place = Place::new(&root);
            let machine = machine(shell, &place, engine);
            let plan = machine.wheel(place.path("home").join(&target));
            place_tools(&plan, &place);
            let ran = place.run(shell, &plan, &[], None).expect(0);
            assert_wheel(&plan, &ran);
        }
        let place = Place::new(&root);
        let machine = machine(shell, &place, Engine::Uv);
        for plan in [
            machine.docker(None, place.path("c").join(&target)),
            machine.source(place.path("s").join(&target)),
            machine.with_source(place.path("m").join(&target)),
        ] {
            place_tools(&plan, &place);
            let ran = place.run(shell, &plan, &[], None).expect(0);
            assert_all_called(&plan, &ran);
            assert!(plan.target.exists() && !plan.staging.exists(), "{}", ran.said);
        }
    });
}

/// Every command of the plan was run as it is, then the product on the card.
fn assert_all_called(plan: &Plan, ran: &Ran) {
    let calls: Vec<&Call> =
        ran.calls.iter().filter(|call| !matches!(call.name(), "curl" | "certutil" | "powershell")).collect();
    let commands = commands(plan);
    assert_eq!(calls.len(), commands.len() + 1, "{}", ran.said);
    let is_probe = |call: &&&Call| call.args.iter().any(|arg| arg.starts_with("import torch"));
    for (call, command) in calls.iter().filter(|call| !is_probe(call)).zip(commands) {
        assert_called(call, command, ran);
    }
    for step in &plan.steps {
        if let Action::WriteFile { path, text, .. } = &step.action {
            let at_end = plan.target.join(path.strip_prefix(&plan.staging).unwrap_or(path));
            assert_eq!(fs::read_to_string(at_end).unwrap(), *text, "{}", ran.said);
        }
    }
}

/// uv or pip is asked for the pins by their hashes, from the indexes.
fn assert_wheel(plan: &Plan, ran: &Ran) {
    let place = if plan.choices.engine == Engine::Uv { &plan.staging } else { &plan.target };
    let place = place.to_str().unwrap();
    let pins = format!("{}.pins.txt", plan.target.display());
    let [make, install, probe] = &ran.calls[..] else { panic!("{:?}\n{}", ran.calls, ran.said) };
    assert_eq!(make.args.last().unwrap(), place, "{}", ran.said);
    assert!(install.args.contains(&"--require-hashes".to_owned()) && install.args.contains(&pins), "{}", ran.said);
    assert!(!install.args.contains(&"--no-index".to_owned()), "{}", ran.said);
    assert_eq!(probe.args[..2], ["-I", "-c"], "{}", ran.said);
    for (call, command) in [make, install].into_iter().zip(commands(plan)) {
        assert_eq!(call.args[0], command.args[0], "{}", ran.said);
        for (name, value) in &command.env {
            assert_eq!(variable(call, name), Some(value), "{name}: {}", ran.said);
        }
        for name in &command.env_remove {
            assert_eq!(variable(call, name), None, "{name}: {}", ran.said);
        }
    }
    assert!(plan.target.exists() && !plan.staging.exists() && !Path::new(&pins).exists(), "{}", ran.said);
}

fn failing(shell: Shell) {
    for (engine, word) in [(Engine::Uv, "install"), (Engine::Pip, "install"), (Engine::Uv, "-I")] {
        let place = Place::new("root & co");
        let machine = machine(shell, &place, engine);
        let plan = machine.wheel(machine.at("torch env"));
        place_tools(&plan, &place);
        let ran = place.run(shell, &plan, &[], Some(word));
        assert_ne!(ran.code, 0, "{}", ran.said);
        assert!(!plan.target.exists() && !plan.staging.exists(), "{}", ran.said);
        // It can be tried again.
        place.run(shell, &plan, &[], None).expect(0);
        assert!(plan.target.exists());
    }
}

fn taken(shell: Shell) {
    let place = Place::new("root & co");
    let machine = machine(shell, &place, Engine::Pip);
    let plan = machine.wheel(machine.at("torch env"));
    place_tools(&plan, &place);
    fs::create_dir_all(plan.target.join("mine")).unwrap();
    let ran = place.run(shell, &plan, &[], None);
    assert_ne!(ran.code, 0, "{}", ran.said);
    assert!(ran.said.contains("is there already") && ran.calls.is_empty(), "{}", ran.said);
    assert!(plan.target.join("mine").exists());
}

fn missing_sign(shell: Shell) {
    let place = Place::new("root & co");
    let machine = machine(shell, &place, Engine::Uv);
    let program = machine.at("tool").with_extension(std::env::consts::EXE_EXTENSION);
    place.put_tool(&program);
    let with = |any: &[&str], text: Option<&str>| {
        if let Some(text) = text {
            fs::write(machine.at("file 1.txt"), text).unwrap();
        }
        let any = any.iter().map(|&text| text.to_owned()).collect();
        let why = "The card is not in it.".to_owned();
        let expect = Action::Expect { path: machine.at(shell.any_of("file*.txt", "file 1.txt")), any, why };
        let steps = vec![expect, Action::Run { command: CommandSpec::new(&program, ["after"]) }];
        place.run(shell, &plan_of(&machine, machine.at("torch"), steps), &[], None)
    };
    for (any, text, is_there) in [
        (&["sm_120"][..], None, false),
        (&["sm_120"], Some("x sm_12 SM_120 y"), false),
        (&["sm_90", "sm_120"], Some("x sm_120 y"), true),
        (&["sm_90", "sm_86"], Some("x sm_120 y"), false),
    ] {
        let ran = with(any, text);
        assert_eq!((ran.code == 0, ran.calls.len() == 1), (is_there, is_there), "{}", ran.said);
        // PowerShell has its own words for a file that is not there.
        let told = ran.said.split("── ").next().unwrap().contains("The card is not in it.");
        assert!(is_there || told || (text.is_none() && shell == Shell::PowerShell), "{}", ran.said);
    }
}

fn wrong_file(shell: Shell) {
    let place = Place::new("root & co");
    let mut machine = machine(shell, &place, Engine::Uv);
    machine.sha256 = Some("1".repeat(64));
    let plan = machine.docker(None, machine.at("torch"));
    place_tools(&plan, &place);
    let ran = place.run(shell, &plan, &[], None);
    assert_ne!(ran.code, 0, "{}", ran.said);
    assert!(ran.said.contains("is not the file that the lock means"), "{}", ran.said);
    assert!(ran.of("docker").len() <= 1, "{}", ran.said);
    let kept = fs::read_dir(&plan.places.links).unwrap().count();
    assert_eq!(kept, 0, "{}", ran.said);
}

fn restarted(shell: Shell) {
    let place = Place::new("root & co");
    let machine = machine(shell, &place, Engine::Uv);
    let program = machine.at("tool").with_extension(std::env::consts::EXE_EXTENSION);
    place.put_tool(&program);
    let run = |word: &str| Action::Run { command: CommandSpec::new(&program, [word]) };
    let restart = || Action::Restart { why: "It's 100% needed & (soon) \"done\".".to_owned() };
    let steps = vec![run("one"), restart(), run("two"), restart(), run("three")];
    let plan = plan_of(&machine, machine.at("torch"), steps);
    for (number, word, code) in [(1, "one", 3), (2, "two", 3), (3, "three", 0)] {
        let number = number.to_string();
        let words: &[&str] = match (number.as_str(), shell) {
            ("1", _) => &[],
            (number, Shell::PowerShell) => &["-Part", number],
            (number, Shell::Dash | Shell::Bash | Shell::Cmd) => &[number],
        };
        let ran = place.run(shell, &plan, words, None).expect(code);
        let args: Vec<&str> = ran.calls.iter().map(|call| call.args[0].as_str()).collect();
        assert_eq!(args, [word], "{}", ran.said);
        let said = ran.said.split("── ").next().unwrap();
        assert_eq!(said.contains("It's 100% needed & (soon) \"done\"."), code == 3, "{}", ran.said);
    }
}

fn kept(shell: Shell) {
    let place = Place::new("root & co");
    let machine = machine(shell, &place, Engine::Uv);
    let (path, kept) = (machine.at("some config"), machine.at("some config.before"));
    let action = Action::WriteFile { path: path.clone(), text: "new\r\n".to_owned(), kept: Some(kept.clone()) };
    let plan = plan_of(&machine, machine.at("torch"), vec![action]);
    place.run(shell, &plan, &[], None).expect(0);
    assert!(path.exists() && !kept.exists());
    fs::write(&path, "mine").unwrap();
    for _ in 0..2 {
        place.run(shell, &plan, &[], None).expect(0);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\r\n");
        assert_eq!(fs::read_to_string(&kept).unwrap(), "mine");
    }
}

/// Windows' own shells; whoever runs the tests may be no administrator.
fn distribution(shell: Shell) {
    if !cfg!(windows) {
        return;
    }
    let place = Place::new("root & co");
    let machine = machine(shell, &place, Engine::Uv);
    let plan = machine.wsl2();
    place_tools(&plan, &place);
    let first = place.run(shell, &plan, &[], None).expect(3);
    let is_administrator = !first.calls.is_empty();
    if !is_administrator {
        assert!(first.said.contains("A step needs administrator rights (Switch on WSL)"), "{}", first.said);
    }
    let words: &[&str] = if shell == Shell::PowerShell { &["-Part", "2"] } else { &["2"] };
    let second = place.run(shell, &plan, words, None).expect(0);
    let calls: Vec<&Call> =
        first.calls.iter().chain(&second.calls).filter(|call| matches!(call.name(), "wsl" | "tar")).collect();
    let is_extra = |call: &&&Call| call.args.iter().any(|arg| arg == "test" || arg.starts_with("import torch"));
    assert_eq!(calls.iter().filter(is_extra).count(), 2, "{}", second.said);
    let expected = commands(&plan);
    let expected = expected.into_iter().skip(usize::from(!is_administrator));
    let calls: Vec<&&Call> = calls.iter().filter(|call| !is_extra(call)).collect();
    assert_eq!(calls.len(), expected.len(), "{}", second.said);
    for (call, command) in calls.into_iter().zip(expected) {
        assert_called(call, command, &second);
    }
}

/// Words that come from a table, an index or a resolver stand in comments and messages alone.
fn tables(shell: Shell) {
    let pieces = [
        "\n",
        "\r\n",
        "EVIL",
        " ; EVIL ",
        " && EVIL",
        " & EVIL & ",
        " | EVIL",
        "$(EVIL)",
        "`EVIL`",
        "\n)\nEVIL\n",
        "'",
        "\"",
        "^",
        "%",
        "%PATH%",
        "!x!",
        "@'",
        "'@\n",
        "END_OF_FILE\n",
        "\\",
        "#>",
        "x",
        " ",
        "\u{2028}EVIL",
        "\u{85}EVIL",
    ];
    let bait = || prop::collection::vec(prop::sample::select(pieces.to_vec()), 1..5).prop_map(|pieces| pieces.concat());
    check(cases(), &(bait(), bait(), bait()), |(title, why, variant)| {
        let place = Place::new("root & co");
        let machine = machine(shell, &place, Engine::Uv);
        let exe = |name: &str| machine.at(name).with_extension(std::env::consts::EXE_EXTENSION);
        let (tool, evil) = (exe("tool"), exe("evil"));
        place.put_tool(&tool);
        place.put_tool(&evil);
        let with_evil = |text: &str| text.replace("EVIL", &evil.display().to_string());
        fs::write(machine.at("sign"), "sm_120").unwrap();
        let any = vec!["sm_120".to_owned()];
        let steps = vec![
            Action::Run { command: CommandSpec::new(&tool, ["one"]) },
            Action::Expect { path: machine.at("sign"), any, why: with_evil(&why) },
            Action::Register { at: with_evil(&why).into() },
            Action::Run { command: CommandSpec::new(&tool, ["two"]) },
            Action::Restart { why: with_evil(&why) },
        ];
        let mut plan = plan_of(&machine, machine.at("torch"), steps);
        for step in &mut plan.steps {
            step.title = with_evil(&title);
        }
        let build = plan.assessment.build.as_mut().unwrap();
        build.variant = with_evil(&variant);
        build.origin = torch_wizard::assess::Origin::TorchIndex { url: with_evil(&variant) };
        plan.assessment.verdict.reasons_mut()[0].text = with_evil(&why);
        let ran = place.run(shell, &plan, &[], None).expect(3);
        let words: Vec<&[String]> = ran.calls.iter().map(|call| &call.args[..]).collect();
        assert_eq!(words, [["one".to_owned()], ["two".to_owned()]], "{}", ran.said);
        assert!(ran.calls.iter().all(|call| call.program == tool), "{}", ran.said);
    });
}
