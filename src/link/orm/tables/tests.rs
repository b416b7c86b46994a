//! What is read of models' tables, as text.

use super::tables;
use crate::facts::{Drafts, read};
use crate::source::{FileId, SourceFile};
use crate::stack::Table;

/// The tables of these files, a line for each column and index.
fn shown(files: &[(&str, &str)]) -> String {
    let file = |(at, (path, text)): (usize, &(&str, &str))| {
        std::sync::Arc::new(read(&SourceFile::new(FileId(at as u32), *path, (*path).into(), *text)))
    };
    let readings: Vec<_> = files.iter().enumerate().map(file).collect();
    let show = |table: &Table| {
        let mut out = format!("{}.{}\n", table.app, table.name);
        for column in &table.columns {
            let null = if column.nullable { " null" } else { "" };
            out.push_str(&format!("  {} {:?}{null}\n", column.name, column.kind));
        }
        for index in &table.indexes {
            let names: Vec<&str> = index.columns.iter().map(|at| &*table.columns[*at].name).collect();
            out.push_str(&format!("  {} ({})\n", if index.unique { "unique" } else { "index" }, names.join(", ")));
        }
        table.unread.iter().for_each(|it| out.push_str(&format!("  not read: {it}\n")));
        out
    };
    tables(Drafts(&readings).orm().map(|(_, draft)| draft)).iter().map(show).collect()
}

#[test]
fn a_model_of_django_has_the_columns_and_indexes_that_its_fields_make() {
    let models = r#"
import uuid
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

NAME = 80


class User(AbstractUser):
    city = models.CharField(max_length=NAME)


class Timed(models.Model):
    created = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True


class Tag(models.Model):
    slug = models.SlugField(primary_key=True)


class Order(Timed):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    tags = models.ManyToManyField(Tag)
    state = models.CharField(max_length=20, choices=STATES)
    total = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    where = PointField()

    class Meta:
        unique_together = [("owner", "state")]
        indexes = [models.Index(fields=["-created", "state"])]


class Gift(Order):
    text = models.TextField()


class Recent(Order):
    class Meta:
        proxy = True
"#;
    let settings = "AUTH_USER_MODEL = 'shop.User'\nDEFAULT_AUTO_FIELD = 'django.db.models.AutoField'\n";
    let shown = shown(&[("project/settings.py", settings), ("shop/models.py", models)]);
    let expected = "\
shop.User
  id Fixed(4)
  city Text(Line, Some(80))
  password Text(Hash, Some(128))
  last_login Fixed(8) null
  is_superuser Fixed(1)
  username Text(Line, Some(150))
  first_name Text(Line, Some(150))
  last_name Text(Line, Some(150))
  email Text(Email, Some(254))
  is_staff Fixed(1)
  is_active Fixed(1)
  date_joined Fixed(8)
  unique (id)
  unique (username)
  unique (username)
shop.Tag
  slug Text(Slug, Some(50))
  unique (slug)
  unique (slug)
shop.Order
  id Uuid
  owner_id Fixed(4)
  state Text(Choice, Some(20))
  total Decimal(10) null
  where Unknown null
  created Fixed(8)
  unique (id)
  index (owner_id)
  index (created)
  unique (owner_id, state)
  index (created, state)
  not read: where = PointField(…)
shop.Order.tags
  id Fixed(4)
  from_id Uuid
  to_id Text(Slug, Some(50))
  unique (id)
  unique (from_id, to_id)
  index (from_id)
  index (to_id)
shop.Gift
  order_ptr_id Uuid
  text Text(Long, None)
  unique (order_ptr_id)
";
    assert_eq!(shown, expected);
}

#[test]
fn a_mapped_class_has_the_columns_of_its_calls_and_annotations() {
    let models = r#"
from datetime import datetime
from typing import Optional
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Timed:
    created: Mapped[datetime] = mapped_column(index=True)


class Order(Timed, Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(20))
    note: Mapped[Optional[str]]
    paid: Mapped[bool | None] = mapped_column()
    lines: Mapped[list["Line"]] = relationship()
    __table_args__ = (UniqueConstraint("owner_id", "state"), Index("ix_state", "state"))
"#;
    let expected = "\
orders.Order
  id Fixed(4)
  owner_id Fixed(4)
  state Text(Line, Some(20))
  note Text(Line, None) null
  paid Fixed(1) null
  created Fixed(8)
  unique (id)
  index (created)
  unique (owner_id, state)
  index (state)
";
    assert_eq!(shown(&[("app/models.py", models)]), expected);
}
