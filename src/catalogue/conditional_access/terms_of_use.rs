//! `m365_terms_of_use`.

use serde_json::{Value as Json, json};

use super::AREA;
use crate::catalogue::lockout;
use crate::declare::{
    Check, Codec, Contained, Form, Law, Literal::Bool, Lookup, Method, Permissions, Resource,
    boolean, instant, object, objects, string,
};
use crate::terraform::Value;

/// A document that users accept before they are let in.
pub static TERMS_OF_USE: Resource = Resource {
    name: "terms_of_use",
    area: AREA,
    doc: "Terms of use: a PDF per language that users accept before they are let in, where a \
        Conditional Access policy names it in `terms_of_use`.\n\n\
        Graph documents delegated permissions only for terms of use: sign in as a user or a \
        workload that was granted them, such as with the Azure CLI. It changes the name, whether the \
        document must be opened, and the documents; for anything else it needs new terms of use, \
        which everybody accepts anew. Terms of use that a policy names cannot be deleted.\n\n\
        A document cannot be read back. What was uploaded is kept in the state, so that a change in \
        the configuration is noticed; a document that somebody replaces elsewhere is not.",
    reference: "https://learn.microsoft.com/graph/api/resources/agreement",
    path: "/identityGovernance/termsOfUse/agreements",
    entity: "agreement",
    permissions: Permissions { read: "Agreement.Read.All", write: "Agreement.ReadWrite.All" },
    selects: false,
    attributes: &[
        string("display_name", "The name that administrators see; users see those of the files.")
            .required(),
        boolean(
            "is_viewing_before_acceptance_required",
            "Whether users must open the document before they can accept it. Defaults to `false`.",
        )
        .or(Bool(false)),
        boolean(
            "is_per_device_acceptance_required",
            "Whether users accept on every device, which must be registered for it. Defaults to \
             `false`.",
        )
        .or(Bool(false))
        .replace(ONCE),
        object("terms_expiration", "When everybody has to accept again, on the same day.")
            .of(&[
                instant("start_date_time", "When the first acceptances expire.").required(),
                string("frequency", "How long until the next expiry, such as `P365D`.")
                    .form(Form::Duration)
                    .required(),
            ])
            .replace(ONCE),
        string(
            "user_reaccept_required_frequency",
            "How long an acceptance lasts, counted for each user, such as `P90D`. Not set: for ever.",
        )
        .form(Form::Duration)
        .replace(ONCE),
        objects("files", "The document in each language.")
            .of(&[
                string("language", "The language, such as `en` or `nl-NL`.")
                    .form(Form::CaseInsensitive)
                    .required()
                    .checks(&[Check::Pattern(
                        "^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$",
                        "a language tag such as en or nl-NL",
                    )]),
                string("file_name", "The name of the file, such as `terms.pdf`.").required(),
                string("display_name", "The name that users see in this language."),
                boolean(
                    "is_default",
                    "Whether it is shown to users whose language has no document. Of one document \
                     only. Defaults to `false`.",
                )
                .or(Bool(false)),
                boolean(
                    "is_major_version",
                    "Whether who has accepted an earlier version in this language must accept this \
                     one. Defaults to `false`.",
                )
                .or(Bool(false)),
                string("content_base64", "The PDF in base64, as `filebase64(\"terms.pdf\")` gives it.")
                    .graph("fileData")
                    .via(&FILE_DATA)
                    .required()
                    .not_returned()
                    .sensitive(),
            ])
            .required()
            .checks(&[Check::Count(1, 100)])
            .contained(&FILES)
            .replace_when(loses_a_language, "Graph cannot withdraw a language from terms of use"),
    ],
    keys: &["display_name"],
    data: Some(Lookup { plural: None }),
    guard: Some(lockout::terms_of_use),
    exceptions: &[(
        Law::L4,
        "documents cannot be read back, so the first apply after an import uploads them again",
    )],
    ..Resource::MEMBER
};

const ONCE: &str = "Graph changes no other settings of terms of use than the name and the viewing";

/// A new version of a document is posted beside it.
static FILES: Contained = Contained {
    expanded: true,
    with_create: true,
    changed_by: Method::Post,
    key: &["language"],
    ..Contained::MEMBERS
};

/// The complex type `agreementFileData`.
static FILE_DATA: Codec = Codec {
    encode: |content| json!({ "data": content }),
    decode: |mut data| data.get_mut("data").map_or(Json::Null, Json::take),
};

/// Whether there is a language before the change that is not there afterwards.
fn loses_a_language(before: &Value, after: &Value) -> bool {
    let languages = |files: &Value| -> Vec<String> {
        let files = files.as_elements().unwrap_or_default().iter();
        files.filter_map(|file| Some(file.get("language").as_str()?.to_lowercase())).collect()
    };
    let after_all = languages(after);
    after.is_wholly_known() && languages(before).iter().any(|one| !after_all.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_cannot_be_withdrawn() {
        let files = |languages: &[&str]| {
            Value::set(languages.iter().map(|one| Value::from([("language", (*one).into())])))
        };
        assert!(loses_a_language(&files(&["en", "nl"]), &files(&["EN"])));
        assert!(!loses_a_language(&files(&["en"]), &files(&["EN", "nl"])));
        assert!(!loses_a_language(&files(&["en"]), &Value::UNKNOWN));
    }
}
