//! Faults put in a request's way, and limits on how fast requests may come.

use std::collections::HashMap;
use std::str::FromStr;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::set::Service;

/// What befalls which requests.
///
/// Without `probability` it befalls all that match; with `count` the next so many of them. A `path` is a
/// prefix, with or without the version. In JSON as in [`FromStr`]: `throttle:path=/users,count=2`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// The method; any if none.
    #[serde(default)]
    pub method: Option<String>,
    /// What the path begins with; anything if none.
    #[serde(default)]
    pub path: Option<String>,
    /// From 0 to 1; 1 if none.
    #[serde(default)]
    pub probability: Option<f64>,
    /// How many requests it befalls; no end if none.
    #[serde(default)]
    pub count: Option<u32>,
    /// Seconds that a throttled client is told to wait; not told if none.
    #[serde(default)]
    pub retry_after: Option<u64>,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// 429; Retry-After as `retry_after` says.
    Throttle,
    /// 503
    Unavailable,
    /// 504
    Timeout,
    /// 400: what is asked of v1.0 is a preview, which the beta takes.
    Preview,
    /// The connection ends, and nothing was done.
    DropBefore,
    /// The connection ends, and what was asked was done.
    DropAfter,
    /// The answer is that of a change that was made, 204, and nothing was done.
    Forget,
    /// The answer comes in small pieces.
    SlowBody,
    /// The answer ends before its end.
    BrokenBody,
}

impl FromStr for Fault {
    type Err = String;

    /// `kind[:name=value,..]`
    fn from_str(text: &str) -> Result<Fault, String> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let mut fault = serde_json::Map::new();
        fault.insert("kind".into(), kind.into());
        for pair in rest.split(',').filter(|p| !p.is_empty()) {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| format!("'{pair}' is not name=value"))?;
            let value = match serde_json::from_str(value) {
                Ok(number @ serde_json::Value::Number(_)) => number,
                _ => value.into(),
            };
            fault.insert(name.into(), value);
        }
        serde_json::from_value(fault.into()).map_err(|e| e.to_string())
    }
}

impl Fault {
    fn befalls(&self, method: &str, path: &str) -> bool {
        let versionless =
            path.strip_prefix("/v1.0").or_else(|| path.strip_prefix("/beta")).unwrap_or(path);
        self.method.as_ref().is_none_or(|m| m.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|p| path.starts_with(p) || versionless.starts_with(p))
    }
}

/// The fault that befalls this request, if any; one with a count is used up.
pub(crate) fn strike(
    faults: &mut Vec<Fault>,
    random: &mut fastrand::Rng,
    method: &str,
    path: &str,
) -> Option<Fault> {
    let at = faults
        .iter()
        .position(|f| f.befalls(method, path) && f.probability.is_none_or(|p| random.f64() < p))?;
    let fault = faults[at].clone();
    if let Some(left) = &mut faults[at].count {
        *left = left.saturating_sub(1);
        if *left == 0 {
            faults.remove(at);
        }
    }
    Some(fault)
}

/// Limits as published: see the throttling page for each service.
#[derive(Default)]
pub(crate) struct Throttle {
    buckets: HashMap<&'static str, Bucket>,
}

struct Bucket {
    level: f64,
    filled: Instant,
}

/// A bucket: its name, size, how much flows in each second, and whether a client is told how long to wait.
type Limit = (&'static str, f64, f64, bool);

const CONDITIONAL_ACCESS: Limit = ("conditional access", 1.0, 1.0, false);
const DIRECTORY: Limit = ("directory", 3500.0, 350.0, true);
const DIRECTORY_WRITES: Limit = ("directory writes", 3000.0, 20.0, true);

impl Throttle {
    /// Takes a request in, or says that it is one too many, and after how many seconds to come again.
    pub(crate) fn admit(
        &mut self,
        service: Service,
        method: &str,
        now: Instant,
    ) -> Result<(), Option<u64>> {
        match service {
            Service::ConditionalAccess => self.take(CONDITIONAL_ACCESS, now),
            Service::Directory => {
                if method != "GET" {
                    self.take(DIRECTORY_WRITES, now)?;
                }
                self.take(DIRECTORY, now)
            }
            Service::Roles | Service::Other => Ok(()),
        }
    }

    fn take(&mut self, (name, size, flow, told): Limit, now: Instant) -> Result<(), Option<u64>> {
        let bucket = self.buckets.entry(name).or_insert(Bucket { level: size, filled: now });
        let inflow = now.saturating_duration_since(bucket.filled).as_secs_f64() * flow;
        bucket.level = (bucket.level + inflow).min(size);
        bucket.filled = now;
        if bucket.level >= 1.0 {
            bucket.level -= 1.0;
            return Ok(());
        }
        let wait = Duration::from_secs_f64((1.0 - bucket.level) / flow).as_secs() + 1;
        Err(told.then_some(wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_used_up() {
        let fault: Fault =
            "throttle:method=POST,path=/users,count=2,retry_after=3".parse().unwrap();
        let (mut faults, mut random) = (vec![fault], fastrand::Rng::with_seed(1));
        assert!(strike(&mut faults, &mut random, "GET", "/v1.0/users").is_none());
        assert!(strike(&mut faults, &mut random, "POST", "/v1.0/groups").is_none());
        for _ in 0..2 {
            let fault = strike(&mut faults, &mut random, "POST", "/v1.0/users").unwrap();
            assert_eq!((fault.kind, fault.retry_after), (FaultKind::Throttle, Some(3)));
        }
        assert!(strike(&mut faults, &mut random, "POST", "/v1.0/users").is_none());
        assert!("throttle:colour=red".parse::<Fault>().is_err());
        assert!("flood".parse::<Fault>().is_err());
    }

    #[test]
    fn conditional_access_takes_one_request_a_second() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let mut admit = |at| throttle.admit(Service::ConditionalAccess, "GET", at);
        assert_eq!(admit(now), Ok(()));
        assert_eq!(admit(now), Err(None));
        assert_eq!(admit(now + Duration::from_secs(1)), Ok(()));
    }
}
