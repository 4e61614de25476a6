//! Query options, read and checked against the metadata and the set's rules.

use percent_encoding::percent_decode_str;

use super::filter::Filter;
use super::model::{Model, Navigation, Struct};
use super::refusal::{Outcome, Refusal};
use super::set::{Filterable, Paging, Service, Set};
use super::validate::capitalised;

/// What a client asks to be told, and of which objects.
#[derive(Default, Debug)]
pub(crate) struct Query {
    pub(crate) select: Option<Vec<String>>,
    pub(crate) expand: Vec<Expand>,
    pub(crate) filter: Option<Filter>,
    pub(crate) search: Option<Vec<Term>>,
    pub(crate) order: Vec<(Vec<String>, bool)>,
    pub(crate) top: Option<usize>,
    pub(crate) count: bool,
    pub(crate) skip_token: Option<String>,
    /// The options as they came, for the address of the next page.
    pub(crate) raw: Vec<(String, String)>,
}

/// A relationship to be told within its object.
#[derive(Debug)]
pub(crate) struct Expand {
    pub(crate) name: String,
    pub(crate) query: Query,
}

/// `"displayName:Pr"`: a property and what one of its words begins with.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) property: String,
    pub(crate) text: String,
    /// Whether it and the next are alternatives.
    pub(crate) or: bool,
}

impl Query {
    pub(crate) fn parse(query: &str) -> Outcome<Query> {
        let mut options = Vec::new();
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            options.push((decoded(name)?, decoded(value)?));
        }
        Query::read(options)
    }

    fn read(options: Vec<(String, String)>) -> Outcome<Query> {
        let mut query = Query::default();
        let mut names = Vec::new();
        for (name, value) in &options {
            let option = name.to_lowercase();
            let option = option.trim_start_matches('$');
            if names.contains(&option.to_owned()) {
                return Err(Refusal::bad_request(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                )));
            }
            names.push(option.to_owned());
            match option {
                "select" => query.select = Some(words(value)),
                "expand" => query.expand = expands(value)?,
                "filter" => query.filter = Some(Filter::parse(value)?),
                "search" => query.search = Some(terms(value)?),
                "orderby" => query.order = order(value)?,
                "top" => query.top = Some(top(value)?),
                "count" => query.count = boolean(name, value)?,
                "skiptoken" => query.skip_token = Some(value.clone()),
                "format" | "levels" => {}
                _ if name.starts_with('$') => {
                    return Err(Refusal::bad_request(format!(
                        "The query parameter '{name}' is not supported."
                    )));
                }
                // Options of the client's own are ignored.
                _ => {}
            }
        }
        query.raw = options;
        Ok(query)
    }

    /// Checks the options against a set; `exact`: whether all objects told are of the set's type.
    pub(crate) fn check(
        &self,
        model: &'static Model,
        set: &Set,
        eventual: bool,
        exact: bool,
    ) -> Outcome<()> {
        let Some(structure) = model.structure(set.ty) else { return Ok(()) };
        if exact {
            for name in self.select.iter().flatten().filter(|n| *n != "*") {
                // A member of a variant is named with the variant's type, or simply.
                if known(model, structure, name).is_none() {
                    return Err(unknown(name, structure, "Parsing OData Select and Expand failed"));
                }
            }
            self.check_expand(model, structure, set)?;
            self.check_paths(model, structure, set)?;
        }
        if set.service == Service::Directory {
            self.check_advanced(eventual)?;
        }
        if let (Some(top), Paging::Pages(_)) = (self.top, set.paging)
            && top > 999
        {
            return Err(Refusal::directory(format!(
                "Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."
            )));
        }
        Ok(())
    }

    fn check_expand(&self, model: &'static Model, structure: &Struct, set: &Set) -> Outcome<()> {
        for expand in &self.expand {
            let property = structure.property_ignoring_case(&expand.name);
            if !property.is_some_and(|p| p.navigation != Navigation::No) {
                return Err(unknown(
                    &expand.name,
                    structure,
                    "Parsing OData Select and Expand failed",
                ));
            }
            if set.service == Service::Directory && self.expand.len() > 1 {
                return Err(Refusal::unsupported_query(
                    "Multiple expressions in $expand are not supported.",
                ));
            }
            if let Some(ty) = property.and_then(|p| model.structure(p.ty)) {
                for name in expand.query.select.iter().flatten() {
                    if ty.name != "directoryObject" && known(model, ty, name).is_none() {
                        return Err(unknown(name, ty, "Parsing OData Select and Expand failed"));
                    }
                }
            }
        }
        Ok(())
    }

    fn check_paths(&self, model: &'static Model, structure: &Struct, set: &Set) -> Outcome<()> {
        let filtered = self.filter.iter().flat_map(Filter::paths);
        for path in filtered.clone().chain(self.order.iter().map(|(path, _)| path)) {
            let mut at = structure;
            for (i, segment) in path.iter().enumerate() {
                let Some(property) = known(model, at, segment) else {
                    return Err(unknown(segment, at, "Invalid filter clause"));
                };
                match model.structure(property.ty) {
                    Some(next) => at = next,
                    None if i + 1 < path.len() => {
                        return Err(unknown(&path[i + 1], at, "Invalid filter clause"));
                    }
                    None => {}
                }
            }
        }
        for path in filtered {
            let name = path.first().map(String::as_str).unwrap_or_default();
            let allowed = match set.filterable {
                Filterable::No => false,
                Filterable::Any => true,
                Filterable::Only(names) => names.iter().any(|n| n.eq_ignore_ascii_case(name)),
            };
            if !allowed {
                return Err(Refusal::unsupported_query(format!(
                    "Unsupported or invalid query filter clause specified for property '{name}' of resource '{}'.",
                    capitalised(set.ty)
                )));
            }
        }
        Ok(())
    }

    fn check_advanced(&self, eventual: bool) -> Outcome<()> {
        if self.search.is_some() && !eventual {
            return Err(Refusal::unsupported_query(
                "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
            ));
        }
        if self.count && !eventual {
            return Err(Refusal::directory("$count is not currently supported."));
        }
        if self.filter.as_ref().is_some_and(Filter::uses_contains) {
            return Err(Refusal::unsupported_query(
                "Operator 'contains' is not supported because the 'contains' operator is not supported by this resource.",
            ));
        }
        let operator = self.filter.as_ref().and_then(Filter::advanced);
        let operator = operator
            .or_else(|| (self.filter.is_some() && !self.order.is_empty()).then_some("$orderby"));
        match operator {
            Some(operator) if !(eventual && self.count) => {
                Err(Refusal::unsupported_query(format!(
                    "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header."
                )))
            }
            // The index that answers these knows no relationships.
            Some(_) if !self.expand.is_empty() => {
                Err(Refusal::unsupported_query("$expand is not supported with advanced queries."))
            }
            _ => Ok(()),
        }
    }
}

