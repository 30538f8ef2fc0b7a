# Wörter jeder Seite: Leiste, Fußzeile, Schaltflächen, Fragen, kurze Meldungen.

amount-of = { $done } von { $total }

step-detect = Diesen PC prüfen
step-choose = Weg wählen
step-review = Plan ansehen
step-run = Installieren
step-verify = Nachweisen
step-done = Fertig
step-state-done = erledigt
step-state-current = aktueller Schritt
step-state-open = verfügbar
step-state-locked = noch nicht verfügbar
step-verdict-proven = nachgewiesen
step-verdict-failed = gescheitert
step-verdict-no-gpu = keine GPU
step-verdict-cpu-only = auf dem Prozessor
step-verdict-incomplete = nicht nachgewiesen
step-said = Schritt { $number } von { $count }: { $name }, { $state }

rail-home = Umgebungen
rail-monitor = GPU-Monitor
rail-diagnose = Protokoll deuten
rail-settings = Optionen
rail-help = Hilfe
rail-simulated = Simulierte GPU
rail-simulated-why = Eine Bibliothek spielt den NVIDIA-Treiber. Nichts davon wird je nachgewiesen genannt.

button-back = Zurück
button-cancel = Abbrechen
button-close = Schließen
button-finish = Abschließen
button-install = Installieren
button-review = Plan ansehen
button-rescan = Erneut prüfen
button-routes = Andere Wege…
button-copy-all = Alles kopieren
button-open-folder = Ordner öffnen
button-resume = Fortsetzen
button-remove = Entfernen
button-retry = Erneut versuchen
button-skip = Überspringen
button-verify-full = Mehr prüfen
button-verify-soak = Belastungstest
button-verify-again = Erneut ausführen
button-save-report = Bericht speichern…

nothing-changed = An diesem PC wurde nichts geändert.

problem-evidence = Das Protokoll zeigt es in Zeile { $line }
problem-copy-details = Einzelheiten kopieren

notice-copied = Kopiert
notice-first-file = Eine Datei auf einmal: { $what } wird gelesen
notice-saved = Gespeichert als { $what }
notice-same = { $what } ist schon, was es damals war.
notice-sound = An den Dateien von { $what } ist nichts falsch. Ob sie läuft, sagen die Prüfungen.
notice-comes-back = Nach dem nächsten Neustart öffnet sich das Fenster einmal von selbst.
notice-comes-not-back = Das ließ sich nicht einrichten. Bitte den Assistenten nach dem Neustart selbst öffnen.
notice-done = { $what }
notice-trouble = { $what }

dialog-no = Abbrechen
dialog-close-title = Eine Installation läuft
dialog-close-text = Sie kann gefahrlos angehalten werden: Geladenes bleibt erhalten, und beim nächsten Start können Sie fortsetzen. Was vorher da war, bleibt unberührt.
dialog-close-no = Weitermachen
dialog-close-yes = Anhalten und schließen
dialog-remove-title = Diese Umgebung löschen?
dialog-remove-text = Der Ordner wird mit allem darin gelöscht. Das lässt sich nicht rückgängig machen.
dialog-remove-yes = Löschen
dialog-save-title = In eine Datei speichern
dialog-save-label = Datei
dialog-save-browse = Durchsuchen…
dialog-save-yes = Speichern

correct-yes = Übernehmen
correct-card-title = Welche Karte steckt in diesem PC?
correct-card-text = Ihre Antwort tritt an die Stelle des Gefundenen. Der Nachweis muss trotzdem auf der echten Karte gelingen.
correct-card-list = Bekannte Karten
correct-card-none = Keine NVIDIA-Karte
correct-card-label = Name oder Compute Capability
correct-card-bad = Das ist weder eine bekannte Karte noch eine Compute Capability wie 12.0.
correct-driver-title = Welcher NVIDIA-Treiber ist installiert?
correct-driver-text = Ihre Antwort tritt an die Stelle des Gefundenen. nvidia-smi zeigt die Version, ebenso NVIDIAs Systemsteuerung.
correct-driver-label = Treiberversion
correct-driver-bad = Das ist keine Treiberversion wie 581.57.
correct-system-title = Welcher Build von Windows ist das?
correct-system-text = Ihre Antwort tritt an die Stelle des Gefundenen. winver zeigt den Build von Windows; unter Linux zeigt ldd --version die GNU-C-Bibliothek.
correct-system-label = Build oder Version der C-Bibliothek
correct-system-bad = Das ist weder ein Build von Windows wie 19045 noch eine Version der C-Bibliothek wie 2.35.
correct-python-title = Welches Python soll verwendet werden?
correct-python-text = Der Interpreter, aus dem die neue Umgebung entsteht.
correct-python-label = Pfad des Interpreters
correct-python-bad = Nennen Sie den Pfad eines Interpreters.
