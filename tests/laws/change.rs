//! What a change asks of Graph, attribute by attribute: L2, L3 and L8.

use m365::declare::{Attribute, Keeps, Kind, Law, Mode, Replace, Resource, Rule};
use m365::emulator::TENANT_ID;
use m365::engine::names::TENANT;
use m365::engine::{Model, encode, equal, names, request, version};
use m365::terraform::Value;

use super::stage::Stage;
use super::tenant::Logged;
use super::values::{self, Place};
use super::wire::{Client, State, differing};
use super::{Outcome, ensure, everywhere};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l2_a_change_is_planned_and_sent_alone() {
    everywhere(Law::L2, changed).await;
}

async fn changed(resource: &'static Resource) -> Outcome {
    let stage = Stage::new(resource).await?;
    let mut state = stage.made().await?;
    let mut broken = Vec::new();
    let (mut tried, mut done, mut alone) = (0, 0, Vec::new());
    for place in values::places(&stage.model.attributes) {
        if !is_leaf(&stage.model, &place, &state.value) {
            continue;
        }
        tried += 1;
        match change(&stage, &state, &place).await {
            Ok(Change::Done(back)) => {
                done += 1;
                state = back;
            }
            Ok(Change::Replaces) => done += 1,
            Ok(Change::NotAlone(said)) => alone.push(format!("{}: {said}", values::name(&place))),
            Err(said) => {
                broken.push(format!("{}: {said}", values::name(&place)));
                // Whatever it is now: back to the example.
                state = back_to_example(&stage, state).await;
            }
        }
    }
    ensure(broken.is_empty(), || format!("{done} of {tried} changes\n  {}", broken.join("\n  ")))?;
    for said in &alone {
        println!("{} is not changed alone: {said}", stage.model.name);
    }
    ensure(tried == 0 || done > 0, || format!("none of {tried} attributes was changed: {alone:?}"))
}

/// The state once the example is there again, whatever is there now.
async fn back_to_example(stage: &Stage, state: State) -> State {
    let Stage { client, model, config, .. } = stage;
    let back = async {
        let read = client.read(model, &state).await?;
        client.reach(model, &read, config).await
    };
    back.await.unwrap_or(state)
}

/// What trying to change an attribute came to.
enum Change {
    /// Changed, and back.
    Done(State),
    /// The change takes a new object, or is final: it is planned and not made.
    Replaces,
    /// The declaration itself forbids every value that was made up, beside what the example has.
    NotAlone(String),
}

/// Whether a place is one that the law looks at: no object, whose attributes have places of their
/// own, and not in the variant that the object is not of.
fn is_leaf(model: &Model, place: &Place, state: &Value) -> bool {
    let Some(last) = place.last() else { return false };
    let of_another_type = place.iter().any(|attribute| {
        matches!(attribute.kind, Kind::Variant(..)) && state.get(attribute.name).is_null()
    });
    let has_places = matches!(last.kind, Kind::Object(_) | Kind::Variant(..));
    let is_fixed = place.len() == 1 && model.in_path(last) && !is_replacing(last);
    let is_secret = place.iter().any(|attribute| attribute.write_only);
    !(has_places || is_secret || of_another_type || is_fixed)
}

fn is_replacing(attribute: &Attribute) -> bool {
    matches!(attribute.replace, Replace::Always(_))
}

