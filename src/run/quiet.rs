//! Silences and what can be said of them: what the tool said it would do, the file a compiler is at, and after a while
//! why it takes so long.

use super::{EventKind, Runner, Stall, Stop};
use crate::host::{Activity, Host, HostError, InUse};
use crate::plan::PlanStep;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::time::Duration;

/// A silence is told from here on.
const TOLD: Duration = Duration::from_secs(1);
/// And again so often.
const AGAIN: Duration = Duration::from_secs(1);
/// From here on it is said why it takes so long.
const LONG: u64 = 20;
/// Who holds a file has so long to let it go before the run stops.
const PATIENCE: Duration = Duration::from_secs(30);
/// What runs is looked at so often.
const LOOK: Duration = Duration::from_secs(2);
/// A look is waited for so long; on a busy machine it takes longer, and is heard when it comes.
const PROMPT: Duration = Duration::from_millis(100);

/// What is known of a silence.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The process whose tree works.
    child: Option<u32>,
    /// What its tool is doing after its last line.
    doing: Option<String>,
    /// Compilers may run under it.
    compiles: bool,
    /// A look that is under way.
    asked: Option<Receiver<Option<Activity>>>,
    /// What was seen last, and when.
    seen: Option<(Duration, Activity)>,
    stall: Option<Stall>,
    /// What a compiler or linker is at.
    file: Option<String>,
}

impl Watch {
    /// A child was started.
    pub(super) fn begin(&mut self, child: u32) {
        *self = Self { child: Some(child), doing: self.doing.take(), compiles: self.compiles, ..Self::default() };
    }

    /// A tool begins: whether compilers run under it.
    pub(super) fn tool(&mut self, compiles: bool) {
        *self = Self { compiles, ..Self::default() };
    }

    /// What it is doing from its last line on; empty: what its step is known for.
    pub(super) fn heard(&mut self, doing: Option<String>) {
        if let Some(doing) = doing {
            self.doing = Some(doing).filter(|doing| !doing.is_empty());
        }
        (self.seen, self.stall, self.file) = (None, None, None);
    }

    /// Looks at what runs when it is time to, on a thread of its own: reading the table of processes must not be a
    /// silence itself.
    fn see(&mut self, host: &Arc<dyn Host>, now: Duration) {
        if let Some(child) = self.due(now).filter(|_| self.asked.is_none()) {
            let (answer, asked) = sync_channel(1);
            let host = Arc::clone(host);
            // Nobody may wait for it any more.
            let body = move || drop(answer.send(host.activity(child)));
            self.asked = Some(asked);
            if let Err(error) = std::thread::Builder::new().name("look".to_owned()).spawn(body) {
                tracing::warn!("no thread to look at processes with: {error}");
            }
        }
        match self.asked.as_ref().map(|asked| asked.recv_timeout(PROMPT)) {
            Some(Ok(activity)) => self.look(now, activity),
            Some(Err(RecvTimeoutError::Disconnected)) => self.look(now, None),
            Some(Err(RecvTimeoutError::Timeout)) => return,
            None => {}
        }
        self.asked = None;
    }

    /// When it is time to look at what runs: which process.
    fn due(&self, now: Duration) -> Option<u32> {
        let is_due = self.seen.as_ref().is_none_or(|(at, _)| now.saturating_sub(*at) >= LOOK);
        self.child.filter(|_| is_due)
    }

    /// Takes what was seen of it; `None` where nothing can be seen.
    fn look(&mut self, now: Duration, activity: Option<Activity>) {
        let Some(activity) = activity else {
            self.stall = Some(Stall::Unknown);
            return;
        };
        self.file = activity.busiest.iter().find_map(|command| at_work_on(command)).filter(|_| self.compiles);
        if let Some((at, before)) = &self.seen {
            self.stall = Some(between(before, &activity, now.saturating_sub(*at)));
        }
        self.seen = Some((now, activity));
    }
}

