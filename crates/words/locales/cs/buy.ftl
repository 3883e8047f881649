cart-title = Váš košík
cart-empty = Zatím nic nedržíme
cart-empty-next = Vybraná místa tu počkají, než se rozhodnete.
cart-extend = Více času
cart-paying = Platba za tato místa je otevřená
cart-paying-next = Pokračovat v platbě
cart-expired = Čas na tato místa vypršel
cart-expired-next = Pokud je mezitím nikdo nevzal, můžete mít táž místa zpět.
cart-reacquire = Vrátit mi stejná místa
cart-choose-others = Vybrat jiná
cart-remove = Odebrat
cart-checkout = Pokračovat k pokladně
cart-add = Přidat místa
cart-release = Vrátit vše
checkout-title = Pokladna
checkout-errors = { $count ->
    [one] Jednu věc je potřeba opravit:
    [few] Je potřeba opravit { $count } věci:
   *[other] Je potřeba opravit { $count } věcí:
}
checkout-contact = Kdo kupuje
checkout-email = E-mail
checkout-email-note = Sem přijdou vstupenky. Nic jiného neposíláme.
checkout-name = Jméno
checkout-attendees = Jména na vstupenkách
checkout-attendees-note = Pořadatel kontroluje jména u vchodu.
checkout-summary = Co kupujete
total-charged = K zaplacení
total-note = Všechny poplatky a daně jsou v ceně. Nic se nepřičítá.
checkout-terms = Souhlasím s obchodními podmínkami
checkout-pay = Zaplatit { $amount }
checkout-free = Objednat zdarma
checkout-back = Zpět do košíku
error-email = Zadejte e-mail, například jmeno@example.org
error-name = Zadejte své jméno
error-attendee = Zadejte jméno toho, kdo přijde
error-terms = K nákupu je potřeba souhlasit s podmínkami
error-too-long = To je delší, než se vejde
error-characters = Jsou v tom neviditelné znaky; napište to znovu
