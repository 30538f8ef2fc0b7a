//! Undoing: survivors ended, the folder of an unfinished environment removed, a replaced one put back, files that were
//! written taken back.

use super::journal::{History, Journal, JournalError, SavedRun};
use super::wake::{promotion, remove_environment, unfinished_place, writes_below};
use super::{EventKind, RunEvent, in_place, problems, prove};
use crate::host::{Host, HostError};
use crate::plan::{ASIDE_SUFFIX, Action, Inside, Plan, PlanStep, beside};
use crate::problem::Problem;
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
    let _lock = super::alone::take_lock(host, plan)?;
    let failed = |error: HostError| problems::problem_of(&error);
    end_survivors(host, plan, &run.history).map_err(failed)?;
    if plan.steps.iter().any(|step| matches!(step.action, Action::Restart { .. })) {
        host.start_at_log_in(None).map_err(failed)?;
    }
    let mut said = match promotion(plan) {
        Some(promotion) => undo_promotion(host, run, promotion, was_begun).map_err(failed)?,
        None => undo_in_place(host, plan, was_begun).map_err(failed)?,
    };
    let stands = in_place::is_settled(host, plan, &run.history);
    if !stands {
        // Once its folder is gone, a letting go that counts as begun would count as done: an undoing may be cut, too.
        let is_undone =
            |step: &&PlanStep| was_begun(step) && (in_place::is_of_change(step) || crate::plan::kit::is_of_kit(step));
        let undone = plan.steps.iter().rev().filter(is_undone);
        let undone: Vec<_> = undone.map(|step| EventKind::Undone { step: step.key.clone() }).collect();
        if !undone.is_empty() {
            note(host, run, std::iter::once(EventKind::Resumed).chain(undone)).map_err(failed)?;
        }
    }
    said.extend(in_place::undo(host, plan, &run.history).map_err(failed)?);
    for step in plan.steps.iter().rev().filter(|step| was_begun(step)) {
        said.extend(take_back(host, step).map_err(failed)?);
        // A change that stands keeps its program.
        if !stands {
            said.extend(super::program::take_back(host, run, step).map_err(failed)?);
        }
    }
    host.remove(&super::fetch::unpacking_place(plan)).map_err(failed)?;
    if host.list(&plan.target).is_ok_and(|files| files.is_empty()) {
        host.remove(&plan.target).map_err(failed)?;
        said.push(format!("{} was removed.", plan.target.display()));
    }
    if !stands {
        super::listed::take_back(host, plan)?;
    }
    note(host, run, [EventKind::Resumed, EventKind::Ended { exit: 0, settled: true }]).map_err(failed)?;
    if said.is_empty() {
        said.push(format!("There was nothing to undo; {} is as it was.", plan.target.display()));
    }
    said.extend(remains(plan).filter(|_| plan.steps.iter().any(was_begun)));
    if plan.steps.iter().any(|step| matches!(step.action, Action::Fetch)) {
        said.push("Fetched wheels are kept; `torch-wizard cache clean` removes them.".to_owned());
    }
    Ok(said.join(" "))
}

/// Writes into the journal of a run that no wizard is busy with.
fn note(host: &dyn Host, run: &SavedRun, kinds: impl IntoIterator<Item = EventKind>) -> Result<(), HostError> {
    let mut journal = Journal::open(host, &run.folder)?;
    kinds.into_iter().try_for_each(|kind| journal.add(&RunEvent { time: crate::time::now(host), step: None, kind }))
}

/// Nothing of an environment that was not moved to its place for good stays, and what it was to replace is back. Each
/// move is one rename, and the journal knows of them before anything is removed: an undoing that is cut can be repeated.
fn undo_promotion(
    host: &dyn Host,
    run: &SavedRun,
    promotion: &PlanStep,
    was_begun: &dyn Fn(&PlanStep) -> bool,
) -> Result<Vec<String>, HostError> {
    let SavedRun { plan, history, .. } = run;
    let was_moving = was_begun(promotion);
    let Plan { target, staging, .. } = plan;
    let aside = beside(target, ASIDE_SUFFIX);
    let is_there = |path: &Path| host.meta(path).is_some();
    let mut said = Vec::new();
    // The new one waits beside its place until it is moved: if it does not, it stands there.
    let is_moved = was_moving && !is_there(staging) && is_there(target);
    // Without a record of what was done it is taken for new only if something else was moved out of its way.
    if is_moved && (is_there(&aside) || !history.done.is_empty()) {
        if plan.inside == Inside::Here {
            host.rename(target, staging)?;
        } else {
            remove_environment(host, plan, target)?;
        }
        said.push(format!("{} was removed.", target.display()));
    }
    if is_there(&aside) && !is_there(target) {
        host.rename(&aside, target)?;
        said = vec![format!("The environment that stood at {} is back.", target.display())];
    }
    // What is removed now is not there for a life that goes on instead.
    let is_undone = |step: &&PlanStep| was_begun(step) && (step.key == promotion.key || writes_below(step, staging));
    // The last step first: as long as the move counts as begun, a life takes the environment for moved.
    let undone = plan.steps.iter().rev().filter(is_undone).map(|step| EventKind::Undone { step: step.key.clone() });
    note(host, run, std::iter::once(EventKind::Resumed).chain(undone))?;
    if is_there(staging) {
        remove_environment(host, plan, staging)?;
        if said.is_empty() {
            said.push(format!("{} was removed.", staging.display()));
        }
    }
    if is_there(&aside) && was_moving {
        said.push(format!("{} was not touched.", aside.display()));
    }
    Ok(said)
}

