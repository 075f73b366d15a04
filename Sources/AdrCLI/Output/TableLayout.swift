import JSON

/// The columns of one command's table, where those that every value gets say too little.
///
/// It is what az calls a table transformer: used for `-o table` alone, and not when the result was queried.
package struct TableLayout: Sendable {
    private let rows: String?
    private let columns: [(header: String, path: String)]

    /// - Parameters:
    ///   - rows: where in the result the rows are, as member names with dots between them; nil when the result is the
    ///     list of rows or the one row itself.
    ///   - columns: what stands above each column, and where in a row its value is. A column that no row has a plain
    ///     value for is left out.
    package init(rows: String? = nil, columns: [(header: String, path: String)]) {
        self.rows = rows
        self.columns = columns
    }

    /// The rows of the table: objects with a member for each column, in the order of the columns.
    func rows(of result: JSONValue) -> [JSONValue] {
        let found = rows.map { Self.value(at: Self.names($0), in: result) } ?? result
        let columns = columns.map { (header: $0.header, names: Self.names($0.path)) }
        return (found.arrayValue ?? [found]).map { row in
            .object(JSONObject(columns.map { ($0.header, Self.value(at: $0.names, in: row)) }))
        }
    }

    private static func names(_ path: String) -> [String] {
        path.split(separator: ".").map(String.init)
    }

    private static func value(at names: [String], in value: JSONValue) -> JSONValue {
        var value = value
        for name in names {
            guard let member = value[name] else { return .null }
            value = member
        }
        return value
    }
}
