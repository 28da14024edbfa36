"""Words and names: case styles, English plurals, and which names may not be used."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from . import pins
from .loading import Loaded  # noqa: F401  (copier.yml names it to load this module)

LONGEST_NAME: Final = 40
LONGEST_LINK_TABLE: Final = 50


def _set(text: str) -> frozenset[str]:
    """Read a set of names written with blanks between them."""
    return frozenset(text.split())


# Literals, not `keyword.kwlist`: the same answers must give the same files on every Python.
# Source: module keyword of Python 3.10 to 3.14.
PYTHON_KEYWORDS: Final = _set("""
    False None True and as assert async await break class continue def del elif else except
    finally for from global if import in is lambda nonlocal not or pass raise return try while
    with yield
""")
PYTHON_SOFT_KEYWORDS: Final = _set("_ case match type")
PYTHON_WORDS: Final = PYTHON_KEYWORDS | PYTHON_SOFT_KEYWORDS

# Source: names of module builtins, Python 3.10 to 3.14, that are written like a class.
PYTHON_BUILTINS: Final = _set("""
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup
    BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
    DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
    ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning
    GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
    InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
    ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError
    OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError
    PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError
    RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError
    SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError
    UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning
    ValueError Warning WindowsError ZeroDivisionError
""")

# Builtin types that generated annotations use: a field of that name would hide the type.
PYTHON_TYPES: Final = _set("bool bytes dict float int list set str tuple")

# Source: sys.stdlib_module_names of Python 3.10 to 3.14, all platforms, without a leading "_".
STDLIB_MODULES: Final = _set("""
    abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit
    audioop base64 bdb binascii binhex bisect builtins bz2 cProfile calendar cgi cgitb chunk
    cmath cmd code codecs codeop collections colorsys compileall compression concurrent
    configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses
    datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno
    faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath
    getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib
    imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3
    linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder
    msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode
    operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform
    plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc
    pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy
    sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr
    socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics
    string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile
    telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize
    tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
    unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref
    xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
""")

# Source: PostgreSQL documentation, appendix "SQL Key Words", versions 16 to 18: every word
# marked "reserved", also those that "can be function or type".
POSTGRESQL_RESERVED: Final = _set("""
    all analyse analyze and any array as asc asymmetric authorization binary both case cast
    check collate collation column concurrently constraint create cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user
    default deferrable desc distinct do else end except false fetch for foreign freeze from
    full grant group having ilike in initially inner intersect into is isnull join lateral
    leading left like limit localtime localtimestamp natural not notnull null offset on only
    or order outer overlaps placing primary references returning right select session_user
    similar some symmetric system_user table tablesample then to trailing true union unique
    user using variadic verbose when where window with
""")

# Source: PostgreSQL documentation, "System Columns"; oid is one of the catalogs' own.
POSTGRESQL_SYSTEM_COLUMNS: Final = _set("cmax cmin ctid oid tableoid xmax xmin")

# Source: https://www.sqlite.org/lang_keywords.html (sqlite3_keyword_name, and WITHIN of 3.47).
SQLITE_RESERVED: Final = _set("""
    abort action add after all alter always analyze and as asc attach autoincrement before
    begin between by cascade case cast check collate column commit conflict constraint
    create cross current current_date current_time current_timestamp database default
    deferrable deferred delete desc detach distinct do drop each else end escape except
    exclude exclusive exists explain fail filter first following for foreign from full
    generated glob group groups having if ignore immediate in index indexed initially inner
    insert instead intersect into is isnull join key last left like limit match materialized
    natural no not nothing notnull null nulls of offset on or order others outer over
    partition plan pragma preceding primary query raise range recursive references regexp
    reindex release rename replace restrict returning right rollback row rows savepoint
    select set table temp temporary then ties to transaction trigger unbounded union unique
    update using vacuum values view virtual when where window with within without
""")

# Source: https://www.sqlite.org/lang_createtable.html#rowid
SQLITE_ROW_IDS: Final = _set("oid rowid")

# Source: Microsoft, "Naming Files, Paths, and Namespaces"; a suffix (con.py) does not help.
WINDOWS_DEVICES: Final = _set("""
    aux com1 com2 com3 com4 com5 com6 com7 com8 com9 con
    lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9 nul prn
