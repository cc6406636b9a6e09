import Testing

@testable import Gateway

@Suite("Configuration of rewrite")
struct RewriteConfigurationTests {
    @Test(
        "A field that cannot be edited is told with the reason",
        arguments: [
            (
                #""set": { "model": "x" }"#,
                #"policies[0].set.model: no policy may edit "model": it decides where the request goes, which is settled before"#
            ),
            (
                #""remove": ["stream"]"#,
                #"policies[0].remove[0]: no policy may edit "stream": it decides the form of the answer, which is settled before"#
            ),
            (
                #""default": { "/stream_options/x": 1 }"#,
                #"policies[0].default["/stream_options/x"]: no policy may edit "stream_options": it decides the form of the answer, which is settled before"#
            ),
            (
                #""remove": ["messages"]"#,
                #"policies[0].remove[0]: no policy may edit "messages": messages are changed by system, or by the kinds guard and trim_history"#
            ),
            (
                #""set": { "/a/": 1 }"#,
                #"policies[0].set["/a/"]: expected a field's name, or a pointer of up to 8 keys such as "/metadata/team""#
            ),
            (#""set": { "a": 1 }, "remove": ["/a/b"]"#, #"policies[0].remove[0]: the field "a" is edited, too"#),
            (
                #""set": { "a": ["{usr}"] }"#,
                #"policies[0].set.a[0]: there is no placeholder {usr} (did you mean "user"?); there are {user}, {team}, {key_id}, {model}, {request_id}; {{usr}} stands for the text {usr}"#
            ),
            (
                #""system": { "prepend": "x", "mode": "last" }"#,
                #"policies[0].system.mode: expected one of "merge", "first", found "last""#
            ),
        ])
    func mistakes(members: String, told: String) {
        #expect(RewriteFixture.mistakes(members) == [told])
    }
}
