//! `envs guard`

use super::{meant, not_there};
use crate::cli::args::GuardArg;
use crate::cli::{Done, Session, exit, json};
use crate::environments::{guard, packages};
use std::path::Path;

/// `envs guard --json`.
#[derive(serde::Serialize)]
struct Answer<'a> {
    schema: u32,
    environment: String,
    /// `on`, `off`; `outdated` where another torch is there than is held.
    guard: &'static str,
    held: &'a [String],
    /// What `UV_CONSTRAINT` has to be for uv.
    uv_constraint: Option<String>,
}

pub fn run(session: &mut Session, word: &Path, what: GuardArg) -> Done {
    let (path, _) = meant(session, word)?;
    let host = std::sync::Arc::clone(&session.host);
    if host.meta(&path).is_none() {
        return Err(not_there(&path));
    }
    let pins = guard::pins(&packages::of_environment(&*host, &path).packages);
    match what {
        GuardArg::On => guard::hold(&*host, &path)?,
        GuardArg::Off => drop(guard::lift(&*host, &path)?),
        GuardArg::Status => {}
    }
    let held = guard::held(&*host, &path);
    let state = match &held {
        None => "off",
        Some(held) if *held == pins => "on",
        Some(_) => "outdated",
    };
    let address = held.is_some().then(|| guard::address(&*host, &path));
    let held = held.unwrap_or_default();
    if session.json {
        let environment = path.display().to_string();
        let answer = Answer { schema: json::SCHEMA, environment, guard: state, held: &held, uv_constraint: address };
        session.say_json(&answer);
        return Ok(exit::DONE);
    }
    let place = path.display();
    let Some(address) = address else {
        session.screen.say(format!("{place}: nothing is held."));
        return Ok(exit::DONE);
    };
    session.screen.say(format!("{place}: pip holds {}.", held.join(", ")));
    if state == "outdated" {
        session.screen.say(format!(
            "  There is {} now. Hold that:  torch-wizard envs guard \"{place}\" on",
            if pins.is_empty() { "no torch".to_owned() } else { pins.join(", ") }
        ));
    }
    session.screen.say(format!(
        "  pip refuses what wants another torch. Hold nothing:  torch-wizard envs guard \"{place}\" off\n  \
         uv reads no settings of an environment. For uv set:  UV_CONSTRAINT={address}"
    ));
    Ok(exit::DONE)
}