/// Changes one attribute, and back.
async fn change(stage: &Stage, state: &State, place: &Place) -> Outcome<Change> {
    let Stage { model, config, world, tenant, .. } = stage;
    // A process of its own: the provider holds itself to the pace that Graph allows.
    let client = &Client::start(tenant).await?;
    let Some(last) = place.last() else { return Err("no attribute".to_owned()) };
    let (mut said, mut refused) = (String::new(), String::new());
    for value in values::others(last, values::at(config, place), world).into_iter().take(24) {
        let (wanted, touched) = with_companions(stage, place, value.clone()).await?;
        let errors = client.validate(model, &wanted).await?;
        if !errors.is_empty() {
            said = errors[0].replace('\n', ": ");
            continue;
        }
        let planned = client.plan(model, state, &wanted).await;
        let planned = match planned {
            Ok(planned) => planned,
            Err(error) => {
                said = error;
                continue;
            }
        };
        let root = place[0].name;
        // Whoever goes to the beta is told what v1.0 does not say.
        let beta = |value: &Value| version::needs_beta(model, value);
        let reveals = beta(&planned.value) && !beta(&state.value);
        for attribute in &model.attributes {
            let name = attribute.name;
            let follows = attribute.follows.iter().any(|one| touched.contains(one));
            let same = says_no_more(state.value.get(name), planned.value.get(name), reveals);
            ensure(same || touched.contains(&name) || follows, || {
                let (before, after) = (state.value.get(name), planned.value.get(name));
                format!("{value:?} also plans {name} from {before:?} to {after:?}")
            })?;
        }
        if planned.value == state.value {
            said = format!("{value:?} says the same");
            continue;
        }
        if !planned.replace.is_empty() {
            ensure(planned.replace.iter().all(|name| touched.contains(&name.as_str())), || {
                format!("{value:?} replaces because of {:?}", planned.replace)
            })?;
            let reason = planned.told.iter().any(|told| told.contains("must be replaced, because"));
            ensure(reason, || format!("{value:?} replaces, and nothing says why"))?;
            return Ok(Change::Replaces);
        }
        ensure(!is_replacing(&place[0]), || format!("{value:?} does not replace"))?;
        if last.one_way.is_some() {
            let warned = planned.told.iter().any(|told| told.contains("is final"));
            ensure(warned, || format!("{value:?} is final, and nothing says so"))?;
            return Ok(Change::Replaces);
        }
        tenant.forget().await;
        let applied = client.apply(model, state, &planned, &wanted).await?;
        if let Some(error) = applied.errors.first() {
            // An id of an object of a kind that the tenant has none of.
            if error.contains("does not exist in the directory") {
                said = error.clone();
                continue;
            }
            refused = format!("{value:?} is refused: {}", error.replace('\n', " "));
            continue;
        }
        sent_alone(stage, &touched, &tenant.writes().await, &applied.state.value)
            .map_err(|error| format!("{root} to {value:?}: {error}"))?;
        let now = values::at(&applied.state.value, place);
        ensure(last.local || equal::same(last, now, &value), || {
            format!("{value:?} was wanted and {now:?} is there")
        })?;
        client.settled(model, &applied.state, &wanted).await?;
        let back = client.reach(model, &applied.state, config).await;
        return back.map(Change::Done).map_err(|error| format!("back from {value:?}: {error}"));
    }
    if refused.is_empty() { Ok(Change::NotAlone(said)) } else { Err(refused) }
}

/// Whether a plan is as the state is, but for what nobody was told yet where the beta `reveals` it.
fn says_no_more(before: &Value, after: &Value, reveals: bool) -> bool {
    match (before, after) {
        (Value::Null, Value::Unknown(_)) => reveals,
        (Value::Object(before), Value::Object(now)) => {
            before.len() == now.len()
                && now.iter().all(|(name, now)| {
                    before.get(name).is_some_and(|before| says_no_more(before, now, reveals))
                })
        }
        (before, after) => before == after,
    }
}

/// The configuration with another value at `place`, and with what the rules demand beside it; the
/// attributes at the root that this touches.
async fn with_companions(
    stage: &Stage,
    place: &Place,
    value: Value,
) -> Outcome<(Value, Vec<&'static str>)> {
    let Stage { model, config, world, .. } = stage;
    let path = values::name(place);
    let mut wanted = values::set(config, place, value, world);
    let mut touched = vec![place[0].name];
    for rule in model.resource.rules {
        let companions: &[&str] = match rule {
            Rule::Together(names) if names.contains(&path.as_str()) => names,
            Rule::Needs(name, _, needed) if *name == path => needed,
            _ => &[],
        };
        for companion in companions.iter().filter(|name| **name != path) {
            let places = values::places(&model.attributes);
            let Some(other) = places.iter().find(|place| values::name(place) == *companion) else {
                return Err(format!("the rule about {companion} names no attribute"));
            };
            let Some(last) = other.last() else { continue };
            if !values::at(&wanted, other).is_null() {
                continue;
            }
            if let Some(value) = values::others(last, &Value::Null, world).into_iter().next() {
                wanted = values::set(&wanted, other, value, world);
                touched.push(other[0].name);
            }
        }
    }
    Ok((wanted, touched))
}

