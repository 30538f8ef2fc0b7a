//! The log as it is looked at. The lines themselves stay on disk; the page asks for those it shows.

use std::fmt::Debug;
use std::ops::Range;

/// Lines of any number. Reading a few of them must be quick: the page asks in every frame.
pub trait Lines: Debug + Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;
    /// Some of them, without control sequences; fewer at the end.
    fn read(&self, range: Range<usize>) -> Vec<String>;
    /// The first line at or after `from` that holds `word` (case does not count), else the first one from the top.
    fn find(&self, word: &str, from: usize) -> Option<usize>;
    /// The first line after `from` that tells of trouble, else the first one from the top.
    fn next_problem(&self, from: usize) -> Option<usize>;
    /// Everything.
    fn all(&self) -> String;
}

/// No log yet.
#[derive(Debug)]
pub struct NoLines;

impl Lines for NoLines {
    fn count(&self) -> usize {
        0
    }
    fn read(&self, _range: Range<usize>) -> Vec<String> {
        Vec::new()
    }
    fn find(&self, _word: &str, _from: usize) -> Option<usize> {
        None
    }
    fn next_problem(&self, _from: usize) -> Option<usize> {
        None
    }
    fn all(&self) -> String {
        String::new()
    }
}

/// How a line reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As any other.
    Plain,
    /// Something was done.
    Good,
    /// A warning.
    Warning,
    /// An error.
    Trouble,
}

/// How a line reads, by its first words.
pub fn tone(line: &str) -> Tone {
    let start: String = line.trim_start().chars().take(32).collect::<String>().to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| start.starts_with(word));
    if begins(&["error", "fatal", "traceback", "err!", "failed"]) || start.contains("error:") {
        Tone::Trouble
    } else if begins(&["warn", "deprecat"]) || start.contains("warning:") {
        Tone::Warning
    } else if begins(&["== ", "installed ", "successfully ", "prepared "]) {
        Tone::Good
    } else {
        Tone::Plain
    }
}

/// Which part is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogView {
    /// The first line shown.
    pub top: usize,
    /// The end is followed.
    pub follows: bool,
    /// How many lines there were when the end was left.
    pub left_at: usize,
    /// Characters that are scrolled out at the left.
    pub indent: usize,
    /// What is searched for; `None` with the search closed.
    pub search: Option<String>,
    /// The line that is marked: found, or the evidence of a problem.
    pub marked: Option<usize>,
    /// The last search found nothing.
    pub missed: bool,
}

impl Default for LogView {
    fn default() -> Self {
        Self { top: 0, follows: true, left_at: 0, indent: 0, search: None, marked: None, missed: false }
    }
}

/// What a person did in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogAction {
    /// Up (negative) or down so many lines; `visible` fit on the page.
    Scroll {
        /// Lines.
        by: isize,
        /// How many fit.
        visible: usize,
    },
    /// This line at the top.
    To {
        /// Which.
        top: usize,
        /// How many fit.
        visible: usize,
    },
    /// To the right so many characters.
    Indent(isize),
    /// Follow the end again.
    Follow,
    /// Open or close the search.
    Search(bool),
    /// What to search for.
    Word(String),
    /// The next line that holds it.
    FindNext,
    /// The next line that tells of trouble.
    NextProblem,
    /// Mark a line and show it.
    Mark(usize),
}

/// Lines kept in sight above a line that was searched for.
const ABOVE: usize = 3;

