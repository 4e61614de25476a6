//! Whether a body is what the metadata and the set's rules allow, and the body as Graph keeps it.

use serde_json::{Map, Value};

use super::model::{Model, Navigation, Property, Struct};
use super::refusal::{Outcome, Refusal};
use super::set::{Properties, Service, Set};

/// A body that was accepted.
pub(crate) struct Incoming {
    /// The type, which may be derived from the set's.
    pub(crate) ty: &'static str,
    /// What was sent, nulls included, enumeration members in their declared spelling.
    pub(crate) properties: Properties,
    /// `members@odata.bind` and the like: the property and the addresses.
    pub(crate) bound: Vec<(String, Vec<String>)>,
}

/// Reads a body for POST or PATCH to a set; `known` is the type of the object that PATCH changes.
pub(crate) fn body(
    model: &'static Model,
    set: &'static Set,
    known: Option<&'static str>,
    body: &Value,
) -> Outcome<Incoming> {
    let reader = Reader { model, set };
    let Value::Object(body) = body else {
        return Err(Refusal::bad_request(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        ));
    };
    let declared = known.unwrap_or(set.ty);
    let ty = reader.variant(body, set.ty, set.typed)?.unwrap_or(declared);
    if let Some(known) = known
        && ty != known
        && (set.typed || !model.is_a(known, ty))
    {
        return Err(reader.wrong("@odata.type", ty, known));
    }
    let ty = known.unwrap_or(ty);
    let structure = reader.structure(ty)?;
    if structure.is_abstract {
        return Err(reader.needs_type(ty));
    }
    let mut incoming =
        Incoming { ty: structure.name, properties: Properties::new(), bound: Vec::new() };
    for (name, value) in body {
        if let Some(name) = name.strip_suffix("@odata.bind") {
            incoming.bound.push((name.to_owned(), reader.addresses(structure, name, value)?));
            continue;
        }
        if name.contains('@') || name.starts_with('#') {
            continue;
        }
        let property = reader.property(structure, name, name)?;
        if set.is_read_only(name) {
            return Err(reader.read_only(name));
        }
        incoming.properties.insert(name.clone(), reader.value(property, name, value)?);
    }
    Ok(incoming)
}

/// Reads the parameters of an action, of which the metadata table knows no types.
pub(crate) fn parameters(body: &Value, names: &[&str]) -> Outcome<Properties> {
    let Value::Object(body) = body else {
        return Err(Refusal::bad_request("A JSON object is required in the body."));
    };
    for name in body.keys().filter(|n| !n.contains('@')) {
        if !names.contains(&name.as_str()) {
            return Err(Refusal::bad_request(format!(
                "The parameter '{name}' in the request payload is not a valid parameter for the operation."
            )));
        }
    }
    Ok(body.clone())
}

struct Reader {
    model: &'static Model,
    set: &'static Set,
}

