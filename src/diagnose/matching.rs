//! Holds a text against all patterns in one pass: the fixed words of all of them are looked for at once, and a line that
//! has some is held against the patterns these belong to.

use super::knowledge::{Knowledge, Speaks};

/// A line without an end is cut here.
const LONGEST_LINE: usize = 1 << 16;
/// How much of a line a pattern sees, around its words.
const SEEN: usize = 1 << 12;
/// How much of a line is shown.
const SHOWN: usize = 400;
/// A pattern whose words stood in so many lines in vain is given up: it costs time and will not find anything.
const TRIES: u32 = 20_000;
/// How a command begins in the log of a run: what it was told to do is no word of a failure.
const COMMAND: &[u8] = "── ".as_bytes();
/// A rule at least that sure counts also on a line that is harmless as a rule.
const SURE: u8 = 95;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from one.
    pub number: u64,
    pub text: String,
}

/// What was found in a log.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The first line of each rule that held, and the number of the last.
    pub rules: Vec<Option<(Line, u64)>>,
    /// Which marks were there.
    pub marks: Vec<bool>,
    /// The first and the last line that complains.
    pub complaints: Option<(Line, Line)>,
    /// The last line that tells of a good end.
    pub ended_well: Option<Line>,
    /// Some line looked like trouble and was none.
    pub saw_harmless: bool,
}

/// The pass over a log.
pub(super) struct Scan<'a> {
    knowledge: &'a Knowledge,
    found: Found,
    /// Lines that ended before what is looked at.
    lines: u64,
    tries: Vec<u32>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(knowledge: &'a Knowledge) -> Self {
        let found = Found {
            rules: vec![None; knowledge.rules.len()],
            marks: vec![false; knowledge.marks.len()],
            ..Found::default()
        };
        Self { knowledge, found, lines: 0, tries: vec![0; knowledge.patterns.len()] }
    }

    /// Takes all lines of a text that are whole and leaves the rest in it.
    pub(super) fn take(&mut self, text: &mut Vec<u8>) {
        let whole = match text.iter().rposition(|byte| is_end(*byte)) {
            Some(end) => end + 1,
            None if text.len() > LONGEST_LINE => text.len(),
            None => return,
        };
        self.look(text.get(..whole).unwrap_or_default());
        text.drain(..whole);
    }

    /// Takes what is left.
    pub(super) fn finish(&mut self, text: &[u8]) {
        self.look(text);
    }

    pub(super) fn found(self) -> Found {
        self.found
    }

    fn look(&mut self, text: &[u8]) {
        let knowledge = self.knowledge;
        let mut counted = 0;
        let mut line = 0..0;
        let mut candidates: Vec<(usize, usize)> = Vec::new();
        for word in knowledge.words.find_overlapping_iter(text) {
            if word.end() > line.end {
                self.judge(text, &line, &mut candidates, &mut counted);
                line = line_around(text, word.start());
            }
            let patterns = knowledge.of_word.get(word.pattern().as_usize()).map(Vec::as_slice).unwrap_or_default();
            candidates.extend(patterns.iter().map(|pattern| (*pattern, word.start())));
        }
        self.judge(text, &line, &mut candidates, &mut counted);
        self.lines += ends(text.get(counted..).unwrap_or_default());
    }

    /// Holds a line against the patterns whose words it has.
    fn judge(
        &mut self,
        text: &[u8],
        at: &std::ops::Range<usize>,
        candidates: &mut Vec<(usize, usize)>,
        counted: &mut usize,
    ) {
        if candidates.is_empty() {
            return;
        }
        if text.get(at.clone()).is_some_and(|line| line.starts_with(COMMAND)) {
            candidates.clear();
            return;
        }
        candidates.sort_unstable();
        candidates.dedup_by_key(|(pattern, _)| *pattern);
        let mut spoken: Vec<Speaks> = Vec::new();
        for (pattern, word) in candidates.drain(..) {
            if let Some(speaks) = self.speaks(text, at, pattern, word) {
                spoken.push(speaks);
            }
        }
        if spoken.is_empty() || spoken.contains(&Speaks::Noise) {
            return;
        }
        self.lines += ends(text.get(*counted..at.start).unwrap_or_default());
        *counted = at.start;
        let line = Line { number: self.lines + 1, text: shown(text.get(at.clone()).unwrap_or_default()) };
        self.note(&spoken, &line);
    }

    /// What a pattern says of a line, if it matches and still has something to say.
    fn speaks(&mut self, text: &[u8], at: &std::ops::Range<usize>, pattern: usize, word: usize) -> Option<Speaks> {
        let entry = self.knowledge.patterns.get(pattern)?;
        let has_spoken = match entry.speaks {
            Speaks::Rule(rule) => {
                let lasts = self.knowledge.rules.get(rule).is_some_and(|rule| rule.while_it_lasts);
                !lasts && self.found.rules.get(rule).is_some_and(Option::is_some)
            }
            Speaks::Mark(mark) => self.found.marks.get(mark).copied().unwrap_or_default(),
            Speaks::Harmless | Speaks::Mild | Speaks::Noise | Speaks::Complaint | Speaks::EndedWell => false,
        };
        let tries = self.tries.get_mut(pattern)?;
        if has_spoken || *tries > TRIES {
            return None;
        }
        let from = at.start.max(word.saturating_sub(SEEN / 2));
        let part = text.get(from..at.end.min(word + SEEN / 2))?;
        if entry.is_match(part) {
            return Some(entry.speaks);
        }
        *tries += 1;
        None
    }

    fn note(&mut self, spoken: &[Speaks], line: &Line) {
        let is_harmless = spoken.contains(&Speaks::Harmless);
        let found = &mut self.found;
        found.saw_harmless |= is_harmless;
        for speaks in spoken {
            match *speaks {
                Speaks::Rule(number) => {
                    let weight = self.knowledge.rules.get(number).map(|rule| rule.weight).unwrap_or_default();
                    let Some(rule) = found.rules.get_mut(number) else { continue };
                    if is_harmless && weight < SURE {
                        continue;
                    }
                    match rule {
                        Some((_, last)) => *last = line.number,
                        None => *rule = Some((line.clone(), line.number)),
                    }
                }
                Speaks::Mark(number) => {
                    if let Some(mark) = found.marks.get_mut(number) {
                        *mark = true;
                    }
                }
                Speaks::Complaint if !is_harmless && !spoken.contains(&Speaks::Mild) => match &mut found.complaints {
                    Some((_, last)) => last.clone_from(line),
                    None => found.complaints = Some((line.clone(), line.clone())),
                },
                Speaks::EndedWell => found.ended_well = Some(line.clone()),
                Speaks::Complaint | Speaks::Harmless | Speaks::Mild | Speaks::Noise => {}
            }
        }
    }
}