impl LogView {
    /// Does what a person did.
    pub fn act(&mut self, action: LogAction, lines: &dyn Lines) {
        let count = lines.count();
        match action {
            LogAction::Scroll { by, visible } => {
                let top = if self.follows { count.saturating_sub(visible) } else { self.top };
                self.show(top.saturating_add_signed(by), visible, count);
            }
            LogAction::To { top, visible } => self.show(top, visible, count),
            LogAction::Indent(by) => self.indent = self.indent.saturating_add_signed(by).min(4000),
            LogAction::Follow => self.follows = true,
            LogAction::Search(open) => {
                self.search = open.then(|| self.search.take().unwrap_or_default());
                self.missed = false;
            }
            LogAction::Word(word) => (self.search, self.missed) = (Some(word), false),
            LogAction::FindNext => {
                let from = self.marked.map_or(0, |marked| marked + 1);
                let word = self.search.clone().filter(|word| !word.is_empty());
                let found = word.as_deref().and_then(|word| lines.find(word, from));
                self.missed = word.is_some() && found.is_none();
                self.mark(found, count);
            }
            LogAction::NextProblem => {
                let from = self.marked.map_or(0, |marked| marked + 1);
                let found = lines.next_problem(from);
                self.missed = found.is_none();
                self.mark(found, count);
            }
            LogAction::Mark(line) => self.mark(Some(line), count),
        }
    }

    fn show(&mut self, top: usize, visible: usize, count: usize) {
        let last = count.saturating_sub(visible);
        self.top = top.min(last);
        let follows = self.top == last;
        if self.follows && !follows {
            self.left_at = count;
        }
        self.follows = follows;
    }

    fn mark(&mut self, line: Option<usize>, count: usize) {
        let Some(line) = line else { return };
        self.marked = Some(line);
        self.top = line.saturating_sub(ABOVE);
        if self.follows {
            self.left_at = count;
        }
        self.follows = false;
    }

    /// How many lines came since the end was left.
    pub const fn new_lines(&self, count: usize) -> usize {
        if self.follows { 0 } else { count.saturating_sub(self.left_at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Numbered(usize);

    impl Lines for Numbered {
        fn count(&self) -> usize {
            self.0
        }
        fn read(&self, range: Range<usize>) -> Vec<String> {
            range.map(|number| number.to_string()).collect()
        }
        fn find(&self, _word: &str, from: usize) -> Option<usize> {
            Some(from.max(500))
        }
        fn next_problem(&self, from: usize) -> Option<usize> {
            Some(from.max(700))
        }
        fn all(&self) -> String {
            String::new()
        }
    }

    #[test]
    fn the_end_is_followed_until_a_person_scrolls_up_and_again_when_they_are_back() {
        let mut view = LogView::default();
        view.act(LogAction::Scroll { by: -5, visible: 20 }, &Numbered(1000));
        assert_eq!((view.top, view.follows, view.new_lines(1012)), (975, false, 12));
        view.act(LogAction::Scroll { by: 50, visible: 20 }, &Numbered(1012));
        assert!(view.follows);
    }

    #[test]
    fn a_found_line_is_shown_and_the_next_search_goes_on_behind_it() {
        let mut view = LogView::default();
        view.act(LogAction::Word("torch".into()), &Numbered(1000));
        view.act(LogAction::FindNext, &Numbered(1000));
        assert_eq!((view.marked, view.top, view.follows), (Some(500), 497, false));
        view.act(LogAction::FindNext, &Numbered(1000));
        assert_eq!(view.marked, Some(501));
        view.act(LogAction::NextProblem, &Numbered(1000));
        assert_eq!(view.marked, Some(700));
    }

    #[test]
    fn a_search_without_a_hit_says_so_until_the_word_is_another_one() {
        let mut view = LogView::default();
        view.act(LogAction::Word("torch".into()), &NoLines);
        view.act(LogAction::FindNext, &NoLines);
        assert!(view.missed && view.marked.is_none() && view.follows);
        view.act(LogAction::Word("torc".into()), &NoLines);
        assert!(!view.missed);
    }

    #[test]
    fn lines_are_toned_by_their_first_words() {
        assert_eq!(tone("error: no space left on device"), Tone::Trouble);
        assert_eq!(tone("ImportError: libcudart"), Tone::Trouble);
        assert_eq!(tone("WARNING: retrying"), Tone::Warning);
        assert_eq!(tone("Installed 33 packages"), Tone::Good);
        assert_eq!(tone("Using CPython 3.12"), Tone::Plain);
    }
}
