//! The service: each request goes past sign-in, faults and limits, is answered, and is logged.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::answer::{self, Ask, Reply};
use super::context::{Caller, Context};
use super::faults::{Fault, FaultKind, Throttle, strike};
use super::http::{Headers, Incoming, Outgoing, outgoing, parsed};
use super::log::{Entry, masked, masked_form};
use super::model::Version;
use super::refusal::{Outcome, Refusal};
use super::store::{State, text};
use super::{CLIENT_OBJECT_ID, Options, TENANT_ID, batch, control, login, permissions, seed};

pub(crate) struct Emulator {
    options: Options,
    base: String,
    started: Instant,
    state: Mutex<State>,
    ways: Mutex<Ways>,
    file: Option<Mutex<File>>,
}

/// What happens to requests on their way, which the control endpoint can change.
pub(crate) struct Ways {
    pub(crate) faults: Vec<Fault>,
    pub(crate) latency: Duration,
    pub(crate) roles: Vec<String>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) log: Vec<Entry>,
    numbered: u64,
    random: fastrand::Rng,
}

/// A request to Graph, whether it came by itself, in a batch, or from outside.
#[derive(Clone, Copy)]
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: &'a Headers,
    body: Option<&'a Value>,
    raw: &'a [u8],
}

/// A lock is poisoned only by a panic, after which the state is as good as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Emulator {
    pub(crate) fn new(options: Options, base: String) -> io::Result<Emulator> {
        let file = match &options.log {
            Some(path) => Some(Mutex::new(File::create(path)?)),
            None => None,
        };
        let emulator = Emulator {
            state: Mutex::new(State::new("", "", 0)),
            ways: Mutex::new(Ways {
                faults: options.faults.clone(),
                latency: options.latency,
                roles: options.roles.clone().unwrap_or_else(permissions::all),
                throttle: options.throttle.then(Throttle::default),
                log: Vec::new(),
                numbered: 0,
                random: fastrand::Rng::with_seed(options.seed),
            }),
            base,
            started: Instant::now(),
            file,
            options,
        };
        emulator.reset();
        Ok(emulator)
    }

    /// The tenant as it was at the start; faults and log are left.
    pub(crate) fn reset(&self) {
        let options = &self.options;
        let mut state = seed::tenant(options.tenant, options.users, options.seed);
        state.lag = options.lag;
        *lock(&self.state) = state;
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn ways(&self) -> MutexGuard<'_, Ways> {
        lock(&self.ways)
    }

    pub(crate) fn controlled(&self, rest: &str, incoming: &Incoming) -> Outgoing {
        if let Some(path) = rest.strip_prefix("/outside") {
            return self.elsewhere(path, incoming);
        }
        control::answer(self, &incoming.method, rest, &incoming.body)
    }

    /// A change that nobody here made: it needs no token, meets no fault, is seen at once, leaves no trace.
    fn elsewhere(&self, path: &str, incoming: &Incoming) -> Outgoing {
        let caller = Caller { object_id: String::new(), roles: None };
        let body = serde_json::from_slice(&incoming.body).ok();
        let call = Call { path, ..Call::of(incoming, body.as_ref()) };
        let mut state = self.state();
        state.immediate = true;
        let told = self.graph(&mut state, &caller, call);
        state.immediate = false;
        drop(state);
        outgoing(&told, &incoming.headers)
    }

    /// The fault that befalls a request, and how long its answer takes at least.
    pub(crate) fn on_the_way(&self, incoming: &Incoming) -> (Option<Fault>, Duration) {
        let mut ways = self.ways();
        let Ways { faults, random, latency, .. } = &mut *ways;
        (strike(faults, random, &incoming.method, &incoming.path), *latency)
    }

    pub(crate) fn answered(&self, incoming: &Incoming, fault: Option<&Fault>) -> Outgoing {
        if fault.is_some_and(|fault| fault.kind == FaultKind::Forget) {
            let body = serde_json::from_slice::<Value>(&incoming.body).ok();
            let told = Ok(Reply::empty(204));
            self.note(Call::of(incoming, body.as_ref()), &told, fault, false);
            return outgoing(&told, &incoming.headers);
        }
        if let Some(refusal) = fault.and_then(refused_by) {
            let body = serde_json::from_slice::<Value>(&incoming.body).ok();
            self.note(Call::of(incoming, body.as_ref()), &Err(refusal.clone()), fault, false);
            return outgoing(&Err(refusal), &incoming.headers);
        }
        if let Some(told) = self.signed_in(incoming) {
            return told;
        }
        if incoming.path.ends_with("/$batch") {
            return self.batched(incoming, fault);
        }
        let (body, told) = self.single(incoming);
        self.note(Call::of(incoming, body.as_ref()), &told, fault, false);
        outgoing(&told, &incoming.headers)
    }

    fn single(&self, incoming: &Incoming) -> (Option<Value>, Outcome<Reply>) {
        let headers = &incoming.headers;
        let read = login::caller(headers.authorization.as_deref(), TENANT_ID).and_then(|caller| {
            let sent = match answer::is_stream(&incoming.path) {
                true => None,
                false => parsed(headers, &incoming.body)?,
            };
            Ok((caller, sent))
        });
        let (caller, sent) = match read {
            Ok(read) => read,
            Err(refusal) => return (None, Err(refusal)),
        };
        let call = Call::of(incoming, sent.as_ref());
        let told = self.admitted(call).and_then(|()| self.graph(&mut self.state(), &caller, call));
        (sent, told)
    }

    fn admitted(&self, call: Call) -> Outcome<()> {
        let mut ways = self.ways();
        let Some(throttle) = &mut ways.throttle else { return Ok(()) };
        let (_, unversioned) =
            call.path.trim_start_matches('/').split_once('/').unwrap_or_default();
        throttle
            .admit(answer::service(unversioned), call.method, Instant::now())
            .map_err(Refusal::throttled)
    }

    fn graph(&self, state: &mut State, caller: &Caller, call: Call) -> Outcome<Reply> {
        let (version, rest) = call.path.trim_start_matches('/').split_once('/').unwrap_or_default();
        let version = Version::of(version)
            .ok_or_else(|| Refusal::bad_request(format!("Invalid version: '{version}'.")))?;
        let mut cx = Context {
            state,
            version,
            now: Instant::now(),
            base: &self.base,
            caller,
            newer_members: call.headers.newer_members,
            eventual: call.headers.eventual,
            parent: String::new(),
        };
        let path = format!("/{rest}");
        answer::answer(
            &mut cx,
            &Ask {
                method: call.method,
                path: &path,
                query: call.query,
                body: call.body,
                raw: (&call.headers.content_type, call.raw),
                language: call.headers.language.as_deref(),
            },
        )
    }

    fn batched(&self, incoming: &Incoming, fault: Option<&Fault>) -> Outgoing {
        let read = login::caller(incoming.headers.authorization.as_deref(), TENANT_ID).and_then(
            |caller| {
                let body = parsed(&incoming.headers, &incoming.body)?.unwrap_or_default();
                Ok((caller, batch::read(&body)?))
            },
        );
        let (caller, items) = match read {
            Ok(read) => read,
            Err(refusal) => {
                let told = Err(refusal);
                self.note(Call::of(incoming, None), &told, fault, false);
                return outgoing(&told, &incoming.headers);
            }
        };
        let count = json!({ "requests": items.len() });
        self.note(Call::of(incoming, Some(&count)), &Ok(Reply::empty(200)), fault, false);
        let version = incoming.path.trim_end_matches("/$batch");
        Outgoing::json(200, &batch::run(&items, |item| self.item(version, &caller, incoming, item)))
    }

    fn item(
        &self,
        version: &str,
        caller: &Caller,
        incoming: &Incoming,
        item: &batch::Item,
    ) -> batch::Answer {
        let (path, query) = item.url.split_once('?').unwrap_or((&item.url, ""));
        let path = format!("{version}{path}");
        let headers = Headers {
            client_request_id: incoming.headers.client_request_id.clone(),
            ..Headers::read(|name| item.headers.get(name).cloned())
        };
        let call = Call {
            method: &item.method,
            path: &path,
            query,
            headers: &headers,
            body: item.body.as_ref(),
            raw: &[],
        };
        let fault = {
            let mut ways = self.ways();
            let Ways { faults, random, .. } = &mut *ways;
            strike(faults, random, &item.method, &path)
        };
        let forgets = fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Forget);
        let told = match fault.as_ref().and_then(refused_by) {
            Some(refusal) => Err(refusal),
            None if forgets => Ok(Reply::empty(204)),
            None => self.admitted(call).and_then(|()| self.graph(&mut self.state(), caller, call)),
        };
        self.note(call, &told, fault.as_ref(), true);
        let told = outgoing(&told, &headers);
        let headers: Map<String, Value> =
            told.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        batch::Answer {
            status: told.status,
            headers,
            body: serde_json::from_slice(&told.body).ok(),
        }
    }

    fn signed_in(&self, incoming: &Incoming) -> Option<Outgoing> {
        let Incoming { method, path, body, .. } = incoming;
        if path.trim_start_matches('/').split('/').next().and_then(Version::of).is_some() {
            return None;
        }
        let names = self.state().all("domain").map(|(_, d)| text(d, "id").to_owned()).collect();
        let roles = self.ways().roles.clone();
        let tenant = login::Tenant {
            id: TENANT_ID,
            names,
            base: &self.base,
            object_id: CLIENT_OBJECT_ID,
            roles: &roles,
        };
        let (status, told) = login::answer(&tenant, method, path, body)?;
        let reply = if status == 200 {
            Ok(Reply::empty(200))
        } else {
            Err(Refusal::new(
                status,
                "sign-in",
                told["error_description"].as_str().unwrap_or_default(),
            ))
        };
        let form = masked_form(body);
        self.note(Call::of(incoming, Some(&form)), &reply, None, false);
        Some(Outgoing::json(status, &told))
    }

    fn note(&self, call: Call, told: &Outcome<Reply>, fault: Option<&Fault>, batched: bool) {
        let (status, refused) = match told {
            Ok(reply) => (reply.status, None),
            Err(refusal) => {
                (refusal.status, Some(format!("{}: {}", refusal.code, refusal.message)))
            }
        };
        let mut ways = self.ways();
        ways.numbered += 1;
        let entry = Entry {
            number: ways.numbered,
            at: self.started.elapsed().as_millis(),
            method: call.method.to_owned(),
            path: call.path.to_owned(),
            query: call.query.to_owned(),
            status,
            request: call.body.map(masked),
            refused,
            fault: fault.map(|f| format!("{:?}", f.kind)),
            batched,
        };
        if let Some(file) = &self.file {
            // A log that cannot be written to must not fail the request.
            writeln!(lock(file), "{}", entry.told()).ok();
        }
        ways.log.push(entry);
    }
}

impl<'a> Call<'a> {
    fn of(incoming: &'a Incoming, body: Option<&'a Value>) -> Call<'a> {
        let Incoming { method, path, query, headers, body: raw } = incoming;
        Call { method, path, query, headers, body, raw }
    }
}

/// What a fault answers in the place of Graph.
fn refused_by(fault: &Fault) -> Option<Refusal> {
    let mut refusal = match fault.kind {
        FaultKind::Throttle => Refusal::throttled(None),
        FaultKind::Unavailable => {
            Refusal::new(503, "ServiceUnavailable", "The service is unavailable.")
        }
        FaultKind::Timeout => Refusal::new(504, "GatewayTimeout", "The gateway timed out."),
        FaultKind::Preview => Refusal::new(
            400,
            "BadRequest",
            "1037: The policy contains preview features. Use the Beta endpoint.",
        ),
        // Nobody reads this: the connection is cut.
        FaultKind::DropBefore => {
            Refusal::new(503, "ServiceUnavailable", "The connection was dropped.")
        }
        FaultKind::Forget | FaultKind::DropAfter | FaultKind::SlowBody | FaultKind::BrokenBody => {
            return None;
        }
    };
    refusal.retry_after = fault.retry_after;
    Some(refusal)
}
