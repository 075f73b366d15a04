import TestSupport
import Testing

@testable import JSON

/// Printed an element at a time, an array looks as it does printed at once.
@Suite struct ArrayPrinterTests {
    private func printed(_ elements: [JSONValue], takingAfter count: Int) -> [UInt8] {
        var printer = JSONArrayPrinter()
        var bytes: [UInt8] = []
        for element in elements {
            printer.append(element)
            if printer.count > count { bytes += printer.take() }
        }
        printer.end()
        return bytes + printer.take()
    }

    @Test(arguments: [0, 1, 100, 1 << 20]) func isTheArrayPrintedAtOnce(count: Int) {
        let item: JSONValue = ["b": [1, [:], []], "a": ["é": nil, "x": "line\n"]]
        for elements in [[], [1], [[]], [[:]], [item], [item, nil, item, [item, [item]], true, 0.5]] as [[JSONValue]] {
            #expect(printed(elements, takingAfter: count) == JSONValue.array(elements).pretty())
        }
    }

    @Test func nothingWaitsOnceItWasTaken() {
        var printer = JSONArrayPrinter()
        printer.append("x")
        #expect(printer.count == printer.take().count)
        #expect(printer.count == 0 && printer.take() == [])
    }
}
