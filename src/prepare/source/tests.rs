use super::*;
use crate::assess::{Build, Origin, Route};
use crate::facts::{Hardware, Tool, VisualStudio};
use crate::host::fake::{Script, World};
use crate::prepare::linux::fixtures::{found, scan, works};

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn build() -> Build {
    Build {
        torch: "2.15.0".parse().unwrap(),
        variant: "cu130".to_owned(),
        python: Some(PythonVersion::minor(3, 12)),
        origin: Origin::Git { url: "https://github.com/pytorch/pytorch".to_owned(), tag: "v2.15.0".to_owned() },
        seen_live: false,
    }
}

/// A PC with two cards, git, two toolkits and, on Windows, two Visual Studios.
fn facts(family: OsFamily) -> MachineFacts {
    let mut facts = scan(family).facts;
    facts.hardware = found(Hardware { cpu: String::new(), logical_cores: 16, memory_bytes: 32 << 30 });
    if let Probed::Found { value: gpus, .. } = &mut facts.gpus {
        gpus[0].capability = "12.0".parse().ok();
        gpus[1].capability = "8.6".parse().ok();
    }
    facts.tools.insert("git".to_owned(), found(Tool { path: "/usr/bin/git".into(), version: None }));
    let toolkit = |cuda: &str| CudaToolkit {
        cuda: cuda.parse().unwrap(),
        root: format!("/cuda-{cuda}").into(),
        nvcc: format!("/cuda-{cuda}/bin/nvcc").into(),
    };
    facts.toolkits = vec![toolkit("13.2"), toolkit("13.0")];
    let studio = |root: &str, toolsets: &[&str]| VisualStudio {
        name: format!("Visual Studio in {root}"),
        root: root.into(),
        version: "17.14".to_owned(),
        toolsets: toolsets.iter().map(|&toolset| toolset.to_owned()).collect(),
        missing: Vec::new(),
    };
    facts.visual_studios =
        vec![studio(r"C:\VS 2026", &["14.50.35717"]), studio(r"C:\VS 2022", &["14.29.30133", "14.44.35207"])];
    facts
}

fn made(world: &World, facts: &MachineFacts) -> Result<Recipe, Problem> {
    let chosen = works(Route::Source, &build(), &[]);
    recipe(world, catalog(), facts, &chosen, &build(), PythonVersion::minor(3, 12))
}

#[test]
fn a_recipe_is_made_of_what_is_there() {
    let world = World::new(OsFamily::Linux);
    let recipe = made(&world, &facts(OsFamily::Linux)).unwrap();
    let workshop = &recipe.workshop;
    assert_eq!(workshop.toolkit.cuda, CudaVersion::new(13, 0), "the one of the variant, not the newest");
    assert_eq!((workshop.targets.list().as_str(), workshop.jobs), ("8.6;12.0", 7));
    assert_eq!(recipe.version(), "2.15.0+cu130.source");
    assert_eq!(recipe.folder, Host::folders(&world).cache.join("source/v2.15.0"));
    assert!(!recipe.is_built && recipe.built.starts_with(Host::folders(&world).cache.join("built")));
    let names: Vec<&str> = workshop.settings.iter().map(|setting| setting.name.as_str()).collect();
    assert!(names.contains(&"USE_CUDA") && !names.contains(&"USE_DISTRIBUTED") && !names.contains(&"FORCE_CUDA"));
    assert_eq!(workshop.search, "/usr/local/bin:/usr/bin");
    let one = works(Route::Source, &build(), &[0]);
    assert_eq!(capabilities(catalog(), &facts(OsFamily::Linux), &one), ["12.0".parse().unwrap()]);
}

