//! The event log of Windows, where the driver and the system write why a program or the card died.
//!
//! Asked by `wevtutil`, which every Windows has and every user may run; as XML, whose names are the same in every language.
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/wevtutil>

use super::{LIMIT, MOST};
use crate::host::{Host, output};
use crate::plan::CommandSpec;
use std::time::{Duration, SystemTime};

/// The clock of the log may be a little behind.
const ROUND: Duration = Duration::from_secs(2);

/// Providers with their numbers.
type Events = &'static [(&'static str, &'static [u32])];

/// Which log, and which events in it: the provider and its numbers (none: all of them).
/// `nvlddmkm` is the driver (13, 14, 153 are Xids and resets), `Display` 4101 a driver that did not answer and was reset,
/// 2004 of the last too little virtual memory; `Application Error` 1000 names the module that a program died in.
const ASKED: [(&str, Events); 2] = [
    ("System", &[("nvlddmkm", &[]), ("Display", &[4101]), ("Microsoft-Windows-Resource-Exhaustion-Detector", &[2004])]),
    ("Application", &[("Application Error", &[1000])]),
];

/// The events since that moment, one line each.
pub(super) fn words(host: &dyn Host, since: SystemTime) -> Vec<String> {
    let since = crate::time::text(since.checked_sub(ROUND).unwrap_or(since));
    let of_log = |(log, events): &(&str, Events)| {
        let query = format!("/q:{}", query(events, &since));
        let count = format!("/c:{MOST}");
        let command = CommandSpec::new("wevtutil", ["qe", *log, &query, "/f:xml", &count]);
        let found = output(host, &command, LIMIT).ok();
        found.map(|found| lines(&String::from_utf8_lossy(&found.stdout))).unwrap_or_default()
    };
    ASKED.iter().flat_map(of_log).take(MOST).collect()
}

/// The `XPath` of these events since a moment.
fn query(events: Events, since: &str) -> String {
    let of_provider = |(provider, numbers): &(&str, &[u32])| {
        let numbers: Vec<String> = numbers.iter().map(|number| format!("EventID={number}")).collect();
        let which = if numbers.is_empty() { String::new() } else { format!(" and ({})", numbers.join(" or ")) };
        format!("(Provider[@Name='{provider}']{which})")
    };
    let events: Vec<String> = events.iter().map(of_provider).collect();
    format!("*[System[({}) and TimeCreated[@SystemTime>='{since}']]]", events.join(" or "))
}

/// Each event as `event log: PROVIDER NUMBER: its data`.
fn lines(xml: &str) -> Vec<String> {
    // The tool writes one event after the other, without a root.
    let whole = format!("<Events>{xml}</Events>");
    let Ok(document) = roxmltree::Document::parse(&whole) else { return Vec::new() };
    let events = document.root_element().children().filter(|node| node.tag_name().name() == "Event");
    events.filter_map(line).collect()
}

fn line(event: roxmltree::Node<'_, '_>) -> Option<String> {
    let named = |name: &'static str| move |node: &roxmltree::Node<'_, '_>| node.tag_name().name() == name;
    let system = event.children().find(named("System"))?;
    let provider = system.children().find(named("Provider"))?.attribute("Name")?;
    let number = system.children().find(named("EventID"))?.text()?;
    let data = event.children().find(named("EventData")).into_iter().flat_map(|data| data.children());
    let words: Vec<&str> = data
        .filter(named("Data"))
        .filter_map(|data| data.text())
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    Some(
        format!("event log: {provider} {number}: {}", words.join(" ")).split_whitespace().collect::<Vec<_>>().join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::{Script, World};

    /// As `wevtutil` writes it: no root, names in quotes of the other kind.
    const RESET: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='nvlddmkm'/><EventID Qualifiers='49322'>153</EventID>\
        <TimeCreated SystemTime='2026-11-30T05:00:00.1234567Z'/></System>\
        <EventData><Data>\\Device\\Video3</Data><Data>Error occurred on GPUID: 100</Data></EventData></Event>";
    const DIED: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='Application Error'/><EventID>1000</EventID></System><EventData>\
        <Data Name='AppName'>python.exe</Data><Data Name='ModuleName'>nvcuda64.dll</Data>\
        <Data Name='ExceptionCode'>c0000005</Data></EventData></Event>";

    #[test]
    fn events_are_told_in_one_line_each_whatever_the_language() {
        let found = lines(&format!("{RESET}\r\n{DIED}"));
        assert_eq!(
            found,
            [
                "event log: nvlddmkm 153: \\Device\\Video3 Error occurred on GPUID: 100",
                "event log: Application Error 1000: python.exe nvcuda64.dll c0000005",
            ]
        );
        assert!(lines("Access is denied.").is_empty() && lines("").is_empty());
    }

    #[test]
    fn both_logs_are_asked_for_what_was_written_since() {
        let since = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_002);
        let display = "*[System[((Provider[@Name='nvlddmkm']) or (Provider[@Name='Display'] and (EventID=4101)) or \
            (Provider[@Name='Microsoft-Windows-Resource-Exhaustion-Detector'] and (EventID=2004))) and \
            TimeCreated[@SystemTime>='2026-05-28T20:26:40.000Z']]]";
        let query = format!("/q:{display}");
        let args = ["qe", "System", &query, "/f:xml", "/c:8"];
        let world = World::new(OsFamily::Windows).program_with("wevtutil", &args, Script::prints(RESET));
        assert_eq!(words(&world, since), ["event log: nvlddmkm 153: \\Device\\Video3 Error occurred on GPUID: 100"]);
    }
}
