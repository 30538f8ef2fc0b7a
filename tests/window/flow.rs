//! The way through as a state machine: what may be entered when, what a change of choice takes back, what a closed
//! window leaves. No picture is drawn.

use crate::pc;
use std::path::PathBuf;
use torch_wizard::app::steps::is_permitted;
use torch_wizard::app::{
    Action, Dialog, Effect, Load, Message, Model, RunState, Screen, Setting, StepState, VerifyState, state_of,
};
use torch_wizard::assess::Route;
use torch_wizard::facts::{DriverVersion, Probed};
use torch_wizard::plan::Engine;
use torch_wizard::problem::Problem;
use torch_wizard::run::Outcome;

fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    pc::tell(model, Message::User(action))
}

fn permitted(model: &Model) -> Vec<Screen> {
    Screen::STEPS.into_iter().filter(|screen| is_permitted(model, *screen)).collect()
}

fn cancelled() -> Message {
    let problem = Problem::new("cancelled", "Cancelled.").command("Go on", "torch-wizard resume");
    Message::RunEnded(Box::new(Outcome::Cancelled { problem }))
}

#[test]
fn at_the_start_only_the_first_step_is_open() {
    let model = pc::opened();
    assert_eq!(permitted(&model), [Screen::Detect]);
    assert_eq!(state_of(&model, Screen::Choose), StepState::Locked);
}

#[test]
fn detection_opens_the_choice_and_the_recommended_plan() {
    assert_eq!(permitted(&pc::detected()), [Screen::Detect, Screen::Choose, Screen::Review]);
}

#[test]
fn a_blocked_choice_opens_no_plan() {
    let mut facts = pc::rtx_5070();
    facts.driver = pc::found(torch_wizard::facts::Via::Nvml, "400.1".parse::<DriverVersion>().unwrap());
    let mut model = pc::detected_with(facts);
    assert_eq!(permitted(&model), [Screen::Detect, Screen::Choose]);
    act(&mut model, Action::Go(Screen::Review));
    assert_eq!(model.screen, Screen::Detect);
}

#[test]
fn back_and_forward_keep_what_was_chosen() {
    let mut model = pc::reviewed();
    act(&mut model, Action::SetTarget(r"D:\ai\torch".to_owned()));
    let before = (model.choice.clone(), model.review.plan.ready().cloned());
    for screen in [Screen::Detect, Screen::Choose, Screen::Review, Screen::Settings, Screen::Review] {
        let effects = act(&mut model, Action::Go(screen));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Plan { .. })), "planned anew at {screen:?}");
        assert_eq!(model.screen, screen);
        assert_eq!((model.choice.clone(), model.review.plan.ready().cloned()), before);
    }
}

#[test]
fn back_from_a_side_page_leads_to_where_one_came_from() {
    let mut model = pc::reviewed();
    act(&mut model, Action::Go(Screen::Monitor));
    act(&mut model, Action::Go(Screen::Help));
    act(&mut model, Action::Back);
    assert_eq!(model.screen, Screen::Review);
}

#[test]
fn another_route_withdraws_the_plan() {
    let mut model = pc::reviewed();
    act(&mut model, Action::Go(Screen::Choose));
    act(&mut model, Action::Pick(Route::Cpu));
    assert_eq!(model.review.plan, Load::Idle);
    let effects = act(&mut model, Action::Next);
    assert!(matches!(&effects[..], [Effect::Plan { wish, .. }] if wish.route == Some(Route::Cpu)), "{effects:?}");
}

#[test]
fn another_engine_makes_another_plan_and_the_old_answer_is_not_taken() {
    let mut model = pc::reviewed();
    let (old, plan) = (model.review.ticket, pc::plan_for(&model));
    act(&mut model, Action::SetEngine(Some(Engine::Pip)));
    pc::tell(&mut model, Message::Planned { ticket: old, plan: Box::new(Ok(plan)) });
    assert!(model.review.plan.is_busy());
}

