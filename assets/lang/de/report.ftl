# Der Bericht einer Prüfung und die Referenzkarte: Seiten zum Aufheben, Drucken und Weitergeben.

report-title = PyTorch-Prüfung
report-how = Jede Prüfung lief im Python der Umgebung und wurde mit einer float64-Referenz des Prozessors verglichen. Eine Prüfung, die nicht lief, zählt nicht als bestanden.
report-made-by = Erstellt mit torch-wizard { $version }.

report-proven = PyTorch läuft auf Ihrer GPU
report-proven-lead = { $torch }: { $passed } Prüfungen liefen und stimmen mit der Referenz überein.
report-all-proven = PyTorch läuft auf Ihren GPUs
report-all-proven-lead = { $torch }: { $passed } Prüfungen liefen auf den gewählten Karten und stimmen mit der Referenz überein.
report-wrong-result = Ihre GPU rechnet nicht richtig
report-wrong-result-lead = { $torch }: Ein Ergebnis liegt außerhalb seiner Toleranz. Bestanden: { $passed }, nicht bestanden: { $others }.
report-not-loaded = PyTorch konnte nicht geladen werden
report-not-loaded-lead = Der Import ist gescheitert, deshalb lief nichts auf einer Karte. Der Grund steht in der Tabelle der Prüfungen.
report-not-on-every-card = PyTorch läuft nicht auf jeder gewählten GPU
report-not-on-every-card-lead = { $torch } läuft auf einem Teil der Karten und ist auf anderen gescheitert. Bestanden: { $passed }, nicht bestanden: { $others }.
report-does-not-run = PyTorch läuft nicht auf Ihrer GPU
report-does-not-run-lead = { $torch }: Eine Prüfung endete mit einem Fehler. Bestanden: { $passed }, nicht bestanden: { $others }.
report-no-gpu = Keine nutzbare NVIDIA-Karte gefunden
report-no-gpu-lead = Auf einer GPU ist nichts nachgewiesen. { $torch } hat ohne Karte { $passed } Prüfungen bestanden.
report-processor-failed = PyTorch arbeitet auf Ihrem Prozessor nicht richtig
report-processor-failed-lead = { $torch } wurde nur auf dem Prozessor geprüft. Bestanden: { $passed }, nicht bestanden: { $others }.
report-cpu-build = Dieses PyTorch kann keine GPU nutzen
report-cpu-build-lead = { $torch } wurde ohne CUDA gebaut. Auf einer GPU ist nichts nachgewiesen; auf dem Prozessor sind { $passed } Prüfungen bestanden.
report-cpu-asked = PyTorch wurde nur auf dem Prozessor geprüft
report-cpu-asked-lead = Auf einer GPU ist nichts nachgewiesen, weil keine geprüft werden sollte. { $torch } hat auf dem Prozessor { $passed } Prüfungen bestanden.
report-incomplete = Nicht nachgewiesen: Es liefen nicht alle Prüfungen
report-incomplete-lead = { $torch }: Etwas, das hätte laufen sollen, wurde übersprungen, brauchte zu lange oder stürzte ab; ein falsches Ergebnis gab es nicht. Bestanden: { $passed }, nicht bestanden: { $others }.
report-simulated = Simulierte GPU: nichts ist nachgewiesen
report-simulated-lead = Eine Bibliothek hat die Karte gespielt, deshalb sagen diese Ergebnisse nichts über echte Hardware. Bestanden: { $passed }, nicht bestanden: { $others }.

report-count-passed = Bestanden
report-count-failed = Gescheitert
report-count-unfinished = Nicht beendet
report-count-skipped = Übersprungen

report-what = Was geprüft wurde
report-subject = Umgebung
report-taken-at = Geprüft
report-system = System
report-driver = NVIDIA-Treiber
report-torch = PyTorch
report-torch-none = nicht geladen
report-runtime = CUDA-Runtime im Wheel
report-runtime-none = keine: für den Prozessor gebaut
report-arch-list = Kompiliert für
report-label = Bekannter Fehler
report-none = keiner
report-unknown = unbekannt

