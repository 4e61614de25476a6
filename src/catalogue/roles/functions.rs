//! `provider::m365::role_id` and `provider::m365::role_name`.

use super::built_in;
use crate::declare::{Function, Misuse, Parameter};
use crate::terraform::{Type, Value};

/// The id of a built-in role.
pub static ROLE_ID: Function = Function {
    name: "role_id",
    summary: "The id of a built-in directory role, by its name.",
    doc: "The id of a built-in directory role (its template id), which is the same in every tenant. \
        Answered without asking Graph; letter case does not matter. Find a custom role with the data \
        source `m365_role_definition`.",
    parameters: &[Parameter {
        name: "name",
        doc: "The name of the role, such as `Global Administrator`.",
        ty: || Type::String,
    }],
    returns: || Type::String,
    call: |arguments| {
        let name = text(arguments);
        let known = built_in::id_of(name).map(Value::from);
        known.ok_or_else(|| Misuse {
            argument: 0,
            text: format!(
                "there is no built-in role {name:?}; the nearest is {:?}",
                built_in::nearest(name)
            ),
        })
    },
};

/// The name of a built-in role.
pub static ROLE_NAME: Function = Function {
    name: "role_name",
    summary: "The name of a built-in directory role, by its id.",
    doc: "The name of a built-in directory role, by its id (its template id). Answered without asking \
        Graph.",
    parameters: &[Parameter {
        name: "id",
        doc: "The id of the role, such as `62e90394-69f5-4237-9190-012177145e10`.",
        ty: || Type::String,
    }],
    returns: || Type::String,
    call: |arguments| {
        let id = text(arguments);
        let known = built_in::name_of(id).map(Value::from);
        known.ok_or_else(|| Misuse {
            argument: 0,
            text: format!(
                "{id:?} is not the id of a built-in role; the data source m365_role_definition finds \
                 custom ones"
            ),
        })
    },
};

fn text(arguments: &[Value]) -> &str {
    arguments.first().and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_answer_each_other() {
        let id = "62e90394-69f5-4237-9190-012177145e10";
        assert_eq!((ROLE_ID.call)(&["Global administrator".into()]), Ok(id.into()));
        assert_eq!((ROLE_NAME.call)(&[id.into()]), Ok("Global Administrator".into()));
    }

    #[test]
    fn what_is_not_known_is_answered_with_the_nearest() {
        let misuse = (ROLE_ID.call)(&["Global Admin".into()]).unwrap_err();
        assert!(misuse.text.contains("the nearest is \"Global Administrator\""), "{}", misuse.text);
        assert!((ROLE_NAME.call)(&["62e90394".into()]).is_err());
    }
}
