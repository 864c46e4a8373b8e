//! Times in words: what is left, until when, and how long ago. Rounded down, never in seconds.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What is left, for tray and lists: `6 h 12 min`. Rounds down.
pub fn short(left: SignedDuration) -> String {
    let minutes = left.as_mins().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60, minutes % 60);
    match minutes {
        0 => "< 1 min".to_owned(),
        1..60 => format!("{minutes} min"),
        60..1440 if rest == 0 => format!("{hours} h"),
        60..1440 => format!("{hours} h {rest} min"),
        1440..2880 if hours == 24 => "1 day".to_owned(),
        1440..2880 => format!("1 day {} h", hours - 24),
        _ => format!("{days} days"),
    }
}

/// What is left, for details and screen readers: `6 hours 12 minutes, until 18:40 today`. Rounds down.
pub fn long(left: SignedDuration, end: Timestamp, now: Timestamp, tz: &TimeZone) -> String {
    let minutes = left.as_mins().max(0);
    let (time, day) = (clock(end, tz), day(end, now, tz));
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => format!("{}, until {time}", in_words(minutes)),
        60..1440 => format!("{}, until {time} {day}", in_words(minutes)),
        _ => format!("{}, until {day} {time}", in_words(minutes)),
    }
}

/// `until 18:40`, with the day in front unless that is today.
pub fn until(end: Timestamp, now: Timestamp, tz: &TimeZone) -> String {
    format!("until {}", moment(end, now, tz))
}

/// `18:40`, with the day in front unless that is today.
pub fn moment(at: Timestamp, now: Timestamp, tz: &TimeZone) -> String {
    match day(at, now, tz).as_str() {
        "today" => clock(at, tz),
        day => format!("{day} {}", clock(at, tz)),
    }
}

/// The time of day, such as `18:40`.
pub fn clock(at: Timestamp, tz: &TimeZone) -> String {
    let local = at.to_zoned(tz.clone());
    format!("{:02}:{:02}", local.hour(), local.minute())
}

pub(super) fn ended_short(end: Option<Timestamp>, now: Timestamp, tz: &TimeZone) -> String {
    match end {
        Some(end) => format!("ended {}", moment(end, now, tz)),
        None => "ended".to_owned(),
    }
}

pub(super) fn ended_long(end: Option<Timestamp>, now: Timestamp, tz: &TimeZone) -> String {
    let Some(end) = end else { return "ended".to_owned() };
    let minutes = now.duration_since(end).as_mins().max(0);
    let ago = if minutes == 0 { "less than a minute".to_owned() } else { in_words(minutes) };
    match day(end, now, tz).as_str() {
        "today" => format!("ended {ago} ago, at {}", clock(end, tz)),
        day => format!("ended {ago} ago, {day} {}", clock(end, tz)),
    }
}

/// A number of minutes: `2 hours 3 minutes`.
pub fn in_words(minutes: i64) -> String {
    let count = |n: i64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let (days, hours, rest) = (minutes / 1440, minutes / 60, minutes % 60);
    match minutes {
        ..60 => count(minutes, "minute"),
        60..1440 if rest == 0 => count(hours, "hour"),
        60..1440 => format!("{} {}", count(hours, "hour"), count(rest, "minute")),
        1440..2880 if hours == 24 => "1 day".to_owned(),
        1440..2880 => format!("1 day {}", count(hours - 24, "hour")),
        _ => count(days, "day"),
    }
}

/// `today`, `tomorrow`, `yesterday`, the weekday within six days, else the date.
fn day(at: Timestamp, now: Timestamp, tz: &TimeZone) -> String {
    const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (then, today) = (at.to_zoned(tz.clone()).date(), now.to_zoned(tz.clone()).date());
    match then.duration_since(today).as_hours() / 24 {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        -6..=6 => {
            let index = usize::try_from(then.weekday().to_monday_zero_offset()).unwrap_or_default();
            WEEKDAYS.get(index).copied().unwrap_or_default().to_owned()
        }
        _ => {
            let index = usize::try_from(then.month() - 1).unwrap_or_default();
            let month = MONTHS.get(index).copied().unwrap_or_default();
            let year = if then.year() == today.year() { String::new() } else { format!(" {}", then.year()) };
            format!("{} {month}{year}", then.day())
        }
    }
}