""")

# Source: sqlalchemy.orm.DeclarativeBase; self is the first parameter of its constructor.
SQLALCHEMY_ATTRIBUTES: Final = _set("metadata registry self type_annotation_map")

# Source: dir(pydantic.BaseModel), what its metaclass adds, and names kept from pydantic 1.
PYDANTIC_ATTRIBUTES: Final = _set("""
    construct copy dict fields from_orm json model_computed_fields model_config model_construct
    model_copy model_dump model_dump_json model_extra model_fields model_fields_set
    model_json_schema model_parametrized_name model_post_init model_rebuild model_validate
    model_validate_json model_validate_strings mro parse_file parse_obj parse_raw register
    schema schema_json update_forward_refs validate
""")

# Source: the default of pydantic's `protected_namespaces`; model_year and its like are free.
PYDANTIC_PREFIXES: Final = ("model_dump", "model_validate")

# Columns that the template adds itself.
OWN_FIELDS: Final = _set("created_at deleted_at id updated_at version")

# Modules that stand beside the entities' folders.
OWN_MODULES: Final = _set("registry")

# Classes and functions that generated modules define or import by name.
OWN_CLASS_NAMES: Final = (
    _set("""
    APIRouter AlembicVersion AliasChoices Annotated Any AnyUrl AsyncClient AsyncEngine
    AsyncGenerator AsyncIterator AsyncSession Awaitable BackgroundTasks Base BaseModel
    BaseSettings Body Callable ClassVar ConfigDict Context Cookie Coroutine Counter Decimal
    DeclarativeBase Depends Dialect EmailStr Engine Entity Enum FastAPI Field
    Final Gauge Generator HTTPException Header Histogram HttpUrl IntEnum IntegrityError
    Iterable Iterator JSONResponse Literal Lifespan Mapped Mapping MetaData Model Never
    NoReturn OperationOutcome Optional Page Path PlainTextResponse Problem Protocol Query Redis Registry
    Repository Request Response Result Rules SQLAlchemyError SecretStr Security Self Sequence
    Session Settings SettingsConfigDict StrEnum TestClient TypeAdapter TypeVar TypedDict UUID
    Union
""")
    | _set("""
    ARRAY BIGINT BLOB BOOLEAN BigInteger Boolean CHAR CheckConstraint Computed DATE DATETIME
    DECIMAL DOUBLE Date DateTime Double FLOAT Float ForeignKey ForeignKeyConstraint INET
    INTEGER Identity Index Integer Interval JSON JSONB LargeBinary NUMERIC Numeric
    PickleType PrimaryKeyConstraint REAL SMALLINT SmallInteger String TEXT TIME TIMESTAMP
    Text Time TypeDecorator TypeEngine URL Unicode UnicodeText UniqueConstraint Uuid VARCHAR
""")
    | _set("""
    AfterValidator BodyBool BodyFloat BodyInt32 BodyInt64 BodyRowId CursorPage CursorQuery Digits EXAMPLE Email
    ExactDecimal IfMatch Int32 Int64 IntegerKey Json JsonPart JsonValue ListQuery LoadedRelations LocalTime NUMBER
    OptionalParam QueryBool ReadModel RowId ScaledDecimal Schema SessionDep SoftDelete StoredEnum TimestampUtc
    Timestamps Url UtcDateTime UuidKey ValueList Versioned
""")
)

# Modules and functions that the bodies of generated classes use: a field would hide them.
OWN_VARIABLES: Final = _set("""
    dt enum_type mapped_column now relationship sa time_of_day today unset uuid4
