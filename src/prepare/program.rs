//! The source of a program that a kit checks out: fetched into a repository of ours before anything is planned, since its
//! own list of packages is in it.

use super::Wish;
use crate::catalog::{Kit, KitProgram, Within};
use crate::facts::{MachineFacts, Probed};
use crate::host::{ChildEvent, ChildExit, Host};
use crate::plan::kit::{Program, within_ref};
use crate::plan::source::git;
use crate::problem::Problem;
use pep508_rs::{Requirement, VersionOrUrl};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

/// git said no.
const FAILED: &str = "git-failed";
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

/// Looks at the programs of these kits, for an environment in this folder if that is known.
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
        // What an unfinished run checked out is cleared away before the next one begins.
        let is_left = |target: &Path, folder: &Path| crate::run::is_unfinished_program(host, target, folder);
        let places = wish.target.as_ref().map(|target| (target, folder(kit, target)));
        let folder = places.filter(|(target, folder)| !is_left(target, folder)).map(|(_, folder)| folder);
        let standing = folder.and_then(|folder| source.standing(kit, &folder).transpose());
        let looked = standing.unwrap_or_else(|| source.look(kit, wish.offline))?;
        if let Some(target) = &wish.target {
            // A place that is taken is known at once.
            place(host, kit, &looked, target)?;
        }
        all.push(looked);
    }
    Ok(all)
}

fn no_git() -> Problem {
    Problem::new("tool-missing", "git was not found, which fetches this program.")
        .advise("Install Git (https://git-scm.com/downloads), then try again.")
}

fn name(kit: &Kit) -> &str {
    kit.program.as_ref().map_or(kit.name.as_str(), |program| program.folder.as_str())
}

fn folder(kit: &Kit, environment: &Path) -> PathBuf {
    environment.parent().unwrap_or(environment).join(name(kit))
}

/// The place of a program: beside its environment, where it is seen.
pub(super) fn place(host: &dyn Host, kit: &Kit, looked: &Looked, environment: &Path) -> Result<PathBuf, Problem> {
    let folder = folder(kit, environment);
    let name = name(kit);
    // Windows and macOS tell names apart by more than their case.
    let same =
        |one: &Path, other: &Path| one.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase();
    if same(&host.resolve(&folder), &host.resolve(environment)) {
        let cause = format!("The environment and {name} would stand in one folder, {}.", folder.display());
        return Err(Problem::new("folder-taken", cause)
            .advise("Give the environment another name: the program stands beside it."));
    }
    // What a run left that did not end is undone before the next one begins.
    if host.meta(&folder).is_some()
        && !looked.program.stands
        && !crate::run::is_unfinished_program(host, environment, &folder)
    {
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
    /// A checkout of this program that stands there: it is left as it is, with the packages that it lists now. `None` if
    /// there is none, or another thing.
    fn standing(&mut self, kit: &Kit, folder: &Path) -> Result<Option<Looked>, Problem> {
        let KitProgram { repository, branch, requirements, .. } = self.program;
        if self.host.meta(&folder.join(".git")).is_none() {
            return Ok(None);
        }
        let shown = folder.display().to_string();
        let safe = format!("safe.directory={shown}");
        let place = ["-c", safe.as_str(), "-C", shown.as_str()];
        let origin = self.git(&[&place[..], &["config", "--get", "remote.origin.url"]].concat());
        if !origin.is_ok_and(|origin| origin.trim() == repository) {
            return Ok(None);
        }
        let commit = self.git(&[&place[..], &["rev-parse", "--verify", "HEAD"]].concat())?.trim().to_owned();
        let list = self.host.read(&folder.join(requirements)).map_err(|error| crate::run::problem_of(&error))?;
        Ok(Some(Looked {
            program: Program {
                kit: kit.name.clone(),
                git: self.git.to_owned(),
                cache: self.cache.to_owned(),
                at: String::new(),
                url: repository.clone(),
                branch: branch.clone(),
                folder: folder.to_owned(),
                within: self.program.within.clone(),
                stands: true,
            },
            packages: packages(&String::from_utf8_lossy(&list), kit)?,
            commit: commit.get(..10).unwrap_or(&commit).to_owned(),
        }))
    }

    /// A repository of ours that cannot be used any more, after a cut perhaps, is made anew once.
    fn look(&mut self, kit: &Kit, offline: bool) -> Result<Looked, Problem> {
        match self.look_once(kit, offline) {
            Err(problem) if problem.label == FAILED && !offline => {
                self.host.remove(self.cache).map_err(|error| crate::run::problem_of(&error))?;
                self.look_once(kit, offline)
            }
            other => other,
        }
    }

    fn look_once(&mut self, kit: &Kit, offline: bool) -> Result<Looked, Problem> {
        let KitProgram { repository, branch, requirements, .. } = self.program;
        let newest = format!("refs/programs/{branch}");
        if offline && self.host.meta(self.cache).is_none() {
            let cause = format!("The source of {} was never fetched here, and nothing is fetched now.", kit.name);
            return Err(Problem::new("no-network", cause).advise("Try again without --offline."));
        }
        // Can be repeated.
        let cache = self.cache.display().to_string();
        self.git(&["init", "--quiet", "--bare", &cache])?;
        if !offline {
            let spec = format!("+refs/heads/{branch}:{newest}");
            self.run(&["fetch", "--quiet", "--depth", "1", "--no-tags", repository, &spec])?;
        }
        let commit = self.run(&["rev-parse", "--verify", &newest])?.trim().to_owned();
        // A ref of its own: a later look does not change what was planned.
        let at = format!("refs/planned/{commit}");
        self.run(&["update-ref", &at, &commit])?;
        for Within { repository, commit, .. } in &self.program.within {
            if !offline && self.run(&["cat-file", "-e", &format!("{commit}^{{commit}}")]).is_err() {
                let spec = format!("+{commit}:{}", within_ref(commit));
                self.run_for(repository, &["fetch", "--quiet", "--depth", "1", "--no-tags", repository, &spec])?;
            }
        }
        let list = self.run(&["show", &format!("{commit}:{requirements}")])?;
        Ok(Looked {
            program: Program {
                kit: kit.name.clone(),
                git: self.git.to_owned(),
                cache: self.cache.to_owned(),
                at,
                url: repository.clone(),
                branch: branch.clone(),
                folder: PathBuf::new(),
                within: self.program.within.clone(),
                stands: false,
            },
            packages: packages(&list, kit)?,
            commit: commit.get(..10).unwrap_or(&commit).to_owned(),
        })
    }

    /// What git prints of our repository.
    fn run(&mut self, args: &[&str]) -> Result<String, Problem> {
        self.run_for(&self.program.repository, args)
    }

    /// The same, of another repository that is fetched into ours.
    fn run_for(&mut self, whose: &str, args: &[&str]) -> Result<String, Problem> {
        // Named outright: git would look for one in the folders above, and some settings refuse a bare one otherwise.
        let place = format!("--git-dir={}", self.cache.display());
        let args: Vec<&str> = [place.as_str()].iter().chain(args).copied().collect();
        self.git_for(whose, &args)
    }

    /// What git prints.
    fn git(&mut self, args: &[&str]) -> Result<String, Problem> {
        self.git_for(&self.program.repository, args)
    }

    fn git_for(&mut self, whose: &str, args: &[&str]) -> Result<String, Problem> {
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
                let cause = format!("git could not get the source of {whose}.");
                Err(Problem::new(FAILED, cause)
                    .advise("Check the network connection; git's own words are in the details.")
                    .details(crate::host::decode(&said).trim().to_owned()))
            }
        }
    }
}