/// What a tree of processes did between two looks.
fn between(before: &Activity, after: &Activity, time: Duration) -> Stall {
    let seconds = time.as_secs_f64().max(0.001);
    let of = |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64() / seconds;
    let processor = of(before.processor, after.processor);
    let bytes = after.bytes.saturating_sub(before.bytes) as f64 / seconds;
    // A tree whose processes come and go is busy, even if those that ended took their counts with them.
    let is_other = before.processes != after.processes;
    if let (Some((_, earlier)), Some((name, later))) = (&before.scanner, &after.scanner)
        && of(*earlier, *later) > 0.3
        && processor < 0.5
    {
        return Stall::Scanner(name.clone());
    }
    if processor > 0.2 || is_other {
        Stall::Processor
    } else if bytes > 100_000.0 {
        Stall::Disk
    } else {
        Stall::Idle
    }
}

/// What a compiler's or linker's command is at: `compiling CoroSplit.cpp`, `linking libtorch_cuda.so`.
fn at_work_on(command: &[String]) -> Option<String> {
    const COMPILERS: [&str; 12] =
        ["cc1plus", "cc1", "c++", "g++", "gcc", "clang", "clang++", "cl", "nvcc", "cicc", "ptxas", "cudafe++"];
    const LINKERS: [&str; 8] = ["ld", "collect2", "link", "lld", "lld-link", "lib", "ar", "nvlink"];
    const SOURCES: [&str; 9] = [".cpp", ".cc", ".cxx", ".c", ".cu", ".cpp1.ii", ".cudafe1.cpp", ".ptx", ".gpu"];
    let (program, arguments) = command.split_first()?;
    let name = program.rsplit(['/', '\\']).next()?.to_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    // `ld.lld`, `x86_64-linux-gnu-g++-12`
    let is = |names: &[&str]| {
        let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
        names.iter().any(|known| {
            plain == *known || plain.ends_with(&format!("-{known}")) || name.starts_with(&format!("{known}."))
        })
    };
    let last = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    if is(&LINKERS) {
        let target =
            arguments.iter().position(|word| word == "-o").and_then(|at| arguments.get(at + 1)).map(String::as_str);
        let target = target.or_else(|| {
            arguments.iter().find_map(|word| {
                word.get(..5).filter(|start| start.eq_ignore_ascii_case("/out:")).and_then(|_| word.get(5..))
            })
        });
        return target.map(|target| format!("linking {}", last(target)));
    }
    if !is(&COMPILERS) {
        return None;
    }
    let source = arguments.iter().rev().find(|word| {
        let word = word.to_lowercase();
        !word.starts_with('-') && SOURCES.iter().any(|end| word.ends_with(end))
    })?;
    Some(format!("compiling {}", last(source)))
}

