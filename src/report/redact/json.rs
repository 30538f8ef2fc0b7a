//! JSON: each of its texts is redacted as what it says, so that no escape hides a name, and its form stays.

use super::{Kind, Redactor};
use crate::report::secrets;

pub(super) fn redacted(redactor: &mut Redactor<'_>, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut key) = (text, String::new());
    while let Some(quote) = rest.find('"') {
        let (between, literal) = rest.split_at_checked(quote).unwrap_or((rest, ""));
        let said = length_of(literal).and_then(|length| {
            let text: String = serde_json::from_str(literal.get(..length)?).ok()?;
            Some((text, literal.get(length..)?))
        });
        out.push_str(between);
        let Some((said, after)) = said else {
            // No JSON from here on.
            out.push_str(&redactor.text(literal));
            return out;
        };
        let is_key = after.trim_start().starts_with(':');
        let shown = if is_key { redactor.text(&said) } else { redactor.value(&key, &said) };
        out.push_str(&serde_json::to_string(&shown).unwrap_or_default());
        if is_key {
            key = said;
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The length of a text in quotes.
fn length_of(literal: &str) -> Option<usize> {
    let mut is_escaped = false;
    literal.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends.then_some(at + 1)
    })
}

impl Redactor<'_> {
    /// A value that stands under a key: the key may say what it is.
    fn value(&mut self, key: &str, value: &str) -> String {
        if secrets::is_secret(key.as_bytes()) && !value.is_empty() && value != secrets::HIDDEN {
            *self.hidden.entry(Kind::Secret).or_default() += 1;
            return secrets::HIDDEN.to_owned();
        }
        let is_named = ["version", "serial"].iter().any(|word| key.to_lowercase().contains(word));
        if !is_named {
            return self.text(value);
        }
        let named = self.text(&format!("{key}={value}"));
        named.split_once('=').map_or(named.clone(), |(_, value)| value.to_owned())
    }
}
