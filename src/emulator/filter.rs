//! `$filter`: its grammar, what of it needs advanced queries, and whether an object passes.

use std::cmp::Ordering;

use serde_json::Value;

use super::refusal::{Outcome, Refusal};
use super::set::Properties;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(Path, Operator, Literal),
    In(Path, Vec<Literal>),
    Text(Function, Path, String),
    Any(Path, Option<(String, Box<Filter>)>),
    Count(Path, Operator, f64),
    /// A Boolean property on its own.
    Is(Path),
}

/// `conditions/users`, as its segments.
pub(crate) type Path = Vec<String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A date, GUID or other word without quotes.
    Bare(String),
}

impl Filter {
    pub(crate) fn parse(text: &str) -> Outcome<Filter> {
        let mut parser = Parser { tokens: lex(text)?, at: 0 };
        let filter = parser.or()?;
        match parser.peek() {
            None => Ok(filter),
            Some(token) => Err(syntax(&format!("unexpected '{}'", token.text))),
        }
    }

    /// All paths that the filter asks about, outside of lambdas.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        match self {
            Filter::And(a, b) | Filter::Or(a, b) => [a.paths(), b.paths()].concat(),
            Filter::Not(a) => a.paths(),
            Filter::Compare(p, ..) | Filter::In(p, _) | Filter::Text(_, p, _) => vec![p],
            Filter::Any(p, _) | Filter::Count(p, ..) | Filter::Is(p) => vec![p],
        }
    }

    /// The operator, if any, that the directory answers only with advanced queries.
    pub(crate) fn advanced(&self) -> Option<&'static str> {
        match self {
            Filter::And(a, b) | Filter::Or(a, b) => a.advanced().or_else(|| b.advanced()),
            Filter::Not(_) => Some("not"),
            Filter::Compare(_, Operator::Ne, _) => Some("ne"),
            Filter::Text(Function::EndsWith, ..) => Some("endsWith"),
            Filter::Count(..) => Some("$count"),
            Filter::Any(_, Some((_, inner))) => inner.advanced(),
            _ => None,
        }
    }

    pub(crate) fn uses_contains(&self) -> bool {
        match self {
            Filter::And(a, b) | Filter::Or(a, b) => a.uses_contains() || b.uses_contains(),
            Filter::Not(a) => a.uses_contains(),
            Filter::Any(_, Some((_, inner))) => inner.uses_contains(),
            Filter::Text(Function::Contains, ..) => true,
            _ => false,
        }
    }

    pub(crate) fn passes(&self, object: &Properties) -> bool {
        self.holds(&Scope { object, variable: None })
    }

    fn holds(&self, scope: &Scope) -> bool {
        match self {
            Filter::And(a, b) => a.holds(scope) && b.holds(scope),
            Filter::Or(a, b) => a.holds(scope) || b.holds(scope),
            Filter::Not(a) => !a.holds(scope),
            Filter::Compare(path, operator, literal) => compare(scope.at(path), *operator, literal),
            Filter::In(path, literals) => {
                literals.iter().any(|l| compare(scope.at(path), Operator::Eq, l))
            }
            Filter::Text(function, path, text) => {
                let value =
                    scope.at(path).and_then(Value::as_str).unwrap_or_default().to_lowercase();
                let text = text.to_lowercase();
                match function {
                    Function::StartsWith => value.starts_with(&text),
                    Function::EndsWith => value.ends_with(&text),
                    Function::Contains => value.contains(&text),
                }
            }
            Filter::Any(path, inner) => {
                let items = scope.at(path).and_then(Value::as_array);
                items.into_iter().flatten().any(|item| match inner {
                    None => true,
                    Some((name, inner)) => {
                        inner.holds(&Scope { object: scope.object, variable: Some((name, item)) })
                    }
                })
            }
            Filter::Count(path, operator, number) => {
                let count = scope.at(path).and_then(Value::as_array).map_or(0, Vec::len);
                count_as_f64(count).partial_cmp(number).is_some_and(|o| operator.takes(o))
            }
            Filter::Is(path) => scope.at(path) == Some(&Value::Bool(true)),
        }
    }
}

fn count_as_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

struct Scope<'a> {
    object: &'a Properties,
    variable: Option<(&'a str, &'a Value)>,
}

impl<'a> Scope<'a> {
    fn at(&self, path: &Path) -> Option<&'a Value> {
        let mut segments = path.iter();
        let first = segments.next()?;
        let mut value = match self.variable {
            Some((name, value)) if name == first => value,
            _ => member(self.object, first)?,
        };
        for segment in segments {
            value = member(value.as_object()?, segment)?;
        }
        (!value.is_null()).then_some(value)
    }
}

