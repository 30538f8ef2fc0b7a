//! What a build from source is made of: toolkit, compiler's environment, jobs, folders, and whether its wheel is kept
//! already. What is missing for one, `assess` has said before.

use super::Wish;
use crate::assess::{Assessment, Build, Origin, Reason};
use crate::catalog::{BuildOf, Catalog, Needed, SettingKind};
use crate::facts::{ComputeCapability, CudaToolkit, CudaVersion, MachineFacts, OsFamily, Probed, PythonVersion};
use crate::host::Host;
use crate::plan::PlanError;
use crate::plan::source::{RECORD, Recipe, Setting, Targets, Workshop};
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod compiler;

/// Gathers the recipe of a build.
pub(super) fn recipe(
    host: &dyn Host,
    catalog: &Catalog,
    facts: &MachineFacts,
    chosen: &Assessment,
    build: &Build,
    python: PythonVersion,
) -> Result<Recipe, Problem> {
    let Origin::Git { url, tag } = &build.origin else {
        return Err(Problem::new("internal", "The route names no source."));
    };
    let mut recipe = Recipe {
        git: program(facts, "git")?,
        url: url.clone(),
        tag: tag.clone(),
        folder: work_folder(host, catalog).join(tag),
        built: PathBuf::new(),
        is_built: false,
        wheel: catalog.source.repository.wheel.clone(),
        workshop: workshop(host, catalog, facts, chosen, build, BuildOf::Torch)?,
    };
    let tag = python.tag();
    recipe.built = built_folder(host).join(recipe.kept_name(&tag));
    recipe.is_built = is_kept(host, &recipe, &tag);
    Ok(recipe)
}

/// Compilers and settings for torch, or for something that is built against it.
pub(super) fn workshop(
    host: &dyn Host,
    catalog: &Catalog,
    facts: &MachineFacts,
    chosen: &Assessment,
    build: &Build,
    of: BuildOf,
) -> Result<Workshop, Problem> {
    let source = &catalog.source;
    let toolkit = toolkit(facts, &build.variant)?.clone();
    let (cores, memory) =
        facts.hardware.found().map_or((1, 0), |hardware| (hardware.logical_cores, hardware.memory_bytes));
    let mut compiler = match host.family() {
        OsFamily::Windows => compiler::environment(host, catalog, facts, build, &toolkit)?,
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => BTreeMap::new(),
    };
    let inherited = || host.var("PATH").unwrap_or_default().to_string_lossy().into_owned();
    Ok(Workshop {
        torch: build.torch.clone(),
        variant: build.variant.clone(),
        targets: Targets::of(capabilities(catalog, facts, chosen)),
        knows: source.compiler(toolkit.cuda).map(|row| row.archs.clone()).unwrap_or_default(),
        host_compiler: None,
        jobs: source.memory.jobs(cores, memory, true),
        settings: settings(catalog, host.family(), build, toolkit.cuda, of),
        search: taken(&mut compiler, "PATH").unwrap_or_else(inherited),
        toolkit,
        compiler,
    })
}

/// The folder below which sources are built; nobody else's, since cleaning the cache removes it.
pub fn work_folder(host: &dyn Host, catalog: &Catalog) -> PathBuf {
    if host.family() != OsFamily::Windows {
        return host.folders().cache.join("source");
    }
    // The catalogue names it on the usual system drive.
    let short = &catalog.source.windows.short_root;
    let drive = host.var("SystemDrive").map(|drive| drive.to_string_lossy().into_owned());
    let rest = short.split_once(':').map_or(short.as_str(), |(_, rest)| rest);
    let root = drive.filter(|drive| drive.len() == 2).map_or_else(|| short.clone(), |drive| format!("{drive}{rest}"));
    format!("{root}\\tw").into()
}

/// The folder of the wheels that were built here.
pub fn built_folder(host: &dyn Host) -> PathBuf {
    host.folders().cache.join("built")
}

/// Takes a variable out, however its name is written: Windows knows no case there.
fn taken(variables: &mut BTreeMap<String, String>, name: &str) -> Option<String> {
    let key = variables.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    variables.remove(&key)
}

/// The program, as detection found it.
fn program(facts: &MachineFacts, name: &str) -> Result<PathBuf, Problem> {
    let found = facts.tools.get(name).and_then(Probed::found);
    found.map(|tool| tool.path.clone()).ok_or_else(|| {
        Problem::new("tool-missing", format!("{name} is needed to build from source and was not found."))
            .command("See what is there", "torch-wizard detect")
    })
}

