# The report for support, as it is looked at before it is saved.

support-entry = Make a report for support…
support-name = Report for support
support-title = The report for support
support-lead = Exactly this would be saved. Read it, save it, then give it to whom you like. Nothing is sent.
support-title-busy = The report is being made
support-lead-busy = The machine, the wizard and the last run are looked at. Nothing is changed.
support-files = Files of the report
support-file = { $about } ({ $size }, { $lines } lines)
support-hidden = Hidden in it: { $what }.
support-hidden-nothing = Nothing in it had to be hidden.
support-hidden-secret = { $count ->
    [one] 1 password or token
   *[other] { $count } passwords or tokens
}
support-hidden-private-key = { $count ->
    [one] 1 private key
   *[other] { $count } private keys
}
support-hidden-home = { $count ->
    [one] 1 home folder
   *[other] { $count } times the home folder
}
support-hidden-user = { $count ->
    [one] 1 user name
   *[other] { $count } user names
}
support-hidden-host = { $count ->
    [one] 1 host name
   *[other] { $count } host names
}
support-hidden-ip = { $count ->
    [one] 1 IP address
   *[other] { $count } IP addresses
}
support-hidden-mac = { $count ->
    [one] 1 MAC address
   *[other] { $count } MAC addresses
}
support-hidden-email = { $count ->
    [one] 1 e-mail address
   *[other] { $count } e-mail addresses
}
support-hidden-gpu = { $count ->
    [one] 1 card identifier
   *[other] { $count } card identifiers
}
support-hidden-serial = { $count ->
    [one] 1 serial number
   *[other] { $count } serial numbers
}
support-about-doctor-md = The whole report, to read
support-about-doctor-json = The whole report, as data
support-about-machine-json = This PC, as detect --json tells it
support-about-plan-json = The plan of the last run, as it was approved
support-about-journal-jsonl = What the last run did, step by step
support-about-report-json = The checks of the last run
support-about-install-log = The end of the last run's log
support-about-wizard-log = The end of the wizard's own log
support-again = Make it again
support-copy = Copy this file
support-save = Save the report…
support-footer = Saved where you choose, as .zip, .md, .txt or .json.