#[test]
fn a_wheel_counts_as_built_with_a_record_of_exactly_this_recipe() {
    let recipe = made(&World::new(OsFamily::Linux), &facts(OsFamily::Linux)).unwrap();
    let with = |record: &str| {
        let wheel = recipe.built.join("torch-2.15.0+cu130.source-cp312-cp312-linux_x86_64.whl");
        World::new(OsFamily::Linux).file(wheel, "").file(recipe.built.join(RECORD), record)
    };
    let is_built = |world: &World| made(world, &facts(OsFamily::Linux)).unwrap().is_built;
    let record = recipe.record("cp312");
    assert!(is_built(&with(&record)));
    assert!(!is_built(&with(&record.replace("code 8.6;12.0", "code 12.0"))));
    assert!(!is_built(&World::new(OsFamily::Linux).file(recipe.built.join(RECORD), &record)), "there is no wheel");
    let wish = Wish::default();
    let asked = |recipe: &Recipe| requirements(catalog(), OsFamily::Linux, &build(), &wish, recipe).unwrap();
    assert!(asked(&recipe).iter().any(|line| line.starts_with("cmake")));
    let built = Recipe { is_built: true, ..recipe };
    assert!(!asked(&built).iter().any(|line| line.starts_with("cmake")));
    assert!(asked(&built).iter().any(|line| line.starts_with("sympy")) && asked(&built).contains(&"pip".to_owned()));
}

/// What `vcvarsall.bat` sets, as `cmd /u` tells it.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

const SET: &str = "=C:=C:\\\r\nINCLUDE=C:\\VC\\include;C:\\SDK\\include\r\nLIB=C:\\VC\\lib\r\nPath=C:\\VC\\bin;C:\\Windows\\System32\r\n\
    UserName=Jörg\r\nVSCMD_SKIP_SENDTELEMETRY=1\r\nEXTERNAL=a=b\r\n";

#[test]
fn the_environment_of_the_compiler_is_read_once_and_only_what_differs_is_taken() {
    let world = World::new(OsFamily::Windows)
        .var("USERNAME", "Jörg")
        .var("SystemDrive", "D:")
        .program("cmd", Script::prints(wide(SET)));
    let recipe = made(&world, &facts(OsFamily::Windows)).unwrap();
    let compiler = &recipe.workshop.compiler;
    assert_eq!(compiler.keys().collect::<Vec<_>>(), ["EXTERNAL", "INCLUDE", "LIB"]);
    assert_eq!(compiler["EXTERNAL"], "a=b");
    assert_eq!(recipe.workshop.search, r"C:\VC\bin;C:\Windows\System32");
    assert!(recipe.folder.starts_with(r"D:\b\tw"), "{:?}", recipe.folder);
    let ran = world.ran();
    let words: Vec<&str> = ran[0].args.iter().map(String::as_str).collect();
    // 2026 is newer than the toolkit takes; of 2022 the tools that the release takes.
    let script = r"C:\VS 2022\VC\Auxiliary\Build\vcvarsall.bat";
    assert_eq!(words, ["/d", "/u", "/c", "call", script, "x64", "-vcvars_ver=14.44.35207", ">nul", "&&", "set"]);
    assert_eq!(ran.len(), 1);
}

#[test]
fn a_compiler_that_cannot_be_set_up_or_is_not_there_is_told() {
    let label = |world: &World, facts: &MachineFacts| made(world, facts).unwrap_err().label;
    let failing = World::new(OsFamily::Windows).program("cmd", Script::exits(1));
    assert_eq!(label(&failing, &facts(OsFamily::Windows)), "compiler-environment");
    let mut without = facts(OsFamily::Windows);
    without.visual_studios.truncate(1);
    assert_eq!(label(&failing, &without), "tool-missing");
    let mut bare = facts(OsFamily::Linux);
    bare.toolkits.clear();
    assert_eq!(label(&World::new(OsFamily::Linux), &bare), "tool-missing");
}

#[test]
fn packages_that_would_bring_another_torch_are_not_taken_in_the_same_go() {
    let recipe = made(&World::new(OsFamily::Linux), &facts(OsFamily::Linux)).unwrap();
    let wish = Wish { packages: vec!["torchvision".to_owned()], ..Wish::default() };
    let refused = requirements(catalog(), OsFamily::Linux, &build(), &wish, &recipe).unwrap_err();
    assert_eq!(refused.label, "source-torch-alone");
}
