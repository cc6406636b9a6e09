import Testing
import Upstreams

@testable import Gateway

struct MagiVerdictTests {
    private let parser = JSONParser()

    @Test(
        "a verdict may stand in white space or in one fence",
        arguments: ["%", " \n % \n", "```json\n%\n```", "```\n%\n```\n"])
    func accepted(form: String) throws {
        let object = #"{"reason": "off by \"one\"", "decision": "NEGATIVE", "confidence": 1}"#
        let parts = form.split(separator: "%", omittingEmptySubsequences: false)
        let verdict = try MagiVerdict("\(parts[0])\(object)\(parts[1])", parser)
        #expect(verdict.decision == .negative)
        #expect(verdict.reason == "off by \"one\"")
    }

    @Test(
        "whatever else is said is no verdict, and what is wrong is told",
        arguments: [
            ("", "it is not valid JSON"),
            ("POSITIVE", "it is not valid JSON"),
            (#"Sure! {"decision": "POSITIVE", "reason": "x"}"#, "it is not valid JSON"),
            ("Sure!\n```json\n{\"decision\": \"POSITIVE\", \"reason\": \"x\"}\n```", "it is not valid JSON"),
            ("[]", "it is not a JSON object"),
            (#"{"reason": "x"}"#, "'decision' is neither \"POSITIVE\" nor \"NEGATIVE\""),
            (#"{"decision": "positive", "reason": "x"}"#, "'decision' is neither \"POSITIVE\" nor \"NEGATIVE\""),
            (#"{"decision": true, "reason": "x"}"#, "'decision' is neither \"POSITIVE\" nor \"NEGATIVE\""),
            (#"{"decision": "POSITIVE"}"#, "'reason' is not a text"),
            (#"{"decision": "POSITIVE", "reason": " "}"#, "'reason' is not a text"),
            (#"{"decision": "POSITIVE", "decision": "NEGATIVE", "reason": "x"}"#, "it has 'decision' more than once"),
        ])
    func refused(answer: String, fault: String) {
        #expect(throws: MagiVerdict.Fault(message: fault)) { try MagiVerdict(answer, parser) }
    }
}
