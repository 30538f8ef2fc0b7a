//! Icon code points of the bundled Lucide subset (ISC licence). Generated; do not edit by hand.

/// Lucide.
pub const CHECK: &str = "\u{e06c}";
/// Lucide.
pub const CIRCLE_CHECK: &str = "\u{e226}";
/// Lucide.
pub const CIRCLE: &str = "\u{e076}";
/// Lucide.
pub const CIRCLE_X: &str = "\u{e084}";
/// Lucide.
pub const TRIANGLE_ALERT: &str = "\u{e193}";
/// Lucide.
pub const INFO: &str = "\u{e0f9}";
/// Lucide.
pub const LOADER_CIRCLE: &str = "\u{e10a}";
/// Lucide.
pub const GPU: &str = "\u{e66a}";
/// Lucide.
pub const CPU: &str = "\u{e0a9}";
/// Lucide.
pub const HARD_DRIVE: &str = "\u{e0ed}";
/// Lucide.
pub const MONITOR_COG: &str = "\u{e603}";
/// Lucide.
pub const PACKAGE: &str = "\u{e129}";
/// Lucide.
pub const ROUTE: &str = "\u{e53e}";
/// Lucide.
pub const LIST_CHECKS: &str = "\u{e1d0}";
/// Lucide.
pub const PLAY: &str = "\u{e13c}";
/// Lucide.
pub const SQUARE: &str = "\u{e167}";
/// Lucide.
pub const SHIELD_CHECK: &str = "\u{e1ff}";
/// Lucide.
pub const ACTIVITY: &str = "\u{e038}";
/// Lucide.
pub const COPY: &str = "\u{e09e}";
/// Lucide.
pub const FOLDER_OPEN: &str = "\u{e247}";
/// Lucide.
pub const REFRESH_CW: &str = "\u{e145}";
/// Lucide.
pub const ARROW_RIGHT: &str = "\u{e049}";
/// Lucide.
pub const ARROW_LEFT: &str = "\u{e048}";
/// Lucide.
pub const CHEVRON_DOWN: &str = "\u{e06d}";
/// Lucide.
pub const CHEVRON_RIGHT: &str = "\u{e06f}";
/// Lucide.
pub const TERMINAL: &str = "\u{e181}";
/// Lucide.
pub const DOWNLOAD: &str = "\u{e0b2}";
/// Lucide.
pub const CLOCK: &str = "\u{e087}";
/// Lucide.
pub const SEARCH: &str = "\u{e151}";
/// Lucide.
pub const SETTINGS: &str = "\u{e154}";
/// Lucide.
pub const THERMOMETER: &str = "\u{e186}";
/// Lucide.
pub const ZAP: &str = "\u{e1b4}";
/// Lucide.
pub const GAUGE: &str = "\u{e1bf}";
/// Lucide.
pub const MEMORY_STICK: &str = "\u{e445}";
/// Lucide.
pub const SPARKLES: &str = "\u{e412}";
/// Lucide.
pub const HAMMER: &str = "\u{e0ec}";
/// Lucide.
pub const CONTAINER: &str = "\u{e4d5}";
/// Lucide.
pub const APP_WINDOW: &str = "\u{e426}";
/// Lucide.
pub const MOON: &str = "\u{e11e}";
/// Lucide.
pub const SUN: &str = "\u{e178}";
/// Lucide.
pub const LANGUAGES: &str = "\u{e0fe}";
/// Lucide.
pub const EXTERNAL_LINK: &str = "\u{e0b9}";
/// Lucide.
pub const SAVE: &str = "\u{e14d}";
/// Lucide.
pub const CIRCLE_HELP: &str = "\u{e082}";
/// Lucide.
pub const WRENCH: &str = "\u{e1b1}";
/// Lucide.
pub const X: &str = "\u{e1b2}";
/// Lucide.
pub const MINUS: &str = "\u{e11c}";
/// Lucide.
pub const FLASK_CONICAL: &str = "\u{e0d5}";
/// Lucide.
pub const CIRCLE_DOT: &str = "\u{e345}";
/// Lucide.
pub const MICROCHIP: &str = "\u{e61a}";
/// Lucide.
pub const MONITOR: &str = "\u{e11d}";
