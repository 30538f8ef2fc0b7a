//! Which driver to take, from where, which not, and what to do around it. It is told and never done: the wizard installs no
//! driver.

use super::advice::{driver_advice, setting, with_context};
use super::machine::{Card, Context, DriverNow, NoCards};
use super::reasons::guide as say;
use super::{Reason, Unblock, reasons};
use crate::catalog::{BuildRow, Catalog, DriverFault, DriverFloor, Drives, KernelModule, Numbering, Platform};
use crate::facts::{DriverVersion, MachineFacts, OsFamily, TorchVersion};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The maker's page.
pub const DRIVER_PAGE: &str = "https://www.nvidia.com/drivers";

/// What becomes of the present driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Serves {
    /// It stays.
    Yes,
    /// An older torch runs with it; a newer one wants a newer driver.
    Partly,
    /// Nothing runs with it on every card, it can damage the card, or there is none.
    No,
    /// Nobody could say which it is.
    Unknown,
}

/// The way to the right driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriverGuide {
    /// The present one.
    pub now: Option<DriverVersion>,
    /// Whether it serves.
    pub serves: Serves,
    /// Why.
    pub why: Vec<Reason>,
    /// The first release that runs the newest torch for the cards.
    pub least: DriverVersion,
    /// The branch to take: one that gets fixes for long, else the newest.
    pub branch: u32,
    /// Until when it gets fixes (year and month), where that was told.
    pub supported_until: Option<String>,
    /// The last branch that drives every card; `None`: no later one is known to drop any.
    pub last_branch: Option<u32>,
    /// Which not, and what else to heed.
    pub heed: Vec<Reason>,
    /// What to do, in this order.
    pub steps: Vec<Unblock>,
    /// Where it comes from.
    pub page: String,
}

impl DriverGuide {
    /// Which to take, in a sentence or two.
    pub fn take(&self, text: &Text) -> String {
        let places = [
            ("branch", self.branch.to_string().into()),
            ("least", self.least.to_string().into()),
            ("until", self.supported_until.clone().unwrap_or_default().into()),
        ];
        let key = match (self.last_branch, &self.supported_until) {
            (None, None) => "driver-take",
            (None, Some(_)) => "driver-take-until",
            (Some(_), None) => "driver-take-last",
            (Some(_), Some(_)) => "driver-take-last-until",
        };
        text.with(key, &places)
    }
}

/// Which driver the machine's cards want; `Err` has what keeps that from being said.
pub fn driver_guide(facts: &MachineFacts, catalog: &Catalog) -> Result<DriverGuide, Vec<Reason>> {
    with_context(facts, catalog, |context| {
        let os = context.os().ok_or_else(|| vec![reasons::os_unknown()])?;
        if os.is_container {
            return Err(vec![say::of_the_host()]);
        }
        if os.is_wsl1() {
            return Err(vec![reasons::wsl1_has_no_gpu()]);
        }
        if os.family == OsFamily::Macos {
            return Err(vec![reasons::no_cuda_on_macos()]);
        }
        let no_setting = || match context.cards() {
            Err(NoCards::Absent(reason) | NoCards::Unknown(reason)) => vec![reason],
            Ok(_) => vec![reasons::platform_not_covered(os.family, &os.arch)],
        };
        let (platform, builds, cards) = setting(context).ok_or_else(no_setting)?;
        Guide { context, platform, builds: &builds, cards: &cards }.made()
    })
}

struct Guide<'a> {
    context: &'a Context<'a>,
    platform: Platform,
    builds: &'a [BuildRow<'a>],
    cards: &'a [Card<'a>],
}

/// A card's newest torch, and what it wants.
struct Wanted {
    torch: TorchVersion,
    floor: DriverFloor,
}

