package enum Binary {
    package static var adr: String {
        fatalError()
    }
}
