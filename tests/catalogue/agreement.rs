//! Declarations agree with Graph's published metadata: paths, properties, types, nullability and
//! enum members. The metadata is no part of this repository; where it is missing, only the checker
//! itself is tested.

use std::path::Path;

use m365::catalogue::{ALL, DATA_SOURCES};
use m365::declare::{
    Also, Attribute, Codec, DataSource, Form, Keeps, Kind, Mode, Resource, Source,
};
use m365::engine::names;
use serde_json::{Map, Value as Json, json};

use super::csdl::{Csdl, TypeRef};
use super::{Offences, assert_none};

#[test]
fn declarations_agree_with_the_metadata_of_graph() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/graph/v1.0.csdl.xml");
    let Ok(text) = std::fs::read_to_string(file) else {
        let required = std::env::var("CI_REQUIRE_METADATA").is_ok_and(|required| required == "1");
        assert!(!required, "../shared/graph is missing, and CI_REQUIRE_METADATA is 1");
        println!("left out: ../shared/graph is missing");
        return;
    };
    let mut csdl = Csdl::parse(&text).expect("the metadata is well-formed XML");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/graph/beta.csdl.xml");
    let text =
        std::fs::read_to_string(file).expect("the metadata of the beta is beside that of v1.0");
    csdl.beta = Some(Csdl::parse(&text).expect("the metadata is well-formed XML").into());
    let mut offences = Vec::new();
    for resource in ALL {
        offences.extend(of_resource(&csdl, resource));
    }
    for source in DATA_SOURCES {
        offences.extend(of_data_source(&csdl, source));
    }
    assert_none(&offences);
}

fn of_resource(csdl: &Csdl, resource: &Resource) -> Offences {
    let owner = format!("m365_{}", resource.name);
    let mut offences = Vec::new();
    match csdl.resolve(resource.path) {
        Err(segment) => offences.push(no_segment(&owner, resource.path, segment)),
        Ok(place) => {
            let is_one =
                matches!(resource.keeps, Keeps::Singleton | Keeps::Slot | Keeps::Part | Keeps::Act)
                    && resource.ruled.is_none()
                    && resource.template().is_none();
            if place.name != resource.entity || place.collection == is_one {
                offences
                    .push(format!("{owner} is kept in {}, which holds {place:?}", resource.path));
            }
        }
    }
    if let Some(Err(segment)) = resource.soft_delete.map(|path| csdl.resolve(path)) {
        offences.push(no_segment(&owner, resource.soft_delete.unwrap_or_default(), segment));
    }
    // The settings that a list of rules, or a view of a whole, is to people are no properties of
    // anything; the local Graph, which has the metadata, checks what is written.
    let is_view = resource.ruled.is_some() || resource.whole.is_some();
    if resource.keeps == Keeps::Reference || is_view {
        return offences;
    }
    let in_path =
        |attribute: &&Attribute| !names::placeholders(resource.path).contains(&attribute.name);
    let concluded = resource.concluded.map_or(&[][..], |concluded| concluded.attributes);
    let is_told = |attribute: &&Attribute| !concluded.contains(&attribute.name);
    for attribute in resource.attributes.iter().filter(in_path).filter(is_told) {
        of_what_is_read(csdl, &owner, resource.entity, resource.also, attribute, &mut offences);
    }
    offences
}

/// Compares an attribute with the property that it stands for, or with what is read besides.
fn of_what_is_read(
    csdl: &Csdl,
    owner: &str,
    entity: &str,
    also: &[Also],
    attribute: &'static Attribute,
    offences: &mut Offences,
) {
    let (property, _) = names::location(attribute);
    let Some(also) = also.iter().find(|also| also.property == property) else {
        return of_attribute(csdl, owner, entity, attribute, offences);
    };
    match csdl.resolve(also.path) {
        Ok(place) if place.collection => {
            let path = format!("{owner}.{}", attribute.name);
            for attribute in super::nested(attribute) {
                let property = names::location(attribute).0;
                match csdl.property(&place.name, &property) {
                    // The objects are of derived types.
                    None if csdl.property_below(&place.name, &property).is_some() => {
                        let found = csdl.property_below(&place.name, &property);
                        let wrong = found.and_then(|found| mistyped(csdl, found, attribute));
                        offences.extend(
                            wrong.map(|wrong| format!("{path}.{} {wrong}", attribute.name)),
                        );
                    }
                    _ => of_attribute(csdl, &path, &place.name, attribute, offences),
                }
            }
        }
        Ok(_) => offences.push(format!("{owner} reads {}, which is no collection", also.path)),
        Err(segment) => offences.push(no_segment(owner, also.path, segment)),
    }
}

