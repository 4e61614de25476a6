//! The emulator's type tables agree with the metadata that Graph publishes.
//!
//! With `UPDATE_MODEL=1` in the environment the tables are written anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use roxmltree::{Document, Node};

/// The entities that the tables start from; what these refer to by their properties follows.
const ROOTS: &[&str] = &[
    "administrativeUnit",
    "agreement",
    "agreementFileLocalization",
    "application",
    "authenticationCombinationConfiguration",
    "authenticationContextClassReference",
    "authenticationMethod",
    "authenticationMethodConfiguration",
    "authenticationMethodTarget",
    "authenticationMethodsPolicy",
    "authenticationStrengthPolicy",
    "authorizationPolicy",
    "conditionalAccessPolicy",
    "conditionalAccessTemplate",
    "crossTenantAccessPolicy",
    "crossTenantAccessPolicyConfigurationDefault",
    "crossTenantAccessPolicyConfigurationPartner",
    "crossTenantIdentitySyncPolicyPartner",
    "device",
    "deviceRegistrationPolicy",
    "directoryRole",
    "directoryRoleTemplate",
    "domain",
    "domainDnsRecord",
    "featureRolloutPolicy",
    "group",
    "groupSetting",
    "groupSettingTemplate",
    "identitySecurityDefaultsEnforcementPolicy",
    "internalDomainFederation",
    "namedLocation",
    "onPremisesAgent",
    "onPremisesDirectorySynchronization",
    "onPremisesPublishingProfile",
    "organization",
    "organizationalBranding",
    "organizationalBrandingLocalization",
    "orgContact",
    "passkeyProfile",
    "privilegedAccessGroupAssignmentSchedule",
    "privilegedAccessGroupAssignmentScheduleInstance",
    "privilegedAccessGroupAssignmentScheduleRequest",
    "privilegedAccessGroupEligibilitySchedule",
    "privilegedAccessGroupEligibilityScheduleInstance",
    "privilegedAccessGroupEligibilityScheduleRequest",
    "scopedRoleMembership",
    "servicePrincipal",
    "subscribedSku",
    "synchronizationJob",
    "synchronizationSchema",
    "unifiedRoleAssignment",
    "unifiedRoleAssignmentSchedule",
    "unifiedRoleAssignmentScheduleInstance",
    "unifiedRoleAssignmentScheduleRequest",
    "unifiedRoleDefinition",
    "unifiedRoleEligibilitySchedule",
    "unifiedRoleEligibilityScheduleInstance",
    "unifiedRoleEligibilityScheduleRequest",
    "unifiedRoleManagementPolicy",
    "unifiedRoleManagementPolicyAssignment",
    "unifiedRoleManagementPolicyRule",
    "user",
];

/// Types whose derived types are another area's: they are in every directory's inheritance.
const NOT_WIDENED: &[&str] =
    &["entity", "directoryObject", "policyBase", "policyDeletableItem", "stsPolicy"];

#[test]
fn tables_agree_with_the_published_metadata() {
    for version in ["v1.0", "beta"] {
        let Some(csdl) = super::shared(&format!("{version}.csdl.xml")) else { return };
        let drawn = draw(version, &csdl);
        let path = format!("{}/src/emulator/model/{version}.types", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_MODEL").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let first = drawn.lines().zip(kept.lines()).find(|(drawn, kept)| drawn != kept);
        assert!(
            drawn == kept,
            "{path} is not what the metadata says (first difference: {first:?}); \
             run the test with UPDATE_MODEL=1"
        );
    }
}

fn draw(version: &str, csdl: &str) -> String {
    let document = Document::parse(csdl).unwrap();
    let types: BTreeMap<&str, Node> = document
        .descendants()
        .filter(|n| matches!(n.tag_name().name(), "EntityType" | "ComplexType" | "EnumType"))
        .filter_map(|n| Some((n.attribute("Name")?, n)))
        .collect();
    let mut text =
        format!("# Types of Microsoft Graph {version} that the emulator models. Generated.\n");
    for name in reachable(&types) {
        write_type(&mut text, name, types[name]);
    }
    text
}

fn reachable<'a>(types: &BTreeMap<&'a str, Node<'a, 'a>>) -> BTreeSet<&'a str> {
    let mut todo: Vec<&str> = ROOTS.to_vec();
    let mut found = BTreeSet::new();
    while let Some(name) = todo.pop() {
        let Some((name, node)) = types.get_key_value(name) else { continue };
        if !found.insert(*name) {
            continue;
        }
        todo.extend(node.attribute("BaseType").map(bare));
        for property in children(*node, "Property") {
            todo.extend(property.attribute("Type").map(bare));
        }
        if !NOT_WIDENED.contains(name) {
            let derived =
                types.iter().filter(|(_, n)| n.attribute("BaseType").map(bare) == Some(name));
            todo.extend(derived.map(|(derived, _)| *derived));
        }
    }
    found
}

fn write_type(text: &mut String, name: &str, node: Node) {
    if node.tag_name().name() == "EnumType" {
        let kind = if node.attribute("IsFlags") == Some("true") { "flags" } else { "enum" };
        write!(text, "{kind} {name}").unwrap();
        for member in children(node, "Member") {
            write!(text, " {}", member.attribute("Name").unwrap()).unwrap();
        }
        text.push('\n');
        return;
    }
    let kind = if node.tag_name().name() == "EntityType" { "entity" } else { "complex" };
    write!(text, "{kind} {name}").unwrap();
    if let Some(base) = node.attribute("BaseType") {
        write!(text, " : {}", bare(base)).unwrap();
    }
    for (attribute, word) in [("OpenType", " open"), ("Abstract", " abstract")] {
        if node.attribute(attribute) == Some("true") {
            text.push_str(word);
        }
    }
    text.push('\n');
    for property in children(node, "Property") {
        let nullable = property.attribute("Nullable") != Some("false");
        write_property(text, property, "", nullable);
    }
    for property in children(node, "NavigationProperty") {
        let contained = property.attribute("ContainsTarget") == Some("true");
        write_property(text, property, if contained { ">> " } else { "> " }, false);
    }
}

fn write_property(text: &mut String, property: Node, sign: &str, nullable: bool) {
    let name = property.attribute("Name").unwrap();
    let ty = property.attribute("Type").unwrap();
    let bare = bare(ty);
    let ty = if ty.starts_with("Collection(") { format!("[{bare}]") } else { bare.to_owned() };
    writeln!(text, " {name} {sign}{ty}{}", if nullable { "?" } else { "" }).unwrap();
}

fn children<'a>(node: Node<'a, 'a>, tag: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |n| n.tag_name().name() == tag)
}

fn bare(ty: &str) -> &str {
    let ty = ty.strip_prefix("Collection(").and_then(|t| t.strip_suffix(')')).unwrap_or(ty);
    ty.strip_prefix("microsoft.graph.")
        .or_else(|| ty.strip_prefix("graph."))
        .or_else(|| ty.strip_prefix("Edm."))
        .unwrap_or(ty)
}
