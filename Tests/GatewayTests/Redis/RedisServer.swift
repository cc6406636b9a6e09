import Foundation
import Upstreams

/// A real redis-server (or Sentinel) of a test's own, without persistence, ended with its owner.
final class RedisServer {
    let folder: TLSTestFolder
    /// Where clients reach it: a socket in its folder, unless it was started with a port.
    let address: RedisAddress
    private let certificates: TLSTestFolder?
    private let arguments: [String]
    private var process = Process()

    /// With a `port` it listens on 127.0.0.1, else on a socket in its folder. Arguments are as on the command line.
    ///
    /// `sentinel` makes it a Sentinel with that configuration. `certificates` is what its arguments name files in.
    init(
        port: Int? = nil, sentinel: String? = nil, certificates: TLSTestFolder? = nil, arguments: [String] = []
    ) throws {
        folder = try TLSTestFolder()
        self.certificates = certificates
        let socket = folder.file("redis.sock")
        address = port.map { .tcp(host: "127.0.0.1", port: $0) } ?? .unix(path: socket)
        var all = ["--dir", folder.path, "--save", "", "--appendonly", "no", "--loglevel", "warning"]
        all += ["--enable-debug-command", "yes", "--bind", "127.0.0.1"]
        if port == nil { all += ["--unixsocket", socket] }
        if certificates != nil {
            all += ["--port", "0", "--tls-port", String(port ?? 0)]
        } else {
            all += ["--port", String(port ?? 0)]
        }
        if let sentinel {
            // A Sentinel writes its state to its configuration.
            let file = try folder.write("dir \(folder.path)\n\(sentinel)", to: "sentinel.conf")
            all = [file, "--sentinel", "--port", String(port ?? 0), "--bind", "127.0.0.1"]
        }
        self.arguments = all + arguments
        try start()
    }

    deinit { kill() }

    /// It takes connections when this returns.
    func start() throws {
        let files = FileManager.default
        if case .unix(let path) = address, files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
        process.arguments = arguments
        let log = folder.file("log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 30)
        while !place.isListening {
            guard process.isRunning, Date() < deadline else {
                throw Failure(log: try String(contentsOfFile: log, encoding: .utf8))
            }
            usleep(1000)
        }
    }

    /// It did not come to listen.
    private struct Failure: Error {
        let log: String
    }

    private var place: TestAddress {
        switch address {
        case .tcp(_, let port): .port(port)
        case .unix(let path): .file(path)
        }
    }

    /// Ends it without warning.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Stops its work, as a machine does that hangs; or goes on.
    func freeze(_ isFrozen: Bool) { Glibc.kill(process.processIdentifier, isFrozen ? SIGSTOP : SIGCONT) }

    /// Ports that are free at present, and whose cluster bus ports are too. All are below those that the system gives
    /// to connections by itself, so that none of these takes one before its server does.
    static func freePorts(_ count: Int) -> [Int] {
        var held: [TestSocket] = []
        var ports: [Int] = []
        var candidate = Int.random(in: 12_000..<22_000)
        while ports.count < count {
            candidate += 1
            let pair = (0..<2).map { _ in TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) }
            if zip(pair, [candidate, candidate + 10_000]).allSatisfy({ TestAddress.port($1).bind($0.descriptor) }) {
                held += pair
                ports.append(candidate)
            }
        }
        return ports
    }
}
