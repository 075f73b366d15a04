/// Columns of text, flush left, beneath their headers: tabulate's format `simple`.
struct TextGrid {
    let headers: [String]
    /// Rows may end early; a missing cell is an empty one.
    let rows: [[String?]]

    /// One line of a cell and how many blanks follow it.
    private typealias Piece = (text: Substring, padding: Int)

    func rendered() -> [UInt8] {
        let isMultiline = headers.contains(where: Self.hasBreak) || rows.contains { $0.contains(where: Self.hasBreak) }
        let rows = rows.map { row in row.map { Python.stripped($0 ?? "") } }
        let widths = columnWidths(rows, isMultiline)

        var bytes: [UInt8] = []
        bytes.reserveCapacity((rows.count + 2) * (widths.reduce(0, +) + 2 * widths.count))
        if isMultiline {
            append(headers.enumerated().map { Self.headerPieces($1, width: widths[$0]) }, widths, to: &bytes)
        } else {
            append(line: headers, widths, to: &bytes)
        }
        append(line: widths.map { String(repeating: "-", count: $0) }, widths, to: &bytes)
        for row in rows {
            if isMultiline {
                append(row.enumerated().map { Self.cellPieces($1, width: widths[$0]) }, widths, to: &bytes)
            } else {
                append(line: row, widths, to: &bytes)
            }
        }
        return bytes
    }

    /// A column is as wide as its widest cell, and two wider than its header at least.
    private func columnWidths(_ rows: [[String]], _ isMultiline: Bool) -> [Int] {
        func width(_ text: String) -> Int {
            isMultiline ? Self.halves(text).map(DisplayWidth.of).max() ?? 0 : DisplayWidth.of(text[...])
        }
        var widths = headers.map { width($0) + 2 }
        for row in rows {
            for (column, cell) in row.enumerated() where cell.utf8.count > widths[column] {
                widths[column] = max(widths[column], width(cell))
            }
        }
        return widths
    }

    // MARK: Lines

    private func append(line cells: [String], _ widths: [Int], to bytes: inout [UInt8]) {
        let start = bytes.count
        for (column, cell) in cells.enumerated() {
            if column > 0 { Self.append(blanks: 2, to: &bytes) }
            bytes.append(contentsOf: cell.utf8)
            Self.append(blanks: widths[column] - DisplayWidth.of(cell[...]), to: &bytes)
        }
        Self.endLine(from: start, &bytes)
    }

    /// A row whose cells have several lines: as many lines as the longest has, none where all are empty.
    private func append(_ cells: [[Piece]], _ widths: [Int], to bytes: inout [UInt8]) {
        for line in 0..<(cells.map(\.count).max() ?? 0) {
            let start = bytes.count
            for (column, pieces) in cells.enumerated() {
                if column > 0 { Self.append(blanks: 2, to: &bytes) }
                if line < pieces.count { bytes.append(contentsOf: pieces[line].text.utf8) }
                Self.append(blanks: line < pieces.count ? pieces[line].padding : widths[column], to: &bytes)
            }
            Self.endLine(from: start, &bytes)
        }
    }

    private static func cellPieces(_ text: String, width: Int) -> [Piece] {
        Python.lines(text[...]).map { ($0, width - DisplayWidth.of($0)) }
    }

    /// A header's lines are padded before the rarer kinds of line break in them are seen: only the last of what those
    /// separate gets the blanks.
    private static func headerPieces(_ text: String, width: Int) -> [Piece] {
        halves(text).flatMap { half -> [Piece] in
            let padding = width - DisplayWidth.of(half)
            let lines = Python.lines(half)
            // The blanks make a line of their own where the text ends with a break, or is empty.
            if half.isEmpty || lines.last.map({ $0.endIndex != half.endIndex }) ?? true {
                return lines.map { ($0, 0) } + [("", padding)]
            }
            return lines.enumerated().map { ($1, $0 == lines.count - 1 ? padding : 0) }
        }
    }

    /// The text between line feeds and carriage returns, each of which counts: `\r\n` has an empty line in it.
    private static func halves(_ text: String) -> [Substring] {
        text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" }.map(Substring.init)
    }

    private static func hasBreak(_ text: String?) -> Bool {
        text?.utf8.contains { $0 == 0x0A || $0 == 0x0D } ?? false
    }

    private static func append(blanks count: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: repeatElement(0x20, count: max(count, 0)))
    }

    /// No line ends with white space.
    private static func endLine(from start: Int, _ bytes: inout [UInt8]) {
        while bytes.count > start, let last = bytes.last {
            if last == 0x20 {
                bytes.removeLast()
                continue
            }
            if last < 0x80 {
                guard Python.isSpace(Unicode.Scalar(last)) else { break }
                bytes.removeLast()
                continue
            }
            let tail = String(decoding: bytes[max(start, bytes.count - 3)...], as: UTF8.self)
            guard let scalar = tail.unicodeScalars.last, Python.isSpace(scalar) else { break }
            bytes.removeLast(scalar.utf8.count)
        }
        bytes.append(0x0A)
    }
}
