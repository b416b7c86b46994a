//! What the user says of the rows of a table, for the loops that go through them.

use crate::config::{Assume, Rows};
use crate::stack::vocabulary::{LazyLoad, Listing, QueryInLoop, WriteInLoop};
use crate::stack::{Fact, Stack};

/// So many rows are few: a loop over all of them costs less than is worth a change.
const FEW: f64 = 50.0;

/// Says of what goes through a table, lists it, or asks it that there are few rows where that is assumed, and no more where
/// many are.
pub fn assume(code: &mut Stack, assume: &Assume) {
    if assume.rows().next().is_none() {
        return;
    }
    let loads = code.lazy_loads.iter_mut().map(|LazyLoad { rows, few, .. }| (rows, few));
    let queries = code.queries_in_loops.iter_mut().map(|QueryInLoop { rows, few, .. }| (rows, few));
    let writes = code.writes_in_loops.iter_mut().map(|WriteInLoop { rows, few, .. }| (rows, few));
    let lists = code.listings.iter_mut().map(|Listing { model, few, .. }| (model, few));
    for (rows, few) in loads.chain(queries).chain(writes).chain(lists) {
        let Some((name, [low, likely, high])) = rows.known().and_then(|model| said(assume, model)) else { continue };
        if high <= FEW {
            *few = Fact::derived(format!("`{name}` is assumed to have {likely} rows").into(), Vec::new());
        } else if low > FEW {
            *few = Fact::Absent;
        }
    }
    for it in &mut code.queryset_uses {
        match it.model.known().and_then(|model| said(assume, model)) {
            Some((_, [.., high])) if high <= FEW => it.lookup_table = Fact::derived(true, Vec::new()),
            Some((_, [low, ..])) if low > FEW => it.lookup_table = Fact::derived(false, Vec::new()),
            _ => {}
        }
    }
}

/// What is said of the rows of a model, which may have its app before it. What each user has is multiplied by nobody here.
fn said<'m>(assume: &Assume, model: &'m str) -> Option<(&'m str, [f64; 3])> {
    let name = model.rsplit('.').next().unwrap_or(model);
    let is_it = |said: &str| said == model || said == name || model == name && said.rsplit('.').next() == Some(name);
    assume.rows().filter(|(said, _)| is_it(said)).find_map(|(_, said)| match said.value {
        Rows::All(band) => Some((name, band)),
        Rows::EachUser(_) => None,
    })
}
