//! `patch`: a `setup.py` that names the code it makes gets the lines for the card, and is had back.

use crate::repair::CARD;
use crate::world::{World, run};
use std::fs;

const SETUP: &str = "flags = [\n    '-gencode=arch=compute_90,code=sm_90',\n]\n";

fn machine() -> Option<World> {
    let mut world = World::new()?;
    world.simulate(CARD);
    fs::create_dir(world.path("place/its source")).unwrap();
    fs::write(world.path("place/its source/setup.py"), SETUP).unwrap();
    Some(world)
}

#[test]
fn the_change_is_shown_made_with_a_backup_and_undone() {
    let Some(world) = machine() else { return };
    let (folder, file) = (world.path("place/its source"), world.path("place/its source/setup.py"));
    let backup = world.path("place/its source/setup.py.before-torch-wizard");
    let patch = |more: &[&str]| run(world.wizard(&[&["patch", folder.to_str().unwrap()], more].concat()));
    let read = || fs::read_to_string(&file).unwrap();

    let shown = patch(&[]).expect(1);
    for line in ["@@ -1,3 +1,4 @@", "+    '-gencode=arch=compute_120,code=sm_120',"] {
        assert!(shown.out.contains(line), "{line} is not in\n{}", shown.out);
    }
    assert_eq!(read(), SETUP, "a look changes nothing");
    let done = patch(&["--yes"]).expect(0);
    assert!(done.err.contains("TORCH_CUDA_ARCH_LIST=12.0"), "{}", done.err);
    assert_eq!(read(), SETUP.replace("sm_90',\n", "sm_90',\n    '-gencode=arch=compute_120,code=sm_120',\n"));
    assert_eq!(fs::read_to_string(&backup).unwrap(), SETUP);
    let again: serde_json::Value = serde_json::from_str(&patch(&["--yes", "--json"]).expect(0).out).unwrap();
    assert_eq!((&again["state"], &again["changed"]), (&"serves".into(), &false.into()), "{again}");

    // For another card on top: what its maker wrote stays the backup.
    patch(&["--capability", "8.9", "--yes"]).expect(0);
    assert!(read().contains("sm_89"));
    assert_eq!(fs::read_to_string(&backup).unwrap(), SETUP);
    // What somebody has written since is not lost.
    let patched = read();
    fs::write(&file, format!("{patched}# mine\n")).unwrap();
    assert!(patch(&["--undo"]).expect(1).err.contains("was changed by others since"));
    assert!(read().ends_with("# mine\n") && backup.exists());
    fs::write(&file, patched).unwrap();
    patch(&["--undo"]).expect(0);
    assert_eq!((read().as_str(), backup.exists()), (SETUP, false));
    assert!(patch(&["--undo"]).expect(1).err.contains("nothing was changed here"));
}

#[test]
fn what_cannot_be_patched_is_said() {
    let Some(world) = machine() else { return };
    let folder = world.path("place/its source");
    let with = |text: &[u8]| {
        fs::write(folder.join("setup.py"), text).unwrap();
        run(world.wizard(&["patch", folder.to_str().unwrap(), "--yes"]))
    };
    assert!(with(b"flags = '-gencode arch=compute_80,code=sm_80'\n").expect(1).out.contains("by hand"));
    assert!(with(b"setup()\n").expect(0).out.contains("leaves the choice of code to torch"));
    assert!(with(b"# \xff\n").expect(1).err.contains("no text in UTF-8"));
    assert_eq!(fs::read(folder.join("setup.py")).unwrap(), b"# \xff\n");
    let gone = run(world.wizard(&["patch", world.path("place").to_str().unwrap()])).expect(1);
    assert!(gone.err.contains("There is no") && gone.err.contains("setup.py"), "{}", gone.err);
}
