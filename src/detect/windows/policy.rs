//! What Windows lets programs do, and who looks at them.

use super::{CODE_INTEGRITY, absent_within, found, number, text};
use crate::facts::{ExecutionPolicy, Probed, SmartAppControl, Source, Via};
use crate::host::Host;

const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";

/// `VerifiedAndReputablePolicyState`: 0 off, 1 on, 2 evaluation.
/// <https://learn.microsoft.com/windows/apps/develop/smart-app-control/test-your-app-with-smart-app-control>
pub(super) fn smart_app_control(host: &dyn Host) -> Probed<SmartAppControl> {
    let key = format!(r"{CODE_INTEGRITY}\Policy");
    let state = match number(host, &key, "VerifiedAndReputablePolicyState") {
        Some(0) => SmartAppControl::Off,
        Some(1) => SmartAppControl::On,
        Some(2) => SmartAppControl::Evaluation,
        Some(other) => {
            let why = format!("the registry says {other}");
            return Probed::Unknown { why, source: Source::new(Via::Registry, key) };
        }
        None => return absent_within(host, CODE_INTEGRITY, &key),
    };
    found(state, &key)
}

/// In the order in which they count: a group policy for the machine, one for the user, the user's setting, the machine's.
/// With none of them Windows runs no scripts, a server those that were not downloaded.
/// <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_execution_policies>
pub(super) fn execution(host: &dyn Host) -> Probed<ExecutionPolicy> {
    const SHELL: &str = r"HKLM\SOFTWARE\Microsoft\PowerShell\1";
    let policies =
        ["HKLM", "HKCU"].map(|hive| (format!(r"{hive}\SOFTWARE\Policies\Microsoft\Windows\PowerShell"), true));
    let settings = ["HKCU", "HKLM"]
        .map(|hive| (format!(r"{hive}\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"), false));
    for (key, is_enforced) in policies.into_iter().chain(settings) {
        let is_off = is_enforced && number(host, &key, "EnableScripts") == Some(0);
        let policy = if is_off { Some("Restricted".to_owned()) } else { text(host, &key, "ExecutionPolicy") };
        if let Some(policy) = policy.filter(|policy| !policy.eq_ignore_ascii_case("Undefined")) {
            return found(ExecutionPolicy { policy, is_enforced }, &key);
        }
    }
    match absent_within::<ExecutionPolicy>(host, SHELL, SHELL) {
        Probed::Absent { source } => {
            let policy = if host.basics().os_version.contains("Server") { "RemoteSigned" } else { "Restricted" };
            Probed::Found { value: ExecutionPolicy { policy: policy.to_owned(), is_enforced: false }, source }
        }
        unknown @ (Probed::Unknown { .. } | Probed::Found { .. }) => unknown,
    }
}

/// Services of programs against viruses, in small letters; Kaspersky's has its version behind the name.
const SCANNERS: [(&str, &str); 18] = [
    ("windefend", "Microsoft Defender"),
    ("antivirservice", "Avira"),
    ("avast! antivirus", "Avast"),
    ("avg antivirus", "AVG"),
    ("avp", "Kaspersky"),
    ("csfalconservice", "CrowdStrike Falcon"),
    ("ekrn", "ESET"),
    ("fshoster", "F-Secure"),
    ("hipsdaemon", "Huorong"),
    ("mbamservice", "Malwarebytes"),
    ("mfemms", "McAfee"),
    ("nortonsecurity", "Norton"),
    ("ntrtscan", "Trend Micro"),
    ("savservice", "Sophos"),
    ("sentinelagent", "SentinelOne"),
    ("sepmasterservice", "Symantec Endpoint Protection"),
    ("vsserv", "Bitdefender"),
    ("zhudongfangyu", "360 Total Security"),
];

/// By the services that are there and not switched off (`Start` is 4). The Security Center knows more and tells it only
/// through interfaces that Windows Server does not have; a list of names is enough to say who may look at each file.
pub(super) fn antivirus(host: &dyn Host) -> Probed<Vec<String>> {
    let services = host.registry_keys(SERVICES);
    let is_off = |service: &str| number(host, &format!(r"{SERVICES}\{service}"), "Start") == Some(4);
    let is_of = |service: &str, wanted: &str| {
        let small = service.to_lowercase();
        // `AVP21.3`
        small == wanted
            || small
                .strip_prefix("avp")
                .is_some_and(|rest| wanted == "avp" && rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let runs = |wanted: &str| services.iter().any(|service| is_of(service, wanted) && !is_off(service));
    let names: Vec<String> =
        SCANNERS.iter().filter(|(service, _)| runs(service)).map(|(_, name)| (*name).to_owned()).collect();
    if names.is_empty() { absent_within(host, SERVICES, SERVICES) } else { found(names, SERVICES) }
}
