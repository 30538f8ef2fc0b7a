//! `detect`

use super::args::DetectArgs;
use super::wait::telling;
use super::{Done, Session, exit, json, show};
use crate::facts::MachineFacts;
use crate::prepare::{self, Wish};
use std::path::PathBuf;
use std::sync::Arc;

pub fn run(session: &mut Session, args: &DetectArgs) -> Done {
    let wish = Wish {
        target: args.env.as_deref().map(|path| session.absolute(path)),
        mirror: session.settings.torch_mirror.clone(),
        offline: session.offline,
        ..Wish::default()
    };
    let known = session.known()?.environments.into_iter().map(|known| known.path).collect();
    let facts = look(session, &wish, known);
    if session.json {
        session.say_json(&json::detected(&facts, session.catalog));
    } else {
        let text = show::facts(&facts, session.catalog, session.verbose);
        session.screen.raw(&text);
    }
    Ok(exit::DONE)
}

/// What this machine is, saying that it takes a while where it does.
pub fn look(session: &mut Session, wish: &Wish, known: Vec<PathBuf>) -> MachineFacts {
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    telling(session, "looking at this PC", |_| {
        prepare::detect(&host, catalog, wish, known, &mut crate::detect::Unwatched)
    })
}
