//! Teams, sessions and moments to tell stories with.

use crate::words::question::{Opening, Other, Question, Topic, Wait, WaitPage};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::words::about::{About, Deed, Flow};
use crate::words::id::Id;
use crate::words::profile::Profile;
use crate::words::session::SessionFacts;
use crate::words::settings::Settings;
use crate::words::team::Team;

/// An id that is the same for the same name.
pub fn id(name: &str) -> Id {
    let mut bytes = [0_u8; 10];
    for (place, byte) in name.bytes().enumerate() {
        bytes[place % 10] = bytes[place % 10].wrapping_mul(31).wrapping_add(byte);
    }
    Id::from_random(bytes)
}

/// A team of the provider `aws-sso`, without profiles.
pub fn team(name: &str) -> Team {
    Team {
        id: id(name),
        name: name.into(),
        provider: "aws-sso".into(),
        settings: Settings::new(),
        pinned: false,
        profiles: Vec::new(),
    }
}

/// A profile for an account and a role.
pub fn profile(name: &str, account: &str, role: &str) -> Profile {
    let target = Settings::from([("account".into(), account.into()), ("role".into(), role.into())]);
    Profile { region: Some("eu-west-1".into()), ..Profile::new(id(name), name, target) }
}

/// A moment, as in `2026-11-20T12:00:00Z`.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A time zone with summer time that needs no files of the system: Central Europe.
pub fn zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

/// A session of `admin` that was issued at a moment, renews itself and lasts for so many minutes.
pub fn session(issued: Timestamp, minutes: i64) -> SessionFacts {
    SessionFacts {
        who: "admin".into(),
        nameless: false,
        issued,
        expires: issued.checked_add(SignedDuration::from_mins(minutes)).unwrap(),
        limit: None,
        renews: true,
    }
}

/// The same for a session that only a person can renew.
pub fn fixed_session(issued: Timestamp, minutes: i64) -> SessionFacts {
    SessionFacts { renews: false, ..session(issued, minutes) }
}

/// A provider that signs in by browser, or by password when its id is `cognito`.
pub fn about(id: &'static str) -> About {
    let password = id == "cognito";
    let flows = if password { &[Flow::Password] } else { &[Flow::Code] };
    let accounts = if password { &Deed::ALL[..] } else { &[][..] };
    About { id, name: id, fields: &[], profile_fields: Some(&[]), flows, renews: true, password, accounts }
}

/// A page that comes back to this computer by itself.
pub fn page_in_the_browser(opening: Opening, expires: Timestamp) -> Question {
    let url = "https://oidc.eu-west-1.amazonaws.com/authorize?response_type=code&state=x".to_owned();
    let (complete_url, host) = (url.clone(), "oidc.eu-west-1.amazonaws.com".into());
    let wait = Wait { code: None, page: Some(WaitPage { url, complete_url, host, opening }), expires };
    Question::wait(Topic::Approval, wait).or(Other::AnotherDevice)
}

/// A code to compare on a page that was opened.
pub fn code_to_compare(code: &str, expires: Timestamp) -> Question {
    let page = WaitPage {
        url: "https://device.example.com/".into(),
        complete_url: format!("https://device.example.com/?user_code={code}"),
        host: "device.example.com".into(),
        opening: Opening::Opened,
    };
    Question::wait(Topic::Approval, Wait { code: Some(code.into()), page: Some(page), expires }).or(Other::NewCode)
}
