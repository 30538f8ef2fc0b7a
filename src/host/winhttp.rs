//! The proxy that an administrator set for the whole machine (`netsh winhttp set proxy`), which neither the environment
//! nor the user's settings show. Read from where `netsh` writes it, so that nothing need be asked that can hang.

use super::Host;
use crate::facts::{MachineProxy, Probed, Source, Via};

const KEY: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
const VALUE: &str = "WinHttpSettings";

/// The flag of the settings that there is a proxy; without it addresses are reached directly.
const HAS_PROXY: u32 = 2;

/// The machine's proxy; `Absent` where none is set.
pub fn machine_proxy(host: &dyn Host) -> Probed<MachineProxy> {
    let source = Source::new(Via::Registry, KEY);
    let Some(digits) = host.registry(KEY, VALUE) else { return Probed::Absent { source } };
    match bytes_of(&digits).as_deref().and_then(parse) {
        Some(Way::Proxy(value)) => Probed::Found { value, source },
        Some(Way::Direct) => Probed::Absent { source },
        None => Probed::Unknown { why: format!("{VALUE} has a form that is not known"), source },
    }
}

/// Bytes as the registry's reader gives them.
#[cfg(any(windows, test))]
pub(super) fn digits_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").ok();
        digits
    })
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(pair).collect()
}

/// What the settings say.
enum Way {
    Direct,
    Proxy(MachineProxy),
}

/// Four numbers of 32 bits — form, count of changes, flags, length of the proxy — then the proxy, and after the length of
/// its own the list of hosts that are reached without.
fn parse(bytes: &[u8]) -> Option<Way> {
    let mut rest = bytes;
    let (_form, _changes, flags) = (word(&mut rest)?, word(&mut rest)?, word(&mut rest)?);
    if flags & HAS_PROXY == 0 {
        return Some(Way::Direct);
    }
    let (proxy, bypass) = (counted(&mut rest)?, counted(&mut rest).unwrap_or_default());
    let (http, https) = proxy_of(&proxy);
    if http.is_none() && https.is_none() {
        return Some(Way::Direct);
    }
    let bypass = bypass.split([';', ' ']).map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect();
    Some(Way::Proxy(MachineProxy { http, https, bypass }))
}

fn word(rest: &mut &[u8]) -> Option<u32> {
    let (first, others) = rest.split_first_chunk::<4>()?;
    *rest = others;
    Some(u32::from_le_bytes(*first))
}

fn counted(rest: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(word(rest)?).ok()?;
    let (text, others) = rest.split_at_checked(length)?;
    *rest = others;
    Some(String::from_utf8_lossy(text).into_owned())
}

/// `proxy:8080`, or one for each kind of address: `http=a:80;https=b:80`.
fn proxy_of(text: &str) -> (Option<String>, Option<String>) {
    let parts = || text.split([';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let of = |kind: &str| {
        let named = parts().find_map(|part| part.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case(kind)));
        named.map(|(_, proxy)| proxy).or_else(|| parts().find(|part| !part.contains('='))).map(address)
    };
    (of("http"), of("https"))
}

/// As an address, without user name and password.
fn address(proxy: &str) -> String {
    let (scheme, host) = proxy.split_once("://").unwrap_or(("http", proxy));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    /// The value as `netsh` writes it.
    fn settings(flags: u32, proxy: &str, bypass: &str) -> String {
        let mut bytes: Vec<u8> = [0x18_u32, 0, flags].iter().flat_map(|number| number.to_le_bytes()).collect();
        for text in [proxy, bypass] {
            bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        digits_of(&bytes)
    }

    fn read(value: &str) -> Probed<MachineProxy> {
        machine_proxy(&World::new(OsFamily::Windows).registry(KEY, VALUE, value))
    }

    #[test]
    fn one_proxy_serves_both_kinds_of_addresses_and_two_serve_their_own() {
        let one = read(&settings(3, "proxy.example.org:8080", "*.example.org;<local>"));
        let both = Some("http://proxy.example.org:8080".to_owned());
        let bypass = vec!["*.example.org".to_owned(), "<local>".to_owned()];
        assert_eq!(one.found(), Some(&MachineProxy { http: both.clone(), https: both, bypass }));
        let two = read(&settings(3, "http=a:80;https=me:secret@b:81", ""));
        let proxy = two.found().unwrap();
        assert_eq!((proxy.http.as_deref(), proxy.https.as_deref()), (Some("http://a:80"), Some("http://b:81")));
    }

    #[test]
    fn a_direct_way_is_no_proxy_and_a_torn_value_is_not_known() {
        assert!(read(&settings(1, "", "")).is_absent());
        assert!(machine_proxy(&World::new(OsFamily::Windows)).is_absent());
        for torn in ["180000000000", "zz", "1800000000000000030000000900000061"] {
            assert!(matches!(read(torn), Probed::Unknown { .. }), "{torn}");
        }
    }
}
