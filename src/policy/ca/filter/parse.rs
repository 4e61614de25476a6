//! From words to a rule: one function for each line of the grammar.

use super::token::{Kind, Token, tokens};
use super::{Error, Expr, LONGEST, Operator, Test, Vocabulary};

/// How deep parentheses and `-not` may nest: far beyond use, far below the end of the stack.
const DEEPEST: usize = 64;

pub(super) fn rule(text: &str, vocabulary: Vocabulary) -> Result<Expr, Error> {
    if text.chars().count() > LONGEST {
        return Err(Error {
            position: LONGEST + 1,
            message: format!("a rule has {LONGEST} characters at most"),
        });
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, vocabulary };
    let rule = parser.or()?;
    match parser.peek() {
        Kind::End => Ok(rule),
        _ => Err(parser.expected("\"-and\", \"-or\" or the end of the rule")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    vocabulary: Vocabulary,
}

impl Parser {
    fn or(&mut self) -> Result<Expr, Error> {
        let mut terms = vec![self.and()?];
        while self.take_word("or") {
            terms.push(self.and()?);
        }
        Ok(one_or(terms, Expr::Or))
    }

    fn and(&mut self) -> Result<Expr, Error> {
        let mut terms = vec![self.not()?];
        while self.take_word("and") {
            terms.push(self.not()?);
        }
        Ok(one_or(terms, Expr::And))
    }

    fn not(&mut self) -> Result<Expr, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fault(format!("more than {DEEPEST} levels are too deep")));
        }
        let expr = if self.take_word("not") {
            Expr::Not(Box::new(self.not()?))
        } else if self.take(&Kind::Open) {
            let inner = self.or()?;
            if !self.take(&Kind::Close) {
                return Err(self.expected("\")\""));
            }
            inner
        } else {
            Expr::Test(self.test()?)
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn test(&mut self) -> Result<Test, Error> {
        let property = self.property()?;
        let at = self.at;
        let (operator, negated) = self.operator()?;
        if let Some(allowed) = property.operators()
            && !allowed.contains(&operator)
        {
            self.at = at;
            return Err(self.fault(format!(
                "{} cannot be compared by {}",
                property.written(),
                self.peek().describe()
            )));
        }
        let at = self.at;
        let values = self.values(operator)?;
        if let Some(known) = property.values()
            && let Some(wrong) =
                values.iter().find(|value| !known.iter().any(|k| k.eq_ignore_ascii_case(value)))
        {
            self.at = at;
            return Err(self.fault(format!(
                "{} is never \"{wrong}\"; it is one of {}",
                property.written(),
                known.join(", ")
            )));
        }
        Ok(Test { property: property.name, operator, negated, values })
    }

    fn property(&mut self) -> Result<Property, Error> {
        let (prefix, example) = match self.vocabulary {
            Vocabulary::Devices => ("device.", "a property such as device.isCompliant"),
            Vocabulary::Attributes => (
                "CustomSecurityAttribute.",
                "an attribute such as CustomSecurityAttribute.Set_Name",
            ),
        };
        let Kind::Word(word) = self.peek() else { return Err(self.expected(example)) };
        let name = match word.get(..prefix.len()) {
            Some(start) if start.eq_ignore_ascii_case(prefix) => &word[prefix.len()..],
            _ => return Err(self.expected(example)),
        };
        let property = match self.vocabulary {
            Vocabulary::Devices => Property::of_device(name),
            Vocabulary::Attributes => Some(Property { name: name.to_owned(), kind: Form::Free }),
        };
        let Some(property) = property else {
            return Err(self.fault(format!("devices have no property \"{name}\"")));
        };
        self.at += 1;
        Ok(property)
    }

    fn operator(&mut self) -> Result<(Operator, bool), Error> {
        let expected = "an operator such as -eq, -ne, -startsWith, -contains, -in";
        let Kind::Word(word) = self.peek() else { return Err(self.expected(expected)) };
        let found = match word.to_ascii_lowercase().as_str() {
            "eq" | "equals" => (Operator::Equals, false),
            "ne" | "notequals" => (Operator::Equals, true),
            "startswith" => (Operator::StartsWith, false),
            "notstartswith" => (Operator::StartsWith, true),
            "endswith" => (Operator::EndsWith, false),
            "notendswith" => (Operator::EndsWith, true),
            "contains" => (Operator::Contains, false),
            "notcontains" => (Operator::Contains, true),
            "in" => (Operator::In, false),
            "notin" => (Operator::In, true),
            _ => return Err(self.expected(expected)),
        };
        self.at += 1;
        Ok(found)
    }

    fn values(&mut self, operator: Operator) -> Result<Vec<String>, Error> {
        if operator != Operator::In {
            return Ok(vec![self.value()?]);
        }
        if !self.take(&Kind::ListOpen) {
            return Err(self.expected("a list such as [\"a\", \"b\"]"));
        }
        let mut values = vec![self.value()?];
        while self.take(&Kind::Comma) {
            values.push(self.value()?);
        }
        if !self.take(&Kind::ListClose) {
            return Err(self.expected("\",\" or \"]\""));
        }
        Ok(values)
    }

    fn value(&mut self) -> Result<String, Error> {
        let value = match self.peek() {
            Kind::Text(text) => text.clone(),
            Kind::Word(word)
                if word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false") =>
            {
                word.clone()
            }
            _ => return Err(self.expected("a text in quotes, True or False")),
        };
        self.at += 1;
        Ok(value)
    }

    /// The word that comes next; the end stays where it is.
    fn peek(&self) -> &Kind {
        self.tokens.get(self.at).map_or(&Kind::End, |token| &token.kind)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek() == kind;
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, name: &str) -> bool {
        let found = matches!(self.peek(), Kind::Word(word) if word.eq_ignore_ascii_case(name));
        self.at += usize::from(found);
        found
    }

    fn expected(&self, what: &str) -> Error {
        self.fault(format!("expected {what}, found {}", self.peek().describe()))
    }

    fn fault(&self, message: String) -> Error {
        let position = self.tokens.get(self.at).map_or(1, |token| token.position);
        Error { position, message }
    }
}

fn one_or(mut terms: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match terms.pop() {
        Some(only) if terms.is_empty() => only,
        Some(last) => {
            terms.push(last);
            many(terms)
        }
        None => many(terms),
    }
}

struct Property {
    name: String,
    kind: Form,
}

/// What a property can be compared by and with.
#[derive(Clone, Copy)]
enum Form {
    Free,
    Guid,
    Collection,
    OneOf(&'static [&'static str]),
}

