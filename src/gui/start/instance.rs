//! One window for each data folder: whoever starts a second one gets the first to the front.
//!
//! A lock says that a window is there; it goes with its process, however that ends. The wish for the front is a file that
//! the window looks for once a second, on a thread of its own: nothing is drawn for that.

use crate::host::{Guard, Host};
use eframe::egui::{Context, UserAttentionType, ViewportCommand};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// So often the window looks whether it is wished to the front.
const LOOK: Duration = Duration::from_secs(1);

/// A closed window's process has six seconds to end; so often and so long a second start waits for that or for an answer.
const TURNS: u32 = 40;
const PATIENCE: Duration = Duration::from_millis(200);

/// Whether the window of this data folder is ours.
pub enum Instance {
    /// It is, as long as the guard lives; without one nobody can tell.
    Ours(Option<Box<dyn Guard>>),
    /// Another process has it, and was asked to show it.
    Another,
}

fn wish(host: &dyn Host) -> PathBuf {
    host.folders().data.join("raise-window")
}

/// Takes the window, or asks who has it to show it. One that is just being closed does not hear, but is gone in a moment.
pub fn claim(host: &dyn Host) -> Instance {
    let lock = host.folders().data.join("locks").join("window.lock");
    for turn in 0..TURNS {
        match host.lock(&lock) {
            Ok(Some(guard)) => {
                // A wish that a window which is gone did not see.
                host.remove(&wish(host)).ok();
                return Instance::Ours(Some(guard));
            }
            Ok(None) if turn == 0 => {
                if let Err(error) = host.write_atomic(&wish(host), crate::time::now(host).as_bytes()) {
                    tracing::warn!("the window that is open could not be asked to the front: {error}");
                    return Instance::Another;
                }
            }
            Ok(None) if host.meta(&wish(host)).is_none() => return Instance::Another,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!("whether a window is open already cannot be told: {error}");
                return Instance::Ours(None);
            }
        }
        host.pause(PATIENCE);
    }
    Instance::Another
}

/// Brings this window to the front whenever somebody wishes that, for as long as the process lives.
pub fn listen(host: Arc<dyn Host>, ctx: Context) {
    let body = move || {
        loop {
            if host.meta(&wish(&*host)).is_some() && host.remove(&wish(&*host)).is_ok() {
                raise(&*host, &ctx);
            }
            host.pause(LOOK);
        }
    };
    if let Err(error) = std::thread::Builder::new().name("raise".to_owned()).spawn(body) {
        tracing::warn!("a second start will not bring the window to the front: {error}");
    }
}

fn raise(host: &dyn Host, ctx: &Context) {
    tracing::info!("window: asked to the front");
    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
    ctx.send_viewport_cmd(ViewportCommand::Focus);
    if host.var("WAYLAND_DISPLAY").is_some() {
        // No window may take the focus there.
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
    }
    ctx.request_repaint();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;
    use std::io::ErrorKind;

    #[test]
    fn the_second_asks_and_the_first_takes_no_old_wish() {
        let host = World::new(OsFamily::Linux);
        host.write_atomic(&wish(&host), b"old").unwrap();
        let Instance::Ours(Some(guard)) = claim(&host) else { panic!("nobody else is there") };
        assert_eq!(host.meta(&wish(&host)), None);
        assert!(matches!(claim(&host), Instance::Another));
        assert!(host.meta(&wish(&host)).is_some());
        drop(guard);
        assert!(matches!(claim(&host), Instance::Ours(Some(_))));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_reason_not_to_open() {
        let host = World::new(OsFamily::Linux);
        let lock = Host::folders(&host).data.join("locks").join("window.lock");
        let host = host.refused(lock, ErrorKind::PermissionDenied);
        assert!(matches!(claim(&host), Instance::Ours(None)));
    }
}
