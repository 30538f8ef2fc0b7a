# Nach einem Wechsel von Treiber, Karte oder System: was sich geändert hat und welche Umgebungen noch gelten.

recheck-driver = Treiber { $from } → { $to }
recheck-driver-new = Ein Treiber wurde installiert ({ $to })
recheck-driver-gone = Der Treiber ({ $from }) ist weg
recheck-card-replaced = { $from } ersetzt durch { $to }
recheck-card-same = { $name } ersetzt durch eine andere derselben Art
recheck-card-added = { $name } hinzugekommen
recheck-card-removed = { $name } entfernt
recheck-system = { $from } wurde { $to }
recheck-wsl = WSL { $from } → { $to }
recheck-kernel = Kernel von WSL { $from } → { $to }
recheck-engine = { $name } { $from } → { $to }

recheck-holds = Gilt.
recheck-never-proven = Auf diesem PC gilt noch kein Nachweis dafür.
recheck-needs-proof = Sie braucht einen neuen Nachweis; nach den Regeln spricht nichts gegen sie.
recheck-broken = Sie läuft hier nicht mehr.
recheck-files = Ihre Dateien sind nicht mehr, was sie waren: { $how }.
recheck-failed = Die Prüfungen sind auf diesem PC fehlgeschlagen.
recheck-not-proven = Die Prüfungen endeten mit { $verdict }.
recheck-missing = Der Ordner ist weg.
recheck-unknown = Das kann niemand sagen.
recheck-restart = Dieser PC wartet auf einen Neustart; bis dahin sagt nur eine Prüfung von Hand (verify), wie es hiermit steht.

recheck-note-broken = Eine Umgebung läuft nicht mehr
recheck-note-proof = Umgebungen brauchen einen neuen Nachweis
recheck-note-more = { $count ->
    [one] Und eine weitere.
   *[other] Und { $count } weitere.
}
