//! What was found → the answer: the cause goes before what follows from it, and what is not known is said to be so.

use super::knowledge::{Failure, Knowledge, Rule};
use super::matching::{Found, Line};
use crate::facts::OsFamily;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A weaker cause explains nothing away.
const LEAST_CAUSE: u8 = 60;
/// How much surer a consequence may be than its cause.
const SURER: u8 = 12;
/// Two that are so near are told apart with less confidence.
const NEAR: u8 = 10;
/// What a near rival leaves of the confidence.
const WITH_RIVAL: f64 = 0.85;
/// A second failure that is so sure is there as well.
const SECOND: u8 = 85;
/// How sure "nothing wrong" is where a good end or a known harmless line was seen.
const SEEN_TO_BE_WELL: f64 = 0.85;
const NOTHING_SEEN: f64 = 0.5;
const NOT_KNOWN: f64 = 0.5;
const IN_TURN: f64 = 0.5;
const CONSEQUENCE: f64 = 0.1;
const MOST_OTHERS: usize = 4;
/// The contract's word for a cause that is not recognised.
const UNKNOWN: &str = "unknown";

/// What is said of a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The answer itself.
    pub answer: Answer,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// The lines that prove it; of what is not known, the most telling ones.
    pub evidence: Vec<Evidence>,
    /// What else it may be, likeliest first.
    pub others: Vec<Other>,
    /// The system that the log is of, where it shows.
    pub system: Option<OsFamily>,
    /// What the machine that the log is of says of the answer.
    pub here: Option<String>,
}

impl Diagnosis {
    /// The commands that help on the system that the log is of; `here` is this machine's, for a log that does not show
    /// its own.
    pub fn commands(&self, here: OsFamily) -> Vec<&str> {
        match &self.answer {
            Answer::Known { failure, .. } => failure.commands_on(self.system.unwrap_or(here)),
            Answer::Unknown | Answer::Fine => Vec::new(),
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// A known failure.
    Known {
        /// What it is.
        failure: Box<Failure>,
        /// A finer label.
        detail: Option<String>,
    },
    /// Something is wrong, and nobody knows what.
    Unknown,
    /// Nothing is wrong.
    Fine,
}

impl Answer {
    /// The word of the contract.
    pub fn label(&self) -> &str {
        match self {
            Self::Known { failure, .. } => failure.counts_as.as_ref().unwrap_or(&failure.label),
            Self::Unknown => UNKNOWN,
            Self::Fine => "none",
        }
    }

    /// Whether the cause is not recognised, however much is known of the end.
    pub fn is_unknown(&self) -> bool {
        self.label() == UNKNOWN
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Counted from one.
    pub line: u64,
    /// Its text, cut where it is long.
    pub text: String,
}

impl From<&Line> for Evidence {
    fn from(line: &Line) -> Self {
        Self { line: line.number, text: line.text.clone() }
    }
}

/// Another failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// Which.
    pub label: String,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// It is there as well, and no mere possibility.
    pub also: bool,
    /// The line that shows it.
    pub line: Evidence,
}

/// How a label stands beside the others, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Its rule holds.
    Holds,
    /// It follows from another one that was found.
    Explained,
    /// It would hold on the kind of machine that its rule asks for, and the log does not say which this is.
    Possible,
}

/// The best rule of a label.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    rule: &'a Rule,
    line: &'a Line,
    standing: Standing,
}

pub(super) fn rank(found: &Found, knowledge: &Knowledge) -> Diagnosis {
    Diagnosis { system: system(found, knowledge), ..judged(found, knowledge) }
}

/// Paths, wheels and tools of one system alone. In WSL those of both stand side by side.
fn system(found: &Found, knowledge: &Knowledge) -> Option<OsFamily> {
    let is_there = |name: &str| is_marked(found, knowledge, name);
    match (is_there("wsl") || is_there("linux"), is_there("windows"), is_there("mac")) {
        (true, is_windows, false) if !is_windows || is_there("wsl") => Some(OsFamily::Linux),
        (false, true, false) => Some(OsFamily::Windows),
        (false, false, true) => Some(OsFamily::Macos),
        (_, _, _) => None,
    }
}

fn is_marked(found: &Found, knowledge: &Knowledge, name: &str) -> bool {
    let mut marked = knowledge.marks.iter().zip(&found.marks);
    marked.any(|(mark, is_there)| *is_there && mark == name)
}

