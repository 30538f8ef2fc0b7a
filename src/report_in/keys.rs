//! What stands before the colon of a line, as one of the things that a machine has.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The things a key can announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Version of torch.
    Torch,
    /// The CUDA runtime torch was built with.
    TorchCuda,
    /// AMD's runtime that torch was built with.
    Rocm,
    /// Whether torch reaches a card.
    Available,
    /// Whether torch reaches an Apple processor's graphics.
    Metal,
    /// The list of the cards.
    Cards,
    /// One card or several with their numbers.
    Card(u32, u32),
    /// Compute capability of one card or several.
    CardCapability(u32, u32),
    /// A compute capability, of the card named last.
    Capability,
    /// Memory of the card named last.
    Memory,
    /// Version of the driver.
    Driver,
    /// Newest CUDA runtime the driver accepts.
    DriverCuda,
    /// A toolkit's version.
    Toolkit,
    /// The operating system.
    Os,
    /// More about it: version, build, edition.
    OsVersion,
    /// Python's word for the platform.
    Platform,
    /// The Linux kernel.
    Kernel,
    /// The processor's architecture.
    Arch,
    /// The C library.
    Libc,
    /// The interpreter.
    Python,
    /// WSL.
    Wsl,
    /// Whether all this is inside a container.
    Container,
    /// The processor, whose graphics are no card that counts here.
    Processor,
}

/// Keys word for word in their plain form, between bars.
const KEYS: &[(Key, &str)] = &[
    (
        Key::Torch,
        "pytorch version|torch version|pytorch|torch|torch. version|print(torch. version )\
         |libtorch version|pytorch/torch version|installed torch|torch package|pytorch libtorch version\
         |version of pytorch|pytorch build|pytorch.version",
    ),
    (
        Key::TorchCuda,
        "cuda used to build pytorch|torch.version.cuda|print(torch.version.cuda)|torch cuda version\
         |torch cuda|pytorch cuda version|pytorch cuda|torch built with cuda|pytorch built with cuda\
         |pytorch compiled with cuda|torch.cuda|pytorch index|cuda version of pytorch\
         |torch.version.cuda version|cuda compiled version",
    ),
    (Key::Rocm, "rocm used to build pytorch|hip runtime version|torch.version.hip"),
    (
        Key::Available,
        "is cuda available|cuda available|gpu available|cuda is available|torch.cuda.is available()\
         |torch.cuda.is available|print(torch.cuda.is available())|cuda availability|cuda avail|torch cuda available\
         |pytorch.cuda|pytorch cuda available|torch.cuda available|cuda is available in pytorch|torch cuda is",
    ),
    (
        Key::Metal,
        "mps available|is mps available|mps is available|mps avail|mps|torch.backends.mps.is available()\
         |print(torch.backends.mps.is available())|mps backend available|mps built|metal",
    ),
    (
        Key::Cards,
        "gpu|gpus|gpu models and configuration|gpu model and configuration|gpu model|gpu models|gpu type\
         |gpu name|gpu card|gpu info|gpu hardware|gpu used|gpu(s)|graphics card|graphics cards|graphics\
         |video card|videocard|vga|display adapter|display|graphics adapter|device name|device|devices\
         |nvidia gpu|nvidia card|cuda device|accelerator|using device|using torch device|card|cards\
         |card name|product name|graphics processor|hardware: gpu|cpu / gpu|cpu/gpu|gpu / cpu|gpu/cpu\
         |hardware|gpu device|gpu devices|gpu brand|gpu.name|name|model|discrete gpu|dgpu|grafikkarte\
         |grafikkarten|carte graphique|tarjeta grafica|tarjeta gráfica|placa de vídeo|scheda grafica\
         |scheda video|видеокарта|karta graficzna|ekran kartı|显卡|显卡型号|顯示卡|グラフィックボード|グラボ|그래픽카드|gpu型号|setup",
    ),
    (
        Key::Capability,
        "compute capability|cuda capability|cuda capability major/minor version number\
         |cuda compute capability|architecture|gpu.compute capability|gpu arch|gpu architecture\
         |sm version|compute cap",
    ),
    (
        Key::Memory,
        "vram total|total vram|vram|gpu memory|total amount of global memory|video memory\
         |dedicated memory",
    ),
    (Key::Driver, "driverversion"),
    (
        Key::DriverCuda,
        "cuda umd version|driver cuda version|max cuda version|cuda driver api version\
         |highest cuda version",
    ),
    (
        Key::Toolkit,
        "cuda runtime version|nvcc|nvcc version|cuda compiler|cuda toolkit|cuda toolkit version\
         |cudatoolkit|cuda sdk",
    ),
    (
        Key::Os,
        "os|operating system|os name|system|system os|operating system + version\
         |operating system and version|operating system & version|distribution|distro|distro version\
         |linux distribution|host os|pretty name|os platform and distribution|your distribution version\
         |distribution version|environment|sys.platform|platform system|os type|betriebssystem\
         |betriebssystemname|système d'exploitation|nom du système d'exploitation|sistema operativo\
         |nombre del sistema operativo|nome do sistema operacional|sistema operacional\
         |nome sistema operativo|операционная система|название ос|nazwa systemu operacyjnego\
         |system operacyjny|操作系统|系统|os 名称|os 名|作業系統|运行环境|tested on|pc|computer|machine|description\
         |caption",
    ),
    (
        Key::OsVersion,
        "os version|windows version|windows build|windows build number|windows 11 build|windows 10 build\
         |os build|build|edition|version|platform version|platform release|system version\
         |betriebssystemversion|version du système|versión del sistema operativo|версия ос|release|os 版本\
         |os バージョン|version id",
    ),
    (Key::Platform, "python platform|platform|os platform|system platform"),
    (Key::Kernel, "kernel|kernel version|linux kernel|kernel release|linux kernel version|uname"),
    (Key::Arch, "arch|platform machine|system type|systemtyp|cpu architecture|os architecture|machine type"),
    (Key::Libc, "libc version|glibc|glibc version|libc|gnu libc version"),
    (
        Key::Python,
        "python version|python|python full version|implementation version|system python version|python3\
         |python interpreter|cpython",
    ),
    (
        Key::Wsl,
        "wsl version|wsl|wsl2|whether the issue is on wsl 2 and/or wsl 1|are you using wsl 1 or wsl 2\
         |is wsl|windows subsystem for linux|is this wsl",
    ),
    (
        Key::Container,
        "docker|container|in docker|in container|inside docker|running in docker|baremetal or container\
         |is docker|docker image|container image|docker or bare metal|how are you running\
         |docker container",
    ),
    (Key::Processor, "cpu|processor|processors|cpu model|cpu name|model name|prozessor|processor name|cpu/ram"),
];

