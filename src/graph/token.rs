//! The access token: held in memory, renewed before it expires, fetched once for all who wait.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::FutureExt as _;
use futures::future::Shared;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::TARGET;
use super::error::{Error, SignIn};

/// Where tokens come from. Each call asks anew: keeping them is done here, once for all kinds.
#[async_trait]
pub(super) trait TokenSource: Send + Sync {
    /// Signs in.
    async fn fetch(&self) -> Result<Token, Error>;
}

/// An access token. Has no `Debug`, so that no log can show it.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) secret: Arc<str>,
    pub(super) expires: Instant,
    pub(super) fetched: Instant,
}

impl Token {
    pub(super) fn new(secret: &str, valid: Duration) -> Token {
        let now = Instant::now();
        Token { secret: secret.into(), expires: now + valid, fetched: now }
    }

    /// Whether it is time for a new one: five minutes before the end, or at four fifths of a
    /// shorter life.
    fn is_stale(&self, now: Instant) -> bool {
        let life = self.expires.saturating_duration_since(self.fetched);
        let margin = (life / 5).min(Duration::from_secs(300));
        now + margin >= self.expires
    }
}

type Fetch = Shared<Pin<Box<dyn Future<Output = Result<Token, Error>> + Send>>>;

/// The token in force, shared by all requests.
pub(super) struct Tokens {
    source: Arc<dyn TokenSource>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    fetch: Option<Fetch>,
}

impl Tokens {
    pub(super) fn new(source: Arc<dyn TokenSource>) -> Tokens {
        Tokens { source, state: Mutex::new(State::default()) }
    }

    /// A token that is good for a while yet.
    pub(super) async fn get(&self) -> Result<Token, Error> {
        let (fetch, held) = {
            let mut state = self.lock();
            match &state.token {
                Some(token) if !token.is_stale(Instant::now()) => return Ok(token.clone()),
                _ => {}
            }
            let held = state.token.clone();
            let source = Arc::clone(&self.source);
            let fetch = state
                .fetch
                .get_or_insert_with(|| async move { source.fetch().await }.boxed().shared());
            (fetch.clone(), held)
        };
        let fetched = fetch.clone().await;
        let mut state = self.lock();
        if state.fetch.as_ref().is_some_and(|current| current.ptr_eq(&fetch)) {
            state.fetch = None;
            if let Ok(token) = &fetched {
                debug!(target: TARGET, "signed in");
                state.token = Some(token.clone());
            }
        }
        match (fetched, held) {
            (Ok(token), _) => Ok(token),
            (Err(error), Some(held)) if held.expires > Instant::now() => {
                warn!(target: TARGET, %error, "the token could not be renewed; using it to its end");
                Ok(held)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Forgets a token that was not accepted, unless a newer one has come since.
    pub(super) fn reject(&self, token: &Token) {
        let mut state = self.lock();
        if state.token.as_ref().is_some_and(|held| Arc::ptr_eq(&held.secret, &token.secret)) {
            state.token = None;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The claims of a token, not verified: for diagnostics, never for decisions about trust.
pub(super) fn claims(token: &str) -> Result<Value, Error> {
    let opaque = || {
        Error::SignIn(Box::new(SignIn {
            credential: "the access token".into(),
            message: "the token is not a JWT, so what it allows cannot be told".into(),
            ..SignIn::default()
        }))
    };
    let payload = token.split('.').nth(1).ok_or_else(opaque)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).map_err(|_| opaque())?;
    serde_json::from_slice(&bytes).map_err(|_| opaque())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Gives tokens `t1`, `t2`, ...; fails from call `fails_from` on.
    struct Counter {
        calls: AtomicU32,
        valid: Duration,
        fails_from: u32,
    }

    #[async_trait]
    impl TokenSource for Counter {
        async fn fetch(&self) -> Result<Token, Error> {
            let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(Duration::from_secs(1)).await;
            match call >= self.fails_from {
                true => Err(Error::SignIn(Box::default())),
                false => Ok(Token::new(&format!("t{call}"), self.valid)),
            }
        }
    }

    fn tokens(valid: u64, fails_from: u32) -> (Arc<Counter>, Tokens) {
        let valid = Duration::from_secs(valid);
        let source = Arc::new(Counter { calls: AtomicU32::new(0), valid, fails_from });
        (Arc::clone(&source), Tokens::new(source))
    }

    async fn secret(tokens: &Tokens) -> String {
        match tokens.get().await {
            Ok(token) => token.secret.to_string(),
            Err(_) => "refused".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_callers_share_one_fetch() {
        let (source, tokens) = tokens(3600, 9);
        let got = futures::future::join_all((0..20).map(|_| secret(&tokens))).await;
        assert!(got.iter().all(|token| token == "t1"), "{got:?}");
        assert_eq!(source.calls.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_callers_share_one_failure() {
        let (source, tokens) = tokens(3600, 1);
        let got = futures::future::join_all((0..20).map(|_| secret(&tokens))).await;
        assert!(got.iter().all(|token| token == "refused"), "{got:?}");
        assert_eq!(source.calls.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn renewed_five_minutes_before_the_end() {
        let (_, tokens) = tokens(3600, 9);
        assert_eq!(secret(&tokens).await, "t1");
        tokio::time::advance(Duration::from_secs(3290)).await;
        assert_eq!(secret(&tokens).await, "t1");
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(secret(&tokens).await, "t2");
    }

    #[tokio::test(start_paused = true)]
    async fn used_to_its_end_when_it_cannot_be_renewed() {
        let (_, tokens) = tokens(3600, 2);
        assert_eq!(secret(&tokens).await, "t1");
        tokio::time::advance(Duration::from_secs(3400)).await;
        assert_eq!(secret(&tokens).await, "t1");
        tokio::time::advance(Duration::from_secs(300)).await;
        assert_eq!(secret(&tokens).await, "refused");
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_token_in_force_is_rejected() {
        let (_, tokens) = tokens(3600, 9);
        let first = tokens.get().await.unwrap_or_else(|e| panic!("{e}"));
        tokens.reject(&first);
        assert_eq!(secret(&tokens).await, "t2");
        tokens.reject(&first);
        assert_eq!(secret(&tokens).await, "t2");
    }

    #[test]
    fn claims_of_a_token() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"tid":"t","roles":["Group.Read.All"]}"#);
        let claims = claims(&format!("e30.{payload}.sig")).unwrap();
        assert_eq!(claims["roles"][0], "Group.Read.All");
        for bad in ["opaque", "a.b.c", ""] {
            assert!(super::claims(bad).is_err(), "{bad}");
        }
    }
}
