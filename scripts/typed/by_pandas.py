"""What pandas writes."""

import csv
import random

import pandas as pd

from .table import (
    compressed, COUNTS, each, FORMATS, formatted, holds, in_text, infinite, microseconds, MISSING,
    MISSING_AMONG_NUMBERS, numbers, PLAIN_TOWNS, product, ROWS, table, TARGET, text_truth, TOWNS, truth, without,
    words, written,
)


def as_floats(rows):
    """Long whole numbers that were floats, written with all their digits."""
    return words(each(rows["account"], lambda number: str(int(float(number)))), reason="digits of floats that repeat")


def pandas_frame(rows, flavour):
    frame = pd.DataFrame({
        "seats": pd.array(rows["seats"], dtype="Int64"),
        "amount": pd.array(rows["amount"], dtype="Int64"),
        "account": pd.array(rows["account"], dtype="Int64"),
        "share": pd.Series(rows["share"], dtype="float64"),
        "grams": pd.Series(rows["grams"], dtype="float32"),
        "price": pd.Series(rows["price"], dtype=object),
        "active": pd.Series(rows["active"], dtype="boolean"),
        "town": pd.Series(rows["town"], dtype="string"),
        "zip": pd.Series(rows["zip"], dtype="string"),
        "born": pd.Series(rows["born"], dtype="datetime64[s]"),
        "early": pd.Series(rows["early"], dtype="datetime64[ns]"),
        "seen": pd.Series(rows["seen"], dtype="datetime64[us]"),
        "sent": pd.Series(rows["sent"], dtype="datetime64[us, UTC]"),
        "local": pd.Series(rows["local"], dtype="datetime64[us, UTC]").dt.tz_convert("Europe/Berlin"),
        "tick": pd.to_datetime(pd.Series(rows["tick"], dtype="Int64"), unit="ns"),
        "opens": pd.Series(rows["opens"], dtype=object),
        "lasts": pd.Series(rows["lasts"], dtype="timedelta64[us]"),
        "empty": pd.Series(rows["empty"], dtype=object),
        TARGET: pd.Series(rows[TARGET], dtype=object),
    })
    if flavour == "numpy":
        floats = {name: "float64" for name in ["seats", "amount", "account"]}
        frame = frame.astype(floats | {"active": object, "town": object, "zip": object})
    elif flavour == "nullable":
        frame = frame.astype({"seats": "UInt8", "share": "Float64", "grams": "Float32", "town": "category", TARGET: "category"})
    return frame


PANDAS_EXTRAS = {
    "float_format": [None, None, "%.3f", "%.6e", "%.17g", "{:,.2f}"],
    "date_format": [None] * 8 + list(FORMATS),
    "lineterminator": ["\n", "\r\n"],
    "encoding": ["utf-8", "utf-8-sig"],
    "compression": [None, None, None, "gzip", "zstd"],
    "index": [False, False, "unnamed", "row", "names"],
    "doublequote": [True, True, True, False],
    "infinite": [False] * 19 + [True],
}


def to_csv(settings):
    na, form, flavour = settings["na_rep"], settings["date_format"], settings["flavour"]
    rows = table(PLAIN_TOWNS if settings["quoting"] == csv.QUOTE_NONE else TOWNS)
    refuse = infinite(rows) if settings["infinite"] else {}
    frame, expected = pandas_frame(rows, flavour), text_truth(rows)
    float_format = settings["float_format"]
    if flavour == "numpy":
        expected["account"] = numbers(rows["account"], reason="whole numbers with gaps are floats to numpy")
    show = float_format.format if float_format and "{" in float_format else (lambda number: float_format % number)
    if float_format:
        for name in ["share", "grams"] + (["seats", "amount", "account"] if flavour == "numpy" else []):
            rounded = each(rows[name], lambda number: float(show(number).replace(",", "")))
            expected[name] = numbers(rounded, reason=f"written as {float_format}")
    if flavour == "numpy" and float_format == "%.17g":
        expected["account"] = as_floats(rows)
    if form:
        frame, expected = frame.drop(columns="tick"), without(expected, "tick")
        for name in ["born", "early", "seen", "sent", "local"]:
            formatted(expected, rows, name, form)
    index = settings["index"]
    if index == "names":
        frame.index = [f"Zeile {row}" for row in range(ROWS)]
    if index:
        expected["row" if index == "row" else "c1"] = holds("aside", [], reason="an index")
    callable_format = show if float_format and "{" in float_format else float_format
    content = frame.to_csv(
        None, sep=settings["sep"], na_rep=na, float_format=callable_format, index=bool(index),
        index_label="row" if index == "row" else None, quoting=settings["quoting"],
        lineterminator=settings["lineterminator"], date_format=form, doublequote=settings["doublequote"],
        escapechar=None if settings["doublequote"] else "\\", decimal=settings["decimal"],
    ).encode(settings["encoding"])
    return compressed(content, settings["compression"]), in_text(expected, na) | refuse


def plan_csv(files):
    draw = random.Random(1)
    core = product(
        sep=[",", ";", "\t", "|"], decimal=[".", ","], na_rep=MISSING[:6] + MISSING_AMONG_NUMBERS,
        quoting=[csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE], flavour=["numpy", "nullable"],
    )
    for settings in core:
        settings |= {name: draw.choice(choices) for name, choices in PANDAS_EXTRAS.items()}
        if settings["quoting"] == csv.QUOTE_NONE:
            # What would need quotes is not written.
            settings["doublequote"] = True
            if "," in (settings["sep"] if settings["decimal"] == "," else ""):
                continue
            if settings["sep"] == "," and "," in f"{settings['float_format']}{settings['date_format']}":
                continue
            if settings["index"] == "unnamed" or settings["index"] == "names":
                settings["index"] = "row"
        if settings["decimal"] == "," and settings["float_format"] == "{:,.2f}":
            # pandas would put both signs in one.
            settings["float_format"] = "%.3f"
        files.plan("pandas csv", settings, lambda settings=settings: to_csv(settings))


def to_parquet(settings):
    rows = table()
    frame, expected = pandas_frame(rows, settings["flavour"]), truth(rows)
    if settings["flavour"] == "numpy":
        of_floats = numbers(rows["account"], reason="whole numbers with gaps are floats to numpy")
        expected["account"] = as_floats(rows) if settings["backend"] else of_floats
    if settings["backend"]:
        frame = frame.convert_dtypes(dtype_backend=settings["backend"])
    expected["lasts"] = numbers(each(rows["lasts"], microseconds), reason=COUNTS)
    index = settings["labels"]
    if index == "whole numbers":
        frame.index = pd.Index([100 + 3 * row for row in range(ROWS)])
    elif index == "names":
        frame.index = pd.Index([f"Zeile {row}" for row in range(ROWS)], name="row")
    if settings["index"] or settings["index"] is None and index != "none":
        expected["row" if index == "names" else "__index_level_0__"] = holds("aside", [], reason="an index")
    return written(lambda path: frame.to_parquet(path, compression=settings["compression"], index=settings["index"])), expected


def plan_parquet(files):
    core = product(
        flavour=["numpy", "nullable"], backend=[None, "numpy_nullable", "pyarrow"],
        compression=[None, "snappy", "gzip", "zstd", "lz4"], index=[None, True, False], labels=["none", "whole numbers", "names"],
    )
    for settings in core:
        files.plan("pandas parquet", settings, lambda settings=settings: to_parquet(settings))
