# Schritt 3: der Plan, bevor etwas geändert wird.

review-title = { $what } kann installiert werden
review-lead = Genau diese Befehle werden ausgeführt, in dieser Reihenfolge. Sonst nichts.
review-title-busy = Der Plan entsteht
review-lead-busy = Jetzt werden die Pakete nachgeschlagen, damit der Plan jede Datei nennt. Installiert wird nichts.
review-title-failed = Noch gibt es keinen Plan
review-title-folder = Dieser Ordner geht nicht
review-lead-folder = Die Pakete stehen fest; der Plan braucht einen anderen Ort.
review-lead-folder-first = Der Plan braucht einen anderen Ort.
review-title-fixed = Der Plan für { $what }
review-lead-fixed = Nur zum Lesen: damit wurde der Lauf begonnen.

review-doing-begins = Ordner und Python werden angesehen
review-doing-resolving = Pakete werden aufgelöst
review-doing-sizes = Größen der Dateien werden erfragt
review-doing-uv = uv wird geladen
review-waited-not = Das dauert einige Sekunden.
review-waited = Seit { $seconds } s.

review-where = Ort
review-where-hint = ein Ordner, den der Plan nennt
review-choose = Auswählen…
review-checking = Der Ordner wird geprüft…
review-replace = Was dort steht, ersetzen, sobald das Neue nachgewiesen ist
review-python = Python
review-python-decide = Der Assistent entscheidet
review-python-decided = Der Assistent entscheidet ({ $version })
review-unfit-one = { $count } Python, das nicht passt
review-unfit-many = { $count } Pythons, die nicht passen
review-engine = Werkzeug
review-engine-auto = automatisch
review-audio = Mit torchaudio

review-packages = Pakete
review-download = höchstens zu laden
review-disk = auf der Platte, geschätzt
review-time = Dauer, geschätzt
review-unknown = nicht bekannt
review-time-seconds = { $low } bis { $high } s
review-time-minutes = { $low } bis { $high } min
review-time-minutes-one = etwa { $high } min
review-time-long = { $low } bis { $high }
review-seconds = etwa { $seconds } s

review-step = { $number }. { $title }
review-step-environment = Die Umgebung neben ihrem Platz anlegen
review-step-download = Die Wheels laden und ihre Hashes prüfen
review-step-pins = Die Pins mit den Hashes schreiben
review-step-install = Die Pakete entpacken und verknüpfen
review-step-rehome = Die Skripte auf den endgültigen Platz einstellen
review-step-verify = Kernel auf der GPU ausführen und mit einer Referenz vergleichen
review-step-verify-cpu = Kernel auf dem Prozessor ausführen und mit einer Referenz vergleichen
review-step-promote = Die Umgebung an ihren Platz verschieben
review-copy = Befehl { $number } kopieren
review-by-check = Das eigene Prüfprogramm von torch-wizard, ausgeführt vom Python der neuen Umgebung.
review-by-you = Das tun Sie; danach geht torch-wizard weiter.
review-by-itself = Das macht torch-wizard selbst; kein anderes Programm wird gestartet.

review-administrator = Ein Schritt braucht Administratorrechte
review-administrator-text = Ihr System fragt danach, wenn dieser Schritt beginnt. Kein anderer Schritt hat sie.
review-restart = Ein Neustart ist nötig
review-restart-text = Der Assistent sagt, wann, und macht danach an derselben Stelle weiter. Von selbst startet er nie neu.
review-consent = Das lädt { $size }, viel mehr, als der Prozessor braucht
review-consent-text = Der kleine Build für den Prozessor ist von hier nicht erreichbar, darum wird ein Build für GPUs geladen und auf dem Prozessor benutzt. Mit „Installieren“ stimmen Sie diesem Download zu.
review-replaces = { $path } wird ersetzt
review-replaces-text = Es bleibt unberührt, bis das Neue nachgewiesen ist. Dann wird es entfernt, und das lässt sich nicht rückgängig machen.

review-writes = Schreibt
review-writes-new = Einen neuen Ordner: { $path }. Er entsteht neben seinem Platz und wird am Ende dorthin verschoben.
review-writes-replaced = Den Ordner { $path } neu. Das Neue entsteht daneben und nimmt am Ende seinen Platz ein.
review-own = Eigene Ordner
review-keeps = Lässt
review-keeps-all = Alles andere. Treiber, andere Umgebungen und Ihre Einstellungen werden nicht geändert.
review-keeps-replaced = Alles andere, und die alte Umgebung, bis die neue nachgewiesen ist. Der Treiber wird nicht geändert.
review-undo = Rückgängig
review-undo-new = Den Ordner { $path } löschen.
review-undo-replaced = Vor dem Ende abbrechen: die alte Umgebung ist dann noch da. Danach gibt es keinen Weg zurück.
review-hosts = Spricht mit
review-brings = Lädt auch
review-brings-uv = uv, in den eigenen Ordner von torch-wizard: { $path }
review-brings-python = Python { $version }, durch uv; kein anderes Python wird geändert.
review-cleared = Nicht weitergegeben

review-packages-fold = Pakete ({ $count })
review-hashes-all = Jede Datei wird gegen ihren Hash geprüft, bevor sie benutzt wird.
review-hashes-some = Für { $count } davon nennt der Index keinen Hash; er wird beim Laden berechnet und in die Pins geschrieben.
review-hash-known = SHA-256 bekannt
review-hash-unknown = kein Hash im Index
review-reasons = Warum dieser Weg
review-source = Quelle: { $source }
review-export = Denselben Plan ausgeben als
review-export-as = Ausgeben als { $form }
review-export-hashes = Skripte brauchen den Hash jeder Datei, und der Index nennt nicht alle. pylock.toml und JSON gehen.
review-export-linux = Ein Dockerfile braucht Pakete für Linux; die dieses Plans sind für dieses System.

review-install = Installieren: PyTorch { $version } für { $card } ({ $size })
review-install-unsized = Installieren: PyTorch { $version } für { $card }
review-the-processor = den Prozessor
review-this-pc = diesen PC
review-cards = { $count } Karten
review-footer = Geändert wird erst mit „Installieren“.
review-footer-checking = Der Ordner wird geprüft…
review-footer-folder = Zum Installieren fehlt ein brauchbarer Ordner.
review-footer-fixed = Der Plan eines Laufs wird nicht mehr geändert.
review-to-run = Zurück zum Lauf
