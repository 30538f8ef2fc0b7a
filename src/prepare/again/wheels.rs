//! The wheels that packages of a snapshot were made from, found again.

use super::{Begun, Lost, Task, named};
use crate::host::HostError;
use crate::lock::{Lock, LockedPackage, is_same_version};
use crate::plan::Indexes;
use crate::problem::{NOTHING_CHANGED, Problem};
use crate::resolve::{self, Question, has_no_answer};
use crate::run::download::is_here;
use crate::snapshots::Package;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What was found of the packages that are wanted.
pub(super) enum Found {
    /// Each of them.
    All(Lock),
    /// Not these.
    Lost(Vec<Lost>),
}

type Tick<'a> = &'a mut dyn FnMut(&str) -> ControlFlow<()>;

impl Task<'_> {
    /// Finds the wheels: by their hash where it is known, else by name and version.
    pub(super) fn lock(&self, wanted: &[Package], begun: &Begun, tick: Tick<'_>) -> Result<Found, Problem> {
        let mut search = Search { task: self, begun, found: Vec::new(), lost: Vec::new(), open: Vec::new() };
        search.known(wanted, tick)?;
        search.unknown(tick)?;
        let Search { mut found, mut lost, .. } = search;
        if !lost.is_empty() {
            lost.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(Found::Lost(lost));
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let mut lock = Lock { created_by: "torch-wizard".to_owned(), requires_python: None, packages: found };
        if !self.wish.offline {
            let credentials = crate::detect::settings::credentials(&**self.host);
            resolve::ask_sizes(self.host, &mut lock, &|url| credentials.added_to(url))
                .map_err(|error| crate::run::network_problem(&error, NOTHING_CHANGED))?;
        }
        Ok(Found::All(lock))
    }
}

/// A package that an index is asked for.
struct Open {
    package: Package,
    /// Why its own address will not do.
    why: Option<String>,
}

struct Search<'a, 'b> {
    task: &'a Task<'b>,
    begun: &'a Begun,
    found: Vec<LockedPackage>,
    lost: Vec<Lost>,
    open: Vec<Open>,
}

impl Search<'_, '_> {
    /// What is in the store, or still lies where it was fetched from.
    fn known(&mut self, wanted: &[Package], tick: Tick<'_>) -> Result<(), Problem> {
        let store = self.task.host.folders().cache.join("wheels");
        let mut asked = Vec::new();
        for (at, package) in wanted.iter().enumerate() {
            match (&package.from, package.installer.as_deref(), &package.wheel) {
                (Some(from), ..) => self.lose(package, format!("it came from {from} and from no index")),
                (None, Some("conda"), _) => self.lose(package, "conda installed it, and conda alone has it".to_owned()),
                (None, _, Some(wheel))
                    if wheel.is_source() && !self.begun.question.may_make(&package.name, &package.version) =>
                {
                    self.lose(package, "it would be made from a source of which nothing is known".to_owned());
                }
                (None, _, Some(wheel)) if wheel.sha256.is_some() => {
                    if is_here(&**self.task.host, &store, wheel, None) {
                        self.found.extend(locked(package));
                    } else if self.task.wish.offline {
                        self.lose(package, "its wheel is not kept here, and no server is asked (--offline)".to_owned());
                    } else {
                        asked.push((at, wheel.url.to_string()));
                    }
                }
                (None, ..) => self.open.push(Open { package: package.clone(), why: None }),
            }
        }
        if tick("asking whether the wheels are still there").is_break() {
            return Err(Problem::new("cancelled", "Cancelled."));
        }
        let credentials = crate::detect::settings::credentials(&**self.task.host);
        let asked: Vec<(usize, String)> = asked.into_iter().map(|(at, url)| (at, credentials.added_to(&url))).collect();
        for (at, answer) in resolve::ask_heads(self.task.host, &asked) {
            let Some(package) = wanted.get(at) else { continue };
            match answer {
                // A server that does not know this kind of question says nothing of the file.
                Ok(_) | Err(HostError::Status { status: 405 | 501, .. }) => self.found.extend(locked(package)),
                Err(HostError::Status { status, .. }) => {
                    let why = Some(format!("the server of its wheel answers {status}"));
                    self.open.push(Open { package: package.clone(), why });
                }
                Err(error) => return Err(crate::run::network_problem(&error, NOTHING_CHANGED)),
            }
        }
        Ok(())
    }

