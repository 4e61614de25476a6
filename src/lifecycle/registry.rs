//! The declarations, made ready once: models and schemas by type name.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::{self, Catalogue};
use crate::engine::{Data, Model, names, schema};
use crate::terraform::{Schema, Type};

/// Everything that follows from a catalogue.
#[derive(Clone, Debug)]
pub struct Registry {
    /// The declarations.
    pub catalogue: &'static Catalogue,
    /// Resources by type name, such as `m365_group`.
    pub resources: BTreeMap<String, Model>,
    /// Data sources by type name.
    pub data_sources: BTreeMap<String, Data>,
    /// What Terraform is told of them.
    pub schemas: Schemas,
    /// The names of all properties that are declared to hold secrets: no log shows their values,
    /// whatever the request is about.
    pub secrets: Vec<String>,
}

/// Every schema that the provider has.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    /// The provider block.
    pub provider: Schema,
    /// Resources by type name, such as `m365_group`.
    pub resources: BTreeMap<String, Schema>,
    /// Resource identities by type name.
    pub identities: BTreeMap<String, Schema>,
    /// Data sources by type name.
    pub data_sources: BTreeMap<String, Schema>,
    /// List resources by type name: the schema of their `config` block.
    pub list_resources: BTreeMap<String, Schema>,
    /// Functions by name.
    pub functions: BTreeMap<String, Function>,
}

/// A provider function's signature.
#[derive(Clone, Debug)]
pub struct Function {
    /// One sentence.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// Name, type and Markdown of each parameter; no parameter takes null, and none but a
    /// dynamic one unknown values.
    pub parameters: Vec<(String, Type, String)>,
    /// The type of the answer.
    pub returns: Type,
}

impl Registry {
    /// Makes a catalogue ready.
    pub fn new(catalogue: &'static Catalogue) -> Self {
        let models = catalogue.resources.iter().map(|resource| Model::new(resource));
        let resources: BTreeMap<_, _> = models.map(|model| (model.name.clone(), model)).collect();
        let of_resources = catalogue.resources.iter().flat_map(|resource| Data::of(resource));
        let alone = catalogue.data_sources.iter().map(|source| Data::alone(source));
        let data_sources: BTreeMap<_, _> =
            of_resources.chain(alone).map(|data| (data.name.clone(), data)).collect();
        let by_name = |schema: fn(&Model) -> &Schema| -> BTreeMap<String, Schema> {
            resources.iter().map(|(name, model)| (name.clone(), schema(model).clone())).collect()
        };
        let schemas = Schemas {
            provider: schema::provider(catalogue.provider, catalogue.doc),
            resources: by_name(|model| &model.schema),
            identities: by_name(|model| &model.identity),
            data_sources: data_sources
                .iter()
                .map(|(name, data)| (name.clone(), data.schema.clone()))
                .collect(),
            functions: catalogue.functions.iter().map(|function| signature(function)).collect(),
            list_resources: resources
                .iter()
                .filter(|(_, model)| model.is_listed())
                .map(|(name, model)| (name.clone(), schema::list(model.resource)))
                .collect(),
        };
        let of_resources = catalogue.resources.iter().map(|resource| resource.attributes);
        let of_sources = catalogue.data_sources.iter().map(|source| source.attributes);
        let secrets: BTreeSet<_> =
            of_resources.chain(of_sources).flat_map(names::secrets).collect();
        let secrets = secrets.into_iter().collect();
        Self { catalogue, resources, data_sources, schemas, secrets }
    }
}

fn signature(declared: &declare::Function) -> (String, Function) {
    let parameters = declared
        .parameters
        .iter()
        .map(|parameter| (parameter.name.to_owned(), (parameter.ty)(), parameter.doc.to_owned()));
    let function = Function {
        summary: declared.summary.to_owned(),
        description: declared.doc.to_owned(),
        parameters: parameters.collect(),
        returns: (declared.returns)(),
    };
    (declared.name.to_owned(), function)
}
