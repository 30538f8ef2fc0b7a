//! Environments that nobody told the program of, and those it made and lost the list of.

use crate::world::{World, run, tools};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[test]
fn a_list_that_was_damaged_is_made_again_by_the_next_command() {
    let Some(world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    let before = world.registry();
    let file = world.path("wizard/data/environments.json");
    fs::write(&file, "{ not json").unwrap();
    let told = run(world.wizard(&["envs", "list"])).expect(2);
    assert!(told.err.contains("was set aside") && told.err.contains("envs list --all"), "{}", told.err);
    let place = world.target().display().to_string();
    let again = run(world.wizard(&["envs", "list"])).expect(0);
    assert_eq!(
        again.err,
        format!(
            "The list of environments had been damaged. It is made again from the records of installs: {place}.\n\
             Others on this PC are shown by: torch-wizard envs list --all\n"
        )
    );
    let same = |mut known: Value| {
        // When a run ended is not in its plan.
        known["created"] = Value::Null;
        known
    };
    let (now, before) = (world.registry().into_iter().map(same), before.into_iter().map(same));
    assert_eq!(now.collect::<Vec<_>>(), before.collect::<Vec<_>>());
    assert_eq!(run(world.wizard(&["envs", "list"])).expect(0).err, "", "told once");
    run(world.wizard(&["verify", "env", "--device", "cpu"])).expect(0);

    // What was deleted since is no environment, and neither is one whose run was undone.
    fs::write(&file, "{ not json").unwrap();
    run(world.wizard(&["envs", "list"])).expect(2);
    fs::remove_dir_all(world.target()).unwrap();
    let none = run(world.wizard(&["envs", "list"])).expect(0);
    assert!(none.err.contains("none is there") && world.registry().is_empty(), "{}", none.err);
}

/// A virtual environment by hand, with the papers of a torch.
fn plant(folder: &Path) {
    let site = folder.join("lib/python3.12/site-packages");
    let info = site.join("torch-2.9.1+cu130.dist-info");
    fs::create_dir_all(folder.join("bin")).unwrap();
    fs::create_dir_all(site.join("torch/lib")).unwrap();
    fs::create_dir_all(&info).unwrap();
    std::os::unix::fs::symlink(&tools().unwrap().python, folder.join("bin/python")).unwrap();
    fs::write(folder.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.4\n").unwrap();
    fs::write(site.join("torch/version.py"), "__version__ = '2.9.1+cu130'\ncuda: str = '13.0'\n").unwrap();
    fs::write(site.join("torch/__init__.py"), "").unwrap();
    fs::write(info.join("METADATA"), "Name: torch\n").unwrap();
    fs::write(info.join("INSTALLER"), "uv\n").unwrap();
    let record: String = (0..12_000).map(|number| format!("torch/include/{number}.h,sha256=x,5\n")).collect();
    fs::write(info.join("RECORD"), format!("torch/version.py,,\ntorch/__init__.py,,\n{record}")).unwrap();
    fs::create_dir(site.join("torch/include")).unwrap();
    // Of so many files the look takes a sample of each 375th; the first two are those above.
    for number in (0..12_000).filter(|number| (number + 2) % 375 == 0) {
        fs::write(site.join(format!("torch/include/{number}.h")), "12345").unwrap();
    }
}

#[test]
fn twelve_environments_wherever_tools_keep_them_are_found_in_five_seconds_and_can_be_taken_in() {
    let Some(world) = World::new() else { return };
    let home = world.path("home");
    let conda = home.join("miniconda3/envs/trainer");
    let embedded = home.join("Downloads/ComfyUI_windows_portable/python_embeded");
    let of_kernel = world.path("far/away/of-kernel");
    let mut planted: Vec<PathBuf> = [
        ".venv",
        "torch-cu130",
        ".cache/pypoetry/virtualenvs/app-Ab3-py3.12",
        ".local/share/virtualenvs/site-9f",
        ".local/share/uv/tools/trainer",
        "ComfyUI/venv",
        "stable-diffusion-webui/venv",
        "InvokeAI/.venv",
        "AI/Fooocus/fooocus_env",
    ]
    .map(|place| home.join(place))
    .to_vec();
    planted.extend([conda.clone(), embedded.clone(), of_kernel.clone()]);
    for folder in &planted {
        plant(folder);
    }
    fs::remove_file(conda.join("pyvenv.cfg")).unwrap();
    fs::create_dir(conda.join("conda-meta")).unwrap();
    fs::remove_file(embedded.join("pyvenv.cfg")).unwrap();
    let kernel = home.join(".local/share/jupyter/kernels/mine");
    fs::create_dir_all(&kernel).unwrap();
    let python = of_kernel.join("bin/python").display().to_string();
    fs::write(kernel.join("kernel.json"), serde_json::json!({"argv": [python, "-m", "ipykernel"]}).to_string())
        .unwrap();

    let began = Instant::now();
    let ran = run(world.wizard(&["envs", "list", "--all", "--json"])).expect(0);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    eprintln!("12 environments of 12,000 files each found in {took:?}");
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    let found = answer["found"].as_array().unwrap();
    let mut paths: Vec<PathBuf> = found.iter().map(|one| PathBuf::from(one["path"].as_str().unwrap())).collect();
    paths.sort();
    planted.sort();
    assert_eq!(paths, planted);
    assert!(found.iter().all(|one| one["variant"] == "cu130" && one["damage"].is_null()), "{answer}");

    for (word, folder) in [
        (conda.clone(), &conda),
        (embedded.parent().unwrap().to_owned(), &embedded),
        (kernel.join("kernel.json"), &of_kernel),
        (home.join("ComfyUI/venv/bin/python"), &home.join("ComfyUI/venv")),
    ] {
        let said = run(world.wizard(&["envs", "adopt", word.to_str().unwrap()])).expect(0).out;
        assert_eq!(said, format!("{} is in the list now (torch 2.9.1+cu130).\n", folder.display()));
    }
    let text = run(world.wizard(&["envs", "list", "--all"])).expect(0).out;
    let (known, others) = text.split_once("Not in the list:\n").unwrap();
    assert_eq!((known.lines().count(), others.lines().count()), (4, 16), "{text}");
    let line = format!("{}  2.9.1+cu130  venv\n", home.join(".venv").display());
    let how = format!("  → torch-wizard envs adopt \"{}\"\n", home.join(".venv").display());
    assert!(others.contains(&(line + &how)), "{text}");
    let nothing = run(world.wizard(&["envs", "adopt", home.to_str().unwrap()]));
    assert_eq!(nothing.code, 0, "home has a .venv of its own: {}", nothing.err);
    let nothing = run(world.wizard(&["envs", "adopt", world.path("temp").to_str().unwrap()])).expect(1);
    assert!(nothing.err.contains("holds no Python environment"), "{}", nothing.err);

    // Read from the files alone, at once.
    let ran = run(world.wizard(&["envs", "check", conda.to_str().unwrap(), "--json"]));
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    eprintln!("a check took {} ms", answer["milliseconds"]);
    // Unoptimised, and on a machine that may be busy.
    assert!(answer["milliseconds"].as_u64().unwrap() < 1_000, "{answer}");
}
