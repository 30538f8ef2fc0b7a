//! Python interpreters, unfit ones included, each with the reason.
//!
//! Looks, in order, at: PATH; `py -0p` and the registry (Windows, PEP 514); the interpreters that uv manages; pyenv,
//! asdf, mise and scoop; conda. A version manager's shim is passed over in favour of what it stands for, and an
//! environment's interpreter in favour of the one it was made from. Each interpreter is asked once, all side by
//! side, by one short run of at most 3 s that imports nothing but built-in modules.
//!
//! Never started: the Microsoft Store's placeholder, which opens the Store's window.

use super::{programs, settings};
use crate::environments::places::{below, condas, expand, name_of, parent_of};
use crate::environments::{interpreter, prefix};
use crate::facts::{OsFamily, Python, PythonVersion, Source, Via};
use crate::host::{ChildExit, Host, HostError, Output};
use crate::plan::CommandSpec;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest answer of one interpreter; a virus scanner may look at it first.
const LIMIT: Duration = Duration::from_secs(3);

/// One line of JSON. Without `json` and `sysconfig`, which would double the time; Python 2 stops at `-I`.
const QUESTION: &str = "import sys;print('{\"version\":\"%d.%d.%d\",\"implementation\":\"%s\",\"bits\":%d,\
\"free_threaded\":%s}'%(sys.version_info[:3]+(sys.implementation.name,64 if sys.maxsize>2**32 else 32,\
'true' if 'free-threading' in sys.version or 't' in getattr(sys,'abiflags','') else 'false')))";

/// What an interpreter says of itself.
#[derive(serde::Deserialize)]
struct Told {
    version: PythonVersion,
    implementation: String,
    bits: u8,
    free_threaded: bool,
}

/// An interpreter that was found and not asked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The executable.
    pub path: PathBuf,
    /// Where it was found.
    pub source: Source,
}

/// All interpreters. `why_not` says why one cannot hold the newest stable torch; it is asked about those that
/// answered.
pub fn read(host: &dyn Host, why_not: &(dyn Fn(&Python) -> Option<String> + Sync)) -> Vec<Python> {
    let known = candidates(host);
    let ask = |candidate: &Candidate| {
        let mut python = ask(host, candidate);
        if python.why_not.is_none() {
            python.why_not = why_not(&python);
        }
        python
    };
    let (mut pythons, listed) = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("detect-py".to_owned());
        let launcher = thread.spawn_scoped(scope, || launcher(host)).ok();
        let pythons = programs::side_by_side("detect-python", &known, ask);
        (pythons, launcher.and_then(|thread| thread.join().ok()).unwrap_or_default())
    });
    let is_known = |candidate: &Candidate| known.iter().any(|other| is_same(host, &other.path, &candidate.path));
    let more: Vec<Candidate> = real_ones(host, listed).into_iter().filter(|candidate| !is_known(candidate)).collect();
    pythons.extend(programs::side_by_side("detect-python", &more, ask));
    pythons
}

/// The interpreters that can be found without starting anything, each file once.
pub fn candidates(host: &dyn Host) -> Vec<Candidate> {
    let mut found = on_path(host);
    if host.family() == OsFamily::Windows {
        found.extend(registered(host));
    }
    found.extend(managed(host));
    let conda = condas(host).into_iter().filter_map(|folder| interpreter(host, &folder));
    found.extend(conda.map(|path| Candidate { path, source: Source::new(Via::FileSystem, "conda") }));
    real_ones(host, found)
}

/// Without shims, with environments' interpreters replaced by those they were made from, each file once.
fn real_ones(host: &dyn Host, found: Vec<Candidate>) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for mut candidate in found {
        if parent_of(&candidate.path).is_some_and(|folder| name_of(&folder).eq_ignore_ascii_case("shims")) {
            continue;
        }
        if let Some(base) = base_of(host, &candidate.path) {
            candidate.path = base;
        }
        if !kept.iter().any(|other| is_same(host, &other.path, &candidate.path)) {
            kept.push(candidate);
        }
    }
    kept
}

fn is_same(host: &dyn Host, one: &Path, other: &Path) -> bool {
    let plain = |path: &Path| host.resolve(path).to_string_lossy().into_owned();
    let (one, other) = (plain(one), plain(other));
    if host.family() == OsFamily::Windows {
        one.replace('/', "\\").eq_ignore_ascii_case(&other.replace('/', "\\"))
    } else {
        one == other
    }
}