impl Property {
    fn of_device(name: &str) -> Option<Self> {
        let known = DEVICE.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        if let Some(&(name, kind)) = known {
            return Some(Self { name: name.to_owned(), kind });
        }
        let prefix = "extensionAttribute";
        let start = name.get(..prefix.len())?;
        let number: u8 = name[prefix.len()..].parse().ok()?;
        (start.eq_ignore_ascii_case(prefix) && (1..=15).contains(&number))
            .then(|| Self { name: format!("{prefix}{number}"), kind: Form::Free })
    }

    fn written(&self) -> String {
        format!("device.{}", self.name)
    }

    fn operators(&self) -> Option<&'static [Operator]> {
        match self.kind {
            Form::Free => None,
            Form::Guid => Some(&[Operator::Equals, Operator::In]),
            Form::Collection => Some(&[Operator::Contains]),
            Form::OneOf(_) => Some(&[Operator::Equals]),
        }
    }

    fn values(&self) -> Option<&'static [&'static str]> {
        match self.kind {
            Form::OneOf(values) => Some(values),
            _ => None,
        }
    }
}

/// The properties of devices, `extensionAttribute1` to `15` apart.
const DEVICE: [(&str, Form); 15] = [
    ("deviceId", Form::Guid),
    ("displayName", Form::Free),
    ("deviceOwnership", Form::OneOf(&["Personal", "Company"])),
    ("enrollmentProfileName", Form::Free),
    ("isCompliant", Form::OneOf(&["True", "False"])),
    ("manufacturer", Form::Free),
    ("mdmAppId", Form::Guid),
    ("model", Form::Free),
    ("operatingSystem", Form::Free),
    ("operatingSystemVersion", Form::Free),
    ("ownership", Form::OneOf(&["Personal", "Company"])),
    ("physicalIds", Form::Collection),
    ("profileType", Form::OneOf(&["RegisteredDevice", "SecureVM", "Printer", "Shared", "IoT"])),
    ("systemLabels", Form::Collection),
    ("trustType", Form::OneOf(&["AzureAD", "ServerAD", "Workplace"])),
];

#[cfg(test)]
mod tests {
    use super::super::Rule;

    #[track_caller]
    fn check(text: &str, expected: Result<(), (usize, &str)>) {
        match (Rule::of_devices(text), expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err((position, part))) => {
                assert_eq!(error.position, position, "{error}");
                assert!(error.message.contains(part), "{error}");
            }
            (found, expected) => panic!("{text}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn a_rule_is_read_or_the_error_says_where() {
        check(r#"device.trustType -ne "ServerAD" -or device.isCompliant -ne True"#, Ok(()));
        check(r#"Device.DeviceID in ["a", 'b'] and -not (device.model startsWith "S")"#, Ok(()));
        check(r#"device.isCompliant -eq "True""#, Ok(()));
        check(r#"device.extensionAttribute15 -notContains "it\"s""#, Ok(()));
        check("", Err((1, "expected a property such as device.isCompliant, found the end")));
        check(r#"device.colour -eq "red""#, Err((1, "no property \"colour\"")));
        check(r#"device.extensionAttribute16 -eq "x""#, Err((1, "no property")));
        check(r#"device.model = "x""#, Err((14, "'='")));
        check(r#"device.model -like "x""#, Err((14, "expected an operator")));
        check(r#"device.isCompliant -contains "x""#, Err((20, "cannot be compared by")));
        check(r#"device.trustType -eq "Azure""#, Err((22, "never \"Azure\"")));
        check(r#"device.model -eq "x"#, Err((18, "never closed")));
        check(r#"device.model -eq x"#, Err((18, "expected a text in quotes")));
        check(r#"device.model -in "x""#, Err((18, "expected a list")));
        check(r#"(device.model -eq "x""#, Err((22, "expected \")\"")));
        check(r#"device.model -eq "x" device"#, Err((22, "expected \"-and\"")));
        check(&"(".repeat(100), Err((65, "too deep")));
        check(&"x".repeat(4000), Err((3073, "3072")));
    }
}