/// Words for a driver in the languages people write in.
#[rustfmt::skip]
const DRIVER: [&str; 13] = [
    "driver", "drivers", "treiber", "treiberversion", "pilote", "controlador", "драйвер", "sterownik",
    "sürücü", "驱动", "驱动版本", "ドライバ", "드라이버",
];

/// Drivers of other things.
#[rustfmt::skip]
const OTHER_DRIVER: [&str; 14] = [
    "audio", "printer", "chrome", "model", "provider", "date", "mode", "type", "odbc", "wifi",
    "network", "path", "api", "amd",
];

/// The key in its plain form: small letters, one blank, without remarks in brackets and end marks.
fn plain(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut depth = 0_u32;
    for c in key.trim().trim_matches(['"', '\'', '|', ':', '?', '.', '*', '[', ']', '<', '>', ' ']).chars() {
        match c {
            // `(e.g., 1.0)`, `(GPU?)`; but `is_available()` and `print(…)` keep theirs.
            '(' if out.ends_with(' ') => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '_' | '-' | ' ' | '\t' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => out.extend(c.to_lowercase()),
        }
    }
    out.trim().trim_end_matches(['?', ':']).trim_end().to_owned()
}

/// The words, ready to be looked up.
fn words() -> &'static HashMap<&'static str, Key> {
    static WORDS: OnceLock<HashMap<&'static str, Key>> = OnceLock::new();
    WORDS.get_or_init(|| KEYS.iter().flat_map(|(key, words)| words.split('|').map(|word| (word, *key))).collect())
}

