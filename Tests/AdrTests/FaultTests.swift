import CommandTable
import Foundation
import JSON
import TestSupport
import Testing

/// One fault in one file operation of every command that writes: the store is then one that a check accepts, what was
/// answered is there, and what was not is either there whole or not at all.
@Suite(.peer("openssl"))
struct FaultTests {
    private static let faults = ["crash", "EIO", "ENOSPC", "EINTR", "short"]
    /// How many points of each fault are tried; all of them where more than usual is asked for.
    private static let limit = Torture.factor == 1 ? 6 : Int.max

    private static let commands = TableTests.commands.filter { $0.effect == .writes }.map(TableTests.name)

    /// `$1` is the fault, what follows the points. Prints for each point what went otherwise than it should.
    private static func script(_ line: String, prepare: String) -> String {
        #"""
        certificate() { adr hub certificate list --hub-name factory-hub | sed -n 's/.*"name": "\(.*\)".*/\1/p'; }
        certificate > certificate
        entries() { cat $(find $ADR_HOME/groups -path '*/ledger/*.jsonl' | sort) | wc -l; }
        # The folders stay the ones they are, since documents are only asked in the one they were written in.
        reset() {
          find $ADR_HOME -type f -delete; rm -f x y said
          (cd $ADR_HOME && find . -type d) | while read d; do [ -d "kept/$d" ] || rm -rf "$ADR_HOME/$d"; done
          cp -a kept/. $ADR_HOME/
        }
        adr ns update --name factory --tags settled=yes --output none
        \#(prepare)
        cp -a $ADR_HOME kept
        # What a command is to mend is not sound before. What it makes beside is judged for itself, but for the keys, which
        # the backup does not have.
        sound=yes; adr store check > checked 2>&1 || sound=no
        judged=$ADR_HOME; lacking=nothing
        case '\#(line)' in *'--store $ADR_HOME/new'*) judged=$ADR_HOME/new; lacking=keyMissing ;; esac
        # Beside what it has to lack there may be what a crash leaves, which alone would not make a check fail.
        check() {
          $REAL/adr store check --store $judged "$@" > checked 2>&1 ||
            { grep -q $lacking checked && ! grep '"kind"' checked | grep -v '"temporaryFile"' | grep -qv $lacking; }
        }
        before=$(entries)
        PATH=$FAULTY:$PATH
        [ $# -gt 1 ] || {
          export ADR_FAULT=$1 ADR_FAULT_AT=0 ADR_FAULT_COUNT=$PWD/count
          \#(line) > said 2> erred || { cat erred; exit 90; }
          echo "$(cat count)"; exit 0
        }
        export ADR_FAULT=$1 ADR_FAULT_AT=0; shift
        \#(line) > said 2> erred; after=$(entries)
        for point; do
          reset
          ADR_FAULT_AT=$point
          \#(line) > said 2> erred; status=$?
          found=$(entries)
          say() { echo "$ADR_FAULT at $point, exited $status: $*"; sed 's/^/  /' erred; }
          case $status in
            0) [ $found -ge $after ] || say "answered, and $found of $after entries are there" ;;
            1) [ $ADR_FAULT != EINTR ] || say "a signal made it fail"
               grep -q ERROR: erred || say "it does not say why" ;;
            99) [ $ADR_FAULT = crash ] || say "it ended" ;;
            *) say "it should not exit so" ;;
          esac
          [ $found -ge $before ] && [ $found -le $after ] || say "$found entries, $before to $after were needed"
          sed -n 's/.*"serialNumber": "\([0-9A-F]*\)".*/\1/p' said | while read serial; do
            grep -rq $serial $ADR_HOME/groups/*/namespaces/*/ledger || say "the certificate $serial is not there"
          done
          [ $sound = no ] || check || { say "the store is not accepted"; cat checked; }
          check --repair || { say "the store is not repaired"; cat checked; }
          ! grep -q '"repaired": false' checked || grep -q $lacking checked || { say "the store is not repaired"; cat checked; }
        done
        """#
    }

    @Test(arguments: commands) func everyPointLeavesASoundStore(_ command: String) throws {
        let (_, line, _) = try #require(BadInputDiskTests.lines.first { $0.command == command }, "no line for it")
        let prepare = BadInputDiskTests.preparations[command] ?? ":"
        let faulty = try #require(Binary.sibling("FaultyAdr"))
        var report: [String] = []
        for (number, fault) in Self.faults.enumerated() {
            func play(_ points: [Int]) throws -> Outcome {
                let store = try BadInputStore(inMemory: true)
                try FileManager.default.createDirectory(
                    atPath: store.scratch.file("faulty"),
                    withIntermediateDirectories: true
                )
                try FileManager.default.createSymbolicLink(
                    atPath: store.scratch.file("faulty/adr"),
                    withDestinationPath: faulty
                )
                try FileManager.default.createDirectory(
                    atPath: store.scratch.file("real"),
                    withIntermediateDirectories: true
                )
                try FileManager.default.createSymbolicLink(
                    atPath: store.scratch.file("real/adr"),
                    withDestinationPath: Binary.adr
                )
                store.scratch.write(
                    "script",
                    "FAULTY=$PWD/faulty REAL=$PWD/real\n" + Self.script(line, prepare: prepare)
                )
                return try store.run(
                    "sh script \(fault) \(points.map(String.init).joined(separator: " "))",
                    timeout: 3_600
                )
            }
            let counted = try play([])
            let count = try #require(Int(counted.output.dropLast()), "\(command), \(fault): \(counted)")
            var chance = Chance(seed: UInt64(number) << 32 | UInt64(command.utf8.count))
            let points = Array((1...max(1, count)).shuffled(using: &chance).prefix(Self.limit)).sorted()
            let outcome = try play(points)
            #expect(outcome.status == 0 && outcome.output.isEmpty, "adr \(command): \(outcome)")
            report.append("\(fault) \(points.count) of \(count)")
        }
        print("faults of adr \(command): \(report.joined(separator: ", "))")
    }
}
