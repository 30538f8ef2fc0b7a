//! Requirements → [`Lock`]: uv (or pip) resolves against the live index; sizes are asked for by HEAD, side by side.

mod hashless;

pub use hashless::Tags;

use crate::catalog::{Platform, SourceOnly};
use crate::engine;
use crate::host::{Answer, ChildEvent, ChildExit, Host, HostError, Receiver, Request};
use crate::lock::{Lock, LockError, is_same_version, normalised};
use crate::plan::{CommandSpec, Engine, Indexes, Inheritance};
use crate::problem::Problem;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Resolving reads a few dozen small files of an index.
const LIMIT: Duration = Duration::from_mins(5);
/// How many sizes are asked for at once.
const SIDE_BY_SIDE: usize = 8;

/// What to resolve, and with what.
#[derive(Clone, Debug)]
pub struct Question {
    /// PEP 508, e.g. `torch==2.15.0+cu130`.
    pub requirements: Vec<String>,
    /// The interpreter of the environment to be.
    pub python: PathBuf,
    /// What resolves.
    pub engine: Engine,
    /// uv's executable, with engine `uv`.
    pub uv: Option<PathBuf>,
    /// Where to look.
    pub indexes: Indexes,
    /// What the child inherits.
    pub inheritance: Inheritance,
    /// uv's cache of our own.
    pub uv_cache: PathBuf,
    /// Only what is in the caches.
    pub offline: bool,
    /// The torch index is known to name no hash for torch's wheel; the machine to pick one for.
    pub hashless: Option<Tags>,
    /// The environment will stand in another system than this one, a container or WSL; uv alone can resolve for it.
    pub elsewhere: Option<Tags>,
    /// Packages that stay at their version if anything asks for them, as exact requirements.
    pub constraints: Vec<String>,
    /// The requirements alone, without what they ask for.
    pub alone: bool,
    /// Packages that may be made from their source, where nothing else fits; with uv alone, since pip runs their code to
    /// learn what they need.
    pub sources: Vec<SourceOnly>,
}

impl Question {
    /// Whether a package is one that may be made from its source.
    pub fn may_make(&self, name: &str, version: &str) -> bool {
        let is_it = |source: &SourceOnly| {
            normalised(&source.name) == normalised(name) && is_same_version(&source.version, version)
        };
        self.engine == Engine::Uv && self.sources.iter().any(is_it)
    }
}

/// Whether there was an answer, and it was no.
pub fn has_no_answer(problem: &Problem) -> bool {
    ["no-solution", "no-wheel"].contains(&problem.label.as_str())
}

/// Checks that a wish of `--with` is a package by name: a path or an address would stay in the environment's metadata and
/// has no hash on an index.
pub fn check_requirement(text: &str) -> Result<(), Problem> {
    use std::str::FromStr as _;
    let bad = |why: String| {
        Problem::new("bad-requirement", format!("--with {}: {}", text.escape_debug(), why.escape_debug()))
            .advise("Name a package as pip does, e.g. --with torchaudio or --with \"numpy<3\".")
    };
    let read = pep508_rs::Requirement::<url::Url>::from_str(text).map_err(|error| bad(error.message.to_string()))?;
    match read.version_or_url {
        Some(pep508_rs::VersionOrUrl::Url(_)) => Err(bad("an address is not taken, only a name".to_owned())),
        Some(pep508_rs::VersionOrUrl::VersionSpecifier(_)) | None => Ok(()),
    }
}

