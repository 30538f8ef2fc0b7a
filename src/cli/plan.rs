//! `plan`, and what all commands with PLAN OPTIONS share.

use super::args::{ChangeArgs, PlanArgs, PlanOptions};
use super::wait::telling;
use super::{Done, Failed, Session, exit};
use crate::assess::Route;
use crate::facts::{PythonVersion, TorchVersion};
use crate::plan::export::{Format, export};
use crate::prepare::{self, Scan, Wish};
use crate::problem::Problem;
use std::path::PathBuf;
use std::sync::Arc;

/// The user's words as a wish; words that cannot be followed are an error of usage.
pub fn wish(session: &Session, options: &PlanOptions) -> Result<Wish, Failed> {
    for (given, name) in [
        (options.answers.is_some(), "--answers"),
        (options.catalog.is_some(), "--catalog"),
        (options.bundle.is_some(), "--bundle"),
    ] {
        if given {
            return Err(Failed::Usage(format!("{name}: not in this version")));
        }
    }
    let usage = |text: String| Failed::Usage(text);
    let torch = options.torch.as_deref().map(str::parse::<TorchVersion>).transpose();
    let torch = torch.map_err(|error| usage(format!("--torch: {error}")))?;
    if let Some(variant) = options.variant.as_deref() {
        let is_variant = variant == "cpu" || crate::facts::CudaVersion::of_variant(variant).is_some();
        if !is_variant {
            return Err(usage(format!("--variant: {variant:?} is neither cpu nor a CUDA variant such as cu130")));
        }
    }
    if let Some(url) = &options.index_url {
        let parsed = url::Url::parse(url).map_err(|error| usage(format!("--index-url: {error}")))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(usage("--index-url: only http and https addresses are taken".to_owned()));
        }
    }
    let (python, interpreter) = python(session, options.python.as_deref())?;
    let variant_is_cpu = options.variant.as_deref() == Some("cpu");
    Ok(Wish {
        // Who asks for the cpu variant asks for the route that has it.
        route: options.route.map(Into::into).or(variant_is_cpu.then_some(Route::Cpu)),
        target: options.env.as_deref().map(|path| session.absolute(path)),
        folder: session.settings.environments_folder.clone(),
        torch,
        variant: options.variant.clone(),
        python,
        interpreter,
        engine: options.engine.map(Into::into),
        gpus: options.gpu.clone(),
        packages: options.with.clone(),
        kits: options.kit.clone(),
        mirror: options.index_url.clone().or_else(|| session.settings.torch_mirror.clone()),
        replace: options.replace,
        offline: session.offline,
        looking: prepare::Looking::Ahead,
    })
}

/// What a change of a known environment may be told; what it shall become is not asked for.
pub fn wish_of(session: &Session, how: &ChangeArgs) -> Wish {
    Wish {
        engine: how.engine.map(Into::into),
        mirror: how.index_url.clone().or_else(|| session.settings.torch_mirror.clone()),
        offline: session.offline,
        ..Wish::default()
    }
}

/// `--python` takes a version or a path.
fn python(session: &Session, text: Option<&str>) -> Result<(Option<PythonVersion>, Option<PathBuf>), Failed> {
    let Some(text) = text else { return Ok((None, None)) };
    if let Ok(version) = text.parse::<PythonVersion>() {
        return Ok((Some(version), None));
    }
    let path = session.absolute(std::path::Path::new(text));
    match session.host.meta(&path) {
        Some(meta) if !meta.is_dir => Ok((None, Some(path))),
        Some(_) => crate::environments::interpreter(&*session.host, &path)
            .map(|inside| (None, Some(inside)))
            .ok_or_else(|| Failed::Usage(format!("--python: there is no interpreter in {}", path.display()))),
        None => Err(Failed::Usage(format!("--python: {text:?} is neither a version such as 3.12 nor a file"))),
    }
}

/// Detects, asks the indexes and judges.
pub fn scan(session: &mut Session, wish: &Wish) -> Result<Scan, Failed> {
    let known = session.known()?.environments.into_iter().map(|known| known.path).collect();
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    let scan = telling(session, "looking at this PC", |tell| {
        prepare::scan(&host, catalog, wish, known, &mut |doing| tell.now(doing))
    });
    scan.ok_or_else(|| Problem::new("cancelled", "Cancelled.").into())
}

/// Makes the plan.
pub fn make(session: &mut Session, scan: &Scan, wish: &Wish) -> Result<crate::plan::Plan, Failed> {
    let chosen = prepare::choose(&scan.assessments, wish.route)?.clone();
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    Ok(telling(session, "making the plan", |tell| {
        prepare::plan(&host, catalog, scan, &chosen, wish, &mut |doing| tell.now(doing))
    })?)
}

/// Changes nothing.
pub fn run(session: &mut Session, args: &PlanArgs) -> Done {
    let format = if session.json { Format::Json } else { args.format.into() };
    let wish = wish(session, &args.options)?;
    let scan = scan(session, &wish)?;
    let plan = make(session, &scan, &wish)?;
    let text = export(&plan, format).map_err(|error| {
        Problem::new("no-export", format!("The plan cannot be written in this form: {error}."))
            .advise("Use another form, or install with torch-wizard itself.")
    })?;
    match &args.output {
        Some(path) => {
            let path = session.absolute(path);
            session.host.write_atomic(&path, text.as_bytes()).map_err(|error| crate::run::problem_of(&error))?;
            session.screen.note(format!("Written to {}.", path.display()));
        }
        None => session.screen.raw(&text),
    }
    Ok(exit::DONE)
}
