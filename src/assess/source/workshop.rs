//! What a source build needs of the machine, and what of it is missing.

use super::super::machine::Context;
use super::super::{Reason, Unblock, reasons};
use super::GIB;
use crate::catalog::{SourceLine, ToolkitCompiler};
use crate::facts::{CudaToolkit, DiskRole, OsFamily, Probed, Tool};

/// What is asked for.
pub(super) struct Needs<'a> {
    pub line: &'a SourceLine,
    pub compiler: &'a ToolkitCompiler,
    /// The toolkit of that compiler, if it is there.
    pub toolkit: Option<&'a CudaToolkit>,
}

/// What stands in the way of a build, or may.
#[derive(Default)]
pub(super) struct Lacks {
    pub missing: Vec<Reason>,
    pub unblock: Vec<Unblock>,
    /// Nobody could say whether these are there.
    pub unknown: Vec<Reason>,
}

/// Everything that is missing, so that it can be got in one go.
pub(super) fn lacks(context: &Context<'_>, needs: &Needs<'_>) -> Lacks {
    let is_windows = context.os().is_some_and(|os| os.family == OsFamily::Windows);
    let mut lacks = Lacks::default();
    if needs.toolkit.is_none() {
        let is_known = !context.facts.toolkits.is_empty() || !matches!(tool(context, "nvcc"), Asked::Unknown);
        lacks.unknown.extend((!is_known).then(|| reasons::program_unknown("nvcc")));
        lacks.missing.extend(is_known.then(|| reasons::toolkit_missing(needs.compiler.cuda)));
        lacks.unblock.push(reasons::install_toolkit(needs.compiler.cuda));
    }
    if is_windows {
        visual_studio(context, needs, &mut lacks);
    } else {
        gcc(context, needs, &mut lacks);
    }
    program(context, "git", &mut lacks);
    room(context, &mut lacks);
    // One command may bring several of them.
    let mut seen = Vec::new();
    lacks.unblock.retain(|way| {
        !seen.contains(way) && {
            seen.push(way.clone());
            true
        }
    });
    lacks
}

/// What is known of a program.
enum Asked<'a> {
    Found(&'a Tool),
    Absent,
    Unknown,
}

fn tool<'a>(context: &Context<'a>, name: &str) -> Asked<'a> {
    match context.facts.tools.get(name) {
        Some(Probed::Found { value, .. }) => Asked::Found(value),
        Some(Probed::Absent { .. }) => Asked::Absent,
        Some(Probed::Unknown { .. }) | None => Asked::Unknown,
    }
}

/// A program that the distribution has; its version, if it is there and says so.
fn program<'a>(context: &Context<'a>, name: &str, lacks: &mut Lacks) -> Option<&'a String> {
    match tool(context, name) {
        Asked::Found(tool) => return tool.version.as_ref(),
        Asked::Unknown => lacks.unknown.push(reasons::program_unknown(name)),
        Asked::Absent => {
            lacks.missing.push(reasons::program_missing(name));
            lacks.unblock.push(reasons::install_programs(install_command(context)));
        }
    }
    None
}

/// `14` of `14.2.0`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// Numbers of a version, to be compared.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

fn gcc(context: &Context<'_>, needs: &Needs<'_>, lacks: &mut Lacks) {
    let Some(version) = program(context, "g++", lacks) else { return };
    let (least, newest) = (&needs.line.least_gcc, needs.compiler.max_gcc);
    let is_old = numbers(version) < numbers(least);
    if is_old || major(version).is_some_and(|major| major > newest) {
        lacks.missing.push(reasons::compiler_unfit(version, least, newest, needs.compiler.cuda));
        lacks.unblock.push(reasons::install_compiler(least, newest));
    }
}

/// The number that nvcc looks at: 1944 of the tools 14.44.
fn msc(toolset: &str) -> Option<u32> {
    Some(1900 + toolset.split('.').nth(1)?.parse::<u32>().ok()?)
}

fn visual_studio(context: &Context<'_>, needs: &Needs<'_>, lacks: &mut Lacks) {
    let all = &context.facts.visual_studios;
    let fits = |toolset: &String| {
        msc(toolset).is_some_and(|msc| (needs.line.least_msc..=needs.compiler.max_msc).contains(&msc))
    };
    if all.iter().any(|studio| studio.missing.is_empty() && studio.toolsets.iter().any(fits)) {
        return;
    }
    let bare = all.iter().find(|studio| !studio.missing.is_empty());
    match (bare, all.first(), tool(context, "msvc")) {
        (Some(studio), _, _) => lacks.missing.push(reasons::workload_missing(&studio.name, &studio.missing)),
        (None, Some(studio), _) => {
            lacks.missing.push(reasons::visual_studio_unfit(&studio.name, needs.compiler.cuda));
        }
        (None, None, Asked::Unknown) => return lacks.unknown.push(reasons::program_unknown("Visual Studio")),
        (None, None, Asked::Absent | Asked::Found(_)) => {
            lacks.missing.push(reasons::program_missing("Visual Studio Build Tools"));
        }
    }
    let wanted = context.catalog.source.visual_studios.iter().find(|row| row.msc.0 <= needs.compiler.max_msc);
    lacks.unblock.extend(wanted.map(|row| reasons::install_visual_studio(row.year, &row.winget, &row.components)));
}

fn room(context: &Context<'_>, lacks: &mut Lacks) {
    let source = &context.catalog.source;
    let wanted = u64::from(source.disk.source_gb + source.disk.tree_gb) * GIB;
    let target = context.facts.disks.iter().find(|disk| disk.role == DiskRole::Target);
    if let Some(free) = target.and_then(|disk| disk.free_bytes).filter(|free| *free < wanted) {
        lacks.missing.push(reasons::disk_short(free, wanted));
        lacks.unblock.push(reasons::free_disk(wanted - free));
    }
    let least = (source.memory.reserve_gb + source.memory.job_gb) * GIB;
    let memory = context.facts.hardware.found().map(|hardware| hardware.memory_bytes);
    // What the firmware and the graphics keep of 8 GB is not missing.
    if let Some(memory) = memory.filter(|memory| *memory < least - GIB) {
        lacks.missing.push(reasons::memory_short(memory, least));
    }
}

/// The command that installs compilers and git on this distribution, where it is known.
fn install_command(context: &Context<'_>) -> Option<String> {
    let name = context.os()?.version.to_ascii_lowercase();
    let rows = &context.catalog.source.packages;
    let row = rows.iter().find(|row| row.ids.iter().any(|id| name.contains(id.as_str())))?;
    Some(format!("sudo {} {}", row.install.join(" "), row.packages.join(" ")))
}
