import Testing

/// Top-level fields of a chat request: each row has the members that are added to a sound request, and the verdict.
struct ChatFieldsTests {
    @Test(
        "numbers keep to their ranges",
        arguments: [
            (#""temperature": 0"#, "ok"), (#""temperature": 2"#, "ok"), (#""temperature": 0.7"#, "ok"),
            (#""temperature": null"#, "ok"),
            (#""temperature": 2.01"#, "decimal_above_max_value temperature"),
            (#""temperature": -0.1"#, "decimal_below_min_value temperature"),
            (#""temperature": "1""#, "invalid_type temperature"),
            (#""temperature": true"#, "invalid_type temperature"),
            (#""top_p": 0"#, "ok"), (#""top_p": 1"#, "ok"), (#""top_p": 1.1"#, "decimal_above_max_value top_p"),
            (#""top_p": -1"#, "decimal_below_min_value top_p"),
            (#""presence_penalty": -2"#, "ok"), (#""presence_penalty": 2.0"#, "ok"),
            (#""presence_penalty": -2.1"#, "decimal_below_min_value presence_penalty"),
            (#""frequency_penalty": 2"#, "ok"),
            (#""frequency_penalty": 3"#, "decimal_above_max_value frequency_penalty"),
            (#""n": 1"#, "ok"), (#""n": 128"#, "ok"), (#""n": 0"#, "integer_below_min_value n"),
            (#""n": 129"#, "integer_above_max_value n"), (#""n": 1.5"#, "invalid_type n"),
            (#""n": "2""#, "invalid_type n"), (#""n": 1e400"#, "invalid_type n"),
            (#""seed": -9223372036854775808"#, "ok"), (#""seed": 7"#, "ok"), (#""seed": "7""#, "invalid_type seed"),
            (#""seed": 99999999999999999999"#, "invalid_type seed"),
            (#""max_tokens": 1"#, "ok"), (#""max_tokens": 0"#, "integer_below_min_value max_tokens"),
            (#""max_tokens": -5"#, "integer_below_min_value max_tokens"),
            (#""max_completion_tokens": 4096"#, "ok"),
            (#""max_completion_tokens": 0"#, "integer_below_min_value max_completion_tokens"),
            (#""max_tokens": 5, "max_completion_tokens": 5"#, "ok"),
            (#""max_tokens": 5, "max_completion_tokens": 6"#, "invalid_value max_tokens"),
            (#""max_tokens": 5, "max_completion_tokens": null"#, "ok"),
        ])
    func numbers(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.chat(members)) == verdict, "\(members)")
    }

    @Test(
        "flags and words are what the API names",
        arguments: [
            (#""stream": true"#, "ok"), (#""stream": false"#, "ok"), (#""stream": null"#, "ok"),
            (#""stream": "true""#, "invalid_type stream"), (#""stream": 1"#, "invalid_type stream"),
            (#""store": true, "metadata": {"a": "b"}"#, "ok"), (#""store": "yes""#, "invalid_type store"),
            (#""user": "u-1""#, "ok"), (#""user": 5"#, "invalid_type user"),
            (#""service_tier": "flex""#, "ok"), (#""service_tier": "gold""#, "invalid_value service_tier"),
            (#""service_tier": 1"#, "invalid_type service_tier"),
            (#""reasoning_effort": "minimal""#, "ok"), (#""reasoning_effort": "none""#, "ok"),
            (#""reasoning_effort": "extreme""#, "invalid_value reasoning_effort"),
            (#""verbosity": "low""#, "ok"), (#""verbosity": "loud""#, "invalid_value verbosity"),
            (#""prompt_cache_key": "k""#, "ok"), (#""prompt_cache_retention": "24h""#, "ok"),
            (#""prompt_cache_retention": "1h""#, "invalid_value prompt_cache_retention"),
            (#""safety_identifier": "abc""#, "ok"),
            (#""stream": true, "stream_options": {"include_usage": true}"#, "ok"),
            (#""stream": true, "stream_options": null"#, "ok"),
            (#""stream_options": null"#, "ok"),
            (#""stream_options": {"include_usage": true}"#, "invalid_value stream_options"),
            (#""stream": false, "stream_options": {}"#, "invalid_value stream_options"),
            (#""stream": true, "stream_options": {"include_usage": 1}"#, "invalid_type stream_options.include_usage"),
            (#""stream": true, "stream_options": []"#, "invalid_type stream_options"),
            (#""model": "again""#, "duplicate_key model"),
            (#""n": 1, "n": 2"#, "duplicate_key n"),
        ])
    func words(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.chat(members)) == verdict, "\(members)")
    }

    @Test(
        "stop, logit_bias, logprobs and metadata keep to their sizes",
        arguments: [
            (#""stop": "x""#, "ok"), (#""stop": ["a", "b", "c", "d"]"#, "ok"), (#""stop": null"#, "ok"),
            (#""stop": []"#, "empty_array stop"),
            (#""stop": ["a", "b", "c", "d", "e"]"#, "array_above_max_length stop"),
            (#""stop": ["a", 1]"#, "invalid_type stop[1]"), (#""stop": 5"#, "invalid_type stop"),
            (#""stop": {}"#, "invalid_type stop"),
            (#""logit_bias": {"50256": -100, "1": 100}"#, "ok"), (#""logit_bias": {}"#, "ok"),
            (#""logit_bias": {"1": 101}"#, "decimal_above_max_value logit_bias.1"),
            (#""logit_bias": {"1": -101}"#, "decimal_below_min_value logit_bias.1"),
            (#""logit_bias": {"1": "5"}"#, "invalid_type logit_bias.1"),
            (#""logit_bias": {"cat": 5}"#, "invalid_value logit_bias.cat"),
            (#""logit_bias": []"#, "invalid_type logit_bias"),
            (#""logprobs": true"#, "ok"), (#""logprobs": 5"#, "invalid_type logprobs"),
            (#""logprobs": true, "top_logprobs": 20"#, "ok"),
            (#""logprobs": true, "top_logprobs": 21"#, "integer_above_max_value top_logprobs"),
            (#""logprobs": true, "top_logprobs": -1"#, "integer_below_min_value top_logprobs"),
            (#""top_logprobs": 2"#, "invalid_value top_logprobs"),
            (#""logprobs": false, "top_logprobs": 2"#, "invalid_value top_logprobs"),
            (#""metadata": {}"#, "ok"), (#""metadata": null"#, "ok"), (#""metadata": {"a": ""}"#, "ok"),
            (#""metadata": {"a": 1}"#, "invalid_type metadata.a"), (#""metadata": "a""#, "invalid_type metadata"),
        ])
    func sizes(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.chat(members)) == verdict, "\(members)")
    }

    @Test("metadata has at most 16 pairs, keys of 64 and values of 512 characters")
    func metadata() {
        func metadata(_ pairs: [String]) -> String {
            Verdict.of(Verdict.chat(#""metadata": {\#(pairs.joined(separator: ", "))}"#))
        }
        let pairs = (1...17).map { #""k\#($0)": "v""# }
        #expect(metadata(Array(pairs.prefix(16))) == "ok")
        #expect(metadata(pairs) == "object_above_max_properties metadata")
        let key = String(repeating: "ü", count: 64)
        #expect(metadata([#""\#(key)": "v""#]) == "ok", "characters count, not bytes")
        #expect(metadata([#""\#(key)ü": "v""#]).hasPrefix("string_above_max_length metadata."))
        #expect(metadata([#""k": "\#(String(repeating: "语", count: 512))""#]) == "ok")
        #expect(metadata([#""k": "\#(String(repeating: "x", count: 513))""#]) == "string_above_max_length metadata.k")
    }

    @Test(
        "formats of answers",
        arguments: [
            (#""response_format": {"type": "text"}"#, "ok"), (#""response_format": {"type": "json_object"}"#, "ok"),
            (#""response_format": null"#, "ok"), (#""response_format": "json""#, "invalid_type response_format"),
            (#""response_format": {}"#, "missing_required_parameter response_format.type"),
            (#""response_format": {"type": "xml"}"#, "invalid_value response_format.type"),
            (#""response_format": {"type": "json_schema"}"#, "missing_required_parameter response_format.json_schema"),
            (
                #""response_format": {"type": "json_schema", "json_schema": {"schema": {}}}"#,
                "missing_required_parameter response_format.json_schema.name"
            ),
            (#""response_format": {"type": "json_schema", "json_schema": {"name": "a_B-9", "strict": true}}"#, "ok"),
            (
                #""response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}"#,
                "invalid_value response_format.json_schema.name"
            ),
            (
                #""response_format": {"type": "json_schema", "json_schema": {"name": ""}}"#,
                "empty_string response_format.json_schema.name"
            ),
            (
                #""response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": "yes"}}"#,
                "invalid_type response_format.json_schema.strict"
            ),
            (
                #""response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "array"}}}"#,
                "invalid_json_schema response_format.json_schema.schema.type"
            ),
            (#""modalities": ["text"]"#, "ok"), (#""modalities": []"#, "empty_array modalities"),
            (#""modalities": ["video"]"#, "invalid_value modalities[0]"),
            (#""modalities": ["text", "audio"]"#, "missing_required_parameter audio"),
            (#""modalities": ["text", "audio"], "audio": {"format": "wav", "voice": "alloy"}"#, "ok"),
            (#""audio": {"format": "mp3", "voice": {"id": "v"}}"#, "ok"),
            (#""audio": {"format": "ogg", "voice": "alloy"}"#, "invalid_value audio.format"),
            (#""audio": {"format": "mp3"}"#, "missing_required_parameter audio.voice"),
            (#""audio": {"format": "mp3", "voice": 3}"#, "invalid_type audio.voice"),
            (#""prediction": {"type": "content", "content": "x"}"#, "ok"),
            (#""prediction": {"type": "content", "content": [{"type": "text", "text": "x"}]}"#, "ok"),
            (#""prediction": {"type": "guess", "content": "x"}"#, "invalid_value prediction.type"),
            (#""prediction": {"type": "content"}"#, "missing_required_parameter prediction.content"),
            (#""web_search_options": {}"#, "ok"),
            (
                #""web_search_options": {"search_context_size": "huge"}"#,
                "invalid_value web_search_options.search_context_size"
            ),
            (
                #""web_search_options": {"user_location": {"type": "approximate", "approximate": {"country": "DE"}}}"#,
                "ok"
            ),
            (
                #""web_search_options": {"user_location": {"type": "approximate"}}"#,
                "missing_required_parameter web_search_options.user_location.approximate"
            ),
        ])
    func formats(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.chat(members)) == verdict, "\(members)")
    }

    @Test(
        "a body has a model and messages",
        arguments: [
            ("[]", "invalid_type"), ("5", "invalid_type"), (#""x""#, "invalid_type"),
            ("{}", "missing_required_parameter model"),
            (#"{"messages": [{"role": "user", "content": "x"}]}"#, "missing_required_parameter model"),
            (#"{"model": "", "messages": [{"role": "user", "content": "x"}]}"#, "empty_string model"),
            (#"{"model": 3, "messages": [{"role": "user", "content": "x"}]}"#, "invalid_type model"),
            (#"{"model": null, "messages": [{"role": "user", "content": "x"}]}"#, "missing_required_parameter model"),
            (#"{"model": "m"}"#, "missing_required_parameter messages"),
            (#"{"model": "m", "messages": null}"#, "missing_required_parameter messages"),
            (#"{"model": "m", "messages": []}"#, "empty_array messages"),
            (#"{"model": "m", "messages": "hi"}"#, "invalid_type messages"),
            (#"{"model": "m", "messages": {}}"#, "invalid_type messages"),
            (#"{"model": "m", "messages": ["hi"]}"#, "invalid_type messages[0]"),
        ])
    func bodies(_ body: String, _ verdict: String) {
        #expect(Verdict.of(body) == verdict, "\(body)")
    }
}
