//! What Windows tells of itself as text for a terminal.

use super::{fact, line};
use crate::facts::{
    ExecutionPolicy, MachineFacts, MachineProxy, OsFamily, PowerSupply, Probed, RestartSign, SmartAppControl,
    VcRuntime, WindowsRelease,
};

/// Lines for what was found, and for the C++ runtime where it is missing; the rest only if everything is asked for.
pub(super) fn windows(out: &mut String, facts: &MachineFacts, verbose: bool) {
    if let Some(supply) = facts.power_supply.found() {
        line(out, "power", power(*supply));
    }
    if facts.os.found().is_none_or(|os| os.family != OsFamily::Windows) {
        return;
    }
    let windows = &facts.windows;
    let mut say = |label: &str, is_news: bool, said: String| {
        if is_news || verbose {
            line(out, label, said);
        }
    };
    say("Windows", is_found(&windows.release), fact(&windows.release, release));
    let runtime = &windows.vc_runtime;
    say("C++ runtime", is_found(runtime) || runtime.is_absent(), fact(runtime, vc_runtime));
    let restart = &windows.pending_restart;
    say(
        "restart due for",
        is_found(restart),
        fact(restart, |signs| signs.iter().map(|sign| sign_words(*sign)).collect::<Vec<_>>().join(", ")),
    );
    say("long paths", is_found(&windows.long_paths), fact(&windows.long_paths, |is_on| on(*is_on).to_owned()));
    let control = &windows.smart_app_control;
    say("app control", is_found(control), fact(control, |control| app_control(*control).to_owned()));
    say("scripts", is_found(&windows.execution_policy), fact(&windows.execution_policy, policy));
    say("antivirus", is_found(&windows.antivirus), fact(&windows.antivirus, |names| names.join(", ")));
    say("power plan", is_found(&windows.power_plan), fact(&windows.power_plan, Clone::clone));
    say("machine proxy", is_found(&windows.machine_proxy), fact(&windows.machine_proxy, proxy));
    let script = &windows.proxy_script;
    say("proxy script", is_found(script), fact(script, |address| format!("{address}, seen and not evaluated")));
}

const fn is_found<T>(fact: &Probed<T>) -> bool {
    matches!(fact, Probed::Found { .. })
}

const fn on(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

const fn power(supply: PowerSupply) -> &'static str {
    match supply {
        PowerSupply::Mains => "mains, with a battery",
        PowerSupply::Battery => "on its battery",
        PowerSupply::Unknown => "a battery, and not known whether it runs on it",
    }
}

fn release(release: &WindowsRelease) -> String {
    let revision = release.revision.map(|revision| format!("revision {revision}"));
    let mode = release.is_s_mode.filter(|is| *is).map(|_| "S mode".to_owned());
    release.display_version.clone().into_iter().chain(revision).chain(mode).collect::<Vec<_>>().join(", ")
}

fn vc_runtime(runtime: &VcRuntime) -> String {
    let version = runtime.version.as_deref().unwrap_or("not registered");
    format!("{version}: {}", runtime.libraries.join(", "))
}

const fn sign_words(sign: RestartSign) -> &'static str {
    match sign {
        RestartSign::Components => "a part of Windows",
        RestartSign::Updates => "Windows Update",
        RestartSign::Files => "files to be replaced",
    }
}

const fn app_control(control: SmartAppControl) -> &'static str {
    match control {
        SmartAppControl::Off => "Smart App Control is off",
        SmartAppControl::On => "Smart App Control is on: what nobody has signed may be refused",
        SmartAppControl::Evaluation => "Smart App Control watches and refuses nothing yet",
    }
}

fn policy(policy: &ExecutionPolicy) -> String {
    let enforced = if policy.is_enforced { ", set by a group policy" } else { "" };
    format!("{}{enforced}", policy.policy)
}

fn proxy(proxy: &MachineProxy) -> String {
    let mut said: Vec<String> = proxy.https.iter().chain(&proxy.http).cloned().collect();
    said.dedup();
    let bypass = if proxy.bypass.is_empty() { String::new() } else { format!(", not for {}", proxy.bypass.join(" ")) };
    format!("{}{bypass}", said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{OsFacts, Source, Via};

    #[test]
    fn what_was_found_has_a_line_and_a_missing_runtime_as_well() {
        let mut facts = MachineFacts::unknown("2026-11-21T00:00:00Z");
        let shown = |facts: &MachineFacts| {
            let mut out = String::new();
            windows(&mut out, facts, false);
            out
        };
        assert_eq!(shown(&facts), "");
        let source = || Source::new(Via::Registry, "");
        let value = OsFacts::of(OsFamily::Windows);
        facts.os = Probed::Found { value, source: source() };
        facts.power_supply = Probed::Found { value: PowerSupply::Battery, source: source() };
        let windows = &mut facts.windows;
        let value =
            WindowsRelease { display_version: Some("24H2".to_owned()), revision: Some(4351), is_s_mode: Some(false) };
        windows.release = Probed::Found { value, source: source() };
        windows.vc_runtime = Probed::Absent { source: source() };
        windows.pending_restart =
            Probed::Found { value: vec![RestartSign::Updates, RestartSign::Files], source: source() };
        windows.long_paths = Probed::Found { value: false, source: source() };
        let https = Some("http://proxy.example.org:8080".to_owned());
        let value = MachineProxy { http: https.clone(), https, bypass: vec!["<local>".to_owned()] };
        windows.machine_proxy = Probed::Found { value, source: source() };
        insta::assert_snapshot!(shown(&facts), @r"
        power           on its battery
        Windows         24H2, revision 4351  (registry)
        C++ runtime     none  (registry)
        restart due for Windows Update, files to be replaced  (registry)
        long paths      off  (registry)
        machine proxy   http://proxy.example.org:8080, not for <local>  (registry)
        ");
    }
}