fn of_data_source(csdl: &Csdl, source: &DataSource) -> Offences {
    let owner = format!("data.m365_{}", source.name);
    let mut offences = Vec::new();
    let path = match source.source {
        Source::OnlyObject(path) | Source::Collection(path, _) => path,
        Source::Claims | Source::Concluded(..) => return offences,
    };
    match csdl.resolve(path) {
        Ok(place) if place.collection && place.name == source.entity => {}
        Ok(place) => offences.push(format!("{owner} is read from {path}, which holds {place:?}")),
        Err(segment) => offences.push(no_segment(&owner, path, segment)),
    }
    for attribute in source.attributes {
        of_what_is_read(csdl, &owner, source.entity, source.also, attribute, &mut offences);
    }
    offences
}

fn no_segment(owner: &str, path: &str, segment: &str) -> String {
    format!("{owner} is kept in {path}, where Graph has no {segment:?}")
}

/// Compares an attribute with the property of the type `of` that it stands for.
fn of_attribute(
    csdl: &Csdl,
    owner: &str,
    of: &str,
    attribute: &'static Attribute,
    offences: &mut Offences,
) {
    if attribute.local {
        return;
    }
    let path = format!("{owner}.{}", attribute.name);
    if let Some(place) = attribute.place {
        match csdl.resolve(place) {
            Err(segment) => offences.push(no_segment(&path, place, segment)),
            Ok(found) => {
                if let Some(codec) = attribute.via {
                    of_codec(csdl, &path, &found, attribute, codec, offences);
                }
            }
        }
        return;
    }
    if attribute.stream.is_some() {
        let (property, _) = names::location(attribute);
        let told = csdl.property(of, &format!("{property}RelativeUrl"));
        let is_stream = csdl.property(of, &property).is_some_and(|ty| ty.name == "Edm.Stream");
        if !is_stream || told.is_none() {
            offences.push(format!("{path} is no stream of {of} that is told as an address"));
        }
        return;
    }
    let csdl = match &csdl.beta {
        Some(beta) if attribute.beta => {
            let (property, _) = names::location(attribute);
            let is_supported = match attribute.kind {
                Kind::Variant(odata, _) => csdl.is_type(odata),
                _ => csdl.property(of, &property).is_some(),
            };
            if is_supported {
                offences.push(format!("{path} is said to be in the beta only, and is in v1.0"));
            }
            beta
        }
        _ => csdl,
    };
    if let Kind::Variant(odata, nested) = attribute.kind {
        if !csdl.is_a(odata, of) {
            offences.push(format!("{path} is of the type {odata}, which is no {of} in Graph"));
        }
        for attribute in nested {
            of_attribute(csdl, &path, odata, attribute, offences);
        }
        return;
    }
    let (outer, inner) = names::location(attribute);
    let found = csdl.property(of, &outer).and_then(|found| match &inner {
        None => Some(found),
        Some(inner) => csdl.property(&found.name, inner),
    });
    // What an action is sent and leaves no trace is a parameter of it.
    let sent = attribute.action.filter(|_| attribute.not_returned);
    let found = found.or_else(|| csdl.parameter(sent?, &outer));
    let Some(found) = found else {
        let property = inner.map_or(outer.clone(), |inner| format!("{outer}/{inner}"));
        offences.push(format!("{path} is the property {property:?}, which {of} does not have"));
        return;
    };
    if attribute.mode == Mode::Optional && !(found.nullable || found.collection || found.navigation)
    {
        offences.push(format!("{path} can be cleared, but Graph has no null for it"));
    }
    if let Some(codec) = attribute.via {
        of_codec(csdl, &path, found, attribute, codec, offences);
    } else if let Some(wrong) = mistyped(csdl, found, attribute) {
        offences.push(format!("{path} {wrong}"));
        return;
    }
    let switches = attribute.switch.into_iter().flat_map(|(on, off)| [on, off]);
    for action in switches.filter(|action| !csdl.has_action(of, action)) {
        offences.push(format!("{path} is switched by {action}, which {of} does not have"));
    }
    if let Some(action) = attribute.action.filter(|action| !csdl.has_action(of, action)) {
        offences.push(format!("{path} is changed by {action}, which {of} does not have"));
    }
    if let Some(odata) = attribute.contained.and_then(|how| how.odata) {
        if !csdl.is_a(odata, &found.name) {
            offences.push(format!("{path} holds {odata}, which is no {} in Graph", found.name));
        }
        for attribute in super::nested(attribute) {
            of_attribute(csdl, &path, odata, attribute, offences);
        }
        return;
    }
    members(csdl, &path, &found.name, attribute, offences);
    for attribute in super::nested(attribute) {
        // The properties of what a codec writes may be those of a derived type.
        let derived = csdl.property_below(&found.name, &names::location(attribute).0);
        match (attribute.name, derived) {
            (_, Some(below))
                if csdl.property(&found.name, &names::location(attribute).0).is_none() =>
            {
                let path = format!("{path}.{}", attribute.name);
                offences.extend(
                    mistyped(csdl, below, attribute).map(|wrong| format!("{path} {wrong}")),
                );
            }
            _ => of_attribute(csdl, &path, &found.name, attribute, offences),
        }
    }
}

