import Testing

@testable import Gateway
@testable import Upstreams

/// The way to a provider allows the longest time to connect that any call may take, and each call keeps its own.
struct ConnectTimeTests {
    private static let configuration = ConfigFixture.root([
        "upstreams": #"""
        { "cloud": { "kind": "openai", "base_url": "https://api.example.com/v1", "timeouts": { "connect_ms": 300 } },
          "other": { "kind": "openai", "base_url": "https://api.example.com/v1", "timeouts": { "connect_ms": 300 } } }
        """#,
        "models": #"""
        [{ "name": "patient", "timeouts": { "connect_ms": 2000 },
           "targets": [{ "upstream": "cloud" }, { "upstream": "cloud", "timeouts": { "connect_ms": 100 } }] },
         { "name": "plain", "targets": [{ "upstream": "cloud" }, { "upstream": "other" }] }]
        """#,
    ])

    @Test func `the longest of all is found`() throws {
        let configuration = try ConfigFixture.load(Self.configuration)
        #expect(configuration.longestConnect(to: "cloud") == 2000)
        #expect(configuration.longestConnect(to: "other") == nil)
    }

    @Test(arguments: [(nil, 300), (100, 300), (2000, 2000)] as [(Int?, Int)])
    func `the way to the provider allows the longest`(longest: Int?, expected: Int) throws {
        let loop = EventLoop()
        let context = UpstreamContext(loop: loop, curl: CurlMulti(reactor: loop), parser: JSONParser())
        let upstream = try #require(try ConfigFixture.load(Self.configuration).upstreams[0].kind.http)
        let transport = context.transport(to: upstream, longestConnect: longest)
        let settings = (transport as? HTTP1Transport)?.connector.settings ?? (transport as? CurlTransport)?.settings
        #expect(settings?.connectTimeout == expected)
    }

    @Test func `each target has its own time, longer or shorter than its upstream's`() throws {
        let fixture = try ServiceFixture(Self.configuration)
        let (service, runtime) = (fixture.service, fixture.service.runtime)
        let document = try JSONParser().parse(text: #"{"messages":[]}"#)
        let request = CompletionRequest(
            document: document, model: "m", isStream: true, wantsUsage: false, requestID: "r")
        let patient = try #require(runtime.models.route("patient"))
        let plain = try #require(runtime.models.route("plain"))
        func times(_ route: ModelTable.Route) -> Set<Int?> {
            Set(
                runtime.group(route).ordered(request, user: nil, model: route.name, service).map {
                    $0.destination.timeouts.connect
                })
        }
        #expect(times(patient) == [2000, 100] && times(plain) == [300])
    }
}
