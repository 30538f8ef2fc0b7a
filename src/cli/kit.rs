//! `kit`

use super::args::KitArgs;
use super::wait::telling;
use super::{Done, Failed, Session, envs, exit, install, json, plan};
use crate::catalog::CALLED;
use crate::plan::Plan;
use crate::prepare::again::Task;
use crate::prepare::{self, kit, repair};
use crate::problem::Problem;
use crate::snapshots;
use crate::store::Known;
use std::sync::Arc;

/// The word that is no kit.
const LIST: &str = "list";

pub fn run(session: &mut Session, args: &KitArgs) -> Done {
    if args.name == LIST {
        list(session);
        return Ok(exit::DONE);
    }
    let Some(env) = &args.env else {
        return Err(Failed::Usage(format!("kit {}: --env names the environment that gets it", args.name)));
    };
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    let kits = kit::named(&*host, catalog, std::slice::from_ref(&args.name))?;
    let Some(kit) = kits.first() else { return Ok(exit::NO) };
    let (path, known) = envs::meant(session, env)?;
    if known.as_ref().is_some_and(Known::is_inside) {
        return Err(kit::elsewhere().into());
    }
    let wish = repair::wish(&*host, &path, plan::wish_of(session, &args.how))?;
    let now = snapshots::take(&*host, &path, known.as_ref())?;
    let scan = plan::scan(session, &wish)?;
    let task = Task { host: &host, catalog, scan: &scan, wish: &wish, then: &now };
    let plan =
        telling(session, "looking for the packages", |tell| kit::plan(&task, kit, &mut |doing| tell.now(doing)))?;
    let circumstances = prepare::circumstances(&scan.facts);
    let file = snapshots::folder(&*host).join(now.file_name());
    // Before anything begins: a run that is resumed is another process.
    if args.how.format.is_none() {
        snapshots::save(&*host, &file, &now)?;
    }
    install::offer(session, &plan, &args.how, circumstances, |session| {
        let (path, file) = (path.display(), file.display());
        session.screen.note(format!("Undo it:  torch-wizard envs restore \"{path}\" \"{file}\""));
        Vec::new()
    })
}

fn list(session: &mut Session) {
    let kits = &session.catalog.kits;
    if session.json {
        let family = session.host.family();
        session.say_json(&json::kits(kits, family));
        return;
    }
    for kit in &kits.all {
        let packages: Vec<String> = kit.packages.iter().map(ToString::to_string).collect();
        session.screen.say(format!("{:10}  {}", kit.name, kit.what_in("en")));
        match &kit.program {
            Some(program) => session.screen.say(format!("{:10}  {}", "", program.repository)),
            None => session.screen.say(format!("{:10}  {}", "", packages.join(", "))),
        }
    }
    session.screen.note("A CUDA extension is compiled for the card instead:");
    session.screen.note("  torch-wizard install --route source --env ENV --with flash-attn==2.8.3");
}

/// Says what came of the calls of a plan's kits, in their own words, and what that means for Jupyter. Answers with what went
/// wrong.
pub(super) fn called(session: &mut Session, plan: &Plan) -> Vec<String> {
    let host = Arc::clone(&session.host);
    let log = host.read(&plan.places.run.join("install.log")).unwrap_or_default();
    let log = String::from_utf8_lossy(&log).into_owned();
    let said = log.lines().filter_map(|line| line.split_once(CALLED));
    // The calls were made in the order of the kits.
    for (kit, (_, said)) in kit::of_plan(session.catalog, plan).into_iter().zip(said) {
        session.screen.note(format!("{}: {}", kit.name, said.trim()));
    }
    match kit::settle_kernel(&*host, session.catalog, plan) {
        Ok(()) => Vec::new(),
        Err(Problem { cause, .. }) => vec![cause],
    }
}
