//! Changes JSON as a tree, be it all of an input or one of its lines: what stays is well formed, and means another thing.

use serde_json::{Value, json};

use crate::mutate::Dice;

/// Changes a node of the whole input, or of a line of it that is JSON; anything else stays as it is.
pub fn change(input: &mut Vec<u8>, words: &[&str], dice: &mut Dice) {
    if let Ok(mut tree) = serde_json::from_slice(input) {
        *input = changed(&mut tree, words, dice);
        return;
    }
    let mut lines: Vec<Vec<u8>> = input.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let at = dice.below(lines.len());
    let trees = (at..lines.len()).chain(0..at).find_map(|n| {
        let tree: Value = serde_json::from_slice(&lines[n]).ok()?;
        (tree.is_object() || tree.is_array()).then_some((n, tree))
    });
    if let Some((n, mut tree)) = trees {
        lines[n] = changed(&mut tree, words, dice);
        *input = lines.join(&b'\n');
    }
}

fn changed(tree: &mut Value, words: &[&str], dice: &mut Dice) -> Vec<u8> {
    let mut places = Vec::new();
    places_in(tree, String::new(), &mut places);
    let place = places[dice.below(places.len())].clone();
    let other = places[dice.below(places.len())].clone();
    let copy = tree.pointer(&other).cloned().unwrap_or_default();
    let word = if words.is_empty() { "" } else { dice.one_of(words) };
    match dice.below(6) {
        0 => remove(tree, &place),
        1 => set(tree, &place, odd(word, dice)),
        2 => set(tree, &place, copy),
        3 => {
            let inner = tree.pointer(&place).cloned().unwrap_or_default();
            set(tree, &place, if dice.below(2) == 0 { json!([inner]) } else { json!({ word: inner }) });
        }
        4 => match tree.pointer_mut(&place) {
            Some(Value::Object(fields)) => drop(fields.insert(word.to_owned(), copy)),
            Some(Value::Array(items)) => items.push(copy),
            _ => {}
        },
        // A key twice, which no tree can hold.
        _ => {
            let text = tree.to_string();
            let again = text.replacen('{', &format!("{{{}:{copy},", Value::from(last_of(&place))), 1);
            return again.into_bytes();
        }
    }
    if dice.below(4) == 0 { serde_json::to_vec_pretty(tree) } else { serde_json::to_vec(tree) }.unwrap()
}

/// A value that no program of ours would write there.
fn odd(word: &str, dice: &mut Dice) -> Value {
    let all = [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(0.5),
        json!(""),
        json!("\u{0}\u{1b}[2J\u{202e}\n"),
        json!("x".repeat(5000)),
        json!([]),
        json!({}),
        json!(word),
        json!("9999-12-31T23:59:59Z"),
        json!("-009999-01-01T00:00:00Z"),
    ];
    all[dice.below(all.len())].clone()
}

/// Where each node is, as a JSON pointer (RFC 6901).
fn places_in(node: &Value, place: String, places: &mut Vec<String>) {
    match node {
        Value::Object(fields) => {
            for (key, inner) in fields {
                places_in(inner, format!("{place}/{}", key.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (n, inner) in items.iter().enumerate() {
                places_in(inner, format!("{place}/{n}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}

fn set(tree: &mut Value, place: &str, to: Value) {
    if let Some(node) = tree.pointer_mut(place) {
        *node = to;
    }
}

fn last_of(place: &str) -> String {
    place.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

fn remove(tree: &mut Value, place: &str) {
    let Some((above, _)) = place.rsplit_once('/') else { return };
    match tree.pointer_mut(above) {
        Some(Value::Object(fields)) => drop(fields.remove(&last_of(place))),
        Some(Value::Array(items)) => drop(last_of(place).parse().ok().map(|n: usize| items.remove(n))),
        _ => {}
    }
}
