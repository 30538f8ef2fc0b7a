//! A plan as the pieces of a script, in the few forms that every shell has. Pure; the shells write them down.
//!
//! Two things differ from what `install` does. The plan of a published wheel lets uv or pip fetch by the lock instead of
//! fetching the files first; and nothing proves the kernels, so a small product on the card stands for it.

use super::{ExportError, heading, pins};
use crate::facts::OsFamily;
use crate::plan::{Action, CommandSpec, Engine, Inside, Plan, PlanStep, above, beside, in_place, wsl2};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A script.
pub(super) struct Script {
    /// System it is for.
    pub os: OsFamily,
    /// What stands above it, a line each.
    pub notes: Vec<String>,
    /// Variables that all its commands have in common.
    pub common: Variables,
    /// Must not be there yet.
    pub target: Option<PathBuf>,
    /// What is half made until the end: removed at the beginning and when a step fails.
    pub half_made: Option<PathBuf>,
    /// Between two parts the system is restarted.
    pub parts: Vec<Part>,
}

/// What is done without a restart.
#[derive(Default)]
pub(super) struct Part {
    /// The first step that needs administrator rights.
    pub administrator: Option<String>,
    /// What is done.
    pub pieces: Vec<Piece>,
    /// Why the system is restarted then.
    pub restart: Option<String>,
}

/// One thing that is done.
pub(super) enum Piece {
    /// A step begins; its number and words.
    Step(String),
    /// Words for the reader.
    Note(String),
    /// Run a program.
    Run(Running),
    /// Fetch a file and check it.
    Fetch { url: String, file: PathBuf, sha256: String },
    /// Make a folder and those above it.
    Folder(PathBuf),
    /// Write a text; what stands there is kept once.
    Write { path: PathBuf, text: String, kept: Option<PathBuf> },
    /// Stop unless a file has one of these texts.
    Expect { path: PathBuf, any: Vec<String>, why: String },
    /// Move a folder to where nothing is.
    Move { from: PathBuf, to: PathBuf },
    /// Remove a file.
    Remove(PathBuf),
}

/// A program with the variables that it has beside the common ones.
pub(super) struct Running {
    /// Program, arguments, folder.
    pub command: CommandSpec,
    /// Its own variables.
    pub own: Variables,
}

/// Variables that are set and taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Variables {
    /// Set.
    pub set: BTreeMap<String, String>,
    /// Taken away.
    pub cleared: BTreeSet<String>,
}

impl Variables {
    fn of(command: &CommandSpec) -> Self {
        let cleared = command.env_remove.iter().filter(|name| !command.env.contains_key(*name)).cloned().collect();
        Self { set: command.env.clone(), cleared }
    }

    fn shared(&self, other: &Self) -> Self {
        let set = self.set.iter().filter(|(name, value)| other.set.get(*name) == Some(value));
        Self {
            set: set.map(|(name, value)| (name.clone(), value.clone())).collect(),
            cleared: self.cleared.intersection(&other.cleared).cloned().collect(),
        }
    }

    fn without(mut self, common: &Self) -> Self {
        self.set.retain(|name, value| common.set.get(name) != Some(value));
        self.cleared.retain(|name| !common.cleared.contains(name));
        self
    }

    /// Neither sets nor takes away any.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.cleared.is_empty()
    }
}

/// A product on the card, or at least the version. No double quotes: they are what shells disagree on most.
const ON_CARD: &str = "import torch; x = torch.ones(64, 64, device=0); assert (x @ x).sum().item() == 262144; \
    print(torch.__version__, torch.cuda.get_device_name(0))";
const ON_PROCESSOR: &str = "import torch; print(torch.__version__, torch.cuda.is_available())";

/// The plan as a script.
pub(super) fn of(plan: &Plan) -> Result<Script, ExportError> {
    if in_place::is_in_place(plan) {
        return Err(ExportError::InPlace);
    }
    pins::check(plan)?;
    let mut writing = Writing { plan, by_lock: is_by_lock(plan), number: 0, parts: vec![Part::default()] };
    for step in &plan.steps {
        writing.step(step)?;
    }
    if writing.by_lock {
        let pins = writing.pins_place();
        writing.add(Piece::Remove(pins));
    }
    let parts = writing.parts;
    let place = if keeps_its_place(plan) { &plan.target } else { &plan.staging };
    let is_here = !matches!(plan.inside, Inside::Wsl { .. }) && is_built_aside(plan);
    let mut script = Script {
        os: plan.os,
        notes: notes(plan),
        common: Variables::default(),
        target: is_here.then(|| plan.target.clone()),
        half_made: is_here.then(|| place.clone()),
        parts,
    };
    script.share_variables();
    Ok(script)
}

