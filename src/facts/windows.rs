//! What Windows tells of itself beyond its version: what torch's libraries, an install or a proof rest on.

use super::Probed;
use serde::{Deserialize, Serialize};

/// What is known of a Windows, each fact asked by itself. On other systems none of them is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowsFacts {
    /// Its release, from `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion`.
    pub release: Probed<WindowsRelease>,
    /// Microsoft's C++ runtime for x64. `Absent` only if the system's folder was looked into and has none of its files.
    pub vc_runtime: Probed<VcRuntime>,
    /// What waits for a restart; `Absent` if nothing does.
    pub pending_restart: Probed<Vec<RestartSign>>,
    /// Whether programs may use paths of more than 259 characters (`LongPathsEnabled`).
    pub long_paths: Probed<bool>,
    /// Smart App Control; `Absent` on a Windows that does not have it.
    pub smart_app_control: Probed<SmartAppControl>,
    /// What scripts of `PowerShell` may run.
    pub execution_policy: Probed<ExecutionPolicy>,
    /// Names of programs against viruses whose service is there. Which of them watches is not told.
    pub antivirus: Probed<Vec<String>>,
    /// Name of the active power plan.
    pub power_plan: Probed<String>,
    /// The proxy that an administrator set for the whole machine; `Absent` if none is.
    pub machine_proxy: Probed<MachineProxy>,
    /// Address of a script that chooses the user's proxy (PAC). It is seen and not evaluated.
    pub proxy_script: Probed<String>,
}

impl WindowsFacts {
    /// Whether Windows itself waits for a restart. Files to be replaced are no sign: browsers leave some as well.
    pub fn waits_for_restart(&self) -> bool {
        self.pending_restart.found().is_some_and(|signs| signs.iter().any(|sign| *sign != RestartSign::Files))
    }
}

impl Default for WindowsFacts {
    fn default() -> Self {
        Self {
            release: Probed::not_asked(),
            vc_runtime: Probed::not_asked(),
            pending_restart: Probed::not_asked(),
            long_paths: Probed::not_asked(),
            smart_app_control: Probed::not_asked(),
            execution_policy: Probed::not_asked(),
            antivirus: Probed::not_asked(),
            power_plan: Probed::not_asked(),
            machine_proxy: Probed::not_asked(),
            proxy_script: Probed::not_asked(),
        }
    }
}

/// A release of Windows, more exactly than by its build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowsRelease {
    /// e.g. `24H2`; `None` before Windows 10 20H2.
    pub display_version: Option<String>,
    /// What monthly updates count up (`UBR`): 4351 in 26100.4351.
    pub revision: Option<u32>,
    /// Only programs from the Store may run.
    pub is_s_mode: Option<bool>,
}

/// Microsoft's C++ runtime, without which torch's own libraries do not load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VcRuntime {
    /// What its installer registered, e.g. `14.44.35211.0`; `None` if it registered nothing.
    pub version: Option<String>,
    /// Its files in the system's folder, in small letters and in order.
    pub libraries: Vec<String>,
}

/// What waits for a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestartSign {
    /// A part of Windows that was added, removed or updated.
    Components,
    /// Windows Update.
    Updates,
    /// Files to be replaced or removed when Windows starts; installers of drivers leave some, browsers as well.
    Files,
}

impl RestartSign {
    /// The word of JSON and of probes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Components => "components",
            Self::Updates => "updates",
            Self::Files => "files",
        }
    }
}

/// Smart App Control: it refuses programs and libraries that nobody has signed and nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmartAppControl {
    /// It refuses nothing.
    Off,
    /// It refuses.
    On,
    /// It watches, and Windows will switch it on or off by itself.
    Evaluation,
}

impl SmartAppControl {
    /// The word of JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Evaluation => "evaluation",
        }
    }
}

/// What scripts `PowerShell` runs. A process may be started with another policy, unless a group policy sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionPolicy {
    /// e.g. `RemoteSigned`, `Restricted`.
    pub policy: String,
    /// A group policy sets it.
    pub is_enforced: bool,
}

/// A proxy for the whole machine (`netsh winhttp`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineProxy {
    /// For `http` addresses, e.g. `http://proxy.example.org:8080`, without user name and password.
    pub http: Option<String>,
    /// For `https` addresses.
    pub https: Option<String>,
    /// Hosts that are reached without it, as they stand there: `*.example.org`, `<local>`.
    pub bypass: Vec<String>,
}
