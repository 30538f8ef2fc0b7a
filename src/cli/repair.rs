//! `envs repair`

use super::args::RepairArgs;
use super::wait::telling;
use super::{Done, Session, envs, exit, install, plan};
use crate::prepare::{self, repair};

/// What `envs repair --json` answers where nothing is wrong.
#[derive(serde::Serialize)]
struct Sound<'a> {
    schema: u32,
    environment: &'a str,
    troubles: [&'a str; 0],
}

pub fn run(session: &mut Session, args: &RepairArgs) -> Done {
    let (environment, _) = envs::meant(session, &args.env)?;
    let wish = repair::wish(&*session.host, &environment, plan::wish_of(session, &args.how))?;
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
    install::offer(session, &plan, &args.how, prepare::circumstances(&scan.facts), |_| Vec::new())
}