/// How the kind of an attribute disagrees with the type of its property.
fn mistyped(csdl: &Csdl, found: &TypeRef, attribute: &Attribute) -> Option<String> {
    let collection = matches!(attribute.kind, Kind::Texts(_) | Kind::Objects(_) | Kind::Links);
    let is_link = matches!(attribute.kind, Kind::Link | Kind::Links)
        || attribute.contained.is_some()
        || attribute.embedded;
    let members = csdl.members(&found.name);
    let fits = match attribute.kind {
        Kind::Boolean => found.name == "Edm.Boolean",
        Kind::Integer => ["Edm.Int16", "Edm.Int32", "Edm.Int64"].contains(&found.name.as_str()),
        Kind::Text(form) | Kind::Texts(form) => match found.name.as_str() {
            "Edm.String" => true,
            "Edm.Guid" => form == Form::Id,
            "Edm.DateTimeOffset" => form == Form::Instant,
            "Edm.Duration" => form == Form::Duration,
            "Edm.Date" => form == Form::Plain,
            _ => members.is_some_and(|members| match form {
                Form::Plain => !members.flags,
                Form::Words => members.flags,
                _ => false,
            }),
        },
        Kind::Flags => found.name == "Edm.String" || members.is_some_and(|members| members.flags),
        Kind::Object(_) | Kind::Objects(_) | Kind::Link | Kind::Links => csdl.is_type(&found.name),
        // Graph has none.
        Kind::Map(_) | Kind::Named => false,
        Kind::Variant(..) => false,
    };
    (!fits || collection != found.collection || is_link != found.navigation)
        .then(|| format!("is declared as {}, but Graph has {found:?}", kind(attribute)))
}

fn kind(attribute: &Attribute) -> String {
    let shown = format!("{:?}", attribute.kind);
    let end = shown.find(['[', ' ', '{']).unwrap_or(shown.len());
    shown[..end].trim_end_matches('(').to_owned()
}

/// Every member that is offered exists, and every one that exists is offered.
fn members(csdl: &Csdl, path: &str, ty: &str, attribute: &Attribute, offences: &mut Offences) {
    let Some(known) = csdl.members(ty) else { return };
    if matches!(attribute.kind, Kind::Boolean) {
        // A codec makes a truth of them.
        return;
    }
    if attribute.mode == Mode::Computed && attribute.one_of.is_empty() {
        return;
    }
    let known: Vec<_> =
        known.members.iter().filter(|member| *member != "unknownFutureValue").collect();
    for offered in attribute.one_of {
        if !known.iter().any(|known| *known == offered) {
            offences.push(format!("{path} offers {offered:?}, which {ty} does not have"));
        }
    }
    for known in known {
        if !attribute.one_of.contains(&known.as_str()) {
            offences.push(format!("{path} does not offer {known:?}, which {ty} has"));
        }
    }
}

/// What a codec writes has the shape of the property.
fn of_codec(
    csdl: &Csdl,
    path: &str,
    found: &TypeRef,
    attribute: &'static Attribute,
    codec: &Codec,
    offences: &mut Offences,
) {
    for sample in samples(attribute) {
        let written = (codec.encode)(sample);
        if let Err(wrong) = conforms(csdl, found, &written) {
            offences.push(format!("{path} is written as {written}, where {wrong}"));
        }
    }
}

