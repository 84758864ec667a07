"""What pyarrow writes, some of it as Spark does."""

import random

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from .table import (
    compressed, COUNTS, CUTS, dates, each, holds, in_text, MISSING, MISSING_AMONG_NUMBERS, numbers, PLAIN_TOWNS,
    product, ROWS, table, TARGET, text_truth, TOWNS, truth, without,
)

ARROW_TYPES = {
    "seats": pa.int64(), "amount": pa.int64(), "account": pa.int64(), "share": pa.float64(), "grams": pa.float32(),
    "price": pa.decimal128(12, 2), "active": pa.bool_(), "town": pa.string(), "zip": pa.string(), "born": pa.date32(),
    "early": pa.date32(), "seen": pa.timestamp("us"), "sent": pa.timestamp("us", "UTC"),
    "local": pa.timestamp("us", "Europe/Berlin"), "tick": pa.timestamp("ns"), "opens": pa.time32("s"), "lasts": pa.duration("us"),
    "empty": pa.null(), TARGET: pa.string(),
}

def arrow_table(rows, types):
    """pyarrow's own conversions of the table, cut off where a type holds less."""
    columns = {}
    for name, kind in ARROW_TYPES.items():
        column, asked = pa.array(rows[name], type=kind), types.get(name, kind)
        if asked == pa.float64():
            # pyarrow divides decimals with an error of its own.
            column = pa.array(each(rows[name], float))
        if pa.types.is_dictionary(asked):
            column = column.dictionary_encode().cast(asked)
        elif asked != kind:
            column = column.cast(asked, safe=False)
        columns[name] = column
    return pa.table(columns)


def to_csv(settings):
    rows = table(PLAIN_TOWNS if settings["quoting_style"] == "none" else TOWNS)
    unit = settings["unit"]
    types = {"seen": pa.timestamp(unit), "sent": pa.timestamp(unit, "UTC"), "local": pa.timestamp(unit, "Europe/Berlin")}
    # pyarrow has no text for spans of time.
    frame, expected = arrow_table(rows, types).drop_columns("lasts"), without(text_truth(rows), "lasts")
    expected["seen"] = dates(rows["seen"], CUTS[unit])
    sink = pa.BufferOutputStream()
    options = {name: value for name, value in settings.items() if name not in ["unit", "compression"]}
    pyarrow.csv.write_csv(frame, sink, pyarrow.csv.WriteOptions(**options))
    return compressed(sink.getvalue().to_pybytes(), settings["compression"]), in_text(expected, settings["null_string"])


def plan_csv(files):
    draw = random.Random(3)
    core = product(
        delimiter=[",", ";", "\t", "|"], null_string=MISSING[:6] + MISSING_AMONG_NUMBERS,
        quoting_style=["needed", "all_valid", "none"], eol=["\n", "\r\n"],
    )
    for settings in core:
        settings |= {"unit": draw.choice(list(CUTS)), "compression": draw.choice([None, None, "gzip", "zstd"])}
        settings["quoting_header"] = draw.choice(["needed", "none"])
        files.plan("pyarrow csv", settings, lambda settings=settings: to_csv(settings))


TEXTS = {
    "string": pa.string(), "large": pa.large_string(), "view": pa.string_view(), "bytes": pa.binary(),
    "dictionary": pa.dictionary(pa.int8(), pa.string()), "wide dictionary": pa.dictionary(pa.int32(), pa.large_string()),
}
PARQUET_TYPES = {
    "seats": [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float16()],
    "amount": [pa.int32(), pa.int64(), pa.float64(), pa.decimal128(19, 0), pa.decimal128(30, 3)],
    "account": [pa.int64(), pa.uint64(), pa.decimal128(19, 0), pa.decimal128(30, 0)],
    "grams": [pa.float32(), pa.float16(), pa.float64()],
    "price": [pa.decimal32(9, 2), pa.decimal64(12, 2), pa.decimal128(12, 2), pa.decimal128(38, 6), pa.decimal256(60, 2), pa.float64()],
    "born": [pa.date32(), pa.date64(), pa.timestamp("ms")],
    "opens": [pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")],
    "lasts": [pa.duration(unit) for unit in CUTS],
}
PARQUET_WRITES = {
    "row_group_size": [None, 7],
    "data_page_size": [None, 64],
    "store_schema": [True, False],
    "store_decimal_as_integer": [False, True],
    "coerce_timestamps": [None, None, "ms", "us"],
    "use_deprecated_int96_timestamps": [False, False, True],
    "flavor": [None, None, "spark"],
    "write_page_checksum": [False, True],
}
ENCODINGS = {
    "none": None,
    "split": {"share": "BYTE_STREAM_SPLIT"},
    "delta": {"early": "DELTA_BINARY_PACKED", "zip": "DELTA_BYTE_ARRAY", TARGET: "DELTA_LENGTH_BYTE_ARRAY"},
}


def to_parquet(settings, types, options):
    rows, unit = table(), settings["unit"]
    zones = {"seen": None, "sent": "UTC", "local": "Europe/Berlin"}
    texts = {name: TEXTS[settings["texts"]] for name in ["town", "zip", TARGET]}
    types = types | texts | {name: pa.timestamp(unit, zone) for name, zone in zones.items()}
    frame, expected = arrow_table(rows, types), truth(rows)
    if not options["use_deprecated_int96_timestamps"] and (options["coerce_timestamps"] or options["version"] != "2.6"):
        frame, expected = frame.drop_columns("tick"), without(expected, "tick")
    coerced = "us" if options["use_deprecated_int96_timestamps"] else options["coerce_timestamps"] or "us"
    expected["seen"] = dates(rows["seen"], lambda moment: CUTS[coerced](CUTS[unit](moment)))
    if types["grams"] == pa.float16():
        expected["grams"] = numbers(each(rows["grams"], np.float16))
    a_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[types["lasts"].unit]
    expected["lasts"] = numbers(each(rows["lasts"], lambda span: span.total_seconds() * a_second), reason=COUNTS)
    if settings["encoding"] != "none":
        options = options | {"use_dictionary": False, "column_encoding": ENCODINGS[settings["encoding"]]}
    nested = {"lists": pa.array([[1, 2]] * ROWS), "structs": pa.array([{"a": 1, "b": "x"}] * ROWS)}
    if settings["nested"]:
        frame = frame.add_column(3, settings["nested"], nested[settings["nested"]])
        expected[settings["nested"]] = holds("aside", [], reason="lists and structs have no place in a table")
    sink = pa.BufferOutputStream()
    pq.write_table(frame, sink, allow_truncated_timestamps=True, **options)
    return sink.getvalue().to_pybytes(), expected


def plan_parquet(files):
    draw = random.Random(4)
    core = product(
        compression=["none", "snappy", "gzip", "zstd", "lz4"], version=["1.0", "2.4", "2.6"],
        data_page_version=["1.0", "2.0"], use_dictionary=[False, True], again=range(7),
    )
    for options in core:
        del options["again"]
        options |= {name: draw.choice(choices) for name, choices in PARQUET_WRITES.items()}
        types = {name: draw.choice(choices) for name, choices in PARQUET_TYPES.items()}
        settings = {"texts": draw.choice(list(TEXTS)), "unit": draw.choice(list(CUTS)), "encoding": draw.choice(list(ENCODINGS))}
        settings["nested"] = draw.choice([None, None, None, "lists", "structs"])
        told = options | {name: str(kind) for name, kind in types.items()} | settings
        write = lambda settings=settings, types=types, options=options: to_parquet(settings, types, options)
        files.plan("pyarrow parquet", told, write)
