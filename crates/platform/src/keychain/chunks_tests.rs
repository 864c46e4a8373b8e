//! Long texts in a store of small items: whole or not at all, whatever dies in between.

#![allow(clippy::unwrap_used)]

use super::super::tests::twin::Twin;
use super::*;

/// As on Windows, less what an item may lose to its own frame.
const SMALL: usize = 2_400;

fn text(length: usize, fill: char) -> Secret {
    Secret::new(fill.to_string().repeat(length))
}

fn read(twin: &Twin) -> Result<Option<Secret>, StoreError> {
    get(&mut twin.clone(), "team")
}

fn write(twin: &Twin, text: &Secret, stamp: &str) -> Result<(), StoreError> {
    put(&mut twin.clone(), "team", text, stamp)
}

// F44, P07
#[test]
fn a_text_of_any_length_comes_back_from_a_store_of_small_items() {
    let twin = Twin::holding(SMALL);
    assert_eq!(read(&twin), Ok(None));
    let lengths = [0, 1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 6_000, 65_536, 1, 200_000, 0];
    for (turn, length) in lengths.into_iter().enumerate() {
        let whole = text(length, 'x');
        write(&twin, &whole, &format!("stamp{turn}")).unwrap();
        assert_eq!(read(&twin), Ok(Some(whole)), "{length} bytes");
        let room = SMALL - "stamp10:".len();
        assert!(twin.names().len() <= length / room + 2, "{length} bytes left orphans: {:?}", twin.names());
    }
}

#[test]
fn a_text_that_fits_is_one_item_as_it_is() {
    let twin = Twin::holding(SMALL);
    write(&twin, &text(SMALL, 'x'), "s").unwrap();
    assert_eq!(twin.inside().items["team"], "x".repeat(SMALL));
    assert_eq!(twin.names(), ["team"]);
}

// F44: a store that takes nothing but UTF-8
#[test]
fn a_piece_never_ends_inside_a_character() {
    let twin = Twin::holding(48);
    let whole = Secret::new("aüß語🔑".repeat(100));
    write(&twin, &whole, "0123456789abcdef").unwrap();
    assert_eq!(read(&twin), Ok(Some(whole)));
}

#[test]
fn a_text_that_looks_like_a_manifest_is_still_a_text() {
    for longest in [SMALL, usize::MAX] {
        let twin = Twin::holding(longest);
        let whole = Secret::new("keyfob-pieces:1:a:stamp:2:9");
        write(&twin, &whole, "s").unwrap();
        assert_eq!(read(&twin), Ok(Some(whole)));
    }
}

// F39 in small items: every write of a replacement is the last one once
#[test]
fn a_writer_that_dies_anywhere_leaves_the_old_text_or_the_new_and_the_next_one_sweeps() {
    for (before, after) in [(6_000, 9_000), (9_000, 3_000), (6_000, 10), (10, 6_000)] {
        let (old, new) = (text(before, 'o'), text(after, 'n'));
        for at in 0.. {
            let twin = Twin::holding(SMALL);
            write(&twin, &old, "stamp-old").unwrap();
            let begun = twin.inside().writes.len();
            twin.inside().dies_at = Some(begun + at);
            let done = write(&twin, &new, "stamp-new").is_ok();
            let found = read(&twin).unwrap().unwrap();
            assert!(found == old || found == new, "{before} to {after}, killed before write {at}");
            twin.inside().dies_at = None;
            write(&twin, &text(1, 'z'), "stamp-end").unwrap();
            assert_eq!(twin.names(), ["team"], "{before} to {after}, killed before write {at}");
            if done {
                assert_eq!(found, new);
                break;
            }
        }
    }
}

#[test]
fn a_first_write_that_dies_is_no_entry() {
    for at in 0..3 {
        let twin = Twin::holding(SMALL);
        twin.inside().dies_at = Some(at);
        assert!(write(&twin, &text(5_000, 'n'), "s").is_err());
        assert_eq!(read(&twin), Ok(None), "killed before write {at}");
    }
}

// P07, Z09
#[test]
fn pieces_of_two_texts_are_never_joined() {
    let (one, two) = (Twin::holding(SMALL), Twin::holding(SMALL));
    write(&one, &text(6_000, '1'), "stamp-one").unwrap();
    write(&two, &text(6_000, '2'), "stamp-two").unwrap();
    for index in 0..3 {
        let name = format!("team/a/{index}");
        let kept = one.inside().items[&name].clone();
        let foreign = two.inside().items[&name].clone();
        one.inside().items.insert(name.clone(), foreign);
        assert!(matches!(read(&one), Err(StoreError::Damaged { .. })), "piece {index} of another text was taken");
        one.inside().items.remove(&name);
        assert!(matches!(read(&one), Err(StoreError::Damaged { .. })), "piece {index} is missing");
        one.inside().items.insert(name, kept);
    }
    assert_eq!(read(&one), Ok(Some(text(6_000, '1'))));
}