""")

# Names of an application that something beside it already bears.
APP_NAMES: Final = (
    # what the app depends on: a project cannot depend on its own name
    frozenset(pins.packages)
    # folders, compose services, other packages
    | _set("""
        alertmanager alloy anyio app bridge build conftest coverage default deploy dist
        docker dockerfile docs example gevent grafana greenlet gunicorn host httpx hypothesis
        idna jaeger jinja2 localhost loki makefile migrations none orjson pip pip-audit
        poetry postgres postgresql prometheus prometheus-fastapi-instrumentator psycopg2
        pydantic pydantic-core schemathesis setuptools sniffio sqlite src starlette test
        testclient tests tools traefik uv uvloop venv watchfiles websockets wheel
    """)
    # databases and roles of PostgreSQL
    | _set("public template0 template1")
    # what YAML reads as something other than text
    | _set("false n no null off on true y yes")
)

# English words whose plural follows no rule below; a plural found here stays as it is.
IRREGULAR_PLURALS: Final[dict[str, str]] = {
    "a": "aes",  # "as" and "is" are keywords of Python and SQL
    "i": "ies",
    "addendum": "addenda",
    "alga": "algae",
    "alias": "aliases",
    "alibi": "alibis",
    "alumna": "alumnae",
    "alumnus": "alumni",
    "api": "apis",
    "appendix": "appendices",
    "atlas": "atlases",
    "automaton": "automata",
    "bacterium": "bacteria",
    "bias": "biases",
    "caiman": "caimans",
    "canvas": "canvases",
    "christmas": "christmases",
    "corpus": "corpora",
    "cosmos": "cosmoses",
    "criterion": "criteria",
    "curriculum": "curricula",
    "datum": "data",
    "die": "dice",
    "emu": "emus",
    "epoch": "epochs",
    "erratum": "errata",
    "fungus": "fungi",
    "gas": "gases",
    "genus": "genera",
    "german": "germans",
    "guru": "gurus",
    "human": "humans",
    "iris": "irises",
    "larva": "larvae",
    "lens": "lenses",
    "loch": "lochs",
    "matrix": "matrices",
    "medium": "media",
    "memorandum": "memoranda",
    "menu": "menus",
    "mongoose": "mongooses",
    "monarch": "monarchs",
    "nucleus": "nuclei",
    "ottoman": "ottomans",
    "ovum": "ova",
    "ox": "oxen",
    "patriarch": "patriarchs",
    "pelvis": "pelvises",
    "phenomenon": "phenomena",
    "quiz": "quizzes",
    "radius": "radii",
    "rhinoceros": "rhinoceroses",
    "roman": "romans",
    "shaman": "shamans",
    "stimulus": "stimuli",
    "stomach": "stomachs",
    "stratum": "strata",
    "talisman": "talismans",
    "taxi": "taxis",
    "tech": "techs",
    "trellis": "trellises",
    "vertebra": "vertebrae",
    "vertex": "vertices",
    "vortex": "vortices",
    "yes": "yeses",
}

# The same for the end of a word: salesperson, grandchild, bookshelf, fireman.
IRREGULAR_ENDINGS: Final[dict[str, str]] = {
    "calf": "calves",
    "child": "children",
    "dwarf": "dwarves",
    "elf": "elves",
    "foot": "feet",
    "goose": "geese",
    "half": "halves",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "loaf": "loaves",
    "man": "men",
    "mouse": "mice",
    "person": "people",
    "polis": "polises",
    "scarf": "scarves",
    "sheaf": "sheaves",
    "thief": "thieves",
    "tooth": "teeth",
    "wharf": "wharves",
    "wife": "wives",
    "wolf": "wolves",
}

# Words with one form for one and for many.
UNCOUNTABLE: Final = _set("""
    advice aircraft baggage bison cash cattle chaos chassis clothing debris deer electricity
    equipment evidence feedback furniture headquarters health homework hovercraft information
    jewellery jewelry knowledge legislation livestock logistics luggage machinery mail means
    merchandise money moose music news offspring personnel police research rice salmon series
    sheep software spacecraft species staff swine tennis traffic trout watercraft weather
    wildlife
""")
UNCOUNTABLE_ENDINGS: Final = ("data", "fish", "media", "sheep", "ware")

# A plural is its own plural; of the endings not -men, which specimen and regimen share.
_SELF_PLURAL: Final = UNCOUNTABLE | set(IRREGULAR_PLURALS.values()) | {"men", "women"}
_SELF_PLURAL_ENDINGS: Final = UNCOUNTABLE_ENDINGS + tuple(many for many in IRREGULAR_ENDINGS.values() if many != "men")

# Words in -o that take -es; all others take -s (photo, video, logo).
OES: Final = _set("""
    buffalo domino echo embargo hero mango mosquito potato tomato tornado torpedo veto volcano
""")

# A better name for a field that is refused; any other gets the ending "_value".
BETTER_FIELDS: Final[dict[str, str]] = {
    "class": "category",
    "copy": "copy_text",
    "created_at": "opened_at",
    "deleted_at": "removed_at",
    "dict": "entries",
    "from": "starts_at",
    "id": "external_id",
    "import": "import_name",
    "json": "payload",
    "metadata": "details",
    "registry": "registry_name",
    "relationship": "relation",
    "schema": "schema_name",
    "updated_at": "changed_at",
    "version": "version_number",
}

# One word: an acronym's plural (URLs), an acronym before a word or at the end (HTTP|Server),
# or a run of lower case letters and digits with at most one capital before it (Sha256|Sum).
_WORD: Final = re.compile(r"[A-Z]{2,}[0-9]*s(?![a-z0-9])|[A-Z]+[0-9]*(?![a-z0-9])|[A-Z]?[a-z0-9]+")


def words(name: str) -> tuple[str, ...]:
    """Split a name of any case style into lower-case words."""
    return tuple(found.lower() for found in _WORD.findall(name))


def snake(name: str) -> str:
    """Write a name as order_item."""
    return "_".join(words(name))


def kebab(name: str) -> str:
    """Write a name as order-item."""
    return "-".join(words(name))


def pascal(name: str) -> str:
    """Write a name as OrderItem."""
    return "".join(word.capitalize() for word in words(name))


def camel(name: str) -> str:
    """Write a name as orderItem."""
    text = pascal(name)
    return text[:1].lower() + text[1:]


def title(name: str) -> str:
    """Write a name as a label: Order item."""
    return " ".join(words(name)).capitalize()


def plural(name: str) -> str:
    """Put the last word of a name into the plural and keep the name's case style."""
    found = list(_WORD.finditer(name))
    if not found:
        return name
    last = found[-1]
    return name[: last.start()] + _plural_like(last.group()) + name[last.end() :]


