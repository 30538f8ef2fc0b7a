use super::*;
use crate::assess::Route;
use crate::facts::{Hardware, OsFamily, Probed, Wsl};
use crate::host::fake::{Script, World};
use crate::plan::Action;
use crate::prepare::linux::fixtures::{found, lock, scan, wheels, with_uv, works};

const WSL: &str = r"C:\Windows\System32\wsl.exe";

fn distribution(name: &str, version: u8) -> Distribution {
    Distribution { name: name.to_owned(), version }
}

fn wsl(version: Option<&str>, distributions: &[(&str, u8)]) -> Wsl {
    Wsl {
        program: WSL.into(),
        version: version.map(str::to_owned),
        default_version: None,
        distributions: distributions.iter().map(|(name, version)| distribution(name, *version)).collect(),
    }
}

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

/// Windows with uv, whose answer holds the uv of the catalogue.
fn windows() -> World {
    let wheel = catalog().uv_wheel("linux_x86_64").unwrap();
    with_uv(World::new(OsFamily::Windows), &lock(Some((&wheel.file, &wheel.sha256)))).var("USERNAME", "Ada Lovelace")
}

/// A distribution that answers as a real one does; what is asked of it beside that is not there.
fn with_distribution(world: World, name: &str, home: &str, root: &str) -> World {
    let asked = |world: World, words: &[&str], script: Script| {
        let mut args = vec!["--distribution", name, "--cd", "~", "--exec"];
        args.extend(words);
        world.program_with(WSL, &args, script)
    };
    let world = world.program(WSL, Script::exits(1));
    let world = asked(world, &["printenv", "HOME"], Script::prints(format!("{home}\n")));
    asked(world, &["wslpath", "-u", "C:/"], Script::prints(format!("{root}\n")))
}

fn made_with(world: World, wsl: Probed<Wsl>, gb: u64, wish: &Wish) -> Result<Plan, Problem> {
    let mut scan = scan(OsFamily::Windows);
    scan.facts.wsl = wsl;
    scan.facts.hardware = found(Hardware { cpu: String::new(), logical_cores: 16, memory_bytes: gb << 30 });
    scan.facts.pythons = found(vec![crate::facts::Python {
        path: r"C:\py\python.exe".into(),
        version: "3.13.1".parse().ok(),
        implementation: "cpython".to_owned(),
        bits: Some(64),
        free_threaded: false,
        source: crate::facts::Source::new(crate::facts::Via::System, ""),
        why_not: None,
    }]);
    let host: Arc<dyn Host> = Arc::new(world);
    let build = wheels();
    let chosen = works(Route::Wsl2, &build, &[]);
    plan(&host, catalog(), &scan, &chosen, &build, wish, &mut |_| ControlFlow::Continue(()))
}

fn made(world: World, wsl: Probed<Wsl>) -> Result<Plan, Problem> {
    made_with(world, wsl, 64, &Wish::default())
}

fn keys(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.key.as_str()).collect()
}

const MAKES: [&str; 9] =
    ["wsl-driver", "download", "pins", "uv-unpack", "uv", "environment", "install", "verify", "register"];

#[test]
fn where_nothing_is_there_wsl_and_a_distribution_with_a_user_come_first() {
    let absent = Probed::Absent { source: crate::facts::Source::new(crate::facts::Via::Registry, "") };
    let plan = made_with(windows(), absent, 16, &Wish::default()).unwrap();
    let set_up = ["wsl", "restart", "wsl-update", "wslconfig", "distribution", "linux-user", "linux-login"];
    assert_eq!(keys(&plan), [&set_up[..], &MAKES[..]].concat());
    let admins: Vec<&str> = plan.steps.iter().filter(|step| step.admin).map(|step| step.key.as_str()).collect();
    assert_eq!(admins, ["wsl"]);
    assert_eq!(plan.target, Path::new(r"\\wsl.localhost\Ubuntu-24.04\home\adalovelace\torch-cu130"));
    let Action::WriteFile { path, text, kept } = &plan.steps[3].action else { panic!() };
    assert!(path.ends_with(".wslconfig") && kept.is_none(), "{path:?}");
    assert_eq!(text, "[wsl2]\r\nmemory=12GB\r\n");
}

