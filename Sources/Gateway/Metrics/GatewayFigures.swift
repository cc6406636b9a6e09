import Policies

/// What the supervisor knows about the gateway as a whole at one moment.
struct GatewayFigures: Sendable {
    var version: String
    /// Whether the configuration last read was taken.
    var lastReloadSuccessful = true
    /// When a configuration was last taken: nanoseconds since the Unix epoch.
    var lastReloadTime = 0
    var accessLog = LogCounts()
    var operationalLog = LogCounts()
    var store = StoreFigures()
    var health = HealthFigures()
    var tasks = TaskFigures()
    var process = ProcessFigures()

    func emit(into page: inout MetricSamples) {
        page.add(.logLines, ["access"], accessLog.written)
        page.add(.logLines, ["operational"], operationalLog.written)
        page.add(.logLinesDropped, ["access"], accessLog.dropped)
        page.add(.logLinesDropped, ["operational"], operationalLog.dropped)
        page.add(.configReloadSuccessful, lastReloadSuccessful ? 1 : 0)
        page.add(.configReloadTime, lastReloadTime)
        page.add(.storeLogs, store.logs)
        page.add(.storeBytes, store.bytes)
        page.add(.storeEvictions, store.evictions)
        page.add(.storeFailing, store.failingServers)
        page.add(.storeChanges, store.serverChanges)
        page.add(.storeReplicas, store.replicas)
        for way in StoreFailure.allCases { page.add(.storeMissed, [way.rawValue], store.limitsWithoutStore[way] ?? 0) }
        page.add(.storeForgotten, store.limitsForgotten)
        page.add(.storeUnshared, store.unsharedCompletions)
        health.emit(into: &page)
        tasks.emit(into: &page)
        page.add(.buildInfo, [version], 1)
        page.add(.processCPU, process.cpuNanoseconds)
        page.add(.processResidentMemory, process.residentBytes)
        page.add(.processVirtualMemory, process.virtualBytes)
        page.add(.processOpenDescriptors, process.openDescriptors)
        page.add(.processMaxDescriptors, process.maxDescriptors)
        page.add(.processThreads, process.threads)
        page.add(.processStartTime, process.startTime)
    }
}