/// The toolkit that makes a variant.
pub(super) fn toolkit<'a>(facts: &'a MachineFacts, variant: &str) -> Result<&'a CudaToolkit, Problem> {
    let wanted = CudaVersion::of_variant(variant);
    facts.toolkits.iter().find(|toolkit| Some(toolkit.cuda) == wanted).ok_or_else(|| {
        let version = wanted.map_or_else(|| variant.to_owned(), |version| version.to_string());
        Problem::new("tool-missing", format!("The CUDA toolkit {version} with its nvcc was not found."))
            .advise(format!("Install the CUDA toolkit {version}; the driver that is there stays."))
    })
}

/// The compute capabilities of the cards that the verdict is about.
pub(super) fn capabilities(catalog: &Catalog, facts: &MachineFacts, chosen: &Assessment) -> Vec<ComputeCapability> {
    let gpus = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    let is_served = |index: u32| chosen.gpus.is_empty() || chosen.gpus.contains(&index);
    gpus.iter()
        .filter(|gpu| is_served(gpu.index))
        .filter_map(|gpu| gpu.capability.or_else(|| catalog.capability_by_pci(gpu.pci_id?)))
        .collect()
}

/// The variables that this release needs on this system; what is only a choice is left as the project has it.
fn settings(catalog: &Catalog, os: OsFamily, build: &Build, cuda: CudaVersion, of: BuildOf) -> Vec<Setting> {
    let rows = catalog.source.settings(of, os, &build.torch, cuda);
    rows.filter(|row| row.kind == SettingKind::Variable && row.needed != Needed::Choice)
        .filter_map(|row| {
            let value = row.value.clone()?;
            Some(Setting { name: row.name.clone(), value, why: row.why.clone() })
        })
        .collect()
}

/// Whether a wheel of exactly this recipe lies there, from a build that came to its end.
fn is_kept(host: &dyn Host, recipe: &Recipe, python: &str) -> bool {
    let is_wheel = |path: &Path| path.extension().is_some_and(|end| end == "whl");
    let has_wheel = host.list(&recipe.built).unwrap_or_default().iter().any(|entry| is_wheel(&entry.path));
    let record = host.read(&recipe.built.join(RECORD)).unwrap_or_default();
    has_wheel && record == recipe.record(python).as_bytes()
}

/// Why a plan cannot be made.
pub(super) fn refused(error: &PlanError) -> Problem {
    match error {
        PlanError::ToolkitLacksCard { .. } => Problem::new("toolkit-lacks-card", format!("{error}."))
            .advise("Install a CUDA toolkit that knows the card, or choose other cards with --gpu."),
        PlanError::NoCardToBuildFor => Problem::new("no-card", format!("{error}."))
            .advise("Choose cards with --gpu.")
            .command("See which there are", "torch-wizard detect"),
        PlanError::NotOfWheelsAlone(_) | PlanError::BadTarget { .. } => super::linux::bad_target(error),
    }
}

/// What is built and what is not.
pub(super) fn alone() -> Reason {
    let args = BTreeMap::new();
    let text = crate::text::in_english("reason-source-alone", &args);
    Reason { code: "source-alone".to_owned(), text, source: None, args }
}

/// What is resolved for a build: torch's own source has no page on an index, so its needs are named by the catalogue.
pub(super) fn requirements(
    catalog: &Catalog,
    os: OsFamily,
    build: &Build,
    wish: &Wish,
    recipe: &Recipe,
) -> Result<Vec<String>, Problem> {
    if let Some(package) = wish.packages.first() {
        // An index would bring its own torch for it.
        return Err(Problem::new(
            "source-torch-alone",
            format!("Route source builds torch alone; {package} cannot be installed in the same go."),
        )
        .advise("Leave --with out, and add the package to the finished environment."));
    }
    let Some(line) = catalog.source.line(&build.torch) else {
        return Err(Problem::new("no-source-line", format!("Nothing is known of building torch {}.", build.torch)));
    };
    let mut list = line.runs_with.clone();
    // The build itself is done by pip, and later additions to the environment are.
    list.push("pip".to_owned());
    if os == OsFamily::Linux
        && let Some(set) = catalog.companions(&build.torch)
    {
        list.push(format!("triton{}", set.triton));
    }
    if !recipe.is_built {
        list.extend(line.requires.iter().cloned());
        if os == OsFamily::Windows {
            list.extend(catalog.source.windows.packages.iter().cloned());
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests;
