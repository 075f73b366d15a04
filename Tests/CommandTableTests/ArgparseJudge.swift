import Foundation

/// Python's argparse, set up as az sets it up, and fed a table and lines.
enum ArgparseJudge {
    struct Verdict {
        /// By canonical name: the type, then what is of it, all as text. Nil if the line is refused.
        var values: [String: [String]]?
        /// What the line is refused with, or `help`.
        var message: String?
        /// Whether argparse itself broke down, as 3.11 does over `--option=--`.
        var isBroken: Bool
    }

    struct Report {
        /// The minor version of Python 3.
        var version: Int
        var verdicts: [Verdict]
    }

    static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/env") && runs(["python3", "-V"])

    /// One process judges all lines; each names its table.
    static func judge(tables: [[[String: Any]]], lines: [(table: Int, words: [String])]) throws -> Report {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("argparse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        var input = try JSONSerialization.data(withJSONObject: tables)
        for line in lines {
            input.append(UInt8(ascii: "\n"))
            input.append(try JSONSerialization.data(withJSONObject: [line.table, line.words] as [Any]))
        }
        let asked = folder.appendingPathComponent("asked")
        let answered = folder.appendingPathComponent("answered")
        try input.write(to: asked)
        try Data().write(to: answered)

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONUTF8": "1"]) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: asked)
        process.standardOutput = try FileHandle(forWritingTo: answered)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotRun(message: "the judge failed") }

        var answers = try Data(contentsOf: answered).split(separator: UInt8(ascii: "\n")).map {
            try JSONSerialization.jsonObject(with: $0)
        }
        guard let version = (answers.removeFirst() as? [Int])?.first, answers.count == lines.count else {
            throw NotRun(message: "the judge answered \(answers.count) of \(lines.count) lines")
        }
        let verdicts = answers.map { answer in
            let fields = answer as? [String: Any] ?? [:]
            return Verdict(
                values: fields["values"] as? [String: [String]],
                message: fields["message"] as? String,
                isBroken: fields["broken"] != nil
            )
        }
        return Report(version: version, verdicts: verdicts)
    }

    private static func runs(_ command: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private static let program = #"""
        import argparse, json, sys

        class Refused(Exception):
            pass

        class Parser(argparse.ArgumentParser):
            def error(self, message):
                raise Refused(message)

            def print_help(self, file=None):
                raise Refused('help')

            def _check_value(self, action, value):
                if action.choices is not None and value not in action.choices:
                    name = action.option_strings[0] if action.option_strings else action.dest
                    raise Refused("'%s' is not a valid value for '%s'. Allowed values: %s."
                                  % (value, name, ', '.join(action.choices)))

        class AnyCase(list):
            def __contains__(self, value):
                return value.lower() in [x.lower() for x in self]

        class ThreeState(argparse.Action):
            def __call__(self, parser, namespace, values, option_string=None):
                setattr(namespace, self.dest, (values or 'true').lower() == 'true')

        def listed(choices):
            return lambda value: next((x for x in choices if x.lower() == value.lower()), value)

        def build(table):
            # The order of az: --help first, then what every command has, which the table lists first.
            parser = Parser(prog='tool', add_help=False)
            parser.add_argument('--help', '-h', action='help')
            for argument in table:
                key, kind, choices = argument['names'][0], argument['kind'], argument.get('choices')
                settings = {}
                if 'default' in argument:
                    settings['default'] = argument['default']
                if choices:
                    settings['choices'] = AnyCase(choices)
                    settings['type'] = listed(choices)
                if kind == 'flag':
                    settings['action'] = 'store_true'
                elif kind == 'threeState':
                    settings.update(nargs='?', action=ThreeState, choices=AnyCase(['true', 'false']))
                elif kind == 'integer':
                    settings['type'] = int
                elif kind == 'tags':
                    settings.update(nargs='*', action='extend')
                elif kind == 'zeroOrMore':
                    settings['nargs'] = '*'
                elif kind == 'oneOrMore':
                    settings['nargs'] = '+'
                if not key.startswith('-'):
                    if not argument['required']:
                        settings['nargs'] = '?'
                    parser.add_argument(key, **settings)
                else:
                    parser.add_argument(*argument['names'], dest=key, required=argument['required'], **settings)
            return parser

        def shown(kind, value):
            if value is None:
                return ['none']
            if kind == 'tags':
                tags = {}
                for word in value:
                    if word:
                        key, _, text = word.partition('=')
                        tags[key] = text
                return ['list'] + ['%s>%s' % pair for pair in tags.items()]
            if isinstance(value, bool):
                return ['bool', 'true' if value else 'false']
            if isinstance(value, int):
                return ['int', str(value)]
            if isinstance(value, list):
                return ['list'] + value
            return ['text', value]

        def judge(table, parser, words):
            try:
                space, extras = parser.parse_known_args(words)
                if extras:
                    raise Refused('unrecognized arguments: ' + ' '.join(extras))
            except Refused as refused:
                return {'message': str(refused)}
            except ValueError:
                return {'broken': True}
            return {'values': {a['names'][0]: shown(a['kind'], getattr(space, a['names'][0])) for a in table}}

        tables = json.loads(sys.stdin.readline())
        parsers = [build(table) for table in tables]
        print([sys.version_info.minor])
        for line in sys.stdin:
            number, words = json.loads(line)
            print(json.dumps(judge(tables[number], parsers[number], words)))
        """#
}
