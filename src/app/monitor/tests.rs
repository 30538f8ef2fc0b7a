use super::*;

fn tick(percent: Option<u32>) -> MonitorTick {
    let sample = GpuSample { utilisation_percent: percent, ..GpuSample::default() };
    MonitorTick { time: String::new(), samples: vec![sample], trouble: None }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A reading a second up to this one.
fn read_until(last: u64) -> MonitorView {
    let mut view = MonitorView::default();
    for second in 0..=last {
        view.take(tick(Some(1)), seconds(second));
    }
    view
}

fn is(stretch: Stretch, from: f64, to: f64) {
    assert!((stretch.from - from).abs() < 1e-6 && (stretch.to - to).abs() < 1e-6, "{stretch:?}, not {from} to {to}");
}

#[test]
fn a_gap_in_the_readings_is_a_gap_in_the_line() {
    let mut view = MonitorView::default();
    for (second, percent) in [(1, Some(10)), (2, Some(20)), (3, None), (4, Some(30)), (20, Some(40))] {
        view.take(tick(percent), seconds(second));
    }
    let lines = view.lines(seconds(20), 60.0, |sample| sample.utilisation_percent.map(f64::from));
    let lengths: Vec<usize> = lines.iter().map(Vec::len).collect();
    assert_eq!(lengths, [2, 1, 1]);
    assert_eq!(lines[0], [[-19.0, 10.0], [-18.0, 20.0]]);
}

#[test]
fn plots_go_along_with_the_time_until_they_are_held() {
    let mut view = read_until(100);
    is(view.stretch(seconds(100)), 40.0, 100.0);
    view.look(MonitorAction::Hold, seconds(100));
    is(view.stretch(seconds(130)), 40.0, 100.0);
    view.look(MonitorAction::Live, seconds(130));
    is(view.stretch(seconds(130)), 70.0, 130.0);
    view.look(MonitorAction::Hold, seconds(130));
    view.look(MonitorAction::Look(Span::All), seconds(130));
    is(view.stretch(seconds(130)), 0.0, 130.0);
}

#[test]
fn zooming_keeps_what_is_pointed_at_in_its_place() {
    let mut view = read_until(100);
    let now = seconds(100);
    view.look(MonitorAction::Zoom { factor: 0.5, around: 0.5 }, now);
    is(view.stretch(now), 55.0, 85.0);
    view.look(MonitorAction::Zoom { factor: 0.5, around: 0.0 }, now);
    is(view.stretch(now), 55.0, 70.0);
    // Not closer than 2 s, not further than an hour, not beyond now.
    view.look(MonitorAction::Zoom { factor: 0.001, around: 1.0 }, now);
    is(view.stretch(now), 68.0, 70.0);
    view.look(MonitorAction::Zoom { factor: 1e9, around: 0.0 }, now);
    is(view.stretch(now), -3500.0, 100.0);
}

#[test]
fn sliding_stops_at_the_first_reading_and_at_now() {
    let mut view = read_until(100);
    let now = seconds(100);
    view.look(MonitorAction::Slide(25.0), now);
    is(view.stretch(now), 15.0, 75.0);
    view.look(MonitorAction::Slide(500.0), now);
    is(view.stretch(now), 0.0, 60.0);
    view.look(MonitorAction::Slide(-500.0), now);
    is(view.stretch(now), 40.0, 100.0);
}

#[test]
fn each_reason_has_the_times_at_which_it_held() {
    let mut view = MonitorView::default();
    for second in 0..20_u32 {
        let mut tick = tick(None);
        let hot = [5..8, 12..14].iter().any(|times| times.contains(&second));
        let mut reasons = Vec::from([Throttle::PowerCap]);
        reasons.extend(hot.then_some(Throttle::HardwareThermal));
        tick.samples[0].throttle = Some(reasons).filter(|_| second != 10);
        view.take(tick, seconds(u64::from(second)));
    }
    let stretch = |from: u32, to: u32| Stretch { from: f64::from(from), to: f64::from(to) };
    let held = view.held_down(stretch(0, 20));
    assert_eq!(
        held,
        [
            (Throttle::PowerCap, vec![stretch(0, 9), stretch(10, 19)]),
            (Throttle::HardwareThermal, vec![stretch(4, 7), stretch(11, 13)]),
        ]
    );
    assert_eq!(view.held_down(stretch(15, 20)), [(Throttle::PowerCap, vec![stretch(15, 19)])]);
}

#[test]
fn only_so_many_lines_of_a_log_are_kept() {
    let mut view = MonitorView::default();
    let mark = |line: &str| Mark { word: "loss".to_owned(), number: None, line: line.to_owned() };
    for second in 0..3 {
        view.mark(vec![mark("one"), mark("two")], seconds(second));
    }
    assert_eq!((view.log.marks.len(), view.log.marks[5].0), (6, 2.0));
    view.mark(vec![mark("more"); MARKS], seconds(9));
    assert_eq!((view.log.marks.len(), view.log.marks[0].1.line.as_str()), (MARKS, "more"));
}
