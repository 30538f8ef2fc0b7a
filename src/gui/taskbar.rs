//! How far a run is, in the window's place in the taskbar of Windows. Other desktops have no common way.

use crate::app::{Model, RunState};

/// What is shown there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// A bar, in thousandths.
    Bar(u16),
    /// The bar stands: there is no room, or the user is needed.
    Waits(u16),
    /// The bar of a run that failed.
    Failed(u16),
}

impl Mark {
    /// Of the run that is watched.
    pub fn of(model: &Model) -> Self {
        let Some(run) = &model.run else { return Self::None };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 1000")]
        let far = (run.overall * 1000.0).round().clamp(0.0, 1000.0) as u16;
        match &run.state {
            RunState::Running if run.paused.is_some() => Self::Waits(far),
            RunState::Running | RunState::Stopping => Self::Bar(far),
            RunState::NeedsUser(_) => Self::Waits(far),
            RunState::Failed(_) => Self::Failed(far),
            RunState::Cancelled(_) | RunState::Promoted => Self::None,
        }
    }
}

/// The window's place in the taskbar.
#[derive(Default)]
pub struct Taskbar {
    shown: Mark,
}

impl Taskbar {
    /// Shows a mark, if it is another one.
    pub fn show(&mut self, mark: Mark, frame: &eframe::Frame) {
        if std::mem::replace(&mut self.shown, mark) == mark {
            return;
        }
        #[cfg(windows)]
        if let Err(error) = shell::show(mark, frame) {
            tracing::debug!("the taskbar shows no progress: {error}");
        }
        #[cfg(not(windows))]
        let _: &eframe::Frame = frame;
    }
}

#[cfg(windows)]
#[expect(unsafe_code, reason = "the shell is asked by COM, which has no other form")]
mod shell {
    use super::Mark;
    use raw_window_handle::{HasWindowHandle as _, RawWindowHandle};
    use windows::Win32::Foundation::HWND;
    use windows::Win32::System::Com::{CLSCTX_INPROC_SERVER, CoCreateInstance};
    use windows::Win32::UI::Shell::{
        ITaskbarList3, TBPF_ERROR, TBPF_NOPROGRESS, TBPF_NORMAL, TBPF_PAUSED, TaskbarList,
    };

    pub fn show(mark: Mark, frame: &eframe::Frame) -> windows::core::Result<()> {
        let Ok(RawWindowHandle::Win32(window)) = frame.window_handle().map(|handle| handle.as_raw()) else {
            return Ok(());
        };
        let window = HWND(window.hwnd.get() as *mut core::ffi::c_void);
        let (state, far) = match mark {
            Mark::None => (TBPF_NOPROGRESS, None),
            Mark::Bar(far) => (TBPF_NORMAL, Some(far)),
            Mark::Waits(far) => (TBPF_PAUSED, Some(far)),
            Mark::Failed(far) => (TBPF_ERROR, Some(far)),
        };
        // SAFETY: the window's thread has COM since the event loop began, and the class and interface belong together.
        let list: ITaskbarList3 = unsafe { CoCreateInstance(&TaskbarList, None, CLSCTX_INPROC_SERVER) }?;
        // SAFETY: must come before any other call of a new list.
        unsafe { list.HrInit() }?;
        if let Some(far) = far {
            // SAFETY: the handle is that of our window, which lives through this frame; plain numbers else.
            unsafe { list.SetProgressValue(window, u64::from(far), 1000) }?;
        }
        // SAFETY: as above.
        unsafe { list.SetProgressState(window, state) }
    }
}
