"""The part of the bench about many certificates: `adr cert issue --batch` beside the floor under it and its peers."""

import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
JOBS = [1, 2]
# So many certificates the peers are measured over: their rate does not depend on it.
PEER_COUNT = 2000


class Run:
    """One contestant: its rates, certificates in a second of wall time, and what one cost in processor time."""

    def __init__(self, name, count):
        self.name = name
        self.count = count
        self.rates = []
        self.cpus = []
        self.peak = 0

    @property
    def rate(self):
        return statistics.median(self.rates)

    @property
    def cpu(self):
        """Microseconds of processors for one certificate."""
        return statistics.median(self.cpus)

    def run(self, words, environment, output, errors):
        words = [str(word) for word in words]
        # What those before have left to be written is not this one's.
        os.sync()
        with open(output, "wb") as out, open(errors, "wb") as log:
            start = time.perf_counter_ns()
            process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=log)
            watch = threading.Thread(target=self.watch, args=(process.pid,))
            watch.start()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter_ns() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            watch.join()
        if process.returncode != 0:
            text = pathlib.Path(errors).read_text(errors="replace").strip()
            raise RuntimeError(f"{self.name} failed with status {process.returncode}: {shlex.join(words)[:500]}\n{text}")
        self.rates.append(self.count * 1e9 / wall)
        self.cpus.append((usage.ru_utime + usage.ru_stime) * 1e6 / self.count)

    def watch(self, pid):
        """Resident memory, at its highest: the kernel keeps the mark of the program itself, without who started it."""
        while True:
            try:
                found = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
            except OSError:
                return
            if not found:
                return
            self.peak = max(self.peak, int(found.group(1)))
            time.sleep(0.02)


