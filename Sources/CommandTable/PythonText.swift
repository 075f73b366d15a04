// az's messages and values pass through Python's `repr()` and `int()`; these are the two, as far as a command line
// shows them.

/// Python's `repr()` of a string: in single quotes, or in double quotes if it has single ones alone.
func pythonQuoted(_ text: String) -> String {
    var hasSingle = false
    var hasDouble = false
    for byte in text.utf8 {
        if byte == UInt8(ascii: "'") { hasSingle = true }
        if byte == UInt8(ascii: "\"") { hasDouble = true }
    }
    let quote: Unicode.Scalar = hasSingle && !hasDouble ? "\"" : "'"
    var quoted = String.UnicodeScalarView()
    quoted.append(quote)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\", quote:
            quoted.append("\\")
            quoted.append(scalar)
        case "\n": quoted.append(contentsOf: "\\n".unicodeScalars)
        case "\r": quoted.append(contentsOf: "\\r".unicodeScalars)
        case "\t": quoted.append(contentsOf: "\\t".unicodeScalars)
        case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.value == 0xAD:
            let hex = String(scalar.value, radix: 16)
            quoted.append(contentsOf: ("\\x" + (hex.utf8.count < 2 ? "0" : "") + hex).unicodeScalars)
        default: quoted.append(scalar)
        }
    }
    quoted.append(quote)
    return String(quoted)
}

/// The integer that Python's `int()` reads: blanks around it, one sign, decimal digits of any script, single underscores
/// between digits. Nil if it is none, or too large for `Int`.
func pythonInteger(_ text: String) -> Int? {
    // U+001C to U+001F are blanks to `str.isspace()`, but not to `int()`.
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? scalar == " " || (0x09...0x0D).contains(scalar.value) : scalar.properties.isWhitespace
    }
    var scalars = Substring(text).unicodeScalars
    while let first = scalars.first, isBlank(first) { scalars.removeFirst() }
    while let last = scalars.last, isBlank(last) { scalars.removeLast() }
    let isNegative = scalars.first == "-"
    if isNegative || scalars.first == "+" { scalars.removeFirst() }

    var number = 0
    var followsDigit = false
    for scalar in scalars {
        if scalar == "_" {
            guard followsDigit else { return nil }
            followsDigit = false
            continue
        }
        guard let digit = decimalDigit(scalar) else { return nil }
        let (product, tooLarge) = number.multipliedReportingOverflow(by: 10)
        // Counted towards the sign, so that the smallest Int is reached without passing through the largest plus one.
        let (sum, tooFar) =
            isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
        guard !tooLarge, !tooFar else { return nil }
        number = sum
        followsDigit = true
    }
    return followsDigit ? number : nil
}

private func decimalDigit(_ scalar: Unicode.Scalar) -> Int? {
    if scalar.isASCII { return ("0"..."9").contains(scalar) ? Int(scalar.value - 0x30) : nil }
    guard scalar.properties.numericType == .decimal else { return nil }
    return scalar.properties.numericValue.map { Int($0) }
}

/// Whether argparse takes the word for a negative number and not for an option: `-5`, `-.5`, `-1.5`.
func looksLikeNegativeNumber(_ word: String) -> Bool {
    var digitsAfter = 0
    var hasPoint = false
    for byte in word.utf8.dropFirst() {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digitsAfter += 1
        case UInt8(ascii: ".") where !hasPoint:
            hasPoint = true
            digitsAfter = 0
        default: return false
        }
    }
    return digitsAfter > 0
}

/// The listed spelling of a value that is compared without case.
func listedSpelling(of value: String, among choices: [String]) -> String? {
    if choices.contains(value) { return value }
    let lowered = value.lowercased()
    return choices.first { $0.lowercased() == lowered }
}