fn member<'a>(object: &'a Properties, name: &str) -> Option<&'a Value> {
    object
        .get(name)
        .or_else(|| object.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

impl Operator {
    fn takes(self, ordering: Ordering) -> bool {
        match self {
            Operator::Eq => ordering.is_eq(),
            Operator::Ne => ordering.is_ne(),
            Operator::Gt => ordering.is_gt(),
            Operator::Ge => ordering.is_ge(),
            Operator::Lt => ordering.is_lt(),
            Operator::Le => ordering.is_le(),
        }
    }
}

fn compare(value: Option<&Value>, operator: Operator, literal: &Literal) -> bool {
    let Some(value) = value else {
        return match operator {
            Operator::Eq => *literal == Literal::Null,
            Operator::Ne => *literal != Literal::Null,
            _ => false,
        };
    };
    let ordering = match (value, literal) {
        (_, Literal::Null) => return operator == Operator::Ne,
        (Value::Bool(a), Literal::Bool(b)) => Some(a.cmp(b)),
        (Value::Number(a), Literal::Number(b)) => a.as_f64().and_then(|a| a.partial_cmp(b)),
        (Value::String(a), Literal::Text(b)) if operator == Operator::Eq && a.is_ascii() => {
            return a.eq_ignore_ascii_case(b);
        }
        (Value::String(a), Literal::Text(b)) => Some(compare_text(a, b, false)),
        (Value::String(a), Literal::Bare(b)) => Some(compare_text(a, b, true)),
        _ => None,
    };
    match ordering {
        Some(ordering) => operator.takes(ordering),
        None => operator == Operator::Ne,
    }
}

/// Points in time by what they mean, texts whatever their case.
///
/// Only a literal without quotes can be a point in time; a filter over a large tenant tries no text as one.
fn compare_text(a: &str, b: &str, bare: bool) -> Ordering {
    if bare && let (Ok(a), Ok(b)) = (a.parse::<jiff::Timestamp>(), b.parse::<jiff::Timestamp>()) {
        return a.cmp(&b);
    }
    if a.is_ascii() && b.is_ascii() {
        let lower = |s: &str| s.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<u8>>();
        return if a.eq_ignore_ascii_case(b) { Ordering::Equal } else { lower(a).cmp(&lower(b)) };
    }
    a.to_lowercase().cmp(&b.to_lowercase())
}

#[derive(Debug)]
struct Token {
    text: String,
    quoted: bool,
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn or(&mut self) -> Outcome<Filter> {
        let mut left = self.and()?;
        while self.takes("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Outcome<Filter> {
        let mut left = self.unary()?;
        while self.takes("and") {
            left = Filter::And(Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Outcome<Filter> {
        if self.takes("not") {
            return Ok(Filter::Not(Box::new(self.unary()?)));
        }
        if self.takes("(") {
            let inner = self.or()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let word = self.word()?;
        let function = match word.to_lowercase().as_str() {
            "startswith" => Some(Function::StartsWith),
            "endswith" => Some(Function::EndsWith),
            "contains" => Some(Function::Contains),
            _ => None,
        };
        if let Some(function) = function.filter(|_| self.takes("(")) {
            let path = path(&self.word()?);
            self.expect(",")?;
            let Literal::Text(text) = self.literal()? else {
                return Err(syntax("a text in quotes is expected"));
            };
            self.expect(")")?;
            // `startsWith(..) eq true` says the same.
            if self.takes("eq") {
                self.expect("true")?;
            }
            return Ok(Filter::Text(function, path, text));
        }
        if let Some(collection) = word.strip_suffix("/any") {
            return self.any(path(collection));
        }
        self.comparison(&word)
    }

    fn any(&mut self, collection: Path) -> Outcome<Filter> {
        self.expect("(")?;
        if self.takes(")") {
            return Ok(Filter::Any(collection, None));
        }
        let name = self.word()?;
        self.expect(":")?;
        let inner = self.or()?;
        self.expect(")")?;
        Ok(Filter::Any(collection, Some((name, Box::new(inner)))))
    }

    fn comparison(&mut self, word: &str) -> Outcome<Filter> {
        if self.takes("in") {
            self.expect("(")?;
            let mut literals = vec![self.literal()?];
            while self.takes(",") {
                literals.push(self.literal()?);
            }
            self.expect(")")?;
            return Ok(Filter::In(path(word), literals));
        }
        let operators = [
            ("eq", Operator::Eq),
            ("ne", Operator::Ne),
            ("gt", Operator::Gt),
            ("ge", Operator::Ge),
            ("lt", Operator::Lt),
            ("le", Operator::Le),
        ];
        for (name, operator) in operators {
            if self.takes(name) {
                let literal = self.literal()?;
                return Ok(match (word.strip_suffix("/$count"), literal) {
                    (Some(collection), Literal::Number(n)) => {
                        Filter::Count(path(collection), operator, n)
                    }
                    (_, literal) => Filter::Compare(path(word), operator, literal),
                });
            }
        }
        Ok(Filter::Is(path(word)))
    }

    fn literal(&mut self) -> Outcome<Literal> {
        let token = self.next().ok_or_else(|| syntax("a value is missing"))?;
        if token.quoted {
            return Ok(Literal::Text(token.text.clone()));
        }
        Ok(match token.text.as_str() {
            "null" => Literal::Null,
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            word if "(),:".contains(word) => return Err(syntax("a value is missing")),
            word => match word.parse() {
                Ok(number) => Literal::Number(number),
                Err(_) => Literal::Bare(word.to_owned()),
            },
        })
    }

    fn word(&mut self) -> Outcome<String> {
        match self.next() {
            Some(token) if !token.quoted && !"(),:".contains(&token.text) => Ok(token.text.clone()),
            Some(token) => Err(syntax(&format!("unexpected '{}'", token.text))),
            None => Err(syntax("the expression is not complete")),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&Token> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    fn takes(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|t| !t.quoted && t.text.eq_ignore_ascii_case(text));
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, text: &str) -> Outcome<()> {
        if self.takes(text) { Ok(()) } else { Err(syntax(&format!("'{text}' is expected"))) }
    }
}

fn path(word: &str) -> Path {
    word.split('/').map(str::to_owned).collect()
}

fn lex(text: &str) -> Outcome<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' => {}
            '(' | ')' | ',' => tokens.push(Token { text: letter.to_string(), quoted: false }),
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.next_if_eq(&'\'').is_some() => quoted.push('\''),
                        Some('\'') => break,
                        Some(other) => quoted.push(other),
                        None => return Err(syntax("there is an unterminated string literal")),
                    }
                }
                tokens.push(Token { text: quoted, quoted: true });
            }
            ':' => tokens.push(Token { text: ":".into(), quoted: false }),
            _ => {
                let mut word = letter.to_string();
                // A colon ends a name, but not the hour of a point in time.
                while let Some(next) = letters.next_if(|c| {
                    !" \t(),'".contains(*c)
                        && (*c != ':' || word.starts_with(|c: char| c.is_ascii_digit()))
                }) {
                    word.push(next);
                }
                tokens.push(Token { text: word, quoted: false });
            }
        }
    }
    Ok(tokens)
}

fn syntax(what: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid filter clause: {what}."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(filter: &str, expected: bool) {
        let object = json!({
            "displayName": "Adele O'Neil",
            "accountEnabled": true,
            "count": 3,
            "created": "2024-05-01T10:00:00Z",
            "groupTypes": ["Unified"],
            "identities": [{ "issuer": "contoso.com" }],
            "nested": { "member": "x" },
        });
        let filter = Filter::parse(filter).unwrap();
        assert_eq!(filter.passes(object.as_object().unwrap()), expected, "{filter:?}");
    }

    #[test]
    fn objects_pass_or_do_not() {
        check("displayName eq 'adele o''neil'", true);
        check("displayName ne 'x' and accountEnabled eq true", true);
        check("not(accountEnabled eq true) or count gt 2", true);
        check("startswith(displayName,'Ad')", true);
        check("endsWith(displayName,'Ad')", false);
        check("displayName in ('a', 'Adele O''Neil')", true);
        check("groupTypes/any(c:c eq 'Unified')", true);
        check("NOT groupTypes/any(c:c eq 'Unified')", false);
        check("identities/any(i:i/issuer eq 'contoso.com' and startsWith(i/issuer,'c'))", true);
        check("identities/$count eq 0", false);
        check("missing eq null", true);
        check("displayName eq null", false);
        check("created ge 2024-01-01T00:00:00Z", true);
        check("created lt 2024-01-01T00:00:00Z", false);
        check("nested/member eq 'x'", true);
        check("accountEnabled", true);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in ["displayName eq", "(a eq 1", "a eq 'x", "eq 'x'", "a eq 1 b", "a in (1", ""] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn advanced_operators_are_told() {
        let advanced = |text| Filter::parse(text).unwrap().advanced();
        assert_eq!(advanced("a eq 1 and startsWith(b,'c')"), None);
        assert_eq!(advanced("a eq 1 or b ne 'x'"), Some("ne"));
        assert_eq!(advanced("p/any(x:endsWith(x,'y'))"), Some("endsWith"));
    }
}