#[test]
fn another_folder_keeps_the_packages_and_is_looked_at_before_install() {
    let mut model = pc::reviewed();
    let effects = act(&mut model, Action::SetTarget(r"D:\ai\torch".to_owned()));
    let plan = model.review.plan.ready().unwrap().clone();
    assert_eq!((plan.target.clone(), plan.staging), (r"D:\ai\torch".into(), r"D:\ai\torch.tw-new".into()));
    assert!(matches!(&effects[..], [Effect::CheckTarget { target, .. }] if *target == plan.target), "{effects:?}");
    assert!(act(&mut model, Action::Install).is_empty(), "installed into a folder nobody had looked at");
    // An answer about another folder says nothing.
    pc::tell(&mut model, Message::TargetChecked { target: r"D:\other".into(), trouble: None });
    assert!(model.review.installable().is_none());
    pc::tell(&mut model, Message::TargetChecked { target: plan.target, trouble: None });
    assert!(model.review.installable().is_some());
}

#[test]
fn a_relative_folder_is_refused_at_once() {
    let mut model = pc::reviewed();
    assert!(act(&mut model, Action::SetTarget("torch".to_owned())).is_empty());
    assert_eq!(model.review.target_trouble.as_ref().unwrap().label, "bad-target");
    assert!(act(&mut model, Action::Install).is_empty());
}

#[test]
fn install_is_no_step_forward() {
    let mut model = pc::reviewed();
    assert!(act(&mut model, Action::Next).is_empty());
    assert_eq!(model.screen, Screen::Review);
    let effects = act(&mut model, Action::Install);
    assert!(matches!(&effects[..], [Effect::Run { .. }]));
    assert!(act(&mut model, Action::Install).is_empty(), "began twice");
}

#[test]
fn during_a_run_there_is_no_way_back() {
    let mut model = pc::running();
    assert_eq!(permitted(&model), [Screen::Run]);
    for screen in [Screen::Detect, Screen::Choose, Screen::Review, Screen::Done, Screen::Home] {
        act(&mut model, Action::Go(screen));
        assert_eq!(model.screen, Screen::Run);
    }
    act(&mut model, Action::Go(Screen::Monitor));
    act(&mut model, Action::Back);
    assert_eq!(model.screen, Screen::Run);
    assert!(act(&mut model, Action::Rescan).is_empty());
    assert!(act(&mut model, Action::StartOver).is_empty() && model.run.is_some());
}

#[test]
fn the_overall_bar_never_falls() {
    let mut model = pc::running();
    let before = model.run.as_ref().unwrap().overall;
    let progress = |done, fraction| {
        pc::event(
            "download",
            torch_wizard::run::EventKind::Progress {
                done_bytes: done,
                total_bytes: Some(2_558_821_701),
                fraction,
                bytes_per_second: None,
                seconds_left: None,
                what: "torch".to_owned(),
                units: None,
                share: None,
            },
        )
    };
    pc::tell(&mut model, progress(5, 0.01));
    let run = model.run.as_ref().unwrap();
    assert!(run.overall >= before);
    assert_eq!(run.transfer.as_ref().unwrap().done, 1_420_000_000);
}

#[test]
fn time_left_is_told_only_after_five_seconds_of_data() {
    let mut model = pc::running();
    let run = model.run.as_mut().unwrap();
    run.bytes_since = Some(std::time::Duration::from_secs(28));
    assert_eq!(model.run.as_ref().unwrap().left(model.now), None);
    pc::at(&mut model, 33.5);
    assert!(model.run.as_ref().unwrap().left(model.now).is_some());
}

#[test]
fn a_cancelled_run_says_so_and_goes_on_with_the_same_plan() {
    let mut model = pc::running();
    let plan = model.run.as_ref().unwrap().plan.clone();
    assert!(matches!(&act(&mut model, Action::Cancel)[..], [Effect::Cancel]));
    assert_eq!(model.run.as_ref().unwrap().state, RunState::Stopping);
    pc::tell(&mut model, cancelled());
    assert!(matches!(model.run.as_ref().unwrap().state, RunState::Cancelled(_)));
    let effects = act(&mut model, Action::Resume);
    assert!(matches!(&effects[..], [Effect::Resume { saved, circumstances: Some(_) }] if saved.plan.id == plan.id));
    assert!(model.is_running() && model.run.as_ref().unwrap().is_resumed);
}

