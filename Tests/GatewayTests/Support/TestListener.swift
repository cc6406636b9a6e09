import Glibc

@testable import Gateway

/// A listening socket in a test's hands.
struct TestListener {
    let socket: TestSocket
    let port: Int

    /// Whether somebody has connected since it was asked last; the connection is closed.
    func accepted() -> Bool {
        let descriptor = accept(socket.descriptor, nil, nil)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
