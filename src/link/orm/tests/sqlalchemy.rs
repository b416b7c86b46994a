use super::*;

const MAPPED: &str = r#"
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list["Post"]] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped["User"] = relationship(back_populates="posts")
    tags: Mapped[list["Tag"]] = relationship(secondary="post_tags", lazy="selectin")


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
"#;

fn dao(text: &str) -> Vec<String> {
    let file = format!(
        "from sqlalchemy import select\nfrom sqlalchemy.orm import joinedload, selectinload\nfrom .models import Post, Tag, User\n\n{text}"
    );
    told(&[("blog/dao.py", &file), ("blog/models.py", MAPPED)])
}

#[test]
fn what_a_session_has_is_not_asked_for() {
    let loop_over = |before: &str| {
        dao(&format!(
            "def get(session):\n{before}    for post in session.scalars(select(Post).where(Post.id > 9)).all():\n        print(post.author)\n"
        ))
    };
    assert_eq!(loop_over("").len(), 1);
    assert_eq!(loop_over("    users = session.scalars(select(User)).all()\n"), [""; 0]);
    assert_eq!(loop_over("    users = session.scalars(select(User).where(User.id > 9)).all()\n").len(), 1);
    assert_eq!(loop_over("    tags = session.scalars(select(Tag)).all()\n").len(), 1);
}

#[test]
fn what_is_awaited_of_a_row_is_asked_for() {
    let get = |read: &str| {
        dao(&format!(
            "async def get(session):\n    found = await session.scalars(select(User))\n    return [{read} for user in found.all()]\n"
        ))
    };
    assert_eq!(get("await user.awaitable_attrs.posts"), ["lazy get:posts: options(selectinload(User.posts))"]);
    let implicit = get("user.posts");
    assert!(implicit.iter().all(|it| !it.starts_with("lazy")), "it raises: {implicit:?}");
}

#[test]
fn what_a_helper_is_given_to_load_is_loaded() {
    let helper = "def preload(session, rows, *options):\n    keys = [row.id for row in rows]\n    session.scalars(select(type(rows[0])).where(type(rows[0]).id.in_(keys)).options(*options)).all()\n\n\n";
    let get = |given: &str| {
        dao(&format!(
            "{helper}def get(session):\n    users = session.scalars(select(User)).all()\n    preload(session, users{given})\n    return [user.posts for user in users]\n"
        ))
    };
    assert_eq!(get(", selectinload(User.posts)"), [""; 0]);
    assert_eq!(get("").len(), 1);
}

#[test]
fn relationships_in_loops() {
    let expected = ["lazy get:posts: options(selectinload(User.posts))"];
    assert_eq!(
        dao("def get(session):\n    return [len(user.posts) for user in session.query(User).all()]\n"),
        expected
    );
    assert_eq!(
        dao(
            "def get(session):\n    for user in session.scalars(select(User).where(User.id > 3)):\n        print(user.posts)\n"
        ),
        expected
    );
    assert_eq!(
        dao(
            "def get(session):\n    for user in session.execute(select(User)).scalars().all():\n        print(user.posts)\n"
        ),
        expected
    );
    assert_eq!(
        dao("def get(session):\n    for (user,) in session.execute(select(User)):\n        print(user.posts)\n"),
        expected
    );
}

#[test]
fn nested_relationships() {
    let text = "def get(session):\n    for user in session.query(User).options(selectinload(User.posts)):\n        print([post.author for post in user.posts], [tag for post in user.posts for tag in post.tags])\n";
    assert!(dao(text).is_empty());
    let text = "def get(session):\n    for post in session.query(Post):\n        print(post.author.posts)\n";
    assert_eq!(dao(text), ["lazy get:author.posts: options(selectinload(Post.author).selectinload(User.posts))"]);
}

#[test]
fn loaded_or_free() {
    for text in [
        "def get(session):\n    for user in session.query(User).options(selectinload(User.posts)):\n        print(user.posts)\n",
        "def get(session):\n    for post in session.query(Post).options(joinedload(Post.author).selectinload(User.posts)):\n        print(post.author.posts)\n",
        "def get(session):\n    for post in session.query(Post):\n        print(post.author_id, post.tags)\n",
        "def get(session, key):\n    for post in session.query(Post).filter(Post.author_id == key):\n        print(post.author)\n",
        "def get(session, opts):\n    for post in session.query(Post).options(*opts):\n        print(post.author)\n",
        "async def get(session):\n    for post in (await session.scalars(select(Post))).all():\n        print(post.author)\n",
        "def get(session):\n    for key in session.scalars(select(Post.id)):\n        print(key.author)\n",
        "def get(session):\n    post = session.get(Post, 1)\n    print(post.author.posts)\n",
    ] {
        assert_eq!(dao(text), [""; 0], "{text}");
    }
}