/// Values of an attribute as JSON: one of each shape that its members give it.
fn samples(attribute: &'static Attribute) -> Vec<Json> {
    match attribute.kind {
        Kind::Boolean => vec![json!(true)],
        Kind::Integer => vec![json!(1)],
        Kind::Text(Form::Id) | Kind::Link => vec![json!("00000000-0000-0000-0000-000000000002")],
        Kind::Text(_) if !attribute.one_of.is_empty() => {
            attribute.one_of.iter().map(|member| json!(member)).collect()
        }
        Kind::Text(_) => vec![json!("text")],
        Kind::Texts(Form::Cidr) => vec![json!(["203.0.113.0/24", "2001:db8::/32"])],
        Kind::Texts(_) | Kind::Links => vec![json!(["text"])],
        Kind::Named => vec![json!({ "name": "text" })],
        Kind::Flags => vec![json!(attribute.one_of.join(","))],
        Kind::Object(nested)
        | Kind::Objects(nested)
        | Kind::Map(nested)
        | Kind::Variant(_, nested) => {
            let most = nested.iter().map(|nested| samples(nested).len()).max().unwrap_or(0);
            let sample = |index: usize| -> Json {
                let properties = nested.iter().filter_map(|nested| {
                    let samples = samples(nested);
                    let sample = samples.get(index).or_else(|| samples.last())?.clone();
                    Some((names::location(nested).0, sample))
                });
                Json::Object(properties.collect::<Map<_, _>>())
            };
            (0..most).map(sample).collect()
        }
    }
}

/// Whether a JSON value is one of a type; the error says what is not.
fn conforms(csdl: &Csdl, ty: &TypeRef, json: &Json) -> Result<(), String> {
    if ty.collection {
        let Some(elements) = json.as_array() else {
            return Err(format!("{json} is no collection"));
        };
        let element = TypeRef { collection: false, ..ty.clone() };
        return elements.iter().try_for_each(|json| conforms(csdl, &element, json));
    }
    if !csdl.is_type(&ty.name) {
        let is_boolean = ty.name == "Edm.Boolean";
        let fits =
            if is_boolean { json.is_boolean() } else { json.is_string() || json.is_number() };
        return if fits { Ok(()) } else { Err(format!("{json} is no {}", ty.name)) };
    }
    let Some(properties) = json.as_object() else { return Err(format!("{json} is no object")) };
    let odata = properties.get("@odata.type").and_then(Json::as_str);
    let name = odata.and_then(|odata| odata.strip_prefix("#microsoft.graph.")).unwrap_or(&ty.name);
    if !csdl.is_a(name, &ty.name) {
        return Err(format!("{name} is no {}", ty.name));
    }
    for (property, json) in properties.iter().filter(|(property, _)| *property != "@odata.type") {
        let Some(found) = csdl.property(name, property) else {
            return Err(format!("{name} has no {property:?}"));
        };
        conforms(csdl, found, json)?;
    }
    Ok(())
}

mod tests {
    use m365::declare::{boolean, flags, link, links, object, string, strings, variant};

    use super::*;

    const METADATA: &str = r#"
        <edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
         <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="microsoft.graph">
          <EnumType Name="color">
           <Member Name="red"/><Member Name="green"/><Member Name="unknownFutureValue"/>
          </EnumType>
          <EnumType Name="traits" IsFlags="true"><Member Name="big"/></EnumType>
          <EntityType Name="entity"><Property Name="id" Type="Edm.String"/></EntityType>
          <EntityType Name="thing" BaseType="microsoft.graph.entity">
           <Property Name="displayName" Type="Edm.String"/>
           <Property Name="isLarge" Type="Edm.Boolean" Nullable="false"/>
           <Property Name="color" Type="microsoft.graph.color"/>
           <Property Name="traits" Type="microsoft.graph.traits"/>
           <Property Name="tags" Type="Collection(Edm.String)" Nullable="false"/>
           <Property Name="madeAt" Type="Edm.DateTimeOffset"/>
           <Property Name="size" Type="microsoft.graph.size"/>
           <NavigationProperty Name="owners" Type="Collection(microsoft.graph.thing)"/>
           <NavigationProperty Name="keeper" Type="microsoft.graph.thing"/>
          </EntityType>
          <EntityType Name="blueThing" BaseType="microsoft.graph.thing"/>
          <ComplexType Name="size"><Property Name="depth" Type="Edm.String"/></ComplexType>
          <EntityContainer Name="GraphService">
           <EntitySet Name="things" EntityType="microsoft.graph.thing"/>
          </EntityContainer>
         </Schema>
         <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="microsoft.graph.other">
          <EntityType Name="thing"/>
         </Schema>
        </edmx:Edmx>"#;

