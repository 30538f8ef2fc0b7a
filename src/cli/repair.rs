//! `envs repair`

use super::args::RepairArgs;
use super::wait::telling;
use super::{Done, Session, envs, exit, install, plan};
use crate::plan::export::{Format, export};
use crate::prepare::{self, Wish, repair};
use crate::problem::Problem;
use crate::run::rollback;

/// What `envs repair --json` answers where nothing is wrong.
#[derive(serde::Serialize)]
struct Sound<'a> {
    schema: u32,
    environment: &'a str,
    troubles: [&'a str; 0],
}

pub fn run(session: &mut Session, args: &RepairArgs) -> Done {
    let (environment, _) = envs::meant(session, &args.env)?;
    let mirror = args.index_url.clone().or_else(|| session.settings.torch_mirror.clone());
    let more = Wish { engine: args.engine.map(Into::into), mirror, offline: session.offline, ..Wish::default() };
    let wish = repair::wish(&*session.host, &environment, more)?;
    let scan = plan::scan(session, &wish)?;
    let (host, catalog) = (std::sync::Arc::clone(&session.host), session.catalog);
    let found = telling(session, "looking at the environment", |tell| {
        repair::plan(&host, catalog, &scan, &wish, &mut |doing| tell.now(doing))
    })?;
    let Some(plan) = found.plan else {
        let name = environment.display().to_string();
        if session.json {
            session.say_json(&Sound { schema: super::json::SCHEMA, environment: &name, troubles: [] });
        } else {
            session.screen.say(format!("Nothing is wrong with {name}."));
        }
        return Ok(exit::DONE);
    };
    if let Some(format) = args.format {
        let format = if session.json { Format::Json } else { format.into() };
        let text = export(&plan, format).map_err(|error| {
            Problem::new("no-export", format!("The repair cannot be written in this form: {error}."))
                .advise("Use --format text, or let torch-wizard do it.")
        })?;
        session.screen.raw(&text);
        return Ok(exit::DONE);
    }
    if !args.yes && !install::agreed(session, &plan)? {
        session.screen.note("Nothing was changed.");
        return Ok(exit::NO);
    }
    for said in rollback::clear_the_way(&*session.host, &plan)? {
        session.screen.note(said);
    }
    crate::run::save(&*session.host, &plan)?;
    install::carry_out(session, &plan, prepare::circumstances(&scan.facts))
}