#[test]
fn queries_and_commits() {
    let text = "def get(session):\n    for post in session.query(Post).all():\n        user = session.get(User, post.author_id)\n        post.title = user.name\n        session.commit()\n";
    let expected = [
        "query get:session.get: select(...).where(key.in_(keys))",
        "write get:session.commit: one commit after the loop (commits)",
    ];
    assert_eq!(dao(text), expected);
}

#[test]
fn legacy_mappings() {
    let models = "from app import db\n\nclass Org(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n\nclass Service(db.Model):\n    __tablename__ = 'services'\n    org_id = db.Column(db.ForeignKey('org.id'))\n    org = db.relationship('Org', backref='services')\n\ndef names():\n    print([service.org for service in Service.query.order_by('id').all()])\n    return [len(org.services) for org in Org.query.all()]\n";
    let app = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nsession = db.session\n";
    let expected = [
        "lazy names:org: options(selectinload(Service.org))",
        "lazy names:services: options(selectinload(Org.services))",
    ];
    assert_eq!(told(&[("app/__init__.py", app), ("app/models.py", models)]), expected);
}

#[test]
fn schemas_of_marshmallow_read_each_row() {
    let schema = "from marshmallow import Schema, fields\n\nclass UserSchema(Schema):\n    id = fields.Int()\n\nclass PostSchema(Schema):\n    id = fields.Int()\n    author = fields.Nested(UserSchema)\n\n";
    let list = |made: &str, query: &str| {
        dao(&format!(
            "{schema}def get(session):\n    return {made}.dump(session.query(Post){query}.all(), many=True)\n"
        ))
    };
    let expected = ["lazy get:author: options(selectinload(Post.author))"];
    assert_eq!(list("PostSchema()", ""), expected);
    assert!(list("PostSchema(only=['id'])", "").is_empty());
    assert!(list("PostSchema(exclude=('author',))", "").is_empty());
    assert!(list("PostSchema()", ".options(joinedload(Post.author))").is_empty());
    // What it leaves out is not known.
    assert!(list("PostSchema(only=wanted)", "").is_empty());
    let shared = format!(
        "{schema}posts = PostSchema(many=True)\n\n\ndef get(session):\n    return posts.dump(session.query(Post).all())\n"
    );
    assert_eq!(dao(&shared), expected);
}

#[test]
fn schemas_that_a_decorator_names_read_each_row() {
    let schema = "from marshmallow import Schema, fields\n\nclass UserSchema(Schema):\n    id = fields.Int()\n\nclass PostSchema(Schema):\n    id = fields.Int()\n    author = fields.Nested(UserSchema)\n\n";
    let view = |decorator: &str, query: &str| {
        let made = "posts = PostSchema(many=True)\n\n\n";
        dao(&format!("{schema}{made}@{decorator}\ndef get(session):\n    return session.query(Post){query}.all()\n"))
    };
    let expected = ["lazy get:author: options(selectinload(Post.author))"];
    assert_eq!(view("blp.response(200, PostSchema(many=True))", ""), expected);
    assert_eq!(view("blp.response(200, schema=PostSchema(many=True))", ""), expected);
    assert_eq!(view("app.output(posts)", ""), expected);
    assert_eq!(view("marshal_with(PostSchema(many=True))", ""), expected);
    assert!(view("blp.response(200, PostSchema(many=True))", ".options(joinedload(Post.author))").is_empty());
    assert!(view("blp.response(200, PostSchema(many=True, only=['id']))", "").is_empty());
    assert!(view("blp.response(200, PostSchema)", "").is_empty());
    assert!(view("blp.response(404, 'None of these')", "").is_empty());
}

#[test]
fn repositories_are_made_with_their_model() {
    let base = "class Base:\n    def __init__(self, model):\n        self.model = model\n\n    def get_multi(self, db):\n        return db.query(self.model){options}.all()\n\n\nclass Posts(Base):\n    pass\n\n\nposts = Posts(Post)\n\n\ndef get(db):\n    return [it.author.name for it in posts.get_multi(db)]\n";
    assert_eq!(dao(&base.replace("{options}", "")).len(), 1);
    assert!(dao(&base.replace("{options}", ".options(joinedload('author'))")).is_empty());
}

