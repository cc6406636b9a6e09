import Policies

/// The callers whom the requests that a policy is for can come from, as far as the configuration alone tells.
struct KnownCallers {
    /// Nil, here and below: there may be others whom the configuration does not name.
    private(set) var users: [String]? = []
    private(set) var teams: [String]? = []
    private(set) var keyIDs: [String]? = []
    private(set) var tags: [String]? = []

    init(_ configuration: Configuration, of policy: PolicyConfiguration) {
        for listener in configuration.listeners where policy.match.includes(listener: listener.name) {
            guard let auth = configuration.authentication(onListener: listener.name) else { continue }
            if auth.requirements.contains(.key) { addKeys(configuration) }
            if auth.requirements.contains(.jwt) { (users, teams) = (nil, nil) }
            if auth.requirements.contains(.clientCertificate) { addCallers(auth.clientCertificate) }
        }
    }

    /// Keys that operators or a keys file may bring at any time are nobody's to know.
    private mutating func addKeys(_ configuration: Configuration) {
        guard configuration.keysFile == nil, configuration.admin.keys.isEmpty else {
            (users, teams, keyIDs, tags) = (nil, nil, nil, nil)
            return
        }
        users? += configuration.keys.map(\.user)
        teams? += configuration.keys.compactMap(\.team)
        keyIDs? += configuration.keys.map(\.id)
        tags? += configuration.keys.flatMap(\.tags)
    }

    private mutating func addCallers(_ certificates: ClientCertificateConfiguration) {
        guard !certificates.callers.isEmpty else {
            users = nil
            return
        }
        users? += certificates.callers.map { $0.value.user ?? $0.name }
        teams? += certificates.callers.compactMap(\.value.team)
    }
}
