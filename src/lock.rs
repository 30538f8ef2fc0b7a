//! The resolved set as a PEP 751 lock (`pylock.toml`): read from what uv writes or from pip's report, written for
//! export. Pure.

use serde::{Deserialize, Serialize};
use url::Url;

/// Every package of an environment, each as exactly one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Who resolved it, e.g. `uv`.
    pub created_by: String,
    /// Least Python, e.g. `>=3.12`.
    pub requires_python: Option<String>,
    /// Sorted by name.
    pub packages: Vec<LockedPackage>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedPackage {
    /// Normalised name.
    pub name: String,
    /// Version with local part.
    pub version: String,
    /// The index it was found on, without user name and password.
    pub index: Option<String>,
    /// Its file.
    pub wheel: LockedWheel,
}

/// One wheel; of a package that has none and is known to be made of Python alone, its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedWheel {
    /// File name, with `+` where the address has `%2B`.
    pub file_name: String,
    /// Where it is fetched from, without user name and password.
    pub url: Url,
    /// Lower-case hex; `None` where the index names no hash (download.pytorch.org does not for some files).
    pub sha256: Option<String>,
    /// Bytes; `None` until asked for.
    pub size: Option<u64>,
}

impl LockedWheel {
    /// It is a source, which always has a hash.
    pub fn is_source(&self) -> bool {
        !ends_with(&self.file_name, WHEEL)
    }
}

const WHEEL: &str = ".whl";
/// How sources end (PEP 625, and what there was before).
const SOURCES: [&str; 2] = [".tar.gz", ".zip"];

fn ends_with(file_name: &str, ending: &str) -> bool {
    file_name.to_ascii_lowercase().ends_with(ending)
}

/// A lock that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Not a lock at all.
    #[error("the lock cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// Not a pip report at all.
    #[error("pip's report cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// Another major version of the format.
    #[error("the lock has version {0}, this program reads 1.x")]
    Version(String),
    /// A package without a wheel for this machine.
    #[error("{package} {version} has no wheel for this machine (found: {found})")]
    NoWheel {
        /// Its name.
        package: String,
        /// Its version.
        version: String,
        /// What there is instead.
        found: String,
    },
    /// An address that is none.
    #[error("{package}: {url:?} is no address")]
    BadUrl {
        /// Its name.
        package: String,
        /// What stood there.
        url: String,
    },
    /// A name that could leave its folder.
    #[error("{package}: {name:?} is no file name of a wheel")]
    BadName {
        /// The package.
        package: String,
        /// What stood there.
        name: String,
    },
    /// A hash that is none.
    #[error("{package}: {hash:?} is no SHA-256")]
    BadHash {
        /// The package.
        package: String,
        /// What stood there.
        hash: String,
    },
}

// The form of PEP 751, as far as uv writes it.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct PylockIn {
    lock_version: String,
    created_by: Option<String>,
    requires_python: Option<String>,
    #[serde(default)]
    packages: Vec<PackageIn>,
}

#[derive(Deserialize)]
struct PackageIn {
    name: String,
    version: Option<String>,
    index: Option<String>,
    #[serde(default)]
    wheels: Vec<FileIn>,
    sdist: Option<FileIn>,
}

#[derive(Deserialize)]
struct FileIn {
    name: Option<String>,
    url: Option<String>,
    size: Option<u64>,
    #[serde(default)]
    hashes: HashesIn,
}

#[derive(Default, Deserialize)]
struct HashesIn {
    sha256: Option<String>,
}

// `pip install --report`: https://pip.pypa.io/en/stable/reference/installation-report/
#[derive(Deserialize)]
struct ReportIn {
    pip_version: String,
    #[serde(default)]
    install: Vec<InstallIn>,
}

#[derive(Deserialize)]
struct InstallIn {
    download_info: DownloadIn,
    metadata: MetadataIn,
}

#[derive(Deserialize)]
struct DownloadIn {
    url: String,
    #[serde(default)]
    archive_info: ArchiveIn,
}

#[derive(Default, Deserialize)]
struct ArchiveIn {
    #[serde(default)]
    hashes: HashesIn,
}

#[derive(Deserialize)]
struct MetadataIn {
    name: String,
    version: String,
}

impl Lock {
    /// Reads a lock made for one machine (`uv pip compile --format pylock.toml`): one wheel a package.
    pub fn from_pylock(text: &str) -> Result<Self, LockError> {
        Self::from_pylock_with(text, &|_, _| false)
    }

