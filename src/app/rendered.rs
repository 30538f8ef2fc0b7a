//! What goes to files: the report, the reference card, the plan in other forms, the readings, the report for support. Pure: they are
//! written by others.

use super::{Model, Saved, Watched};
use crate::doctor::Form;
use crate::monitor::{CSV_HEADER, csv_rows};
use crate::plan::Plan;
use crate::plan::export::{Format, export};
use crate::problem::Problem;
use crate::report::{self, About, Card, redacted_json};
use crate::text::Text;
use std::path::{Path, PathBuf};

/// Makes what is to be saved at `path`, whose ending decides the form of a report.
pub fn rendered(model: &Model, what: Saved, path: &Path, text: &Text) -> Result<Vec<u8>, Problem> {
    let text = match what {
        Saved::Report => verification(model, path, text),
        Saved::ReferenceCard => reference_card(model, text),
        Saved::Plan(format) => plan(model, format),
        Saved::Readings => readings(model),
        Saved::Support => return support(model, path),
    };
    text.map(String::into_bytes)
}

/// The report for support, as a zip where the name says nothing else.
fn support(model: &Model, path: &Path) -> Result<Vec<u8>, Problem> {
    let Some(bundle) = model.support.bundle.ready() else {
        return Err(Problem::new("no-report", "The report is not made yet.").advise("Wait until it is shown."));
    };
    bundle.clone().in_form(Form::of(path).unwrap_or(Form::Zip)).bytes()
}

/// The environment whose proof, or whose run, is on the page.
pub fn subject(model: &Model) -> Option<PathBuf> {
    match &model.verify.watched {
        Watched::Environment(path) => Some(path.clone()),
        Watched::Run => model.run.as_ref().map(|run| run.plan.target.clone()),
    }
}

/// A report is made to be given away: without the person, the PC and what else is private.
fn verification(model: &Model, path: &Path, text: &Text) -> Result<String, Problem> {
    let Some(report) = model.verify.report() else {
        return Err(Problem::new("no-report", "There is no verification to save.").advise("Run the checks first."));
    };
    let private = &model.private;
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
        let data = serde_json::to_string_pretty(report).unwrap_or_default() + "\n";
        return Ok(redacted_json(&data, private));
    }
    let subject = subject(model);
    let facts = model.facts();
    let system = facts.and_then(|facts| facts.os.found()).map(report::system);
    let about = About { subject: subject.as_deref(), system: system.as_deref(), facts, private: Some(private) };
    Ok(report::verification_html(report, &about, model.catalog, text))
}

/// The card is the user's own, to paste commands from: its paths stay whole.
fn reference_card(model: &Model, text: &Text) -> Result<String, Problem> {
    let (Some(run), Some(facts)) = (&model.run, model.facts()) else {
        return Err(Problem::new("no-card", "There is no environment to make a card of.").advise("Install first."));
    };
    let environment = &run.plan.target;
    let is_its_own = subject(model).as_ref() == Some(environment);
    let report = model.verify.report().filter(|_| is_its_own);
    // No clock here: the newest moment that is known stands for the card's.
    let moments = [Some(&facts.taken_at), Some(&run.plan.made_at), report.map(|report| &report.taken_at)];
    let made_at = moments.into_iter().flatten().max().cloned().unwrap_or_default();
    let card = Card {
        environment,
        os: model.os,
        facts,
        plan: Some(&run.plan),
        known: model.home.card(environment).map(|card| &card.kept.known),
        report,
        made_at: &made_at,
        private: None,
    };
    Ok(report::reference_card(&card, text))
}

/// The plan on the page: the one under review, else the one that runs or ran. A script must run as it is: whole paths.
fn plan(model: &Model, format: Format) -> Result<String, Problem> {
    let ran = || model.run.as_ref().map(|run| &*run.plan);
    let plan: Option<&Plan> = model.review.plan.ready().or_else(ran);
    let Some(plan) = plan else {
        return Err(Problem::new("no-plan", "There is no plan to save.").advise("Review the plan first."));
    };
    export(plan, format).map_err(|error| {
        Problem::new("no-export", format!("The plan cannot be written in this form: {error}."))
            .advise("Use another form, or install with torch-wizard itself.")
    })
}

fn readings(model: &Model) -> Result<String, Problem> {
    if model.monitor.ticks.is_empty() {
        return Err(Problem::new("no-readings", "There are no readings to save yet.").advise("Open the monitor first."));
    }
    let rows = model.monitor.ticks.iter().map(|(_, tick)| csv_rows(tick));
    Ok(std::iter::once(CSV_HEADER.to_owned()).chain(rows).collect())
}

#[cfg(test)]
mod tests;
