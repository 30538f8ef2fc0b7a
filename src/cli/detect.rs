//! `detect`

use super::args::DetectArgs;
use super::{Done, Session, exit, json, show};
use crate::prepare::{self, Wish};

pub fn run(session: &mut Session, args: &DetectArgs) -> Done {
    let wish = Wish {
        target: args.env.as_deref().map(|path| session.absolute(path)),
        mirror: session.settings.torch_mirror.clone(),
        offline: session.offline,
        ..Wish::default()
    };
    let known = session.known()?.environments.into_iter().map(|known| known.path).collect();
    let facts = prepare::detect(&session.host, session.catalog, &wish, known, &mut crate::detect::Unwatched);
    if session.json {
        session.say_json(&json::detected(&facts));
    } else {
        let text = show::facts(&facts, session.verbose);
        session.screen.raw(&text);
    }
    Ok(exit::DONE)
}
