//! An inquiry: a conclusion that needs facts from Graph, as a pure function.
//!
//! The function asks for what it wants to know and concludes from the answers. What nobody has read
//! yet makes it answer with what is missing; `lifecycle` reads that, all of it at once, and asks
//! again, until there is a conclusion. So domain logic may follow a trail of facts (who holds a
//! role, then which groups they are in) and still do no IO: it is tested by handing in answers.
//!
//! ```
//! use m365::declare::{Answer, Answers, Inquiry, Read};
//! use serde_json::json;
//!
//! /// Whether security defaults are on, as far as anybody can tell.
//! fn defaults(answers: &Answers) -> Inquiry<Option<bool>> {
//!     let ask = answers.asking();
//!     let read = Read::one("/policies/identitySecurityDefaultsEnforcementPolicy", "Policy.Read.All");
//!     let enabled = ask.known(&read).and_then(|policy| policy["isEnabled"].as_bool());
//!     ask.conclude(enabled)
//! }
//!
//! let read = Read::one("/policies/identitySecurityDefaultsEnforcementPolicy", "Policy.Read.All");
//! let mut answers = Answers::default();
//! assert_eq!(defaults(&answers), Inquiry::Needs(vec![read.clone()]));
//! answers.insert(read, Answer::Found(json!({"isEnabled": true})));
//! assert_eq!(defaults(&answers), Inquiry::Concluded(Some(true)));
//! ```

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::Finding;

/// What stands in a [`Question`] where a value is known after apply only.
pub const UNKNOWN: &str = "(known after apply)";

/// Something to read from Graph. Two that are equal are read once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Read {
    /// The path without a version, such as `/users/42`.
    pub path: String,
    /// Query options, such as `$select`, in the order in which they are sent.
    pub query: Vec<(&'static str, String)>,
    /// Whether it is a collection, of which all pages are read.
    pub many: bool,
    /// Whether only the beta version of Graph has it.
    pub beta: bool,
    /// The least application permission that it takes, for whoever is told that it was refused.
    pub permission: &'static str,
}

const OBJECTS: &str = "/directoryObjects/";

impl Read {
    /// One object.
    pub fn one(path: impl Into<String>, permission: &'static str) -> Self {
        Self { path: path.into(), query: Vec::new(), many: false, beta: false, permission }
    }

    /// A whole collection.
    pub fn all(path: impl Into<String>, permission: &'static str) -> Self {
        Self { many: true, ..Self::one(path, permission) }
    }

    /// An object of the directory by its id: a user, a group or a service principal. All that are
    /// asked for at a time are looked up together.
    pub fn object(id: &str) -> Self {
        Self::one(format!("{OBJECTS}{id}"), "Directory.Read.All")
    }

    /// The id of the object of the directory that this asks for, if it does.
    pub fn object_id(&self) -> Option<&str> {
        self.path.strip_prefix(OBJECTS).filter(|_| self.query.is_empty())
    }

    /// From the beta version of Graph, which alone has it.
    #[must_use]
    pub fn in_beta(self) -> Self {
        Self { beta: true, ..self }
    }

    /// Names the properties that are wanted (`$select`).
    #[must_use]
    pub fn select(self, properties: &str) -> Self {
        self.option("$select", properties)
    }

    /// Only what the OData filter lets through (`$filter`).
    #[must_use]
    pub fn filter(self, filter: impl Into<String>) -> Self {
        self.option("$filter", filter)
    }

    /// Related objects besides (`$expand`).
    #[must_use]
    pub fn expand(self, relationship: &str) -> Self {
        self.option("$expand", relationship)
    }

    /// The size of a page (`$top`).
    #[must_use]
    pub fn top(self, objects: u16) -> Self {
        self.option("$top", objects.to_string())
    }

    fn option(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

/// What came of a [`Read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The object, or an array of the collection's objects.
    Found(Json),
    /// There is no such object.
    Absent,
    /// It may not be read, for want of a permission or of a licence: in Graph's words.
    Refused(String),
    /// It was not answered: in words.
    Failed(String),
}

/// All answers so far.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    told: BTreeMap<Read, Arc<Answer>>,
    made: BTreeSet<String>,
}

impl Answers {
    /// Adds an answer.
    pub fn insert(&mut self, read: Read, answer: impl Into<Arc<Answer>>) {
        self.told.insert(read, answer.into());
    }

    /// Says which objects this process made: an answer may be older than they are.
    #[must_use]
    pub fn with_made(self, ids: impl IntoIterator<Item = String>) -> Self {
        let made = ids.into_iter().map(|id| id.to_lowercase()).collect();
        Self { made, ..self }
    }

    /// Whoever asks, and notes what is not answered yet.
    pub fn asking(&self) -> Asking<'_> {
        Asking { answers: self, missing: RefCell::default(), unread: RefCell::default() }
    }
}

/// One pass of a function over the answers so far.
#[derive(Debug)]
pub struct Asking<'a> {
    answers: &'a Answers,
    missing: RefCell<Vec<Read>>,
    unread: RefCell<Vec<Unread>>,
}

/// A fact that nobody could read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What was to be read.
    pub read: Read,
    /// Why it was not, in words.
    pub why: String,
}

impl<'a> Asking<'a> {
    /// Whether this process made the object, so that Graph may not show it everywhere yet.
    pub fn is_made(&self, id: &str) -> bool {
        self.answers.made.contains(&id.to_lowercase())
    }

