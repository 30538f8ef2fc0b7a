//! What Windows tells of itself in `detect --json`.

use super::state;
use crate::facts::{
    ExecutionPolicy, MachineFacts, MachineProxy, OsFamily, Probed, RestartSign, SmartAppControl, VcRuntime,
    WindowsFacts, WindowsRelease,
};
use serde::Serialize;

/// The part that is null on other systems.
#[derive(Debug, Serialize)]
pub(super) struct OfWindows {
    windows: Option<WindowsLine>,
}

#[derive(Debug, Serialize)]
struct WindowsLine {
    release: FactLine<ReleaseLine>,
    vc_runtime: FactLine<RuntimeLine>,
    pending_restart: FactLine<Vec<&'static str>>,
    long_paths: FactLine<bool>,
    smart_app_control: FactLine<&'static str>,
    execution_policy: FactLine<PolicyLine>,
    antivirus: FactLine<Vec<String>>,
    power_plan: FactLine<String>,
    machine_proxy: FactLine<ProxyLine>,
    proxy_script: FactLine<String>,
}

/// A fact that is found, absent or unknown; then `why` says what stood in the way.
#[derive(Debug, Serialize)]
struct FactLine<T> {
    state: &'static str,
    value: Option<T>,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct ReleaseLine {
    display_version: Option<String>,
    revision: Option<u32>,
    is_s_mode: Option<bool>,
}

#[derive(Debug, Serialize)]
struct RuntimeLine {
    version: Option<String>,
    libraries: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PolicyLine {
    policy: String,
    is_enforced: bool,
}

#[derive(Debug, Serialize)]
struct ProxyLine {
    http: Option<String>,
    https: Option<String>,
    bypass: Vec<String>,
}

fn line<T, U>(fact: &Probed<T>, shown: impl FnOnce(&T) -> U) -> FactLine<U> {
    let why = match fact {
        Probed::Unknown { why, .. } => Some(why.clone()),
        Probed::Found { .. } | Probed::Absent { .. } => None,
    };
    FactLine { state: state(fact), value: fact.found().map(shown), why }
}

/// The facts in the contract's shape.
pub(super) fn of_windows(facts: &MachineFacts) -> OfWindows {
    let is_windows = facts.os.found().is_some_and(|os| os.family == OsFamily::Windows);
    OfWindows { windows: is_windows.then(|| windows(&facts.windows)) }
}

fn windows(facts: &WindowsFacts) -> WindowsLine {
    let WindowsFacts {
        release,
        vc_runtime,
        pending_restart,
        long_paths,
        smart_app_control,
        execution_policy,
        antivirus,
        power_plan,
        machine_proxy,
        proxy_script,
    } = facts;
    WindowsLine {
        release: line(release, |WindowsRelease { display_version, revision, is_s_mode }| ReleaseLine {
            display_version: display_version.clone(),
            revision: *revision,
            is_s_mode: *is_s_mode,
        }),
        vc_runtime: line(vc_runtime, |VcRuntime { version, libraries }| RuntimeLine {
            version: version.clone(),
            libraries: libraries.clone(),
        }),
        pending_restart: line(pending_restart, |signs| signs.iter().map(|sign| RestartSign::word(*sign)).collect()),
        long_paths: line(long_paths, |is_on| *is_on),
        smart_app_control: line(smart_app_control, |control| SmartAppControl::word(*control)),
        execution_policy: line(execution_policy, |ExecutionPolicy { policy, is_enforced }| PolicyLine {
            policy: policy.clone(),
            is_enforced: *is_enforced,
        }),
        antivirus: line(antivirus, Clone::clone),
        power_plan: line(power_plan, Clone::clone),
        machine_proxy: line(machine_proxy, |MachineProxy { http, https, bypass }| ProxyLine {
            http: http.clone(),
            https: https.clone(),
            bypass: bypass.clone(),
        }),
        proxy_script: line(proxy_script, Clone::clone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{OsFacts, Source, Via};
    use serde_json::{Value, json};

    fn pc(family: OsFamily) -> MachineFacts {
        let mut facts = MachineFacts::unknown("2026-11-21T00:00:00Z");
        let value = OsFacts { arch: "x86_64".to_owned(), ..OsFacts::of(family) };
        facts.os = Probed::Found { value, source: Source::new(Via::System, "") };
        facts
    }

    #[test]
    fn other_systems_have_none_and_a_windows_says_what_it_knows() {
        let shown = |facts: &MachineFacts| serde_json::to_value(of_windows(facts)).unwrap();
        assert_eq!(shown(&pc(OsFamily::Linux))["windows"], Value::Null);
        let mut facts = pc(OsFamily::Windows);
        let source = || Source::new(Via::Registry, "");
        let libraries = vec!["msvcp140.dll".to_owned()];
        let value = VcRuntime { version: Some("14.44.35211.00".to_owned()), libraries };
        facts.windows.vc_runtime = Probed::Found { value, source: source() };
        facts.windows.pending_restart = Probed::Absent { source: source() };
        facts.windows.smart_app_control = Probed::Found { value: SmartAppControl::Evaluation, source: source() };
        let windows = &shown(&facts)["windows"];
        let runtime = json!({ "version": "14.44.35211.00", "libraries": ["msvcp140.dll"] });
        assert_eq!(windows["vc_runtime"], json!({ "state": "found", "value": runtime, "why": null }));
        assert_eq!(windows["pending_restart"], json!({ "state": "absent", "value": null, "why": null }));
        assert_eq!(windows["smart_app_control"]["value"], "evaluation");
        assert_eq!(windows["long_paths"], json!({ "state": "unknown", "value": null, "why": "not asked" }));
    }
}
