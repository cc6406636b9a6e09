import Policies
import Testing
import Upstreams

@testable import Gateway

/// Two replicas' sides of limits, on one loop and one real server.
@Suite("Limits that replicas share")
struct RedisLimitDeskTests {
    private final class Bench {
        let server: RedisServer
        let link: RedisLink
        private(set) var replicas: [(limiter: Limiter, desk: RedisLimitDesk, link: RedisLink)] = []
        let wakeup = Wakeup()

        init(_ policies: String, replicas count: Int = 2) throws {
            server = try RedisServer()
            link = RedisLink(server)
            let configuration = try ConfigFixture.load(
                ConfigFixture.root([
                    "policies": policies, "listeners": #"[{ "name": "a", "address": "127.0.0.1:1" }]"#,
                ]))
            for index in 0..<count {
                let multi = CurlMulti(reactor: link.loop)
                var settings = RedisSettings(address: server.address)
                settings.commandTimeout = 2000
                settings.failureThreshold = 1
                let client = RedisClient(settings, multi: multi, random: { 0.5 })
                let local = LimitDesk(table: LimitTable(), loop: link.loop, owner: index)
                let desk = RedisLimitDesk(client, prefix: "t:", local: local, replica: LimitReplica())
                replicas.append((Limiter(configuration, keeper: desk, metrics: MetricsRegistry(worker: 0)), desk, link))
                desk.client.start()
            }
            turn { self.replicas.allSatisfy { $0.desk.mark != nil && $0.desk.replica.count == count } }
        }

        deinit { for replica in replicas { replica.desk.client.close() } }

        func turn(_ condition: () -> Bool) {
            if !link.loop.turn(until: condition) { Issue.record("it never came to that") }
        }

        func begin(_ replica: Int, user: String = "ann") -> Limiter.Answer {
            guard let limits = replicas[replica].limiter.limits(of: "a") else { return .admitted(nil) }
            return replicas[replica].limiter.admit(
                RequestFacts(
                    dialect: "openai", path: "/", model: "echo",
                    identity: Identity(keyID: nil, user: user, team: nil, models: []), address: "", isStream: false,
                    promptTokens: 10, maxOutputTokens: 10), limits, model: "echo", price: nil, waking: wakeup)
        }

        /// Nil: refused.
        func admission(_ answer: Limiter.Answer) -> Admission? {
            switch answer {
            case .admitted(let admission): return admission
            case .refused: return nil
            case .waiting(let wait):
                turn { wait.answer != nil }
                if case .admitted(let admission) = wait.answer { return admission }
                return nil
            }
        }

        func admissions(_ count: Int, _ replica: Int) -> [Admission] {
            (0..<count).map { _ in begin(replica) }.compactMap { admission($0) }
        }

        /// Waits until all replicas have found out that the server is gone.
        func lose() {
            server.kill()
            turn { self.replicas.allSatisfy { $0.desk.isAway } }
        }

        func find() throws {
            try server.start()
            turn { self.replicas.allSatisfy { !$0.desk.isAway && $0.desk.journal.isEmpty } }
            _ = link.call("PING")
        }
    }

