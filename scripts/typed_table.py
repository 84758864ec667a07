#!/usr/bin/env python3
"""Writes one typed table with pandas, polars, DuckDB and pyarrow, in every dialect that they have:

    scripts/typed_table.py OUT [--sample N]

OUT/truth.json says of each file who wrote it, with which settings, and for each column what it holds: computed from the table
and the settings, never from the file. `--sample N` writes N of the files, of every writer as many.

The sample in crates/wellfit/tests/fixtures/typed_table, --sample 23, was written by pandas 3.1.1, polars 2.1.0, duckdb 2.0.1
and pyarrow 26.0.1.
"""

import argparse
import hashlib
import json
import pathlib
import random

from typed import by_duckdb, by_pandas, by_polars, by_pyarrow
from typed.table import TARGET

LONGEST_OF_SAMPLE = 15_600


class Files:
    def __init__(self, folder, sample):
        self.folder, self.sample = folder, sample
        self.plans, self.columns, self.places, self.files, self.seen = {}, [], {}, [], set()

    def plan(self, writer, settings, write):
        """`write` returns the file's bytes and what they hold."""
        self.plans.setdefault(writer, []).append((settings, write))

    def write(self):
        for number, (writer, plans) in enumerate(self.plans.items()):
            wanted = len(plans)
            if self.sample:
                wanted = self.sample // len(self.plans) + (number < self.sample % len(self.plans))
                random.Random(number).shuffle(plans)
            before = len(self.files)
            for settings, write in plans:
                if len(self.files) - before < wanted:
                    self.add(writer, settings, *write())
        lines = ["{", f'"target": "{TARGET}",', '"columns": [', ",\n".join(self.columns), "],", '"files": [']
        lines += [",\n".join(json.dumps(file, ensure_ascii=False) for file in self.files), "]", "}"]
        (self.folder / "truth.json").write_text("\n".join(lines) + "\n")
        return len(self.files)

    def add(self, writer, settings, content, expected):
        digest = hashlib.sha256(content).hexdigest()
        if digest in self.seen or self.sample and len(content) > LONGEST_OF_SAMPLE:
            return
        self.seen.add(digest)
        kind = "parquet" if content[:4] == b"PAR1" else "csv"
        file = f"{writer.split()[0]}-{len(self.files):04}.{kind}"
        (self.folder / file).write_bytes(content)
        places = {name: self.place(column) for name, column in expected.items()}
        told = {key: value for key, value in settings.items() if value is not None}
        self.files.append({"file": file, "writer": writer, "settings": str(told), "columns": places})

    def place(self, column):
        line = json.dumps(column, ensure_ascii=False)
        if line not in self.places:
            self.places[line] = len(self.columns)
            self.columns.append(line)
        return self.places[line]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--sample", type=int)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    files = Files(asked.out, asked.sample)
    for writer in [by_pandas, by_polars, by_duckdb, by_pyarrow]:
        writer.plan_csv(files)
        writer.plan_parquet(files)
    print(f"{files.write()} files")


if __name__ == "__main__":
    main()