    /// The same with the sources of packages that have no wheel, if their name and version may be made from source.
    pub fn from_pylock_with(text: &str, may_be_source: &dyn Fn(&str, &str) -> bool) -> Result<Self, LockError> {
        let read: PylockIn = toml::from_str(text)?;
        if read.lock_version.split('.').next() != Some("1") {
            return Err(LockError::Version(read.lock_version));
        }
        let package = |package| package_of_pylock(package, may_be_source);
        let packages = read.packages.into_iter().map(package).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::sorted(read.created_by.unwrap_or_default(), read.requires_python, packages))
    }

    /// Reads what `pip install --dry-run --report -` prints.
    pub fn from_pip_report(text: &str, index: Option<&str>) -> Result<Self, LockError> {
        let read: ReportIn = serde_json::from_str(text)?;
        let packages = read
            .install
            .into_iter()
            .map(|entry| {
                let name = normalised(&entry.metadata.name);
                let (url, hashes) = (&entry.download_info.url, entry.download_info.archive_info.hashes);
                let wheel = wheel(&name, &entry.metadata.version, file(&name, None, url, hashes.sha256, None)?)?;
                Ok(LockedPackage { name, version: entry.metadata.version, index: index.map(public), wheel })
            })
            .collect::<Result<Vec<_>, LockError>>()?;
        Ok(Self::sorted(format!("pip {}", read.pip_version), None, packages))
    }

    fn sorted(created_by: String, requires_python: Option<String>, mut packages: Vec<LockedPackage>) -> Self {
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Self { created_by, requires_python, packages }
    }

    /// The package of this name.
    pub fn package(&self, name: &str) -> Option<&LockedPackage> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Bytes of all wheels; `None` if one is not known.
    pub fn download_bytes(&self) -> Option<u64> {
        self.packages.iter().map(|package| package.wheel.size).sum()
    }

    /// The hosts the wheels come from, sorted.
    pub fn hosts(&self) -> Vec<String> {
        let hosts: std::collections::BTreeSet<String> =
            self.packages.iter().filter_map(|package| package.wheel.url.host_str().map(str::to_owned)).collect();
        hosts.into_iter().collect()
    }

    /// The indexes they were found on, sorted.
    pub fn indexes(&self) -> Vec<String> {
        let indexes: std::collections::BTreeSet<String> =
            self.packages.iter().filter_map(|package| package.index.clone()).collect();
        indexes.into_iter().collect()
    }

    /// The pins as pip and uv read them, each with its hash.
    pub fn requirements(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        for package in &self.packages {
            write!(text, "{}=={}", package.name, package.version).ok();
            if let Some(hash) = &package.wheel.sha256 {
                write!(text, " --hash=sha256:{hash}").ok();
            }
            text.push('\n');
        }
        text
    }

    /// Those packages alone that are made here from their source.
    #[must_use]
    pub fn sources(&self) -> Self {
        self.only(LockedWheel::is_source)
    }

    /// Those packages alone that are not.
    #[must_use]
    pub fn wheels(&self) -> Self {
        self.only(|file| !file.is_source())
    }

    fn only(&self, is_one: impl Fn(&LockedWheel) -> bool) -> Self {
        let packages = self.packages.iter().filter(|package| is_one(&package.wheel)).cloned().collect();
        Self { packages, ..self.clone() }
    }

    /// A short name for exactly this set: the same packages with the same hashes have the same.
    pub fn digest(&self) -> String {
        use sha2::{Digest as _, Sha256};
        let whole = crate::text::hex(Sha256::digest(self.requirements().as_bytes()).as_slice());
        whole.chars().take(16).collect()
    }

    /// The lock in the form of PEP 751.
    pub fn to_pylock(&self) -> String {
        use std::fmt::Write as _;
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut text = format!("lock-version = \"1.0\"\ncreated-by = {}\n", quoted(&self.created_by));
        if let Some(python) = &self.requires_python {
            writeln!(text, "requires-python = {}", quoted(python)).ok();
        }
        for package in &self.packages {
            writeln!(text, "\n[[packages]]\nname = {}\nversion = {}", quoted(&package.name), quoted(&package.version))
                .ok();
            if let Some(index) = &package.index {
                writeln!(text, "index = {}", quoted(index)).ok();
            }
            let wheel = &package.wheel;
            let (before, after) = if wheel.is_source() { ("sdist = ", "") } else { ("wheels = [", "]") };
            let (name, url) = (quoted(&wheel.file_name), quoted(wheel.url.as_str()));
            write!(text, "{before}{{ name = {name}, url = {url}").ok();
            if let Some(size) = wheel.size {
                write!(text, ", size = {size}").ok();
            }
            let hash = wheel.sha256.as_ref().map(|hash| format!("sha256 = {} ", quoted(hash))).unwrap_or_default();
            writeln!(text, ", hashes = {{ {hash}}} }}{after}").ok();
        }
        text
    }
}

