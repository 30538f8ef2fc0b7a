//! Reads the pages of a wheel index (PEP 503 HTML) side by side: which wheels of torch each variant has today, and
//! which nights its nightly builds have.
//!
//! The traits of `download.pytorch.org`: addresses may be absolute, relative or on another host; hashes are missing for
//! some files; sizes and dates are never there; what does not exist is answered with 403, not 404; a page that answers 200
//! and lists no wheel is a failed read, not an empty index.

pub mod cache;
mod nightly;
mod page;

pub use page::{PageFile, WheelName, files_of, wheels_of};

use crate::catalog::{LiveIndex, LiveWheel, Nightly, TORCH_INDEX, nightly_page, variant_page};
use crate::facts::{Reach, TorchVersion};
use crate::host::{Host, HostError, Request, fetch_text};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

/// A page of all wheels of torch of one variant has about 1.5 MB.
const LONGEST_PAGE: usize = 32 << 20;

/// What to ask.
#[derive(Clone, Debug)]
pub struct Ask {
    /// A mirror of the torch index (as far as the variant's name, or with it).
    pub mirror: Option<String>,
    /// Variants whose pages are read.
    pub variants: Vec<String>,
    /// Variants whose nightly builds are read: three pages each, of half a megabyte together.
    pub nightly: Vec<String>,
    /// The page of an index for everything else; `None` if it is not known.
    pub pypi: Option<String>,
    /// The answer is given after so long, with what is there then.
    pub limit: Duration,
}

enum Told {
    Page(String, Result<Vec<LiveWheel>, HostError>),
    Nightly(String, Result<Vec<Nightly>, HostError>),
    Pypi(Result<Vec<LiveWheel>, HostError>),
}

/// Asks all of it at once. `address` adds user name and password where the user's settings have them.
pub fn look(host: &Arc<dyn Host>, ask: &Ask, address: &dyn Fn(&str) -> String) -> LiveIndex {
    let (sender, told) = channel();
    let mut open = 0;
    for job in jobs(ask, address) {
        let (host, sender) = (Arc::clone(host), sender.clone());
        let body = move || {
            sender.send(job(&*host)).ok();
        };
        // Not joined: a server that never answers holds up nobody.
        open += usize::from(std::thread::Builder::new().name("index".to_owned()).spawn(body).is_ok());
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
                match result {
                    Ok(wheels) => drop(live.pages.insert(variant, wheels)),
                    Err(error) if is_absent(&error) => drop(live.absent.insert(variant)),
                    Err(_) => {}
                }
            }
            Told::Nightly(variant, result) => {
                if let Ok(nights) = result {
                    live.nightly.insert(variant, nights);
                }
            }
            Told::Pypi(result) => {
                live.pypi = reach_of(&result);
                live.pypi_torch = result.ok().map(versions);
            }
        }
    }
    if live.pages.is_empty() {
        // A door that is shut to everybody says nothing of single variants.
        live.absent.clear();
        live.nightly.retain(|_, nights| !nights.is_empty());
    }
    live.taken_at = (live.is_known() || live.pypi_torch.is_some()).then(|| crate::time::now(&**host));
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

type Job = Box<dyn FnOnce(&dyn Host) -> Told + Send>;

fn jobs(ask: &Ask, address: &dyn Fn(&str) -> String) -> Vec<Job> {
    let base = ask.mirror.as_deref().unwrap_or(TORCH_INDEX);
    let limit = ask.limit;
    let mut jobs: Vec<Job> = Vec::new();
    for variant in &ask.variants {
        let (name, url) = (variant.clone(), address(&format!("{}/torch/", variant_page(base, variant))));
        jobs.push(Box::new(move |host| Told::Page(name, read_wheels(host, &url, limit))));
    }
    for variant in &ask.nightly {
        let Some(page) = nightly_page(base, variant) else { continue };
        let urls = ["torch", "torchvision", "torchaudio"].map(|project| address(&format!("{page}/{project}/")));
        let name = variant.clone();
        jobs.push(Box::new(move |host| {
            let nights = read_nights(host, &name, &urls, limit);
            Told::Nightly(name, nights)
        }));
    }
    if let Some(pypi) = &ask.pypi {
        let url = address(&format!("{}/torch/", pypi.trim_end_matches('/')));
        jobs.push(Box::new(move |host| Told::Pypi(read_wheels(host, &url, limit))));
    }
    jobs
}

fn versions(wheels: Vec<LiveWheel>) -> Vec<TorchVersion> {
    let mut versions: Vec<TorchVersion> = wheels.into_iter().map(|wheel| wheel.version).collect();
    versions.sort();
    versions.dedup();
    versions
}

/// An index that says 403 or 404 for one variant is there all the same.
const fn is_absent(error: &HostError) -> bool {
    matches!(error, HostError::Status { status: 403 | 404, .. })
}

fn reach_of<T>(result: &Result<T, HostError>) -> Reach {
    match result {
        Ok(_) => Reach::Reached,
        Err(error) if is_absent(error) => Reach::Reached,
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

/// The text of a page. One that lists no file is a log-in page of the network, or an index in another form.
fn read_page<T>(
    host: &dyn Host,
    url: &str,
    limit: Duration,
    parse: impl FnOnce(&str, &str) -> Vec<T>,
) -> Result<Vec<T>, HostError> {
    let request = Request { limit: Some(limit), ..Request::get(url) };
    let text = fetch_text(host, &request, LONGEST_PAGE)?;
    let found = parse(&crate::lock::public(url), &text);
    if found.is_empty() {
        return Err(HostError::Status { status: 200, url: crate::lock::public(url), retry_after: None });
    }
    Ok(found)
}

fn read_wheels(host: &dyn Host, url: &str, limit: Duration) -> Result<Vec<LiveWheel>, HostError> {
    read_page(host, url, limit, wheels_of)
}

/// The pages of a variant's torch, torchvision and torchaudio. Without torch there is nothing more to ask.
fn read_nights(
    host: &dyn Host,
    variant: &str,
    [torch, vision, audio]: &[String; 3],
    limit: Duration,
) -> Result<Vec<Nightly>, HostError> {
    let wheels = |page: &str, text: &str| {
        let mut files = files_of(page, text);
        files.retain(|file| WheelName::parse(&file.file_name).is_some());
        files
    };
    let read = |url: &str| match read_page(host, url, limit, wheels) {
        Err(error) if is_absent(&error) => Ok(Vec::new()),
        other => other,
    };
    let torch = read(torch)?;
    if torch.is_empty() {
        return Ok(Vec::new());
    }
    let vision = read(vision)?;
    // torchaudio has no builds of its own any more for some releases; without its page the rest stands.
    let audio = read(audio).unwrap_or_default();
    Ok(nightly::nights(variant, &torch, &vision, &audio))
}

#[cfg(test)]
mod tests;
