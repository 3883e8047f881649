//! The organiser's view of a waiting room: what happens, what limits it, and the handles.

mod chart;

use askama::Template;
use frontrow_words::Language;
use jiff::Zoned;
use serde::Serialize;

pub use chart::{Chart, Curve, Point};

use crate::{
    pages::{frame::Frame, performance::Heading},
    urls::Url,
};

/// The control of one room.
#[derive(Debug, Template)]
#[template(path = "room_control.html")]
pub struct RoomControlPage {
    /// Around it.
    pub frame: Frame,
    /// Whose room.
    pub heading: Heading,
    /// How it stands.
    pub phase: ControlPhase,
    /// When people are or were first let in.
    pub starts: Zoned,
    /// The picture of this moment; the same comes from [`RoomControlPage::live`] again and again.
    pub picture: Picture,
    /// What is set now.
    pub steering: ControlSteering,
    /// What everybody is told.
    pub message: Option<String>,
    /// What was done, newest first.
    pub actions: Vec<ControlAction>,
    /// GET: [`LivePicture`] as JSON.
    pub live: Url,
    /// Where the forms go.
    pub links: ControlLinks,
}

/// How a room stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlPhase {
    /// It is off, or automatic and not needed.
    Off,
    /// It is not open yet.
    Closed,
    /// People join before the start.
    Gathering,
    /// The start has come, the draw not yet.
    Drawing,
    /// People are let in.
    Running,
    /// Nobody is let in for now.
    Paused,
    /// Nothing is left.
    SoldOut,
    /// It is closed for good.
    Ended,
}

/// What limits how many are let in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The organiser paused the queue.
    Paused,
    /// Those who are in can take all places that are left.
    Places,
    /// The configured rate.
    Rate,
    /// The shop is slow or fails.
    Shop,
    /// The payment provider.
    Payments,
    /// Telemetry is stale.
    Telemetry,
    /// The shop is as full as it should be.
    People,
    /// Nobody waits.
    Demand,
}

/// Numbers of this moment and the minutes before it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Places given so far.
    pub joined: u64,
    /// People whose turn has not come.
    pub waiting: u64,
    /// People on the waiting list.
    pub listed: u64,
    /// Turns that came so far.
    pub admitted: u64,
    /// People in the shop.
    pub in_shop: u32,
    /// Of the turns that are open, so many will be used in time.
    pub expected: u32,
    /// Turns that were not used in time, so far.
    pub no_shows: u64,
    /// Of a thousand turns, so many are used in time.
    pub show_permille: u16,
    /// Turns a minute that the rates allow now.
    pub rate_per_minute: u64,
    /// Why not more.
    pub limit: Limit,
    /// When the first and the last point was.
    pub from: Zoned,
    /// See `from`.
    pub to: Zoned,
    /// At even steps from `from` to `to`, oldest first.
    pub points: Vec<Point>,
}

/// What is set, and goes back in the form.
#[derive(Debug, Clone, Copy)]
pub struct ControlSteering {
    /// Turns a minute at most.
    pub rate_per_minute: u32,
    /// People in the shop on average.
    pub target: u32,
    /// People in the shop, ever.
    pub cap: u32,
}

/// Something that somebody did to the room.
#[derive(Debug, Clone)]
pub struct ControlAction {
    /// When.
    pub at: Zoned,
    /// The API key's name.
    pub who: String,
    /// What.
    pub kind: ActionKind,
    /// What else was said: a message, a rate; may be empty.
    pub detail: String,
}

/// What can be done to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    /// Defined, or its terms were changed.
    Define,
    /// Nobody is let in.
    Pause,
    /// They are again.
    Resume,
    /// Everybody is told something, or nothing any more.
    Say,
    /// Rate, target and cap.
    Steer,
    /// What the announced beacon said.
    Beacon,
    /// No access code that was made before is valid any more.
    CallBackCodes,
    /// Closed for good.
    End,
}

/// Where the forms go; all are POST.
#[derive(Debug, Clone)]
pub struct ControlLinks {
    /// Nobody is let in.
    pub pause: Url,
    /// They are again.
    pub resume: Url,
    /// `message`: told to everybody; empty for nothing.
    pub say: Url,
    /// `rate`, `target`, `cap`.
    pub steer: Url,
    /// All access codes are called back, where the room asks for some; only with `sure=1`.
    pub call_back: Option<Url>,
    /// Closed for good; only with `sure=1`.
    pub end: Url,
    /// What fans see.
    pub room: Url,
    /// Out of the office.
    pub logout: Option<Url>,
}

