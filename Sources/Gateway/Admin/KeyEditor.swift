import Glibc

/// Changes the keys file as operators want it, and has the change take effect or takes it back.
///
/// It blocks while it reads and writes: the supervisor alone uses it, for one change after another. `sluice keys` waits
/// for it, and it for `sluice keys`, but not for long, by the lock on the file's folder.
struct KeyEditor {
    private struct Change {
        let before: KeysFile
        let after: KeysFile
        let key: KeyConfiguration
    }

    /// The ids of the keys in the configuration itself.
    private let configured: Set<String>
    private let path: String?
    /// Milliseconds to wait for the lock: whoever holds it for longer must not keep the supervisor from its signals.
    private let patience: Int
    private let reload: () -> [String]

    /// `reload` reads the configuration anew and returns its mistakes; with any, the old one stays in use.
    init(_ configuration: Configuration, patience: Int = 2000, reload: @escaping () -> [String]) {
        configured = Set(configuration.keys.filter { !$0.isInFile }.map(\.id))
        path = configuration.keysFile
        self.patience = patience
        self.reload = reload
    }

    /// Returns the entry that was made, or taken out.
    func make(_ edit: KeyEdit) throws(KeyEditFailure) -> KeyConfiguration {
        if let id = edit.target, configured.contains(id) { throw .isConfigured(id) }
        guard let path else { throw .noFile }
        let change = try write(edit, path)
        let mistakes = reload()
        guard mistakes.isEmpty else {
            let isBack = restore(change, path)
            if isBack { _ = reload() }
            throw isBack ? .unsound(mistakes) : .left(mistakes)
        }
        return change.key
    }

    private func write(_ edit: KeyEdit, _ path: String) throws(KeyEditFailure) -> Change {
        do {
            let lock = try PrivateFile.lockFolder(of: path, patience: patience)
            defer { close(lock) }
            let file = try read(path)
            let change = try apply(edit, to: file)
            guard change.after.bytes.count <= ConfigLoader.limit else {
                throw KeyEditFailure.file("\(path): it would have more than \(ConfigLoader.limit) bytes")
            }
            try PrivateFile.replace(change.after.text, at: path)
            return change
        } catch let failure as KeyEditFailure {
            throw failure
        } catch let errors as ConfigErrors {
            throw .unsound(errors.issues.map(\.description))
        } catch {
            throw .file("\(error)")
        }
    }

    private func read(_ path: String) throws(KeyEditFailure) -> KeysFile {
        do throws(FileAccessError) {
            return KeysFile(name: path, bytes: try FileAccess.read(path, limit: ConfigLoader.limit))
        } catch {
            throw .file("\(path): cannot be read: \(error.reason)")
        }
    }

    private func apply(_ edit: KeyEdit, to file: KeysFile) throws -> Change {
        let keys = try file.keys()
        switch edit {
        case .add(let key):
            try requireFree(key.id, keys)
            return Change(before: file, after: try file.adding(key.entry), key: key.inFile())
        case .rotate(let rotation):
            return try rotate(rotation, keys, file)
        case .revoke(let id):
            let place = try place(of: id, keys)
            return Change(before: file, after: try file.removing(place), key: keys[place])
        }
    }

    private func rotate(_ rotation: KeyRenewal, _ keys: [KeyConfiguration], _ file: KeysFile) throws -> Change {
        let place = try place(of: rotation.id, keys)
        let old = keys[place]
        if let end = old.expires, end <= WallClock.seconds { throw KeyEditFailure.hasEnded(old.id) }
        let new = old.renewed(id: rotation.newID, sha256: rotation.sha256)
        try requireFree(new.id, keys)
        var after = file
        if let end = rotation.oldEnds { after = try after.replacing(place, with: old.ending(by: end).entry) }
        return Change(before: file, after: try after.adding(new.entry), key: new)
    }

    private func place(of id: String, _ keys: [KeyConfiguration]) throws(KeyEditFailure) -> Int {
        guard let place = keys.firstIndex(where: { $0.id == id }) else { throw .isUnknown(id) }
        return place
    }

    private func requireFree(_ id: String, _ keys: [KeyConfiguration]) throws(KeyEditFailure) {
        if configured.contains(id) || keys.contains(where: { $0.id == id }) { throw .isTaken(id) }
    }

    /// Brings the file back to what it was, unless somebody else has changed it since.
    private func restore(_ change: Change, _ path: String) -> Bool {
        do {
            let lock = try PrivateFile.lockFolder(of: path, patience: patience)
            defer { close(lock) }
            guard try read(path).bytes == change.after.bytes else { return false }
            try PrivateFile.replace(change.before.text, at: path)
            return true
        } catch {
            return false
        }
    }
}
