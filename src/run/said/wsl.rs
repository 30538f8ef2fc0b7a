//! `wsl.exe`. Its sentences are translated and its codes are not: each failure ends with a line such as
//! `Wsl/Service/CreateInstance/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED`, older ones with a number.
//! <https://github.com/microsoft/WSL/blob/master/src/windows/common/wslutil.cpp>

use super::Help::{Do, Run};
use super::Known;
use crate::host::ChildExit;
use crate::plan::CommandSpec;

const FIRMWARE: &str = "Switch on virtualisation in the firmware (BIOS, UEFI: Intel VT-x, AMD SVM), then start Windows again. Task manager, \
    Performance, CPU shows whether it is on.";
const PLATFORM: &str = "wsl --install --no-distribution";

/// The codes, by name and by number.
pub(super) const CODES: &[Known] = &[
    Known {
        label: "virtualisation-off",
        signs: &["hcs_e_hyperv_not_installed"],
        cause: "WSL 2 cannot start: virtualisation is off in the firmware, or the Virtual Machine Platform in Windows.",
        next: &[Do(FIRMWARE), Run("Switch on the platform (as administrator), then restart Windows", PLATFORM)],
    },
    Known {
        label: "virtualisation-off",
        signs: &["0x80370102"],
        cause: "WSL 2 cannot start: virtualisation is off in the firmware, or the Virtual Machine Platform in Windows.",
        next: &[Do(FIRMWARE), Run("Switch on the platform (as administrator), then restart Windows", PLATFORM)],
    },
    Known {
        label: "platform-missing",
        signs: &["wsl_e_virtual_machine_platform_required"],
        cause: "Windows' Virtual Machine Platform is off.",
        next: &[Run("Switch it on (as administrator), then restart Windows", PLATFORM)],
    },
    Known {
        label: "platform-missing",
        signs: &["hcs_e_service_not_available"],
        cause: "Windows' Virtual Machine Platform is off, or its service does not run.",
        next: &[Run("Switch it on (as administrator), then restart Windows", PLATFORM)],
    },
    Known {
        label: "platform-missing",
        signs: &["0x80370114"],
        cause: "Windows' Virtual Machine Platform is off, or its service does not run.",
        next: &[Run("Switch it on (as administrator), then restart Windows", PLATFORM)],
    },
    Known {
        label: "wsl-missing",
        signs: &["wsl_e_wsl_optional_component_required"],
        cause: "The Windows feature “Windows Subsystem for Linux” is off.",
        next: &[Run("Switch it on (as administrator), then restart Windows", PLATFORM)],
    },
    Known {
        label: "wsl-missing",
        signs: &["0x8007019e"],
        cause: "The Windows feature “Windows Subsystem for Linux” is off.",
        next: &[Run("Switch it on (as administrator), then restart Windows", PLATFORM)],
    },
    Known {
        label: "wsl-too-old",
        signs: &["0x800701bc"],
        cause: "The Linux kernel of WSL is missing or too old.",
        next: &[Run("Bring WSL up to date", "wsl --update")],
    },
    Known {
        label: "wsl-too-old",
        signs: &["wsl_e_os_not_supported"],
        cause: "This Windows is too old for this WSL.",
        next: &[Do("Install the updates of Windows.")],
    },
    Known {
        label: "wsl-1-only",
        signs: &["wsl_e_vm_mode_not_supported"],
        cause: "This distribution cannot become one of WSL 2.",
        next: &[Run("Install another one", "wsl --install -d Ubuntu-24.04 --no-launch")],
    },
    Known {
        label: "wsl-1-only",
        signs: &["wsl_e_wsl2_needed"],
        cause: "This is possible with WSL 2 alone, and the distribution is one of WSL 1.",
        next: &[Run("See which is which", "wsl --list --verbose")],
    },
    Known {
        label: "no-distribution",
        signs: &["wsl_e_default_distro_not_found"],
        cause: "No distribution is installed in WSL.",
        next: &[Run("Install one", "wsl --install -d Ubuntu-24.04 --no-launch")],
    },
    Known {
        label: "no-distribution",
        signs: &["wsl_e_distro_not_found"],
        cause: "The distribution is not there. WSL installs none while Windows still waits for its restart.",
        next: &[
            Do("Restart Windows (not shut down and switch on), if that was not done."),
            Run("See which there are", "wsl --list --verbose"),
            Run("Install it", "wsl --install -d Ubuntu-24.04 --no-launch"),
        ],
    },
    Known {
        label: "no-distribution",
        signs: &["0x80370118"],
        cause: "The distribution is not there.",
        next: &[Run("See which there are", "wsl --list --verbose")],
    },
    Known {
        label: "user-missing",
        signs: &["wsl_e_user_not_found"],
        cause: "The distribution does not have this user.",
        next: &[Do(
            "Go back to the beginning of the install: torch-wizard rollback, then torch-wizard install --route wsl2.",
        )],
    },
    Known {
        label: "disk-damaged",
        signs: &["wsl_e_disk_corrupted"],
        cause: "The disk of the distribution is damaged.",
        next: &[Do("Microsoft says how it is mended: https://learn.microsoft.com/windows/wsl/disk-space")],
    },
    Known {
        label: "disk-full",
        signs: &["error_disk_full"],
        cause: "The drive of Windows is full.",
        next: &[Run("Free some space (this shows what may go)", "torch-wizard cache list")],
    },
    Known {
        label: "disk-full",
        signs: &["0x80070070"],
        cause: "The drive of Windows is full.",
        next: &[Run("Free some space (this shows what may go)", "torch-wizard cache list")],
    },
    Known {
        label: "out-of-memory",
        signs: &["error_no_system_resources"],
        cause: "Windows has too little memory left to start Linux.",
        next: &[Do("Close other programs, or lower memory= in .wslconfig, then run: wsl --shutdown")],
    },
    Known {
        label: "out-of-memory",
        signs: &["0x800705aa"],
        cause: "Windows has too little memory left to start Linux.",
        next: &[Do("Close other programs, or lower memory= in .wslconfig, then run: wsl --shutdown")],
    },
    Known {
        label: "out-of-memory",
        signs: &["e_outofmemory"],
        cause: "Windows has too little memory left to start Linux.",
        next: &[Do("Close other programs, or lower memory= in .wslconfig, then run: wsl --shutdown")],
    },
    Known {
        label: "timeout",
        signs: &["hcs_e_connection_timeout"],
        cause: "Linux did not start in time.",
        next: &[Run("Stop what is half started", "wsl --shutdown"), Do("Then go on.")],
    },
    Known {
        label: "timeout",
        signs: &["0x80370109"],
        cause: "Linux did not start in time.",
        next: &[Run("Stop what is half started", "wsl --shutdown"), Do("Then go on.")],
    },
    Known {
        label: "wsl-crashed",
        signs: &["wsl_e_vm_crashed"],
        cause: "Linux ended while it worked.",
        next: &[Run("Bring WSL up to date", "wsl --update"), Do("Then go on.")],
    },
    Known {
        label: "no-network",
        signs: &["wininet_e_"],
        cause: "WSL could not reach Microsoft's server: {last}.",
        next: &[
            Do("Check the network connection, then go on."),
            Run("Where the Store is blocked", "wsl --update --web-download"),
        ],
    },
    Known {
        label: "no-network",
        signs: &["0x80072e"],
        cause: "WSL could not reach Microsoft's server: {line}",
        next: &[
            Do("Check the network connection, then go on."),
            Run("Where the Store is blocked", "wsl --update --web-download"),
        ],
    },
    Known {
        label: "certificate",
        signs: &["cert_e_untrustedroot"],
        cause: "The certificate on the way to Microsoft's server was not accepted.",
        next: &[Do("If your company inspects connections, have its certificate put into the store of Windows.")],
    },
    Known {
        label: "hash-mismatch",
        signs: &["trust_e_bad_digest"],
        cause: "What WSL fetched is not what it should be; it threw it away.",
        next: &[Do("A proxy may change files on the way. Try again, or another network.")],
    },
    Known {
        label: "policy",
        signs: &["error_access_disabled_by_policy"],
        cause: "A policy of your organisation forbids WSL.",
        next: &[Do("Ask your administrator, or take another route.")],
    },
    Known {
        label: "policy",
        signs: &["0x800704ec"],
        cause: "A policy of your organisation forbids WSL.",
        next: &[Do("Ask your administrator, or take another route.")],
    },
    Known {
        label: "wsl-damaged",
        signs: &["regdb_e_classnotreg"],
        cause: "WSL is not installed whole.",
        next: &[Run("Install it anew", "wsl --update --web-download")],
    },
    Known {
        label: "wsl-damaged",
        signs: &["0x80040154"],
        cause: "WSL is not installed whole.",
        next: &[Run("Install it anew", "wsl --update --web-download")],
    },
    Known {
        label: "wsl-damaged",
        signs: &["wsl_e_install_component_failed"],
        cause: "Windows could not switch on a part that WSL needs.",
        next: &[Do("Install the updates of Windows, restart it, and go on.")],
    },
    Known {
        label: "service-off",
        signs: &["error_service_disabled"],
        cause: "The service of WSL is switched off.",
        next: &[Run("Switch it on (as administrator)", "sc.exe config wslservice start= demand")],
    },
    Known {
        label: "service-off",
        signs: &["0x80070422"],
        cause: "The service of WSL is switched off.",
        next: &[Run("Switch it on (as administrator)", "sc.exe config wslservice start= demand")],
    },
    Known {
        label: "needs-administrator",
        signs: &["error_elevation_required"],
        cause: "Windows allows this to administrators alone.",
        next: &[Do("Open PowerShell as administrator (right click, Run as administrator) and go on there.")],
    },
    Known {
        label: "needs-administrator",
        signs: &["e_accessdenied"],
        cause: "Windows does not allow this.",
        next: &[Do("Open PowerShell as administrator (right click, Run as administrator) and go on there.")],
    },
    Known {
        label: "busy",
        signs: &["error_install_already_running"],
        cause: "Windows is installing something else.",
        next: &[Do("Wait until it is done, then go on.")],
    },
    Known {
        label: "driver-not-inside",
        signs: &["/usr/lib/wsl/lib/", "no such file or directory"],
        cause: "Linux is not given the driver of Windows.",
        next: &[
            Do("Install a driver for Windows that knows WSL (495 or newer)."),
            Run("Then let Linux start again", "wsl --shutdown"),
        ],
    },
];

/// `useradd`: there is such a user.
const USER_IS_THERE: i32 = 9;

/// Each is the wish of a step, found fulfilled.
pub(super) fn was_done_before(command: &CommandSpec, exit: ChildExit, text: &str) -> bool {
    let has = |word: &str| command.args.iter().any(|arg| arg == word);
    let is_wsl = super::tool(command).eq_ignore_ascii_case("wsl");
    let says = |code: &str| text.contains(code);
    is_wsl
        && (has("useradd") && exit == ChildExit::Code(USER_IS_THERE)
            || has("--install") && has("-d") && says("ERROR_ALREADY_EXISTS")
            || has("--set-version") && says("WSL_E_VM_MODE_INVALID_STATE"))
}
