//! The addresses of an index's pages.

use crate::facts::CudaVersion;

/// Where PyTorch publishes its wheels.
/// <https://pytorch.org/get-started/locally/>
pub const TORCH_INDEX: &str = "https://download.pytorch.org/whl";

/// The page of a variant: a mirror may be named with the variant or without.
pub fn variant_page(base: &str, variant: &str) -> String {
    let base = base.trim_end_matches('/');
    if is_variant(last(base)) { base.to_owned() } else { format!("{base}/{variant}") }
}

/// The page of a variant's nightly builds. `None` for a mirror that was named as the page of one variant: where its
/// nightly builds would be is not known.
pub fn nightly_page(base: &str, variant: &str) -> Option<String> {
    let base = base.trim_end_matches('/');
    match (is_variant(last(base)), last(base) == "nightly") {
        (false, false) => Some(format!("{base}/nightly/{variant}")),
        (false, true) => Some(format!("{base}/{variant}")),
        (true, _) => base.ends_with(&format!("/nightly/{variant}")).then(|| base.to_owned()),
    }
}

/// Whether a mirror's address is of one variant only, and of which.
pub fn fixed_variant(base: &str) -> Option<String> {
    let last = last(base.trim_end_matches('/'));
    is_variant(last).then(|| last.to_owned())
}

fn last(base: &str) -> &str {
    base.rsplit('/').next().unwrap_or_default()
}

fn is_variant(name: &str) -> bool {
    name == "cpu" || CudaVersion::of_variant(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_may_be_named_with_or_without_the_variant() {
        assert_eq!(variant_page("https://m.example/whl/", "cu130"), "https://m.example/whl/cu130");
        assert_eq!(variant_page("https://m.example/whl/cu128", "cu130"), "https://m.example/whl/cu128");
        assert_eq!(fixed_variant("https://m.example/whl/cu128/").as_deref(), Some("cu128"));
        assert_eq!(fixed_variant("https://m.example/whl"), None);
    }

    #[test]
    fn nightly_builds_lie_below_the_root_of_an_index() {
        let page = |base| nightly_page(base, "cu132");
        assert_eq!(page(TORCH_INDEX).as_deref(), Some("https://download.pytorch.org/whl/nightly/cu132"));
        assert_eq!(page("https://m.example/whl/").as_deref(), Some("https://m.example/whl/nightly/cu132"));
        assert_eq!(page("https://m.example/whl/nightly").as_deref(), Some("https://m.example/whl/nightly/cu132"));
        assert_eq!(page("https://m.example/nightly/cu132").as_deref(), Some("https://m.example/nightly/cu132"));
        assert_eq!(page("https://m.example/nightly/cu130"), None);
        assert_eq!(page("https://m.example/whl/cu132"), None);
    }
}