/// The packages of a list as pip reads it. torch is left to the environment, unless a version is wanted: then the resolver
/// has the last word. What the kit names itself stands in the place of what the list says of it.
fn packages(list: &str, kit: &Kit) -> Result<Vec<String>, Problem> {
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
        let is_kits = kit.packages.iter().any(|own| own.name == read.name);
        if !is_kits && (read.name.as_ref() != TORCH || read.version_or_url.is_some()) {
            all.push(line.to_owned());
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comfyui() -> Kit {
        crate::catalog::Catalog::embedded().unwrap().kits.named("comfyui").unwrap().clone()
    }

    #[test]
    fn what_the_kit_names_itself_counts_more_than_the_list() {
        let own = vec![Requirement::from_str("setuptools>=77,<81").unwrap(), Requirement::from_str("x_y").unwrap()];
        let kit = Kit { packages: own, ..comfyui() };
        assert_eq!(packages("setuptools==69.5.1  # why\nX.Y==1\nkept==2\n", &kit).unwrap(), ["kept==2"]);
    }

    #[test]
    fn a_list_leaves_torch_to_the_environment_unless_it_wants_a_version() {
        let list = "\u{feff}torch\r\ntorchvision\n# a comment\n\nnumpy>=1.25.0  # why\nav>=17 ; python_version > '3'\ntransformers[x]~=4.0\n";
        let wanted = ["torchvision", "numpy>=1.25.0", "av>=17 ; python_version > '3'", "transformers[x]~=4.0"];
        assert_eq!(packages(list, &comfyui()).unwrap(), wanted);
        assert_eq!(packages("torch==2.1.0\n", &comfyui()).unwrap(), ["torch==2.1.0"]);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for line in
            ["-r other.txt", "git+https://h.example/x.git", "x @ https://h.example/x.whl", "./x", "--index-url x"]
        {
            assert_eq!(packages(line, &comfyui()).unwrap_err().label, "bad-requirement", "{line}");
        }
    }
}
