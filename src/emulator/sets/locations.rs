//! Named locations: by address and by country.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::refusal::Outcome;
use super::super::set::{Properties, Service, Set};
use super::super::store::{flag, now, text, texts};
use super::access::{self, invalid};

pub(super) static LOCATIONS: Set = Set {
    ty: "namedLocation",
    paths: &["identity/conditionalAccess/namedLocations"],
    bin: Some("identity/conditionalAccess/deletedItems/namedLocations"),
    service: Service::ConditionalAccess,
    read: access::READ,
    create: Some(access::DELETE),
    update: Some(access::DELETE),
    delete: Some(access::DELETE),
    required: &["displayName"],
    read_only: &["id", "createdDateTime", "modifiedDateTime", "deletedDateTime"],
    typed: true,
    is_kept: |_| true,
    on_create: |_, location| {
        if location.contains_key("compliantNetworkType") {
            return Err(invalid("A compliant network location is made by Global Secure Access."));
        }
        let country = location.contains_key("countriesAndRegions");
        if country {
            location.entry("countryLookupMethod").or_insert_with(|| json!("clientIpAddress"));
            location.entry("includeUnknownCountriesAndRegions").or_insert(Value::Bool(false));
        } else {
            location.entry("isTrusted").or_insert(Value::Bool(false));
        }
        check(location)?;
        location.insert("createdDateTime".into(), now().into());
        location.insert("modifiedDateTime".into(), now().into());
        Ok(())
    },
    on_update: |_, _, _, next| {
        check(next)?;
        next.insert("modifiedDateTime".into(), now().into());
        Ok(())
    },
    on_delete: delete,
    ..Set::COLLECTION
};

fn check(location: &Properties) -> Outcome<()> {
    if text(location, "displayName").is_empty() {
        return Err(invalid("The displayName of a named location must not be empty."));
    }
    if location.contains_key("compliantNetworkType") {
        return Ok(());
    }
    if let Some(ranges) = location.get("ipRanges").and_then(Value::as_array)
        && !ranges.is_empty()
    {
        return ranges.iter().try_for_each(check_range);
    }
    let whole = json!(location);
    let mut countries = texts(&whole, "countriesAndRegions").peekable();
    if countries.peek().is_none() {
        return Err(invalid("A named location must hold 'ipRanges' or 'countriesAndRegions'."));
    }
    let is_code = |c: &str| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase());
    match countries.find(|c| !is_code(c)) {
        Some(country) => {
            Err(invalid(&format!("'{country}' is not the two-letter code of a country or region.")))
        }
        None => Ok(()),
    }
}

fn check_range(range: &Value) -> Outcome<()> {
    let written = range.get("cidrAddress").and_then(Value::as_str).unwrap_or_default();
    let kind = range.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
    let parsed = written.split_once('/').and_then(|(address, bits)| {
        Some((address.parse::<IpAddr>().ok()?, bits.parse::<u8>().ok()?))
    });
    let fits = match parsed {
        Some((IpAddr::V4(_), bits)) => {
            kind == "#microsoft.graph.iPv4CidrRange" && (9..=32).contains(&bits)
        }
        Some((IpAddr::V6(_), bits)) => {
            kind == "#microsoft.graph.iPv6CidrRange" && (9..=128).contains(&bits)
        }
        None => false,
    };
    if fits {
        Ok(())
    } else {
        Err(invalid(&format!("'{written}' is not an address range of the type '{kind}'.")))
    }
}

fn delete(cx: &mut Context, location: &Properties) -> Outcome<()> {
    let id = text(location, "id");
    if flag(location, "isTrusted") {
        return Err(invalid(&format!(
            "{id} is a trusted location and cannot be deleted: set isTrusted to false first."
        )));
    }
    access::refuse_used(cx, id, &["locations", "includeLocations"])?;
    access::refuse_used(cx, id, &["locations", "excludeLocations"])
}
