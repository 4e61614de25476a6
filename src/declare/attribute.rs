//! An attribute: its name, its type, who decides it, and what Graph does with it.

use serde_json::Value as Json;

use super::{Check, Contained, Stream};
use crate::terraform::Value;

/// An attribute of a resource, a data source, a nested object or the provider block.
///
/// Made by the functions below and refined by its methods. Documentation is a positional argument
/// on purpose: there is no attribute without it.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The name in the configuration, in snake case.
    pub name: &'static str,
    /// Markdown for the documentation, one or more sentences.
    pub doc: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Who decides it.
    pub mode: Mode,
    /// The property in Graph where the rule (`display_name` is `displayName`) does not give it;
    /// `a/b` is the property `b` of the complex property `a`.
    pub graph: Option<&'static str>,
    /// What holds where nothing is configured.
    pub default: Option<Literal>,
    /// What holds at create where nothing is configured, worked out from the rest of the plan.
    pub derive: Option<fn(&Value) -> Option<Value>>,
    /// Whether a change needs a new object.
    pub replace: Replace,
    /// Why what is true stays true; completes "cannot be switched off again: ..".
    pub one_way: Option<&'static str>,
    /// Whether it is changed on-premises alone where the object is synchronised from there.
    pub mastered_on_premises: bool,
    /// Sent, but never kept in plan or state; a `_version` attribute beside it says when to send.
    pub write_only: bool,
    /// Whether it must be configured where the object is made; later it may be left out.
    pub at_create: bool,
    /// Hidden in Terraform's output and in logs.
    pub sensitive: bool,
    /// Kept in state for the provider's own use, never sent to Graph.
    pub local: bool,
    /// Sent, but not returned by Graph: the state keeps what was sent.
    pub not_returned: bool,
    /// The values that Graph documents. Open: a newer one passes with a warning.
    pub one_of: &'static [&'static str],
    /// What a value must satisfy.
    pub checks: &'static [Check],
    /// Attributes at the root whose change makes this computed one unknown.
    pub follows: &'static [&'static str],
    /// Whether Graph leaves the members of a complex value alone that a write does not name.
    pub merged: bool,
    /// Whether relationships are shown within the object (`$expand`), and changed by `$ref` alone.
    pub expanded: bool,
    /// Whether Graph tells and takes it within the object as a whole, as it does properties, although
    /// the metadata calls it a relationship.
    pub embedded: bool,
    /// Another representation in Graph, such as objects of a type for addresses written as text.
    pub via: Option<&'static Codec>,
    /// Whether two JSON values say the same, where the type alone does not know.
    pub same: Option<fn(&Json, &Json) -> bool>,
    /// What it takes, where it is a stream that is given as a file.
    pub stream: Option<&'static Stream>,
    /// Environment variables that give it (provider block only), the first that is set winning.
    pub env: &'static [&'static str],
    /// Whether only the beta version of Graph has it.
    pub beta: bool,
    /// The action of the object that changes it, where PATCH does not take it.
    pub action: Option<&'static str>,
    /// The actions of the object, without a body, that switch it on and off.
    pub switch: Option<(&'static str, &'static str)>,
    /// Where it is written, where that is apart from the object: by PUT of it as `value`.
    pub place: Option<&'static str>,
    /// Where it is tried before it is written, and the truth beside it that asks for that.
    pub proof: Option<(&'static str, &'static str)>,
    /// How Graph keeps the elements, where each is an object of its own within this one.
    pub contained: Option<&'static Contained>,
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `Edm.Boolean`
    Boolean,
    /// `Edm.Int32`, `Edm.Int64`
    Integer,
    /// `Edm.String` and everything that travels as one.
    Text(Form),
    /// A collection of strings. Graph keeps no order, so it is a set.
    Texts(Form),
    /// Members of a flags enum: a set here, one string joined by commas in Graph.
    Flags,
    /// A complex value.
    Object(&'static [Attribute]),
    /// A collection of complex values, a set.
    Objects(&'static [Attribute]),
    /// Complex values by name, each optional member of which is left alone where it is not set. Graph
    /// has no maps: what is written as one is a view of an object ([`crate::declare::Whole`]).
    Map(&'static [Attribute]),
    /// Texts by name. Graph has no maps: what is written as one is a view of an object, as above.
    Named,
    /// One of several shapes of the same object, told apart by `@odata.type` (without
    /// `#microsoft.graph.`). Its attributes are properties of the object itself.
    Variant(&'static str, &'static [Attribute]),
    /// The id of the one object that a navigation property refers to, written by `$ref`.
    Link,
    /// The ids of the objects that a navigation property refers to, written by `$ref`.
    Links,
}

/// How a string is written, and so when two of them are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Plain,
    /// A GUID: letter case does not matter.
    Id,
    /// A GUID or one of Graph's keywords (`All`, `None`, ..): letter case does not matter.
    IdOrKeyword,
    /// An instant, RFC 3339: compared by value.
    Instant,
    /// A duration, ISO 8601: compared by value.
    Duration,
    /// A network in CIDR notation: compared by value.
    Cidr,
    /// Text that Graph compares without regard to letter case, such as a user principal name.
    CaseInsensitive,
    /// Members of a flags enum in one text, such as `password,sms`: order and spaces do not matter.
    /// The documented values of the attribute are those of the single members.
    Words,
}

/// A representation in Graph that several resources or attributes share, as two pure functions
/// that undo each other: JSON as the attribute's type gives it, and JSON as Graph keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Codec {
    /// To Graph's representation.
    pub encode: fn(Json) -> Json,
    /// From Graph's representation.
    pub decode: fn(Json) -> Json,
}

