//! The index and the way to it, while the wheels are fetched.

use super::{Fault, hold};
use crate::index_server::Mischief;
use crate::kills::machine::{Machine, replaced};
use crate::kills::points::{Next, undisturbed};

#[test]
fn the_network() {
    let Some(mut machine) = replaced() else { return };
    // A server in trouble is waited for for minutes.
    machine.world.set("TORCH_WIZARD_TEST_HASTE", "30");
    let whole = undisturbed(&machine);
    let does = |how: Mischief| move |machine: &Machine| machine.world.server.misbehave("/r2/", how);
    let pages = |machine: &Machine| {
        machine.world.server.misbehave("/simple", Mischief::Garbage);
        machine.world.server.misbehave("/whl/cpu/torch/", Mischief::Status(500));
    };
    let half_then = |status: u16| {
        move |machine: &Machine| {
            machine.world.server.misbehave("/r2/", Mischief::Cut { after: 700_000, times: 1 });
            machine.world.server.misbehave("/r2/", Mischief::StatusAfter { answers: 1, status, times: u32::MAX });
        }
    };
    let network = |name: &'static str| Fault { name, fetches: true, ..Fault::default() };
    let storm = |status: u16| does(Mischief::StatusAfter { answers: 0, status, times: 3 });
    hold(
        "network",
        &machine,
        &whole,
        &[
            Fault {
                strike: &does(Mischief::Cut { after: 123_457, times: 7 }),
                codes: &[0],
                ..network("drops at odd bytes")
            },
            Fault {
                strike: &does(Mischief::Cut { after: 0, times: u32::MAX }),
                codes: &[4],
                ..network("goes away and comes back")
            },
            Fault {
                strike: &does(Mischief::Cut { after: 0, times: u32::MAX }),
                codes: &[4],
                next: Next::Rollback,
                ..network("goes away for good")
            },
            Fault {
                strike: &does(Mischief::Length(1000)),
                codes: &[0, 1, 4],
                ..network("says that more comes than does")
            },
            Fault {
                strike: &does(Mischief::Length(-1000)),
                codes: &[0, 1, 4],
                ..network("says that less comes than does")
            },
            Fault { strike: &does(Mischief::OtherContent), ..network("serves other bytes") },
            Fault {
                strike: &does(Mischief::OtherContent),
                next: Next::Rollback,
                ..network("serves other bytes, undone")
            },
            Fault { strike: &does(Mischief::LoginPage), codes: &[1, 4], ..network("wants a log-in") },
            Fault { strike: &does(Mischief::Status(404)), codes: &[1, 4], ..network("has lost the file") },
            Fault { strike: &half_then(404), codes: &[1, 4], ..network("loses the file half-way") },
            Fault { strike: &half_then(403), codes: &[1, 4], next: Next::Rollback, ..network("refuses half-way") },
            Fault { strike: &storm(429), codes: &[0], ..network("is asked too often, three times") },
            Fault { strike: &storm(503), codes: &[0], ..network("is overloaded, three times") },
            Fault { strike: &does(Mischief::Status(503)), codes: &[4], ..network("stays overloaded") },
            Fault { strike: &does(Mischief::Redirect), codes: &[0], ..network("sends elsewhere") },
            Fault { strike: &does(Mischief::RedirectLoop), codes: &[1, 4], ..network("sends in circles") },
            Fault { strike: &pages, codes: &[0], ..network("has other pages since the plan") },
        ],
    );
}