/// Whether the requests that were sent carry the attributes that changed, and no other.
fn sent_alone(stage: &Stage, touched: &[&str], writes: &[Logged], state: &Value) -> Outcome {
    let model = &stage.model;
    let path = request::object_path(model.resource, state).replace(TENANT, TENANT_ID);
    let changed = || model.attributes.iter().filter(|one| touched.contains(&one.name));
    let mut properties = Vec::new();
    // A secret is sent when the number beside it changes.
    let secrets = model.attributes.iter().filter(|one| {
        one.write_only && touched.contains(&format!("{}_version", one.name).as_str())
    });
    properties.extend(secrets.map(|one| names::location(one).0));
    for attribute in changed().filter(|one| encode::is_sent(one)) {
        match attribute.kind {
            // What is in a variant is a property of the object itself.
            Kind::Variant(_, nested) => {
                properties.extend(nested.iter().map(|one| names::location(one).0));
            }
            _ => properties.push(names::location(attribute).0),
        }
    }
    let links: Vec<String> = changed()
        .filter(|one| matches!(one.kind, Kind::Link | Kind::Links))
        .map(|one| names::location(one).0)
        .collect();
    // What an action changes, and what is an object of its own, is not in a PATCH of the object.
    let beside: Vec<(String, Option<&str>)> = changed()
        .filter(|one| one.action.is_some() || one.contained.is_some())
        .map(|one| (names::location(one).0, one.action))
        .collect();
    // What is switched takes an action and no body.
    let switches: Vec<String> = changed()
        .flat_map(|one| one.switch.into_iter().flat_map(|(on, off)| [on, off]))
        .map(|action| format!("{path}/{action}"))
        .collect();
    let some = !(properties.is_empty() && links.is_empty() && switches.is_empty());
    // A secret may have a place of its own.
    let places = model.attributes.iter().filter_map(|one| one.place);
    let places: Vec<String> = places
        .map(|place| {
            names::fill(place, |name| state.get(name).as_str().unwrap_or_default().to_owned())
        })
        .collect();
    ensure(some != writes.is_empty(), || format!("{} requests were sent", writes.len()))?;
    for write in writes {
        let of_link = links.iter().any(|link| {
            write.path.starts_with(&format!("{path}/{link}/"))
                || (write.path == path && write.body.get(format!("{link}@odata.bind")).is_some())
        });
        let of_action_or_part = beside.iter().any(|(property, action)| match action {
            Some(action) => {
                let only = write
                    .body
                    .as_object()
                    .is_some_and(|body| body.keys().all(|key| key == property));
                write.path == format!("{path}/{action}") && only
            }
            None => {
                let collection = format!("{path}/{property}");
                write.path == collection || write.path.starts_with(&format!("{collection}/"))
            }
        });
        let of_place = write.method == "PUT" && places.contains(&write.path);
        if of_link || of_action_or_part || of_place || switches.contains(&write.path) {
            continue;
        }
        let keys: Vec<&String> =
            write.body.as_object().into_iter().flat_map(|body| body.keys()).collect();
        let alone = write.method == "PATCH"
            && write.path == path
            && writes.len() == 1
            && keys.iter().all(|key| properties.contains(key) || *key == "@odata.type");
        // Variants: the one property.
        let variant = changed().any(|one| matches!(one.kind, Kind::Variant(..)));
        let one = !variant || keys.iter().filter(|key| **key != "@odata.type").count() == 1;
        ensure(alone && one, || format!("{} {} carried {}", write.method, write.path, write.body))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l3_what_is_removed_is_cleared_or_kept_as_documented() {
    everywhere(Law::L3, removed).await;
}

async fn removed(resource: &'static Resource) -> Outcome {
    let stage = Stage::new(resource).await?;
    let mut state = stage.made().await?;
    let mut broken = Vec::new();
    for place in values::places(&stage.model.attributes) {
        let removable = place.last().is_some_and(|last| last.mode != Mode::Required)
            && is_present(&place, &stage.config);
        if !removable {
            continue;
        }
        match remove(&stage, &state, &place).await {
            Ok(Some(back)) => state = back,
            Ok(None) => {}
            Err(said) => {
                broken.push(format!("{}: {said}", values::name(&place)));
                state = back_to_example(&stage, state).await;
            }
        }
    }
    ensure(broken.is_empty(), || format!("\n  {}", broken.join("\n  ")))
}

/// Whether all of a place's objects are there.
fn is_present(place: &Place, config: &Value) -> bool {
    place.len() == 1 || !values::at(config, &place[..place.len() - 1].to_vec()).is_null()
}

/// Removes one attribute, which is set first where the example does not, and brings it back.
async fn remove(stage: &Stage, state: &State, place: &Place) -> Outcome<Option<State>> {
    let Stage { tenant, model, config, world, .. } = stage;
    let client = &Client::start(tenant).await?;
    let Some(last) = place.last() else { return Ok(None) };
    if values::at(config, place).is_null() {
        // What setting it takes, and setting it back, is L2's to see.
        return Ok(None);
    }
    let wanted = values::set(config, place, Value::Null, world);
    if !client.validate(model, &wanted).await?.is_empty() {
        // Required by a rule.
        return Ok(None);
    }
    let Ok(planned) = client.plan(model, state, &wanted).await else { return Ok(None) };
    if !planned.replace.is_empty() {
        return Ok(None);
    }
    if !last.write_only {
        let before = values::at(&state.value, place);
        let expected = match (last.default, last.mode) {
            (Some(default), _) => encode::literal(default),
            (None, Mode::Optional) => Value::Null,
            (None, _) => before.clone(),
        };
        let now = values::at(&planned.value, place);
        ensure(equal::same(last, now, &expected), || {
            format!("its removal is planned as {now:?} and not as {expected:?}")
        })?;
    }
    let applied = client.apply(model, state, &planned, &wanted).await?;
    ensure(applied.errors.is_empty(), || format!("its removal is refused: {:?}", applied.errors))?;
    client.settled(model, &applied.state, &wanted).await?;
    let back = client.reach(model, &applied.state, config).await;
    back.map(Some).map_err(|error| format!("bringing it back: {error}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l8_what_is_unknown_at_plan_does_not_change_at_apply() {
    everywhere(Law::L8, unknown).await;
}

async fn unknown(resource: &'static Resource) -> Outcome {
    let stage = Stage::new(resource).await?;
    let Stage { client, model, config, .. } = &stage;
    let mut broken = Vec::new();
    let none = State::default();
    let create = client.plan(model, &none, config).await?;
    let applied = client.apply(model, &none, &create, config).await?;
    ensure(applied.errors.is_empty(), || applied.errors.join("; "))?;
    let keep = client.plan(model, &applied.state, config).await?;
    for place in values::places(&model.attributes) {
        if place.iter().any(|one| one.write_only) || !is_present(&place, config) {
            continue;
        }
        // Terraform plans again at apply, when all is known: what was known may not change. Both
        // plans have been, or need not be, applied; so this is all that is left to see.
        for (prior, known) in [(&none, &create), (&applied.state, &keep)] {
            if let Err(said) = unknown_at(&stage, &place, prior, &known.value).await {
                broken.push(format!("{}: {said}", values::name(&place)));
            }
        }
    }
    ensure(broken.is_empty(), || format!("\n  {}", broken.join("\n  ")))
}

/// Plans with one attribute unknown; `known` is the plan with it known.
async fn unknown_at(stage: &Stage, place: &Place, prior: &State, known: &Value) -> Outcome {
    let Stage { client, model, config, world, .. } = stage;
    let wanted = values::set(config, place, Value::UNKNOWN, world);
    let errors = client.validate(model, &wanted).await?;
    ensure(errors.is_empty(), || format!("unknown, it is refused: {errors:?}"))?;
    let unknown = client.plan(model, prior, &wanted).await?;
    let planned = values::at(&unknown.value, place);
    ensure(planned.is_unknown(), || format!("unknown, it is planned as {planned:?}"))?;
    match differing(&unknown.value, known, "") {
        Some(changed) => Err(format!("the plan changes once it is known: {changed}")),
        None => Ok(()),
    }
}

/// Destroys the main resource.
pub(crate) async fn unmake(stage: &Stage, client: &Client, state: &State) -> Outcome {
    let gone = client.reach(&stage.model, state, &Value::Null).await?;
    ensure(gone.value.is_null() || stage.model.resource.keeps == Keeps::Singleton, || {
        format!("destroying leaves {:?}", gone.value)
    })
}