#[test]
fn pages_of_libraries_hold_rows() {
    let page = |import: &str, rows: &str| {
        dao(&format!(
            "{import}\n\n\ndef get(session):\n    page = {rows}\n    return [it.author.name for it in page.items]\n"
        ))
    };
    let flask = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()";
    let told = page(flask, "db.paginate(db.select(Post).order_by(Post.id))");
    assert_eq!(told, ["lazy get:author: options(selectinload(Post.author))"]);
    assert!(page(flask, "db.paginate(db.select(Post).options(joinedload(Post.author)))").is_empty());
}

#[test]
fn schemas_made_of_a_model() {
    let text = |says: &str| {
        dao(&format!(
            "from marshmallow_sqlalchemy import SQLAlchemyAutoSchema\n\nclass UserSchema(SQLAlchemyAutoSchema):\n    class Meta:\n        model = User\n{says}\n\n\ndef get(session):\n    return UserSchema(many=True).dump(session.query(User).all())\n"
        ))
    };
    assert_eq!(text("        include_relationships = True"), ["lazy get:posts: options(selectinload(User.posts))"]);
    assert!(text("").is_empty());
    assert!(text("        include_relationships = True\n        exclude = ('posts',)").is_empty());
}

#[test]
fn rows_that_a_session_gets_or_merges() {
    let get =
        "def get(db, keys):\n    return [db.get_or_404(User, it.author_id) for it in db.session.query(Post).all()]\n";
    assert_eq!(dao(get).len(), 1);
    let merge =
        "def put(session):\n    for it in session.query(Post).all():\n        session.merge(User(id=it.author_id))\n";
    assert_eq!(dao(merge).len(), 1);
    let save = "class Note(Base):\n    __tablename__ = 'notes'\n    id = mapped_column(primary_key=True)\n\n    def save(self):\n        db.session.add(self)\n        db.session.commit()\n\n\ndef put():\n    for it in Note.query.all():\n        it.save()\n";
    assert_eq!(
        dao(&format!("from .models import Base\n{save}")),
        ["write put:db.session.commit: one commit after the loop (commits)"]
    );
}

#[test]
fn rows_of_several_models_at_once() {
    let text = |what: &str, options: &str, read: &str| {
        format!(
            "def get(session):\n    for one, other in session.execute(select({what}){options}):\n        print({read})\n"
        )
    };
    let posts = ["lazy get:posts: options(selectinload(User.posts))"];
    assert_eq!(dao(&text("User, Tag", "", "one.posts")), posts);
    assert_eq!(dao(&text("Tag, User", "", "other.posts")), posts);
    assert!(dao(&text("User, Tag", ".options(selectinload(User.posts))", "one.posts")).is_empty());
    // The session has the author by then.
    assert!(dao(&text("Post, User", ".join(User)", "one.author.id")).is_empty());
    assert_eq!(
        dao(
            "def get(session):\n    for one, n in session.query(User, func.count()).all():\n        print(one.posts)\n"
        ),
        posts
    );
}

#[test]
fn options_that_a_class_lists() {
    let repository = |listed: &str| {
        dao(&format!(
            "class Repository:\n    options = ()\n\n    def all(self):\n        return self.session.scalars(select(self.model).options(*self.options)).all()\n\n\nclass Users(Repository):\n    model = User\n{listed}\n\ndef get(users: Users):\n    for it in users.all():\n        print(it.posts)\n"
        ))
    };
    assert_eq!(repository("").len(), 1);
    assert!(repository("    options = (selectinload(User.posts),)\n").is_empty());
    assert!(repository("    options = made()\n").is_empty());
}

#[test]
fn what_fastapi_gives_a_parameter() {
    let route = |statement: &str, param: &str| {
        dao(&format!(
            "def panel(session=Depends(get_session)):\n    return session.scalars({statement}).all()\n\n\n@router.get('/')\ndef get({param}):\n    return [it.posts for it in users]\n"
        ))
    };
    for param in
        ["users=Depends(panel)", "users: list[User] = Depends(panel)", "users: Annotated[list[User], Depends(panel)]"]
    {
        assert_eq!(route("select(User)", param).len(), 1, "{param}");
        assert!(route("select(User).options(selectinload(User.posts))", param).is_empty(), "{param}");
    }
}

