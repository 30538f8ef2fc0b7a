//! `monitor`: a view that moves on a terminal, lines elsewhere, objects with `--json`.

mod lines;

use super::args::MonitorArgs;
use super::{Done, Session, exit};
use crate::facts::OsFamily;
use crate::host::{Growing, Host, HostError};
use crate::monitor::follow::{Mark, Matcher, Tail};
use crate::monitor::{CSV_HEADER, Finding, Held, Judge, MonitorTick, NotSaid, On, Watched, csv_rows, held, watch};
use crate::problem::Problem;
use crate::text::{Language, Text};
use lines::View;
use serde::Serialize;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

/// A log that could not be read is tried so often again.
const PATIENCE: u32 = 5;
/// Marks that stay in the moving view.
const MARKS: usize = 8;

/// A reading with what is to be said of it.
#[derive(Serialize)]
struct TickLine<'a> {
    #[serde(flatten)]
    tick: &'a MonitorTick,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<ProcessLine>,
}

/// What holds the process back that was asked about.
#[derive(Serialize)]
struct ProcessLine {
    pid: u32,
    /// Null as long as nothing can be said.
    held_back_by: Option<Held>,
    /// Why not.
    not_said: Option<NotSaid>,
}

/// A line of the followed log.
#[derive(Serialize)]
struct MarkLine<'a> {
    time: &'a str,
    mark: &'a Mark,
}

/// What is shown while the watch goes on.
struct Show<'a> {
    session: &'a mut Session,
    text: Text,
    judge: Judge,
    log: Option<(Tail, Matcher)>,
    /// A log is followed, or was.
    follows: bool,
    /// How often it could not be read by now, one time after the other.
    unread: u32,
    marks: VecDeque<String>,
    before: Vec<Finding>,
    process: Option<Process>,
    csv: Option<Box<dyn Growing>>,
    moves: bool,
}

/// A process that is looked at.
struct Process {
    watched: Watched,
    /// When it was looked at last.
    at: Option<Duration>,
    /// What was said of it last: a verdict and its kind.
    said: String,
    kind: Option<std::mem::Discriminant<crate::monitor::Limit>>,
}

/// All processes of the PC are gone through for one: not with every reading.
const LOOKS: Duration = Duration::from_millis(900);

