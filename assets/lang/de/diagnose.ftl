# Die Ursache in einem Protokoll: wie es hereinkommt, was es zeigt, was hilft. Wie ein Fehler heißt, was er ist und was hilft,
# kommt aus dem Katalog; die Wörter darum herum sind die des Befehls.

diagnose-entry = Ursache eines Fehlers finden…
diagnose-title = Die Ursache in einem Protokoll finden
diagnose-lead = Fügen Sie ein, was ein Programm ausgab, als es scheiterte, oder wählen oder ziehen Sie seine Protokolldatei hierher: Diese Seite sagt, was schiefging und was hilft. Gelesen wird es hier, gesendet nirgendwohin.
diagnose-title-busy = Die Ursache wird gesucht
diagnose-lead-busy-text = Der Text, den Sie eingefügt haben, wird gelesen.
diagnose-lead-busy-file = { $path } wird gelesen.
diagnose-title-unread = Das Protokoll lässt sich nicht lesen
diagnose-lead-text = Nichts wurde gelesen.
diagnose-lead-file = { $path }
diagnose-title-sure = Das Protokoll zeigt die Ursache
diagnose-title-likely = Das Protokoll zeigt eine wahrscheinliche Ursache
diagnose-title-possible = Das Protokoll zeigt eine mögliche Ursache
diagnose-title-unknown = Nicht erkannt
diagnose-title-fine = In diesem Protokoll wurde kein Fehler gefunden
diagnose-lead-answer-text = Gefunden in dem Text, den Sie eingefügt haben.
diagnose-lead-answer-file = Gefunden in { $path }.

diagnose-text = Text des Protokolls
diagnose-hint = Hier ein Protokoll einfügen oder seine Datei ablegen
diagnose-pasted = Eingefügter Text: { $size }, { $lines } Zeilen
diagnose-file = Protokolldatei
diagnose-file-open = Protokolldatei öffnen
diagnose-browse = Datei wählen…
diagnose-other-file = Andere Datei wählen…
diagnose-clear = Leeren
diagnose-of-this-pc = Dieses Protokoll ist von diesem PC: die Antwort an seinem Treiber, seiner Karte und seinem torch messen
diagnose-drop = Das Protokoll hier ablegen
diagnose-progress = Wie viel des Protokolls gelesen ist
diagnose-read = { $done } sind gelesen

diagnose-sure-sure = sicher
diagnose-sure-likely = wahrscheinlich
diagnose-sure-possible = möglich
diagnose-evidence = Die Zeile, die es zeigt
diagnose-evidence-unknown = Zeilen, die am meisten sagen
diagnose-evidence-fine = Es sagt selbst
diagnose-line = Zeile { $line }: { $words }
diagnose-here = Was dieser PC dazu sagt
diagnose-check = Um sicherzugehen
diagnose-remedy = Was hilft
diagnose-copy = Befehl { $number } kopieren
diagnose-copy-lines = Zeilen kopieren
diagnose-do-resume = Installation fortsetzen
diagnose-do-repair = Die Umgebung reparieren
diagnose-do-routes = Zu den Wegen
diagnose-do-environments = Zu den Umgebungen
diagnose-also = Auch vorhanden
diagnose-perhaps = Vielleicht, oder was daraus folgt

diagnose-unknown = Hier stimmt etwas nicht, und die Ursache ist keine der bekannten
diagnose-unknown-next = Was Sie tun können
diagnose-unknown-before = Nehmen Sie mehr vom Protokoll: Die Ursache steht oft weit vor der letzten Zeile.
diagnose-unknown-ask = Kopieren Sie die Zeilen und fragen Sie damit dort, wo die Hersteller des Programms Fragen beantworten.
diagnose-unknown-report = Schicken Sie mit, was über diesen PC bekannt ist: den Bericht für den Support.
diagnose-fine-still = Wenn trotzdem etwas fehlschlägt, endet das Protokoll vielleicht zu früh, oder der Fehler steht anderswo: Nehmen Sie alles, was das Programm ausgab.

diagnose-find = Ursache finden
diagnose-again = Erneut lesen
diagnose-footer = Was Sie einfügen oder ablegen, bleibt in diesem Fenster.
