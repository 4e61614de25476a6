//! All application permissions that the emulator asks for: what a token holds when none are named.

use std::collections::BTreeSet;

use super::sets;

/// Asked for by side effects, beside those that the sets state.
const FURTHER: &[&str] =
    &["User-PasswordProfile.ReadWrite.All", "RoleManagement.ReadWrite.Directory"];

pub(crate) fn all() -> Vec<String> {
    let mut names: BTreeSet<&str> = FURTHER.iter().copied().collect();
    for set in sets::ALL {
        let own = [Some(set.read), set.create, set.update, set.delete];
        let navigation = set.navigation.iter().flat_map(|n| [Some(n.read), n.write]);
        let actions = set.actions.iter().map(|a| Some(a.permissions));
        let alternatives = own.into_iter().chain(navigation).chain(actions).flatten();
        names.extend(alternatives.flat_map(|p| p.iter().copied().flatten()));
    }
    names.into_iter().map(str::to_owned).collect()
}
