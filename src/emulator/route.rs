//! What a path means: a collection, an object, a relationship, an action, something deleted.

use percent_encoding::percent_decode_str;

use super::refusal::{Outcome, Refusal};
use super::set::{Action, Navigation, Set, Stream};
use super::sets;

/// What a request is about.
pub(crate) enum Target {
    Collection {
        set: &'static Set,
        parent: Option<Parent>,
    },
    /// `/$count`
    Count {
        set: &'static Set,
        parent: Option<Parent>,
    },
    /// An object; a singleton has no id.
    Object {
        set: &'static Set,
        parent: Option<Parent>,
        id: Option<String>,
    },
    Related {
        set: &'static Set,
        id: String,
        navigation: &'static Navigation,
        what: Related,
    },
    Act {
        set: &'static Set,
        parent: Option<Parent>,
        id: String,
        action: &'static Action,
    },
    /// A stream of an object.
    Stream {
        set: &'static Set,
        parent: Option<Parent>,
        id: Option<String>,
        stream: &'static Stream,
    },
    DirectoryObject(String),
    GetByIds,
    /// Deleted objects: all of a set, one, or its restoration.
    Deleted {
        set: Option<&'static Set>,
        id: Option<String>,
        restore: bool,
    },
}

/// The object that a contained collection is part of.
pub(crate) struct Parent {
    pub(crate) set: &'static str,
    pub(crate) id: String,
    /// What that one is part of.
    pub(crate) of: Option<Box<Parent>>,
}

/// What of a relationship is asked for.
pub(crate) enum Related {
    /// The objects themselves, of a type if one is named.
    Objects(Option<&'static Set>),
    Count,
    /// `/$ref`
    References,
    /// `/{id}/$ref`
    Reference(String),
}

/// The segments of a path, decoded; `users('x')` is `users`, `x`.
pub(crate) fn segments(path: &str) -> Outcome<Vec<String>> {
    let mut segments = Vec::new();
    for raw in path.split('/').filter(|s| !s.is_empty()) {
        let segment = percent_decode_str(raw)
            .decode_utf8()
            .map_err(|_| Refusal::bad_request("The path is not encoded as UTF-8."))?;
        match segment.strip_suffix("')").and_then(|s| s.split_once("('").or_else(|| keyed(s))) {
            Some((set, key)) => {
                segments.push(set.to_owned());
                segments.push(key.replace("''", "'"));
            }
            None => segments.push(segment.into_owned()),
        }
    }
    Ok(segments)
}

/// `users(userPrincipalName='x` as `users`, `x`.
fn keyed(text: &str) -> Option<(&str, &str)> {
    let (set, rest) = text.split_once('(')?;
    Some((set, rest.split_once("='")?.1))
}

/// Reads the segments after the version.
pub(crate) fn resolve(segments: &[String]) -> Outcome<Target> {
    let words: Vec<&str> = segments.iter().map(String::as_str).collect();
    let unknown = || Refusal::no_such_segment(words.first().copied().unwrap_or_default());
    if let Some(target) = special(&words)? {
        return Ok(target);
    }
    let found = sets::ALL
        .iter()
        .flat_map(|set| set.paths.iter().map(move |path| (*set, *path)))
        .filter_map(|(set, path)| Some((set, matched(path, &words)?)))
        .max_by_key(|(_, (length, _))| *length);
    let (set, (length, parent)) = found.ok_or_else(unknown)?;
    within(set, parent, &words[length..])
}

/// How many segments a pattern takes, and the parent that it names.
fn matched(pattern: &str, words: &[&str]) -> Option<(usize, Option<Parent>)> {
    let mut parent: Option<Parent> = None;
    let mut length = 0;
    for part in pattern.split('/') {
        let word = words.get(length)?;
        length += 1;
        if let Some(ty) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
            let set = sets::of_type(ty)?;
            let of = parent.take().map(Box::new);
            parent = Some(Parent { set: set.ty, id: (*word).to_owned(), of });
        } else if !part.eq_ignore_ascii_case(word) {
            return None;
        }
    }
    Some((length, parent))
}