/// The interpreter that a virtual environment's was made from, by its `pyvenv.cfg`.
fn base_of(host: &dyn Host, path: &Path) -> Option<PathBuf> {
    let settings = host.read(&prefix(host, path).join("pyvenv.cfg")).ok()?;
    let settings = String::from_utf8_lossy(&settings).into_owned();
    let value_of = |key: &str| {
        let mut pairs = settings.lines().filter_map(|line| line.split_once('='));
        pairs.find(|(name, _)| name.trim() == key).map(|(_, value)| PathBuf::from(value.trim()))
    };
    let is_file = |path: &PathBuf| host.meta(path).is_some_and(|meta| !meta.is_dir);
    let home = value_of("home")?;
    let file = if host.family() == OsFamily::Windows { "python.exe" } else { "python3" };
    value_of("executable").filter(is_file).or_else(|| Some(home.join(file)).filter(is_file))
}

fn on_path(host: &dyn Host) -> Vec<Candidate> {
    let source = |folder: &Path| Source::new(Via::Environment, format!("PATH ({})", folder.display()));
    let candidate = |path: PathBuf| Candidate { source: source(&parent_of(&path).unwrap_or_default()), path };
    if host.family() == OsFamily::Windows {
        let names = ["python", "python3", "pypy3"];
        return names.iter().flat_map(|name| host.find_programs(name)).map(candidate).collect();
    }
    let list = host.var("PATH").unwrap_or_default().to_string_lossy().into_owned();
    // Under WSL the folders of Windows are on PATH as well: slow, and of no use here.
    let folders = list.split(':').filter(|folder| folder.starts_with('/') && !folder.starts_with("/mnt/"));
    let mut names = vec!["python3".to_owned(), "python".to_owned(), "pypy3".to_owned()];
    names.extend((6..=20).flat_map(|minor| [format!("python3.{minor}"), format!("python3.{minor}t")]));
    folders
        .flat_map(|folder| names.iter().map(move |name| Path::new(folder).join(name)))
        .filter(|path| host.meta(path).is_some_and(|meta| !meta.is_dir))
        .map(candidate)
        .collect()
}

/// What the Windows launcher lists: the path stands last in each line.
fn launcher(host: &dyn Host) -> Vec<Candidate> {
    let launcher = host.find_programs("py").into_iter().find(|path| !is_placeholder(host, path));
    let Some(launcher) = launcher.filter(|_| host.family() == OsFamily::Windows) else { return Vec::new() };
    let output = programs::output(host, CommandSpec::new(launcher, ["-0p"]), Duration::from_secs(1));
    let text = output.map(|output| output.text()).unwrap_or_default();
    let path_in = |line: &str| {
        let at = line.find(":\\").and_then(|at| at.checked_sub(1)).or_else(|| line.find("\\\\"))?;
        Some(PathBuf::from(line.get(at..)?.trim()))
    };
    let paths = text.lines().filter_map(path_in).filter(|path| name_of(path).to_lowercase().ends_with(".exe"));
    paths.map(|path| Candidate { path, source: Source::new(Via::Command, "py -0p") }).collect()
}

/// The registry by PEP 514: company, tag, `InstallPath`.
fn registered(host: &dyn Host) -> Vec<Candidate> {
    let mut found = Vec::new();
    for root in [r"HKCU\Software\Python", r"HKLM\Software\Python", r"HKLM\Software\Wow6432Node\Python"] {
        for company in host.registry_keys(root).into_iter().filter(|company| company != "PyLauncher") {
            for tag in host.registry_keys(&format!(r"{root}\{company}")) {
                let key = format!(r"{root}\{company}\{tag}\InstallPath");
                let named = host.registry(&key, "ExecutablePath").filter(|path| !path.is_empty()).map(PathBuf::from);
                let folder = || host.registry(&key, "").map(|folder| PathBuf::from(folder).join("python.exe"));
                // An uninstaller may leave its key behind.
                if let Some(path) = named.or_else(folder).filter(|path| host.meta(path).is_some()) {
                    found.push(Candidate { path, source: Source::new(Via::Registry, key) });
                }
            }
        }
    }
    found
}

