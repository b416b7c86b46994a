//! Calls: of functions and methods of the repository, which are followed, and of all others, which are known by name.

use std::rc::Rc;

use super::super::events::{Does, Writing};
use super::super::names::{ClassId, Def, FunctionId};
use super::super::types::{Loads, ManagerType, Row, Set, Site, Size, Turn, Type, Unit, entry, merged};
use super::super::{
    builtins, columns, context, django, listings, marshmallow, schemas, serializers, sqlalchemy, strangers, templates,
    views,
};
use super::given::Given;
use super::need::uses;
use super::value::{any_function, retarget};
use super::{Args, Eval, Known, MOST_DEPTH};
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::stack::vocabulary::Orm;

/// The arguments of a call that has none.
pub(super) const NOTHING: Args<'static> = Args { positional: &[], keywords: &[], open: false };

impl Eval<'_> {
    /// Calls a value.
    pub(in crate::link::orm) fn call(&mut self, func: &Type, args: &Args<'_>, id: NodeId) -> Type {
        if args.all().any(|node| matches!(self.frame().types.get(node as usize), Some(Type::Loader(_)))) {
            sqlalchemy::handed(self, args);
        }
        match func {
            Type::Def(Def::Function(function)) if !self.follows(*function) => Type::Unknown,
            Type::Def(Def::Function(function)) => {
                let decorated = !self.names.function(*function).decorators.is_empty();
                if decorated && let Some(returned) = self.call_wrapper(*function, args, id) {
                    return returned;
                }
                let context = self.takes_context(*function).then(|| Rc::new(self.type_of(0)));
                let given = self.given(context.as_ref(), *function, args);
                let returned = self.follow(*function, given, id);
                self.included(*function, &returned, id);
                self.narrowed_by_filter(args, &returned);
                returned
            }
            Type::Method(function, this) => {
                if let Some(serializer) = self.serializer_class(*function, this) {
                    return serializer;
                }
                let on = self.without_site(*function, this);
                self.behind.clear();
                let returned = self.enter(*function, on, args, id);
                self.left_on(id);
                carried(this, returned)
            }
            Type::Def(Def::Class(class)) => self.make(*class, args, id),
            Type::Def(Def::External(name)) => builtins::call(self, name, args, id),
            Type::Op(base, name) => self.operate(base, name, args, id),
            Type::Each(all) => {
                let told = self.events.len();
                let given = Type::either(all.iter().map(|one| self.call(one, args, id)).collect());
                if self.is_by_a_key(id) {
                    self.events.iter_mut().skip(told).for_each(|event| event.conditional = true);
                }
                given
            }
            // `self(row)`
            Type::Instance(class) | Type::Made(class, _) => match self.names.method(*class, "__call__", None) {
                Some(method) => self.enter(method, Rc::new(func.clone()), args, id),
                None => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }

    /// Whether a call is of one of several functions, which a key picks, and not of each in turn.
    fn is_by_a_key(&self, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return false };
        match flow.node(func).kind {
            NodeKind::Item { of, .. } => !matches!(flow.node(of).kind, NodeKind::Row(_)),
            NodeKind::Call { .. } | NodeKind::Either(_) => true,
            _ => false,
        }
    }

    pub(super) fn operate(&mut self, base: &Rc<Type>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
        self.handed_rows(base, name, args, id);
        // A row of the model that a `ContentType` names (Django 5.2).
        if name == "get_object_for_this_type" {
            let scope = self.frame().flow.node(id).scope;
            self.query(Orm::Django, id, scope, "");
            return Type::Unknown;
        }
        match &**base {
            Type::Set(set) if set.orm == Orm::Sqlalchemy => sqlalchemy::operate(self, set, name, args, id),
            Type::Set(_) | Type::Manager(_) => django::operate(self, base, name, args, id),
            Type::Result(set, scalars) => sqlalchemy::result(self, set, *scalars, name, id),
            Type::Mapped(..) | Type::Loader(_) => sqlalchemy::option(self, base, name, args),
            Type::Row(row) => self.row_operation(row, name, id),
            Type::Super(this, _) => match &**this {
                Type::Manager(_) | Type::Set(_) => django::operate(self, this, name, args, id),
                Type::Instance(class) | Type::Made(class, _) => views::call(self, *class, name, args, id),
                _ => Type::Unknown,
            },
            Type::Instance(class) if matches!(name, "dump" | "dumps" | "jsonify") => {
                if marshmallow::is_schema(self, *class) {
                    marshmallow::dump(self, *class, args, id);
                }
                Type::Unknown
            }
            Type::Instance(class) | Type::Made(class, _) => views::call(self, *class, name, args, id),
            Type::Dict(element, size) => match name {
                "values" => Type::List(element.clone(), *size),
                "keys" => Type::List(Rc::new(Type::Unknown), *size),
                "items" => Type::List(Rc::new(Type::Tuple(Rc::from([Type::Unknown, (**element).clone()]))), *size),
                "get" | "pop" if matches!(**element, Type::Each(_)) && self.vary(id).is_none() => Type::Unknown,
                "get" | "pop" => retarget(element, self.picked(id)),
                _ => Type::Unknown,
            },
            // `"{} by {}".format(title, author)`
            Type::Text(_) if name == "format" => {
                for node in args.all() {
                    self.text_of(&self.type_of(node), id);
                }
                Type::Unknown
            }
            // `"author.name".split(".")`
            Type::Text(text) if name == "split" => match args.positional.first().map(|node| self.type_of(*node)) {
                Some(Type::Text(by)) if !by.is_empty() => {
                    Type::Tuple(text.split(&*by).take(8).map(|part| Type::Text(part.into())).collect())
                }
                _ => Type::Unknown,
            },
            Type::Statement(_) if name == "limit" => Type::Unknown,
            Type::Statement(statement) => sqlalchemy::of_columns(self, *statement, name, id),
            Type::Record(entries) if matches!(name, "get" | "pop") => {
                let given = |at: usize| args.positional.get(at).map(|node| self.type_of(*node));
                match given(0) {
                    Some(Type::Text(key)) => entry(base, &key).map(|it| it.1.clone()).unwrap_or_default(),
                    Some(_) if self.vary(id).is_some() => any_function(entries, given(1)),
                    _ => Type::Unknown,
                }
            }
            Type::Record(entries) if matches!(name, "values" | "items") => {
                let values: Vec<Type> = entries.iter().map(|(_, value, _)| value.clone()).collect();
                match Type::each(&values) {
                    Type::Unknown => Type::Unknown,
                    value if name == "values" => Type::List(Rc::new(value), None),
                    value => Type::List(Rc::new(Type::Tuple(Rc::from([Type::Unknown, value]))), None),
                }
            }
            Type::List(..) if matches!(name, "copy" | "all" | "unique" | "scalars" | "fetchall" | "mappings") => {
                (**base).clone()
            }
            Type::Paginator(set) if matches!(name, "page" | "get_page") => {
                Type::Set(Rc::new(Set { cut: true, ..(**set).clone() }))
            }
            Type::Data if matches!(name, "get" | "getlist" | "pop" | "items" | "split") => Type::Data,
            Type::Request if name == "get_json" => Type::Checked(false),
            Type::Checked(_) if matches!(name, "get" | "getlist" | "pop") => Type::Checked(true),
            Type::Checked(true) if matches!(name, "split" | "splitlines" | "strip") => Type::Checked(true),
            Type::File if matches!(name, "read" | "readlines" | "split" | "splitlines" | "decode") => Type::File,
            Type::Strange => strangers::operate(self, name, args, id),
            // The rows of a sheet, of a frame of data.
            Type::Unknown if matches!(name, "iter_rows" | "iterrows" | "itertuples") => Type::File,
            // Those of a statement (PEP 249).
            Type::Unknown if name == "fetchall" => Type::List(Rc::new(Type::Unknown), Some(Size::Open)),
            // What another service answers.
            Type::Unknown if name == "json" && self.is_answer(id) => Type::File,
            Type::File if matches!(name, "get" | "values" | "items") => Type::File,
            // `request.GET.getlist("keys")`
            Type::Unknown if name == "getlist" => Type::Checked(true),
            Type::Unknown => match name {
                "get_template" | "select_template" => self.template(args),
                "render_template" | "TemplateResponse" => templates::render(self, args, id),
                _ => {
                    let told = self.events.len();
                    match sqlalchemy::session(self, name, args, id) {
                        Type::Unknown if told == self.events.len() => self.by_name(name, args, id),
                        known => known,
                    }
                }
            },
            Type::Def(Def::Function(function)) => {
                self.put_off(*function, args);
                Type::Unknown
            }
            Type::Def(Def::Class(_)) if name == "__subclasses__" => Type::List(base.clone(), None),
            Type::Def(Def::Class(schema)) => schemas::validate(self, *schema, args, id),
            Type::Template(template) if name == "render" => templates::render_template(self, template, args, id),
            Type::Record(entries) if name == "update" => {
                let mut over = templates::keywords(self, args);
                for node in args.positional {
                    if let Type::Record(given) = self.type_of(*node) {
                        over.extend(given.iter().cloned());
                    }
                }
                if let NodeKind::Call { func, .. } = self.frame().flow.node(id).kind
                    && let NodeKind::Attr { of, .. } = self.frame().flow.node(func).kind
                {
                    self.replace(of, merged(entries, over));
                }
                Type::Nothing
            }
            _ => Type::Unknown,
        }
    }

    /// Whether a method is called on what a client of HTTP was answered: `requests.get(url).json()`.
    fn is_answer(&self, id: NodeId) -> bool {
        const ASK: &[&str] = &["get", "post", "put", "patch", "request", "send", "urlopen"];
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return false };
        let NodeKind::Attr { mut of, .. } = flow.node(func).kind else { return false };
        while let NodeKind::Await(inner) = flow.node(of).kind {
            of = inner;
        }
        matches!(&flow.node(of).kind, NodeKind::Call { func, .. } if flow.last_called(*func).is_some_and(|name| ASK.contains(&name)))
    }

    /// What a view's own `get_serializer_class` gives for its list.
    fn serializer_class(&mut self, function: FunctionId, this: &Type) -> Option<Type> {
        let Type::Instance(view) = this else { return None };
        if &*self.names.function(function).name != "get_serializer_class" {
            return None;
        }
        listings::serializer(self, *view).map(|(it, _)| Type::Def(Def::Class(it)))
    }

    /// `get_template("name.html")`
    pub(in crate::link::orm) fn template(&self, args: &Args<'_>) -> Type {
        match args.positional.first().map(|node| self.type_of(*node)) {
            Some(Type::Text(name)) => Type::Template(name),
            _ => Type::Unknown,
        }
    }

    pub(super) fn row_operation(&mut self, row: &Rc<Row>, name: &str, id: NodeId) -> Type {
        if let Some(one) = tree_method(name).filter(|_| self.is_in_a_tree(row.model)) {
            if one {
                let scope = self.frame().flow.node(id).scope;
                self.query_per_row(row, Orm::Django, id, scope, "");
                return Type::Row(Rc::new(Row::of(row.model)));
            }
            let span = self.frame().flow.node(id).span;
            return Type::Set(Rc::new(Set::all(row.model, span)));
        }
        if django::is_beside(name) && self.models.get(row.model).is_some_and(|it| it.orm == Orm::Django) {
            let scope = self.frame().flow.node(id).scope;
            let beside = if name.starts_with("get_next") { "Lead" } else { "Lag" };
            self.query_per_row(row, Orm::Django, id, scope, &format!("annotate(Window({beside}(...)))"));
            return Type::Row(Rc::new(Row::of(row.model)));
        }
        if name == "refresh_from_db"
            && let (Some(turn), Some(root)) = (row.turn.filter(|_| row.path.is_empty()), &row.root)
            && let NodeKind::Call { args, keywords, open: false, .. } = &self.frame().flow.node(id).kind
            && args.is_empty()
            && keywords.is_empty()
        {
            self.refreshed.push((turn, root.span));
        }
        if matches!(name, "save" | "delete") && self.models.get(row.model).is_some_and(|it| it.orm == Orm::Django) {
            self.touch(Some(row.model), None, id);
            let NodeKind::Call { func, .. } = self.frame().flow.node(id).kind else { return Type::Unknown };
            let node = self.frame().flow.node(id);
            let found = self.row_loop(node.span, node.scope);
            let found = found.or_else(|| self.guessed_loop(node.span, node.scope, |_| true));
            if let Some((turn, ..)) = found {
                let fresh = row.root.is_none() && row.turn.is_none() && self.made_within(func, turn);
                let own = self.own_code(row.model, name);
                // A row that takes more with it when it goes has to go by itself.
                let alone = name == "delete" && own == Some(true);
                // Saved as it is, for what hears of it: the model itself makes nothing else of it.
                let idle = name == "save"
                    && own == Some(false)
                    && !row.fresh
                    && !self.is_copied(func)
                    && !self.may_be_changed(func);
                if !alone && !idle && (fresh || self.keyed(self.vary(func), turn)) {
                    let (does, remedy) = match name {
                        "delete" => (Does::Remove, "filter(pk__in=...).delete()"),
                        _ if row.fresh || self.is_copied(func) => (Does::Make, "bulk_create"),
                        _ => (Does::Change, "bulk_update"),
                    };
                    // A queryset that is deleted sends the signals of each of its rows all the same.
                    let signals = if name == "save" { self.models.saved(row.model) } else { None };
                    let signals = signals.or_else(|| self.revision(id).filter(|_| name == "save"));
                    let how = Writing { own, signals, ..Writing::plain(row.model, does, remedy) };
                    self.write(Orm::Django, id, how);
                }
            }
        }
        Type::Unknown
    }

    /// Whether the rows of a model have methods that ask for others of a tree: treebeard's, mptt's.
    fn is_in_a_tree(&self, model: ClassId) -> bool {
        let is = |base: &str| {
            let last = last_of(base);
            matches!(last, "MP_Node" | "NS_Node" | "AL_Node" | "MPTTModel") || django::is_page(base)
        };
        self.names.lineage(model).external.iter().any(|base| is(base))
    }

    /// The template that a tag fills with what its function gives.
    fn included(&mut self, function: FunctionId, context: &Type, id: NodeId) {
        if !self.in_template() || !matches!(context, Type::Record(_)) {
            return;
        }
        let it = self.names.function(function);
        if let Some(name) = it.answer.and_then(|answer| it.flow.text(answer)) {
            templates::run(self, name, context.clone(), id);
        }
    }

    /// `{{ thread.messages.all|newest }}`: a filter of a template that asks the queryset for more gives another one.
    fn narrowed_by_filter(&mut self, args: &Args<'_>, returned: &Type) {
        let [of] = args.positional else { return };
        let anew = matches!(self.frame().flow.node(*of).kind, NodeKind::Auto(_) | NodeKind::Attr { .. });
        if let Type::Set(set) = returned
            && anew
            && self.in_template()
            && !set.is_plain()
            && matches!(self.type_of(*of), Type::Set(it) if it.model == set.model)
        {
            self.replace(*of, returned.clone());
        }
    }

    /// Whether a template calls a tag that takes the context before all else.
    fn takes_context(&self, function: FunctionId) -> bool {
        self.in_template() && templates::takes_context(self.names, function)
    }

    /// What a method is called on. What a manager's own method makes of it leaves no place for a clause before the call:
    /// a queryset has no such method.
    fn without_site(&self, function: FunctionId, this: &Rc<Type>) -> Rc<Type> {
        let Type::Manager(manager) = &**this else { return this.clone() };
        let owner = self.names.function(function).owner.map(|at| ClassId { draft: function.draft, at });
        if owner.is_some_and(|owner| self.names.derives_external(owner, "QuerySet")) {
            return this.clone();
        }
        Rc::new(Type::Manager(Rc::new(ManagerType { site: None, ..(**manager).clone() })))
    }

    /// Whether a row has lost its key, so that saving it makes another: `row.pk = None`.
    fn is_copied(&self, func: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of: row, .. } = flow.node(func).kind else { return false };
        flow.nodes.iter().take(func as usize).any(|node| match &node.kind {
            NodeKind::Store { of, name, value } => {
                *of == row && matches!(&**name, "id" | "pk") && matches!(flow.node(*value).kind, NodeKind::Nothing)
            }
            _ => false,
        })
    }

    /// Whether the value that a method is called on came to be within a loop of this frame.
    pub(super) fn made_within(&self, func: NodeId, turn: Turn) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of, .. } = flow.node(func).kind else { return false };
        matches!(flow.node(of).kind, NodeKind::Call { .. })
            && turn.depth == self.depth()
            && flow.within(flow.node(of).scope, turn.scope)
    }

    /// A value is put into words: a row says them by its model's `__str__`, or its `__repr__`.
    pub(in crate::link::orm) fn text_of(&mut self, of: &Type, id: NodeId) {
        let Type::Row(row) = of else { return };
        // Django's models have a `__str__` all the same.
        let plain = self.models.get(row.model).is_some_and(|it| it.orm == Orm::Sqlalchemy);
        let said = self.names.method(row.model, "__str__", None);
        if let Some(method) = said.or_else(|| self.names.method(row.model, "__repr__", None).filter(|_| plain)) {
            let none = Args { positional: &[], keywords: &[], open: false };
            self.enter(method, Rc::new(of.clone()), &none, id);
        }
    }

    /// An instance of a class.
    pub(super) fn make(&mut self, class: ClassId, args: &Args<'_>, id: NodeId) -> Type {
        let many = args.keyword("many").is_some_and(|node| self.frame().flow.flag(node) == Some(true));
        if serializers::is_serializer(self, class) && !self.only_takes_data(args, id) {
            let rows = args.positional.first().copied().or_else(|| args.keyword("instance"));
            let given = rows.map(|node| self.type_of(node)).unwrap_or_default();
            let given = match given {
                Type::Manager(_) if many => django::operate(self, &given, "all", &NOTHING, id),
                other => other,
            };
            let context = context::of_call(self, args);
            match given {
                // Nothing hangs on what was made just now.
                Type::Row(_) if !many && rows.is_some_and(|node| self.is_childless(node, id)) => {}
                Type::Row(row) if !many => {
                    let looped = row.turn.is_some() && !row.alone;
                    self.with_context(context, |it| match looped {
                        true => serializers::serialize_one(it, &row, class, id),
                        false => serializers::serialize_alone(it, &row, class, id),
                    });
                }
                all if many => {
                    if let Some(set) = all.all_rows() {
                        let node = self.frame().flow.node(id);
                        let (unit, span, scope) = (self.frame().unit, node.span, node.scope);
                        self.consume(&all, id, scope);
                        self.with_context(context, |it| serializers::serialize(it, unit, &set, class, span));
                    }
                }
                _ => {}
            }
        }
        if columns::is_table(self, class) {
            let rows = args.positional.first().copied().or_else(|| args.keyword("data"));
            if let Some(set) = rows.and_then(|node| self.type_of(node).all_rows()) {
                let (unit, span) = (self.frame().unit, self.frame().flow.node(id).span);
                columns::table(self, unit, &set, class, span);
            }
        }
        if self.models.get(class).is_some() {
            let unit = self.frame().unit;
            self.made.insert((class, unit));
            return Type::Row(Rc::new(Row { fresh: true, ..Row::of(class) }));
        }
        if django::is_manager(self.names, class) {
            let model = args.positional.first().copied().or_else(|| args.keyword("model"));
            return match model.map(|node| self.type_of(node)) {
                Some(Type::Def(Def::Class(model))) if self.models.get(model).is_some() => Type::Set(Rc::new(Set {
                    classes: Rc::from([class]),
                    ..Set::all(model, self.frame().flow.node(0).span)
                })),
                _ => Type::Unknown,
            };
        }
        self.filtered(class, args, id).unwrap_or_else(|| self.instance(class, args, id))
    }

    /// Whether a serializer that is given data is asked for none: it validates and saves, and represents nothing.
    fn only_takes_data(&self, args: &Args<'_>, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let given = args.keyword("data").is_some() || args.positional.len() > 1;
        let is_plain = |kind: &NodeKind| match kind {
            NodeKind::Attr { name, .. } => !matches!(&**name, "data" | "to_representation"),
            // `serializer.validated_data["owner"] = …` stores in what is read of it.
            NodeKind::Store { of, value, .. } => *of == id && *value != id,
            _ => false,
        };
        let mut used = flow.nodes.iter().filter(|node| uses(&node.kind, id)).peekable();
        given && used.peek().is_some() && !flow.returns.contains(&id) && used.all(|node| is_plain(&node.kind))
    }

    /// `BookFilter(request.GET, queryset=books)`, unless it has a way of its own.
    fn filtered(&mut self, class: ClassId, args: &Args<'_>, id: NodeId) -> Option<Type> {
        let is_filter = self.names.lineage(class).external.iter().any(|base| base.ends_with("FilterSet"));
        if !is_filter || self.names.method(class, "qs", None).is_some() {
            return None;
        }
        match self.type_of(args.keyword("queryset").or(args.positional.get(1).copied())?) {
            Type::Set(set) => Some(Type::Filtered(set)),
            Type::Manager(manager) => django::start(self, &manager, id).map(|set| Type::Filtered(Rc::new(set))),
            _ => None,
        }
    }

    /// Calls a method on what it is bound to.
    pub(in crate::link::orm) fn enter(
        &mut self,
        function: FunctionId,
        this: Rc<Type>,
        args: &Args<'_>,
        id: NodeId,
    ) -> Type {
        if !self.follows(function) {
            return Type::Unknown;
        }
        let bound = if self.decorated(function, &["staticmethod"]) { None } else { Some(&this) };
        let given = self.given(bound, function, args);
        self.follow(function, given, id)
    }

    /// What a name is bound to on a value that is no code of the repository's.
    pub(in crate::link::orm) fn op(&mut self, base: &Type, name: &str) -> Type {
        self.bound(Rc::new(base.clone()), name)
    }

    pub(super) fn bound(&mut self, base: Rc<Type>, name: &str) -> Type {
        Type::Op(base, self.word(name))
    }

    /// What a queryset of a class of its own loads whenever it is filtered: by its `_filter_or_exclude`, that of Django's
    /// `filter` and `exclude`, or by the `_chain` of all its methods.
    pub(in crate::link::orm) fn loaded_by_itself(&mut self, set: &Set, name: &str, id: NodeId) -> Option<Loads> {
        let own: &[&str] =
            if matches!(name, "filter" | "exclude") { &["_filter_or_exclude", "_chain"] } else { &["_chain"] };
        let found = |own: &&str| set.classes.iter().find_map(|class| self.names.method(*class, own, None));
        let method = own.iter().find_map(found)?;
        self.quiet += 1;
        let returned = self.enter(method, Rc::new(Type::Set(Rc::new(set.clone()))), &NOTHING, id);
        self.quiet -= 1;
        match returned {
            Type::Set(given) if given.rows => Some(given.loads.clone()),
            _ => None,
        }
    }

    /// Whether a call of a function is followed: not into what is under way, and so deep. What is not is noted.
    pub(super) fn follows(&mut self, function: FunctionId) -> bool {
        let unit = Unit::Function(function);
        if self.frames.len() > MOST_DEPTH {
            self.too_deep += 1;
            return false;
        }
        let under_way = self.frames.iter().position(|it| it.unit == unit);
        self.came_back_to = self.came_back_to.min(under_way.unwrap_or(usize::MAX));
        under_way.is_none()
    }

    /// Follows a call into a function of the repository.
    pub(in crate::link::orm) fn follow(
        &mut self,
        function: FunctionId,
        given: Vec<(Type, Option<Turn>)>,
        id: NodeId,
    ) -> Type {
        let unit = Unit::Function(function);
        let called = self.names.function(function);
        if !self.follows(function) {
            return Type::Unknown;
        }
        let node = self.frame().flow.node(id);
        let (span, scope) = (node.span, node.scope);
        // A call that gets no rows of a queryset, and does not run for each of them, says the same each time. One that has
        // nothing to do with a mapper says nothing, in a loop too.
        let key = given.iter().all(|(kind, _)| is_same(kind) || !kind.is_of_mapper()).then(|| {
            let given: Box<[Given]> = given.iter().map(|(kind, _)| Given::of(kind)).collect();
            (function, given, self.listing)
        });
        let same =
            given.iter().all(|(kind, vary)| vary.is_none() && is_same(kind)) && self.row_loop(span, scope).is_none();
        if let Some(key) = &key {
            match self.memo.get(key) {
                Some(known) if same || known.idle => {
                    self.met += usize::from(!known.idle);
                    let returned = known.returned.clone();
                    return self.at_site(returned, id);
                }
                _ if same => _ = self.memo.insert(key.clone(), Known::default()),
                _ => {}
            }
        }
        let (met, depth) = (self.met, self.frames.len());
        let outside = std::mem::replace(&mut self.came_back_to, usize::MAX);
        let keeps = self.keeps_answers(function, &given);
        self.once.extend(keeps.then_some(Turn { depth: self.frames.len(), scope: 0 }));
        let before = self.too_deep;
        let (returned, left) = self.run(unit, &called.flow, given, (span, scope));
        if keeps {
            self.once.pop();
        }
        self.behind = left;
        // What calls a function that is under way may do more where it is called by itself.
        let whole = self.too_deep == before && self.came_back_to >= depth && !self.is_over();
        self.came_back_to = self.came_back_to.min(outside);
        let idle = whole && self.met == met;
        if let Some(key) = key {
            // What is not known because calls lay too deep here may be known elsewhere.
            let too_deep = self.too_deep > before && matches!(returned, Type::Unknown);
            if idle || same && !self.is_over() && !too_deep {
                self.memo.insert(key, Known { returned: returned.clone(), idle });
            } else if same {
                self.memo.remove(&key);
            }
        }
        self.at_site(returned, id)
    }

    /// Whether a function keeps what it answers to the same arguments: `@lru_cache`. Each row is another argument.
    fn keeps_answers(&self, function: FunctionId, given: &[(Type, Option<Turn>)]) -> bool {
        const KEEP: &[&str] = &["lru_cache", "cache", "cached", "memoize", "memoized"];
        let of_rows = given.iter().any(|(kind, _)| matches!(kind, Type::Row(row) if row.turn.is_some()));
        !of_rows && self.decorated(function, KEEP)
    }

    /// What a method has put on the row that it was called on, the row has from here on.
    fn left_on(&mut self, id: NodeId) {
        let Some(Type::Row(after)) = std::mem::take(&mut self.behind).into_iter().next() else { return };
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return };
        let NodeKind::Attr { of, .. } = flow.node(func).kind else { return };
        let Type::Row(row) = self.type_of(of) else { return };
        if row.model != after.model || !self.surely_follows(of, id) {
            return;
        }
        let put = after.assigned.iter().filter(|name| !row.assigned.contains(name));
        let more: Vec<Box<str>> = put.filter(|name| self.models.relation(row.model, name).is_none()).cloned().collect();
        if !more.is_empty() {
            let mut row = (*row).clone();
            row.assigned.extend(more);
            self.replace(of, Type::Row(Rc::new(row)));
        }
    }

    /// A queryset that comes from elsewhere gets its clauses where it arrives.
    pub(in crate::link::orm) fn at_site(&self, value: Type, id: NodeId) -> Type {
        match value {
            Type::Set(set) if set.orm == Orm::Django => {
                let mut set = (*set).clone();
                if set.sealed {
                    set.sites.clear();
                    return Type::Set(Rc::new(set));
                }
                let bars_one = set.sites.iter().any(|it| it.bars_one);
                let bars_many = set.sites.iter().any(|it| it.bars_many);
                set.sites = vec![Site { bars_one, bars_many, ..self.site(id, true) }];
                Type::Set(Rc::new(set))
            }
            Type::Set(set) => Type::Set(Rc::new(Set { sites: Vec::new(), ..(*set).clone() })),
            other => other,
        }
    }

    /// The place just behind a node.
    pub(in crate::link::orm) fn site(&self, id: NodeId, called: bool) -> Site {
        let frame = self.frame();
        let site = Site::behind(frame.unit, frame.flow.node(id).span, called);
        Site { shared: self.is_shared_by_models(id), ..site }
    }
}

