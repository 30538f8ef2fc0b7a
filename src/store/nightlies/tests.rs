use super::*;
use crate::facts::OsFamily;
use crate::host::fake::World;

fn lock(night: &str, hash: char) -> Lock {
    let hash = hash.to_string().repeat(64);
    Lock::from_pylock(&format!(
        "lock-version = \"1.0\"\n[[packages]]\nname = \"torch\"\nversion = \"2.16.0.dev{night}+cu132\"\n\
        wheels = [{{ url = \"https://f.example/torch-2.16.0.dev{night}%2Bcu132-cp312-cp312-win_amd64.whl\", \
        hashes = {{ sha256 = \"{hash}\" }} }}]\n"
    ))
    .unwrap()
}

fn keep_night(world: &World, variant: &str, night: &str, hash: char) {
    let torch = format!("2.16.0.dev{night}").parse().unwrap();
    keep(world, variant, &torch, &lock(night, hash)).unwrap();
}

#[test]
fn what_is_kept_reads_back_the_same_newest_first() {
    let world = World::new(OsFamily::Windows);
    assert_eq!(kept(&world), []);
    keep_night(&world, "cu132", "20261119", 'a');
    keep_night(&world, "cu132", "20261120", 'b');
    let nights = kept(&world);
    assert_eq!(nights.len(), 2);
    let newest = &nights[0];
    assert_eq!((newest.variant.as_str(), newest.torch.to_string().as_str()), ("cu132", "2.16.0.dev20261120+cu132"));
    assert_eq!((newest.python, newest.platform_tag.as_str()), (Some(PythonVersion::minor(3, 12)), "win_amd64"));
    assert_eq!(newest.lock, lock("20261120", 'b'));
}

#[test]
fn a_night_with_a_package_that_is_made_from_its_source_reads_back() {
    let world = World::new(OsFamily::Linux);
    let mut whole = lock("20261120", 'b');
    let mut source = whole.packages[0].clone();
    source.name = "jsonmerge".to_owned();
    source.wheel.file_name = "jsonmerge-1.8.0.tar.gz".to_owned();
    whole.packages.insert(0, source);
    keep(&world, "cu132", &"2.16.0.dev20261120".parse().unwrap(), &whole).unwrap();
    assert_eq!(kept(&world)[0].lock.packages, whole.packages);
}

#[test]
fn a_release_is_not_kept_and_a_torn_file_is_none() {
    let world = World::new(OsFamily::Linux);
    keep(&world, "cu130", &"2.15.0".parse().unwrap(), &lock("20261120", 'a')).unwrap();
    world.write_atomic(&folder(&world).join("cu132-20261120.pylock.toml"), b"lock-version").unwrap();
    assert_eq!(kept(&world), []);
}

#[test]
fn of_each_variant_the_wheels_of_the_last_night_are_in_use() {
    let world = World::new(OsFamily::Linux);
    for (variant, night, hash) in [("cu130", "20261110", 'a'), ("cu132", "20261119", 'b'), ("cu132", "20261120", 'c')] {
        keep_night(&world, variant, night, hash);
    }
    let (wheels, older) = in_use(&world, Path::new("/store"));
    let hashes: Vec<_> =
        wheels.iter().map(|wheel| wheel.strip_prefix("/store").unwrap().iter().next().unwrap()).collect();
    assert_eq!(hashes, ["aa", "cc"]);
    assert_eq!(older, [folder(&world).join("cu132-20261119.pylock.toml")]);
}
