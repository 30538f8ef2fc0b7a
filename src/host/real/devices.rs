//! Which devices are plugged in now. The registry keeps those that were removed as well.

/// Identities of the present devices of a bus, e.g. `PCI\VEN_10DE&DEV_2F04&SUBSYS_…\4&…`; with those that have no driver.
/// `None` if Windows does not say, or names none: there is no PC without a device on its PCI bus.
/// <https://learn.microsoft.com/windows/win32/api/cfgmgr32/nf-cfgmgr32-cm_get_device_id_listw>
#[cfg(windows)]
#[expect(unsafe_code, reason = "the registry does not tell present devices from removed ones")]
pub fn present(bus: &str) -> Option<Vec<String>> {
    use windows::Win32::Devices::DeviceAndDriverInstallation::{
        CM_GETIDLIST_FILTER_ENUMERATOR, CM_GETIDLIST_FILTER_PRESENT, CM_Get_Device_ID_List_SizeW,
        CM_Get_Device_ID_ListW, CR_SUCCESS,
    };
    use windows::core::PCWSTR;
    let filter: Vec<u16> = bus.encode_utf16().chain([0]).collect();
    let of_bus = PCWSTR(filter.as_ptr());
    let flags = CM_GETIDLIST_FILTER_ENUMERATOR | CM_GETIDLIST_FILTER_PRESENT;
    let mut length = 0_u32;
    // SAFETY: the filter ends with a zero and lives until the call returns; the length is a number of ours.
    if unsafe { CM_Get_Device_ID_List_SizeW(&raw mut length, of_bus, flags) } != CR_SUCCESS {
        return None;
    }
    let mut list = vec![0_u16; usize::try_from(length).ok()?];
    // SAFETY: the same filter; the buffer goes with its length. One that a new device made too short is refused.
    if unsafe { CM_Get_Device_ID_ListW(of_bus, &mut list, flags) } != CR_SUCCESS {
        return None;
    }
    Some(names(&list)).filter(|names| !names.is_empty())
}

/// Elsewhere the bus is read as files.
#[cfg(not(windows))]
pub const fn present(_bus: &str) -> Option<Vec<String>> {
    None
}

/// Texts that end with a zero each; the list ends with an empty one.
#[cfg(any(windows, test))]
fn names(list: &[u16]) -> Vec<String> {
    list.split(|&unit| unit == 0).take_while(|name| !name.is_empty()).map(String::from_utf16_lossy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_with_an_empty_name() {
        let list = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        assert_eq!(names(&list("PCI\\A\\1\0PCI\\B\\2\0\0rest")), ["PCI\\A\\1", "PCI\\B\\2"]);
        assert_eq!((names(&list("\0")), names(&[])), (Vec::<String>::new(), Vec::new()));
    }
}
