//! What is known of failures: the two tables, checked as they are read.

use super::anchors::anchors;
use crate::facts::OsFamily;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

/// The form of the tables that is read here.
const SCHEMA: u32 = 1;
/// What one pattern may keep of its search: there are thousands, and lines are short.
const SEARCH_MEMORY: usize = 1 << 16;
/// Marks that the program itself asks for.
const HARMLESS: &str = "harmless";
const MILD: &str = "mild";
const NOISE: &str = "noise";
const COMPLAINT: &str = "complaint";
const ENDED_WELL: &str = "ended-well";

/// The tables contradict themselves.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// A table is not as it must be.
    #[error("{file}: {what}")]
    Broken {
        /// Which one.
        file: &'static str,
        /// What is wrong.
        what: String,
    },
}

/// A failure, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Its word, which is that of the contract as a rule.
    pub label: String,
    /// The contract's word for it, where that is another one.
    #[serde(default)]
    pub counts_as: Option<String>,
    /// A few words.
    pub title: String,
    /// What it is.
    pub cause: String,
    /// What to look at.
    pub check: String,
    /// What helps.
    pub remedy: String,
    /// Commands for that which are the same everywhere.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Those of Linux.
    #[serde(default)]
    pub linux: Vec<String>,
    /// Those of Windows, for PowerShell.
    #[serde(default)]
    pub windows: Vec<String>,
    /// What the program itself can do about it.
    #[serde(default)]
    pub mend: Option<Mend>,
    /// Failures that follow from this one.
    #[serde(default)]
    pub explains: Vec<String>,
}

impl Failure {
    /// The commands that help on a system, the program's own first. Where there are none for it, the other system's say
    /// at least what is to be done.
    pub fn commands_on(&self, system: OsFamily) -> Vec<&str> {
        let (own, others) = match system {
            OsFamily::Windows => (&self.windows, &self.linux),
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => (&self.linux, &self.windows),
        };
        let mend = self.mend.map(Mend::command);
        let here: Vec<&str> = mend.into_iter().chain(self.commands.iter().chain(own).map(String::as_str)).collect();
        if here.is_empty() { others.iter().map(String::as_str).collect() } else { here }
    }
}

/// What the program itself does about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mend {
    /// The environment gets what it lacks, and what is wrong in it is replaced.
    Repair,
    /// An environment of its own, with a Python that fits.
    NewEnvironment,
    /// What failed is tried again, from where it stopped.
    Retry,
}

impl Mend {
    /// The command that does it; `ENV` stands for the environment.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Repair => "torch-wizard envs repair ENV",
            Self::NewEnvironment => "torch-wizard install",
            Self::Retry => "torch-wizard resume",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailureTable {
    schema: u32,
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "date")]
    _date: String,
    failure: Vec<Failure>,
}

/// Words that mean a failure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub label: String,
    pub detail: Option<String>,
    from: String,
    /// How sure it is, of 100.
    pub weight: u8,
    any: Vec<String>,
    #[serde(default)]
    pub with: Vec<String>,
    #[serde(default)]
    pub without: Vec<String>,
    #[serde(default)]
    pub while_it_lasts: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    name: String,
    any: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    schema: u32,
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "date")]
    _date: String,
    tools: BTreeMap<String, String>,
    rule: Vec<Rule>,
    mark: Vec<Mark>,
}

/// What a pattern speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    /// The rule of that number.
    Rule(usize),
    /// The mark of that number.
    Mark(usize),
    /// The line looks like trouble and is none.
    Harmless,
    /// Nothing is to be read from the line.
    Noise,
    /// The line says itself that it is no failure.
    Mild,
    /// The line tells of some trouble.
    Complaint,
    /// Something was brought to a good end.
    EndedWell,
}

/// A pattern, which is compiled when a line first has its fixed words.
#[derive(Debug)]
pub(super) struct Pattern {
    pub speaks: Speaks,
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// One that is no regular expression matches nothing; the tests of the tables find it.
    pub(super) fn is_match(&self, line: &[u8]) -> bool {
        self.compiled.get_or_init(|| compile(&self.text).ok()).as_ref().is_some_and(|regex| regex.is_match(line))
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    // Bytes of any encoding; the words of tools are ASCII.
    RegexBuilder::new(text).case_insensitive(true).unicode(false).dfa_size_limit(SEARCH_MEMORY).build()
}

/// Everything that is known, ready to be looked for.
#[derive(Debug)]
pub struct Knowledge {
    pub(super) failures: BTreeMap<String, Failure>,
    pub(super) rules: Vec<Rule>,
    pub(super) marks: Vec<String>,
    pub(super) patterns: Vec<Pattern>,
    /// The fixed words of all patterns.
    pub(super) words: AhoCorasick,
    /// Which patterns a word belongs to.
    pub(super) of_word: Vec<Vec<usize>>,
}

impl Knowledge {
    /// The tables that are compiled in.
    pub fn embedded() -> Result<&'static Self, &'static KnowledgeError> {
        static EMBEDDED: LazyLock<Result<Knowledge, KnowledgeError>> = LazyLock::new(|| {
            let failures = include_str!("../../assets/catalog/failures.toml");
            Knowledge::read(failures, include_str!("../../assets/catalog/diagnosis.toml"))
        });
        EMBEDDED.as_ref()
    }

