# Was Pläne den Gründen eines Urteils hinzufügen, und was an einer Umgebung nicht stimmt.
# Ein Schlüssel ist `reason-` und der Code; was in Klammern steht, wird eingesetzt.

reason-night-kept = Genau dieser Satz mit torch { $torch } wurde auf diesem PC schon bewiesen; er wird wieder genommen, seine Wheels liegen noch hier.
reason-source-alone = Gebaut wird nur torch. Was dazugehört, etwa torchvision, kann danach dafür übersetzt werden.

reason-repair-cpu-torch = torch { $torch } ist ein Build für den Prozessor, und dieser PC hat eine Karte dafür.
reason-repair-wrong-variant = torch { $torch } passt nicht zu Karte und Treiber dieses PCs.
reason-repair-no-torch = Es ist kein torch mehr da, und andere Pakete verlangen es.
reason-repair-damaged = { $package } ist beschädigt: { $how }.
reason-repair-twice = { $package } ist mehrfach eingetragen: { $versions }.
reason-repair-other-torch = { $package } { $version } gehört zu einem anderen torch: Es verlangt { $wants }.
reason-repair-other-variant = { $package } { $version } ist ein Build einer anderen Variante als { $torch }.
reason-repair-leftovers = Ein abgebrochenes Entfernen hat { $names } hinterlassen.
reason-repair-other-cuda = Bibliotheken eines anderen CUDA sind übrig, und nichts verlangt sie: { $names }.
reason-repair-beside = Die Umgebung wird neben ihrem Platz neu gemacht, mit jedem anderen Paket in seiner Version, und nimmt ihren Platz ein, wenn sie bewiesen ist.
reason-repair-in-place = Sie wird an Ort und Stelle geändert, denn { $why }. Was vorher da war, ist aufgeschrieben, und „torch-wizard rollback“ stellt es wieder her.
reason-check-cpu-torch = torch { $torch } ist ein Build für den Prozessor; vorher war es { $before }.
reason-check-other-torch = torch { $torch } steht, wo { $before } war.
reason-check-brought-asked = torch { $torch } wurde namentlich verlangt: Ein Installationsprogramm sollte torch installieren, und nicht vom Index des Builds, der da war.
reason-check-brought-from = Es kam von { $place }.
reason-check-brought-by = { $package } { $version } hat es mitgebracht: Es wurde zusammen damit installiert und verlangt torch{ $wants }.
reason-check-brought-one-of = Eines dieser Pakete hat es mitgebracht, denn jedes verlangt torch: { $packages }.
reason-check-mixed-cuda = Für ein anderes CUDA gebaut als torch ({ $torch }): { $names }.
reason-check-numpy = { $package } verlangt numpy{ $wants }, und da ist numpy { $numpy }.
reason-check-numpy-torch = torch { $torch } wurde für ein NumPy vor 2 übersetzt, und da ist numpy { $numpy }: Arrays können nicht ausgetauscht werden.
reason-check-no-python = Es ist kein Python mehr darin.
reason-check-base-gone = Das Python, aus dem sie gemacht wurde, ist nicht mehr da: { $base }.
reason-check-base-changed = Das Python, aus dem sie gemacht wurde, ist jetzt ein anderes: { $base } ist kein Python { $python } mehr.
reason-check-moved = Sie wurde von { $from } hierher verschoben: pip und die anderen Skripte darin zeigen noch dorthin.
reason-check-state = { $how }.
reason-restore = Sie wird wieder, was sie am { $when } war: { $install } Pakete werden zurückgelegt, { $remove } gehen.
reason-clone = Dieselben Pakete wie in { $from }, jedes in seiner Version; jene wird nicht berührt.
reason-kit = Kit { $kit }: { $what }. Torch und was dazugehört bleiben, wie sie sind.
reason-kit-changes = Diese Pakete bekommen dafür eine andere Version: { $names }.
reason-kit-issue = Bekannt von { $package } (seit { $since }): { $what } { $helps }
reason-kit-harmless = Harmlos, von { $package }: { $what } { $helps }
reason-kit-program = { $url } (Commit { $commit }) wird nach { $folder } ausgecheckt. Dort starten: { $start } – seine Ordner { $kept } gehören Ihnen: Wird das Kit später rückgängig gemacht, bleibt { $folder }, wie es ist.
reason-kit-program-stands = { $folder } ist schon ein Checkout von { $url } (Commit { $commit }) und bleibt, wie es ist, mit { $kept }; die Pakete sind die, die es nennt. Dort starten: { $start }
reason-kit-program-within = Darin, jeweils auf dem Commit, für den das Programm gemacht ist: { $urls }.
reason-kit-made-from-source = Diese Pakete gibt es im Index nur als Quelltext; nach der Prüfung ihrer Hashes baut ihr eigenes setup.py sie hier: { $names }.
