//! Other places of a wheel: the same file, by its SHA-256, on another index of the user's or among the user's own wheels.
//! Nothing is asked that the plan does not name: its indexes, those that the packages of the lock were found on, its
//! `find-links`, and for files the hosts of these and those that the lock names.

use super::pool::Order;
use crate::host::Host;
use crate::index::{PageFile, files_of};
use crate::lock::{normalised, public};
use crate::plan::Plan;
use crate::run::download::{FetchError, On, Place, page};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const PAGE_LIMIT: Duration = Duration::from_secs(15);

/// Where to look.
pub struct Mirrors<'a> {
    /// The world.
    pub host: &'a Arc<dyn Host>,
    /// What the user approved.
    pub plan: &'a Plan,
    /// Adds user name and password to an address.
    pub address: &'a (dyn Fn(&str) -> String + Sync),
}

impl Mirrors<'_> {
    /// Places that have the wheel of this hash, the user's own first; its own address is not among them.
    pub fn of(&self, order: &Order, hash: &str, on: &mut On<'_>) -> Result<Vec<Place>, FetchError> {
        let mut places = Vec::new();
        for folder in self.plan.indexes.find_links.iter().filter_map(|links| local(links)) {
            let file = Path::new(&folder).join(&order.wheel.file_name);
            if self.host.meta(&file).is_some() {
                places.push(Place::File(file));
            }
        }
        let name = self.plan.lock.packages.get(order.at).map(|package| normalised(&package.name)).unwrap_or_default();
        for address in self.pages(&name) {
            let Some(text) = page(self.host, &(self.address)(&address), PAGE_LIMIT, on)? else { continue };
            let files = files_of(&public(&address), &text);
            let same = files.into_iter().filter(|file| is_same(file, &order.wheel.file_name, hash));
            for file in same.filter(|file| self.may_be_asked(&file.url)) {
                let place = Place::Address((self.address)(file.url.as_str()));
                if file.url != order.wheel.url && !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }

    /// Pages that may list it: what the user set before what other packages of the lock were found on.
    fn pages(&self, name: &str) -> Vec<String> {
        let indexes = &self.plan.indexes;
        let own = indexes.torch.iter().chain(&indexes.extra).chain(&indexes.default).cloned();
        let mut pages: Vec<String> =
            indexes.find_links.iter().filter(|links| local(links).is_none()).cloned().collect();
        for index in own.chain(self.plan.lock.indexes()) {
            let page = format!("{}/{name}/", public(&index).trim_end_matches('/'));
            if !pages.contains(&page) {
                pages.push(page);
            }
        }
        pages
    }

    /// A page may name any address; only hosts that the user knows of are asked.
    fn may_be_asked(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let of_page = |page: &String| Url::parse(page).ok().is_some_and(|page| page.host_str() == Some(host));
        self.plan.hosts.iter().any(|known| known == host) || self.pages("").iter().any(of_page)
    }
}

/// A folder of this machine among the `find-links`.
fn local(links: &str) -> Option<String> {
    match Url::parse(links) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().ok().map(|path| path.display().to_string()),
        // `C:\wheels` reads as an address of the scheme `c`.
        Ok(url) if url.scheme().len() > 1 => None,
        Ok(_) | Err(_) => Some(links.to_owned()),
    }
}

/// By its hash; where the page names none, by its name: what comes is held against the hash in any case.
fn is_same(file: &PageFile, name: &str, hash: &str) -> bool {
    file.sha256.as_deref().map_or(file.file_name == name, |theirs| theirs == hash)
}