/// The interpreters that uv and version managers installed.
fn managed(host: &dyn Host) -> Vec<Candidate> {
    let home = &host.folders().home;
    let folder = |name: &str| host.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut places: Vec<(&str, PathBuf)> = Vec::new();
    places.extend(folder("UV_PYTHON_INSTALL_DIR").map(|folder| ("uv", folder)));
    places.extend(folder("PYENV_ROOT").map(|root| ("pyenv", root.join("versions"))));
    if host.family() == OsFamily::Windows {
        let roaming = folder("APPDATA").unwrap_or_else(|| below(home, "AppData/Roaming"));
        places.push(("uv", below(&roaming, "uv/python")));
        places.push(("uv", below(&roaming, "uv/data/python")));
        places.push(("pyenv", below(home, ".pyenv/pyenv-win/versions")));
        let current = expand(host, &below(home, "scoop/apps"), "python*/current");
        places.extend(current.into_iter().map(|folder| ("scoop", folder)));
    } else {
        let data = folder("XDG_DATA_HOME").unwrap_or_else(|| below(home, ".local/share"));
        places.push(("uv", below(&data, "uv/python")));
        places.push(("pyenv", below(home, ".pyenv/versions")));
        places.push(("mise", below(&data, "mise/installs/python")));
        places.push(("asdf", below(home, ".asdf/installs/python")));
    }
    let mut found = Vec::new();
    for (manager, place) in places {
        let folders = if manager == "scoop" { vec![place] } else { expand(host, &place, "*") };
        let paths = folders.iter().filter_map(|folder| interpreter(host, folder));
        found.extend(paths.map(|path| Candidate { path, source: Source::new(Via::FileSystem, manager) }));
    }
    found
}

/// Whether a file is the Store's placeholder: an empty alias in `WindowsApps`. A Python from the Store is such an
/// alias too, but lies in the folder of its package, which is there only if it is installed.
fn is_placeholder(host: &dyn Host, path: &Path) -> bool {
    let text = path.to_string_lossy().to_lowercase();
    if host.family() != OsFamily::Windows || !text.replace('/', "\\").contains("\\windowsapps\\") {
        return false;
    }
    // The system refuses to follow an alias, so nothing may be known of it at all.
    let is_alias = host.meta(path).is_none_or(|meta| meta.len == 0 || meta.is_link);
    is_alias && !text.contains("pythonsoftwarefoundation.python.")
}

/// Asks one interpreter. `why_not` is set only if it cannot be used at all; the caller judges the rest.
pub fn ask(host: &dyn Host, candidate: &Candidate) -> Python {
    let mut python = Python {
        path: candidate.path.clone(),
        version: None,
        implementation: "unknown".to_owned(),
        bits: None,
        free_threaded: false,
        source: candidate.source.clone(),
        why_not: None,
    };
    if is_placeholder(host, &python.path) {
        python.why_not = Some("the Microsoft Store's placeholder: it opens the Store and is no Python".to_owned());
        return python;
    }
    let command = CommandSpec::new(&python.path, ["-I", "-S", "-c", QUESTION]);
    match programs::output(host, command, LIMIT) {
        Ok(output) => match told(&output) {
            Ok(told) => {
                python.version = Some(told.version);
                python.implementation = told.implementation;
                python.bits = Some(told.bits);
                python.free_threaded = told.free_threaded;
            }
            Err(why) => python.why_not = Some(why),
        },
        Err(HostError::Timeout { seconds, .. }) => {
            python.why_not = Some(format!("broken: it did not answer within {seconds} s"));
        }
        Err(error) => python.why_not = Some(format!("broken: {error}")),
    }
    python
}

fn told(output: &Output) -> Result<Told, String> {
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = errors.lines().rfind(|line| !line.trim().is_empty()).map(str::trim).unwrap_or_default();
    match output.exit {
        ChildExit::Code(0) => {}
        ChildExit::Code(2) if errors.contains("Unknown option: -I") => return Err("a Python 2".to_owned()),
        ChildExit::Code(code) => return Err(format!("broken: it ended with {code}: {}", settings::mask(said))),
        ChildExit::Signal(signal) => return Err(format!("broken: it was ended by signal {signal}")),
        ChildExit::Stopped => return Err("broken: it was stopped".to_owned()),
    }
    let text = output.text();
    let line = text.lines().rfind(|line| line.trim_start().starts_with('{')).unwrap_or_default();
    serde_json::from_str(line.trim()).map_err(|error| format!("broken: it does not say its version ({error})"))
}
