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

    /// Writes the note; nothing where there is nothing to say.
    pub(super) fn write(&self) -> Vec<u8> {
        match *self == Self::default() {
            true => Vec::new(),
            false => serde_json::to_vec(self).unwrap_or_default(),
        }
    }
}
