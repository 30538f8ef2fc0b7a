//! What the user chose, and the plan that follows from it. A change of choice withdraws what hung on it.

use super::{Effect, Load, Model, Screen};
use crate::assess::{Assessment, Origin, Route};
use crate::plan::{Engine, Plan};
use crate::prepare::kit::goes_with;
use crate::prepare::{Scan, Wish};
use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// What the user chose; everything left out is decided by the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The route picked; `None` is the recommended one.
    pub route: Option<Route>,
    /// Cards to serve; `None` is all.
    pub gpus: Option<Vec<u32>>,
    /// The folder as typed; `None` is the usual one.
    pub target: Option<String>,
    /// What stands there is replaced once the new one is proven.
    pub replace: bool,
    /// The interpreter; `None` is the best one found.
    pub python: Option<PathBuf>,
    /// The engine; `None` is uv, else pip.
    pub engine: Option<Engine>,
    /// torchaudio as well.
    pub audio: bool,
    /// Names of the kits that go on top.
    pub kits: Vec<String>,
}

impl Choice {
    /// The choices as the engine takes them.
    pub(super) fn wish(&self, model: &Model) -> Wish {
        let takes_audio = self.audio && model.chosen().is_none_or(|chosen| Fields::of(chosen).audio);
        let takes_kits = model.chosen().is_none_or(|chosen| Fields::of(chosen).kits);
        Wish {
            route: self.route,
            target: self.target.as_deref().map(PathBuf::from),
            folder: model.settings.environments_folder.clone(),
            interpreter: self.python.clone().or_else(|| model.corrections.python.clone()),
            engine: self.engine,
            gpus: self.gpus.clone(),
            packages: if takes_audio { vec!["torchaudio".to_owned()] } else { Vec::new() },
            kits: if takes_kits { self.kits.clone() } else { Vec::new() },
            mirror: model.settings.torch_mirror.clone(),
            replace: self.replace,
            offline: model.offline,
            ..Wish::default()
        }
    }
}

/// What can be chosen for a plan, by its route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The interpreter of this system.
    pub python: bool,
    /// uv or pip.
    pub engine: bool,
    /// torchaudio as well.
    pub audio: bool,
    /// Kits on top.
    pub kits: bool,
    /// What stands at the place may be replaced.
    pub replace: bool,
}

impl Fields {
    /// What the plan of a route leaves to choose.
    pub fn of(assessment: &Assessment) -> Self {
        let is_fixed = assessment
            .build
            .as_ref()
            .is_some_and(|build| matches!(build.origin, Origin::Image { .. } | Origin::Git { .. }));
        // In WSL and in a container another system's Python runs, and uv is brought along.
        let is_here = !matches!(assessment.route, Route::Wsl2 | Route::Docker);
        let kits = goes_with(assessment.route);
        Self { python: is_here, engine: is_here, audio: !is_fixed, kits, replace: is_here }
    }
}

/// What a known environment becomes by the plan for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Becomes {
    /// It is mended.
    #[default]
    Mended,
    /// What it was, by a snapshot's file.
    Snapshot(PathBuf),
    /// With the kit of this name on top.
    WithKit(String),
}

/// The plan and the place it is for.
#[derive(Clone, Debug)]
pub struct Review {
    /// Number of the plan; answers to an older one are not taken.
    pub ticket: u32,
    /// The plan.
    pub plan: Load<Plan>,
    /// The environment that it changes; `None`: it makes one.
    pub repairs: Option<PathBuf>,
    /// What this one becomes.
    pub becomes: Becomes,
    /// What is wrong with the folder, if anything.
    pub target_trouble: Option<Problem>,
    /// The folder is being looked at.
    pub is_checking_target: bool,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            ticket: 0,
            plan: Load::Idle,
            repairs: None,
            becomes: Becomes::Mended,
            target_trouble: None,
            is_checking_target: false,
        }
    }
}

