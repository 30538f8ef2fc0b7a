//! Texts about other machines → facts. Every text here is made up in the form its tool prints.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use std::fmt::Write as _;
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::{MachineFacts, Probed};
use torch_wizard::report_in::{decode, read};

fn facts(text: &str) -> MachineFacts {
    read(text, Catalog::embedded().unwrap()).unwrap()
}

/// The facts in one line: only what is known.
fn told(text: &str) -> String {
    short(&facts(text))
}

fn short(facts: &MachineFacts) -> String {
    let mut out: Vec<String> = Vec::new();
    if let Some(os) = facts.os.found() {
        let mut text = os.version.clone();
        let arch = Some(os.arch.clone()).filter(|arch| !arch.is_empty());
        for part in [os.build.map(|build| build.to_string()), arch].into_iter().flatten() {
            write!(text, " {part}").unwrap();
        }
        if let Some((major, minor)) = os.glibc {
            write!(text, " glibc {major}.{minor}").unwrap();
        }
        text.push_str(match (os.is_wsl, os.is_container, facts.wsl.is_absent()) {
            (true, _, _) => " wsl",
            (false, true, _) => " container",
            (false, false, true) => " native",
            (false, false, false) => "",
        });
        out.push(text);
    }
    match &facts.driver {
        Probed::Found { value, .. } => out.push(format!("driver {value}")),
        Probed::Absent { .. } => out.push("no driver".to_owned()),
        Probed::Unknown { .. } => {}
    }
    out.extend(facts.driver_cuda.found().map(|cuda| format!("accepts {cuda}")));
    for gpu in facts.gpus.found().into_iter().flatten() {
        let capability = gpu.capability.map_or_else(|| "?".to_owned(), |capability| capability.to_string());
        let memory = gpu.memory_bytes.map(|bytes| format!(" {} MiB", bytes >> 20)).unwrap_or_default();
        out.push(format!("{}: {} {capability}{memory}", gpu.index, gpu.name));
    }
    if facts.gpus.is_absent() {
        out.push("no card".to_owned());
    }
    out.extend(facts.other_cards.iter().map(|other| format!("other {other}")));
    for python in facts.pythons.found().into_iter().flatten() {
        let usable = if python.why_not.is_none() { "" } else { " unfit" };
        out.push(format!("python {}{usable}", python.version.unwrap()));
    }
    if let Some(seen) = &facts.torch_seen {
        let torch = seen.torch.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
        let mut text = format!("torch {torch}");
        text.push_str(&seen.cuda.map(|cuda| format!(" of {cuda}")).unwrap_or_default());
        for (is_so, word) in [
            (seen.is_available == Some(true), " reaches"),
            (seen.is_available == Some(false), " reaches not"),
            (seen.sees_cards, " sees"),
            (seen.refuses_card, " refuses"),
            (seen.refuses_driver, " refuses driver"),
            (seen.is_cpu_build, " cpu"),
        ] {
            text.push_str(if is_so { word } else { "" });
        }
        out.push(text);
    }
    for (name, tool) in &facts.tools {
        out.push(format!("{name} {}", tool.found().unwrap().version.as_ref().unwrap()));
    }
    out.extend(facts.masks.iter().map(|mask| format!("{}={}", mask.name, mask.value)));
    out.join("; ")
}

macro_rules! table {
    ($($name:ident: $text:expr => $expected:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(told($text), $expected); })*
    };
}

mod any_text;
mod doubts;
mod logs;
mod people;
mod round_trip;
mod starts;
mod tools;

#[test]
fn lists_complete_each_other() {
    // The table was cut after its first row, and its name after some letters.
    let text = "|   0  NVIDIA GeForce RTX 2080 ...    Off | 00000000:01:00.0 Off |                  N/A |\n\
        GPU 0: NVIDIA GeForce RTX 2080 SUPER\nGPU 0 Compute Capability: 7.5\nGPU 1: NVIDIA GeForce GTX 1080\n";
    let facts = facts(text);
    let names: Vec<_> = facts.gpus.found().unwrap().iter().map(|gpu| (gpu.index, gpu.name.as_str())).collect();
    assert_eq!(names, [(0, "NVIDIA GeForce RTX 2080 SUPER"), (1, "NVIDIA GeForce GTX 1080")]);
    // Only the bus sees the card that the driver has dropped.
    let text = "GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-1b2c3d4e)\n\
        01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4090] [10de:2684] (rev a1)\n\
        02:00.0 VGA compatible controller: NVIDIA Corporation GP104 [GeForce GTX 1080] [10de:1b80] (rev a1)\n";
    assert_eq!(told(text), "Linux; 0: NVIDIA GeForce RTX 4090 8.9; 1: GeForce GTX 1080 6.1");
}

#[test]
fn every_fact_names_its_line() {
    let facts = facts("hello\nOS: Windows 11\n\nGPU: RTX 3060\nDriver: 551.86\n");
    assert_eq!(facts.os.source().detail, "the report, line 2");
    assert_eq!(facts.gpus.found().unwrap().first().unwrap().source.detail, "the report, line 4");
    assert_eq!(facts.driver.source().detail, "the report, line 5");
    assert!(facts.is_report);
}

#[test]
fn colours_carriage_returns_and_utf_16_do_not_matter() {
    let plain = "OS: Windows 11\nGPU: RTX 3060\nDriver: 551.86\n";
    let expected = told(plain);
    assert_eq!(
        told("\u{1b}[32mOS:\u{1b}[0m Windows 11\r\nGPU: \u{1b}[1;31mRTX 3060\u{1b}[0m\rDriver: 551.86\r\n"),
        expected
    );
    let wide: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(told(&decode(&wide)), expected);
}

#[test]
fn a_text_about_something_else_is_no_report() {
    let catalog = Catalog::embedded().unwrap();
    for text in [
        "",
        "hello",
        "Dear team,\nplease find the minutes attached.\n",
        "{\"a\": 1}",
        "3.14 is about pi\n",
        "C:\\Users\\x>dir\n",
    ] {
        assert!(read(text, catalog).is_err(), "{text}");
    }
}
