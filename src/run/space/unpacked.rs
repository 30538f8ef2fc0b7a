//! How much of the disk a wheel takes once it is unpacked: by its own list of files where it is here, else by what the
//! same package took when it was measured.

use crate::host::Host;
use crate::plan::Engine;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Unpacked bytes for each byte of the wheel, by the beginning of the package's name. Measured from the wheels' own lists
/// of files on 2026-11-28: torch 2.15.0 and what it brings on Linux x86-64 from PyPI, and the newest of the `cu12` names.
const MEASURED: [(&str, f64); 24] = [
    ("torch", 2.12),
    ("torchvision", 2.61),
    ("triton", 3.65),
    ("pytorch-triton", 3.65),
    ("nvidia-cublas", 1.40),
    ("nvidia-cudnn", 1.70),
    ("nvidia-cufft", 1.34),
    ("nvidia-cusolver", 1.22),
    ("nvidia-cusparselt", 1.38),
    ("nvidia-cusparse", 1.11),
    ("nvidia-nccl", 1.17),
    ("nvidia-nvshmem", 1.49),
    ("nvidia-nvjitlink", 2.52),
    ("nvidia-cuda-nvrtc", 2.55),
    ("nvidia-cuda-cupti", 4.13),
    ("nvidia-cuda-cccl", 4.91),
    ("nvidia-cuda-runtime", 3.27),
    ("nvidia-cufile", 2.86),
    ("nvidia-", 2.0),
    ("cuda-bindings", 3.71),
    ("numpy", 3.36),
    ("pillow", 2.86),
    ("sympy", 4.26),
    ("networkx", 3.40),
];
/// Of any other: wheels of Python code take three to four times their size.
const OTHERS: f64 = 3.5;
/// A file's last block is half empty.
const HALF_A_BLOCK: u64 = 2048;

/// Bytes that a package will take, by its name and the size of its wheel.
pub fn guess(package: &str, wheel: u64) -> u64 {
    // `torchvision` is no `torch`: the name ends there, or the entry says that it goes on.
    let is_it = |name: &str| {
        package.strip_prefix(name).is_some_and(|rest| rest.is_empty() || name.ends_with('-') || rest.starts_with('-'))
    };
    let factor = MEASURED.iter().find(|(name, _)| is_it(name)).map_or(OTHERS, |(_, factor)| *factor);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size times a small number")]
    {
        (wheel as f64 * factor) as u64
    }
}

/// Bytes that a wheel of this machine will take, by its list of files; `None` if it has none that can be read. pip
/// compiles every module beside its source, to about the same size again.
pub fn of_wheel(host: &dyn Host, wheel: &Path, engine: Engine) -> Option<u64> {
    let len = host.meta(wheel)?.len;
    let file = Slices { host, path: wheel, at: 0, len };
    let mut list = zip::ZipArchive::new(BufReader::with_capacity(1 << 20, file)).ok()?;
    let files = list.len() as u64;
    let plain = u64::try_from(list.decompressed_size()?).ok()?;
    let modules = if engine == Engine::Pip { bytes_of_modules(&mut list) } else { 0 };
    Some(plain + files * HALF_A_BLOCK + modules)
}

fn bytes_of_modules<R: Read + Seek>(list: &mut zip::ZipArchive<R>) -> u64 {
    let is_module = |name: &str| Path::new(name).extension().is_some_and(|ending| ending == "py");
    let sizes = (0..list.len()).filter_map(|at| {
        let file = list.by_index_raw(at).ok()?;
        let is_module = file.name().is_ok_and(|name| is_module(&name));
        is_module.then(|| file.size() + HALF_A_BLOCK)
    });
    sizes.sum()
}

/// A file of the host's, read in slices.
struct Slices<'a> {
    host: &'a dyn Host,
    path: &'a Path,
    at: u64,
    len: u64,
}

impl Read for Slices<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.host.read_at(self.path, self.at, buffer.len()).map_err(io::Error::other)?;
        let count = bytes.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Slices<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;
    use std::io::Write as _;

    #[test]
    fn a_package_is_known_by_its_own_name() {
        assert_eq!(guess("torch", 1000), 2120);
        assert_eq!(guess("torchvision", 1000), 2610);
        assert_eq!(guess("torchmetrics", 1000), 3500);
        assert_eq!(guess("nvidia-cublas-cu12", 1000), 1400);
        assert_eq!(guess("nvidia-cusparselt-cu13", 1000), 1380);
        assert_eq!(guess("nvidia-something-new", 1000), 2000);
    }

    #[test]
    fn a_wheel_tells_what_it_unpacks_to() {
        let mut wheel = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, len) in [("x/__init__.py", 1_000), ("x/big.so", 70_000)] {
            wheel.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            wheel.write_all(&vec![7; len]).unwrap();
        }
        let bytes = wheel.finish().unwrap().into_inner();
        assert!(bytes.len() < 2_000, "it is compressed");
        let world = World::new(OsFamily::Linux).file("/w/x-1-py3-none-any.whl", &bytes).file("/w/no.whl", "no wheel");
        let of = |name: &str, engine| of_wheel(&world, &Path::new("/w").join(name), engine);
        assert_eq!(of("x-1-py3-none-any.whl", Engine::Uv), Some(71_000 + 2 * HALF_A_BLOCK));
        assert_eq!(of("x-1-py3-none-any.whl", Engine::Pip), Some(72_000 + 3 * HALF_A_BLOCK));
        assert_eq!(of("no.whl", Engine::Uv), None);
        assert_eq!(of("none.whl", Engine::Uv), None);
    }
}
