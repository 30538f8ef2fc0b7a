//! A change in place, cut after every single operation on the disk: rolled back, the tree is what it was; gone on with, it
//! is what it shall become. The disk is a real one; installer and checks are played.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "prepares and reads the environment past the Host")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]

#[path = "in_place/cut.rs"]
mod cut;
#[path = "in_place/trees.rs"]
mod trees;

use cut::{Cut, CutHost, NEVER};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use torch_wizard::assess::{Assessment, Route, Verdict};
use torch_wizard::facts::OsFamily;
use torch_wizard::host::Host;
use torch_wizard::lock::Lock;
use torch_wizard::plan::repair::{Change, Holding, InPlace, Serves, in_place};
use torch_wizard::plan::{Action, Choices, Engine, Frame, Indexes, Inheritance, Places, Plan};
use torch_wizard::run::{Outcome, Surroundings, journal, rollback};
use torch_wizard::verify::Circumstances;
use trees::{Chance, SITE, Tree, files, tree};

const PROOF: &[u8] = include_bytes!("recorded/cpu-run.jsonl");
const NO_PROOF: &[u8] = b"it broke\n";

/// A plan that replaces `alpha` and `beta` and takes leftovers away.
fn plan(root: &Path, chance: &Chance) -> Plan {
    let environment = root.join("env");
    let lock = "lock-version = \"1.0\"\n[[packages]]\nname = \"alpha\"\nversion = \"2.0\"\n\
        wheels = [{ url = \"https://f.example/alpha-2.0-py3-none-any.whl\", size = 1 }]\n";
    let leftovers = ["~lpha", "~lpha-0.9.dist-info"].map(|name| environment.join(SITE).join(name));
    let change = Change {
        leftovers: if chance.has_leftover { leftovers.into() } else { Vec::new() },
        remove: vec!["beta".to_owned()],
        ..Change::default()
    };
    let beta = torch_wizard::plan::repair::Installed { name: "beta".to_owned(), ..Default::default() };
    let holding = Holding {
        path: environment.clone(),
        python: environment.join("bin/python"),
        python_version: None,
        torch: None,
        variant: None,
        serves: Serves::Yes,
        packages: vec![beta],
        leftovers: Vec::new(),
        cannot_be_made: None,
        is_linked: false,
    };
    let assessment = Assessment {
        route: Route::Cpu,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: None,
        acceptable_variants: Vec::new(),
        gpus: Vec::new(),
        download_bytes: None,
        disk_bytes: None,
        seconds: None,
        needs: Vec::new(),
        risk: None,
    };
    let choices = Choices {
        target: environment.clone(),
        python: environment.join("bin/python"),
        python_version: None,
        engine: Engine::Uv,
        uv: None,
        cards: Vec::new(),
        replace: true,
    };
    let frame = Frame {
        id: "1".to_owned(),
        made_at: String::new(),
        os: OsFamily::Linux,
        places: Places {
            run: root.join("data/runs/1"),
            store: root.join("store"),
            links: root.join("links"),
            uv_cache: root.join("uv"),
        },
        indexes: Indexes::default(),
        inheritance: Inheritance::default(),
    };
    let parts = InPlace { holding: &holding, change: &change, device: "cpu" };
    let mut plan = in_place(assessment, choices, Lock::from_pylock(lock).unwrap(), frame, parts).unwrap();
    // Nothing is fetched here.
    plan.steps.retain(|step| !matches!(step.action, Action::Fetch | Action::WritePins { .. }));
    for step in &mut plan.steps {
        if let Action::Run { command } = &mut step.action {
            command.program = "unpack".into();
        }
    }
    plan
}

struct Bench {
    folder: TempDir,
    chance: Chance,
    plan: Plan,
    before: Tree,
    after: Tree,
    proof: &'static [u8],
}

