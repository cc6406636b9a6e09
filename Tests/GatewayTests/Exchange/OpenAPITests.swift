import Testing
import Upstreams

@testable import Gateway

/// The description of the API and the routes name the same paths and methods.
struct OpenAPITests {
    private static func described() throws -> Set<String> {
        let asset = try #require(WebAssets.embedded["openapi.json"])
        let document = unsafe try JSONParser().parse(asset.bytes.span.bytes)
        let paths = try #require(document.root["paths"])
        var calls: Set<String> = []
        for path in paths.members {
            for method in path.value.members {
                calls.insert("\(method.key.uppercased()) \(path.key)")
            }
        }
        return calls
    }

    @Test func `every route is described, and nothing else`() throws {
        let routes = Route.allCases.flatMap { route in
            [HTTPMethod.get, .post, .put, .patch, .delete].filter(route.allows).map { "\($0.name) \(route.pattern)" }
        }
        #expect(try Self.described() == Set(routes))
    }
}
