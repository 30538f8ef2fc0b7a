//! What the user says of the machine where it could not be found out, or was found out wrongly: it takes the place of
//! the fact, marked *set by you*.

use crate::catalog::Catalog;
use crate::facts::{ComputeCapability, DriverVersion, Gpu, MachineFacts, Probed, Source, Via};
use std::path::PathBuf;

/// A fact that can be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The card.
    Card,
    /// The driver.
    Driver,
    /// The interpreter.
    Python,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Driver, Self::Python];

    /// The word that its sentences begin with.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Driver => "driver",
            Self::Python => "python",
        }
    }
}

/// One thing that the user said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Correction {
    /// This card is in the machine.
    Card {
        /// As the catalogue names it, or as typed.
        name: String,
        /// Its compute capability.
        capability: ComputeCapability,
        /// Its memory, where the catalogue knows it.
        memory_bytes: Option<u64>,
    },
    /// There is no NVIDIA card.
    NoCard,
    /// This driver is installed.
    Driver(DriverVersion),
    /// This interpreter shall be used.
    Python(PathBuf),
}

/// Everything the user said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections {
    /// Of the cards.
    pub card: Option<Correction>,
    /// Of the driver.
    pub driver: Option<DriverVersion>,
    /// The interpreter to use.
    pub python: Option<PathBuf>,
}

impl Corrections {
    /// Whether the user said something of this.
    pub const fn has(&self, subject: Subject) -> bool {
        match subject {
            Subject::Card => self.card.is_some(),
            Subject::Driver => self.driver.is_some(),
            Subject::Python => self.python.is_some(),
        }
    }

    /// Takes what was typed; the key of what is wrong with it otherwise.
    pub fn take(&mut self, subject: Subject, text: &str, catalog: &Catalog) -> Result<(), &'static str> {
        let text = text.trim();
        match subject {
            Subject::Card if text.is_empty() || text == "-" => self.card = Some(Correction::NoCard),
            Subject::Card => self.card = Some(card(text, catalog).ok_or("correct-card-bad")?),
            Subject::Driver => self.driver = Some(text.parse().ok().ok_or("correct-driver-bad")?),
            Subject::Python if text.is_empty() => return Err("correct-python-bad"),
            Subject::Python => self.python = Some(text.into()),
        }
        Ok(())
    }

    /// Takes it back.
    pub fn forget(&mut self, subject: Subject) {
        match subject {
            Subject::Card => self.card = None,
            Subject::Driver => self.driver = None,
            Subject::Python => self.python = None,
        }
    }

    /// The facts with what the user said in their places.
    pub fn over(&self, mut facts: MachineFacts) -> MachineFacts {
        let source = Source::new(Via::User, "");
        match &self.card {
            Some(Correction::Card { name, capability, memory_bytes }) => {
                let known = facts.gpus.found().and_then(|gpus| gpus.first()).cloned();
                let gpu = Gpu {
                    index: 0,
                    name: name.clone(),
                    uuid: known.as_ref().and_then(|gpu| gpu.uuid.clone()),
                    pci_id: None,
                    pci_bus: known.and_then(|gpu| gpu.pci_bus),
                    capability: Some(*capability),
                    memory_bytes: *memory_bytes,
                    source: source.clone(),
                };
                facts.gpus = Probed::Found { value: vec![gpu], source: source.clone() };
            }
            Some(Correction::NoCard) => facts.gpus = Probed::Absent { source: source.clone() },
            Some(Correction::Driver(_) | Correction::Python(_)) | None => {}
        }
        if let Some(version) = &self.driver {
            // What the installed driver said it accepts need not hold for the one that the user names.
            let why = "the driver was set by you".to_owned();
            facts.driver_cuda = Probed::Unknown { why, source: source.clone() };
            facts.driver = Probed::Found { value: version.clone(), source };
        }
        facts
    }
}

/// A card by a name of the catalogue (`RTX 5070`), or by its compute capability (`12.0`, `sm_120`).
fn card(text: &str, catalog: &Catalog) -> Option<Correction> {
    let folded = |name: &str| name.to_lowercase().replace("nvidia", "").replace("geforce", "").replace(' ', "");
    let wanted = folded(text);
    if let Some(card) = catalog.cards.iter().find(|card| folded(&card.name) == wanted) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "gibibytes of a card")]
        let memory_bytes = card.memory_gb.map(|gib| (gib * f64::from(1 << 30)) as u64);
        return Some(Correction::Card { name: card.name.clone(), capability: card.capability, memory_bytes });
    }
    let capability: ComputeCapability = text.parse().ok()?;
    Some(Correction::Card { name: format!("NVIDIA GPU ({capability})"), capability, memory_bytes: None })
}
