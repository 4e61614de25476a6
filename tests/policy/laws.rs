//! Laws that hold for every set of policies and every sign-in.
