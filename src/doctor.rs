//! A report for support: the wizard, the machine, what is recommended, the known environments, the last run, and what is
//! wrong with the wizard itself. Pure: it is gathered by [`gather`], and written by others.
//!
//! Nothing leaves here unredacted: [`Report::text`], [`Report::json`] and [`Report::bundle`] are the only ways out.

mod data;
pub mod gather;
mod last_run;
#[cfg(test)]
mod tests;
mod words;

use crate::caches::Part;
use crate::problem::Problem;
use crate::report::{Hidden, Kind, Private, Redactor};
use crate::store::Known;
use crate::text;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

pub use last_run::{LastRun, Outcome, Step};

/// The newest form of the report as data.
pub const SCHEMA: u32 = 1;

/// How many of the last lines of a log are told.
pub const LINES: usize = 200;

/// Everything there is to tell.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was made (RFC 3339, UTC).
    pub made_at: String,
    /// The program.
    pub wizard: Wizard,
    /// This PC.
    pub machine: Machine,
    /// One verdict a route.
    pub advice: Vec<Advice>,
    /// The known environments.
    pub environments: Vec<Kept>,
    /// The newest run, if there was one.
    pub run: Option<LastRun>,
    /// What is wrong with the wizard itself, or worth knowing of it.
    pub findings: Vec<Finding>,
}

/// The program and what it keeps.
#[derive(Clone, Debug, Default)]
pub struct Wizard {
    /// The program that runs.
    pub program: PathBuf,
    /// Where it keeps settings, runs and logs.
    pub data: PathBuf,
    /// Where it keeps what can be fetched again.
    pub cache: PathBuf,
    /// Settings that are not as they come, with their values as JSON.
    pub settings: Vec<(String, String)>,
    /// The parts of the cache.
    pub caches: Vec<Part>,
    /// Whether the check at log-on is set up: the word of `watch --json`.
    pub log_on: &'static str,
    /// The end of its own log.
    pub log: Vec<String>,
}

/// The machine as `detect` tells it.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// For people.
    pub text: String,
    /// `detect --json`.
    pub json: String,
}

/// The verdict on a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The route.
    pub route: &'static str,
    /// The word of `advise --json`.
    pub verdict: &'static str,
    /// What would be installed: torch and its variant.
    pub build: Option<String>,
    /// The first reason.
    pub why: Option<String>,
}

/// A known environment and how its files are today.
#[derive(Clone, Debug)]
pub struct Kept {
    /// As the registry has it.
    pub known: Known,
    /// The word of `envs list --json`.
    pub state: &'static str,
    /// What is wrong with it.
    pub trouble: Option<String>,
}

/// Something about the wizard itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Stable word.
    pub label: &'static str,
    /// In one sentence.
    pub text: String,
    /// A command that helps.
    pub command: Option<String>,
}

impl Finding {
    fn new(label: &'static str, text: impl Into<String>) -> Self {
        Self { label, text: text.into(), command: None }
    }

    fn command(mut self, command: &str) -> Self {
        self.command = Some(command.to_owned());
        self
    }
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One file for people.
    Text,
    /// One object.
    Json,
    /// Several files in one.
    Zip,
}

impl Form {
    /// By the end of the file's name.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "md" | "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            "zip" => Some(Self::Zip),
            _ => None,
        }
    }
}

/// A file of a report, redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// What is in it, in a few words.
    pub about: &'static str,
    /// All of it.
    pub text: String,
}

/// What would be written: shown before it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Its form.
    pub form: Form,
    /// The files; one, unless it is a zip.
    pub files: Vec<File>,
    /// What was hidden in them.
    pub hidden: Hidden,
}

impl Report {
    /// For people at a terminal.
    pub fn text(&self, private: &Private) -> String {
        Redactor::new(private).text(&words::terminal(self))
    }

    /// As one object, on one line.
    pub fn json(&self, private: &Private) -> String {
        Redactor::new(private).json(&data::json(self, false))
    }

    /// As files to give away.
    pub fn bundle(&self, private: &Private, form: Form) -> Bundle {
        let mut redactor = Redactor::new(private);
        let mut files = Vec::new();
        match form {
            Form::Text => files.push(self.people(&mut redactor)),
            Form::Json => files.push(self.object(&mut redactor)),
            Form::Zip => {
                files.extend([self.people(&mut redactor), self.object(&mut redactor)]);
                files.push(File {
                    name: "machine.json",
                    about: "this PC, as `detect --json` tells it",
                    text: redactor.json(&self.machine.json) + "\n",
                });
                files.extend(self.run.iter().flat_map(|run| run.files(&mut redactor)));
                files.extend(log("wizard.log", "the end of the wizard's own log", &self.wizard.log, &mut redactor));
            }
        }
        Bundle { form, files, hidden: redactor.hidden().clone() }
    }

    fn people(&self, redactor: &mut Redactor<'_>) -> File {
        let about = "the whole report, to read";
        File { name: "doctor.md", about, text: redactor.text(&words::markdown(self)) }
    }

    fn object(&self, redactor: &mut Redactor<'_>) -> File {
        let about = "the whole report, as data";
        File { name: "doctor.json", about, text: redactor.json(&data::json(self, true)) }
    }
}

/// The end of a log as a file; none where there is nothing.
fn log(name: &'static str, about: &'static str, lines: &[String], redactor: &mut Redactor<'_>) -> Option<File> {
    if lines.is_empty() {
        return None;
    }
    Some(File { name, about, text: redactor.text(&(lines.join("\n") + "\n")) })
}

impl Bundle {
    /// The one file of it that this form is; all of them as a zip.
    #[must_use]
    pub fn in_form(mut self, form: Form) -> Self {
        let only = match form {
            Form::Text => Some("doctor.md"),
            Form::Json => Some("doctor.json"),
            Form::Zip => None,
        };
        self.files.retain(|file| only.is_none_or(|only| file.name == only));
        self.form = form;
        self
    }

    /// What is written.
    pub fn bytes(&self) -> Result<Vec<u8>, Problem> {
        match (self.form, self.files.as_slice()) {
            (Form::Text | Form::Json, [file]) => Ok(file.text.clone().into_bytes()),
            _ => self.zipped().map_err(|error| {
                Problem::new("no-zip", format!("The report cannot be packed: {error}."))
                    .advise("Save it as .md instead.")
            }),
        }
    }

    /// Not compressed: it is small, and so every program can look into it.
    fn zipped(&self) -> io::Result<Vec<u8>> {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for file in &self.files {
            zip.start_file(file.name, options)?;
            io::Write::write_all(&mut zip, file.text.as_bytes())?;
        }
        Ok(zip.finish()?.into_inner())
    }

    /// What is in it and what was hidden, for people to look at before they give it away.
    pub fn preview(&self, path: &Path) -> String {
        let mut out = format!("In {}:\n", path.display());
        for file in &self.files {
            let size = text::size(file.text.len() as u64);
            writeln!(out, "{size:>9}  {:<14} {}", file.name, file.about).ok();
        }
        writeln!(out, "Hidden: {}.", self.hidden_in_words()).ok();
        out.push_str("Nothing is sent: read it, then give it to whom you like.\n");
        out
    }

    /// `3 user names, 1 password or token`.
    fn hidden_in_words(&self) -> String {
        let parts: Vec<String> = self
            .hidden
            .iter()
            .map(|(kind, count): (&Kind, &usize)| {
                let (one, many) = kind.words();
                text::count(*count, one, many)
            })
            .collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }
}
