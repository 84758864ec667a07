"""Speed of training: wellfit beside the systems a user would pick instead, on the same networks, rows and steps.

usage: compare.py [--wellfit PATH] [--rounds 5] [--workload NAME]... [--peers a,b] [--grid] [--out [FILE]]

Needs numpy and whichever peers are to be measured (torch, jax, scikit-learn); nothing is installed, and a peer that
cannot be imported is named as missing. In each round every system runs once on each workload, each in a process of its
own and never two at a time, so that noise of the machine hits all alike. A run is an epoch of warm-up (which also
compiles), then three timed epochs, whose median counts. Give the machine nothing else to do.
"""
import argparse, collections, dataclasses, datetime, importlib.metadata, importlib.util, json, math, os, pathlib
import platform, re, shlex, signal, statistics, subprocess, sys
from peers import PEERS, WORKLOADS, cores

PRECISIONS = ("f32", "bf16")
BUILT = str(pathlib.Path(__file__).resolve().parents[1] / "target" / "release" / "wellfit")
PEERS_SCRIPT = pathlib.Path(__file__).with_name("peers.py")


class Failed(Exception):
    pass


def output_of(command, timeout):
    """What a process prints; it and the processes it started are ended if it takes too long."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True, env=environment)
    except OSError as error:
        raise Failed(str(error)) from error
    try:
        out, complaint = process.communicate(timeout=timeout)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise Failed(f"not done after {timeout} s") from error
        raise
    if process.returncode:
        last = complaint.strip().splitlines()[-1:] or ["no message"]
        raise Failed(f"exit code {process.returncode}: {last[0][:160]}")
    return out


def measure(system, name, wellfit, timeout):
    """Samples a second and, of wellfit, the machine's peak."""
    try:
        if system in PEERS:
            answer = output_of([sys.executable, str(PEERS_SCRIPT), system, name], timeout)
            return json.loads(answer.splitlines()[-1])["samples_per_second"], None
        precision = system.split()[1]
        answer = output_of([wellfit, "bench", "--workload", name, "--precision", precision, "--json"], timeout)
        report = json.loads(answer)
        entry = next(entry for entry in report["workloads"] if entry["name"] == name)
        return entry["samples_per_second"], report["peak_gflops"]
    except (ValueError, LookupError, StopIteration) as error:
        raise Failed(f"its output was not understood: {error!r}") from error


@dataclasses.dataclass
class Results:
    """What the rounds gave, under (workload, system)."""
    speeds: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))
    failures: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))
    peaks: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))  # under wellfit's precision

    def median(self, name, system):
        speeds = self.speeds.get((name, system))
        return statistics.median(speeds) if speeds else None

    def peak(self, precision):
        peaks = self.peaks.get(precision)
        return statistics.median(peaks) if peaks else None


