//! Effects → work on named threads → messages. Everything the window asks of the world goes through here; knows no egui.

mod arrange;
mod desktop;
mod diagnosis;
mod home;
mod jobs;
mod lines;
mod repair;
mod support;
mod terminal;

use crate::app::{Effect, Message};
use crate::catalog::Catalog;
use crate::host::Host;
use crate::mistake;
use crate::problem::Problem;
use crate::run::Outcome;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

pub use lines::LogFile;

/// What the threads share.
#[derive(Clone)]
struct Shared {
    host: Arc<dyn Host>,
    catalog: &'static Catalog,
    /// Ask no server.
    offline: bool,
    sender: Sender<Message>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Shared {
    fn send(&self, message: Message) {
        // Nobody listens any more when the window is gone.
        self.sender.send(message).ok();
        (self.wake)();
    }
}

/// Carries out effects. One run, one verification, one plan, one watch and one diagnosis at a time; what is begun anew ends the old.
pub struct Performer {
    shared: Shared,
    skipped: Arc<Mutex<BTreeSet<String>>>,
    run: Arc<AtomicBool>,
    verify: Arc<AtomicBool>,
    watch: Arc<AtomicBool>,
    process: Arc<AtomicBool>,
    follow: Arc<AtomicBool>,
    diagnosis: Arc<AtomicBool>,
    plan: Arc<AtomicU32>,
}

impl Performer {
    /// `wake` is called after each message, so that the window takes it.
    pub fn new(
        host: Arc<dyn Host>,
        catalog: &'static Catalog,
        offline: bool,
        sender: Sender<Message>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            shared: Shared { host, catalog, offline, sender, wake },
            skipped: Arc::default(),
            run: Arc::default(),
            verify: Arc::default(),
            watch: Arc::default(),
            process: Arc::default(),
            follow: Arc::default(),
            diagnosis: Arc::default(),
            plan: Arc::default(),
        }
    }

