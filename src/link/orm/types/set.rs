//! Querysets and managers: which rows they give, what they ask, and where they were told what to load.

use std::rc::Rc;

use super::super::asked::Asked;
use super::super::models::Relation;
use super::super::names::ClassId;
use super::super::narrow::Parent;
use super::{Loads, Row, Site, Size};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// Django's manager: of a model, or of the rows that a relation leads to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::link::orm) struct ManagerType {
    pub(in crate::link::orm) model: ClassId,
    /// Where its methods may be.
    pub(in crate::link::orm) classes: Rc<[ClassId]>,
    /// The row and the relation it is the manager of.
    pub(in crate::link::orm) related: Option<(Rc<Row>, Rc<Relation>)>,
    /// Whether nobody knows whose it is, nor what was loaded with its rows.
    pub(in crate::link::orm) unread: bool,
    /// Where an eager clause could be put.
    pub(in crate::link::orm) site: Option<Site>,
    pub(in crate::link::orm) span: Span,
}

/// A queryset (Django), a query or a statement (SQLAlchemy).
#[derive(Clone, Debug, PartialEq)]
pub(in crate::link::orm) struct Set {
    pub(in crate::link::orm) orm: Orm,
    pub(in crate::link::orm) model: ClassId,
    pub(in crate::link::orm) classes: Rc<[ClassId]>,
    pub(in crate::link::orm) loads: Loads,
    /// Whether its rows are instances of the model.
    pub(in crate::link::orm) rows: bool,
    /// What each of its rows has beside one of the model, when there are several: `select(Book, Author)`.
    pub(in crate::link::orm) beside: Rc<[Option<Rc<Set>>]>,
    pub(in crate::link::orm) size: Size,
    /// Whether it is cut: by a slice, a limit, a page.
    pub(in crate::link::orm) cut: bool,
    /// Whether its rows come by `await`, where nothing can be loaded lazily.
    pub(in crate::link::orm) awaited: bool,
    /// Whether it has been gone through, and holds its rows: Django's keep them.
    pub(in crate::link::orm) fetched: bool,
    /// Whether another branch gives something else.
    pub(in crate::link::orm) partly: bool,
    /// Whether that is no queryset, or what a row has been given, which may be a list.
    pub(in crate::link::orm) listed: bool,
    /// Whether no clause can stand behind a call that gives it: it is gone through by `iterator()`, or may be `None`.
    pub(in crate::link::orm) sealed: bool,
    /// The row and the relation it comes by.
    pub(in crate::link::orm) related: Option<(Rc<Row>, Rc<Relation>)>,
    /// How much it is of what the relation leads to.
    pub(in crate::link::orm) extent: Extent,
    /// Whether there is at most one row, by a key that is given.
    pub(in crate::link::orm) single: bool,
    /// Whether it has conditions: `filter(...)`.
    pub(in crate::link::orm) filtered: bool,
    /// Whether it is of one parent, or one user, that is given: `filter(thread=self.thread)`.
    pub(in crate::link::orm) narrowed: bool,
    /// Whether `list_select_related` says what to join and nobody heeds it, for the queryset joins something already.
    pub(in crate::link::orm) unheeded: bool,
    /// Which one, where that is known.
    pub(in crate::link::orm) parent: Option<Parent>,
    /// Relations that are one and the same for all rows, or none: `filter(author=None)`, `filter_by(room_id=…)`.
    pub(in crate::link::orm) pinned: Vec<Box<str>>,
    /// Fields that its rows come without.
    pub(in crate::link::orm) without: Without,
    /// What it is asked, and told.
    pub(in crate::link::orm) asked: Rc<Asked>,
    /// Where eager clauses could be put: in each branch that makes it.
    pub(in crate::link::orm) sites: Vec<Site>,
    /// What it is told to load first, in each eager clause that it has.
    pub(in crate::link::orm) clauses: Vec<Span>,
    /// What first made it.
    pub(in crate::link::orm) span: Span,
}

/// How much a queryset is of what a relation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::link::orm) enum Extent {
    /// All, which a prefetch gives as well.
    Whole,
    /// All, told what else to load with it.
    Told,
    /// Some of it, or it comes of no relation.
    Part,
}

/// Fields that are left out of rows, and asked for when they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::link::orm) enum Without {
    #[default]
    None,
    /// `defer("text")`
    These(Vec<Rc<str>>),
    /// `only("title")`
    AllBut(Vec<Rc<str>>),
}

impl ManagerType {
    /// What it gives before anything is asked of it.
    pub(in crate::link::orm) fn all(&self) -> Set {
        let mut set = Set {
            classes: self.classes.clone(),
            sites: self.site.iter().cloned().collect(),
            ..Set::all(self.model, self.span)
        };
        if self.unread {
            set.loads.open = true;
        } else if self.related.as_ref().is_some_and(|(row, _)| row.guessed) {
            set.size = Size::Guessed;
        }
        set.related = self.related.clone();
        if self.related.is_some() {
            set.extent = Extent::Whole;
        }
        set
    }
}

impl Set {
    /// All rows of a model of Django's.
    pub(in crate::link::orm) fn all(model: ClassId, span: Span) -> Self {
        Self {
            orm: Orm::Django,
            model,
            classes: Rc::from([]),
            loads: Loads::default(),
            rows: true,
            beside: Rc::from([]),
            size: Size::Open,
            cut: false,
            awaited: false,
            fetched: false,
            partly: false,
            listed: false,
            sealed: false,
            related: None,
            extent: Extent::Part,
            single: false,
            filtered: false,
            narrowed: false,
            unheeded: false,
            parent: None,
            without: Without::None,
            asked: Rc::default(),
            pinned: Vec::new(),
            sites: Vec::new(),
            clauses: Vec::new(),
            span,
        }
    }

    /// Whether it is all that a relation leads to, which a prefetch gives as well.
    pub(in crate::link::orm) fn is_plain(&self) -> bool {
        self.extent == Extent::Whole
    }

    pub(super) fn join(&self, other: &Set) -> Set {
        let mut out = self.clone();
        out.loads.join(&other.loads);
        out.rows &= other.rows;
        out.size = self.size.longer(other.size);
        out.cut &= other.cut;
        out.awaited |= other.awaited;
        out.fetched &= other.fetched;
        out.partly |= other.partly;
        out.listed |= other.listed;
        out.sealed |= other.sealed;
        out.extent = out.extent.max(other.extent);
        out.single &= other.single;
        out.filtered |= other.filtered;
        out.narrowed &= other.narrowed;
        out.parent = out.parent.filter(|it| other.parent == Some(*it));
        out.pinned.retain(|it| other.pinned.contains(it));
        out.asked = self.asked.join(&other.asked);
        if self.related.is_some() != other.related.is_some() {
            out.related = None;
        }
        out.clauses.extend(other.clauses.iter().filter(|it| !self.clauses.contains(it)));
        for site in &other.sites {
            if !out.sites.iter().any(|it| it.after == site.after) {
                out.sites.push(site.clone());
            }
        }
        // A clause that is in one branch only is no place to add to for both.
        for site in &mut out.sites {
            if let Some(twin) = other.sites.iter().find(|it| it.after == site.after) {
                site.one = site.one.filter(|at| twin.one == Some(*at));
                site.many = site.many.filter(|at| twin.many == Some(*at));
                site.bars_one |= twin.bars_one;
                site.bars_many |= twin.bars_many;
                site.ended |= twin.ended;
            }
        }
        out
    }
}