    static SOUND: Resource =
        Resource { name: "sound", path: "/things", entity: "thing", ..Resource::MEMBER };

    static AS_TEXT: Codec = Codec { encode: |_| json!("text"), decode: |json| json };

    #[track_caller]
    fn offences(resource: Resource) -> Offences {
        of_resource(&Csdl::parse(METADATA).unwrap(), &resource)
    }

    #[track_caller]
    fn check(attributes: &'static [Attribute], offence: &str) {
        let found = offences(Resource { attributes, ..SOUND });
        assert!(matches!(found.as_slice(), [one] if one.contains(offence)), "{found:?}");
    }

    #[test]
    fn what_agrees_passes() {
        assert_none(&offences(Resource {
            soft_delete: Some("/things/{id}/keeper"),
            attributes: const {
                &[
                    string("display_name", "").required(),
                    boolean("is_large", "").optional_computed(),
                    string("color", "").one_of(&["red", "green"]),
                    flags("traits", "").one_of(&["big"]),
                    strings("tags", ""),
                    string("made_at", "").form(Form::Instant),
                    string("depth", "").graph("size/depth"),
                    links("owner_ids", ""),
                    link("keeper_id", ""),
                    variant("blue", "blueThing", "").of(const { &[string("display_name", "")] }),
                    string("password", "").local(),
                ]
            },
            ..SOUND
        }));
    }

    #[test]
    fn a_wrong_property_is_named() {
        check(
            const { &[string("displayed_name", "")] },
            "m365_sound.displayed_name is the property \"displayedName\", which thing does not have",
        );
        check(const { &[string("width", "").graph("size/width")] }, "the property \"size/width\"");
        check(
            const { &[object("size", "").of(const { &[string("hue", "")] })] },
            "m365_sound.size.hue is the property",
        );
    }

    #[test]
    fn a_wrong_type_is_named() {
        check(
            const { &[boolean("display_name", "")] },
            "m365_sound.display_name is declared as Boolean",
        );
        check(const { &[string("tags", "")] }, "m365_sound.tags is declared as Text");
        check(const { &[string("made_at", "")] }, "m365_sound.made_at is declared as Text");
        check(const { &[string("keeper", "")] }, "m365_sound.keeper is declared as Text");
        check(
            const { &[link("owner_id", "").graph("owners")] },
            "m365_sound.owner_id is declared as Link",
        );
        check(const { &[strings("traits", "")] }, "m365_sound.traits is declared as Texts");
        check(
            const { &[variant("red", "redThing", "")] },
            "m365_sound.red is of the type redThing",
        );
    }

    #[test]
    fn what_a_codec_writes_is_compared() {
        check(
            const { &[object("size", "").of(const { &[string("depth", "")] }).via(&AS_TEXT)] },
            "m365_sound.size is written as \"text\", where \"text\" is no object",
        );
    }

    #[test]
    fn a_wrong_member_is_named() {
        check(
            const { &[string("color", "").one_of(&["red", "green", "blue"])] },
            "offers \"blue\"",
        );
        check(const { &[string("color", "").one_of(&["red"])] }, "does not offer \"green\"");
    }

    #[test]
    fn what_cannot_be_null_cannot_be_cleared() {
        check(const { &[boolean("is_large", "")] }, "m365_sound.is_large can be cleared");
    }

    #[test]
    fn a_wrong_path_is_named() {
        let found = offences(Resource { path: "/things/{id}/lids", ..SOUND });
        assert_eq!(found, ["m365_sound is kept in /things/{id}/lids, where Graph has no \"lids\""]);
        let found = offences(Resource { path: "/things/{id}", ..SOUND });
        assert!(found[0].starts_with("m365_sound is kept in /things/{id}, which holds"));
    }
}
