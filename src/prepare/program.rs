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

fn never_fetched(kit: &Kit) -> Problem {
    let cause = format!("The source of {} was never fetched here, and nothing is fetched now.", kit.name);
    Problem::new("no-network", cause).advise("Try again without --offline.")
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
        let is_there = |other: &&Within| self.host.meta(&folder.join(&other.folder).join(".git")).is_some();
        if let Some(other) = self.program.within.iter().find(|other| !is_there(other)) {
            let cause = format!("{shown} lacks {}, which {} wants there.", other.folder, kit.name);
            return Err(Problem::new("folder-incomplete", cause).advise(
                "Start it once by its own instructions, which fetch it; or move the folder away, so that it is made anew.",
            ));
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
        let looked = match self.look_once(kit, offline) {
            Err(problem) if problem.label == FAILED && !offline => {
                self.host.remove(self.cache).map_err(|error| crate::run::problem_of(&error))?;
                self.look_once(kit, offline)
            }
            other => other,
        }?;
        self.look_within(kit, offline)?;
        Ok(looked)
    }

    /// The other repositories, each of whose commits is fetched once.
    fn look_within(&mut self, kit: &Kit, offline: bool) -> Result<(), Problem> {
        for Within { repository, commit, .. } in &self.program.within {
            let at = within_ref(commit);
            if self.run(&["rev-parse", "--verify", "--quiet", &format!("{at}^{{commit}}")]).is_ok() {
                continue;
            }
            if offline {
                return Err(never_fetched(kit));
            }
            let spec = format!("+{commit}:{at}");
            self.run_for(repository, &["fetch", "--quiet", "--depth", "1", "--no-tags", repository, &spec])?;
        }
        Ok(())
    }

    fn look_once(&mut self, kit: &Kit, offline: bool) -> Result<Looked, Problem> {
        let KitProgram { repository, branch, requirements, .. } = self.program;
        let newest = format!("refs/programs/{branch}");
        if offline && self.host.meta(self.cache).is_none() {
            return Err(never_fetched(kit));
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
    use crate::facts::OsFamily;
    use crate::host::fake::{Script, World};

    fn comfyui() -> Kit {
        crate::catalog::Catalog::embedded().unwrap().kits.named("comfyui").unwrap().clone()
    }

    const GIT: &str = "/usr/bin/git";

    fn web_ui() -> Kit {
        crate::catalog::Catalog::embedded().unwrap().kits.named("a1111").unwrap().clone()
    }

    /// What is asked of git for the repositories within the web UI, and how it ends.
    fn within(world: &World, offline: bool) -> Result<(), String> {
        let (kit, set) = (web_ui(), BTreeMap::new());
        let program = kit.program.as_ref().unwrap();
        let (git, cache) = (Path::new(GIT), Path::new("/cache/a1111.git"));
        let mut tick = |_: &str| ControlFlow::Continue(());
        let mut source = Source { host: world, git, set: &set, cache, program, tick: &mut tick };
        source.look_within(&kit, offline).map_err(|problem| format!("{}: {}", problem.label, problem.cause))
    }

    /// A git that has the commits of all repositories but one, for which it has other words.
    fn git_without_one(fetches: bool) -> World {
        let lacking = &web_ui().program.unwrap().within[3];
        let at = within_ref(&lacking.commit);
        let asked = ["--git-dir=/cache/a1111.git", "rev-parse", "--verify", "--quiet", &format!("{at}^{{commit}}")];
        let args = git::command(OsFamily::Linux, Path::new(GIT), &BTreeMap::new(), &asked).args;
        let world = World::new(OsFamily::Linux).program(GIT, Script::prints("12ab\n"));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let world = world.program_with(GIT, &args, Script::exits(1));
        let spec = format!("+{}:{at}", lacking.commit);
        let place = "--git-dir=/cache/a1111.git";
        let fetch = [place, "fetch", "--quiet", "--depth", "1", "--no-tags", &lacking.repository, &spec];
        let args = git::command(OsFamily::Linux, Path::new(GIT), &BTreeMap::new(), &fetch).args;
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        if fetches { world } else { world.program_with(GIT, &args, Script::exits(128)) }
    }

    #[test]
    fn of_the_repositories_within_a_program_those_that_are_not_here_are_fetched() {
        let world = git_without_one(true);
        assert_eq!(within(&world, false), Ok(()));
        let ran: Vec<String> = world.ran().iter().map(|command| command.args.join(" ")).collect();
        let fetched: Vec<&String> = ran.iter().filter(|args| args.contains(" fetch ")).collect();
        assert_eq!((ran.len(), fetched.len()), (6, 1), "{ran:?}");
        assert!(fetched[0].contains("https://github.com/crowsonkb/k-diffusion +ab527a9a"), "{fetched:?}");
    }

    #[test]
    fn a_repository_within_that_cannot_be_had_is_named() {
        let offline = within(&git_without_one(true), true).unwrap_err();
        assert!(offline.starts_with("no-network: "), "{offline}");
        let refused = within(&git_without_one(false), false).unwrap_err();
        assert!(refused.contains("https://github.com/crowsonkb/k-diffusion"), "{refused}");
    }

    #[test]
    fn a_checkout_that_lacks_a_repository_within_is_not_taken() {
        let kit = web_ui();
        let program = kit.program.as_ref().unwrap();
        let folder = Path::new("/home/web ui");
        let world = World::new(OsFamily::Linux)
            .program(GIT, Script::prints(format!("{}\n", program.repository)))
            .dir(folder.join(".git"))
            .file(folder.join("requirements_versions.txt"), "numpy\n");
        let (set, mut tick) = (BTreeMap::new(), |_: &str| ControlFlow::Continue(()));
        let (git, cache) = (Path::new(GIT), Path::new("/cache/a1111.git"));
        let mut stands = |world: &World| {
            let mut source = Source { host: world, git, set: &set, cache, program, tick: &mut tick };
            source.standing(&kit, folder).map(|looked| looked.map(|looked| looked.packages))
        };
        let problem = stands(&world).unwrap_err();
        assert_eq!(problem.label, "folder-incomplete");
        assert!(problem.cause.contains("repositories/stable-diffusion-webui-assets"), "{}", problem.cause);
        let whole =
            program.within.iter().fold(world, |world, other| world.dir(folder.join(&other.folder).join(".git")));
        assert_eq!(stands(&whole).unwrap(), Some(vec!["numpy".to_owned()]));
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
