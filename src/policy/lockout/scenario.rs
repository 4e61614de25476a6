//! The sign-ins by which survival is tried.
//!
//! An emergency sign-in looks risky: from anywhere, on a machine nobody knows, in a hurry. So an
//! emergency account has to get through with all of it against it. An ordinary administrator
//! survives if any realistic sign-in gets through.

use std::net::{IpAddr, Ipv4Addr};

use super::Scene;
use crate::policy::ca::known::{
    AZURE_ACTIVE_DIRECTORY, AZURE_MANAGEMENT, AZURE_PORTAL, MICROSOFT_GRAPH,
};
use crate::policy::ca::{
    AuthenticationFlow, DeviceInfo, Directory, NamedLocation, SignIn, SignInConditions,
};

/// What a repair needs: the admin centre, Azure, Graph, and the directory under them.
const AUDIENCES: [&str; 4] =
    [AZURE_PORTAL, AZURE_MANAGEMENT, MICROSOFT_GRAPH, AZURE_ACTIVE_DIRECTORY];

/// An address of nowhere: of the range that is kept for documentation.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// A browser on an unregistered Windows computer, from an untrusted address of no country, without
/// any risk.
pub(super) fn calm() -> SignInConditions {
    SignInConditions {
        device_platform: Some("windows".to_owned()),
        client_app_type: Some("browser".to_owned()),
        ip_address: Some(NOWHERE),
        country: Some(String::new()),
        sign_in_risk_level: Some("none".to_owned()),
        user_risk_level: Some("none".to_owned()),
        service_principal_risk_level: Some("none".to_owned()),
        insider_risk_level: Some("none".to_owned()),
        authentication_flow: Some(AuthenticationFlow::default()),
        device_info: Some(DeviceInfo::default()),
    }
}

/// The same, with every risk at its highest.
pub(super) fn hostile() -> SignInConditions {
    SignInConditions {
        sign_in_risk_level: Some("high".to_owned()),
        user_risk_level: Some("high".to_owned()),
        ..calm()
    }
}

/// The sign-ins of an emergency account, all of which have to pass.
pub(super) fn emergency(user: &str) -> Vec<SignIn> {
    let mut sign_ins = Vec::new();
    for conditions in [calm(), hostile()] {
        for audience in AUDIENCES {
            sign_ins.push(SignIn::of_user(user, audience).under(conditions.clone()));
        }
    }
    sign_ins
}

/// A run of this plan. Unlike an emergency, it comes from where it came from last time; what is
/// not known of that place stays open.
pub(super) fn automation(scene: &Scene) -> Option<SignIn> {
    let own = &scene.automation;
    let sign_in = match (&own.service_principal_id, &own.user_id) {
        (Some(id), _) => SignIn::of_service_principal(id, MICROSOFT_GRAPH),
        (None, Some(id)) => SignIn::of_user(id, MICROSOFT_GRAPH),
        (None, None) => return None,
    };
    Some(sign_in.under(SignInConditions {
        client_app_type: Some("mobileAppsAndDesktopClients".to_owned()),
        ip_address: own.address,
        country: None,
        device_platform: None,
        device_info: None,
        ..calm()
    }))
}

/// What the way in of an ordinary sign-in rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rests {
    /// A device that is managed.
    pub(super) on_device: bool,
    /// A trusted location.
    pub(super) on_place: bool,
}

/// The circumstances in which an administrator is likely to work.
pub(super) fn circumstances(directory: &Directory) -> Vec<(Rests, SignInConditions)> {
    let places: Vec<IpAddr> =
        [NOWHERE].into_iter().chain(trusted_addresses(directory).take(1)).collect();
    let managed = DeviceInfo {
        device_id: Some("00000000-0000-0000-0000-000000000001".to_owned()),
        trust_type: Some("ServerAD".to_owned()),
        is_compliant: Some(true),
        ..DeviceInfo::default()
    };
    let mut all = Vec::new();
    for (on_device, device) in [(false, DeviceInfo::default()), (true, managed)] {
        for ip_address in &places {
            let conditions = SignInConditions {
                ip_address: Some(*ip_address),
                device_info: Some(device.clone()),
                country: None,
                ..calm()
            };
            all.push((Rests { on_device, on_place: *ip_address != NOWHERE }, conditions));
        }
    }
    all
}

/// The sign-ins of an administrator at work: one who gets to all audiences under any of the
/// circumstances survives.
pub(super) fn everyday(user: &str, directory: &Directory) -> Vec<(Rests, SignIn)> {
    let under = |(rests, conditions): (Rests, SignInConditions)| {
        AUDIENCES.map(|audience| (rests, SignIn::of_user(user, audience).under(conditions.clone())))
    };
    circumstances(directory).into_iter().flat_map(under).collect()
}

/// An address in each trusted range.
fn trusted_addresses(directory: &Directory) -> impl Iterator<Item = IpAddr> {
    directory.locations.iter().flat_map(|location| match location {
        NamedLocation::Ip { ip_ranges, is_trusted: true, .. } => {
            ip_ranges.iter().map(|range| range.addr()).collect()
        }
        _ => Vec::new(),
    })
}
