//! The resolved set as a PEP 751 lock (`pylock.toml`): read from what uv writes or from pip's report, written for
//! export. Pure.

use serde::{Deserialize, Serialize};
use url::Url;

/// Every package of an environment, each as exactly one wheel.
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

/// One wheel.
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
    wheels: Vec<WheelIn>,
}

#[derive(Deserialize)]
struct WheelIn {
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
        let read: PylockIn = toml::from_str(text)?;
        if read.lock_version.split('.').next() != Some("1") {
            return Err(LockError::Version(read.lock_version));
        }
        let packages = read.packages.into_iter().map(package_of_pylock).collect::<Result<Vec<_>, _>>()?;
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
                let wheel = wheel(
                    &name,
                    &entry.metadata.version,
                    None,
                    &entry.download_info.url,
                    entry.download_info.archive_info.hashes.sha256,
                    None,
                )?;
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
            write!(text, "wheels = [{{ name = {}, url = {}", quoted(&wheel.file_name), quoted(wheel.url.as_str())).ok();
            if let Some(size) = wheel.size {
                write!(text, ", size = {size}").ok();
            }
            let hash = wheel.sha256.as_ref().map(|hash| format!("sha256 = {} ", quoted(hash))).unwrap_or_default();
            writeln!(text, ", hashes = {{ {hash}}} }}]").ok();
        }
        text
    }
}

fn package_of_pylock(package: PackageIn) -> Result<LockedPackage, LockError> {
    let name = normalised(&package.name);
    let version = package.version.unwrap_or_default();
    let read = |one: WheelIn| {
        let url = one.url.unwrap_or_default();
        wheel(&name, &version, one.name, &url, one.hashes.sha256, one.size)
    };
    let wheels = package.wheels.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // All of them run here: uv leaves out what does not.
    let Some(wheel) = wheels.into_iter().max_by_key(|wheel| closeness(&wheel.file_name)) else {
        return Err(LockError::NoWheel { package: name, version, found: "no wheel".to_owned() });
    };
    Ok(LockedPackage { name, version, index: package.index.as_deref().map(public), wheel })
}

