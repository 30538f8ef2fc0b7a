//! A page of an index (PEP 503) as text → the files it lists, and what their names say (PEP 427).

use crate::catalog::{LiveWheel, Platform};
use crate::facts::PythonVersion;
use std::sync::OnceLock;

/// A file that a page lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFile {
    /// Its address.
    pub url: url::Url,
    /// Its name, with `+` where the address has `%2B`.
    pub file_name: String,
    /// Lower-case hex, if the page names it.
    pub sha256: Option<String>,
}

/// The files that a page lists, but for those taken back (PEP 592); addresses may be absolute, rooted or relative to
/// the page's own.
pub fn files_of(page: &str, text: &str) -> Vec<PageFile> {
    static ANCHORS: OnceLock<Option<scraper::Selector>> = OnceLock::new();
    let Some(anchors) = ANCHORS.get_or_init(|| scraper::Selector::parse("a[href]").ok()) else { return Vec::new() };
    let Ok(base) = url::Url::parse(page) else { return Vec::new() };
    scraper::Html::parse_document(text)
        .select(anchors)
        .filter(|anchor| anchor.value().attr("data-yanked").is_none())
        .filter_map(|anchor| {
            let mut url = base.join(anchor.value().attr("href")?).ok()?;
            let sha256 = url.fragment().and_then(|hash| hash.strip_prefix("sha256=")).map(str::to_ascii_lowercase);
            url.set_fragment(None);
            let last = url.path_segments()?.next_back()?;
            let file_name = percent_encoding::percent_decode_str(last).decode_utf8().ok()?.into_owned();
            Some(PageFile { url, file_name, sha256 })
        })
        .collect()
}

/// The parts of a wheel's file name: `torch-2.15.0+cu130-cp312-cp312-win_amd64.whl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WheelName<'a> {
    /// As written.
    pub project: &'a str,
    /// With its local part.
    pub version: &'a str,
    /// `cp312`, `py2.py3`
    pub python: &'a str,
    /// `cp312`, `cp313t`, `abi3`, `none`
    pub abi: &'a str,
    /// `win_amd64`, `any`
    pub platform: &'a str,
}

impl<'a> WheelName<'a> {
    /// `None` for what is no wheel.
    pub fn parse(file: &'a str) -> Option<Self> {
        let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
        match *parts.as_slice() {
            [project, version, python, abi, platform] | [project, version, _, python, abi, platform] => {
                Some(Self { project, version, python, abi, platform })
            }
            _ => None,
        }
    }

    /// Whether it is for a platform.
    pub fn is_on(&self, on: Platform) -> bool {
        self.platform.split('.').any(|tag| tag == "any" || on.has_tag(tag))
    }

    /// How closely it fits a Python (PEP 425): 2 for exactly this one, 1 for any, `None` for not at all.
    pub fn fit(&self, version: PythonVersion) -> Option<u8> {
        let own = version.tag();
        let older = |tag: &str| {
            let minor = tag.strip_prefix("cp3").and_then(|minor| minor.parse::<u8>().ok());
            minor.is_some_and(|minor| minor <= version.minor)
        };
        let mut pythons = self.python.split('.');
        match self.abi {
            abi if abi == own && pythons.any(|tag| tag == own) => Some(2),
            "abi3" if pythons.any(older) => Some(1),
            "none" if pythons.any(|tag| tag == "py3" || tag == own) => Some(1),
            _ => None,
        }
    }
}

/// The wheels of torch that a page lists; whatever else stands on it is passed over.
pub fn wheels_of(page: &str, text: &str) -> Vec<LiveWheel> {
    let of = |file: &PageFile| {
        let name = WheelName::parse(&file.file_name).filter(|name| name.project.eq_ignore_ascii_case("torch"))?;
        Some(LiveWheel {
            version: name.version.parse().ok()?,
            python_tag: if name.abi.ends_with('t') { name.abi } else { name.python }.to_owned(),
            platform_tag: name.platform.to_owned(),
            has_hash: file.sha256.is_some(),
        })
    };
    files_of(page, text).iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><html><body><h1>Links for torch</h1>
<a href="https://download-r2.pytorch.org/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-win_amd64.whl#sha256=ab" data-dist-info-metadata="sha256=cd">torch-2.15.0+cu130-cp312-cp312-win_amd64.whl</a><br/>
<a href="/whl/cu130/torch-2.9.1%2Bcu130-cp313-cp313t-manylinux_2_28_x86_64.whl">torch-2.9.1+cu130-cp313-cp313t-manylinux_2_28_x86_64.whl</a><br/>
<a href="torch-2.9.1%2Bcu130-cp312-cp312-manylinux_2_28_x86_64.whl">x</a><a href="../torch-2.9.1.tar.gz">source</a><a>nothing</a>
<a href="torch-2.9.2%2Bcu130-cp312-cp312-win_amd64.whl" data-yanked="broken">taken back</a>
<a href="torchvision-0.24.1%2Bcu130-cp312-cp312-win_amd64.whl">other</a>
</body></html><!--TIMESTAMP 1-->"#;

    #[test]
    fn absolute_rooted_and_relative_addresses_are_read_with_and_without_hash() {
        let wheels = wheels_of("https://download.pytorch.org/whl/cu130/torch/", PAGE);
        let seen: Vec<_> = wheels
            .iter()
            .map(|w| (w.version.to_string(), w.python_tag.as_str(), w.platform_tag.as_str(), w.has_hash))
            .collect();
        assert_eq!(
            seen,
            [
                ("2.15.0+cu130".to_owned(), "cp312", "win_amd64", true),
                ("2.9.1+cu130".to_owned(), "cp313t", "manylinux_2_28_x86_64", false),
                ("2.9.1+cu130".to_owned(), "cp312", "manylinux_2_28_x86_64", false),
            ]
        );
    }

    #[test]
    fn a_log_in_page_has_no_wheels() {
        let page = "https://i.example/whl/cu130/torch/";
        assert!(wheels_of(page, "<html><body>Please <a href='/login'>log in</a></body></html>").is_empty());
        assert!(wheels_of(page, "\u{0}\u{1}garbage").is_empty());
    }

    #[test]
    fn a_name_says_which_pythons_and_platforms_it_is_for() {
        let fit = |tags: &str, minor| {
            let file = format!("torchvision-0.30.0+cu132-{tags}.whl");
            WheelName::parse(&file).unwrap().fit(PythonVersion::minor(3, minor))
        };
        assert_eq!(fit("cp312-cp312-win_amd64", 12), Some(2));
        assert_eq!(fit("cp312-cp312-win_amd64", 13), None);
        assert_eq!(fit("cp313-cp313t-win_amd64", 13), None);
        assert_eq!(fit("cp310-abi3-win_amd64", 12), Some(1));
        assert_eq!(fit("cp314-abi3-win_amd64", 12), None);
        assert_eq!(fit("py3-none-win_amd64", 12), Some(1));
        assert_eq!(fit("py2-none-any", 12), None);
        let on = |tag: &str, platform| WheelName::parse(&format!("x-1-py3-none-{tag}.whl")).unwrap().is_on(platform);
        assert!(on("any", Platform::WindowsX86) && on("win_amd64", Platform::WindowsX86));
        assert!(on("manylinux_2_27_x86_64.manylinux_2_28_x86_64", Platform::LinuxX86));
        assert!(!on("win_arm64", Platform::WindowsX86) && !on("macosx_11_0_arm64", Platform::LinuxArm));
        assert_eq!(WheelName::parse("torch-2.15.0.tar.gz"), None);
    }
}
