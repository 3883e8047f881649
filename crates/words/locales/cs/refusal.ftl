refusal-seats-gone = { $count ->
    [one] Někdo byl rychlejší: { $places } je pryč. Nic jsme nepodrželi; vyberte jiné, nebo nechte výběr na nás.
   *[other] Někdo byl rychlejší, tato místa jsou pryč: { $places }. Nic jsme nepodrželi; vyberte jiná, nebo nechte výběr na nás.
}
refusal-full = { $name }: zbývá už jen { $count }. Vezměte méně, nebo jinou kategorii.
refusal-not-together = { $name }: zbývá { $count }, ale ne vedle sebe. Vezměte méně, nebo zaškrtněte, že můžete sedět odděleně.
refusal-multiple = { $name } se prodává po { $count }.
refusal-order-limit = { $count ->
    [one] V jedné objednávce nejvýše { $count } místo.
    [few] V jedné objednávce nejvýše { $count } místa. Počítá se i to, co máte v košíku.
   *[other] V jedné objednávce nejvýše { $count } míst. Počítá se i to, co máte v košíku.
}
refusal-buyer-limit = { $count ->
    [one] Jeden kupující smí mít nejvýše { $count } místo, ve všech objednávkách dohromady.
    [few] Jeden kupující smí mít nejvýše { $count } místa, ve všech objednávkách dohromady.
   *[other] Jeden kupující smí mít nejvýše { $count } míst, ve všech objednávkách dohromady.
}
refusal-allocation = Těchto vstupenek zbývá už jen { $count }. Vezměte méně, nebo jiný druh.
refusal-not-yet = Prodej začíná { $when }.
refusal-closed = Tyto vstupenky už se neprodávají.
refusal-nothing = Nejdřív řekněte kolik: celé číslo, nejméně jedna.
refusal-companion = Místo pro doprovod se prodává společně s místem pro vozík vedle něj.
refusal-not-for-sale = Tento druh vstupenky se tam neprodává. Vyberte jiný.
refusal-expired = Čas na tato místa vypršel. Můžete si o ně říct znovu.
refusal-in-payment = Platba za tato místa je otevřená, teď je nelze měnit.
refusal-sold = Tato místa už jsou vaše: objednávka je zadaná.
refusal-live = Tato místa vám pořád držíme.
refusal-no-more-time = Víc času už přidat nejde; dokončete prosím nákup.
refusal-unknown-hold = Tato místa už nedržíme. Vyberte znovu.
refusal-again = Formulář už byl odeslán s jiným obsahem. Obnovte stránku a zkuste to znovu.
refusal-no-provider = Tady se zatím nedá platit. Nic jste nekoupili a místa vám držíme, dokud nevyprší čas.
refusal-other = To s těmito místy nejde. Obnovte stránku a zkuste to znovu.
