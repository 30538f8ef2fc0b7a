//! Clients and the lines on which they work.

use super::super::super::{Hop, Host};
use super::deepest;
use super::machine::MachineProxy;
use reqwest::{Certificate, Client};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;

const CONNECT_LIMIT: Duration = Duration::from_secs(15);

/// Variables by which uv, pip and others are told of a company's certificate authority. The system's own store counts
/// in any case.
const CERTIFICATE_FILES: [&str; 4] = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE"];

/// How to reach the network: by the system's trust store with the user's certificates added; where that is refused, by
/// the user's certificates alone, as uv and OpenSSL take `SSL_CERT_FILE`.
pub struct Clients {
    pub(super) main: Lines,
    pub(super) by_files_alone: Option<Lines>,
}

pub fn clients(host: &dyn Host) -> Result<Clients, String> {
    // For the whole process; the second to say so says the same.
    rustls::crypto::ring::default_provider().install_default().ok();
    let machine = MachineProxy::of_host(host);
    let mut files: Vec<_> = CERTIFICATE_FILES.iter().filter_map(|name| host.var(name)).collect();
    files.sort();
    files.dedup();
    let certificates: Vec<_> = files
        .iter()
        .filter_map(|file| host.read(std::path::Path::new(file)).ok())
        .filter_map(|bytes| Certificate::from_pem_bundle(&bytes).ok())
        .flatten()
        .collect();
    let by_files_alone = (!certificates.is_empty())
        .then(|| Lines::new(Trust::FilesAlone(certificates.clone()), machine.clone()).ok())
        .flatten();
    // Where the system's verifier cannot take further certificates at all, those of the user are what is left.
    match (Lines::new(Trust::SystemAnd(certificates), machine), by_files_alone) {
        (Ok(main), by_files_alone) => Ok(Clients { main, by_files_alone }),
        (Err(_), Some(main)) => Ok(Clients { main, by_files_alone: None }),
        (Err(why), None) => Err(why),
    }
}

/// Whose word counts for a server's name.
enum Trust {
    SystemAnd(Vec<Certificate>),
    FilesAlone(Vec<Certificate>),
}

/// The lines that are free. A request takes one for itself, so that what comes is decrypted on the thread that asked for
/// it: handing each piece of a large file from one thread to another costs more than fetching it.
pub struct Lines {
    trust: Trust,
    /// The machine's proxy, where neither the environment nor the user names one.
    machine: Option<MachineProxy>,
    free: Mutex<Vec<Line>>,
}

/// A client, and what drives its connections while a request is under way. They stay open for the next request.
pub struct Line {
    pub(super) client: Client,
    pub(super) runtime: Runtime,
}

/// Why there is no line: what failed, and its words.
type NotOpened = (Hop, String);

impl Line {
    /// Ends it without waiting, e.g. for a name that is being looked up.
    pub(super) fn hang_up(self) {
        self.runtime.shutdown_background();
    }
}

impl Lines {
    fn new(trust: Trust, machine: Option<MachineProxy>) -> Result<Self, String> {
        let lines = Self { trust, machine, free: Mutex::default() };
        lines.take().map(|first| lines.give_back(first)).map_err(|(_, why)| why)?;
        Ok(lines)
    }

    /// A line that nobody uses.
    pub(super) fn take(&self) -> Result<Line, NotOpened> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.map_or_else(|| self.open(), Ok)
    }

    /// Keeps a line whose request came to its end. One whose body was broken off is to be hung up: else nobody would
    /// tell the server.
    pub(super) fn give_back(&self, line: Line) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    fn open(&self) -> Result<Line, NotOpened> {
        // No limit for single reads: it would run on while the receiver waits for its disk.
        let builder = Client::builder()
            .user_agent(concat!("torch-wizard/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_LIMIT);
        let builder = match &self.trust {
            Trust::SystemAnd(certificates) => builder.tls_certs_merge(certificates.clone()),
            Trust::FilesAlone(certificates) => builder.tls_certs_only(certificates.clone()),
        };
        // One proxy of ours would switch the system's off, so there is one only where those name none.
        let builder = match self.machine.clone() {
            Some(machine) => builder.proxy(reqwest::Proxy::custom(move |url| machine.of(url.as_str()))),
            None => builder,
        };
        let client = builder.build().map_err(|error| (Hop::Certificate, deepest(&error)))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        Ok(Line { client, runtime: runtime.map_err(|error| (Hop::Connect, error.to_string()))? })
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let free = self.free.get_mut().unwrap_or_else(PoisonError::into_inner);
        free.drain(..).for_each(Line::hang_up);
    }
}
