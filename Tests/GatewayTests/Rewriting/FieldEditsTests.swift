import Testing

@testable import Gateway

/// Fields that are set, filled in and removed.
@Suite("Edits of fields")
struct FieldEditsTests {
    @Test(
        "Fields are set whatever was there, and all else stays byte for byte",
        arguments: [
            (
                #""set": {"temperature": 0.2}"#, #"{ "x" : 1.50, "temperature":1e0 , "y":[ ]}"#,
                #"{ "x" : 1.50, "temperature":0.2 , "y":[ ]}"#
            ),
            (#""set": {"temperature": 0.20}"#, #"{"a":1}"#, #"{"a":1,"temperature":0.20}"#),
            (#""set": {"n": 1}"#, "{}", #"{"n":1}"#), (#""set": {"n": 1}"#, "{ }", #"{"n":1 }"#),
            (#""set": {"n": 1}"#, #"{"n":1}"#, nil), (#""set": {"n": 1}"#, #"{"n":1.0}"#, #"{"n":1}"#),
            (#""set": {"n": 1}"#, #"{"n":2,"n":3}"#, #"{"n":1,"n":1}"#),
            (#""set": {"n": null, "x": [1, {"k": "v"}, true]}"#, "{}", #"{"n":null,"x":[1,{"k":"v"},true]}"#),
            (#""set": {"é\"": 1}"#, #"{"\u00e9\"":2}"#, #"{"\u00e9\"":1}"#),
        ] as [(String, String, String?)])
    func set(policy: String, request: String, result: String?) throws {
        #expect(try RewriteFixture.rewrite(policy, request) == result)
    }

    @Test(
        "Fields are filled in where they are missing or null",
        arguments: [
            (#"{"temperature":1}"#, nil), (#"{"temperature":null}"#, #"{"temperature":0.2}"#),
            (#"{"a":0}"#, #"{"a":0,"temperature":0.2}"#), (#"{"temperature":false}"#, nil),
        ] as [(String, String?)])
    func fill(request: String, result: String?) throws {
        #expect(try RewriteFixture.rewrite(#""default": {"temperature": 0.2}"#, request) == result)
    }

    @Test(
        "Removed fields take one separator along",
        arguments: [
            (#"{"a":1,"b":2}"#, #"{"b":2}"#), (#"{ "b":2 , "a":1 }"#, #"{ "b":2 }"#), (#"{"a":1}"#, "{}"),
            (#"{"c":1,"a":2,"d":3,"b":4}"#, #"{"b":4}"#), (#"{"b":0,"a":1,"c":2,"z":3}"#, #"{"b":0,"z":3}"#),
            (#"{"a":1,"b":2,"a":3}"#, #"{"b":2}"#), (#"{"a":1,"c":2}"#, "{}"), (#"{"b":2}"#, nil),
            (#"{"b":2,"a":1,"c":1}"#, #"{"b":2}"#),
        ] as [(String, String?)])
    func remove(request: String, result: String?) throws {
        #expect(try RewriteFixture.rewrite(#""remove": ["a", "c", "d"]"#, request) == result)
    }

    @Test(
        "All three at once, also where the last field goes and another comes",
        arguments: [
            (#"{"a":1,"z":5}"#, #"{"z":9,"f":1}"#), (#"{"z":5,"a":1}"#, #"{"z":9,"f":1}"#),
            (#"{"a":1}"#, #"{"z":9,"f":1}"#), (#"{"f":null,"a":1}"#, #"{"f":1,"z":9}"#),
        ])
    func together(request: String, result: String) throws {
        let policy = #""set": {"z": 9}, "default": {"f": 1}, "remove": ["a"]"#
        #expect(try RewriteFixture.rewrite(policy, request) == result)
    }

    @Test(
        "Inner fields are reached by a pointer; the objects on the way are made",
        arguments: [
            ("{}", #"{"metadata":{"team":"t","at":{"x":1}}}"#),
            (#"{"metadata":{"a":1,"team":"u","old":2}}"#, #"{"metadata":{"a":1,"team":"t","at":{"x":1}}}"#),
            (#"{"metadata":null}"#, #"{"metadata":{"team":"t","at":{"x":1}}}"#),
            (#"{"metadata":"text"}"#, #"{"metadata":{"team":"t","at":{"x":1}}}"#),
            (#"{"metadata":{"team":"t","at":{"x":5}}}"#, nil),
        ] as [(String, String?)])
    func inner(request: String, result: String?) throws {
        let policy = #""set": {"/metadata/team": "t"}, "default": {"/metadata/at/x": 1}, "remove": ["/metadata/old"]"#
        #expect(try RewriteFixture.rewrite(policy, request) == result)
    }

    @Test("What has no place is neither filled in nor removed")
    func nowhere() throws {
        #expect(try RewriteFixture.rewrite(#""default": {"/m/x": 1}"#, #"{"m":"text"}"#) == nil)
        #expect(try RewriteFixture.rewrite(#""remove": ["/m/x", "/k/y"]"#, #"{"m":[{"x":1}]}"#) == nil)
    }

    @Test("Placeholders stand for what is known of the request, escaped as JSON")
    func placeholders() throws {
        let policy = #""set": {"user": "{user}/{team}", "metadata": {"{user}": ["{key_id}", "{{user}}"]}}"#
        #expect(
            try RewriteFixture.rewrite(policy, "{}")
                == #"{"user":"al\"ice/","metadata":{"{user}":["k1","{user}"]}}"#)
    }
}
