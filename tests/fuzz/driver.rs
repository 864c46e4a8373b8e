//! Feeds a target: a fixed number of inputs, or for as long as is asked; a failure is made small and can be repeated.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant, SystemTime};

use crate::mutate::Corpus;

/// So long a failure is made smaller.
const MAKING_SMALL: Duration = Duration::from_secs(20);

/// What is fuzzed.
pub struct Target {
    /// Real inputs; the others are made of them.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// What such inputs are written with.
    pub words: &'static [&'static str],
    /// How often an input is changed at most.
    pub changes: usize,
    /// How many inputs there are where no time is given.
    pub inputs: u64,
    /// Panics when an input does what none may.
    pub holds: fn(&[u8]),
}

/// An input that a target does not bear.
struct Failure {
    seed: u64,
    input: Vec<u8>,
    why: String,
}

/// Fuzzes a target; panics with the first input that it does not bear.
pub fn run(name: &str, target: &Target) {
    listen_to_panics();
    let corpus = Corpus::new((target.seeds)(), target.words, target.changes);
    for seed in corpus.seeds() {
        if let Err(why) = attempt(target, seed) {
            panic!("{name} does not bear an input that is right: {why}\n{}", literal(seed));
        }
    }
    let began = Instant::now();
    let end = number("KEYFOB_FUZZ_SECONDS").map(|seconds| began + Duration::from_secs(seconds));
    let first = number("KEYFOB_FUZZ_SEED").unwrap_or_else(|| if end.is_some() { by_the_clock() } else { 0 });
    let (next, failure) = (AtomicU64::new(0), Mutex::new(None));
    let work = || {
        loop {
            let done = next.fetch_add(1, Ordering::Relaxed);
            let over = end.map_or(done >= target.inputs, |end| Instant::now() >= end);
            if over || failure.lock().unwrap().is_some() {
                return;
            }
            let seed = first.wrapping_add(done);
            let input = corpus.input(seed);
            if let Err(why) = attempt(target, &input) {
                *failure.lock().unwrap() = Some(Failure { seed, input, why });
            }
        }
    };
    // Other tests run beside this one, unless there is time for each.
    let at_once = end.map_or(1, |_| std::thread::available_parallelism().map_or(1, usize::from));
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(work);
        }
    });
    if let Some(failure) = failure.into_inner().unwrap() {
        panic!("{}", told(name, target, &failure));
    }
    if end.is_some() {
        let inputs = next.into_inner() - at_once as u64;
        let each = inputs as f64 / began.elapsed().as_secs_f64();
        // Past what the test harness holds back.
        let _ = writeln!(std::io::stderr(), "{name}: {inputs} inputs from seed {first}, {each:.0} a second, all held");
    }
}

fn told(name: &str, target: &Target, failure: &Failure) -> String {
    let Failure { seed, input, why } = failure;
    let small = smaller(target, input);
    let why = attempt(target, &small).err().unwrap_or_else(|| why.clone());
    let file = keep(name, *seed, &small);
    format!(
        "{why}\nTo repeat: make fuzz TARGET={name} SEED={seed}\n{} of {} bytes are left, in {}:\n{}",
        small.len(),
        input.len(),
        file.display(),
        literal(&small)
    )
}

/// Takes away as much as the failure bears.
fn smaller(target: &Target, input: &[u8]) -> Vec<u8> {
    let end = Instant::now() + MAKING_SMALL;
    let mut small = input.to_vec();
    let mut step = small.len().div_ceil(2);
    while step > 0 {
        let mut at = 0;
        while at < small.len() && Instant::now() < end {
            let less = [&small[..at], &small[small.len().min(at + step)..]].concat();
            if attempt(target, &less).is_err() {
                small = less;
            } else {
                at += step;
            }
        }
        step /= 2;
    }
    small
}

fn keep(name: &str, seed: u64, input: &[u8]) -> PathBuf {
    let folder = std::env::temp_dir().join("keyfob-fuzz");
    let file = folder.join(format!("{name}-{seed}"));
    std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, input)).unwrap();
    file
}

fn literal(input: &[u8]) -> String {
    format!("b\"{}\"", input.escape_ascii())
}

thread_local! {
    static TRYING: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a target on an input; the error is what its panic said, and where.
fn attempt(target: &Target, input: &[u8]) -> Result<(), String> {
    TRYING.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.holds)(input)));
    TRYING.set(false);
    outcome.map_err(|_| SAID.take())
}

/// Making a failure small is a thousand panics that nobody wants to read.
fn listen_to_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if TRYING.get() {
                SAID.set(panic.to_string());
            } else {
                usual(panic);
            }
        }));
    });
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not {text}")))
}

fn by_the_clock() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() << 24)
}

// F164
#[test]
fn an_input_that_does_harm_is_found_made_small_and_shown() {
    let target = Target {
        seeds: || vec![b"one two three".to_vec()],
        words: &["four"],
        changes: 8,
        inputs: 10_000,
        holds: |input| assert!(!input.windows(4).any(|four| four == b"four"), "there are four"),
    };
    let why = catch_unwind(AssertUnwindSafe(|| run("harm", &target))).unwrap_err();
    let why = why.downcast_ref::<String>().unwrap();
    let said = ["there are four", "TARGET=harm SEED=", "\n4 of ", "\nb\"four\""];
    assert!(said.iter().all(|said| why.contains(said)), "{why}");
}

#[test]
fn an_input_is_the_same_for_the_same_seed() {
    let corpus = || Corpus::new(vec![br#"{"a":[1,{"b":"c"}]}"#.to_vec(), b"[x]\ny = z\n".to_vec()], &["w"], 8);
    let all = |corpus: Corpus| (0..500).map(|seed| corpus.input(seed)).collect::<Vec<_>>();
    assert_eq!(all(corpus()), all(corpus()));
}
