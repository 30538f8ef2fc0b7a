//! What the user says of the machine where it could not be found out, or was found out wrongly: it takes the place of
//! the fact, marked *set by you*.

use crate::catalog::Catalog;
use crate::facts::{ComputeCapability, DriverVersion, Gpu, MachineFacts, OsFamily, Probed, Source, Via};
use std::path::PathBuf;

/// A fact that can be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The card.
    Card,
    /// The driver.
    Driver,
    /// The build of Windows, or the C library of a Linux.
    System,
    /// The interpreter.
    Python,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Card, Self::Driver, Self::System, Self::Python];

    /// The word that its sentences begin with.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Driver => "driver",
            Self::System => "system",
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

/// What the verdicts ask of a system beside its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemSaid {
    /// The build of Windows.
    Build(u32),
    /// The version of the GNU C library.
    Glibc(u32, u32),
}

impl SystemSaid {
    /// `19045`, `10.0.19045.5131` or `build 19045` of Windows; `2.35` of a Linux.
    fn of(text: &str) -> Option<Self> {
        let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let numbers: Vec<u32> = digits.map_while(|part| part.parse().ok()).collect();
        match numbers.as_slice() {
            [2, minor @ ..100] => Some(Self::Glibc(2, *minor)),
            all => all.iter().copied().find(|number| (7000..100_000).contains(number)).map(Self::Build),
        }
    }
}

/// Everything the user said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections {
    /// Of the cards.
    pub card: Option<Correction>,
    /// Of the driver.
    pub driver: Option<DriverVersion>,
    /// Of the system.
    pub system: Option<SystemSaid>,
    /// The interpreter to use.
    pub python: Option<PathBuf>,
}

impl Corrections {
    /// Whether the user said something of this.
    pub const fn has(&self, subject: Subject) -> bool {
        match subject {
            Subject::Card => self.card.is_some(),
            Subject::Driver => self.driver.is_some(),
            Subject::System => self.system.is_some(),
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
            Subject::System => self.system = Some(SystemSaid::of(text).ok_or("correct-system-bad")?),
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
            Subject::System => self.system = None,
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
                    board: crate::facts::Board::default(),
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
            facts.driver = Probed::Found { value: version.clone(), source: source.clone() };
        }
        if let (Some(said), Probed::Found { value: os, source: from }) = (self.system, &mut facts.os) {
            match said {
                SystemSaid::Build(build) if os.family == OsFamily::Windows => {
                    os.build = Some(build);
                    os.version = format!("{} (build {build})", os.version);
                    *from = source;
                }
                SystemSaid::Glibc(major, minor) if os.family == OsFamily::Linux => {
                    os.glibc = Some((major, minor));
                    *from = source;
                }
                // What is said of another system says nothing of this one.
                SystemSaid::Build(_) | SystemSaid::Glibc(..) => {}
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_told_by_its_build_or_its_c_library() {
        let build = Some(SystemSaid::Build(19045));
        for text in ["19045", "10.0.19045.5131", "Version 22H2 (OS Build 19045.5131)", "build 19045"] {
            assert_eq!(SystemSaid::of(text), build, "{text}");
        }
        assert_eq!(SystemSaid::of("2.35"), Some(SystemSaid::Glibc(2, 35)));
        assert_eq!(SystemSaid::of("glibc 2.28"), Some(SystemSaid::Glibc(2, 28)));
        for text in ["", "11", "Windows 11", "24H2", "99999999999"] {
            assert_eq!(SystemSaid::of(text), None, "{text}");
        }
    }
}
