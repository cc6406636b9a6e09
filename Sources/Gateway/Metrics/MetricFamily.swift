/// Every metric family that the gateway exposes, in the order of the page.
///
/// Names follow the OpenTelemetry semantic conventions (HTTP and generative AI, in their Prometheus form: dots become
/// underscores, a unit becomes a suffix) where these have one, and begin with `sluice_` otherwise. `docs/metrics.md`
/// explains each.
enum MetricFamily: Int, CaseIterable, Sendable {
    case httpRequestDuration, httpActiveRequests
    case serverRequestDuration, serverTimeToFirstToken, serverTimePerOutputToken
    case requests, requestErrors, requestsInFlight, requestEvents, clientDisconnects
    case cacheResults, cacheSavedTokens, streamsMended, fallbacks, hedges
    case operationDuration, operationTimeToFirstChunk, operationTimePerChunk, tokenUsage, tokens, cost
    case upstreamAttempts, upstreamRetries, upstreamBreaker, upstreamQueued, upstreamUp
    case upstreamTransfers, upstreamErrors, upstreamTransfersInFlight, upstreamEvents
    case upstreamCancellations, upstreamPauses, upstreamReceivedBytes, upstreamSentBytes
    case connections, connectionsAccepted, connectionsRefused, tlsHandshakes, clientReceivedBytes, clientSentBytes
    case policyDecisions
    case loopTurns, loopBusy
    case logLines, logLinesDropped, configReloadSuccessful, configReloadTime, buildInfo
    case storeLogs, storeBytes, storeEvictions, storeFailing, storeChanges
    case storeReplicas, storeMissed, storeForgotten, storeUnshared
    case tasks, taskBytes
    case processCPU, processResidentMemory, processVirtualMemory, processOpenDescriptors, processMaxDescriptors
    case processThreads, processStartTime

    var definition: MetricDefinition { Self.table[rawValue] }

    private static let table = allCases.map(define)

