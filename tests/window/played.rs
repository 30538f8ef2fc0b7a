//! A whole verification on a played RTX 5090: the real loader over the played NVML library, second by second, with the
//! checks of a recording beside it.

use crate::pc;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use torch_wizard::app::{Action, Message, Model, MonitorAction, Screen, Span};
use torch_wizard::facts::Via;
use torch_wizard::host::nvml;
use torch_wizard::monitor::MonitorTick;
use torch_wizard::monitor::follow::Matcher;

/// A scene of the library, with a clock to be set.
struct Played {
    folder: tempfile::TempDir,
    library: std::sync::Arc<dyn torch_wizard::host::GpuLibrary>,
}

impl Played {
    #[expect(clippy::disallowed_methods, reason = "builds the library and writes its scenario: no Host here")]
    fn new(scene: &str) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = folder.path().join("libnvidia-ml.so.1");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake_nvml/fake_nvml.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]).arg(&path).arg(source).args(["-lm", "-ldl"]);
        assert!(compiler.status().unwrap().success(), "{compiler:?}");
        let clock = folder.path().join("clock");
        fs::write(&clock, "0").unwrap();
        let scenario = format!("scene={scene}\nprocess=0|4711|9200|c|2-30\nclock={}", clock.display());
        fs::write(PathBuf::from(format!("{}.scenario", path.display())), scenario).unwrap();
        let library = nvml::load(Some(&path), &[], nvml::LIMIT).unwrap();
        Self { folder, library }
    }

    fn at(&self, second: f64) -> Message {
        #[expect(clippy::disallowed_methods, reason = "sets the clock of the played library: no Host here")]
        fs::write(self.folder.path().join("clock"), second.to_string()).unwrap();
        let samples = self.library.sample().unwrap();
        Message::Tick(Box::new(MonitorTick { time: "2026-11-21T10:00:00.000Z".to_owned(), samples, trouble: None }))
    }
}

/// The monitor after a scene of so many seconds.
pub fn scene(name: &str, seconds: u32) -> Model {
    let played = Played::new(name);
    let mut facts = pc::rtx_5070();
    let gpus = played.library.inventory().unwrap().gpus.into_iter();
    let cards = gpus.map(|gpu| {
        let (name, memory) = (gpu.name.unwrap(), gpu.memory_bytes.unwrap() >> 20);
        pc::gpu(gpu.index, &name, &gpu.capability.unwrap().to_string(), memory)
    });
    facts.gpus = pc::found(Via::Simulated, cards.collect());
    let mut model = pc::detected_with(facts);
    pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    for second in 0..=seconds {
        pc::at(&mut model, 10.0 + f64::from(second));
        pc::tell(&mut model, played.at(f64::from(second)));
    }
    model
}

/// A verification from its beginning to its end, four readings a second; then the monitor.
pub fn verification(screen: Screen, log: bool) -> Model {
    let played = Played::new("rtx-5090-verification");
    let mut model = pc::verifying("rtx5070-healthy.jsonl", 0);
    let card = pc::gpu(0, "NVIDIA GeForce RTX 5090", "12.0", 32607);
    for facts in [&mut model.detection.facts, &mut model.detection.corrected].into_iter().flatten() {
        facts.gpus = pc::found(Via::Simulated, vec![card.clone()]);
    }
    let recording = pc::recording("rtx5070-healthy.jsonl");
    let lines: Vec<&str> = recording.lines().collect();
    let matcher = Matcher::new([]);
    let (mut told, steps) = (0, 140_u32);
    for step in 0..=steps {
        let second = f64::from(step) / 4.0;
        pc::at(&mut model, 60.0 + second);
        pc::tell(&mut model, played.at(second));
        let due = lines.len() * (step.saturating_sub(8) as usize).min(112) / 112;
        for line in &lines[told..due] {
            pc::tell_line(&mut model, line);
        }
        told = due;
        if log && step % 12 == 0 {
            let line = format!("step {step} loss: {:.3}", 2.0 / (1.0 + second));
            pc::tell(&mut model, Message::Marked(matcher.mark(&line).into_iter().collect()));
        }
    }
    if screen == Screen::Monitor {
        pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
        pc::tell(&mut model, Message::User(Action::Monitor(MonitorAction::Look(Span::Minute))));
    }
    model
}
