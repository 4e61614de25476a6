//! Generated types and values, for the property tests of both encodings.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::{Number, Refinement, Type, Value};

/// A type of any shape.
pub(super) fn types() -> impl Strategy<Value = Type> {
    let leaf =
        prop_oneof![Just(Type::Bool), Just(Type::Number), Just(Type::String), Just(Type::Dynamic),];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            btree_map("[a-z_]{1,8}", inner.clone(), 0..4).prop_map(Type::Object),
            vec(inner, 0..4).prop_map(Type::Tuple),
        ]
    })
}

/// A type with a value of it, parts of which may be unknown.
pub(super) fn typed() -> impl Strategy<Value = (Type, Value)> {
    pairs(true)
}

/// A type with a value of it that is wholly known.
pub(super) fn typed_and_known() -> impl Strategy<Value = (Type, Value)> {
    pairs(false)
}

fn pairs(unknown: bool) -> impl Strategy<Value = (Type, Value)> {
    types().prop_flat_map(move |ty| {
        let values = values(&ty, unknown);
        (Just(ty), values)
    })
}

fn values(ty: &Type, unknown: bool) -> BoxedStrategy<Value> {
    let known = match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => numbers().prop_map(Value::Number).boxed(),
        Type::String => any::<String>().prop_map(Value::String).boxed(),
        Type::List(element) => vec(values(element, unknown), 0..4).prop_map(Value::List).boxed(),
        Type::Set(element) => vec(values(element, unknown), 0..4).prop_map(Value::Set).boxed(),
        Type::Map(element) => {
            btree_map(".*", values(element, unknown), 0..4).prop_map(Value::Object).boxed()
        }
        Type::Object(types) => types
            .iter()
            .map(|(name, ty)| (Just(name.clone()), values(ty, unknown)))
            .collect::<Vec<_>>()
            .prop_map(|attributes| Value::Object(BTreeMap::from_iter(attributes)))
            .boxed(),
        Type::Tuple(types) => types
            .iter()
            .map(|ty| values(ty, unknown))
            .collect::<Vec<_>>()
            .prop_map(Value::List)
            .boxed(),
        // A type of one level is enough: what is inside is generated elsewhere.
        Type::Dynamic => prop_oneof![
            Just(Type::Bool),
            Just(Type::Number),
            Just(Type::list(Type::String)),
            Just(Type::Tuple(vec![Type::String, Type::Bool])),
        ]
        .prop_flat_map(move |ty| {
            let value = values(&ty, unknown);
            value.prop_map(move |value| Value::Dynamic(Box::new((ty.clone(), value))))
        })
        .boxed(),
    };
    if unknown {
        prop_oneof![8 => known, 1 => Just(Value::Null), 1 => unknowns()].boxed()
    } else {
        prop_oneof![8 => known, 1 => Just(Value::Null)].boxed()
    }
}

fn numbers() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", Number::from_f64),
        "-?[1-9][0-9]{0,50}(\\.[0-9]{1,50})?(e-?[0-9]{1,3})?"
            .prop_map(|digits| digits.parse().unwrap()),
    ]
}

fn unknowns() -> impl Strategy<Value = Value> {
    let refinement = (
        option::of(any::<bool>()),
        option::of(any::<String>()),
        option::of((numbers(), any::<bool>())),
        option::of((numbers(), any::<bool>())),
        option::of(any::<u64>()),
        option::of(any::<u64>()),
    );
    refinement.prop_map(|(null, prefix, lower, upper, least, most)| {
        let refinement = Refinement { null, prefix, lower, upper, least, most };
        // That nothing is known is said in one way only.
        let told = refinement != Refinement::default();
        Value::Unknown(told.then(|| Box::new(refinement)))
    })
}