    /// What the indexes have under its name and version.
    fn unknown(&mut self, tick: Tick<'_>) -> Result<(), Problem> {
        let open = std::mem::take(&mut self.open);
        // What names its variant is on the torch index alone; all else is not looked for there.
        let exact = |open: &Open| format!("{}=={}", open.package.name, open.package.version);
        let (own, others): (Vec<String>, Vec<String>) = open.iter().map(exact).partition(|text| text.contains('+'));
        let alone = Question {
            indexes: Indexes { torch: None, ..self.begun.question.indexes.clone() },
            hashless: None,
            ..self.begun.question.clone()
        };
        let mut answers = BTreeMap::new();
        for (question, requirements) in [(&self.begun.question, own), (&alone, others)] {
            self.ask(question, requirements, &mut answers, tick)?;
        }
        for Open { package, why } in open {
            self.take(&package, why, answers.remove(&package.name));
        }
        Ok(())
    }

    /// Asks for all of them at once; if that fails, for each by itself, to know which it is.
    fn ask(
        &self,
        question: &Question,
        requirements: Vec<String>,
        answers: &mut BTreeMap<String, Result<LockedPackage, String>>,
        tick: Tick<'_>,
    ) -> Result<(), Problem> {
        if requirements.is_empty() {
            return Ok(());
        }
        let credentials = crate::detect::settings::credentials(&**self.task.host);
        let mut resolve = |requirements: Vec<String>| {
            let question = Question { requirements, ..question.clone() };
            let mut tick = || tick("looking for the packages");
            resolve::resolve(&**self.task.host, &question, &|url| credentials.added_to(url), &mut tick)
        };
        match resolve(requirements.clone()) {
            Ok(lock) => answers.extend(lock.packages.into_iter().map(|package| (package.name.clone(), Ok(package)))),
            Err(problem) if !has_no_answer(&problem) => return Err(problem),
            Err(_) => {
                for requirement in requirements {
                    let name = named(&requirement);
                    match resolve(vec![requirement]) {
                        Ok(lock) => {
                            let package = lock.package(&name).cloned();
                            answers.insert(name, package.ok_or_else(|| "the resolver left it out".to_owned()));
                        }
                        Err(problem) if has_no_answer(&problem) => {
                            answers.insert(name, Err("no index has this version of it".to_owned()));
                        }
                        Err(problem) => return Err(problem),
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes what an index has, if that is what the snapshot has.
    fn take(&mut self, package: &Package, why: Option<String>, answer: Option<Result<LockedPackage, String>>) {
        let wanted = package.wheel.as_ref().and_then(|wheel| wheel.sha256.as_ref());
        match answer {
            Some(Ok(found)) if !is_same_version(&found.version, &package.version) => {
                self.lose(package, format!("the index has {} in its place", found.version));
            }
            Some(Ok(found)) if wanted.is_some() && found.wheel.sha256.as_ref() != wanted => {
                let why = why.map(|why| format!("{why}, and ")).unwrap_or_default();
                self.lose(package, format!("{why}no index has a file with its hash"));
            }
            // The address may be the one that did not answer.
            Some(Ok(found)) => match why {
                Some(why) if package.wheel.as_ref().is_some_and(|wheel| wheel.url == found.wheel.url) => {
                    self.lose(package, why);
                }
                Some(_) | None => self.found.push(found),
            },
            Some(Err(no)) => self.lose(package, why.map_or_else(|| no.clone(), |why| format!("{why}, and {no}"))),
            None => self.lose(package, why.unwrap_or_else(|| "no index was asked for it".to_owned())),
        }
    }

    fn lose(&mut self, package: &Package, why: String) {
        self.lost.push(Lost { name: package.name.clone(), version: package.version.clone(), why });
    }
}

/// As a lock has it.
fn locked(package: &Package) -> Option<LockedPackage> {
    let Package { name, version, index, wheel, .. } = package.clone();
    Some(LockedPackage { name, version, index, wheel: wheel? })
}
