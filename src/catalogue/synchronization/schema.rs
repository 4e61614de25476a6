//! `m365_synchronization_schema`.

use serde_json::Value as Json;

use super::{AREA, PERMISSIONS, mapping, names};
use crate::declare::{
    Answers, Attribute, Check, Finding, Inquiry, Law, Question, Read, Resource, UNKNOWN, Whole,
    boolean, flags, id, integer, map, objects, string, strings,
};
use crate::terraform::{Path, Value};

/// What a job carries over, and how.
pub static SYNCHRONIZATION_SCHEMA: Resource = Resource {
    name: "synchronization_schema",
    area: AREA,
    doc: "What a synchronization job carries over, and how: which objects are in scope, and what each \
        attribute of the target is made of. A new job maps as its template does; this changes what is \
        configured of it, and leaves all else as it is in Graph.\n\n\
        What leaves the configuration, and all of it on destroy, is put back as it was found when it was \
        taken over. Graph takes a schema as a whole, so give a job one such resource; a mapping that \
        somebody changed in the portal meanwhile stays as it is unless it is configured here.\n\n\
        The plan names object mappings and attributes that the job does not have. After a \
        change, the job goes over all its objects again on its next run, by itself.",
    reference: "https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema",
    path: "/servicePrincipals/{service_principal_id}/synchronization/jobs/{job_id}/schema",
    entity: "synchronizationSchema",
    permissions: PERMISSIONS,
    selects: false,
    attributes: &[
        id("service_principal_id", "The object id of the service principal that the job belongs to.")
            .required()
            .replace("a schema is that of one job"),
        string("job_id", "The id of the job.").required().replace("a schema is that of one job"),
        map(
            "object_mappings",
            "The object mappings, by their name in Graph; or by the objects that they are of, such as \
             `User to User`, where there is one such mapping, or `<rule>/User to User` where more rules \
             have one.",
        )
        .required()
        .of(OBJECT_MAPPING),
    ],
    whole: Some(Whole {
        view: mapping::view,
        parts: &["directories"],
        template: None,
        asks: mapping::asks,
        write: mapping::write,
    }),
    judge: Some(judge),
    inquiries: &[inquire],
    exceptions: &[
        (
            Law::L2,
            "Graph replaces a schema as a whole, so the request carries all of it, and of what is not \
             configured what Graph has.",
        ),
        (
            Law::L4,
            "An import does not know which mappings the configuration is about: the next plan adds them, \
             and an apply of what is so already writes nothing.",
        ),
    ],
    ..Resource::SINGLETON
};

const OBJECT_MAPPING: &[Attribute] = &[
    boolean("is_enabled", "Whether objects are carried over by this mapping. Not set: left as it is.")
        .graph("enabled"),
    flags("flow_types", "What is done in the target. Not set: left as it is.")
        .one_of(&["Add", "Update", "Delete"]),
    map(
        "scoping_filters",
        "Who is in scope, by the name of the filter: whoever satisfies all clauses of one of them. These \
         are all filters there are; an empty map takes every filter away. Not set: left as they are.",
    )
    .of(&[objects("clauses", "What must hold, all of it.").required().of(&[
        string("source_attribute", "The attribute of the source.")
            .graph("sourceOperandName")
            .required(),
        string(
            "operator",
            "The operator, such as `EQUALS`, `NOT EQUALS`, `IS TRUE`, `IS NULL` or `REGEX MATCH`.",
        )
        .graph("operatorName")
        .required(),
        strings("values", "What it is compared with; none for operators of one operand."),
    ])]),
    map(
        "attribute_mappings",
        "What attributes of the target are made of, by their names. Exactly one of `attribute`, `constant` \
         and `expression` is set. Attributes that are not named here stay mapped as they are.",
    )
    .of(ATTRIBUTE_MAPPING),
    strings(
        "unmapped_attributes",
        "Attributes of the target that the job leaves alone: their mappings are taken away.",
    ),
    map(
        "source_attributes",
        "Attributes that the source has and its directory does not say, such as directory extensions, by \
         name, so that they can be mapped. A definition stays when it leaves the configuration.",
    )
    .of(DEFINITION),
    map("target_attributes", "The same of the target.").of(DEFINITION),
];

const DEFINITION: &[Attribute] = &[
    string("type", "What it holds.")
        .one_of(&["String", "Integer", "Reference", "Binary", "Boolean", "DateTime"])
        .required(),
    boolean("is_multivalued", "Whether it holds several values.").graph("multivalued"),
];

