"""The table: its values, what a file holds of them, and ways to write them that several libraries share."""

import datetime as dt
import gzip
import itertools
import pathlib
import random
import tempfile
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

ROWS = 60
BERLIN = ZoneInfo("Europe/Berlin")
EPOCH = dt.datetime(1970, 1, 1)
TARGET = "grade"

PLAIN_TOWNS = ["rot", "grün", "blau", "NA", "O'Neil", "Ägypten €", "weiß"]
TOWNS = PLAIN_TOWNS + ["", "grün, hell", '"zitiert"', 'ein "Zitat", mittendrin', "zwei\nZeilen", "semi;kolon", "tab\tda", "rohr|da"]


def table(towns=TOWNS):
    draw = random.Random(1970)
    day = lambda: dt.date(1965, 1, 1) + dt.timedelta(days=draw.randrange(22_000))
    moment = lambda: dt.datetime(1990, 1, 1) + dt.timedelta(seconds=draw.randrange(1_100_000_000))
    shares = [0.1 + 0.2, 1 / 3, -2 / 3, 1e-7, 123_456.789, -1.5e10, 6.02214076e23, 0.5, 1234.5, 2.5e-9, 0.0]
    early = [dt.date(2000 + i, 1 + 5 * i % 12, 1 + 7 * i % 12) for i in range(10)]
    makers = {
        "seats": lambda: draw.randrange(41),
        "amount": lambda: draw.choice([draw.randrange(-999, 999), draw.randrange(1_000, 99_999), 1_234_567]),
        "account": lambda: 9_007_199_254_740_993 + 1_234_568 * draw.randrange(8),
        "share": lambda: draw.choice([draw.random(), draw.gauss(0, 1e3), draw.choice(shares)]),
        "grams": lambda: float(np.float32(draw.gauss(20, 9))),
        "price": lambda: Decimal(draw.randrange(-50_000, 5_000_000)) / 100,
        "active": lambda: draw.random() < 0.6,
        "town": lambda: draw.choice(towns),
        "zip": lambda: f"{draw.choice([501, 10115, 2108, 80331, 7]):05}",
        "born": day,
        "early": lambda: draw.choice(early),
        # Before 1970 whole seconds, so that no rounding of negative counts is asked for.
        "seen": lambda: draw.choice([moment() + dt.timedelta(microseconds=draw.randrange(10**6)), moment(),
                                     dt.datetime(1969, 12, 31, 23, 59, 58)]),
        "sent": lambda: moment().replace(tzinfo=dt.timezone.utc),
        "local": lambda: moment().replace(tzinfo=dt.timezone.utc).astimezone(BERLIN),
        # Nanoseconds since 1970.
        "tick": lambda: draw.randrange(631_152_000 * 10**9, 1_700_000_000 * 10**9),
        "opens": lambda: dt.time(6 + draw.randrange(12), draw.choice([0, 30])),
        "lasts": lambda: dt.timedelta(minutes=15 * draw.randrange(1, 12)),
        TARGET: lambda: draw.choice(["low", "mid", "high"]),
    }
    columns = {}
    for name, make in makers.items():
        cells = [make() for _ in range(ROWS)]
        share = 0.03 if name == TARGET else 0.12
        gaps = set(draw.sample(range(ROWS), 2)) | {row for row in range(ROWS) if draw.random() < share}
        columns[name] = [None if row in gaps else cell for row, cell in enumerate(cells)]
    columns["empty"] = [None] * ROWS
    columns["price"] = each(columns["price"], lambda price: price.quantize(Decimal("0.01")))
    return columns


def each(cells, change):
    return [None if cell is None else change(cell) for cell in cells]


def gaps_of(cells):
    return [cell is None for cell in cells]


def holds(kind, values, **more):
    return {"kind": kind, "values": values, **more}


def numbers(cells, **more):
    return holds("numeric", each(cells, float), **more)


def seconds(moment):
    """Seconds since 1970; of a zoned moment by UTC."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.timezone.utc).replace(tzinfo=None)
    return (moment - EPOCH) // dt.timedelta(microseconds=1) / 1e6


def dates(cells, cut=lambda moment: moment, **more):
    return holds("datetime", each(cells, lambda cell: seconds(cut(cell))), **more)


def words(cells, **more):
    """Texts of which each is one value, spelled as it is."""
    return holds("categorical", cells, **more)


def labels(cells, reason):
    """Texts in the writer's own spelling: the same cell where these are the same."""
    return holds("labels", each(cells, str), reason=reason)


def time_of_day(time):
    return time.hour * 3600 + time.minute * 60 + time.second


def infinite(rows):
    """Puts an infinite number into the table; returns what that leads to."""
    rows["share"][20:22] = [float("inf"), 1.5]
    return {"share": holds("refused", [], reason="infinite")}


