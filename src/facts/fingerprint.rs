//! What a proof rests on: the cards, the driver, the system, WSL and what runs containers; and what has changed of it between two moments.

use super::{ContainerProgram, DriverVersion, Gpu, MachineFacts, OsFacts, Probed, Via};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A machine as far as a proof rests on it. What was not known at that moment is left out and never counts as a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The system.
    #[serde(default)]
    pub system: Option<System>,
    /// The driver.
    #[serde(default)]
    pub driver: Option<Driver>,
    /// The NVIDIA cards, in NVML's order.
    #[serde(default)]
    pub cards: Option<Vec<CardSeen>>,
    /// Version of WSL's package (Windows).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wsl: Option<String>,
    /// Version of the kernel, inside WSL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// Versions of the programs that run containers, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub engines: BTreeMap<String, String>,
    /// A library played NVML: says nothing about the machine itself.
    #[serde(default)]
    pub simulated: bool,
}

/// A version of the operating system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// What it calls itself.
    pub version: String,
    /// Windows build number.
    pub build: Option<u32>,
}

/// What is known of the driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Driver {
    /// This version.
    Found {
        /// Which.
        version: DriverVersion,
    },
    /// None is installed.
    Absent,
}

/// A card, so that it is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardSeen {
    /// Identity that survives a change of slots; `None` without a driver.
    pub uuid: Option<String>,
    /// Its name.
    pub name: String,
}