    private static let http = ["http_request_method", "url_scheme"]
    private static let served = ["dialect", "gen_ai_operation_name", "gen_ai_request_model"]
    private static let called = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "upstream"]
    private static let upstream = ["upstream", "model"]

    private static func define(_ family: Self) -> MetricDefinition {
        switch family {
        // Requests as HTTP.
        case .httpRequestDuration:
            .histogram(
                "http_server_request_duration_seconds", .seconds,
                labels: http + ["http_route", "http_response_status_code"],
                "Time from the first byte of a request to the last byte of its response.")
        case .httpActiveRequests:
            .gauge("http_server_active_requests", labels: http, "Requests being served now.")

        // Requests as generative AI, seen from the client's side of the gateway.
        case .serverRequestDuration:
            .histogram(
                "gen_ai_server_request_duration_seconds", .seconds, labels: served + ["error_type"],
                "Time from the request to the last output; error_type is who failed it, if anyone.")
        case .serverTimeToFirstToken:
            .histogram(
                "gen_ai_server_time_to_first_token_seconds", .seconds, labels: served,
                "Time from the request to the first content handed to the client.")
        case .serverTimePerOutputToken:
            .histogram(
                "gen_ai_server_time_per_output_token_seconds", .seconds, labels: served,
                "Mean time per output token after the first, once per successful request.")
        case .requests:
            .counter(
                "sluice_requests", labels: ["dialect", "model", "upstream", "status"],
                "Requests ended, by the upstream that answered and the HTTP status given to the client.")
        case .requestErrors:
            .counter(
                "sluice_request_errors", labels: ["dialect", "model", "source", "code"],
                "Requests that ended in an error, before or after their first byte, by who caused it and why.")
        case .requestsInFlight:
            .gauge("sluice_requests_in_flight", labels: ["dialect", "model"], "Completion requests being served now.")
        case .requestEvents:
            .counter("sluice_events_sent", labels: ["dialect", "model"], "Stream events handed to clients.")
        case .clientDisconnects:
            .counter(
                "sluice_client_disconnects", labels: ["dialect", "model", "phase"],
                "Clients that left before the end of their answer, by the phase their request was in.")

        case .cacheResults:
            .counter(
                "sluice_cache_requests", labels: ["dialect", "model", "result"],
                "Requests under a cache policy: hit (a kept answer), live (one that was being written), miss, bypass.")
        case .cacheSavedTokens:
            .counter(
                "sluice_cache_saved_tokens", labels: ["dialect", "model", "type"],
                "Tokens of answers that were shared instead of being made again: input and output.")
        case .streamsMended:
            .counter(
                "sluice_streams_mended", labels: ["dialect", "model", "result"],
                "Streams that broke off in the middle: mended, or failed in spite of mid_stream.")

        case .fallbacks:
            .counter(
                "sluice_fallbacks", labels: ["dialect", "model"],
                "Requests for which a model of `fallbacks`, or of the client's own list, was asked.")
        case .hedges:
            .counter(
                "sluice_hedges", labels: ["dialect", "model", "result"],
                "Second targets that were asked since the first was slow: won (they answered first) or lost.")

        // Calls to upstreams.
        case .upstreamAttempts:
            .counter(
                "sluice_upstream_attempts", labels: upstream + ["outcome"],
                "Calls ended: ok, a kind of failure, cancelled (nobody wanted it), lost (another answered first).")
        case .upstreamRetries:
            .counter("sluice_upstream_retries", labels: upstream, "Calls that repeat a failed one on the same target.")
        case .upstreamBreaker:
            .gauge("sluice_upstream_breaker", labels: upstream, "Circuit breaker: 0 closed, 1 probing, 2 open.")
        case .upstreamQueued:
            .gauge("sluice_upstream_queued", labels: ["upstream"], "Requests that wait for a place at the upstream.")
        case .upstreamUp:
            .gauge("sluice_upstream_up", labels: ["upstream"], "1 if the provider answers its health check, else 0.")
        case .operationDuration:
            .histogram(
                "gen_ai_client_operation_duration_seconds", .seconds, labels: called + ["error_type"],
                "Duration of one call to an upstream; error_type is the cause code of a failed one.")
        case .operationTimeToFirstChunk:
            .histogram(
                "gen_ai_client_operation_time_to_first_chunk_seconds", .seconds, labels: called,
                "Time from the call to its first event, streams only.")
        case .operationTimePerChunk:
            .histogram(
                "gen_ai_client_operation_time_per_output_chunk_seconds", .seconds, labels: called,
                "Gap between one event of an upstream's stream and the next.")
        case .tokenUsage:
            .histogram(
                "gen_ai_client_token_usage", labels: called + ["gen_ai_token_type"],
                "Tokens used by one call, as the upstream reports them.")
        case .tokens:
            .counter(
                "sluice_tokens", labels: upstream + ["type"],
                "Tokens used: input, output, and the cached part of the input.")
        case .cost:
            .counter(
                "sluice_cost_usd", .usd, labels: upstream,
                "What calls cost by the prices of the configuration; absent where no price is known.")
        case .upstreamTransfers:
            .counter("sluice_upstream_transfers", labels: upstream, "Calls begun, every attempt counted.")
        case .upstreamErrors:
            .counter(
                "sluice_upstream_errors", labels: upstream + ["code"],
                "Calls that failed, also those that a retry or a fallback made good.")
        case .upstreamTransfersInFlight:
            .gauge("sluice_upstream_transfers_in_flight", labels: upstream, "Calls running now.")
        case .upstreamEvents:
            .counter("sluice_upstream_events", labels: upstream, "Stream events received.")
        case .upstreamCancellations:
            .counter("sluice_upstream_cancellations", labels: upstream, "Calls ended early since nobody wanted them.")
        case .upstreamPauses:
            .counter("sluice_upstream_pauses", labels: upstream, "Times a call was paused by back-pressure.")
        case .upstreamReceivedBytes:
            .counter("sluice_upstream_received_bytes", .bytes, labels: upstream, "Body bytes read from upstreams.")
        case .upstreamSentBytes:
            .counter("sluice_upstream_sent_bytes", .bytes, labels: upstream, "Body bytes written to upstreams.")

        // Client connections.
        case .connections:
            .gauge("sluice_connections", labels: ["listener"], "Client connections open now.")
        case .connectionsAccepted:
            .counter("sluice_connections_accepted", labels: ["listener"], "Client connections accepted.")
        case .connectionsRefused:
            .counter("sluice_connections_refused", labels: ["listener"], "Client connections closed at a bound.")
        case .tlsHandshakes:
            .counter(
                "sluice_tls_handshakes", labels: ["listener", "result"], "TLS handshakes: full, resumed or failed.")
        case .clientReceivedBytes:
            .counter(
                "sluice_client_received_bytes", .bytes, labels: ["listener"], "Bytes read from clients, inside TLS.")
        case .clientSentBytes:
            .counter("sluice_client_sent_bytes", .bytes, labels: ["listener"], "Bytes written to clients, inside TLS.")

        // Policies.
        case .policyDecisions:
            .counter(
                "sluice_policy_decisions", labels: ["policy", "kind", "verdict", "mode"],
                "What policies decided: pass, warn, queue, change or refuse; in shadow mode what they would have.")

        // Kept completions.
        case .storeLogs:
            .gauge("sluice_store_logs", labels: [], "Completions that others may find, finished or being written.")
        case .storeBytes:
            .gauge("sluice_store_bytes", .bytes, "Memory that kept completions take.")
        case .storeEvictions:
            .counter("sluice_store_evictions", labels: [], "Kept completions given up for want of room.")

        case .storeFailing:
            .gauge("sluice_store_servers_failing", labels: [], "Servers of the shared store that do not answer.")
        case .storeChanges:
            .counter(
                "sluice_store_state_changes", labels: [],
                "How often a server of the shared store stopped answering or came back.")
        case .storeReplicas:
            .gauge(
                "sluice_store_replicas", labels: [], "Gateways that count limits together, this one among them.")
        case .storeMissed:
            .counter(
                "sluice_limits_without_store", labels: ["way"],
                "Requests whose limits were decided while the shared store did not answer, by on_store_failure.")
        case .storeForgotten:
            .counter(
                "sluice_limits_forgotten", labels: [],
                "Changes of counters that the shared store was never told, for want of room.")
        case .storeUnshared:
            .counter(
                "sluice_store_unshared_completions", labels: [],
                "Completions that other replicas could not be told of, or not to the end.")

        // Tasks.
        case .tasks:
            .gauge("sluice_tasks", labels: ["state"], "Tasks that wait, run, or are over with their results kept.")
        case .taskBytes:
            .gauge("sluice_tasks_bytes", .bytes, "Memory that the events of tasks take.")

        // Loops.
        case .loopTurns:
            .counter("sluice_loop_turns", labels: ["worker"], "Turns of a worker's event loop.")
        case .loopBusy:
            .counter("sluice_loop_busy_seconds", .seconds, labels: ["worker"], "Time a loop worked rather than waited.")

        // The gateway as a whole.
        case .logLines:
            .counter("sluice_log_lines", labels: ["log"], "Log lines written.")
        case .logLinesDropped:
            .counter("sluice_log_lines_dropped", labels: ["log"], "Log lines lost: queue full or a failed write.")
        case .configReloadSuccessful:
            .gauge(
                "sluice_config_last_reload_successful", labels: [],
                "1 if the configuration last read was taken, else 0.")
        case .configReloadTime:
            .gauge(
                "sluice_config_last_reload_success_timestamp_seconds", .seconds,
                "Unix time at which a configuration was last taken.")
        case .buildInfo:
            .gauge("sluice_build_info", labels: ["version"], "Always 1; the version is in the label.")

        // The process.
        case .processCPU:
            .counter("process_cpu_seconds", .seconds, "User and system CPU time.")
        case .processResidentMemory:
            .gauge("process_resident_memory_bytes", .bytes, "Resident memory.")
        case .processVirtualMemory:
            .gauge("process_virtual_memory_bytes", .bytes, "Virtual memory.")
        case .processOpenDescriptors:
            .gauge("process_open_fds", labels: [], "Open file descriptors.")
        case .processMaxDescriptors:
            .gauge("process_max_fds", labels: [], "Most file descriptors that may be open.")
        case .processThreads:
            .gauge("process_threads", labels: [], "Threads of the process.")
        case .processStartTime:
            .gauge("process_start_time_seconds", .seconds, "Unix time at which the process began.")
        }
    }
}