report-devices = Karten
report-devices-none = Es wurde keine Karte geprüft.
report-devices-caption = Jede Karte mit ihrem Befund und den Kerneln, die dieses PyTorch für sie hat
report-device = Karte
report-device-name = { $index }: { $name }
report-device-number = Karte { $index }
report-on-device = (Karte { $index })
report-verdict = Befund
report-capability = Compute Capability
report-kernels = Kernel
report-device-proven = Nachgewiesen
report-device-failed = Gescheitert
report-device-not-proven = Nicht nachgewiesen
report-kernels-native = für diese Karte kompiliert
report-kernels-same-major = für eine ältere Karte derselben Generation kompiliert
report-kernels-ptx = PTX, vom Treiber beim ersten Gebrauch kompiliert
report-kernels-none = keine, die auf dieser Karte laufen

report-curves = Die Karten dabei
report-curves-what = Was der Treiber sagte, während die Prüfungen liefen, von der ersten Sekunde links bis zur letzten; die Bänder sind die Prüfungen, die sich unter dem Zeiger nennen.
report-curves-ours = Der Treiber nannte das Prüfprogramm unter denen, die auf dieser Karte rechnen.
report-curves-not-ours = Der Treiber nannte das Prüfprogramm auf dieser Karte nicht; in Containern und WSL heißen Prozesse anders, und unter Windows nennt er nicht alle.
report-curve-load = Auslastung
report-curve-memory = Belegter Speicher
report-curve-temperature = Temperatur
report-curve-power = Leistung
report-curve-clock = Kerntakt
report-curve-said = { $figure }, höchstens { $highest } { $unit }
report-checks = Prüfungen
report-checks-caption = Die Prüfungen in der Reihenfolge, in der sie liefen; wo bekannt ist, was die Karte bestenfalls leistet, steht es bei der Geschwindigkeit
report-check = Prüfung
report-result = Ergebnis
report-time = Zeit
report-speed-column = Geschwindigkeit
report-error = Fehler / erlaubt
report-group-installation = Die Installation und der Prozessor
report-passed = Bestanden
report-failed = Gescheitert
report-skipped = Übersprungen
report-timed-out = Zeit überschritten
report-crashed = Abgestürzt
report-milliseconds = { $number } ms
report-speed = { $measured } { $unit }
report-speed-of = { $measured } von { $expected } { $unit } ({ $percent } %)
report-speed-of-calculated = { $measured } von { $expected } { $unit } ({ $percent } %, berechnet)
report-error-of = { $error } / { $allowed }


report-not-run = Was nicht lief
report-skipped-why = übersprungen: { $why }
report-no-reason = ohne Angabe eines Grundes
report-not-reached = wurde nicht erreicht

card-title = PyTorch auf diesem PC
card-proven-under = Nachgewiesen am { $at } mit Treiber { $driver }. Prüfen Sie nach einem Treiber-Update erneut.
card-proven-at = Nachgewiesen am { $at }. Prüfen Sie nach einem Treiber-Update erneut.
card-checked-at = Zuletzt geprüft am { $at }.
card-never-checked = Die Kernel liefen noch nicht auf der Karte.
card-simulated = Eine Bibliothek spielt die Karte, deshalb sagt keine Prüfung etwas über echte Hardware.
card-not-proven = Diese Umgebung ist nicht nachgewiesen

card-machine = Dieser PC
card-gpu = GPU
card-gpu-line = { $name } · Compute Capability { $capability }
card-gpu-none = keine NVIDIA-Karte
card-gpu-more = und { $count } weitere Arten von Karten
card-processor = Prozessor, Speicher

card-torch = Was installiert ist
card-torchvision = torchvision
card-torchaudio = torchaudio
card-variant = Variante
card-python = Python
card-index = Quelle

card-speeds = Gemessene Geschwindigkeiten

card-use = Verwenden
card-environment = Umgebung
card-activate-powershell = Aktivieren in PowerShell
card-activate-cmd = Aktivieren in der Eingabeaufforderung
card-activate-sh = Aktivieren in einer Shell
card-editor = Python für einen Editor
card-notebook = Notebook: Kernel holen
card-notebook-register = Notebook: Kernel anmelden

card-keep = Pflegen
card-verify = Erneut prüfen
card-resume = Unterbrochene Installation fortsetzen
card-rollback = Unterbrochene Installation rückgängig machen
card-remove = Umgebung löschen
card-lock = Genaue Versionen und Hashes
card-log = Protokoll der Installation

card-made-by = Erstellt mit torch-wizard { $version } am { $at }.