/// What a key announces; `None` if nothing that matters here.
pub(super) fn key_of(key: &str) -> Option<Key> {
    if key.len() > 80 {
        return None;
    }
    let key = plain(key);
    if let Some(numbered) = numbered(&key) {
        return Some(numbered);
    }
    let exact = |text: &str| words().get(text).copied();
    if let Some(found) = exact(&key) {
        return Some(found);
    }
    if is_driver(&key) {
        return Some(Key::Driver);
    }
    // `my gpu`, `host gpu`, `python version used`
    let inner = key.split_once(' ').filter(|(first, _)| {
        ["my", "your", "the", "host", "local", "used", "current", "installed", "main", "nvidia", "system", "hardware:"]
            .contains(first)
    });
    inner.and_then(|(_, rest)| exact(rest))
}

/// `gpu 0`, `gpu0`, `gpu 0,1,2,3`, `device 0`, `cuda:0`, `gpu 0 compute capability`.
fn numbered(key: &str) -> Option<Key> {
    let rest = ["gpu", "device", "cuda:", "card", "graphics card", "video card", "display adapter"]
        .iter()
        .find_map(|word| key.strip_prefix(word))?;
    let rest = rest.trim_start_matches([' ', '#', ':']);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
    let (digits, after) = rest.split_at_checked(end)?;
    let mut numbers = digits.split(',').map(str::parse::<u32>);
    let first = numbers.next()?.ok().filter(|first| *first < 64)?;
    let last = numbers.next_back().and_then(Result::ok).filter(|last| (first..64).contains(last)).unwrap_or(first);
    match after.trim() {
        "" | "name" | "model" | "type" => Some(Key::Card(first, last)),
        "compute capability" | "capability" => Some(Key::CardCapability(first, last)),
        _ => None,
    }
}

/// A key with a word for driver, misspelt perhaps, and none that says another thing's.
fn is_driver(key: &str) -> bool {
    let mut words = key.split([' ', '/', '.']);
    // `NVIDIA driver's version`
    let is_it = |word: &str| {
        let word = word.strip_suffix("'s").unwrap_or(word);
        DRIVER.contains(&word) || is_mixed_up(word, "driver") || is_mixed_up(word, "drivers")
    };
    let is_some = words.clone().any(is_it)
        || !key.is_ascii() && ["驱动", "ドライバ"].iter().any(|word| key.contains(word))
        || key == "nvrm version"
        || key == "kmd version"
        || key.ends_with("kernel modules version");
    is_some && !words.any(|word| OTHER_DRIVER.contains(&word)) && key.len() < 50
}

/// The same letters in another order.
fn is_mixed_up(word: &str, meant: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    word.len() == meant.len() && word.starts_with('d') && word != meant && sorted(word) == sorted(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_in_the_forms_people_write_them() {
        for (text, key) in [
            ("PyTorch Version (e.g., 1.0)", Some(Key::Torch)),
            ("torch.__version__", Some(Key::Torch)),
            ("print(torch.__version__)", Some(Key::Torch)),
            ("torch.cuda.is_available()", Some(Key::Available)),
            ("\"platform_machine\"", Some(Key::Arch)),
            ("Nvidia driver version", Some(Key::Driver)),
            ("NVIDIA GPU Dirver", Some(Key::Driver)),
            ("Geforce Driver", Some(Key::Driver)),
            ("Treiberversion", Some(Key::Driver)),
            ("Driver Model", None),
            ("GPU 0,1,2,3", Some(Key::Card(0, 3))),
            ("GPU 0 Compute Capability", Some(Key::CardCapability(0, 0))),
            ("GPU0", Some(Key::Card(0, 0))),
            ("Operating System + Version", Some(Key::Os)),
            ("My GPU", Some(Key::Cards)),
            ("GCC version", None),
            ("GPU 3090", None),
            ("cuDNN version", None),
            ("torch.backends.mps.is_available()", Some(Key::Metal)),
        ] {
            assert_eq!(key_of(text), key, "{text}");
        }
    }
}
