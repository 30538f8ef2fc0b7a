//! A verification beside the driver: what it saw of the card meanwhile stands in the report.

use crate::world::{World, run};
use std::fs;
use std::path::Path;

/// A card of the simulated library, on which process 77 computes: the worker of the recordings.
const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04\npids=77\nbusy=1";

/// An interpreter whose check program says what was recorded, a line every twentieth of a second.
fn recorded_python(world: &World, name: &str) -> std::path::PathBuf {
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
    let text = format!(
        "while IFS= read -r line; do printf '%s\\n' \"$line\"; /bin/sleep 0.05; done < '{}'",
        recording.display()
    );
    world.script("recorded-python", &text)
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
    assert_eq!(page.matches("<svg").count(), 4, "load, memory, temperature, power");
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
