"""Words and names that are taken: by Python, databases, libraries, and the generated code itself."""

from __future__ import annotations

from typing import Final

from .. import pins
from .cases import set_of

# Literals, not `keyword.kwlist`: the same answers must give the same files on every Python.
# Source: module keyword of Python 3.10 to 3.14.
PYTHON_KEYWORDS: Final = set_of("""
    False None True and as assert async await break class continue def del elif else except
    finally for from global if import in is lambda nonlocal not or pass raise return try while
    with yield
""")

PYTHON_SOFT_KEYWORDS: Final = set_of("_ case match type")

PYTHON_WORDS: Final = PYTHON_KEYWORDS | PYTHON_SOFT_KEYWORDS

# Source: names of module builtins, Python 3.10 to 3.14, that are written like a class.
PYTHON_BUILTINS: Final = set_of("""
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
PYTHON_TYPES: Final = set_of("bool bytes dict float int list set str tuple")

# Source: sys.stdlib_module_names of Python 3.10 to 3.14, all platforms, without a leading "_".
STDLIB_MODULES: Final = set_of("""
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

# Source: PostgreSQL documentation, "System Columns"; oid is one of the catalogs' own.
POSTGRESQL_SYSTEM_COLUMNS: Final = set_of("cmax cmin ctid oid tableoid xmax xmin")

# Source: https://www.sqlite.org/lang_createtable.html#rowid
SQLITE_ROW_IDS: Final = set_of("oid rowid")

# Source: Microsoft, "Naming Files, Paths, and Namespaces"; a suffix (con.py) does not help.
WINDOWS_DEVICES: Final = set_of("""
    aux com1 com2 com3 com4 com5 com6 com7 com8 com9 con
    lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9 nul prn
""")

# Source: sqlalchemy.orm.DeclarativeBase; self is the first parameter of its constructor.
SQLALCHEMY_ATTRIBUTES: Final = set_of("metadata registry self type_annotation_map")

# Source: dir(pydantic.BaseModel), what its metaclass adds, and names kept from pydantic 1.
PYDANTIC_ATTRIBUTES: Final = set_of("""
    construct copy dict fields from_orm json model_computed_fields model_config model_construct
    model_copy model_dump model_dump_json model_extra model_fields model_fields_set
    model_json_schema model_parametrized_name model_post_init model_rebuild model_validate
    model_validate_json model_validate_strings mro parse_file parse_obj parse_raw register
    schema schema_json update_forward_refs validate
""")

# Source: the default of pydantic's `protected_namespaces`; model_year and its like are free.
PYDANTIC_PREFIXES: Final = ("model_dump", "model_validate")

# Columns that the template adds itself.
OWN_FIELDS: Final = set_of("created_at deleted_at id updated_at version")

# Modules that stand beside the entities' folders.
OWN_MODULES: Final = set_of("registry")

# Classes and functions that generated modules define or import by name.
OWN_CLASS_NAMES: Final = (
    set_of("""
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
    | set_of("""
    ARRAY BIGINT BLOB BOOLEAN BigInteger Boolean CHAR CheckConstraint Computed DATE DATETIME
    DECIMAL DOUBLE Date DateTime Double FLOAT Float ForeignKey ForeignKeyConstraint INET
    INTEGER Identity Index Integer Interval JSON JSONB LargeBinary NUMERIC Numeric
    PickleType PrimaryKeyConstraint REAL SMALLINT SmallInteger String TEXT TIME TIMESTAMP
    Text Time TypeDecorator TypeEngine URL Unicode UnicodeText UniqueConstraint Uuid VARCHAR
""")
    | set_of("""
    AfterValidator AsText BodyBool BodyFloat BodyInt32 BodyInt64 BodyRowId CursorPage CursorQuery Digits EXAMPLE
    Email ExactDecimal IdempotencyDep IdempotentRoute Int32 Int64 Int64Text IntegerKey Json JsonValue ListQuery
    LoadedRelations LocalTime MAX_ROWS NUMBER OptionalParam PlainConditions PublicEmail QueryBool QueryInt32
    QueryInt64 ReadModel ReadOnly RowId RowIdText ScaledDecimal Schema SearchText SessionDep SoftDelete StoredEnum
    StoredInt32 StoredInt64Text StoredJson TimestampUtc Timestamps Url UtcDateTime UuidKey ValueList
    VersionConditions Versioned WriteOnly
""")
)

# Modules and functions that the bodies of generated classes use: a field would hide them.
OWN_VARIABLES: Final = set_of("""
    dt enum_type mapped_column new_id now relationship sa search_index time_of_day today unchanged unset uuid4
""")

# Names of an application that something beside it already bears.
APP_NAMES: Final = (
    # what the app depends on: a project cannot depend on its own name
    frozenset(pins.packages)
    # folders, compose services, other packages
    | set_of("""
        alertmanager alloy anyio app bridge build conftest coverage default deploy dist
        docker dockerfile docs example gevent grafana greenlet gunicorn host httpx hypothesis
        idna jaeger jinja2 localhost loki makefile migrations none orjson pip pip-audit
        poetry postgres postgresql prometheus prometheus-fastapi-instrumentator psycopg2
        pydantic pydantic-core schemathesis setuptools sniffio sqlite src starlette test
        testclient tests tools traefik uv uvloop venv watchfiles websockets wheel
    """)
    # databases and roles of PostgreSQL
    | set_of("public template0 template1")
    # what YAML reads as something other than text
    | set_of("false n no null off on true y yes")
)
