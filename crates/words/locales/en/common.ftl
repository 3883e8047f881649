skip-to-content = Skip to content
site-nav = Shop
demo = Demo.
demo-note = No real money is taken.
demo-outbox = Mail
cart = Cart
cart-places = { $count ->
    [one] place held
   *[other] places held
}
footer-promise = The price you see is the price you pay. Your places are held while you decide.
imprint = Imprint
terms = Terms and conditions
privacy = Privacy
price-from = from { $price }
prices = Prices
place-seat = { $section }, row { $row }, seat { $seat }
section = Section { $name }
row = Row { $name }
left = { $count ->
    [0] none left
   *[other] { $count } left
}
doors = Doors { $time }
standing = standing
ticket = Ticket
ticket-type = Ticket type
total = Total
state-few = Few left
state-sold-out = Sold out
state-soon = On sale { $when }
state-over = Sale ended
held-for = Held for you for
held-until = until { $time }

fault-not-found = There is nothing here
fault-not-found-next = The address may be mistyped, or what was here is over. See what is on instead.
fault-bad-request = We did not understand that
fault-bad-request-next = Something in the request was out of place. Go back, reload the page and try again; nothing was changed.
fault-form-expired = That form is too old
fault-form-expired-next = For your safety forms expire. Go back, reload the page and send it again; nothing was changed.
fault-too-large = That is too much at once
fault-too-large-next = The request was larger than any form of ours. Go back and try again with less.
fault-too-many = A little slower, please
fault-busy = Very many people are here right now
fault-busy-next = What is in your cart stays held.
fault-retry = { $count ->
    [one] Try again in a second.
   *[other] Try again in { $count } seconds.
}
fault-broken = Something broke on our side
fault-broken-next = Nothing was charged twice and what you hold stays held. Try again in a moment.
fault-request = If you write to us, mention
fault-cart = Your cart
legal-missing = The organiser has not written this page yet.
