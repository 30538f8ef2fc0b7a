//! Takes passwords and tokens out of what tools print before it is written down: the part of redaction that is quick enough
//! for every line of a log. Pure.

use std::borrow::Cow;
use std::ops::Range;

/// What stands where a secret stood.
pub(super) const HIDDEN: &str = "***";

/// Names whose value is nobody's business, as the end of a variable's, an option's or a parameter's name.
const NAMES: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "token",
    "secret",
    "apikey",
    "api_key",
    "api-key",
    "api key",
    "access_key",
    "authorization",
    "signature",
    "credential",
    "private_key",
];

/// How tokens of well-known services begin; a token goes on with at least [`LEAST`] letters and digits.
/// <https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>
const TOKENS: [&str; 16] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "hf_",
    "pypi-",
    "nvapi-",
    "dckr_pat_",
    "npm_",
    "sk-",
    "xoxb-",
    "xoxp-",
    "Bearer ",
];
const LEAST: usize = 16;

/// How the name of a cloud key begins, which goes on with sixteen capitals and digits.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
const CLOUD_KEYS: [&str; 2] = ["AKIA", "ASIA"];

/// How a JSON Web Token begins (RFC 7519): `{"` in base64. Its parts have points between them.
const WEB_TOKEN: &str = "eyJ";

/// The text without passwords in addresses, values of secret settings and tokens of well-known services.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    let mut found = found(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|range| (range.start, range.end));
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for Range { start, end } in found {
        if start >= at {
            out.push_str(text.get(at..start).unwrap_or_default());
            out.push_str(HIDDEN);
        }
        at = at.max(end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// Where a line has secrets, in no order.
pub(super) fn found(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if is_suspicious(text) {
        in_addresses(text, &mut found);
        values(text, &mut found);
        options(text, &mut found);
        tokens(text, &mut found);
        cloud_keys(text, &mut found);
        web_tokens(text, &mut found);
    }
    found
}

/// Whether there may be a secret: one look at every byte, since there may be a million lines.
fn is_suspicious(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut last = 0_u8;
    bytes.iter().enumerate().any(|(at, &byte)| {
        let before = || bytes.get(..at).unwrap_or_default();
        let is_one = match byte {
            b'@' => true,
            b'=' | b':' => is_secret(trimmed(before())),
            b' ' => is_secret(before()) || before().ends_with(b"Bearer"),
            b'A' => CLOUD_KEYS.iter().any(|key| bytes.get(..=at).unwrap_or_default().ends_with(key.as_bytes())),
            b'J' => before().ends_with(b"ey"),
            b'_' | b'-' => {
                let here = bytes.get(..=at).unwrap_or_default();
                last.is_ascii_lowercase() && TOKENS.iter().any(|token| here.ends_with(token.as_bytes()))
            }
            _ => false,
        };
        last = byte;
        is_one
    })
}

/// A name without the quotes and blanks around it.
fn trimmed(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|byte| !matches!(byte, b'"' | b'\'' | b' ')).map_or(0, |last| last + 1);
    name.get(..end).unwrap_or_default()
}

/// `https://user:password@host`. A user name alone may be a token; that of ssh is none.
fn in_addresses(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| c == '/' || c == '?' || c == '#' || ends_a_word(c)).unwrap_or(rest.len());
        // The last one: a password may hold one that is not written as it should be.
        let Some(sign) = rest.get(..end).and_then(|host| host.rfind('@')) else { continue };
        if sign > 0 && rest.get(..sign) != Some("git") {
            found.push(start..start + sign);
        }
    }
}

