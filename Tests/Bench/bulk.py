"""The part of the bench about many certificates: `adr cert issue --batch` beside the floor under it and its peers."""

import os
import pathlib
import random
import re
import select
import shlex
import shutil
import signal
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
JOBS = [1, 2]
# So many certificates the peers are measured over: their rate does not depend on it.
PEER_COUNT = 2000
# What adr is called there.
BESIDE_PEERS = "adr, 1, beside its peers"
# Seconds that one contestant runs before it is the next one's turn.
TURN = 0.1
# Milliseconds between two looks at a process's memory.
GLANCE = 20


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


class Racer:
    """The process of a contestant, which runs when it is its turn and is stopped else, with all its threads."""

    def __init__(self, run, words, environment, folder):
        self.run = run
        self.words = [str(word) for word in words]
        self.errors = folder / "errors"
        self.nanoseconds = 0
        with open(folder / "out", "wb") as out, open(self.errors, "wb") as errors:
            # The shell that becomes the program waits for the first turn.
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", 'kill -STOP $$; exec "$@"', "sh", *self.words], env=environment,
                stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        os.waitpid(self.process.pid, os.WUNTRACED)
        self.end = select.poll()
        self.descriptor = os.pidfd_open(self.process.pid)
        self.end.register(self.descriptor, select.POLLIN)

    def turn(self):
        """Runs for a while; false if it has come to its end."""
        pid = self.process.pid
        start = time.perf_counter_ns()
        os.kill(pid, signal.SIGCONT)
        while not self.end.poll(GLANCE) and time.perf_counter_ns() - start < TURN * 1e9:
            self.look()
        os.kill(pid, signal.SIGSTOP)
        # It has stopped when its last thread has come back from the disk.
        _, status, usage = os.wait4(pid, os.WUNTRACED)
        self.nanoseconds += time.perf_counter_ns() - start
        if os.WIFSTOPPED(status):
            return True
        os.close(self.descriptor)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            text = self.errors.read_text(errors="replace").strip()
            raise RuntimeError(
                f"{self.run.name} failed with status {self.process.returncode}: {shlex.join(self.words)[:500]}\n{text}")
        self.run.rates.append(self.run.count * 1e9 / self.nanoseconds)
        self.run.cpus.append((usage.ru_utime + usage.ru_stime) * 1e6 / self.run.count)
        return False

    def look(self):
        """Resident memory, at its highest: the kernel keeps the mark of the program itself, without who started it."""
        found = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())
        if found:
            self.run.peak = max(self.run.peak, int(found.group(1)))

    def kill(self):
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()


def by_turns(racers):
    """Runs all to their ends, by turns: a machine that is faster in one minute than in the next is so for all of them."""
    # What those before have left to be written is not theirs.
    os.sync()
    running = racers
    try:
        while running:
            # What one leaves the disk to do, the next one feels: it is not always the same one.
            running = random.sample(running, len(running))
            running = [racer for racer in running if racer.turn()]
    finally:
        for racer in racers:
            racer.kill()


