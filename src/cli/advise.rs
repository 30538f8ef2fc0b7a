//! `advise`

use super::args::AdviseArgs;
use super::{Done, Session, exit, json, not_yet, plan, show};
use crate::assess::{InstalledTorch, Route, TorchStatus, Verdict};

pub fn run(session: &mut Session, args: &AdviseArgs) -> Done {
    if args.report.is_some() {
        return not_yet("advise --report");
    }
    let wish = plan::wish(session, &args.options)?;
    let scan = plan::scan(session, &wish)?;
    let (facts, catalog) = (&scan.facts, session.catalog);
    let driver = crate::assess::driver_advice(facts, catalog);
    let wait = crate::assess::wait(facts, catalog);
    let installed = installed(session, &scan);
    if session.json {
        session.say_json(&json::advised(facts, &installed, &driver, wait.as_ref(), &scan.assessments));
    } else {
        let text = show::advice(facts, &installed, &driver, wait.as_ref(), &scan.assessments);
        session.screen.raw(&text);
    }
    let gpu_route_runs = scan.assessments.iter().any(|assessment| {
        assessment.route != Route::Cpu
            && matches!(assessment.verdict, Verdict::Recommended { .. } | Verdict::Works { .. })
    });
    Ok(if gpu_route_runs { exit::DONE } else { exit::NO })
}

/// The torch that counts as "the installed one": that of the environment in use, else of the only one there is.
fn installed(session: &Session, scan: &crate::prepare::Scan) -> InstalledTorch {
    let none = InstalledTorch { version: None, status: TorchStatus::None, reasons: Vec::new() };
    let Some(all) = scan.facts.environments.found() else {
        return InstalledTorch { status: TorchStatus::Unknown, ..none };
    };
    let active =
        ["VIRTUAL_ENV", "CONDA_PREFIX"].iter().find_map(|name| session.host.var(name)).map(std::path::PathBuf::from);
    let mut with_torch = all.iter().filter(|environment| environment.torch.is_some());
    let chosen = match active {
        Some(active) => {
            with_torch.find(|environment| session.host.resolve(&environment.path) == session.host.resolve(&active))
        }
        None => with_torch.next().filter(|_| with_torch.next().is_none()),
    };
    chosen.map_or(none, |environment| crate::assess::installed_torch(&scan.facts, environment, session.catalog))
}
