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
support-again = Neu machen
support-copy = Diese Datei kopieren
support-save = Bericht sichern…
support-footer = Gesichert, wo Sie wollen, als .zip, .md, .txt oder .json.
