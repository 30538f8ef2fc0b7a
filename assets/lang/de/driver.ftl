# Welchen Treiber die Karten wollen, und wie man an ihn kommt.

driver-name = Der Treiber, der zu nehmen ist
driver-entry = Welcher Treiber?…
driver-title-yes = Der Treiber passt zur Karte
driver-title-partly = Ein neuerer Treiber brächte das neueste PyTorch
driver-title-no = Ein anderer Treiber wird gebraucht
driver-title-unknown = Welcher Treiber da ist, ließ sich nicht sagen
driver-title-none = Kein Treiber lässt sich nennen
driver-title-busy = Dieser PC wird angesehen
driver-lead = torch-wizard installiert keinen Treiber: Diese Seite sagt, welchen, woher, und was davor und danach zu tun ist.
driver-lead-yes = Es ist nichts zu tun.
driver-there = Installiert
driver-take-title = Zu nehmen
driver-take-later = Wenn Sie trotzdem erneuern
driver-take = Zweig { $branch }. Mit jedem Treiber ab { $least } läuft das neueste PyTorch für die Karten.
driver-take-until = Zweig { $branch }, der bis { $until } gepflegt wird. Mit jedem Treiber ab { $least } läuft das neueste PyTorch für die Karten.
driver-take-last = Zweig { $branch }, { $least } oder neuer, und kein späterer Zweig.
driver-take-last-until = Zweig { $branch }, { $least } oder neuer, und kein späterer Zweig. Er wird bis { $until } gepflegt.
driver-steps = Was zu tun ist, der Reihe nach
driver-open-page = Die Seite öffnen
driver-come-back = Den Assistenten nach dem Neustart wieder öffnen
driver-copy = Kopieren
driver-copy-name = Kopieren: { $what }
driver-footer = Der Assistent sieht sich den Treiber bei jedem Start wieder an.