class Bulk:
    def __init__(self, bench):
        self.bench = bench
        self.count = bench.options.bulk_count
        self.folder = bench.scratch / "bulk"
        self.folder.mkdir()
        self.runs = {}

    def prepare(self):
        bench = self.bench
        flags = bench.call(bench.program("pkg-config"), "--cflags", "--libs", "openssl").split()
        compiler = bench.program(os.environ.get("CC", "cc"))
        for name in ["bulk", "requests"]:
            bench.call(
                compiler, "-O2", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-pthread", "-o", self.folder / f"{name}-program",
                HERE / f"{name}.c", *flags)
        self.pems = self.folder / "pem"
        self.pems.mkdir()
        self.requests = self.folder / "requests.jsonl"
        self.peer_count = min(self.count, PEER_COUNT)
        self.requests.write_text(
            bench.call(self.folder / "requests-program", self.count, self.peer_count, self.pems))
        # Lines and files of the C program are as long as adr's are.
        self.new_store()
        self.adr("adr", 1, [], "calibration", count=1)
        ledger = self.store_folder() / "ledger" / "00000001.jsonl"
        self.line_bytes = len(ledger.read_bytes().splitlines()[-1]) + 1
        self.file_bytes = next((self.store_folder() / "devices").glob("*/*.json")).stat().st_size
        self.runs = {}

    def store_folder(self):
        return self.folder / "store" / "groups" / "default" / "namespaces" / "factory"

    def new_store(self):
        shutil.rmtree(self.folder / "store", ignore_errors=True)
        self.environment = {**self.bench.environment, "ADR_HOME": str(self.folder / "store")}
        saved = self.bench.environment
        self.bench.environment = self.environment
        try:
            self.bench.prepare_store()
        finally:
            self.bench.environment = saved

    def run(self, name, words, count=None):
        count = count or self.count
        run = self.runs.setdefault(name, Run(name, count))
        run.run(words, self.environment, self.folder / "out", self.folder / "errors")
        return run

    def adr(self, name, jobs, more, key=None, count=None):
        requests = self.requests
        if count:
            requests = self.folder / "some.jsonl"
            requests.write_text("".join(self.requests.read_text().splitlines(True)[:count]))
        return self.run(
            key or f"{name}, {jobs}",
            [self.bench.adr, "cert", "issue", "--namespace", "factory", "--policy-name", "default", "--batch", requests,
             "--jobs", jobs, *more], count)

    def floor(self, name, jobs, folder):
        self.run(
            f"{name}, {jobs}",
            [self.folder / "bulk-program", self.bench.key, self.requests, folder, jobs, self.line_bytes,
             self.file_bytes])

    def round(self, number):
        for jobs in JOBS if number % 2 == 0 else JOBS[::-1]:
            journal = self.folder / "journal"
            shutil.rmtree(journal, ignore_errors=True)
            journal.mkdir()
            self.new_store()
            steps = [
                [lambda: self.adr("adr", jobs, []), lambda: self.floor("C program", jobs, journal)],
                [lambda: self.adr("adr, known", jobs, ["--reissue"]),
                 lambda: self.floor("C program, known", jobs, journal)],
                [lambda: self.floor("verify and sign alone", jobs, "-")],
            ]
            for step in steps:
                for run in step if number % 2 == 0 else step[::-1]:
                    run()

    def peers(self):
        bench = self.bench
        count = self.peer_count
        for path in [bench.scratch / "index.txt", bench.scratch / "index.txt.attr"]:
            path.write_text("unique_subject = no\n" if path.suffix == ".attr" else "")
        pems = sorted(str(path) for path in self.pems.iterdir())
        self.run(
            "openssl ca -infiles",
            [bench.openssl, "ca", "-batch", "-notext", "-config", bench.ca_config, "-infiles", *pems], count)
        # The script's libcrypto has to be the one all others here use; wheels bring another, with a faster P-384.
        script = [HERE / "issue_many.py", bench.key, bench.certificate, self.requests, self.folder / "many.pem", count]
        wanted = bench.call(bench.openssl, "version").split()[:2]
        for name in ["/usr/bin/python3", "python3"]:
            version = self.pyca_version(name)
            if version is None:
                continue
            same = version.split()[:2] == wanted
            title = "pyca script" if same else f"pyca script over {' '.join(version.split()[:2])}"
            if title not in self.runs:
                self.run(title, [shutil.which(name), *script], count)

    def pyca_version(self, name):
        probe = ("from cryptography.hazmat.backends.openssl import backend\nprint(backend.openssl_version_text())")
        try:
            done = subprocess.run(
                [name, "-c", probe], env=self.bench.environment, capture_output=True, text=True, check=False)
        except OSError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    def times(self, jobs):
        """Where adr's time goes, of a run of its own: the clocks cost something."""
        self.new_store()
        run = self.adr("adr", jobs, ["--debug"], "clocked")
        found = re.findall(r"^INFO: (\w+) (\d+) µs$", (self.folder / "errors").read_text(), re.M)
        return [(name, int(time) / self.count) for name, time in found], run

    def table(self):
        print(f"\n{self.count} certificates, median of {self.bench.options.bulk_rounds} rounds"
              f"{'per second':>22}{'CPU µs':>9}{'peak MB':>9}")
        for run in self.runs.values():
            print(f"  {run.name:<46}{run.rate:>18.0f}{run.cpu:>9.0f}{run.peak / 1024:>9.1f}")

    def targets(self, at_least):
        rate = lambda name: self.runs[name].rate
        for jobs in JOBS:
            text = f"{jobs} job{'s' if jobs > 1 else ''}"
            at_least(f"new devices, {text}, of the rate of the C program",
                     rate(f"adr, {jobs}") / rate(f"C program, {jobs}"), 0.92)
            at_least(f"known devices, {text}, of the rate of the C program",
                     rate(f"adr, known, {jobs}") / rate(f"C program, known, {jobs}"), 0.90)
            bare = rate(f"verify and sign alone, {jobs}")
            print(f"  beside  verify and sign alone, {text}: new {rate(f'adr, {jobs}') / bare:.2f}, known "
                  f"{rate(f'adr, known, {jobs}') / bare:.2f}, C program {rate(f'C program, {jobs}') / bare:.2f}")
            cpu = lambda name: self.runs[f"{name}, {jobs}"].cpu
            print(f"  beside  the same by processor time: new {cpu('C program') / cpu('adr'):.2f} of the C program, "
                  f"known {cpu('C program, known') / cpu('adr, known'):.2f}")
        for peer in ["openssl ca -infiles", "pyca script"]:
            if peer in self.runs:
                at_least(f"new devices, 1 job, times the rate of {peer}", rate("adr, 1") / rate(peer), 1)
        peak = max(run.peak for run in self.runs.values() if run.name.startswith("adr")) / 1024
        print(f"  {'OK' if peak < 100 else 'MISSED':<7} resident memory under 100 MB: {peak:.1f} MB")


def compare(bench, at_least):
    bulk = Bulk(bench)
    bulk.prepare()
    for number in range(bench.options.bulk_rounds):
        bulk.round(number)
    bulk.peers()
    bulk.table()
    for jobs in JOBS:
        times, _ = bulk.times(jobs)
        total = sum(time for name, time in times if name != "waiting")
        print(f"\nwhere adr's time goes, {jobs} job{'s' if jobs > 1 else ''}, µs of processors for each")
        for name, time in times:
            part = "the writer, for the disk and its turn" if name == "waiting" else f"{time / total:>6.1%}"
            print(f"  {name:<14}{time:>9.1f}   {part}")
    print("\ntargets for many certificates, by the medians of this run")
    bulk.targets(at_least)
