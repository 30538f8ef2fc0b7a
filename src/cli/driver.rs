//! `driver`

use super::args::DriverArgs;
use super::wait::telling;
use super::{Done, Session, advise, exit, json};
use crate::assess::{DriverGuide, Serves, driver_guide};
use crate::recheck;
use crate::text::{Language, Text};
use std::sync::Arc;

pub fn run(session: &mut Session, args: &DriverArgs) -> Done {
    let facts = if let Some(path) = &args.report {
        advise::facts_of(session, path)?
    } else {
        let (host, catalog) = (Arc::clone(&session.host), session.catalog);
        let (facts, troubles) = telling(session, "looking at this PC", |_| recheck::look(&*host, catalog, false));
        for trouble in &troubles {
            session.screen.note(trouble);
        }
        facts
    };
    let guide = driver_guide(&facts, session.catalog);
    if session.json {
        session.say_json(&json::driver_guide(guide.as_ref().map_err(Vec::as_slice)));
    } else {
        let english = Text::new(Language::English);
        match &guide {
            Ok(guide) => session.screen.raw(&said(guide, &english)),
            Err(why) => {
                for reason in why {
                    session.screen.say(reason.said(&english));
                }
            }
        }
    }
    let serves = guide.is_ok_and(|guide| matches!(guide.serves, Serves::Yes | Serves::Partly));
    Ok(if serves { exit::DONE } else { exit::NO })
}

/// What is there and why that serves or not; which to take; which not; how.
fn said(guide: &DriverGuide, text: &Text) -> String {
    let mut lines = Vec::new();
    for reason in &guide.why {
        lines.push(reason.said(text));
        lines.extend(reason.source.as_ref().map(|source| format!("  [{source}]")));
    }
    lines.extend([String::new(), guide.take(text)]);
    lines.extend(guide.heed.iter().map(|reason| format!("  {}", reason.said(text))));
    lines.push(String::new());
    for (number, step) in guide.steps.iter().enumerate() {
        lines.push(format!("{}. {}", number + 1, step.said(text)));
        lines.extend(step.command.as_ref().map(|command| format!("     {command}")));
    }
    lines.push(guide.page.clone());
    lines.join("\n") + "\n"
}
