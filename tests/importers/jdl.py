"""JDL texts, and what the importer makes of them."""

from __future__ import annotations

from typing import Any

import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from extensions import entities
from importers.draft import Report
from importers.jdl.convert import convert as convert_jdl

BLOG = """\
/**
 * A place where
 * somebody writes.
 */
entity Blog (writers_blog) {
  name String required minlength(3) maxlength(LONGEST)   /** What it is called */
  /** The last part of its address */
  handle String required unique pattern(/^[a-z0-9-]{2,30}$/)
}

// Posts come newest first
entity Post {
  title String required,
  content TextBlob required,
  state PostStatus required,
  publishedAt Instant,
  readingTime Duration,
  cover ImageBlob
}

@readOnly
entity Label { name String required minlength(2) }

enum PostStatus { DRAFT, PUBLISHED ("On the air"), WITHDRAWN }

LONGEST = 80

relationship ManyToOne {
  Blog{owner(login)} to User with builtInEntity
  Post{blog(name) required} to Blog{posts}
}
relationship ManyToMany {
  Post{labels(name)} to Label{posts}
}
paginate Post, Label with pagination
service * with serviceImpl except Label
"""


STORE = r"""
application {
  config { baseName cornerStore, applicationType monolith, packageName org.example.store }
  entities *
}
@filter
entity Item {
  name String required maxlength(120)
  price BigDecimal required min(0.01)
  weight Double min(0) max(1000.5)
  stock Integer min(0)
  sold Long
  code String unique pattern(/[A-Z]{2}\/[0-9]{4}|none/)
  active Boolean required
  offered LocalDate
  opens LocalTime
  changed ZonedDateTime
  token UUID
  leaflet Blob maxbytes(5000)
}
entity Buyer { email String required unique }
entity Purchase { @Id number UUID  createdAt Instant required  class String }
entity PurchaseLine { amount Integer required min(1) max(99) }
entity Voucher
relationship OneToMany {
  @OnDelete("SET NULL") Buyer{purchases} to Purchase{buyer(email)},
  @OnDelete("CASCADE") @OnUpdate("CASCADE") Purchase{lines required} to PurchaseLine{purchase required}
}
relationship ManyToOne { PurchaseLine to Item }
relationship OneToOne { Voucher{purchase} to Purchase }
relationship ManyToOne { Item{replacement} to Item }
use serviceClass, mapstruct for Item, Buyer
"""


def convert(text: str, name: str = "model.jdl") -> tuple[dict[str, Any], list[str]]:
    """Return what the importer writes, read again, and its report."""
    report = Report()
    made, errors = convert_jdl(text, name, report)
    assert errors == []
    assert_fine(made)
    answers = yaml.safe_load(made)
    entities.parse(answers["entities"])
    return answers, report.lines


def assert_fine(made: str) -> None:
    config = YamlLintConfig("extends: default\nrules: {line-length: {max: 120}}\n")
    assert list(linter.run(made, config)) == []


def errors_of(text: str) -> list[str]:
    made, errors = convert_jdl(text, "model.jdl", Report())
    assert bool(errors) != bool(made)
    return errors


def fields_of(text: str, entity: str = "A") -> list[dict[str, Any]]:
    answers, _ = convert(text)
    found = next(one for one in answers["entities"] if one["name"] == entity)
    assert isinstance(found["fields"], list)
    return found["fields"]
