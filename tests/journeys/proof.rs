//! A verification beside the driver: what it saw of the card meanwhile stands in the report.

use crate::world::{World, run};
use std::fs;
use std::path::Path;

/// A card of the simulated library, on which process 77 computes: the worker of the recordings.
const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04\npids=77\nbusy=1";

/// An interpreter whose check program says what was recorded, a line every twentieth of a second.
fn recorded_python(world: &World, name: &str) -> std::path::PathBuf {
    python_that_says(world, &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name))
}

fn python_that_says(world: &World, recording: &Path) -> std::path::PathBuf {
    let text = format!(
        "while IFS= read -r line; do printf '%s\\n' \"$line\"; /bin/sleep 0.05; done < '{}'",
        recording.display()
    );
    world.script("recorded-python", &text)
}

/// An interpreter whose check program says what a function makes of a recorded line.
fn other_python(world: &World, name: &str, change: impl Fn(&str) -> String) -> std::path::PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
    let recorded = fs::read_to_string(path).unwrap();
    let text: String = recorded.lines().map(|line| change(line) + "\n").collect();
    let changed = world.path("changed.jsonl");
    fs::write(&changed, text).unwrap();
    python_that_says(world, &changed)
}

#[test]
fn what_the_driver_saw_of_the_card_meanwhile_is_in_the_report_as_data_and_as_curves() {
    let Some(mut world) = World::new() else { return };
    world.simulate(CARD);
    let python = recorded_python(&world, "rtx5070-healthy.jsonl");
    let python = python.to_str().unwrap();
    let (data, page) = (world.path("report.json"), world.path("report.html"));
    // A card that is played proves nothing.
    let ran = run(world.wizard(&["verify", python, "--json", "--report", data.to_str().unwrap()])).expect(1);
    let verdict: serde_json::Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(verdict["verdict"], "incomplete");
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&data).unwrap()).unwrap();
    let readings = report["readings"].as_array().unwrap();
    assert!(readings.len() >= 3, "{readings:?}");
    assert!(readings.iter().all(|reading| reading["device"] == 0 && reading["watts"].is_number()), "{readings:?}");
    let times: Vec<f64> = readings.iter().map(|reading| reading["seconds"].as_f64().unwrap()).collect();
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "{times:?}");
    assert_eq!(report["devices"][0]["seen"]["process"], true);
    let spans: Vec<f64> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|check| Some(check["span"].as_array()?[1].as_f64().unwrap()))
        .collect();
    assert_eq!(spans.len(), 23);
    assert!(spans.windows(2).all(|pair| pair[0] <= pair[1]) && spans[22] > 1.0, "{spans:?}");

    run(world.wizard(&["verify", python, "--report", page.to_str().unwrap()])).expect(1);
    let page = fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("<svg").count(), 5, "load, memory, temperature, power, clock");
    assert!(page.contains("<title>softmax</title>"));
    assert!(page.contains("The driver listed the check program among those that compute on this card."));
}

#[test]
fn a_process_that_the_driver_does_not_list_is_not_seen() {
    let Some(mut world) = World::new() else { return };
    world.simulate(&CARD.replace("pids=77", "pids=78"));
    let python = recorded_python(&world, "rtx5070-healthy.jsonl");
    let data = world.path("report.json");
    run(world.wizard(&["verify", python.to_str().unwrap(), "--report", data.to_str().unwrap()])).expect(1);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&data).unwrap()).unwrap();
    assert_eq!(report["devices"][0]["seen"]["process"], false);
}

#[test]
fn a_slow_product_on_a_card_whose_limit_somebody_lowered_is_told_as_such() {
    let Some(mut world) = World::new() else { return };
    world.simulate("scene=low-limit\nprocess=0|77|900|c\nprocess=0|4711|3072|c");
    // A third of what the card does; the lines go on for a second, so that there are readings.
    let python = other_python(&world, "rtx5070-healthy.jsonl", |line| {
        let progress = r#"{"kind": "progress", "check": "matmul-fp16", "device": 0, "done": 1, "total": 2}"#;
        let is_begun = line.contains(r#""kind": "started", "check": "matmul-fp16""#);
        let wait = if is_begun { format!("\n{progress}").repeat(30) } else { String::new() };
        line.replace(r#""tflops": 61.4"#, r#""tflops": 20.5"#) + &wait
    });
    let python = python.to_str().unwrap();
    let (data, page) = (world.path("report.json"), world.path("report.html"));
    let said = run(world.wizard(&["verify", python, "--report", page.to_str().unwrap()])).expect(1).out;
    let told = "Slower than expected of this card:\n  \
                GPU 0: Matrix product, float16 at 33 % of 61.7 TFLOPS (calculated).\n    \
                → Clocks held down by a power limit of 120 W; the card comes with 250 W.\n    \
                → Process 4711 computed on the card as well and held 3.0 GiB of its memory.";
    assert!(said.contains(told), "{said}");
    assert!(said.contains("20.50 TFLOPS (33 % of what this card does at best, calculated)"), "{said}");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<h2>Slower than expected of this card</h2>"), "{page}");
    assert!(page.contains("20.5 of 61.7 TFLOPS (33 %, calculated)"), "{page}");

    let ran = run(world.wizard(&["verify", python, "--json", "--report", data.to_str().unwrap()])).expect(1);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&data).unwrap()).unwrap();
    assert_eq!(report["slow"].as_array().unwrap().len(), 1, "{}", report["slow"]);
    let causes = &report["slow"][0]["causes"];
    assert_eq!(causes[0], serde_json::json!({"kind": "limit_lowered", "watts": 120.0, "default_watts": 250.0}));
    assert_eq!(causes[1]["pid"], 4711);
    assert_eq!(report["meanwhile"]["reported"][0]["kind"], "limit_lowered");
    let verdict: serde_json::Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(&verdict["slow"][0]["causes"], causes);
}

