//! What the index answers to a path.

use super::wheels::{Shelf, Wheel};
use std::fmt::Write as _;
use std::sync::Arc;

pub struct Answer {
    pub status: u16,
    pub kind: &'static str,
    pub body: Arc<[u8]>,
    pub is_file: bool,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self { status, kind: "text/plain", body: Arc::from(format!("{status}\n").into_bytes()), is_file: false }
    }

    pub fn page(text: &str) -> Self {
        Self { status: 200, kind: "text/html", body: Arc::from(text.as_bytes()), is_file: false }
    }

    fn file(bytes: &Arc<[u8]>) -> Self {
        Self { status: 200, kind: "application/octet-stream", body: Arc::clone(bytes), is_file: true }
    }
}

/// `/whl/…` is the torch index, `/whl/nightly/…` its nightly builds, `/r2/…` where it keeps its files, `/simple/…` and `/files/…` are `PyPI`.
/// A proxy is asked with whole addresses.
pub fn answer(shelf: &Shelf, ports: [u16; 2], path: &str, wants_json: bool) -> Answer {
    let path = path.strip_prefix("http://").and_then(|rest| rest.find('/').map(|at| &rest[at..])).unwrap_or(path);
    let path = percent_encoding::percent_decode_str(path).decode_utf8().unwrap();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["whl"] => Answer::status(403),
        ["whl", variant] => torch_projects(shelf, variant),
        ["whl", "nightly", variant, file] | ["r2", "whl", "nightly", variant, file] if file.contains(".whl") => {
            file_of(shelf, Some(&format!("nightly/{variant}")), file, 403)
        }
        ["whl", "nightly", variant, project] => torch_page(shelf, ports, &format!("nightly/{variant}"), project),
        ["whl", variant, file] | ["r2", "whl", variant, file] if file.contains(".whl") => {
            file_of(shelf, Some(variant), file, 403)
        }
        ["whl", variant, project] => torch_page(shelf, ports, variant, project),
        ["simple"] => Answer::page("<!DOCTYPE html><html><body></body></html>"),
        ["simple", project] => pypi_page(shelf, project, wants_json),
        ["files", file] => file_of(shelf, None, file, 404),
        _ => Answer::status(404),
    }
}

fn file_of(shelf: &Shelf, variant: Option<&str>, file: &str, absent: u16) -> Answer {
    let name = file.strip_suffix(".metadata").unwrap_or(file);
    let found = shelf.wheels.iter().find(|wheel| wheel.variant.as_deref() == variant && wheel.file == name);
    match found {
        Some(wheel) if name == file => Answer::file(&wheel.bytes),
        Some(wheel) if wheel.has_metadata_file => Answer::file(&wheel.metadata),
        Some(_) | None => Answer::status(absent),
    }
}

/// What is not there is answered with 403, as a bucket does that may not be listed.
fn torch_projects(shelf: &Shelf, variant: &str) -> Answer {
    let mut names: Vec<&str> = shelf.of_variant(variant).map(|wheel| wheel.project.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Answer::status(403);
    }
    let links: String = names.iter().map(|name| format!("<a href=\"{name}/\">{name}</a><br/>\n")).collect();
    Answer::page(&format!("<!DOCTYPE html><html><body>\n{links}</body></html>\n"))
}

/// Old and new versions mixed, `%2B` in the addresses, no sizes, a hash only where there is one; torch itself lies on
/// another host, the rest below the root of this one.
fn torch_page(shelf: &Shelf, ports: [u16; 2], variant: &str, project: &str) -> Answer {
    let wheels: Vec<&Wheel> = shelf.of_variant(variant).filter(|wheel| wheel.project == project).collect();
    if wheels.is_empty() {
        return Answer::status(403);
    }
    let mut links = String::new();
    for wheel in wheels {
        let host = if project == "torch" { format!("http://127.0.0.1:{}/r2", ports[1]) } else { String::new() };
        let address = format!("{host}/whl/{variant}/{}", wheel.file.replace('+', "%2B"));
        let hash = if wheel.is_hash_told { format!("#sha256={}", wheel.sha256) } else { String::new() };
        let metadata = if wheel.has_metadata_file { " data-dist-info-metadata=\"true\"" } else { "" };
        writeln!(links, "<a href=\"{address}{hash}\"{metadata}>{}</a><br/>", wheel.file).unwrap();
    }
    Answer::page(&format!(
        "<!DOCTYPE html>\n<html>\n<body>\n<h1>Links for {project}</h1>\n{links}</body>\n</html>\n<!--TIMESTAMP 1-->\n"
    ))
}

/// JSON (PEP 691) for who asks for it, else HTML (PEP 503); hashes, sizes and metadata (PEP 658) throughout.
fn pypi_page(shelf: &Shelf, project: &str, wants_json: bool) -> Answer {
    let wheels: Vec<&Wheel> =
        shelf.wheels.iter().filter(|wheel| wheel.variant.is_none() && wheel.project == project).collect();
    if wheels.is_empty() {
        return Answer::status(404);
    }
    if wants_json {
        let files: Vec<_> = wheels
            .iter()
            .map(|wheel| {
                let metadata = wheel.has_metadata_file.then(|| serde_json::json!({"sha256": wheel.metadata_sha256}));
                serde_json::json!({"filename": wheel.file, "url": format!("/files/{}", wheel.file), "size": wheel.bytes.len(),
                    "hashes": {"sha256": wheel.sha256}, "core-metadata": metadata.unwrap_or(false.into())})
            })
            .collect();
        let page = serde_json::json!({"meta": {"api-version": "1.1"}, "name": project, "files": files});
        return Answer { kind: "application/vnd.pypi.simple.v1+json", ..Answer::page(&page.to_string()) };
    }
    let link = |wheel: &&Wheel| {
        let (file, hash, metadata) = (&wheel.file, &wheel.sha256, &wheel.metadata_sha256);
        let told =
            if wheel.has_metadata_file { format!(" data-core-metadata=\"sha256={metadata}\"") } else { String::new() };
        format!("<a href=\"/files/{file}#sha256={hash}\"{told}>{file}</a><br/>\n")
    };
    let links: String = wheels.iter().map(link).collect();
    Answer::page(&format!("<!DOCTYPE html><html><body>\n{links}</body></html>\n"))
}
