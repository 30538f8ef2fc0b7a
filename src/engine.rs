//! Finds what installs: uv from PATH, else the copy packed beside the program, else one that pip fetches into a folder of
//! our own by its pinned hash, else Python's own pip.

use crate::host::{Host, HostError, output};
use crate::plan::{CommandSpec, Inheritance, beside};
use crate::problem::Problem;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Reading the version of a program takes no longer on a healthy machine.
const SHORT: Duration = Duration::from_secs(5);
/// pip fetches 17 MB; a slow line needs its time.
const FETCH: Duration = Duration::from_mins(10);

/// The oldest uv that writes a `pylock.toml` (0.7.0 of April 2025 made `--format pylock.toml` stable enough to rely on).
const LEAST_UV: (u32, u32) = (0, 7);

/// A usable uv.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uv {
    /// The executable.
    pub path: PathBuf,
    /// Its version.
    pub version: String,
}

/// What to fetch when no uv is there: version and the hashes of its wheels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UvPin {
    /// Exact version.
    pub version: String,
    /// SHA-256 of the wheels of this version; pip picks the one that fits.
    pub hashes: Vec<String>,
}

fn file_name(host: &dyn Host) -> &'static str {
    if host.family() == crate::facts::OsFamily::Windows { "uv.exe" } else { "uv" }
}

fn own_folder(host: &dyn Host, pin: &UvPin) -> PathBuf {
    host.folders().data.join("tools").join(format!("uv-{}", pin.version))
}

/// Looks for a uv that is new enough, in this order: PATH, beside the program, our own folder.
pub fn find_uv(host: &dyn Host, pin: &UvPin) -> Option<Uv> {
    let mut candidates = host.find_programs("uv");
    candidates.push(host.folders().program.join(file_name(host)));
    candidates.push(own_folder(host, pin).join("bin").join(file_name(host)));
    candidates.into_iter().filter(|path| host.meta(path).is_some()).find_map(|path| {
        let version = uv_version(host, &path)?;
        (parsed(&version)? >= LEAST_UV).then_some(Uv { path, version })
    })
}

fn uv_version(host: &dyn Host, path: &Path) -> Option<String> {
    let answer = output(host, &CommandSpec::new(path, ["--version"]), SHORT).ok()?;
    if !answer.is_success() {
        return None;
    }
    answer.text().trim().strip_prefix("uv ")?.split_whitespace().next().map(str::to_owned)
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Has pip fetch uv into our own folder; only a wheel with one of the pinned hashes is taken. `index` is the default index
/// of the user's settings, with user name and password where needed.
pub fn bring_uv(
    host: &dyn Host,
    pin: &UvPin,
    python: &Path,
    inheritance: &Inheritance,
    index: Option<&str>,
) -> Result<Uv, Problem> {
    let folder = own_folder(host, pin);
    let new = beside(&folder, ".new");
    let failed = |error: &HostError| crate::run::problem_of(error);
    host.remove(&new).map_err(|error| failed(&error))?;
    let hashes: Vec<String> = pin.hashes.iter().map(|hash| format!("--hash=sha256:{hash}")).collect();
    let pins = beside(&folder, ".txt");
    host.write_atomic(&pins, format!("uv=={} {}\n", pin.version, hashes.join(" ")).as_bytes())
        .map_err(|error| failed(&error))?;
    let mut command = pip(host, python, inheritance, index);
    command.args.extend(
        ["install", "--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-cache-dir", "--target"]
            .map(str::to_owned),
    );
    command.args.extend([new.display().to_string(), "-r".to_owned(), pins.display().to_string()]);
    let answer = output(host, &command, FETCH).map_err(|error| failed(&error))?;
    if !answer.is_success() {
        let said = crate::host::decode(&answer.stderr);
        return Err(Problem::new("uv-missing", "uv is not on this PC and pip could not fetch it.")
            .advise("Go on with pip itself: --engine pip.")
            .details(said));
    }
    host.remove(&folder).and_then(|()| host.rename(&new, &folder)).map_err(|error| failed(&error))?;
    find_uv(host, pin).ok_or_else(|| {
        Problem::new("uv-missing", "uv was fetched but does not start.").advise("Go on with pip itself: --engine pip.")
    })
}

/// `python -m pip` that reads no configuration file and asks this index. The address stands in a variable and not in the
/// arguments, which other users of the machine could read.
pub fn pip(host: &dyn Host, python: &Path, inheritance: &Inheritance, index: Option<&str>) -> CommandSpec {
    let mut command = CommandSpec::new(python, ["-m", "pip"]);
    command.env_remove.clone_from(&inheritance.cleared);
    command.env.clone_from(&inheritance.set);
    let nothing = if host.family() == crate::facts::OsFamily::Windows { "nul" } else { "/dev/null" };
    command.env.insert("PIP_CONFIG_FILE".to_owned(), nothing.to_owned());
    if let Some(index) = index {
        command.env.insert("PIP_INDEX_URL".to_owned(), index.to_owned());
    }
    command
}

/// Whether this interpreter can run pip.
pub fn has_pip(host: &dyn Host, python: &Path, inheritance: &Inheritance) -> bool {
    let mut command = pip(host, python, inheritance, None);
    command.args.push("--version".to_owned());
    output(host, &command, SHORT).is_ok_and(|answer| answer.is_success())
}