class Bulk:
    def __init__(self, bench):
        self.bench = bench
        self.count = bench.options.bulk_count
        self.folder = bench.scratch / "bulk"
        self.folder.mkdir()
        self.stores = 0
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
        by_turns([self.adr("calibration", 1, count=1)])
        ledger = self.store_folder() / "ledger" / "00000001.jsonl"
        self.line_bytes = len(ledger.read_bytes().splitlines()[-1]) + 1
        self.file_bytes = next((self.store_folder() / "devices").glob("*/*.json")).stat().st_size
        self.runs = {}

    def store_folder(self):
        return pathlib.Path(self.environment["ADR_HOME"]) / "groups" / "default" / "namespaces" / "factory"

    def new_store(self):
        """A store in a folder of its own. The last one stays: ext4 gives no inode away again for some time after its file
        was deleted, and whoever makes files behind a hundred thousand deleted ones looks at all of those for each."""
        self.stores += 1
        self.environment = {**self.bench.environment, "ADR_HOME": str(self.folder / f"store-{self.stores}")}
        saved = self.bench.environment
        self.bench.environment = self.environment
        try:
            self.bench.prepare_store()
        finally:
            self.bench.environment = saved

    def racer(self, name, words, count=None):
        count = count or self.count
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return Racer(self.runs.setdefault(name, Run(name, count)), words, self.environment, folder)

    def adr(self, name, jobs, more=(), count=None):
        requests = self.requests
        if count:
            requests = self.folder / "some.jsonl"
            requests.write_text("".join(self.requests.read_text().splitlines(True)[:count]))
        return self.racer(
            name,
            [self.bench.adr, "cert", "issue", "--namespace", "factory", "--policy-name", "default", "--batch", requests,
             "--jobs", jobs, *more], count)

    def floor(self, name, jobs, folder):
        return self.racer(
            name,
            [self.folder / "bulk-program", self.bench.key, self.requests, folder, jobs, self.line_bytes,
             self.file_bytes])

    def round(self, jobs):
        self.new_store()
        journal = self.folder / f"journal-{self.stores}"
        journal.mkdir()
        by_turns([
            self.adr(f"adr, {jobs}", jobs),
            self.floor(f"C program, {jobs}", jobs, journal),
            self.floor(f"verify and sign alone, {jobs}", jobs, "-"),
        ])
        by_turns([
            self.adr(f"adr, known, {jobs}", jobs, ["--reissue"]),
            self.floor(f"C program, known, {jobs}", jobs, journal),
            self.floor(f"verify and sign alone, beside known, {jobs}", jobs, "-"),
        ])

    def peers(self):
        bench = self.bench
        count = self.peer_count
        for path in [bench.scratch / "index.txt", bench.scratch / "index.txt.attr"]:
            path.write_text("unique_subject = no\n" if path.suffix == ".attr" else "")
        pems = sorted(str(path) for path in self.pems.iterdir())
        self.new_store()
        racers = [
            self.adr(BESIDE_PEERS, 1, count=count),
            self.racer(
                "openssl ca -infiles",
                [bench.openssl, "ca", "-batch", "-notext", "-config", bench.ca_config, "-infiles", *pems], count),
        ]
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
                racers.append(self.racer(title, [shutil.which(name), *script], count))
        by_turns(racers)

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
        racer = self.adr("clocked", jobs, ["--debug"])
        by_turns([racer])
        found = re.findall(r"^INFO: (\w+) (\d+) µs$", racer.errors.read_text(), re.M)
        return [(name, int(time) / self.count) for name, time in found]

    def table(self):
        print(f"\n{self.count} certificates, median of {self.bench.options.bulk_rounds} rounds"
              f"{'per second':>22}{'CPU µs':>9}{'peak MB':>9}")
        for run in self.runs.values():
            print(f"  {run.name:<46}{run.rate:>18.0f}{run.cpu:>9.0f}{run.peak / 1024:>9.1f}")

    def ratio(self, one, other):
        """How many times as fast one is as another, of the same race; the median over the rounds."""
        pairs = zip(self.runs[one].rates, self.runs[other].rates)
        return statistics.median(rate / other_rate for rate, other_rate in pairs)

    def targets(self, at_least):
        for jobs in JOBS:
            text = f"{jobs} job{'s' if jobs > 1 else ''}"
            at_least(f"new devices, {text}, of the rate of the C program",
                     self.ratio(f"adr, {jobs}", f"C program, {jobs}"), 0.92)
            at_least(f"known devices, {text}, of the rate of the C program",
                     self.ratio(f"adr, known, {jobs}", f"C program, known, {jobs}"), 0.90)
            bare = f"verify and sign alone, {jobs}"
            known = self.ratio(f"adr, known, {jobs}", f"verify and sign alone, beside known, {jobs}")
            print(f"  beside  verify and sign alone, {text}: new {self.ratio(f'adr, {jobs}', bare):.2f}, known "
                  f"{known:.2f}, C program {self.ratio(f'C program, {jobs}', bare):.2f}")
            cpu = lambda name: self.runs[f"{name}, {jobs}"].cpu
            print(f"  beside  the same by processor time: new {cpu('C program') / cpu('adr'):.2f} of the C program, "
                  f"known {cpu('C program, known') / cpu('adr, known'):.2f}")
        for peer in ["openssl ca -infiles", "pyca script"]:
            if peer in self.runs:
                at_least(f"new devices, 1 job, times the rate of {peer}", self.ratio(BESIDE_PEERS, peer), 1)
        peak = max(run.peak for run in self.runs.values() if run.name.startswith("adr")) / 1024
        print(f"  {'OK' if peak < 100 else 'MISSED':<7} resident memory under 100 MB: {peak:.1f} MB")


def compare(bench, at_least):
    bulk = Bulk(bench)
    bulk.prepare()
    for _ in range(bench.options.bulk_rounds):
        for jobs in JOBS:
            bulk.round(jobs)
    bulk.peers()
    bulk.table()
    for jobs in JOBS:
        times = bulk.times(jobs)
        total = sum(time for name, time in times if name != "waiting")
        print(f"\nwhere adr's time goes, {jobs} job{'s' if jobs > 1 else ''}, µs of processors for each")
        for name, time in times:
            part = "the writer, for the disk and its turn" if name == "waiting" else f"{time / total:>6.1%}"
            print(f"  {name:<14}{time:>9.1f}   {part}")
    print("\ntargets for many certificates, by the medians of this run")
    bulk.targets(at_least)