    /// Does it, or begins it on a thread of its own. Effects of the window are none of ours.
    pub fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::LoadHome => self.spawn("home", home::load),
            Effect::Detect { scan, wish } => {
                self.skipped = Arc::default();
                let skipped = Arc::clone(&self.skipped);
                self.spawn("detect", move |shared| jobs::detect(shared, scan, &wish, &skipped));
            }
            Effect::SkipProbes(names) => {
                if let Ok(mut skipped) = self.skipped.lock() {
                    skipped.extend(names);
                }
            }
            Effect::Plan { ticket, scan, chosen, wish } => {
                self.plan.store(ticket, Ordering::SeqCst);
                let newest = Arc::clone(&self.plan);
                let failed = move |problem| Message::Planned { ticket, plan: Box::new(Err(problem)) };
                self.spawn_or("plan", failed, move |shared| {
                    jobs::plan(shared, ticket, &newest, &scan, &chosen, &wish);
                });
            }
            Effect::PlanRepair { ticket, environment, scan, wish, becomes } => {
                self.plan.store(ticket, Ordering::SeqCst);
                let newest = Arc::clone(&self.plan);
                let failed = move |problem| Message::RepairPlanned { ticket, plan: Box::new(Err(problem)) };
                self.spawn_or("repair", failed, move |shared| {
                    let wanted = repair::Wanted { environment: &environment, becomes: &becomes, more: *wish };
                    repair::plan(shared, ticket, &newest, scan, wanted);
                });
            }
            Effect::CheckTarget { target, replace, bytes } => {
                self.spawn("target", move |shared| jobs::check_target(shared, target, replace, bytes));
            }
            Effect::Run { plan, circumstances } => {
                let cancel = anew(&mut self.run);
                self.spawn_or("run", run_failed, move |shared| jobs::run(shared, &plan, *circumstances, &cancel));
            }
            Effect::Resume { saved, circumstances } => {
                let cancel = anew(&mut self.run);
                self.spawn_or("run", run_failed, move |shared| {
                    jobs::resume(shared, &saved.plan, circumstances, &cancel);
                });
            }
            Effect::Cancel => self.run.store(true, Ordering::SeqCst),
            Effect::RollBack(folder) => {
                self.spawn_or("roll-back", home_failed, move |shared| home::roll_back(shared, &folder));
            }
            Effect::Verify { environment, level, circumstances } => {
                let cancel = anew(&mut self.verify);
                let failed = |problem| Message::Verified(Box::new(Err(problem)));
                self.spawn_or("verify", failed, move |shared| {
                    jobs::verify(shared, &environment, level, *circumstances, &cancel);
                });
            }
            Effect::StopVerify => self.verify.store(true, Ordering::SeqCst),
            Effect::Watch(interval) => {
                let stop = anew(&mut self.watch);
                self.spawn_or("monitor", Message::NoReadings, move |shared| jobs::watch(shared, interval, &stop));
            }
            Effect::Unwatch => self.watch.store(true, Ordering::SeqCst),
            Effect::WatchProcess(None) => self.process.store(true, Ordering::SeqCst),
            Effect::WatchProcess(Some(pid)) => {
                let stop = anew(&mut self.process);
                self.spawn("process", move |shared| jobs::watch_process(shared, pid, &stop));
            }
            Effect::Follow { path, words } => {
                let stop = anew(&mut self.follow);
                self.spawn_or("follow", Message::NotFollowed, move |shared| jobs::follow(shared, &path, &words, &stop));
            }
            Effect::Unfollow => self.follow.store(true, Ordering::SeqCst),
            Effect::LogOnCheck(change) => self.spawn("log-on", move |shared| desktop::log_on_check(shared, change)),
            Effect::ComeBack => {
                let comes_back = crate::run::comes_back(&*self.shared.host);
                self.shared.send(Message::ComesBack(comes_back));
            }
            Effect::Notify(note) => self.spawn("notify", move |shared| desktop::notify(shared, &note)),
            Effect::SaveSettings(settings) => {
                let path = crate::store::Settings::path(&*self.shared.host);
                if let Err(error) = crate::store::save(&*self.shared.host, &path, &*settings) {
                    self.shared.send(Message::Trouble(error.into()));
                }
            }
            Effect::ReadReport(path) => self.spawn("report", move |shared| jobs::read_report(shared, path)),
            Effect::Diagnose { ticket, log } => {
                let stop = anew(&mut self.diagnosis);
                let failed = move |problem| Message::Diagnosed { ticket, found: Box::new(Err(problem)) };
                self.spawn_or("diagnosis", failed, move |shared| diagnosis::find(shared, ticket, &log, &stop));
            }
            Effect::StopDiagnosis => self.diagnosis.store(true, Ordering::SeqCst),
            Effect::LetGo(replaced) => {
                self.spawn_or("let-go", home_failed, move |shared| home::let_go(shared, &replaced));
            }
            Effect::Glance => self.spawn("glance", |shared| {
                let facts = home::glance(shared);
                shared.send(Message::Glanced(Box::new(facts)));
            }),
            Effect::Arrange { environment, what } => {
                self.spawn("arrange", move |shared| arrange::arrange(shared, environment, &what));
            }
            Effect::Forget(path) => self.spawn_or("forget", home_failed, move |shared| home::forget(shared, &path)),
            Effect::Remove(path) => self.spawn_or("remove", home_failed, move |shared| home::remove(shared, &path)),
            Effect::Gather { ticket, scan, private } => {
                self.spawn("support", move |shared| support::gather(shared, ticket, scan, &private));
            }
            Effect::Write { path, bytes } => {
                let done = self.shared.host.write_atomic(&path, &bytes);
                self.shared.send(match done {
                    Ok(()) => Message::Wrote(path),
                    Err(error) => Message::Trouble(crate::run::problem_of(&error)),
                });
            }
            Effect::OpenTerminal(environment) => terminal::open(&self.shared, &environment),
            Effect::OpenPath(path) => {
                if let Err(error) = self.shared.host.open(&path) {
                    self.shared.send(Message::Trouble(crate::run::problem_of(&error)));
                }
            }
            Effect::Copy(_)
            | Effect::OpenPage(_)
            | Effect::BrowseFolder(_)
            | Effect::BrowseFile(_)
            | Effect::BrowseOpen(_)
            | Effect::Restyle
            | Effect::Render { .. }
            | Effect::Close => {}
        }
    }

    /// The window is gone: everything under way is told to stop.
    pub fn end(&self) {
        for flag in [&self.run, &self.verify, &self.watch, &self.follow, &self.diagnosis] {
            flag.store(true, Ordering::SeqCst);
        }
        self.plan.store(u32::MAX, Ordering::SeqCst);
    }

    fn spawn(&self, name: &str, work: impl FnOnce(&Shared) + Send + 'static) {
        self.spawn_or(name, Message::Trouble, work);
    }

    /// `failed` is what the window hears of a mistake of our own, where it waits for an end.
    fn spawn_or(
        &self,
        name: &str,
        failed: impl FnOnce(Problem) -> Message + Send + 'static,
        work: impl FnOnce(&Shared) + Send + 'static,
    ) {
        let shared = self.shared.clone();
        let body = move || {
            if let Err(problem) = mistake::caught(|| work(&shared)) {
                shared.send(failed(problem));
            }
        };
        if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(body) {
            let problem = Problem::new("internal", "The system gives no thread for this.").details(error.to_string());
            self.shared.send(Message::Trouble(problem));
        }
    }
}

fn run_failed(problem: Problem) -> Message {
    Message::RunEnded(Box::new(Outcome::Failed { problem, report: None }))
}

fn home_failed(problem: Problem) -> Message {
    Message::HomeDone(Err(problem))
}

/// Ends what the flag is for, and makes a new one.
fn anew(flag: &mut Arc<AtomicBool>) -> Arc<AtomicBool> {
    flag.store(true, Ordering::SeqCst);
    *flag = Arc::default();
    Arc::clone(flag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn who_waits_for_an_end_hears_it_also_after_a_mistake_of_ours() {
        let (sender, heard) = channel();
        let host: Arc<dyn Host> = Arc::new(World::new(OsFamily::Windows));
        let performer = Performer::new(host, Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
        performer.spawn_or("run", run_failed, |_| panic!("a trial"));
        let message = heard.recv_timeout(Duration::from_secs(20)).unwrap();
        let Message::RunEnded(outcome) = message else { panic!("{message:?}") };
        let Outcome::Failed { problem, .. } = *outcome else { panic!("{outcome:?}") };
        assert_eq!((problem.label.as_str(), problem.details.as_str()), (mistake::LABEL, "a trial"));
    }
}
