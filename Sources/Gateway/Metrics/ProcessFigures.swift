import Glibc

/// What the kernel says about this process at one moment.
struct ProcessFigures: Equatable, Sendable {
    /// User and system time, all threads.
    var cpuNanoseconds = 0
    var residentBytes = 0
    var virtualBytes = 0
    var openDescriptors = 0
    var maxDescriptors = 0
    var threads = 0
    /// Nanoseconds since the Unix epoch.
    var startTime = 0

    /// Reads `/proc/self` (proc(5)); what cannot be read stays 0. Makes a few system calls: for a scrape, not for a
    /// request.
    static func read() -> Self {
        var figures = Self()
        if let stat = ProcFile.contents("/proc/self/stat") { figures.take(stat: stat) }
        if let stat = ProcFile.contents("/proc/stat") { figures.add(bootTimeOf: stat) }
        figures.openDescriptors = ProcFile.entries("/proc/self/fd")
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.maxDescriptors = Int(clamping: limit.rlim_cur)
        }
        return figures
    }

    /// Takes the fields of `/proc/self/stat`. The command name before them is in parentheses and may hold anything.
    mutating func take(stat: String) {
        guard let name = stat.lastIndex(of: ")") else { return }
        let fields = stat[name...].split(separator: " ").dropFirst().map { Int($0) ?? 0 }
        // Fields are numbered from 1 in proc(5), and the first one after the name is number 3.
        guard fields.count > 24 - 3 else { return }
        let tick = 1_000_000_000 / max(sysconf(Int32(_SC_CLK_TCK)), 1)
        cpuNanoseconds = (fields[14 - 3] + fields[15 - 3]) * tick
        threads = fields[20 - 3]
        startTime = fields[22 - 3] * tick
        virtualBytes = fields[23 - 3]
        residentBytes = fields[24 - 3] * Int(getpagesize())
    }

    /// Turns the start time, counted since boot, into Unix time by the `btime` line of `/proc/stat`.
    mutating func add(bootTimeOf stat: String) {
        guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }) else { return }
        startTime += (Int(line.dropFirst(6)) ?? 0) * 1_000_000_000
    }
}