impl Guide<'_> {
    fn made(&self) -> Result<DriverGuide, Vec<Reason>> {
        let names: Vec<&str> = self.cards.iter().map(|card| card.gpu.name.as_str()).collect();
        let names = names.join(", ");
        let wanted = self.wanted()?;
        let last = self.last_branch();
        let last_branch = last.as_ref().map(|(branch, _)| *branch);
        if last_branch.is_some_and(|last| last < wanted.floor.first.branch()) {
            return Err(vec![say::none_for_all(&names)]);
        }
        let is_linux = self.context.numbering() == Numbering::Linux;
        let module = if is_linux { self.module() } else { None };
        if is_linux && module.is_none() {
            return Err(vec![say::no_module_for_all(&names)]);
        }
        let least = self.without_danger(wanted.floor.first.clone());
        let (branch, supported_until) = self.branch(&least, last_branch);
        let (serves, why) = self.present(&wanted, &least);
        let mut heed: Vec<Reason> = last.into_iter().map(|(_, reason)| reason).collect();
        heed.extend(module.map(|(module, source)| say::module(module, &source)));
        heed.extend(self.faults_from(&least, last_branch).map(say::avoid));
        let is_wsl = self.context.os().is_some_and(|os| os.is_wsl);
        heed.extend(is_wsl.then(say::no_linux_driver_in_wsl));
        let page = self.page();
        Ok(DriverGuide {
            now: self.now(),
            serves,
            why,
            steps: if serves == Serves::Yes { Vec::new() } else { self.steps(&least, branch, last_branch, &page) },
            least,
            branch,
            supported_until,
            last_branch,
            heed,
            page,
        })
    }

    fn now(&self) -> Option<DriverVersion> {
        match self.context.driver() {
            DriverNow::Version(driver) => Some(driver),
            DriverNow::AtLeast(_) | DriverNow::Before(_) | DriverNow::Missing | DriverNow::Unknown => None,
        }
    }

    /// What the newest torch of every card wants: the highest of their floors. Cards that no build serves want nothing.
    fn wanted(&self) -> Result<Wanted, Vec<Reason>> {
        let of_card = |card: &Card<'_>| {
            let has_code = |row: &&BuildRow<'_>| self.context.has_code(row, self.platform, card.capability);
            let newest = self.builds.iter().filter(has_code).map(|row| &row.release.torch).max()?;
            let of_newest = self.builds.iter().filter(has_code).filter(|row| row.release.torch == *newest);
            let floors = of_newest.filter_map(|row| self.context.floor(row, &[*card]));
            let floor = floors.min_by(|a, b| a.least.cmp(&b.least))?;
            Some(Wanted { torch: newest.clone(), floor: self.listed(card, floor) })
        };
        let served = self.cards.iter().filter_map(of_card);
        served
            .max_by(|a, b| a.floor.first.cmp(&b.floor.first))
            .ok_or_else(|| self.cards.iter().map(|card| reasons::no_code_for_card(card.gpu, card.capability)).collect())
    }

    /// A single card may be listed by a later release than its generation.
    fn listed(&self, card: &Card<'_>, mut floor: DriverFloor) -> DriverFloor {
        let on = self.context.numbering();
        // As many turns as there are branches.
        for _ in &self.context.catalog.branches {
            match self.context.catalog.drives(&floor.first, on, card.capability, card.gpu.pci_id) {
                Drives::TooOld(later) if later.first > floor.first => floor = later,
                Drives::TooOld(_) | Drives::Yes | Drives::Dropped { .. } => break,
            }
        }
        floor
    }

    /// The last branch that drives every card, and which card says so.
    fn last_branch(&self) -> Option<(u32, Reason)> {
        let lasts = self.cards.iter().filter_map(|card| {
            let (branch, source) = self.context.catalog.last_branch(card.capability)?;
            Some((branch, say::not_after(card.gpu, card.capability, branch, source)))
        });
        lasts.min_by_key(|(branch, _)| *branch)
    }

    /// The kernel module that drives every card on Linux; the open one where both do.
    fn module(&self) -> Option<(KernelModule, String)> {
        let drives = |module: KernelModule| {
            self.cards.iter().all(|card| self.context.catalog.kernel_modules(card.capability).contains(&module))
        };
        let module = [KernelModule::Open, KernelModule::Proprietary].into_iter().find(|module| drives(*module))?;
        let first = self.cards.first()?.capability;
        let rows = &self.context.catalog.kernel_modules;
        let row = rows.iter().find(|row| row.from <= first && first <= row.to)?;
        Some((module, row.backing.source.clone()))
    }

    fn faults_from<'b>(
        &'b self,
        least: &'b DriverVersion,
        last_branch: Option<u32>,
    ) -> impl Iterator<Item = &'b DriverFault> {
        let on = self.context.numbering();
        let capability = self.cards.iter().map(|card| card.capability).max();
        self.context.catalog.driver_faults.iter().filter(move |fault| {
            let concerns = capability.is_some_and(|capability| fault.concerns(&fault.from, on, capability));
            concerns && fault.fixed_in > *least && last_branch.is_none_or(|last| fault.from.branch() <= last)
        })
    }

    /// The first release from here on that can damage nothing.
    fn without_danger(&self, least: DriverVersion) -> DriverVersion {
        let dangers = self.faults_from(&least, None).filter(|fault| fault.is_dangerous && fault.from <= least);
        dangers.map(|fault| fault.fixed_in.clone()).max().unwrap_or(least)
    }

    /// The branch to take: the one that gets fixes longest, else the newest that is known.
    fn branch(&self, least: &DriverVersion, last_branch: Option<u32>) -> (u32, Option<String>) {
        let catalog = self.context.catalog;
        let today = catalog.as_of().map(|day| day.to_string()).unwrap_or_default();
        let fits = |branch: u32| branch >= least.branch() && last_branch.is_none_or(|last| branch <= last);
        let mut known = catalog.branches.iter().filter(|row| fits(row.branch));
        let lasting = known.clone().filter(|row| row.supported_until.as_ref().is_some_and(|until| *until > today));
        let lasting = lasting.max_by(|a, b| a.supported_until.cmp(&b.supported_until));
        match lasting.or_else(|| known.next_back()) {
            Some(row) => (row.branch, row.supported_until.clone()),
            None => (least.branch(), None),
        }
    }

    /// Whether the present one serves, and why or why not.
    fn present(&self, wanted: &Wanted, least: &DriverVersion) -> (Serves, Vec<Reason>) {
        let advice = driver_advice(self.context.facts, self.context.catalog);
        let driver = match self.context.driver() {
            DriverNow::Version(driver) => driver,
            DriverNow::Missing | DriverNow::Before(_) => return (Serves::No, advice.reasons),
            DriverNow::AtLeast(_) | DriverNow::Unknown if advice.upgrade_required == Some(true) => {
                return (Serves::No, advice.reasons);
            }
            DriverNow::AtLeast(_) | DriverNow::Unknown => return (Serves::Unknown, vec![say::unknown()]),
        };
        let dropped = self.cards.iter().filter_map(|card| {
            let Drives::Dropped { last_branch, source } = self.context.drives(&driver, card) else { return None };
            Some(reasons::driver_dropped_card(card.gpu, card.capability, &driver, last_branch, &source))
        });
        let mut why: Vec<Reason> = dropped.collect();
        let on = self.context.numbering();
        let is_dangerous = self
            .cards
            .iter()
            .any(|card| self.context.catalog.faults_of(&driver, on, card.capability).any(|fault| fault.is_dangerous));
        let is_no = !why.is_empty() || is_dangerous || advice.upgrade_required == Some(true);
        why.extend(advice.reasons);
        if is_no {
            return (Serves::No, why);
        }
        let source = wanted.floor.source.as_str();
        let (serves, first) = if driver < wanted.floor.least {
            (Serves::Partly, say::held_back(&wanted.torch, &driver, least, source))
        } else {
            (Serves::Yes, say::serves(&driver, &wanted.torch, source))
        };
        why.insert(0, first);
        (serves, why)
    }

    fn page(&self) -> String {
        let os = self.context.os().filter(|os| os.family == OsFamily::Linux && !os.is_wsl);
        let origin = os.and_then(|os| self.context.catalog.driver_origin(&os.version));
        origin.map_or_else(|| DRIVER_PAGE.to_owned(), |origin| origin.page.clone())
    }

    fn steps(&self, least: &DriverVersion, branch: u32, last_branch: Option<u32>, page: &str) -> Vec<Unblock> {
        let now = self.now();
        let goes_back = now.as_ref().is_some_and(|now| last_branch.is_some_and(|last| now.branch() > last));
        let is_wsl = self.context.os().is_some_and(|os| os.is_wsl);
        let mut steps = Vec::new();
        if self.context.numbering() == Numbering::Windows {
            steps.push(say::from_page(least, last_branch));
            steps.push(say::clean_windows(goes_back));
            steps.extend(last_branch.is_some().then(say::watch_on));
        } else {
            steps.extend(now.is_some().then(say::clean_linux));
            let system = self.context.os().map(|os| os.version.as_str()).unwrap_or_default();
            let origin = self.context.catalog.driver_origin(system);
            let module = self.module().map_or(KernelModule::Open, |(module, _)| module);
            let command = origin.and_then(|origin| origin.command(branch, module));
            steps.push(command.map_or_else(|| say::by_page(branch, page), |command| say::package(branch, command)));
        }
        steps.push(say::restart(is_wsl));
        steps.push(say::look_again());
        steps
    }
}