impl Review {
    /// The plan, if Install may be pressed now.
    pub const fn installable(&self) -> Option<&Plan> {
        match (&self.plan, &self.target_trouble, self.is_checking_target) {
            (Load::Ready(plan), None, false) => Some(plan),
            _ => None,
        }
    }
}

/// The plan does not hold any more.
pub fn withdraw(model: &mut Model) {
    // A plan under way is not taken when it comes.
    model.review.ticket += 1;
    model.review.plan = Load::Idle;
    (model.review.repairs, model.review.becomes) = (None, Becomes::Mended);
    model.review.target_trouble = None;
    if !model.is_running() {
        model.run = None;
        model.verify = super::VerifyView::default();
    }
}

/// Goes to Review and makes the plan if there is none.
pub fn enter(model: &mut Model) -> Vec<Effect> {
    model.screen = Screen::Review;
    match model.review.plan {
        Load::Ready(_) | Load::Busy { .. } => Vec::new(),
        Load::Idle | Load::Failed(_) => make(model),
    }
}

/// Makes the plan by what is known and chosen now.
pub fn make(model: &mut Model) -> Vec<Effect> {
    if model.review.repairs.is_some() {
        return super::repair::make(model);
    }
    let (Some(facts), Some(chosen)) = (model.facts().cloned(), model.chosen().cloned()) else { return Vec::new() };
    model.review.ticket += 1;
    model.review.plan = Load::Busy { since: model.now, doing: String::new() };
    model.review.target_trouble = None;
    let scan = Scan { facts, live: model.detection.live.clone(), assessments: model.detection.assessments.clone() };
    let mut wish = model.wish();
    wish.route = Some(chosen.route);
    vec![Effect::Plan {
        ticket: model.review.ticket,
        scan: Box::new(scan),
        chosen: Box::new(chosen),
        wish: Box::new(wish),
    }]
}

/// The plan came.
pub fn planned(model: &mut Model, ticket: u32, plan: Result<Plan, Problem>) {
    if ticket != model.review.ticket {
        return;
    }
    model.review.plan = match plan {
        Ok(plan) => Load::Ready(plan),
        Err(problem) if is_of_the_folder(&problem) => {
            model.review.target_trouble = Some(problem.clone());
            Load::Failed(problem)
        }
        Err(problem) => Load::Failed(problem),
    };
}

/// Trouble that another folder ends.
pub fn is_of_the_folder(problem: &Problem) -> bool {
    matches!(
        problem.label.as_str(),
        "bad-target" | "target-taken" | "not-writable" | "path-too-long" | "disk-full" | "no-room"
    )
}

/// Another folder, or what stands there may be replaced: the packages stay as resolved, only the places change.
pub fn retarget(model: &mut Model) -> Vec<Effect> {
    let Some(text) = model.choice.target.clone() else { return make(model) };
    let target = PathBuf::from(&text);
    let replace = model.choice.replace;
    model.review.target_trouble = None;
    let Load::Ready(plan) = &model.review.plan else { return make(model) };
    match crate::plan::retargeted(plan, &target, replace) {
        Ok(plan) => {
            let (bytes, replace) = (plan.assessment.disk_bytes, replace && plan.can_replace());
            model.review.plan = Load::Ready(plan);
            model.review.is_checking_target = true;
            vec![Effect::CheckTarget { target, replace, bytes }]
        }
        Err(error) => {
            model.review.is_checking_target = false;
            let problem = Problem::new("bad-target", format!("{error}."));
            model.review.target_trouble = Some(problem.advise("Choose another folder."));
            Vec::new()
        }
    }
}

/// The folder was looked at.
pub fn target_checked(model: &mut Model, target: &Path, trouble: Option<Problem>) {
    // An answer about a folder that was typed over meanwhile says nothing.
    if model.review.plan.ready().is_some_and(|plan| plan.target == target) {
        model.review.is_checking_target = false;
        model.review.target_trouble = trouble;
    }
}
