//! HTTP through reqwest: rustls with the system's trust store, the system's proxies, certificates that the user's
//! tools are told to trust as well.

use super::super::{Answer, Hop, Host, HostError, Receiver, Request};
use reqwest::blocking::{Client, Response};
use reqwest::header::{
    ACCEPT, ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_RANGE, RANGE, RETRY_AFTER,
};
use std::error::Error as _;
use std::io::Read as _;
use std::time::{Duration, SystemTime};
use url::Url;

const CONNECT_LIMIT: Duration = Duration::from_secs(15);
const NO_ANSWER: &str = "no answer in time";
/// A server that sends nothing for so long has gone.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// Variables by which uv, pip and others are told of a company's certificate authority. The system's own store counts
/// in any case.
const CERTIFICATE_FILES: [&str; 4] = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE"];

/// How to reach the network: by the system's trust store with the user's certificates added; where that is refused, by
/// the user's certificates alone, as uv and OpenSSL take `SSL_CERT_FILE`.
pub struct Clients {
    main: Client,
    by_files_alone: Option<Client>,
}

pub fn clients(host: &dyn Host) -> Result<Clients, String> {
    let mut files: Vec<_> = CERTIFICATE_FILES.iter().filter_map(|name| host.var(name)).collect();
    files.sort();
    files.dedup();
    let certificates: Vec<_> = files
        .iter()
        .filter_map(|file| host.read(std::path::Path::new(file)).ok())
        .filter_map(|bytes| reqwest::Certificate::from_pem_bundle(&bytes).ok())
        .flatten()
        .collect();
    let builder = || {
        Client::builder()
            .user_agent(concat!("torch-wizard/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_LIMIT)
            .timeout(IDLE_LIMIT)
    };
    let built = |result: reqwest::Result<Client>| result.map_err(|error| deepest(&error));
    let by_files_alone = (!certificates.is_empty())
        .then(|| built(builder().tls_certs_only(certificates.clone()).build()).ok())
        .flatten();
    // Where the system's verifier cannot take further certificates at all, those of the user are what is left.
    match (built(builder().tls_certs_merge(certificates).build()), by_files_alone) {
        (Ok(main), by_files_alone) => Ok(Clients { main, by_files_alone }),
        (Err(_), Some(main)) => Ok(Clients { main, by_files_alone: None }),
        (Err(why), None) => Err(why),
    }
}

fn deepest(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}

/// Why a body ended early.
fn broken(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
    let late = error.kind() == std::io::ErrorKind::TimedOut || inner.is_some_and(reqwest::Error::is_timeout);
    if late { NO_ANSWER.to_owned() } else { deepest(error) }
}

/// The address without user name and password, for messages and logs.
fn shown(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else { return url.to_owned() };
    parsed.set_username("").ok();
    parsed.set_password(None).ok();
    parsed.to_string()
}

fn network(error: &reqwest::Error, url: &str, transfer: bool) -> HostError {
    let mut words = Vec::new();
    let mut next = error.source();
    while let Some(inner) = next {
        words.push(inner.to_string());
        next = inner.source();
    }
    let all = words.join(": ").to_lowercase();
    let hop = if all.contains("certificate") || all.contains("unknownissuer") {
        Hop::Certificate
    } else if all.contains("proxy") || all.contains("tunnel") {
        Hop::Proxy
    } else if all.contains("dns error") || all.contains("lookup address") || all.contains("name resolution") {
        Hop::Name
    } else if transfer && !error.is_connect() {
        Hop::Transfer
    } else {
        Hop::Connect
    };
    let text = if error.is_timeout() { NO_ANSWER.to_owned() } else { deepest(error) };
    HostError::Network { hop, text, url: shown(url) }
}

pub fn send(
    clients: &Result<Clients, String>,
    request: &Request,
    receiver: &mut dyn Receiver,
) -> Result<(), HostError> {
    let clients = clients.as_ref().map_err(|text| HostError::Network {
        hop: Hop::Certificate,
        text: text.clone(),
        url: shown(&request.url),
    })?;
    // A certificate is judged before the first byte, so nothing was received yet when the second client is tried.
    match (send_by(&clients.main, request, receiver), &clients.by_files_alone) {
        (Err(HostError::Network { hop: Hop::Certificate, .. }), Some(second)) => send_by(second, request, receiver),
        (result, _) => result,
    }
}

fn send_by(client: &Client, request: &Request, receiver: &mut dyn Receiver) -> Result<(), HostError> {
    let refuse = |hop, text: String| HostError::Network { hop, text, url: shown(&request.url) };
    let url = Url::parse(&request.url).map_err(|error| refuse(Hop::Name, error.to_string()))?;
    let mut call = if request.head { client.head(url) } else { client.get(url) };
    if let Some(from) = request.from {
        call = call.header(RANGE, format!("bytes={from}-"));
        if let Some(validator) = &request.if_range {
            call = call.header(IF_RANGE, validator);
        }
    }
    if let Some(accept) = &request.accept {
        call = call.header(ACCEPT, accept);
    }
    if let Some(limit) = request.limit {
        call = call.timeout(limit);
    }
    let mut response = call.send().map_err(|error| network(&error, &request.url, false))?;
    let status = response.status();
    if !status.is_success() {
        let retry_after = header(response.headers(), RETRY_AFTER).and_then(|text| pause_of(text, SystemTime::now()));
        return Err(HostError::Status { status: status.as_u16(), url: shown(&request.url), retry_after });
    }
    // A part that begins elsewhere would be put into the wrong place of the file.
    if request.from.is_some() && status.as_u16() == 206 && part_begins_at(response.headers()) != request.from {
        return Err(refuse(Hop::Transfer, "the server sent another part than was asked for".to_owned()));
    }
    if receiver.begin(&answer(&response)).is_break() {
        return Err(HostError::Stopped);
    }
    if request.head {
        return Ok(());
    }
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        match response.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                if receiver.piece(buffer.get(..count).unwrap_or_default()).is_break() {
                    return Err(HostError::Stopped);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(refuse(Hop::Transfer, broken(&error))),
        }
    }
}

/// `Retry-After` is a number of seconds, or a moment (RFC 9110, 10.2.3).
fn pause_of(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let moment = || {
        let then = jiff::civil::DateTime::strptime("%a, %d %b %Y %H:%M:%S GMT", text).ok()?;
        let then = then.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        Some(SystemTime::from(then).duration_since(now).unwrap_or_default())
    };
    text.parse().ok().map(Duration::from_secs).or_else(moment)
}

/// `Content-Range: bytes 100-199/200` begins at 100.
fn part_begins_at(headers: &HeaderMap) -> Option<u64> {
    header(headers, CONTENT_RANGE)?.trim().strip_prefix("bytes")?.trim_start().split('-').next()?.parse().ok()
}

fn answer(response: &Response) -> Answer {
    let headers = response.headers();
    let status = response.status().as_u16();
    let length = header(headers, reqwest::header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    // `Content-Range: bytes 100-199/200`: the whole length stands behind the slash.
    let whole = header(headers, CONTENT_RANGE).and_then(|text| text.rsplit('/').next().and_then(|n| n.parse().ok()));
    Answer {
        status,
        total: if status == 206 { whole } else { length },
        ranges: status == 206 || header(headers, ACCEPT_RANGES).is_some_and(|units| units.contains("bytes")),
        content_type: header(headers, CONTENT_TYPE).map(str::to_owned),
        etag: header(headers, ETAG).filter(|tag| !tag.starts_with("W/")).map(str::to_owned),
    }
}

fn header(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The proxy that requests to this address take: what the environment names, else what the system's settings name. The
/// same rules as the client's own, `NO_PROXY` included.
pub fn proxy_for(url: &str) -> Option<String> {
    let address = shown(url).parse().ok()?;
    let proxy = hyper_util::client::proxy::matcher::Matcher::from_system().intercept(&address)?;
    // Its address carries no user name and password: those are kept apart.
    Some(proxy.uri().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_by_a_moment() {
        let now = SystemTime::from("2026-11-28T20:00:00Z".parse::<jiff::Timestamp>().unwrap());
        let asked = |text: &str| pause_of(text, now).map(|pause| pause.as_secs());
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked(" Sat, 28 Nov 2026 20:01:30 GMT"), Some(90));
        assert_eq!(asked("Sat, 28 Nov 2026 19:00:00 GMT"), Some(0), "over already");
        assert_eq!((asked("soon"), asked("-1"), asked("")), (None, None, None));
    }
}
