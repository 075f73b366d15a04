import JSON
import OpenSSL
import Store

/// Reads the members of one document of the store into typed values.
///
/// A document that parses and carries its digest but lacks a member was not written by this program, or by a newer
/// one that says so elsewhere: it is named, never guessed at.
struct RecordReader {
    private let path: String
    /// The member of the document that is read, where it is not all of it.
    private let member: String?
    private let object: JSONObject

    init(_ body: JSONValue, path: String, member: String? = nil) throws(StoreError) {
        self.path = path
        self.member = member
        guard let object = body.objectValue else { throw Self.damage(path, member, "it is no JSON object") }
        self.object = object
    }

    func text(_ key: String) throws(StoreError) -> String {
        guard let value = object[key]?.stringValue else { throw missing(key, "a string") }
        return value
    }

    func optionalText(_ key: String) throws(StoreError) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.stringValue else { throw missing(key, "a string") }
        return text
    }

    func integer(_ key: String) throws(StoreError) -> Int64 {
        guard let value = object[key]?.integerValue else { throw missing(key, "an integer") }
        return value
    }

    func optionalInteger(_ key: String) throws(StoreError) -> Int64? {
        present(key) == nil ? nil : try integer(key)
    }

    func boolean(_ key: String) throws(StoreError) -> Bool {
        guard let value = object[key]?.boolValue else { throw missing(key, "true or false") }
        return value
    }

    /// A point in time, written as RFC 3339 text.
    func time(_ key: String) throws(StoreError) -> Int64 {
        guard let seconds = Timestamp.seconds(try text(key)) else {
            throw missing(key, "a time like 2026-11-24T06:30:00Z")
        }
        return seconds
    }

    func optionalTime(_ key: String) throws(StoreError) -> Int64? {
        present(key) == nil ? nil : try time(key)
    }

    /// Octets, written in base64.
    func bytes(_ key: String) throws(StoreError) -> [UInt8] {
        guard let bytes = Base64.decodeStrict(Array(try text(key).utf8)) else { throw missing(key, "base64") }
        return bytes
    }

    func texts(_ key: String) throws(StoreError) -> [String] {
        guard let value = present(key) else { return [] }
        guard let items = value.arrayValue else { throw missing(key, "a list of strings") }
        var texts: [String] = []
        for item in items {
            guard let text = item.stringValue else { throw missing(key, "a list of strings") }
            texts.append(text)
        }
        return texts
    }

    func tags() throws(StoreError) -> JSONObject {
        guard let value = present("tags") else { return JSONObject() }
        guard let object = value.objectValue else { throw missing("tags", "an object") }
        return object
    }

    func value(_ key: String) -> JSONValue? { present(key) }

    func record(_ key: String) throws(StoreError) -> RecordReader? {
        guard let value = present(key) else { return nil }
        return try RecordReader(value, path: path, member: below(key))
    }

    func requiredRecord(_ key: String) throws(StoreError) -> RecordReader {
        guard let record = try record(key) else { throw missing(key, "an object") }
        return record
    }

    func records(_ key: String) throws(StoreError) -> [RecordReader] {
        guard let value = present(key) else { return [] }
        guard let items = value.arrayValue else { throw missing(key, "a list") }
        var readers: [RecordReader] = []
        for item in items { readers.append(try RecordReader(item, path: path, member: below(key))) }
        return readers
    }

    /// A member that is one of a closed set of words.
    func word<Word: RawRepresentable>(_ key: String, _: Word.Type) throws(StoreError) -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: try text(key)) else { throw missing(key, "one of the known words") }
        return word
    }

    private func present(_ key: String) -> JSONValue? {
        guard let value = object[key], value != .null else { return nil }
        return value
    }

    private func below(_ key: String) -> String { member.map { "\($0), member \(key)" } ?? key }

    private func missing(_ key: String, _ needed: String) -> StoreError {
        Self.damage(path, member, "its member '\(key)' should be \(needed)")
    }

    private static func damage(_ document: String, _ member: String?, _ found: String) -> StoreError {
        let path = member.map { "\(document), member \($0)" } ?? document
        return StoreError(
            kind: .damaged,
            message: "the document \(path) is not one this program wrote: \(found)",
            hint: StoreError.mend(path),
            path: path
        )
    }
}

extension JSONObject {
    /// Sets `key` only when there is a value, so that documents hold no nulls.
    mutating func set(_ key: String, _ value: JSONValue?) {
        if let value { self[key] = value }
    }

    mutating func set(_ key: String, time seconds: Int64?) {
        if let seconds { self[key] = .string(Timestamp.text(seconds)) }
    }

    /// Sets `key` only when there is a text, so that documents hold no empty lists.
    mutating func set(_ key: String, texts: [String]) {
        if !texts.isEmpty { self[key] = .array(texts.map(JSONValue.string)) }
    }

    mutating func set(_ key: String, base64 bytes: [UInt8]) {
        self[key] = .string(Base64.encode(bytes))
    }
}
