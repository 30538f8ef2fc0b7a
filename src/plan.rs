//! Assessment + choices + lock → [`Plan`]: typed steps, previewed, exported and run by the same code. Pure.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// An argument vector; never a shell string, so nothing needs quoting to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandSpec {
    /// The program: a path, or a name to look up on PATH.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Where it runs.
    pub cwd: Option<PathBuf>,
    /// Variables set for it.
    pub env: BTreeMap<String, String>,
    /// Inherited variables taken away from it.
    pub env_remove: BTreeSet<String>,
    /// Text for its standard input; nothing otherwise.
    pub stdin: Option<String>,
}

impl CommandSpec {
    /// A command with these arguments.
    pub fn new<A: Into<String>>(program: impl Into<PathBuf>, args: impl IntoIterator<Item = A>) -> Self {
        Self { program: program.into(), args: args.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The same with one more variable.
    #[must_use]
    pub fn with_env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(key.into(), value.into());
        self
    }
}
