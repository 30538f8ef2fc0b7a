//! How the seam says no.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// What went wrong at the seam, by what the caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// No such program.
    #[error("{} was not found", program.display())]
    NotFound {
        /// As asked for.
        program: PathBuf,
    },
    /// No answer in time.
    #[error("{what} did not answer within {seconds} s")]
    Timeout {
        /// What was asked.
        what: String,
        /// The limit.
        seconds: u64,
    },
    /// NVML said no; the number is its own.
    #[error("NVML: {text}")]
    Nvml {
        /// NVML's error number; `None` if the library could not be loaded.
        code: Option<u32>,
        /// Its words.
        text: String,
    },
    /// The hop of a connection that failed.
    #[error("{hop}: {text} ({url})")]
    Network {
        /// Which hop.
        hop: Hop,
        /// The words of the layer that failed.
        text: String,
        /// The address asked for, without user name and password.
        url: String,
    },
    /// The server answered, and said no.
    #[error("the server answered {status} ({url})")]
    Status {
        /// HTTP status.
        status: u16,
        /// The address asked for, without user name and password.
        url: String,
        /// It asks not to be asked again before so long (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The caller's callback said stop.
    #[error("stopped")]
    Stopped,
    /// A file operation failed.
    #[error("{what} {}: {source}", path.display())]
    File {
        /// What was tried: `could not read`, `could not write` …
        what: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("could not start {}: {source}", program.display())]
    Start {
        /// Which.
        program: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl HostError {
    /// Who holds the file, if that is why a file operation failed and they could be seen.
    pub fn in_use(&self) -> Option<&InUse> {
        match self {
            Self::File { source, .. } => source.get_ref().and_then(|inner| inner.downcast_ref()),
            Self::Start { .. }
            | Self::NotFound { .. }
            | Self::Timeout { .. }
            | Self::Nvml { .. }
            | Self::Network { .. }
            | Self::Status { .. }
            | Self::Stopped => None,
        }
    }

    /// The system's error kind, if it was a file operation.
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::File { source, .. } | Self::Start { source, .. } => Some(source.kind()),
            Self::NotFound { .. }
            | Self::Timeout { .. }
            | Self::Nvml { .. }
            | Self::Network { .. }
            | Self::Status { .. }
            | Self::Stopped => None,
        }
    }
}

/// A process that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// File name of its program.
    pub name: String,
    /// Process id.
    pub id: u32,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.id)
    }
}

/// A file that others hold. Where that is why the system said no, it is the inner error of its [`io::Error`]; see
/// [`HostError::in_use`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} {} {}", self.who(), if self.holders.len() == 1 { "uses" } else { "use" }, path.display())]
pub struct InUse {
    /// The file, or one of the files of a folder.
    pub path: PathBuf,
    /// Who holds it; at least one.
    pub holders: Vec<Holder>,
}

impl InUse {
    /// `python.exe (1234) and jupyter-lab.exe (77)`.
    pub fn who(&self) -> String {
        let names: Vec<String> = self.holders.iter().take(3).map(Holder::to_string).collect();
        let more = self.holders.len().saturating_sub(names.len());
        match (names.split_last(), more) {
            (Some((last, [])), 0) => last.clone(),
            (Some((last, before)), 0) => format!("{} and {last}", before.join(", ")),
            (_, more) => format!("{} and {more} more", names.join(", ")),
        }
    }
}

/// The stations of a connection, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The name could not be looked up.
    Name,
    /// Nobody answered at the address.
    Connect,
    /// The proxy refused or could not be reached.
    Proxy,
    /// The certificate was not accepted.
    Certificate,
    /// The connection broke while data flowed.
    Transfer,
}

impl std::fmt::Display for Hop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Name => "the name could not be looked up",
            Self::Connect => "no connection",
            Self::Proxy => "the proxy refused",
            Self::Certificate => "the certificate was not accepted",
            Self::Transfer => "the connection broke",
        })
    }
}
