//! Every collection that the emulator knows. To add one: a declaration, and a line in [`ALL`].

mod access;
mod applications;
mod branding;
mod cross_tenant;
mod domains;
mod groups;
mod hybrid;
mod licences;
mod locations;
mod method_configurations;
mod methods;
mod period;
mod policies;
mod privileged;
mod registered;
mod role_policies;
mod roles;
mod schemas;
mod settings;
mod strengths;
mod synchronization;
mod tenant;
mod units;
mod users;

pub(crate) use domains::domain;

use super::set::Set;

/// All sets; of two that fit a path, the one whose path is longer is meant.
pub(crate) static ALL: &[&Set] = &[
    &users::USERS,
    &methods::METHODS,
    &groups::GROUPS,
    &units::UNITS,
    &applications::APPLICATIONS,
    &applications::SERVICE_PRINCIPALS,
    &roles::DEFINITIONS,
    &roles::ASSIGNMENTS,
    &privileged::ELIGIBILITY_REQUESTS,
    &privileged::ELIGIBILITIES,
    &privileged::ELIGIBILITY_INSTANCES,
    &privileged::ASSIGNMENT_REQUESTS,
    &privileged::ASSIGNMENTS,
    &privileged::ASSIGNMENT_INSTANCES,
    &privileged::GROUP_ELIGIBILITY_REQUESTS,
    &privileged::GROUP_ELIGIBILITIES,
    &privileged::GROUP_ELIGIBILITY_INSTANCES,
    &privileged::GROUP_ASSIGNMENT_REQUESTS,
    &privileged::GROUP_ASSIGNMENTS,
    &privileged::GROUP_ASSIGNMENT_INSTANCES,
    &role_policies::POLICIES,
    &role_policies::POLICY_ASSIGNMENTS,
    &role_policies::RULES,
    &access::POLICIES,
    &access::CONTEXTS,
    &access::TEMPLATES,
    &locations::LOCATIONS,
    &strengths::STRENGTHS,
    &strengths::COMBINATIONS,
    &registered::DEVICES,
    &method_configurations::POLICY,
    &method_configurations::CONFIGURATIONS,
    &policies::AGREEMENTS,
    &policies::SECURITY_DEFAULTS,
    &policies::AUTHORIZATION,
    &policies::DEVICE_REGISTRATION,
    &settings::TEMPLATES,
    &settings::SETTINGS,
    &tenant::ORGANIZATION,
    &cross_tenant::PARTNERS,
    &cross_tenant::IDENTITY_SYNCHRONIZATION,
    &synchronization::JOBS,
    &schemas::SCHEMAS,
    &branding::BRANDING,
    &branding::LOCALIZATIONS,
    &domains::DOMAINS,
    &tenant::SKUS,
    &hybrid::FEDERATION,
    &hybrid::SYNCHRONIZATION,
    &hybrid::ROLLOUTS,
    &hybrid::CONTACTS,
    &hybrid::PUBLISHING_PROFILES,
    &hybrid::PUBLISHING_AGENTS,
];

/// The set of a type.
pub(crate) fn of_type(ty: &str) -> Option<&'static Set> {
    ALL.iter().find(|s| s.ty == ty).copied()
}

#[cfg(test)]
mod tests {
    use super::super::model::Version;
    use super::*;

    /// What a declaration names is in the metadata: a misspelt rule would never apply.
    #[test]
    fn declarations_name_what_is_there() {
        for set in ALL {
            // Some are in the beta alone.
            let versions = [Version::V1, Version::Beta].map(Version::model);
            let known = versions.into_iter().find(|model| model.structure(set.ty).is_some());
            let model = known.unwrap_or_else(|| panic!("{} is no type", set.ty));
            let structure =
                model.structure(set.ty).unwrap_or_else(|| panic!("{} is no type", set.ty));
            let top = set
                .inline
                .iter()
                .chain(set.merged)
                .chain(set.required)
                .map(|n| n.split('.').next());
            let names =
                [set.create_only, set.write_only, set.on_demand, set.defaults.unwrap_or(&[])];
            let names = names.into_iter().flatten().map(|n| Some(*n)).chain(top);
            for name in names.flatten().chain(set.navigation.iter().map(|n| n.name)) {
                let mut kinds = model.derived(set.ty).into_iter().chain([structure]);
                assert!(kinds.any(|s| s.property(name).is_some()), "{}.{name}", set.ty);
            }
            for rule in set.read_only {
                let start = rule.trim_end_matches('*');
                assert!(
                    structure.properties.iter().any(|p| p.name.starts_with(start)),
                    "{}.{rule}",
                    set.ty
                );
            }
        }
    }
}
