//! The sources of the check program, as they are packed into one file.

/// The beginning of that file, which imports the others from it.
pub(super) const BUNDLE: &str = include_str!("../../assets/python/bundle.py");

/// Path below `assets/python`, and text. A test holds that none is missing.
pub(super) const SOURCES: &[(&str, &str)] = &[
    ("verify/__init__.py", include_str!("../../assets/python/verify/__init__.py")),
    ("verify/__main__.py", include_str!("../../assets/python/verify/__main__.py")),
    ("verify/cards.py", include_str!("../../assets/python/verify/cards.py")),
    ("verify/checks/__init__.py", include_str!("../../assets/python/verify/checks/__init__.py")),
    ("verify/checks/attention.py", include_str!("../../assets/python/verify/checks/attention.py")),
    ("verify/checks/cards.py", include_str!("../../assets/python/verify/checks/cards.py")),
    ("verify/checks/companions.py", include_str!("../../assets/python/verify/checks/companions.py")),
    ("verify/checks/compiled.py", include_str!("../../assets/python/verify/checks/compiled.py")),
    ("verify/checks/dense.py", include_str!("../../assets/python/verify/checks/dense.py")),
    ("verify/checks/elements.py", include_str!("../../assets/python/verify/checks/elements.py")),
    ("verify/checks/extras.py", include_str!("../../assets/python/verify/checks/extras.py")),
    ("verify/checks/memory.py", include_str!("../../assets/python/verify/checks/memory.py")),
    ("verify/checks/network.py", include_str!("../../assets/python/verify/checks/network.py")),
    ("verify/checks/random.py", include_str!("../../assets/python/verify/checks/random.py")),
    ("verify/checks/schedule.py", include_str!("../../assets/python/verify/checks/schedule.py")),
    ("verify/checks/soak.py", include_str!("../../assets/python/verify/checks/soak.py")),
    ("verify/checks/training.py", include_str!("../../assets/python/verify/checks/training.py")),
    ("verify/checks/transforms.py", include_str!("../../assets/python/verify/checks/transforms.py")),
    ("verify/measure.py", include_str!("../../assets/python/verify/measure.py")),
    ("verify/process.py", include_str!("../../assets/python/verify/process.py")),
    ("verify/protocol.py", include_str!("../../assets/python/verify/protocol.py")),
    ("verify/registry.py", include_str!("../../assets/python/verify/registry.py")),
    ("verify/session.py", include_str!("../../assets/python/verify/session.py")),
    ("verify/worker.py", include_str!("../../assets/python/verify/worker.py")),
];