def _plural_like(word: str) -> str:
    """Give the plural of one word, written as the word is: order, Order, URL."""
    many = _plural_word(word.lower())
    if len(word) > 1 and word.isupper():
        return word + "s" if many == word.lower() + "s" else many.upper()
    if many == word.lower():
        return word
    return many.capitalize() if word[0].isupper() else many


def _plural_word(word: str) -> str:
    """Give the plural of one lower-case word."""
    if word in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[word]
    if _has_one_form(word):
        return word
    for ending, many in IRREGULAR_ENDINGS.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + many
    if re.search(r"(?:[^aeiou]|qu)y$", word):
        return word[:-1] + "ies"
    if re.search(r"[sx]is$", word):
        return word[:-2] + "es"
    if word in OES or re.search(r"(?:ss|us|x|z|ch|sh)$", word):
        return word + "es"
    if word.endswith("s"):
        return word  # lenses, days, schemas, photos: many already
    return word + "s"


def _has_one_form(word: str) -> bool:
    """Tell whether a lower-case word is its own plural."""
    return word in _SELF_PLURAL or word.endswith(_SELF_PLURAL_ENDINGS)


def link_table(owner: str, field: str) -> str:
    """Return the table of a many-to-many field: product_tags; a long name ends in a digest."""
    name = f"{owner}_{field}"
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:4]
    return name if len(name) <= LONGEST_LINK_TABLE else f"{name[: LONGEST_LINK_TABLE - 5]}_{digest}"


def link_columns(owner: str, target: str) -> tuple[str, str]:
    """Return the columns of a many-to-many table: the owner's and the target's, who may be the same."""
    return f"{owner}_id", f"{target}_id" if owner != target else f"other_{target}_id"


def app_name_fault(value: object) -> str | None:
    """Say in one line why a value cannot name an application, or None when it can."""
    return _fault(value, "task-api", _app_shape_fault, _app_reserved, _app_mends)


def near_app_name(text: str) -> str | None:
    """Return the valid application name nearest to a text, or None where it would be guesswork."""
    return next((one for one in (text, *_app_mends(text)) if app_name_fault(one) is None), None)


def entity_name_fault(value: object) -> str | None:
    """Say in one line why a value cannot name an entity, or None when it can."""
    return _fault(value, "OrderItem", _entity_shape_fault, _entity_reserved, _entity_mends)


def field_name_fault(value: object) -> str | None:
    """Say in one line why a value cannot name a field, or None when it can."""
    return _fault(value, "due_at", _field_shape_fault, _field_reserved, _field_mends)


def _fault(
    value: object,
    example: str,
    shape_fault: Callable[[str], str | None],
    reserved: Callable[[str], str | None],
    mends: Callable[[str], tuple[str, ...]],
) -> str | None:
    """Judge a value: its type, length and shape, then the names that are taken."""
    if not isinstance(value, str):
        return f"must be text such as {example}, not {_kind(value)}"
    if not value.strip():
        return f"is empty: write a name such as {example}"
    if len(value) > LONGEST_NAME:
        return f"{_shown(value)} is {len(value)} characters long: use at most {LONGEST_NAME}"
    what = shape_fault(value) or reserved(value)
    if what is None:
        return None
    for mend in mends(value):
        if len(mend) <= LONGEST_NAME and not (shape_fault(mend) or reserved(mend)):
            return f"{_shown(value)} {what}: use {mend}"
    return f"{_shown(value)} {what}: write a name such as {example}"


def _app_shape_fault(name: str) -> str | None:
    """Say what in the spelling of an application's name is wrong."""
    if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", name):
        return None
    if re.search(r"[^A-Za-z0-9-]", name):
        return "may hold only the letters a to z, digits and single dashes"
    if re.search(r"[A-Z]", name):
        return "has upper case letters"
    if name[0].isdigit():
        return "begins with a digit"
    return "has a dash at its start, at its end or beside another"


