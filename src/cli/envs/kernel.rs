//! `envs kernel`

use super::{meant, not_there};
use crate::cli::args::KernelArg;
use crate::cli::{Done, Session, exit, json};
use crate::environments::kernels;
use std::path::Path;

/// `envs kernel --json`.
#[derive(serde::Serialize)]
struct Answer {
    schema: u32,
    environment: String,
    /// `on` or `off`.
    kernel: &'static str,
    /// The folder of the kernel.
    folder: Option<String>,
}

pub fn run(session: &mut Session, word: &Path, what: KernelArg) -> Done {
    let (path, _) = meant(session, word)?;
    let host = std::sync::Arc::clone(&session.host);
    match what {
        // The entry of one that is gone can be taken back all the same.
        KernelArg::Off => drop(kernels::unregister(&*host, &path)?),
        KernelArg::On | KernelArg::Status if host.meta(&path).is_none() => return Err(not_there(&path)),
        KernelArg::On => drop(kernels::register(&*host, &path)?),
        KernelArg::Status => {}
    }
    let folder = kernels::registered(&*host, &path).map(|folder| folder.display().to_string());
    let environment = path.display().to_string();
    if session.json {
        let kernel = if folder.is_some() { "on" } else { "off" };
        session.say_json(&Answer { schema: json::SCHEMA, environment, kernel, folder });
    } else {
        session.screen.say(match folder {
            Some(folder) => format!("{environment}: notebooks can choose it.\n  {folder}"),
            None => format!("{environment}: it is no kernel of Jupyter."),
        });
    }
    Ok(exit::DONE)
}