#[test]
fn a_class_for_the_queries_of_a_model() {
    let models =
        MAPPED.replace("    __tablename__ = \"users\"\n", "    __tablename__ = \"users\"\n    query_class = Users\n");
    let class = "from sqlalchemy.orm import Query, selectinload\n\n\nclass Users(Query):\n    def active(self):\n        return self.filter_by(active=True)\n\n    def whole(self):\n        return self.options(selectinload(User.posts))\n\n\n";
    let listed = |how: &str| {
        let text = format!(
            "from .models import User\n\ndef get():\n    for it in User.query.{how}:\n        print(it.posts)\n"
        );
        told(&[("blog/dao.py", &text), ("blog/models.py", &format!("{class}{models}"))])
    };
    assert_eq!(listed("active().order_by('id')").len(), 1);
    assert_eq!(listed("active().all()").len(), 1);
    assert!(listed("active().whole()").is_empty());
}

/// Repositories of whatever model they are made with.
const REPOSITORY: &str = "M = TypeVar('M')\n\n\nclass Repository(Generic[M]):\n    def __init__(self, session, model: type[M]):\n        self.session, self.model = session, model\n\n    def all(self):\n        return self.session.scalars(select(self.model)).all()\n\n\n";

#[test]
fn what_a_class_is_made_with_is_the_value_of_its_attribute() {
    let made = |class: &str, how: &str| {
        dao(&format!(
            "{REPOSITORY}{class}\n\n\ndef get(session):\n    for it in {how}.all():\n        print(it.posts)\n"
        ))
    };
    let own =
        |call: &str| format!("class Users(Repository[User]):\n    def __init__(self, session):\n        {call}\n");
    assert_eq!(made("", "Repository(session, User)").len(), 1);
    // Whoever asks first for what a module makes: here a parameter of the very code that makes it.
    assert_eq!(made("users = Repository(session, User)", "users").len(), 1);
    for call in [
        "super().__init__(session, User)",
        "super().__init__(model=User, session=session)",
        "super(Users, self).__init__(session, User)",
        "Repository.__init__(self, session, User)",
    ] {
        assert_eq!(made(&own(call), "Users(session)").len(), 1, "{call}");
    }
    // Another model, one that is put there later, one that nobody knows, rows that are loaded.
    assert!(made(&own("super().__init__(session, Tag)"), "Users(session)").is_empty());
    let later = own("super().__init__(session, User)\n        self.model = Tag");
    assert!(made(&later, "Users(session)").is_empty());
    assert!(made(&own("super().__init__(session, model)"), "Users(session)").is_empty());
    let loaded = own("super().__init__(session, User)")
        + "\n    def all(self):\n        return self.session.scalars(select(self.model).options(selectinload(User.posts))).all()\n";
    assert!(made(&loaded, "Users(session)").is_empty());
}

#[test]
fn a_repository_that_fastapi_gives_a_parameter() {
    let class = "class Users(Repository[User]):\n    def __init__(self, session=Depends(get_session)):\n        super().__init__(session, User)\n\n\ndef users(session=Depends(get_session)):\n    return Repository(session, User)\n\n\nGiven = Annotated[Users, Depends(Users)]\n\n\n";
    for param in ["repo=Depends(users)", "repo: Annotated[Users, Depends()]", "repo: Given", "repo=Depends(Users)"] {
        let route = format!("@router.get('/')\ndef get({param}):\n    return [it.posts for it in repo.all()]\n");
        assert_eq!(dao(&format!("{REPOSITORY}{class}{route}")).len(), 1, "{param}");
    }
}

