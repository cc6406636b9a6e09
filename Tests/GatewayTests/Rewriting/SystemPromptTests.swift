import Testing

@testable import Gateway

/// Instructions that go before the client's messages.
@Suite("System prompt")
struct SystemPromptTests {
    @Test(
        "Instructions are merged into those that come first, else they are a message of their own",
        arguments: [
            (
                #"[{"role":"user","content":"hi"}]"#,
                #"[{"role":"system","content":"Be \"kind\"."},{"role":"user","content":"hi"}]"#
            ),
            (
                #"[ {"role":"system", "x":1.0, "content":"Old\u0041"}, {"role":"user","content":"hi"}]"#,
                #"[ {"role":"system", "x":1.0, "content":"Be \"kind\".\n\nOld\u0041"}, {"role":"user","content":"hi"}]"#
            ),
            (
                #"[{"role":"developer","content":[{"type":"text","text":"a"}]}]"#,
                #"[{"role":"developer","content":[{"type":"text","text":"Be \"kind\"."},{"type":"text","text":"a"}]}]"#
            ),
            (
                #"[{"role":"system","content":[]}]"#,
                #"[{"role":"system","content":[{"type":"text","text":"Be \"kind\"."}]}]"#
            ),
            (#"[{"role":"system"}]"#, #"[{"role":"system","content":"Be \"kind\"."},{"role":"system"}]"#),
            (
                #"[{"role":"user","content":"hi"},{"role":"system","content":"late"}]"#,
                #"[{"role":"system","content":"Be \"kind\"."},{"role":"user","content":"hi"},{"role":"system","content":"late"}]"#
            ),
        ])
    func merge(messages: String, result: String) throws {
        let policy = #""system": { "prepend": "Be \"kind\"." }"#
        #expect(try RewriteFixture.rewrite(policy, #"{"messages":\#(messages)}"#) == #"{"messages":\#(result)}"#)
    }

    @Test("In the other mode they always are a message of their own, of the role that is asked for")
    func first() throws {
        let policy = #""system": { "prepend": "For {user}.", "mode": "first", "role": "developer" }"#
        #expect(
            try RewriteFixture.rewrite(policy, #"{"messages":[{"role":"system","content":"Old"}],"n":1}"#)
                == #"{"messages":[{"role":"developer","content":"For al\"ice."},{"role":"system","content":"Old"}],"n":1}"#
        )
    }

    @Test("Empty instructions are none")
    func empty() throws {
        #expect(
            try RewriteFixture.rewrite(#""system": { "prepend": "{team}" }"#, #"{"messages":[{"role":"user"}]}"#) == nil
        )
    }
}
