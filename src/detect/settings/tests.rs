use super::*;
use crate::host::fake::World;

fn linux() -> World {
    World::new(OsFamily::Linux)
}

fn shown(settings: &[Setting]) -> Vec<(&str, &str)> {
    settings.iter().map(|setting| (setting.name.as_str(), setting.value.as_str())).collect()
}

type Plant = fn(World) -> World;

const USER_UV: &str = "/home/ada/.config/uv/uv.toml";
const USER_PIP: &str = "/home/ada/.config/pip/pip.conf";

#[test]
fn the_strongest_place_names_the_default_index() {
    // Each row takes the strongest place away from the one before.
    let places: [(&str, Plant); 10] = [
        ("https://a", |w| w.var("UV_DEFAULT_INDEX", "corp=https://a")),
        ("https://b", |w| w.var("UV_INDEX_URL", "https://b")),
        ("https://c", |w| w.file(USER_UV, "index-url = 'https://z'\n[[index]]\nurl = 'https://c'\ndefault = true\n")),
        ("https://d", |w| w.file("/etc/xdg/uv/uv.toml", "[pip]\nindex-url = 'https://d'\n")),
        ("https://e", |w| w.var("PIP_INDEX_URL", "https://e")),
        ("https://f", |w| w.var("VIRTUAL_ENV", "/v").file("/v/pip.conf", "[global]\nindex-url=https://f\n")),
        ("https://g", |w| w.file(USER_PIP, "[global]\nindex_url = https://g\n")),
        ("https://h", |w| w.file("/home/ada/.pip/pip.conf", "[global]\nindex-url: https://h\n")),
        ("https://i", |w| w.file("/etc/pip.conf", "[global]\nindex-url = https://i#not-a-comment\n")),
        ("https://j", |w| w.file("/etc/xdg/pip/pip.conf", "[global]\nindex-url = https://j\n")),
    ];
    for start in 0..places.len() {
        let world = places[start..].iter().rev().fold(linux(), |world, (_, plant)| plant(world));
        let (settings, trouble) = index_settings(&world);
        let value = settings.default_index.map(|setting| setting.value).unwrap_or_default();
        assert_eq!(value.trim_end_matches("#not-a-comment"), places[start].0);
        assert!(trouble.is_empty(), "{trouble:?}");
    }
    assert_eq!(index_settings(&linux()).0.default_index, None);
}

#[test]
fn an_install_section_beats_a_global_one_of_a_stronger_file() {
    let world = linux()
        .file(USER_PIP, "[global]\nindex-url = https://user\n")
        .file("/etc/pip.conf", "[install]\nindex-url = https://system\n");
    assert_eq!(index_settings(&world).0.default_index.unwrap().value, "https://system");
}

#[test]
fn a_named_config_file_shuts_out_the_users_file() {
    let world = linux()
        .file(USER_PIP, "[global]\nextra-index-url = https://user\nindex-url = https://user\n")
        .file("/corp/pip.conf", "[global]\nextra-index-url =\n    https://x\n    https://y\n")
        .var("PIP_CONFIG_FILE", "/corp/pip.conf")
        .file(USER_UV, "index-url = 'https://user'\n")
        .file("/corp/uv.toml", "extra-index-url = ['https://u']\n")
        .var("UV_CONFIG_FILE", "/corp/uv.toml");
    let (settings, _) = index_settings(&world);
    assert_eq!(settings.default_index, None);
    let values: Vec<&str> = settings.extra_indexes.iter().map(|setting| setting.value.as_str()).collect();
    assert_eq!(values, ["https://u", "https://x", "https://y"]);
    let none = linux().file(USER_PIP, "[global]\nindex-url = https://user\n").var("PIP_CONFIG_FILE", "/dev/null");
    assert_eq!(index_settings(&none).0.default_index, None);
}