const ATTRIBUTE_MAPPING: &[Attribute] = &[
    string("attribute", "The attribute of the source whose value is taken."),
    string("constant", "The value itself."),
    string(
        "expression",
        "What works the value out of attributes of the source, such as \
         `Append([displayName], \" (Contoso)\")`; Graph checks it.",
    ),
    string("default_value", "The value where the source has none."),
    string(
        "flow_type",
        "When the attribute is written: `Always`; `ObjectAddOnly`, with a new object; `MultiValueAddOnly`, \
         adding values; `ValueAddOnly`, never removing one; `AttributeAddOnly`, where there is none.",
    )
    .one_of(&["Always", "ObjectAddOnly", "MultiValueAddOnly", "ValueAddOnly", "AttributeAddOnly"]),
    string("flow_behavior", "`FlowWhenChanged` or `FlowAlways`.")
        .one_of(&["FlowWhenChanged", "FlowAlways"]),
    integer(
        "matching_priority",
        "Above 0, objects of source and target are matched by this attribute, the lowest first.",
    )
    .checks(&[Check::Range(0, 2_147_483_647)]),
];

/// What the parts of a mapping say together.
fn judge(planned: &Value) -> Vec<Finding> {
    let of = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (name, object) in of(planned.get("object_mappings")) {
        let path = Path::attribute("object_mappings").key(&name);
        let unmapped: Vec<String> = match object.get("unmapped_attributes").as_elements() {
            Some(all) => all.iter().filter_map(Value::as_str).map(str::to_lowercase).collect(),
            None => Vec::new(),
        };
        for (target, one) in of(object.get("attribute_mappings")) {
            let path = path.at("attribute_mappings").key(&target);
            let sources = ["attribute", "constant", "expression"].map(|name| one.get(name));
            let set = sources.iter().filter(|source| !source.is_null()).count();
            let unknown = sources.iter().any(|source| source.is_unknown());
            if set != 1 && !(unknown && set > 0) {
                found.push(Finding::error(
                    path.clone(),
                    format!("{target} is made of exactly one thing"),
                    "Set one of attribute, constant and expression.",
                ));
            }
            if unmapped.contains(&target.to_lowercase()) {
                found.push(Finding::error(
                    path,
                    format!("{target} is mapped, and is not to be mapped"),
                    "It is in attribute_mappings and in unmapped_attributes: take it out of one of them.",
                ));
            }
        }
    }
    found
}

/// What the job does not have of what is configured, where the job is there already.
fn inquire(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let text = |name: &str| question.planned[name].as_str().filter(|text| *text != UNKNOWN);
    let (Some(principal), Some(job)) = (text("servicePrincipalId"), text("jobId")) else {
        return ask.conclude(Vec::new());
    };
    let path = format!("/servicePrincipals/{principal}/synchronization/jobs/{job}/schema");
    let schema = Read::one(path, PERMISSIONS.read);
    let Some(schema) = ask.known(&schema) else { return ask.conclude(Vec::new()) };
    let configured = question.planned["objectMappings"].as_object();
    let found = configured.into_iter().flatten().flat_map(|(name, planned)| {
        let path = Path::attribute("object_mappings").key(name);
        lacks(schema, name, planned, &path)
    });
    ask.conclude(found.collect())
}

fn lacks(schema: &Json, name: &str, planned: &Json, path: &Path) -> Vec<Finding> {
    let wrong = match names::lacking(schema, name, planned) {
        Ok(wrong) => wrong,
        Err(why) => {
            let detail = "An object mapping is called as in the schema of the job, or by the objects that it \
                          is of, such as \"User to User\".";
            return vec![Finding::error(path.clone(), why, detail)];
        }
    };
    let told = wrong.into_iter().map(|(steps, what)| {
        let mut path = path.clone();
        for (at, step) in steps.iter().enumerate() {
            // Attributes and keys of maps take turns.
            path = if at % 2 == 0 { path.at(step) } else { path.key(step) };
        }
        let detail = format!(
            "{path} names it. Attributes are spelled as in the schema of the job. One that the directory has \
             and the schema does not say, such as a directory extension, is defined in source_attributes or \
             target_attributes."
        );
        Finding::error(path, what, detail)
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_made_of_one_thing() {
        let judged = |sources: &[&str], unmapped: &str| {
            let one = sources.iter().map(|name| ((*name).to_owned(), Value::from("x"))).collect();
            let object = Value::from([
                ("attribute_mappings", Value::from([("mail", Value::Object(one))])),
                ("unmapped_attributes", Value::set([unmapped.into()])),
            ]);
            judge(&Value::from([("object_mappings", Value::from([("User to User", object)]))]))
                .len()
        };
        assert_eq!(judged(&["constant"], "city"), 0);
        assert_eq!(judged(&["constant", "attribute"], "city"), 1);
        assert_eq!(judged(&[], "city"), 1);
        assert_eq!(judged(&["constant"], "Mail"), 1);
    }
}
