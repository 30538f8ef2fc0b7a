//! What a `detect --json` says of its Windows, read back.

use super::{State, state};
use crate::facts::{
    ExecutionPolicy, MachineProxy, Probed, RestartSign, SmartAppControl, VcRuntime, WindowsFacts, WindowsRelease,
};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WindowsLine {
    release: Option<FactLine<WindowsRelease>>,
    vc_runtime: Option<FactLine<VcRuntime>>,
    pending_restart: Option<FactLine<Vec<RestartSign>>>,
    long_paths: Option<FactLine<bool>>,
    smart_app_control: Option<FactLine<SmartAppControl>>,
    execution_policy: Option<FactLine<ExecutionPolicy>>,
    antivirus: Option<FactLine<Vec<String>>>,
    power_plan: Option<FactLine<String>>,
    machine_proxy: Option<FactLine<MachineProxy>>,
    proxy_script: Option<FactLine<String>>,
}

#[derive(Deserialize)]
struct FactLine<T> {
    state: State,
    value: Option<T>,
    why: Option<String>,
}

fn fact<T>(line: Option<FactLine<T>>) -> Probed<T> {
    let line = line.unwrap_or(FactLine { state: State::Unknown, value: None, why: None });
    state(line.state, line.value, "registry", line.why.as_deref())
}

impl WindowsLine {
    pub(super) fn into_facts(self) -> WindowsFacts {
        WindowsFacts {
            release: fact(self.release),
            vc_runtime: fact(self.vc_runtime),
            pending_restart: fact(self.pending_restart),
            long_paths: fact(self.long_paths),
            smart_app_control: fact(self.smart_app_control),
            execution_policy: fact(self.execution_policy),
            antivirus: fact(self.antivirus),
            power_plan: fact(self.power_plan),
            machine_proxy: fact(self.machine_proxy),
            proxy_script: fact(self.proxy_script),
        }
    }
}
