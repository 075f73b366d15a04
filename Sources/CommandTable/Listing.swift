/// A list of names with summaries in two columns, as az lays it out.
struct Listing {
    struct Item {
        let name: String
        /// Stands at the right edge of the name's column.
        var tag = ""
        let summary: String
        /// The heading above the item; empty for none.
        var heading = ""

        /// The columns that name and tag need.
        var columns: Int { name.unicodeScalars.count + (tag.isEmpty ? 0 : 1 + tag.utf8.count) }
    }

    private static let indent = 4
    private static let separator = " : "

    /// Writes items under their headings. Every list written with the same `column` lines up.
    static func write(_ items: [Item], column: Int, into layout: inout TextLayout) {
        var heading = ""
        for item in items {
            if item.heading != heading {
                heading = item.heading
                layout.line()
                layout.line(heading)
            }
            let hanging = indent + column + separator.utf8.count
            let padding = String(repeating: " ", count: max(0, column - item.columns))
            let tag = item.tag.isEmpty ? "" : " " + item.tag
            guard !item.summary.isEmpty else {
                layout.line(item.tag.isEmpty ? item.name : item.name + padding + tag, indent: indent)
                continue
            }
            let words = Substring(item.summary)
            if item.columns > column {
                layout.line(item.name + tag, indent: indent)
                layout.fill("", String(words), indent: hanging, hanging: hanging)
            } else {
                layout.fill(item.name + padding + tag + " :", String(words), indent: indent, hanging: hanging)
            }
        }
    }

    /// The width of the first column: that of the widest item that leaves enough room for its summary.
    static func column(for items: [Item], width: Int) -> Int {
        items.map(\.columns).filter { $0 <= width - 36 }.max() ?? 0
    }
}
