//! git, and what every program may meet.

use super::Help::{Do, Run};
use super::Known;

const AGAIN: &str = "Check the network connection, or set a proxy (HTTPS_PROXY) if your network needs one; then go on.";

/// git, in the words of <https://github.com/git/git> and of the curl in it.
pub(super) const GIT: &[Known] = &[
    Known {
        label: "no-such-tag",
        signs: &["couldn't find remote ref"],
        cause: "The repository has no such release: {last}.",
        next: &[Do("Choose another release with --torch.")],
    },
    Known {
        label: "no-network",
        signs: &["could not resolve host"],
        cause: "The repository's name could not be looked up: {line}",
        next: &[Do(AGAIN)],
    },
    Known {
        label: "proxy",
        signs: &["could not resolve proxy"],
        cause: "The proxy on the way to the repository could not be found: {line}",
        next: &[Do("Check HTTPS_PROXY and git's own http.proxy.")],
    },
    Known {
        label: "proxy",
        signs: &["407", "connect"],
        cause: "The proxy on the way to the repository refused: {line}",
        next: &[Do("Check HTTPS_PROXY and the proxy's user name and password.")],
    },
    Known {
        label: "certificate",
        signs: &["ssl certificate problem"],
        cause: "The certificate of the repository was not accepted: {last}.",
        next: &[Do("If your company inspects connections, set SSL_CERT_FILE to its certificate.")],
    },
    Known {
        label: "certificate",
        signs: &["server certificate verification failed"],
        cause: "The certificate of the repository was not accepted.",
        next: &[Do("If your company inspects connections, set SSL_CERT_FILE to its certificate.")],
    },
    Known {
        label: "no-network",
        signs: &["failed to connect to"],
        cause: "No connection to the repository: {line}",
        next: &[Do(AGAIN)],
    },
    Known {
        label: "network",
        signs: &["early eof"],
        cause: "The connection to the repository broke.",
        next: &[Do("Go on: what is there of the source is kept.")],
    },
    Known {
        label: "network",
        signs: &["rpc failed"],
        cause: "The connection to the repository broke: {line}",
        next: &[Do("Go on: what is there of the source is kept.")],
    },
    Known {
        label: "network",
        signs: &["the remote end hung up unexpectedly"],
        cause: "The connection to the repository broke.",
        next: &[Do("Go on: what is there of the source is kept.")],
    },
    Known {
        label: "repository-missing",
        signs: &["repository", "not found"],
        cause: "The repository is not there, or not for everybody: {line}",
        next: &[Do("Check the address; a module that has moved is a matter of that release's own source.")],
    },
    Known {
        label: "repository-missing",
        signs: &["does not appear to be a git repository"],
        cause: "The repository is not there: {line}",
        next: &[Do("Check the address.")],
    },
    Known {
        label: "log-in",
        signs: &["terminal prompts disabled"],
        cause: "The repository asks for a log-in: {line}",
        next: &[Do(
            "A proxy or a mirror may stand in between; check git's own url settings (git config --get-regexp url).",
        )],
    },
    Known {
        label: "path-too-long",
        signs: &["filename too long"],
        cause: "A path of the source is longer than Windows allows: {line}",
        next: &[Do("Have an administrator switch on long paths (LongPathsEnabled).")],
    },
    Known {
        label: "busy",
        signs: &["unable to create", ".lock"],
        cause: "Another git is working in the folder of the source, or was ended there: {line}",
        next: &[Do("End the other one; if there is none, remove the file that it names, and go on.")],
    },
    Known {
        label: "not-yours",
        signs: &["detected dubious ownership"],
        cause: "The folder of the source belongs to another user: {line}",
        next: &[Run("Remove what the cache holds, and go on", "torch-wizard cache clean")],
    },
];

const FREE_SOME: &[super::Help] = &[Run("Free some space (this shows what may go)", "torch-wizard cache list")];

const fn full(signs: &'static [&'static str]) -> Known {
    Known { label: "disk-full", signs, cause: "The disk is full: {line}", next: FREE_SOME }
}

/// What the system says through any program, in its words or by its number, which is the same in every language.
pub(super) const SYSTEM: &[Known] = &[
    full(&["no space left on device"]),
    full(&["not enough space on the disk"]),
    full(&["os error 28)"]),
    full(&["os error 112"]),
    full(&["errno 28]"]),
    full(&["winerror 112"]),
    full(&["enospc"]),
    Known {
        label: "disk-full",
        signs: &["disk quota exceeded"],
        cause: "Your share of the disk is used up: {line}",
        next: FREE_SOME,
    },
];
