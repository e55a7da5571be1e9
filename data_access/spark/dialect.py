"""What SQLAlchemy must know of Spark: how an address is read, and which tables there are."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import default

from data_access.spark import NAME, dbapi

TABLES = "tables"
"""The part of an address that names the folder of tables, as Spark's server sees it."""


class SparkDialect(default.DefaultDialect):
    """SELECTs on the reporting tables; Spark does not write them.

    An address is `sc://[user[:token]@]host[:port]?tables=FOLDER`, further parts of it (`use_ssl=true`) are given to Spark Connect.
    """

    name = "spark"
    driver = "connect"
    default_paramstyle = "named"
    supports_statement_cache = True
    supports_native_boolean = True
    supports_sane_rowcount = False
    returns_native_bytes = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        return dbapi

    @classmethod
    def get_pool_class(cls, url: sa.URL) -> type[sa.Pool]:
        # A connection is a few words; what costs, Spark's session, is shared.
        return sa.NullPool

    def create_connect_args(self, url: sa.URL) -> Any:
        options = dict(url.query)
        folder = options.pop(TABLES, None)
        given = {**options, **({"user_id": url.username} if url.username else {}), **({"token": url.password} if url.password else {})}
        parameters = ";".join(f"{name}={value}" for name, value in given.items())
        return [f"{NAME}://{url.host or 'localhost'}:{url.port or 15002}/;{parameters}", folder], {}

    def initialize(self, connection: sa.Connection) -> None:
        """Nothing is asked of a server before the first SELECT."""

    def has_table(self, connection: sa.Connection, table_name: str, schema: str | None = None, **options: Any) -> bool:
        raw: Any = connection.connection.driver_connection
        return bool(raw.has_table(table_name))

    def get_columns(self, connection: sa.Connection, table_name: str, schema: str | None = None, **options: Any) -> list[Any]:
        raw: Any = connection.connection.driver_connection
        return [
            {"name": name, "type": SQL_TYPES.get(kind, sa.types.NULLTYPE), "nullable": True, "default": None}
            for name, kind in raw.columns(table_name)
        ]


SQL_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "string": sa.String(), "date": sa.Date(), "tinyint": sa.SmallInteger(), "smallint": sa.SmallInteger(), "int": sa.Integer(),
    "bigint": sa.BigInteger(), "float": sa.Float(), "double": sa.Double(), "timestamp": sa.DateTime(), "timestamp_ntz": sa.DateTime(),
}
