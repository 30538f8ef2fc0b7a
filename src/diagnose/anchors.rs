//! The fixed words of a pattern: literals of which each of its matches contains at least one. They are looked for all at
//! once, and only a line that has one is held against the pattern itself.

use std::iter::Peekable;
use std::str::Chars;

/// A shorter literal stands in too many lines to be worth anything.
const SHORTEST: usize = 3;
/// A literal that is longer than this finds nothing better.
const LONG_ENOUGH: usize = 12;

/// The literals of a pattern; `None` where some match may have none. Understands what the patterns of `diagnosis.toml`
/// use: groups, alternatives, classes, escapes and repetitions.
pub(super) fn anchors(pattern: &str) -> Option<Vec<String>> {
    alternatives(&mut pattern.chars().peekable())
}

type Pattern<'a> = Peekable<Chars<'a>>;

/// `a|b|…` up to the end of the group: each of them must have a literal.
fn alternatives(pattern: &mut Pattern<'_>) -> Option<Vec<String>> {
    let mut all = Some(Vec::new());
    loop {
        let one = sequence(pattern);
        all = all.zip(one).map(|(mut all, one)| {
            all.extend(one);
            all
        });
        if pattern.next_if_eq(&'|').is_none() {
            return all;
        }
    }
}

/// What stands between two bars.
enum Piece {
    Letter(char),
    Group(Option<Vec<String>>),
    /// Matches something, or nothing, that is not one fixed letter.
    Open,
}

/// One alternative: the best of its runs of fixed letters and of its groups.
fn sequence(pattern: &mut Pattern<'_>) -> Option<Vec<String>> {
    let mut best = Best::default();
    let mut run = String::new();
    while let Some(piece) = piece(pattern) {
        let repeated = repetition(pattern);
        let is_certain = matches!(repeated, None | Some('+'));
        match piece {
            Piece::Letter(letter) if is_certain => {
                run.push(letter);
                if repeated.is_some() {
                    best.run(&mut run);
                }
            }
            Piece::Group(Some(words)) if is_certain => {
                best.run(&mut run);
                best.take(words);
            }
            Piece::Letter(_) | Piece::Group(_) | Piece::Open => best.run(&mut run),
        }
    }
    best.run(&mut run);
    best.words
}

/// The next piece; `None` at the end of the alternative.
fn piece(pattern: &mut Pattern<'_>) -> Option<Piece> {
    let next = pattern.next_if(|c| !"|)".contains(*c))?;
    Some(match next {
        '\\' => pattern.next().filter(|c| !c.is_ascii_alphanumeric()).map_or(Piece::Open, Piece::Letter),
        '[' => {
            skip_class(pattern);
            Piece::Open
        }
        '(' => {
            if pattern.next_if_eq(&'?').is_some() {
                pattern.next();
            }
            let inner = alternatives(pattern);
            pattern.next();
            Piece::Group(inner)
        }
        '.' | '^' | '$' => Piece::Open,
        letter => Piece::Letter(letter),
    })
}

fn skip_class(pattern: &mut Pattern<'_>) {
    pattern.next_if_eq(&'^');
    pattern.next_if_eq(&']');
    while let Some(c) = pattern.next() {
        match c {
            '\\' => drop(pattern.next()),
            ']' => return,
            _ => {}
        }
    }
}

/// The sign of repetition behind a piece, `{` for a counted one.
fn repetition(pattern: &mut Pattern<'_>) -> Option<char> {
    let sign = pattern.next_if(|c| "?*+{".contains(*c))?;
    if sign == '{' {
        while pattern.next().is_some_and(|c| c != '}') {}
    }
    Some(sign)
}

/// The most telling words so far.
#[derive(Default)]
struct Best {
    words: Option<Vec<String>>,
    worth: isize,
}

impl Best {
    fn run(&mut self, run: &mut String) {
        let word = std::mem::take(run);
        if word.chars().filter(|c| *c != ' ').count() >= SHORTEST {
            self.take(vec![word]);
        }
    }

    /// Long words are rare words; each further one is one more to look for.
    fn take(&mut self, words: Vec<String>) {
        let shortest = words.iter().map(String::len).min().unwrap_or_default().min(LONG_ENOUGH);
        let worth = shortest.cast_signed() - words.len().cast_signed();
        if self.words.is_none() || worth > self.worth {
            (self.words, self.worth) = (Some(words), worth);
        }
    }
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
