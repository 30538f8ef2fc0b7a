//! Reads the pages of a wheel index (PEP 503 HTML) side by side: which wheels of torch each variant has today.
//!
//! The traits of `download.pytorch.org`: addresses may be absolute, relative or on another host; hashes are missing for
//! some files; sizes and dates are never there; what does not exist is answered with 403, not 404; a page that answers 200
//! and lists no wheel is a failed read, not an empty index.

use crate::catalog::{LiveIndex, LiveWheel};
use crate::facts::{Reach, TorchVersion};
use crate::host::{Host, HostError, Request, fetch_text};
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Where PyTorch publishes its wheels.
/// <https://pytorch.org/get-started/locally/>
pub const TORCH_INDEX: &str = "https://download.pytorch.org/whl";

/// A page of all wheels of torch of one variant has about 1.5 MB.
const LONGEST_PAGE: usize = 32 << 20;

/// What to ask.
#[derive(Clone, Debug)]
pub struct Ask {
    /// A mirror of the torch index (as far as the variant's name, or with it).
    pub mirror: Option<String>,
    /// Variants whose pages are read.
    pub variants: Vec<String>,
    /// The page of an index for everything else; `None` if it is not known.
    pub pypi: Option<String>,
    /// The answer is given after so long, with what is there then.
    pub limit: Duration,
}

/// The page of a variant: a mirror may be named with the variant or without.
pub fn variant_page(base: &str, variant: &str) -> String {
    let base = base.trim_end_matches('/');
    let last = base.rsplit('/').next().unwrap_or_default();
    let names_variant = last == "cpu" || crate::facts::CudaVersion::of_variant(last).is_some();
    if names_variant { base.to_owned() } else { format!("{base}/{variant}") }
}

/// Whether a mirror's address is of one variant only, and of which.
pub fn fixed_variant(base: &str) -> Option<String> {
    let last = base.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    (last == "cpu" || crate::facts::CudaVersion::of_variant(last).is_some()).then(|| last.to_owned())
}

enum Told {
    Page(String, Result<Vec<LiveWheel>, HostError>),
    Pypi(Result<Vec<LiveWheel>, HostError>),
}

/// Asks all of it at once. `address` adds user name and password where the user's settings have them.
pub fn look(host: &Arc<dyn Host>, ask: &Ask, address: &dyn Fn(&str) -> String) -> LiveIndex {
    let base = ask.mirror.as_deref().unwrap_or(TORCH_INDEX);
    let (sender, told) = channel();
    let mut open = 0;
    let mut start = |url: String, wrap: Box<dyn FnOnce(Result<Vec<LiveWheel>, HostError>) -> Told + Send>| {
        let (host, sender, limit) = (Arc::clone(host), sender.clone(), ask.limit);
        let body = move || {
            sender.send(wrap(read_page(&*host, &url, limit))).ok();
        };
        // Not joined: a server that never answers holds up nobody.
        open += usize::from(std::thread::Builder::new().name("index".to_owned()).spawn(body).is_ok());
    };
    for variant in &ask.variants {
        let name = variant.clone();
        let url = address(&format!("{}/torch/", variant_page(base, variant)));
        start(url, Box::new(move |result| Told::Page(name, result)));
    }
    if let Some(pypi) = &ask.pypi {
        start(address(&format!("{}/torch/", pypi.trim_end_matches('/'))), Box::new(Told::Pypi));
    }
    drop(sender);
    let mut live = LiveIndex::offline();
    let mut reach = Reach::Unknown;
    let until = host.uptime() + ask.limit;
    while open > 0 {
        let Ok(news) = told.recv_timeout(until.saturating_sub(host.uptime())) else { break };
        open -= 1;
        match news {
            Told::Page(variant, result) => {
                reach = better(reach, reach_of(&result));
                if let Ok(wheels) = result {
                    live.pages.insert(variant, wheels);
                }
            }
            Told::Pypi(result) => {
                live.pypi = reach_of(&result);
                live.pypi_torch = result.ok().map(versions);
            }
        }
    }
    match &ask.mirror {
        Some(_) => {
            live.mirror = Some(reach);
            // Whoever names a mirror wants nothing asked elsewhere: the torch index itself is out of the question.
            live.torch_index = Reach::Blocked;
        }
        None => live.torch_index = reach,
    }
    live
}

fn versions(wheels: Vec<LiveWheel>) -> Vec<TorchVersion> {
    let mut versions: Vec<TorchVersion> = wheels.into_iter().map(|wheel| wheel.version).collect();
    versions.sort();
    versions.dedup();
    versions
}

/// An index that says 403 or 404 for one variant is there all the same.
fn reach_of(result: &Result<Vec<LiveWheel>, HostError>) -> Reach {
    match result {
        Ok(_) | Err(HostError::Status { status: 403 | 404, .. }) => Reach::Reached,
        Err(HostError::Timeout { .. } | HostError::Stopped) => Reach::Unknown,
        Err(_) => Reach::Blocked,
    }
}

const fn better(a: Reach, b: Reach) -> Reach {
    match (a, b) {
        (Reach::Reached, _) | (_, Reach::Reached) => Reach::Reached,
        (Reach::Blocked, _) | (_, Reach::Blocked) => Reach::Blocked,
        (Reach::Unknown, Reach::Unknown) => Reach::Unknown,
    }
}

