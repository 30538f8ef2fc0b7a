//! A machine with its verdicts, as the cards of the routes show it: this PC, or another one that a report tells of.

use crate::app::{Action, Model, OtherAction};
use crate::assess::{Assessment, Route};
use crate::catalog::{Catalog, LiveIndex};
use crate::facts::{Gpu, MachineFacts};

/// The order on the page: what stays on this system first, the processor last.
const ORDER: [Route; 6] = [Route::Wheel, Route::Nightly, Route::Wsl2, Route::Docker, Route::Source, Route::Cpu];

/// Whose PC it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This one: what helps can be done here.
    Ours,
    /// Another one: nothing can be done about it from here.
    Other,
}

/// The machine and its verdicts.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Whose it is.
    pub whose: Whose,
    /// What the product knows.
    pub catalog: &'static Catalog,
    /// What is known of the machine.
    pub facts: Option<&'a MachineFacts>,
    /// What the indexes have; `None` for another PC, of which no index was asked.
    pub live: Option<&'a LiveIndex>,
    /// One verdict a route.
    pub routes: &'a [Assessment],
    /// The route whose card is open.
    pub chosen: Option<Route>,
    /// The cards to serve; `None` is all.
    pub gpus: Option<&'a [u32]>,
}

impl<'a> Judged<'a> {
    /// This PC.
    pub fn ours(model: &'a Model) -> Self {
        Self {
            whose: Whose::Ours,
            catalog: model.catalog,
            facts: model.facts(),
            live: Some(&model.detection.live),
            routes: &model.detection.assessments,
            chosen: model.chosen().map(|chosen| chosen.route),
            gpus: model.choice.gpus.as_deref(),
        }
    }

    /// The PC of a report, once one was read.
    pub fn other(model: &'a Model) -> Option<Self> {
        let reported = model.other.reported()?;
        Some(Self {
            whose: Whose::Other,
            catalog: model.catalog,
            facts: Some(&reported.facts),
            live: None,
            routes: &reported.assessments,
            chosen: model.other.chosen(),
            gpus: model.other.gpus.as_deref(),
        })
    }

    /// The verdicts in the order of the page.
    pub fn in_order(&self) -> impl Iterator<Item = &'a Assessment> {
        let routes = self.routes;
        ORDER.into_iter().filter_map(move |route| routes.iter().find(|assessment| assessment.route == route))
    }

    /// The cards of the machine.
    pub fn cards(&self) -> &'a [Gpu] {
        self.facts.and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default()
    }

    /// What opens the card of a route.
    pub const fn pick(&self, route: Route) -> Action {
        match self.whose {
            Whose::Ours => Action::Pick(route),
            Whose::Other => Action::Other(OtherAction::Pick(route)),
        }
    }

    /// What judges for these cards alone.
    pub const fn pick_cards(&self, gpus: Option<Vec<u32>>) -> Action {
        match self.whose {
            Whose::Ours => Action::PickCards(gpus),
            Whose::Other => Action::Other(OtherAction::PickCards(gpus)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_its_place_on_the_page() {
        let mut shown = ORDER.to_vec();
        shown.sort_unstable();
        let mut all = Route::ALL.to_vec();
        all.sort_unstable();
        assert_eq!(shown, all);
    }
}