/// A carriage return ends a line that a bar is drawn over; it is not counted.
const fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn ends(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

fn line_around(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let before = text.get(..at).unwrap_or_default();
    let start = before.iter().rposition(|byte| is_end(*byte)).map_or(0, |end| end + 1);
    let start = at.min(start + moment(text.get(start..).unwrap_or_default()));
    let behind = text.get(at..).unwrap_or_default();
    let end = behind.iter().position(|byte| is_end(*byte)).map_or(text.len(), |end| at + end);
    start..end
}

/// How long the moment is that a log puts before each of its lines: `2026-11-21T10:15:00.123Z `.
fn moment(line: &[u8]) -> usize {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let is_as = |(byte, wanted): (&u8, &u8)| if *wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
    if line.len() <= FORM.len() || !line.iter().zip(FORM).all(is_as) {
        return 0;
    }
    let fraction = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    let rest = line.get(FORM.len()..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| fraction(byte)).count();
    match rest.get(digits..) {
        Some([b'Z', b' ', ..]) => FORM.len() + digits + 2,
        _ => 0,
    }
}

/// A line for people: without control characters, and not longer than can be read.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line.get(..SEEN).unwrap_or(line));
    let mut shown: String = text.trim().chars().filter(|c| !c.is_control() || *c == '\t').take(SHOWN).collect();
    if text.trim().chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}
