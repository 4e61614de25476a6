//! Conditional Access offline: the worked cases of the documents, and laws that hold for all.

mod laws;
mod lockout;
mod tenant;
mod worked_cases;
