//! The environment of Microsoft's C++ compiler. It is set up by a batch file, so this is the one place where a shell is
//! started: once, while planning, to read what it sets. The build itself gets the variables and no shell.

use crate::assess::Build;
use crate::catalog::Catalog;
use crate::facts::{CudaToolkit, MachineFacts, VisualStudio};
use crate::host::{Host, output};
use crate::plan::CommandSpec;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::time::Duration;

/// The batch file looks through the registry and starts some programs: seconds on a healthy machine.
const LIMIT: Duration = Duration::from_mins(2);

/// The variables that differ from those we run with.
pub(super) fn environment(
    host: &dyn Host,
    catalog: &Catalog,
    facts: &MachineFacts,
    build: &Build,
    toolkit: &CudaToolkit,
) -> Result<BTreeMap<String, String>, Problem> {
    let missing = || {
        Problem::new("tool-missing", "No Visual Studio with a C++ compiler that this toolkit takes was found.")
            .command("See what is there", "torch-wizard detect")
    };
    let (studio, toolset) = fitting(catalog, facts, build, toolkit).ok_or_else(missing)?;
    let answer = output(host, &command(host, catalog, studio, toolset), LIMIT)
        .map_err(|error| crate::run::problem_of(&error))?;
    let found = variables(&answer.text());
    let has_compiler = found.keys().any(|name| name.eq_ignore_ascii_case("INCLUDE"));
    if !answer.is_success() || !has_compiler {
        return Err(Problem::new(
            "compiler-environment",
            format!("{} could not set up the environment of its compiler.", studio.name),
        )
        .advise("Repair it with the Visual Studio Installer, workload “Desktop development with C++”.")
        .details(crate::host::decode(&answer.stderr)));
    }
    let present: BTreeMap<String, String> = host
        .vars()
        .into_iter()
        .map(|(name, value)| (name.to_string_lossy().to_ascii_uppercase(), value.to_string_lossy().into_owned()))
        .collect();
    Ok(found.into_iter().filter(|(name, value)| present.get(&name.to_ascii_uppercase()) != Some(value)).collect())
}

/// The first Visual Studio with tools that release and toolkit take, and which of its tools.
fn fitting<'a>(
    catalog: &Catalog,
    facts: &'a MachineFacts,
    build: &Build,
    toolkit: &CudaToolkit,
) -> Option<(&'a VisualStudio, &'a str)> {
    let least = catalog.source.line(&build.torch)?.least_msc;
    let most = catalog.source.compiler(toolkit.cuda)?.max_msc;
    let fits = |toolset: &&String| msc_of(toolset).is_some_and(|msc| (least..=most).contains(&msc));
    let whole = facts.visual_studios.iter().filter(|studio| studio.missing.is_empty());
    let mut both = whole.filter_map(|studio| Some((studio, studio.toolsets.iter().find(fits)?.as_str())));
    both.next()
}

/// The number that nvcc compares: 1944 for the tools 14.44.
fn msc_of(toolset: &str) -> Option<u32> {
    Some(1900 + toolset.split('.').nth(1)?.parse::<u32>().ok()?)
}

/// `call vcvarsall.bat x64 -vcvars_ver=14.44.35207 >nul && set`, each word an argument of its own; `/u`: in Unicode.
fn command(host: &dyn Host, catalog: &Catalog, studio: &VisualStudio, toolset: &str) -> CommandSpec {
    let windows = &catalog.source.windows;
    let script = format!("{}\\{}", studio.root.display(), windows.vcvarsall);
    let shell = host.var("ComSpec").map_or_else(|| "cmd.exe".into(), std::path::PathBuf::from);
    let mut args = vec!["/d".to_owned(), "/u".to_owned(), "/c".to_owned(), "call".to_owned(), script];
    args.extend(windows.vcvarsall_arguments.iter().cloned());
    args.push(format!("-vcvars_ver={toolset}"));
    args.extend([">nul", "&&", "set"].map(str::to_owned));
    // Else it starts a program of its own that reports to Microsoft.
    CommandSpec::new(shell, args).with_env("VSCMD_SKIP_SENDTELEMETRY", "1")
}

/// The lines of `set`. A value may hold an equals sign, a name not; `=C:` are the folders of drives and nobody's.
fn variables(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| line.trim_end_matches('\r').split_once('='));
    lines
        .filter(|(name, _)| !name.is_empty() && !name.eq_ignore_ascii_case("VSCMD_SKIP_SENDTELEMETRY"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