#[test]
fn closing_in_a_run_asks_stops_and_then_closes() {
    let mut model = pc::running();
    assert!(act(&mut model, Action::Close).is_empty());
    assert_eq!(model.dialog, Some(Dialog::CloseDuringRun));
    assert!(matches!(&act(&mut model, Action::Confirm)[..], [Effect::Cancel]));
    let effects = pc::tell(&mut model, cancelled());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Close)), "{effects:?}");
}

#[test]
fn closing_without_a_run_asks_nothing() {
    assert!(matches!(&act(&mut pc::proven(), Action::Close)[..], [Effect::Close]));
}

#[test]
fn the_proof_follows_the_install_by_itself_and_done_follows_the_proof() {
    let mut model = pc::verifying("rtx5070-healthy.jsonl", 10);
    assert_eq!((model.screen, permitted(&model)), (Screen::Verify, vec![Screen::Run, Screen::Verify]));
    model = pc::proven();
    assert_eq!(model.screen, Screen::Verify);
    assert!(matches!(model.verify.state, VerifyState::Ended(_)));
    act(&mut model, Action::Next);
    assert_eq!(model.screen, Screen::Done);
    // The plan can be looked at again, and not be run again.
    act(&mut model, Action::Go(Screen::Review));
    assert_eq!(model.screen, Screen::Review);
    assert!(act(&mut model, Action::Install).is_empty());
}

#[test]
fn a_failed_proof_stays_on_its_page_and_leaves_no_way_to_done() {
    let mut model = pc::verifying("rtx5070-wrong-softmax.jsonl", usize::MAX);
    let report = pc::report("rtx5070-wrong-softmax.jsonl", false);
    pc::tell(
        &mut model,
        pc::event("verify", torch_wizard::run::EventKind::Verified { report: Box::new(report.clone()) }),
    );
    let problem = Problem::new("wrong-result", "PyTorch was installed but not proven.");
    let outcome = Outcome::Failed { problem, report: Some(Box::new(report)) };
    pc::tell(&mut model, Message::RunEnded(Box::new(outcome)));
    assert_eq!(model.screen, Screen::Verify);
    assert!(!is_permitted(&model, Screen::Done));
}

#[test]
fn check_again_on_a_changed_machine_asks_for_the_choice_anew_and_names_the_change() {
    let mut model = pc::reviewed();
    let effects = act(&mut model, Action::Rescan);
    assert!(matches!(&effects[..], [Effect::Detect { .. }]));
    let mut facts = pc::rtx_5070();
    facts.driver = pc::found(torch_wizard::facts::Via::Nvml, "590.12".parse::<DriverVersion>().unwrap());
    let scan = model.detection.scan;
    pc::tell(&mut model, Message::Detected { scan, facts: Box::new(facts) });
    assert_eq!(model.screen, Screen::Choose);
    assert_eq!(model.review.plan, Load::Idle);
    let change = &model.detection.changes[0];
    assert_eq!((change.before.as_str(), change.now.as_str()), ("581.57", "590.12"));
}

#[test]
fn an_answer_to_an_older_scan_is_not_taken() {
    let mut model = pc::detected();
    act(&mut model, Action::Rescan);
    let old = model.detection.scan - 1;
    pc::tell(&mut model, Message::Detected { scan: old, facts: Box::new(pc::no_card()) });
    assert!(model.facts().unwrap().gpus.found().is_some());
}