fn ends_a_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`')
}

/// `NAME=value`, `name: value`, `"name": "value"`.
fn values(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices(['=', ':']) {
        let Some(before) = text.get(..at) else { continue };
        if !is_secret(trimmed(before.as_bytes())) {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or_default();
        let value = rest.trim_start_matches([' ', '"', '\'']);
        let start = at + 1 + rest.len() - value.len();
        // `Authorization: Basic dXNlcjpwYXNz`: the word for the kind is not the secret.
        let kind = ["Basic ", "Bearer ", "basic ", "bearer ", "token "].iter().find(|kind| value.starts_with(**kind));
        let skipped = kind.map_or(0, |kind| kind.len());
        let secret = value.get(skipped..).unwrap_or_default();
        let length = length_of(secret);
        // `error: unexpected token: name` is a sentence.
        let is_sentence = text.get(at..=at) == Some(":")
            && skipped == 0
            && start == at + 2
            && !rest.contains(['"', '\''])
            && !secret.get(..length).is_some_and(|value| value.contains(|c: char| c.is_ascii_digit()));
        if length > 0 && !is_sentence {
            found.push(start + skipped..start + skipped + length);
        }
    }
}

/// `--password value`.
fn options(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("--") {
        let option = text.get(at + 2..).unwrap_or_default();
        let Some(end) = option.find(' ').filter(|end| is_secret(option.as_bytes().get(..*end).unwrap_or_default()))
        else {
            continue;
        };
        let value = option.get(end + 1..).unwrap_or_default();
        let bare = value.trim_start_matches(['"', '\'']);
        let start = at + 2 + end + 1 + value.len() - bare.len();
        let length = length_of(bare);
        if length > 0 && !bare.starts_with('-') {
            found.push(start..start + length);
        }
    }
}

fn length_of(value: &str) -> usize {
    value.find(|c: char| ends_a_word(c) || matches!(c, '&' | ',' | ';' | ')' | '}')).unwrap_or(value.len())
}

/// Whether a name ends with a word for a secret, in any case.
pub(super) fn is_secret(name: &[u8]) -> bool {
    NAMES.iter().any(|word| {
        let end = name.len().checked_sub(word.len()).and_then(|from| name.get(from..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(word.as_bytes()))
    })
}

fn tokens(text: &str, found: &mut Vec<Range<usize>>) {
    for prefix in TOKENS {
        for (at, _) in text.match_indices(prefix) {
            let is_inside =
                text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric);
            let rest = text.get(at + prefix.len()..).unwrap_or_default();
            let length =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(rest.len());
            // Names of files and packages have several words; a token has one without points and many letters.
            let has_digit = rest.get(..length).is_some_and(|rest| rest.contains(|c: char| c.is_ascii_digit()));
            if !is_inside && length >= LEAST && has_digit {
                // The word for the kind is not the secret.
                let start = if prefix.ends_with(' ') { at + prefix.len() } else { at };
                found.push(start..at + prefix.len() + length);
            }
        }
    }
}

fn is_apart(text: &str, range: &Range<usize>) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let before = text.get(..range.start).and_then(|before| before.chars().next_back());
    !is_word(before) && !is_word(text.get(range.end..).and_then(|after| after.chars().next()))
}

fn cloud_keys(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, start) in CLOUD_KEYS.iter().flat_map(|start| text.match_indices(start)) {
        let range = at..at + start.len() + 16;
        let is_key = |key: &str| key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if text.get(range.clone()).is_some_and(is_key) && is_apart(text, &range) {
            found.push(range);
        }
    }
}

fn web_tokens(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices(WEB_TOKEN) {
        let rest = text.get(at..).unwrap_or_default();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'));
        let token = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default().trim_end_matches('.');
        let range = at..at + token.len();
        if token.len() > 2 * LEAST && token.contains('.') && is_apart(text, &range) {
            found.push(range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn passwords_in_addresses_are_hidden() {
        for (text, safe) in [
            (
                "Looking in indexes: https://ada:s3cret@pip.example/simple",
                "Looking in indexes: https://***@pip.example/simple",
            ),
            (
                "https://tok3n@h.example:8443/x?y=1 and http://a:b@c/",
                "https://***@h.example:8443/x?y=1 and http://***@c/",
            ),
            ("proxy 'http://ada:p@ss@proxy:3128' refused", "proxy 'http://***@proxy:3128' refused"),
            ("fatal: ssh://git@github.com/pytorch/pytorch", "fatal: ssh://git@github.com/pytorch/pytorch"),
            ("flash-attn @ file:///home/ada/x", "flash-attn @ file:///home/ada/x"),
            ("https://h.example/a@b", "https://h.example/a@b"),
        ] {
            assert_eq!(without_secrets(text), safe);
        }
    }

    #[test]
    fn values_of_secret_settings_are_hidden() {
        for (text, safe) in [
            ("UV_INDEX_CORP_PASSWORD=hunter2 uv pip", "UV_INDEX_CORP_PASSWORD=*** uv pip"),
            ("{\"access_token\": \"abc\", \"expires\": 5}", "{\"access_token\": \"***\", \"expires\": 5}"),
            ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
            ("authorization: Bearer abc.def", "authorization: Bearer ***"),
            ("docker login --password hunter2 host", "docker login --password *** host"),
            ("GET /x?X-Amz-Signature=abc123&size=4", "GET /x?X-Amz-Signature=***&size=4"),
            ("error: unexpected token: name", "error: unexpected token: name"),
            ("api_key: 12345", "api_key: ***"),
            ("remote: HTTP Basic: Access denied", "remote: HTTP Basic: Access denied"),
            ("-DPASSWORDLESS=1 tokenizers==0.21", "-DPASSWORDLESS=1 tokenizers==0.21"),
        ] {
            assert_eq!(without_secrets(text), safe);
        }
    }

    #[test]
    fn tokens_of_services_are_hidden_and_names_that_look_alike_stay() {
        for (text, safe) in [
            ("using ghp_0123456789abcdefABCDEF0123456789abcd", "using ***"),
            ("HF: hf_abcdEFGH01234567ijkl.", "HF: ***."),
            ("key nvapi-0a1b2c3d4e5f6a7b8c9d0e1f", "key ***"),
            ("sent Bearer 0a1b2c3d4e5f6a7b8c9d", "sent Bearer ***"),
            ("AKIAIOSFODNN7EXAMPLE for s3", "*** for s3"),
            ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl.", "got ***."),
            (
                "MAKIAVELLI and eyJust.a.name and the task-runner-of-2026-11-21",
                "MAKIAVELLI and eyJust.a.name and the task-runner-of-2026-11-21",
            ),
            ("Collecting hf_transfer-0.1.9", "Collecting hf_transfer-0.1.9"),
            ("pypi-attestations 0.0.27", "pypi-attestations 0.0.27"),
        ] {
            assert_eq!(without_secrets(text), safe);
        }
    }

    proptest! {
        #[test]
        fn nothing_but_secrets_is_changed(text in "[a-zA-Z0-9 ./\\\\-]{0,60}") {
            prop_assert_eq!(without_secrets(&text), text.as_str());
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,60}") {
            without_secrets(&text);
        }
    }
}
