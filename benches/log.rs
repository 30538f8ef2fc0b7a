//! A tool that prints a million lines: how long the run takes from the child to its log on the disk and its events, and
//! how much memory it takes. `TORCH_WIZARD_HOME=$(mktemp -d) cargo bench --no-default-features --bench log`; a real
//! child, a real disk.
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "measures time and writes to a folder of its own")]
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]

#[path = "../tests/plans/made.rs"]
#[expect(dead_code, clippy::indexing_slicing, reason = "one plan of the tests is taken")]
mod made;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use torch_wizard::facts::OsFamily;
use torch_wizard::host::Host;
use torch_wizard::host::real::RealHost;
use torch_wizard::plan::{Action, CommandSpec, Engine};
use torch_wizard::run::{EventKind, Outcome, Surroundings, run};

const LINES: usize = 1_000_000;

/// As compilers print: a status line of ninja, with a warning that mentions an address now and then.
const PRINTS: &str = "import sys\nw = sys.stdout.write\nfor i in range(int(sys.argv[1])):\n    \
    w(f'[{i % 7000}/7000] Building CXX object caffe2/CMakeFiles/torch_cpu.dir/__/aten/src/ATen/file_{i}.cpp.o\\n' \
    if i % 10 else f'warning: see https://pytorch.org/docs/{i} for NAME=value\\n')\n";

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let host: Arc<dyn Host> = Arc::new(RealHost::new().unwrap());
    let mut plan = made::Machine::new(OsFamily::Linux, Engine::Uv).wheel("/e".into());
    let base = |name: &str| folder.path().join(name);
    (plan.target, plan.staging, plan.places.run) = (base("env"), base("env.tw-new"), base("run"));
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut step = plan.steps.first().unwrap().clone();
    plan.lock.packages.clear();
    for lines in [LINES / 100, LINES, LINES] {
        let command = CommandSpec::new(&python, ["-c", PRINTS, &lines.to_string(), "setup.py"]);
        let bare = Instant::now();
        torch_wizard::host::output(&*host, &command, std::time::Duration::from_mins(10)).unwrap();
        let bare = bare.elapsed();
        step.action = Action::Run { command };
        plan.steps = vec![step.clone()];
        plan.places.run = base(&format!("run-{lines}-{}", bare.as_nanos()));
        let (mut logged, mut told) = (0, 0);
        let (before, worked) = (memory(), processor());
        let began = Instant::now();
        let outcome = run(
            &plan,
            Surroundings {
                host: Arc::clone(&host),
                address: &str::to_owned,
                expected: &|_, _| None,
                circumstances: torch_wizard::verify::Circumstances::default(),
                offline: true,
                interactive: false,
                cancel: &AtomicBool::new(false),
                sink: &mut |event| {
                    logged += u32::from(matches!(event.kind, EventKind::Log { .. }));
                    told += u32::from(matches!(event.kind, EventKind::Progress { .. }));
                },
            },
        );
        let time = began.elapsed();
        assert!(matches!(outcome, Outcome::Promoted { .. }), "{outcome:?}");
        let written: u64 =
            std::fs::read_dir(&plan.places.run).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
        println!(
            "{lines:>8} lines: {:>6.2} s, {:.2} s on the processor (bare reading {:.2} s), {logged} logged, {told} times progress, {} MB on disk, {:+} MB of memory",
            time.as_secs_f64(),
            processor() - worked,
            bare.as_secs_f64(),
            written >> 20,
            (memory() - before) / 1024,
        );
    }
}

/// Seconds that this process was on the processor, without its children; 0 where that is not told.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    // In hundredths of a second, on every Linux there is.
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory this process ever had in use, in kB; 0 where that is not told.
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}