#[test]
fn lists_add_up_for_uv_and_leave_out_explicit_indexes() {
    let world = linux()
        .var("UV_INDEX", "corp=https://one  https://two")
        .var("UV_EXTRA_INDEX_URL", "https://two https://three")
        .var("UV_FIND_LINKS", "/wheels,https://h/page")
        .file(USER_UV, "find-links = ['/more']\n[[index]]\nname = 'n'\nurl = 'https://four'\n[[index]]\nurl = 'https://no'\nexplicit = true\n");
    let (settings, _) = index_settings(&world);
    let values = |list: &[Setting]| list.iter().map(|s| s.value.clone()).collect::<Vec<_>>();
    assert_eq!(values(&settings.extra_indexes), ["https://one", "https://two", "https://three", "https://four"]);
    assert_eq!(values(&settings.find_links), ["/wheels", "https://h/page", "/more"]);
    // The made-up Linux keeps its paths' joints when these tests run on Windows.
    assert_eq!(settings.extra_indexes[3].source.detail.replace('\\', "/"), USER_UV);
}

#[test]
fn windows_keeps_its_files_elsewhere_and_knows_no_case_in_names() {
    let world = World::new(OsFamily::Windows)
        .var("APPDATA", r"C:\Users\ada\AppData\Roaming")
        .var("ProgramData", r"C:\ProgramData")
        .file(r"C:\Users\ada\AppData\Roaming\pip\pip.ini", "\u{feff}[global]\r\nindex-url = https://user\r\n")
        .file(r"C:\ProgramData\uv\uv.toml", "[[index]]\nurl = 'https://all'\n")
        .var("https_proxy", "http://proxy:3128")
        .var("Pip_Target", r"D:\x")
        .var("Uv_Index", "https://i");
    let (settings, trouble) = index_settings(&world);
    assert_eq!(settings.default_index.unwrap().value, "https://user");
    assert_eq!(shown(&settings.extra_indexes), [("UV_INDEX", "https://i"), ("index", "https://all")]);
    assert_eq!(shown(&settings.honoured), [("https_proxy", "http://proxy:3128")]);
    assert_eq!(shown(&settings.cleared), [("Pip_Target", r"D:\x")]);
    assert!(trouble.is_empty(), "{trouble:?}");
}

#[test]
fn every_hostile_variable_is_named_and_cleared_and_no_honoured_one() {
    let hostile = [
        "CONDA_DEFAULT_ENV",
        "CONDA_PREFIX",
        "PIP_BREAK_SYSTEM_PACKAGES",
        "PIP_CONSTRAINT",
        "PIP_NO_DEPS",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_TARGET",
        "PIP_TRUSTED_HOST",
        "PIP_USER",
        "PYTHONHOME",
        "PYTHONNOUSERSITE",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONUSERBASE",
        "PYTHONWARNINGS",
        "UV_CONSTRAINT",
        "UV_EXCLUDE_NEWER",
        "UV_INDEX_STRATEGY",
        "UV_NO_BINARY",
        "UV_OFFLINE",
        "UV_PYTHON",
        "UV_SYSTEM_PYTHON",
        "UV_TORCH_BACKEND",
        "VIRTUAL_ENV",
    ];
    let honoured = [
        "UV_DEFAULT_INDEX",
        "UV_INDEX_CORP_PASSWORD",
        "UV_INDEX_CORP_USERNAME",
        "PIP_CERT",
        "PIP_PROXY",
        "SSL_CERT_FILE",
        "HTTPS_PROXY",
        "no_proxy",
        "REQUESTS_CA_BUNDLE",
        "UV_SYSTEM_CERTS",
        "PATH",
        "LD_LIBRARY_PATH",
        "uv_python",
    ];
    let world = hostile.iter().chain(&honoured).fold(linux(), |world, name| world.var(name, "1"));
    let named: Vec<String> = bending(&world).into_iter().map(|setting| setting.name).collect();
    assert_eq!(named, hostile);
    let (remove, set) = child_env(&world);
    // PYTHONNOUSERSITE is among those set anew.
    assert_eq!(remove.len(), 24);
    assert!(set.keys().all(|name| !remove.contains(name)));
    assert!(set.contains_key("PYTHONUTF8") && !set.contains_key("SSL_CERT_FILE"), "{set:?}");
}