/// Who decides an attribute. One enum, so that *required and computed* cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The user, always.
    Required,
    /// The user; not set means cleared.
    Optional,
    /// The user; not set means "leave what Graph has".
    OptionalComputed,
    /// Graph.
    Computed,
}

/// A value that can stand in a `static`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text.
    Str(&'static str),
    /// A set of texts.
    Strs(&'static [&'static str]),
}

/// Whether a change of an attribute needs a new object.
#[derive(Clone, Copy, Debug)]
pub enum Replace {
    /// Graph changes it in place.
    Never,
    /// Always; the reason completes "m365_x must be replaced, because ..".
    Always(&'static str),
    /// Where the function says so of the value before and after.
    When(fn(&Value, &Value) -> bool, &'static str),
}

/// A truth value.
pub const fn boolean(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Boolean)
}

/// A whole number.
pub const fn integer(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Integer)
}

/// Any text.
pub const fn string(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Text(Form::Plain))
}

/// A GUID.
pub const fn id(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Text(Form::Id))
}

/// A point in time, RFC 3339.
pub const fn instant(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Text(Form::Instant))
}

/// A length of time, ISO 8601.
pub const fn duration(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Text(Form::Duration))
}

/// A set of texts.
pub const fn strings(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Texts(Form::Plain))
}

/// A set of GUIDs.
pub const fn ids(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Texts(Form::Id))
}

/// Members of a flags enum.
pub const fn flags(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Flags)
}

/// A complex value; its attributes follow in [`Attribute::of`].
pub const fn object(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Object(&[]))
}

/// A set of complex values; their attributes follow in [`Attribute::of`].
pub const fn objects(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Objects(&[]))
}

/// Complex values by name; their attributes follow in [`Attribute::of`].
pub const fn map(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Map(&[]))
}

/// Texts by name.
pub const fn named(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Named)
}

/// One of several shapes of the object, of the Graph type `odata`; its attributes follow in
/// [`Attribute::of`]. Changing from one variant to another replaces the object.
pub const fn variant(name: &'static str, odata: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Variant(odata, &[]))
}

/// A reference to one other object.
pub const fn link(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Link)
}

/// References to other objects.
pub const fn links(name: &'static str, doc: &'static str) -> Attribute {
    Attribute::new(name, doc, Kind::Links)
}

impl Attribute {
    pub(super) const fn new(name: &'static str, doc: &'static str, kind: Kind) -> Self {
        Self {
            name,
            doc,
            kind,
            mode: Mode::Optional,
            graph: None,
            default: None,
            derive: None,
            replace: Replace::Never,
            one_way: None,
            mastered_on_premises: false,
            write_only: false,
            at_create: false,
            sensitive: false,
            local: false,
            not_returned: false,
            one_of: &[],
            checks: &[],
            follows: &[],
            merged: false,
            expanded: false,
            embedded: false,
            via: None,
            same: None,
            stream: None,
            env: &[],
            beta: false,
            action: None,
            switch: None,
            place: None,
            proof: None,
            contained: None,
        }
    }

    /// It must be configured.
    pub const fn required(self) -> Self {
        Self { mode: Mode::Required, ..self }
    }

    /// It may be configured; not set means "leave what Graph has".
    pub const fn optional_computed(self) -> Self {
        Self { mode: Mode::OptionalComputed, ..self }
    }

    /// Graph decides it.
    pub const fn computed(self) -> Self {
        Self { mode: Mode::Computed, ..self }
    }

    /// The property in Graph, where the naming rule does not give it.
    pub const fn graph(self, property: &'static str) -> Self {
        Self { graph: Some(property), ..self }
    }

    /// What holds where nothing is configured.
    pub const fn or(self, default: Literal) -> Self {
        Self { mode: Mode::OptionalComputed, default: Some(default), ..self }
    }

    /// What holds at create where nothing is configured, worked out from the rest of the plan.
    pub const fn or_derived(self, derive: fn(&Value) -> Option<Value>) -> Self {
        Self { mode: Mode::OptionalComputed, derive: Some(derive), ..self }
    }

    /// A change needs a new object; `reason` completes "must be replaced, because ..".
    pub const fn replace(self, reason: &'static str) -> Self {
        Self { replace: Replace::Always(reason), ..self }
    }

