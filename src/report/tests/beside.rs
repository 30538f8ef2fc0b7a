//! What stands beside the verdict: curves, faults, causes, advice on the hardware.

use super::*;

#[test]
fn the_cards_meanwhile_are_curves_with_the_checks_as_bands() {
    use crate::verify::Reading;
    let mut report = report("rtx5070-healthy");
    assert!(!page(&report).contains("<svg"), "nothing was read");
    let reading = |second: u32| Reading {
        seconds: f64::from(second),
        utilisation_percent: Some(second * 10),
        memory_used_bytes: Some(3 << 30),
        memory_total_bytes: Some(12 << 30),
        watts: Some(200.0),
        limit_watts: Some(250.0),
        ..Reading::default()
    };
    report.readings = (0..=9).map(reading).collect();
    let softmax = report.checks.iter_mut().find(|check| check.check == "softmax").unwrap();
    softmax.span = Some((4.5, 9.0));
    let page = page(&report);
    // No temperature was read: no curve of it.
    assert_eq!((page.matches("<svg").count(), page.matches("<polyline").count()), (3, 3));
    assert!(page.contains("Load, at most 90 %") && page.contains("Memory in use, at most 3.0 GiB"), "{page}");
    let band = "<rect class=\"band\" y=\"0\" height=\"90\" x=\"300.0\" width=\"300.0\"><title>softmax</title></rect>";
    assert_eq!(page.matches(band).count(), 3);
    assert!(page.contains("<line class=\"limit\" x1=\"0\" x2=\"600\" y1=\"15.0\" y2=\"15.0\"/>"), "{page}");
    assert!(page.contains("<polyline points=\"0.0,90.0 66.7,81.0"), "{page}");
}

#[test]
fn what_stands_beside_the_verdict_is_on_the_page() {
    use crate::host::Throttle;
    use crate::monitor::What;
    use crate::verify::{Beside, Cause, Meanwhile, Reported, Slow};
    let mut report = report("rtx5070-healthy");
    let plain = page(&report);
    for words in ["The driver reported a fault", "Slower than expected", "Under load", "Tried once more"] {
        assert!(!plain.contains(words), "{words}");
    }
    let reported = |what| Reported { device: Some(0), what, seconds: 12.0, stretches: vec![(1.0, 13.0)] };
    let all = [What::Xid { number: 79, times: 1 }, What::HeldDown { reason: Throttle::SoftwareThermal }];
    report.meanwhile = Meanwhile { reported: all.map(reported).to_vec(), ..Meanwhile::default() };
    let causes = vec![Cause::Beside(Beside::OnBattery)];
    report.slow = vec![Slow { check: "matmul-bf16".to_owned(), device: 0, share: 0.4, readings: 3, causes }];
    report.readings = vec![crate::verify::Reading { watts: Some(9.0), ..crate::verify::Reading::default() }];
    let full = page(&report);
    let faults = full.find("Xid 79 (GPU has fallen off the bus), 1 ×.").unwrap();
    assert!(faults < full.find("<dl class=\"counts\">").unwrap(), "right below the verdict");
    assert!(full.contains("<p>GPU 0: Matrix product, bfloat16 at 40 % of 61.8 TFLOPS (calculated).</p>"), "{full}");
    assert!(full.contains("<li>The PC ran on its battery"), "{full}");
    assert!(full.contains("<li>GPU 0: Clocks held down for 12 s: Temperature, by the driver.</li>"), "{full}");
    report.level = crate::verify::Level::Soak;
    assert!(page(&report).contains("<li>There are no readings of the card under load.</li>"));
    let wrong = page(&self::report("rtx5070-wrong-softmax"));
    assert!(wrong.contains("Tried once more: in a fresh process failed, on the processor passed."), "{wrong}");
    let cause = "This points to the card or how it is run</p><p>22 of 23 kernels are right on GPU 0, NVIDIA";
    assert!(wrong.contains(cause) && !plain.contains("This points to"), "{wrong}");
}

#[test]
fn advice_on_the_hardware_is_on_the_page_where_there_is_any() {
    let report = report("rtx5070-healthy");
    let of = |facts: &MachineFacts| {
        verification_html(&report, &About { facts: Some(facts), ..About::default() }, catalog(), &english())
    };
    let mut facts = machine();
    facts.driver = MachineFacts::unknown("").driver;
    assert!(!of(&facts).contains("This PC's hardware"));
    let Probed::Found { value: cards, .. } = &mut facts.gpus else { panic!("there is a card") };
    cards[0].board.window_bytes = Some(256 << 20);
    let page = of(&facts);
    let part = &page[page.find("This PC&#39;s hardware").or(page.find("This PC's hardware")).unwrap()..];
    for words in ["GPU 0: Resizable BAR seems to be off", "How to check: nvidia-smi -q", "(https://"] {
        assert!(part.contains(words), "{words} is not in {part}");
    }
}
