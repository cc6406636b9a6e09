import Upstreams

/// What must hold for every input whatever, valid or not. Shared by the fuzz target and the plain tests.
enum JSONProperties {
    /// The first property that `bytes` breaks, in words; `nil` if all hold.
    static func broken(by bytes: [UInt8], _ parser: JSONParser) -> String? {
        let first = outcome(bytes, parser)
        let isValid = JSONOracle.accepts(bytes, maxDepth: 64)
        guard case .success(let document) = first else {
            return isValid ? "valid JSON is refused" : brokenByRefusal(first, bytes, parser)
        }
        guard isValid else { return "something else than JSON is taken" }
        guard document.withBytes({ ByteBuffer(copying: $0).copy() }) == bytes else { return "the text is not kept" }
        guard case .success(let again) = outcome(bytes, JSONParser()), same(document.root, again.root) else {
            return "a second parse gives something else"
        }
        guard let facts = try? parser.chunkFacts(bytes) else { return "the chunk reader refuses it" }
        guard facts.isObject == (document.root.kind == .object) else { return "the chunk reader sees another kind" }
        if let broken = brokenByScalar(document.root) ?? brokenByDropping(document) { return broken }
        return document.root.kind == .object ? brokenBySplicing(document.root) : nil
    }

    private static func outcome(_ bytes: [UInt8], _ parser: JSONParser) -> Result<JSONDocument, JSONError> {
        Result { () throws(JSONError) in try parser.parse(bytes) }
    }

    private static func brokenByRefusal(
        _ refusal: Result<JSONDocument, JSONError>, _ bytes: [UInt8], _ parser: JSONParser
    ) -> String? {
        guard case .failure(let error) = refusal else { return nil }
        if let offset = error.offset, offset > bytes.count { return "a fault behind the end" }
        if error.kind == .notJSON, error.offset == nil { return "a fault without a place" }
        guard case .failure(error) = outcome(bytes, JSONParser()) else { return "a second parse gives something else" }
        do throws(JSONError) {
            _ = try parser.chunkFacts(bytes)
            return "the chunk reader takes it"
        } catch {
            return nil
        }
    }

    /// Kind, place and value agree, all the way down.
    static func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
        guard left.kind == right.kind, left.range == right.range, left.count == right.count else { return false }
        guard left.string == right.string, left.double == right.double, left.int == right.int else { return false }
        return zip(left.elements, right.elements).allSatisfy { same($0, $1) }
            && zip(left.members, right.members).allSatisfy { $0.key == $1.key && same($0.value, $1.value) }
    }

    /// Every number is what the standard library reads in its place, every string and number survives being written
    /// and read again.
    private static func brokenByScalar(_ value: JSONValue) -> String? {
        if value.kind == .number, let broken = brokenByNumber(value) { return broken }
        if let text = value.string, reread(text)?.string != text { return "a string changes when it is written" }
        if let number = value.double, reread(number)?.double != number { return "a number changes when it is written" }
        for member in value.members {
            if let broken = brokenByScalar(member.value) { return broken }
        }
        for element in value.elements {
            if let broken = brokenByScalar(element) { return broken }
        }
        return nil
    }

    private static func brokenByNumber(_ value: JSONValue) -> String? {
        let bytes = value.withSource { ByteBuffer(copying: $0).copy() }
        guard JSONOracle.isNumber(bytes) else { return "a number's place is not the number's" }
        let text = String(decoding: bytes, as: UTF8.self)
        guard value.int == Int(text) else { return "an integer is not what it says" }
        // Too large a number reads as infinity.
        guard value.double == Double(text).flatMap({ $0.isFinite ? $0 : nil }) else {
            return "a number is not the nearest to what it says"
        }
        return nil
    }

    /// Without every other element of an array the document is what parsing its text gives.
    private static func brokenByDropping(_ document: JSONDocument) -> String? {
        let values = [document.root] + document.root.members.map(\.value)
        for array in values where array.kind == .array {
            for first in 0...1 {
                let left = document.dropping((0..<array.count).map { $0 % 2 == first }, of: array)
                let text = left.withBytes { ByteBuffer(copying: $0).copy() }
                guard case .success(let again) = outcome(text, JSONParser()), same(left.root, again.root) else {
                    return "an array without some elements is not what its text says"
                }
            }
        }
        return nil
    }

    private static func reread(_ value: some JSONWritable) -> JSONValue? {
        var buffer = ByteBuffer()
        buffer.appendJSON { $0.element(value) }
        return try? buffer.withBytes { bytes throws(JSONError) in try JSONParser().parse(bytes).root }
    }

    /// After set, inner set and remove only those members differ, and they are as asked.
    private static func brokenBySplicing(_ object: JSONValue) -> String? {
        var splice = JSONSplice()
        splice.set("model", to: "other")
        splice.set("stream_options", "include_usage", to: true)
        splice.remove("user")
        var buffer = ByteBuffer()
        splice.write(object, to: &buffer)
        let parser = JSONParser(maxDepth: 66, maxValues: 1_000_010)
        guard let edited = try? parser.parse(buffer.copy()).root else { return "a splice is not JSON" }
        guard untouched(object) == untouched(edited) else { return "a splice changes what it should not" }
        guard edited["model"]?.string == "other" else { return "a splice does not set" }
        guard let options = edited["stream_options"], options["include_usage"]?.bool == true else {
            return "a splice does not set inside"
        }
        if let before = object["stream_options"], before.kind == .object,
            others(in: before, than: ["include_usage"]) != others(in: options, than: ["include_usage"])
        {
            return "a splice changes a neighbour inside"
        }
        return edited["user"] == nil ? nil : "a splice does not remove"
    }

    private static func untouched(_ object: JSONValue) -> [[UInt8]] {
        others(in: object, than: ["model", "stream_options", "user"])
    }

    /// The members of other names, byte by byte.
    private static func others(in object: JSONValue, than names: [String]) -> [[UInt8]] {
        object.members.filter { !names.contains($0.key) }.map { member in
            object.document.withBytes(in: member.range) { ByteBuffer(copying: $0).copy() }
        }
    }
}

extension ByteBuffer {
    init(copying bytes: RawSpan) {
        self.init()
        append(bytes)
    }
}
