/// A change of the callers' keys that an operator wants. Carries digests, never keys.
enum KeyEdit: Sendable {
    /// Adds this entry, whose id nobody may have.
    case add(KeyConfiguration)
    /// Puts another key beside one that is there.
    case rotate(KeyRenewal)
    /// Takes the entry of this id out.
    case revoke(id: String)

    /// What the log says when it is done.
    var deed: String {
        switch self {
        case .add: "a key was made"
        case .rotate(let rotation): "the key \(rotation.id.quoted) was rotated"
        case .revoke: "a key was revoked"
        }
    }

    /// The id of an entry that has to be there.
    var target: String? {
        switch self {
        case .add: nil
        case .rotate(let rotation): rotation.id
        case .revoke(let id): id
        }
    }
}