#[test]
fn what_flask_marshals() {
    let fields = "api = Namespace('posts')\nauthor = {'id': fields.Integer}\npost = api.model('Post', {'id': fields.Integer, 'author': fields.Nested(author)})\nby_path = {'by': fields.String(attribute='author.id')}\nby_code = {'by': fields.Integer(attribute=lambda it: it.author.id)}\npage = {'items': fields.List(fields.Nested(post))}\n\n\n";
    let listed = |decorator: &str, given: &str| {
        let class = format!(
            "class Posts(Resource):\n    {decorator}\n    def get(self, session):\n        rows = session.scalars(select(Post)).all()\n        return {given}\n"
        );
        dao(&format!("from flask_restx import Namespace, Resource, fields, marshal, marshal_with\n\n{fields}{class}"))
    };
    for (decorator, given) in [
        ("@marshal_with(post)", "rows"),
        ("@api.marshal_list_with(post, envelope='data')", "rows, 200"),
        ("@api.marshal_with(post, as_list=True)", "list(rows)"),
        ("@api.doc('posts')", "marshal(rows, post)"),
        ("@api.doc('posts')", "{'items': [api.marshal(it, post) for it in rows]}"),
        ("@api.marshal_with(api.inherit('Own', post, {'more': fields.String}))", "rows"),
        ("@marshal_with(by_path)", "rows"),
        ("@marshal_with(by_code)", "rows"),
        ("@marshal_with(page)", "{'items': rows}"),
    ] {
        assert_eq!(listed(decorator, given).len(), 1, "{decorator} {given}");
    }
    for (decorator, given) in [
        ("@marshal_with(author)", "rows"),
        ("@marshal_with(post)", "rows[0]"),
        ("@api.doc('posts')", "marshal(rows[0], post)"),
        ("@marshal_with(fields_of(post))", "rows"),
        // A queryset is no list.
        ("@marshal_with(post)", "session.query(Post)"),
    ] {
        assert!(listed(decorator, given).is_empty(), "{decorator} {given}");
    }
    let loaded = "class PostDto:\n    post = api.model('Post', {'author': fields.Nested(author)})\n\n\n@api.marshal_list_with(PostDto.post)\ndef get(session):\n    return session.scalars(select(Post)).all()\n";
    let text = format!("from flask_restx import Namespace, fields\n\n{fields}{loaded}");
    assert_eq!(dao(&text).len(), 1);
    assert!(dao(&text.replace("select(Post)", "select(Post).options(joinedload(Post.author))")).is_empty());
}

#[test]
fn what_a_client_sends_to_a_route_is_a_loop() {
    let route = |params: &str, rows: &str| {
        dao(&format!(
            "from fastapi import APIRouter, Depends\nfrom pydantic import BaseModel\n\nrouter = APIRouter()\n\n\nclass Item(BaseModel):\n    name: str\n\n\nclass Page(BaseModel):\n    items: list[Item] | None = None\n    name: str\n\n\nItems = Annotated[list[Item], Body()]\n\n\n@router.post('/')\nasync def post({params}, session: AsyncSession):\n    for it in {rows}:\n        session.add(Post(id=it))\n        await session.commit()\n"
        ))
    };
    for (params, rows) in [
        ("items: list[Item]", "items"),
        ("items: Optional[List[int]] = Query(None)", "items"),
        ("items: Annotated[list[int], Query()] | None", "items"),
        ("items: Items", "items"),
        ("page: Page", "page.items"),
    ] {
        assert_eq!(route(params, rows), ["write post:session.commit: one commit after the loop (commits)"], "{params}");
    }
    for (params, rows) in [
        ("items: list[Item]", "range(3)"),
        ("files: list[UploadFile]", "files"),
        ("page: Page", "page.name"),
        ("items: list[Item] = Depends(three)", "items"),
        ("item: Item", "item"),
    ] {
        assert!(route(params, rows).is_empty(), "{params}");
    }
    // What a service keeps as its session, and one commit for all.
    let service = "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\nclass Service:\n    def __init__(self, db):\n        self._db = db\n\n    async def add(self, key):\n        self._db.add(Post(id=key))\n        await self._db.commit()\n\n\n@router.post('/')\nasync def post(keys: list[int], db: AsyncSession):\n    service = Service(db)\n    for key in keys:\n        await service.add(key)\n";
    assert_eq!(dao(service), ["write post:self._db.commit: one commit after the loop (commits)"]);
    assert!(dao(&service.replace("await self._db.commit()", "pass")).is_empty());
}