#[test]
fn a_reader_that_meets_a_writer_reads_again() {
    // The writer flips the manifest between two calls of the reader.
    struct Racing {
        twin: Twin,
        calls: usize,
    }
    impl Items for Racing {
        fn until(&mut self, _: std::time::Instant) -> Result<(), StoreError> {
            Ok(())
        }
        fn longest(&self) -> usize {
            SMALL
        }
        fn get(&mut self, name: &str) -> Result<Option<Secret>, StoreError> {
            self.calls += 1;
            if self.calls == 2 {
                write(&self.twin, &text(7_000, 'n'), "stamp-new")?;
            }
            self.twin.get(name)
        }
        fn put(&mut self, _: &str, _: &Secret) -> Result<(), StoreError> {
            unreachable!()
        }
        fn remove(&mut self, _: &str) -> Result<(), StoreError> {
            unreachable!()
        }
        fn ready(&mut self) -> Result<(), StoreError> {
            unreachable!()
        }
        fn others_locked(&mut self) -> Result<bool, StoreError> {
            unreachable!()
        }
    }
    let twin = Twin::holding(SMALL);
    write(&twin, &text(6_000, 'o'), "stamp-old").unwrap();
    assert_eq!(get(&mut Racing { twin, calls: 0 }, "team"), Ok(Some(text(7_000, 'n'))));
}

// F45
#[test]
fn a_manifest_that_makes_no_sense_is_told_and_can_be_overwritten() {
    for nonsense in ["", "a:s:1", "c:s:1:1", "a:s:x:1", "a:s:1:-1", "a:s:9999:1", "a:s:1:99999999999", "a:s:1:1:1"] {
        let twin = Twin::holding(SMALL);
        twin.inside().items.insert("team".into(), format!("{MANIFEST}{nonsense}"));
        assert!(matches!(read(&twin), Err(StoreError::Damaged { .. })), "{nonsense}");
        write(&twin, &text(3_000, 'n'), "s").unwrap();
        assert_eq!(read(&twin), Ok(Some(text(3_000, 'n'))));
    }
}

#[test]
fn removing_leaves_nothing_behind() {
    let twin = Twin::holding(SMALL);
    write(&twin, &text(9_000, 'x'), "s").unwrap();
    remove(&mut twin.clone(), "team").unwrap();
    assert_eq!(twin.names(), [""; 0]);
    remove(&mut twin.clone(), "team").unwrap();
}

#[test]
fn a_text_too_long_for_all_pieces_is_refused_before_anything_is_written() {
    let twin = Twin::holding(SMALL);
    assert!(matches!(write(&twin, &text(SMALL * MOST, 'x'), "s"), Err(StoreError::Failed { .. })));
    assert_eq!(twin.inside().writes, [""; 0]);
}

#[test]
fn a_store_of_large_items_is_asked_no_more_than_needed() {
    let twin = Twin::holding(usize::MAX);
    write(&twin, &text(100_000, 'x'), "s").unwrap();
    write(&twin, &text(100_000, 'y'), "t").unwrap();
    assert_eq!(twin.inside().writes, ["put team", "put team"]);
}

// P07: any history of writes, removals and deaths, in stores of any size of item
proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 500, ..Default::default() })]

    #[test]
    fn after_any_history_the_text_is_the_last_one_or_that_of_a_writer_who_died(
        longest in 48usize..200,
        history in proptest::collection::vec((0usize..1_500, proptest::option::of(0usize..40), proptest::bool::ANY), 1..20),
    ) {
        let twin = Twin::holding(longest);
        let mut possible: Vec<Option<Secret>> = vec![None];
        for (turn, (length, dies_after, removes)) in history.into_iter().enumerate() {
            let wanted = (!removes).then(|| text(length, char::from(b'a' + (turn % 26) as u8)));
            let begun = twin.inside().writes.len();
            twin.inside().dies_at = dies_after.map(|after| begun + after);
            let done = match &wanted {
                Some(text) => write(&twin, text, &format!("stamp{turn}")),
                None => remove(&mut twin.clone(), "team"),
            };
            twin.inside().dies_at = None;
            let found = read(&twin).unwrap();
            if done.is_ok() {
                possible = vec![wanted];
            } else {
                possible.push(wanted);
            }
            proptest::prop_assert!(possible.contains(&found), "turn {turn}");
            possible = vec![found];
        }
        remove(&mut twin.clone(), "team").unwrap();
        proptest::prop_assert_eq!(twin.names(), [""; 0]);
    }
}
