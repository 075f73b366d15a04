package enum Peer {
    package static func available(_ name: String) -> Bool {
        fatalError()
    }

    package static var python: String? {
        fatalError()
    }
}
