import Foundation
import JSON
import OpenSSL
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Every edit of a ledger's bytes is found, but the loss of its end together with all that the end caused.
@Suite struct LedgerVerificationTests {
    /// A ledger of several segments whose lines differ in length.
    private func machine(entries: Int = 60, segmentSize: Int = 3000) throws -> Machine {
        let machine = Machine(segmentSize: segmentSize)
        let ledger = try machine.makeLedger()
        for number in 1..<entries {
            let filling = String(repeating: "x", count: number * 37 % 300)
            try ledger.commit { _ in
                .commit(
                    Transaction(
                        event: "event \(number)",
                        details: ["filling": .string(filling)],
                        changes: [put("devices/abc/d\(number % 7).json", Int64(number))]
                    ),
                    ()
                )
            }
        }
        return machine
    }

    private func segments(of machine: Machine) -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for number in 1... {
            let name = LedgerFolder.segmentName(Int64(number))
            guard let bytes = machine.bytes(name) else { return found }
            found[name] = bytes
        }
        return found
    }

    /// Puts segments in place of those that are there.
    private func replace(_ old: [String: [UInt8]], by new: [String: [UInt8]], on machine: Machine) throws {
        for (name, bytes) in old where new[name] != bytes {
            if let bytes = new[name] {
                try machine.write(name, bytes)
            } else {
                try FileManager.default.removeItem(atPath: machine.file(name))
            }
        }
        for (name, bytes) in new where old[name] == nil { try machine.write(name, bytes) }
        machine.disk.adopt()
    }

    @Test func aWholeLedgerIsWhole() throws {
        let machine = try machine()
        var numbers: [Int64] = []
        let verified = try machine.ledger().verify { numbers.append($0.number) }
        #expect(numbers == Array(1...60))
        #expect(verified.number == 60)
        #expect(verified.segments > 3)
        #expect(verified.leftover == nil)
        #expect(try machine.ledger().read { $0.end.hash } == verified.hash)
    }

    // MARK: Edits

    private enum Edit: CaseIterable {
        case changedByte, insertedByte, removedByte, removedLine, swappedLines, doubledLine, replacedLine
        case cutSegment, removedSegment, swappedSegments, rehashedLine
    }

    /// Makes the edit; nil when it came out as what was there.
    private func apply(_ edit: Edit, to original: [String: [UInt8]], _ chance: inout Chance) -> [String: [UInt8]]? {
        var edited = original
        let names = original.keys.sorted()
        let name = chance.pick(names)
        guard var bytes = original[name] else { return nil }
        var lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        let (one, other) = (chance.below(lines.count), chance.below(lines.count))
        let place = chance.below(bytes.count)
        switch edit {
        case .changedByte: bytes[place] ^= UInt8(1 + chance.below(255))
        case .insertedByte: bytes.insert(UInt8(chance.below(256)), at: place)
        case .removedByte: bytes.remove(at: place)
        case .removedLine: lines.remove(at: one)
        case .swappedLines: lines.swapAt(one, other)
        case .doubledLine: lines.insert(lines[one], at: other)
        case .replacedLine: lines[one] = lines[other]
        case .cutSegment: bytes.removeLast(1 + chance.below(bytes.count))
        case .removedSegment: edited[name] = nil
        case .swappedSegments:
            let second = chance.pick(names)
            edited[name] = original[second]
            edited[second] = bytes
        case .rehashedLine:
            // Somebody who knows how lines are hashed makes one that is good by itself.
            let rest = lines[one].dropFirst(75).map { $0 == UInt8(ascii: "x") ? UInt8(ascii: "y") : $0 }
            let hash = DocumentForm.hex(Digest.sha256.hash(rest))
            lines[one] = Array(#"{"hash":""#.utf8) + Array(hash.utf8) + Array("\",".utf8) + rest
        }
        switch edit {
        case .changedByte, .insertedByte, .removedByte, .cutSegment: edited[name] = bytes
        case .removedLine, .swappedLines, .doubledLine, .replacedLine, .rehashedLine:
            edited[name] = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
        case .removedSegment, .swappedSegments: break
        }
        return edited == original ? nil : edited
    }

    @Test(arguments: ["boot 1", "boot 2"]) func everyEditIsFound(boot: String) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("edits of a ledger: seed \(seed)")
        var chance = Chance(seed: seed)
        let machine = try machine()
        machine.boot.withLock { $0 = boot }
        let original = segments(of: machine)
        var made: [Edit: Int] = [:]
        for round in 0..<1100 {
            let edit = Edit.allCases[round % Edit.allCases.count]
            guard let edited = apply(edit, to: original, &chance) else { continue }
            made[edit, default: 0] += 1
            try replace(original, by: edited, on: machine)
            do {
                let verified = try machine.ledger().verify()
                Issue.record("seed \(seed), round \(round), \(edit): passed with \(verified)")
            } catch let error as StoreError {
                #expect(error.kind == .damaged || error.kind == .newerSchema, "\(edit): \(error)")
                #expect(error.message.contains("/ledger/0000000"), "names no segment: \(error.message)")
                let namesEntry = error.message.contains(
                    /entry [0-9]+|segment [0-9]+|has the schemaVersion|schemaVersion/
                )
                #expect(namesEntry, "names no entry: \(error.message)")
            }
            try replace(edited, by: original, on: machine)
        }
        #expect(try machine.ledger().verify().number == 60)
        for edit in Edit.allCases { #expect(made[edit, default: 0] > 30, "\(edit)") }
        print("edits of a ledger that were found: \(made.values.reduce(0, +))")
    }

    /// A power cut leaves halves of lines and nothing, never a whole line in another's place: not even the last line twice.
    @Test(arguments: ["boot 1", "boot 2"]) func aWholeLineInAnothersPlaceIsDamage(boot: String) throws {
        let machine = try machine(entries: 5, segmentSize: 64 << 20)
        machine.boot.withLock { $0 = boot }
        let name = LedgerFolder.segmentName(1)
        let bytes = try #require(machine.bytes(name))
        let last = try #require(bytes.split(separator: UInt8(ascii: "\n")).last)
        try machine.write(name, bytes + last + [UInt8(ascii: "\n")])
        machine.disk.adopt()
        for use: (Ledger) throws -> Void in [
            { _ = try $0.verify() }, { try $0.read { _ in } }, { try $0.commit { _ in .answer(()) } },
        ] {
            let error = try #require(throws: StoreError.self) { try use(machine.ledger()) }
            #expect(error.kind == .damaged && error.message.contains("it is entry 5, entry 6 was needed"))
        }
    }

    /// What the store cannot know: there never was more.
    @Test func theLossOfTheEndWithAllItCausedPasses() throws {
        let machine = try machine(entries: 10, segmentSize: 64 << 20)
        let name = LedgerFolder.segmentName(1)
        let bytes = try #require(machine.bytes(name))
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        try machine.write(name, lines.dropLast(3).flatMap { $0 + [UInt8(ascii: "\n")] })
        #expect(throws: StoreError.self) { try machine.ledger().verify() }
        try FileManager.default.removeItem(atPath: machine.file(ViewsRecord.name))
        machine.disk.adopt()
        #expect(try machine.ledger().verify().number == 7)
    }

    /// A crash's unfinished line is no damage, and is told.
    @Test func anUnfinishedLineIsMentioned() throws {
        let machine = try machine(entries: 5, segmentSize: 64 << 20)
        let name = LedgerFolder.segmentName(1)
        let bytes = try #require(machine.bytes(name))
        try machine.write(name, bytes + bytes.prefix(100))
        let verified = try machine.ledger().verify()
        #expect(verified.number == 5)
        #expect(verified.leftover?.contains("behind entry 5") == true)
    }

    /// A line that goes back in time was not written by the program, however well it is hashed.
    @Test func timeDoesNotGoBack() throws {
        let machine = try machine(entries: 3, segmentSize: 64 << 20)
        let name = LedgerFolder.segmentName(1)
        let bytes = try #require(machine.bytes(name))
        let end = try machine.ledger().read { $0.end }
        let frame = LedgerLine.Frame(number: end.number + 1, previous: end.hash, time: 1, who: "nobody")
        var line: [UInt8] = []
        _ = LedgerLine.encode(Transaction(event: "forged"), frame, into: &line)
        try machine.write(name, bytes + line)
        #expect(throws: StoreError.self) { try machine.ledger().verify() }
    }

    // MARK: Parts

    /// Any stretch is what the whole has there, wherever segments end and however long lines are.
    @Test(arguments: [2000, 1 << 20]) func everyStretchIsTheSame(segmentSize: Int) throws {
        let machine = try machine(entries: 40, segmentSize: segmentSize)
        let ledger = try machine.ledger()
        for length in [10_000, 200_000, 10, 70_000] {
            let filling = String(repeating: "y", count: length)
            try ledger.commit { _ in
                .commit(Transaction(event: "long", details: ["filling": .string(filling)]), ())
            }
        }
        var whole: [String] = []
        try ledger.forEachEntry { whole.append($0.hash) }
        #expect(whole.count == 44)
        for lower in Int64(0)...46 {
            for upper in [lower, lower + 1, lower + 3, 45, 100] where lower <= upper {
                var found: [String] = []
                try ledger.forEachEntry(in: { _ in lower..<upper }) { found.append($0.hash) }
                let wanted = (lower..<upper).clamped(to: 1..<45)
                let needed = whole[Int(wanted.lowerBound - 1)..<Int(wanted.upperBound - 1)]
                #expect(found == Array(needed), "\(lower)..<\(upper)")
            }
        }
        var lines: [UInt8] = []
        try ledger.forEachLine(in: { 1..<($0 + 1) }) { lines += $0 }
        #expect(lines == segments(of: machine).sorted { $0.key < $1.key }.flatMap(\.value))
    }
}
