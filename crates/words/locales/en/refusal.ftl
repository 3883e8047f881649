refusal-seats-gone = { $count ->
    [one] Somebody was faster: { $places } is gone. Nothing was held; choose another or let us pick the best.
   *[other] Somebody was faster, these are gone: { $places }. Nothing was held; choose others or let us pick the best.
}
refusal-full = { $name }: only { $count } left. Take fewer, or another category.
refusal-not-together = { $name }: { $count } left, but not together. Take fewer, or tick that you may sit apart.
refusal-multiple = { $name } is sold in multiples of { $count }.
refusal-order-limit = { $count ->
    [one] At most { $count } place in one order.
   *[other] At most { $count } places in one order. What is in your cart counts too.
}
refusal-buyer-limit = { $count ->
    [one] At most { $count } place for one buyer, over all of their orders.
   *[other] At most { $count } places for one buyer, over all of their orders.
}
refusal-allocation = Of these tickets only { $count } are left. Take fewer, or another ticket type.
refusal-not-yet = These go on sale { $when }.
refusal-closed = These are not on sale any more.
refusal-nothing = Say how many first: whole numbers, at least one.
refusal-companion = A companion's seat is sold together with the wheelchair place beside it.
refusal-not-for-sale = This ticket type is not sold there. Choose another.
refusal-expired = The time for these places has run out. You can ask for the same ones again.
refusal-in-payment = A payment for these places is open, so they cannot be changed now.
refusal-sold = These places are already yours: the order is placed.
refusal-live = These places are still held for you.
refusal-no-more-time = There is no more time to add; please finish the purchase.
refusal-unknown-hold = These places are not held any more. Choose again.
refusal-again = That form was sent before with other contents. Reload the page and try again.
refusal-no-provider = This shop cannot take payments yet. Nothing was bought; your places stay held until their time runs out.
refusal-other = That is not possible for these places. Reload the page and try again.
