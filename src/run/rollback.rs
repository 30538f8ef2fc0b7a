//! Undoing: survivors ended, the folder of an unfinished environment removed, a replaced one put back, files that were
//! written taken back.

use super::journal::{History, Journal, JournalError, SavedRun};
use super::wake::{promotion, remove_environment, unfinished_place};
use super::{EventKind, RunEvent, problems, prove};
use crate::host::{ChildEvent, ChildExit, Host, HostError};
use crate::plan::{ASIDE_SUFFIX, Action, Inside, Plan, PlanStep, beside};
use crate::problem::Problem;
use std::ops::ControlFlow;
use std::path::Path;

/// Ends children and containers that outlived the wizard. A process id may have been given to somebody else since: only
/// a process that began when the journal says is ours.
pub fn end_survivors(host: &dyn Host, plan: &Plan, history: &History) -> Result<(), HostError> {
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
    for step in &plan.steps {
        if let Action::Verify { inside, .. } = &step.action {
            prove::end_container(host, inside, &plan.places.run)?;
        }
    }
    Ok(())
}

/// Undoes an unfinished run. Says in one sentence what is different now.
pub fn roll_back(host: &dyn Host, run: &SavedRun) -> Result<String, Problem> {
    let history = &run.history;
    undo(host, run, &|step| history.done.contains(&step.key) || history.open.as_deref() == Some(step.key.as_str()))
}

/// The same; `was_begun` says whether a step was.
fn undo(host: &dyn Host, run: &SavedRun, was_begun: &dyn Fn(&PlanStep) -> bool) -> Result<String, Problem> {
    let plan = &run.plan;
    // The run may not be interrupted at all but under way in another wizard.
    let _lock = super::take_lock(host, plan)?;
    let failed = |error: HostError| problems::problem_of(&error);
    end_survivors(host, plan, &run.history).map_err(failed)?;
    let mut said = match promotion(plan) {
        Some(promotion) => undo_promotion(host, run, promotion).map_err(failed)?,
        None => undo_in_place(host, plan, was_begun).map_err(failed)?,
    };
    for step in plan.steps.iter().rev().filter(|step| was_begun(step)) {
        said.extend(take_back(host, step).map_err(failed)?);
        said.extend(put_back(host, plan, step)?);
    }
    if host.list(&plan.target).is_ok_and(|files| files.is_empty()) {
        host.remove(&plan.target).map_err(failed)?;
        said.push(format!("{} was removed.", plan.target.display()));
    }
    let mut journal = Journal::open(host, &run.folder).map_err(failed)?;
    for kind in [EventKind::Resumed, EventKind::Ended { exit: 0, settled: true }] {
        let event = RunEvent { time: crate::time::now(host), step: None, kind };
        journal.add(&event).map_err(failed)?;
    }
    if said.is_empty() {
        said.push(format!("There was nothing to undo; {} is as it was.", plan.target.display()));
    }
    said.extend(remains(plan).filter(|_| plan.steps.iter().any(was_begun)));
    if plan.steps.iter().any(|step| matches!(step.action, Action::Fetch)) {
        said.push("Fetched wheels are kept; `torch-wizard cache clean` removes them.".to_owned());
    }
    Ok(said.join(" "))
}

/// Nothing of an environment that was not moved to its place stays, and what it was to replace is back.
fn undo_promotion(host: &dyn Host, run: &SavedRun, promotion: &PlanStep) -> Result<Vec<String>, HostError> {
    let SavedRun { plan, history, .. } = run;
    let Plan { target, staging, .. } = plan;
    let is_listed =
        |step: &PlanStep| matches!(step.action, Action::Register { .. }) && history.done.contains(&step.key);
    // Moved, or about to be, and not yet in the list.
    let is_cut = history.open.as_deref() == Some(promotion.key.as_str())
        || matches!(promotion.action, Action::Run { .. })
            && history.done.contains(&promotion.key)
            && !plan.steps.iter().any(is_listed);
    let was_moved = host.meta(staging).is_none() && !history.done.is_empty();
    let aside = beside(target, ASIDE_SUFFIX);
    let mut said = Vec::new();
    if host.meta(staging).is_some() {
        remove_environment(host, plan, staging)?;
        said.push(format!("{} was removed.", staging.display()));
    }
    if host.meta(&aside).is_some() {
        if host.meta(target).is_none() {
            host.rename(&aside, target)?;
            said.push(format!("The environment that stood at {} is back.", target.display()));
        } else if is_cut {
            // The new one had been moved in, the run was cut before it was registered: the old one wins.
            host.remove(target)?;
            host.rename(&aside, target)?;
            said.push(format!("The environment that stood at {} before is back.", target.display()));
        }
    } else if was_moved && is_cut && host.meta(target).is_some() {
        // Nothing stood there, the new one had been moved in and was not registered yet.
        remove_environment(host, plan, target)?;
        said.push(format!("{} was removed.", target.display()));
    }
    Ok(said)
}

