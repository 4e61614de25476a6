//! `m365_conditional_access_templates`.

use super::AREA;
use super::conditions::CONDITIONS;
use super::controls::{GRANT_CONTROLS, SESSION_CONTROLS};
use crate::declare::{DataSource, Permissions, Source, flags, object, string};

/// The policies that Microsoft recommends.
pub static CONDITIONAL_ACCESS_TEMPLATES: DataSource = DataSource {
    name: "conditional_access_templates",
    area: AREA,
    doc: "The templates of Conditional Access policies that Microsoft recommends, as they are today, in \
        the shape of `m365_conditional_access_policy`.\n\n\
        They exclude `Current administrator will be excluded`, which is no id: replace it with the \
        emergency access accounts. Microsoft changes the templates now and then; whoever builds \
        policies on them sees that in the plan.",
    reference: "https://learn.microsoft.com/graph/api/resources/conditionalaccesstemplate",
    source: Source::Collection("/identity/conditionalAccess/templates", "templates"),
    entity: "conditionalAccessTemplate",
    permissions: Permissions { read: "Policy.Read.All", write: "" },
    attributes: &[
        string("name", "The name.").computed(),
        string("description", "What it is good for.").computed(),
        flags("scenarios", "What it is recommended for.").computed().one_of(&[
            "new",
            "secureFoundation",
            "zeroTrust",
            "remoteWork",
            "protectAdmins",
            "emergingThreats",
        ]),
        object("details", "The policy.")
            .of(&[
                object("conditions", "The sign-ins that it applies to.").of(CONDITIONS).computed(),
                object("grant_controls", "What a sign-in must satisfy.")
                    .of(GRANT_CONTROLS)
                    .computed(),
                object("session_controls", "How the session behaves.")
                    .of(SESSION_CONTROLS)
                    .computed(),
            ])
            .computed(),
    ],
    also: &[],
};
