//! Devices.

use super::super::set::{Permissions, Service, Set};

const DEVICE_READ: Permissions =
    &[&["Device.Read.All"], &["Directory.Read.All"], &["Directory.ReadWrite.All"]];
const DEVICE_WRITE: Permissions = &[&["Device.ReadWrite.All"], &["Directory.ReadWrite.All"]];

pub(super) static DEVICES: Set = Set {
    ty: "device",
    paths: &["devices"],
    service: Service::Directory,
    read: DEVICE_READ,
    create: Some(DEVICE_WRITE),
    update: Some(DEVICE_WRITE),
    delete: Some(DEVICE_WRITE),
    required: &[
        "accountEnabled",
        "alternativeSecurityIds",
        "deviceId",
        "displayName",
        "operatingSystem",
        "operatingSystemVersion",
    ],
    // Told by device management, not by whoever registers the device.
    read_only: &["id", "isManagementRestricted", "physicalIds", "registrationDateTime"],
    ..Set::COLLECTION
};
