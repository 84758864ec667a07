"""What DuckDB writes."""

import datetime as dt
import random

import duckdb

from .by_pyarrow import arrow_table
from .table import (
    BERLIN, CUTS, dates, DAY_FORMATS, days_formatted, each, EPOCH, formatted, gaps_of, holds, in_text, infinite,
    microseconds, MISSING, MISSING_AMONG_NUMBERS, MOMENT_FORMATS, numbers, product, table, text_truth, truth, words,
    written,
)

DUCKDB = duckdb.connect()
ROUNDED = lambda number: float(f"{number:.2f}")
SHARE = {
    "plain": ("share", float),
    "fixed": ("format('{:.3f}', share)", lambda number: float(f"{number:.3f}")),
    "scientific": ("format('{:.5e}', share)", lambda number: float(f"{number:.5e}")),
    "english": ("format('{:,.2f}', share)", ROUNDED),
    "german": ("translate(format('{:,.2f}', share), ',.', '.,')", ROUNDED),
    "swiss": ("replace(format('{:,.2f}', share), ',', '''')", ROUNDED),
}
AMOUNT = {"plain": "amount", "english": "format('{:,}', amount)", "german": "format('{:t.}', amount)", "swiss": "format('{:t''}', amount)"}
ANSWERS = {
    "true": ("active", None),
    "TRUE": ("upper(active::VARCHAR)", None),
    "1": ("active::INT", None),
    "yes": ("CASE WHEN active THEN 'yes' WHEN NOT active THEN 'no' END", ["no", "yes"]),
    "T": ("CASE WHEN active THEN 'T' WHEN NOT active THEN 'F' END", ["F", "T"]),
}


def round_to(unit):
    """DuckDB rounds moments, and all others cut them off."""
    half = {"s": 500_000, "ms": 500}.get(unit, 0)
    return lambda moment: CUTS[unit](moment + dt.timedelta(microseconds=half))


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def duckdb_run(rows, select, options):
    DUCKDB.register("rows", arrow_table(rows, {}))
    DUCKDB.execute("SET TimeZone = 'Europe/Berlin'")
    query = f"SELECT * REPLACE ({', '.join(select)}) FROM rows"
    return written(lambda path: DUCKDB.execute(f"COPY ({query}) TO {quoted(str(path))} ({options})"))


def to_csv(settings):
    rows, na, form = table(), settings["nullstr"], settings["timestampformat"]
    expected = text_truth(rows)
    refuse = infinite(rows) if settings["infinite"] else {}
    share, shown = SHARE[settings["share"]]
    expected["share"] = numbers(each(rows["share"], shown), reason=f"written as {settings['share']}")
    answer, meaning = ANSWERS[settings["active"]]
    if settings["active"] == "1":
        expected["active"] = numbers(rows["active"], reason="1 and 0 alone are numbers")
    elif meaning:
        expected["active"] = words(each(rows["active"], meaning.__getitem__), reason="answers in other words are categories")
        expected["active"]["gaps"] = gaps_of(rows["active"])
    select = [f"{share} AS share", f"{AMOUNT[settings['amount']]} AS amount", f"{answer} AS active"]
    if settings["count"]:
        unit, of_microseconds = settings["count"]
        select.append(f"epoch_{unit}(seen) AS seen")
        counts = each(rows["seen"], lambda moment: microseconds(round_to(unit)(moment) - EPOCH) // of_microseconds)
        expected["seen"] = numbers(counts, reason="counts since 1970 are numbers")
    options = ["FORMAT csv", "HEADER", f"DELIMITER {quoted(settings['delimiter'])}", f"NULLSTR {quoted(na)}"]
    options += [f"ESCAPE {quoted(settings['escape'])}", f"COMPRESSION {settings['compression']}"]
    options += ["FORCE_QUOTE *"] if settings["force_quote"] else []
    if settings["dateformat"]:
        options.append(f"DATEFORMAT {quoted(settings['dateformat'])}")
        days_formatted(expected, rows, settings["dateformat"])
    if form:
        select.append("NULL AS tick")
        expected["tick"] = holds("aside", [], reason="no value in any row")
        options.append(f"TIMESTAMPFORMAT {quoted(form)}")
        # DuckDB shows every zoned moment by the clock of the session.
        wall = rows | {"sent": each(rows["sent"], lambda cell: cell.astimezone(BERLIN))}
        for name in ["sent", "local"] + ([] if settings["count"] else ["seen"]):
            formatted(expected, wall, name, form)
    return duckdb_run(rows, select, ", ".join(options)), in_text(expected, na) | refuse


def plan_csv(files):
    draw = random.Random(6)
    core = product(
        delimiter=[",", ";", "\t", "|"], nullstr=MISSING[:6] + MISSING_AMONG_NUMBERS, force_quote=[False, True], share=list(SHARE),
    )
    extras = {
        "escape": ['"', '"', '"', "\\"],
        "infinite": [False] * 19 + [True],
        "amount": list(AMOUNT),
        "active": ["true", *ANSWERS],
        "compression": ["none", "none", "gzip", "zstd"],
        "count": [None, None, None, ("ms", 1000), ("us", 1)],
        "dateformat": DAY_FORMATS,
        "timestampformat": MOMENT_FORMATS,
    }
    for settings in core:
        settings |= {name: draw.choice(choices) for name, choices in extras.items()}
        if settings["nullstr"] == "\\N":
            settings["escape"] = '"'
        files.plan("duckdb csv", settings, lambda settings=settings: to_csv(settings))


DUCKDB_TYPES = {
    "seats": ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"],
    "amount": ["INTEGER", "BIGINT", "DECIMAL(9, 0)", "DECIMAL(12, 2)", "DOUBLE"],
    "account": ["BIGINT", "UBIGINT", "DECIMAL(20, 0)", "HUGEINT"],
    "price": ["DECIMAL(12, 2)", "DECIMAL(9, 2)", "DECIMAL(30, 4)", "DOUBLE"],
    "town": ["VARCHAR", "BLOB"],
    "zip": ["VARCHAR", "ENUM ('00501', '10115', '02108', '80331', '00007')"],
    "seen": ["TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS"],
}


def to_parquet(options, types):
    rows = table()
    expected = truth(rows)
    bare = lambda name, kind: f"encode({name})" if kind == "BLOB" else f"{name}::{kind}"
    select = [f"{bare(name, kind)} AS {name}" for name, kind in types.items()]
    expected["seen"] = dates(rows["seen"], round_to({"TIMESTAMP_S": "s", "TIMESTAMP_MS": "ms"}.get(types["seen"], "us")))
    expected["lasts"] = holds("aside", [], reason="spans of time have no place in a table")
    if types["account"] == "HUGEINT":
        expected["account"] = numbers(rows["account"], reason="Parquet has no whole numbers of that width, DuckDB writes floats")
    return duckdb_run(rows, select, ", ".join(["FORMAT parquet"] + [f"{name} {value}" for name, value in options.items()])), expected


def plan_parquet(files):
    draw = random.Random(7)
    core = product(
        COMPRESSION=["uncompressed", "snappy", "gzip", "zstd", "lz4", "lz4_raw"], PARQUET_VERSION=["v1", "v2"],
        DICTIONARY_SIZE_LIMIT=[1, 10_000], again=range(5),
    )
    for options in core:
        del options["again"]
        types = {name: draw.choice(kinds) for name, kinds in DUCKDB_TYPES.items()}
        files.plan("duckdb parquet", options | types, lambda options=options, types=types: to_parquet(options, types))