/// Something that a proof rests on is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Change {
    /// Another driver.
    Driver {
        /// Before.
        from: DriverVersion,
        /// Now.
        to: DriverVersion,
    },
    /// A driver where none was.
    DriverInstalled {
        /// Now.
        to: DriverVersion,
    },
    /// No driver any more.
    DriverRemoved {
        /// Before.
        from: DriverVersion,
    },
    /// Another card in the place of one.
    CardReplaced {
        /// Name before.
        from: String,
        /// Name now.
        to: String,
    },
    /// One more card.
    CardAdded {
        /// Its name.
        name: String,
    },
    /// One card less.
    CardRemoved {
        /// Its name.
        name: String,
    },
    /// Another version of the system.
    System {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// Another version of WSL.
    Wsl {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// Another kernel inside WSL.
    Kernel {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// Another version of what runs containers.
    Engine {
        /// `docker` or `podman`.
        name: String,
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
}

impl System {
    fn of(os: &OsFacts) -> Self {
        Self { version: os.version.clone(), build: os.build }
    }
}

impl std::fmt::Display for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.build {
            Some(build) => write!(f, "{} ({build})", self.version),
            None => f.write_str(&self.version),
        }
    }
}

impl Fingerprint {
    /// Of these facts. What a person said of them was not seen.
    pub fn of(facts: &MachineFacts) -> Self {
        let card = |gpu: &Gpu| CardSeen { uuid: gpu.uuid.clone(), name: gpu.name.clone() };
        let is_said = |gpu: &Gpu| gpu.source.via == Via::User;
        Self {
            system: facts.os.found().filter(|_| facts.os.source().via != Via::User).map(System::of),
            driver: match &facts.driver {
                Probed::Found { source, .. } | Probed::Absent { source } if source.via == Via::User => None,
                Probed::Found { value, .. } => Some(Driver::Found { version: value.clone() }),
                Probed::Absent { .. } => Some(Driver::Absent),
                Probed::Unknown { .. } => None,
            },
            cards: match &facts.gpus {
                Probed::Found { source, .. } | Probed::Absent { source } if source.via == Via::User => None,
                Probed::Found { value, .. } if value.iter().any(is_said) => None,
                Probed::Found { value, .. } => Some(value.iter().map(card).collect()),
                Probed::Absent { .. } => Some(Vec::new()),
                Probed::Unknown { .. } => None,
            },
            wsl: facts.wsl.found().and_then(|wsl| wsl.version.clone()),
            kernel: facts.wsl_kernel.clone(),
            engines: engines(facts),
            simulated: facts.is_simulated(),
        }
    }

    /// What is different now: the driver first, then cards, then the system and what is inside it.
    pub fn changes_to(&self, now: &Self) -> Vec<Change> {
        if self.simulated != now.simulated {
            return Vec::new();
        }
        let driver = self.driver.as_ref().zip(now.driver.as_ref()).and_then(|(from, to)| driver_change(from, to));
        let cards = self.cards.as_ref().zip(now.cards.as_ref()).map(|(from, to)| card_changes(from, to));
        let system = self.system.as_ref().zip(now.system.as_ref()).filter(|(from, to)| from != to);
        let system = system.map(|(from, to)| Change::System { from: from.to_string(), to: to.to_string() });
        let other =
            |from: &Option<String>, to: &Option<String>| from.clone().zip(to.clone()).filter(|(from, to)| from != to);
        let wsl = other(&self.wsl, &now.wsl).map(|(from, to)| Change::Wsl { from, to });
        let kernel = other(&self.kernel, &now.kernel).map(|(from, to)| Change::Kernel { from, to });
        let engines = self.engines.iter().filter_map(|(name, from)| {
            let to = now.engines.get(name).filter(|to| *to != from)?.clone();
            Some(Change::Engine { name: name.clone(), from: from.clone(), to })
        });
        let inside = system.into_iter().chain(wsl).chain(kernel).chain(engines);
        driver.into_iter().chain(cards.into_iter().flatten()).chain(inside).collect()
    }

    /// The same, with what it does not know taken from an earlier moment: a driver that is silent today is held against
    /// the last one that spoke.
    #[must_use]
    pub fn or(self, before: &Self) -> Self {
        if self.simulated != before.simulated {
            return self;
        }
        Self {
            system: self.system.or_else(|| before.system.clone()),
            driver: self.driver.or_else(|| before.driver.clone()),
            cards: self.cards.or_else(|| before.cards.clone()),
            wsl: self.wsl.or_else(|| before.wsl.clone()),
            kernel: self.kernel.or_else(|| before.kernel.clone()),
            engines: before.engines.clone().into_iter().chain(self.engines).collect(),
            simulated: self.simulated,
        }
    }

    /// Whether there is certainly no NVIDIA card.
    pub fn has_no_card(&self) -> bool {
        self.cards.as_ref().is_some_and(Vec::is_empty)
    }
}

fn engines(facts: &MachineFacts) -> BTreeMap<String, String> {
    let version = |name: &str| facts.tools.get(name)?.found()?.version.clone();
    let names = [ContainerProgram::Docker, ContainerProgram::Podman].map(ContainerProgram::word);
    names.into_iter().filter_map(|name| Some((name.to_owned(), version(name)?))).collect()
}

fn driver_change(from: &Driver, to: &Driver) -> Option<Change> {
    match (from, to) {
        (Driver::Found { version: from }, Driver::Found { version: to }) => {
            (from != to).then(|| Change::Driver { from: from.clone(), to: to.clone() })
        }
        (Driver::Found { version }, Driver::Absent) => Some(Change::DriverRemoved { from: version.clone() }),
        (Driver::Absent, Driver::Found { version }) => Some(Change::DriverInstalled { to: version.clone() }),
        (Driver::Absent, Driver::Absent) => None,
    }
}

/// Cards are known again by UUID; by name where one of the two moments had no driver to tell it.
fn card_changes(before: &[CardSeen], now: &[CardSeen]) -> Vec<Change> {
    let mut gone: Vec<&CardSeen> = before.iter().collect();
    let mut new: Vec<&CardSeen> = now.iter().collect();
    let by_uuid = |a: &CardSeen, b: &CardSeen| a.uuid.is_some() && a.uuid == b.uuid;
    let by_name = |a: &CardSeen, b: &CardSeen| (a.uuid.is_none() || b.uuid.is_none()) && a.name == b.name;
    for is_same in [&by_uuid as &dyn Fn(&CardSeen, &CardSeen) -> bool, &by_name] {
        gone.retain(|card| {
            let again = new.iter().position(|other| is_same(card, other));
            again.map(|at| new.remove(at)).is_none()
        });
    }
    let (mut gone, mut new) = (gone.into_iter(), new.into_iter());
    let mut changes = Vec::new();
    loop {
        changes.push(match (gone.next(), new.next()) {
            (Some(from), Some(to)) => Change::CardReplaced { from: from.name.clone(), to: to.name.clone() },
            (Some(card), None) => Change::CardRemoved { name: card.name.clone() },
            (None, Some(card)) => Change::CardAdded { name: card.name.clone() },
            (None, None) => return changes,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Source;

    fn card(uuid: &str, name: &str) -> CardSeen {
        CardSeen { uuid: (!uuid.is_empty()).then(|| uuid.to_owned()), name: name.to_owned() }
    }

    fn machine(driver: &str, cards: &[(&str, &str)], build: u32) -> Fingerprint {
        Fingerprint {
            system: Some(System { version: "Windows 11 Pro".to_owned(), build: Some(build) }),
            driver: Some(Driver::Found { version: driver.parse().unwrap() }),
            cards: Some(cards.iter().map(|(uuid, name)| card(uuid, name)).collect()),
            ..Fingerprint::default()
        }
    }

    #[test]
    fn each_thing_that_changed_is_told_once() {
        let before = machine("572.16", &[("GPU-a", "RTX 4070")], 22631);
        let now = machine("581.57", &[("GPU-b", "RTX 5070"), ("GPU-c", "RTX 4090")], 26100);
        assert_eq!(
            before.changes_to(&now),
            [
                Change::Driver { from: "572.16".parse().unwrap(), to: "581.57".parse().unwrap() },
                Change::CardReplaced { from: "RTX 4070".to_owned(), to: "RTX 5070".to_owned() },
                Change::CardAdded { name: "RTX 4090".to_owned() },
                Change::System { from: "Windows 11 Pro (22631)".to_owned(), to: "Windows 11 Pro (26100)".to_owned() },
            ]
        );
        assert_eq!(before.changes_to(&before), []);
    }

    #[test]
    fn what_is_unknown_is_no_change_and_is_remembered() {
        let before = machine("572.16", &[("GPU-a", "RTX 4070")], 26100);
        let silent = Fingerprint { driver: None, cards: None, ..before.clone() };
        assert_eq!(before.changes_to(&silent), []);
        assert_eq!(silent.or(&before), before);
        let played = Fingerprint { simulated: true, ..machine("1.2", &[], 1) };
        assert_eq!((before.changes_to(&played), played.clone().or(&before)), (Vec::new(), played));
    }

    #[test]
    fn what_runs_inside_is_told_behind_the_system_and_remembered() {
        let inside = |wsl: Option<&str>, engines: &[(&str, &str)]| Fingerprint {
            wsl: wsl.map(str::to_owned),
            engines: engines.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect(),
            ..Fingerprint::default()
        };
        let before = inside(Some("2.5.9"), &[("docker", "28.2.2"), ("podman", "5.4.0")]);
        let now = inside(Some("2.6.1"), &[("docker", "29.0.1")]);
        let (from, to) = ("2.5.9".to_owned(), "2.6.1".to_owned());
        let docker = ("docker".to_owned(), "28.2.2".to_owned(), "29.0.1".to_owned());
        let engine = Change::Engine { name: docker.0, from: docker.1, to: docker.2 };
        assert_eq!(before.changes_to(&now), [Change::Wsl { from, to }, engine]);
        assert_eq!(before.changes_to(&Fingerprint::default()), [], "nobody asked");
        assert_eq!(now.or(&before), inside(Some("2.6.1"), &[("docker", "29.0.1"), ("podman", "5.4.0")]));
    }

    #[test]
    fn what_a_person_said_was_not_seen() {
        let said = |value: &str| Probed::Found { value: value.parse().unwrap(), source: Source::new(Via::User, "") };
        let facts = MachineFacts { driver: said("572.16"), ..MachineFacts::unknown("") };
        assert_eq!(Fingerprint::of(&facts), Fingerprint::default());
        let none = MachineFacts { gpus: Probed::Absent { source: Source::new(Via::PciBus, "") }, ..facts };
        assert_eq!(Fingerprint::of(&none), Fingerprint { cards: Some(Vec::new()), ..Fingerprint::default() });
    }

    #[test]
    fn a_card_without_a_driver_is_known_by_its_name() {
        let before = machine("572.16", &[("GPU-a", "RTX 4070"), ("GPU-b", "RTX 4070")], 26100);
        let mut bare = machine("572.16", &[("", "RTX 4070"), ("", "RTX 4070")], 26100);
        bare.driver = Some(Driver::Absent);
        assert_eq!(before.changes_to(&bare), [Change::DriverRemoved { from: "572.16".parse().unwrap() }]);
        let turned = machine("572.16", &[("GPU-b", "RTX 4070"), ("GPU-a", "RTX 4070")], 26100);
        assert_eq!(before.changes_to(&turned), [], "other slots");
        let other = machine("572.16", &[("GPU-a", "RTX 4070"), ("GPU-c", "RTX 4070")], 26100);
        assert!(matches!(before.changes_to(&other).as_slice(), [Change::CardReplaced { .. }]));
        let one = machine("572.16", &[("GPU-b", "RTX 4070")], 26100);
        assert_eq!(before.changes_to(&one), [Change::CardRemoved { name: "RTX 4070".to_owned() }]);
    }
}
