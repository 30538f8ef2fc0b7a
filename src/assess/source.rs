//! Built here from source: for cards that no wheel has code for, for mixed cards, for what nobody publishes.

mod workshop;

use super::machine::{Card, Context, DriverNow, Fit};
use super::stop::Stop;
use super::wheel::{setting, too_old};
use super::{Assessment, Build, Origin, Reason, Risk, Route, Verdict, reasons};
use crate::catalog::{DriverFloor, Drives, SourceLine, ToolkitCompiler};
use crate::facts::{CudaToolkit, PythonVersion, TorchVersion};

const GIB: u64 = 1 << 30;

pub(super) fn assess(context: &Context<'_>) -> Assessment {
    decide(context).unwrap_or_else(|stop| stop.of(Route::Source))
}

fn decide(context: &Context<'_>) -> Result<Assessment, Stop> {
    let compilers = &context.catalog.source.compilers;
    let (_, cards) = setting(context, |_| compilers.iter().map(|row| row.cuda).collect())?;
    let (cards, left_out) = driven(context, cards)?;
    let Some(torch) = version(context) else { return Err(Stop::unknown(reasons::not_on_index())) };
    let Some(line) = context.catalog.source.lines.iter().find(|line| line.from <= torch) else {
        return Err(Stop::unknown(reasons::torch_not_in_catalogue(&torch)));
    };
    let (compiler, toolkit, is_sure) = compiler(context, &cards, &torch)?;
    if let (DriverNow::Missing, Some(floor)) = (context.driver(), context.runtime_floor(compiler.cuda, &cards)) {
        return Err(Stop::blocked(vec![reasons::driver_missing(&floor)], vec![reasons::install_driver(&floor)]));
    }
    // What a report cannot show can be got.
    let lacks = if context.facts.is_report {
        workshop::Lacks::default()
    } else {
        workshop::lacks(context, &workshop::Needs { line, compiler, toolkit })
    };
    if !lacks.missing.is_empty() {
        return Err(Stop::blocked(lacks.missing, lacks.unblock));
    }
    let mut reasons = lacks.unknown;
    if !is_sure {
        reasons.push(reasons::driver_unknown(context.runtime_floor(compiler.cuda, &cards).as_ref()));
    }
    let is_known = reasons.is_empty();
    reasons.push(reasons::source_serves(&torch, compiler.cuda, &archs(&cards)));
    reasons.extend(left_out);
    let verdict = if is_known { Verdict::Works { reasons } } else { Verdict::Unknown { reasons } };
    let source = &context.catalog.source;
    let hardware = context.facts.hardware.found();
    let minutes = hardware
        .map(|hardware| source.time.minutes(source.memory.jobs(hardware.logical_cores, hardware.memory_bytes, true)));
    Ok(Assessment {
        verdict,
        build: Some(Build {
            python: python(context, line),
            variant: compiler.cuda.variant(),
            origin: Origin::Git {
                url: source.repository.url.clone(),
                tag: source.repository.tag.replace("{torch}", &torch.public()),
            },
            torch,
            seen_live: false,
        }),
        gpus: cards.iter().map(|card| card.gpu.index).collect(),
        disk_bytes: Some(u64::from(source.disk.source_gb + source.disk.tree_gb) * GIB),
        seconds: minutes.map(|(low, high)| (low * 60, high * 60)),
        risk: Some(Risk::High),
        ..Assessment::without_build(Route::Source, Verdict::Unknown { reasons: Vec::new() })
    })
}

/// The cards that the driver drives. One that it has dropped is left out where others remain.
fn driven<'a>(context: &Context<'a>, cards: Vec<Card<'a>>) -> Result<(Vec<Card<'a>>, Vec<Reason>), Stop> {
    let DriverNow::Version(driver) = context.driver() else { return Ok((cards, Vec::new())) };
    let (mut kept, mut left_out, mut reasons, mut unblock) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for card in cards {
        let Drives::Dropped { last_branch, source } = context.drives(&driver, &card) else {
            kept.push(card);
            continue;
        };
        reasons.push(reasons::driver_dropped_card(card.gpu, card.capability, &driver, last_branch, &source));
        unblock.push(reasons::older_branch(last_branch));
        left_out.push(reasons::card_left_out(card.gpu, card.capability));
    }
    if kept.is_empty() { Err(Stop::blocked(reasons, unblock)) } else { Ok((kept, left_out)) }
}

