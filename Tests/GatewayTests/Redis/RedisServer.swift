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

    /// On a socket it takes connections when this returns.
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
        guard case .unix(let path) = address else { return }
        let deadline = Date(timeIntervalSinceNow: 10)
        while !files.fileExists(atPath: path), Date() < deadline { usleep(1000) }
    }

    /// Ends it without warning.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Stops its work, as a machine does that hangs; or goes on.
    func freeze(_ isFrozen: Bool) { Glibc.kill(process.processIdentifier, isFrozen ? SIGSTOP : SIGCONT) }

    /// Ports that are free at present, and whose cluster bus ports are too.
    static func freePorts(_ count: Int) -> [Int] {
        var held: [Int32] = []
        defer { for descriptor in held { close(descriptor) } }
        var ports: [Int] = []
        var candidate = Int.random(in: 20_000..<40_000)
        while ports.count < count {
            candidate += 1
            if let pair = [candidate, candidate + 10_000].map(bound) as? [Int32] {
                held += pair
                ports.append(candidate)
            }
        }
        return ports
    }

    private static func bound(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }
}
