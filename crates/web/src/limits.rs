//! Every bound of the web, each with its reason.

use std::time::Duration;

use frontrow_shop::pace::Burst;

/// Connections at once, where the system has descriptors for them; each takes some 20 kB.
pub const CONNECTIONS_MAX: usize = 100_000;
/// How long the head of a request may take, from its first byte on, and the first one from the beginning of the
/// connection: phones far out send theirs within a second or two.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long nothing may move on a connection between two requests, or while an answer is sent: longer than those who wait
/// pause between two polls, and than balancers keep connections.
pub const REST_TIMEOUT: Duration = Duration::from_secs(75);
/// How often a connection is looked at; the timeouts above are late by so much at most.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);
/// When all places for connections are taken, those on which nothing is asked for so long make room.
pub const RESTED_ENOUGH: Duration = Duration::from_secs(2);
/// And are told so this often: telling all of them is some milliseconds of work.
pub const CALL_FOR_ROOM_EVERY: Duration = Duration::from_secs(1);
/// Bytes of a head: more than balancers pass on.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a request that is answered before hyper sees it, and headers: more than browsers send with the cookies of
/// some rooms.
pub const PLAIN_BYTES_MAX: usize = 4 * 1024;
/// See [`PLAIN_BYTES_MAX`].
pub const PLAIN_HEADERS_MAX: usize = 40;
/// Bytes of a body that has to be here before its request takes a place among those that are worked on; forms and calls
/// of the API have a few hundred. Each connection may send so many at once.
pub const ARRIVING_BYTES_MAX: usize = 16 * 1024;
/// How long such a body may take: a phone far out sends some kilobytes a second.
pub const ARRIVING_TIMEOUT: Duration = Duration::from_secs(10);
/// Requests with larger bodies, or of unknown length, that are worked on at once: such a body may be as slow as the whole
/// request, and has a place meanwhile.
pub const LARGE_IN_FLIGHT_MAX: usize = IN_FLIGHT_MAX / 8;
/// Bytes of a webhook; they name a payment and little else.
pub const WEBHOOK_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a posted form; a checkout with fifty names in the longest alphabet stays
/// below.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// Fields of a posted form: a type for each of fifty places, in each of sixty categories' empty
/// fields, and some.
pub const FORM_FIELDS_MAX: usize = 400;
/// Seats that may be looked at by one address: more than any order may have.
pub const CHOSEN_SEATS_MAX: usize = 50;
/// Forms that one visitor may send at once, and how far apart after that.
pub const FORMS: Burst = Burst { at_once: 20, every_ms: 500 };
/// So many times as much as one network does may all those do that share the first 48 bits of an IPv6 address: a company
/// that was given 65,536 networks, or as many phones of one carrier.
pub const SITE_NETWORKS: i64 = 10;
/// Requests that are worked on at once; the next is told to come back. Each takes milliseconds, so
/// this is seconds of work.
pub const IN_FLIGHT_MAX: usize = 2_048;
/// How long a request may take before it is given up: longer than the log's own deadline.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a request waits for a database that is away before it says so: longer than a restart or
/// a failover, and together with one last try still within [`REQUEST_TIMEOUT`].
pub const PATIENCE: Duration = Duration::from_secs(10);
/// The first and the longest pause between two tries of a waiting request.
pub const PATIENCE_PAUSES: (Duration, Duration) =
    (Duration::from_millis(20), Duration::from_millis(800));
/// Requests that wait for a database at once; the next is told at once that it is away, so that an
/// outage does not fill every place.
pub const PATIENT_MAX: usize = IN_FLIGHT_MAX / 2;
/// Bytes of a body that is kept to run its request again.
pub const PATIENT_BODY_BYTES_MAX: usize = API_BODY_BYTES_MAX;
/// How long the database may take to say that it is there before a check of readiness calls it away.
pub const READY_ANSWER: Duration = Duration::from_millis(500);
/// How long a database that all replicas share may be away, in milliseconds, before a replica stops
/// to be ready: requests wait no longer than this for it.
pub const DATABASE_AWAY_MS: i64 = 15_000;
/// When somebody who was sent away should come back, in seconds; each is told another moment in
/// between.
pub const RETRY_SECONDS: (u32, u32) = (2, 8);
/// How long a visitor's cart is found again, in seconds: a fortnight.
pub const VISIT_SECONDS: i64 = 14 * 24 * 60 * 60;
/// How long the choice of a language lasts, in seconds: a year.
pub const LANGUAGE_SECONDS: i64 = 365 * 24 * 60 * 60;
/// How long a message waits for the page that shows it, in seconds.
pub const FLASH_SECONDS: i64 = 60;
/// Bytes of a message, so that its cookie fits.
pub const FLASH_BYTES_MAX: usize = 1_500;
/// Receipts and passes that one browser shows; nobody waits in more rooms at once.
pub const ROOM_COOKIES_MAX: usize = 40;
/// Characters of an access code in a link; the longest has 29.
pub const ACCESS_CODE_CHARS_MAX: usize = 60;
/// How long a receipt is kept by a browser, in seconds: a month, as rooms open days ahead.
pub const RECEIPT_SECONDS: i64 = 30 * 24 * 60 * 60;
/// When a page of a waiting room asks again without scripts, in seconds: while something is about to happen, and
/// otherwise.
pub const ROOM_REFRESH_SECONDS: (u32, u32) = (10, 30);
/// A wait that ends so much later than was told before, in seconds, or a tenth of it, is called longer: less is within
/// what anybody can tell.
pub const LONGER_SECONDS_MIN: i64 = 60;
/// How long an organiser's browser stays signed in, in seconds: a day at work.
pub const OFFICE_SECONDS: i64 = 12 * 60 * 60;
/// How long a pass is kept by a browser, in seconds; it says itself when it ends.
pub const PASS_SECONDS: i64 = 24 * 60 * 60;
/// Events on one page.
pub const EVENTS_PER_PAGE: u32 = 24;
/// Dates of an event on one page.
pub const SHOWINGS_PER_PAGE: u32 = 60;
/// Fewer places than this are worth saying.
pub const FEW_LEFT: i64 = 50;
/// Halls and geometry files that are kept ready; a shop sells in a few at a time.
pub const HALLS_KEPT_MAX: usize = 64;
/// Performances whose status is kept ready to be sent.
pub const STATUSES_KEPT_MAX: usize = 1_000;
/// Changes of one status that are kept ready: readers are at most some seconds behind.
pub const DELTAS_KEPT_MAX: usize = 64;
/// How late the test bank's late money is, in milliseconds: long enough to see the page wait.
pub const LATE_PAYMENT_MS: i64 = 30_000;

/// Bytes of a body of the API; fifty places with names and prices stay far below.
pub const API_BODY_BYTES_MAX: usize = 256 * 1024;
/// Characters of an idempotency key: one that could be guessed would show somebody else's hold.
pub const IDEMPOTENCY_KEY_CHARS_MIN: usize = 16;
/// Characters of an idempotency key: nobody needs more to be unique.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 128;
/// Characters of the secret that a client binds its pass to: one that could be guessed would bind it to nobody.
pub const DEVICE_CHARS_MIN: usize = 16;
/// Characters of the secret that a client binds its pass to: nobody needs more.
pub const DEVICE_CHARS_MAX: usize = 128;