#[test]
fn rows_that_a_result_gives_otherwise() {
    let read = |rows: &str, load: &str| {
        let rows = rows.replace("POSTS", &format!("select(Post){load}"));
        dao(&format!(
            "from sqlalchemy.orm import aliased\n\n\ndef get(session):\n    return [it.author.id for it in {rows}]\n"
        ))
    };
    for rows in [
        "session.scalars(POSTS).fetchmany(100)",
        "[row for part in session.scalars(POSTS).partitions(10) for row in part]",
        "[row['Post'] for row in session.execute(POSTS).mappings()]",
        "[row['Post'] for row in session.execute(POSTS).mappings().all()]",
        "session.scalars(POSTS.from_statement(text('select * from posts'))).all()",
        "[post for post, name in session.execute(POSTS.add_columns(User.id).join(User))]",
        "session.scalars(POSTS.order_by(Post.id)).unique().all()",
    ] {
        assert_eq!(read(rows, "").len(), 1, "{rows}");
        assert!(read(rows, ".options(joinedload(Post.author))").is_empty(), "{rows}");
    }
    let aliased = "[it for it in session.query(aliased(Post)).all()]";
    assert_eq!(read(aliased, "").len(), 1);
    // The parts themselves, one of them, what stands beside a row.
    assert!(read("session.scalars(POSTS).partitions(10)", "").is_empty());
    assert!(read("[name for post, name in session.execute(POSTS.add_columns(User.id))]", "").is_empty());
    assert!(read("[row['other'] for row in session.execute(POSTS).mappings()]", "").is_empty());
}

#[test]
fn a_page_of_what_another_module_makes() {
    let view = |load: &str| {
        dao(&format!(
            "from .extensions import db\n\n\ndef get():\n    return [it.author.id for it in db.paginate(db.select(Post){load}).items]\n"
        ))
    };
    assert_eq!(view("").len(), 1);
    assert!(view(".options(joinedload(Post.author))").is_empty());
}

#[test]
fn what_one_row_answers_with_has_lists() {
    let view = |load: &str, head: &str| {
        let text = "from pydantic import BaseModel\n\n\nclass AuthorOut(BaseModel):\n    id: int\n\n\nclass PostOut(BaseModel):\n    author: AuthorOut\n    kind: Kind\n\n\nclass KindOut(BaseModel):\n    posts: list[PostOut]\n\n\n";
        let models = "from .models import Base\n\n\nclass Shelf(Base):\n    __tablename__ = 'shelves'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    books: Mapped[list['Book']] = relationship()\n\n\nclass Book(Base):\n    __tablename__ = 'books'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    shelf_id: Mapped[int] = mapped_column(ForeignKey('shelves.id'))\n    writer_id: Mapped[int] = mapped_column(ForeignKey('users.id'))\n    writer: Mapped['User'] = relationship()\n\n\n";
        let schemas = text.replace("author: AuthorOut", "writer: AuthorOut").replace("posts: list", "books: list");
        dao(&format!(
            "{models}{schemas}@router.get('/{{key}}', response_model=KindOut)\n{head} get(key: int, session: Session):\n    return session.query(Shelf){load}.filter(Shelf.id == key).first()\n"
        ))
    };
    assert_eq!(view("", "def").len(), 1);
    assert_eq!(view(".options(selectinload(Shelf.books))", "def").len(), 1);
    assert!(view(".options(selectinload(Shelf.books).joinedload(Book.writer))", "def").is_empty());
    assert!(view("", "async def").is_empty());
}

#[test]
fn a_collection_that_is_only_written_to_is_asked_by_a_statement() {
    let models = MAPPED.replace("relationship(back_populates=\"author\")", "relationship(lazy=\"write_only\")");
    let read = |how: &str| {
        let text = format!(
            "from .models import User\n\ndef get(session):\n    for it in session.scalars(select(User)).all():\n        {how}\n"
        );
        told(&[("blog/dao.py", &text), ("blog/models.py", &models)])
    };
    assert_eq!(read("print(session.scalars(it.posts.select()).all())").len(), 1);
    assert!(read("it.posts.add(made(it))").is_empty());
}

#[test]
fn a_proxy_reads_the_relation_that_it_goes_through() {
    let models = MAPPED.replace(
        "    posts: Mapped",
        "    keys: AssociationProxy[list[int]] = association_proxy('posts', 'id')\n    posts: Mapped",
    );
    let read = |load: &str, name: &str| {
        let text = format!(
            "from sqlalchemy import select\nfrom sqlalchemy.orm import selectinload\nfrom .models import User\n\ndef get(session):\n    return [list(it.{name}) for it in session.scalars(select(User){load}).all()]\n"
        );
        told(&[("blog/dao.py", &text), ("blog/models.py", &models)])
    };
    assert_eq!(read("", "keys").len(), 1);
    assert!(read(".options(selectinload(User.posts))", "keys").is_empty());
    assert!(read("", "names").is_empty());
}
