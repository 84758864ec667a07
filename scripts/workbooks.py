#!/usr/bin/env python3
"""Writes the workbooks that tests of the Excel reader read: scripts/workbooks.py FOLDER

Those in crates/wellfit/tests/fixtures/excel were written by openpyxl 3.1.5.
"""

import datetime
import sys
from pathlib import Path

import openpyxl

HEADER = ["number", "word", "truth", "day", "moment", "time", "span", "typed", "y"]


def rows():
    """40 rows of every kind of cell."""
    for i in range(40):
        day = datetime.date(2024, 1, 1) + datetime.timedelta(days=7 * i)
        yield [
            i * i % 17 + 0.5,
            ["red", "green", "blue"][i % 3],
            i % 4 == 0,
            day,
            datetime.datetime(day.year, day.month, day.day, i % 24, 30, i % 60),
            datetime.time(i % 24, 15),
            datetime.timedelta(hours=3 * i, minutes=5),
            "NA" if i % 10 == 3 else (str(i % 7) if i % 2 else i % 7),
            ["no", "yes"][i * 7 % 5 % 2],
        ]


def text(cell):
    """A cell as CSV has it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime.timedelta):
        return str(int(cell.total_seconds()))
    if isinstance(cell, datetime.time):
        return str(cell.hour * 3600 + cell.minute * 60)
    return str(cell)


def book(epoch=None):
    workbook = openpyxl.Workbook()
    fixed = datetime.datetime(2026, 1, 1)
    workbook.properties.created = workbook.properties.modified = fixed
    if epoch is not None:
        workbook.epoch = epoch
    return workbook, workbook.active


def fill(sheet, table, row=1, column=1):
    for r, cells in enumerate(table):
        for c, cell in enumerate(cells):
            if cell is not None:
                written = sheet.cell(row + r, column + c, cell)
                if isinstance(cell, datetime.timedelta):
                    written.number_format = "[h]:mm:ss"


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = [HEADER, *rows()]
    lines = [",".join(text(cell) for cell in cells) for cells in table]
    (folder / "table.csv").write_text("\n".join(lines) + "\n")

    workbook, sheet = book()
    fill(sheet, table)
    workbook.save(folder / "table.xlsx")

    workbook, sheet = book(openpyxl.utils.datetime.CALENDAR_MAC_1904)
    fill(sheet, table)
    workbook.save(folder / "since_1904.xlsx")

    # The table is not the first sheet, stands away from A1, has blank rows and a formatted row below it.
    workbook, sheet = book()
    sheet.title = "empty"
    sheet = workbook.create_sheet("data")
    fill(sheet, table[:20], row=4, column=3)
    fill(sheet, table[20:], row=26, column=3)
    for column in range(3, 12):
        sheet.cell(60, column).font = openpyxl.styles.Font(bold=True)
    fill(workbook.create_sheet("notes"), [["made by hand"]])
    fill(workbook.create_sheet("old"), table[:3])
    hidden = workbook.create_sheet("hidden", 0)
    fill(hidden, [["a"], [1]])
    hidden.sheet_state = "hidden"
    workbook.save(folder / "elsewhere.xlsx")

    # Names that are numbers, an index without a name, errors among numbers, empty cells.
    workbook, sheet = book()
    odd = [[None, 2020, 2021.5, "gaps", "y"]]
    for i in range(40):
        wrong = "#DIV/0!" if i % 9 == 4 else ("#N/A" if i % 9 == 5 else i * 0.25)
        odd.append([i, i * 3 % 11, wrong, None if i % 5 == 2 else i * 7 % 13, ["no", "yes"][i % 2]])
    fill(sheet, odd)
    workbook.save(folder / "odd.xlsx")


if __name__ == "__main__":
    main(sys.argv[1])
