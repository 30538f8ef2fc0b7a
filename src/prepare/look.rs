//! What the indexes are asked, and what stands in for an answer that does not come.
//!
//! A look asks one page a variant, three pages of nightly builds for each variant that the driver serves, and the
//! stand-in of `PyPI`: all at once, 6 s at most. Nightly builds are asked for only where a card could use them and the
//! route is open. `advise` is content with what was read within the hour; whatever ends in an install asks anew.

use super::Wish;
use crate::assess::Route;
use crate::catalog::{Catalog, LiveIndex, Numbering, Platform, TORCH_INDEX, fixed_variant, nightly_page};
use crate::detect::{self, settings};
use crate::facts::{CudaVersion, MachineFacts, Probed, Reach};
use crate::host::Host;
use crate::index::cache::{self, Whose};
use crate::index::{self, Ask};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How long the indexes have to answer before a decision is made without them.
const INDEX_LIMIT: Duration = Duration::from_secs(6);

/// What a look at the indexes is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Looking {
    /// A plan: what is there now, as far as the route wished needs it.
    #[default]
    Ahead,
    /// Verdicts on all routes.
    Around {
        /// What was read not longer ago than this is good enough.
        age: Duration,
    },
}

/// Asks the indexes what they have today. Their answer, given more time than detection had, is the better fact about the
/// network and takes its place. Where none comes, what they had when they were read last stands in for it. A night that
/// is wished for and was proven here counts as there, whatever the index says.
pub fn look(host: &Arc<dyn Host>, catalog: &Catalog, facts: &mut MachineFacts, wish: &Wish) -> LiveIndex {
    let live = of_indexes(host, catalog, facts, wish);
    super::nightly::with_kept(&**host, facts, wish, live)
}

fn of_indexes(host: &Arc<dyn Host>, catalog: &Catalog, facts: &mut MachineFacts, wish: &Wish) -> LiveIndex {
    let mut ask = ask(catalog, facts, wish);
    let named = facts.index_settings.default_index.as_ref().map(|setting| setting.value.clone());
    let whose = Whose {
        torch: settings::mask(ask.mirror.as_deref().unwrap_or(TORCH_INDEX)),
        pypi: named.as_deref().map(settings::mask),
        catalog: catalog.as_of(),
    };
    let kept = cache::read(&**host, whose);
    let now = Timestamp::try_from(host.now()).unwrap_or_default();
    if wish.offline {
        return kept.and_then(|kept| kept.recall(&ask, catalog, now)).unwrap_or_else(LiveIndex::offline);
    }
    if let Looking::Around { age } = wish.looking
        && let Some(live) = kept.as_ref().and_then(|kept| kept.recall_within(age, &ask, catalog, now))
        && let Some(live) = as_reached(live, facts, wish)
    {
        return live;
    }
    ask.pypi = named.or_else(|| detect::network::pypi_address(&**host));
    let credentials = settings::credentials(&**host);
    let live = index::look(host, &ask, &|url| credentials.added_to(url));
    correct(facts, &live);
    let before = kept.as_ref().and_then(|kept| kept.recall(&ask, catalog, now));
    if let Some(kept) = kept {
        cache::write(&**host, kept, &live);
    }
    cache::fill(live, before)
}

/// What was kept, with how detection has just reached the indexes; `None` if it did not reach the one that counts.
fn as_reached(live: LiveIndex, facts: &MachineFacts, wish: &Wish) -> Option<LiveIndex> {
    let network = facts.network.found().filter(|network| network.torch_index == Reach::Reached)?;
    let (mirror, torch_index) = match wish.mirror {
        Some(_) => (Some(Reach::Reached), Reach::Blocked),
        None => (None, Reach::Reached),
    };
    Some(LiveIndex { mirror, torch_index, pypi: network.pypi, ..live })
}

fn correct(facts: &mut MachineFacts, live: &LiveIndex) {
    if let Probed::Found { value: network, .. } = &mut facts.network {
        for (fact, answer) in [(&mut network.torch_index, live.reach()), (&mut network.pypi, live.pypi)] {
            if answer != Reach::Unknown {
                *fact = answer;
            }
        }
    }
}

fn ask(catalog: &Catalog, facts: &MachineFacts, wish: &Wish) -> Ask {
    let known = catalog.runtimes.iter().map(|runtime| &runtime.variant).chain(&catalog.next.variants);
    let mut variants: Vec<String> = match &wish.variant {
        Some(wanted) => vec![wanted.clone()],
        None => known.cloned().collect(),
    };
    variants.push("cpu".to_owned());
    variants.dedup();
    let mut nightly = nightly(catalog, facts, wish);
    if let Some(only) = wish.mirror.as_deref().and_then(fixed_variant) {
        variants = vec![only];
    }
    let base = wish.mirror.as_deref().unwrap_or(TORCH_INDEX);
    nightly.retain(|variant| nightly_page(base, variant).is_some());
    Ask { mirror: wish.mirror.clone(), variants, nightly, pypi: None, limit: INDEX_LIMIT }
}

/// The variants whose nightly builds matter: those that the driver serves, and those that may appear beside them.
fn nightly(catalog: &Catalog, facts: &MachineFacts, wish: &Wish) -> Vec<String> {
    let is_open = match wish.looking {
        Looking::Around { .. } => true,
        Looking::Ahead => wish.route.is_none_or(|route| route == Route::Nightly),
    };
    let has_card = facts.gpus.found().is_some_and(|gpus| !gpus.is_empty());
    let Some(os) = facts.os.found().filter(|os| is_open && has_card && Platform::of(os).is_some()) else {
        return Vec::new();
    };
    let is_cuda = |variant: &&String| CudaVersion::of_variant(variant).is_some();
    if let Some(wanted) = &wish.variant {
        return Some(wanted).filter(is_cuda).cloned().into_iter().collect();
    }
    let driver = facts.driver.found();
    let serves = |variant: &&String| {
        let floor = CudaVersion::of_variant(variant).and_then(|cuda| catalog.floor_of_runtime(cuda, Numbering::of(os)));
        driver.is_none_or(|driver| floor.is_none_or(|floor| *driver >= floor.least))
    };
    let served: Vec<String> = catalog.nightly.iter().filter(is_cuda).filter(serves).cloned().collect();
    let next = catalog.next.variants.iter().filter(|_| !served.is_empty()).filter(serves).cloned().collect::<Vec<_>>();
    served.into_iter().chain(next).collect()
}

#[cfg(test)]
mod tests;