impl Bench {
    fn new(chance: &Chance) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        chance.make(folder.path());
        let plan = plan(folder.path(), chance);
        let before = tree(&folder.path().join("env"));
        let after = chance.becomes(&files(&before));
        let bench = Self { folder, chance: chance.clone(), plan, before, after, proof: PROOF };
        torch_wizard::run::save(&bench.host(Cut::Dead, NEVER), &bench.plan).unwrap();
        bench
    }

    fn host(&self, cut: Cut, at: usize) -> CutHost {
        CutHost::new(self.folder.path(), &self.chance.unpacks(), self.proof, cut, at)
    }

    /// The journal as it stands.
    fn told(&self) -> String {
        std::fs::read_to_string(self.plan.places.run.join("journal.jsonl")).unwrap_or_default()
    }

    fn now(&self) -> Tree {
        tree(&self.folder.path().join("env"))
    }

    /// One life of the run; how it ended, and how many changes it made or tried.
    fn life(&self, cut: Cut, at: usize) -> (Outcome, usize) {
        let host = Arc::new(self.host(cut, at));
        let counter = Arc::clone(&host.counter);
        let host: Arc<dyn Host> = host;
        let surroundings = Surroundings {
            host,
            address: &str::to_owned,
            expected: &|_, _| None,
            circumstances: Circumstances { card_present: Some(false), ..Circumstances::default() },
            offline: true,
            interactive: false,
            cancel: &counter.cancel,
            sink: &mut |_| {},
        };
        (torch_wizard::run::run(&self.plan, surroundings), counter.count())
    }

    fn roll_back(&self, cut: Cut, at: usize) -> Result<(String, usize), String> {
        let host = self.host(cut, at);
        let run = journal::read_run(&host, &self.plan.places.run).map_err(|error| error.to_string())?.unwrap();
        let said = rollback::roll_back(&host, &run).map_err(|problem| problem.to_string())?;
        Ok((said, host.counter.count()))
    }

    fn is_let_go(&self) -> bool {
        let history = journal::History::read(&self.host(Cut::Dead, NEVER), &self.plan.places.run).unwrap();
        let is_open = history.open.as_deref() == Some("let-go");
        history.done.contains("let-go") || is_open && !self.folder.path().join("env/.torch-wizard/1").exists()
    }

    #[track_caller]
    fn is_as_before(&self, when: &str) {
        same(&self.now(), &self.before, when);
        self.cache_is_untouched();
    }

    #[track_caller]
    fn is_changed(&self, when: &str) {
        same(&files(&self.now()), &self.after, when);
        assert!(!self.folder.path().join("env/.torch-wizard").exists(), "{when}");
        self.cache_is_untouched();
    }

    /// No file was written through a hard link, and nothing outside was touched.
    #[track_caller]
    fn cache_is_untouched(&self) {
        for (path, node) in tree(&self.folder.path().join("store")) {
            assert!(node.contains(" old "), "{path}: {node}");
        }
        assert_eq!(std::fs::read_to_string(self.folder.path().join("outside.txt")).unwrap(), "not ours");
    }
}

/// Tells what differs, and not two long trees.
#[track_caller]
fn same(now: &Tree, wanted: &Tree, when: &str) {
    let lost: Vec<_> = wanted.iter().filter(|(path, node)| now.get(*path) != Some(node)).collect();
    let more: Vec<_> = now.iter().filter(|(path, node)| wanted.get(*path) != Some(node)).collect();
    assert!(lost.is_empty() && more.is_empty(), "{when}\nwanted {lost:?}\nfound {more:?}");
}

/// Goes on until the run ends well.
#[track_caller]
fn resume(bench: &Bench, when: &str) {
    let (outcome, _) = bench.life(Cut::Dead, NEVER);
    assert!(matches!(outcome, Outcome::Promoted { .. }), "{when}: {outcome:?}");
    bench.is_changed(when);
}

fn chance() -> impl Strategy<Value = Chance> {
    let bits = any::<u16>;
    (any::<[u16; 4]>(), (bits(), bits(), bits(), bits()), (bits(), bits(), bits()), any::<(u8, bool, bool)>()).prop_map(
        |(
            lists,
            (missing, missing_too, links, links_too),
            (read_only, cached, new),
            (unlisted, no_record, leftover),
        )| {
            Chance {
                lists,
                missing: missing & missing_too,
                links: links & links_too,
                read_only,
                cached,
                unlisted,
                new,
                has_no_record: no_record,
                has_leftover: leftover,
            }
        },
    )
}

fn few(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 2, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few(2))]

    #[test]
    fn cut_at_any_operation_and_rolled_back_the_tree_is_what_it_was(chance in chance()) {
        let whole = Bench::new(&chance);
        let (outcome, count) = whole.life(Cut::Dead, NEVER);
        prop_assert!(matches!(outcome, Outcome::Promoted { .. }), "{outcome:?}");
        whole.is_changed("uncut");
        for at in 0..count {
            let bench = Bench::new(&chance);
            bench.life(Cut::Dead, at);
            let is_let_go = bench.is_let_go();
            // The rollback is cut as well, somewhere.
            bench.roll_back(Cut::Dead, at * 7 % 23).ok();
            bench.roll_back(Cut::Dead, NEVER).unwrap();
            if is_let_go {
                bench.is_changed(&format!("cut at {at} of {count}"));
            } else {
                bench.is_as_before(&format!("cut at {at} of {count}"));
            }
        }
    }

    #[test]
    fn cut_at_any_operation_and_gone_on_with_the_tree_is_the_new_one(chance in chance()) {
        let (_, count) = Bench::new(&chance).life(Cut::Dead, NEVER);
        for at in 0..count {
            let bench = Bench::new(&chance);
            bench.life(Cut::Dead, at);
            // The second life is cut as well, somewhere.
            bench.life(Cut::Dead, at * 5 % count);
            resume(&bench, &format!("cut at {at} of {count}"));
        }
    }

    #[test]
    fn an_operation_that_fails_or_a_cancel_brings_everything_back_at_once(chance in chance()) {
        let (_, count) = Bench::new(&chance).life(Cut::Dead, NEVER);
        for (cut, at) in (0..count).flat_map(|at| [(Cut::Once, at), (Cut::Cancel, at)]) {
            let bench = Bench::new(&chance);
            let (outcome, _) = bench.life(cut, at);
            let when = format!("{cut:?} at {at} of {count}: {outcome:?}");
            let is_let_go = bench.is_let_go();
            if matches!(outcome, Outcome::Promoted { .. }) || is_let_go {
                resume(&bench, &when);
                continue;
            }
            let mut now = bench.now();
            now.retain(|path, _| !path.starts_with(".torch-wizard"));
            same(&now, &bench.before, &when);
            // And whoever goes on then comes to the same end.
            resume(&bench, &when);
        }
    }

    #[test]
    fn a_mistake_of_ours_at_any_operation_is_told_and_leaves_what_a_kill_leaves(chance in chance()) {
        let (_, count) = Bench::new(&chance).life(Cut::Dead, NEVER);
        for at in 0..count {
            let when = format!("at {at} of {count}");
            let bench = Bench::new(&chance);
            let (outcome, _) = bench.life(Cut::Mistake, at);
            let Outcome::Failed { problem, .. } = &outcome else { panic!("{when}: {outcome:?}") };
            prop_assert_eq!(&problem.label, torch_wizard::mistake::LABEL, "{}", &when);
            prop_assert!(problem.to_string().contains("torch-wizard resume"), "{problem}");
            prop_assert!(bench.told().contains(&problem.cause), "{}: it is not in the journal", &when);
            let host = bench.host(Cut::Dead, NEVER);
            prop_assert_eq!(torch_wizard::run::finish(&host, &bench.plan, &outcome), Ok(4), "{}", &when);
            if at % 2 == 0 || bench.is_let_go() {
                resume(&bench, &when);
            } else {
                bench.roll_back(Cut::Dead, NEVER).unwrap();
                bench.is_as_before(&when);
            }
        }
    }
}