/// A property of a type, or of a type derived from it.
fn known<'m>(
    model: &'static Model,
    structure: &'m Struct,
    name: &str,
) -> Option<&'m super::model::Property>
where
    'static: 'm,
{
    let bare = name.rsplit_once('/').map_or(name, |(_, last)| last);
    structure.property_ignoring_case(bare).or_else(|| {
        let mut derived = model.derived(structure.name).into_iter();
        derived.find_map(|d| d.property_ignoring_case(bare))
    })
}

fn unknown(name: &str, structure: &Struct, clause: &str) -> Refusal {
    Refusal::bad_request(format!(
        "{clause}: Could not find a property named '{name}' on type 'microsoft.graph.{}'.",
        structure.name
    ))
}

fn decoded(text: &str) -> Outcome<String> {
    let text = text.replace('+', " ");
    match percent_decode_str(&text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Refusal::bad_request("The query is not encoded as UTF-8.")),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn top(value: &str) -> Outcome<usize> {
    match value.parse() {
        Ok(0) | Err(_) => Err(Refusal::bad_request(format!(
            "Invalid value '{value}' for $top query option found. The $top query option requires a non-negative integer value greater than zero."
        ))),
        Ok(n) => Ok(n),
    }
}

fn boolean(name: &str, value: &str) -> Outcome<bool> {
    match value.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Refusal::bad_request(format!(
            "Invalid value '{value}' for {name} query option found."
        ))),
    }
}

fn order(value: &str) -> Outcome<Vec<(Vec<String>, bool)>> {
    words(value)
        .iter()
        .map(|word| {
            let (path, direction) = word.split_once(' ').unwrap_or((word, "asc"));
            let path = path.split('/').map(str::to_owned).collect();
            match direction.trim() {
                "asc" => Ok((path, false)),
                "desc" => Ok((path, true)),
                other => Err(Refusal::bad_request(format!("Syntax error in $orderby: '{other}'."))),
            }
        })
        .collect()
}

/// `"displayName:a" OR "mail:b"`; words without OR between them must all be there.
fn terms(value: &str) -> Outcome<Vec<Term>> {
    let wrong = || Refusal::bad_request(format!("Syntax error in the value of $search: {value}"));
    let mut terms: Vec<Term> = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("OR ").or_else(|| rest.strip_prefix("AND ")) {
            terms.last_mut().ok_or_else(wrong)?.or = rest.starts_with("OR");
            rest = after.trim_start();
        }
        let inner = rest.strip_prefix('"').ok_or_else(wrong)?;
        let (term, after) = inner.split_once('"').ok_or_else(wrong)?;
        let (property, text) = term.split_once(':').ok_or_else(wrong)?;
        terms.push(Term { property: property.to_owned(), text: text.to_lowercase(), or: false });
        rest = after.trim_start();
    }
    if terms.is_empty() { Err(wrong()) } else { Ok(terms) }
}

fn expands(value: &str) -> Outcome<Vec<Expand>> {
    split(value, ',')
        .into_iter()
        .map(|part| {
            let Some((name, options)) = part.split_once('(') else {
                return Ok(Expand { name: part.trim().to_owned(), query: Query::default() });
            };
            let options = options.trim_end().strip_suffix(')').ok_or_else(|| {
                Refusal::bad_request("Parsing OData Select and Expand failed: ')' is expected.")
            })?;
            let pairs = split(options, ';')
                .into_iter()
                .map(|o| {
                    let (name, value) = o.split_once('=').unwrap_or((o, ""));
                    (name.trim().to_owned(), value.to_owned())
                })
                .collect();
            Ok(Expand { name: name.trim().to_owned(), query: Query::read(pairs)? })
        })
        .collect()
}

/// Splits at a separator that is not within parentheses.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let query = Query::parse(
            "$select=id,displayName&$expand=manager($select=id;$levels=1),members&$top=5&$count=true&$orderby=displayName%20desc&own=x",
        )
        .unwrap();
        assert_eq!(query.select.unwrap(), ["id", "displayName"]);
        assert_eq!(query.expand[0].name, "manager");
        assert_eq!(query.expand[0].query.select.as_ref().unwrap(), &["id"]);
        assert_eq!(query.expand[1].name, "members");
        assert_eq!((query.top, query.count), (Some(5), true));
        assert_eq!(query.order, [(vec!["displayName".to_owned()], true)]);
    }

    #[test]
    fn what_is_no_option_is_refused() {
        for text in ["$foo=1", "$top=x", "$top=0", "$top=1&$top=2", "$search=x", "$count=maybe"] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
    }
}
