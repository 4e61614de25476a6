//! Privileged Identity Management against the local Graph: what users of other providers complained
//! of, each as a test.

mod groups;
mod policies;
mod roles;
mod tenant;