    /// Reads the table of failures and that of the rules.
    pub fn read(failures: &str, rules: &str) -> Result<Self, KnowledgeError> {
        let failures: FailureTable = toml::from_str(failures).map_err(|error| in_failures(error.to_string()))?;
        let rules: RuleTable = toml::from_str(rules).map_err(|error| in_rules(error.to_string()))?;
        if failures.schema != SCHEMA || rules.schema != SCHEMA {
            return Err(in_rules(format!("only form {SCHEMA} can be read")));
        }
        let failures = by_label(failures.failure)?;
        check_names(&failures, &rules)?;
        let RuleTable { rule, mark, .. } = rules;
        let marks: Vec<String> = mark.iter().map(|mark| mark.name.clone()).collect();
        let patterns = patterns(&rule, &mark);
        let mut of_word: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, pattern) in patterns.iter().enumerate() {
            let words = anchors(&pattern.text)
                .ok_or_else(|| in_rules(format!("“{}” has no fixed words to look for", pattern.text)))?;
            for word in words {
                of_word.entry(word.to_ascii_lowercase()).or_default().push(number);
            }
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(of_word.keys())
            .map_err(|error| in_rules(error.to_string()))?;
        Ok(Self { failures, rules: rule, marks, patterns, words, of_word: of_word.into_values().collect() })
    }

    /// A failure by its label.
    pub fn failure(&self, label: &str) -> Option<&Failure> {
        self.failures.get(label)
    }

    /// All failures, by label.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.failures.values()
    }
}

fn in_failures(what: String) -> KnowledgeError {
    KnowledgeError::Broken { file: "failures.toml", what }
}

fn in_rules(what: String) -> KnowledgeError {
    KnowledgeError::Broken { file: "diagnosis.toml", what }
}

fn by_label(list: Vec<Failure>) -> Result<BTreeMap<String, Failure>, KnowledgeError> {
    let count = list.len();
    let failures: BTreeMap<String, Failure> =
        list.into_iter().map(|failure| (failure.label.clone(), failure)).collect();
    if failures.len() != count {
        return Err(in_failures("a label stands there twice".to_owned()));
    }
    let unknown = failures.values().flat_map(|failure| &failure.explains).find(|label| !failures.contains_key(*label));
    match unknown {
        Some(label) => Err(in_failures(format!("`explains` names “{label}”, which is not there"))),
        None => Ok(failures),
    }
}

fn check_names(failures: &BTreeMap<String, Failure>, table: &RuleTable) -> Result<(), KnowledgeError> {
    let is_mark = |name: &String| table.mark.iter().any(|mark| mark.name == *name);
    for rule in &table.rule {
        if !failures.contains_key(&rule.label) {
            return Err(in_rules(format!("“{}” is no failure", rule.label)));
        }
        if !table.tools.contains_key(&rule.from) {
            return Err(in_rules(format!("“{}” is no tool", rule.from)));
        }
        if let Some(name) = rule.with.iter().chain(&rule.without).find(|name| !is_mark(name)) {
            return Err(in_rules(format!("“{name}” is no mark")));
        }
    }
    Ok(())
}

fn patterns(rules: &[Rule], marks: &[Mark]) -> Vec<Pattern> {
    let of_rules = rules
        .iter()
        .enumerate()
        .flat_map(|(number, rule)| rule.any.iter().map(move |text| Pattern::new(text, Speaks::Rule(number))));
    let of_marks = marks.iter().enumerate().flat_map(|(number, mark)| {
        let speaks = match mark.name.as_str() {
            HARMLESS => Speaks::Harmless,
            MILD => Speaks::Mild,
            NOISE => Speaks::Noise,
            COMPLAINT => Speaks::Complaint,
            ENDED_WELL => Speaks::EndedWell,
            _ => Speaks::Mark(number),
        };
        mark.any.iter().map(move |text| Pattern::new(text, speaks))
    });
    of_rules.chain(of_marks).collect()
}