#[test]
fn a_ready_distribution_is_asked_where_its_user_is_at_home_and_nothing_is_set_up() {
    let world = with_distribution(windows(), "Ubuntu", "/home/käse", "/mnt/c/");
    let plan = made(world, found(wsl(Some("2.6.1.0"), &[("docker-desktop", 2), ("Ubuntu", 2)]))).unwrap();
    assert_eq!(keys(&plan), MAKES);
    assert_eq!(plan.target, Path::new(r"\\wsl.localhost\Ubuntu\home\käse\torch-cu130"));
    let distro = plan.distro.as_ref().unwrap();
    assert_eq!((distro.drives.as_str(), distro.home.as_str()), ("/mnt/", "/home/käse"));
    assert_eq!(plan.lock.package("uv").unwrap().version, catalog().uv.version);
    assert_eq!(distro.uv_member, format!("uv-{}.data/scripts/uv", catalog().uv.version));
}

#[test]
fn a_distribution_that_serves_is_one_of_ubuntu_or_debian_and_rather_of_wsl_2() {
    let picked = |distributions: &[(&str, u8)]| {
        catalog().wsl.pick(&wsl(None, distributions)).map(|found| (found.name.clone(), found.version))
    };
    let cases = [
        (vec![("docker-desktop", 2), ("rancher-desktop", 2)], None),
        (vec![("Alpine", 2)], None),
        (vec![("Ubuntu", 1), ("Debian", 2)], Some(("Debian", 2))),
        (vec![("docker-desktop", 2), ("ubuntu-20.04", 1)], Some(("ubuntu-20.04", 1))),
        (vec![("Ubuntu-22.04", 2), ("Ubuntu-24.04", 2)], Some(("Ubuntu-22.04", 2))),
        (Vec::new(), None),
    ];
    for (there, expected) in cases {
        assert_eq!(picked(&there), expected.map(|(name, version)| (name.to_owned(), version)), "{there:?}");
    }
}

#[test]
fn one_of_wsl_1_is_converted_and_the_wsl_of_windows_brought_up_to_date() {
    let world = with_distribution(windows(), "Debian", "/home/me", "/mnt/c/");
    let plan = made(world, found(wsl(None, &[("Debian", 1)]))).unwrap();
    assert_eq!(keys(&plan)[..3], ["wsl-update", "wsl-2", "wsl-driver"]);
    let Action::Run { command } = &plan.steps[1].action else { panic!() };
    assert_eq!(command.args, ["--set-version", "Debian", "2"]);
}

#[test]
fn the_drives_are_where_the_distribution_says() {
    let there = || found(wsl(Some("2.6.1.0"), &[("Ubuntu", 2)]));
    let plan = made(with_distribution(windows(), "Ubuntu", "/home/me", "/c"), there()).unwrap();
    assert_eq!(plan.distro.unwrap().drives, "/");
    let blind = with_distribution(windows(), "Ubuntu", "/home/me", "wslpath: C:/");
    assert_eq!(made(blind, there()).unwrap_err().label, "drives-not-seen");
    let dead = windows().program(WSL, Script::exits(1).stdout("W\0S\0L\0 \0x\0"));
    let problem = made(dead, there()).unwrap_err();
    assert_eq!((problem.label.as_str(), problem.details.as_str()), ("wsl-does-not-start", "WSL x"));
}

