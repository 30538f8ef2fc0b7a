use super::*;
use crate::facts::OsFamily;
use crate::host::Hop;
use crate::host::fake::World;

const BASE: &str = "https://download.pytorch.org/whl";

fn ask(variants: &[&str], nightly: &[&str]) -> Ask {
    let owned = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
    Ask { mirror: None, variants: owned(variants), nightly: owned(nightly), pypi: None, limit: Duration::from_secs(6) }
}

fn page(files: &[&str]) -> String {
    let link = |file: &&str| format!("<a href=\"/whl/{}\">{file}</a><br/>\n", file.replace('+', "%2B"));
    files.iter().map(link).collect::<Vec<_>>().concat()
}

fn seen(world: World, ask: &Ask) -> LiveIndex {
    let host: Arc<dyn Host> = Arc::new(world);
    look(&host, ask, &str::to_owned)
}

fn cu132(world: World) -> World {
    world.url(&format!("{BASE}/cu132/torch/"), 200, page(&["torch-2.15.0+cu132-cp312-cp312-win_amd64.whl"]))
}

fn nightly(world: World, project: &str, status: u16, files: &[&str]) -> World {
    world.url(&format!("{BASE}/nightly/cu132/{project}/"), status, page(files))
}

const NIGHT: &str = "torch-2.16.0.dev20261120+cu132-cp312-cp312-win_amd64.whl";
const VISION: &str = "torchvision-0.30.0.dev20261120+cu132-py3-none-win_amd64.whl";

#[test]
fn a_variant_that_is_refused_is_absent_and_the_index_is_there() {
    let world = cu132(World::new(OsFamily::Windows)).url(&format!("{BASE}/cu136/torch/"), 403, "");
    let live = seen(world, &ask(&["cu132", "cu136", "cu130"], &[]));
    assert_eq!(live.torch_index, Reach::Reached);
    assert_eq!(live.absent.iter().collect::<Vec<_>>(), ["cu136"]);
    assert!(live.pages.contains_key("cu132") && !live.pages.contains_key("cu130"));
    assert_eq!(live.taken_at.as_deref(), Some("2026-11-21T12:00:00.000Z"));
    assert!(!live.from_cache);
}

#[test]
fn a_door_that_is_shut_to_everybody_says_nothing_of_a_variant() {
    let refused = |world: World, path: &str| world.url(&format!("{BASE}/{path}/torch/"), 403, "");
    let world = ["cu132", "cu130", "nightly/cu132"].into_iter().fold(World::new(OsFamily::Linux), refused);
    let live = seen(world, &ask(&["cu132", "cu130"], &["cu132"]));
    assert!(live.absent.is_empty() && live.pages.is_empty() && live.nightly.is_empty());
    assert_eq!(live.taken_at, None);
}

#[test]
fn a_log_in_page_is_no_answer() {
    let page = "<html><body><a href=\"/login\">log in</a></body></html>";
    let world = cu132(World::new(OsFamily::Linux)).url(&format!("{BASE}/cu130/torch/"), 200, page);
    let live = seen(world, &ask(&["cu132", "cu130"], &[]));
    assert!(!live.pages.contains_key("cu130") && !live.absent.contains("cu130"));
}

#[test]
fn nights_need_both_pages() {
    let both =
        nightly(nightly(cu132(World::new(OsFamily::Windows)), "torch", 200, &[NIGHT]), "torchvision", 200, &[VISION]);
    let live = seen(both, &ask(&["cu132"], &["cu132"]));
    assert_eq!(live.nightly["cu132"][0].torch.to_string(), "2.16.0.dev20261120", "torchaudio did not answer");
    let refused =
        nightly(nightly(cu132(World::new(OsFamily::Windows)), "torch", 200, &[NIGHT]), "torchvision", 403, &[]);
    assert_eq!(seen(refused, &ask(&["cu132"], &["cu132"])).nightly["cu132"], [], "it has no torchvision");
    let silent = nightly(cu132(World::new(OsFamily::Windows)), "torch", 200, &[NIGHT]);
    assert!(seen(silent, &ask(&["cu132"], &["cu132"])).nightly.is_empty(), "nobody knows");
    let none = nightly(cu132(World::new(OsFamily::Windows)), "torch", 403, &[]);
    assert_eq!(seen(none, &ask(&["cu132"], &["cu132"])).nightly["cu132"], []);
}

#[test]
fn a_mirror_is_asked_below_its_own_root_and_nobody_else_is() {
    let mirror = "https://m.example/pytorch/whl";
    let world = World::new(OsFamily::Windows)
        .url(&format!("{mirror}/cu132/torch/"), 200, page(&["torch-2.15.0+cu132-cp312-cp312-win_amd64.whl"]))
        .url(&format!("{mirror}/nightly/cu132/torch/"), 200, page(&[NIGHT]))
        .url(&format!("{mirror}/nightly/cu132/torchvision/"), 200, page(&[VISION]))
        .unreachable(BASE, Hop::Name);
    let live = seen(world, &Ask { mirror: Some(mirror.to_owned()), ..ask(&["cu132"], &["cu132"]) });
    assert_eq!((live.mirror, live.torch_index), (Some(Reach::Reached), Reach::Blocked));
    assert_eq!(live.nightly["cu132"].len(), 1);
    let one = Ask { mirror: Some(format!("{mirror}/cu132")), ..ask(&["cu132"], &["cu132"]) };
    assert_eq!(jobs(&one, &str::to_owned).len(), 1, "a page of one variant has no nightly builds");
}
