//! Advice on the hardware, from the played driver to what the commands say; and what holds a real process back.

use crate::world::{World, run};
use std::process::{Command, Stdio};

/// A PC with this card or these cards.
fn topics(scenario: &str) -> Option<Vec<String>> {
    let mut world = World::new()?;
    world.simulate(&format!("driver=596.36;cuda=13000;{scenario}"));
    let told: serde_json::Value =
        serde_json::from_str(&run(world.wizard(&["--offline", "--json", "detect"])).expect(0).out).unwrap();
    let advice = told["hardware_advice"].as_array().unwrap();
    for one in advice {
        let (what, check) = (one["what"].as_str().unwrap(), one["check"].as_str().unwrap());
        assert!(
            !what.is_empty() && !check.is_empty() && one["source"].as_str().unwrap().starts_with("https://"),
            "{one}"
        );
    }
    let text = run(world.wizard(&["--offline", "detect"])).expect(0).out;
    assert_eq!(text.contains("\nhardware\n"), !advice.is_empty(), "{text}");
    Some(advice.iter().map(|one| one["topic"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn each_reading_of_the_driver_raises_its_advice_and_a_healthy_card_none() {
    const CARD: &str = "gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";
    const OTHER: &str = "gpu=NVIDIA GeForce RTX 3060|12288|8|6|2503";
    for (scenario, wanted) in [
        (CARD.to_owned(), &[][..]),
        (format!("{CARD};course=0|bar1|0:256"), &["window"]),
        (format!("{CARD};course=0|bar1|0:x"), &[]),
        (format!("{CARD};course=0|limit|0:180"), &["power-limit"]),
        (format!("{CARD};course=0|gen_max|0:4"), &["older-link"]),
        (format!("{CARD};{CARD}"), &["several-cards"]),
        (format!("{CARD};{OTHER};course=*|limit|0:170;course=*|limit_default|0:170"), &["order"]),
    ] {
        let Some(told) = topics(&scenario) else { return };
        assert_eq!(told, wanted, "{scenario}");
    }
}

/// A process that computes and computes.
struct Busy(std::process::Child);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn what_holds_a_real_process_back_is_said_and_so_is_that_it_is_gone() {
    let Some(mut world) = World::new() else { return };
    let busy = Busy(Command::new("sh").args(["-c", "while :; do :; done"]).stdout(Stdio::null()).spawn().unwrap());
    let pid = busy.0.id().to_string();
    world.simulate(&format!(
        "driver=596.36;cuda=13000;gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04;course=0|util|0:30;process=0|{pid}|4000|c"
    ));
    let words = ["monitor", "--pid", &pid, "--seconds", "11", "--interval", "1000", "--json"];
    let ran = run(world.wizard(&words)).expect(0);
    let lines: Vec<serde_json::Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let process = |line: &serde_json::Value| line["process"].clone();
    let first = process(&lines[0]);
    assert_eq!(
        (&first["held_back_by"], &first["not_said"]),
        (&serde_json::Value::Null, &"too_early".into()),
        "{first}"
    );
    let last = process(lines.last().unwrap());
    // Where this machine is crowded it gets less than a core.
    let kind = last["held_back_by"]["kind"].as_str().unwrap();
    assert!(["preparing", "waiting"].contains(&kind), "{last}");
    assert_eq!(
        (&last["held_back_by"]["card"], &last["held_back_by"]["utilisation_percent"]),
        (&0.into(), &30.0.into())
    );
    drop(busy);
    let gone = run(world.wizard(&["monitor", "--pid", &pid, "--seconds", "1"])).expect(0);
    assert!(gone.out.contains(&format!("There is no process {pid} any more.")), "{}", gone.out);
}
