# Der Bericht für den Support, wie er vor dem Sichern angesehen wird.

support-entry = Bericht für den Support machen…
support-name = Bericht für den Support
support-title = Der Bericht für den Support
support-lead = Genau das würde gesichert. Lesen Sie es, sichern Sie es, geben Sie es, wem Sie wollen. Gesendet wird nichts.
support-title-busy = Der Bericht entsteht
support-lead-busy = PC, Assistent und der letzte Lauf werden angesehen. Geändert wird nichts.
support-files = Dateien des Berichts
support-file = { $about } ({ $size }, { $lines } Zeilen)
support-hidden = Darin verborgen: { $what }.
support-hidden-nothing = Nichts darin musste verborgen werden.
support-hidden-secret = { $count ->
    [one] 1 Passwort oder Token
   *[other] { $count } Passwörter oder Token
}
support-hidden-private-key = { $count ->
    [one] 1 privater Schlüssel
   *[other] { $count } private Schlüssel
}
support-hidden-home = { $count ->
    [one] 1 mal der Home-Ordner
   *[other] { $count } mal der Home-Ordner
}
support-hidden-user = { $count ->
    [one] 1 Benutzername
   *[other] { $count } Benutzernamen
}
support-hidden-host = { $count ->
    [one] 1 Rechnername
   *[other] { $count } Rechnernamen
}
support-hidden-ip = { $count ->
    [one] 1 IP-Adresse
   *[other] { $count } IP-Adressen
}
support-hidden-mac = { $count ->
    [one] 1 MAC-Adresse
   *[other] { $count } MAC-Adressen
}
support-hidden-email = { $count ->
    [one] 1 E-Mail-Adresse
   *[other] { $count } E-Mail-Adressen
}
support-hidden-gpu = { $count ->
    [one] 1 Kennung einer Karte
   *[other] { $count } Kennungen von Karten
}
support-hidden-serial = { $count ->
    [one] 1 Seriennummer
   *[other] { $count } Seriennummern
}
support-about-doctor-md = Der ganze Bericht zum Lesen, auf Englisch
support-about-doctor-json = Der ganze Bericht als Daten
support-about-machine-json = Dieser PC, wie ihn detect --json nennt
support-about-plan-json = Der Plan des letzten Laufs, wie er bestätigt wurde
support-about-journal-jsonl = Was der letzte Lauf tat, Schritt für Schritt
support-about-report-json = Die Prüfungen des letzten Laufs
support-about-install-log = Das Ende des Protokolls des letzten Laufs
support-about-wizard-log = Das Ende des Protokolls des Assistenten
support-again = Neu machen
support-copy = Diese Datei kopieren
support-save = Bericht sichern…
support-footer = Gesichert, wo Sie wollen, als .zip, .md, .txt oder .json.
