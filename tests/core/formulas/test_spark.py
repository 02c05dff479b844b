"""The same expressions on a cluster (同式异机): PySpark gives what Polars gives."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings

import polars as pl
import pytest

from junxian.core.formulas import analyse, compile_formula, evaluate
from tests.core.formulas.test_compile import FORMULAS
from tests.core.formulas.world import CONTEXT, frame, full_city, same, words


def java() -> str:
    program = shutil.which("java") or ""
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr if program else ""
    return told.partition('"')[2].partition(".")[0]


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql", reason="没有安装 pyspark：安装附加组件 spark 后再运行本项。")
    if java() not in {"17", "21"}:
        pytest.skip("本机没有 Java 17：安装 openjdk-17-jre-headless 后再运行本项。")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = sql.SparkSession.builder.master("local[1]")
        session = builder.config(map=settings).getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def test_every_formula_gives_the_same_on_spark(spark):
    known = words()
    formulas = {f"f{place}": analyse(text, known) for place, text in enumerate(FORMULAS)}
    local = frame(full_city(), list(formulas.values()), (2026 * 12 + 5,))
    short = {name: f"c{place}" for place, name in enumerate(local.columns)}
    kept = {"group": "group", "period_index": "period_index", "month": "month", "unit": "unit", "系数": "系数"}
    local = local.rename(short | kept)

    def named(leaf):
        from tests.core.formulas.world import column

        return short[column(leaf)]

    compiled = {name: compile_formula(formula, named, CONTEXT) for name, formula in formulas.items()}
    here = evaluate(local, compiled)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        there = evaluate(spark.createDataFrame(local.to_arrow()), compiled).toArrow()
    far = pl.from_arrow(there).sort("unit")
    here = here.sort("unit")
    assert set(far.columns) == set(here.columns)
    for name, text in zip(formulas, FORMULAS, strict=True):
        for near, distant in zip(here[name], far[name], strict=True):
            assert same(near, distant), (text, near, distant)
        if text.startswith(("排名", "四舍五入", "修约", "位次变化")):
            assert here[name].to_list() == far[name].to_list(), text
