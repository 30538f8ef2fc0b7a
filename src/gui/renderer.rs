//! What the window can be drawn with, in which order that is tried, and how each is asked for.

use crate::facts::OsFamily;
use crate::host::Host;
use crate::store::{self, SCHEMA};
use eframe::egui_wgpu::WgpuSetupCreateNew;
use eframe::{NativeOptions, egui_glow, wgpu};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// One way to draw the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Renderer {
    /// DirectX 12; on a Windows without a driver its own software adapter.
    Dx12,
    /// Vulkan.
    Vulkan,
    /// OpenGL.
    Glow,
    /// The processor alone, whatever cards there are.
    Software,
}

impl Renderer {
    /// The word for it in files and in `TORCH_WIZARD_RENDERER`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dx12 => "dx12",
            Self::Vulkan => "vulkan",
            Self::Glow => "glow",
            Self::Software => "software",
        }
    }

    /// The renderer with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Dx12, Self::Vulkan, Self::Glow, Self::Software].into_iter().find(|renderer| renderer.word() == word)
    }

    /// All that are tried on a system, in order.
    pub const fn chain(family: OsFamily) -> &'static [Self] {
        match family {
            OsFamily::Windows => &[Self::Dx12, Self::Vulkan, Self::Glow, Self::Software],
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => &[Self::Vulkan, Self::Glow, Self::Software],
        }
    }

    /// The chain with what worked last time first.
    pub fn order(family: OsFamily, remembered: Option<Self>) -> Vec<Self> {
        let chain = Self::chain(family);
        let first = remembered.filter(|renderer| chain.contains(renderer));
        first.into_iter().chain(chain.iter().copied().filter(|renderer| Some(*renderer) != first)).collect()
    }

    /// Options of the window library that ask for this renderer.
    pub fn options(self) -> NativeOptions {
        let mut options = NativeOptions::default();
        let backends = match self {
            Self::Glow => {
                options.renderer = eframe::Renderer::Glow;
                options.glow_options.hardware_acceleration = egui_glow::HardwareAcceleration::Preferred;
                return options;
            }
            Self::Dx12 => wgpu::Backends::DX12,
            Self::Vulkan => wgpu::Backends::VULKAN,
            // What of these is built in (Cargo.toml): on Windows no OpenGL, whose turn came before.
            Self::Software => wgpu::Backends::DX12 | wgpu::Backends::VULKAN | wgpu::Backends::GL,
        };
        options.renderer = eframe::Renderer::Wgpu;
        let mut setup = WgpuSetupCreateNew::without_display_handle();
        setup.instance_descriptor.backends = backends;
        setup.native_adapter_selector = Some(Arc::new(move |adapters, surface| self.pick(adapters, surface)));
        setup.device_descriptor = Arc::new(device);
        options.wgpu_options.wgpu_setup = setup.into();
        options
    }

    /// Variables that help the processor's OpenGL to be found behind a vendor's broken one, if nobody has set them.
    pub fn env(self, host: &dyn Host) -> Vec<(&'static str, String)> {
        const MESA: &str = "/usr/share/glvnd/egl_vendor.d/50_mesa.json";
        if self != Self::Software || host.family() != OsFamily::Linux {
            return Vec::new();
        }
        let mut env = vec![("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()), ("__GLX_VENDOR_LIBRARY_NAME", "mesa".to_owned())];
        if host.meta(MESA.as_ref()).is_some() {
            env.push(("__EGL_VENDOR_LIBRARY_FILENAMES", MESA.to_owned()));
        }
        env.retain(|(name, _)| host.var(name).is_none());
        env
    }

    fn pick(self, adapters: &[wgpu::Adapter], surface: Option<&wgpu::Surface<'_>>) -> Result<wgpu::Adapter, String> {
        let rank = |adapter: &wgpu::Adapter| {
            let info = adapter.get_info();
            self.rank(info.device_type, info.vendor)
        };
        let fits = |adapter: &&wgpu::Adapter| surface.is_none_or(|surface| adapter.is_surface_supported(surface));
        let best = adapters.iter().filter(fits).filter_map(|adapter| Some((rank(adapter)?, adapter)));
        best.min_by_key(|(rank, _)| *rank).map(|(_, adapter)| adapter.clone()).ok_or_else(|| {
            let seen: Vec<_> = adapters.iter().map(|adapter| adapter.get_info().name).collect();
            format!("{}: no adapter can draw the window (seen: {})", self.word(), seen.join(", "))
        })
    }

    /// How well an adapter suits, the lowest best; `None` if it does not. The window belongs on the card that is not set
    /// up: the NVIDIA card's driver gets replaced and its kernels run at full load.
    fn rank(self, kind: wgpu::DeviceType, vendor: u32) -> Option<u8> {
        const NVIDIA: u32 = 0x10de;
        if self == Self::Software && kind != wgpu::DeviceType::Cpu {
            return None;
        }
        Some(match kind {
            wgpu::DeviceType::IntegratedGpu => 0,
            wgpu::DeviceType::DiscreteGpu if vendor != NVIDIA => 1,
            wgpu::DeviceType::DiscreteGpu => 2,
            wgpu::DeviceType::VirtualGpu => 3,
            wgpu::DeviceType::Other => 4,
            wgpu::DeviceType::Cpu => 5,
        })
    }
}

/// Asks for no more than the adapter has: old and virtual ones then work too.
fn device(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    let has = adapter.limits();
    let needs = wgpu::Limits {
        // The textures of the window are as large as a screen, and the atlas of the fonts is larger.
        max_texture_dimension_2d: 8192,
        ..wgpu::Limits::downlevel_webgl2_defaults()
    };
    wgpu::DeviceDescriptor {
        label: Some("window"),
        required_limits: needs.or_worse_values_from(&has),
        memory_hints: wgpu::MemoryHints::MemoryUsage,
        ..wgpu::DeviceDescriptor::default()
    }
}

/// What worked last time, as kept on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Form of the file.
    pub schema: u32,
    /// The renderer that painted.
    pub renderer: Option<Renderer>,
    /// What it painted on, in the driver's words.
    #[serde(default)]
    pub adapter: Option<String>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { schema: SCHEMA, renderer: None, adapter: None }
    }
}

