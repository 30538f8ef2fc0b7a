//! Undoing: survivors ended, the folder of an unfinished environment removed, a replaced one put back.

use super::journal::{History, Journal, JournalError, SavedRun};
use super::{EventKind, RunEvent, problems};
use crate::host::{Host, HostError};
use crate::plan::{ASIDE_SUFFIX, Plan, beside};
use crate::problem::Problem;
use std::path::Path;

/// Ends children that outlived the wizard. A process id may have been given to somebody else since: only a process that
/// began when the journal says is ours.
pub fn end_survivors(host: &dyn Host, history: &History) -> Result<(), HostError> {
    for &(id, began) in &history.children {
        let ours = match host.process_began(id) {
            // The system's clock counts whole seconds.
            Some(now) => now.abs_diff(began) <= 1,
            // The leader is gone, members of its group may not be; nobody else gets its number while they live.
            None => host.group_is_alive(id),
        };
        if ours {
            host.end_group(id)?;
        }
    }
    Ok(())
}

/// Undoes an unfinished run. Says in one sentence what is different now.
pub fn roll_back(host: &dyn Host, run: &SavedRun) -> Result<String, Problem> {
    let Plan { target, staging, .. } = &run.plan;
    // The run may not be interrupted at all but under way in another wizard.
    let _lock = super::take_lock(host, &run.plan)?;
    let failed = |error: HostError| problems::problem_of(&error);
    end_survivors(host, &run.history).map_err(failed)?;
    let aside = beside(target, ASIDE_SUFFIX);
    let mut said = Vec::new();
    let was_moved = host.meta(staging).is_none() && run.history.done.contains("install");
    if host.meta(staging).is_some() {
        host.remove(staging).map_err(failed)?;
        said.push(format!("{} was removed.", staging.display()));
    }
    if host.meta(&aside).is_some() {
        if host.meta(target).is_none() {
            host.rename(&aside, target).map_err(failed)?;
            said.push(format!("The environment that stood at {} is back.", target.display()));
        } else if run.history.open.as_deref() == Some("promote") {
            // The new one had been moved in, the run was cut before it was registered: the old one wins.
            host.remove(target).map_err(failed)?;
            host.rename(&aside, target).map_err(failed)?;
            said.push(format!("The environment that stood at {} before is back.", target.display()));
        }
    } else if was_moved && run.history.open.as_deref() == Some("promote") && host.meta(target).is_some() {
        // Nothing stood there, the new one had been moved in and was not registered yet.
        host.remove(target).map_err(failed)?;
        said.push(format!("{} was removed.", target.display()));
    }
    let mut journal = Journal::open(host, &run.folder).map_err(failed)?;
    for kind in [EventKind::Resumed, EventKind::Ended { exit: 0, settled: true }] {
        let event = RunEvent { time: crate::time::now(host), step: None, kind };
        journal.add(&event).map_err(failed)?;
    }
    if said.is_empty() {
        said.push(format!("There was nothing to undo; {} is as it was.", target.display()));
    }
    said.push("Fetched wheels are kept; `torch-wizard cache clean` removes them.".to_owned());
    Ok(said.join(" "))
}

/// Undoes a run whose journal is damaged: its plan alone says what may lie about.
pub fn roll_back_damaged(host: &dyn Host, folder: &Path) -> Result<String, Problem> {
    let plan: Option<Plan> = crate::store::load(host, &folder.join("plan.json")).map_err(Problem::from)?;
    let journal = folder.join("journal.jsonl");
    let broken = beside(&journal, ".broken");
    host.remove(&broken).and_then(|()| host.rename(&journal, &broken)).map_err(|error| problems::problem_of(&error))?;
    let Some(plan) = plan else { return Ok(format!("{} was set aside.", journal.display())) };
    let history = History { open: Some("promote".to_owned()), ..History::default() };
    roll_back(host, &SavedRun { folder: folder.to_owned(), plan, history })
}