pub fn run(session: &mut Session, args: &MonitorArgs) -> Done {
    let host = std::sync::Arc::clone(&session.host);
    let failed = |error: HostError| crate::run::problem_of(&error);
    let csv = args.csv.as_ref().map(|path| table(&*host, &session.absolute(path))).transpose().map_err(failed)?;
    let words = args.words.iter().map(String::as_str);
    let log = args.follow.as_ref().map(|path| (Tail::new(&session.absolute(path)), Matcher::new(words)));
    let moves = !session.json && session.screen.live && knows_escapes(&*host);
    let (text, judge) = (Text::new(Language::English), Judge::default());
    let follows = log.is_some();
    let process = args.pid.map(|pid| {
        let (os, hardware) = crate::detect::os::read(&*host);
        let on = On::of(Some(&os), hardware.logical_cores);
        Process { watched: Watched::new(pid, on), at: None, said: String::new(), kind: None }
    });
    let marks = VecDeque::new();
    let mut show =
        Show { session, text, judge, log, follows, unread: 0, marks, before: Vec::new(), process, csv, moves };
    let mut trouble = None;
    if moves {
        show.session.screen.raw(lines::BEGIN);
    }
    let interval = Duration::from_millis(args.interval);
    let mut last = None;
    let result = watch(&*host, interval, args.seconds.map(Duration::from_secs), &mut |tick| {
        last = Some(tick.clone());
        if let Err(error) = show.take(&*host, tick) {
            trouble = Some(error);
            return ControlFlow::Break(());
        }
        if show.session.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if moves {
        show.session.screen.raw(lines::END);
        // What was seen last stays.
        for line in last.iter().flat_map(lines::of_tick) {
            show.session.screen.say(line);
        }
    }
    if let Some(error) = trouble {
        return Err(failed(error).into());
    }
    match result {
        Ok(()) => Ok(exit::DONE),
        Err(error) => Err(Problem::new("no-gpu", "There is no NVIDIA card to watch, or its driver does not answer.")
            .command("See what is known", "torch-wizard detect")
            .details(error.to_string())
            .into()),
    }
}

/// A new table for readings.
fn table(host: &dyn Host, path: &Path) -> Result<Box<dyn Growing>, HostError> {
    host.write_atomic(path, CSV_HEADER.as_bytes())?;
    host.grow(path)
}

/// Whether the terminal takes control sequences. The old console of Windows does not by itself; its successor says
/// that it is there.
fn knows_escapes(host: &dyn Host) -> bool {
    match host.family() {
        OsFamily::Windows => host.var("WT_SESSION").is_some(),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => host.var("TERM").is_some_and(|term| term != "dumb"),
    }
}

/// Lines and columns of the terminal, which may change at any time.
fn size() -> Option<(usize, usize)> {
    console::Term::stdout().size_checked().map(|(rows, columns)| (rows.into(), columns.into()))
}

impl Show<'_> {
    fn take(&mut self, host: &dyn Host, tick: &MonitorTick) -> Result<(), HostError> {
        let findings = self.judge.take(host.uptime().as_secs_f64(), tick);
        if let Some(file) = &mut self.csv {
            file.add(csv_rows(tick).as_bytes())?;
        }
        self.look_at_process(host, tick);
        let marks = self.look(host);
        self.show(tick, &findings, &marks);
        self.before = findings;
        Ok(())
    }

    fn look_at_process(&mut self, host: &dyn Host, tick: &MonitorTick) {
        let now = host.uptime();
        let Some(process) = &mut self.process else { return };
        if process.at.is_some_and(|at| now.saturating_sub(at) < LOOKS) {
            return;
        }
        process.at = Some(now);
        let pid = process.watched.pid();
        process.watched.take(now.as_secs_f64(), tick, host.activity(pid).as_ref());
        let verdict = process.watched.verdict();
        let kind = verdict.as_ref().ok().map(|held| std::mem::discriminant(&held.limit));
        let said = held(pid, &verdict, self.session.catalog, &self.text);
        // Lines that go by tell it when it is another one; its figures change with every look.
        let is_news = kind != process.kind || (kind.is_none() && said != process.said);
        (process.kind, process.said) = (kind, said);
        if is_news && !self.moves && !self.session.json {
            self.session.screen.say(format!("  {}", process.said));
        }
    }

    /// What came to the log. One that cannot be read any more is no reason to leave the cards alone.
    fn look(&mut self, host: &dyn Host) -> Vec<Mark> {
        let Some((tail, matcher)) = &mut self.log else { return Vec::new() };
        match tail.look(host) {
            Ok(lines) => {
                self.unread = 0;
                lines.iter().filter_map(|line| matcher.mark(line)).collect()
            }
            // Whoever rotates it or scans it may hold it for a moment.
            Err(_) if self.unread < PATIENCE => {
                self.unread += 1;
                Vec::new()
            }
            Err(error) => {
                self.log = None;
                let words = format!("The log is not followed any more: {error}.");
                if self.moves {
                    self.marks.push_back(words);
                } else {
                    self.session.screen.note(words);
                }
                Vec::new()
            }
        }
    }

    fn show(&mut self, tick: &MonitorTick, findings: &[Finding], marks: &[Mark]) {
        if self.session.json {
            let process = self.process.as_ref().map(|process| {
                let verdict = process.watched.verdict();
                let (held_back_by, not_said) = verdict.map_or_else(|why| (None, Some(why)), |held| (Some(held), None));
                ProcessLine { pid: process.watched.pid(), held_back_by, not_said }
            });
            self.session.say_json(&TickLine { tick, findings, process });
            for mark in marks {
                self.session.say_json(&MarkLine { time: &tick.time, mark });
            }
            return;
        }
        // Lines that go by say a thing when it begins, a view that stays says it all the time.
        let said: Vec<Finding> =
            findings.iter().filter(|finding| self.moves || lines::is_news(finding, &self.before)).cloned().collect();
        let mut findings = lines::of_findings(&said, self.session.catalog, &self.text);
        findings.extend(self.process.iter().filter(|_| self.moves).map(|process| process.said.clone()));
        let marks = marks.iter().map(|mark| lines::of_mark(&tick.time, mark));
        if self.moves {
            self.marks.extend(marks);
            self.marks.drain(..self.marks.len().saturating_sub(MARKS));
            let marks = self.marks.make_contiguous();
            let view = View { tick, findings: &findings, marks: self.follows.then_some(&*marks), size: size() };
            self.session.screen.raw(&view.text());
            return;
        }
        let all = lines::of_tick(tick).into_iter().chain(findings.into_iter().map(|words| format!("  {words}")));
        for line in all.chain(marks) {
            self.session.screen.say(line);
        }
    }
}
