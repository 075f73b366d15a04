import Foundation
import Synchronization
import TestSupport

@testable import Store

/// A folder whose unflushed changes are remembered one by one, so that a power cut can be played: any subset of them
/// reaches the disk, in any order, contents torn or with holes.
final class Disk: Sendable {
    /// A file or folder, whatever its names are.
    final class Node {
        let isFolder: Bool
        /// Folders: names now, and names that survive a power cut.
        var entries: [String: Node] = [:]
        var flushedEntries: [String: Node] = [:]
        /// Files: contents that survive a power cut, and every later state of them.
        var flushed: [UInt8] = []
        var unflushed: [[UInt8]] = []

        init(isFolder: Bool) {
            self.isFolder = isFolder
        }
    }

    /// One change of names, which reaches the disk whole or not at all.
    struct Renaming {
        let changes: [(folder: Node, name: String, node: Node?)]
    }

    private struct Shared: @unchecked Sendable {
        var root = Node(isFolder: true)
        var renamings: [Renaming] = []
    }

    /// Absolute path of the folder.
    let path: String
    private let state = Mutex(Shared())

    init() {
        // Flushing is played, not done: where there is a folder in memory the many disks of these tests lie there.
        let memory = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : nil
        let parent = memory ?? FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        path = parent + "/adr-store-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    // MARK: What the system calls did

    private func parts(_ absolute: String) -> [String]? {
        guard absolute.hasPrefix(path + "/") else { return absolute == path ? [] : nil }
        return absolute.dropFirst(path.count + 1).split(separator: "/").map(String.init).filter { $0 != "." }
    }

    private static func node(_ parts: some Sequence<String>, in root: Node) -> Node? {
        var node = root
        for part in parts {
            guard let next = node.entries[part] else { return nil }
            node = next
        }
        return node
    }

    private func rename(_ shared: inout Shared, _ changes: [([String], Node?)]) {
        var resolved: [(folder: Node, name: String, node: Node?)] = []
        for (parts, node) in changes {
            guard let name = parts.last, let folder = Self.node(parts.dropLast(), in: shared.root) else { return }
            resolved.append((folder, name, node))
        }
        for (folder, name, node) in resolved { folder.entries[name] = node }
        shared.renamings.append(Renaming(changes: resolved))
    }

    func opened(_ absolute: String, created: Bool) {
        guard created, let parts = parts(absolute) else { return }
        state.withLock { rename(&$0, [(parts, Node(isFolder: false))]) }
    }

    func made(_ absolute: String) {
        guard let parts = parts(absolute) else { return }
        state.withLock { rename(&$0, [(parts, Node(isFolder: true))]) }
    }

    func removed(_ absolute: String) {
        guard let parts = parts(absolute) else { return }
        state.withLock { rename(&$0, [(parts, nil)]) }
    }

    func renamed(_ absolute: String, to newAbsolute: String) {
        guard let old = parts(absolute), let new = parts(newAbsolute) else { return }
        state.withLock { shared in
            let node = Self.node(old, in: shared.root)
            rename(&shared, [(old, nil), (new, node)])
        }
    }

    func written(_ absolute: String, _ contents: [UInt8]) {
        guard let parts = parts(absolute) else { return }
        state.withLock { Self.node(parts, in: $0.root)?.unflushed.append(contents) }
    }

    func flushed(_ absolute: String) {
        guard let parts = parts(absolute) else { return }
        state.withLock { shared in
            guard let node = Self.node(parts, in: shared.root) else { return }
            Self.flush(node, &shared)
        }
    }

    func flushedAll() {
        state.withLock { shared in
            for renaming in shared.renamings { Self.settle(renaming) }
            shared.renamings = []
            Self.flushContents(shared.root)
        }
    }

    private static func flush(_ node: Node, _ shared: inout Shared) {
        if node.isFolder {
            for renaming in shared.renamings where renaming.changes.contains(where: { $0.folder === node }) {
                settle(renaming)
            }
            shared.renamings.removeAll { $0.changes.contains { $0.folder === node } }
        } else if let last = node.unflushed.last {
            node.flushed = last
            node.unflushed = []
        }
    }

    private static func settle(_ renaming: Renaming) {
        for (folder, name, node) in renaming.changes { folder.flushedEntries[name] = node }
    }

    private static func flushContents(_ node: Node) {
        if let last = node.unflushed.last {
            node.flushed = last
            node.unflushed = []
        }
        for below in node.entries.values { flushContents(below) }
    }

    // MARK: Power cuts

    /// The folder as a power cut may leave it, as a new disk.
    func afterPowerCut(_ random: inout Chance) -> Disk {
        let survivor = Disk()
        state.withLock { shared in
            var overlay: [ObjectIdentifier: [String: Node?]] = [:]
            let chance = Int.random(in: 0...4, using: &random)
            for renaming in shared.renamings where Int.random(in: 0..<4, using: &random) < chance {
                for (folder, name, node) in renaming.changes {
                    overlay[ObjectIdentifier(folder), default: [:]][name] = .some(node)
                }
            }
            write(shared.root, at: survivor.path, overlay, &random)
        }
        survivor.adopt()
        return survivor
    }

    private func write(
        _ folder: Node,
        at path: String,
        _ overlay: [ObjectIdentifier: [String: Node?]],
        _ random: inout Chance
    ) {
        var entries = folder.flushedEntries
        for (name, node) in overlay[ObjectIdentifier(folder)] ?? [:] { entries[name] = node }
        for (name, node) in entries.sorted(by: { $0.key < $1.key }) {
            let below = path + "/" + name
            if node.isFolder {
                try? FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
                write(node, at: below, overlay, &random)
            } else {
                try? Data(contents(of: node, &random)).write(to: URL(filePath: below))
            }
        }
    }

    private func contents(of node: Node, _ random: inout Chance) -> [UInt8] {
        guard let chosen = node.unflushed.randomElement(using: &random), Int.random(in: 0..<4, using: &random) > 0
        else { return node.flushed }
        let first = min(node.flushed.count, chosen.count)
        // What was flushed before stays; of the rest any page may be missing.
        guard chosen.count > first, chosen.starts(with: node.flushed.prefix(first)) else { return chosen }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return Array(chosen.prefix(Int.random(in: first...chosen.count, using: &random)))
        case 1:
            var torn = chosen
            let from = Int.random(in: first..<chosen.count, using: &random)
            let to = Int.random(in: from..<chosen.count, using: &random)
            for place in from...to { torn[place] = 0 }
            return torn
        default: return chosen
        }
    }

    /// Takes what lies in the folder as flushed.
    func adopt() {
        func read(_ path: String) -> Node {
            let node = Node(isFolder: true)
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                let below = path + "/" + name
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: below, isDirectory: &isFolder)
                if isFolder.boolValue {
                    node.entries[name] = read(below)
                } else {
                    let file = Node(isFolder: false)
                    file.flushed = FileManager.default.contents(atPath: below).map { [UInt8]($0) } ?? []
                    node.entries[name] = file
                }
            }
            node.flushedEntries = node.entries
            return node
        }
        let root = read(path)
        state.withLock { $0 = Shared(root: root) }
    }
}
