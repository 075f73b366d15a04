/// The entity tag that a change is for (`If-Match` of the service's API): whoever read a resource changes only what he
/// read. `*` stands for whatever is there.
package struct EntityTag: Sendable {
    private let text: String

    private var isAny: Bool { text == "*" }

    package init(_ text: String) {
        // As it stands in the header, quotes belong to it.
        let isQuoted = text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        self.text = isQuoted ? String(text.dropFirst().dropLast()) : text
    }

    /// Asked within the commit, so that nothing changes between the comparison and the change.
    ///
    /// - Parameters:
    ///   - what: what is to be changed, for the refusal.
    ///   - command: the line that shows it with its current tag.
    func check(_ current: String, of what: String, shownBy command: String) throws(ServiceError) {
        guard !isAny, text != current else { return }
        throw .refused(
            "412",
            "the etag of \(what) is \(quoted(current)), and --etag is \(quoted(text)): it was changed since it was read",
            hint: "'\(command) --query etag' gives the current one; leave out --etag to change it whatever it is."
        )
    }
}