/// What the page's script asks for: everything already written and drawn.
#[derive(Debug, Clone, Serialize)]
pub struct LivePicture {
    /// Texts by the name of their element.
    numbers: Vec<(&'static str, String)>,
    /// Points of each curve by its name.
    curves: Vec<(&'static str, String)>,
}

impl LivePicture {
    /// In a language.
    pub fn new(language: Language, picture: &Picture, steering: &ControlSteering) -> Self {
        let number = |count: u64| language.number(i64::try_from(count).unwrap_or(i64::MAX));
        let charts = chart::charts(language, picture, steering);
        let mut numbers = vec![
            ("waiting", number(picture.waiting)),
            ("joined", number(picture.joined)),
            ("listed", number(picture.listed)),
            ("admitted", number(picture.admitted)),
            ("in-shop", number(picture.in_shop.into())),
            ("expected", number(picture.expected.into())),
            ("no-shows", number(picture.no_shows)),
            ("show-rate", format!("{}\u{a0}%", picture.show_permille / 10)),
            ("rate", number(picture.rate_per_minute)),
            ("limit", picture.limit.text(language)),
        ];
        numbers.extend(charts.iter().map(|chart| (chart.name, chart.top.clone())));
        numbers.push(("from", language.time(&picture.from)));
        numbers.push(("to", language.time(&picture.to)));
        let curves = charts.into_iter().flat_map(|chart| chart.curves);
        Self { numbers, curves: curves.map(|curve| (curve.name, curve.points)).collect() }
    }
}

impl Limit {
    /// In words.
    pub fn text(self, language: Language) -> String {
        let text = match self {
            Self::Paused => language.t("control-limit-paused"),
            Self::Places => language.t("control-limit-places"),
            Self::Rate => language.t("control-limit-rate"),
            Self::Shop => language.t("control-limit-shop"),
            Self::Payments => language.t("control-limit-payments"),
            Self::Telemetry => language.t("control-limit-telemetry"),
            Self::People => language.t("control-limit-people"),
            Self::Demand => language.t("control-limit-demand"),
        };
        text.into_owned()
    }
}

impl RoomControlPage {
    /// A number or text of the picture, as the script will write it too.
    pub fn number(&self, name: &str) -> String {
        let live = LivePicture::new(self.frame.language, &self.picture, &self.steering);
        live.numbers.into_iter().find(|(key, _)| *key == name).map_or_else(String::new, |n| n.1)
    }

    /// What is drawn.
    pub fn charts(&self) -> Vec<Chart> {
        chart::charts(self.frame.language, &self.picture, &self.steering)
    }

    /// The phase in words.
    pub fn phase_text(&self) -> String {
        let text = match self.phase {
            ControlPhase::Off => self.frame.t("control-off"),
            ControlPhase::Closed => self.frame.t("control-closed"),
            ControlPhase::Gathering => self.frame.t("control-gathering"),
            ControlPhase::Drawing => self.frame.t("control-drawing"),
            ControlPhase::Running => self.frame.t("control-running"),
            ControlPhase::Paused => self.frame.t("control-paused"),
            ControlPhase::SoldOut => self.frame.t("control-sold-out"),
            ControlPhase::Ended => self.frame.t("control-ended"),
        };
        text.into_owned()
    }

    /// An action in words.
    pub fn action_text(&self, kind: &ActionKind) -> String {
        let text = match kind {
            ActionKind::Define => self.frame.t("control-did-define"),
            ActionKind::Pause => self.frame.t("control-did-pause"),
            ActionKind::Resume => self.frame.t("control-did-resume"),
            ActionKind::Say => self.frame.t("control-did-say"),
            ActionKind::Steer => self.frame.t("control-did-steer"),
            ActionKind::Beacon => self.frame.t("control-did-beacon"),
            ActionKind::CallBackCodes => self.frame.t("control-did-call-back"),
            ActionKind::End => self.frame.t("control-did-end"),
        };
        text.into_owned()
    }
}

#[cfg(test)]
mod samples;
