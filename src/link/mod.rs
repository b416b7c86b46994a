//! Drafts of files to stacks: what the files say is joined into one model for each deployment.
//!
//! Here lives everything that needs more than one file: which compose files belong together, what an image is built
//! from, which command really runs and with which environment, which settings module a process loads, who connects
//! to what. Nothing here reads a file or knows a syntax; nothing here has an opinion.

pub mod apps;
mod assumed;
mod build;
pub mod command;
pub mod compose;
mod deployed;
mod django;
mod endpoint;
pub mod framework;
pub mod image;
pub mod kubernetes;
pub mod network;
pub mod nginx;
pub mod orm;
pub mod plan;
pub mod platform;
pub mod proxies;
pub mod roles;
pub mod routes;
pub mod rows;
pub mod server;
pub mod services;
pub mod sqlalchemy;
pub mod stores;
mod unstarted;
mod upkeep;
pub mod values;
pub mod versions;

pub use build::{Linked, link, link_with_routes, unstarted_stacks};
pub use deployed::Aside;
