//! The proxy of the whole machine, for requests that no other setting sends anywhere.

use super::super::super::{Host, winhttp};
use crate::facts;
use hyper_util::client::proxy::matcher::Matcher;
use std::sync::Arc;

/// Addresses that tell whether the environment or the user's settings name a proxy: of a host that nobody reaches, and so
/// nobody exempts from it.
const ASKED: [&str; 2] = ["https://host.invalid/", "http://host.invalid/"];
/// Hosts that the user reaches without any proxy.
const EXEMPT: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The machine's proxy with the hosts that go without.
#[derive(Clone)]
pub struct MachineProxy(Arc<Matcher>);

impl MachineProxy {
    /// `None` where there is none, or where environment or user name one: theirs go before.
    pub fn of_host(host: &dyn Host) -> Option<Self> {
        let others = Matcher::from_system();
        let is_named = ASKED.iter().filter_map(|url| url.parse().ok()).any(|url| others.intercept(&url).is_some());
        if is_named {
            return None;
        }
        let exempt = EXEMPT.iter().find_map(|name| host.var(name)).unwrap_or_default();
        winhttp::machine_proxy(host).found().map(|proxy| Self::new(proxy, &exempt.to_string_lossy()))
    }

    fn new(proxy: &facts::MachineProxy, exempt: &str) -> Self {
        // A rule `*.example.org` is `.example.org` to the matcher; names without a point are local ones, of which it
        // knows no rule, and are asked for by nobody here.
        let rules = proxy.bypass.iter().map(|rule| rule.trim_start_matches('*'));
        let bypass: Vec<&str> = rules.chain(std::iter::once(exempt)).collect();
        let matcher = Matcher::builder()
            .http(proxy.http.clone().unwrap_or_default())
            .https(proxy.https.clone().unwrap_or_default())
            .no(bypass.join(","));
        Self(Arc::new(matcher.build()))
    }

    /// The proxy that a request to this address takes.
    pub fn of(&self, url: &str) -> Option<String> {
        Some(self.0.intercept(&url.parse().ok()?)?.uri().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_go_without_are_reached_directly() {
        let https = Some("http://proxy.example.org:8080".to_owned());
        let bypass = vec!["*.corp.example".to_owned(), "<local>".to_owned()];
        let set = facts::MachineProxy { http: None, https, bypass };
        let proxy = MachineProxy::new(&set, "");
        assert_eq!(proxy.of("https://index.example/simple/").as_deref(), Some("http://proxy.example.org:8080/"));
        assert_eq!(proxy.of("https://mirror.corp.example/whl"), None);
        assert_eq!(proxy.of("http://index.example/"), None, "none is set for these");
        // What the user exempts is reached directly, whoever named the proxy.
        let proxy = MachineProxy::new(&set, "other.example, index.example");
        assert_eq!(proxy.of("https://index.example/simple/"), None);
        assert_eq!(proxy.of("https://mirror.corp.example/whl"), None);
        assert!(proxy.of("https://third.example/").is_some());
    }
}
