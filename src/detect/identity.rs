//! Who this PC and its user are, as the system tells it: what a report hides.

use super::settings;
use crate::facts::OsFamily;
use crate::host::Host;
use crate::report::Private;
use crate::store::Settings;
use std::path::Path;

/// What shall not leave this PC. Asks the environment, two files and the settings of uv and pip; starts nothing.
pub fn private(host: &dyn Host, own: &Settings) -> Private {
    let var = |name: &str| host.var(name).and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty());
    let user = var("USERNAME").or_else(|| var("USER")).or_else(|| var("LOGNAME"));
    let domains = ["USERDOMAIN", "USERDNSDOMAIN"].into_iter().filter_map(var);
    let (indexes, _) = settings::index_settings(host);
    let proxy = host.proxy_for(crate::catalog::TORCH_INDEX);
    let named = indexes.default_index.iter().chain(&indexes.extra_indexes).chain(&indexes.find_links);
    let values = named.chain(&indexes.honoured).chain(&indexes.cleared).map(|setting| setting.value.as_str());
    let values = values.chain(proxy.as_deref()).chain(own.torch_mirror.as_deref());
    Private::new(&host.folders().home, user).on(names(host), domains).with_settings(values)
}

/// The names of this PC.
fn names(host: &dyn Host) -> Vec<String> {
    let var = |name: &str| host.var(name).and_then(|value| value.into_string().ok());
    let file = |path: &str| host.read(Path::new(path)).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let told = match host.family() {
        OsFamily::Windows => vec![var("COMPUTERNAME")],
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => {
            vec![var("HOSTNAME"), file("/proc/sys/kernel/hostname"), file("/etc/hostname")]
        }
    };
    let mut names: Vec<String> = Vec::new();
    for name in told.into_iter().flatten().map(|name| name.trim().to_owned()) {
        // The longest first: `pc.example.org`, then `pc`.
        let short = name.split('.').next().unwrap_or_default().to_owned();
        for name in [name, short] {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::World;

    #[test]
    fn a_linux_pc_is_known_by_its_files_and_a_windows_pc_by_its_variables() {
        let linux =
            World::new(OsFamily::Linux).file("/proc/sys/kernel/hostname", "atlas.lab.example\n").var("USER", "ada");
        let private = private(&linux, &Settings::default());
        assert_eq!(private.hosts, ["atlas.lab.example", "atlas"]);
        assert_eq!((private.home.as_str(), private.user.as_deref()), ("/home/ada", Some("ada")));
        let windows = World::new(OsFamily::Windows).var("COMPUTERNAME", "ATLAS-7").var("USERDOMAIN", "OFFICE");
        let private = super::private(&windows, &Settings::default());
        assert_eq!((private.hosts, private.domains), (vec!["ATLAS-7".to_owned()], vec!["OFFICE".to_owned()]));
    }

    #[test]
    fn the_hosts_of_indexes_mirrors_and_proxies_are_private() {
        let world = World::new(OsFamily::Linux)
            .var("UV_DEFAULT_INDEX", "https://ada:pw@nexus.lab.example/simple")
            .var("HTTPS_PROXY", "http://proxy.lab.example:3128")
            .var("NO_PROXY", "localhost,.inner.example");
        let own = Settings { torch_mirror: Some("https://mirror.lab.example/whl".to_owned()), ..Settings::default() };
        let servers = private(&world, &own).servers;
        for host in ["nexus.lab.example", "proxy.lab.example", "inner.example", "mirror.lab.example"] {
            assert!(servers.iter().any(|server| server == host), "{host}: {servers:?}");
        }
    }
}
