//! The fixed words of a pattern: literals of which each of its matches contains at least one. They are looked for all at
//! once, and only a line that has one is held against the pattern itself.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

/// A shorter literal stands in too many lines to be worth anything.
const SHORTEST: usize = 3;
/// A literal that is longer than this finds nothing better.
const LONG_ENOUGH: usize = 12;

/// The literals of a pattern; `None` where some match may have none, or where it is no pattern.
pub(super) fn anchors(pattern: &str) -> Option<Vec<String>> {
    words(&ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?)
}

fn words(part: &Hir) -> Option<Vec<String>> {
    match part.kind() {
        HirKind::Literal(literal) => word(&literal.0).map(|word| vec![word]),
        HirKind::Capture(group) => words(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => words(&repeated.sub),
        // The most telling ones; of two alike the first.
        HirKind::Concat(parts) => parts.iter().rev().filter_map(words).max_by_key(|words| worth(words)),
        // Each of them must have one.
        HirKind::Alternation(parts) => parts.iter().map(words).collect::<Option<Vec<_>>>().map(|all| all.concat()),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

fn word(literal: &[u8]) -> Option<String> {
    let word = std::str::from_utf8(literal).ok()?;
    (word.chars().filter(|c| *c != ' ').count() >= SHORTEST).then(|| word.to_owned())
}

/// Long words are rare words; each further one is one more to look for.
fn worth(words: &[String]) -> isize {
    let shortest = words.iter().map(String::len).min().unwrap_or_default().min(LONG_ENOUGH);
    shortest.cast_signed() - words.len().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::anchors;

    fn of(pattern: &str) -> Option<Vec<String>> {
        anchors(pattern)
    }

    #[test]
    fn the_longest_fixed_words_are_taken() {
        assert_eq!(of(r"\bXid.*[:,] 79\b"), Some(vec!["Xid".to_owned()]));
        assert_eq!(of(r"operator torchvision::\w+ does not exist"), Some(vec!["operator torchvision::".to_owned()]));
        assert_eq!(of(r"libcuda\.so"), Some(vec!["libcuda.so".to_owned()]));
    }

    #[test]
    fn what_may_be_left_out_is_no_anchor() {
        assert_eq!(of("ab?c*"), None);
        assert_eq!(of("(never)?x"), None);
        assert_eq!(of("colou?r of it"), Some(vec!["r of it".to_owned()]));
        assert_eq!(of("[abc]{3}def{0,2}"), None);
    }

    #[test]
    fn each_alternative_must_have_one() {
        assert_eq!(of("(GCC|clang)"), Some(vec!["GCC".to_owned(), "clang".to_owned()]));
        assert_eq!(of("(GCC|.)"), None);
        assert_eq!(of("one|two words"), Some(vec!["one".to_owned(), "two words".to_owned()]));
        assert_eq!(of("(a|b) long words"), Some(vec![" long words".to_owned()]));
    }
}