    /// The answer, once there is one.
    pub fn answer(&self, read: &Read) -> Option<&'a Answer> {
        let answer = self.answers.told.get(read).map(AsRef::as_ref);
        match answer {
            None => {
                let mut missing = self.missing.borrow_mut();
                if !missing.contains(read) {
                    missing.push(read.clone());
                }
            }
            Some(Answer::Refused(why) | Answer::Failed(why)) => {
                let unread = Unread { read: read.clone(), why: why.clone() };
                let mut all = self.unread.borrow_mut();
                if !all.contains(&unread) {
                    all.push(unread);
                }
            }
            Some(Answer::Found(_) | Answer::Absent) => {}
        }
        answer
    }

    /// What was found; `None` as long as nobody looked, and where it is not there or not told.
    pub fn known(&self, read: &Read) -> Option<&'a Json> {
        match self.answer(read)? {
            Answer::Found(json) => Some(json),
            _ => None,
        }
    }

    /// The objects of a collection; `None` as [`Asking::known`].
    pub fn objects(&self, read: &Read) -> Option<&'a [Json]> {
        self.known(read)?.as_array().map(Vec::as_slice)
    }

    /// Whether everything that was asked for so far has an answer. What follows from guesses need
    /// not be asked for.
    pub fn is_complete(&self) -> bool {
        self.missing.borrow().is_empty()
    }

    /// The facts that nobody could read.
    pub fn unread(&self) -> Vec<Unread> {
        self.unread.borrow().clone()
    }

    /// The conclusion, if everything that it was drawn from has an answer.
    pub fn conclude<T>(self, conclusion: T) -> Inquiry<T> {
        let missing = self.missing.into_inner();
        if missing.is_empty() { Inquiry::Concluded(conclusion) } else { Inquiry::Needs(missing) }
    }

    /// The same for a conclusion that cannot do without any of its facts.
    pub fn conclude_from_all<T>(self, conclusion: T) -> Inquiry<T> {
        let unread = self.unread.borrow().first().cloned();
        match (unread, self.conclude(conclusion)) {
            (Some(unread), Inquiry::Concluded(_)) => Inquiry::Without(unread),
            (_, inquiry) => inquiry,
        }
    }
}

/// Where an inquiry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inquiry<T> {
    /// These are to be read first.
    Needs(Vec<Read>),
    /// It is done.
    Concluded(T),
    /// It cannot be concluded without what could not be read.
    Without(Unread),
}

/// What an inquiry is about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The object as the state has it, in Graph's shape; null where it is to be made.
    pub prior: &'a Json,
    /// The object as it is planned, in Graph's shape, [`UNKNOWN`] standing for what is known after
    /// apply only; null where it is to be removed. For a data source: its configuration.
    pub planned: &'a Json,
    /// Whether the object is removed and made anew.
    pub is_replaced: bool,
    /// Whether it is about to be written: everything is known, and nothing was read long ago.
    pub is_writing: bool,
    /// The provider block in Graph's manner of naming, secrets left out.
    pub provider: &'a Json,
    /// The claims of the access token.
    pub token: &'a Json,
    /// What this process has planned for objects; what it has written, where this is about to be
    /// written.
    pub elsewhere: &'a Elsewhere,
}

/// Objects that a process has planned so far, by resource (without `m365_`) and id, in Graph's
/// shape; null for one that is to be removed. One that is to be made has a name in place of an id.
pub type Elsewhere = BTreeMap<(&'static str, String), Json>;

/// A judgement of a plan that needs facts.
pub type Inquire = fn(&Question<'_>, &Answers) -> Inquiry<Vec<Finding>>;

/// What a data source tells, concluded from facts: an object with the properties of its attributes,
/// or what is wrong with its configuration.
pub type Conclude = fn(&Question<'_>, &Answers) -> Inquiry<Result<Json, Finding>>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn users() -> Read {
        Read::all("/users", "User.Read.All").select("id").top(999)
    }

    /// How many users there are, and the name of the tenant if there are any.
    fn conclude(answers: &Answers, all: bool) -> Inquiry<(usize, Option<String>)> {
        let ask = answers.asking();
        let count = ask.objects(&users()).map_or(0, <[Json]>::len);
        let tenant = Read::one("/organization", "Organization.Read.All");
        let name = if count > 0 { ask.known(&tenant) } else { None };
        let name = name.and_then(|tenant| tenant["displayName"].as_str()).map(str::to_owned);
        if all { ask.conclude_from_all((count, name)) } else { ask.conclude((count, name)) }
    }

    #[test]
    fn a_trail_is_followed_and_what_is_refused_is_told() {
        let mut answers = Answers::default();
        assert_eq!(conclude(&answers, true), Inquiry::Needs(vec![users()]));
        answers.insert(users(), Answer::Found(json!([{"id": "1"}])));
        let Inquiry::Needs(further) = conclude(&answers, true) else { panic!("it is not done") };
        let [tenant] = further.as_slice() else { panic!("{further:?}") };
        answers.insert(tenant.clone(), Answer::Refused("no".to_owned()));
        let unread = Unread { read: tenant.clone(), why: "no".to_owned() };
        assert_eq!(conclude(&answers, true), Inquiry::Without(unread));
        assert_eq!(conclude(&answers, false), Inquiry::Concluded((1, None)));
    }
}