fn package_of_pylock(
    package: PackageIn,
    may_be_source: &dyn Fn(&str, &str) -> bool,
) -> Result<LockedPackage, LockError> {
    let name = normalised(&package.name);
    let version = package.version.unwrap_or_default();
    let read = |one: FileIn, kind: fn(&str, &str, LockedWheel) -> Result<LockedWheel, LockError>| {
        let file = file(&name, one.name, &one.url.unwrap_or_default(), one.hashes.sha256, one.size)?;
        kind(&name, &version, file)
    };
    let wheels = package.wheels.into_iter().map(|one| read(one, wheel)).collect::<Result<Vec<_>, _>>()?;
    // All of them run here: uv leaves out what does not.
    let closest = wheels.into_iter().max_by_key(|wheel| closeness(&wheel.file_name));
    let wheel = match (closest, package.sdist.filter(|_| may_be_source(&name, &version))) {
        (Some(wheel), _) => wheel,
        (None, Some(sdist)) => read(sdist, source)?,
        (None, None) => return Err(LockError::NoWheel { package: name, version, found: "no wheel".to_owned() }),
    };
    Ok(LockedPackage { name, version, index: package.index.as_deref().map(public), wheel })
}

/// How close a wheel is to the Python and the system that it runs on, among those that do: the order of the packaging
/// tags (PEP 425), as far as a name tells it. Code before Python, a later version before an earlier one, the stable ABI
/// behind the exact one, a newer C library before an older one.
fn closeness(file_name: &str) -> (bool, u32, bool, u32) {
    let stem = file_name.get(..file_name.len().saturating_sub(WHEEL.len())).unwrap_or_default();
    let mut parts = stem.rsplit('-');
    let (platform, abi, python) = (parts.next(), parts.next(), parts.next());
    let newest = |tags: Option<&str>, before: &str| {
        let numbers = tags.into_iter().flat_map(|tags| tags.split('.')).filter_map(|tag| tag.strip_prefix(before));
        numbers.filter_map(|number| number.split(['_', '-']).next()?.parse::<u32>().ok()).max()
    };
    let is_code = abi.is_some_and(|abi| abi != "none");
    let minor = newest(python, "cp3").or_else(|| newest(python, "py3")).unwrap_or_default();
    (is_code, minor, abi != Some("abi3"), newest(platform, "manylinux_2_").unwrap_or_default())
}

fn file(
    package: &str,
    file_name: Option<String>,
    url: &str,
    sha256: Option<String>,
    size: Option<u64>,
) -> Result<LockedWheel, LockError> {
    let parsed = Url::parse(&public(url))
        .ok()
        .ok_or_else(|| LockError::BadUrl { package: package.to_owned(), url: public(url) })?;
    let last = parsed.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let file_name =
        file_name.unwrap_or_else(|| percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned());
    // The name becomes a file of ours: nothing from an index may choose another folder.
    let harmless = |c: char| c.is_ascii_alphanumeric() || "._-+!".contains(c);
    if !file_name.chars().all(harmless) || file_name.starts_with('.') {
        return Err(LockError::BadName { package: package.to_owned(), name: file_name });
    }
    let sha256 = sha256.map(|hash| hash.to_ascii_lowercase());
    if let Some(hash) = sha256.as_ref().filter(|hash| hash.len() != 64 || !hash.chars().all(|c| c.is_ascii_hexdigit()))
    {
        return Err(LockError::BadHash { package: package.to_owned(), hash: hash.clone() });
    }
    Ok(LockedWheel { file_name, url: parsed, sha256, size })
}

fn wheel(package: &str, version: &str, file: LockedWheel) -> Result<LockedWheel, LockError> {
    if file.is_source() { Err(no_wheel(package, version, file)) } else { Ok(file) }
}

/// Its code runs here, so nothing but its hash says that it is the one that is meant.
fn source(package: &str, version: &str, file: LockedWheel) -> Result<LockedWheel, LockError> {
    let is_one = SOURCES.iter().any(|ending| ends_with(&file.file_name, ending)) && file.sha256.is_some();
    if is_one { Ok(file) } else { Err(no_wheel(package, version, file)) }
}

fn no_wheel(package: &str, version: &str, file: LockedWheel) -> LockError {
    LockError::NoWheel { package: package.to_owned(), version: version.to_owned(), found: file.file_name }
}

/// PEP 503: lower case, runs of `-`, `_`, `.` become one `-`.
pub fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push(c.to_ascii_lowercase());
        }
    }
    out
}

/// Whether two texts are one version: a folder's name and a lock may spell it in two ways.
pub fn is_same_version(one: &str, other: &str) -> bool {
    let read = |text: &str| text.parse::<pep440_rs::Version>().ok();
    one == other || read(one).is_some_and(|version| Some(version) == read(other))
}

/// The address without user name, password and fragment.
pub fn public(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else { return url.to_owned() };
    parsed.set_username("").ok();
    parsed.set_password(None).ok();
    parsed.set_fragment(None);
    parsed.to_string()
}

#[cfg(test)]
mod tests;
