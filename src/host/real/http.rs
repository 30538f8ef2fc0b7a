//! HTTP through reqwest: rustls with the system's trust store, the system's proxies, certificates that the user's
//! tools are told to trust as well.

mod lines;
mod machine;

use super::super::{Answer, Hop, Host, HostError, Receiver, Request};
use lines::Lines;
pub use lines::{Clients, clients};
use reqwest::header::{
    ACCEPT, ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_RANGE, RANGE, RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder, Response};
use std::error::Error as _;
use std::time::{Duration, SystemTime};
use url::Url;

const NO_ANSWER: &str = "no answer in time";
/// The receiver hears of a silence so often.
const TICK: Duration = Duration::from_millis(200);

fn deepest(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}

fn words_of(error: &reqwest::Error) -> String {
    if error.is_timeout() { NO_ANSWER.to_owned() } else { deepest(error) }
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
    HostError::Network { hop, text: words_of(error), url: shown(url) }
}

pub fn send(
    clients: &Result<Clients, String>,
    request: &Request,
    receiver: &mut dyn Receiver,
) -> Result<(), HostError> {
    let untrusting =
        |text: &String| HostError::Network { hop: Hop::Certificate, text: text.clone(), url: shown(&request.url) };
    let clients = clients.as_ref().map_err(untrusting)?;
    // A certificate is judged before the first byte, so nothing was received yet when the second client is tried.
    match (send_by(&clients.main, request, receiver), &clients.by_files_alone) {
        (Err(HostError::Network { hop: Hop::Certificate, .. }), Some(second)) => send_by(second, request, receiver),
        (result, _) => result,
    }
}

fn send_by(lines: &Lines, request: &Request, receiver: &mut dyn Receiver) -> Result<(), HostError> {
    let url = shown(&request.url);
    let line = lines.take().map_err(|(hop, text)| HostError::Network { hop, text, url })?;
    let result = line.runtime.block_on(ask(&line.client, request, receiver));
    if result.is_ok() || request.head || matches!(result, Err(HostError::Status { .. })) {
        lines.give_back(line);
    } else {
        line.hang_up();
    }
    result
}

async fn ask(client: &Client, request: &Request, receiver: &mut dyn Receiver) -> Result<(), HostError> {
    let refuse = |hop, text: String| HostError::Network { hop, text, url: shown(&request.url) };
    let url = Url::parse(&request.url).map_err(|error| refuse(Hop::Name, error.to_string()))?;
    // Nobody has looked at the line's connections since its last request: first the system is asked what became of them,
    // then each takes notice. One that the server has closed would be used otherwise.
    for _ in 0..2 {
        tokio::task::yield_now().await;
    }
    let sent = awaited(call(client, url, request).send(), receiver).await?;
    let mut response = sent.map_err(|error| network(&error, &request.url, false))?;
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
    loop {
        let came = awaited(response.chunk(), receiver).await?;
        match came.map_err(|error| refuse(Hop::Transfer, words_of(&error)))? {
            None => return Ok(()),
            Some(bytes) if receiver.piece(&bytes).is_break() => return Err(HostError::Stopped),
            Some(_) => {}
        }
    }
}

fn call(client: &Client, url: Url, request: &Request) -> RequestBuilder {
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
    match request.limit {
        Some(limit) => call.timeout(limit),
        None => call,
    }
}

/// Waits for what comes next; the receiver hears of every moment in which nothing does.
async fn awaited<T>(coming: impl Future<Output = T>, receiver: &mut dyn Receiver) -> Result<T, HostError> {
    let mut coming = std::pin::pin!(coming);
    loop {
        match tokio::time::timeout(TICK, &mut coming).await {
            Ok(came) => return Ok(came),
            Err(_) if receiver.nothing_yet().is_break() => return Err(HostError::Stopped),
            Err(_) => {}
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

/// The proxy that requests to this address take: what the environment names, else what the user's settings name, else
/// the machine's. The same rules as the client's own, `NO_PROXY` included.
pub fn proxy_for(host: &dyn Host, url: &str) -> Option<String> {
    let shown = shown(url);
    let address = shown.parse().ok()?;
    match hyper_util::client::proxy::matcher::Matcher::from_system().intercept(&address) {
        // Its address carries no user name and password: those are kept apart.
        Some(proxy) => Some(proxy.uri().to_string()),
        None => machine::MachineProxy::of_host(host)?.of(&shown),
    }
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