fn judged(found: &Found, knowledge: &Knowledge) -> Diagnosis {
    let mut candidates: Vec<Candidate<'_>> = explained(best(found, knowledge), knowledge);
    candidates.sort_by_key(|one| (one.standing, std::cmp::Reverse(one.rule.weight), one.line.number));
    let first = candidates.first().filter(|first| first.standing != Standing::Possible);
    let known = first.and_then(|first| Some((first, knowledge.failure(&first.rule.label)?)));
    let Some((first, failure)) = known else {
        return Diagnosis { others: others(&candidates, knowledge), ..without_rule(found) };
    };
    let rest = candidates.get(1..).unwrap_or_default();
    let weight = first.rule.weight;
    let has_rival = rest.iter().any(|other| other.standing == Standing::Holds && other.rule.weight + NEAR >= weight);
    let confidence = share(weight) * if has_rival { WITH_RIVAL } else { 1.0 };
    Diagnosis {
        answer: Answer::Known { failure: Box::new(failure.clone()), detail: first.rule.detail.clone() },
        confidence,
        evidence: vec![first.line.into()],
        others: others(rest, knowledge),
        system: None,
        here: None,
    }
}

fn share(weight: u8) -> f64 {
    f64::from(weight) / 100.0
}

/// What has no word of its own in the contract says nothing beside an answer.
fn others(candidates: &[Candidate<'_>], knowledge: &Knowledge) -> Vec<Other> {
    let has_word =
        |one: &&Candidate<'_>| knowledge.failure(&one.rule.label).is_some_and(|failure| failure.counts_as.is_none());
    candidates.iter().filter(has_word).take(MOST_OTHERS).map(other).collect()
}

fn other(one: &Candidate<'_>) -> Other {
    let also = one.standing == Standing::Holds && one.rule.weight >= SECOND;
    let part = if one.standing == Standing::Holds { IN_TURN } else { CONSEQUENCE };
    Other { label: one.rule.label.clone(), confidence: share(one.rule.weight) * part, also, line: one.line.into() }
}

/// The surest rule of each label.
fn best<'a>(found: &'a Found, knowledge: &'a Knowledge) -> BTreeMap<&'a str, Candidate<'a>> {
    let is_marked = |name: &String| is_marked(found, knowledge, name);
    let ended = found.ended_well.as_ref().map_or(0, |line| line.number);
    let mut best: BTreeMap<&str, Candidate<'_>> = BTreeMap::new();
    for (rule, hit) in knowledge.rules.iter().zip(&found.rules) {
        let Some((line, last)) = hit else { continue };
        if rule.without.iter().any(is_marked) || (rule.while_it_lasts && ended > *last) {
            continue;
        }
        let is_met = rule.with.is_empty() || rule.with.iter().any(is_marked);
        let standing = if is_met { Standing::Holds } else { Standing::Possible };
        let one = Candidate { rule, line, standing };
        let worth = |one: &Candidate<'_>| (std::cmp::Reverse(one.standing), one.rule.weight);
        if best.get(rule.label.as_str()).is_none_or(|other| worth(other) < worth(&one)) {
            best.insert(&rule.label, one);
        }
    }
    best
}

/// Marks what follows from another one that was found.
fn explained<'a>(best: BTreeMap<&'a str, Candidate<'a>>, knowledge: &'a Knowledge) -> Vec<Candidate<'a>> {
    let explains = |cause: &Candidate<'_>, other: &Candidate<'_>| {
        let is_sure = cause.standing == Standing::Holds
            && cause.rule.weight >= LEAST_CAUSE
            && cause.rule.weight + SURER >= other.rule.weight;
        let failure = knowledge.failure(&cause.rule.label);
        is_sure && failure.is_some_and(|failure| failure.explains.contains(&other.rule.label))
    };
    let all: Vec<Candidate<'a>> = best.into_values().collect();
    let standing = |one: &Candidate<'a>| match one.standing {
        Standing::Holds if all.iter().any(|cause| explains(cause, one)) => Standing::Explained,
        Standing::Holds | Standing::Explained | Standing::Possible => one.standing,
    };
    all.iter().map(|one| Candidate { standing: standing(one), ..*one }).collect()
}

/// No rule held: is anything wrong at all?
fn without_rule(found: &Found) -> Diagnosis {
    let ended = found.ended_well.as_ref().map_or(0, |line| line.number);
    match &found.complaints {
        Some((first, last)) if last.number > ended => {
            let mut evidence = vec![last.into()];
            if first != last {
                evidence.push(first.into());
            }
            Diagnosis {
                answer: Answer::Unknown,
                confidence: NOT_KNOWN,
                evidence,
                others: Vec::new(),
                system: None,
                here: None,
            }
        }
        Some(_) | None => {
            let is_seen = found.saw_harmless || found.ended_well.is_some();
            Diagnosis {
                answer: Answer::Fine,
                confidence: if is_seen { SEEN_TO_BE_WELL } else { NOTHING_SEEN },
                evidence: found.ended_well.iter().map(Evidence::from).collect(),
                others: Vec::new(),
                system: None,
                here: None,
            }
        }
    }
}
