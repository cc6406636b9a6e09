import Upstreams

/// The callers' keys: listing, making, rotating and revoking them.
extension AdminAnswers {
    func answerKeys(_ body: borrowing ByteBuffer) {
        if exchange.connection.head.method == .post { makeKey(body) } else { listKeys() }
    }

    func rotateKey(_ body: borrowing ByteBuffer) {
        let id = Route.adminKeyRotation.operatorsID(exchange.connection.head) ?? ""
        change(body) { (body, secret) throws(APIError) in
            .rotate(try KeyRequest.rotation(body, of: id, for: secret, now: WallClock.seconds))
        }
    }

    func revokeKey() {
        let id = Route.adminKey.operatorsID(exchange.connection.head) ?? ""
        exchange.service.editKeys(.revoke(id: id), exchange.entry.keyID) { result in
            switch result {
            case .success(let key):
                answer {
                    $0.member("id", key.id)
                    $0.member("revoked", true)
                }
            case .failure(let failure): refuse(failure)
            }
        }
    }

    private func listKeys() {
        let keys = exchange.runtime.configuration.keys
        answer { writer in
            writer.member("object", "list")
            writer.array("data") { list in
                for key in keys { list.object { key.write(to: &$0) } }
            }
        }
    }

    private func makeKey(_ body: borrowing ByteBuffer) {
        change(body) { (body, secret) throws(APIError) in
            .add(try KeyRequest.key(body, for: secret, now: WallClock.seconds))
        }
    }

    /// Makes a key, has its entry added, and tells it: here alone, and this once.
    private func change(
        _ body: borrowing ByteBuffer, _ edit: (borrowing ByteBuffer, String) throws(APIError) -> KeyEdit
    ) {
        let secret = NewKey.secret()
        do throws(APIError) {
            exchange.service.editKeys(try edit(body, secret), exchange.entry.keyID) { result in
                switch result {
                case .success(let key):
                    answer(.created) {
                        key.write(to: &$0)
                        $0.member("key", secret)
                    }
                case .failure(let failure): refuse(failure)
                }
            }
        } catch {
            exchange.answer(error)
        }
    }

    private func refuse(_ failure: KeyEditFailure) {
        failure.mistakes.isEmpty ? exchange.answer(failure.error) : answer(failure.error, failure.mistakes)
    }
}