impl Pattern {
    fn new(text: &str, speaks: Speaks) -> Self {
        Self { speaks, text: text.to_owned(), compiled: OnceLock::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_a_regular_expression() {
        let broken: Vec<String> = Knowledge::embedded()
            .unwrap()
            .patterns
            .iter()
            .filter_map(|pattern| compile(&pattern.text).err().map(|error| format!("{}: {error}", pattern.text)))
            .collect();
        assert!(broken.is_empty(), "{broken:#?}");
    }

    #[test]
    fn every_failure_has_words_that_mean_it_and_texts_for_people() {
        let knowledge = Knowledge::embedded().unwrap();
        for failure in knowledge.failures() {
            let Failure { label, title, cause, check, remedy, .. } = failure;
            assert!(knowledge.rules.iter().any(|rule| rule.label == *label), "{label}: no rule");
            assert!(!title.ends_with('.') && title.len() < 60, "{label}: {title}");
            for text in [cause, check, remedy] {
                assert!(text.ends_with('.') && text.len() > 10, "{label}: {text}");
            }
            let commands = [OsFamily::Linux, OsFamily::Windows].map(|system| failure.commands_on(system).join(" "));
            let all = format!("{remedy} {}", commands.join(" ")).to_lowercase();
            for dangerous in ["disable", "turn off your", "--trusted-host", "rm -rf", "--break-system-packages"] {
                assert!(!all.contains(dangerous), "{label}: {dangerous}");
            }
        }
    }

    /// Every text that a diagnosis may show, as people read it.
    #[test]
    fn the_texts_of_all_failures() {
        let told = |failure: &Failure| {
            let Failure { label, title, cause, check, remedy, .. } = failure;
            let on = |system| {
                let commands = failure.commands_on(system);
                let before = if commands.is_empty() { "" } else { "\n    " };
                format!("{before}{}", commands.join("\n    "))
            };
            let (linux, windows) = (on(OsFamily::Linux), on(OsFamily::Windows));
            let commands = match (linux.is_empty(), linux == windows) {
                (true, _) => String::new(),
                (false, true) => linux,
                (false, false) => format!("\n  on Linux:{linux}\n  on Windows:{windows}"),
            };
            format!("{label}: {title}\n  {cause}\n  ? {check}\n  ! {remedy}{commands}\n")
        };
        let all: Vec<String> = Knowledge::embedded().unwrap().failures().map(told).collect();
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn commands_fit_the_system() {
        let knowledge = Knowledge::embedded().unwrap();
        let on = |label: &str, system| knowledge.failure(label).unwrap().commands_on(system).join("; ");
        assert_eq!(on("cuda-visible-devices", OsFamily::Linux), "unset CUDA_VISIBLE_DEVICES");
        assert_eq!(on("cuda-visible-devices", OsFamily::Windows), "Remove-Item Env:CUDA_VISIBLE_DEVICES");
        assert_eq!(on("mixed-install", OsFamily::Windows), "torch-wizard envs repair ENV; Remove-Item Env:PYTHONPATH");
        assert_eq!(on("hybrid-gpu-off", OsFamily::Windows), "sudo prime-select on-demand");
        let is_of_windows = |command: &str| command.contains("Env:") || command.contains(".exe");
        let is_of_linux = |command: &str| ["sudo", "unset", "export"].iter().any(|word| command.starts_with(word));
        for failure in knowledge.failures() {
            assert!(!failure.linux.iter().any(|command| is_of_windows(command)), "{}", failure.label);
            assert!(!failure.windows.iter().any(|command| is_of_linux(command)), "{}", failure.label);
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let failures = "schema = 1\nversion = 1\ndate = \"d\"\n[[failure]]\nlabel = \"a\"\ntitle = \"\"\ncause = \"\"\ncheck = \"\"\nremedy = \"\"\n";
        let rules = |rule: &str| {
            format!(
                "schema = 1\nversion = 1\ndate = \"d\"\nmark = []\n[tools]\nt = \"\"\n[[rule]]\nweight = 90\n{rule}"
            )
        };
        let says = |failures: &str, rule: &str| Knowledge::read(failures, &rules(rule)).unwrap_err().to_string();
        assert!(says(failures, "label = \"b\"\nfrom = \"t\"\nany = []").contains("is no failure"));
        assert!(says(failures, "label = \"a\"\nfrom = \"x\"\nany = []").contains("is no tool"));
        assert!(says(failures, "label = \"a\"\nfrom = \"t\"\nany = []\nwith = [\"m\"]").contains("is no mark"));
        assert!(says(failures, "label = \"a\"\nfrom = \"t\"\nany = ['.*']").contains("no fixed words"));
        let explains = format!("{failures}explains = [\"z\"]\n");
        assert!(says(&explains, "label = \"a\"\nfrom = \"t\"\nany = []").contains("which is not there"));
        assert!(Knowledge::read(failures, &rules("label = \"a\"\nfrom = \"t\"\nany = ['words']")).is_ok());
    }
}