/// uv or pip can fetch what the lock names, because nothing but its packages is wanted.
fn is_by_lock(plan: &Plan) -> bool {
    let is_usual = |step: &PlanStep| match &step.action {
        Action::Run { .. } => matches!(step.key.as_str(), "environment" | "install"),
        Action::Fetch
        | Action::WritePins { .. }
        | Action::Rehome { .. }
        | Action::Verify { .. }
        | Action::Promote { .. } => true,
        Action::WriteFile { .. }
        | Action::Expect { .. }
        | Action::Restart { .. }
        | Action::Register { .. }
        | Action::SetAside { .. }
        | Action::MoveIn { .. }
        | Action::Program { .. }
        | Action::DropAside { .. } => false,
    };
    plan.inside == Inside::Here && plan.steps.iter().all(is_usual)
}

/// The plan makes what is not there yet, and makes it beside its place.
fn is_built_aside(plan: &Plan) -> bool {
    let staging = plan.staging.to_string_lossy();
    plan.steps.iter().flat_map(|step| &step.writes).any(|path| path.to_string_lossy().starts_with(&*staging))
}

/// venv's environments hold their place, so a script makes them there; uv's can be moved whole.
fn keeps_its_place(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(step.action, Action::Rehome { .. }))
}

fn notes(plan: &Plan) -> Vec<String> {
    let target = plan.target.display();
    let same = format!("Does what `torch-wizard install` does: same packages, same hashes, at {target}.");
    let proof = match plan.inside {
        Inside::Here => "It is proven by: torch-wizard verify (the environment's folder)",
        Inside::Wsl { .. } | Inside::Container { .. } => {
            "The kernels are proven one by one by torch-wizard install only."
        }
    };
    vec![heading(plan), same, proof.to_owned()]
}

impl Script {
    /// What every command has stands once, above all of them.
    fn share_variables(&mut self) {
        let runs = |parts: &mut Vec<Part>, on: &mut dyn FnMut(&mut Running)| {
            for piece in parts.iter_mut().flat_map(|part| &mut part.pieces) {
                if let Piece::Run(running) = piece {
                    on(running);
                }
            }
        };
        let mut common: Option<Variables> = None;
        // The product at the end has none of its own; what the others share does it no harm.
        let mut share = |running: &mut Running| {
            if !running.own.is_empty() {
                common =
                    Some(common.as_ref().map_or_else(|| running.own.clone(), |common| common.shared(&running.own)));
            }
        };
        runs(&mut self.parts, &mut share);
        self.common = common.unwrap_or_default();
        let common = &self.common;
        runs(&mut self.parts, &mut |running| running.own = std::mem::take(&mut running.own).without(common));
    }
}

struct Writing<'a> {
    plan: &'a Plan,
    by_lock: bool,
    number: usize,
    parts: Vec<Part>,
}

