//! Methods that no function of the repository is: each by its name, on what it is called on.

use std::rc::Rc;

use super::super::names::Def;
use super::super::types::{Set, Size, Type, entry, field, merged};
use super::super::{django, marshalled, marshmallow, schemas, sqlalchemy, strangers, templates, views};
use super::value::{any_function, retarget};
use super::{Args, Eval};
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::stack::vocabulary::Orm;

impl Eval<'_> {
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
                // A page of Wagtail's begins its context so.
                Type::Row(_) if name == "get_context" => Type::Record(Rc::from([])),
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
            // A paginator of REST framework's: `PageNumberPagination().paginate_queryset(rows, request)`.
            Type::Unknown if name == "paginate_queryset" => match args.positional.first().map(|it| self.type_of(*it)) {
                Some(Type::Set(set)) => Type::Set(Rc::new(Set { cut: true, ..(*set).clone() })),
                _ => Type::Unknown,
            },
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
                "marshal" => {
                    marshalled::marshal(self, args, id);
                    Type::Unknown
                }
                "validate_python" => {
                    schemas::validate_python(self, args, id);
                    Type::Unknown
                }
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
            Type::Record(_) | Type::Nothing if matches!(name, "update" | "setdefault") => self.fill(name, args, id),
            _ => Type::Unknown,
        }
    }

    /// `context.update(more, books=books)`, `context.setdefault("books", books)`: what the dict holds from here on.
    fn fill(&mut self, name: &str, args: &Args<'_>, id: NodeId) -> Type {
        let flow = self.frame().flow;
        let NodeKind::Call { func, .. } = flow.node(id).kind else { return Type::Unknown };
        let NodeKind::Attr { of, .. } = flow.node(func).kind else { return Type::Unknown };
        let Some(entries) = self.entries_of(of) else { return Type::Unknown };
        if name == "setdefault" {
            let [key, value] = args.positional else { return Type::Unknown };
            let Some(key) = flow.text(*key) else { return Type::Unknown };
            if let Some((_, known, _)) = field(&entries, key) {
                return known.clone();
            }
            let value = (key.into(), self.type_of(*value), self.vary(*value));
            self.replace(of, merged(&entries, vec![value.clone()]));
            return value.1;
        }
        let over = templates::given(self, args);
        self.replace(of, merged(&entries, over));
        Type::Nothing
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

    /// `get_template("name.html")`
    pub(in crate::link::orm) fn template(&self, args: &Args<'_>) -> Type {
        match args.positional.first().map(|node| self.type_of(*node)) {
            Some(Type::Text(name)) => Type::Template(name),
            _ => Type::Unknown,
        }
    }
}