def all_rounds(plan, options):
    """`plan`: the systems of each workload. Ctrl-C ends the rounds, not the report."""
    results = Results()
    try:
        for turn in range(1, options.rounds + 1):
            for name, systems in plan.items():
                for system in systems:
                    label = f"round {turn}/{options.rounds} {name} {system}"
                    try:
                        speed, peak = measure(system, name, options.wellfit, options.timeout)
                    except Failed as failure:
                        results.failures[name, system].append(str(failure))
                        print(f"{label}: failed, {failure}", file=sys.stderr, flush=True)
                        continue
                    results.speeds[name, system].append(speed)
                    if peak is not None:
                        results.peaks[system.split()[1]].append(peak)
                    print(f"{label}: {speed:,.0f} samples/s", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("interrupted; what follows is what was measured", file=sys.stderr)
    return results


def precision_of(system):
    return PEERS[system][1] if system in PEERS else system.split()[1]


def ratio(above, below):
    return f"{above / below:.2f}" if above and below else "–"


def table(name, systems, results):
    operations = WORKLOADS["tiny" if name == "grid" else name].operations_a_row
    plain, short = (results.median(name, f"wellfit {precision}") for precision in PRECISIONS)
    yield ("| system | samples/s | GFLOP/s | share of peak | wellfit f32 / it | wellfit bf16 / it "
           "| min–max samples/s (runs) |\n|---|---|---|---|---|---|---|")
    for system in systems:
        speeds, failures = results.speeds.get((name, system), []), results.failures.get((name, system), [])
        failed = f"failed {len(failures)} of {len(failures) + len(speeds)}: {failures[-1]}" if failures else ""
        if not speeds:
            yield f"| {system} | {failed or 'not run'} | | | | | |"
            continue
        median, peak = statistics.median(speeds), results.peak(precision_of(system))
        gflops = median * operations / 1e9
        share = f"{gflops / peak:.0%}" if peak else "–"
        spread = f"{min(speeds):,.0f}–{max(speeds):,.0f} ({len(speeds)})" + (f"; {failed}" if failed else "")
        ratios = f"{ratio(plain, median)} | {ratio(short, median)}"
        yield f"| {system} | {median:,.0f} | {gflops:.1f} | {share} | {ratios} | {spread} |"


def best_peer(name, systems, results, precisions):
    """Its median speed and its name."""
    peers = [system for system in systems if system in PEERS and precision_of(system) in precisions]
    medians = [(results.median(name, peer), peer) for peer in peers]
    return max((pair for pair in medians if pair[0]), default=(None, "none"))


def summary(plan, results):
    """The ratios of each workload, then their geometric mean; the grid has one peer only and is left out of it."""
    ratios = []
    for name, systems in plan.items():
        ours = {precision: results.median(name, f"wellfit {precision}") for precision in PRECISIONS}
        (plain, plain_peer), (best, peer) = (best_peer(name, systems, results, some) for some in (["f32"], PRECISIONS))
        yield (f"- {name}: wellfit f32 / best f32 peer ({plain_peer}) **{ratio(ours['f32'], plain)}**; "
               f"wellfit bf16 / best peer of any precision ({peer}) **{ratio(ours['bf16'], best)}**")
        fastest = max((speed for speed in ours.values() if speed), default=None)
        if name in WORKLOADS and fastest and best:
            ratios.append(fastest / best)
    if ratios:
        yield (f"- geometric mean over {len(ratios)} workloads, wellfit's faster precision over the best peer of any "
               f"precision: **{math.exp(statistics.fmean(map(math.log, ratios))):.2f}**")


def processor():
    """Its name, and which of the instructions that matter it has."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine(), "unknown"
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    flags = set((re.search(r"^flags\s*:\s*(.+)$", text, re.M) or [""])[0].split())
    present = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in flags]
    return model[1].strip() if model else platform.machine(), ", ".join(present) or "none of avx2, avx512f, avx512_bf16"


def versions(wellfit):
    try:
        yield output_of([wellfit, "--version"], 60).strip()
    except Failed as failure:
        yield f"wellfit ({failure})"
    yield f"Python {platform.python_version()}"
    for package in ("numpy", "torch", "jax", "scikit-learn"):
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"no {package}"


def circumstances(title, wellfit):
    """The head of a report: what else decides its figures."""
    model, instructions = processor()
    yield f"# {title}, {datetime.date.today()}\n"
    yield f"- Machine: {model}, {cores()} cores; {instructions}; {platform.platform()}"
    yield f"- Load average at start: {', '.join(f'{load:.2f}' for load in os.getloadavg())}"
    yield f"- Versions: {', '.join(versions(wellfit))}"
    yield f"- Command: `{shlex.join(['python3', *sys.argv])}`"


def default_record(ending=""):
    slug = re.sub(r"[^a-z0-9]+", "-", processor()[0].lower()).strip("-")
    return pathlib.Path(__file__).parent / "runs" / f"{datetime.date.today()}-{slug}{ending}.md"


def publish(lines, file):
    report = "\n".join(lines) + "\n"
    print(report, end="")
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wellfit", default=BUILT, metavar="PATH", help="the binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workload", action="append", choices=WORKLOADS, help="may be repeated; all without")
    parser.add_argument("--peers", default=",".join(PEERS), help="separated by commas; empty for none")
    parser.add_argument("--grid", action="store_true", help="also 64 networks, against scikit-learn's GridSearchCV")
    parser.add_argument("--timeout", type=float, default=600, help="seconds a process may take")
    parser.add_argument("--out", nargs="?", type=pathlib.Path, const=default_record(),
                        help="write the report here too; benchmarks/runs/<date>-<machine>.md without a name")
    options = parser.parse_args()
    asked = [peer for peer in options.peers.split(",") if peer]
    if unknown := [peer for peer in asked if peer not in PEERS]:
        parser.error(f"no such peer: {', '.join(unknown)} (there are {', '.join(PEERS)})")
    present = [peer for peer in asked if importlib.util.find_spec(PEERS[peer][0])]
    ours = [f"wellfit {precision}" for precision in PRECISIONS]
    plan = {name: [*ours, *present] for name in options.workload or WORKLOADS}
    if options.grid:
        plan["grid"] = [*ours, *(peer for peer in present if peer == "sklearn")]

    missing = [peer for peer in asked if peer not in present]
    lines = list(circumstances("Speed of training", options.wellfit))
    lines.append(f"- Not measured, as not importable: {', '.join(missing) or 'none'}")
    lines.append("- Adam at 0.001, shuffled rows, dropout but for scikit-learn, which has none; peers use all cores\n")
    results = all_rounds(plan, options)
    peaks = [f"{precision} {peak:.0f}" for precision in PRECISIONS if (peak := results.peak(precision))]
    lines.append(f"Medians over rounds ({options.rounds} asked for). "
                 f"Peak that wellfit measured, in GFLOP/s: {', '.join(peaks) or 'unknown'}.\n")
    for name, systems in plan.items():
        lines += [f"## {name}\n", *table(name, systems, results), ""]
    lines += ["## Ratios\n", *summary(plan, results)]
    publish(lines, options.out)


if __name__ == "__main__":
    main()
