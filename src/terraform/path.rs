//! Where in a value something is said.

use std::fmt;

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into an attribute of an object.
    Attribute(String),
    /// Into an element of a map.
    Key(String),
    /// Into an element of a list. The protocol has no step into a set: a path ends at the set.
    Index(i64),
}

/// A way from the root of a resource's value to a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

impl Path {
    /// The whole value.
    pub fn root() -> Self {
        Self::default()
    }

    /// The attribute `name` of the root.
    pub fn attribute(name: &str) -> Self {
        Self::root().at(name)
    }

    /// The attribute `name` below this path.
    pub fn at(&self, name: &str) -> Self {
        self.with(Step::Attribute(name.to_owned()))
    }

    /// The map element `key` below this path.
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// The list element `index` below this path.
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    /// The steps, from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

/// As a user writes it: `conditions.users.include_users[0]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_user_writes_it() {
        let path = Path::attribute("conditions").at("users").index(2).key("a b").at("id");
        assert_eq!(path.to_string(), r#"conditions.users[2]["a b"].id"#);
    }
}
