//! `watch on|off|status`

use super::args::WatchArg;
use super::{Done, Session, exit, json};
use crate::log_on::{self, Status};
use serde::Serialize;

/// `watch --json`
#[derive(Serialize)]
struct Answer {
    schema: u32,
    watch: &'static str,
}

pub fn run(session: &mut Session, what: WatchArg) -> Done {
    let host = &*session.host;
    let status = match what {
        WatchArg::On => log_on::set_up(host).map(|()| Status::On)?,
        WatchArg::Off => log_on::remove(host).map(|()| Status::Off)?,
        WatchArg::Status => log_on::status(host),
    };
    if session.json {
        session.say_json(&Answer { schema: json::SCHEMA, watch: status.word() });
    } else {
        session.screen.say(match status {
            Status::On => "on: the environments are looked at a minute after each log-on",
            Status::Off => "off",
            Status::Unavailable => "unavailable: this system has no place for a check at log-on",
        });
    }
    Ok(exit::DONE)
}