/// The environment that a run replaced is given up once its end is in the journal; a wizard that was killed right there
/// left it. What a repair replaced is kept for its time. Best effort: one that cannot be removed yet (a program of it runs) is removed another time.
pub fn give_up_replaced(host: &dyn Host, plan: &Plan) {
    if super::kept::is_kept(host, plan) {
        return;
    }
    let replaced = plan.steps.iter().find_map(|step| {
        let Action::Promote { to, aside, .. } = &step.action else { return None };
        aside.as_ref().filter(|aside| is_both(host, to, aside))
    });
    if let (Some(aside), Ok(_lock)) = (replaced, super::alone::take_lock(host, plan)) {
        host.remove(aside).ok();
    }
}

fn is_both(host: &dyn Host, to: &Path, aside: &Path) -> bool {
    host.meta(to).is_some() && host.meta(aside).is_some()
}

/// Removes what runs that came to their end had replaced and could not remove then. Places that an unfinished run is
/// about are left alone.
pub fn sweep(host: &dyn Host) {
    let unfinished: Vec<_> = super::journal::unfinished(host);
    let is_open =
        |target: &Path| unfinished.iter().any(|run| run.as_ref().map_or(true, |run| run.plan.target == target));
    for folder in super::journal::folders(host) {
        if let Ok(Some(run)) = super::journal::read_run(host, &folder)
            && run.history.ended
            && run.history.done.contains("promote")
            && !is_open(&run.plan.target)
        {
            give_up_replaced(host, &run.plan);
        }
    }
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
    if let Err(error @ JournalError::OtherForm { .. }) = History::read(host, folder) {
        return Err(problems::other_form(&error));
    }
    let plan: Option<Plan> = crate::store::load(host, &folder.join("plan.json")).map_err(Problem::from)?;
    let failed = |error: HostError| problems::problem_of(&error);
    let journal = folder.join("journal.jsonl");
    let broken = beside(&journal, ".broken");
    let Some(plan) = plan else {
        host.remove(&broken).and_then(|()| host.rename(&journal, &broken)).map_err(failed)?;
        return Ok(format!("{} was set aside.", journal.display()));
    };
    host.link_or_copy(&journal, &broken).map_err(failed)?;
    let open = promotion(&plan).map(|step| step.key.clone());
    let run = SavedRun { folder: folder.to_owned(), plan, history: History { open, ..History::default() } };
    let said = undo(host, &run, &|_| true)?;
    // The damaged record is put aside last: an undoing that is cut finds it again.
    host.remove(&journal).map_err(failed)?;
    note(host, &run, [EventKind::Resumed, EventKind::Ended { exit: 0, settled: true }]).map_err(failed)?;
    Ok(said)
}

/// Undoes earlier runs for the place of a plan that never ended; their wheels stay. Says what was undone.
pub fn clear_the_way(host: &dyn Host, plan: &Plan) -> Result<Vec<String>, Problem> {
    sweep(host);
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
            Ok(run) if environment.is_none_or(|wanted| is_for(host, &run.plan, wanted)) => return Ok(Some(run)),
            Err(error) if environment.is_none() => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(None)
}

/// Whether a plan is for this folder, however that is spelled.
pub(super) fn is_for(host: &dyn Host, plan: &Plan, folder: &Path) -> bool {
    plan.target == folder
        || plan.inside == Inside::Here
            && super::alone::true_name(host, &plan.target) == super::alone::true_name(host, folder)
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
        let guard = super::super::alone::take_lock(&world, &run.plan).unwrap();
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
