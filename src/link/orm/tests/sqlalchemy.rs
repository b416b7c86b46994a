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
