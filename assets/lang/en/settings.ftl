# Settings: every change holds at once.

settings-title = Settings
settings-lead = Every change holds at once and is kept for the next start.
settings-footer = Kept in { $path }

settings-look = Look
settings-theme = Theme
settings-theme-system = As the system
settings-theme-light = Light
settings-theme-dark = Dark
settings-language = Language
settings-language-system = As the system
settings-zoom = Size
settings-zoom-less = −
settings-zoom-more = +
settings-zoom-less-said = Smaller
settings-zoom-more-said = Larger
settings-zoom-reset = Reset
settings-zoom-now = { $percent } %
settings-zoom-said = Size: { $percent } %
settings-contrast = More contrast
settings-contrast-why = Stronger outlines, no grey text
settings-motion = Less motion
settings-motion-why = Nothing moves that need not

settings-work = Commands and facts
settings-shell = Commands for
settings-shell-auto = Automatic
settings-shell-powershell = PowerShell
settings-shell-cmd = Command Prompt
settings-shell-posix = sh
settings-shell-why = Automatic is the shell that people of this system use: { $shell }.
settings-everything = Show everything
settings-everything-why = All facts and raw values, not only those that decide
settings-restart = Open again after a restart
settings-restart-why = Where an install needs a restart of Windows, the window comes back at the next log-in, once
settings-log-on = Look at the environments after log-on
settings-log-on-why = A minute after each log-on, without load on the card; tells you if a new driver or card breaks one. Nothing stays running.
settings-log-on-unavailable = This system has neither Windows' task scheduler nor a systemd of the user.
settings-log-on-asked = Asking the system …

settings-new = New environments
settings-folder = Folder for new environments
settings-folder-browse = Browse…
settings-folder-home = Use the home folder
settings-folder-why = Empty is your home folder, { $home }.
settings-folder-bad = Name a whole path, without characters that a shell expands.
settings-mirror = Mirror of the torch index
settings-mirror-none = Use the torch index
settings-mirror-why = Its address as far as the name of the variant. Empty is the torch index itself. A change checks this PC again.
settings-mirror-bad = This is no address that begins with http:// or https://.
settings-typed = Enter, or a click elsewhere, puts it in force.

settings-places = Folders and files
settings-place-data = Data
settings-place-cache = Cache
settings-place-runs = Runs and their logs
settings-place-settings = Settings file
settings-open-named = Open: { $what }