impl Runner<'_> {
    /// Names a silence, once a second, from the first on.
    pub(super) fn quiet(&mut self, step: &PlanStep, doing: &str) -> Result<(), Stop> {
        self.silence(step, doing, None)
    }

    /// The same where we load ourselves: what is silent then is the network.
    pub(super) fn no_bytes(&mut self, step: &PlanStep, doing: &str) -> Result<(), Stop> {
        self.silence(step, doing, Some(Stall::NoBytes))
    }

    fn silence(&mut self, step: &PlanStep, doing: &str, known: Option<Stall>) -> Result<(), Stop> {
        let now = self.host.uptime();
        let silent = now.saturating_sub(self.last_sound);
        if silent < TOLD || now.saturating_sub(self.last_quiet) < AGAIN {
            return Ok(());
        }
        self.watch.see(&self.host, now);
        let seconds = silent.as_secs().max(1);
        let stall = known.or_else(|| self.watch.stall.clone()).filter(|_| seconds >= LONG);
        let doing = self.watch.file.as_deref().or(self.watch.doing.as_deref()).unwrap_or(doing).to_owned();
        self.emit(Some(step), EventKind::Quiet { seconds, doing, stall })
    }

    /// Waits until nobody uses an environment that is about to be replaced: a program that runs from it would break, and
    /// Windows would not let it go. After a while it is the user's turn.
    pub(super) fn until_unused(&mut self, step: &PlanStep, place: &Path) -> Result<(), Stop> {
        let host = Arc::clone(&self.host);
        let began = host.uptime();
        loop {
            let held =
                self.while_named(step, "looking for programs that use the environment", || host.holders(place))?;
            let Some(held) = held else { return Ok(()) };
            if host.uptime().saturating_sub(began) >= PATIENCE {
                let untouched = super::problems::untouched(self.plan);
                return Err(Stop::Failed(super::problems::in_use(&held).changed(untouched)));
            }
            self.wait_for(step, &held)?;
        }
    }

    /// Does something with files, and again as long as somebody holds one of them, which is said meanwhile.
    pub(super) fn insist(
        &mut self,
        step: &PlanStep,
        doing: &str,
        work: impl Fn(&dyn Host) -> Result<(), HostError> + Send + Sync,
    ) -> Result<(), Stop> {
        let host = Arc::clone(&self.host);
        let began = host.uptime();
        loop {
            let error = match self.while_named(step, doing, || work(&*host))? {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let held = error.in_use().filter(|_| host.uptime().saturating_sub(began) < PATIENCE);
            let Some(held) = held else { return Err(error.into()) };
            self.wait_for(step, held)?;
        }
    }

    /// A second, in which is said for whom it is waited.
    fn wait_for(&mut self, step: &PlanStep, held: &InUse) -> Result<(), Stop> {
        let doing = format!("waiting for {} to close {}", held.who(), held.path.display());
        for _ in 0..10 {
            if self.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            self.quiet(step, &doing)?;
            self.host.pause(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Does something that may take long and says nothing: its silence is named meanwhile.
    pub(super) fn while_named<T: Send>(
        &mut self,
        step: &PlanStep,
        doing: &str,
        work: impl FnOnce() -> T + Send,
    ) -> Result<T, Stop> {
        let (done, wait) = channel();
        std::thread::scope(|scope| {
            let body = move || {
                done.send(work()).ok();
            };
            let worker = std::thread::Builder::new().name("run-quiet".to_owned()).spawn_scoped(scope, body);
            worker.map_err(|source| crate::host::HostError::Start { program: "run-quiet".into(), source })?;
            let mut trouble = None;
            loop {
                match wait.recv_timeout(Duration::from_millis(100)) {
                    Ok(result) => return trouble.map_or(Ok(result), Err),
                    Err(RecvTimeoutError::Timeout) => trouble = trouble.or(self.quiet(step, doing).err()),
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(Stop::Failed(super::problems::no_report(self.plan)));
                    }
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(processor: u64, bytes: u64) -> Activity {
        Activity { processor: Duration::from_millis(processor), bytes, processes: vec![7], ..Activity::default() }
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn why_it_takes_so_long_is_seen_between_two_looks() {
        let two = Duration::from_secs(2);
        let before = activity(1000, 5000);
        assert_eq!(between(&before, &activity(2900, 5000), two), Stall::Processor);
        assert_eq!(between(&before, &activity(1100, 9_000_000), two), Stall::Disk);
        assert_eq!(between(&before, &activity(1000, 5000), two), Stall::Idle);
        let other = Activity { processes: vec![7, 8], ..activity(10, 0) };
        assert_eq!(between(&before, &other, two), Stall::Processor);
        let scanned = |ms| Activity {
            scanner: Some(("MsMpEng.exe".to_owned(), Duration::from_millis(ms))),
            ..activity(1000, 5000)
        };
        assert_eq!(between(&scanned(0), &scanned(1500), two), Stall::Scanner("MsMpEng.exe".to_owned()));
        assert_eq!(between(&scanned(0), &scanned(100), two), Stall::Idle);
    }

    #[test]
    fn a_compiler_is_named_by_its_file_and_a_linker_by_what_it_makes() {
        for (command, at) in [
            (
                "/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus -quiet -I . /src/aten/CoroSplit.cpp -o /tmp/x.s",
                Some("compiling CoroSplit.cpp"),
            ),
            ("/usr/local/cuda/bin/nvcc -O2 -c /s/flash_fwd_hdim128.cu -o x.o", Some("compiling flash_fwd_hdim128.cu")),
            (r"C:\VS\cl.exe /nologo /c D:\t\aten\Loss.cpp /FoLoss.obj", Some("compiling Loss.cpp")),
            (r"C:\VS\link.exe /dll /OUT:bin\torch_cuda.dll a.obj", Some("linking torch_cuda.dll")),
            ("/usr/bin/ld -pie -o lib/libtorch_cpu.so a.o", Some("linking libtorch_cpu.so")),
            ("/usr/bin/x86_64-linux-gnu-g++-12 -c a.cc", Some("compiling a.cc")),
            ("ninja -j 2", None),
            ("python setup.py build", None),
            ("cl.exe /?", None),
        ] {
            assert_eq!(at_work_on(&words(command)).as_deref(), at, "{command}");
        }
    }

    #[test]
    fn what_was_seen_is_forgotten_with_the_next_sound() {
        let mut watch = Watch::default();
        watch.tool(true);
        watch.begin(7);
        watch.heard(Some("compiling flash-attn".to_owned()));
        assert_eq!(watch.due(Duration::from_secs(2)), Some(7));
        let compiler = Activity { busiest: vec![words("cc1plus a.cpp")], ..activity(0, 0) };
        watch.look(Duration::from_secs(2), Some(compiler));
        assert_eq!((watch.file.as_deref(), watch.due(Duration::from_secs(3))), (Some("compiling a.cpp"), None));
        watch.look(Duration::from_secs(4), Some(activity(2000, 0)));
        assert_eq!((watch.file.as_deref(), &watch.stall), (None, &Some(Stall::Processor)));
        watch.heard(None);
        assert_eq!((watch.stall.as_ref(), watch.doing.as_deref()), (None, Some("compiling flash-attn")));
        watch.heard(Some(String::new()));
        assert_eq!(watch.doing, None);
        watch.look(Duration::from_secs(9), None);
        assert_eq!(watch.stall, Some(Stall::Unknown));
    }

    use crate::facts::OsFamily;
    use crate::host::fake::{Script, World};
    use crate::plan::{Action, CommandSpec, Plan};
    use crate::run::{Outcome, RunEvent, Surroundings, run};
    use std::sync::atomic::AtomicBool;

    /// Runs a plan in a made-up world; how it ended, and what was told.
    fn ran(plan: &Plan, world: World) -> (Outcome, Vec<RunEvent>, Arc<dyn Host>) {
        let host: Arc<dyn Host> = Arc::new(world);
        let mut told = Vec::new();
        let surroundings = Surroundings {
            host: Arc::clone(&host),
            address: &str::to_owned,
            expected: &|_, _| None,
            circumstances: crate::verify::Circumstances::default(),
            offline: true,
            interactive: false,
            cancel: &AtomicBool::new(false),
            sink: &mut |event| told.push(event.clone()),
        };
        (run(plan, surroundings), told, host)
    }

    fn quiets(told: &[RunEvent]) -> Vec<(u64, &str, Option<&Stall>)> {
        told.iter()
            .filter_map(|event| {
                let EventKind::Quiet { seconds, doing, stall } = &event.kind else { return None };
                Some((*seconds, doing.as_str(), stall.as_ref()))
            })
            .collect()
    }

    #[test]
    fn a_check_that_dies_is_heard_to_its_last_word_without_its_secrets() {
        let mut plan = crate::run::rollback::tests::run(None).plan;
        plan.steps.retain(|step| step.key == "verify");
        let Action::Verify { python, .. } = plan.steps[0].action.clone() else { panic!("{:?}", plan.steps) };
        let script = Script::exits(139).stderr("from https://ada:pw@h.example/simple\nSegmentation fault");
        let (_, told, host) = ran(&plan, World::new(OsFamily::Linux).program(&python.display().to_string(), script));
        let said =
            |event: &RunEvent| if let EventKind::Log { text, .. } = &event.kind { Some(text.clone()) } else { None };
        let said: Vec<String> = told.iter().filter_map(said).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].contains("h.example") && !said[0].contains("pw"), "{said:?}");
        assert_eq!(said[1], "Segmentation fault");
        let log = String::from_utf8(host.read(&plan.places.run.join("install.log")).unwrap()).unwrap();
        assert!(log.contains("Segmentation fault") && !log.contains("pw@"), "{log}");
    }

    #[test]
    fn a_tool_is_followed_from_its_lines_to_the_bars_the_silences_and_the_log() {
        let script = Script::prints("Resolved 40 packages in 9ms\n")
            .after(Duration::from_secs(25))
            .stderr("using https://ada:pw@h.example/simple\nPrepared 40 packages in 25.01s\n")
            .after(Duration::from_secs(3))
            .stdout("Installed 40 packages in 2.9s\n");
        let mut plan = crate::run::rollback::tests::run(None).plan;
        plan.steps.retain(|step| step.key == "install");
        plan.steps[0].action = Action::Run { command: CommandSpec::new("/usr/bin/uv", ["pip", "install"]) };
        let (outcome, told, host) = ran(&plan, World::new(OsFamily::Linux).program("/usr/bin/uv", script));
        assert!(matches!(outcome, Outcome::Promoted { .. }), "{outcome:?}");
        let fractions: Vec<f64> = told
            .iter()
            .filter_map(
                |event| if let EventKind::Progress { fraction, .. } = event.kind { Some(fraction) } else { None },
            )
            .collect();
        assert_eq!(fractions, [0.05, 0.7, 1.0]);
        let quiets = quiets(&told);
        assert_eq!(quiets[0], (1, "unpacking 40 packages", None));
        assert!(quiets.windows(2).all(|pair| pair[0].0 <= pair[1].0 || pair[1].1.starts_with("linking")), "{quiets:?}");
        // A made-up machine shows nothing of its processes.
        assert!(quiets.contains(&(21, "unpacking 40 packages", Some(&Stall::Unknown))), "{quiets:?}");
        assert!(quiets.contains(&(2, "linking files into the environment", None)), "{quiets:?}");
        let log = String::from_utf8(host.read(&plan.places.run.join("install.log")).unwrap()).unwrap();
        let words: Vec<&str> = log.lines().map(crate::run::log::without_moment).collect();
        assert_eq!(
            words[1..],
            [
                "── install: /usr/bin/uv pip install",
                "Resolved 40 packages in 9ms",
                "using https://***@h.example/simple",
                "Prepared 40 packages in 25.01s",
                "Installed 40 packages in 2.9s",
                "└─ ended with code 0 after 28.0 s",
                "══ install: done after 28.0 s",
            ]
        );
        assert!(!format!("{told:?}").contains("ada:pw"));
    }

    /// A plan that only moves a new environment over an old one.
    fn replacing() -> (Plan, World) {
        let mut plan = crate::run::rollback::tests::run(None).plan;
        plan.steps.retain(|step| step.key == "promote");
        let path = plan.staging.join("pyvenv.cfg");
        let action = Action::WriteFile { path, text: "new".to_owned(), kept: None };
        let writes = vec![plan.staging.clone()];
        plan.steps.insert(0, PlanStep { key: "new".to_owned(), action, writes, ..plan.steps[0].clone() });
        let world = World::new(OsFamily::Linux).file(plan.target.join("pyvenv.cfg"), "old");
        (plan, world)
    }

    #[test]
    fn an_environment_is_replaced_once_nobody_uses_it_any_more() {
        let (plan, world) = replacing();
        let target = plan.target.display().to_string();
        let (outcome, told, host) = ran(&plan, world.held(&format!("{target}/bin/python"), "python", 1234, 5));
        assert!(matches!(outcome, Outcome::Promoted { .. }), "{outcome:?}");
        let waited = format!("waiting for python (1234) to close {target}/bin/python");
        assert!(quiets(&told).iter().any(|(_, doing, _)| *doing == waited), "{told:?}");
        assert_eq!(host.read(&plan.target.join("pyvenv.cfg")).unwrap(), b"new");
    }

    #[test]
    fn whoever_does_not_let_an_environment_go_is_named_and_it_stays() {
        let (plan, world) = replacing();
        let target = plan.target.display().to_string();
        let (outcome, _, host) = ran(&plan, world.held(&format!("{target}/lib/x.so"), "python", 1234, u32::MAX));
        let Outcome::Failed { problem, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(problem.label, "in-use");
        assert_eq!(problem.cause, format!("python (1234) uses {target}/lib/x.so."));
        assert!(problem.changed.contains("is as it was before") && problem.next.len() == 3, "{problem}");
        assert_eq!(host.read(&plan.target.join("pyvenv.cfg")).unwrap(), b"old");
        assert!(host.meta(&plan.staging).is_some());
    }
}
