//! Log lines in the form that Terraform shows under `TF_LOG`: hclog's JSON, on stderr.

use std::fmt;
use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging for the whole process, as verbose as the environment, which `variable` looks
/// up, asks for.
pub fn start(variable: impl Fn(&str) -> Option<String>) {
    let filter = Targets::new().with_target("m365", level(variable)).with_default(Level::WARN);
    // Fails only where logging was started before, which is as good.
    let _ = tracing_subscriber::registry().with(Hclog { write }.with_filter(filter)).try_init();
}

/// Terraform filters by itself, but it must not be handed what nobody asked to see: lines cost
/// time. The most specific variable decides, as for providers made with Terraform's own library.
fn level(variable: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let asked = ["TF_LOG_PROVIDER_M365", "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|level| !level.is_empty()));
    match asked.map(|level| level.to_ascii_lowercase()).as_deref() {
        // `JSON` asks Terraform to log as JSON, and all there is.
        Some("trace" | "json") => LevelFilter::TRACE,
        Some("debug") => LevelFilter::DEBUG,
        Some("info") => LevelFilter::INFO,
        Some("error") => LevelFilter::ERROR,
        Some("off") => LevelFilter::OFF,
        // Terraform takes a word that it does not know for `TRACE`, and says so.
        Some(word) if word != "warn" => LevelFilter::TRACE,
        _ => LevelFilter::WARN,
    }
}

/// A line that cannot be written is lost: there is nowhere to say so.
fn write(line: &str) {
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

/// Writes each event as one line, with the fields of the spans around it.
struct Hclog<W> {
    write: W,
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&str) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.0.extend(fields.0.clone());
            }
        }
        event.record(&mut line);
        let mut line = line.0;
        let message = line.remove("message").unwrap_or_default();
        let metadata = event.metadata();
        line.insert("@message".into(), message);
        line.insert("@level".into(), json!(metadata.level().as_str().to_ascii_lowercase()));
        line.insert("@module".into(), json!(metadata.target().replace("::", ".")));
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
        line.insert("@timestamp".into(), json!(now));
        // In one piece, so that lines of several threads do not mix.
        (self.write)(&format!("{}\n", Json::Object(line)));
    }
}

/// The fields of an event or a span.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Fields {
    fn insert(&mut self, field: &Field, value: Json) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, json!(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, json!(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.insert(field, json!(value.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn a_line_is_what_terraform_parses() {
        let lines = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&lines);
        let layer = Hclog { write: move |line: &str| sink.lock().unwrap().push_str(line) };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let _span = tracing::info_span!("rpc", tf_rpc = "ReadResource").entered();
            tracing::warn!(attempt = 2, path = %"/users", "not\nyet");
        });
        let lines = lines.lock().unwrap();
        assert_eq!(lines.matches('\n').count(), 1, "one event, one line: {lines}");
        let mut line: Json = serde_json::from_str(&lines).unwrap();
        let timestamp = line.as_object_mut().unwrap().remove("@timestamp").unwrap();
        assert_eq!(
            line,
            json!({
                "@level": "warn", "@message": "not\nyet", "@module": "m365.plugin.log.tests",
                "attempt": 2, "path": "/users", "tf_rpc": "ReadResource",
            })
        );
        let timestamp = timestamp.as_str().unwrap();
        assert!(timestamp.parse::<Timestamp>().is_ok(), "{timestamp}");
        assert_eq!(timestamp.len(), "2026-01-01T00:00:00.000000Z".len(), "{timestamp}");
    }

    #[track_caller]
    fn check_level(environment: &[(&str, &str)], expected: LevelFilter) {
        let variable = |name: &str| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(level(variable), expected, "{environment:?}");
    }

    #[test]
    fn the_most_specific_variable_decides() {
        check_level(&[], LevelFilter::WARN);
        check_level(&[("TF_LOG", "")], LevelFilter::WARN);
        check_level(&[("TF_LOG", "DEBUG")], LevelFilter::DEBUG);
        check_level(&[("TF_LOG", "json")], LevelFilter::TRACE);
        check_level(&[("TF_LOG", "yes")], LevelFilter::TRACE);
        check_level(&[("TF_LOG", "trace"), ("TF_LOG_PROVIDER", "error")], LevelFilter::ERROR);
        check_level(
            &[("TF_LOG_PROVIDER", "off"), ("TF_LOG_PROVIDER_M365", "info")],
            LevelFilter::INFO,
        );
    }
}
