//! Comments that say a finding is known.