/// How close a wheel is to the Python and the system that it runs on, among those that do: the order of the packaging
/// tags (PEP 425), as far as a name tells it. Code before Python, a later version before an earlier one, the stable ABI
/// behind the exact one, a newer C library before an older one.
fn closeness(file_name: &str) -> (bool, u32, bool, u32) {
    let stem = file_name.get(..file_name.len().saturating_sub(".whl".len())).unwrap_or_default();
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

fn wheel(
    package: &str,
    version: &str,
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
    if !file_name.to_ascii_lowercase().ends_with(".whl") {
        return Err(LockError::NoWheel { package: package.to_owned(), version: version.to_owned(), found: file_name });
    }
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
mod tests {
    use super::*;

    const UV: &str = r#"
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.12"

[[packages]]
name = "torch"
version = "2.15.0+cu130"
index = "https://user:secret@mirror.example/whl/cu130"
wheels = [{ url = "https://user:secret@mirror.example/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-win_amd64.whl#sha256=x", hashes = {} }]

[[packages]]
name = "filelock"
version = "4.2.11"
wheels = [{ url = "https://files.example/filelock-4.2.11-py3-none-any.whl", size = 7, hashes = { sha256 = "020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2" } }]
"#;

    #[test]
    fn a_lock_of_uv_is_read_without_credentials_and_with_plain_file_names() {
        let lock = Lock::from_pylock(UV).unwrap();
        let torch = lock.package("torch").unwrap();
        assert_eq!(torch.wheel.file_name, "torch-2.15.0+cu130-cp312-cp312-win_amd64.whl");
        assert_eq!(torch.wheel.sha256, None);
        assert!(!format!("{lock:?}").contains("secret"));
        assert_eq!(lock.hosts(), ["files.example", "mirror.example"]);
        assert_eq!(lock.download_bytes(), None);
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let lock = Lock::from_pylock(UV).unwrap();
        assert_eq!(Lock::from_pylock(&lock.to_pylock()).unwrap(), lock);
    }

    #[test]
    fn pins_carry_their_hash_where_there_is_one() {
        let lock = Lock::from_pylock(UV).unwrap();
        assert_eq!(
            lock.requirements(),
            "filelock==4.2.11 --hash=sha256:020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2\ntorch==2.15.0+cu130\n"
        );
    }

    #[test]
    fn a_file_name_that_would_leave_its_folder_is_refused() {
        for name in ["..%2F..%2Fevil-1-py3-none-any.whl", "a%5Cb-1-py3-none-any.whl", ".hidden-1-py3-none-any.whl"] {
            let text = format!(
                "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\nwheels = [{{ url = \"https://h.example/{name}\" }}]\n"
            );
            assert!(matches!(Lock::from_pylock(&text), Err(LockError::BadName { .. })), "{name}");
        }
    }

    #[test]
    fn a_lock_that_cannot_be_installed_says_what_is_missing() {
        let one = |wheels: &str| {
            Lock::from_pylock(&format!(
                "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\n{wheels}\n"
            ))
        };
        assert!(matches!(one(""), Err(LockError::NoWheel { .. })));
        assert!(matches!(one("wheels = [{ url = \"https://h.example/x-1.tar.gz\" }]"), Err(LockError::NoWheel { .. })));
        assert!(matches!(
            one("wheels = [{ url = \"https://h.example/x-1-py3-none-any.whl\", hashes = { sha256 = \"beef\" } }]"),
            Err(LockError::BadHash { .. })
        ));
        assert!(matches!(Lock::from_pylock("lock-version = \"2.0\""), Err(LockError::Version(_))));
        assert!(matches!(Lock::from_pylock("<html>"), Err(LockError::Toml(_))));
    }

    #[test]
    fn a_report_of_pip_gives_the_same_lock() {
        let report = r#"{"version":"1","pip_version":"26.3","install":[{"download_info":{"url":"https://f.example/Torch_X-1.0-py3-none-any.whl",
            "archive_info":{"hash":"sha256=aa","hashes":{"sha256":"020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2"}}},
            "is_direct":false,"metadata":{"name":"Torch_X","version":"1.0"}}]}"#;
        let lock = Lock::from_pip_report(report, Some("https://u:p@i.example/simple")).unwrap();
        let package = lock.package("torch-x").unwrap();
        assert_eq!(package.index.as_deref(), Some("https://i.example/simple"));
        assert_eq!(package.wheel.file_name, "Torch_X-1.0-py3-none-any.whl");
    }

    #[test]
    fn of_several_wheels_that_run_here_the_closest_is_taken() {
        for (others, best) in [
            (&["x-1-py39-none-any.whl", "x-1-py310-none-any.whl"][..], "x-1-py313-none-any.whl"),
            (&["x-1-py3-none-any.whl"], "x-1-py313-none-any.whl"),
            (&["x-1-py3-none-any.whl"], "x-1-cp39-abi3-manylinux_2_17_x86_64.whl"),
            (&["x-1-cp39-abi3-win_amd64.whl"], "x-1-cp313-cp313-win_amd64.whl"),
            (&["x-1-cp313-abi3-win_amd64.whl"], "x-1-cp313-cp313-win_amd64.whl"),
            (
                &["x-1-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"],
                "x-1-cp313-cp313-manylinux_2_28_x86_64.whl",
            ),
            (&["x-1-py2.py3-none-any.whl"], "x-1-py3-none-manylinux_2_17_x86_64.whl"),
        ] {
            for turned in [false, true] {
                let mut names: Vec<&str> = others.iter().copied().chain([best]).collect();
                if turned {
                    names.reverse();
                }
                let wheels: Vec<String> =
                    names.iter().map(|name| format!("{{ url = \"https://h.example/{name}\" }}")).collect();
                let text = format!(
                    "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\nwheels = [{}]\n",
                    wheels.join(", ")
                );
                let lock = Lock::from_pylock(&text).unwrap();
                assert_eq!(lock.packages[0].wheel.file_name, best, "{names:?}");
            }
        }
    }
}
