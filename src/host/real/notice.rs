//! Notifications of the system.

use super::super::{Host, HostError, Note};

/// Linux: by `notify-send` where it is installed, else by systemd's own program for the same call of the desktop's service.
#[cfg(target_os = "linux")]
pub fn show(host: &dyn Host, note: &Note) -> Result<(), HostError> {
    use std::time::Duration;
    /// A service that does not answer is no reason to wait.
    const LIMIT: Duration = Duration::from_secs(5);
    let command = linux::command(host, note);
    let ended = super::super::output(host, &command, LIMIT)?;
    if ended.is_success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
    Err(HostError::Start { program: command.program, source: std::io::Error::other(said) })
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{Host, Note};
    use crate::plan::CommandSpec;
    use crate::text::xml::escaped;

    /// What asks the desktop. The text may hold markup there, so that its marks are escaped.
    /// <https://specifications.freedesktop.org/notification-spec/latest/>
    pub fn command(host: &dyn Host, note: &Note) -> CommandSpec {
        let text = note.text.split('\n').map(escaped).collect::<Vec<_>>().join("\n");
        if let Some(program) = host.find_programs("notify-send").into_iter().next() {
            return CommandSpec::new(program, ["--app-name=torch-wizard", "--", &note.title, &text]);
        }
        let service = "org.freedesktop.Notifications";
        let words =
            ["--user", "call", service, "/org/freedesktop/Notifications", service, "Notify", "susssasa{sv}i", "--"];
        // Name, the notification it replaces, icon, title, text, no buttons, no hints, the usual time.
        let values = ["torch-wizard", "0", "", &note.title, &text, "0", "0", "-1"];
        CommandSpec::new("busctl", words.into_iter().chain(values))
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::facts::OsFamily;
        use crate::host::fake::{Script, World};

        #[test]
        fn marks_of_markup_are_escaped_and_a_title_is_no_option() {
            let note = Note { title: "--x & y".to_owned(), text: "Driver 1 → 2.\n<torch> & co".to_owned() };
            let by_bus = command(&World::new(OsFamily::Linux), &note);
            assert_eq!(by_bus.program.to_str(), Some("busctl"));
            let end = ["--x & y", "Driver 1 → 2.\n&lt;torch&gt; &amp; co", "0", "0", "-1"];
            assert_eq!(by_bus.args[by_bus.args.len() - 5..], end);
            let world = World::new(OsFamily::Linux).program("notify-send", Script::exits(0));
            let by_tool = command(&world, &note);
            assert!(by_tool.program.ends_with("notify-send"));
            assert_eq!(by_tool.args[1..3], ["--", "--x & y"]);
        }
    }
}

/// Windows: a toast under a name of our own, which is entered for this user first. A program without a package needs that
/// name and no more.
/// <https://learn.microsoft.com/windows/apps/develop/notifications/app-notifications/send-local-toast-other-apps>
#[cfg(windows)]
pub fn show(_host: &dyn Host, note: &Note) -> Result<(), HostError> {
    use windows::Data::Xml::Dom::XmlDocument;
    use windows::UI::Notifications::{ToastNotification, ToastNotificationManager};
    use windows::core::HSTRING;
    let failed = |source: std::io::Error| HostError::Start { program: "notification".into(), source };
    super::registry::name_for_notifications(NAME).map_err(failed)?;
    let shown = || {
        let document = XmlDocument::new()?;
        document.LoadXml(&HSTRING::from(toast(note)))?;
        let toast = ToastNotification::CreateToastNotification(&document)?;
        ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(NAME))?.Show(&toast)
    };
    shown().map_err(|error: windows::core::Error| failed(std::io::Error::other(error.to_string())))
}

/// The name that Windows knows our notifications by.
#[cfg(windows)]
const NAME: &str = "torch-wizard";

/// A toast in Windows' own form.
#[cfg(any(windows, test))]
fn toast(note: &Note) -> String {
    use crate::text::xml::escaped;
    let (title, text) = (escaped(&note.title), escaped(&note.text));
    let inner = format!("<text>{title}</text><text>{text}</text>");
    format!("<toast><visual><binding template=\"ToastGeneric\">{inner}</binding></visual></toast>")
}

/// Elsewhere there is nobody to ask.
#[cfg(not(any(windows, target_os = "linux")))]
pub fn show(_host: &dyn Host, _note: &Note) -> Result<(), HostError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toast_holds_any_text() {
        let note = Note { title: "A & B".to_owned(), text: "one\ntwo <3".to_owned() };
        assert!(toast(&note).contains("<text>A &amp; B</text><text>one&#10;two &lt;3</text>"), "{}", toast(&note));
    }
}
