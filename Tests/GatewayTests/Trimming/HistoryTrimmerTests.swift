import Policies
import Testing
import Upstreams

@testable import Gateway

/// Requests in, shortened requests out.
@Suite struct HistoryTrimmerTests {
    private let parser = JSONParser()

    private func trimmer(_ settings: String) throws -> HistoryTrimmer {
        let text = ConfigText(file: "test", bytes: Array(settings.utf8))
        let context = ConfigContext(text: text, folder: "/", environment: { _ in nil })
        let place = ConfigPlace(node: try ConfigDocument.parse(text), path: "", context: context)
        let configuration = try #require(ConfigReader.read(place, TrimHistoryPolicyConfiguration.init))
        #expect(context.issues.isEmpty)
        return HistoryTrimmer(configuration, try Tokenizers([]), parser: parser)
    }
}
