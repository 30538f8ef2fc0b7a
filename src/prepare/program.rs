//! The source of a program that a kit checks out: fetched into a repository of ours before anything is planned, since its
//! own list of packages is in it.

use super::Wish;
use crate::catalog::{Kit, KitProgram};
use crate::facts::{MachineFacts, Probed};
use crate::host::{ChildEvent, ChildExit, Host};
use crate::plan::kit::Program;
use crate::plan::source::git;
use crate::problem::Problem;
use pep508_rs::{Requirement, VersionOrUrl};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

/// What the environment is about.
const TORCH: &str = "torch";

/// A program as it is now.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    /// What is checked out; its place is not decided yet.
    pub program: Program,
    /// The commit, in its first digits.
    pub commit: String,
    /// The packages it lists.
    pub packages: Vec<String>,
}

/// Looks at the programs of these kits.
pub(super) fn look(
    host: &dyn Host,
    facts: &MachineFacts,
    kits: &[&Kit],
    wish: &Wish,
    set: &BTreeMap<String, String>,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Vec<Looked>, Problem> {
    let mut all = Vec::new();
    for (kit, program) in kits.iter().filter_map(|kit| Some((*kit, kit.program.as_ref()?))) {
        let tool = facts.tools.get("git").and_then(Probed::found).ok_or_else(no_git)?;
        let cache = host.folders().cache.join("programs").join(format!("{}.git", kit.name));
        let mut source = Source { host, git: &tool.path, set, cache: &cache, program, tick };
        all.push(source.look(kit, wish.offline)?);
    }
    Ok(all)
}

fn no_git() -> Problem {
    Problem::new("tool-missing", "git was not found, which fetches this program.")
        .advise("Install Git (https://git-scm.com/downloads), then try again.")
}

/// The place of a program: beside its environment, where it is seen.
pub(super) fn place(host: &dyn Host, kit: &Kit, environment: &Path) -> Result<PathBuf, Problem> {
    let name = kit.program.as_ref().map_or(kit.name.as_str(), |program| program.folder.as_str());
    let folder = environment.parent().unwrap_or(environment).join(name);
    // What a run left that did not end is undone before the next one begins.
    if host.meta(&folder).is_some() && !crate::run::is_unfinished_program(host, environment, &folder) {
        let cause = format!("There is something at {} already.", folder.display());
        return Err(Problem::new("folder-taken", cause).advise(
            "Move it away, models included, or use an environment in another folder: the program stands beside it.",
        ));
    }
    Ok(folder)
}

struct Source<'a, 'b> {
    host: &'a dyn Host,
    git: &'a Path,
    set: &'a BTreeMap<String, String>,
    cache: &'a Path,
    program: &'a KitProgram,
    tick: &'b mut dyn FnMut(&str) -> ControlFlow<()>,
}

impl Source<'_, '_> {
    fn look(&mut self, kit: &Kit, offline: bool) -> Result<Looked, Problem> {
        let KitProgram { repository, branch, requirements, .. } = self.program;
        let cache = self.cache.display().to_string();
        if self.host.meta(self.cache).is_none() {
            self.run(&["init", "--quiet", "--bare", &cache])?;
        }
        let newest = format!("refs/programs/{branch}");
        if !offline {
            let spec = format!("+refs/heads/{branch}:{newest}");
            self.run(&["-C", &cache, "fetch", "--quiet", "--depth", "1", "--no-tags", repository, &spec])?;
        }
        let commit = self.run(&["-C", &cache, "rev-parse", "--verify", &newest])?.trim().to_owned();
        // A ref of its own: a later look does not change what was planned.
        let at = format!("refs/planned/{commit}");
        self.run(&["-C", &cache, "update-ref", &at, &commit])?;
        let list = self.run(&["-C", &cache, "show", &format!("{commit}:{requirements}")])?;
        Ok(Looked {
            program: Program {
                kit: kit.name.clone(),
                git: self.git.to_owned(),
                cache: self.cache.to_owned(),
                at,
                url: repository.clone(),
                branch: branch.clone(),
                folder: PathBuf::new(),
            },
            packages: packages(&list)?,
            commit: commit.get(..10).unwrap_or(&commit).to_owned(),
        })
    }

    /// What git prints.
    fn run(&mut self, args: &[&str]) -> Result<String, Problem> {
        let command = git::command(self.host.family(), self.git, self.set, args);
        let (mut out, mut said) = (Vec::new(), Vec::new());
        let exit = self.host.run(&command, &mut |event| {
            match event {
                ChildEvent::Stdout(bytes) => out.extend_from_slice(bytes),
                ChildEvent::Stderr(bytes) => said.extend_from_slice(bytes),
                ChildEvent::Started(_) => {}
                ChildEvent::Tick => return (self.tick)("fetching the program's source"),
            }
            ControlFlow::Continue(())
        });
        match exit.map_err(|error| crate::run::problem_of(&error))? {
            ChildExit::Code(0) => Ok(String::from_utf8_lossy(&out).into_owned()),
            ChildExit::Stopped => Err(Problem::new("cancelled", "Cancelled.")),
            ChildExit::Code(_) | ChildExit::Signal(_) => {
                let cause = format!("git could not get the source of {}.", self.program.repository);
                Err(Problem::new("git-failed", cause)
                    .advise("Check the network connection; git's own words are in the details.")
                    .details(crate::host::decode(&said).trim().to_owned()))
            }
        }
    }
}

/// The packages of a list as pip reads it. torch is left to the environment, unless a version is wanted: then the resolver
/// has the last word.
fn packages(list: &str) -> Result<Vec<String>, Problem> {
    let mut all = Vec::new();
    for line in list.trim_start_matches('\u{feff}').lines() {
        // A comment begins a line or stands behind a blank.
        let line = line.find(" #").map_or(line, |at| line.get(..at).unwrap_or_default()).trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let cannot = |why: &str| {
            Problem::new(
                "bad-requirement",
                format!("The program's list of packages has a line that is not taken: {line:?} ({why})."),
            )
            .advise("Its own instructions say how it is installed by hand.")
        };
        let read = Requirement::<url::Url>::from_str(line).map_err(|error| cannot(&error.message.to_string()))?;
        if matches!(read.version_or_url, Some(VersionOrUrl::Url(_))) {
            return Err(cannot("an address is not taken, only a name"));
        }
        if read.name.as_ref() != TORCH || read.version_or_url.is_some() {
            all.push(line.to_owned());
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_leaves_torch_to_the_environment_unless_it_wants_a_version() {
        let list = "\u{feff}torch\r\ntorchvision\n# a comment\n\nnumpy>=1.25.0  # why\nav>=17 ; python_version > '3'\ntransformers[x]~=4.0\n";
        let wanted = ["torchvision", "numpy>=1.25.0", "av>=17 ; python_version > '3'", "transformers[x]~=4.0"];
        assert_eq!(packages(list).unwrap(), wanted);
        assert_eq!(packages("torch==2.1.0\n").unwrap(), ["torch==2.1.0"]);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for line in
            ["-r other.txt", "git+https://h.example/x.git", "x @ https://h.example/x.whl", "./x", "--index-url x"]
        {
            assert_eq!(packages(line).unwrap_err().label, "bad-requirement", "{line}");
        }
    }
}
