//! Text into a page. Whatever is no constant of ours is escaped here, so that a name is never markup.

use super::redact::{Private, Redactor};
use crate::text::{Args, Text};
use std::cell::RefCell;

/// The look of both pages.
const STYLE: &str = include_str!("style.css");

/// Good, bad, in between, or none of these: an icon, a word's colour, never the colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Proven, passed.
    Good,
    /// Failed.
    Bad,
    /// Neither: something is missing.
    Warn,
    /// Did not take place.
    Quiet,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Quiet => "quiet",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Bad => "✕",
            Self::Warn => "!",
            Self::Quiet => "–",
        }
    }
}

/// A page as it is written.
pub(super) struct Page<'a> {
    /// Its language.
    pub text: &'a Text,
    /// Of the whole page: the same value has the same number everywhere in it.
    private: Option<RefCell<Redactor<'a>>>,
    out: String,
}

impl<'a> Page<'a> {
    /// Head and start of the body. `kind` is the class of the body; the title is escaped.
    pub fn begin(text: &'a Text, private: Option<&'a Private>, kind: &'static str, title: &str) -> Self {
        let private = private.map(|private| RefCell::new(Redactor::new(private)));
        let mut page = Self { text, private, out: String::with_capacity(16_000) };
        page.tag("<!doctype html>\n<html lang=\"");
        page.words(text.language().code());
        page.tag("\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.tag("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.tag("<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
        page.words(title);
        page.tag("</title>\n<style>\n");
        page.tag(STYLE);
        page.tag("</style>\n</head>\n<body class=\"");
        page.tag(kind);
        page.tag("\">\n<main>\n");
        page
    }

    /// The whole page.
    pub fn end(mut self) -> String {
        self.tag("</main>\n</body>\n</html>\n");
        self.out
    }

    /// Markup: constants of ours alone.
    pub fn tag(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// Words of ours, as text.
    pub fn words(&mut self, words: &str) {
        for c in words.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                // Control characters of a child's output are no text.
                c if c.is_control() && c != '\n' => self.out.push(' '),
                c => self.out.push(c),
            }
        }
    }

    /// A value of the machine, as text and without what is private.
    pub fn value(&mut self, value: &str) {
        let value = self.hidden(value);
        self.words(&value);
    }

    /// A value of the machine for a place in a sentence.
    pub fn hidden(&self, value: &str) -> String {
        let private = self.private.as_ref();
        private.map_or_else(|| value.to_owned(), |private| private.borrow_mut().text(value))
    }

    /// A sentence.
    pub fn say(&mut self, key: &str) {
        self.say_with(key, &[]);
    }

    /// A sentence with values for its places.
    pub fn say_with(&mut self, key: &str, args: &Args<'_>) {
        let sentence = self.text.with(key, args);
        self.words(&sentence);
    }

    /// A heading of a part of the page, which it names.
    pub fn part(&mut self, key: &str) {
        self.tag("<section>\n<h2>");
        self.say(key);
        self.tag("</h2>\n");
    }

    /// A word with its tone.
    pub fn pill(&mut self, tone: Tone, key: &str) {
        self.tag("<span class=\"pill ");
        self.tag(tone.class());
        self.tag("\"><span aria-hidden=\"true\">");
        self.tag(tone.icon());
        self.tag("</span> ");
        self.say(key);
        self.tag("</span>");
    }

    /// The answer of the page in a sentence, with what it rests on.
    pub fn banner(&mut self, tone: Tone, sentence: &str, lead: &str) {
        self.tag("<div class=\"banner ");
        self.tag(tone.class());
        self.tag("\"><span class=\"icon\" aria-hidden=\"true\">");
        self.tag(tone.icon());
        self.tag("</span><div><p class=\"answer\">");
        self.words(sentence);
        self.tag("</p><p>");
        self.words(lead);
        self.tag("</p></div></div>\n");
    }

    /// A name and its value; nothing if there is no value.
    pub fn fact(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.term(key);
            self.value(value);
            self.tag("</dd></div>\n");
        }
    }

    /// A name whose value is a moment.
    pub fn moment_fact(&mut self, key: &str, at: &str) {
        self.term(key);
        self.tag("<time datetime=\"");
        self.words(at);
        self.tag("\">");
        self.words(&moment(at));
        self.tag("</time></dd></div>\n");
    }

    /// A name whose value is a path or a command. Options stay in one piece where a line ends: a browser would also
    /// break `--name` between its strokes.
    pub fn code_fact(&mut self, key: &str, value: &str) {
        self.term(key);
        self.tag("<code>");
        for (at, word) in self.hidden(value).split(' ').enumerate() {
            if at > 0 {
                self.tag(" ");
            }
            let is_option = word.starts_with('-');
            self.tag(if is_option { "<span class=\"option\">" } else { "" });
            self.words(word);
            self.tag(if is_option { "</span>" } else { "" });
        }
        self.tag("</code></dd></div>\n");
    }

    fn term(&mut self, key: &str) {
        self.tag("<div><dt>");
        self.say(key);
        self.tag("</dt><dd>");
    }
}

/// `2026-11-21 10:15 UTC`; what is no such moment stays as it is.
pub fn moment(at: &str) -> String {
    match (at.get(..10), at.get(10..11), at.get(11..16)) {
        (Some(day), Some("T"), Some(time)) if at.ends_with('Z') => format!("{day} {time} UTC"),
        _ => at.to_owned(),
    }
}
