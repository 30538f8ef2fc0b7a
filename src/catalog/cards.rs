//! Which card it is, and how fast it can be.

use super::{Card, Catalog, Confidence, Device, Tflops};
use crate::facts::gpu::NVIDIA;
use crate::facts::{ComputeCapability, PciId};
use crate::verify::{Basis, Expected};

impl Catalog {
    /// The card behind a PCI id. Where several share one, memory decides; without it there is no answer.
    pub fn gpu_by_pci(&self, id: PciId, memory_bytes: Option<u64>) -> Option<&Card> {
        let cards = || self.cards.iter().filter(|card| id.vendor == NVIDIA && card.pci.contains(&Device(id.device)));
        let first = cards().next()?;
        if cards().count() == 1 {
            return Some(first);
        }
        // Drivers report a little less than what is printed on the box.
        let has = memory_bytes? as f64 / f64::from(1 << 30);
        let mut fitting = cards().filter(|card| card.memory_gb.is_some_and(|gb| has > gb * 0.85 && has <= gb * 1.05));
        let card = fitting.next()?;
        fitting.next().is_none().then_some(card)
    }

    /// The compute capability behind a PCI id: the card's own, else that of its first digits, else none.
    pub fn capability_by_pci(&self, id: PciId) -> Option<ComputeCapability> {
        if id.vendor != NVIDIA {
            return None;
        }
        let device = Device(id.device);
        if let Some(card) = self.cards.iter().find(|card| card.pci.contains(&device)) {
            return Some(card.capability);
        }
        if let Some(row) = self.pci_exceptions.iter().find(|row| row.pci == device) {
            return row.capability;
        }
        let digits = format!("{:04x}", id.device);
        let longest =
            self.prefixes.iter().filter(|row| digits.starts_with(&row.prefix)).max_by_key(|row| row.prefix.len());
        longest.map(|row| row.capability)
    }

    /// Best speed of a card (by name) in a check (by name): of a matrix product in TFLOPS, of a copy within its memory in
    /// 10⁹ bytes a second; of others nothing is known.
    pub fn expected_of_check(&self, card: &str, check: &str) -> Option<Expected> {
        let best = if check == crate::verify::checks::MEMORY_COPY {
            self.gpu_by_name(card)?.gb_per_second?
        } else {
            self.expected_tflops(card, None, None, check.strip_prefix("matmul-")?)?
        };
        let basis = match self.gpu_by_name(card)?.backing.confidence {
            Confidence::Measured => Basis::Measured,
            Confidence::Sourced | Confidence::Inferred => Basis::Calculated,
        };
        Some(Expected { best, basis })
    }

    /// The card's best dense speed in 10¹² operations a second; `dtype` is `fp32`, `tf32`, `fp16`, `bf16` or `fp8`.
    /// The id decides; the name the driver gives serves where the id is missing or shared.
    pub fn expected_tflops(
        &self,
        name: &str,
        id: Option<PciId>,
        memory_bytes: Option<u64>,
        dtype: &str,
    ) -> Option<f64> {
        let card = id.and_then(|id| self.gpu_by_pci(id, memory_bytes)).or_else(|| self.gpu_by_name(name))?;
        let Tflops { fp32, tf32, fp16, bf16, fp8 } = card.tflops;
        match dtype {
            "fp32" => fp32,
            "tf32" => tf32,
            "fp16" => fp16,
            "bf16" => bf16,
            "fp8" => fp8,
            _ => None,
        }
    }

    /// The card of a name as the driver gives it; `None` where several bear it.
    pub fn gpu_by_name(&self, name: &str) -> Option<&Card> {
        let bears = |card: &&Card| {
            name == card.name
                || card.driver_names.iter().any(|other| other == name)
                || name.strip_prefix("NVIDIA ").is_some_and(|rest| rest == card.name)
        };
        let mut cards = self.cards.iter().filter(bears);
        let card = cards.next()?;
        cards.next().is_none().then_some(card)
    }

    /// The compute capability of a name as people and tools write it (`rtx 3070`, `GTX 5060 Ti 16GB`,
    /// `NVIDIA A100-SXM...`), for reports that say no more. `None` if no card or cards of several capabilities bear it.
    pub fn capability_by_name(&self, name: &str) -> Option<ComputeCapability> {
        self.names.capability(name)
    }
}