/// The release that was asked for, else the newest.
fn version(context: &Context<'_>) -> Option<TorchVersion> {
    let newest = || context.catalog.releases().first().map(|release| release.torch.clone());
    context.wishes.torch.clone().filter(TorchVersion::is_stable).or_else(newest)
}

/// The toolkit to build with: one whose compiler knows all the cards and whose code the driver runs. The newest one
/// that is there, else the newest one that the release's own wheels are made with, else the newest. With it, whether
/// the driver is certain.
fn compiler<'a>(
    context: &Context<'a>,
    cards: &[Card<'_>],
    torch: &TorchVersion,
) -> Result<(&'a ToolkitCompiler, Option<&'a CudaToolkit>, bool), Stop> {
    let knows = |row: &&ToolkitCompiler| cards.iter().all(|card| row.knows(card.capability));
    let is_wished =
        |row: &&ToolkitCompiler| context.wishes.variant.as_ref().is_none_or(|variant| *variant == row.cuda.variant());
    let knowing: Vec<_> = context.catalog.source.compilers.iter().filter(knows).filter(is_wished).collect();
    if knowing.is_empty() {
        return Err(Stop::blocked(vec![reasons::no_toolkit_for_cards(&archs(cards))], Vec::new()));
    }
    let (mut fit, mut unsure, mut floors): (Vec<_>, Vec<_>, Vec<DriverFloor>) = (Vec::new(), Vec::new(), Vec::new());
    for row in knowing {
        match context.runtime_floor(row.cuda, cards).map_or(Fit::Unsure, |floor| context.reaches(floor)) {
            Fit::Yes => fit.push(row),
            Fit::Unsure => unsure.push(row),
            Fit::TooOld(floor) => floors.push(floor),
        }
    }
    let release = context.catalog.release(torch);
    let made_with: Vec<String> = release.map(|release| release.linux_x86_64.variants.clone()).unwrap_or_default();
    let (rows, is_sure) = if fit.is_empty() { (unsure, false) } else { (fit, true) };
    let here = context.facts.toolkits.iter().filter(|toolkit| rows.iter().any(|row| row.cuda == toolkit.cuda));
    let here = here.max_by_key(|toolkit| toolkit.cuda);
    let row = match here {
        Some(toolkit) => rows.iter().find(|row| row.cuda == toolkit.cuda),
        None => rows.iter().max_by_key(|row| (made_with.contains(&row.cuda.variant()), row.cuda)),
    };
    row.map(|row| (*row, here, is_sure)).ok_or_else(|| {
        let floor = floors.into_iter().min_by(|a, b| a.least.cmp(&b.least));
        let reason = floor.as_ref().map_or_else(|| reasons::driver_unknown(None), |floor| too_old(context, floor));
        Stop::blocked(vec![reason], floor.iter().map(reasons::install_driver).collect())
    })
}

/// The newest Python that is there and that the source takes, up to the one taken by default; else the one uv brings.
fn python(context: &Context<'_>, line: &SourceLine) -> Option<PythonVersion> {
    let choice = &context.catalog.python_choice;
    let minor = |version: PythonVersion| PythonVersion::minor(version.major, version.minor);
    let (oldest, newest) = line.pythons;
    let is_fit = |version: &PythonVersion| (oldest..=newest.min(choice.newest)).contains(version);
    if let Some(wish) = context.wishes.python {
        return Some(minor(wish));
    }
    let found = context.facts.pythons.found().into_iter().flatten();
    let usable = found.filter(|python| !python.free_threaded && python.bits.is_none_or(|bits| bits == 64));
    usable.filter_map(|python| python.version).map(minor).filter(is_fit).max().or(Some(choice.brought))
}

/// `8.6 and 12.0`, as people read it; each once.
fn archs(cards: &[Card<'_>]) -> String {
    let mut list: Vec<_> = cards.iter().map(|card| card.capability).collect();
    list.sort_unstable();
    list.dedup();
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