/// Resolves. `address` adds user name and password to an index's address; `tick` is called ten times a second and may
/// stop it.
pub fn resolve(
    host: &dyn Host,
    question: &Question,
    address: &dyn Fn(&str) -> String,
    tick: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Lock, Problem> {
    let mut asked = Question { sources: Vec::new(), ..question.clone() };
    let mut first = None;
    loop {
        let no = match resolve_once(host, &asked, address, tick) {
            Err(no) if has_no_answer(&no) => no,
            other => return other,
        };
        // Only what uv names stands in the way: another source than those would hold its package at one version.
        let is_missing = |source: &&SourceOnly| no.details.contains(&source.name) && !asked.sources.contains(source);
        let missing: Vec<SourceOnly> = question.sources.iter().filter(is_missing).cloned().collect();
        if question.engine == Engine::Pip {
            return Err(missing.iter().fold(no, |no, source| no.advise(left_to_uv(source))));
        }
        if missing.is_empty() {
            // What would be made from source did not help.
            return Err(first.unwrap_or(no));
        }
        asked.sources.extend(missing);
        first.get_or_insert(no);
    }
}

fn left_to_uv(source: &SourceOnly) -> String {
    format!("{} is there as source alone, which the engine uv makes: leave --engine pip out.", source.name)
}

fn resolve_once(
    host: &dyn Host,
    question: &Question,
    address: &dyn Fn(&str) -> String,
    tick: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Lock, Problem> {
    let (text, said) = match (question.engine, question.hashless) {
        (Engine::Uv, Some(tags)) => return hashless::resolve(host, question, tags, address, tick),
        (Engine::Uv, None) => run_resolver(host, question, &by_uv(host, question, address)?, tick)?,
        (Engine::Pip, _) => run_resolver(host, question, &by_pip(host, question, address)?, tick)?,
    };
    let read = match question.engine {
        Engine::Uv => lock_of_uv(question, &text),
        Engine::Pip => {
            Lock::from_pip_report(&text, question.indexes.torch.as_deref().or(question.indexes.default.as_deref()))
        }
    };
    read.map_err(|error| bad_lock(&error, &said))
}

/// What uv wrote; of the packages that may be made from source the version that is known.
fn lock_of_uv(question: &Question, text: &str) -> Result<Lock, LockError> {
    Lock::from_pylock_with(text, &|name, version| question.may_make(name, version))
}

/// Runs the resolver; answers with what it printed and what it said beside that.
fn run_resolver(
    host: &dyn Host,
    question: &Question,
    command: &CommandSpec,
    tick: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(String, String), Problem> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let began = host.uptime();
    let exit = host
        .run(command, &mut |event| {
            match event {
                ChildEvent::Stdout(bytes) => stdout.extend_from_slice(bytes),
                ChildEvent::Stderr(bytes) => stderr.extend_from_slice(bytes),
                ChildEvent::Started(_) => {}
                ChildEvent::Tick => {
                    if tick().is_break() || host.uptime().saturating_sub(began) > LIMIT {
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        })
        .map_err(|error| crate::run::problem_of(&error))?;
    let said = crate::host::decode(&stderr);
    match exit {
        ChildExit::Code(0) => Ok((String::from_utf8_lossy(&stdout).into_owned(), said)),
        ChildExit::Stopped if host.uptime().saturating_sub(began) <= LIMIT => {
            Err(Problem::new("cancelled", "Cancelled."))
        }
        ChildExit::Stopped => Err(Problem::new("index-slow", "The index did not answer within five minutes.")
            .advise("Try again later, or set a mirror.")),
        ChildExit::Code(_) | ChildExit::Signal(_) => Err(not_resolved(question, &said)),
    }
}

fn by_uv(host: &dyn Host, question: &Question, address: &dyn Fn(&str) -> String) -> Result<CommandSpec, Problem> {
    let python = question.python.display().to_string();
    let mut command = CommandSpec::new(
        question.uv.clone().unwrap_or_else(|| "uv".into()),
        ["pip", "compile", "--format", "pylock.toml", "--only-binary", ":all:", "--no-header", "--python", &python],
    );
    if let Some(Tags { python, platform }) = question.elsewhere {
        let options = ["--python-version", &python.short(), "--python-platform", platform_word(platform)];
        command.args.extend(options.map(str::to_owned));
    }
    for links in &question.indexes.find_links {
        command.args.extend(["--find-links".to_owned(), links.clone()]);
    }
    if question.alone {
        command.args.push("--no-deps".to_owned());
    }
    if !question.constraints.is_empty() {
        // A version that stays need not be on the first index that has the package.
        command.args.extend(["--index-strategy", "unsafe-best-match"].map(str::to_owned));
    }
    for source in &question.sources {
        command.args.extend(["--no-binary", &source.name].map(str::to_owned));
    }
    if let Some(file) = constraints_file(host, question).map_err(|error| crate::run::problem_of(&error))? {
        command.args.extend(["--constraint".to_owned(), file.display().to_string()]);
    }
    command.args.push("-".to_owned());
    command.stdin = Some(question.requirements.join("\n") + "\n");
    command.env_remove.clone_from(&question.inheritance.cleared);
    command.env.clone_from(&question.inheritance.set);
    command.env.insert("UV_NO_CONFIG".to_owned(), "1".to_owned());
    command.env.insert("UV_PYTHON_DOWNLOADS".to_owned(), "never".to_owned());
    if question.offline {
        command.env.insert("UV_OFFLINE".to_owned(), "1".to_owned());
    }
    command.env.insert("UV_CACHE_DIR".to_owned(), question.uv_cache.display().to_string());
    let file = settings_file(host, question).map_err(|error| crate::run::problem_of(&error))?;
    if let Some(file) = file {
        command.args.splice(0..0, ["--config-file".to_owned(), file.display().to_string()]);
    }
    for (number, url) in listed(question).enumerate() {
        // User names and passwords stay out of the file.
        let known = url::Url::parse(&address(url)).ok().filter(|known| known.password().is_some());
        let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        if let Some(known) = known {
            command.env.insert(format!("UV_INDEX_TW{number}_USERNAME"), plain(known.username()));
            command.env.insert(format!("UV_INDEX_TW{number}_PASSWORD"), plain(known.password().unwrap_or_default()));
        }
    }
    if let Some(default) = &question.indexes.default {
        command.env.insert("UV_DEFAULT_INDEX".to_owned(), address(default));
    }
    Ok(command)
}

/// A platform as uv names it; on Linux with the C library that torch's wheels ask for.
/// <https://docs.astral.sh/uv/reference/cli/#uv-pip-compile--python-platform>
const fn platform_word(platform: Platform) -> &'static str {
    match platform {
        Platform::WindowsX86 => "x86_64-pc-windows-msvc",
        Platform::LinuxX86 => "x86_64-manylinux_2_28",
        Platform::LinuxArm => "aarch64-manylinux_2_28",
    }
}

/// The indexes before the default one. The torch index first: uv takes a package from the first index that has it.
fn listed(question: &Question) -> impl Iterator<Item = &String> {
    question.indexes.torch.iter().chain(&question.indexes.extra)
}

/// The list of indexes as a file, the only way to tell uv that 403 means "not here": it knows that of
/// `download.pytorch.org` by itself and gives up at any mirror that answers the same.
/// <https://docs.astral.sh/uv/concepts/indexes/#ignoring-error-codes-when-searching-across-indexes>
///
/// What is known of sources stands there, too: uv would run them to learn what they need.
/// <https://docs.astral.sh/uv/reference/settings/#dependency-metadata>
fn settings_file(host: &dyn Host, question: &Question) -> Result<Option<PathBuf>, HostError> {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (number, url) in listed(question).enumerate() {
        let url = toml::Value::String(crate::lock::public(url));
        write!(text, "[[index]]\nname = \"tw{number}\"\nurl = {url}\nignore-error-codes = [403]\n\n").ok();
    }
    // Without a version, so that it holds for one that an index may have beside the known one: `1.8.0+other` is a 1.8.0,
    // too, and would be run to learn what it needs.
    for SourceOnly { name, requires, .. } in &question.sources {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let needs: Vec<String> = requires.iter().map(|requirement| quoted(&requirement.to_string())).collect();
        let (name, needs) = (quoted(name), needs.join(", "));
        write!(text, "[[dependency-metadata]]\nname = {name}\nrequires-dist = [{needs}]\n\n").ok();
    }
    if text.is_empty() {
        return Ok(None);
    }
    input_file(host, question, &text, "toml").map(Some)
}

/// The versions that stay, as a file; of a source exactly the one that is known, and none that counts as the same.
fn constraints_file(host: &dyn Host, question: &Question) -> Result<Option<PathBuf>, HostError> {
    let known = question.sources.iter().map(|source| format!("{}==={}", source.name, source.version));
    let lines: Vec<String> = question.constraints.iter().cloned().chain(known).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    input_file(host, question, &(lines.join("\n") + "\n"), "txt").map(Some)
}

/// A file for the resolver, named by what is in it: plans that are made side by side do not disturb each other.
fn input_file(host: &dyn Host, question: &Question, text: &str, ends: &str) -> Result<PathBuf, HostError> {
    use sha2::{Digest as _, Sha256};
    let name = crate::text::hex(Sha256::digest(text.as_bytes()).as_slice());
    let name = format!("{}.{ends}", name.get(..16).unwrap_or(&name));
    let path = question.uv_cache.with_file_name("indexes").join(name);
    host.write_atomic(&path, text.as_bytes())?;
    Ok(path)
}

fn by_pip(host: &dyn Host, question: &Question, address: &dyn Fn(&str) -> String) -> Result<CommandSpec, Problem> {
    // Unless another default is named pip asks PyPI: not every package of the environment is on the torch index.
    let indexes = &question.indexes;
    let main = indexes.default.as_ref().map(|url| address(url));
    let mut command = engine::pip(host, &question.python, &question.inheritance, main.as_deref());
    command.args.extend(
        ["install", "--dry-run", "--ignore-installed", "--quiet", "--only-binary", ":all:", "--report", "-"]
            .map(str::to_owned),
    );
    for links in &question.indexes.find_links {
        command.args.extend(["--find-links".to_owned(), links.clone()]);
    }
    let torch = indexes.torch.iter().filter(|url| indexes.default.as_ref() != Some(url));
    let extra: Vec<String> = torch.chain(&indexes.extra).map(|url| address(url)).collect();
    if !extra.is_empty() {
        command.env.insert("PIP_EXTRA_INDEX_URL".to_owned(), extra.join(" "));
    }
    if question.alone {
        command.args.push("--no-deps".to_owned());
    }
    if let Some(file) = constraints_file(host, question).map_err(|error| crate::run::problem_of(&error))? {
        command.args.extend(["--constraint".to_owned(), file.display().to_string()]);
    }
    command.args.extend(question.requirements.iter().cloned());
    Ok(command)
}

fn not_resolved(question: &Question, said: &str) -> Problem {
    let what = question.requirements.join(", ");
    let low = said.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| low.contains(word));
    // Whatever else it says, it could not write.
    let problem = if let Some(full) = crate::run::full_disk(said) {
        full
    } else if any(&["certificate", "unknownissuer"]) {
        Problem::new("certificate", "The index's certificate was not accepted.")
            .advise("If your company inspects connections, set SSL_CERT_FILE to its certificate.")
    } else if any(&["407", "proxy"]) {
        Problem::new("proxy", "The proxy on the way to the index refused.").advise("Check HTTPS_PROXY.")
    } else if any(&["401 unauthorized", "403 forbidden", "status code 401", "status code 403"]) {
        Problem::new("index-refused", format!("The index refused to show {what}."))
            .advise("Check the index URL and its user name and password.")
    } else if any(&[
        "dns error",
        "failed to lookup",
        "name or service",
        "connection refused",
        "error sending request",
        "timed out",
        "connecterror",
        "newconnectionerror",
    ]) {
        Problem::new("no-network", "The index could not be reached.")
            .advise("Check the network connection, or set a proxy (HTTPS_PROXY) or a mirror (--index-url).")
    } else {
        Problem::new(
            "no-solution",
            format!("No set of packages on the index fits {what} and {}.", question.python.display()),
        )
        .advise("Ask for another version (--torch, --variant, --python), or leave out a package of --with.")
    };
    problem.details(said.trim().to_owned())
}

fn bad_lock(error: &LockError, said: &str) -> Problem {
    let problem = match error {
        LockError::NoWheel { .. } => Problem::new("no-wheel", format!("{error}."))
            .advise("Ask for another version, or leave out a package of --with."),
        LockError::BadUrl { .. } | LockError::BadName { .. } | LockError::BadHash { .. } => {
            Problem::new("index-garbage", format!("The index answered with something that is no package: {error}."))
                .advise("Check the index URL; a log-in page of the network may stand in its place.")
        }
        LockError::Toml(_) | LockError::Json(_) | LockError::Version(_) => {
            Problem::new("resolver-output", format!("The resolver's answer cannot be used: {error}."))
                .advise("Try the other engine: --engine pip or --engine uv.")
        }
    };
    problem.details(said.to_owned())
}

struct HeadOnly(Option<u64>);

impl Receiver for HeadOnly {
    fn begin(&mut self, answer: &Answer) -> ControlFlow<()> {
        self.0 = answer.total;
        ControlFlow::Continue(())
    }
    fn piece(&mut self, _bytes: &[u8]) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

/// Asks the servers for the sizes that the lock leaves out, several at once. A size that is not told stays unknown; a
/// server that cannot be reached at all is an error.
pub fn ask_sizes(host: &Arc<dyn Host>, lock: &mut Lock, address: &dyn Fn(&str) -> String) -> Result<(), HostError> {
    let asked: Vec<(usize, String)> = lock
        .packages
        .iter()
        .enumerate()
        .filter(|(_, package)| package.wheel.size.is_none())
        .map(|(at, package)| (at, address(package.wheel.url.as_str())))
        .collect();
    let answers = ask_heads(host, &asked);
    let mut refused = None;
    let all = answers.len();
    let mut failures = 0;
    for (at, result) in answers {
        match result {
            Ok(size) => {
                if let Some(package) = lock.packages.get_mut(at) {
                    package.wheel.size = size;
                }
            }
            Err(error) => {
                failures += 1;
                refused = Some(error);
            }
        }
    }
    match refused {
        Some(error) if failures == all => Err(error),
        _ => Ok(()),
    }
}

/// Asks the servers for files without fetching them, several at once: the size of each that is there, as far as it is
/// told. The numbers come back with the answers, in any order.
pub fn ask_heads(host: &Arc<dyn Host>, asked: &[(usize, String)]) -> Vec<(usize, Result<Option<u64>, HostError>)> {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE.min(asked.len()) {
            let worker = || {
                while let Some((at, url)) = asked.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut head = HeadOnly(None);
                    let request = Request { limit: Some(Duration::from_secs(15)), ..Request::head(url) };
                    let result = host.request(&request, &mut head).map(|()| head.0);
                    answers.lock().unwrap_or_else(PoisonError::into_inner).push((*at, result));
                }
            };
            std::thread::Builder::new().name("sizes".to_owned()).spawn_scoped(scope, worker).ok();
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