def truth(rows):
    """What a file with types and full precision holds."""
    return {
        "seats": numbers(rows["seats"]),
        "amount": numbers(rows["amount"]),
        "account": words(each(rows["account"], str), reason="whole numbers beyond 2^53 that repeat"),
        "share": numbers(rows["share"]),
        "grams": numbers(rows["grams"], precision="f32"),
        "price": numbers(rows["price"]),
        "active": holds("boolean", each(rows["active"], lambda cell: str(cell).lower())),
        "town": words(each(rows["town"], lambda town: town or None), reason="an empty text is missing"),
        "zip": words(rows["zip"]),
        "born": dates(rows["born"]),
        "early": dates(rows["early"]),
        "seen": dates(rows["seen"]),
        "sent": dates(rows["sent"]),
        "local": dates(rows["local"]),
        "tick": holds("datetime", each(rows["tick"], lambda tick: tick / 10**9)),
        "opens": numbers(each(rows["opens"], time_of_day)),
        "lasts": numbers(each(rows["lasts"], lambda span: span.total_seconds())),
        "empty": holds("aside", [], reason="no value in any row"),
        TARGET: holds("target", rows[TARGET]),
    }


# Words for a missing cell: those of the first line everywhere, the others among numbers, dates and answers alone.
MISSING = ["", "NA", "NaN", "null", "NULL", "\\N", "<NA>", "#N/A"]
MISSING_AMONG_NUMBERS = ["None", "-"]


def in_text(expected, na):
    """What becomes of texts and missing cells in a file without types."""
    for name, column in expected.items():
        gaps = column.pop("gaps", [])
        if name == "town":
            column["values"] = each(column["values"], lambda town: None if town == "NA" else town)
            column["reason"] = "NA and an empty cell are missing in a file without types"
        if na in MISSING_AMONG_NUMBERS and gaps:
            column["values"] = [na if is_gap else cell for cell, is_gap in zip(column["values"], gaps)]
            column["reason"] = f"among texts {na} is a word"
    return expected


def without(expected, *names):
    """For columns that are not in the file."""
    return {name: column for name, column in expected.items() if name not in names}


def text_truth(rows):
    expected = truth(rows)
    for name in ["town", TARGET]:
        expected[name]["gaps"] = gaps_of(rows[name])
    return expected


# --- Files.


def product(**settings):
    return [dict(zip(settings, values)) for values in itertools.product(*settings.values())]


def compressed(content, by):
    if by == "gzip":
        return gzip.compress(content, mtime=0)
    return content if by is None else pa.compress(content, codec=by, asbytes=True)


def written(write):
    """The bytes that `write` leaves at a path."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "file"
        write(path)
        return path.read_bytes()


# Ways to write a moment by strftime: what is cut off, whether day and month can be mistaken.
whole = lambda moment: moment.replace(microsecond=0)
minute = lambda moment: moment.replace(second=0, microsecond=0)
of_day = lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0)
of_two_digits = lambda day: day.replace(year=day.year + 100) if day.year < 1969 else day  # as POSIX reads them
FORMATS = {
    "%Y-%m-%dT%H:%M:%S": (whole, False),
    "%Y-%m-%dT%H:%M:%S.%fZ": (lambda moment: moment, False),
    "%Y-%m-%d %H:%M": (minute, False),
    "%Y/%m/%d %H:%M:%S": (whole, False),
    "%d.%m.%Y %H:%M:%S": (whole, False),
    "%d.%m.%y %H:%M": (lambda moment: of_two_digits(minute(moment)), False),
    "%d-%b-%Y %H:%M:%S": (whole, False),
    "%a, %d %b %Y %H:%M:%S GMT": (whole, False),
    "%B %d, %Y %H:%M": (minute, False),
    "%m/%d/%Y %I:%M:%S %p": (whole, True),
    "%d/%m/%Y %H:%M:%S": (whole, True),
    "%d-%m-%Y %H:%M": (minute, True),
    "%m/%d/%Y": (of_day, True),
    "%Y%m%d": (of_day, False),
    "%Y%m%dT%H%M%S": (whole, False),
}


def open_dates(rows):
    early = labels(rows["early"], "no cell says which number is the day, and the dates stay texts")
    return early | {"gaps": gaps_of(rows["early"])}


def midnight(day):
    return dt.datetime.combine(day, dt.time())


def formatted(expected, rows, name, form):
    """A column of dates or moments in a format of strftime, as the clock on the wall shows them."""
    cut, open_order = FORMATS[form]
    wall = each(rows[name], lambda cell: cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else midnight(cell))
    reason = {"reason": f"written as {form}"}
    expected[name] = open_dates(rows) if open_order and name == "early" else dates(wall, cut, **reason)


MOMENT_FORMATS = [None] * 5 + list(FORMATS)
DAY_FORMATS = [None, None, "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%b-%y", "%Y%m%d", "%B %d, %Y"]


def days_formatted(expected, rows, form):
    if form == "%d-%b-%y":
        expected["born"] = dates(rows["born"], of_two_digits, reason="two digits of a year")
    if form in ["%m/%d/%Y", "%d/%m/%Y"]:
        expected["early"] = open_dates(rows)
# What a unit of time cuts off.
CUTS = {
    "s": whole,
    "ms": lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000),
    "us": lambda moment: moment,
    "ns": lambda moment: moment,
}
COUNTS = "Parquet knows no spans of time, the file holds counts"


def microseconds(span):
    return span // dt.timedelta(microseconds=1)