#[test]
fn no_value_shows_a_password() {
    for (text, expected) in [
        ("https://host/simple", "https://host/simple"),
        ("https://ada:s3cret@host/simple", "https://host/simple"),
        ("https://s3cret@host:8443/simple?token=s3cret", "https://host:8443/simple"),
        ("https://ada:s3c/ret@host/simple", "https://host/simple"),
        ("https://ada:s3c@ret@host/", "https://host/"),
        ("ada:s3cret@proxy:3128", "proxy:3128"),
        ("https://a:s3cret@x/1 http://b:s3cret@y/2", "https://x/1 http://y/2"),
        ("https://a:s3cret@x/?s3cret,https://b:s3cret@y/", "https://x/,https://y/"),
        ("https://host/@scope/simple", "https://host/@scope/simple"),
        ("https://[::1]:8080/@scope", "https://[::1]:8080/@scope"),
        (r"C:\wheels@work\x", r"C:\wheels@work\x"),
        ("/srv/wheels@2", "/srv/wheels@2"),
        ("localhost,127.0.0.1", "localhost,127.0.0.1"),
    ] {
        assert_eq!(mask(text), expected);
    }
    let url = "https://ada:s3cret@host/simple";
    let world = linux()
        .var("UV_DEFAULT_INDEX", url)
        .var("PIP_EXTRA_INDEX_URL", url)
        .var("HTTPS_PROXY", "http://ada:s3cret@proxy:3128")
        .var("UV_PUBLISH_TOKEN", "s3cret")
        .var("PIP_UNKNOWN", url)
        .file(USER_UV, format!("http-proxy = '{url}'\n[[index]]\nurl = '{url}'\n"))
        .file("/etc/uv/uv.toml", format!("index-url = '{url}\n"))
        .file(USER_PIP, format!("[global]\nproxy = {url}\nfind-links = {url}\n"))
        .file("/etc/pip.conf", format!("[global\nindex-url = {url}\n"));
    let (settings, trouble) = index_settings(&world);
    assert!(!serde_json::to_string(&settings).unwrap().contains("s3cret"), "{settings:?}");
    assert_eq!(trouble.len(), 2, "{trouble:?}");
    assert!(!trouble.concat().contains("s3cret"), "{trouble:?}");
    assert!(!format!("{:?}", child_env(&world)).contains("s3cret"));
}

#[test]
fn what_pip_alone_knows_is_handed_on_to_uv() {
    let world = linux().file(USER_PIP, "[global]\nproxy = http://proxy:3128\ncert = /corp/root.pem\n");
    let (_, set) = child_env(&world);
    assert_eq!(set.get("SSL_CERT_FILE").map(String::as_str), Some("/corp/root.pem"));
    assert_eq!(set.get("HTTPS_PROXY").map(String::as_str), Some("http://proxy:3128"));
}

#[test]
fn credentials_go_to_the_host_they_are_for_and_to_no_other() {
    let world = linux()
        .var("UV_DEFAULT_INDEX", "https://ada:p%40ss@corp.example/pypi/simple")
        .var("UV_INDEX", "ml-team=https://corp.example/ml/simple")
        .var("UV_INDEX_ML_TEAM_USERNAME", "bot")
        .var("UV_INDEX_ML_TEAM_PASSWORD", "robot")
        .file(
            "/home/ada/.netrc",
            "# machine no login x\nmachine files.example\n  login net\n  password \"rc\"\nmacdef init\nmachine evil\n\n\
             machine two.example login a account b password #c\ndefault login d password e\n",
        );
    let known = credentials(&world);
    let of = |url: &str| known.for_url(url);
    let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
    assert_eq!(of("https://corp.example/pypi/simple/torch/"), pair("ada", "p@ss"));
    assert_eq!(of("https://corp.example/ml/simple/torch/"), pair("bot", "robot"));
    assert!(of("https://corp.example/files/torch.whl").is_some());
    assert_eq!(of("http://corp.example/pypi/simple/"), None);
    assert_eq!(of("https://corp.example.evil.example/pypi/simple/"), None);
    assert_eq!(of("https://FILES.example/x"), pair("net", "rc"));
    assert_eq!(of("https://two.example/x"), pair("a", "#c"));
    assert_eq!(of("https://download.pytorch.org/whl/cu130"), None);
    assert_eq!(of("https://x:y@download.pytorch.org/whl/cu130"), pair("x", "y"));
    assert_eq!(of("https://evil/"), None);
    assert!(credentials(&linux()).is_empty());
}
