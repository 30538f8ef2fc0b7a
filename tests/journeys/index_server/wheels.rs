//! Tiny wheels, made on the fly: real zips with METADATA, WHEEL and RECORD.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::sync::Arc;
use zip::write::SimpleFileOptions;

/// One file of the index.
pub struct Wheel {
    /// Normalised name of its project.
    pub project: String,
    /// The page of the torch index it stands on; `None` for `PyPI`.
    pub variant: Option<String>,
    pub file: String,
    pub bytes: Arc<[u8]>,
    pub sha256: String,
    pub metadata: Arc<[u8]>,
    pub metadata_sha256: String,
    /// The page names the hash.
    pub is_hash_told: bool,
    /// The metadata can be had by itself (PEP 658).
    pub has_metadata_file: bool,
}

/// All files of an index.
#[derive(Default)]
pub struct Shelf {
    pub wheels: Vec<Wheel>,
}

impl Shelf {
    pub fn of_variant(&self, variant: &str) -> impl Iterator<Item = &Wheel> {
        self.wheels.iter().filter(move |wheel| wheel.variant.as_deref() == Some(variant))
    }

    /// The first file whose name begins so and holds the rest.
    pub fn find(&self, variant: Option<&str>, begin: &str, part: &str) -> &Wheel {
        self.wheels
            .iter()
            .find(|wheel| {
                wheel.variant.as_deref() == variant && wheel.file.starts_with(begin) && wheel.file.contains(part)
            })
            .unwrap()
    }
}

/// What goes into a wheel.
#[derive(Clone, Default)]
pub struct Recipe<'a> {
    pub name: &'a str,
    pub version: &'a str,
    /// `cp311-cp311-manylinux_2_28_x86_64`
    pub tag: &'a str,
    pub variant: Option<&'a str>,
    pub requires: &'a [&'a str],
    /// Lines of `[console_scripts]`.
    pub scripts: &'a [&'a str],
    pub files: &'a [(&'a str, Vec<u8>)],
    pub hides_hash: bool,
    pub lacks_metadata_file: bool,
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// Bytes that nothing shrinks, the same each time.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

/// The wheel of a recipe.
pub fn build(recipe: &Recipe<'_>) -> Wheel {
    let Recipe { name, version, tag, variant, requires, scripts, files, hides_hash, lacks_metadata_file } = recipe;
    let info = format!("{name}-{version}.dist-info");
    let requires: String = requires.iter().map(|line| format!("Requires-Dist: {line}\n")).collect();
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}").into_bytes();
    let mut all: Vec<(String, Vec<u8>)> =
        files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.clone())).collect();
    all.push((format!("{info}/METADATA"), metadata.clone()));
    let wheel = format!("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n");
    all.push((format!("{info}/WHEEL"), wheel.into_bytes()));
    if !scripts.is_empty() {
        let text = format!("[console_scripts]\n{}\n", scripts.join("\n"));
        all.push((format!("{info}/entry_points.txt"), text.into_bytes()));
    }
    let mut record = String::new();
    for (path, bytes) in &all {
        writeln!(record, "{path},sha256={},{}", base64(Sha256::digest(bytes).as_slice()), bytes.len()).unwrap();
    }
    writeln!(record, "{info}/RECORD,,").unwrap();
    all.push((format!("{info}/RECORD"), record.into_bytes()));
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (path, bytes) in &all {
        zip.start_file(path.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    Wheel {
        project: name.replace('_', "-"),
        variant: variant.map(str::to_owned),
        file: format!("{name}-{version}-{tag}.whl"),
        sha256: sha256(&bytes),
        bytes: Arc::from(bytes),
        metadata_sha256: sha256(&metadata),
        metadata: Arc::from(metadata),
        is_hash_told: !hides_hash,
        has_metadata_file: !lacks_metadata_file,
    }
}

/// The source of a package, in a zip: these files in the folder that such an archive has.
pub fn source(name: &str, version: &str, files: &[(&str, &str)]) -> Wheel {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    for (path, text) in files.iter().copied().chain([("PKG-INFO", metadata.as_str())]) {
        zip.start_file(format!("{name}-{version}/{path}"), SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    Wheel {
        project: name.to_owned(),
        variant: None,
        file: format!("{name}-{version}.zip"),
        sha256: sha256(&bytes),
        bytes: Arc::from(bytes),
        metadata_sha256: String::new(),
        metadata: Arc::from([]),
        is_hash_told: true,
        has_metadata_file: false,
    }
}

/// A wheel that somebody else built, e.g. the pip that Python brings along.
pub fn ready(file: &str, bytes: Vec<u8>) -> Wheel {
    let parts: Vec<&str> = file.split('-').collect();
    let (name, version) = (parts[0], parts[1]);
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut metadata = Vec::new();
    let path = format!("{name}-{version}.dist-info/METADATA");
    std::io::copy(&mut zip.by_name(&path).unwrap(), &mut metadata).unwrap();
    Wheel {
        project: name.to_owned(),
        variant: None,
        file: file.to_owned(),
        sha256: sha256(&bytes),
        bytes: Arc::from(bytes),
        metadata_sha256: sha256(&metadata),
        metadata: Arc::from(metadata),
        is_hash_told: true,
        has_metadata_file: true,
    }
}

/// URL-safe, without padding, as RECORD wants it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            out.push(char::from(LETTERS[usize::try_from(bits >> (18 - 6 * at) & 63).unwrap()]));
        }
    }
    out
}
