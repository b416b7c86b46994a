//! What Django's sitemaps and feeds say of each row that their `items` give: loops that nobody wrote.

use std::collections::HashSet;
use std::rc::Rc;

use super::eval::{Args, Eval};
use super::names::ClassId;
use super::serializers::{ROW, loop_over, place, run};
use super::types::{Row, Type, Unit};
use crate::stack::vocabulary::Orm;

/// What is asked of the class for each item, and by what of the row itself where the class does not say.
type Asked = &'static [(&'static str, Own)];

/// What of a row stands in where the class has no method.
#[derive(Clone, Copy)]
enum Own {
    Nothing,
    Text,
    Address,
}

/// `django/contrib/sitemaps/__init__.py`, 5.2.
const SITEMAP: Asked =
    &[("location", Own::Address), ("lastmod", Own::Nothing), ("changefreq", Own::Nothing), ("priority", Own::Nothing)];

/// `django/contrib/syndication/views.py`, 5.2.
const FEED: Asked = &[
    ("item_title", Own::Text),
    ("item_description", Own::Text),
    ("item_link", Own::Address),
    ("item_guid", Own::Nothing),
    ("item_author_name", Own::Nothing),
    ("item_author_email", Own::Nothing),
    ("item_author_link", Own::Nothing),
    ("item_pubdate", Own::Nothing),
    ("item_updateddate", Own::Nothing),
    ("item_categories", Own::Nothing),
    ("item_copyright", Own::Nothing),
    ("item_comments", Own::Nothing),
    ("item_enclosures", Own::Nothing),
    ("item_enclosure_url", Own::Nothing),
    ("item_extra_kwargs", Own::Nothing),
];

/// Evaluates every sitemap and feed.
pub(super) fn feeds(eval: &mut Eval<'_>) {
    let mut seen = HashSet::new();
    for class in eval.names.all_classes() {
        let Some(asked) = asked(eval, class) else { continue };
        // What several classes inherit is told of once.
        let Some(items) = eval.names.method(class, "items", None).filter(|it| seen.insert(*it)) else { continue };
        let Some(set) = eval.returned(items, Some(class)).all_rows().filter(|it| it.orm == Orm::Django) else {
            continue;
        };
        let head = eval.names.function(items).span;
        loop_over(eval, Unit::Class(class), &set, class, "….items()", head, &|eval, row| {
            for (name, own) in asked {
                let mark = eval.events.len();
                let span = match eval.names.method(class, name, None) {
                    Some(method) => {
                        run(eval, class, method, row);
                        eval.names.function(method).span
                    }
                    None => {
                        // A name that the class binds to a value is the same for all.
                        if eval.names.attribute(class, name).is_none() {
                            stand_in(eval, row, *own);
                        }
                        head
                    }
                };
                place(eval, mark, span);
            }
        });
    }
}

fn stand_in(eval: &mut Eval<'_>, row: &Rc<Row>, own: Own) {
    let value = Type::Row(row.clone());
    match own {
        Own::Nothing => {}
        Own::Text => eval.text_of(&value, ROW),
        Own::Address => {
            let method = eval.attribute(&value, "get_absolute_url", ROW);
            eval.call(&method, &Args::NONE, ROW);
        }
    }
}

fn asked(eval: &Eval<'_>, class: ClassId) -> Option<Asked> {
    eval.names.lineage(class).external.iter().find_map(|base| match &**base {
        "django.contrib.sitemaps.Sitemap" => Some(SITEMAP),
        "django.contrib.syndication.views.Feed" => Some(FEED),
        _ => None,
    })
}
