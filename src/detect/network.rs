//! Whether the indexes answer, and which hop fails if not. Sends nothing but HEAD.

use super::settings;
use crate::facts::Reach;
use crate::host::{Answer, Host, HostError, Receiver, Request, output};
use crate::plan::CommandSpec;
use std::ops::ControlFlow;
use std::time::Duration;

/// What one index said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Whether it answered.
    pub reach: Reach,
    /// The address asked, without user name and password.
    pub url: String,
    /// What stood in the way.
    pub failure: Option<String>,
    /// Proxy taken, without user name and password.
    pub proxy: Option<String>,
}

/// The two indexes, which refuse in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// `download.pytorch.org/whl` lists no folder of its own and may answer its root with 403.
    Torch,
    /// `PyPI` or what stands in its place.
    Pypi,
}

struct Ignore;

impl Receiver for Ignore {
    fn begin(&mut self, _answer: &Answer) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
    fn piece(&mut self, _bytes: &[u8]) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

/// Asks an index for its first page's headers. Credentials known for it are sent along.
pub fn ask(host: &dyn Host, index: Index, url: &str, limit: Duration) -> Reached {
    let page = format!("{}/", url.trim_end_matches('/'));
    let request = Request { limit: Some(limit), ..Request::head(settings::credentials(host).added_to(&page)) };
    let (reach, failure) = match host.request(&request, &mut Ignore) {
        Ok(()) | Err(HostError::Stopped) => (Reach::Reached, None),
        Err(HostError::Status { status, .. }) => judge(index, status),
        Err(HostError::Timeout { .. }) => (Reach::Unknown, Some("no answer in time".to_owned())),
        Err(HostError::Network { hop, text, .. }) => {
            (Reach::Blocked, Some(format!("{hop}: {}", settings::mask(&text))))
        }
        Err(error) => (Reach::Unknown, Some(settings::mask(&error.to_string()))),
    };
    Reached {
        reach,
        url: settings::mask(&page),
        failure,
        proxy: host.proxy_for(url).map(|proxy| settings::mask(&proxy)),
    }
}

/// The address of `PyPI`, as the pip of an interpreter knows it: asked of the first that has one.
pub fn pypi_address(host: &dyn Host) -> Option<String> {
    const QUESTION: &str = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)";
    super::python::candidates(host).iter().take(4).find_map(|candidate| {
        let command = CommandSpec::new(&candidate.path, ["-I", "-c", QUESTION]);
        let answer = output(host, &command, Duration::from_secs(3)).ok()?;
        let text = answer.text().trim().to_owned();
        (answer.is_success() && text.starts_with("http")).then_some(text)
    })
}

/// An error status is an answer all the same, unless it shuts the door.
fn judge(index: Index, status: u16) -> (Reach, Option<String>) {
    let shut = |why: &str| (Reach::Blocked, Some(format!("the server answered {status}: {why}")));
    match (index, status) {
        (_, 401) => shut("it asks for a user name and password"),
        (_, 407) => shut("the proxy asks for a user name and password"),
        (Index::Pypi, 403) => shut("it refuses"),
        (_, 451) => shut("it is not allowed here"),
        (_, 500..) => shut("it is out of order, or something between here and there is"),
        // 404 and 405 are about the page or the method; 429 about haste.
        _ => (Reach::Reached, None),
    }
}
