import JSON

/// How many arguments a function takes.
struct Arity: Sendable {
    var count: Int
    /// Whether more are allowed.
    var isVariadic = false
}

/// The functions, under their names.
enum Function: String, Sendable {
    case abs
    case avg
    case ceil
    case contains
    case endsWith = "ends_with"
    case floor
    case join
    case keys
    case length
    case map
    case max
    case maxBy = "max_by"
    case merge
    case min
    case minBy = "min_by"
    case notNull = "not_null"
    case reverse
    case sort
    case sortBy = "sort_by"
    case startsWith = "starts_with"
    case sum
    case toArray = "to_array"
    case toNumber = "to_number"
    case toString = "to_string"
    case type
    case values

    var arity: Arity {
        switch self {
        case .merge, .notNull: Arity(count: 1, isVariadic: true)
        case .contains, .endsWith, .join, .map, .maxBy, .minBy, .sortBy, .startsWith: Arity(count: 2)
        default: Arity(count: 1)
        }
    }

    /// The result for arguments in the right number.
    ///
    /// - Throws: If their types are not what the function takes.
    func apply(to arguments: Arguments) throws(JMESPathError) -> Operand {
        switch self {
        case .abs: .value(try arguments.absoluteValue())
        case .avg: .value(try arguments.average())
        case .ceil: .value(try arguments.rounded(.up))
        case .contains: .value(try arguments.contains())
        case .endsWith: .value(try arguments.endsWith())
        case .floor: .value(try arguments.rounded(.down))
        case .join: .value(try arguments.join())
        case .keys: .value(.array(try arguments.object(0).keys.map { .string($0) }))
        case .length: .value(try arguments.length())
        case .map: .value(try arguments.map())
        case .max: .value(try arguments.extreme(.greater))
        case .maxBy: .value(try arguments.extremeByKey(.greater))
        case .merge: .value(try arguments.merge())
        case .min: .value(try arguments.extreme(.less))
        case .minBy: .value(try arguments.extremeByKey(.less))
        case .notNull: arguments.notNull()
        case .reverse: .value(try arguments.reverse())
        case .sort: .value(try arguments.sort())
        case .sortBy: .value(try arguments.sortByKey())
        case .startsWith: .value(try arguments.startsWith())
        case .sum: .value(try arguments.sum())
        case .toArray: .value(try arguments.toArray())
        case .toNumber: .value(try arguments.toNumber())
        case .toString: .value(try arguments.toString())
        case .type: .value(arguments.type())
        case .values: .value(.array(try arguments.object(0).map { $0.value }))
        }
    }
}
