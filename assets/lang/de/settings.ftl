# Optionen: jede Änderung gilt sofort.

settings-title = Optionen
settings-lead = Jede Änderung gilt sofort und bleibt für den nächsten Start erhalten.
settings-footer = Aufbewahrt in { $path }

settings-look = Aussehen
settings-theme = Farben
settings-theme-system = Wie das System
settings-theme-light = Hell
settings-theme-dark = Dunkel
settings-language = Sprache
settings-language-system = Wie das System
settings-zoom = Größe
settings-zoom-less = −
settings-zoom-more = +
settings-zoom-less-said = Kleiner
settings-zoom-more-said = Größer
settings-zoom-reset = Zurücksetzen
settings-zoom-now = { $percent } %
settings-zoom-said = Größe: { $percent } %
settings-contrast = Mehr Kontrast
settings-contrast-why = Kräftigere Umrisse, kein grauer Text
settings-motion = Weniger Bewegung
settings-motion-why = Nichts bewegt sich ohne Not

settings-work = Befehle und Fakten
settings-shell = Befehle für
settings-shell-auto = Automatisch
settings-shell-powershell = PowerShell
settings-shell-cmd = Eingabeaufforderung
settings-shell-posix = sh
settings-shell-why = Automatisch ist die auf diesem System übliche Shell: { $shell }.
settings-everything = Alles zeigen
settings-everything-why = Alle Fakten und Rohwerte, nicht nur die entscheidenden
settings-restart = Nach einem Neustart wieder öffnen
settings-restart-why = Wo eine Installation einen Neustart von Windows braucht, kommt das Fenster bei der nächsten Anmeldung wieder, einmal
settings-log-on = Nach der Anmeldung nach den Umgebungen sehen
settings-log-on-why = Eine Minute nach jeder Anmeldung, ohne Last auf der Karte; sagt, wenn ein neuer Treiber oder eine neue Karte eine unbrauchbar macht. Nichts läuft weiter.
settings-log-on-unavailable = Dieses System hat weder die Aufgabenplanung von Windows noch ein systemd des Benutzers.
settings-log-on-asked = Das System wird gefragt …

settings-new = Neue Umgebungen
settings-folder = Ordner für neue Umgebungen
settings-folder-browse = Durchsuchen…
settings-folder-home = Home-Ordner verwenden
settings-folder-why = Leer ist Ihr Home-Ordner, { $home }.
settings-folder-bad = Nennen Sie einen vollständigen Pfad ohne Zeichen, die eine Shell ersetzt.
settings-mirror = Spiegel des torch-Index
settings-mirror-none = Den torch-Index verwenden
settings-mirror-why = Seine Adresse bis vor den Namen der Variante. Leer ist der torch-Index selbst. Eine Änderung prüft diesen PC erneut.
settings-mirror-bad = Das ist keine Adresse, die mit http:// oder https:// beginnt.
settings-typed = Die Eingabetaste oder ein Klick daneben setzt es in Kraft.

settings-places = Ordner und Dateien
settings-place-data = Daten
settings-place-cache = Zwischenspeicher
settings-place-runs = Läufe und ihre Protokolle
settings-place-settings = Datei der Optionen
settings-open-named = Öffnen: { $what }