    /// A change needs a new object where `when` says so of the value before and after.
    pub const fn replace_when(
        self,
        when: fn(&Value, &Value) -> bool,
        reason: &'static str,
    ) -> Self {
        Self { replace: Replace::When(when, reason), ..self }
    }

    /// What is true stays true; `reason` completes "cannot be switched off again: ..".
    pub const fn one_way(self, reason: &'static str) -> Self {
        Self { one_way: Some(reason), ..self }
    }

    /// Where the object is synchronised from on-premises, it is changed there alone.
    pub const fn mastered_on_premises(self) -> Self {
        Self { mastered_on_premises: true, ..self }
    }

    /// A secret: sent, never kept.
    pub const fn write_only(self) -> Self {
        Self { write_only: true, sensitive: true, ..self }
    }

    /// Graph makes no object without it; later it may be left out.
    pub const fn needed_at_create(self) -> Self {
        Self { at_create: true, ..self }
    }

    /// Hidden in output.
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// For the provider's own use, never sent.
    pub const fn local(self) -> Self {
        Self { local: true, ..self }
    }

    /// Sent, but not returned by Graph.
    pub const fn not_returned(self) -> Self {
        Self { not_returned: true, ..self }
    }

    /// The values that Graph documents. Open: a newer one passes with a warning.
    pub const fn one_of(self, members: &'static [&'static str]) -> Self {
        Self { one_of: members, ..self }
    }

    /// What a value must satisfy.
    pub const fn checks(self, checks: &'static [Check]) -> Self {
        Self { checks, ..self }
    }

    /// How the text is written.
    pub const fn form(self, form: Form) -> Self {
        let kind = match self.kind {
            Kind::Text(_) => Kind::Text(form),
            Kind::Texts(_) => Kind::Texts(form),
            _ => panic!("only a text has a form"),
        };
        Self { kind, ..self }
    }

    /// The attributes of an object, of the objects in a set, or of a variant.
    pub const fn of(self, attributes: &'static [Self]) -> Self {
        let kind = match self.kind {
            Kind::Object(_) => Kind::Object(attributes),
            Kind::Objects(_) => Kind::Objects(attributes),
            Kind::Map(_) => Kind::Map(attributes),
            Kind::Variant(odata, _) => Kind::Variant(odata, attributes),
            _ => panic!("only an object has attributes"),
        };
        Self { kind, ..self }
    }

    /// It becomes unknown when one of `attributes` changes.
    pub const fn follows(self, attributes: &'static [&'static str]) -> Self {
        Self { follows: attributes, ..self }
    }

    /// Graph leaves alone what a write of the complex value does not name, so that only the members
    /// that change are sent.
    pub const fn merged(self) -> Self {
        Self { merged: true, ..self }
    }

    /// Graph shows the relationships within the object, and takes them by `$ref` alone.
    pub const fn expanded(self) -> Self {
        Self { expanded: true, ..self }
    }

    /// The metadata of Graph calls it a relationship; Graph tells and takes it within the object as a
    /// whole, as it does properties.
    pub const fn embedded(self) -> Self {
        Self { embedded: true, ..self }
    }

    /// Its representation in Graph, where that is another than the type says.
    pub const fn via(self, codec: &'static Codec) -> Self {
        Self { via: Some(codec), ..self }
    }

    /// When two values say the same, as JSON in Graph's representation.
    pub const fn same(self, same: fn(&Json, &Json) -> bool) -> Self {
        Self { same: Some(same), ..self }
    }

    /// Only the beta version of Graph has it: requests about an object that uses it go there, all
    /// others to v1.0.
    pub const fn beta(self) -> Self {
        Self { beta: true, ..self }
    }

    /// PATCH does not take it: `POST {object}/{action}` with it in the body changes it. What is not
    /// returned either is a parameter of an action that leaves no trace, such as a restart: it is sent
    /// when it changes, and when a `_version` beside it does, and not with a create.
    pub const fn by_action(self, action: &'static str) -> Self {
        Self { action: Some(action), ..self }
    }

    /// A truth that no body carries: `POST {object}/{on}` makes it true, `POST {object}/{off}` false.
    /// It is false in a new object.
    pub const fn switched_by(self, on: &'static str, off: &'static str) -> Self {
        Self { switch: Some((on, off)), ..self }
    }

    /// A secret that is written apart from the object: `PUT {path}` with it as `value`, whose
    /// placeholders are filled in from the object. No log shows it.
    pub const fn put_to(self, path: &'static str) -> Self {
        Self { place: Some(path), ..self.write_only() }
    }

    /// Before it is written, `POST {path}` with it as `credentials` must succeed, where the attribute
    /// `asked` is true.
    pub const fn proved_by(self, asked: &'static str, path: &'static str) -> Self {
        Self { proof: Some((asked, path)), ..self }
    }

    /// Its elements are objects of their own, in a collection within this object.
    pub const fn contained(self, how: &'static Contained) -> Self {
        Self { contained: Some(how), ..self }
    }

    /// Environment variables that give it.
    pub const fn env(self, names: &'static [&'static str]) -> Self {
        Self { env: names, ..self }
    }
}