impl Remembered {
    /// Where it is kept.
    pub fn path(host: &dyn Host) -> PathBuf {
        host.folders().data.join("renderer.json")
    }

    /// What is remembered. A file that cannot be read costs only the shortcut.
    pub fn load(host: &dyn Host) -> Self {
        store::load(host, &Self::path(host)).unwrap_or_else(|error| {
            tracing::warn!("the renderer that worked last time is not known: {error}");
            Self::default()
        })
    }

    /// Remembers what painted.
    pub fn save(host: &dyn Host, renderer: Renderer, adapter: Option<String>) {
        let remembered = Self { schema: SCHEMA, renderer: Some(renderer), adapter };
        let path = Self::path(host);
        // A file of a newer form stays as it is.
        let may = matches!(store::load::<Self>(host, &path), Ok(known) if known != remembered);
        if may && let Err(error) = store::save(host, &path, &remembered) {
            tracing::warn!("the renderer could not be remembered: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::World;
    use Renderer::{Dx12, Glow, Software, Vulkan};

    #[test]
    fn what_worked_last_time_comes_first_and_nothing_comes_twice() {
        assert_eq!(Renderer::order(OsFamily::Windows, None), [Dx12, Vulkan, Glow, Software]);
        assert_eq!(Renderer::order(OsFamily::Windows, Some(Glow)), [Glow, Dx12, Vulkan, Software]);
        assert_eq!(Renderer::order(OsFamily::Linux, Some(Software)), [Software, Vulkan, Glow]);
        // A data folder that came from another system.
        assert_eq!(Renderer::order(OsFamily::Linux, Some(Dx12)), [Vulkan, Glow, Software]);
    }

    #[test]
    fn each_renderer_has_one_word_everywhere() {
        for renderer in [Dx12, Vulkan, Glow, Software] {
            assert_eq!(Renderer::from_word(renderer.word()), Some(renderer));
            assert_eq!(serde_json::to_value(renderer).unwrap(), renderer.word());
        }
        assert_eq!(Renderer::from_word("metal"), None);
    }

    #[test]
    fn the_card_that_is_set_up_draws_only_where_nothing_else_but_the_processor_does() {
        use wgpu::DeviceType::{Cpu, DiscreteGpu, IntegratedGpu, Other, VirtualGpu};
        let order =
            [(IntegratedGpu, 0x8086), (DiscreteGpu, 0x1002), (DiscreteGpu, 0x10de), (VirtualGpu, 1), (Other, 1)];
        let ranks: Vec<_> = order.iter().map(|&(kind, vendor)| Vulkan.rank(kind, vendor).unwrap()).collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
        assert!(Vulkan.rank(Cpu, 0x10005) > ranks.last().copied());
        assert!(order.iter().all(|&(kind, vendor)| Software.rank(kind, vendor).is_none()));
        assert!(Software.rank(Cpu, 0x10005).is_some());
    }

    #[test]
    fn what_painted_is_remembered_and_a_damaged_file_is_no_obstacle() {
        let host = World::new(OsFamily::Linux);
        Remembered::save(&host, Glow, None);
        assert_eq!(Remembered::load(&host).renderer, Some(Glow));
        let path = Remembered::path(&host);
        host.write_atomic(&path, b"{").unwrap();
        assert_eq!(Remembered::load(&host), Remembered::default());
        Remembered::save(&host, Vulkan, Some("card".to_owned()));
        assert_eq!(Remembered::load(&host).adapter.as_deref(), Some("card"));
        let newer = br#"{"schema": 99}"#;
        host.write_atomic(&path, newer).unwrap();
        Remembered::save(&host, Glow, None);
        assert_eq!(host.read(&path).unwrap(), newer);
    }

    #[test]
    fn what_the_user_set_for_opengl_is_not_overruled() {
        let host = World::new(OsFamily::Linux).var("LIBGL_ALWAYS_SOFTWARE", "0");
        assert_eq!(Software.env(&host), [("__GLX_VENDOR_LIBRARY_NAME", "mesa".to_owned())]);
        assert!(Glow.env(&host).is_empty());
    }
}
