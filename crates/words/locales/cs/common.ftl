skip-to-content = Přejít k obsahu
site-nav = Obchod
demo = Ukázka.
demo-note = Žádné skutečné peníze.
demo-outbox = Pošta
cart = Košík
cart-places = { $count ->
    [one] držené místo
    [few] držená místa
   *[other] držených míst
}
footer-promise = Cena, kterou vidíte, je cena, kterou zaplatíte. Než se rozhodnete, místa vám držíme.
imprint = Provozovatel
terms = Obchodní podmínky
privacy = Ochrana osobních údajů
price-from = od { $price }
prices = Ceny
place-seat = { $section }, řada { $row }, místo { $seat }
section = Sektor { $name }
row = Řada { $name }
left = { $count ->
    [0] nic nezbývá
    [one] zbývá { $count }
    [few] zbývají { $count }
   *[other] zbývá { $count }
}
doors = Vstup od { $time }
standing = stání
ticket = Vstupenka
ticket-type = Druh vstupenky
total = Celkem
state-few = Posledních pár
state-sold-out = Vyprodáno
state-soon = Prodej od { $when }
state-over = Prodej skončil
held-for = Držíme vám místa ještě
held-until = do { $time }

fault-not-found = Tady nic není
fault-not-found-next = Adresa je možná s překlepem, nebo už je po všem. Podívejte se, co se chystá.
fault-bad-request = Tomu jsme nerozuměli
fault-bad-request-next = V požadavku něco nesedělo. Vraťte se, obnovte stránku a zkuste to znovu; nic se nezměnilo.
fault-form-expired = Formulář už neplatí
fault-form-expired-next = Formuláře kvůli bezpečnosti časem propadají. Vraťte se, obnovte stránku a odešlete ho znovu; nic se nezměnilo.
fault-too-large = To je najednou příliš mnoho
fault-too-large-next = Požadavek byl větší než kterýkoli náš formulář. Vraťte se a zkuste to s menším.
fault-too-many = Trochu pomaleji, prosím
fault-busy = Právě je tu velmi mnoho lidí
fault-busy-next = Co máte v košíku, to vám držíme dál.
fault-retry = { $count ->
    [one] Zkuste to za sekundu.
    [few] Zkuste to za { $count } sekundy.
   *[other] Zkuste to za { $count } sekund.
}
fault-broken = Něco se u nás pokazilo
fault-broken-next = Nic jsme nestrhli dvakrát a vaše místa držíme dál. Zkuste to za chvíli znovu.
fault-request = Když nám napíšete, uveďte
fault-cart = Váš košík
legal-missing = Pořadatel tuto stránku zatím nenapsal.
