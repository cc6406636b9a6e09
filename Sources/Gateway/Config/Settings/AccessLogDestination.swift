/// Where the access log goes.
package enum AccessLogDestination: Hashable, Sendable {
    case off
    case standardOutput
    case standardError
    /// Absolute path of a file to append to.
    case file(String)
}

extension ConfigType<AccessLogDestination> {
    static var accessLogDestination: Self {
        let text = ConfigType<String>.string("\"stdout\", \"stderr\", \"off\" or the path of a file")
        return Self(
            shape: text.shape, placeholder: .off,
            json: { destination in
                switch destination {
                case .off: .string("off")
                case .standardOutput: .string("stdout")
                case .standardError: .string("stderr")
                case .file(let path): .string(path)
                }
            },
            read: { place in
                switch text.read(place) {
                case nil: nil
                case "off": .off
                case "stdout": .standardOutput
                case "stderr": .standardError
                case let path?: .file(place.context.resolve(path))
                }
            })
    }
}