impl Reader {
    fn structure(&self, ty: &str) -> Outcome<&'static Struct> {
        self.model.structure(ty).ok_or_else(|| {
            Refusal::bad_request(format!(
                "A type named 'microsoft.graph.{ty}' could not be resolved by the model."
            ))
        })
    }

    /// The type that the body says it is.
    fn variant(
        &self,
        body: &Map<String, Value>,
        base: &str,
        must: bool,
    ) -> Outcome<Option<&'static str>> {
        let Some(name) = body.get("@odata.type") else {
            return if must { Err(self.needs_type(base)) } else { Ok(None) };
        };
        let name = name.as_str().unwrap_or_default();
        let bare = name.trim_start_matches('#').trim_start_matches("microsoft.graph.");
        let structure = self.structure(bare)?;
        if self.model.is_a(structure.name, base) {
            return Ok(Some(structure.name));
        }
        Err(Refusal::bad_request(format!(
            "A type named 'microsoft.graph.{bare}' is not compatible with the expected type 'microsoft.graph.{base}'."
        )))
    }

    fn property(
        &self,
        structure: &'static Struct,
        name: &str,
        path: &str,
    ) -> Outcome<&'static Property> {
        let property = structure.property(name).ok_or_else(|| match self.set.service {
            Service::Directory if name == path => Refusal::directory(format!(
                "Property '{name}' does not exist as a declared property or extension property."
            )),
            _ => Refusal::bad_request(format!(
                "The property '{name}' does not exist on type 'microsoft.graph.{}'. Make sure to only use property names that are defined by the type.",
                structure.name
            )),
        })?;
        if property.navigation != Navigation::No && !self.set.inline.contains(&path) {
            return Err(Refusal::bad_request(format!(
                "The navigation property '{name}' cannot be written within the body of 'microsoft.graph.{}'.",
                structure.name
            )));
        }
        Ok(property)
    }

    fn value(&self, property: &Property, path: &str, value: &Value) -> Outcome<Value> {
        if value.is_null() {
            if property.nullable || property.navigation != Navigation::No {
                return Ok(Value::Null);
            }
            let ty = full_name(property);
            return Err(Refusal::bad_request(format!(
                "A null value was found for the property named '{}', which has the expected type '{ty}[Nullable=False]'. The expected type does not allow null values.",
                property.name
            )));
        }
        if !property.many {
            return self.single(property, path, value);
        }
        let Value::Array(items) = value else {
            return Err(self.wrong(path, &written(value), &full_name(property)));
        };
        items.iter().map(|item| self.single(property, path, item)).collect()
    }

    fn single(&self, property: &Property, path: &str, value: &Value) -> Outcome<Value> {
        if let Some(members) = self.model.enumeration(property.ty) {
            let text = value.as_str().unwrap_or_default();
            let parts: Vec<_> = if members.flags { text.split(',').collect() } else { vec![text] };
            let known: Option<Vec<_>> = parts.iter().map(|p| members.member(p)).collect();
            return match known {
                Some(known) => Ok(known.join(",").into()),
                None => Err(self.wrong(path, &written(value), &full_name(property))),
            };
        }
        if self.model.structure(property.ty).is_some() {
            return self.complex(property.ty, path, value);
        }
        if is_primitive(property.ty, value) {
            return Ok(value.clone());
        }
        Err(self.wrong(path, &written(value), &full_name(property)))
    }

    fn complex(&self, declared: &str, path: &str, value: &Value) -> Outcome<Value> {
        let Value::Object(members) = value else {
            return Err(self.wrong(path, &written(value), &format!("microsoft.graph.{declared}")));
        };
        let variant = self.variant(members, declared, self.structure(declared)?.is_abstract)?;
        let structure = self.structure(variant.unwrap_or(declared))?;
        if structure.is_abstract {
            return Err(self.needs_type(declared));
        }
        let mut read = Map::new();
        if structure.name != declared {
            read.insert(
                "@odata.type".into(),
                format!("#microsoft.graph.{}", structure.name).into(),
            );
        }
        for (name, value) in members {
            if name.contains('@') || name.starts_with('#') {
                continue;
            }
            let path = format!("{path}.{name}");
            let property = self.property(structure, name, &path)?;
            let value = self.value(property, &path, value)?;
            if !value.is_null() {
                read.insert(name.clone(), value);
            }
        }
        Ok(Value::Object(read))
    }

    fn addresses(
        &self,
        structure: &'static Struct,
        name: &str,
        value: &Value,
    ) -> Outcome<Vec<String>> {
        let property = structure.property(name).filter(|p| p.navigation == Navigation::Reference);
        let navigation = self.set.navigation.iter().find(|n| n.name == name && n.write.is_some());
        let (Some(property), Some(_)) = (property, navigation) else {
            return Err(Refusal::bad_request(format!(
                "The property '{name}' of 'microsoft.graph.{}' cannot be bound.",
                structure.name
            )));
        };
        let addresses: Option<Vec<String>> = match value {
            Value::Array(items) if property.many => {
                items.iter().map(|v| v.as_str().map(str::to_owned)).collect()
            }
            Value::String(one) if !property.many => Some(vec![one.clone()]),
            _ => None,
        };
        let addresses = addresses.ok_or_else(|| self.wrong(name, &written(value), "an address"))?;
        if addresses.len() > 20 {
            return Err(Refusal::directory(format!(
                "The request adds {} references to '{name}'; at most 20 may be added in one request.",
                addresses.len()
            )));
        }
        Ok(addresses)
    }

    fn wrong(&self, path: &str, value: &str, expected: &str) -> Refusal {
        match self.set.service {
            Service::Directory => Refusal::directory(format!(
                "Invalid value specified for property '{path}' of resource '{}': '{value}' is not '{expected}'.",
                capitalised(self.set.ty)
            )),
            _ => Refusal::bad_request(format!(
                "Cannot convert the literal '{value}' of the property '{path}' to the expected type '{expected}'."
            )),
        }
    }

    fn read_only(&self, name: &str) -> Refusal {
        let message = format!("Property '{name}' is read-only and cannot be set.");
        match self.set.service {
            Service::Directory => Refusal::directory(message),
            _ => Refusal::bad_request(message),
        }
    }

    fn needs_type(&self, ty: &str) -> Refusal {
        Refusal::bad_request(format!(
            "The type 'microsoft.graph.{ty}' has variants: the annotation '@odata.type' must say which one is sent."
        ))
    }
}

fn full_name(property: &Property) -> String {
    let ty = if property.is_primitive() {
        format!("Edm.{}", property.ty)
    } else {
        format!("microsoft.graph.{}", property.ty)
    };
    if property.many { format!("Collection({ty})") } else { ty }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(crate) fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn is_primitive(ty: &str, value: &Value) -> bool {
    match ty {
        "Boolean" => value.is_boolean(),
        "Int16" => value.as_i64().is_some_and(|n| i16::try_from(n).is_ok()),
        "Int32" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        "Byte" => value.as_i64().is_some_and(|n| u8::try_from(n).is_ok()),
        "Int64" => value.is_i64() || value.is_u64(),
        "Double" | "Single" | "Decimal" => value.is_number(),
        "Guid" => value.as_str().is_some_and(|s| uuid::Uuid::try_parse(s).is_ok()),
        "DateTimeOffset" => value.as_str().is_some_and(|s| s.parse::<jiff::Timestamp>().is_ok()),
        "Date" => {
            value.as_str().is_some_and(|s| s.len() == 10 && s.parse::<jiff::civil::Date>().is_ok())
        }
        "TimeOfDay" => value.as_str().is_some_and(|s| s.parse::<jiff::civil::Time>().is_ok()),
        "Duration" => value.as_str().is_some_and(|s| {
            s.trim_start_matches('-').starts_with('P') && s.parse::<jiff::Span>().is_ok()
        }),
        "Binary" => value
            .as_str()
            .is_some_and(|s| s.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b))),
        "String" => value.is_string(),
        // Untyped and open values.
        _ => true,
    }
}
