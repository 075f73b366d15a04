import CommandTable
import Registry
import TestSupport
import Testing

@testable import AdrCLI

/// Walks the whole table: whatever the program understands is offered.
struct CompletionTableTests {
    private let table = CommandTable.adr

    private func complete(_ words: [String], _ current: String) -> [String] {
        table.complete(words, current: current, environment: { _ in nil }, names: { _, _, _ in [] })
            .candidates.map(\.word)
    }

    /// Every way to the words of a command: its own, and those through aliases.
    private func ways(to words: [String]) -> [[String]] {
        [words]
            + table.aliases.filter { words.starts(with: $0.to) }.map { $0.from + words.dropFirst($0.to.count) }
    }

    @Test func everyWordIsOffered() {
        for command in table.allCommands {
            for way in ways(to: command.words) {
                for place in way.indices {
                    let before = Array(way[..<place])
                    #expect(complete(before, "").contains(way[place]), "\(way)")
                    #expect(complete(before, String(way[place].prefix(1))).contains(way[place]), "\(way)")
                    #expect(complete(before, way[place]).contains(way[place]), "\(way)")
                }
            }
        }
    }

    @Test func everyOptionIsOffered() {
        for command in table.allCommands {
            let uses = command.arguments + table.globals + [.optional(Standard.help)]
            for way in ways(to: command.words) {
                let offered = complete(way, "--")
                for use in uses where !use.shape.isPositional {
                    for name in use.shape.names {
                        #expect(complete(way, name).contains(name) == !use.isHidden, "\(way) \(name)")
                    }
                    let isPlain = if case .accepted = use.role { false } else { !use.isHidden }
                    #expect(offered.contains(use.shape.key) == isPlain, "\(way) \(use.shape.key)")
                }
                #expect(Set(offered).count == offered.count, "\(way)")
            }
        }
    }

    @Test func everyChoiceIsOffered() {
        for command in table.allCommands {
            for use in command.arguments + table.globals {
                guard let choices = use.shape.choices, !use.shape.isPositional else { continue }
                for name in use.shape.names {
                    let offered = complete(command.words + [name], "")
                    #expect(choices.allSatisfy(offered.contains), "\(command.words) \(name)")
                    let attached = complete(command.words, name + (name.hasPrefix("--") ? "=" : choices[0]))
                    #expect(attached.contains(name + (name.hasPrefix("--") ? "=" : "") + choices[0]), "\(name)")
                }
            }
        }
    }

    /// Every kind of names that the table speaks of is one that is looked up.
    @Test func everyKindOfNamesIsKnown() {
        for command in table.allCommands {
            for case .names(let kind) in (command.arguments + table.globals).map(\.shape.completion) {
                #expect(NamedKind(rawValue: kind) != nil, "\(command.words): \(kind)")
            }
        }
    }

    /// What the examples type is what completion would have offered, as far as it can know it.
    @Test func everyExampleCanBeCompleted() {
        for command in table.allCommands {
            for example in command.examples {
                let line = example.command.split(separator: " ").map(String.init)
                for place in line.indices.dropFirst() where place <= command.words.count || line[place].hasPrefix("--")
                {
                    let offered = complete(Array(line[1..<place]), line[place])
                    #expect(offered.contains(line[place]), "\(example.command): \(line[place])")
                }
            }
        }
    }
}