/// The same where it was made at its place.
fn undo_in_place(
    host: &dyn Host,
    plan: &Plan,
    was_begun: &dyn Fn(&PlanStep) -> bool,
) -> Result<Vec<String>, HostError> {
    let Some(place) = unfinished_place(plan) else { return Ok(Vec::new()) };
    let is_made = plan.steps.iter().any(|step| was_begun(step) && step.writes.iter().any(|path| path == place));
    if !is_made || host.meta(place).is_none() {
        return Ok(Vec::new());
    }
    remove_environment(host, plan, place)?;
    Ok(vec![format!("{} was removed.", place.display())])
}

/// Takes a written file back. One that somebody changed since is theirs.
fn take_back(host: &dyn Host, step: &PlanStep) -> Result<Option<String>, HostError> {
    let Action::WriteFile { path, text, kept } = &step.action else { return Ok(None) };
    let kept = kept.as_ref().filter(|kept| host.meta(kept).is_some());
    let now = if host.meta(path).is_some() { Some(host.read(path)?) } else { None };
    let is_ours = now.as_deref() == Some(text.as_bytes());
    match kept {
        Some(kept) => {
            let before = host.read(kept)?;
            if now.as_deref() == Some(&before[..]) {
                host.remove(kept)?;
                return Ok(None);
            }
            if now.is_some() && !is_ours {
                let (path, kept) = (path.display(), kept.display());
                return Ok(Some(format!("{path} was changed since and stays; what stood there before is in {kept}.")));
            }
            host.write_atomic(path, &before)?;
            host.remove(kept)?;
            Ok(Some(format!("{} is as it was before.", path.display())))
        }
        None if is_ours => {
            host.remove(path)?;
            Ok(Some(format!("{} was removed.", path.display())))
        }
        None => Ok(None),
    }
}

/// Runs what puts back what a step changed where it stands; its words go to the log of the run.
fn put_back(host: &dyn Host, plan: &Plan, step: &PlanStep) -> Result<Option<String>, Problem> {
    let failed = |error: HostError| problems::problem_of(&error);
    for command in &step.undo {
        let mut log = host.grow(&plan.places.run.join("install.log")).map_err(failed)?;
        let mut said = Vec::new();
        let exit = host.run(command, &mut |event| {
            if let ChildEvent::Stdout(bytes) | ChildEvent::Stderr(bytes) = event {
                log.add(bytes).ok();
                said.extend_from_slice(bytes);
            }
            ControlFlow::Continue(())
        });
        let exit = exit.map_err(failed)?;
        if exit != ChildExit::Code(0) {
            return Err(problems::not_undone(step, command, exit, &String::from_utf8_lossy(&said)));
        }
    }
    Ok((!step.undo.is_empty()).then(|| format!("“{}” was undone.", step.title)))
}

/// What others keep, and a build of hours, is not thrown away by us; it is told.
fn remains(plan: &Plan) -> Option<String> {
    match (&plan.inside, &plan.recipe) {
        (Inside::Container { program, image, .. }, _) => Some(format!(
            "An image that was fetched or built stays; `{} image rm {image}` removes it.",
            program.file_stem().unwrap_or_default().to_string_lossy()
        )),
        (Inside::Wsl { .. }, _) => Some("What was set up of WSL stays.".to_owned()),
        (Inside::Here, Some(recipe)) => {
            Some(format!("The source and what was compiled stay in {}.", recipe.folder.display()))
        }
        (Inside::Here, None) => None,
    }
}

/// Undoes a run whose journal is damaged: its plan alone says what may lie about.
pub fn roll_back_damaged(host: &dyn Host, folder: &Path) -> Result<String, Problem> {
    let plan: Option<Plan> = crate::store::load(host, &folder.join("plan.json")).map_err(Problem::from)?;
    let journal = folder.join("journal.jsonl");
    let broken = beside(&journal, ".broken");
    host.remove(&broken).and_then(|()| host.rename(&journal, &broken)).map_err(|error| problems::problem_of(&error))?;
    let Some(plan) = plan else { return Ok(format!("{} was set aside.", journal.display())) };
    let open = promotion(&plan).map(|step| step.key.clone());
    let history = History { open, ..History::default() };
    undo(host, &SavedRun { folder: folder.to_owned(), plan, history }, &|_| true)
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
            gpus: Vec::new(),
            download_bytes: None,
            disk_bytes: None,
            seconds: None,
            needs: Vec::new(),
            risk: None,
        };
        let choices = Choices {
            target: "/home/a/torch".into(),
            python: "/usr/bin/python3".into(),
            python_version: "3.12.4".parse().ok(),
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
