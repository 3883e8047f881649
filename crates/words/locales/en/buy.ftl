cart-title = Your cart
cart-empty = Nothing held yet
cart-empty-next = Places you choose wait here while you decide.
cart-extend = More time
cart-paying = A payment for these places is open
cart-paying-next = Continue the payment
cart-expired = The time for these places has run out
cart-expired-next = If nobody else has taken them, you can have the same places back.
cart-reacquire = Get the same places back
cart-choose-others = Choose others
cart-remove = Remove
cart-checkout = Continue to checkout
cart-add = Add more places
cart-release = Give all back
checkout-title = Checkout
checkout-errors = { $count ->
    [one] One thing needs mending:
   *[other] { $count } things need mending:
}
checkout-contact = Who is buying
checkout-email = E-mail
checkout-email-note = Tickets go here. Nothing else does.
checkout-name = Name
checkout-attendees = Names on tickets
checkout-attendees-note = The organiser checks names at the door.
checkout-summary = What you buy
total-charged = To pay
total-note = All fees and taxes included. Nothing is added later.
checkout-terms = I accept the terms and conditions
checkout-pay = Pay { $amount }
checkout-free = Order for free
checkout-back = Back to the cart
error-email = Enter an e-mail address such as name@example.org
error-name = Enter your name
error-attendee = Enter the name of the person who will come
error-terms = Accept the terms and conditions to buy
error-too-long = That is longer than fits
error-characters = There are invisible characters in it; type it again