impl Writing<'_> {
    fn add(&mut self, piece: Piece) {
        if let Some(part) = self.parts.last_mut() {
            part.pieces.push(piece);
        }
    }

    fn begin(&mut self, title: &str) {
        self.number += 1;
        self.add(Piece::Step(format!("{}. {title}", self.number)));
    }

    fn step(&mut self, step: &PlanStep) -> Result<(), ExportError> {
        let title = step.title.as_str();
        if step.admin
            && let Some(part) = self.parts.last_mut()
        {
            part.administrator.get_or_insert_with(|| title.to_owned());
        }
        match &step.action {
            Action::Run { command } => {
                if command.stdin.is_some() {
                    return Err(ExportError::Fed(title.to_owned()));
                }
                self.look_inside(step);
                self.begin(title);
                if step.admin {
                    self.add(Piece::Note("Needs administrator rights.".to_owned()));
                }
                self.run(&self.placed(command.clone()));
            }
            // uv and pip fetch by themselves.
            Action::Fetch if self.by_lock => {}
            Action::Fetch => self.fetch(title),
            Action::WritePins { path } => {
                let place = if self.by_lock { self.pins_place() } else { path.clone() };
                self.begin("Write the pins");
                self.write(&place, self.pins_text(), None);
            }
            // It is made at its place.
            Action::Rehome { .. } => {}
            Action::Verify { python, device, inside } => self.probe(python, device, inside),
            Action::Promote { .. } if keeps_its_place(self.plan) => {}
            Action::Promote { from, to, .. } => {
                self.begin(title);
                self.add(Piece::Move { from: from.clone(), to: to.clone() });
            }
            Action::WriteFile { path, text, kept } => {
                self.begin(title);
                self.write(&self.place(path), text.clone(), kept.clone());
            }
            Action::Expect { path, any, why } => {
                self.begin(title);
                self.add(Piece::Expect { path: self.place(path), any: any.clone(), why: why.clone() });
            }
            Action::Restart { why } => {
                if let Some(part) = self.parts.last_mut() {
                    part.restart = Some(why.clone());
                }
                self.parts.push(Part::default());
            }
            Action::SetAside { .. } | Action::MoveIn { .. } | Action::DropAside { .. } | Action::Program { .. } => {
                return Err(ExportError::InPlace);
            }
            Action::Register { at } => {
                self.add(Piece::Note(format!("torch-wizard's list of environments does not have {}.", at.display())));
            }
        }
        Ok(())
    }

    fn run(&mut self, command: &CommandSpec) {
        self.add(Piece::Run(Running { own: Variables::of(command), command: command.clone() }));
    }

    /// What is made at its place inside WSL must not be there yet, as elsewhere; `install` asks before it begins.
    fn look_inside(&mut self, step: &PlanStep) {
        let plan = self.plan;
        let is_first = !plan
            .steps
            .iter()
            .take_while(|other| other.key != step.key)
            .any(|other| other.writes.contains(&plan.target));
        let place = wsl2::linux_path(&plan.target).filter(|_| is_first && step.writes.contains(&plan.target));
        if let (Inside::Wsl { .. }, Some((_, path))) = (&plan.inside, place) {
            self.begin(&format!("See that {path} is not there yet"));
            self.run(&plan.inside.wrap(CommandSpec::new("test", ["!", "-e", &path])));
        }
    }

    fn fetch(&mut self, title: &str) {
        let plan = self.plan;
        self.begin(title);
        self.add(Piece::Folder(plan.places.links.clone()));
        for package in &plan.lock.packages {
            let wheel = &package.wheel;
            self.add(Piece::Fetch {
                url: wheel.url.to_string(),
                file: crate::plan::inside(plan.os, &plan.places.links, &wheel.file_name),
                sha256: wheel.sha256.clone().unwrap_or_default(),
            });
        }
    }

    fn write(&mut self, path: &Path, text: String, kept: Option<PathBuf>) {
        self.add(Piece::Folder(above(self.plan.os, path)));
        self.add(Piece::Write { path: path.to_owned(), text, kept });
    }

    fn probe(&mut self, python: &Path, device: &str, inside: &Inside) {
        let program = if device == "cpu" { ON_PROCESSOR } else { ON_CARD };
        let command = CommandSpec::new(self.place(python), ["-I", "-c", program]);
        self.begin("Try it");
        self.run(&inside.wrap(command));
    }

    fn pins_text(&self) -> String {
        let pins = self.plan.lock.wheels().requirements();
        if !self.by_lock {
            return pins;
        }
        let text = pins::index_lines(self.plan) + &pins;
        // Read here and by nobody else: with the line ends that a batch file writes by itself.
        if self.plan.os == OsFamily::Windows { text.replace('\n', "\r\n") } else { text }
    }

    fn pins_place(&self) -> PathBuf {
        beside(&self.plan.target, ".pins.txt")
    }

    /// A path in the environment, where the script makes it.
    fn place(&self, path: &Path) -> PathBuf {
        PathBuf::from(self.moved(&path.to_string_lossy()))
    }

    fn moved(&self, text: &str) -> String {
        let Plan { target, staging, .. } = self.plan;
        if !keeps_its_place(self.plan) {
            return text.to_owned();
        }
        text.replace(&*staging.to_string_lossy(), &target.to_string_lossy())
    }

    fn placed(&self, mut command: CommandSpec) -> CommandSpec {
        command.program = self.place(&command.program);
        command.cwd = command.cwd.map(|folder| self.place(&folder));
        for word in command.args.iter_mut().chain(command.env.values_mut()) {
            *word = self.moved(word);
        }
        if self.by_lock { self.online(command) } else { command }
    }

    /// The install by the pins, from the indexes, no dependency beyond them.
    fn online(&self, mut command: CommandSpec) -> CommandSpec {
        let links = self.plan.places.links.to_string_lossy();
        let Some(at) = command.args.windows(2).position(|pair| pair == ["--find-links", &*links]) else {
            return command;
        };
        command.args.drain(at..at + 2);
        command.args.retain(|arg| arg != "--no-index" && arg != "--no-cache-dir");
        let pins = self.plan.steps.iter().find_map(|step| match &step.action {
            Action::WritePins { path } => Some(path.to_string_lossy()),
            Action::Run { .. }
            | Action::Fetch
            | Action::Rehome { .. }
            | Action::Verify { .. }
            | Action::Promote { .. }
            | Action::WriteFile { .. }
            | Action::Expect { .. }
            | Action::Restart { .. }
            | Action::Register { .. }
            | Action::SetAside { .. }
            | Action::MoveIn { .. }
            | Action::Program { .. }
            | Action::DropAside { .. } => None,
        });
        let place = self.pins_place().to_string_lossy().into_owned();
        for word in command.args.iter_mut().filter(|word| Some(word.as_str()) == pins.as_deref()) {
            word.clone_from(&place);
        }
        if self.plan.choices.engine == Engine::Uv {
            // The hashes say which file is meant; the index it stands on need not be the first.
            command.args.extend(["--index-strategy".to_owned(), "unsafe-best-match".to_owned()]);
        }
        command
    }
}