/// Undoes earlier runs for the place of a plan that never ended; their wheels stay. Says what was undone.
pub fn clear_the_way(host: &dyn Host, plan: &Plan) -> Result<Vec<String>, Problem> {
    let mut said = Vec::new();
    while let Ok(Some(old)) = pick(host, Some(&plan.target)) {
        let undone = roll_back(host, &old)?;
        said.push(format!("An earlier install of {} did not end. {undone}", plan.target.display()));
    }
    Ok(said)
}

/// The run that `resume` or `rollback` is about: the newest unfinished one, or that of an environment.
pub fn pick(
    host: &dyn Host,
    environment: Option<&Path>,
) -> Result<Option<SavedRun>, (std::path::PathBuf, JournalError)> {
    for run in super::journal::unfinished(host) {
        match run {
            Ok(run) if environment.is_none_or(|wanted| run.plan.target == wanted) => return Ok(Some(run)),
            Err(error) if environment.is_none() => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::assess::{Assessment, Route, Verdict};
    use crate::facts::OsFamily;
    use crate::host::fake::World;
    use crate::lock::Lock;
    use crate::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, plan};

    /// A run that was begun for `/home/a/torch`.
    pub(in crate::run) fn run(open: Option<&str>) -> SavedRun {
        let assessment = Assessment {
            route: Route::Cpu,
            verdict: Verdict::Works { reasons: Vec::new() },
            build: None,
            acceptable_variants: Vec::new(),
            download_bytes: None,
            disk_bytes: None,
            seconds: None,
            needs: Vec::new(),
            risk: None,
        };
        let choices = Choices {
            target: "/home/a/torch".into(),
            python: "/usr/bin/python3".into(),
            python_version: "3.12.4".parse().unwrap(),
            engine: Engine::Pip,
            uv: None,
            cards: Vec::new(),
            replace: true,
        };
        let lock = Lock { created_by: String::new(), requires_python: None, packages: Vec::new() };
        let frame = Frame {
            id: "1".to_owned(),
            made_at: String::new(),
            os: OsFamily::Linux,
            places: Places { run: "/d/runs/1".into(), store: "/s".into(), links: "/l".into(), uv_cache: "/u".into() },
            indexes: Indexes::default(),
            inheritance: Inheritance::default(),
        };
        let history = History { open: open.map(str::to_owned), ..History::default() };
        SavedRun { folder: "/d/runs/1".into(), plan: plan(assessment, choices, lock, frame).unwrap(), history }
    }

    /// A world with these environments, each a folder that says who it is.
    fn world(environments: &[&str]) -> World {
        environments
            .iter()
            .fold(World::new(OsFamily::Linux), |world, name| world.file(format!("/home/a/{name}/pyvenv.cfg"), *name))
    }

    fn who(world: &World, name: &str) -> Option<String> {
        let bytes = world.read(Path::new(&format!("/home/a/{name}/pyvenv.cfg"))).ok()?;
        Some(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_run_that_another_wizard_is_at_work_on_is_not_undone() {
        let (world, run) = (world(&["torch.tw-new"]), run(Some("install")));
        let guard = super::super::take_lock(&world, &run.plan).unwrap();
        assert_eq!(roll_back(&world, &run).unwrap_err().label, "busy");
        assert!(who(&world, "torch.tw-new").is_some());
        drop(guard);
        roll_back(&world, &run).unwrap();
        assert_eq!(who(&world, "torch.tw-new"), None);
    }

    #[test]
    fn whatever_moment_promotion_was_cut_at_the_old_environment_is_back() {
        let cases: [(&[&str], Option<&str>, &str); 4] = [
            (&["torch", "torch.tw-new"], Some("verify"), "torch"),
            (&["torch", "torch.tw-new"], Some("promote"), "torch"),
            (&["torch.tw-old", "torch.tw-new"], Some("promote"), "torch.tw-old"),
            (&["torch.tw-old", "torch"], Some("promote"), "torch.tw-old"),
        ];
        for (before, open, old) in cases {
            let world = world(before);
            roll_back(&world, &run(open)).unwrap();
            assert_eq!(who(&world, "torch").as_deref(), Some(old), "{before:?} {open:?}");
            for gone in ["torch.tw-new", "torch.tw-old"] {
                assert_eq!(who(&world, gone), None, "{before:?} {open:?}");
            }
        }
    }
}