    @Test("Replicas share one limit, exactly")
    func exact() throws {
        let bench = try Bench(#"[{ "kind": "rate_limit", "per": "user", "requests": 25, "window_ms": 86400000 }]"#)
        let answers = (0..<60).map { bench.begin($0 % 2) }
        let admitted = answers.compactMap { bench.admission($0) }
        #expect(admitted.count == 25)
        #expect(admitted.map { $0.figures.requests?.remaining }.sorted { ($0 ?? 0) < ($1 ?? 0) } == Array(0..<25))
        for admission in admitted { admission.keep() }
    }

    @Test("Places are exact over replicas, and a free one goes to who waits on another replica")
    func places() throws {
        let bench = try Bench(
            #"[{ "kind": "concurrency", "per": "user", "max": 2, "queue": { "max": 1, "deadline_ms": 9000 } }]"#)
        var held = bench.admissions(2, 0)
        #expect(held.count == 2)
        guard case .waiting(let wait) = bench.begin(1) else {
            Issue.record("not asked")
            return
        }
        bench.turn { wait.takeDecision() != nil }
        #expect(bench.admission(bench.begin(1)) == nil, "the line is full")
        held.removeLast()
        bench.turn { wait.answer != nil }
        guard case .admitted = wait.answer else {
            Issue.record("refused")
            return
        }
        wait.leave()
        #expect(bench.admissions(3, 0).count == 1)
    }

    @Test("Without Redis each replica has its share; what it granted is told to Redis once it is back, once")
    func local() throws {
        let bench = try Bench(
            #"""
            [{ "kind": "rate_limit", "per": "user", "requests": 20, "window_ms": 86400000 },
             { "kind": "budget", "per": "user", "tokens": 100000, "window": "total" }]
            """#)
        bench.lose()
        let admitted = bench.admissions(30, 0)
        #expect(admitted.count == 10, "half of it")
        for admission in admitted {
            admission.reconcile(TokenUse(input: 50, output: 50))
            admission.release()
        }
        try bench.find()
        #expect(bench.admissions(30, 1).count == 10, "ten of twenty were used")
        var used: [Int?] = []
        bench.turn {
            let budget = bench.replicas[1].limiter.budgets(of: .user).map(\.rule)
            bench.replicas[1].desk.used(of: budget, subject: "ann") { used = $0 }
            return used == [1000]
        }
    }

    @Test("Commands whose replies are lost count once")
    func lostReplies() throws {
        let bench = try Bench(
            #"""
            [{ "kind": "rate_limit", "per": "user", "requests": 100, "window_ms": 86400000 },
             { "kind": "budget", "per": "user", "tokens": 100000, "window": "total" }]
            """#)
        bench.server.freeze(true)
        let answers = (0..<20).map { bench.begin($0 % 2) }
        var isKilled = false
        var kill = RedisCommand("CLIENT")
        for word in ["KILL", "TYPE", "normal"] { kill.add(word) }
        bench.link.client.send(kill) { _ in isKilled = true }
        // All of it must have left before the server looks.
        bench.link.loop.turn(for: 20)
        bench.server.freeze(false)
        bench.turn { isKilled }
        let admitted = answers.compactMap { bench.admission($0) }
        #expect(admitted.count == 20)
        for admission in admitted { admission.keep() }
        // 20 tokens each; more would stay more.
        var used: [Int?] = []
        bench.turn {
            let budget = bench.replicas[0].limiter.budgets(of: .user).map(\.rule)
            bench.replicas[0].desk.used(of: budget, subject: "ann") { used = $0 }
            return used == [400]
        }
        // One that still takes Redis for away would decide by its share.
        bench.turn { bench.replicas.allSatisfy { !$0.desk.isAway && $0.desk.journal.isEmpty } }
        #expect(bench.admissions(1, 0).first?.figures.requests?.remaining == 79)
    }

    @Test("Places that were given without Redis are held there once it is back")
    func localPlaces() throws {
        let bench = try Bench(#"[{ "kind": "concurrency", "per": "user", "max": 4 }]"#)
        let before = bench.admissions(1, 1)
        bench.lose()
        let held = bench.admissions(4, 0)
        #expect(held.count == 2)
        try bench.find()
        #expect(bench.admissions(4, 1).count == 1, "two of replica 0, and one that replica 1 held before")
        withExtendedLifetime((before, held)) {}
    }

    @Test("Nothing is left of a request that leaves the line of this replica's own counters")
    func leftLine() throws {
        let bench = try Bench(
            #"[{ "kind": "concurrency", "per": "user", "max": 1, "queue": { "max": 4 } }]"#, replicas: 1)
        bench.lose()
        let held = bench.admissions(1, 0)
        weak var left: LimitWait?
        func standAndLeave() {
            guard case .waiting(let wait) = bench.begin(0) else { return }
            left = wait
            wait.leave()
            #expect(!wait.isOpen)
        }
        standAndLeave()
        #expect(held.count == 1 && left == nil)
    }

    private static func limit(whenAway: String) -> String {
        #"""
        [{ "kind": "rate_limit", "per": "user", "requests": 20, "window_ms": 86400000,
           "on_store_failure": "\#(whenAway)" }]
        """#
    }

    @Test("A closed limit refuses without Redis, an open one admits and is told afterwards")
    func closedAndOpen() throws {
        let closed = try Bench(Self.limit(whenAway: "closed"), replicas: 1)
        closed.lose()
        guard case .refused(let refusal) = closed.begin(0) else {
            Issue.record("admitted")
            return
        }
        #expect(refusal.refusal.kind == .overloaded && refusal.refusal.retryAfter == 1000)
        let open = try Bench(Self.limit(whenAway: "open"), replicas: 1)
        open.lose()
        let admitted = open.admissions(30, 0)
        #expect(admitted.count == 30)
        #expect(admitted.first?.grant.verdicts == [.warned])
        for admission in admitted { admission.keep() }
        try open.find()
        #expect(open.admissions(1, 0).isEmpty, "thirty were used")
        var figures = StoreFigures()
        open.replicas[0].desk.replica.report(to: &figures)
        #expect(figures.limitsWithoutStore == [.open: 30, .closed: 0, .local: 0])
    }
}