#[test]
fn a_soak_says_how_the_card_fared_and_no_fault_goes_unsaid() {
    let Some(mut world) = World::new() else { return };
    world.simulate("scene=soak\nprocess=0|77|900|c\nspeed=4");
    let python = other_python(&world, "rtx5070-healthy.jsonl", |line| {
        if line.contains(r#""kind": "end""#) {
            let began = r#"{"kind": "started", "check": "soak", "device": 0, "pid": 77}"#;
            let goes_on = r#"{"kind": "progress", "check": "soak", "device": 0, "done": 1, "total": 2}"#;
            let ended =
                r#"{"kind": "check", "check": "soak", "device": 0, "outcome": "passed", "detail": "all alike"}"#;
            return [began, &[goes_on; 60].join("\n"), ended, line].join("\n");
        }
        line.replace(r#""level": "quick""#, r#""level": "soak""#)
    });
    let (data, page) = (world.path("report.json"), world.path("report.html"));
    let word = python.to_str().unwrap();
    let said = run(world.wizard(&["verify", word, "--report", page.to_str().unwrap()])).expect(1).out;
    for words in [
        "The driver reported a fault while the checks ran. What the checks found stands. Look",
        "\n  GPU 0: Xid 31 (GPU memory page fault), 1 ×. A kernel touched memory",
        "\nUnder load, card 0:\n  Core clock: lowest 1200 MHz, median ",
        ", highest 249 W.",
        "s: Temperature, by the driver.",
    ] {
        assert!(said.contains(words), "{words:?} in {said}");
    }
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("The driver reported a fault while the checks ran") && page.contains("Xid 31"), "{page}");
    assert!(page.contains("<h2>Under load</h2>") && page.contains("Core clock, at most 2700 MHz"), "{page}");
    run(world.wizard(&["verify", word, "--report", data.to_str().unwrap()])).expect(1);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&data).unwrap()).unwrap();
    let load = &report["devices"][0]["under_load"];
    assert_eq!((&load["clock_mhz"]["least"], &load["watts"]["most"]), (&1200.0.into(), &249.0.into()), "{load}");
    let reported = report["meanwhile"]["reported"].as_array().unwrap();
    let kinds: Vec<&str> = reported.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"xid") && kinds.contains(&"held_down") && kinds.contains(&"hot"), "{kinds:?}");
}

#[test]
fn a_proof_names_the_lock_of_an_environment_until_it_is_changed() {
    for engine in ["uv", "pip"] {
        let Some(mut world) = World::new() else { return };
        run(world.install(&["--engine", engine])).expect(0);
        let lock = |path: &Path| -> serde_json::Value {
            let report: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            report["lock"].clone()
        };
        let made = lock(&world.run_folder().join("report.json"));
        assert!(made.is_string(), "{made}");
        world.replay("rtx5070-healthy.jsonl");
        let again = |world: &World| {
            run(world.wizard(&["verify", "env", "--report", "report.json"])).expect(0);
            lock(&world.path("report.json"))
        };
        assert_eq!(again(&world), made, "{engine}");
        let said = run(world.wizard(&["verify", "env", "--json"])).expect(0).out;
        let verdict: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        assert_eq!(verdict["lock"], made);
        let library = fs::read_dir(world.target().join("lib")).unwrap().next().unwrap().unwrap().path();
        let more = library.join("site-packages/numpy-2.3.0.dist-info");
        fs::create_dir(&more).unwrap();
        fs::write(more.join("METADATA"), "Name: numpy\nVersion: 2.3.0\n").unwrap();
        fs::write(more.join("RECORD"), "numpy-2.3.0.dist-info/METADATA,,\n").unwrap();
        assert!(again(&world).is_null(), "{engine}: a package that the lock does not know");
    }
}

#[test]
fn a_process_that_the_check_program_started_is_none_of_another() {
    for is_its_own in [true, false] {
        let Some(mut world) = World::new() else { return };
        let listed = world.path("pids");
        world.simulate(&format!("{CARD}\npids=@{}", listed.display()));
        let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/rtx5070-healthy.jsonl");
        // It ends after the lines, as a child that hangs on may.
        let child =
            if is_its_own { "/bin/sleep 4 & other=$!".to_owned() } else { format!("other={}", std::process::id()) };
        let text = format!(
            "{child}\nprintf '77,%s' $other > '{}'\n\
             while IFS= read -r line; do printf '%s\\n' \"$line\"; /bin/sleep 0.05; done < '{}'",
            listed.display(),
            recording.display()
        );
        let python = world.script("recorded-python", &text);
        let data = world.path("report.json");
        run(world.wizard(&["verify", python.to_str().unwrap(), "--report", data.to_str().unwrap()])).expect(1);
        let report: serde_json::Value = serde_json::from_slice(&fs::read(&data).unwrap()).unwrap();
        let others = report["meanwhile"]["others"].as_array().unwrap();
        assert_eq!(report["devices"][0]["seen"]["process"], true);
        if is_its_own {
            assert!(others.is_empty(), "{others:?}");
        } else {
            assert_eq!((others.len(), &others[0]["pid"]), (1, &std::process::id().into()), "{others:?}");
        }
    }
}
