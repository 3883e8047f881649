//! Contact data and payment.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use frontrow_ledger::{ChannelId, Time};
use frontrow_shop::{
    Error,
    cart::{HoldStatus, HoldView},
    checkout::{self, CheckedOut, CheckoutRequest},
    fault::{Faults, Problem},
    room::Purpose,
};
use frontrow_words::Language;
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    form::Posted,
    pages::{
        checkout::{Attendee, CheckoutForm, CheckoutPage, FieldError, attendee_field},
        parts::{Flash, Tone},
    },
    reply,
    room::gate,
    shop::{cart::item, labels, refusals},
    urls::Url,
    visitor::Visitor,
};

/// The form, empty.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(performance): Path<Uuid>,
) -> Answer {
    let Some((hold, until)) = held(&app, &visitor, performance).await? else {
        return Ok(reply::redirect(&Url::Cart));
    };
    let form = checkout::CheckoutForm::default();
    let page = page(&app, &visitor, (&hold, until), &form, Vec::new()).await;
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// Buys, or shows the form again with what is wrong.
pub async fn create(
    State(app): State<App>,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let visitor = &posted.visitor;
    let Some((hold, until)) = held(&app, visitor, performance).await? else {
        return Ok(reply::redirect(&Url::Cart));
    };
    let admitted = match gate::admit(&app, visitor, performance, Purpose::Pay).await {
        Ok(admitted) => admitted,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let form = filled(&posted, hold.positions.len());
    let request = CheckoutRequest {
        at: hold.at,
        channel: ChannelId::WEB,
        form: form.clone(),
        language: visitor.language,
        admitted,
    };
    match app.shop.checkout(request).await {
        Ok(checked_out) => Ok(reply::redirect(&next(&app, &checked_out))),
        Err(Error::Faults(faults)) => {
            let errors = errors(&faults, visitor.language);
            let page = page(&app, visitor, (&hold, until), &form, errors).await;
            let mut response = reply::page(&app, visitor, CachePolicy::Secret, &page)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(Error::Refused(refusal)) => {
            let flash = refusals::flash(&hold.facts, &refusal, visitor.language);
            Ok(reply::redirect_saying(&app, &Url::Cart, &flash))
        }
        Err(Error::NoProvider) => {
            let text = visitor.language.t("refusal-no-provider").into_owned();
            Ok(reply::redirect_saying(&app, &Url::Cart, &Flash { tone: Tone::Bad, text }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the buyer goes. An address of this shop loses its host, so that it works under any name of
/// it.
pub fn next(app: &App, checked_out: &CheckedOut) -> String {
    match checked_out {
        CheckedOut::Pay { url, .. } => local(app, url),
        CheckedOut::Done { order } => Url::Order(order.as_str().to_owned()).to_string(),
    }
}

/// The path of an address of this shop; any other as it is.
pub fn local(app: &App, url: &str) -> String {
    let path = url.strip_prefix(app.shop.config().base_url.as_str());
    path.filter(|path| path.starts_with('/')).unwrap_or(url).to_owned()
}

/// What this visitor can buy here, and until when.
async fn held(
    app: &App,
    visitor: &Visitor,
    performance: Uuid,
) -> Result<Option<(HoldView, Time)>, Fail> {
    if visitor.is_new {
        return Ok(None);
    }
    let hold = app.shop.cart_hold(visitor.cart, performance).await?;
    Ok(hold.filter(|hold| !hold.positions.is_empty()).and_then(|hold| match hold.state {
        HoldStatus::Live { until, .. } | HoldStatus::Paying { until, .. } => Some((hold, until)),
        _ => None,
    }))
}

fn filled(posted: &Posted, places: usize) -> checkout::CheckoutForm {
    let attendee = |index| posted.get(&attendee_field(index)).to_owned();
    checkout::CheckoutForm {
        name: posted.get("name").to_owned(),
        email: posted.get("email").to_owned(),
        phone: String::new(),
        attendees: (0..places).map(attendee).collect(),
        terms_accepted: posted.get("terms") == "1",
    }
}

async fn page(
    app: &App,
    visitor: &Visitor,
    (hold, until): (&HoldView, Time),
    form: &checkout::CheckoutForm,
    errors: Vec<FieldError>,
) -> CheckoutPage {
    let language = visitor.language;
    let names = hold.facts.offer.names_required;
    let attendees = hold.positions.iter().enumerate().filter(|_| names).map(|(index, position)| {
        let name = form.attendees.get(index).cloned().unwrap_or_default();
        Attendee { place: labels::place(&position.place, language), name }
    });
    CheckoutPage {
        frame: visitor.frame(app).await,
        heading: labels::heading(&hold.facts, language),
        action: Url::Checkout(hold.at.performance),
        items: hold.positions.iter().map(|position| item(hold, position, language)).collect(),
        total: labels::money(hold.total_minor, hold.currency),
        countdown: labels::countdown(&hold.facts, until, hold.now),
        form: CheckoutForm {
            email: form.email.clone(),
            name: form.name.clone(),
            attendees: attendees.collect(),
            terms: form.terms_accepted,
        },
        errors,
    }
}

/// Faults by their fields, in the visitor's words.
fn errors(faults: &Faults, language: Language) -> Vec<FieldError> {
    let error = |fault: &frontrow_shop::fault::Fault| {
        let mut parts = fault.at.trim_start_matches('/').split('/');
        let (field, key) = match (parts.next(), parts.next()) {
            (Some("attendees"), Some(index)) => {
                (attendee_field(index.parse().unwrap_or_default()), "error-attendee")
            }
            (Some("email"), _) => ("email".to_owned(), "error-email"),
            (Some("terms"), _) => ("terms".to_owned(), "error-terms"),
            _ => ("name".to_owned(), "error-name"),
        };
        let key = match fault.problem {
            Problem::TooLong { .. } => "error-too-long",
            Problem::ControlCharacters => "error-characters",
            _ => key,
        };
        FieldError { field, text: language.t(key).into_owned() }
    };
    faults.list().iter().map(error).collect()
}
