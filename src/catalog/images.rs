//! What an image with torch inside can do on a card.

use super::{Catalog, DriverFloor, Flavour, Image, ImageKind, Numbering, Platform};
use crate::facts::{ComputeCapability, CudaVersion, TorchVersion};
use crate::verify::Kernels;

impl Catalog {
    /// The images, newest first for each maker.
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// Whether an image has code for a card; `None` where nobody knows.
    ///
    /// A list decides: its own, else that of the wheels it holds. Without one the maker's word does.
    pub fn image_has_code(&self, image: &Image, capability: ComputeCapability) -> Option<bool> {
        if image.unsure.contains(&capability) {
            return None;
        }
        let cuda = image.cuda();
        if !image.archs.is_empty() {
            return Some(self.kernels(&image.archs, &image.ptx, capability, cuda) != Kernels::None);
        }
        match image.kind {
            ImageKind::Pytorch => {
                let row = self.arch_list(image.torch.as_ref()?, image.variant.as_deref()?, Platform::LinuxX86)?;
                if row.unsure.contains(&capability) {
                    return None;
                }
                Some(self.runs_row(row, capability, cuda) != Kernels::None)
            }
            ImageKind::Ngc => self.stated(image, capability),
        }
    }

    /// The maker's word about a card.
    fn stated(&self, image: &Image, capability: ComputeCapability) -> Option<bool> {
        let below = image.least.is_some_and(|least| capability < least);
        let too_new = image.cuda().is_some_and(|cuda| !self.could_have_code(cuda, capability));
        if below || too_new {
            return Some(false);
        }
        // Above the newest it names, the image may still have code that is compiled at first use.
        let named = image.least.is_some() && image.newest.is_some_and(|newest| capability <= newest);
        named.then_some(true)
    }

    /// The least driver for an image on a card: the highest of the runtime's, the card's and the maker's floor. `None`
    /// where the runtime of the image is not known and its maker names no driver.
    pub fn image_driver_floor(
        &self,
        image: &Image,
        on: Numbering,
        capability: ComputeCapability,
    ) -> Option<DriverFloor> {
        let runtime = image.cuda().and_then(|cuda| self.runtime_of(cuda));
        let runtime = runtime.and_then(|row| self.driver_floor(&row.variant, on, capability));
        let maker = image.least_driver.as_ref().map(|least| DriverFloor {
            least: least.clone(),
            first: least.clone(),
            source: image.backing.source.clone(),
        });
        let own = [runtime, maker].into_iter().flatten().max_by(|a, b| a.least.cmp(&b.least))?;
        Some(match self.card_floor(on, capability) {
            Some(card) if card.least > own.least => card,
            Some(_) | None => own,
        })
    }

    /// The name an image of `pytorch/pytorch` would have. Whether it exists, the registry alone knows; `None` for
    /// releases that had none when somebody looked.
    pub fn image_by_pattern(&self, torch: &TorchVersion, cuda: CudaVersion, flavour: Flavour) -> Option<String> {
        let row = self.containers.patterns.iter().find(|row| row.kind == ImageKind::Pytorch)?;
        if *torch < row.from || row.not_found.iter().any(|missing| missing.public() == torch.public()) {
            return None;
        }
        let name = row.pattern.replace("{torch}", &torch.public()).replace("{cuda}", &cuda.to_string());
        Some(name.replace("{flavour}", flavour.word()))
    }
}
