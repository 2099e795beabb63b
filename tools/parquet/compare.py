"""Reads tables with pandas, polars and DuckDB and compares each value with rows of JSON: compare.py TABLE ROWS [TABLE ROWS ...]"""

import datetime
import json
import math
import os
import sys

import duckdb
import pandas
import polars


def plain(value):
    """Times as milliseconds, arrays as lists, no value as None, infinity as text."""
    if isinstance(value, (list, tuple)) or hasattr(value, "tolist"):
        value = value.tolist() if hasattr(value, "tolist") else value
        return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
    if value is None or value is pandas.NaT or value is pandas.NA:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, datetime.datetime):
        utc = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return round(utc.timestamp() * 1000)
    return value


def of_pandas(path):
    return pandas.read_parquet(path, dtype_backend="pyarrow").to_dict("records")


def of_polars(path):
    return polars.read_parquet(path).to_dicts()


def of_duckdb(path):
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    found = connection.execute("select * from read_parquet(?)", [path])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


READERS = {"pandas": (of_pandas, pandas), "polars": (of_polars, polars), "DuckDB": (of_duckdb, duckdb)}

tables = list(zip(sys.argv[1::2], sys.argv[2::2]))
for name, (read, library) in READERS.items():
    count = 0
    for path, expected in tables:
        with open(expected, encoding="utf-8") as file:
            rows = json.load(file)
        found = [{key: plain(value) for key, value in row.items()} for row in read(path)]
        assert len(found) == len(rows), f"{name}: {path} has {len(found)} rows, expected {len(rows)}"
        for i, (ours, theirs) in enumerate(zip(rows, found)):
            assert ours == theirs, f"{name}: {path}, row {i}: {theirs}, expected {ours}"
        count += len(rows)
    kinds = sorted({os.path.basename(path) for path, _ in tables})
    print(f"ok   {name} {library.__version__}: {count:,} rows of {', '.join(kinds)} in {len(tables)} files")