#[test]
fn what_the_user_says_of_the_machine_takes_the_place_of_what_was_found() {
    let mut model = pc::detected_with(pc::no_card());
    assert_eq!(model.recommended().unwrap().route, Route::Cpu);
    act(&mut model, Action::Correct(torch_wizard::app::Subject::Card));
    act(&mut model, Action::Type("RTX 5070".to_owned()));
    act(&mut model, Action::Confirm);
    act(&mut model, Action::Correct(torch_wizard::app::Subject::Driver));
    act(&mut model, Action::Type("581.57".to_owned()));
    act(&mut model, Action::Confirm);
    assert_eq!(model.dialog, None);
    let gpu = model.facts().unwrap().gpus.found().unwrap()[0].clone();
    assert_eq!((gpu.source.via, gpu.capability.unwrap().to_string()), (torch_wizard::facts::Via::User, "12.0".into()));
    assert_eq!(model.recommended().unwrap().route, Route::Wheel);
    act(&mut model, Action::Uncorrect(torch_wizard::app::Subject::Card));
    assert!(matches!(model.facts().unwrap().gpus, Probed::Absent { .. }));
}

#[test]
fn a_correction_that_says_nothing_is_refused_with_its_reason() {
    let mut model = pc::detected();
    act(&mut model, Action::Correct(torch_wizard::app::Subject::Driver));
    act(&mut model, Action::Type("the newest".to_owned()));
    act(&mut model, Action::Confirm);
    assert!(matches!(&model.dialog, Some(Dialog::Correct { trouble: Some("correct-driver-bad"), .. })));
}

#[test]
fn the_zoom_stays_between_80_and_200_percent() {
    let mut model = pc::detected();
    act(&mut model, Action::Set(Setting::Zoom(300)));
    assert_eq!(model.settings.zoom_percent, 200);
    act(&mut model, Action::Set(Setting::Zoom(10)));
    assert_eq!(model.settings.zoom_percent, 80);
    assert!(act(&mut model, Action::Set(Setting::Zoom(80))).is_empty(), "nothing changed, nothing to save");
}

#[test]
fn readings_are_taken_only_while_somebody_looks() {
    let mut model = pc::detected();
    assert!(matches!(&act(&mut model, Action::Go(Screen::Monitor))[..], [Effect::Watch(_)]));
    assert!(matches!(&act(&mut model, Action::Back)[..], [Effect::Unwatch]));
    let mut model = pc::detected_with(pc::no_card());
    assert!(act(&mut model, Action::Go(Screen::Monitor)).is_empty());
}

#[test]
fn a_folder_named_by_the_systems_dialog_is_the_target() {
    let mut model = pc::reviewed();
    pc::tell(&mut model, Message::Picked(PathBuf::from(r"E:\env")));
    assert_eq!(model.review.plan.ready().unwrap().target, PathBuf::from(r"E:\env"));
}

#[test]
fn a_run_with_a_damaged_record_can_be_undone_from_the_window() {
    let mut model = pc::detected();
    let folder = PathBuf::from(r"C:\data\runs\1");
    let trouble = Problem::new("journal-damaged", "The record of a run is damaged.")
        .command("Undo that run", "torch-wizard rollback");
    let told =
        Message::Home { cards: Vec::new(), unfinished: None, trouble: Some(trouble), damaged: Some(folder.clone()) };
    pc::tell(&mut model, told);
    let effects = act(&mut model, Action::RollBack);
    assert!(matches!(&effects[..], [Effect::RollBack(undone)] if *undone == folder), "{effects:?}");
}

/// The system's theme is followed as long as nobody chose one: that is egui's preference, and a choice takes its place.
#[test]
fn the_systems_theme_is_followed_until_one_is_chosen() {
    use eframe::egui;
    use torch_wizard::gui::theme;
    use torch_wizard::store::{Settings, Theme};
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let seen = |system: egui::Theme, wanted: Theme| {
        theme::apply(&ctx, &Settings { theme: wanted, ..Settings::default() });
        let input = egui::RawInput { system_theme: Some(system), ..egui::RawInput::default() };
        let mut output = ctx.run_ui(input, |_| {});
        output.textures_delta.clear();
        ctx.theme()
    };
    assert_eq!(seen(egui::Theme::Light, Theme::System), egui::Theme::Light);
    assert_eq!(seen(egui::Theme::Dark, Theme::System), egui::Theme::Dark);
    assert_eq!(seen(egui::Theme::Dark, Theme::Light), egui::Theme::Light);
}
