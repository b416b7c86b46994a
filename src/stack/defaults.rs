//! What programs do when told nothing: one table, with the version each line holds for and where it was read.
