//! Nothing is silent for longer than two seconds: what a command waits for while it looks, asks and plans.

use super::{Session, json};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// So often it is said what is waited for.
const AGAIN: Duration = Duration::from_secs(1);
/// A message that moves does so this often.
const FRAME: Duration = Duration::from_millis(100);

/// What the work tells whoever waits for it, and whether it shall go on.
pub struct Tell {
    doing: Mutex<String>,
    cancel: Arc<AtomicBool>,
}

impl Tell {
    /// From now on it does this.
    pub fn now(&self, doing: &str) -> ControlFlow<()> {
        let mut said = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
        if *said != doing {
            doing.clone_into(&mut said);
        }
        if self.cancel.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn doing(&self) -> String {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Does something that takes a while on a thread of its own, and says meanwhile what it is at: as events where events are
/// read, moving where a terminal is, else as lines.
pub fn telling<T: Send>(session: &mut Session, doing: &str, work: impl FnOnce(&Tell) -> T + Send) -> T {
    let tell = Tell { doing: Mutex::new(doing.to_owned()), cancel: Arc::clone(&session.cancel) };
    let mut voice = Voice::new(session, doing);
    std::thread::scope(|scope| {
        let (ended, has_ended) = channel::<()>();
        let worker = scope.spawn(|| {
            // Dropped when the work ends, also by a panic.
            let _ended = ended;
            work(&tell)
        });
        while has_ended.recv_timeout(FRAME) == Err(RecvTimeoutError::Timeout) {
            voice.say(&tell.doing());
        }
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// How it is said.
struct Voice<'a> {
    session: &'a mut Session,
    began: Duration,
    last: Duration,
    spinner: Option<indicatif::ProgressBar>,
}

impl<'a> Voice<'a> {
    fn new(session: &'a mut Session, doing: &str) -> Self {
        let began = session.host.uptime();
        let spinner = (session.screen.moving && !session.json).then(indicatif::ProgressBar::new_spinner);
        let mut voice = Self { session, began, last: began, spinner };
        if voice.session.tells_events {
            voice.event(0, doing);
        }
        voice
    }

    fn say(&mut self, doing: &str) {
        let now = self.session.host.uptime();
        let waited = now.saturating_sub(self.began);
        if let Some(spinner) = &self.spinner {
            spinner.set_message(doing.to_owned());
            spinner.tick();
        } else if now.saturating_sub(self.last) >= AGAIN {
            self.last = now;
            self.session.screen.note(format!("{doing} … ({})", crate::text::duration(waited)));
            if self.session.tells_events {
                self.event(waited.as_secs(), doing);
            }
        }
    }

    fn event(&mut self, seconds: u64, doing: &str) {
        let time = crate::time::now(&*self.session.host);
        self.session.say_json(&json::preparing_line(&time, seconds, doing));
    }
}

impl Drop for Voice<'_> {
    fn drop(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }
}