def _entity_shape_fault(name: str) -> str | None:
    """Say what in the spelling of an entity's name is wrong."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
        return None
    if re.search(r"[^A-Za-z0-9]", name):
        return "may hold only the letters A to Z, a to z and digits"
    if name[0].isdigit():
        return "begins with a digit"
    return "does not begin with an upper case letter"


def _field_shape_fault(name: str) -> str | None:
    """Say what in the spelling of a field's name is wrong."""
    if re.search(r"[^A-Za-z0-9_]", name):
        return "may hold only the letters a to z, digits and underscores"
    if re.search(r"[A-Z]", name):
        return "has upper case letters"
    if name[0].isdigit():
        return "begins with a digit"
    if name.startswith("_") or name.endswith("_"):
        return "has an underscore at its start or end"
    if "__" in name:
        return "has a double underscore, which filters use (price__gte)"
    return None


def _app_reserved(name: str) -> str | None:
    """Say who else bears the name of a well spelt application."""
    as_module = name.replace("-", "_")
    if as_module in PYTHON_WORDS:
        return "is a word of the Python language"
    if as_module in STDLIB_MODULES:
        return "is a module of the Python standard library"
    if name in WINDOWS_DEVICES:
        return "is the name of a device on Windows"
    if name in APP_NAMES:
        return "is a name that YAML, a tool, a service or a dependency already uses"
    return None


def _entity_reserved(name: str) -> str | None:
    """Say who else bears the name of a well spelt entity."""
    module = snake(name)
    if name in PYTHON_KEYWORDS or module in PYTHON_KEYWORDS:
        return "is a word of the Python language"
    if name in PYTHON_BUILTINS or module in PYTHON_TYPES:
        return "is built into Python"
    if name in OWN_CLASS_NAMES or module in OWN_MODULES:
        return "is a name that the generated code itself uses"
    if module in WINDOWS_DEVICES:
        return "is the name of a device on Windows"
    if module.startswith("sqlite_"):
        return "gives a table name that SQLite keeps for itself"
    return None


def _field_reserved(name: str) -> str | None:
    """Say who else bears the name of a well spelt field."""
    if name in PYTHON_KEYWORDS:
        return "is a word of the Python language"
    if name in OWN_FIELDS:
        return "is a field that the template adds itself"
    if name in OWN_VARIABLES:
        return "is a name that the generated code itself uses"
    if name in PYDANTIC_ATTRIBUTES or name.startswith(PYDANTIC_PREFIXES):
        return "is an attribute of every pydantic model"
    if name in SQLALCHEMY_ATTRIBUTES:
        return "is an attribute of every SQLAlchemy model"
    if name in PYTHON_TYPES:
        return "is built into Python"
    if name in POSTGRESQL_SYSTEM_COLUMNS:
        return "is a system column of PostgreSQL"
    if name in SQLITE_ROW_IDS:
        return "is a system column of SQLite"
    return None


def _app_mends(name: str) -> tuple[str, ...]:
    """List names that might do instead, the best first."""
    near = kebab(_plain(name))
    return (near, f"{near}-api") if near else ()


def _entity_mends(name: str) -> tuple[str, ...]:
    """List names that might do instead, the best first."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
        return (f"{name}Record",)
    near = pascal(_plain(name))
    return (near, f"{near}Record") if near else ()


def _field_mends(name: str) -> tuple[str, ...]:
    """List names that might do instead, the best first."""
    near = snake(_plain(name))
    return (near, BETTER_FIELDS.get(near, f"{near}_value")) if near else ()


def _plain(name: str) -> str:
    """Spell a name in ASCII from its first letter on; empty when that would be guesswork."""
    spread = unicodedata.normalize("NFKD", name)
    text = "".join(char for char in spread if not unicodedata.combining(char))
    if not re.fullmatch(r"[A-Za-z0-9 _./-]*", text):
        return ""
    return re.sub(r"^[^A-Za-z]+", "", text)


def _shown(text: str) -> str:
    """Quote a text for a message: printable ASCII, one line, never long."""
    return ascii(text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "...")


def _kind(value: object) -> str:
    """Name the type of an answer in the words of YAML."""
    if value is None:
        return "null"
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false (write it in quotes)"),
        (int, "a number"),
        (float, "a number"),
        (list, "a list"),
        (dict, "a mapping"),
    )
    for kind, called in kinds:
        if isinstance(value, kind):
            return called
    return ascii(type(value).__name__)