fn read_page(host: &dyn Host, url: &str, limit: Duration) -> Result<Vec<LiveWheel>, HostError> {
    let request = Request { limit: Some(limit), ..Request::get(url) };
    let text = fetch_text(host, &request, LONGEST_PAGE)?;
    let wheels = wheels_of(&crate::lock::public(url), &text);
    if wheels.is_empty() {
        // A log-in page of the network, or an index in another form.
        return Err(HostError::Status { status: 200, url: crate::lock::public(url) });
    }
    Ok(wheels)
}

/// A file that a page lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFile {
    /// Its address.
    pub url: url::Url,
    /// Its name, with `+` where the address has `%2B`.
    pub file_name: String,
    /// Lower-case hex, if the page names it.
    pub sha256: Option<String>,
}

/// The files that a page (PEP 503) lists; addresses may be absolute, rooted or relative to the page's own.
pub fn files_of(page: &str, text: &str) -> Vec<PageFile> {
    static ANCHORS: OnceLock<Option<scraper::Selector>> = OnceLock::new();
    let Some(anchors) = ANCHORS.get_or_init(|| scraper::Selector::parse("a[href]").ok()) else { return Vec::new() };
    let Ok(base) = url::Url::parse(page) else { return Vec::new() };
    scraper::Html::parse_document(text)
        .select(anchors)
        .filter_map(|anchor| {
            let mut url = base.join(anchor.value().attr("href")?).ok()?;
            let sha256 = url.fragment().and_then(|hash| hash.strip_prefix("sha256=")).map(str::to_ascii_lowercase);
            url.set_fragment(None);
            let last = url.path_segments()?.next_back()?;
            let file_name = percent_encoding::percent_decode_str(last).decode_utf8().ok()?.into_owned();
            Some(PageFile { url, file_name, sha256 })
        })
        .collect()
}

/// The wheels of torch that a page lists; whatever else stands on it is passed over.
pub fn wheels_of(page: &str, text: &str) -> Vec<LiveWheel> {
    let files = files_of(page, text);
    files.iter().filter_map(|file| wheel_of(&file.file_name, file.sha256.is_some())).collect()
}

/// Reads a file name by PEP 427: `torch-2.15.0+cu130-cp312-cp312-win_amd64.whl`.
fn wheel_of(file: &str, has_hash: bool) -> Option<LiveWheel> {
    let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
    let (name, version, python, abi, platform) = match parts.as_slice() {
        [name, version, python, abi, platform] | [name, version, _, python, abi, platform] => {
            (*name, *version, *python, *abi, *platform)
        }
        _ => return None,
    };
    if !name.eq_ignore_ascii_case("torch") {
        return None;
    }
    let python_tag = if abi.ends_with('t') { abi } else { python };
    Some(LiveWheel {
        version: version.parse().ok()?,
        python_tag: python_tag.to_owned(),
        platform_tag: platform.to_owned(),
        has_hash,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><html><body><h1>Links for torch</h1>
<a href="https://download-r2.pytorch.org/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-win_amd64.whl#sha256=ab" data-dist-info-metadata="sha256=cd">torch-2.15.0+cu130-cp312-cp312-win_amd64.whl</a><br/>
<a href="/whl/cu130/torch-2.9.1%2Bcu130-cp313-cp313t-manylinux_2_28_x86_64.whl">torch-2.9.1+cu130-cp313-cp313t-manylinux_2_28_x86_64.whl</a><br/>
<a href="torch-2.9.1%2Bcu130-cp312-cp312-manylinux_2_28_x86_64.whl">x</a><a href="../torch-2.9.1.tar.gz">source</a><a>nothing</a>
<a href="torchvision-0.24.1%2Bcu130-cp312-cp312-win_amd64.whl">other</a>
</body></html><!--TIMESTAMP 1-->"#;

    #[test]
    fn absolute_rooted_and_relative_addresses_are_read_with_and_without_hash() {
        let wheels = wheels_of("https://download.pytorch.org/whl/cu130/torch/", PAGE);
        let seen: Vec<_> = wheels
            .iter()
            .map(|w| (w.version.to_string(), w.python_tag.as_str(), w.platform_tag.as_str(), w.has_hash))
            .collect();
        assert_eq!(
            seen,
            [
                ("2.15.0+cu130".to_owned(), "cp312", "win_amd64", true),
                ("2.9.1+cu130".to_owned(), "cp313t", "manylinux_2_28_x86_64", false),
                ("2.9.1+cu130".to_owned(), "cp312", "manylinux_2_28_x86_64", false),
            ]
        );
    }

    #[test]
    fn a_log_in_page_has_no_wheels() {
        let page = "https://i.example/whl/cu130/torch/";
        assert!(wheels_of(page, "<html><body>Please <a href='/login'>log in</a></body></html>").is_empty());
        assert!(wheels_of(page, "\u{0}\u{1}garbage").is_empty());
    }

    #[test]
    fn a_mirror_may_be_named_with_or_without_the_variant() {
        assert_eq!(variant_page("https://m.example/whl/", "cu130"), "https://m.example/whl/cu130");
        assert_eq!(variant_page("https://m.example/whl/cu128", "cu130"), "https://m.example/whl/cu128");
        assert_eq!(fixed_variant("https://m.example/whl/cu128/").as_deref(), Some("cu128"));
        assert_eq!(fixed_variant("https://m.example/whl"), None);
    }
}
