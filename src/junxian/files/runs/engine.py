"""Engines (计算引擎): Polars in one process by default, PySpark where one machine is not enough; versions on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from junxian.core.errors import DataError
from junxian.core.rulebook.judge import Engine

ENGINES = ("polars", "spark")
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    # A plan has hundreds of columns: compiling them to Java takes far longer than interpreting them.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.memory": "4g",
    "spark.executor.heartbeatInterval": "60s",
    "spark.network.timeout": "600s",
}


def versions(engine: str) -> dict[str, str]:
    """Name and version of everything that could change a result."""
    found = {"junxian": version("junxian"), "polars": version("polars"), "narwhals": version("narwhals")}
    return found | {"engine": engine}


@contextmanager
def engine_named(engine: str) -> Iterator[Engine]:
    """The engine of that name while it is needed; DataError says what to install where Spark or Java is missing."""
    if engine not in ENGINES:
        raise DataError("runs.unknown_engine", engine=engine, known=" ".join(ENGINES))
    if engine == "polars":
        yield Engine()
        return
    with spark_session() as session:
        yield Engine(lambda frame: to_spark(session, frame), from_spark)


@contextmanager
def spark_session() -> Iterator[Any]:
    """A local Spark session, quiet and closed at the end."""
    import os
    import shutil

    try:
        version("pyspark")
    except PackageNotFoundError as fault:
        raise DataError("runs.spark_missing") from fault
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise DataError("runs.java_missing")
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master("local[2]").appName("junxian")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()


def to_spark(session: Any, frame: Any) -> Any:
    """A Polars frame on Spark through Arrow: through pandas a null would become NaN and be counted."""
    import polars as pl

    plain = frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
    return session.createDataFrame(plain.to_arrow(compat_level=pl.CompatLevel.oldest()))


def from_spark(frame: Any) -> Any:
    """A Spark frame back as Polars, through Arrow."""
    import polars as pl

    return pl.DataFrame(pl.from_arrow(frame.toArrow()))