/// What a method of a row of a tree gives: one row that is asked for, or a queryset (django-treebeard 4.7, `models.py`;
/// django-mptt 0.17, `models.py`).
fn tree_method(name: &str) -> Option<bool> {
    match name {
        "get_parent" | "get_root" => Some(true),
        "get_children" | "get_ancestors" | "get_descendants" | "get_siblings" => Some(false),
        _ => None,
    }
}

/// What a queryset's own method makes of it, with the places for clauses that it had: what is put there is carried on,
/// and other branches that go on from it need no second clause.
fn carried(this: &Type, returned: Type) -> Type {
    match (this, &returned) {
        (Type::Set(of), Type::Set(set)) if of.span == set.span && !of.sites.is_empty() && of.orm == Orm::Django => {
            let mut sites = of.sites.clone();
            for site in &mut sites {
                site.bars_one |= set.sites.iter().any(|it| it.bars_one);
                site.bars_many |= set.sites.iter().any(|it| it.bars_many);
            }
            Type::Set(Rc::new(Set { sites, ..(**set).clone() }))
        }
        _ => returned,
    }
}

/// Whether a value says no more than its class does: nothing of the queryset it came from.
fn is_same(of: &Type) -> bool {
    match of {
        Type::Row(row) => {
            row.root.is_none() && row.turn.is_none() && row.path.is_empty() && row.held.is_none() && !row.guessed
        }
        Type::Set(_)
        | Type::List(..)
        | Type::Dict(..)
        | Type::Manager(_)
        | Type::Tuple(_)
        | Type::Record(_)
        | Type::Made(..)
        | Type::Each(_) => false,
        _ => true,
    }
}
