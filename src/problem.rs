//! Every failure a person sees: cause, what changed on this PC, next step. Pure.

use serde::{Deserialize, Serialize};

/// A failure in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable word for tests and support, e.g. `hash-mismatch`.
    pub label: String,
    /// What happened, in one sentence.
    pub cause: String,
    /// What is different on this PC now. "Nothing was changed." is the best one.
    pub changed: String,
    /// At least one thing to do.
    pub next: Vec<Remedy>,
    /// Raw words of the tool or the system, untouched.
    pub details: String,
}

/// Something to do about a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Remedy {
    /// Do something, then try again.
    Advice {
        /// What.
        text: String,
    },
    /// Run this command.
    Command {
        /// Why.
        text: String,
        /// A line for the shell.
        command: String,
    },
}

/// The best sentence.
pub const NOTHING_CHANGED: &str = "Nothing was changed.";

impl Problem {
    /// A problem that changed nothing.
    pub fn new(label: &str, cause: impl Into<String>) -> Self {
        Self {
            label: label.to_owned(),
            cause: cause.into(),
            changed: NOTHING_CHANGED.to_owned(),
            next: Vec::new(),
            details: String::new(),
        }
    }

    /// With what changed.
    #[must_use]
    pub fn changed(mut self, text: impl Into<String>) -> Self {
        self.changed = text.into();
        self
    }

    /// With one more thing to do.
    #[must_use]
    pub fn advise(mut self, text: impl Into<String>) -> Self {
        self.next.push(Remedy::Advice { text: text.into() });
        self
    }

    /// With one more command that helps. A sentence loses its full stop: the command follows.
    #[must_use]
    pub fn command(mut self, text: impl Into<String>, command: impl Into<String>) -> Self {
        let text: String = text.into();
        self.next.push(Remedy::Command { text: text.trim_end_matches('.').to_owned(), command: command.into() });
        self
    }

    /// With the raw words.
    #[must_use]
    pub fn details(mut self, text: impl Into<String>) -> Self {
        self.details = text.into();
        self
    }
}

impl std::fmt::Display for Problem {
    /// The form of the terminal: cause, what changed, next steps, each on lines of its own.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{}", self.cause, self.changed)?;
        for remedy in &self.next {
            match remedy {
                Remedy::Advice { text } => write!(f, "\n→ {text}")?,
                Remedy::Command { text, command } => write!(f, "\n→ {text}: {command}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_with_a_command_behind_it_has_no_full_stop() {
        let problem = Problem::new("x", "It is so.").command("Name a mirror.", "a --b").advise("Wait.");
        assert!(problem.to_string().ends_with("\n→ Name a mirror: a --b\n→ Wait."), "{problem}");
    }
}