fn within(set: &'static Set, parent: Option<Parent>, rest: &[&str]) -> Outcome<Target> {
    let stream = |name: &str| set.streams.iter().find(|s| s.name.eq_ignore_ascii_case(name));
    if set.singleton {
        return match rest {
            [name] if stream(name).is_some() => {
                let stream = stream(name).ok_or_else(|| Refusal::no_such_segment(name))?;
                Ok(Target::Stream { set, parent, id: None, stream })
            }
            [] => Ok(Target::Object { set, parent, id: None }),
            [name] if action(set, name).is_some() => {
                let action = action(set, name).ok_or_else(|| Refusal::no_such_segment(name))?;
                Ok(Target::Act { set, parent, id: set.only.to_owned(), action })
            }
            [other, ..] => Err(Refusal::no_such_segment(other)),
        };
    }
    match rest {
        [] => Ok(Target::Collection { set, parent }),
        ["$count"] => Ok(Target::Count { set, parent }),
        [id] => Ok(Target::Object { set, parent, id: Some((*id).to_owned()) }),
        [id, name] if stream(name).is_some() => {
            let stream = stream(name).ok_or_else(|| Refusal::no_such_segment(name))?;
            Ok(Target::Stream { set, parent, id: Some((*id).to_owned()), stream })
        }
        [id, name, what @ ..] => {
            let id = (*id).to_owned();
            if let Some(navigation) =
                set.navigation.iter().find(|n| n.name.eq_ignore_ascii_case(name))
            {
                return Ok(Target::Related { set, id, navigation, what: related(what)? });
            }
            let bare = name.trim_start_matches("microsoft.graph.");
            // Some are at a place within the object.
            let bare = [&[bare], what].concat().join("/");
            match set.actions.iter().find(|a| a.name.eq_ignore_ascii_case(&bare)) {
                Some(action) => Ok(Target::Act { set, parent, id, action }),
                _ => Err(Refusal::no_such_segment(name)),
            }
        }
    }
}

fn action(set: &'static Set, name: &str) -> Option<&'static Action> {
    let bare = name.trim_start_matches("microsoft.graph.");
    set.actions.iter().find(|action| action.name.eq_ignore_ascii_case(bare))
}

fn related(rest: &[&str]) -> Outcome<Related> {
    let cast = |name: &str| name.strip_prefix("microsoft.graph.").and_then(sets::of_type);
    match rest {
        [] => Ok(Related::Objects(None)),
        ["$count"] => Ok(Related::Count),
        ["$ref"] => Ok(Related::References),
        [id, "$ref"] => Ok(Related::Reference((*id).to_owned())),
        [name] if cast(name).is_some() => Ok(Related::Objects(cast(name))),
        [other, ..] => Err(Refusal::no_such_segment(other)),
    }
}

fn special(words: &[&str]) -> Outcome<Option<Target>> {
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    Ok(match lower.as_slice() {
        ["directoryobjects", "getbyids" | "microsoft.graph.getbyids"] => Some(Target::GetByIds),
        ["directoryobjects", _] => Some(Target::DirectoryObject(words[1].to_owned())),
        ["directory", "deleteditems", rest @ ..] => {
            let Some(first) = rest.first() else {
                return Err(Refusal::directory(
                    "The type of the deleted items must be given in the path.",
                ));
            };
            if first.starts_with("microsoft.graph.") {
                let name = words[2].trim_start_matches("microsoft.graph.");
                let set = sets::of_type(name).ok_or_else(|| Refusal::no_such_segment(words[2]))?;
                Some(deleted(Some(set), &words[3..])?)
            } else {
                Some(deleted(None, &words[2..])?)
            }
        }
        _ => {
            let bin = |set: &&'static Set| Some((*set, matched(set.bin?, words)?.0));
            match sets::ALL.iter().find_map(bin) {
                Some((set, length)) => Some(deleted(Some(set), &words[length..])?),
                None => None,
            }
        }
    })
}

fn deleted(set: Option<&'static Set>, rest: &[&str]) -> Outcome<Target> {
    match rest {
        [] => Ok(Target::Deleted { set, id: None, restore: false }),
        [id] => Ok(Target::Deleted { set, id: Some((*id).to_owned()), restore: false }),
        [id, "restore" | "microsoft.graph.restore"] => {
            Ok(Target::Deleted { set, id: Some((*id).to_owned()), restore: true })
        }
        [.., other] => Err(Refusal::no_such_segment(other)),
    }
}
