//! What the provider keeps beside the state (Terraform's private state), as JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::engine::stream::Addresses;

/// The provider's note on one object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    /// The next read completes an import: relationships are read, whatever the state says.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) importing: bool,
    /// What was found when a setting that is always there was taken over, to be put back.
    #[serde(skip_serializing_if = "Json::is_null")]
    pub(super) found: Json,
    /// Where the streams were after they were written: another address is another content.
    #[serde(skip_serializing_if = "Addresses::is_empty")]
    pub(super) streams: Addresses,
}

impl Note {
    /// Reads a note; one that cannot be read says nothing.
    pub(super) fn read(private: &[u8]) -> Self {
        serde_json::from_slice(private).unwrap_or_default()
    }

    /// Adds to what was found what it does not say yet.
    pub(super) fn learn(&mut self, told: Json) {
        complete(&mut self.found, told);
    }

    /// Writes the note; nothing where there is nothing to say.
    pub(super) fn write(&self) -> Vec<u8> {
        match *self == Self::default() {
            true => Vec::new(),
            false => serde_json::to_vec(self).unwrap_or_default(),
        }
    }
}

fn complete(found: &mut Json, told: Json) {
    let (Json::Object(found), Json::Object(told)) = (found, told) else { return };
    for (name, value) in told {
        match found.get_mut(&name) {
            Some(known) => complete(known, value),
            None => {
                found.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Note;

    #[test]
    fn what_was_found_stays_and_what_it_does_not_say_is_added() {
        let found = json!({ "limit": 5, "inner": { "on": false } });
        let mut note = Note { found, ..Note::default() };
        note.learn(json!({ "limit": 9, "inner": { "on": true, "every": "PT1H" }, "new": [1] }));
        let whole = json!({ "limit": 5, "inner": { "on": false, "every": "PT1H" }, "new": [1] });
        assert_eq!(note.found, whole);
    }
}
