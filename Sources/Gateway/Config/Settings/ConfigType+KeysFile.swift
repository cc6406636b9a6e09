extension ConfigType<NamedKeysFile> {
    /// The path of a file with keys, which is read. Its mistakes are told with their places in that file. `own`: the
    /// keys of the configuration, which the file must not repeat.
    static func keysFile(beside own: [KeyConfiguration]) -> Self {
        let path = ConfigType<String>.path
        return Self(
            shape: path.shape, placeholder: NamedKeysFile(path: "", keys: []),
            read: { place in
                guard let file = path.read(place) else { return nil }
                do throws(FileAccessError) {
                    let bytes = try FileAccess.read(file, limit: ConfigLoader.limit)
                    let context = ConfigContext(
                        text: ConfigText(file: file, bytes: bytes), folder: place.context.folder,
                        environment: place.context.environment)
                    let keys = KeyConfiguration.read(context, beside: own)
                    place.context.adopt(context, offset: place.node.offset)
                    return keys.map { NamedKeysFile(path: file, keys: $0) }
                } catch {
                    place.report("cannot read \(file.quoted): \(error.reason)")
                    return nil
                }
            })
    }
}

extension KeyConfiguration {
    /// The keys of a keys file's text; what is wrong with it is reported to the context.
    static func read(_ context: ConfigContext, beside own: [Self] = []) -> [Self]? {
        ConfigDocument.parse(context).flatMap { node in
            ConfigReader.read(ConfigPlace(node: node, path: "", context: context)) { file($0, beside: own) }
        }
    }
}
