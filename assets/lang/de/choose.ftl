# Weg wählen: jeder Weg mit Urteil, Aufwand und Gründen.

choose-title = Weg wählen
choose-lead = Jeder Weg endet mit demselben Nachweis: Kernel laufen auf Ihrer GPU und werden mit der CPU verglichen.
choose-index-asked = Der Index wird nach dem heutigen Stand gefragt.

choose-route-wheel = Stabiles Wheel
choose-route-nightly = Nightly-Wheel
choose-route-source = Bau aus dem Quelltext
choose-route-wsl2 = WSL2
choose-route-docker = Docker
choose-route-podman = Podman
choose-route-cpu = Jetzt auf der CPU, ohne GPU
choose-about-wheel = Das neueste stabile Release, das auf Karte und Treiber läuft.
choose-about-nightly = Ein Vorab-Wheel, auf sein Datum festgelegt, für noch nicht Veröffentlichtes.
choose-about-source = Hier kompiliert, für eine Karte, die kein Wheel bedient.
choose-about-wsl2 = Ein Linux-Wheel innerhalb von WSL2.
choose-about-docker = Ein Container-Image mit der CUDA-Laufzeit.
choose-about-cpu = PyTorch allein auf dem Prozessor.

choose-verdict-recommended = Empfohlen
choose-verdict-works = Geht
choose-verdict-blocked = Blockiert
choose-verdict-unknown = Unbekannt

choose-build = torch { $torch } für Python { $python }, { $from }
choose-build-image = torch { $torch } im Image { $from }
choose-build-into-image = torch { $torch } für Python { $python }, { $from }, hier in ein Image gepackt
choose-build-source = torch { $torch } aus { $from }, hier kompiliert für Python { $python }
choose-as-of = { $what }, Stand { $date }
choose-without = { $what }. Nicht für { $cards }
choose-from-index = vom PyTorch-Index
choose-from-mirror = von Ihrem Spiegel
choose-from-pypi = von PyPI
choose-runtime = { $route }, CUDA-Laufzeit { $cuda }
choose-toolkit = { $route }, CUDA-Toolkit { $cuda }
choose-download = { $bytes } Download
choose-time = etwa { $low } bis { $high } min
choose-time-short = etwa { $high } min
choose-time-mixed = etwa { $low } min bis { $high } h
choose-time-hours = etwa { $low } bis { $high } h
choose-disk = { $bytes } auf dem Laufwerk
choose-cost-administrator = Administratorrechte
choose-cost-restart = ein Neustart
choose-cost-risk-low = geringes Risiko
choose-cost-risk-medium = mittleres Risiko
choose-cost-risk-high = hohes Risiko
choose-said = { $route }. { $verdict }. { $sentence }

choose-why = Gründe
choose-source = Quelle: { $host }
choose-source-name = Quelle { $number }: { $host }
choose-measured = Quelle: { $what }
choose-fact = { $what }: { $value }, { $from }
choose-fact-build = { $version }, Build { $build }
choose-fact-line = Zeile { $line } des Berichts
choose-fact-report = aus dem Bericht
choose-variants = Varianten, die laufen würden: { $names }
choose-risk-low = Geringes Risiko: veröffentlichte Builds in einem eigenen Ordner. Ihn zu löschen macht alles rückgängig.
choose-risk-low-docker = Geringes Risiko: ein Image und ein Ordner. Beide zu löschen macht alles rückgängig.
choose-risk-medium = Mittleres Risiko: Für diesen Build hat diese Version von torch-wizard keine Tabellen.
choose-risk-medium-nightly = Mittleres Risiko: der Build einer Nacht, der keine Release-Tests bestanden hat.
choose-risk-medium-wsl2 = Mittleres Risiko: Teile von Windows werden womöglich eingeschaltet oder aktualisiert und bleiben so.
choose-risk-high = Hohes Risiko: eine Stunde Kompilieren oder mehr, das noch am Ende scheitern kann. Was auf diesem PC ist, bleibt, wie es ist.
choose-served = { $card } wird bedient
choose-not-served = { $card } bekommt hiervon keine Kernel
choose-plan-for = Plan nur für { $card }
choose-judge-for = Nur für { $card } beurteilen
choose-way-system = Windows-Build von Hand angeben…
choose-unblock = Was ihn frei machen würde
choose-help-settings = Optionen öffnen
choose-help-card = Nur Karte { $number }
choose-open = { $host } öffnen
choose-copy = Kopieren
choose-copy-name = Kopieren: { $what }
choose-need-python = uv bringt ein eigenes Python mit; außerhalb der Umgebung wird nichts installiert.
choose-need-uv = uv wird geladen und an seinem Hash geprüft.
choose-need-administrator = Ein Schritt braucht Administratorrechte.
choose-need-restart = Ein Neustart ist nötig.
choose-need-consent = Der Download ist weit größer, als der Prozessor ihn braucht.

choose-cards = Karten, die bedient werden
choose-cards-all = Alle Karten
choose-cards-only = Nur { $number }: { $name }

choose-no-index = Der Index war nicht erreichbar
choose-no-index-text = Was Sie sehen, beruht auf dem Katalog, Stand { $date }.
choose-no-index-kept = Was Sie sehen, beruht auf dem Katalog, Stand { $date }, und auf dem, was der Index am { $asked } hatte.
choose-offline = Das Fenster arbeitet ohne Netz
choose-offline-text = Kein Server wird gefragt. Was Sie sehen, beruht auf dem Katalog, Stand { $date }.
choose-offline-kept = Kein Server wird gefragt. Was Sie sehen, beruht auf dem Katalog, Stand { $date }, und auf dem, was der Index am { $asked } hatte.

choose-news = Der Index hat { $names }
choose-news-text = Diese Version von torch-wizard kennt das noch nicht; geurteilt wird nach Regeln.
choose-waiting = Noch hat kein stabiles PyTorch Kernel für { $arch }
choose-waiting-text = Die Nightly-Variante { $variant } hätte sie zuerst. Der Index wird bei jedem Start gefragt.
choose-watched = Gewartet wird auf Kernel für { $arch }
choose-watched-new = Neu seit { $date }: { $names }. Ob sie solche Kernel haben, sagt der Index nicht.
choose-watched-none = Seit { $date } gibt es nichts Neues im Index. Er wird bei jedem Start wieder gefragt.
choose-watched-silent = Der Index hat diesmal nicht geantwortet. Gewartet wird seit { $date }.

choose-stop-none = Wählen Sie einen Weg.
choose-stop-blocked = Dieser Weg ist blockiert; die Karte sagt, was ihn frei machen würde.
choose-stop-for-good = Dieser Weg ist blockiert, und nichts an diesem PC würde das ändern.
choose-stop-unknown = Dieser Weg lässt sich nicht beurteilen: Es lässt sich kein Build nennen.
choose-wait = Die Urteile kommen, sobald der PC geantwortet hat.
