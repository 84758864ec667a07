"""What polars writes."""

import random

import polars as pl

from .table import (
    COUNTS, CUTS, dates, DAY_FORMATS, days_formatted, each, formatted, in_text, infinite, microseconds, MISSING,
    MISSING_AMONG_NUMBERS, MOMENT_FORMATS, numbers, PLAIN_TOWNS, product, table, TARGET, text_truth, TOWNS, truth,
    without, written,
)


def polars_frame(rows, categorical=False, **types):
    text = pl.Categorical if categorical else pl.String
    kinds = {
        "seats": pl.UInt8, "amount": pl.Int32, "account": pl.Int64, "share": pl.Float64, "grams": pl.Float32,
        "price": pl.Decimal(12, 2), "active": pl.Boolean, "town": text, "zip": text, "born": pl.Date, "early": pl.Date,
        "seen": pl.Datetime("us"), "sent": pl.Datetime("us", "UTC"), "local": pl.Datetime("us", "Europe/Berlin"),
        "tick": pl.Datetime("ns"), "opens": pl.Time, "lasts": pl.Duration("us"), "empty": pl.Null, TARGET: text,
    } | types
    first = {name: kinds[name] if name in ["price", "grams", "share"] else None for name in kinds}
    return pl.DataFrame({name: pl.Series(name, rows[name], dtype=first[name], strict=False).cast(kinds[name]) for name in kinds})


# polars asks for chrono's names of the same things.
POLARS_EXTRAS = {
    "datetime_format": MOMENT_FORMATS,
    "date_format": DAY_FORMATS,
    "time_format": [None, "%H:%M:%S", "%H:%M", "%I:%M %p"],
    "compression": ["uncompressed", "uncompressed", "gzip", "zstd"],
    "include_bom": [False, True],
    "infinite": [False] * 19 + [True],
    "line_terminator": ["\n", "\r\n"],
    "float_scientific": [None, None, True, False],
}


def to_csv(settings):
    na, form, day_form = settings["null_value"], settings["datetime_format"], settings["date_format"]
    rows = table(PLAIN_TOWNS if settings["quote_style"] == "never" else TOWNS)
    refuse = infinite(rows) if settings["infinite"] else {}
    # polars has no text for spans of time.
    absent = ["lasts", "tick"] if form else ["lasts"]
    frame, expected = polars_frame(rows, settings["categorical"]).drop(absent), without(text_truth(rows), *absent)
    if form:
        for name in ["seen", "sent", "local"]:
            formatted(expected, rows, name, form)
    days_formatted(expected, rows, day_form)
    precision, scientific = settings["float_precision"], settings["float_scientific"]
    if precision is not None:
        show = lambda number: float(f"{number:.{precision}{'e' if scientific else 'f'}}")
        for name in ["share", "grams"]:
            expected[name] = numbers(each(rows[name], show), reason=f"written with {precision} decimals")
    options = {name: value for name, value in settings.items() if name not in ["categorical", "infinite"]}
    content = written(lambda path: frame.write_csv(path, **options, check_extension=False))
    return content, in_text(expected, na) | refuse


def plan_csv(files):
    draw = random.Random(2)
    core = product(
        separator=[",", ";", "\t", "|"], decimal_comma=[False, True], null_value=MISSING[:6] + MISSING_AMONG_NUMBERS,
        quote_style=["necessary", "always", "non_numeric", "never"], float_precision=[None, 3], categorical=[False],
    )
    for settings in core:
        settings |= {name: draw.choice(choices) for name, choices in POLARS_EXTRAS.items()}
        if settings["decimal_comma"] and settings["float_precision"] is None:
            # polars 2.1.0 writes the cells above once more in front of each.
            settings["float_scientific"] = None
        if settings["separator"] == "," and settings["quote_style"] in ["never", "necessary"]:
            # polars sees no need for quotes around a date with a comma, and the rows fall apart.
            for name in ["date_format", "datetime_format"]:
                settings[name] = None if "," in str(settings[name]) else settings[name]
        if settings["separator"] == "," and settings["quote_style"] == "never":
            if settings["decimal_comma"]:
                continue
        files.plan("polars csv", settings, lambda settings=settings: to_csv(settings))


POLARS_TYPES = {
    "seats": [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64],
    "amount": [pl.Int32, pl.Int64, pl.Float64, pl.Decimal(12, 0)],
    "account": [pl.Int64, pl.UInt64, pl.Decimal(20, 0)],
    "price": [pl.Decimal(12, 2), pl.Decimal(38, 4), pl.Float64],
    "seen": [pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ns")],
    "local": [pl.Datetime("ms", "Europe/Berlin"), pl.Datetime("ns", "Europe/Berlin")],
}


def to_parquet(settings, types):
    rows = table()
    refuse = infinite(rows) if settings["gaps"] == "infinite" else {}
    frame, expected = polars_frame(rows, settings["categorical"], **types), truth(rows)
    expected["seen"] = dates(rows["seen"], CUTS[types["seen"].time_unit])
    expected["lasts"] = numbers(each(rows["lasts"], microseconds), reason=COUNTS)
    if settings["gaps"] == "NaN":
        frame = frame.with_columns(pl.col("share").fill_null(float("nan")))
    options = {name: settings[name] for name in ["compression", "statistics", "row_group_size", "data_page_size"]}
    return written(lambda path: frame.write_parquet(path, **options)), expected | refuse


def plan_parquet(files):
    draw = random.Random(5)
    core = product(
        compression=["uncompressed", "snappy", "gzip", "zstd", "lz4"], statistics=[True, False], categorical=[False, True],
        row_group_size=[None, 7], data_page_size=[None, 64], gaps=["null", "NaN", "infinite"],
    )
    for settings in core:
        types = {name: draw.choice(kinds) for name, kinds in POLARS_TYPES.items()}
        told = settings | {name: str(kind) for name, kind in types.items()}
        files.plan("polars parquet", told, lambda settings=settings, types=types: to_parquet(settings, types))
