import Testing

@testable import Registry

/// Where devices go when their hub is chosen by weight.
struct AllocationTests {
    /// Five sets of weights, among them equal ones, a very small share, and a hub that takes no more devices.
    static let weightSets: [[Int]] = [[1, 1], [1, 1, 1, 1, 1], [1, 2, 3, 4], [97, 3], [5, 0, 10, 1, 1000 - 16]]

    private static let devices = 10_000

    private func hubs(_ weights: [Int]) throws -> [LinkedHub] {
        try weights.enumerated().map { LinkedHub(hub: try HubName("hub-\($0.offset)"), weight: $0.element) }
    }

    private func choices(_ hubs: [LinkedHub]) throws -> [String] {
        try (0..<Self.devices).map { number in
            try #require(Allocation.hashed("device-\(number)", among: hubs)).hub.text
        }
    }

    @Test(arguments: weightSets)
    func everyHubGetsItsShare(_ weights: [Int]) throws {
        let hubs = try hubs(weights)
        let choices = try choices(hubs)
        let sum = Double(weights.reduce(0, +))
        for hub in hubs {
            let share = Double(choices.count { $0 == hub.hub.text }) / Double(Self.devices)
            let wanted = Double(hub.weight) / sum
            #expect(abs(share - wanted) <= 0.015, "\(hub.hub.text) of \(weights): \(share), wanted \(wanted)")
            if hub.weight == 0 { #expect(share == 0) }
        }
    }

    @Test(arguments: weightSets)
    func takingAHubOutMovesOnlyItsOwnDevices(_ weights: [Int]) throws {
        let hubs = try hubs(weights)
        let before = try choices(hubs)
        for gone in hubs where hubs.contains(where: { $0.hub != gone.hub && $0.weight > 0 }) {
            let after = try choices(hubs.filter { $0.hub != gone.hub })
            for (old, new) in zip(before, after) where old != gone.hub.text { #expect(old == new) }
            #expect(!after.contains(gone.hub.text))
        }
    }

    @Test func anotherHubTakesDevicesAndMovesNoneBetweenTheOthers() throws {
        let before = try choices(try hubs([1, 1, 1]))
        let after = try choices(try hubs([1, 1, 1, 1]))
        for (old, new) in zip(before, after) { #expect(new == old || new == "hub-3") }
    }

    @Test func raisingAWeightOnlyDrawsDevicesIn() throws {
        let before = try choices(try hubs([1, 1, 1]))
        let after = try choices(try hubs([1, 2, 1]))
        for (old, new) in zip(before, after) { #expect(new == old || new == "hub-1") }
    }

    @Test func neitherCaseNorOrderOfLinkingMatters() throws {
        let hubs = try hubs([3, 1, 2])
        for number in 0..<200 {
            let chosen = Allocation.hashed("device-\(number)", among: hubs)?.hub
            #expect(Allocation.hashed("DEVICE-\(number)", among: hubs.reversed())?.hub == chosen)
        }
    }

    @Test func weightZeroIsNeverChosen() throws {
        #expect(Allocation.hashed("device-1", among: try hubs([0, 0])) == nil)
        #expect(Allocation.hashed("device-1", among: []) == nil)
        #expect(Allocation.hashed("device-1", among: try hubs([0, 1]))?.hub.text == "hub-1")
    }

    @Test func theNearestHubIsChosenAndTiesGoByHash() throws {
        func linked(_ latencies: [Int?]) throws -> [LinkedHub] {
            try latencies.enumerated().map {
                LinkedHub(hub: try HubName("hub-\($0.offset)"), latencyMilliseconds: $0.element)
            }
        }
        for number in 0..<50 {
            let chosen = Allocation.nearest("device-\(number)", among: try linked([40, 7, nil, 30]))
            #expect(chosen?.hub.text == "hub-1", "one without a declaration comes last")
        }
        var resting = try linked([7, 40])
        resting[0].weight = 0
        #expect(Allocation.nearest("device-1", among: resting)?.hub.text == "hub-1", "one of weight 0 is not near")
        let tied = try linked([7, 40, 7, nil])
        let chosen = (0..<1000).compactMap { Allocation.nearest("device-\($0)", among: tied)?.hub.text }
        #expect(chosen.count == 1000)
        #expect(Set(chosen) == ["hub-0", "hub-2"])
        #expect((400...600).contains(chosen.count { $0 == "hub-0" }))
        let unknown = try linked([nil, nil])
        let spread = Set((0..<100).compactMap { Allocation.nearest("device-\($0)", among: unknown)?.hub.text })
        #expect(spread == ["hub-0", "hub-1"], "where no hub is declared, all are as near")
    }
}