#[test]
fn a_folder_that_is_taken_inside_is_left_alone() {
    let there = || found(wsl(Some("2.6.1.0"), &[("Ubuntu", 2)]));
    let taken = |folder: &str| {
        let args = ["--distribution", "Ubuntu", "--cd", "~", "--exec", "test", "-e", folder];
        with_distribution(windows(), "Ubuntu", "/home/me", "/mnt/c/").program_with(WSL, &args, Script::exits(0))
    };
    let plan = made(taken("/home/me/torch-cu130"), there()).unwrap();
    assert_eq!(plan.target, Path::new(r"\\wsl.localhost\Ubuntu\home\me\torch-cu130-2"));
    let wish = |target: &str| Wish { target: Some(target.into()), replace: true, ..Wish::default() };
    let mine = wish(r"\\wsl.localhost\Ubuntu\home\me\mine");
    assert_eq!(made_with(taken("/home/me/mine"), there(), 64, &mine).unwrap_err().label, "target-taken");
    assert!(made_with(taken("/home/me/other"), there(), 64, &mine).is_ok());
    let elsewhere = made_with(taken("/x"), there(), 64, &wish(r"C:\Users\ada\torch")).unwrap_err();
    assert_eq!(elsewhere.label, "bad-target");
}

#[test]
fn a_uv_that_the_catalogue_does_not_know_never_comes_in() {
    let wheel = catalog().uv_wheel("linux_x86_64").unwrap();
    for (file, sha256) in [(wheel.file.as_str(), "3".repeat(64)), ("uv-0.13.8-py3-none-any.whl", wheel.sha256.clone())]
    {
        let world = with_uv(World::new(OsFamily::Windows), &lock(Some((file, &sha256))));
        let absent = Probed::Absent { source: crate::facts::Source::new(crate::facts::Via::Registry, "") };
        assert_eq!(made(world, absent).unwrap_err().label, "index-garbage");
    }
}

#[test]
fn what_the_user_set_for_wsl_stays_and_another_encoding_is_left_alone() {
    let config = |before: &[u8]| {
        let world = windows().file(r"C:\Users\ada/.wslconfig", before);
        let absent = Probed::Absent { source: crate::facts::Source::new(crate::facts::Via::Registry, "") };
        let plan = made_with(world, absent, 16, &Wish::default()).unwrap();
        plan.steps.into_iter().find_map(|step| {
            let Action::WriteFile { text, kept, .. } = step.action else { return None };
            Some((text, kept.is_some()))
        })
    };
    assert_eq!(config(b"[wsl2]\r\nmemory=6GB\r\n"), None);
    assert_eq!(config(b"[wsl2]\nswap=0\n"), Some(("[wsl2]\nmemory=12GB\nswap=0\n".to_owned(), true)));
    assert_eq!(config(b"\xff\xfe[\0w\0"), None);
}

#[test]
fn a_user_of_windows_gets_a_name_that_linux_takes() {
    for (windows, linux) in [
        ("ada", "ada"),
        ("Ada Lovelace", "adalovelace"),
        ("Jörg.Müller", "jrgmller"),
        ("測試", "user"),
        ("007-bond", "bond"),
        ("Admin", "user"),
        ("a_very_long_name_that_goes_on_and_on_and_on", "a_very_long_name_that_goes_on_an"),
    ] {
        assert_eq!(user(&World::new(OsFamily::Windows).var("USERNAME", windows)), linux, "{windows}");
    }
    assert_eq!(user(&World::new(OsFamily::Windows)), "user");
}

#[test]
fn a_proxy_with_a_password_and_one_on_this_pc_stay_outside() {
    let world = World::new(OsFamily::Windows)
        .var("HTTPS_PROXY", "http://proxy.example:3128")
        .var("HTTP_PROXY", "http://me:secret@proxy.example:3128")
        .var("ALL_PROXY", "http://127.0.0.1:3128")
        .var("SSL_CERT_FILE", r"C:\Users\ada\company root.pem");
    let seen = variables(&world, "/mnt/");
    let expected =
        [("HTTPS_PROXY", "http://proxy.example:3128"), ("SSL_CERT_FILE", "/mnt/c/Users/ada/company root.pem")];
    assert_eq!(seen, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[test]
fn a_folder_in_a_distribution_that_is_not_there_yet_can_be_named() {
    let world = World::new(OsFamily::Windows);
    let check = |path: &str| crate::prepare::check_target(&world, Path::new(path), false).map_err(|error| error.label);
    assert_eq!(check(r"\\wsl.localhost\Ubuntu-24.04\home\me\t"), Ok(()));
    assert_eq!(check(r"\\server\share\t").unwrap_err(), "bad-target");
}
