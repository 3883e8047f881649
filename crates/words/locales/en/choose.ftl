choose-best = Best available
choose-best-note = { $count ->
    [one] Say how many, we pick the best seats side by side. { $count } place per order.
   *[other] Say how many, we pick the best seats side by side. Up to { $count } places per order.
}
choose-places = Choose places
choose-places-note = { $count ->
    [one] Places are not numbered. { $count } place per order.
   *[other] Places are not numbered. Up to { $count } places per order.
}
choose-map = Pick on the map
choose-map-jump = Pick on the map
choose-rows = Pick from a list
choose-wheelchair = Each is a wheelchair place with the companion's seat beside it, both at this price.
choose-multiple = Sold in multiples of { $count }.
choose-split = We may sit apart if nothing else is left
choose-hold-best = Hold the best seats
choose-hold-standing = Hold places
hall-map = The hall
hold-seats = Hold these seats
sale-soon = Tickets go on sale { $when }
sale-soon-next = These are the prices. Come back then; this page will be ready.
sale-sold-out = Sold out for the moment
sale-sold-out-next = Places that somebody holds but does not pay come back by themselves. Reload in a few minutes.
sale-over = The sale has ended
sale-over-next = Tickets that were bought stay valid.
sale-other-dates = See other dates
rows-title = Sections
rows-back = Back to best available and the map
rows-sections = All sections
rows-note = { $count ->
    [one] Tick { $count } seat; on the next page you choose its ticket type.
   *[other] Tick up to { $count } seats; on the next page you choose their ticket types.
}
rows-continue = Continue with these seats
seat-own = in your cart
types-title = Ticket types
types-gone = { $count ->
    [one] Somebody was faster. This seat is gone:
   *[other] Somebody was faster. These seats are gone:
}
types-own = { $count ->
    [one] This seat is already in your cart:
   *[other] These seats are already in your cart:
}
types-none = No free seat was chosen
types-back = Choose other seats
sale-closed = Not on sale at the moment
sale-closed-next = These are the prices. The organiser has not opened the sale, or has paused it.
