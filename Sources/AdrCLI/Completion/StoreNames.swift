import CommandTable
import Registry

/// The names that only the store knows, for completion.
struct StoreNames {
    private let invocation: Invocation

    init(_ host: Host) {
        var host = host.withoutWarnings()
        host.files = ReadingFiles(host.files)
        invocation = Invocation(host: host, program: { _, _ in 0 })
    }

    /// Names of a kind, narrowed by what the line has said so far; none if the line says what cannot be.
    func names(of kind: String, soFar arguments: Arguments, typed: String) -> [String] {
        guard let kind = NamedKind(rawValue: kind), let registry = try? invocation.registry(arguments) else {
            return []
        }
        do {
            var scope = NameScope(group: try arguments.value(Options.resourceGroup))
            if kind != .namespace { scope.namespace = try arguments.value(Options.namespace) }
            if kind != .hub { scope.hub = try arguments.value(Options.hub) }
            if kind != .dps { scope.service = try arguments.value(EnrollmentOptions.service) }
            return registry.names(of: kind, in: scope, beginning: typed)
        } catch {
            return []
        }
    }
}
