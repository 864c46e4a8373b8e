//! A browser in which somebody is signed in to the console of the embedded cloud, and the door that it comes back to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use keyfob_core::doors::callback::{Callback, CallbackError, Expected, Listening};
use keyfob_core::doors::ports::{Browser, BrowserError, Random};
use keyfob_core::doors::provider::Cx;
use keyfob_core::words::secret::Secret;
use url::Url;

/// Lends the session of this ARN, or of `nobody`, to whoever opens the page.
#[derive(Debug, Clone)]
pub struct Console {
    who: String,
    door: Arc<Mutex<Door>>,
}

#[derive(Debug, Default)]
struct Door {
    expected: Option<Expected>,
    came: Option<BTreeMap<String, Secret>>,
}

const PORT: u16 = 49_152;

impl Console {
    /// Puts it in the place of the world's browser and door.
    pub fn of(who: &str, cx: &mut Cx) {
        let console = Console { who: who.to_owned(), door: Arc::default() };
        cx.browser = Arc::new(console.clone());
        cx.callback = Arc::new(console);
        cx.random = Arc::new(Counter::default());
    }
}

/// Where the page leads that is opened as this person.
pub async fn opened(page: &Url, who: &str) -> Url {
    let mut page = page.clone();
    page.query_pairs_mut().append_pair("as", who);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let answer = client.get(page).send().await.unwrap();
    let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let to = match to {
        Some(to) => to,
        None => panic!("the page leads nowhere: {}", answer.text().await.unwrap()),
    };
    to.parse().unwrap()
}

#[async_trait]
impl Browser for Console {
    async fn open(&self, page: &Url) -> Result<(), BrowserError> {
        let back = opened(page, &self.who).await;
        let mut door = self.door.lock().unwrap();
        let expected = door.expected.as_ref().unwrap();
        assert_eq!((back.port(), back.path()), (Some(PORT), expected.path.as_str()));
        let mut answer: BTreeMap<String, Secret> =
            back.query_pairs().map(|(key, value)| (key.into_owned(), Secret::new(value))).collect();
        assert_eq!(answer.remove("state").as_ref(), Some(&expected.state));
        door.came = Some(answer);
        Ok(())
    }
}

#[async_trait]
impl Callback for Console {
    async fn open(&self, expected: Expected) -> Result<Box<dyn Listening>, CallbackError> {
        self.door.lock().unwrap().expected = Some(expected);
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl Listening for Console {
    fn port(&self) -> u16 {
        PORT
    }

    async fn answer(&mut self) -> BTreeMap<String, Secret> {
        loop {
            if let Some(came) = self.door.lock().unwrap().came.take() {
                return came;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Bytes that are never the same twice.
#[derive(Debug, Default)]
struct Counter(Mutex<u8>);

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let mut next = self.0.lock().unwrap();
        for byte in bytes {
            *next = next.wrapping_add(7);
            *byte = *next;
        }
    }
}