#[test]
fn what_is_not_proven_is_taken_out_at_once_and_can_be_tried_again() {
    let chance = Chance {
        lists: [0x0fff, 0x8010, 0x0010, 0],
        missing: 0,
        links: 0,
        read_only: 0x00ff,
        cached: 0xff00,
        unlisted: 0xff,
        new: 0x73fd,
        has_no_record: false,
        has_leftover: true,
    };
    let mut bench = Bench::new(&chance);
    bench.proof = NO_PROOF;
    let (outcome, _) = bench.life(Cut::Dead, NEVER);
    let Outcome::Failed { problem, .. } = outcome else { panic!("{outcome:?}") };
    assert!(problem.changed.contains("as it was before"), "{problem}");
    let mut now = bench.now();
    now.retain(|path, _| !path.starts_with(".torch-wizard"));
    same(&now, &bench.before, "after the failure");
    bench.proof = PROOF;
    resume(&bench, "proven the second time");
    assert!(bench.roll_back(Cut::Dead, NEVER).unwrap().0.contains("it stays"));
    bench.is_changed("rolled back too late");
}

/// Of the parts nothing is copied: what a change keeps for a rollback costs a list, however large the files are.
#[test]
fn what_is_kept_for_a_rollback_costs_next_to_no_disk() {
    let chance = Chance {
        lists: [0x0fff, 0, 0, 0],
        missing: 0,
        links: 0,
        read_only: 0,
        cached: 0,
        unlisted: 0,
        new: 0,
        has_no_record: false,
        has_leftover: false,
    };
    let mut bench = Bench::new(&chance);
    let large = bench.folder.path().join("env").join(SITE).join("alpha/lib/x.so");
    std::fs::write(&large, vec![b'x'; 10_000_000]).unwrap();
    bench.proof = NO_PROOF;
    let steps = bench.plan.steps.iter().position(|step| matches!(step.action, Action::Verify { .. })).unwrap();
    // Stops between the moves and the proof, as a kill would.
    bench.plan.steps.truncate(steps);
    let used = |folder: &Path| tree(folder).values().map(String::len).sum::<usize>();
    let before = used(&bench.folder.path().join("env"));
    bench.life(Cut::Dead, NEVER);
    let after = used(&bench.folder.path().join("env"));
    assert!(bench.folder.path().join("env/.torch-wizard/1").exists());
    assert!(after < before + before / 20, "{before} bytes became {after}");
}

#[test]
fn two_spellings_of_one_environment_are_one() {
    let bench = Bench::new(&Chance {
        lists: [1, 0, 0, 0],
        missing: 0,
        links: 0,
        read_only: 0,
        cached: 0,
        unlisted: 0,
        new: 1,
        has_no_record: false,
        has_leftover: false,
    });
    let root = bench.folder.path();
    std::os::unix::fs::symlink(root.join("env"), root.join("link")).unwrap();
    bench.life(Cut::Dead, 12);
    for spelled in [root.join("link"), root.join("store/../env"), root.join("env/")] {
        let host = bench.host(Cut::Dead, NEVER);
        assert!(rollback::pick(&host, Some(&spelled)).unwrap().is_some(), "{}", spelled.display());
    }
    let host = bench.host(Cut::Dead, NEVER);
    assert!(rollback::pick(&host, Some(&root.join("store"))).unwrap().is_none());
}
